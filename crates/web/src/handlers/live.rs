//! Live cases: shown to those who respond to them, and what they record. To everybody else there are no
//! such pages.

use std::sync::Arc;

use ::case::{EventType, Field, LiveNumber};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::Markup;
use response::live::{Because, Correction, Event, Note, Stated, Told, Withdrawal};
use response::{Facts, Question, Reported, Stamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::see;
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::lang::live::LiveWord as L;
use crate::shelf::{self, LiveShown};
use crate::views::editor;
use crate::views::live::{self as pages, EntryPage, forms};
use crate::visitor::{Member, Responder};

/// The number of a live case in a path.
fn number(written: &str) -> Result<LiveNumber, Failure> {
    written.parse().map_err(|_| Failure::NotFound)
}

/// Now, to the minute.
fn now() -> Stamp {
    Stamp::of_instant(jiff::Timestamp::now())
}

/// `GET /live`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
) -> Result<Markup, Failure> {
    let lines = shelf::live_lines(&app).await?;
    Ok(pages::list(&member.visitor.frame(), &lines))
}

/// `GET /live/open`
pub(crate) async fn open_form(Responder(member): Responder) -> Markup {
    pages::open(&member.visitor.frame(), &Value::Null, now(), None)
}

/// `POST /live/open`
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    form: Form,
) -> Result<Response, Failure> {
    let frame = member.visitor.frame();
    let kind = forms::kind("opened").ok_or(Failure::NotFound)?;
    let said = forms::read(kind, form.sent());
    let done = async {
        let opening = event(&member, said.clone())?;
        let noticed = noticed(&member, &form)?;
        shelf::open_live(&app, opening, noticed, member.account.name.clone(), frame.lang).await
    };
    match done.await {
        Ok(number) => Ok(see(&format!("/live/{number}"))),
        Err(Failure::Wrong(wrong)) => {
            let mut said = said;
            for name in ["known", "known_by", "happened", "what"] {
                said[name] = json!(form.get(name));
            }
            let page = pages::open(&frame, &said, now(), Some(&wrong));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// What was noticed when, where that was said.
fn noticed(member: &Member, form: &Form) -> Result<Option<Event>, Failure> {
    let time = |name: &str| match form.get(name) {
        "" => Ok(None),
        words => words.parse().map(Some).map_err(|error| unreadable(member, &error)),
    };
    let (known, happened) = (time("known")?, time("happened")?);
    if known.is_none() && happened.is_none() {
        return Ok(None);
    }
    let what = if form.get("what").is_empty() { form.get("title") } else { form.get("what") };
    let event = if known.is_some() { EventType::Discovered } else { EventType::Occurred };
    Ok(Some(Event::Noted(Note {
        what: what.to_owned(),
        happened,
        known,
        known_by: form.get("known_by").to_owned(),
        event: Some(event),
        ..Note::default()
    })))
}

fn unreadable(member: &Member, error: &dyn std::fmt::Display) -> Failure {
    Failure::Wrong(format!("{} ({error})", L::CannotRead.of(member.visitor.lang)))
}

fn event(member: &Member, said: Value) -> Result<Event, Failure> {
    serde_json::from_value(said).map_err(|error| unreadable(member, &error))
}

/// What the address of a live case may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct At {
    at: Option<String>,
}

/// `GET /live/{number}?at=…`
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path(written): Path<String>,
    Query(asked): Query<At>,
) -> Result<Response, Failure> {
    let wanted = number(&written)?;
    if wanted.to_string() != written {
        return Ok(see(&format!("/live/{wanted}")));
    }
    let at = match asked.at.as_deref() {
        Some(words) => words.parse().map_err(|error| unreadable(&member, &error))?,
        None => now(),
    };
    let shown = shelf::live(&app, wanted).await?;
    let view = pages::View { shown: &shown, at };
    Ok(pages::page(&member.visitor.frame(), &view).into_response())
}

/// Which entry a form is for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct For {
    /// The entry that is to be corrected.
    entry: Option<u64>,
    /// The evidence that is handed over.
    of: Option<u64>,
}

