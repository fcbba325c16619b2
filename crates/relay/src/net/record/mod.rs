//! The relay's record: every mail with what was found, who decided what and when, and what became of
//! it, for as long as it is kept; and a ledger of what happened, which says nothing of who wrote what to
//! whom and is kept for good; mails are taken out after a time. The spool is the truth about mail that is under way; this is for people who
//! ask later. It does not know who asks.
//!
//! All changes go through one thread in batches, so that no mail waits for them. After a kill
//! the last of them may be missing; what is missing of mails in the spool is made good when the relay
//! starts.

mod figures;
mod forget;
mod schema;
mod search;
mod writer;

use std::path::Path;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use jiff::Timestamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

pub use figures::{Asked, Month};
pub use search::{Entry, Found, Search, State};

use super::Decision;
use crate::judge::Judgement;
use crate::mail::{Mail, Role};
use crate::spool::{MailId, Outcome, Phase, Status};
use crate::{Address, Envelope};

/// The file in the data folder.
pub const FILE: &str = "record.sqlite";
/// So many changes wait; then those who make them do.
const MOST_WAITING: usize = 10_000;

/// Why the record cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The database says so.
    #[error("the relay's record cannot be read or written")]
    Database(#[from] rusqlite::Error),
    /// It is of a later version.
    #[error("the relay's record is of version {0}, which is later than this jikenbo knows")]
    Later(i64),
    /// Its ledger does not hold.
    #[error("the ledger in the relay's record does not hold: {0}")]
    Broken(String),
    /// Its thread is gone.
    #[error("the relay's record is not written any more")]
    Gone,
    /// The file cannot be made.
    #[error("the file of the relay's record cannot be made")]
    File(#[from] std::io::Error),
}

/// A mail as it is recorded when it comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Incoming {
    pub(super) id: MailId,
    pub(super) at: Timestamp,
    pub(super) from: Option<Address>,
    pub(super) to: Vec<String>,
    pub(super) subject: String,
    /// The names of its files.
    pub(super) files: Vec<String>,
    pub(super) bytes: usize,
    pub(super) judgement: Judgement,
}

impl Incoming {
    /// What is recorded of a mail; one that cannot be taken apart has no subject.
    pub(super) fn of(
        id: MailId,
        at: Timestamp,
        (envelope, mail): (&Envelope, Option<&Mail<'_>>),
        bytes: usize,
        judgement: &Judgement,
    ) -> Self {
        let subject = mail.and_then(Mail::subject).unwrap_or_default();
        let parts = mail.into_iter().flat_map(Mail::parts);
        let files = parts.filter(|(_, part)| part.role == Role::Attachment);
        Self {
            id,
            at,
            from: envelope.from.clone(),
            to: envelope.to.iter().map(|to| to.address.to_string()).collect(),
            subject: subject.chars().filter(|c| !c.is_control()).take(500).collect(),
            files: files.filter_map(|(_, part)| part.file_name().map(str::to_owned)).collect(),
            bytes,
            judgement: judgement.clone(),
        }
    }
}

/// A change of the record.
#[derive(Debug)]
pub(super) enum Note {
    /// A mail comes in.
    Taken(Box<Incoming>),
    /// It was not kept after all.
    Dropped(MailId),
    /// Somebody who may decide about it looked at it.
    Opened { id: MailId, who: Address, at: Timestamp },
    /// Somebody decided.
    Decided { id: MailId, who: Address, decision: Decision, at: Timestamp },
    /// All is known of it.
    Ended { id: MailId, end: End, got: Vec<String>, at: Timestamp },
    /// Something else that somebody did.
    Did { who: String, what: &'static str, about: serde_json::Value, at: Timestamp },
    /// Mails that came in before a time are taken out.
    Forget { before: Timestamp, at: Timestamp },
    /// Everything before this is written.
    Settle(SyncSender<()>),
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// All got it.
    Delivered,
    /// Some got it.
    Partly,
    /// Nobody got it: servers said no.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// Nobody said anything in time, and it went back to its sender.
    GivenBack,
    /// The policy refused it.
    Refused,
    /// The relay was stopped hard at its end: nobody noted what became of it.
    Unknown,
}

impl End {
    /// What its status says.
    pub(super) fn of(status: &Status) -> Self {
        let is_delivered =
            |outcome: &Option<Outcome>| matches!(outcome, Some(Outcome::Delivered { .. }));
        let delivered = status.recipients.iter().filter(|one| is_delivered(&one.last)).count();
        match &status.phase {
            _ if delivered == status.recipients.len() => Self::Delivered,
            _ if delivered > 0 => Self::Partly,
            Phase::Cancelled { by } if by.ends_with("-silent") => Self::GivenBack,
            Phase::Cancelled { by } if by == "policy" => Self::Refused,
            Phase::Cancelled { .. } => Self::Cancelled,
            _ => Self::Failed,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Partly => "partly",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::GivenBack => "given-back",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }

    /// The end of that name.
    pub fn named(name: &str) -> Self {
        let all = [
            Self::Delivered,
            Self::Partly,
            Self::Failed,
            Self::Cancelled,
            Self::GivenBack,
            Self::Refused,
        ];
        all.into_iter().find(|end| end.name() == name).unwrap_or(Self::Unknown)
    }
}

/// The record of a relay.
pub struct Record {
    notes: Option<SyncSender<Note>>,
    writer: Option<JoinHandle<()>>,
    tables: Mutex<Connection>,
}

impl Record {
    /// Opens the record in the relay's data folder, made if it is not there.
    pub fn open(data: &Path) -> Result<Self, RecordError> {
        let file = data.join(FILE);
        let writing = schema::open(&file)?;
        let reading = schema::open(&file)?;
        let (notes, inbox) = mpsc::sync_channel(MOST_WAITING);
        let writer = std::thread::Builder::new()
            .name("record".to_owned())
            .spawn(move || writer::run(writing, &inbox))?;
        Ok(Self { notes: Some(notes), writer: Some(writer), tables: Mutex::new(reading) })
    }

