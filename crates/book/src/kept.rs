//! A case as it is shown: what it says today, the reports that said it and what each changed, what
//! people corrected, and the entries of the ledger that made it.

use case::{CaseNumber, Facts, Field, MediaType, Origin};
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;
use serde_json::Value;
use text::Span;

use crate::change::{Change, Evidence, SourceRecord};
use crate::{BookError, current, fields, project};

/// A case of the book.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeptCase {
    /// Its number in the book.
    pub number: CaseNumber,
    /// The case that its report turned out to belong to; this one is then no more.
    pub merged_into: Option<CaseNumber>,
    /// What it says today.
    pub facts: Facts<Origin>,
    /// Its reports in the order in which they were published.
    pub reports: Vec<KeptReport>,
    /// What people corrected, in the order in which they did.
    pub corrections: Vec<Correction>,
    /// Whether one of the two is a report of the other's case: decided and open questions.
    pub proposals: Vec<Proposal>,
    /// The entries of the ledger that made it what it is.
    pub history: Vec<EntryRef>,
    /// The record that it was imported from.
    pub original: Option<Original>,
}

/// A report of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeptReport {
    /// The entry of the ledger that added its source.
    pub seq: u64,
    /// The source.
    pub source: SourceRecord,
    /// The whole report in the source's text.
    pub span: Span,
    /// What it says.
    pub facts: Facts,
    /// What it changed; empty for the first.
    pub changes: Vec<FieldChange>,
}

/// A field that a report changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// Which field.
    pub field: Field,
    /// What was known before, without citations.
    pub before: Value,
    /// What is known since.
    pub after: Value,
}

/// What a person corrected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Correction {
    /// The entry of the ledger.
    pub seq: u64,
    /// Which field.
    pub field: Field,
    /// What it was before, without citations.
    pub before: Value,
    /// What the person says.
    pub value: Value,
    /// Who.
    pub who: String,
    /// When: RFC 3339 in UTC.
    pub at: String,
    /// Why.
    pub why: String,
    /// The entry that took it back.
    pub withdrawn: Option<u64>,
}

/// The question whether a case is a report of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The case that was opened for the report.
    pub number: CaseNumber,
    /// The case that it may belong to.
    pub into: CaseNumber,
    /// What speaks for it.
    pub because: Vec<Evidence>,
    /// What a person decided.
    pub accepted: Option<bool>,
}

/// An entry of the ledger, without its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryRef {
    /// Its number.
    pub seq: u64,
    /// When, by the writer's clock.
    pub at: String,
    /// Who.
    pub who: String,
    /// What kind of change.
    pub what: String,
    /// The entry's leaf hash, hex.
    pub leaf: String,
}

impl EntryRef {
    /// A row of its number, time, writer, kind and leaf hash.
    pub(crate) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            who: row.get(2)?,
            what: row.get(3)?,
            leaf: row.get(4)?,
        })
    }
}

/// The record of another format that a case was imported from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Original {
    /// The format: `veris`.
    pub format: String,
    /// The whole record.
    pub record: Value,
}

/// The case of that number, where there is one.
pub(crate) fn case(tables: &Connection, number: CaseNumber) -> Result<Option<KeptCase>, BookError> {
    let merged_into: Option<Option<String>> = tables
        .prepare_cached("SELECT merged_into FROM kept WHERE number = ?1")?
        .query_row([number.to_string()], |row| row.get(0))
        .optional()?;
    let Some(merged_into) = merged_into else { return Ok(None) };
    let (base, original) = match project::opening(tables, number)? {
        Some(Change::CaseImported { facts, format, original, .. }) => {
            (Some(facts), Some(Original { format, record: original }))
        }
        Some(Change::CaseOpened { facts, .. } | Change::LiveDisclosed { facts, .. }) => {
            (Some(facts), None)
        }
        _ => (None, None),
    };
    Ok(Some(KeptCase {
        number,
        merged_into: merged_into.as_deref().map(project::parsed).transpose()?,
        facts: project::facts(tables, number)?,
        reports: reports(tables, number, base)?,
        corrections: corrections(tables, number)?,
        proposals: proposals(tables, Some(number))?,
        history: history(tables, number)?,
        original,
    }))
}

