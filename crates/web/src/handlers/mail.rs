//! Requests about outgoing mail, where this server runs with the relay: signing in by a link in a mail, mail
//! that waits, what was sent, how people decide. Who is behind an address says the relay.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use maud::Markup;
use relay::net::record::{End, Entry, Found, Search};
use relay::net::{Decision, Desk, Kept, Undecided};
use relay::spool::{MailId, Phase};

use super::accounts::{Address, with_form};
use super::{see, with_cookie};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::lang::Word as W;
use crate::views;
use crate::views::mail::{Asked, held, sent};
use crate::visitor::{MAILBOX, Role, Visitor};

/// How long a browser keeps the proof of an address; the proof ends by itself.
const COOKIE_SECONDS: i64 = 12 * 60 * 60;
/// Mails on a page of what was sent.
const ON_A_PAGE: usize = 50;

impl App {
    /// The relay; there are no such pages without one.
    pub(crate) fn desk(&self) -> Result<Desk, Failure> {
        self.options.mail.clone().ok_or(Failure::NotFound)
    }
}

/// Asks the relay on a thread that may block.
pub(super) async fn ask<T: Send + 'static, E: std::error::Error + Send + 'static>(
    desk: &Desk,
    work: impl FnOnce(&Desk) -> Result<T, E> + Send + 'static,
) -> Result<T, Failure> {
    let desk = desk.clone();
    tokio::task::spawn_blocking(move || work(&desk))
        .await
        .map_err(|error| Failure::internal(&error))?
        .map_err(|error| Failure::internal(&error))
}

/// Somebody of the organisation who proved their address.
pub(crate) struct Person {
    visitor: Visitor,
    desk: Desk,
    who: relay::Address,
}

impl FromRequestParts<Arc<App>> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let desk = app.desk().map_err(IntoResponse::into_response)?;
        let visitor = Visitor::from_request_parts(parts, app).await;
        let visitor = visitor.map_err(IntoResponse::into_response)?;
        match visitor.mailbox.clone() {
            Some(who) if visitor.has_seed() => Ok(Self { visitor, desk, who }),
            _ => Err(see("/mail")),
        }
    }
}

/// Who may read the record: a person their own mail, an administrator all of it.
pub(crate) struct Records {
    pub(super) visitor: Visitor,
    pub(super) desk: Desk,
    /// The addresses whose mail it is; `None`: everybody's.
    own: Option<Vec<String>>,
}

impl FromRequestParts<Arc<App>> for Records {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let desk = app.desk().map_err(IntoResponse::into_response)?;
        let visitor = Visitor::from_request_parts(parts, app).await;
        let visitor = visitor.map_err(IntoResponse::into_response)?;
        let own = match (is_administrator(&visitor), &visitor.mailbox) {
            (true, _) => None,
            (false, Some(who)) => Some(addresses(&desk, who)),
            (false, None) => return Err(see("/mail")),
        };
        Ok(Self { visitor, desk, own })
    }
}

impl Records {
    pub(super) fn has(&self, mail: &Entry) -> bool {
        self.own.as_ref().is_none_or(|own| own.contains(&mail.sender))
    }
}

fn is_administrator(visitor: &Visitor) -> bool {
    visitor.account.as_ref().is_some_and(|account| account.role == Role::Administrator)
}

/// All addresses of a person.
fn addresses(desk: &Desk, who: &relay::Address) -> Vec<String> {
    match desk.policy().directory.person(who) {
        None => vec![who.to_string()],
        Some(person) => std::iter::once(&person.address)
            .chain(&person.aliases)
            .map(ToString::to_string)
            .collect(),
    }
}

/// `GET /mail`: what waits, or how to sign in.
pub(crate) async fn waiting(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let Some(who) = visitor.mailbox.clone().filter(|_| visitor.has_seed()) else {
        return sign_in_page(&app, visitor, Asked::No, StatusCode::OK);
    };
    let person = who.clone();
    // The subjects stand in the record: both are asked where asking may block.
    let both = ask(&desk, move |desk| {
        let rows = |kept: Vec<Kept>| kept.iter().map(|kept| row(desk, kept)).collect();
        desk.waiting(&person).map(|(own, others)| (rows(own), rows(others)))
    });
    let (own, others) = both.await?;
    let done = pairs.iter().find(|(name, _)| name == "done").and_then(|(_, what)| done(what));
    let view = held::View { who: who.to_string(), own, others, done };
    Ok(held::list(&visitor.frame(), &view).into_response())
}

