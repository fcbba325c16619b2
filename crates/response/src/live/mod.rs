//! The running record of a live case: what people and controls recorded, entry by entry, and what stands
//! after corrections. Entries are appended and never overwritten: a correction names the entry that it
//! is for, and what was said first stays beside what is said now.
//!
//! It does not know where entries are kept, who may read them, or what time it is.

mod board;
mod event;
mod facts;
mod json;
mod public;
mod refused;
mod time;

pub use board::{Counting, Forecast, Row, forecast};
pub use event::{
    Because, Contact, Correction, Cost, Counted, Decision, Event, Evidence, HandOver, Note, Opened,
    Published, Service, Source, Stated, Task, TaskDone, Told, Withdrawal,
};
pub use facts::{ClockChange, Known};
pub use json::FORMAT;
pub use public::{News, Public, PublicService};
pub use refused::Refused;
pub use time::Time;

use serde::Serialize;
use serde_json::{Value, json};
use thiserror::Error;

use crate::Stamp;

/// An entry as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number in the ledger.
    pub seq: u64,
    /// When it was written down: RFC 3339 in UTC.
    pub at: String,
    /// Who recorded it.
    pub who: String,
    /// What.
    pub event: Event,
}

/// An entry as it stands after corrections.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The entry's number in the ledger.
    pub seq: u64,
    /// When it was first written down: RFC 3339 in UTC.
    pub written: String,
    /// Who recorded it first.
    pub who: String,
    /// What it says now.
    pub event: Event,
    /// What it said before, and who corrected it; the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
}

/// What an entry said before it was corrected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Earlier {
    /// What it said.
    pub event: Event,
    /// The entry that corrected it.
    pub corrected_by: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// Why.
    pub why: String,
}

/// An entry that was taken back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TakenBack {
    /// As it stood.
    pub entry: Standing,
    /// The entry that took it back.
    pub by: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// Why.
    pub why: String,
}

/// A live case: its entries, and what stands of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    opened: Opened,
    standing: Vec<Standing>,
    taken_back: Vec<TakenBack>,
    log: Vec<Entry>,
}

/// Why entries cannot be read as a live case.
#[derive(Debug, Error)]
pub enum Unread {
    /// An entry is none that this version knows.
    #[error("entry {seq}: {source}")]
    Entry {
        /// Which.
        seq: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The first entry does not open a case.
    #[error("the first entry opens no case")]
    NotOpened,
}

impl Live {
    /// The case of entries as they are kept: number, when, who, what.
    pub fn read(
        kept: impl IntoIterator<Item = (u64, String, String, Value)>,
    ) -> Result<Self, Unread> {
        let entries = kept.into_iter().map(|(seq, at, who, event)| {
            let event =
                serde_json::from_value(event).map_err(|source| Unread::Entry { seq, source })?;
            Ok(Entry { seq, at, who, event })
        });
        Self::of(entries.collect::<Result<_, _>>()?).ok_or(Unread::NotOpened)
    }

    /// An entry as it is to be kept, and whether it holds data on persons; refused where it cannot be
    /// recorded of this case now.
    pub fn kept(&self, event: &Event) -> Result<(Value, bool), Refused> {
        self.check(event)?;
        Ok((json!(event), event.is_personal()))
    }

    /// The case of these entries, in the order of the ledger; `None` where the first does not open one.
    /// A correction of an entry that is not among them changes nothing: contacts may be left out.
    pub fn of(log: Vec<Entry>) -> Option<Self> {
        let Some(Event::Opened(opened)) = log.first().map(|entry| &entry.event) else {
            return None;
        };
        let mut live = Self {
            opened: opened.clone(),
            standing: Vec::new(),
            taken_back: Vec::new(),
            log: Vec::new(),
        };
        for entry in &log {
            live.take(entry);
        }
        if let Some(Event::Opened(opened)) = live.standing.first().map(|entry| &entry.event) {
            live.opened = opened.clone();
        }
        live.log = log;
        Some(live)
    }

