//! Fields as values: a field of a case without what stands behind it, put into a case, taken out
//! of it, or understood from what a person types. It does not know who may change what.
//!
//! A value has the shape of the case record with `cite` and `cites` left out.

use case::{Bound, Facts, Field, Origin, When};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::BookError;

/// How the case record writes a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The bare value (`kind`).
    Plain,
    /// `{value, cites}`.
    Decided,
    /// `{value, cite}` or `null`.
    One,
    /// An object with a `cite`, or `null`.
    Record,
    /// A list of `{value, cite}`.
    Values,
    /// A list of objects with a `cite`.
    Records,
}

/// How the case record writes this field.
pub const fn shape(field: Field) -> Shape {
    match field {
        Field::Kind => Shape::Plain,
        Field::Category => Shape::Decided,
        Field::CaseNumber
        | Field::Title
        | Field::Organisation
        | Field::Sector
        | Field::DisclosedOn
        | Field::Occurred
        | Field::Discovered
        | Field::DataDisclosure
        | Field::SecondaryDamage => Shape::One,
        Field::Report => Shape::Record,
        Field::DataKinds | Field::ReportedTo => Shape::Values,
        Field::OtherOrganisations
        | Field::AffectedCount
        | Field::Timeline
        | Field::Services
        | Field::Progress
        | Field::Prevention
        | Field::Technical
        | Field::Warnings => Shape::Records,
    }
}

/// A field's value without what stands behind it.
pub fn bare<C: Serialize>(facts: &Facts<C>, field: Field) -> Value {
    let mut all = object(facts);
    strip(all.remove(field.name()).unwrap_or(Value::Null), shape(field))
}

/// Every field's value without what stands behind it, in the order of the record.
pub fn all_bare<C: Serialize>(facts: &Facts<C>) -> Vec<(Field, Value)> {
    let mut all = object(facts);
    Field::ALL
        .iter()
        .map(|&field| (field, strip(all.remove(field.name()).unwrap_or(Value::Null), shape(field))))
        .collect()
}

/// The fields that something else than words of a source stands behind, as bare values.
pub(crate) fn said_elsewhere(facts: &Facts<Origin>) -> Vec<(Field, Value)> {
    let mut elsewhere: Vec<&'static str> = Vec::new();
    for (field, origin) in facts.cites() {
        if origin.words().is_none() && !elsewhere.contains(&field) {
            elsewhere.push(field);
        }
    }
    if elsewhere.is_empty() {
        return Vec::new();
    }
    all_bare(facts).into_iter().filter(|(field, _)| elsewhere.contains(&field.name())).collect()
}

/// The same facts with a field said by `origin`. Items of a list that were there before keep what
/// stands behind them.
pub fn with(
    facts: &Facts<Origin>,
    field: Field,
    value: &Value,
    origin: &Origin,
) -> Result<Facts<Origin>, BookError> {
    let mut all = object(facts);
    let mut cited = cite(value.clone(), shape(field), &json!(origin))
        .map_err(|message| BookError::Value { field, message })?;
    if let (Value::Array(now), Some(Value::Array(before))) = (&mut cited, all.get(field.name())) {
        for item in now {
            let bare = bare_item(item.clone(), shape(field));
            let known = before.iter().find(|old| bare_item((*old).clone(), shape(field)) == bare);
            if let Some(known) = known {
                known.clone_into(item);
            }
        }
    }
    all.insert(field.name().to_owned(), cited);
    from_object(field, all)
}

