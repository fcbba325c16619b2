//! Mails that have not gone out, or were recalled, as the next mail of their sender is judged by them, and mails that wait
//! with another one: when that one is let go or stopped, so are they. What is held is in the spool; what
//! was stopped is forgotten there, so it is kept in a file beside it while it still matters.
//!
//! It does not know how it is told that one mail belongs to another.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::Note;
use super::{Hub, notice, record, whole};
use crate::checks::{Recent, Stands, senders};
use crate::judge::{Judgement, Waiting};
use crate::mail::{Mail, MailLimits};
use crate::spool::{Event, MailId, Phase, Spool, SpoolError, Step};
use crate::{Address, Envelope, Gate, Policy};

/// The file in the data folder.
const FILE: &str = "stopped.json";
/// Before so many are remembered, nobody looks for those that may be forgotten.
const FIRST_SWEEP: usize = 256;

/// What has not gone out, and what waits with it.
pub(super) struct Unsent {
    file: PathBuf,
    known: Mutex<Known>,
}

struct Known {
    mails: HashMap<MailId, Entry>,
    /// Mails by their senders, the oldest first.
    of: HashMap<String, Vec<MailId>>,
    /// The mails that wait with one.
    ties: HashMap<MailId, Vec<MailId>>,
    sweep_at: usize,
}

/// A mail and whose it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    senders: Vec<String>,
    recent: Recent,
}

/// What became of a mail that others wait with.
enum Fate {
    Waits,
    Out { by: String },
    Stopped { by: String },
}

impl Unsent {
    /// Reads what was stopped lately, and what the spool holds. A file that cannot be read is as none.
    pub(super) fn open(data: &Path, spool: &Spool) -> Self {
        let file = data.join(FILE);
        let kept = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let stopped: Vec<Entry> = kept.unwrap_or_default();
        let mut known = Known {
            mails: HashMap::new(),
            of: HashMap::new(),
            ties: HashMap::new(),
            sweep_at: FIRST_SWEEP,
        };
        for entry in stopped {
            known.add(entry);
        }
        for id in spool.mails() {
            let by = match spool.status(id).map(|status| status.phase) {
                Some(Phase::Held { by, .. }) => by,
                Some(Phase::Received) => Waiting::Approver.name().to_owned(),
                _ => continue,
            };
            // A mail that cannot be read now keeps the relay from no other.
            let (Ok(envelope), Ok(bytes)) = (spool.envelope(id), spool.mail(id)) else { continue };
            let mail = Mail::parse(&bytes, &MailLimits::default()).ok();
            known.add(Entry::of(id, &envelope, mail.as_ref(), &by));
            let verdict =
                spool.verdict(id).ok().flatten().and_then(|bytes| Judgement::from_bytes(&bytes));
            if let Some(tied) = verdict.and_then(|judgement| judgement.tied) {
                known.ties.entry(tied.to).or_default().push(id);
            }
        }
        Self { file, known: Mutex::new(known) }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mails of these senders that have not gone out, as they stand now.
    fn of(&self, senders: &[String], spool: &Spool) -> Vec<Recent> {
        let known = self.known();
        let ids = senders.iter().filter_map(|sender| known.of.get(sender)).flatten();
        let mut recents: Vec<Recent> = ids
            .filter_map(|id| {
                let recent = &known.mails.get(id)?.recent;
                let stands = match spool.status(*id).map(|status| status.phase) {
                    // Recalled, wherever it is on its way.
                    _ if recent.stands == Stands::Stopped => Stands::Stopped,
                    Some(Phase::Held { by, .. }) => Stands::Waits(Waiting::named(&by)),
                    Some(Phase::Received) => Stands::Waits(Waiting::Approver),
                    Some(Phase::Cancelled { .. }) => Stands::Stopped,
                    Some(Phase::Released { .. }) | None => return None,
                };
                Some(Recent { stands, ..recent.clone() })
            })
            .collect();
        recents.sort_by_key(|recent| recent.id);
        recents.dedup_by_key(|recent| recent.id);
        recents
    }

    /// Remembers a mail that is held as it comes in, and with which other it waits.
    fn add(&self, entry: Entry, tied_to: Option<MailId>, spool: &Spool, policy: &Policy) {
        let mut known = self.known();
        let now = entry.recent.since;
        if let Some(first) = tied_to {
            known.ties.entry(first).or_default().push(entry.recent.id);
        }
        known.add(entry);
        if known.mails.len() >= known.sweep_at {
            known.forget(|entry| {
                spool.status(entry.recent.id).is_some() || matters(&entry.recent, policy, now)
            });
        }
    }

    /// Notes that a mail was stopped; whether that is news.
    fn stop(&self, id: MailId, now: Timestamp) -> bool {
        let mut known = self.known();
        let waiting = known.mails.get_mut(&id).filter(|it| it.recent.stands != Stands::Stopped);
        let Some(entry) = waiting else { return false };
        (entry.recent.stands, entry.recent.since) = (Stands::Stopped, now);
        true
    }

    /// Writes down what was stopped: after this the spool may forget it.
    fn keep(&self, policy: &Policy, now: Timestamp) -> io::Result<()> {
        let known = self.known();
        let all = known.mails.values();
        let stopped: Vec<Entry> =
            all.filter(|entry| matters(&entry.recent, policy, now)).cloned().collect();
        // Two who write the file do so one after the other: the lock is held.
        whole::replace(&self.file, &serde_json::to_vec(&stopped)?)
    }
}

impl Known {
    fn add(&mut self, entry: Entry) {
        let id = entry.recent.id;
        for sender in &entry.senders {
            let theirs = self.of.entry(sender.clone()).or_default();
            if !theirs.contains(&id) {
                theirs.push(id);
            }
        }
        self.mails.insert(id, entry);
    }

