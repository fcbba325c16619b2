//! Finding mails in the record: by words of any length in any order, by sender, by what became of them.
//! It does not know who may see what is found.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;

use super::End;
use crate::Gate;
use crate::judge::Judgement;
use crate::spool::MailId;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that must all stand in sender, recipients, subject, names of files or findings; width and
    /// case do not count.
    pub words: String,
    /// Only mail of these senders, by their addresses; none: of anybody.
    pub senders: Vec<String>,
    /// Only mail in this state.
    pub state: Option<State>,
    /// Only mail that came in before this one.
    pub before: Option<u64>,
    /// At most so many.
    pub most: usize,
}

/// What a mail came to, as people ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is on its way or waits.
    UnderWay,
    /// Somebody was asked about it.
    Asked,
    /// Something was found in it.
    Flagged,
    /// It ended so.
    Ended(End),
}

impl State {
    fn condition(self) -> String {
        match self {
            Self::UnderWay => "end IS NULL".to_owned(),
            Self::Asked => "gate IN ('ask-sender', 'ask-approver')".to_owned(),
            Self::Flagged => "judgement NOT LIKE '%\"findings\":[]%'".to_owned(),
            Self::Ended(end) => format!("end = '{}'", end.name()),
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Found {
    /// The newest first.
    pub mails: Vec<Entry>,
    /// What to ask for to get those after these; `None` where there are none.
    pub next: Option<u64>,
}

/// A mail as the record has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its place in the record.
    pub place: u64,
    /// Its name.
    pub id: MailId,
    /// When it came in.
    pub at: Timestamp,
    /// Who sent it; empty for reports of the relay.
    pub sender: String,
    /// Everybody whom it was for.
    pub recipients: Vec<String>,
    /// Its subject, decoded.
    pub subject: String,
    /// The names of its files.
    pub files: Vec<String>,
    /// Its size.
    pub bytes: u64,
    /// What was decided when it came in, and why.
    pub judgement: Option<Judgement>,
    /// Who looked at it first of those who may decide, and when.
    pub opened: Option<(String, Timestamp)>,
    /// Who decided, when, and what.
    pub decided: Option<(String, Timestamp, String)>,
    /// What became of it, and when.
    pub end: Option<(End, Timestamp)>,
    /// Whom the next server answered for.
    pub got: Vec<String>,
}

impl Entry {
    /// Behind which gate it was put.
    pub fn gate(&self) -> Gate {
        self.judgement.as_ref().map_or(Gate::AskApprover, |judged| judged.disposition.gate)
    }
}

const COLUMNS: &str = "n, id, at, sender, recipients, subject, files, bytes, judgement, opened_by,
    opened_at, decided_by, decided_at, decision, end, ended_at, got";

/// Text as it is looked through: width and case do not count.
pub(super) fn folded(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase()
}

/// The mails that a search is for.
pub(super) fn find(tables: &Connection, search: &Search) -> Result<Found, rusqlite::Error> {
    let mut conditions = vec!["1".to_owned()];
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    for word in folded(&search.words).split_whitespace() {
        values.push(Box::new(word.to_owned()));
        conditions.push(format!("instr(words, ?{}) > 0", values.len()));
    }
    if !search.senders.is_empty() {
        let mut places = Vec::new();
        for sender in &search.senders {
            values.push(Box::new(sender.clone()));
            places.push(format!("?{}", values.len()));
        }
        conditions.push(format!("sender IN ({})", places.join(", ")));
    }
    if let Some(before) = search.before {
        values.push(Box::new(before));
        conditions.push(format!("n < ?{}", values.len()));
    }
    conditions.extend(search.state.map(State::condition));
    let conditions = conditions.join(" AND ");
    let most = search.most.clamp(1, 1_000);
    let question =
        format!("SELECT {COLUMNS} FROM mail WHERE {conditions} ORDER BY n DESC LIMIT {}", most + 1);
    let mut statement = tables.prepare_cached(&question)?;
    let rows = statement.query_map(rusqlite::params_from_iter(values), entry)?;
    let mut mails = rows.collect::<Result<Vec<_>, _>>()?;
    let has_more = mails.len() > most;
    mails.truncate(most);
    let next = mails.last().filter(|_| has_more).map(|last| last.place);
    Ok(Found { mails, next })
}

/// One mail.
pub(super) fn one(tables: &Connection, id: MailId) -> Result<Option<Entry>, rusqlite::Error> {
    tables
        .prepare_cached(&format!("SELECT {COLUMNS} FROM mail WHERE id = ?1"))?
        .query_row([id.to_string()], entry)
        .optional()
}

/// The mails that have not ended.
pub(super) fn under_way(tables: &Connection) -> Result<Vec<MailId>, rusqlite::Error> {
    let mut statement = tables.prepare("SELECT id FROM mail WHERE end IS NULL")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let ids = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
}

fn entry(row: &Row<'_>) -> Result<Entry, rusqlite::Error> {
    let wrong = |column: usize| {
        move |error: Box<dyn std::error::Error + Send + Sync>| {
            rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error)
        }
    };
    let time = |column: usize| -> Result<Option<Timestamp>, rusqlite::Error> {
        let ms: Option<i64> = row.get(column)?;
        ms.map(Timestamp::from_millisecond).transpose().map_err(|e| wrong(column)(e.into()))
    };
    let list = |column: usize| -> Result<Vec<String>, rusqlite::Error> {
        let json: String = row.get(column)?;
        serde_json::from_str(&json).map_err(|e| wrong(column)(e.into()))
    };
    let id: String = row.get(1)?;
    let judgement: String = row.get(8)?;
    let who: Option<String> = row.get(9)?;
    let decided: Option<String> = row.get(11)?;
    let end: Option<String> = row.get(14)?;
    Ok(Entry {
        place: row.get(0)?,
        id: id.parse().map_err(|e: crate::spool::MailIdError| wrong(1)(e.into()))?,
        at: time(2)?.unwrap_or_default(),
        sender: row.get(3)?,
        recipients: list(4)?,
        subject: row.get(5)?,
        files: list(6)?,
        bytes: row.get(7)?,
        judgement: Judgement::from_bytes(judgement.as_bytes()),
        opened: who.zip(time(10)?),
        decided: match (decided, time(12)?, row.get(13)?) {
            (Some(who), Some(at), Some(what)) => Some((who, at, what)),
            _ => None,
        },
        end: end.map(|name| End::named(&name)).zip(time(15)?),
        got: list(16)?,
    })
}
