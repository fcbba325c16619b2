//! The one thread that changes the record: it takes all changes that wait into one transaction. It does
//! not know who hands them in.

use std::io::{self, Write as _};
use std::sync::mpsc::Receiver;

use jiff::Timestamp;
use ledger::{Draft, Frontier, Hash, Log as _};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::{Value, json};

use super::schema::Entries;
use super::{Incoming, Note, RecordError};
use crate::Gate;

/// So many changes are written at a time.
const MOST_AT_ONCE: usize = 1_000;

/// In whose name the ledger tells what nobody decided.
const RELAY: &str = "relay";

/// Writes until nobody hands in any more.
pub(super) fn run(mut tables: Connection, inbox: &Receiver<Note>) {
    while let Ok(first) = inbox.recv() {
        let mut waiting = vec![first];
        waiting.extend(inbox.try_iter().take(MOST_AT_ONCE));
        let mut settled = Vec::new();
        if let Err(error) = write(&mut tables, &waiting) {
            // Mail goes on; what is missing of mail under way is made good at the next start.
            let _told =
                writeln!(io::stderr().lock(), "jikenbo: {error}; {} changes", waiting.len());
        }
        for note in waiting {
            if let Note::Settle(done) = note {
                settled.push(done);
            }
        }
        for done in settled {
            // Whoever waited may have left.
            let _heard = done.send(());
        }
    }
}

fn write(tables: &mut Connection, notes: &[Note]) -> Result<(), RecordError> {
    let change = tables.transaction()?;
    let mut ledger = Tip::load(&change)?;
    for note in notes {
        apply(&change, &mut ledger, note)?;
    }
    ledger.store(&change)?;
    change.commit()?;
    Ok(())
}

fn apply(tables: &Transaction<'_>, ledger: &mut Tip, note: &Note) -> Result<(), RecordError> {
    match note {
        Note::Taken(taken) => {
            if insert(tables, taken)? && taken.judgement.disposition.gate > Gate::Open {
                let checks: Vec<&str> =
                    taken.judgement.findings.iter().map(|found| found.check.as_str()).collect();
                let gate = taken.judgement.disposition.gate;
                let body = json!({ "mail": taken.id, "gate": gate, "checks": checks });
                ledger.append(tables, taken.at, RELAY, "mail_held", &body)?;
            }
        }
        Note::Dropped(id) => {
            tables
                .prepare_cached("DELETE FROM mail WHERE id = ?1 AND end IS NULL")?
                .execute([id.to_string()])?;
        }
        Note::Opened { id, who, at } => {
            tables
                .prepare_cached(
                    "UPDATE mail SET opened_by = ?2, opened_at = ?3 WHERE id = ?1 AND opened_at IS NULL",
                )?
                .execute(params![id.to_string(), who.to_string(), at.as_millisecond()])?;
        }
        Note::Decided { id, who, decision, at } => {
            let decision = serde_json::to_value(decision).unwrap_or_default();
            let who = who.to_string();
            tables
                .prepare_cached(
                    "UPDATE mail SET decided_by = ?2, decided_at = ?3, decision = ?4 WHERE id = ?1",
                )?
                .execute(params![id.to_string(), who, at.as_millisecond(), decision.as_str()])?;
            let body = json!({ "mail": id, "decision": decision });
            ledger.append(tables, *at, &who, "mail_decided", &body)?;
        }
        Note::Ended { id, end, got, at } => {
            let changed = tables
                .prepare_cached(
                    "UPDATE mail SET end = ?2, ended_at = ?3, got = ?4 WHERE id = ?1 AND end IS NULL",
                )?
                .execute(params![id.to_string(), end.name(), at.as_millisecond(), json!(got).to_string()])?;
            if changed > 0 {
                let body = json!({ "mail": id, "end": end });
                ledger.append(tables, *at, RELAY, "mail_ended", &body)?;
            }
        }
        Note::Did { who, what, about, at } => {
            ledger.append(tables, *at, who, what, about)?;
        }
        Note::Forget { before, at } => {
            let mut taken_out = 0;
            loop {
                let (some, has_more) = super::forget::forget(tables, *before)?;
                taken_out += some;
                if !has_more {
                    break;
                }
            }
            if taken_out > 0 {
                let body = json!({ "mails": taken_out, "before": before.to_string() });
                ledger.append(tables, *at, RELAY, "mails_forgotten", &body)?;
            }
        }
        Note::Settle(_) => {}
    }
    Ok(())
}

/// Whether it was not there before.
fn insert(tables: &Transaction<'_>, taken: &Incoming) -> Result<bool, rusqlite::Error> {
    let sender = taken.from.as_ref().map(ToString::to_string).unwrap_or_default();
    let says = taken.judgement.findings.iter();
    let says = says.flat_map(|found| [found.says.ja.as_str(), found.says.en.as_str()]);
    let words = [sender.as_str(), taken.subject.as_str()];
    let words = words.into_iter().chain(taken.to.iter().map(String::as_str));
    let words = words.chain(taken.files.iter().map(String::as_str)).chain(says);
    let words: String = words.flat_map(|word| [word, "\n"]).collect();
    let gate = serde_json::to_value(taken.judgement.disposition.gate).unwrap_or_default();
    let added = tables
        .prepare_cached(
            "INSERT OR IGNORE INTO mail
             (id, at, sender, recipients, subject, files, bytes, words, gate, judgement)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            taken.id.to_string(),
            taken.at.as_millisecond(),
            sender,
            json!(taken.to).to_string(),
            taken.subject,
            json!(taken.files).to_string(),
            taken.bytes,
            super::search::folded(&words),
            gate.as_str(),
            String::from_utf8_lossy(&taken.judgement.to_bytes()),
        ])?;
    Ok(added == 1)
}

/// Where the ledger stands.
pub(super) struct Tip {
    pub(super) frontier: Frontier,
    pub(super) last: Hash,
}

impl Tip {
    pub(super) fn load(tables: &Connection) -> Result<Self, RecordError> {
        let kept: Option<(Vec<u8>, Vec<u8>)> = tables
            .prepare_cached("SELECT frontier, last FROM tip")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((frontier, last)) = kept else {
            return Ok(Self { frontier: Frontier::new(), last: Hash::ZERO });
        };
        Frontier::from_bytes(&frontier)
            .zip(Hash::from_slice(&last))
            .map(|(frontier, last)| Self { frontier, last })
            .ok_or_else(|| RecordError::Broken("its tip is damaged".to_owned()))
    }

    fn store(&self, tables: &Connection) -> Result<(), RecordError> {
        tables
            .prepare_cached("INSERT OR REPLACE INTO tip (one, frontier, last) VALUES (1, ?1, ?2)")?
            .execute(params![self.frontier.to_bytes(), self.last.as_bytes()])?;
        Ok(())
    }

    fn append(
        &mut self,
        tables: &Connection,
        at: Timestamp,
        who: &str,
        what: &str,
        body: &Value,
    ) -> Result<(), RecordError> {
        let wrong = |error: ledger::EntryError| RecordError::Broken(error.to_string());
        let draft = Draft::new(at.to_string(), who, what, body).map_err(wrong)?;
        let sealed = ledger::seal(draft, &mut self.frontier, self.last).map_err(wrong)?;
        self.last = sealed.leaf;
        Entries(tables).append(sealed.entry.seq, &sealed.bytes, sealed.leaf)?;
        Ok(())
    }
}