fn done(what: &str) -> Option<W> {
    match what {
        "cancel" => Some(W::MailDoneCancelled),
        "let-go" => Some(W::MailDoneLetGo),
        "individual-copies" => Some(W::MailDoneCopies),
        "links" => Some(W::MailDoneLinks),
        _ => None,
    }
}

fn row(desk: &Desk, kept: &Kept) -> held::Row {
    let until = match &kept.status.phase {
        Phase::Held { until, .. } => *until,
        _ => None,
    };
    // The record may lag behind the spool for a moment, or lack the mail: then it has no subject here.
    let entry = desk.record().mail(kept.id).ok().flatten();
    let findings = kept.judgement.iter().flat_map(|judged| &judged.findings);
    held::Row {
        id: kept.id.to_string(),
        at: kept.id.time(),
        from: kept.envelope.from.as_ref().map(ToString::to_string).unwrap_or_default(),
        to: kept.envelope.to.iter().map(|to| to.address.to_string()).collect(),
        subject: entry.map(|entry| entry.subject).unwrap_or_default(),
        waiting: kept.waiting().unwrap_or(relay::judge::Waiting::Approver),
        until,
        findings: findings.filter(|found| found.binds).cloned().collect(),
    }
}

fn sign_in_page(
    app: &App,
    visitor: Visitor,
    asked: Asked,
    status: StatusCode,
) -> Result<Response, Failure> {
    with_form(app, visitor, |visitor| {
        let page = views::mail::sign_in(&visitor.frame(), asked, is_administrator(visitor));
        (status, page).into_response()
    })
}

/// `POST /mail/sign-in`: sends a link. The answer is the same for every address.
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Address(address): Address,
    form: Form,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let written = form.get("address");
    let Ok(who) = written.parse::<relay::Address>() else {
        return sign_in_page(&app, visitor, Asked::NoAddress, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let now = crate::accounts::now();
    let name = format!("mail:{}", who.to_string().to_lowercase());
    app.links.attempt(&name, address, now).map_err(Failure::TooMany)?;
    desk.send_link(&who).await.map_err(|error| Failure::internal(&error))?;
    sign_in_page(&app, visitor, Asked::Sent, StatusCode::OK)
}

/// `POST /mail/sign-out`
pub(crate) async fn sign_out(State(app): State<Arc<App>>, _form: Form) -> Response {
    with_cookie(&app, see("/mail"), MAILBOX, "", 0)
}

/// `GET /mail/link/{link}`: asks whether it is they, and does nothing else.
pub(crate) async fn link_form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let Some(pass) = desk.read_link(&link) else {
        return sign_in_page(&app, visitor, Asked::Spent, StatusCode::GONE);
    };
    with_form(&app, visitor, |visitor| {
        let address = pass.who.to_string();
        views::mail::confirm(&visitor.frame(), &crate::link::encode(&link), &address)
            .into_response()
    })
}

/// `POST /mail/link/{link}`: uses the link up and leads to what it is about.
pub(crate) async fn link(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(link): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let Some((pass, session)) = ask(&desk, move |desk| desk.take_link(&link)).await? else {
        return sign_in_page(&app, visitor, Asked::Spent, StatusCode::GONE);
    };
    let to = pass.mail.map_or_else(|| "/mail".to_owned(), |id| format!("/mail/held/{id}"));
    Ok(with_cookie(&app, see(&to), MAILBOX, &session, COOKIE_SECONDS))
}

pub(super) fn mail_id(written: &str) -> Result<MailId, Failure> {
    written.parse().map_err(|_| Failure::NotFound)
}

