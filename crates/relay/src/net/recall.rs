//! When it did go wrong: whoever got a mail is asked to delete it, each by a mail of their own; who says that
//! they did is kept, and what is still on its way is stopped. A mail cannot be taken back; this is what is left
//! to do. It does not know pages or cases.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use serde_json::json;

use super::links::{Purpose, in_hours};
use super::parcels::ParcelError;
use super::record::{Note, RecordError};
use super::{Desk, notice};
use crate::Address;
use crate::rewrite::Folded;
use crate::spool::{Event, MailId, Outcome, Phase, SpoolError, Step};

/// The link by which somebody says that they deleted it is good so long.
const CONFIRM_HOURS: i64 = 90 * 24;
/// The longest text of a request, in characters.
const MOST_TEXT: usize = 20_000;

pub(super) const TABLES: &str = "
CREATE TABLE recall (
    mail     TEXT PRIMARY KEY,
    by       TEXT NOT NULL,
    noticed  INTEGER NOT NULL, -- all times are ms since 1970
    asked    INTEGER NOT NULL,
    resent   INTEGER,
    number   TEXT              -- of the case in the book
) WITHOUT ROWID;
CREATE TABLE recall_to (
    mail    TEXT NOT NULL REFERENCES recall (mail),
    address TEXT NOT NULL,
    deleted INTEGER,
    told_by TEXT,              -- the recipient, or who noted it for them
    PRIMARY KEY (mail, address)
) WITHOUT ROWID;
";

/// What is done about a mail that should not have gone out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recall {
    /// Who asked for it to be deleted.
    pub by: String,
    /// When they noticed.
    pub noticed: Timestamp,
    /// When everybody was asked.
    pub asked: Timestamp,
    /// When it went out again to whom it was meant for.
    pub resent: Option<Timestamp>,
    /// The case in the book.
    pub number: Option<String>,
    /// Everybody who got it.
    pub to: Vec<AskedToDelete>,
}

/// Somebody who got the mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedToDelete {
    /// Their address.
    pub address: String,
    /// When they deleted it, and who says so.
    pub deleted: Option<(Timestamp, String)>,
}