/// `GET /live/{number}/add/{kind}?entry=…`
pub(crate) async fn entry_form(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path((written, name)): Path<(String, String)>,
    Query(asked): Query<For>,
) -> Result<Markup, Failure> {
    let number = number(&written)?;
    let kind = forms::kind(&name).ok_or(Failure::NotFound)?;
    let shown = shelf::live(&app, number).await?;
    let said = match (asked.entry, asked.of) {
        (Some(entry), _) => {
            let standing = shown.live.entry(entry).ok_or(Failure::NotFound)?;
            if standing.event.name() != name {
                return Err(Failure::NotFound);
            }
            json!(standing.event)
        }
        (None, Some(of)) => begun(&shown, of),
        (None, None) => Value::Null,
    };
    let instead = asked.entry.map(|entry| (entry, ""));
    let page = EntryPage { number, kind, said: &said, instead, wrong: None };
    Ok(pages::entry(&member.visitor.frame(), &page))
}

/// A hand-over begins with whoever has the evidence.
fn begun(shown: &LiveShown, of: u64) -> Value {
    let all = shown.live.evidence();
    let holder = all.iter().find(|held| held.seq == of).map(|held| held.holder().to_owned());
    json!({ "evidence": of, "from": holder, "at": now() })
}

/// `POST /live/{number}/add/{kind}`
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path((written, name)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let number = number(&written)?;
    let kind = forms::kind(&name).ok_or(Failure::NotFound)?;
    let said = forms::read(kind, form.sent());
    let instead = match form.get("instead_of") {
        "" => None,
        entry => Some(entry.parse::<u64>().map_err(|_| Failure::NotFound)?),
    };
    let done = async {
        let event = event(&member, said.clone())?;
        let event = match instead {
            Some(entry) => {
                let why = form.get("reason").to_owned();
                Event::Corrected(Correction { entry, event: Box::new(event), why })
            }
            None => event,
        };
        record(&app, number, event, &member).await
    };
    match done.await {
        Ok(_) if name == "contact" => Ok(see(&format!("/live/{number}/contacts"))),
        Ok(entry) => Ok(see(&format!("/live/{number}{}", place(&name, instead.unwrap_or(entry))))),
        // What was written is not lost: the form comes back with it and with what is wrong.
        Err(Failure::Wrong(wrong)) => {
            let instead = instead.map(|entry| (entry, form.get("reason")));
            let page = EntryPage { number, kind, said: &said, instead, wrong: Some(&wrong) };
            let page = pages::entry(&member.visitor.frame(), &page);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Where on the page an entry of that kind stands.
fn place(kind: &str, entry: u64) -> String {
    match kind {
        "noted" | "evidence" => format!("#entry-{entry}"),
        "task" | "task_done" => "#tasks".to_owned(),
        "service" | "counted" => "#board".to_owned(),
        "decided" => "#decisions".to_owned(),
        "handed_over" => "#evidence".to_owned(),
        "cost" => "#costs".to_owned(),
        _ => String::new(),
    }
}

async fn record(
    app: &Arc<App>,
    number: LiveNumber,
    event: Event,
    member: &Member,
) -> Result<u64, Failure> {
    let who = member.account.name.clone();
    shelf::record_live(app, number, event, who, member.visitor.lang).await
}

/// `POST /live/{number}/answer`: an answer to a question, a number of people, or a report that was made.
pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path(written): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let number = number(&written)?;
    let mut facts = Facts::default();
    if !form.get("question").is_empty() {
        let named = |question: &&Question| question.name() == form.get("question");
        let question = Question::ALL.iter().find(named).ok_or(Failure::NotFound)?;
        facts.answers.insert(*question, form.get("answer") == "yes");
    }
    if !form.get("people").is_empty() {
        facts.people = form.get("people").parse().map_err(|error| unreadable(&member, &error))?;
    }
    if !form.get("obligation").is_empty() {
        let at = form.get("at").parse().map_err(|error| unreadable(&member, &error))?;
        facts.reported.push(Reported { obligation: form.get("obligation").to_owned(), at });
    }
    if facts == Facts::default() {
        return Err(Failure::Wrong(String::new()));
    }
    record(&app, number, Event::Stated(Stated { facts }), &member).await?;
    Ok(see(&format!("/live/{number}#clocks")))
}

fn field(name: &str) -> Result<Field, Failure> {
    Field::from_name(name).ok_or(Failure::NotFound)
}

/// `GET /live/{number}/fact/{field}`
pub(crate) async fn fact_form(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path((written, name)): Path<(String, String)>,
) -> Result<Markup, Failure> {
    let (number, field) = (number(&written)?, field(&name)?);
    let shown = shelf::live(&app, number).await?;
    let bare = book::fields::bare(&shown.known.case, field);
    Ok(pages::fact(&member.visitor.frame(), number, field, &bare, None))
}

/// `POST /live/{number}/fact/{field}`
pub(crate) async fn fact(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path((written, name)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (number, field) = (number(&written)?, field(&name)?);
    let value = editor::read(field, form.sent(), "v");
    let told = Event::Told(Told { field, value: value.clone() });
    match record(&app, number, told, &member).await {
        Ok(_) => Ok(see(&format!("/live/{number}#facts"))),
        Err(Failure::Wrong(wrong)) => {
            let frame = member.visitor.frame();
            let page = pages::fact(&frame, number, field, &value, Some(&wrong));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// `POST /live/{number}/withdraw`
pub(crate) async fn withdraw(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path(written): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let number = number(&written)?;
    let entry: u64 = form.get("entry").parse().map_err(|_| Failure::NotFound)?;
    let withdrawal = Withdrawal { entry, why: form.get("why").to_owned() };
    record(&app, number, Event::Withdrawn(withdrawal), &member).await?;
    Ok(see(&format!("/live/{number}")))
}

/// Records what needs nothing but a reason.
async fn because(
    app: &Arc<App>,
    written: &str,
    form: &Form,
    event: fn(Because) -> Event,
    member: &Member,
) -> Result<Response, Failure> {
    let number = number(written)?;
    let why = form.get("why").to_owned();
    record(app, number, event(Because { why }), member).await?;
    Ok(see(&format!("/live/{number}")))
}

/// `POST /live/{number}/close`
pub(crate) async fn close(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path(written): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    because(&app, &written, &form, Event::Closed, &member).await
}

/// `POST /live/{number}/reopen`
pub(crate) async fn reopen(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path(written): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    because(&app, &written, &form, Event::Reopened, &member).await
}

/// `POST /live/{number}/disclose`
pub(crate) async fn disclose(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path(written): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let number = number(&written)?;
    let why = form.get("why").to_owned();
    let case = shelf::disclose(&app, number, why, member.account.name.clone()).await?;
    Ok(see(&format!("/case/{case}?said=kept")))
}

/// `GET /live/{number}/contacts`: recorded before anything is shown.
pub(crate) async fn contacts(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path(written): Path<String>,
) -> Result<Markup, Failure> {
    let number = number(&written)?;
    let seen = shelf::contacts(&app, number, member.account.name.clone()).await?;
    Ok(pages::contacts(&member.visitor.frame(), number, &seen.contacts, &seen.views))
}

/// `GET /live/{number}/status`: the status page as it would go out.
pub(crate) async fn status(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path(written): Path<String>,
) -> Result<Markup, Failure> {
    let number = number(&written)?;
    let shown = shelf::live(&app, number).await?;
    let public = shown.live.public(now(), None, false);
    Ok(pages::preview(&member.visitor.frame(), number, &public))
}

/// `GET /live/{number}/draft`: a release drafted from the facts.
pub(crate) async fn draft(
    State(app): State<Arc<App>>,
    Responder(member): Responder,
    Path(written): Path<String>,
) -> Result<Markup, Failure> {
    let number = number(&written)?;
    let shown = shelf::live(&app, number).await?;
    let draft = response::release(&shown.known.case, &shown.known.clocks.facts);
    Ok(pages::draft(&member.visitor.frame(), number, &draft))
}
