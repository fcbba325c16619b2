//! Which entries cannot be recorded: those that name what is not there, or say nothing. It knows the case
//! as it stands and no more.

use std::collections::BTreeSet;

use case::Lang;
use thiserror::Error;

use super::{Correction, Event, Live, Withdrawal};
use crate::{Sentence, obligations};

/// The longest text of an entry.
const MOST_CHARS: usize = 10_000;

/// Why an entry cannot be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The case is open already.
    #[error("the case was opened before")]
    OpenedBefore,
    /// What must be said is not said.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A text is longer than an entry takes.
    #[error("{0} is longer than {MOST_CHARS} characters")]
    TooLong(&'static str),
    /// There is no such entry of that kind.
    #[error("entry {entry} is no {what} of this case")]
    NoEntry {
        /// What it should be.
        what: &'static str,
        /// The entry that was named.
        entry: u64,
    },
    /// There is no such service.
    #[error("there is no service {0:?}; record it first")]
    NoService(String),
    /// A service would need itself.
    #[error("{0:?} cannot be part of itself or need itself")]
    Itself(String),
    /// More are done than there are.
    #[error("{done} done are more than {total} in all")]
    MoreThanAll {
        /// How many are done.
        done: u64,
        /// Of how many.
        total: u64,
    },
    /// The task is done.
    #[error("task {0} is done already")]
    Done(u64),
    /// Not the one who has it.
    #[error("{has:?} has the evidence, not {from:?}")]
    NotTheHolder {
        /// Who has it.
        has: String,
        /// Who is said to hand it over.
        from: String,
    },
    /// No hash.
    #[error("{0:?} is no SHA-256 in hex")]
    NoHash(String),
    /// There is no such obligation.
    #[error("there is no obligation {0:?}")]
    NoObligation(String),
    /// A correction is of the same kind as what it corrects.
    #[error("a correction of {is:?} cannot be {would:?}")]
    OtherKind {
        /// What the entry is.
        is: &'static str,
        /// What the correction is.
        would: &'static str,
    },
    /// It cannot be taken back or corrected.
    #[error("{0:?} cannot be corrected or withdrawn")]
    Fixed(&'static str),
    /// The case is closed.
    #[error("the case is closed; reopen it first")]
    Closed,
    /// The case is not closed.
    #[error("the case is not closed")]
    NotClosed,
}

impl Refused {
    /// In words of both languages.
    pub fn says(&self) -> Sentence {
        let ja = match self {
            Self::OpenedBefore => "この事件はすでに開かれています".to_owned(),
            Self::Empty(what) => format!("{} が空です", label(what).of(Lang::Ja)),
            Self::TooLong(what) => {
                format!("{} が{MOST_CHARS}字を超えています", label(what).of(Lang::Ja))
            }
            Self::NoEntry { what, entry } => {
                format!("記録{entry}はこの事件の{}ではありません", label(what).of(Lang::Ja))
            }
            Self::NoService(name) => {
                format!("サービス「{name}」はありません。先に記録してください")
            }
            Self::Itself(name) => format!("「{name}」は自分自身に属したり依存したりできません"),
            Self::MoreThanAll { done, total } => {
                format!("完了{done}は全体{total}より多くなっています")
            }
            Self::Done(task) => format!("作業{task}はすでに完了しています"),
            Self::NotTheHolder { has, from } => {
                format!("証拠を持っているのは「{has}」で、「{from}」ではありません")
            }
            Self::NoHash(hash) => format!("「{hash}」は16進のSHA-256ではありません"),
            Self::NoObligation(id) => format!("義務「{id}」はありません"),
            Self::OtherKind { is, would } => {
                format!("{is} の記録を {would} に訂正することはできません")
            }
            Self::Fixed(what) => format!("{what} は訂正も取消もできません"),
            Self::Closed => "この事件は終結しています。先に再開してください".to_owned(),
            Self::NotClosed => "この事件は終結していません".to_owned(),
        };
        let en = match self {
            Self::Empty(what) => format!("{} is empty", label(what).of(Lang::En)),
            other => other.to_string(),
        };
        Sentence::new(ja, en)
    }
}

/// What a part of an entry is called.
pub(super) fn label(name: &str) -> Sentence {
    let (ja, en) = match name {
        "title" => ("題名", "title"),
        "what" => ("内容", "what"),
        "name" => ("名前", "name"),
        "because" | "why" => ("理由", "reason"),
        "holder" | "from" => ("所持者", "holder"),
        "to" => ("引渡し先", "to whom"),
        "task" => ("作業", "task"),
        "evidence" => ("証拠", "evidence"),
        "entry" => ("記録", "entry"),
        "currency" => ("通貨", "currency"),
        _ => (name, name),
    };
    Sentence::new(ja, en)
}

impl Live {
    /// Whether an entry can be recorded of this case now.
    pub fn check(&self, event: &Event) -> Result<(), Refused> {
        if self.closed().is_some()
            && !matches!(event, Event::Reopened(_) | Event::Corrected(_) | Event::Withdrawn(_))
        {
            return Err(Refused::Closed);
        }
        match event {
            Event::Opened(_) => Err(Refused::OpenedBefore),
            Event::Corrected(correction) => self.correction(correction),
            Event::Withdrawn(withdrawal) => self.withdrawal(withdrawal),
            event => self.plain(event, None),
        }
    }

    /// An entry that corrects none; `instead` is the one that it would stand for.
    fn plain(&self, event: &Event, instead: Option<u64>) -> Result<(), Refused> {
        words(event)?;
        match event {
            Event::Noted(note) => {
                note.evidence.iter().try_for_each(|&entry| self.is_evidence(entry).map(|_| ()))
            }
            Event::Service(service) => {
                let others = service.needs.iter().chain(Some(&service.part_of));
                for other in others.filter(|other| !other.is_empty()) {
                    if self.depends(other, &service.name) {
                        return Err(Refused::Itself(service.name.clone()));
                    }
                    self.is_service(other)?;
                }
                Ok(())
            }
            Event::Counted(counted) => {
                self.is_service(&counted.service)?;
                let (done, total) = (counted.done, counted.total);
                if done > total { Err(Refused::MoreThanAll { done, total }) } else { Ok(()) }
            }
            Event::TaskDone(done) => {
                let tasks = self.tasks();
                let task = tasks.iter().find(|task| task.seq == done.task);
                let task = task.ok_or(Refused::NoEntry { what: "task", entry: done.task })?;
                match task.done {
                    Some((entry, _)) if Some(entry.seq) != instead => Err(Refused::Done(done.task)),
                    _ => Ok(()),
                }
            }
            Event::Evidence(evidence) => hash(&evidence.sha256),
            Event::Published(published) => hash(&published.sha256),
            Event::HandedOver(handed) => {
                let has = self.is_evidence(handed.evidence)?;
                // A chain is checked where it is made; of a corrected link the next begins elsewhere.
                if has == handed.from || instead.is_some() {
                    Ok(())
                } else {
                    Err(Refused::NotTheHolder { has, from: handed.from.clone() })
                }
            }
            Event::Stated(stated) => {
                let met = stated.facts.reported.iter().map(|met| &met.obligation);
                match met.into_iter().find(|id| !obligations().any(|known| known == id.as_str())) {
                    Some(unknown) => Err(Refused::NoObligation(unknown.clone())),
                    None => Ok(()),
                }
            }
            Event::Reopened(_) if self.closed().is_none() => Err(Refused::NotClosed),
            _ => Ok(()),
        }
    }

    fn correction(&self, correction: &Correction) -> Result<(), Refused> {
        filled("why", &correction.why)?;
        let entry = correction.entry;
        let standing = self.entry(entry).ok_or(Refused::NoEntry { what: "entry", entry })?;
        let (is, would) = (standing.event.name(), correction.event.name());
        if is != would {
            return Err(Refused::OtherKind { is, would });
        }
        if matches!(standing.event, Event::Closed(_) | Event::Reopened(_) | Event::Published(_)) {
            return Err(Refused::Fixed(is));
        }
        self.plain(&correction.event, Some(entry))
    }

    fn withdrawal(&self, withdrawal: &Withdrawal) -> Result<(), Refused> {
        filled("why", &withdrawal.why)?;
        let entry = withdrawal.entry;
        let standing = self.entry(entry).ok_or(Refused::NoEntry { what: "entry", entry })?;
        match &standing.event {
            Event::Opened(_) | Event::Closed(_) | Event::Reopened(_) | Event::Published(_) => {
                Err(Refused::Fixed(standing.event.name()))
            }
            _ => Ok(()),
        }
    }

    fn is_service(&self, name: &str) -> Result<(), Refused> {
        let known = self
            .standing
            .iter()
            .any(|entry| matches!(&entry.event, Event::Service(service) if service.name == name));
        if known { Ok(()) } else { Err(Refused::NoService(name.to_owned())) }
    }

    /// Who has a piece of evidence.
    fn is_evidence(&self, entry: u64) -> Result<String, Refused> {
        let held = self.evidence().into_iter().find(|held| held.seq == entry);
        let held = held.ok_or(Refused::NoEntry { what: "evidence", entry })?;
        Ok(held.holder().to_owned())
    }

    /// Whether `name` is part of `on` or needs it, by way of others too.
    fn depends(&self, name: &str, on: &str) -> bool {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut ahead = vec![name];
        while let Some(name) = ahead.pop() {
            if name == on {
                return true;
            }
            let last = self.standing.iter().rev().find_map(|entry| match &entry.event {
                Event::Service(service) if service.name == name => Some(service),
                _ => None,
            });
            if let Some(service) = last.filter(|service| seen.insert(&service.name)) {
                ahead.extend(service.needs.iter().map(String::as_str));
                ahead.push(&service.part_of);
            }
        }
        false
    }
}

/// Whether an entry says what it must.
fn words(event: &Event) -> Result<(), Refused> {
    match event {
        Event::Opened(opened) => filled("title", &opened.title),
        Event::Noted(note) => filled("what", &note.what),
        Event::Service(service) => filled("name", &service.name),
        Event::Task(task) => filled("what", &task.what),
        Event::Decided(decision) => {
            filled("what", &decision.what)?;
            filled("because", &decision.because)
        }
        Event::Contact(contact) => filled("name", &contact.name),
        Event::Cost(cost) => {
            filled("what", &cost.what)?;
            filled("currency", &cost.currency)
        }
        Event::Evidence(evidence) => {
            filled("what", &evidence.what)?;
            filled("holder", &evidence.holder)
        }
        Event::HandedOver(handed) => filled("to", &handed.to),
        Event::Published(published) => filled("what", &published.what),
        Event::Closed(because) | Event::Reopened(because) => filled("why", &because.why),
        _ => Ok(()),
    }
}

impl Event {
    /// Whether it can open a case.
    pub fn check_opening(&self) -> Result<(), Refused> {
        words(self)
    }
}

fn filled(name: &'static str, words: &str) -> Result<(), Refused> {
    if words.trim().is_empty() {
        Err(Refused::Empty(name))
    } else if words.chars().count() > MOST_CHARS {
        Err(Refused::TooLong(name))
    } else {
        Ok(())
    }
}

fn hash(sha256: &str) -> Result<(), Refused> {
    let hex = sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if sha256.len() == 64 && hex { Ok(()) } else { Err(Refused::NoHash(sha256.to_owned())) }
}
