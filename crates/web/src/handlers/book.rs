//! The table of cases and the timeline of the book.

use std::sync::Arc;

use axum::extract::{Query, State};
use maud::Markup;

use crate::app::App;
use crate::failure::Failure;
use crate::shelf;
use crate::views;
use crate::views::book::Search;
use crate::visitor::Reader;

/// The longest query, in bytes.
const MOST_QUERY_BYTES: usize = 4_000;

/// So many cases stand below the timeline.
const LATEST: usize = 50;

/// A search as an address has it.
pub(crate) fn search(pairs: Vec<(String, String)>) -> Result<Search, Failure> {
    let mut search = Search { page: 1, ..Search::default() };
    for (name, value) in pairs {
        if value.len() > MOST_QUERY_BYTES {
            return Err(Failure::TooLarge);
        }
        match name.as_str() {
            "q" => value.trim().clone_into(&mut search.words),
            "page" => search.page = value.parse().unwrap_or(1).max(1),
            _ if shelf::is_facet(&name) && !value.is_empty() && search.chosen.len() < 30 => {
                search.chosen.push((name, value));
            }
            _ => {}
        }
    }
    Ok(search)
}

/// `GET /`
pub(crate) async fn table(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Markup, Failure> {
    let view = shelf::listing(&app, search(pairs)?, visitor.lang).await?;
    Ok(views::book::page(&visitor.frame(), &view))
}

/// `GET /timeline`
pub(crate) async fn timeline(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
) -> Result<Markup, Failure> {
    let rows = shelf::latest(&app, LATEST, visitor.lang).await?;
    Ok(views::timeline::page(&visitor.frame(), &rows))
}
