//! VERIS (Vocabulary for Event Recording and Incident Sharing), both ways.
//!
//! **In.** [`import`] takes a record of any edition as JSON. What it says that a case has a field
//! for becomes facts, each with its place in the record; the rest is named in
//! [`Imported::leftovers`]. Whoever keeps the case keeps [`Imported::record`] beside it, so that
//! nothing is lost. Where each fact comes from is a table in `docs/veris.md`.
//!
//! **Out.** [`export`] writes a record. A case that was imported comes out as its record, with the
//! facts that were changed since written into it; a record that nobody touched comes out as the
//! same JSON. A case of our own comes out under edition 1.4.1. What VERIS has no place for, or not
//! exactly (a `bcc_mistake` is a `Misdelivery` there), goes under `plus.jikenbo`:
//!
//! | `plus.jikenbo.` | what |
//! | --- | --- |
//! | `format` | `jikenbo.veris/1` |
//! | `number` | the case's number in the book |
//! | `facts` | the fields that the record itself does not give exactly, as in the case record, with what stands behind each fact |
//! | `in_veris` | those fields as the record itself gives them |
//! | `was` | places of an imported record that a changed fact was written into, as they were |
//! | `earlier` | places that were brought to the current edition: `{path, was, now}` |
//!
//! So export and import give the same facts. Where somebody else has changed the record in between
//! (a field is no longer as `in_veris` says), the record wins over `facts`, and a note says so.

mod edition;
mod overlay;
mod place;
mod read;
mod write;

use std::collections::BTreeSet;
use std::fmt;

use case::{Facts, Field, Origin};
use serde_json::{Value, json};

use crate::Kept;
use crate::fields::changed;

/// The name of the format in origins.
pub const FORMAT: &str = "veris";
/// The rules by which a category is read, for the page that shows them.
pub(crate) const CATEGORIES_READ: &str = read::CATEGORIES;
/// The edition that records are written in.
pub const EDITION: &str = "1.4.1";

/// What came in with a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// What the record says. Origins are places in `record`, or those that an exported case
    /// carried: whoever keeps the case decides whether to believe them.
    pub facts: Facts<Origin>,
    /// The record to keep beside the facts: the one that came in, brought back to its own edition
    /// where an export had brought it to the current one.
    pub record: Value,
    /// Every place in it that no fact points to, as JSON Pointers.
    pub leftovers: Vec<String>,
    /// What was not taken as it stood.
    pub notes: Vec<Note>,
}

/// Why something was not taken as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It is no JSON object, so it is no record.
    NotARecord,
    /// The record was changed after it was exported; its own value is taken.
    ChangedSince(Field),
    /// The fact under `plus.jikenbo` does not have the shape of the case record.
    Unreadable(Field),
    /// The place was changed after it was brought to the current edition, and stays.
    StaysInEdition(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARecord => f.write_str("not a VERIS record: no JSON object"),
            Self::ChangedSince(field) => {
                write!(
                    f,
                    "{field} was changed in the record after it was exported; taken from there"
                )
            }
            Self::Unreadable(field) => {
                write!(f, "plus.jikenbo.facts.{field} has not the shape of a case record; left out")
            }
            Self::StaysInEdition(place) => {
                write!(f, "{place} was changed after it was brought to edition {EDITION}; left so")
            }
        }
    }
}

/// Which edition a record is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// An imported record in the edition that it came in.
    #[default]
    AsKept,
    /// Edition 1.4.1 (valid against its schema as far as the record was against its own). What had
    /// to be changed for it stands under `plus.jikenbo.earlier`, and [`import`] takes it back.
    Current,
}

/// Reads a record. Never fails: what is no record says nothing.
pub fn import(record: &Value) -> Imported {
    let mut notes = Vec::new();
    if !record.is_object() {
        notes.push(Note::NotARecord);
    }
    let record = edition::to_its_own(record.clone(), &mut notes);
    let said = read::read(overlay::bare(&record).as_ref());
    let leftovers = leftovers(&record, &said);
    let facts = overlay::over(said, &record, &mut notes);
    Imported { facts, record, leftovers, notes }
}

/// The places that no fact points to.
fn leftovers(record: &Value, facts: &Facts<Origin>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let _ = facts.clone().map(|origin| {
        if let Origin::Import { pointer, .. } = origin {
            taken.insert(pointer);
        }
    });
    taken.insert(overlay::PLACE.to_owned());
    let mut left = Vec::new();
    place::leaves(record, "", &mut |at| {
        if !place::is_within(at, &taken) {
            left.push(at.to_owned());
        }
    });
    left
}

/// Writes a case as a record.
pub fn export(kept: &Kept<'_>, edition: Edition) -> Value {
    let record = match kept.original {
        Some(original) if original.is_object() => corrected(kept, original),
        _ => of_our_own(kept),
    };
    match edition {
        Edition::AsKept => record,
        Edition::Current => edition::to_current(record),
    }
}

/// The record that was imported, with what was changed since.
fn corrected(kept: &Kept<'_>, original: &Value) -> Value {
    let before = import(original).facts;
    if &before == kept.facts {
        return original.clone();
    }
    let mut record = overlay::bare(original).into_owned();
    for field in changed(&before, kept.facts) {
        write::write(&mut record, kept.facts, field);
    }
    let was = write::was(original, &record);
    overlay::put(&mut record, kept, was);
    record
}

/// A record made from facts alone.
fn of_our_own(kept: &Kept<'_>) -> Value {
    let facts = kept.facts;
    let mut record = json!({
        "schema_version": EDITION,
        "incident_id": kept.id().to_string(),
        "source_id": "jikenbo",
        "security_incident": "Confirmed",
        "summary": "",
        "timeline": { "incident": { "year": write::year(kept) } },
        "discovery_method": { "unknown": true },
    });
    if facts.kind == case::Kind::Column {
        record["security_incident"] = json!("False positive");
    }
    let addresses: Vec<&str> = kept.sources.iter().filter_map(crate::Source::address).collect();
    if !addresses.is_empty() {
        record["reference"] = json!(addresses.join("; "));
    }
    let silent = Facts::silent(facts.kind);
    let mut fields = changed(&silent, facts);
    if !fields.contains(&Field::Category) {
        fields.push(Field::Category);
    }
    for field in fields {
        write::write(&mut record, facts, field);
    }
    place::put_default(
        &mut record,
        "/asset",
        json!({"assets": [{"variety": "Unknown"}], "cloud": ["Unknown"]}),
    );
    overlay::put(&mut record, kept, None);
    record
}
