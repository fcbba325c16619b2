//! One mail brought to the next server, and what came of it written down. It takes nothing but mail
//! that was released. It does not know why it was.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_channel::Receiver;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedSender;

use super::Hub;
use super::server::{Server, Unreachable};
use crate::client::{self, By, Outgoing, Report};
use crate::judge::{Judgement, Released, Waiting};
use crate::mail::{Mail, MailLimits};
use crate::rewrite::{self, IndividualCopies};
use crate::spool::{Event, MailId, Outcome, SpoolError, Status, Step};
use crate::{Envelope, Recipient};

/// The first and the longest wait between tries, and the time after which a mail is given up
/// (RFC 5321 §4.5.4.1 asks for four to five days).
const FIRST_WAIT: Duration = Duration::from_mins(5);
const LONGEST_WAIT: Duration = Duration::from_hours(2);
const GIVEN_UP_AFTER_TRIES: u32 = 60;
/// A connection that has been idle longer than this is closed: servers wait for five minutes.
const IDLE: Duration = Duration::from_secs(20);
/// After the spool had no room for a note, this passes before it is asked again.
const BEFORE_NOTING_AGAIN: Duration = Duration::from_secs(1);

/// Delivers mail after mail until the scheduler stops.
pub(super) async fn worker(hub: Arc<Hub>, jobs: Receiver<MailId>, done: UnboundedSender<MailId>) {
    let mut server: Option<Server> = None;
    loop {
        let job = match &server {
            None => jobs.recv().await.ok(),
            Some(_) => match tokio::time::timeout(IDLE, jobs.recv()).await {
                Ok(job) => job.ok(),
                Err(_elapsed) => {
                    if let Some(server) = server.take() {
                        server.leave().await;
                    }
                    continue;
                }
            },
        };
        let Some(id) = job else { break };
        // A mail that cannot be read, or of which nothing can be written down, stays in this hand until
        // the relay is started again: it must not go out twice for want of a note.
        if deliver(&hub, &mut server, id).await.is_ok() && done.send(id).is_err() {
            break;
        }
        hub.news.notify_one();
    }
    if let Some(server) = server {
        server.leave().await;
    }
}

async fn deliver(
    hub: &Arc<Hub>,
    server: &mut Option<Server>,
    id: MailId,
) -> Result<(), SpoolError> {
    let Some(status) = hub.spool.status(id) else { return Ok(()) };
    let Some(released) = Released::of(&status) else { return Ok(()) };
    let now = Timestamp::now();
    let due = |progress: &crate::spool::Progress| match &progress.last {
        None => true,
        Some(Outcome::Deferred { next_try, .. }) => *next_try <= now,
        Some(_) => false,
    };
    let due: Vec<usize> = status
        .recipients
        .iter()
        .enumerate()
        .filter_map(|(at, progress)| due(progress).then_some(at))
        .collect();
    let (envelope, content) = (hub.spool.envelope(id)?, hub.spool.mail(id)?);
    let mail = Mail::parse(&content, &MailLimits::default()).ok();
    let judgement = hub.spool.verdict(id)?.and_then(|bytes| Judgement::from_bytes(&bytes));
    if let Some(mail) = &mail
        && status.recipients.iter().all(|progress| progress.tries == 0)
    {
        // It goes out now, whoever let it: that is what the next mail is judged by.
        let is_split = judgement.as_ref().is_some_and(|it| it.disposition.individual_copies);
        hub.history.learn(&envelope, mail, is_split, now);
    }
    let wants_copies = match &judgement {
        Some(judgement) => judgement.disposition.individual_copies,
        // Nobody can say in what form it was to go out.
        None => return stop(hub, id).await,
    };
    if wants_copies && mail.is_none() {
        return stop(hub, id).await;
    }
    let form = |content: Vec<u8>, places: &[usize]| Form {
        content,
        to: places.iter().filter_map(|&place| envelope.to.get(place).cloned()).collect(),
        places: places.to_vec(),
    };
    let brought = Brought { hub, id, status: &status, released: &released, envelope: &envelope };
    match mail {
        Some(mail) if wants_copies => {
            let copies = IndividualCopies::of(&mail, envelope.to.iter().map(|to| &to.address));
            // One at a time: thousands of copies of a large mail fit no memory.
            for (at, &place) in due.iter().enumerate() {
                // Somebody may have cancelled it meanwhile.
                let is_released = |status: &Status| Released::of(status).is_some();
                let Some(to) = envelope.to.get(place) else { continue };
                if *hub.stop.borrow() || !hub.spool.status(id).as_ref().is_some_and(is_released) {
                    break;
                }
                let copy = form(copies.copy_for(&to.address), &[place]);
                if let Some(unreached) = brought.bring(server, &copy, now).await? {
                    brought.note(&due[at + 1..], &vec![unreached; due.len()], now).await?;
                    break;
                }
            }
        }
        Some(mail) => {
            let content = rewrite::without_bcc(&mail).unwrap_or_else(|| content.clone());
            brought.bring(server, &form(content, &due), now).await?;
        }
        // A person let it go as it is.
        None => {
            brought.bring(server, &form(content.clone(), &due), now).await?;
        }
    }
    Ok(())
}

