//! Requests after a mail went wrong: asking everybody who got it to delete it, opening the case in the book,
//! noting who has deleted it and that it went out again. The times of a case are Japan's.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use book::Who;
use case::{CaseNumber, Field};
use jiff::Timestamp;
use jiff::civil::DateTime;
use relay::net::record::Entry;
use relay::net::{NotRecalled, Recall, RecallRequest};
use relay::spool::MailId;
use serde_json::{Value, json};

use super::accounts::with_form;
use super::mail::{Records, ask, mail_id};
use super::see;
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::lang::Word as W;
use crate::shelf;
use crate::views::mail::{japan, recall as views};
use crate::visitor::Visitor;

/// A moment as a case has it: `2031-04-05T15:07`.
fn minute(at: Timestamp) -> String {
    at.to_zoned(japan()).strftime("%Y-%m-%dT%H:%M").to_string()
}

fn moment(at: Timestamp) -> Value {
    json!({ "from": minute(at), "to": null, "approx": false, "ongoing": false })
}

impl Records {
    /// A mail that the visitor may see, and in whose name they act.
    pub(super) async fn mail(&self, id: MailId) -> Result<Entry, Failure> {
        let found = ask(&self.desk, move |desk| desk.record().mail(id)).await?;
        found.filter(|mail| self.has(mail)).ok_or(Failure::NotFound)
    }

    pub(super) fn name(&self) -> String {
        let account = self.visitor.account.as_ref().map(|account| account.name.clone());
        let mailbox = self.visitor.mailbox.as_ref().map(ToString::to_string);
        mailbox.or(account).unwrap_or_default()
    }

    /// What was done about a mail.
    pub(super) async fn recalled(&self, id: MailId) -> Result<Option<Recall>, Failure> {
        ask(&self.desk, move |desk| desk.recalled(id)).await
    }
}

/// `GET /mail/sent/{id}/recall`: the request as it would be sent.
pub(crate) async fn draft(records: Records, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = mail_id(&id)?;
    let mail = records.mail(id).await?;
    if records.recalled(id).await?.is_some() {
        return Ok(see(&format!("/mail/sent/{id}")));
    }
    let draft = views::Draft::of(&mail, &minute(mail.at), minute(Timestamp::now()));
    Ok(views::draft(&records.visitor.frame(), &mail, &draft, None).into_response())
}

