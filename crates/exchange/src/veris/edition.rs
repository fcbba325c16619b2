//! Records of older editions brought to the current one, and back. Every place that is changed is
//! written down, so that the way back is exact. It knows what VCDB needed, not every edition there
//! was.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{EDITION, Note, place};
use crate::tsv::rows;

const RENAMED: &str = include_str!("../../data/veris-renamed.tsv");
const EARLIER: &str = "/plus/jikenbo/earlier";
/// What 1.4.1 knows under `plus.attribute.confidentiality`; it allows nothing else there.
const ABUSE: &str = "data_abuse";

/// The record in the current edition.
pub(super) fn to_current(mut record: Value) -> Value {
    if record.get("schema_version").and_then(Value::as_str) == Some(EDITION) {
        return record;
    }
    // There would be nowhere to write down what was changed.
    if record.get("plus").is_some_and(|plus| !plus.is_object()) {
        return record;
    }
    let mut earlier = Vec::new();
    let mut change = |record: &mut Value, path: &str, now: Option<Value>| {
        let was = record.pointer(path).cloned();
        if was != now {
            place::put(record, path, now.clone());
            earlier.push(json!({ "path": path, "was": held(was), "now": held(now) }));
        }
    };
    if record.get("plus").is_none() {
        change(&mut record, "/plus", Some(json!({})));
    }
    change(&mut record, "/schema_version", Some(json!(EDITION)));
    if record.get("summary").is_none() {
        change(&mut record, "/summary", Some(json!("")));
    }
    if record.pointer("/victim").is_some_and(Value::is_object)
        && record.pointer("/victim/government").is_none()
    {
        let industry = record.pointer("/victim/industry").and_then(Value::as_str);
        let level =
            if industry.is_some_and(|code| code.starts_with("92")) { "Unknown" } else { "NA" };
        change(&mut record, "/victim/government", Some(json!([level])));
    }
    let more = "/plus/attribute/confidentiality";
    if let Some(Value::Object(known)) = record.pointer(more) {
        let left: Map<_, _> = known.clone().into_iter().filter(|(name, _)| name == ABUSE).collect();
        change(&mut record, more, Some(Value::Object(left)));
    }
    let mut lists: Vec<&str> = rows::<3>(RENAMED).map(|[path, ..]| path).collect();
    lists.dedup();
    for pattern in lists {
        let list = pattern.split("/*").next().unwrap_or(pattern);
        if let Some(now) = record.pointer(list).map(|was| renamed(was, pattern)) {
            change(&mut record, list, Some(now));
        }
    }
    place::put(&mut record, "/plus/jikenbo/format", Some(json!(super::overlay::VERSION)));
    place::put(&mut record, EARLIER, Some(Value::Array(earlier)));
    record
}

/// A list with its values renamed, each once.
fn renamed(list: &Value, pattern: &str) -> Value {
    let rename = |value: &mut Value| {
        let found = rows::<3>(RENAMED)
            .find(|[path, was, _]| *path == pattern && value.as_str() == Some(was));
        if let Some([_, _, is]) = found {
            *value = json!(is);
        }
    };
    let Some(elements) = list.as_array() else { return list.clone() };
    let mut seen = HashSet::new();
    let mut now = Vec::new();
    for element in elements {
        let mut element = element.clone();
        match pattern.split_once("/*/") {
            Some((_, name)) => element.get_mut(name).into_iter().for_each(rename),
            None => rename(&mut element),
        }
        if seen.insert(element.to_string()) {
            now.push(element);
        }
    }
    Value::Array(now)
}

/// A value that may be absent, as a list: `null` is a value too.
fn held(value: Option<Value>) -> Value {
    value.into_iter().collect()
}

/// The record as it was before [`to_current`].
pub(super) fn to_its_own(mut record: Value, notes: &mut Vec<Note>) -> Value {
    let Some(Value::Array(earlier)) = record.pointer(EARLIER).cloned() else { return record };
    place::put(&mut record, EARLIER, None);
    super::overlay::tidy(&mut record);
    for change in earlier.iter().rev() {
        let part =
            |name| change.get(name).and_then(Value::as_array).map(|held| held.first().cloned());
        let path = change.get("path").and_then(Value::as_str);
        let (Some(path), Some(was), Some(now)) = (path, part("was"), part("now")) else { continue };
        if record.pointer(path).cloned() == now {
            place::put(&mut record, path, was);
        } else {
            notes.push(Note::StaysInEdition(path.to_owned()));
        }
    }
    record
}
