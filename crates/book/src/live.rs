//! Live cases: what is recorded of them, entry by entry, in tables that nothing else of the book reads.
//! Lists, search, statistics, likeness, SQL, feeds and exports are made of cases of the book, which a
//! live case is none of until it is disclosed; so they cannot show what they do not have.
//!
//! This file does not know what an entry says, but whether it holds data on persons: such entries are
//! given out only together with an entry of the ledger that says who looked.

use case::{CaseNumber, Facts, LiveNumber, Origin};
use ledger::Entry;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

use crate::archive::hex;
use crate::change::Change;
use crate::kept::EntryRef;
use crate::{Book, BookError, Who, project, record};

/// A live case as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveCase {
    /// Its number.
    pub number: LiveNumber,
    /// The case of the book that it became.
    pub disclosed: Option<CaseNumber>,
    /// What was recorded, in order; the first opened it.
    pub entries: Vec<LiveEntry>,
    /// How many entries are left out, since they hold data on persons.
    pub left_out: usize,
}

/// One entry of a live case.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveEntry {
    /// Its number in the ledger.
    pub seq: u64,
    /// When it was written down, by the writer's clock: RFC 3339 in UTC.
    pub at: String,
    /// Who recorded it.
    pub who: String,
    /// What.
    pub event: Value,
}

/// A live case in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveLine {
    /// Its number.
    pub number: LiveNumber,
    /// The case of the book that it became.
    pub disclosed: Option<CaseNumber>,
    /// What was recorded first.
    pub opening: LiveEntry,
    /// When something was recorded last: RFC 3339 in UTC.
    pub changed_at: String,
}

impl LiveLine {
    /// As JSON has it.
    pub fn to_json(&self) -> Value {
        json!({
            "number": self.number,
            "title": self.opening.event["title"],
            "disclosed": self.disclosed,
            "opened_at": self.opening.at,
            "changed_at": self.changed_at,
        })
    }
}

impl Book {
    /// Opens a live case.
    pub fn open_live(&self, event: &Value, who: &Who) -> Result<LiveNumber, BookError> {
        self.change(who, |making| {
            let year = making.this_year();
            let last: u32 = making
                .tables
                .prepare_cached("SELECT coalesce(max(serial), 0) FROM live WHERE year = ?1")?
                .query_row([year], |row| row.get(0))?;
            let serial = last.checked_add(1).filter(|&serial| serial <= 999_999_999);
            let number = LiveNumber::new(year, serial.ok_or(BookError::NumbersUsedUp(year))?);
            making.append(&Change::LiveOpened { number, event: event.clone(), salt: salt()? })?;
            Ok(number)
        })
    }

    /// Records something of a live case. `decide` is handed the case as it is, data on persons too, and
    /// nobody records anything in between; where it refuses, nothing is recorded. Gives the entry's
    /// number.
    pub fn record_live<E>(
        &self,
        number: LiveNumber,
        who: &Who,
        decide: impl FnOnce(&LiveCase) -> Result<(Value, bool), E>,
    ) -> Result<Result<u64, E>, BookError> {
        self.change(who, |making| {
            let case = whole(making.tables, number)?;
            let (event, personal) = match decide(&case) {
                Ok(decided) => decided,
                Err(refused) => return Ok(Err(refused)),
            };
            let seq = making.next();
            making.append(&Change::LiveRecorded { number, event, personal, salt: salt()? })?;
            Ok(Ok(seq))
        })
    }

    /// A live case without what holds data on persons.
    pub fn live(&self, number: LiveNumber) -> Result<LiveCase, BookError> {
        self.read(|tables| {
            let mut case = whole(tables, number)?;
            let personal = personal(tables, number)?;
            case.left_out = personal.len();
            case.entries.retain(|entry| !personal.contains(&entry.seq));
            Ok(case)
        })
    }

    /// A live case with all that was recorded. That `who` looked at `what` is in the ledger before
    /// anything is given out.
    pub fn view_live(
        &self,
        number: LiveNumber,
        what: &str,
        who: &Who,
    ) -> Result<LiveCase, BookError> {
        self.change(who, |making| {
            let case = whole(making.tables, number)?;
            let what = what.to_owned();
            making.append(&Change::LiveViewed { number, what, salt: salt()? })?;
            Ok(case)
        })
    }

    /// Who looked at data on persons of a live case, and when.
    pub fn live_views(&self, number: LiveNumber) -> Result<Vec<EntryRef>, BookError> {
        self.read(|tables| {
            let mut query = tables.prepare_cached(
                "SELECT seq, live_view.at, live_view.who, live_view.what, lower(hex(leaf))
                 FROM live_view JOIN ledger USING (seq) WHERE number = ?1 ORDER BY seq",
            )?;
            let views = query.query_map([number.to_string()], EntryRef::of)?;
            Ok(views.collect::<Result<_, _>>()?)
        })
    }

    /// Every live case in a line, the one opened last first.
    pub fn live_lines(&self) -> Result<Vec<LiveLine>, BookError> {
        self.read(|tables| {
            let mut query = tables.prepare_cached(
                "SELECT number, disclosed, opened, changed_at FROM live ORDER BY opened DESC",
            )?;
            let mut rows = query.query([])?;
            let mut lines = Vec::new();
            while let Some(row) = rows.next()? {
                let (number, disclosed): (String, Option<String>) = (row.get(0)?, row.get(1)?);
                lines.push(LiveLine {
                    number: live_number(&number)?,
                    disclosed: disclosed.as_deref().map(project::parsed).transpose()?,
                    opening: entry(tables, row.get(2)?)?,
                    changed_at: row.get(3)?,
                });
            }
            Ok(lines)
        })
    }

