//! Requests for files that are given out by link: an address is proven by a code that is mailed to it,
//! files are saved, and whoever sent them takes them back. Who may have them says the relay.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use relay::net::{Desk, Fetched, Parcel, ParcelFile, ParcelId};

use super::accounts::{Address, with_form};
use super::mail::{Records, ask, mail_id};
use super::{see, with_cookie_at};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::lang::Word as W;
use crate::link;
use crate::views;
use crate::visitor::{FILES, Visitor, cookie};

/// How long a browser keeps the proof of an address; the proof ends by itself.
const COOKIE_SECONDS: i64 = 60 * 60;

async fn parcel(desk: &Desk, written: &str) -> Result<Parcel, Failure> {
    let id: ParcelId = written.parse().map_err(|()| Failure::NotFound)?;
    ask(desk, move |desk| desk.parcel(id)).await?.ok_or(Failure::NotFound)
}

/// The page that says why files are gone; `None` where they are here.
fn gone(visitor: &Visitor, parcel: &Parcel) -> Option<Response> {
    if parcel.is_here(Timestamp::now()) {
        return None;
    }
    let by = parcel.gone.as_ref().and_then(|gone| gone.by.as_ref());
    let why = if by.is_some() { W::FilesWithdrawn } else { W::FilesExpired };
    Some((StatusCode::GONE, views::files::gone(&visitor.frame(), why)).into_response())
}

/// Who proved that they may fetch the files.
fn proven(desk: &Desk, parcel: &Parcel, headers: &HeaderMap) -> Option<relay::Address> {
    desk.of_files_session(parcel, cookie(headers, FILES)?)
}

/// `GET /files/{id}`: the files, or how to prove an address.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let parcel = parcel(&desk, &id).await?;
    if let Some(gone) = gone(&visitor, &parcel) {
        return Ok(gone);
    }
    if let Some(who) = proven(&desk, &parcel, &headers) {
        let page = views::files::list(&visitor.frame(), &parcel, &who.to_string());
        return Ok(page.into_response());
    }
    with_form(&app, visitor, |visitor| {
        views::files::ask(&visitor.frame(), &id, None).into_response()
    })
}

