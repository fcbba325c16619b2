//! One mail brought to wherever each of its recipients' mail goes, and what came of it written down. It
//! takes nothing but mail that was released. It does not know why it was.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_channel::Receiver;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedSender;

use super::Hub;
use super::parcels::handover;
use super::routes::{Destination, DestinationKey};
use super::scheduler::{self, Handed};
use super::server::{Server, Unreachable};
use crate::client::{self, Behind, By, Outgoing, Report, Sound};
use crate::dkim::{BodyHash, Signers};
use crate::judge::{Judgement, Released, Waiting};
use crate::mail::{AddressField, Mail, MailLimits};
use crate::rewrite::{self, IndividualCopies};
use crate::spool::{Event, MailId, Outcome, SpoolError, Status, Step};
use crate::{Domain, Envelope, Recipient};

/// The first and the longest wait between tries, and the time after which a mail is given up
/// (RFC 5321 §4.5.4.1 asks for four to five days).
const FIRST_WAIT: Duration = Duration::from_mins(5);
const LONGEST_WAIT: Duration = Duration::from_hours(2);
const GIVEN_UP_AFTER_TRIES: u32 = 60;
/// A connection that has been idle longer than this is closed: servers wait for five minutes.
const IDLE: Duration = Duration::from_secs(20);
/// The body of a mail from this length on is not kept in memory while it is sent.
const LONG_BYTES: usize = 1 << 20;
/// After the spool had no room for a note, this passes before it is asked again.
const BEFORE_NOTING_AGAIN: Duration = Duration::from_secs(1);

/// Delivers mail after mail until the scheduler stops.
pub(super) async fn worker(hub: Arc<Hub>, jobs: Receiver<MailId>, done: UnboundedSender<Handed>) {
    let mut open = Open::default();
    loop {
        let job = match &open.0 {
            None => jobs.recv().await.ok(),
            Some(_) => match tokio::time::timeout(IDLE, jobs.recv()).await {
                Ok(job) => job.ok(),
                Err(_elapsed) => {
                    open.leave().await;
                    continue;
                }
            },
        };
        let Some(id) = job else { break };
        let delivered = deliver(&hub, &mut open, id).await;
        let ended = match delivered {
            Ok(()) => scheduler::end(&hub, id).await,
            Err(error) => Err(error),
        };
        let handed = match ended {
            Ok(()) => Handed::Back(id),
            // Nothing can be written down any more: the mail stays in this hand until the relay is started
            // again, for it must not go out twice for want of a note.
            Err(error @ (SpoolError::Stopped(_) | SpoolError::Closed)) => {
                hub.log.warn(format_args!("{id} is left to the next start: {error}"));
                continue;
            }
            // It was not read, so nothing of it went out.
            Err(error) => {
                hub.log.warn(format_args!("{id} cannot be read: {error}"));
                Handed::Unread(id)
            }
        };
        if done.send(handed).is_err() {
            break;
        }
        hub.news.notify_one();
    }
    open.leave().await;
}

/// A connection that is kept for the next mail to the same place.
#[derive(Default)]
struct Open(Option<(DestinationKey, Server)>);

impl Open {
    async fn leave(&mut self) {
        if let Some((_, server)) = self.0.take() {
            server.leave().await;
        }
    }

    /// The connection to a place, where it is the one that is open.
    async fn take(&mut self, to: &DestinationKey) -> Option<Server> {
        match self.0.take() {
            Some((there, server)) if there == *to => Some(server),
            elsewhere => {
                self.0 = elsewhere;
                self.leave().await;
                None
            }
        }
    }
}