/// A value that a person typed, in the shape that [`with`] takes: JSON, or for short
///
/// - the value itself: `ransomware`, `2023-06-05`, `株式会社…`; nothing at all takes it away
/// - a list with commas: `name,address`
/// - for a moment, two with `..` between them: `2023-06-05..2023-06-07`
/// - for the number of those affected: `1200`, `1200人`, `<=1200`, `>=1200`, `~1200`
pub fn from_words(field: Field, words: &str) -> Result<Value, BookError> {
    let words = words.trim();
    let wrong = |message: String| BookError::Value { field, message };
    if words.starts_with(['{', '[', '"']) || words == "null" {
        return serde_json::from_str(words).map_err(|e| wrong(format!("not JSON: {e}")));
    }
    let list = || words.split([',', '、']).map(str::trim).filter(|item| !item.is_empty());
    Ok(match field {
        Field::Occurred | Field::Discovered => {
            if words.is_empty() {
                Value::Null
            } else {
                json!(when(field, words)?)
            }
        }
        Field::AffectedCount => list()
            .map(|item| {
                count(item)
                    .ok_or_else(|| wrong(format!("{item:?} is no number of people or things")))
            })
            .collect::<Result<_, _>>()?,
        _ => match shape(field) {
            Shape::Values => list().map(Value::from).collect(),
            Shape::Record | Shape::Records if !words.is_empty() => {
                return Err(wrong("is a list of records; write it as JSON".to_owned()));
            }
            Shape::Records => json!([]),
            _ if words.is_empty() => Value::Null,
            _ => Value::from(words),
        },
    })
}

/// Whether a value fits its field, without a case at hand.
pub fn check(field: Field, value: &Value) -> Result<(), BookError> {
    let origin = Origin::Person { who: String::new(), at: String::new(), why: String::new() };
    with(&Facts::silent(case::Kind::Incident), field, value, &origin).map(|_| ())
}

fn when(field: Field, words: &str) -> Result<When, BookError> {
    let moment = |words: &str| {
        words.trim().parse().map_err(|e| BookError::Value { field, message: format!("{e}") })
    };
    let words = words.replace(['〜', '～'], "..");
    Ok(match words.split_once("..") {
        None => When::point(moment(&words)?),
        Some((from, to)) => When { to: Some(moment(to)?), ..When::point(moment(from)?) },
    })
}

fn count(words: &str) -> Option<Value> {
    let (bound, words) = if let Some(rest) = words.strip_prefix("<=") {
        (Bound::AtMost, rest)
    } else if let Some(rest) = words.strip_prefix(">=") {
        (Bound::AtLeast, rest)
    } else {
        (Bound::Exact, words)
    };
    let (approx, words) = match words.trim().strip_prefix(['~', '約']) {
        Some(rest) => (true, rest),
        None => (false, words.trim()),
    };
    let end = words.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(words.len());
    let value: u64 = words[..end].replace('_', "").parse().ok()?;
    Some(json!({
        "value": value, "approx": approx, "bound": bound,
        "unit": words[end..].trim(), "what": null,
    }))
}

fn object<T: Serialize>(value: &T) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => unreachable!("facts are a JSON object"),
    }
}

fn from_object<T: DeserializeOwned>(field: Field, map: Map<String, Value>) -> Result<T, BookError> {
    serde_json::from_value(Value::Object(map))
        .map_err(|e| BookError::Value { field, message: e.to_string() })
}

fn strip(value: Value, shape: Shape) -> Value {
    match (shape, value) {
        (Shape::Values | Shape::Records, Value::Array(items)) => {
            items.into_iter().map(|item| bare_item(item, shape)).collect()
        }
        (_, value) => bare_item(value, shape),
    }
}

/// One value, or one item of a list, without what stands behind it.
fn bare_item(value: Value, shape: Shape) -> Value {
    match (shape, value) {
        (Shape::Decided | Shape::One | Shape::Values, Value::Object(mut map)) => {
            map.remove("value").unwrap_or(Value::Null)
        }
        (Shape::Record | Shape::Records, Value::Object(mut map)) => {
            map.remove("cite");
            Value::Object(map)
        }
        (_, value) => value,
    }
}

