//! Figures by the API: the same that the page of statistics draws.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use case::Lang;

use super::access::ApiReader;
use super::cases::Asked;
use crate::app::App;
use crate::failure::Failure;
use crate::shelf;

/// `GET /api/v1/statistics`
pub(crate) async fn all(
    State(app): State<Arc<App>>,
    _: ApiReader,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let stats = shelf::stats(&app, &asked.search()?.words, Lang::En).await?;
    Ok(Json(&*stats).into_response())
}
