//! What takes a pass over many cases: figures of a search, cases that are alike. Answers are
//! remembered while the book stays what it is. It does not know how either is computed or shown.

use std::sync::Arc;

use book::like::Alike;
use book::query::Query;
use book::stats::{Selection, Stats};
use case::{CaseNumber, Lang};

use super::query::problems;
use super::remembered::Remembered;
use super::with;
use crate::app::App;
use crate::failure::Failure;

/// So many similar cases are told.
const MOST_ALIKE: usize = 8;

/// What is remembered between requests.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    stats: Remembered<Stats>,
    alike: Remembered<Alike>,
}

/// The figures of the cases that a query finds. A query that is not understood has none.
pub(crate) async fn stats(app: &Arc<App>, words: &str, lang: Lang) -> Result<Arc<Stats>, Failure> {
    let parsed = Query::parse(words);
    if let Some(wrong) = problems(&parsed, words, lang) {
        return Err(Failure::Wrong(wrong));
    }
    let query = parsed.query;
    let held = Arc::clone(app);
    with(app, move |book| {
        let asked = query.to_string();
        held.figures.stats.of(book.entries()?, &asked, || {
            let selection = if query.is_everything() {
                Selection::all()
            } else {
                Selection::of(asked.clone(), book.search_numbers(&query)?)
            };
            book.stats(&selection)
        })
    })
    .await
}

/// The cases that are most like one, and what came of them.
pub(crate) async fn alike(app: &Arc<App>, number: CaseNumber) -> Result<Arc<Alike>, Failure> {
    let held = Arc::clone(app);
    with(app, move |book| {
        let make = || book.like(number, MOST_ALIKE);
        held.figures.alike.of(book.entries()?, &number.to_string(), make)
    })
    .await
}
