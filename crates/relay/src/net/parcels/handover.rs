//! The files of a mail that goes out put among the parcels, and the mail changed to lead to them: first the
//! files are on stable storage, then what is known of them, then the mail is replaced in the spool, then it
//! is delivered. A crash between any two of these is made good by doing the rest again. It does not know
//! servers.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Parcel, ParcelError};
use crate::Judgement;
use crate::judge::{Released, Waiting};
use crate::mail::{Mail, MailLimits};
use crate::net::Hub;
use crate::net::record::Note;
use crate::rewrite::{self, Linkable};
use crate::spool::{Event, MailId, Outcome, SpoolError, Status, Step};

/// After files could not be kept, this passes before it is tried again.
const BEFORE_TRYING_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// What is to be written down before a mail can go out.
enum Before {
    /// Nothing.
    Nothing,
    /// It says something else: where so many files are, put there at that time.
    Links(Vec<Event>, usize, Timestamp),
    /// It cannot go out in the form that was decided.
    Impossible(Judgement),
}

/// Whether a released mail can be delivered as it lies in the spool now. Where its files are to go by link,
/// they are put among the parcels first; where they cannot, an approver is asked, or it is tried later.
pub(in crate::net) async fn is_ready(
    hub: &Arc<Hub>,
    id: MailId,
    status: &Status,
) -> Result<bool, SpoolError> {
    let judgement = hub.spool.verdict(id)?.and_then(|bytes| Judgement::from_bytes(&bytes));
    let Some(judgement) = judgement.filter(|judged| judged.disposition.links) else {
        return Ok(true);
    };
    let here = Arc::clone(hub);
    let now = hub.now();
    let work = move || prepare(&here, id, judgement, now);
    let prepared = tokio::task::spawn_blocking(work).await;
    let (events, is_ready) = match prepared.unwrap_or(Err(Unprepared::Parcels(ParcelError::Gone))) {
        Ok(Before::Nothing) => return Ok(true),
        Ok(Before::Links(events, files, at)) => {
            let about = serde_json::json!({ "mail": id, "files": files });
            let who = "relay".to_owned();
            hub.record.note(Note::Did { who, what: "files_linked", about, at });
            (events, true)
        }
        Ok(Before::Impossible(judgement)) => {
            let hours = i64::from(hub.policy().give_back_after_h);
            let until = hub.now().checked_add(SignedDuration::from_hours(hours)).ok();
            let by = Waiting::Approver.name().to_owned();
            let held = Event::step(id, Step::Held { by, until });
            (vec![Event::Judged { id, verdict: judgement.to_bytes() }, held], false)
        }
        Err(Unprepared::Spool(error)) => return Err(error),
        Err(Unprepared::Parcels(error)) => {
            hub.log.warn(format_args!("the files of {id} cannot be kept: {error}"));
            (put_off(hub.now(), id, status, &error), false)
        }
    };
    match hub.spool.append(&events).await {
        // Somebody may have stopped it while its files were put away.
        Ok(()) => {
            Ok(is_ready && hub.spool.status(id).is_some_and(|now| Released::of(&now).is_some()))
        }
        // It was cancelled meanwhile.
        Err(SpoolError::Misfit { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

enum Unprepared {
    Spool(SpoolError),
    Parcels(ParcelError),
}

impl From<SpoolError> for Unprepared {
    fn from(error: SpoolError) -> Self {
        Self::Spool(error)
    }
}

impl From<ParcelError> for Unprepared {
    fn from(error: ParcelError) -> Self {
        Self::Parcels(error)
    }
}

fn prepare(
    hub: &Hub,
    id: MailId,
    mut judgement: Judgement,
    now: Timestamp,
) -> Result<Before, Unprepared> {
    let content = hub.spool.mail(id)?;
    let mail = Mail::parse(&content, &MailLimits::default());
    let linkable = mail.as_ref().map_or(Linkable::Sealed, Linkable::of);
    let (mail, pages) = match (linkable, mail, hub.settings.pages.as_deref()) {
        // It has none, or gives them out by link already.
        (Linkable::Nothing, ..) => return Ok(Before::Nothing),
        (Linkable::Files, Ok(mail), Some(pages)) => (mail, pages),
        _ => {
            judgement.disposition.links = false;
            return Ok(Before::Impossible(judgement));
        }
    };
    let envelope = hub.spool.envelope(id)?;
    // A crash may have come before the mail was replaced: then it says what it would have said.
    let kept = hub.parcels.of_mail(id)?;
    let pack = || -> Result<Parcel, ParcelError> {
        let days = i64::from(hub.policy().links_expire_days);
        let until = now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
        let mut packing = hub.parcels.pack()?;
        for part in rewrite::linked_files(&mail) {
            let name = crate::shown::printable(part.file_name().unwrap_or_default());
            packing.add(name, &mail.content(part))?;
        }
        packing.keep(id, &envelope, now, until)
    };
    let parcel = kept.map_or_else(pack, Ok)?;
    let link = format!("{}/files/{}", pages.trim_end_matches('/'), parcel.id);
    let mail = rewrite::with_links(&mail, &link, parcel.until);
    let event = Event::Replaced { id, envelope, mail };
    Ok(Before::Links(vec![event], parcel.files.len(), parcel.at))
}

/// Files that cannot be kept now, on a full disk say, are as a server that is not reached.
fn put_off(now: Timestamp, id: MailId, status: &Status, error: &ParcelError) -> Vec<Event> {
    let next_try = now.checked_add(BEFORE_TRYING_AGAIN).unwrap_or(Timestamp::MAX);
    let said = format!("451 4.3.0 {error}");
    let waiting = status.recipients.iter().enumerate().filter(|(_, progress)| !progress.is_final());
    let steps = waiting.filter_map(|(place, _)| {
        let outcome = Outcome::Deferred { said: said.clone(), next_try };
        let recipient = u32::try_from(place).ok()?;
        Some(Event::step(id, Step::Tried { recipient, outcome }))
    });
    steps.collect()
}