    fn forget(&mut self, stays: impl Fn(&Entry) -> bool) {
        self.mails.retain(|_, entry| stays(entry));
        let mails = &self.mails;
        self.of.retain(|_, ids| {
            ids.retain(|id| mails.contains_key(id));
            !ids.is_empty()
        });
        self.ties.retain(|first, _| mails.contains_key(first));
        self.sweep_at = (self.mails.len() * 2).max(FIRST_SWEEP);
    }
}

/// Whether a mail that was stopped still bears on what comes.
fn matters(recent: &Recent, policy: &Policy, now: Timestamp) -> bool {
    let window_s = i64::from(policy.checks.password_mail.window_minutes) * 60;
    recent.stands == Stands::Stopped && now.duration_since(recent.since).as_secs() <= window_s
}

impl Entry {
    fn of(id: MailId, envelope: &Envelope, mail: Option<&Mail<'_>>, by: &str) -> Self {
        let senders = senders(envelope, mail).into_iter().map(Address::key).collect();
        let recent = Recent::of(id, envelope, mail, Waiting::named(by), id.time());
        Self { senders, recent }
    }
}

impl Hub {
    /// What a mail that comes in may belong to: mails of its sender, under any of their addresses.
    pub(super) fn unsent_of(
        &self,
        envelope: &Envelope,
        mail: Option<&Mail<'_>>,
        policy: &Policy,
    ) -> Vec<Recent> {
        let mut keys = Vec::new();
        for sender in senders(envelope, mail) {
            let person = policy.directory.person(sender);
            let theirs = person.map(|one| std::iter::once(&one.address).chain(&one.aliases));
            keys.push(sender.key());
            keys.extend(theirs.into_iter().flatten().map(Address::key));
        }
        keys.sort_unstable();
        keys.dedup();
        self.unsent.of(&keys, &self.spool)
    }

    /// Remembers a mail that was stored, if it did not go out at once. The mail that it waits with may
    /// have been decided about meanwhile; then it is followed now.
    pub(super) async fn remember(
        &self,
        held: Held,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), SpoolError> {
        let Held { entry, tied_to } = held;
        let is_stopped = entry.recent.stands == Stands::Stopped;
        self.unsent.add(entry, tied_to, &self.spool, policy);
        if let Some(first) = tied_to
            && !matches!(self.fate(first), Fate::Waits)
        {
            self.follow(first, now).await?;
        }
        if is_stopped {
            let _kept = self.unsent.keep(policy, now);
        }
        Ok(())
    }

    fn fate(&self, first: MailId) -> Fate {
        match self.spool.status(first).map(|status| status.phase) {
            Some(Phase::Held { .. } | Phase::Received) => Fate::Waits,
            Some(Phase::Released { by }) => Fate::Out { by },
            Some(Phase::Cancelled { by }) => Fate::Stopped { by },
            None => {
                let known = self.unsent.known();
                let stands = known.mails.get(&first).map(|entry| entry.recent.stands);
                match stands {
                    Some(Stands::Stopped) => Fate::Stopped { by: first.to_string() },
                    // It is done, and it was not stopped.
                    Some(Stands::Waits(_)) => Fate::Out { by: first.to_string() },
                    // Nobody can say: a person decides.
                    None => Fate::Waits,
                }
            }
        }
    }

    /// Notes that a mail does not go out, before the spool forgets it.
    pub(super) fn note_stopped(&self, id: MailId, now: Timestamp) {
        if self.unsent.stop(id, now) {
            // Should the disk refuse, the next mail is judged by it all the same until a new start.
            let _kept = self.unsent.keep(&self.policy(), now);
        }
    }