    fn take(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Corrected(correction) => {
                let Some(at) = self.place(correction.entry) else { return };
                let standing = &mut self.standing[at];
                let before = std::mem::replace(&mut standing.event, (*correction.event).clone());
                standing.earlier.push(Earlier {
                    event: before,
                    corrected_by: entry.seq,
                    at: entry.at.clone(),
                    who: entry.who.clone(),
                    why: correction.why.clone(),
                });
            }
            Event::Withdrawn(withdrawal) => {
                let Some(at) = self.place(withdrawal.entry) else { return };
                let taken = self.standing.remove(at);
                self.taken_back.push(TakenBack {
                    entry: taken,
                    by: entry.seq,
                    at: entry.at.clone(),
                    who: entry.who.clone(),
                    why: withdrawal.why.clone(),
                });
            }
            event => self.standing.push(Standing {
                seq: entry.seq,
                written: entry.at.clone(),
                who: entry.who.clone(),
                event: event.clone(),
                earlier: Vec::new(),
            }),
        }
    }

    fn place(&self, seq: u64) -> Option<usize> {
        self.standing.iter().position(|entry| entry.seq == seq)
    }

    /// How it was opened.
    pub const fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Everything as it was recorded, corrections and withdrawals too.
    pub fn log(&self) -> &[Entry] {
        &self.log
    }

    /// What stands, in the order in which it was first recorded.
    pub fn standing(&self) -> &[Standing] {
        &self.standing
    }

    /// What was taken back.
    pub fn taken_back(&self) -> &[TakenBack] {
        &self.taken_back
    }

    /// The entry of that number as it stands.
    pub fn entry(&self, seq: u64) -> Option<&Standing> {
        self.place(seq).map(|at| &self.standing[at])
    }

    /// The standing entries of a kind.
    fn all<'a, T: 'a>(
        &'a self,
        kind: impl Fn(&'a Event) -> Option<&'a T> + 'a,
    ) -> impl Iterator<Item = (&'a Standing, &'a T)> {
        self.standing.iter().filter_map(move |entry| Some((entry, kind(&entry.event)?)))
    }

    /// The timeline in the order in which things happened, or were known, or were written down.
    pub fn timeline(&self) -> Vec<(&Standing, &Note)> {
        let notes = self.all(|event| match event {
            Event::Noted(note) => Some(note),
            _ => None,
        });
        let mut lines: Vec<_> = notes.collect();
        lines.sort_by_key(|(entry, note)| (note.at().or_else(|| stamp(&entry.written)), entry.seq));
        lines
    }

    /// What is to be done: what is open first, the next due first.
    pub fn tasks(&self) -> Vec<Doing<'_>> {
        let done = |seq: u64| {
            let mut found = self.all(|event| match event {
                Event::TaskDone(done) => Some(done),
                _ => None,
            });
            found.find(|(_, done)| done.task == seq)
        };
        let tasks = self.all(|event| match event {
            Event::Task(task) => Some(task),
            _ => None,
        });
        let mut tasks: Vec<Doing<'_>> = tasks
            .map(|(entry, task)| Doing { seq: entry.seq, entry, task, done: done(entry.seq) })
            .collect();
        tasks.sort_by_key(|doing| {
            (doing.done.is_some(), doing.task.due.is_none(), doing.task.due, doing.seq)
        });
        tasks
    }

    /// What was decided.
    pub fn decisions(&self) -> Vec<(&Standing, &Decision)> {
        let decisions = self.all(|event| match event {
            Event::Decided(decision) => Some(decision),
            _ => None,
        });
        decisions.collect()
    }

    /// Whom to talk to.
    pub fn contacts(&self) -> Vec<(&Standing, &Contact)> {
        let contacts = self.all(|event| match event {
            Event::Contact(contact) => Some(contact),
            _ => None,
        });
        contacts.collect()
    }

