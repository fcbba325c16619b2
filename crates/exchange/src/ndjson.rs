//! One case, one line of JSON: its number, what is known with what stands behind each fact, its
//! sources and times. Lines can be put together, cut apart and read with any JSON tool. It does not
//! know how many there are.

use case::{CaseNumber, Facts, Origin};
use serde::Serialize;
use serde_json::Value;

use crate::{Kept, Source};

/// The name and version of a line's format.
pub const FORMAT: &str = "jikenbo.case/1";

#[derive(Serialize)]
struct Line<'a> {
    format: &'static str,
    number: CaseNumber,
    added: String,
    changed: String,
    facts: &'a Facts<Origin>,
    sources: &'a [Source<'a>],
    /// The record that the case was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<&'a Value>,
}

/// A case as a line, its line feed included.
pub fn line(kept: &Kept<'_>) -> String {
    let line = Line {
        format: FORMAT,
        number: kept.number,
        added: kept.added.to_string(),
        changed: kept.changed.to_string(),
        facts: kept.facts,
        sources: kept.sources,
        original: kept.original,
    };
    let mut line = serde_json::to_string(&line).unwrap_or_default();
    line.push('\n');
    line
}