    /// Notes that a mail was recalled after it went out, as the record has it.
    pub(super) fn note_recalled(&self, mail: &record::Entry, now: Timestamp) {
        let to = mail.recipients.iter().filter_map(|to| to.parse().ok()).collect();
        let recent = Recent {
            id: mail.id,
            subject: mail.subject.clone(),
            to,
            has_files: !mail.files.is_empty(),
            stands: Stands::Stopped,
            since: now,
        };
        let sender = mail.sender.parse::<Address>().ok();
        let senders = sender.iter().map(Address::key).collect();
        let policy = self.policy();
        self.unsent.add(Entry { senders, recent }, None, &self.spool, &policy);
        let _kept = self.unsent.keep(&policy, now);
    }

    /// Has the mails that wait with one that was decided about share its fate: with a mail that was
    /// stopped they are stopped, by the same word; with one that was let go they go on as they would have
    /// without it.
    pub(super) async fn follow(&self, first: MailId, now: Timestamp) -> Result<(), SpoolError> {
        let seconds = self.unsent.known().ties.get(&first).cloned().unwrap_or_default();
        for second in seconds {
            let (who, events) = match self.fate(first) {
                Fate::Waits => return Ok(()),
                Fate::Out { by } => (by.clone(), self.let_go_with(second, by, now)?),
                Fate::Stopped { by } if self.is_tied(second) => {
                    (by.clone(), vec![Event::step(second, Step::Cancelled { by })])
                }
                Fate::Stopped { by } => (by, Vec::new()),
            };
            match self.spool.append(&events).await {
                Ok(()) if !events.is_empty() => {
                    let about = serde_json::json!({ "mail": second, "with": first });
                    self.record.note(Note::Did { who, what: "mail_followed", about, at: now });
                }
                // Somebody said a word about this one meanwhile.
                Ok(()) | Err(SpoolError::Misfit { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if self.unsent.known().ties.remove(&first).is_some() {
            self.news.notify_one();
        }
        Ok(())
    }

    /// Whether mails wait for what becomes of this one.
    pub(super) fn is_waited_for(&self, first: MailId) -> bool {
        self.unsent.known().ties.contains_key(&first)
    }

    fn is_tied(&self, second: MailId) -> bool {
        let phase = self.spool.status(second).map(|status| status.phase);
        matches!(phase, Some(Phase::Held { by, .. }) if Waiting::is_tied(&by))
    }

    /// What becomes of a mail by its own findings, once the one before it is out.
    fn let_go_with(
        &self,
        second: MailId,
        by: String,
        now: Timestamp,
    ) -> Result<Vec<Event>, SpoolError> {
        let verdict = self.spool.verdict(second)?;
        let judgement = verdict.and_then(|bytes| Judgement::from_bytes(&bytes));
        let (true, Some(judgement)) = (self.is_tied(second), judgement) else {
            return Ok(Vec::new());
        };
        let judgement = judgement.untied();
        // Its sender had the time to cancel it since it came in.
        let is_window = judgement.disposition.gate == Gate::Wait;
        let step = match judgement.step(&self.policy(), if is_window { second.time() } else { now })
        {
            Step::Released { .. } => Step::Released { by },
            step => step,
        };
        let (envelope, bytes) = (self.spool.envelope(second)?, self.spool.mail(second)?);
        let mail = Mail::parse(&bytes, &MailLimits::default()).ok();
        let subject = mail.and_then(|mail| mail.subject()).unwrap_or_default();
        let notices = notice::of_held(self, second, (&envelope, &subject), &judgement, &step, now);
        let verdict = judgement.to_bytes();
        let mut events = vec![Event::Judged { id: second, verdict }, Event::step(second, step)];
        events.extend(notices);
        Ok(events)
    }
}

/// A mail that does not go out at once, to be remembered once it is stored.
pub(super) struct Held {
    entry: Entry,
    tied_to: Option<MailId>,
}

impl Held {
    /// A mail as it was judged; `None` where it goes out at once.
    pub(super) fn of(
        id: MailId,
        envelope: &Envelope,
        mail: Option<&Mail<'_>>,
        judgement: &Judgement,
        step: &Step,
    ) -> Option<Self> {
        let (Step::Held { by, .. } | Step::Cancelled { by }) = step else { return None };
        let mut entry = Entry::of(id, envelope, mail, by);
        if matches!(step, Step::Cancelled { .. }) {
            entry.recent.stands = Stands::Stopped;
        }
        Some(Self { entry, tied_to: judgement.tied.as_ref().map(|tied| tied.to) })
    }
}
