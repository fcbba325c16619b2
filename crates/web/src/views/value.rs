//! A field's bare value (the shape of the case record without citations) in words, for differences
//! and corrections. It does not know which case it is of.

use case::{
    Authority, Bound, Category, DataDisclosure, DataKind, EventType, Field, Kind, Lang, Measure,
    Role, SecondaryDamage, Sector, ServiceStatus, TechnicalKind, WarningCode, When,
};
use serde_json::Value;

use super::fact;
use crate::lang::Word as W;

/// The label of a value's name in the vocabulary of a field; the name itself where there is none.
pub(crate) fn label(field: Field, name: &str, lang: Lang) -> String {
    field.value_label(name, lang).unwrap_or(name).to_owned()
}

/// The values that a field, or the choice column of its rows, can take.
pub(crate) fn choices(field: Field, lang: Lang) -> Vec<(&'static str, &'static str)> {
    macro_rules! all {
        ($name:ident) => {
            $name::ALL.iter().map(|x| (x.name(), x.label(lang))).collect()
        };
    }
    match field {
        Field::Kind => all!(Kind),
        Field::OtherOrganisations => all!(Role),
        Field::Sector => all!(Sector),
        Field::Category => all!(Category),
        Field::AffectedCount => all!(Bound),
        Field::DataKinds => all!(DataKind),
        Field::Timeline => all!(EventType),
        Field::ReportedTo => all!(Authority),
        Field::DataDisclosure => all!(DataDisclosure),
        Field::SecondaryDamage => all!(SecondaryDamage),
        Field::Services => all!(ServiceStatus),
        Field::Prevention => all!(Measure),
        Field::Technical => all!(TechnicalKind),
        Field::Warnings => all!(WarningCode),
        _ => Vec::new(),
    }
}

/// The value in one or more short pieces; nothing is one piece that says so.
pub(crate) fn words(field: Field, value: &Value, lang: Lang) -> Vec<String> {
    match value {
        Value::Null => vec![W::NotSaid.of(lang).to_owned()],
        Value::Array(items) if items.is_empty() => vec![W::NotSaid.of(lang).to_owned()],
        Value::Array(items) => items.iter().map(|item| one(field, item, lang)).collect(),
        other => vec![one(field, other, lang)],
    }
}

fn one(field: Field, value: &Value, lang: Lang) -> String {
    let text = |name: &str| value[name].as_str().unwrap_or_default().trim().to_owned();
    let named = |name: &str| label(field, &text(name), lang);
    match (field, value) {
        (_, Value::String(name)) => label(field, name, lang),
        (Field::Occurred | Field::Discovered, value) => when(value, lang),
        (Field::AffectedCount, value) => {
            let bound = value["bound"].as_str().and_then(Bound::from_name).unwrap_or(Bound::Exact);
            let approx = value["approx"].as_bool().unwrap_or(false);
            let number = value["value"].as_u64().unwrap_or(0);
            let written = fact::bounded(number, approx, bound, lang, &text("unit"));
            match value["what"].as_str() {
                Some(what) => format!("{written}（{what}）"),
                None => written,
            }
        }
        (Field::Timeline, value) => {
            format!("{} {}: {}", when(&value["at"], lang), named("type"), text("text"))
        }
        (Field::Report, value) => report(value, lang),
        (Field::Services, _) => format!("{}: {}", text("name"), named("status")),
        (Field::OtherOrganisations, _) => format!("{}: {}", text("value"), named("role")),
        (Field::Prevention, _) => format!("{}: {}", named("value"), text("text")),
        (Field::Technical, _) => format!("{}: {}", named("kind"), text("value")),
        (Field::Warnings, _) => format!("{}: {}", named("code"), text("message")),
        (Field::Progress, value) => {
            let number =
                |name: &str| value[name].as_u64().map_or_else(|| "?".to_owned(), fact::thousands);
            format!("{}: {} / {}", text("what"), number("done"), number("total"))
        }
        (_, other) => other.to_string(),
    }
}

fn when(value: &Value, lang: Lang) -> String {
    serde_json::from_value::<When>(value.clone())
        .map_or_else(|_| value.to_string(), |moment| fact::when(&moment, lang))
}

fn report(value: &Value, lang: Lang) -> String {
    report_words(value["number"].as_u64(), value["final"].as_bool().unwrap_or(false), lang)
}

/// 第2報, 続報, 最終報.
pub(crate) fn report_words(number: Option<u64>, is_final: bool, lang: Lang) -> String {
    match (number, is_final, lang) {
        (Some(n), false, Lang::Ja) => format!("第{n}報"),
        (Some(n), true, Lang::Ja) => format!("第{n}報（最終報）"),
        (Some(n), false, Lang::En) => format!("report {n}"),
        (Some(n), true, Lang::En) => format!("report {n} (final)"),
        (None, true, _) => W::FinalReport.of(lang).to_owned(),
        (None, false, _) => W::FurtherReport.of(lang).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(field: Field, value: &Value, expected: &[&str]) {
        assert_eq!(words(field, value, Lang::Ja), expected);
    }

    #[test]
    fn values_are_told_in_words() {
        check(Field::Category, &json!("ransomware"), &["ランサムウェア"]);
        check(Field::DataKinds, &json!(["name", "email"]), &["氏名", "メールアドレス"]);
        check(Field::DataKinds, &json!([]), &["記載なし"]);
        check(
            Field::Occurred,
            &json!({"from": "2031-04", "to": null, "approx": true, "ongoing": false}),
            &["2031-04頃"],
        );
        check(
            Field::AffectedCount,
            &json!([{"value": 3_455_754, "approx": true, "bound": "at_most", "unit": "件", "what": null}]),
            &["約3,455,754件以下"],
        );
        check(Field::Report, &json!({"number": 2, "final": false}), &["第2報"]);
    }

    #[test]
    fn what_is_no_value_of_the_vocabulary_is_shown_as_it_is() {
        check(Field::Category, &json!("<b>"), &["<b>"]);
    }
}
