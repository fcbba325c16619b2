//! The only way from requests to the book: each call runs on a thread that may block, and what the
//! book says is wrong becomes a failure that the visitor may know. Handlers know nothing of the
//! book's errors, threads or tables.

mod figures;
mod live;
mod query;
mod remembered;
mod snapshot;

use std::sync::Arc;

use book::sql::{SqlError, SqlLimits, Table};
use book::{Added, Book, BookError, Incoming, KeptCase, SourceRecord, Who};
use case::{CaseNumber, Field};
use serde_json::Value;

pub(crate) use figures::{Figures, alike, stats};
pub(crate) use live::{LiveShown, contacts, disclose, live, live_lines, open_live, record_live};
pub(crate) use query::{is_facet, latest, listing, numbers};
pub(crate) use snapshot::{Item, Lane, Snapshot, State};

use crate::app::App;
use crate::failure::Failure;
use crate::reading::Read;

/// A case with the texts of its reports' sources.
#[derive(Debug)]
pub(crate) struct Shown {
    /// The case.
    pub(crate) case: KeptCase,
    /// A text for each report.
    pub(crate) texts: Vec<String>,
}

/// Runs what reads or changes the book on a thread that may block.
pub(crate) async fn with<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&Book) -> Result<T, BookError> + Send + 'static,
) -> Result<T, Failure> {
    let app = Arc::clone(app);
    tokio::task::spawn_blocking(move || work(&app.book))
        .await
        .map_err(|e| Failure::internal(&e))?
        .map_err(told)
}

/// What a visitor may know of the book's errors: what they themselves gave, and nothing else.
fn told(error: BookError) -> Failure {
    match error {
        BookError::NoCase(_) | BookError::NoLive(_) => Failure::NotFound,
        BookError::Value { .. }
        | BookError::NoReason
        | BookError::Disclosed { .. }
        | BookError::NotOpen { .. } => Failure::Wrong(error.to_string()),
        other => Failure::internal(&chain(&other)),
    }
}

/// An error with its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        source = cause.source();
    }
    words
}

/// A case.
pub(crate) async fn case(app: &Arc<App>, number: CaseNumber) -> Result<KeptCase, Failure> {
    with(app, move |book| book.case(number)).await?.ok_or(Failure::NotFound)
}

/// A case with its texts.
pub(crate) async fn shown(app: &Arc<App>, number: CaseNumber) -> Result<Shown, Failure> {
    let shown = with(app, move |book| {
        let Some(case) = book.case(number)? else { return Ok(None) };
        let mut texts: Vec<String> = Vec::with_capacity(case.reports.len());
        for report in &case.reports {
            let same = case.reports[..texts.len()]
                .iter()
                .position(|earlier| earlier.source.sha256 == report.source.sha256);
            texts.push(match same {
                Some(at) => texts[at].clone(),
                None => book.text(&report.source.sha256)?,
            });
        }
        Ok(Some(Shown { case, texts }))
    });
    shown.await?.ok_or(Failure::NotFound)
}

/// Several cases, in the order of their numbers as given; those that are not there are left out.
pub(crate) async fn cases(
    app: &Arc<App>,
    numbers: Vec<CaseNumber>,
) -> Result<Vec<KeptCase>, Failure> {
    with(app, move |book| {
        let found = numbers.into_iter().map(|number| book.case(number));
        Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    })
    .await
}

/// Notes in the ledger what somebody did that changes no case.
pub(crate) async fn note(
    app: &Arc<App>,
    action: &'static str,
    about: impl Into<String>,
    who: &str,
) -> Result<(), Failure> {
    let (about, who) = (about.into(), Who(who.to_owned()));
    with(app, move |book| book.note(action, &about, &who)).await
}

/// Answers a question in SQL.
pub(crate) async fn sql(
    app: &Arc<App>,
    question: String,
) -> Result<Result<Table, String>, Failure> {
    let app = Arc::clone(app);
    let answer =
        tokio::task::spawn_blocking(move || app.book.sql(&question, &SqlLimits::default()));
    match answer.await.map_err(|e| Failure::internal(&e))? {
        Ok(table) => Ok(Ok(table)),
        Err(SqlError::Book(error)) => Err(told(error)),
        Err(wrong) => Ok(Err(wrong.to_string())),
    }
}

/// A correction that somebody makes.
#[derive(Clone, Debug)]
pub(crate) struct Corrected {
    /// Which field.
    pub(crate) field: Field,
    /// What it should say.
    pub(crate) value: Value,
}

/// Corrects a field.
pub(crate) async fn correct(
    app: &Arc<App>,
    number: CaseNumber,
    corrected: Corrected,
    why: String,
    who: String,
) -> Result<(), Failure> {
    with(app, move |book| {
        book.correct(number, corrected.field, &corrected.value, &why, &Who(who)).map(|_| ())
    })
    .await
}

/// Keeps a reading with what somebody corrected in it, entry by entry.
pub(crate) async fn keep(
    app: &Arc<App>,
    read: Arc<Read>,
    corrected: Vec<(usize, Corrected)>,
    why: String,
    who: String,
) -> Result<Added, Failure> {
    with(app, move |book| {
        // What does not fit its field is refused before anything is kept.
        for (_, corrected) in &corrected {
            book::fields::check(corrected.field, &corrected.value)?;
        }
        if !corrected.is_empty() && why.trim().is_empty() {
            return Err(BookError::NoReason);
        }
        let who = Who(who);
        let name = if read.name.is_empty() { "-" } else { &read.name };
        let incoming = Incoming {
            name,
            media_type: read.media_type,
            bytes: &read.bytes,
            text: &read.text,
            reader: reader::NAME,
            cases: &read.cases,
        };
        let mut added = book.add(&[incoming], &who)?;
        let Some(added) = added.pop() else { return Err(BookError::NoReason) };
        if !added.known {
            for (at, corrected) in &corrected {
                if let Some(case) = added.cases.get(*at) {
                    book.correct(case.number, corrected.field, &corrected.value, &why, &who)?;
                }
            }
        }
        Ok(added)
    })
    .await
}

/// Whether `sha256` looks like a hash: anything else names no source.
fn hash(sha256: &str) -> Result<(), Failure> {
    let hex = sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if sha256.len() == 64 && hex { Ok(()) } else { Err(Failure::NotFound) }
}

/// The text of a source.
pub(crate) async fn text(app: &Arc<App>, sha256: String) -> Result<String, Failure> {
    hash(&sha256)?;
    with(app, move |book| known(book.text(&sha256))).await?.ok_or(Failure::NotFound)
}

/// The original bytes of a source.
pub(crate) async fn original(
    app: &Arc<App>,
    sha256: String,
) -> Result<(SourceRecord, Vec<u8>), Failure> {
    hash(&sha256)?;
    with(app, move |book| known(book.original(&sha256))).await?.ok_or(Failure::NotFound)
}

/// `None` where the book has no such source.
fn known<T>(answer: Result<T, BookError>) -> Result<Option<T>, BookError> {
    match answer {
        Err(BookError::Archive { .. }) => Ok(None),
        other => other.map(Some),
    }
}