/// `POST /mail/sent/{id}/recall`: asks everybody, and opens the case.
pub(crate) async fn recall(
    State(app): State<Arc<App>>,
    records: Records,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let id = mail_id(&id)?;
    let mail = records.mail(id).await?;
    let draft = views::Draft {
        noticed: form.get("noticed").to_owned(),
        subject: form.get("subject").to_owned(),
        text: form.get("text").to_owned(),
    };
    let again = |word: W| {
        let frame = records.visitor.frame();
        let page = views::draft(&frame, &mail, &draft, Some(word.of(frame.lang)));
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let noticed = draft.noticed.parse::<DateTime>().ok();
    let noticed = noticed.and_then(|at| at.to_zoned(japan()).ok()).map(|at| at.timestamp());
    // It is given to the minute, and may be the one in which the mail was sent.
    let noticed = noticed.filter(|&at| at <= Timestamp::now() && minute(at) >= minute(mail.at));
    let Some(noticed) = noticed.map(|at| at.max(mail.at)) else {
        return again(W::RecallWhenWrong);
    };
    if draft.subject.is_empty() || draft.text.is_empty() {
        return again(W::RecallEmpty);
    }
    let request = RecallRequest {
        by: records.name(),
        noticed,
        subject: draft.subject.clone(),
        text: draft.text.clone(),
    };
    let recall = match records.desk.recall(id, request).await {
        Ok(recall) => recall,
        Err(NotRecalled::NobodyGotIt) => return again(W::RecallNobody),
        Err(NotRecalled::Already) => return Ok(see(&format!("/mail/sent/{id}"))),
        Err(NotRecalled::Unknown) => return Err(Failure::NotFound),
        Err(error @ (NotRecalled::Record(_) | NotRecalled::Spool(_) | NotRecalled::Files(_))) => {
            return Err(Failure::internal(&error));
        }
    };
    open_case(&app, &records, id, &mail, &recall).await?;
    Ok(see(&format!("/mail/sent/{id}")))
}

/// `POST /mail/sent/{id}/case`: opens the case where the book could not be written when they were asked.
pub(crate) async fn case(
    State(app): State<Arc<App>>,
    records: Records,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let id = mail_id(&id)?;
    let mail = records.mail(id).await?;
    let recall = records.recalled(id).await?.ok_or(Failure::NotFound)?;
    if recall.number.is_none() {
        open_case(&app, &records, id, &mail, &recall).await?;
    }
    Ok(see(&format!("/mail/sent/{id}")))
}

/// Opens the case of a mail that went wrong.
async fn open_case(
    app: &Arc<App>,
    records: &Records,
    id: MailId,
    mail: &Entry,
    recall: &Recall,
) -> Result<(), Failure> {
    let count = json!({
        "value": recall.to.len(), "approx": false, "bound": "exact", "unit": "件", "what": "誤送信先"
    });
    let known: Vec<(Field, Value)> = vec![
        (Field::Title, json!(format!("メールの誤送信({})", mail.subject))),
        (Field::Category, json!("misdirected_mail")),
        (Field::Occurred, moment(mail.at)),
        (Field::Discovered, moment(recall.noticed)),
        (Field::AffectedCount, json!([count])),
        (Field::Timeline, timeline(mail, recall)),
    ];
    let (why, who) = (format!("mail {id} of the relay"), Who(records.name()));
    let number = shelf::with(app, move |book| book.open_case(&known, &why, &who)).await?;
    ask(&records.desk, move |desk| desk.is_case(id, &number.to_string())).await
}

/// What happened, as the case tells it.
fn timeline(mail: &Entry, recall: &Recall) -> Value {
    let to = recall.to.len();
    let mut events = vec![
        (mail.at, "occurred", format!("件名「{}」のメールを{to}件の宛先に送信", mail.subject)),
        (recall.noticed, "discovered", "誤送信に気付く".to_owned()),
        (recall.asked, "delete_request", format!("{to}件の宛先に削除を依頼")),
    ];
    events.extend(recall.resent.map(|at| (at, "other", "正しい宛先に送り直す".to_owned())));
    let done = recall.all_deleted();
    events.extend(done.map(|at| (at, "recovered", "すべての宛先で削除を確認".to_owned())));
    events.sort_by_key(|(at, ..)| *at);
    let event = |(at, kind, text): (Timestamp, &str, String)| json!({ "at": moment(at), "type": kind, "text": text });
    events.into_iter().map(event).collect()
}

/// Brings the timeline of the case up to what was done since.
async fn tell_case(
    app: &Arc<App>,
    desk: &relay::net::Desk,
    id: MailId,
    who: String,
) -> Result<(), Failure> {
    let mail = ask(desk, move |desk| desk.record().mail(id)).await?;
    let recall = ask(desk, move |desk| desk.recalled(id)).await?;
    let (Some(mail), Some(recall)) = (mail, recall) else { return Ok(()) };
    let number = recall.number.as_ref().and_then(|number| number.parse::<CaseNumber>().ok());
    let Some(number) = number else { return Ok(()) };
    let (value, why) = (timeline(&mail, &recall), format!("mail {id} of the relay"));
    shelf::with(app, move |book| {
        book.correct(number, Field::Timeline, &value, &why, &Who(who)).map(|_| ())
    })
    .await
}

/// `POST /mail/sent/{id}/deleted`: somebody answered by other ways that they deleted it.
pub(crate) async fn noted(
    State(app): State<Arc<App>>,
    records: Records,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let id = mail_id(&id)?;
    records.mail(id).await?;
    let (address, who) = (form.get("address").to_owned(), records.name());
    let by = who.clone();
    if ask(&records.desk, move |desk| desk.deleted(id, &address, &by)).await? {
        tell_when_all(&app, &records.desk, id, who).await?;
    }
    Ok(see(&format!("/mail/sent/{id}")))
}

/// `POST /mail/sent/{id}/resent`
pub(crate) async fn resent(
    State(app): State<Arc<App>>,
    records: Records,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let id = mail_id(&id)?;
    records.mail(id).await?;
    ask(&records.desk, move |desk| desk.resent(id)).await?;
    tell_case(&app, &records.desk, id, records.name()).await?;
    Ok(see(&format!("/mail/sent/{id}")))
}

async fn tell_when_all(
    app: &Arc<App>,
    desk: &relay::net::Desk,
    id: MailId,
    who: String,
) -> Result<(), Failure> {
    let recall = ask(desk, move |desk| desk.recalled(id)).await?;
    if recall.is_some_and(|recall| recall.all_deleted().is_some()) {
        tell_case(app, desk, id, who).await?;
    }
    Ok(())
}

/// `GET /mail/deleted/{link}`: asks somebody outside whether they deleted it. The page says nothing of the
/// mail but when it was sent.
pub(crate) async fn deleted_form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let (who, id) = desk.read_deletion(&link).ok_or(Failure::NotFound)?;
    let recall = ask(&desk, move |desk| desk.recalled(id)).await?.ok_or(Failure::NotFound)?;
    let is_done = is_done(&recall, &who.to_string());
    with_form(&app, visitor, |visitor| {
        let link = crate::link::encode(&link);
        views::deleted(&visitor.frame(), &link, &who.to_string(), id.time(), is_done)
            .into_response()
    })
}

fn is_done(recall: &Recall, who: &str) -> bool {
    recall.to.iter().any(|one| one.address == who && one.deleted.is_some())
}

/// `POST /mail/deleted/{link}`
pub(crate) async fn deleted(
    State(app): State<Arc<App>>,
    Path(link): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let desk = app.desk()?;
    let (who, id) = desk.read_deletion(&link).ok_or(Failure::NotFound)?;
    let who = who.to_string();
    let by = who.clone();
    if ask(&desk, move |desk| desk.deleted(id, &by, &by)).await? {
        tell_when_all(&app, &desk, id, who).await?;
    }
    Ok(see(&format!("/mail/deleted/{}", crate::link::encode(&link))))
}
