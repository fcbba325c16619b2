//! A case of the book as the formats of others take it. It does not know the formats, or where they
//! go: the pages and the command line both export.

use book::{KeptCase, KeptReport};
use exchange::{Kept, Source};
use jiff::Timestamp;

/// A case with what an export says of it beside its facts.
#[derive(Debug)]
pub struct Held<'a> {
    case: &'a KeptCase,
    sources: Vec<Source<'a>>,
    added: Timestamp,
    changed: Timestamp,
}

impl<'a> Held<'a> {
    /// A case; an error where an entry of its history has no time, which the ledger lets none have.
    pub fn of(case: &'a KeptCase) -> Result<Self, jiff::Error> {
        let mut times = Vec::with_capacity(case.history.len());
        for entry in &case.history {
            times.push(entry.at.parse::<Timestamp>()?);
        }
        let source = |report: &'a KeptReport| Source {
            name: &report.source.name,
            sha256: &report.source.sha256,
            media_type: report.source.media_type.name(),
        };
        Ok(Self {
            case,
            sources: case.reports.iter().map(source).collect(),
            added: times.first().copied().unwrap_or(Timestamp::UNIX_EPOCH),
            changed: times.last().copied().unwrap_or(Timestamp::UNIX_EPOCH),
        })
    }

    /// As `exchange` takes it.
    pub fn kept(&self) -> Kept<'_> {
        Kept {
            number: self.case.number,
            facts: &self.case.facts,
            sources: &self.sources,
            original: self.case.original.as_ref().map(|original| &original.record),
            added: self.added,
            changed: self.changed,
        }
    }
}
