//! The cases that are most like a case, why, and what usually came of them. A rare agreement
//! counts for more than a common one: each is weighed by the logarithm of how few cases share it
//! (Spärck Jones 1972). It does not know how a case was read.
//!
//! Compared are the cases of the same category, the last disclosed first, and those of any
//! category that share the organisation, a technical fact or a service.

mod candidates;
mod outlook;
mod pattern;

use case::{CaseNumber, Category, Facts, Field};
use rusqlite::Connection;
use serde::Serialize;

pub use self::outlook::{MeasureCount, Outlook, Spread};
use self::pattern::Pattern;
use crate::{Book, BookError, project};

/// How many of the most similar cases the outlook is taken from.
const OUTLOOK: usize = 30;

/// The cases that are most like a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alike {
    /// The most similar first.
    pub cases: Vec<Likeness>,
    /// What came of the most similar ones, up to thirty of them.
    pub outlook: Outlook,
}

/// A similar case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Likeness {
    /// Its number.
    pub number: CaseNumber,
    /// Its title.
    pub title: Option<String>,
    /// Its organisation.
    pub organisation: Option<String>,
    /// Its category.
    pub category: Category,
    /// When it was disclosed, as precise as that is known.
    pub disclosed: Option<String>,
    /// How much of what is known of the case it shares, by weight: 0 to 1.
    pub score: f64,
    /// What they have in common, the weightiest first.
    pub because: Vec<Reason>,
}

/// What two cases have in common in one field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// Which field.
    pub field: Field,
    /// The values in common: names of the record, words as written, runs of the title's letters.
    pub values: Vec<String>,
    /// What part of the score it makes.
    pub weight: f64,
}

impl Book {
    /// The `most` cases that are most like a case of the book.
    pub fn like(&self, number: CaseNumber, most: usize) -> Result<Alike, BookError> {
        self.read(|tables| {
            let facts = project::facts(tables, number)?;
            find(tables, &Pattern::of(&facts), Some(number), most)
        })
    }

    /// The `most` cases that are most like one that is not in the book.
    pub fn like_facts<C>(&self, facts: &Facts<C>, most: usize) -> Result<Alike, BookError> {
        self.read(|tables| find(tables, &Pattern::of(facts), None, most))
    }
}

fn find(
    tables: &Connection,
    pattern: &Pattern,
    but: Option<CaseNumber>,
    most: usize,
) -> Result<Alike, BookError> {
    let but = but.map(|number| number.to_string());
    let found = candidates::find(tables, pattern, but.as_deref())?;
    let mut scored = found.weigh(pattern);
    scored.sort_by(|(_, one, _), (_, other, _)| other.total_cmp(one));
    scored.truncate(most.max(OUTLOOK));
    let outlook = outlook::of(scored.iter().take(OUTLOOK).map(|(row, ..)| *row));
    let cases = scored
        .into_iter()
        .take(most)
        .map(|(row, score, because)| {
            Ok(Likeness {
                number: project::parsed(&row.number)?,
                title: row.title.clone(),
                organisation: row.organisation.clone(),
                category: row.category,
                disclosed: row.disclosed.map(|day| day.to_string()),
                score,
                because,
            })
        })
        .collect::<Result<_, BookError>>()?;
    Ok(Alike { cases, outlook })
}