/// `GET /mail/held/{id}`
pub(crate) async fn held_page(person: Person, Path(id): Path<String>) -> Result<Response, Failure> {
    show(&person, mail_id(&id)?, None, StatusCode::OK).await
}

/// A mail that waits; one that does not any more, as the record has it.
async fn show(
    person: &Person,
    id: MailId,
    wrong: Option<W>,
    status: StatusCode,
) -> Result<Response, Failure> {
    let who = person.who.clone();
    let Some(waits) = ask(&person.desk, move |desk| desk.look(id, &who)).await? else {
        return Ok(see(&format!("/mail/sent/{id}")));
    };
    let frame = person.visitor.frame();
    let wrong = wrong.map(|word| word.of(frame.lang));
    Ok((status, held::page(&frame, &person.who.to_string(), &waits, wrong)).into_response())
}

/// `POST /mail/held/{id}`
pub(crate) async fn decide(
    person: Person,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let id = mail_id(&id)?;
    let name = form.get("decision");
    let decision = match name {
        "let-go" => Decision::LetGo,
        "individual-copies" => Decision::IndividualCopies,
        "links" => Decision::Links,
        "cancel" => Decision::Cancel,
        _ => return Err(Failure::Wrong(String::new())),
    };
    let wrong = match person.desk.decide(id, decision, &person.who).await {
        Ok(()) => return Ok(see(&format!("/mail?done={name}"))),
        Err(Undecided::Spool(error)) => return Err(Failure::internal(&error)),
        Err(Undecided::NotHeld) => W::MailNotHeld,
        Err(Undecided::OwnMail) => W::MailOwnMail,
        Err(Undecided::NotAsked(_)) => W::Forbidden,
        Err(Undecided::Unreadable) => W::MailUnreadable,
        Err(Undecided::NoLinks) => W::MailNoLinks,
    };
    show(&person, id, Some(wrong), StatusCode::CONFLICT).await
}

/// `GET /mail/sent?q=…&state=…&before=…`
pub(crate) async fn sent(
    records: Records,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Markup, Failure> {
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value);
    let (words, state) = (value("q").to_owned(), value("state").to_owned());
    let search = Search {
        words: words.clone(),
        senders: records.own.clone().unwrap_or_default(),
        state: state_named(&state),
        before: value("before").parse().ok(),
        most: ON_A_PAGE,
    };
    let found: Found = ask(&records.desk, move |desk| desk.record().find(&search)).await?;
    let view = sent::View { words, state, found, is_own: records.own.is_some() };
    Ok(sent::page(&records.visitor.frame(), &view))
}

fn state_named(name: &str) -> Option<relay::net::record::State> {
    use relay::net::record::State;
    match name {
        "" => None,
        "under-way" => Some(State::UnderWay),
        "asked" => Some(State::Asked),
        "flagged" => Some(State::Flagged),
        ended => Some(State::Ended(End::named(ended))),
    }
}

/// `GET /mail/sent/{id}`
pub(crate) async fn sent_one(records: Records, Path(id): Path<String>) -> Result<Markup, Failure> {
    let id = mail_id(&id)?;
    let mail = records.mail(id).await?;
    let recall = records.recalled(id).await?;
    let parcel = ask(&records.desk, move |desk| desk.parcel_of(id)).await?;
    let frame = records.visitor.frame();
    let files = parcel.map(|(parcel, fetches)| {
        views::mail::files::section(&frame, &parcel, &fetches, jiff::Timestamp::now())
    });
    let recall = views::mail::recall::section(&frame, &mail, recall.as_ref());
    let about = [files.unwrap_or_default(), recall].map(Markup::into_string).concat();
    Ok(sent::one(&frame, &mail, &maud::PreEscaped(about)))
}

/// `GET /mail/decisions`: for those who answer for the whole.
pub(crate) async fn decisions(records: Records) -> Result<Markup, Failure> {
    if records.own.is_some() {
        return Err(Failure::Forbidden);
    }
    let months = ask(&records.desk, |desk| desk.record().months()).await?;
    Ok(views::mail::decisions::page(&records.visitor.frame(), &months))
}