impl Recall {
    /// When the last of them had deleted it; `None` while somebody has not.
    pub fn all_deleted(&self) -> Option<Timestamp> {
        let times = self.to.iter().map(|one| one.deleted.as_ref().map(|(at, _)| *at));
        times.collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

/// Why nobody was asked.
#[derive(Debug, thiserror::Error)]
pub enum NotRecalled {
    /// The record has no such mail.
    #[error("the record has no such mail")]
    Unknown,
    /// Nobody got it.
    #[error("nobody got this mail")]
    NobodyGotIt,
    /// It was done before.
    #[error("everybody was asked already")]
    Already,
    /// Its files could not be withdrawn.
    #[error("its files could not be withdrawn")]
    Files(#[from] ParcelError),
    /// It could not be recorded.
    #[error("it could not be recorded")]
    Record(#[from] RecordError),
    /// It could not be written down.
    #[error("it could not be written down")]
    Spool(#[from] SpoolError),
}

impl From<rusqlite::Error> for NotRecalled {
    fn from(error: rusqlite::Error) -> Self {
        Self::Record(error.into())
    }
}

/// A request to delete a mail: who asks, and in which words.
#[derive(Clone, Debug)]
pub struct Request {
    /// In whose name the request is recorded.
    pub by: String,
    /// When it was noticed that the mail went wrong.
    pub noticed: Timestamp,
    /// The subject of the request.
    pub subject: String,
    /// Its text; the link by which they answer is added.
    pub text: String,
}

impl Desk {
    /// Stops what is still on its way of a mail, and asks everybody who got it to delete it.
    pub async fn recall(&self, id: MailId, request: Request) -> Result<Recall, NotRecalled> {
        let now = self.hub.now();
        let mail = self.record().mail(id)?.ok_or(NotRecalled::Unknown)?;
        if self.recalled(id)?.is_some() {
            return Err(NotRecalled::Already);
        }
        self.stop(id, &request.by).await?;
        self.take_files_back(id, &request.by).await?;
        let got = self.got(id).unwrap_or_else(|| mail.got.clone());
        if got.is_empty() {
            return Err(NotRecalled::NobodyGotIt);
        }
        self.begin(id, &request, &got, now)?;
        // Whoever should not have the mail should not get its password either.
        self.hub.note_recalled(&mail, now);
        let about = json!({ "mail": id, "recipients": got.len() });
        let (who, what) = (request.by.clone(), "deletion_asked");
        self.record().note(Note::Did { who, what, about, at: now });
        let sender = mail.sender.parse::<Address>().ok();
        let requests = got.iter().filter_map(|to| to.parse::<Address>().ok());
        let events: Vec<Event> = requests
            .flat_map(|to| self.request_mail(id, &request, sender.as_ref(), &to, now))
            .collect();
        self.hub.spool.append(&events).await?;
        self.hub.news.notify_one();
        self.recalled(id)?.ok_or(NotRecalled::Unknown)
    }

    /// Files that went by link are withdrawn before anybody is asked.
    async fn take_files_back(&self, id: MailId, by: &str) -> Result<(), ParcelError> {
        let (desk, by) = (self.clone(), by.to_owned());
        let work = move || desk.withdraw(id, &by).map(drop);
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(ParcelError::Gone))
    }

    /// What is not delivered yet stays here.
    async fn stop(&self, id: MailId, by: &str) -> Result<(), SpoolError> {
        let is_under_way = |phase: &Phase| matches!(phase, Phase::Released { .. });
        if !self.hub.spool.status(id).is_some_and(|status| is_under_way(&status.phase)) {
            return Ok(());
        }
        match self.hub.spool.append(&[Event::step(id, Step::Cancelled { by: by.to_owned() })]).await
        {
            // It was all delivered meanwhile.
            Ok(()) | Err(SpoolError::Misfit { .. } | SpoolError::Unknown(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Who got a mail that is still in the spool.
    fn got(&self, id: MailId) -> Option<Vec<String>> {
        let status = self.hub.spool.status(id)?;
        let envelope = self.hub.spool.envelope(id).ok()?;
        Some(got(&envelope, &status))
    }

    fn begin(
        &self,
        id: MailId,
        request: &Request,
        got: &[String],
        now: Timestamp,
    ) -> Result<(), NotRecalled> {
        let (mail, noticed) = (id.to_string(), request.noticed.as_millisecond());
        self.record()
            .change(|tables| {
                let begun = tables.execute(
                "INSERT OR IGNORE INTO recall (mail, by, noticed, asked) VALUES (?1, ?2, ?3, ?4)",
                params![mail, request.by, noticed, now.as_millisecond()],
            )?;
                if begun == 0 {
                    return Ok(false);
                }
                for address in got {
                    tables.execute(
                        "INSERT OR IGNORE INTO recall_to (mail, address) VALUES (?1, ?2)",
                        params![mail, address],
                    )?;
                }
                Ok(true)
            })?
            .then_some(())
            .ok_or(NotRecalled::Already)
    }

    /// The request to one of them, from the sender's own address, so that answers reach a person.
    fn request_mail(
        &self,
        id: MailId,
        request: &Request,
        sender: Option<&Address>,
        to: &Address,
        now: Timestamp,
    ) -> Vec<Event> {
        let hub = &self.hub;
        let (report, host) = (hub.spool.new_id(now), hub.settings.host.key());
        let from = sender.map_or_else(|| format!("postmaster@{host}"), ToString::to_string);
        let date = rfc2822::DateTimePrinter::new().timestamp_to_string(&now).unwrap_or_default();
        let subject = Folded::text("Subject", &request.subject).lines(b"\r\n");
        let mut text: String = request.text.chars().take(MOST_TEXT).collect();
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        let signed = hub.links.sign(Purpose::Deleted, to, Some(id), in_hours(now, CONFIRM_HOURS));
        if let Some((pages, signed)) = hub.settings.pages.as_deref().zip(signed) {
            let pages = pages.trim_end_matches('/');
            // Writing into a string does not fail.
            let _ = write!(
                text,
                "\r\n\r\n削除が済みましたら、次のページでお知らせください。\r\n\
                 Please say here that you have deleted it.\r\n{pages}/mail/deleted/{signed}\r\n"
            );
        }
        let head = format!(
            "From: {from}\r\nTo: {to}\r\nDate: {date}\r\nMessage-ID: <{report}@{host}>\r\n"
        );
        let rest = format!("MIME-Version: 1.0\r\n{}", notice::text_part(&text));
        let mail = [head.as_bytes(), &subject, rest.as_bytes()].concat();
        notice::own_mail(hub, report, (sender, to), mail)
    }

    /// What was done about a mail that should not have gone out.
    pub fn recalled(&self, id: MailId) -> Result<Option<Recall>, RecordError> {
        self.record().read(|tables| recall_of(tables, id))
    }

    /// Whose answer a link is, and to which mail.
    pub fn read_deletion(&self, link: &str) -> Option<(Address, MailId)> {
        let pass = self.hub.links.read(Purpose::Deleted, link, self.hub.now())?;
        pass.mail.map(|mail| (pass.who, mail))
    }

    /// Somebody says that `address` has deleted the mail; whether that is news.
    pub fn deleted(&self, id: MailId, address: &str, told_by: &str) -> Result<bool, RecordError> {
        let now = self.hub.now();
        let changed = self.record().change(|tables| {
            tables.execute(
                "UPDATE recall_to SET deleted = ?3, told_by = ?4
                 WHERE mail = ?1 AND address = ?2 AND deleted IS NULL",
                params![id.to_string(), address, now.as_millisecond(), told_by],
            )
        })?;
        if changed > 0 {
            let about = json!({ "mail": id });
            let (who, what) = (told_by.to_owned(), "deletion_confirmed");
            self.record().note(Note::Did { who, what, about, at: now });
        }
        Ok(changed > 0)
    }

    /// It went out again, to whom it was meant for.
    pub fn resent(&self, id: MailId) -> Result<(), RecordError> {
        let now = self.hub.now().as_millisecond();
        self.record().change(|tables| {
            let set = "UPDATE recall SET resent = ?2 WHERE mail = ?1 AND resent IS NULL";
            tables.execute(set, params![id.to_string(), now])
        })?;
        Ok(())
    }

    /// The case in the book that is about it.
    pub fn is_case(&self, id: MailId, number: &str) -> Result<(), RecordError> {
        self.record().change(|tables| {
            let set = "UPDATE recall SET number = ?2 WHERE mail = ?1";
            tables.execute(set, params![id.to_string(), number])
        })?;
        Ok(())
    }
}

/// The recipients that the next server answered for.
pub(super) fn got(envelope: &crate::Envelope, status: &crate::spool::Status) -> Vec<String> {
    let outcomes = envelope.to.iter().zip(&status.recipients);
    let delivered = outcomes.filter(|(_, it)| matches!(it.last, Some(Outcome::Delivered { .. })));
    delivered.map(|(to, _)| to.address.to_string()).collect()
}

fn recall_of(tables: &Connection, id: MailId) -> Result<Option<Recall>, rusqlite::Error> {
    let time = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or_default();
    let found = tables
        .prepare_cached("SELECT by, noticed, asked, resent, number FROM recall WHERE mail = ?1")?
        .query_row([id.to_string()], |row| {
            Ok(Recall {
                by: row.get(0)?,
                noticed: time(row.get(1)?),
                asked: time(row.get(2)?),
                resent: row.get::<_, Option<i64>>(3)?.map(time),
                number: row.get(4)?,
                to: Vec::new(),
            })
        })
        .optional()?;
    let Some(recall) = found else { return Ok(None) };
    let mut statement = tables.prepare_cached(
        "SELECT address, deleted, told_by FROM recall_to WHERE mail = ?1 ORDER BY address",
    )?;
    let to = statement.query_map([id.to_string()], |row| {
        let (at, by): (Option<i64>, Option<String>) = (row.get(1)?, row.get(2)?);
        Ok(AskedToDelete { address: row.get(0)?, deleted: at.map(time).zip(by) })
    })?;
    Ok(Some(Recall { to: to.collect::<Result<_, _>>()?, ..recall }))
}
