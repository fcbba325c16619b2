//! A case: shown, compared, corrected.

use std::sync::Arc;

use ::book::{Who, fields};
use ::case::{Field, Lang};
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use serde::Deserialize;

use super::{number, see};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::lang::Word as W;
use crate::shelf::{self, Corrected};
use crate::views::{self, editor};
use crate::visitor::{Editor, Reader};

/// What a case's address may say beside its number.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    cite: Option<String>,
    said: Option<String>,
}

/// `GET /case/{number}`
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    Path(written): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let wanted = number(&written)?;
    // One address a case: its number as the book writes it.
    if wanted.to_string() != written {
        return Ok(see(&format!("/case/{wanted}")));
    }
    let shown = shelf::shown(&app, wanted).await?;
    let (replay, drills) = shelf::with(&app, move |book| {
        let shelf = replay::Shelf::beside(book.dir());
        Ok((shelf.of(wanted), shelf.drills_of(wanted)))
    })
    .await?;
    let view = views::case::View {
        case: &shown.case,
        texts: &shown.texts,
        cite: asked.cite.as_deref(),
        notice: said(asked.said.as_deref(), visitor.lang),
        replay,
        drills,
    };
    Ok(views::case::page(&visitor.frame(), &view).into_response())
}

/// `GET /case/{number}/like`
pub(crate) async fn like(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    Path(written): Path<String>,
) -> Result<Markup, Failure> {
    let number = number(&written)?;
    let alike = shelf::alike(&app, number).await?;
    Ok(views::alike::page(&visitor.frame(), number, &alike))
}

/// `GET /cases/{number}`: the address that feeds give.
pub(crate) async fn elsewhere(Path(written): Path<String>) -> Result<Response, Failure> {
    Ok(see(&format!("/case/{}", number(&written)?)))
}

/// What was just done: a word of ours, never words of the address.
fn said(name: Option<&str>, lang: Lang) -> Option<String> {
    let word = match name? {
        "kept" => W::Kept,
        "known" => W::Known,
        "changed" => W::Changed,
        _ => return None,
    };
    Some(word.of(lang).to_owned())
}

/// So many cases are compared at once.
const MOST_COMPARED: usize = 8;

/// `GET /compare?case=…&case=…`
pub(crate) async fn compare(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Markup, Failure> {
    let mut wanted = Vec::new();
    let mut wrong = None;
    for written in pairs.iter().filter(|(name, _)| name == "case").map(|(_, value)| value.trim()) {
        match written.parse() {
            Ok(number) if !wanted.contains(&number) => wanted.push(number),
            Ok(_) => {}
            Err(_) => wrong = Some(W::NothingFound.of(visitor.lang)),
        }
    }
    wanted.truncate(MOST_COMPARED);
    let many = wanted.len();
    let cases = shelf::cases(&app, wanted).await?;
    if cases.len() < many {
        wrong = Some(W::NothingFound.of(visitor.lang));
    }
    Ok(views::compare::page(&visitor.frame(), &cases, wrong))
}

/// `GET /source/{sha256}`: the original bytes, as a file to keep and never as a page: what others
/// wrote must not run in our pages' place.
pub(crate) async fn original(
    State(app): State<Arc<App>>,
    Reader(_): Reader,
    Path(sha256): Path<String>,
) -> Result<Response, Failure> {
    let (source, bytes) = shelf::original(&app, sha256).await?;
    let name = crate::link::encode(&crate::form::plain(&source.name));
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, bytes).into_response())
}

fn field(name: &str) -> Result<Field, Failure> {
    Field::from_name(name).ok_or(Failure::NotFound)
}

/// `GET /case/{number}/correct/{field}`
pub(crate) async fn correct_form(
    State(app): State<Arc<App>>,
    Editor(member): Editor,
    Path((written, name)): Path<(String, String)>,
) -> Result<Markup, Failure> {
    let (number, field) = (number(&written)?, field(&name)?);
    let case = shelf::case(&app, number).await?;
    let bare = fields::bare(&case.facts, field);
    let frame = member.visitor.frame();
    Ok(views::add::correct(&frame, &number.to_string(), field, &bare, None, ""))
}

/// `POST /case/{number}/correct/{field}`
pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    Editor(member): Editor,
    Path((written, name)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (number, field) = (number(&written)?, field(&name)?);
    let value = editor::read(field, form.sent(), "v");
    let corrected = Corrected { field, value: value.clone() };
    let why = form.get("why").to_owned();
    let done = shelf::correct(&app, number, corrected, why.clone(), member.account.name.clone());
    match done.await {
        Ok(()) => Ok(see(&format!("/case/{number}?said=changed#corrections"))),
        // What was written is not lost: the form comes back with it and with what is wrong.
        Err(Failure::Wrong(wrong)) => {
            let frame = member.visitor.frame();
            let number = number.to_string();
            let wrong = if why.is_empty() { W::NoReason.of(frame.lang) } else { &wrong };
            let page = views::add::correct(&frame, &number, field, &value, Some(wrong), &why);
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// `POST /case/{number}/withdraw`
pub(crate) async fn withdraw(
    State(app): State<Arc<App>>,
    Editor(member): Editor,
    Path(written): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let number = number(&written)?;
    let correction: u64 = form.get("correction").parse().map_err(|_| Failure::NotFound)?;
    let (why, who) = (form.get("why").to_owned(), Who(member.account.name));
    shelf::with(&app, move |book| book.withdraw(number, correction, &why, &who)).await?;
    Ok(see(&format!("/case/{number}?said=changed#corrections")))
}

/// `POST /case/{number}/decide`
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    Editor(member): Editor,
    Path(written): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let number = number(&written)?;
    let accepted = match form.get("accept") {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::Wrong(String::new())),
    };
    let (why, who) = (form.get("why").to_owned(), Who(member.account.name));
    if why.is_empty() {
        return Err(Failure::Wrong(W::NoReason.of(member.visitor.lang).to_owned()));
    }
    // A report that belongs to another case is read there from now on.
    let now = shelf::with(&app, move |book| {
        book.decide(number, accepted, &why, &who)?;
        Ok(book.case(number)?.and_then(|case| case.merged_into).unwrap_or(number))
    });
    Ok(see(&format!("/case/{}?said=changed", now.await?)))
}
