//! Statistics as charts.

use std::sync::Arc;

use axum::extract::{Query, State};
use maud::Markup;

use crate::app::App;
use crate::failure::Failure;
use crate::shelf;
use crate::views;
use crate::views::statistics::View;
use crate::visitor::Reader;

/// `GET /statistics?q=…`
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Markup, Failure> {
    let words = super::book::search(pairs)?.words;
    let stats = match shelf::stats(&app, &words, visitor.lang).await {
        Ok(stats) => Ok(stats),
        Err(Failure::Wrong(wrong)) => Err(wrong),
        Err(other) => return Err(other),
    };
    Ok(views::statistics::page(&visitor.frame(), &View { words, stats }))
}
