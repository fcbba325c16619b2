//! Searching the book: a query in, lines of cases out, with counts of what they have in common and
//! words around what was found. It does not know how the index finds documents.

use case::CaseNumber;
use rusqlite::Connection;
use text::Span;

use crate::archive::Archive;
use crate::index::{self, Ask, Facet, Limits, Total};
use crate::overview::{self, Overview};
use crate::query::Query;
use crate::{Book, BookError, project};

/// Characters of a snippet.
const SNIPPET: usize = 90;

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hits {
    /// How many cases there are.
    pub total: Total,
    /// Those asked for, in order: words in title or organisation first, then recent first.
    pub cases: Vec<Hit>,
    /// Counts among all that were found.
    pub facets: Vec<Facet>,
}

/// A case that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The case in a line.
    pub case: Overview,
    /// Words of its reports around those looked for, and which these are; empty where none of them
    /// stands in a report.
    pub snippet: Vec<(bool, String)>,
}

impl Book {
    /// The cases that a query finds.
    pub fn search(&self, query: &Query, ask: &Ask<'_>) -> Result<Hits, BookError> {
        self.read(|tables| {
            let found = index::search(tables, &query.plan(), ask, &Limits::default())?;
            let words = query.words();
            let mut read = LastText::default();
            let mut cases = Vec::with_capacity(found.docs.len());
            for doc in &found.docs {
                let number = project::parsed(&doc.key)?;
                if let Some(case) = overview::one(tables, number)? {
                    let snippet = snippet(tables, self.archive(), &doc.key, &words, &mut read)?;
                    cases.push(Hit { case, snippet });
                }
            }
            Ok(Hits { total: found.total, cases, facets: found.facets })
        })
    }

    /// The numbers of all cases that a query finds, in the same order.
    pub fn search_numbers(&self, query: &Query) -> Result<Vec<CaseNumber>, BookError> {
        self.read(|tables| {
            let ask = Ask { limit: usize::MAX, ..Ask::default() };
            let found = index::search(tables, &query.plan(), &ask, &Limits::default())?;
            found.docs.iter().map(|doc| project::parsed(&doc.key)).collect()
        })
    }
}

/// The text read last: many cases may be of one source.
#[derive(Default)]
struct LastText {
    source: String,
    text: String,
}

/// The first report with one of the words, cut around it.
fn snippet(
    tables: &Connection,
    archive: &Archive,
    number: &str,
    words: &[&str],
    read: &mut LastText,
) -> Result<Vec<(bool, String)>, BookError> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tables.prepare_cached(
        "SELECT source, first, past FROM report WHERE number = ?1 ORDER BY seq, place",
    )?;
    let mut rows = query.query([number])?;
    while let Some(row) = rows.next()? {
        let source: String = row.get(0)?;
        if read.source != source {
            let text = project::text(tables, archive, &source)?;
            *read = LastText { source, text };
        }
        let report = Span::new(row.get(1)?, row.get(2)?).and_then(|span| span.of(&read.text));
        let report = report.unwrap_or_default();
        let cut = index::snippet(report, words, SNIPPET);
        if cut.iter().any(|fragment| fragment.highlighted) {
            let told = cut
                .into_iter()
                .map(|fragment| (fragment.highlighted, report[fragment.range].to_owned()));
            return Ok(told.collect());
        }
    }
    Ok(Vec::new())
}
