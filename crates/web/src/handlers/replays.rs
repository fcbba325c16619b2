//! Cases run again: the scoreboard, and the orders to run.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::Markup;
use replay::Shelf;

use super::{number, see};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::views::replays::View;
use crate::visitor::{Editor, Reader};
use crate::{rounds, shelf, views};

/// `GET /replays`
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
) -> Result<Markup, Failure> {
    let kept = shelf::with(&app, |book| Ok(Shelf::beside(book.dir()).all())).await?;
    let mut kept = kept.map_err(|error| Failure::internal(&error))?;
    kept.sort_by_key(|kept| kept.replayed.worst_first());
    let policy = app.options.policy.as_ref().map(|path| path.display().to_string());
    let view = View { kept, policy, round: app.rounds.now() };
    Ok(views::replays::page(&visitor.frame(), &view))
}

/// `POST /replays`: every case of the book, one after another, away from this request.
pub(crate) async fn run_all(
    State(app): State<Arc<App>>,
    Editor(_): Editor,
    _form: Form,
) -> Result<Response, Failure> {
    rounds::begin(&app, shelf::with(&app, ::book::Book::numbers).await?);
    Ok(see("/replays"))
}

/// `POST /case/{number}/replay`
pub(crate) async fn run_one(
    State(app): State<Arc<App>>,
    Editor(_): Editor,
    Path(written): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let number = number(&written)?;
    rounds::one(&app, number).await?;
    Ok(see(&format!("/case/{number}#replay")))
}
