//! The facts of a case as JSON, field by field: with what stands behind each, or the values alone.
//! It does not know what a field means.

use case::{Facts, Field, Origin};
use serde_json::{Map, Value};

/// Every field with its origins, in the shape of the case record.
pub(crate) fn with_origins(facts: &Facts<Origin>) -> Map<String, Value> {
    match serde_json::to_value(facts) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Every field without what stands behind it: `"ransomware"`, `"2023-06-05"`,
/// `[{"value": 1000, "approx": true, …}]`. A field about which nothing is known is `null` or `[]`.
///
/// ```
/// let facts = case::Facts::<case::Origin>::silent(case::Kind::Incident);
/// let values = exchange::values(&facts);
/// assert_eq!(values["category"], "other");
/// assert_eq!(values["title"], serde_json::Value::Null);
/// ```
pub fn values(facts: &Facts<Origin>) -> Map<String, Value> {
    with_origins(facts).into_iter().map(|(field, value)| (field, value_alone(value))).collect()
}

/// A field without what stands behind it.
pub(crate) fn value_alone(field: Value) -> Value {
    match field {
        Value::Array(elements) => elements.into_iter().map(value_alone).collect(),
        Value::Object(parts) => {
            let is_cite = |name: &str| matches!(name, "cite" | "cites");
            let is_cited = parts.keys().any(|name| is_cite(name));
            let mut rest: Map<String, Value> =
                parts.into_iter().filter(|(name, _)| !is_cite(name)).collect();
            match rest.get_mut("value").map(Value::take) {
                Some(value) if is_cited && rest.len() == 1 => value,
                Some(value) => {
                    rest["value"] = value;
                    Value::Object(rest)
                }
                None => Value::Object(rest),
            }
        }
        other => other,
    }
}

/// Whether a field says nothing.
pub(crate) fn is_silent(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// The fields whose values differ.
pub(crate) fn changed(before: &Facts<Origin>, after: &Facts<Origin>) -> Vec<Field> {
    let (before, after) = (values(before), values(after));
    Field::ALL
        .iter()
        .copied()
        .filter(|field| before.get(field.name()) != after.get(field.name()))
        .collect()
}
