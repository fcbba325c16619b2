//! Requests for pages: each takes apart what was asked, asks the book or the accounts, and hands
//! values to a view. They know no mark-up and no tables.

pub(crate) mod accounts;
pub(crate) mod add;
pub(crate) mod book;
pub(crate) mod case;
pub(crate) mod export;
pub(crate) mod files;
pub(crate) mod live;
pub(crate) mod mail;
pub(crate) mod recall;
pub(crate) mod replays;
pub(crate) mod sql;
pub(crate) mod statistics;

use std::sync::Arc;

use ::case::CaseNumber;
use axum::extract::{Path, Query, State};
use axum::http::header::{HeaderValue, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::app::App;
use crate::failure::Failure;
use crate::visitor::LANGUAGE;
use crate::{lang, link};

/// The number of a case in a path; what is none names no case.
pub(crate) fn number(written: &str) -> Result<CaseNumber, Failure> {
    written.parse().map_err(|_| Failure::NotFound)
}

/// To another page, by GET.
pub(crate) fn see(path: &str) -> Response {
    // What goes into a header is a path of ours: encoded, or checked by `link::local`.
    let to = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}

/// Puts a cookie on an answer.
pub(crate) fn with_cookie(
    app: &App,
    response: Response,
    name: &str,
    value: &str,
    max_age_seconds: i64,
) -> Response {
    with_cookie_at(app, response, "/", (name, value), max_age_seconds)
}

/// The same for the pages below a path alone.
pub(crate) fn with_cookie_at(
    app: &App,
    mut response: Response,
    path: &str,
    (name, value): (&str, &str),
    max_age_seconds: i64,
) -> Response {
    let secure = if app.options.https { "; Secure" } else { "" };
    let cookie = format!(
        "{name}={value}; Path={path}; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax{secure}"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Where to go back to.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    pub(crate) to: String,
}

/// `GET /language/{lang}?to=/…`: remembers a language. It changes nothing but what this browser is
/// shown, so that a link may do it.
pub(crate) async fn language(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Query(back): Query<Back>,
) -> Result<Response, Failure> {
    let known = lang::named(&name).ok_or(Failure::NotFound)?;
    let name = crate::views::layout::code(known);
    Ok(with_cookie(&app, see(link::local(&back.to)), LANGUAGE, name, 365 * 24 * 60 * 60))
}

/// The browser's name for itself.
pub(crate) fn agent(headers: &HeaderMap) -> &str {
    headers
        .get(axum::http::header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