/// The reports of a case, and what each changed of what was known before: `known` at first.
fn reports(
    tables: &Connection,
    number: CaseNumber,
    mut known: Option<Facts<Origin>>,
) -> Result<Vec<KeptReport>, BookError> {
    let mut reports = Vec::new();
    for said in project::reports(tables, number)? {
        let source = source(tables, &said.source)?;
        let (seq, span, facts) = (said.seq, said.span, said.facts.clone());
        let says = said.into_facts();
        let (after, changes) = match known {
            None => (says, Vec::new()),
            Some(before) => {
                let after = current::merge(before.clone(), says);
                let changes = differences(&before, &after);
                (after, changes)
            }
        };
        known = Some(after);
        reports.push(KeptReport { seq, source, span, facts, changes });
    }
    Ok(reports)
}

/// The fields in which two states of a case differ.
pub fn differences(before: &Facts<Origin>, after: &Facts<Origin>) -> Vec<FieldChange> {
    fields::all_bare(before)
        .into_iter()
        .zip(fields::all_bare(after))
        .filter(|((_, before), (_, after))| before != after)
        .map(|((field, before), (_, after))| FieldChange { field, before, after })
        .collect()
}

/// A source of the book.
pub(crate) fn source(tables: &Connection, sha256: &str) -> Result<SourceRecord, BookError> {
    let found = tables
        .prepare_cached(
            "SELECT sha256, name, media_type, bytes, text_sha256, text_bytes FROM source
             WHERE sha256 = ?1",
        )?
        .query_row([sha256], |row| {
            let media_type: String = row.get(2)?;
            Ok(SourceRecord {
                sha256: row.get(0)?,
                name: row.get(1)?,
                media_type: MediaType::from_name(&media_type).unwrap_or(MediaType::Text),
                bytes: row.get(3)?,
                text_sha256: row.get(4)?,
                text_bytes: row.get(5)?,
            })
        })
        .optional()?;
    found.ok_or_else(|| BookError::Archive {
        sha256: sha256.to_owned(),
        message: "no source of the book has this hash".to_owned(),
    })
}

fn corrections(tables: &Connection, number: CaseNumber) -> Result<Vec<Correction>, BookError> {
    let mut query = tables.prepare_cached(
        "SELECT seq, field, before, value, who, at, why, withdrawn FROM correction
         WHERE number = ?1 ORDER BY seq",
    )?;
    let mut rows = query.query([number.to_string()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let seq = row.get(0)?;
        let wrong = || BookError::Entry { seq, message: "its correction is damaged".to_owned() };
        let (field, before, value): (String, String, String) =
            (row.get(1)?, row.get(2)?, row.get(3)?);
        all.push(Correction {
            seq,
            field: Field::from_name(&field).ok_or_else(wrong)?,
            before: serde_json::from_str(&before).map_err(|_| wrong())?,
            value: serde_json::from_str(&value).map_err(|_| wrong())?,
            who: row.get(4)?,
            at: row.get(5)?,
            why: row.get(6)?,
            withdrawn: row.get(7)?,
        });
    }
    Ok(all)
}

/// The proposals that concern a case, or all that are open.
pub(crate) fn proposals(
    tables: &Connection,
    number: Option<CaseNumber>,
) -> Result<Vec<Proposal>, BookError> {
    let mut query = tables.prepare_cached(
        "SELECT number, into_, because, accepted FROM proposal
         WHERE CASE WHEN ?1 IS NULL THEN decided IS NULL ELSE ?1 IN (number, into_) END
         ORDER BY seq",
    )?;
    let mut rows = query.query([number.map(|number| number.to_string())])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (number, into, because): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        all.push(Proposal {
            number: project::parsed(&number)?,
            into: project::parsed(&into)?,
            because: serde_json::from_str(&because).unwrap_or_default(),
            accepted: row.get(3)?,
        });
    }
    Ok(all)
}

fn history(tables: &Connection, number: CaseNumber) -> Result<Vec<EntryRef>, BookError> {
    let mut query = tables.prepare_cached(
        "SELECT seq, at, who, what, lower(hex(leaf)) FROM history JOIN ledger USING (seq)
         WHERE number = ?1 ORDER BY seq",
    )?;
    let entries = query.query_map([number.to_string()], EntryRef::of)?;
    Ok(entries.collect::<Result<_, _>>()?)
}
