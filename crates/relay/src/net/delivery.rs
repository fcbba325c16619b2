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
use crate::client::{self, Outgoing};
use crate::judge::{Judgement, Released};
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
        // What the spool cannot read or write now is due again later; it says so itself.
        let _tried = deliver(&hub, &mut server, id).await;
        if done.send(id).is_err() {
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
    if status.recipients.iter().all(|progress| progress.tries == 0) {
        // It goes out now, whoever let it: that is what the next mail is judged by.
        hub.history.learn(&envelope, &content, now);
    }
    let judgement = hub.spool.verdict(id)?.and_then(|bytes| Judgement::from_bytes(&bytes));
    let wants_copies = judgement.is_some_and(|judgement| judgement.disposition.individual_copies);
    let forms = forms(&envelope, &content, &due, wants_copies);
    for form in forms {
        let outcomes = send(hub, server, &released, &envelope, &form).await;
        let steps: Vec<Event> = form
            .places
            .iter()
            .zip(outcomes)
            .filter_map(|(&place, outcome)| {
                let outcome = settled(&status, place, &outcome, now);
                let recipient = u32::try_from(place).ok()?;
                Some(Event::step(id, Step::Tried { recipient, outcome }))
            })
            .collect();
        hub.spool.append(&steps).await?;
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

/// The forms in which a mail goes out: one for all, or one for each.
fn forms(envelope: &Envelope, content: &[u8], due: &[usize], wants_copies: bool) -> Vec<Form> {
    let recipient = |place: &usize| envelope.to.get(*place).cloned();
    let Ok(mail) = Mail::parse(content, &MailLimits::default()) else {
        // A person let it go as it is.
        let to = due.iter().filter_map(recipient).collect();
        return vec![Form { content: content.to_vec(), to, places: due.to_vec() }];
    };
    if wants_copies {
        let copies = IndividualCopies::of(&mail, envelope.to.iter().map(|to| &to.address));
        let form = |place: &usize| {
            let to = recipient(place)?;
            Some(Form { content: copies.copy_for(&to.address), to: vec![to], places: vec![*place] })
        };
        return due.iter().filter_map(form).collect();
    }
    let content = rewrite::without_bcc(&mail).unwrap_or_else(|| content.to_vec());
    let to = due.iter().filter_map(recipient).collect();
    vec![Form { content, to, places: due.to_vec() }]
}

/// Sends one form, on a new connection where the old one is of no more use.
async fn send(
    hub: &Arc<Hub>,
    server: &mut Option<Server>,
    _proof: &Released,
    envelope: &Envelope,
    form: &Form,
) -> Vec<client::Outcome> {
    let mail = Outgoing::of(envelope, &form.to, &form.content);
    // A connection that was kept may have been closed meanwhile; then it is made anew, once.
    if let Some(mut kept) = server.take()
        && let Ok(report) = kept.deliver(mail).await
    {
        *server = report.is_reusable.then_some(kept);
        return report.outcomes;
    }
    let all = |outcome: client::Outcome| vec![outcome; form.to.len()];
    match Server::connect(&hub.settings).await {
        Ok(mut fresh) => match fresh.deliver(mail).await {
            Ok(report) => {
                *server = report.is_reusable.then_some(fresh);
                report.outcomes
            }
            Err(outcome) => all(outcome),
        },
        Err(Unreachable(outcome)) => all(outcome),
    }
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