    /// What it costs.
    pub fn costs(&self) -> Vec<(&Standing, &Cost)> {
        let costs = self.all(|event| match event {
            Event::Cost(cost) => Some(cost),
            _ => None,
        });
        costs.collect()
    }

    /// What it costs in all, for each currency.
    pub fn cost_in_all(&self) -> std::collections::BTreeMap<&str, u64> {
        let mut all = std::collections::BTreeMap::new();
        for (_, cost) in self.costs() {
            let sum: &mut u64 = all.entry(cost.currency.as_str()).or_default();
            *sum = sum.saturating_add(cost.amount);
        }
        all
    }

    /// The evidence, and who had each piece when.
    pub fn evidence(&self) -> Vec<Held<'_>> {
        let pieces = self.all(|event| match event {
            Event::Evidence(evidence) => Some(evidence),
            _ => None,
        });
        let handed = |seq: u64| {
            let handed = self.all(|event| match event {
                Event::HandedOver(handed) => Some(handed),
                _ => None,
            });
            handed.filter(move |(_, handed)| handed.evidence == seq).collect()
        };
        pieces
            .map(|(entry, evidence)| Held {
                seq: entry.seq,
                entry,
                evidence,
                handed: handed(entry.seq),
            })
            .collect()
    }

    /// What went out.
    pub fn published(&self) -> Vec<(&Standing, &Published)> {
        let published = self.all(|event| match event {
            Event::Published(published) => Some(published),
            _ => None,
        });
        published.collect()
    }

    /// Why the case is closed, where it is.
    pub fn closed(&self) -> Option<(&Standing, &str)> {
        let last = self
            .standing
            .iter()
            .rev()
            .find(|entry| matches!(entry.event, Event::Closed(_) | Event::Reopened(_)))?;
        match &last.event {
            Event::Closed(because) => Some((last, because.why.as_str())),
            _ => None,
        }
    }
}

impl Note {
    /// When it happened, else when it was known.
    pub fn at(&self) -> Option<Stamp> {
        self.happened.or(self.known).map(|time| time.at)
    }
}

/// A task, and who did it when.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Doing<'a> {
    /// Its entry.
    pub seq: u64,
    /// The whole entry.
    #[serde(skip)]
    pub entry: &'a Standing,
    /// What is to be done.
    pub task: &'a Task,
    /// That it was done.
    #[serde(serialize_with = "only_event")]
    pub done: Option<(&'a Standing, &'a TaskDone)>,
}

impl Doing<'_> {
    /// Who did it.
    pub fn done_by(&self) -> Option<&str> {
        let (entry, done) = self.done?;
        Some(if done.by.is_empty() { &entry.who } else { &done.by })
    }

    /// Whether it is open and its time is over.
    pub fn is_late(&self, at: Stamp) -> bool {
        self.done.is_none() && self.task.due.is_some_and(|due| due.is_over_at(at))
    }
}

#[expect(clippy::ref_option, reason = "serde hands a reference")]
fn only_event<S: serde::Serializer>(
    done: &Option<(&Standing, &TaskDone)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    done.map(|(entry, done)| {
        let by = if done.by.is_empty() { &entry.who } else { &done.by };
        json!({ "at": done.at, "by": by, "entry": entry.seq })
    })
    .serialize(serializer)
}

/// A piece of evidence and its chain of custody.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// Its entry.
    pub seq: u64,
    /// The whole entry.
    pub entry: &'a Standing,
    /// What it is.
    pub evidence: &'a Evidence,
    /// To whom it went, in the order in which that was recorded.
    pub handed: Vec<(&'a Standing, &'a HandOver)>,
}

impl Held<'_> {
    /// Who has it now.
    pub fn holder(&self) -> &str {
        self.handed.last().map_or(self.evidence.holder.as_str(), |(_, handed)| handed.to.as_str())
    }
}

/// When an entry was written down, in Japan.
pub fn stamp(written: &str) -> Option<Stamp> {
    written.parse::<Stamp>().ok().map(|at| Stamp::of_instant(at.instant()))
}

#[cfg(test)]
mod tests;
