//! The texts of the kept cases, folded, and what a plain scan of them finds: the truth that every
//! answer is held against, and the texts that the peers are given. They are put together from the
//! rows of the book and the texts that were added, not from its search index.

use std::collections::HashMap;
use std::path::Path;

use book::index::fold;
use memchr::memmem::Finder;
use rusqlite::Connection;
use text::Span;

use super::Failed;
use super::asked::Asked;

/// A case as it is searched.
pub(crate) struct Scanned {
    pub(crate) number: String,
    /// In days since 1970-01-01.
    pub(crate) day: Option<i32>,
    pub(crate) category: String,
    pub(crate) organisation: String,
    /// Folded; its parts have lines between that no query reaches across.
    pub(crate) text: String,
}

/// Every case of the book in the folder, the texts by the SHA-256 of their sources.
pub(crate) fn cases(
    folder: &Path,
    texts: &HashMap<String, String>,
) -> Result<Vec<Scanned>, Failed> {
    let tables = Connection::open(folder.join("book.sqlite"))?;
    let mut bodies: HashMap<String, String> = HashMap::new();
    let mut query =
        tables.prepare("SELECT number, source, first, past FROM report ORDER BY number, seq")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let source = texts.get(row.get_ref(1)?.as_str()?).ok_or("a source that was not added")?;
        let span = Span::new(row.get(2)?, row.get(3)?).ok_or("a report without a span")?;
        let body = bodies.entry(row.get(0)?).or_default();
        body.push_str(&fold(span.of(source).ok_or("a span beyond its text")?));
        body.push('\n');
    }
    let mut query = tables.prepare(
        "SELECT number, value FROM listed WHERE field IN ('services', 'other_organisations')",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let body = bodies.entry(row.get(0)?).or_default();
        body.push_str(&fold(row.get_ref(1)?.as_str()?));
        body.push('\n');
    }
    let mut query = tables.prepare(
        "SELECT number, disclosed, category, organisation, title, printed_number FROM overview",
    )?;
    let mut rows = query.query([])?;
    let mut cases = Vec::new();
    while let Some(row) = rows.next()? {
        let number: String = row.get(0)?;
        let said = |column| row.get::<_, Option<String>>(column).map(Option::unwrap_or_default);
        let mut text = bodies.remove(&number).unwrap_or_default();
        for words in [said(3)?, said(4)?, said(5)?, number.clone()] {
            text.push_str(&fold(&words));
            text.push('\n');
        }
        let day = said(1)?.parse().ok().and_then(book::epoch_day);
        let organisation = fold(&said(3)?);
        cases.push(Scanned { number, day, category: row.get(2)?, organisation, text });
    }
    // As hits are shown: the latest first, those without a day last.
    cases.sort_by(|a, b| (b.day, &a.number).cmp(&(a.day, &b.number)));
    Ok(cases)
}

/// The numbers of all that a query finds, the latest first.
pub(crate) fn find<'a>(cases: &'a [Scanned], asked: &Asked) -> Vec<&'a str> {
    let terms: Vec<Finder<'_>> = asked.terms.iter().map(Finder::new).collect();
    cases
        .iter()
        .filter(|case| {
            asked.category.as_ref().is_none_or(|category| *category == case.category)
                && asked.years.is_none_or(|years| {
                    case.day.is_some_and(|day| (years.first..=years.last).contains(&day))
                })
                && terms.iter().all(|term| term.find(case.text.as_bytes()).is_some())
        })
        .map(|case| case.number.as_str())
        .collect()
}