/// `POST /files/{id}`: sends a code. The answer is the same for every address, and comes as soon.
pub(crate) async fn send_code(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Address(from): Address,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let parcel = parcel(&desk, &id).await?;
    if let Some(gone) = gone(&visitor, &parcel) {
        return Ok(gone);
    }
    let written = form.get("address");
    let Ok(who) = written.parse::<relay::Address>() else {
        let page = views::files::ask(&visitor.frame(), &id, Some(W::MailNoAddress));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.links
        .attempt(&asking(&parcel, &who), from, crate::accounts::now())
        .map_err(Failure::TooMany)?;
    let page = views::files::code(&visitor.frame(), &id, &who.to_string(), false);
    // Not waited for: how long it takes would tell whether a code was sent.
    tokio::spawn(async move {
        if let Err(error) = desk.send_code(&parcel, &who).await {
            crate::log::line("error", &format!("a code could not be sent: {error}"));
        }
    });
    Ok(page.into_response())
}

/// What asking for codes, and typing them, is counted for.
fn asking(parcel: &Parcel, who: &relay::Address) -> String {
    format!("files:{}:{}", parcel.id, who.key())
}

fn typing(parcel: &Parcel, who: &relay::Address) -> String {
    format!("code:{}:{}", parcel.id, who.key())
}

/// `POST /files/{id}/code`: uses a code up.
pub(crate) async fn take_code(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Address(from): Address,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let parcel = parcel(&desk, &id).await?;
    if let Some(gone) = gone(&visitor, &parcel) {
        return Ok(gone);
    }
    let who = form.get("address").parse::<relay::Address>();
    let who = who.map_err(|_| Failure::Wrong(String::new()))?;
    let typed = typing(&parcel, &who);
    app.links.attempt(&typed, from, crate::accounts::now()).map_err(Failure::TooMany)?;
    let Some(session) = desk.take_code(&parcel, &who, form.get("code")) else {
        let page = views::files::code(&visitor.frame(), &id, &who.to_string(), true);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.links.succeeded(&typed, from);
    app.links.succeeded(&asking(&parcel, &who), from);
    let path = format!("/files/{}", parcel.id);
    Ok(with_cookie_at(&app, see(&path), &path, (FILES, &session), COOKIE_SECONDS))
}

/// `GET /files/{id}/{file}`: a file, decrypted while it is sent. `HEAD` tells of it what `GET` would, and
/// fetches nothing: programs ask so before they save, or instead.
pub(crate) async fn fetch(
    method: Method,
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Address(from): Address,
    headers: HeaderMap,
    Path((id, file)): Path<(String, usize)>,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let parcel = parcel(&desk, &id).await?;
    if let Some(gone) = gone(&visitor, &parcel) {
        return Ok(gone);
    }
    let Some(who) = proven(&desk, &parcel, &headers) else {
        return Ok(see(&format!("/files/{}", parcel.id)));
    };
    let described = describe(parcel.files.get(file).ok_or(Failure::NotFound)?, file);
    if method == Method::HEAD {
        return Ok((described, Body::empty()).into_response());
    }
    let fetched = ask(&desk, move |desk| desk.fetch(&parcel, file, &who, from)).await?;
    let fetched = fetched.ok_or(Failure::NotFound)?;
    Ok((described, Body::from_stream(stream::unfold(Some(fetched), piece))).into_response())
}

/// What a browser is told of a file.
fn describe(file: &ParcelFile, at: usize) -> [(HeaderName, String); 3] {
    let name = crate::form::plain(&file.name);
    let disposition = format!(
        "attachment; filename=\"file-{}\"; filename*=UTF-8''{}",
        at + 1,
        link::encode(views::files::name(&name))
    );
    [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, disposition),
        (CONTENT_LENGTH, file.bytes.to_string()),
    ]
}

/// The next piece of a file. What fails breaks the connection off, which a browser shows as a download
/// that failed.
async fn piece(
    fetched: Option<Fetched>,
) -> Option<(Result<Bytes, std::io::Error>, Option<Fetched>)> {
    let mut fetched = fetched?;
    let work = tokio::task::spawn_blocking(move || (fetched.next(), fetched));
    match work.await {
        Ok((piece, rest)) => match piece? {
            Ok(piece) => Some((Ok(piece.into()), Some(rest))),
            Err(error) => {
                crate::log::line("error", &format!("a file was not sent to its end: {error}"));
                Some((Err(error), None))
            }
        },
        Err(error) => Some((Err(std::io::Error::other(error)), None)),
    }
}

/// Their files, where they can still be fetched.
async fn own_parcel(records: &Records, written: &str) -> Result<Parcel, Failure> {
    let id = mail_id(written)?;
    records.mail(id).await?;
    let found = ask(&records.desk, move |desk| desk.parcel_of(id)).await?;
    let here = found.map(|(parcel, _)| parcel).filter(|parcel| parcel.is_here(Timestamp::now()));
    here.ok_or(Failure::NotFound)
}

/// `GET /mail/sent/{id}/withdraw`: asks whether the files are to be withdrawn.
pub(crate) async fn withdraw_form(
    State(app): State<Arc<App>>,
    records: Records,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let parcel = own_parcel(&records, &id).await?;
    with_form(&app, records.visitor, |visitor| {
        views::mail::files::withdraw(&visitor.frame(), &parcel).into_response()
    })
}

/// `POST /mail/sent/{id}/withdraw`
pub(crate) async fn withdraw(
    records: Records,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let mail = own_parcel(&records, &id).await?.mail;
    let who = records.name();
    ask(&records.desk, move |desk| desk.withdraw(mail, &who)).await?;
    Ok(see(&format!("/mail/sent/{mail}")))
}
