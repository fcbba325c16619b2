//! Adding: an upload is read, looked at, corrected and kept.

use std::sync::Arc;

use ::book::{Who, fields};
use ::case::Field;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::Markup;
use serde::Deserialize;
use serde_json::Value;

use super::see;
use crate::app::App;
use crate::failure::Failure;
use crate::form::{Form, Upload};
use crate::lang::Word as W;
use crate::reading::Read;
use crate::shelf::{self, Corrected};
use crate::views::add::Reading;
use crate::views::editor::{self, Sent};
use crate::views::{self};
use crate::visitor::{Editor, Member};

/// So many cases of one source are shown before it is kept; more are kept as they were read.
const SHOWN: usize = 20;

/// `GET /add`
pub(crate) async fn form(Editor(member): Editor) -> Markup {
    views::add::page(&member.visitor.frame(), None)
}

/// `POST /add`: reads, and holds the reading.
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    Editor(member): Editor,
    upload: Upload,
) -> Result<Response, Failure> {
    let frame = member.visitor.frame();
    let again = |wrong: &str| {
        let page = views::add::page(&frame, Some(wrong));
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    };
    if upload.bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(again(W::NothingToRead.of(frame.lang)));
    }
    match app.readings.read(upload.name, upload.bytes).await {
        Ok(read) => {
            let now = crate::accounts::now();
            let id = app.readings.hold(member.account.id, read, now)?;
            Ok(see(&format!("/add/{id}")))
        }
        Err(Failure::Wrong(wrong)) => Ok(again(&wrong)),
        Err(other) => Err(other),
    }
}

/// What a review's address may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    cite: Option<String>,
}

fn review_page(
    member: &Member,
    id: &str,
    read: &Read,
    cite: Option<&str>,
    wrong: Option<&str>,
) -> Markup {
    let frame = member.visitor.frame();
    let reading = Reading {
        id,
        name: if read.name.is_empty() { "—" } else { &read.name },
        kind: read.media_type.label(frame.lang),
        sha256: &read.sha256,
        text: &read.text,
        cases: read.cases.get(..SHOWN).unwrap_or(&read.cases),
        total: read.cases.len(),
        notes: &read.notes,
        cite,
    };
    views::add::review(&frame, &reading, wrong)
}

/// `GET /add/{draft}`
pub(crate) async fn review(
    State(app): State<Arc<App>>,
    Editor(member): Editor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    match app.readings.held(member.account.id, &id) {
        Some(read) => {
            Ok(review_page(&member, &id, &read, asked.cite.as_deref(), None).into_response())
        }
        None => Ok(gone(&member)),
    }
}

fn gone(member: &Member) -> Response {
    let frame = member.visitor.frame();
    let page = views::add::page(&frame, Some(W::DraftGone.of(frame.lang)));
    (StatusCode::GONE, page).into_response()
}

/// `POST /add/{draft}/keep`
pub(crate) async fn keep(
    State(app): State<Arc<App>>,
    Editor(member): Editor,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let Some(read) = app.readings.held(member.account.id, &id) else { return Ok(gone(&member)) };
    let corrected = corrections(&read, form.sent());
    let (why, who) = (form.get("why").to_owned(), member.account.name.clone());
    // Which fields wait for a reason: one may have been changed without meaning to.
    let unexplained: Vec<&str> = corrected
        .iter()
        .filter(|_| why.is_empty())
        .map(|(_, corrected)| corrected.field.label(member.visitor.lang))
        .collect();
    let unexplained = unexplained.join(", ");
    match shelf::keep(&app, Arc::clone(&read), corrected, why, who).await {
        Ok(added) => {
            app.readings.drop_held(member.account.id, &id);
            let said = if added.known { "known" } else { "kept" };
            Ok(match added.cases.first() {
                Some(case) => see(&format!("/case/{}?said={said}", case.number)),
                None => see("/"),
            })
        }
        Err(Failure::Wrong(wrong)) => {
            let reason = format!("{} ({unexplained})", W::NoReason.of(member.visitor.lang));
            let wrong = if unexplained.is_empty() { wrong } else { reason };
            let page = review_page(&member, &id, &read, None, Some(&wrong));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// What a sent review says otherwise than the reading. A field that was not in the form was not
/// corrected.
fn corrections(read: &Read, sent: Sent<'_>) -> Vec<(usize, Corrected)> {
    let mut all = Vec::new();
    for (at, case) in read.cases.iter().enumerate().take(SHOWN) {
        for (field, bare) in fields::all_bare(&case.facts) {
            let prefix = format!("c{at}.{}", field.name());
            if !sent.has(&prefix) {
                continue;
            }
            let value = editor::read(field, sent, &prefix);
            if !editor::unchanged(field, &value, &bare) {
                all.push((at, Corrected { field, value }));
            }
        }
    }
    all
}

/// `GET /open`
pub(crate) async fn open_form(Editor(member): Editor) -> Markup {
    views::add::open(&member.visitor.frame(), None)
}

/// `POST /open`
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    Editor(member): Editor,
    form: Form,
) -> Result<Response, Failure> {
    let sent = form.sent();
    let known: Vec<(Field, Value)> = Field::ALL
        .iter()
        .filter(|field| sent.has(field.name()))
        .map(|&field| (field, editor::read(field, sent, field.name())))
        .filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty()))
        .collect();
    let (why, who) = (form.get("why").to_owned(), Who(member.account.name.clone()));
    let frame = member.visitor.frame();
    let refused = |wrong: &str| {
        let page = views::add::open(&frame, Some(wrong));
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    };
    if why.is_empty() {
        return Ok(refused(W::NoReason.of(frame.lang)));
    }
    match shelf::with(&app, move |book| book.open_case(&known, &why, &who)).await {
        Ok(number) => Ok(see(&format!("/case/{number}?said=kept"))),
        Err(Failure::Wrong(wrong)) => Ok(refused(&wrong)),
        Err(other) => Err(other),
    }
}
