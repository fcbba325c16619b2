//! Places in a JSON value, by JSON Pointer (RFC 6901): finding, listing, setting. It does not know
//! what a record means, and a place that is not what it should be is simply not there.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A name as it stands in a pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What stands at a pattern, each with its pointer. `*` is each element of a list; a list at the
/// end stands for its elements.
pub(super) fn find<'r>(record: &'r Value, pattern: &str) -> Vec<(String, &'r Value)> {
    let mut found = vec![(String::new(), record)];
    for name in pattern.split('/').skip(1) {
        found = found.into_iter().flat_map(|(at, value)| step(&at, value, name)).collect();
    }
    found
        .into_iter()
        .flat_map(|(at, value)| match value {
            Value::Array(_) => step(&at, value, "*"),
            _ => vec![(at, value)],
        })
        .collect()
}

fn step<'r>(at: &str, value: &'r Value, name: &str) -> Vec<(String, &'r Value)> {
    match value {
        Value::Array(elements) if name == "*" => {
            elements.iter().enumerate().map(|(i, element)| (format!("{at}/{i}"), element)).collect()
        }
        _ => {
            let found = value.pointer(&format!("/{name}"));
            found.map(|found| (format!("{at}/{name}"), found)).into_iter().collect()
        }
    }
}

/// The text at a pattern, each with its pointer; without what says nothing (`Unknown`, empty).
pub(super) fn texts<'r>(record: &'r Value, pattern: &str) -> Vec<(String, &'r str)> {
    let texts = find(record, pattern)
        .into_iter()
        .filter_map(|(at, value)| Some((at, value.as_str()?.trim())));
    texts.filter(|(_, text)| !matches!(*text, "" | "Unknown" | "unknown" | "NA")).collect()
}

/// Every leaf with its pointer: what is neither object nor list, and what is an empty one.
pub(super) fn leaves(value: &Value, at: &str, leaf: &mut impl FnMut(&str)) {
    match value {
        Value::Object(parts) if !parts.is_empty() => {
            for (name, part) in parts {
                leaves(part, &format!("{at}/{}", escaped(name)), leaf);
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            for (i, element) in elements.iter().enumerate() {
                leaves(element, &format!("{at}/{i}"), leaf);
            }
        }
        _ => leaf(at),
    }
}

/// Whether a place or one around it is among `taken`.
pub(super) fn is_within(place: &str, taken: &BTreeSet<String>) -> bool {
    let mut at = place;
    loop {
        if taken.contains(at) {
            return true;
        }
        match at.rsplit_once('/') {
            Some((around, _)) if !around.is_empty() => at = around,
            _ => return false,
        }
    }
}

/// The object at `path`, made where there is none; `None` where something else is in the way.
pub(super) fn object<'r>(record: &'r mut Value, path: &str) -> Option<&'r mut Map<String, Value>> {
    let mut at = record;
    for name in path.split('/').skip(1) {
        at = at.as_object_mut()?.entry(name).or_insert_with(|| Value::Object(Map::new()));
    }
    at.as_object_mut()
}

/// Puts a value at `path`, or takes what is there away. Does nothing where the way is barred.
pub(super) fn put(record: &mut Value, path: &str, value: Option<Value>) {
    let Some((around, name)) = path.rsplit_once('/') else { return };
    if value.is_none() && record.pointer(path).is_none() {
        return;
    }
    let Some(parts) = object(record, around) else { return };
    match value {
        Some(value) => {
            parts.insert(name.to_owned(), value);
        }
        None => {
            parts.remove(name);
        }
    }
}

/// Puts a value at `path` where there is none yet.
pub(super) fn put_default(record: &mut Value, path: &str, value: Value) {
    if record.pointer(path).is_none() {
        put(record, path, Some(value));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_finds_every_element() {
        let record = json!({"a": [{"b": ["x", "y"]}, {"b": "z"}, 7]});
        let found = texts(&record, "/a/*/b");
        let found: Vec<_> = found.iter().map(|(at, text)| (at.as_str(), *text)).collect();
        assert_eq!(found, [("/a/0/b/0", "x"), ("/a/0/b/1", "y"), ("/a/1/b", "z")]);
    }

    #[test]
    fn what_is_in_the_way_stays() {
        let mut record = json!({"victim": "a text"});
        put(&mut record, "/victim/victim_id", Some(json!("x")));
        put(&mut record, "/plus/a/b", Some(json!(1)));
        put(&mut record, "/plus/c", None);
        assert_eq!(record, json!({"victim": "a text", "plus": {"a": {"b": 1}}}));
    }

    #[test]
    fn leaves_have_pointers_that_find_them() {
        let record = json!({"a/b": {"~": [1, {}]}, "c": null});
        let mut found = Vec::new();
        leaves(&record, "", &mut |at| found.push(at.to_owned()));
        assert_eq!(found, ["/a~1b/~0/0", "/a~1b/~0/1", "/c"]);
        assert!(found.iter().all(|at| record.pointer(at).is_some()));
    }
}