    /// Makes a live case a case of the book, which everybody may see who may see those: with these facts
    /// and nothing else that was recorded. Whoever discloses it stands behind each.
    pub fn disclose_live(
        &self,
        number: LiveNumber,
        facts: Facts<Origin>,
        why: &str,
        who: &Who,
    ) -> Result<CaseNumber, BookError> {
        if why.trim().is_empty() {
            return Err(BookError::NoReason);
        }
        self.change(who, |making| {
            if let Some(disclosed) = whole(making.tables, number)?.disclosed {
                return Err(BookError::Disclosed { live: number, number: disclosed });
            }
            let origin = Origin::Person {
                who: who.0.clone(),
                at: making.at.clone(),
                why: why.trim().to_owned(),
            };
            let facts = facts.map(|_| origin.clone());
            let case = making.number(&facts)?;
            making.append(&Change::LiveDisclosed {
                live: number,
                number: case,
                facts,
                why: why.trim().to_owned(),
                salt: salt()?,
            })?;
            Ok(case)
        })
    }
}

/// Sixteen random bytes in hex.
fn salt() -> Result<String, BookError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| BookError::Randomness)?;
    Ok(hex(&bytes))
}

/// Does to the tables what an entry about a live case says.
pub(crate) fn apply(tables: &Connection, entry: &Entry, change: &Change) -> Result<(), BookError> {
    match change {
        Change::LiveOpened { number, .. } => {
            tables
                .prepare_cached(
                    "INSERT INTO live (number, year, serial, opened, changed, changed_at)
                     VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
                )?
                .execute(params![
                    number.to_string(),
                    number.year(),
                    number.serial(),
                    entry.seq,
                    entry.at
                ])?;
            recorded(tables, entry, *number, false)
        }
        Change::LiveRecorded { number, personal, .. } => {
            changed(tables, entry, *number)?;
            recorded(tables, entry, *number, *personal)
        }
        Change::LiveViewed { number, what, .. } => {
            tables
                .prepare_cached(
                    "INSERT INTO live_view (seq, number, at, who, what) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![entry.seq, number.to_string(), entry.at, entry.who, what])?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A live case became a case of the book.
pub(crate) fn disclosed(
    tables: &Connection,
    entry: &Entry,
    live: LiveNumber,
    number: CaseNumber,
) -> Result<(), BookError> {
    changed(tables, entry, live)?;
    tables
        .prepare_cached("UPDATE live SET disclosed = ?1 WHERE number = ?2")?
        .execute([number.to_string(), live.to_string()])?;
    Ok(())
}

fn changed(tables: &Connection, entry: &Entry, number: LiveNumber) -> Result<(), BookError> {
    let there = tables
        .prepare_cached("UPDATE live SET changed = ?1, changed_at = ?2 WHERE number = ?3")?
        .execute(params![entry.seq, entry.at, number.to_string()])?;
    if there == 0 { Err(BookError::NoLive(number)) } else { Ok(()) }
}

fn recorded(
    tables: &Connection,
    entry: &Entry,
    number: LiveNumber,
    personal: bool,
) -> Result<(), BookError> {
    tables
        .prepare_cached("INSERT INTO live_entry (seq, number, personal) VALUES (?1, ?2, ?3)")?
        .execute(params![entry.seq, number.to_string(), personal])?;
    Ok(())
}

/// All of a live case.
fn whole(tables: &Connection, number: LiveNumber) -> Result<LiveCase, BookError> {
    let disclosed: Option<String> = tables
        .prepare_cached("SELECT disclosed FROM live WHERE number = ?1")?
        .query_row([number.to_string()], |row| row.get(0))
        .optional()?
        .ok_or(BookError::NoLive(number))?;
    let mut query =
        tables.prepare_cached("SELECT seq FROM live_entry WHERE number = ?1 ORDER BY seq")?;
    let seqs: Vec<u64> =
        query.query_map([number.to_string()], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(LiveCase {
        number,
        disclosed: disclosed.as_deref().map(project::parsed).transpose()?,
        entries: seqs.into_iter().map(|seq| entry(tables, seq)).collect::<Result<_, _>>()?,
        left_out: 0,
    })
}

/// The entries of a live case that hold data on persons.
fn personal(tables: &Connection, number: LiveNumber) -> Result<Vec<u64>, BookError> {
    let mut query =
        tables.prepare_cached("SELECT seq FROM live_entry WHERE number = ?1 AND personal = 1")?;
    let seqs = query.query_map([number.to_string()], |row| row.get(0))?;
    Ok(seqs.collect::<Result<_, _>>()?)
}

fn entry(tables: &Connection, seq: u64) -> Result<LiveEntry, BookError> {
    let entry = record::entry(tables, seq)?;
    let wrong = |message: String| BookError::Entry { seq, message };
    match Change::of(&entry).map_err(wrong)? {
        Change::LiveOpened { event, .. } | Change::LiveRecorded { event, .. } => {
            Ok(LiveEntry { seq, at: entry.at, who: entry.who, event })
        }
        _ => Err(wrong("is no entry of a live case; rebuild the book".to_owned())),
    }
}

fn live_number(written: &str) -> Result<LiveNumber, BookError> {
    written.parse().map_err(|_| BookError::Entry {
        seq: 0,
        message: format!("{written:?} stands where a live case's number should; rebuild the book"),
    })
}