async fn deliver(hub: &Arc<Hub>, open: &mut Open, id: MailId) -> Result<(), SpoolError> {
    let Some(status) = hub.spool.status(id) else { return Ok(()) };
    let Some(released) = Released::of(&status) else { return Ok(()) };
    if !handover::is_ready(hub, id, &status).await? {
        return Ok(());
    }
    let now = hub.now();
    let due = status.to_try(now);
    let is_long = hub.spool.mail_len(id).is_some_and(|bytes| bytes >= LONG_BYTES);
    if is_long && let Some(long) = prepare_long(hub, id, &status, now).await? {
        let envelope = &long.envelope;
        let brought = Brought { hub, id, status: &status, released: &released, envelope };
        let (behind, body_at) = (Behind::Elsewhere(long.behind), long.body_at);
        let form = Form { header: &long.header, behind, body_at };
        return brought.bring_to_all(open, &due, form, now).await;
    }
    let (envelope, content) = (hub.spool.envelope(id)?, hub.spool.mail(id)?);
    let mail = Mail::parse(&content, &MailLimits::default()).ok();
    let judgement = hub.spool.verdict(id)?.and_then(|bytes| Judgement::from_bytes(&bytes));
    if let Some(mail) = &mail
        && is_first_try(&status)
    {
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
    let brought = Brought { hub, id, status: &status, released: &released, envelope: &envelope };
    let groups = brought.groups(&due);
    let signers = Signers::of(&hub.keys, mail.as_ref().and_then(author));
    // Where it cannot be taken apart, a person let it go as it is.
    let body_at = mail.as_ref().map_or(content.len(), |mail| mail.header().body);
    let signed = Signed::new(signers, &content, now);
    if let Some(mail) = mail.as_ref().filter(|_| wants_copies) {
        let copies = IndividualCopies::of(mail, envelope.to.iter().map(|to| &to.address));
        for group in &groups {
            brought.bring_copies(open, group, &copies, &signed).await?;
        }
        return Ok(());
    }
    let header = mail.as_ref().and_then(rewrite::header_without_bcc);
    let header = signed.header(header.map_or(Cow::Borrowed(&content[..body_at]), Cow::Owned));
    let behind = Behind::Here(&content[body_at..]);
    brought.bring_to_all(open, &due, Form { header: &header, behind, body_at }, now).await
}

/// A long mail that goes to all its recipients in one form: what of it has to be in memory.
struct Long {
    envelope: Envelope,
    header: Vec<u8>,
    behind: Sound,
    body_at: usize,
}

/// Prepares a long mail; a server that is slow then holds no more of it than its header. `None` where each gets
/// a copy of their own, or something is odd about it. Of such mails, few are in memory at a time, and no other
/// work waits for them.
async fn prepare_long(
    hub: &Arc<Hub>,
    id: MailId,
    status: &Status,
    now: Timestamp,
) -> Result<Option<Long>, SpoolError> {
    // Nobody closes this.
    let _turn = hub.long_reads.acquire().await.ok();
    let (here, is_first) = (Arc::clone(hub), is_first_try(status));
    let prepare = move || -> Result<Option<Long>, SpoolError> {
        let judgement = here.spool.verdict(id)?.and_then(|bytes| Judgement::from_bytes(&bytes));
        if judgement.is_none_or(|judgement| judgement.disposition.individual_copies) {
            return Ok(None);
        }
        let (envelope, content) = (here.spool.envelope(id)?, here.spool.mail(id)?);
        let Ok(mail) = Mail::parse(&content, &MailLimits::default()) else { return Ok(None) };
        let body_at = mail.header().body;
        let Some(behind) = Sound::of(&content[body_at..]) else { return Ok(None) };
        if is_first {
            here.history.learn(&envelope, &mail, false, now);
        }
        let signed = Signed::new(Signers::of(&here.keys, author(&mail)), &content, now);
        let header = rewrite::header_without_bcc(&mail);
        let header = signed.header(header.map_or(Cow::Borrowed(&content[..body_at]), Cow::Owned));
        Ok(Some(Long { header: header.into_owned(), envelope, behind, body_at }))
    };
    // One that stumbles is tried in the usual way.
    tokio::task::spawn_blocking(prepare).await.unwrap_or(Ok(None))
}

/// Whether it goes out now for the first time, whoever let it: that is what the next mail is judged by.
fn is_first_try(status: &Status) -> bool {
    status.recipients.iter().all(|progress| progress.tries == 0)
}

/// A mail as it goes out.
#[derive(Clone, Copy)]
struct Form<'m> {
    /// With the empty line after it.
    header: &'m [u8],
    behind: Behind<'m>,
    /// Where in the spool's mail its body begins.
    body_at: usize,
}

/// How the forms of a mail are signed. Their bodies are the same.
struct Signed<'k> {
    signers: Signers<'k>,
    /// `None` where nobody signs.
    body_hash: Option<BodyHash>,
    now: Timestamp,
}

impl<'k> Signed<'k> {
    fn new(signers: Signers<'k>, mail: &[u8], now: Timestamp) -> Self {
        let body_hash = (!signers.is_empty()).then(|| BodyHash::of(mail));
        Self { signers, body_hash, now }
    }

    fn header<'m>(&self, header: Cow<'m, [u8]>) -> Cow<'m, [u8]> {
        let Some(body_hash) = &self.body_hash else { return header };
        Cow::Owned([&self.signers.sign(&header, body_hash, self.now), &*header].concat())
    }
}

/// The domain of whoever the reader sees as the author.
fn author<'m>(mail: &'m Mail<'_>) -> Option<&'m Domain> {
    let mut read = mail.mailboxes().read.iter();
    read.find(|one| one.at.field == AddressField::From).map(|one| one.address.domain())
}

/// Recipients whose mail goes to the same place.
struct Group {
    to: Destination,
    /// Their places in the envelope.
    places: Vec<usize>,
}

