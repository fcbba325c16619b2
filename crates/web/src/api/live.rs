//! Live cases by the API: opened, shown, filled. To those who may not see them there is nothing here.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use book::LiveLine;
use case::{Lang, LiveNumber};
use response::Stamp;
use response::live::Event;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::{ApiEditor, ApiResponder};
use crate::app::App;
use crate::failure::Failure;
use crate::shelf;

fn number(written: &str) -> Result<LiveNumber, Failure> {
    written.parse().map_err(|_| Failure::NotFound)
}

fn parsed(body: &[u8]) -> Result<Event, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::Wrong(error.to_string()))
}

/// `GET /api/v1/live`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    _: ApiResponder,
) -> Result<Json<Value>, Failure> {
    let lines = shelf::live_lines(&app).await?;
    let cases: Vec<Value> = lines.iter().map(LiveLine::to_json).collect();
    Ok(Json(json!({ "cases": cases })))
}

/// `POST /api/v1/live`
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    ApiEditor(account): ApiEditor,
    body: Bytes,
) -> Result<Response, Failure> {
    let opening = parsed(&body)?;
    if !matches!(opening, Event::Opened(_)) {
        return Err(Failure::Wrong("a case begins with an entry of the kind opened".to_owned()));
    }
    let number = shelf::open_live(&app, opening, None, account.name, Lang::En).await?;
    Ok((StatusCode::CREATED, Json(json!({ "number": number }))).into_response())
}

/// When the case is looked at.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct At {
    at: Option<String>,
}

/// `GET /api/v1/live/{live}`
pub(crate) async fn case(
    State(app): State<Arc<App>>,
    _: ApiResponder,
    Path(written): Path<String>,
    Query(asked): Query<At>,
) -> Result<Json<Value>, Failure> {
    let number = number(&written)?;
    let at = match asked.at.as_deref() {
        Some(words) => {
            words.parse().map_err(|error: response::NotAStamp| Failure::Wrong(error.to_string()))?
        }
        None => Stamp::of_instant(jiff::Timestamp::now()),
    };
    Ok(Json(shelf::live(&app, number).await?.record(at)))
}

/// `POST /api/v1/live/{live}/entries`
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    ApiEditor(account): ApiEditor,
    Path(written): Path<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    let number = number(&written)?;
    let entry = shelf::record_live(&app, number, parsed(&body)?, account.name, Lang::En).await?;
    Ok((StatusCode::CREATED, Json(json!({ "number": number, "entry": entry }))).into_response())
}

/// `GET /api/v1/live/{live}/contacts`
pub(crate) async fn contacts(
    State(app): State<Arc<App>>,
    ApiResponder(account): ApiResponder,
    Path(written): Path<String>,
) -> Result<Json<Value>, Failure> {
    let number = number(&written)?;
    let seen = shelf::contacts(&app, number, account.name).await?;
    let contacts = seen.contacts.iter().map(|(entry, contact)| {
        let mut contact = json!(contact);
        contact["entry"] = json!(entry);
        contact
    });
    Ok(Json(json!({ "number": number, "contacts": contacts.collect::<Vec<_>>() })))
}

/// Why a case is disclosed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    why: String,
}

/// `POST /api/v1/live/{live}/disclosure`
pub(crate) async fn disclose(
    State(app): State<Arc<App>>,
    ApiEditor(account): ApiEditor,
    Path(written): Path<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    let live = number(&written)?;
    let reason: Reason =
        serde_json::from_slice(&body).map_err(|error| Failure::Wrong(error.to_string()))?;
    let case = shelf::disclose(&app, live, reason.why, account.name).await?;
    Ok((StatusCode::CREATED, Json(json!({ "live": live, "number": case }))).into_response())
}
