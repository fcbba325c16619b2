//! The facts of ours that a record carries under `plus.jikenbo`, laid over what the record itself
//! says. It does not know what VERIS means: it compares what was read with what is known.

use std::borrow::Cow;

use case::{Facts, Field, Origin};
use serde_json::{Map, Value, json};

use super::{Note, place, read};
use crate::Kept;
use crate::fields::{value_alone, with_origins};

/// Where they stand.
pub(super) const PLACE: &str = "/plus/jikenbo";
/// The version of what stands there.
pub(super) const VERSION: &str = "jikenbo.veris/1";

/// The record without them.
pub(super) fn bare(record: &Value) -> Cow<'_, Value> {
    if record.pointer(PLACE).is_none() {
        return Cow::Borrowed(record);
    }
    let mut bare = record.clone();
    place::put(&mut bare, PLACE, None);
    Cow::Owned(bare)
}

/// Takes away what is left of them when they say nothing.
pub(super) fn tidy(record: &mut Value) {
    let is_empty = |parts: &Map<String, Value>| parts.keys().all(|name| name == "format");
    if record.pointer(PLACE).and_then(Value::as_object).is_some_and(is_empty) {
        place::put(record, PLACE, None);
    }
}

/// Writes the facts that the record itself does not give exactly.
pub(super) fn put(record: &mut Value, kept: &Kept<'_>, was: Option<Value>) {
    let said = with_origins(&read::read(record));
    let mut facts = with_origins(kept.facts);
    facts.retain(|field, value| said.get(field) != Some(value));
    let in_veris: Map<String, Value> = said
        .into_iter()
        .filter(|(field, _)| facts.contains_key(field))
        .map(|(field, value)| (field, value_alone(value)))
        .collect();
    let mut ours = json!({
        "format": VERSION,
        "number": kept.number,
        "facts": facts,
        "in_veris": in_veris,
    });
    if let Some(was) = was {
        ours["was"] = was;
    }
    // Something else under that name is moved aside rather than lost.
    if let Some(odd) = record.get("plus").filter(|plus| !plus.is_object()).cloned() {
        place::put(record, "/plus", Some(json!({ "original": odd })));
    }
    place::put(record, PLACE, Some(ours));
}

/// What the record says, and over it what it carries of ours.
pub(super) fn over(said: Facts<Origin>, record: &Value, notes: &mut Vec<Note>) -> Facts<Origin> {
    let ours = record.pointer(PLACE).filter(|ours| ours.get("format") == Some(&json!(VERSION)));
    let Some(carried) = ours.and_then(|ours| ours.get("facts")).and_then(Value::as_object) else {
        return said;
    };
    let in_veris = ours.and_then(|ours| ours.get("in_veris")).and_then(Value::as_object);
    let mut fields = with_origins(&said);
    let mut facts = said;
    for field in Field::ALL {
        let Some(value) = carried.get(field.name()) else { continue };
        let now = fields.get(field.name()).cloned().map(value_alone);
        if in_veris
            .and_then(|then| then.get(field.name()))
            .is_some_and(|then| Some(then) != now.as_ref())
        {
            notes.push(Note::ChangedSince(*field));
            continue;
        }
        let before = fields.insert(field.name().to_owned(), value.clone());
        if let Ok(with_it) = serde_json::from_value(Value::Object(fields.clone())) {
            facts = with_it;
        } else {
            notes.push(Note::Unreadable(*field));
            fields.extend(before.map(|before| (field.name().to_owned(), before)));
        }
    }
    facts
}
