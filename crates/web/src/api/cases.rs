//! Cases by the API: found, shown, added, corrected.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use book::Added;
use case::{Field, Lang};
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::{ApiEditor, ApiReader};
use crate::app::App;
use crate::failure::Failure;
use crate::handlers::number;
use crate::shelf::{self, Corrected};
use crate::views::book::Search;

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    page: Option<usize>,
}

impl Asked {
    /// The search; a query that is too long is refused.
    pub(super) fn search(self) -> Result<Search, Failure> {
        let page = self.page.unwrap_or(1);
        if self.q.chars().count() > 1_000 || !(1..=1_000_000).contains(&page) {
            return Err(Failure::Wrong("q or page is out of its limits".to_owned()));
        }
        Ok(Search { words: self.q, chosen: Vec::new(), page })
    }
}

/// `GET /api/v1/cases`
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    _: ApiReader,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Failure> {
    let view = shelf::listing(&app, asked.search()?, Lang::En).await?;
    if let Some(wrong) = view.wrong {
        return Err(Failure::Wrong(wrong));
    }
    let rows: Vec<Value> = view
        .rows
        .iter()
        .map(|row| {
            json!({
                "number": row.number,
                "organisation": row.organisation,
                "title": row.title,
                "category": row.category.map(case::Category::name),
                "disclosed_on": row.disclosed,
                "data_disclosure": row.disclosure.map(case::DataDisclosure::name),
                "reports": row.reports,
                "corrections": row.corrections,
                "contradictions": row.contradictions,
            })
        })
        .collect();
    Ok(Json(json!({
        "total": view.total,
        "page": view.search.page,
        "per_page": view.per_page,
        "cases": rows,
    })))
}

/// `GET /api/v1/cases/{number}`
pub(crate) async fn case(
    State(app): State<Arc<App>>,
    _: ApiReader,
    Path(written): Path<String>,
) -> Result<Response, Failure> {
    let case = shelf::case(&app, number(&written)?).await?;
    Ok(Json(case).into_response())
}

/// `GET /api/v1/sources/{sha256}/text`
pub(crate) async fn text(
    State(app): State<Arc<App>>,
    _: ApiReader,
    Path(sha256): Path<String>,
) -> Result<Response, Failure> {
    let text = shelf::text(&app, sha256).await?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// The name of an input.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Named {
    #[serde(default)]
    name: String,
}

/// `POST /api/v1/cases`
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    ApiEditor(account): ApiEditor,
    Query(named): Query<Named>,
    body: Bytes,
) -> Result<Response, Failure> {
    if named.name.chars().count() > 200 {
        return Err(Failure::Wrong("name is longer than 200 characters".to_owned()));
    }
    let name = crate::form::plain(&named.name);
    let read = app.readings.read(name, body.to_vec()).await?;
    let added = shelf::keep(&app, Arc::new(read), Vec::new(), String::new(), account.name).await?;
    let status = if added.known { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(told(&added))).into_response())
}

fn told(added: &Added) -> Value {
    let cases: Vec<Value> = added
        .cases
        .iter()
        .map(|case| json!({ "number": case.number, "joined": case.joined, "proposed": case.proposed }))
        .collect();
    json!({ "sha256": added.sha256, "known": added.known, "cases": cases })
}

/// A correction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    field: Field,
    value: Value,
    why: String,
}

/// `POST /api/v1/cases/{number}/corrections`
pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    ApiEditor(account): ApiEditor,
    Path(written): Path<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    let number = number(&written)?;
    let sent: Sent = serde_json::from_slice(&body).map_err(|e| Failure::Wrong(e.to_string()))?;
    let corrected = Corrected { field: sent.field, value: sent.value };
    shelf::correct(&app, number, corrected, sent.why, account.name).await?;
    let answer = json!({ "number": number, "field": sent.field });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}
