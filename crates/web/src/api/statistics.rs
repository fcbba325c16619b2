//! Figures by the API: the same that the page of statistics draws.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use book::stats::Stats;

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
) -> Result<Json<Stats>, Failure> {
    shelf::stats(&app, asked.search()?.words).await.map(Json)
}