fn cite(value: Value, shape: Shape, origin: &Value) -> Result<Value, String> {
    let record = |value: Value| match value {
        Value::Object(mut map) => {
            map.insert("cite".to_owned(), origin.clone());
            Ok(Value::Object(map))
        }
        other => Err(format!("{other} is no record")),
    };
    let items = |value: Value| match value {
        Value::Array(items) => Ok(items),
        Value::Null => Ok(Vec::new()),
        other => Err(format!("{other} is no list")),
    };
    Ok(match (shape, value) {
        (Shape::Plain, value) => value,
        (Shape::One | Shape::Record, Value::Null) => Value::Null,
        (Shape::Decided, Value::Null) => json!({ "value": "other", "cites": [origin] }),
        (Shape::Decided, value) => json!({ "value": value, "cites": [origin] }),
        (Shape::One, value) => json!({ "value": value, "cite": origin }),
        (Shape::Record, value) => record(value)?,
        (Shape::Values, value) => items(value)?
            .into_iter()
            .map(|value| json!({ "value": value, "cite": origin }))
            .collect(),
        (Shape::Records, value) => {
            Value::Array(items(value)?.into_iter().map(record).collect::<Result<_, _>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use case::Kind;

    use super::*;

    fn person() -> Origin {
        Origin::Person {
            who: "mori".into(), at: "2031-01-02T03:04:05Z".into(), why: "原文".into()
        }
    }

    fn check(field: Field, words: &str, expected: &Value) {
        let value = from_words(field, words).unwrap();
        let facts = with(&Facts::silent(Kind::Incident), field, &value, &person()).unwrap();
        assert_eq!(&bare(&facts, field), expected, "{field} {words:?}");
    }

    #[test]
    fn typed_values_fit_their_fields() {
        check(Field::Category, "ransomware", &json!("ransomware"));
        check(Field::Title, "不正アクセスについて", &json!("不正アクセスについて"));
        check(Field::DisclosedOn, "2023-06-05", &json!("2023-06-05"));
        check(Field::DisclosedOn, "", &Value::Null);
        check(Field::DataKinds, "name, address", &json!(["name", "address"]));
        check(Field::ReportedTo, "police、ppc", &json!(["police", "ppc"]));
        check(
            Field::Occurred,
            "2023-06-05〜2023-06-07",
            &json!({"from": "2023-06-05", "to": "2023-06-07", "approx": false, "ongoing": false}),
        );
        check(
            Field::AffectedCount,
            "<=約1200人",
            &json!([{"value": 1200, "approx": true, "bound": "at_most", "unit": "人", "what": null}]),
        );
        check(
            Field::Services,
            r#"[{"name": "予約サイト", "status": "affected"}]"#,
            &json!([{"name": "予約サイト", "status": "affected"}]),
        );
    }

    #[test]
    fn what_was_there_keeps_its_words() {
        let words = Origin::Words { source: "a".into(), span: text::Span::new(0, 6).unwrap() };
        let mut facts = Facts::silent(Kind::Incident);
        facts.data_kinds = vec![case::Cited::new(case::DataKind::Name, words.clone())];
        let facts = with(&facts, Field::DataKinds, &json!(["name", "email"]), &person()).unwrap();
        let behind: Vec<&Origin> = facts.data_kinds.iter().map(|kind| &kind.cite).collect();
        assert_eq!(behind, [&words, &person()]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (field, words) in [
            (Field::Category, "ransom"),
            (Field::DisclosedOn, "2023-02-30"),
            (Field::AffectedCount, "many"),
            (Field::Services, "予約サイト"),
            (Field::DataKinds, "[1]"),
        ] {
            let error = from_words(field, words).and_then(|value| super::check(field, &value));
            let error = error.unwrap_err().to_string();
            assert!(error.starts_with(field.name()), "{error}");
        }
    }

    #[test]
    fn every_field_has_its_shape() {
        let facts = Facts::<Origin>::silent(Kind::Incident);
        for (field, value) in all_bare(&facts) {
            let again = with(&facts, field, &value, &person()).unwrap();
            assert_eq!(bare(&again, field), value, "{field}");
        }
    }
}