/// A mail that is being brought to the next servers.
struct Brought<'a> {
    hub: &'a Arc<Hub>,
    id: MailId,
    status: &'a Status,
    released: &'a Released,
    envelope: &'a Envelope,
}

impl Brought<'_> {
    /// The recipients that are due, by where their mail goes.
    fn groups(&self, due: &[u32]) -> Vec<Group> {
        let mut groups: BTreeMap<DestinationKey, Group> = BTreeMap::new();
        for place in due.iter().filter_map(|&place| usize::try_from(place).ok()) {
            let Some(recipient) = self.envelope.to.get(place) else { continue };
            let to = self.hub.routes.to(recipient.address.domain());
            let group = groups.entry(to.key());
            group.or_insert_with(|| Group { to, places: Vec::new() }).places.push(place);
        }
        groups.into_values().collect()
    }

    /// Brings one form to all who are due.
    async fn bring_to_all(
        &self,
        open: &mut Open,
        due: &[u32],
        form: Form<'_>,
        now: Timestamp,
    ) -> Result<(), SpoolError> {
        for group in &self.groups(due) {
            if !self.may_still_go() {
                break;
            }
            self.bring(open, &group.to, form, &group.places, now).await?;
        }
        Ok(())
    }

    /// Whether nobody stopped the relay or the mail meanwhile.
    fn may_still_go(&self) -> bool {
        let is_released = |status: &Status| Released::of(status).is_some();
        !*self.hub.stop.borrow() && self.hub.spool.status(self.id).as_ref().is_some_and(is_released)
    }

    /// Sends each recipient of a group a copy of their own, one at a time.
    async fn bring_copies(
        &self,
        open: &mut Open,
        group: &Group,
        copies: &IndividualCopies<'_, '_>,
        signed: &Signed<'_>,
    ) -> Result<(), SpoolError> {
        for (at, &place) in group.places.iter().enumerate() {
            let Some(to) = self.envelope.to.get(place) else { continue };
            if !self.may_still_go() {
                break;
            }
            let header = signed.header(Cow::Owned(copies.header_for(&to.address)));
            let (behind, body_at) = (Behind::Here(copies.body()), 0);
            let copy = Form { header: &header, behind, body_at };
            let unreached = self.bring(open, &group.to, copy, &[place], signed.now).await?;
            if let Some(unreached) = unreached {
                let rest = group.places.get(at + 1..).unwrap_or_default();
                self.note(rest, &vec![unreached; rest.len()], signed.now).await?;
                break;
            }
        }
        Ok(())
    }

    /// Sends one form to the recipients at some places, and writes down what came of it. Where there is
    /// no server to speak to, it says what that means for the others.
    async fn bring(
        &self,
        open: &mut Open,
        to: &Destination,
        form: Form<'_>,
        places: &[usize],
        now: Timestamp,
    ) -> Result<Option<client::Outcome>, SpoolError> {
        let recipients = places.iter().filter_map(|&place| self.envelope.to.get(place).cloned());
        let recipients: Vec<Recipient> = recipients.collect();
        let behind = form.behind;
        let mail = Outgoing { behind, ..Outgoing::of(self.envelope, &recipients, form.header) };
        let read_some = |from: usize, bytes: usize| {
            let some = self.hub.spool.mail_bytes(self.id, form.body_at + from, bytes);
            some.map_err(io::Error::other)
        };
        match send(self.hub, open, self.released, to, (mail, &read_some)).await {
            Ok(outcomes) => self.note(places, &outcomes, now).await.map(|()| None),
            Err(Unreachable(outcome)) => {
                let outcomes = vec![outcome.clone(); places.len()];
                self.note(places, &outcomes, now).await.map(|()| Some(outcome))
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
            if let Some(to) = self.envelope.to.get(place) {
                self.hub.log.tried(self.id, &to.address, &outcome);
            }
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
    open: &mut Open,
    _proof: &Released,
    to: &Destination,
    (mail, read_some): (Outgoing<'_>, &(dyn Fn(usize, usize) -> io::Result<Vec<u8>> + Sync)),
) -> Result<Vec<client::Outcome>, Unreachable> {
    let key = to.key();
    // A connection that was kept may have been closed meanwhile; then it is made anew, once.
    if let Some(mut kept) = open.take(&key).await
        && let Ok(report) = kept.deliver(mail, read_some).await
        && !was_lost(&report)
    {
        open.0 = report.is_reusable.then_some((key, kept));
        return Ok(report.outcomes);
    }
    let mut fresh = hub.connect(to).await?;
    let report = fresh.deliver(mail, read_some).await.map_err(Unreachable)?;
    open.0 = report.is_reusable.then_some((key, fresh));
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