    fn tables(&self) -> MutexGuard<'_, Connection> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a change in. It waits only where thousands of others do.
    pub(super) fn note(&self, note: Note) {
        if let Some(notes) = &self.notes {
            // A record that cannot be written stops no mail; its thread has told why.
            let _handed_in = notes.send(note);
        }
    }

    /// Waits until all that was handed in can be read.
    pub fn settle(&self) -> Result<(), RecordError> {
        let (sender, settled) = mpsc::sync_channel(1);
        self.note(Note::Settle(sender));
        settled.recv().map_err(|_| RecordError::Gone)
    }

    /// Makes good what a kill left: `taken` are the mails of the spool that the record may lack; whatever
    /// it has as under way and the spool has not has ended, nobody knows how.
    pub(super) fn make_good(
        &self,
        is_here: impl Fn(MailId) -> bool,
        lacking: impl Iterator<Item = Incoming>,
        now: Timestamp,
    ) -> Result<(), RecordError> {
        for taken in lacking {
            self.note(Note::Taken(Box::new(taken)));
        }
        let under_way = search::under_way(&self.tables())?;
        for id in under_way.into_iter().filter(|&id| !is_here(id)) {
            self.note(Note::Ended { id, end: End::Unknown, got: Vec::new(), at: now });
        }
        Ok(())
    }

    /// Whether it has a mail.
    pub(super) fn has(&self, id: MailId) -> bool {
        search::one(&self.tables(), id).is_ok_and(|found| found.is_some())
    }

    /// The mails that a search is for, the newest first.
    pub fn find(&self, search: &Search) -> Result<Found, RecordError> {
        Ok(search::find(&self.tables(), search)?)
    }

    /// One mail.
    pub fn mail(&self, id: MailId) -> Result<Option<Entry>, RecordError> {
        Ok(search::one(&self.tables(), id)?)
    }

    /// How people decided, month by month, the newest first.
    pub fn months(&self) -> Result<Vec<Month>, RecordError> {
        Ok(figures::months(&self.tables())?)
    }

    /// Takes a secret out of use; whether this is the first time. Secrets that ended are forgotten.
    pub(super) fn spend(
        &self,
        nonce: &[u8],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, RecordError> {
        let tables = self.tables();
        tables.execute("DELETE FROM spent WHERE until < ?1", [now.as_second()])?;
        let added = tables.execute(
            "INSERT OR IGNORE INTO spent (nonce, until) VALUES (?1, ?2)",
            (nonce, until.as_second()),
        )?;
        Ok(added == 1)
    }

    /// Reads tables that are kept beside the mails.
    pub(super) fn read<T>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, RecordError> {
        Ok(ask(&self.tables())?)
    }

    /// Changes tables that are kept beside the mails: wholly or not at all.
    pub(super) fn change<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, RecordError> {
        let mut tables = self.tables();
        let change = tables.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let made = work(&change)?;
        change.commit()?;
        Ok(made)
    }

    /// Verifies the ledger: how many entries it has.
    pub fn verify(&self) -> Result<u64, RecordError> {
        let tables = self.tables();
        let verified = ledger::verify(&schema::Entries(&tables), ledger::Verifier::new())
            .map_err(|error| RecordError::Broken(error.to_string()))?;
        // The last entry is fixed by nothing but what is kept beside it.
        let tip = writer::Tip::load(&tables)?;
        if tip.last != verified.last || tip.frontier.root() != verified.frontier.root() {
            return Err(RecordError::Broken(
                "its last entries are not those that were written".to_owned(),
            ));
        }
        Ok(verified.frontier.size())
    }
}

impl Drop for Record {
    /// What was handed in is still written.
    fn drop(&mut self) {
        self.notes = None;
        if let Some(writer) = self.writer.take() {
            // A panic there has been told.
            drop(writer.join());
        }
    }
}

#[cfg(test)]
mod tests;