/// One form of a mail: its bytes, and who gets it so.
struct Form {
    content: Vec<u8>,
    to: Vec<Recipient>,
    /// Their places in the envelope.
    places: Vec<usize>,
}

/// A mail that is being brought to the next server.
struct Brought<'a> {
    hub: &'a Arc<Hub>,
    id: MailId,
    status: &'a Status,
    released: &'a Released,
    envelope: &'a Envelope,
}

impl Brought<'_> {
    /// Sends one form and writes down what came of it. Where there is no server to speak to, it says
    /// what that means for the others.
    async fn bring(
        &self,
        server: &mut Option<Server>,
        form: &Form,
        now: Timestamp,
    ) -> Result<Option<client::Outcome>, SpoolError> {
        match send(self.hub, server, self.released, self.envelope, form).await {
            Ok(outcomes) => self.note(&form.places, &outcomes, now).await.map(|()| None),
            Err(Unreachable(outcome)) => {
                let outcomes = vec![outcome.clone(); form.places.len()];
                self.note(&form.places, &outcomes, now).await.map(|()| Some(outcome))
            }
        }
    }

    /// Writes down what came of the recipients at those places.
    async fn note(
        &self,
        places: &[usize],
        outcomes: &[client::Outcome],
        now: Timestamp,
    ) -> Result<(), SpoolError> {
        let steps = places.iter().zip(outcomes).filter_map(|(&place, outcome)| {
            let outcome = settled(self.status, place, outcome, now);
            let recipient = u32::try_from(place).ok()?;
            Some(Event::step(self.id, Step::Tried { recipient, outcome }))
        });
        let steps: Vec<Event> = steps.collect();
        loop {
            match self.hub.spool.append(&steps).await {
                // What does not fit was settled meanwhile: the mail was cancelled, say.
                Ok(()) | Err(SpoolError::Misfit { .. }) => return Ok(()),
                Err(error @ (SpoolError::Stopped(_) | SpoolError::Closed)) => return Err(error),
                // No room: it was sent, and must not be again, so it is noted when there is.
                Err(_) => tokio::time::sleep(BEFORE_NOTING_AGAIN).await,
            }
        }
    }
}

/// Gives a mail back to an approver: it cannot go out in the form that was decided.
async fn stop(hub: &Arc<Hub>, id: MailId) -> Result<(), SpoolError> {
    let by = Waiting::Approver.name().to_owned();
    hub.spool.append(&[Event::step(id, Step::Held { by, until: None })]).await
}

/// Sends one form, on a new connection where the old one is of no more use.
async fn send(
    hub: &Arc<Hub>,
    server: &mut Option<Server>,
    _proof: &Released,
    envelope: &Envelope,
    form: &Form,
) -> Result<Vec<client::Outcome>, Unreachable> {
    let mail = Outgoing::of(envelope, &form.to, &form.content);
    // A connection that was kept may have been closed meanwhile; then it is made anew, once.
    if let Some(mut kept) = server.take()
        && let Ok(report) = kept.deliver(mail).await
        && !was_lost(&report)
    {
        *server = report.is_reusable.then_some(kept);
        return Ok(report.outcomes);
    }
    let mut fresh = Server::connect(&hub.settings).await?;
    let report = fresh.deliver(mail).await.map_err(Unreachable)?;
    *server = report.is_reusable.then_some(fresh);
    Ok(report.outcomes)
}

/// Whether the server said nothing to the mail before the connection was gone.
fn was_lost(report: &Report) -> bool {
    let is_ours = |outcome: &client::Outcome| match outcome {
        client::Outcome::Deferred { reply } => reply.by == By::Relay,
        _ => false,
    };
    !report.is_reusable && report.outcomes.iter().all(is_ours)
}

/// What a try means for a recipient: a mail that was tried long enough is given up.
fn settled(status: &Status, place: usize, outcome: &client::Outcome, now: Timestamp) -> Outcome {
    let said = outcome.reply().to_string();
    let tries = status.recipients.get(place).map_or(0, |progress| progress.tries);
    match outcome {
        client::Outcome::Delivered { .. } => Outcome::Delivered { said },
        client::Outcome::Failed { .. } => Outcome::Failed { said },
        client::Outcome::Deferred { .. } if tries >= GIVEN_UP_AFTER_TRIES => {
            Outcome::Failed { said }
        }
        client::Outcome::Deferred { .. } => {
            let wait = FIRST_WAIT.saturating_mul(1 << tries.min(6)).min(LONGEST_WAIT);
            let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_secs(300));
            Outcome::Deferred { said, next_try: now.checked_add(wait).unwrap_or(now) }
        }
    }
}

impl From<io::Error> for Unreachable {
    fn from(error: io::Error) -> Self {
        Self::because(&error.to_string())
    }
}
