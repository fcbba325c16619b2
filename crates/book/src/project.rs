//! Changes into tables: what an entry of the ledger does to the projections. It decides nothing:
//! every choice (number, joining) stands in the change, so that the same entries always make the
//! same tables.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use case::{CaseNumber, Facts, Origin};
use ledger::Entry;
use rusqlite::{Connection, OptionalExtension as _, params};
use text::Span;

use crate::archive::Archive;
use crate::change::{Change, Placed, Proposed, Reread, SourceAdded};
use crate::current::{self, Override};
use crate::{BookError, catalogue, fields, index, joining, live, packing, record};

/// Where the texts of sources come from while tables are made. Only the search index needs them.
pub(crate) struct Texts<'a> {
    archive: Option<&'a Archive>,
    /// Texts at hand, by the SHA-256 of their source.
    fresh: HashMap<&'a str, &'a str>,
}

impl<'a> Texts<'a> {
    pub(crate) fn new(archive: &'a Archive) -> Self {
        Self { archive: Some(archive), fresh: HashMap::new() }
    }

    /// Nowhere: the search index is left as it is.
    pub(crate) fn left_out() -> Self {
        Self { archive: None, fresh: HashMap::new() }
    }

    /// A text that is at hand and need not be fetched.
    pub(crate) fn offer(&mut self, source: &'a str, text: &'a str) {
        self.fresh.insert(source, text);
    }

    /// Whether the search index is made too.
    pub(crate) const fn indexes(&self) -> bool {
        self.archive.is_some()
    }

    /// The text of a source.
    pub(crate) fn of(
        &self,
        connection: &Connection,
        source: &str,
    ) -> Result<Cow<'a, str>, BookError> {
        match (self.fresh.get(source), self.archive) {
            (Some(text), _) => Ok(Cow::Borrowed(text)),
            (None, Some(archive)) => text(connection, archive, source).map(Cow::Owned),
            (None, None) => Ok(Cow::Borrowed("")),
        }
    }
}

/// The text of a source, out of the archive.
pub(crate) fn text(
    connection: &Connection,
    archive: &Archive,
    source: &str,
) -> Result<String, BookError> {
    let (sha256, bytes): (String, u64) = connection
        .prepare_cached("SELECT text_sha256, text_bytes FROM source WHERE sha256 = ?1")?
        .query_row([source], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or_else(|| BookError::Archive {
            sha256: source.to_owned(),
            message: "no source of the book has this hash".to_owned(),
        })?;
    String::from_utf8(archive.get(&sha256, bytes)?)
        .map_err(|_| BookError::Archive { sha256, message: "the text is not UTF-8".to_owned() })
}

/// The cases that a change touches; with each, what it says now where that is known already: it
/// was opened by this change, and all that is known of it is one report.
type Touched = BTreeMap<CaseNumber, Option<Facts<Origin>>>;

fn touched(numbers: impl IntoIterator<Item = CaseNumber>) -> Touched {
    numbers.into_iter().map(|number| (number, None)).collect()
}

/// Does to the tables what the entry says. The search index is to be settled after.
pub(crate) fn apply(
    tables: &Connection,
    entry: &Entry,
    change: &Change,
    texts: &Texts<'_>,
) -> Result<(), BookError> {
    let touched: Touched = match change {
        Change::SourceAdded(added) => source_added(tables, entry, added)?,
        Change::SourceReread { sha256, cases, .. } => source_reread(tables, sha256, cases)?,
        Change::CaseOpened { number, .. } => {
            open(tables, entry, *number, true)?;
            touched([*number])
        }
        Change::CaseImported { number, sha256, .. } => {
            open(tables, entry, *number, true)?;
            tables
                .prepare_cached("UPDATE kept SET imported = ?1 WHERE number = ?2")?
                .execute([sha256, &number.to_string()])?;
            touched([*number])
        }
        Change::FactCorrected { number, field, value, why } => {
            let before = fields::bare(&facts(tables, *number)?, *field);
            tables
                .prepare_cached(
                    "INSERT INTO correction (seq, number, field, value, before, who, at, why)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    entry.seq,
                    number.to_string(),
                    field.name(),
                    value.to_string(),
                    before.to_string(),
                    entry.who,
                    entry.at,
                    why
                ])?;
            touched([*number])
        }
        Change::CorrectionWithdrawn { number, correction, .. } => {
            tables
                .prepare_cached("UPDATE correction SET withdrawn = ?1 WHERE seq = ?2")?
                .execute([entry.seq, *correction])?;
            touched([*number])
        }
        Change::ProposalDecided { number, into, accepted, .. } => {
            decided(tables, entry, *number, *into, *accepted)?;
            touched([*number, *into])
        }
        Change::LiveDisclosed { live, number, .. } => {
            open(tables, entry, *number, true)?;
            live::disclosed(tables, entry, *live, *number)?;
            touched([*number])
        }
        Change::LiveOpened { .. } | Change::LiveRecorded { .. } | Change::LiveViewed { .. } => {
            live::apply(tables, entry, change)?;
            Touched::new()
        }
        Change::Noted { .. } => Touched::new(),
    };
    for (number, known) in touched {
        tables
            .prepare_cached(
                "INSERT INTO history (number, seq, at, who, what) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![number.to_string(), entry.seq, entry.at, entry.who, entry.what])?;
        match known {
            Some(facts) => catalogue::put(tables, number, &facts, 0, texts)?,
            None => refresh(tables, entry, number, texts)?,
        }
    }
    Ok(())
}

/// What table `report` has of the facts that a report says.
struct Columns<'a> {
    disclosed: Option<String>,
    printed: Option<String>,
    title: Option<&'a str>,
    is_later: bool,
    facts: Vec<u8>,
}

impl<'a> Columns<'a> {
    fn of(facts: &'a Facts) -> Self {
        Self {
            disclosed: facts.disclosed_on.as_ref().map(|day| day.value.to_string()),
            printed: facts.case_number.as_ref().map(|number| number.value.to_string()),
            title: facts.title.as_ref().map(|title| title.value.as_str()),
            is_later: joining::says_later(facts),
            facts: pack_facts(facts),
        }
    }
}

fn source_added(
    tables: &Connection,
    entry: &Entry,
    added: &SourceAdded,
) -> Result<Touched, BookError> {
    let source = &added.source;
    tables
        .prepare_cached(
            "INSERT INTO source (sha256, seq, name, media_type, bytes, text_sha256, text_bytes,
             added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            source.sha256,
            entry.seq,
            source.name,
            source.media_type.name(),
            source.bytes,
            source.text_sha256,
            source.text_bytes,
            entry.at
        ])?;
    let mut touched = Touched::new();
    for (place, placed) in (0_usize..).zip(&added.cases) {
        let Placed { span, facts, number, joined, proposed } = placed;
        let said = Columns::of(facts);
        // An entry may join a case that an entry before it in this very source has opened.
        if joined.is_empty() {
            open(tables, entry, *number, false)?;
        }
        tables
            .prepare_cached(
                "INSERT INTO report (seq, place, number, source, first, past, disclosed, printed,
                 title, is_later, facts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                entry.seq,
                place,
                number.to_string(),
                source.sha256,
                span.start(),
                span.end(),
                said.disclosed,
                said.printed,
                said.title,
                said.is_later,
                said.facts
            ])?;
        if let Some(Proposed { into, because }) = proposed {
            tables
                .prepare_cached(
                    "INSERT INTO proposal (number, into_, because, seq) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    number.to_string(),
                    into.to_string(),
                    serde_json::json!(because).to_string(),
                    entry.seq
                ])?;
        }
        let known = joined.is_empty().then(|| cited(facts.clone(), &source.sha256));
        touched.insert(*number, known);
    }
    Ok(touched)
}

fn source_reread(
    tables: &Connection,
    sha256: &str,
    cases: &[Reread],
) -> Result<Touched, BookError> {
    let mut touched = Touched::new();
    for (place, Reread { span, facts }) in (0_usize..).zip(cases) {
        let said = Columns::of(facts);
        let number: Option<String> = tables
            .prepare_cached(
                "UPDATE report SET first = ?3, past = ?4, disclosed = ?5, printed = ?6, title = ?7,
                 is_later = ?8, facts = ?9 WHERE source = ?1 AND place = ?2 RETURNING number",
            )?
            .query_row(
                params![
                    sha256,
                    place,
                    span.start(),
                    span.end(),
                    said.disclosed,
                    said.printed,
                    said.title,
                    said.is_later,
                    said.facts
                ],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(number) = number {
            touched.insert(parsed(&number)?, None);
        }
    }
    Ok(touched)
}

fn open(
    tables: &Connection,
    entry: &Entry,
    number: CaseNumber,
    has_base: bool,
) -> Result<(), BookError> {
    tables
        .prepare_cached(
            "INSERT INTO kept (number, year, serial, base, opened, changed, changed_at, facts)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, NULL)",
        )?
        .execute(params![
            number.to_string(),
            number.year,
            number.serial,
            has_base.then_some(entry.seq),
            entry.seq,
            entry.at
        ])?;
    Ok(())
}

fn decided(
    tables: &Connection,
    entry: &Entry,
    number: CaseNumber,
    into: CaseNumber,
    accepted: bool,
) -> Result<(), BookError> {
    let (number, into) = (number.to_string(), into.to_string());
    tables
        .prepare_cached("UPDATE proposal SET decided = ?1, accepted = ?2 WHERE number = ?3")?
        .execute(params![entry.seq, accepted, number])?;
    if accepted {
        tables
            .prepare_cached("UPDATE report SET number = ?1 WHERE number = ?2")?
            .execute([&into, &number])?;
        tables
            .prepare_cached("UPDATE kept SET merged_into = ?1 WHERE number = ?2")?
            .execute([&into, &number])?;
        // What was to be joined to the case that is no more is to be joined to where it went.
        tables
            .prepare_cached("UPDATE proposal SET into_ = ?1 WHERE into_ = ?2 AND decided IS NULL")?
            .execute([&into, &number])?;
    }
    Ok(())
}

/// Makes the case anew from its reports and corrections.
fn refresh(
    tables: &Connection,
    entry: &Entry,
    number: CaseNumber,
    texts: &Texts<'_>,
) -> Result<(), BookError> {
    let key = number.to_string();
    let (base, reports) = (base(tables, number)?, reports(tables, number)?);
    let overrides = overrides(tables, number)?;
    let follows = base.is_none() && reports.len() == 1 && overrides.is_empty();
    let said = base.into_iter().chain(reports.into_iter().map(Said::into_facts));
    let facts = current::facts(said, &overrides)?;
    let kept = (!follows).then(|| pack_facts(&facts));
    tables
        .prepare_cached(
            "UPDATE kept SET changed = ?1, changed_at = ?2, facts = ?3 WHERE number = ?4",
        )?
        .execute(params![entry.seq, entry.at, kept, key])?;
    let merged: bool = tables
        .prepare_cached("SELECT merged_into IS NOT NULL FROM kept WHERE number = ?1")?
        .query_row([&key], |row| row.get(0))?;
    if merged {
        return catalogue::remove(tables, number, texts);
    }
    catalogue::put(tables, number, &facts, overrides.len(), texts)
}

/// How many documents wait at most before the search index is settled.
pub(crate) const UNSETTLED: usize = 1_024;

/// Settles the search index after documents were put.
pub(crate) fn settle(tables: &Connection) -> Result<(), BookError> {
    Ok(index::settle(tables, &index::Limits::default())?)
}

/// Puts every case into the search index, which is empty.
pub(crate) fn index_all(tables: &Connection, texts: &Texts<'_>) -> Result<(), BookError> {
    let mut query =
        tables.prepare("SELECT number FROM kept WHERE merged_into IS NULL ORDER BY changed")?;
    let mut rows = query.query([])?;
    let mut unsettled = 0;
    while let Some(row) = rows.next()? {
        let number = parsed(row.get_ref(0)?.as_str().unwrap_or_default())?;
        let corrections = overrides(tables, number)?.len();
        catalogue::index(tables, number, &facts(tables, number)?, corrections, texts)?;
        unsettled += 1;
        if unsettled == UNSETTLED {
            settle(tables)?;
            unsettled = 0;
        }
    }
    compact(tables)
}

/// Makes searches as fast as they can be.
pub(crate) fn compact(tables: &Connection) -> Result<(), BookError> {
    Ok(index::compact(tables, &index::Limits::default())?)
}

/// A report as it was read.
pub(crate) struct Said {
    pub(crate) seq: u64,
    pub(crate) source: String,
    pub(crate) span: Span,
    pub(crate) facts: Facts,
}

impl Said {
    /// The facts with their source behind them.
    pub(crate) fn into_facts(self) -> Facts<Origin> {
        cited(self.facts, &self.source)
    }
}

fn cited(facts: Facts, source: &str) -> Facts<Origin> {
    facts.map(|span| Origin::Words { source: source.to_owned(), span })
}

/// The reports of a case in the order in which they were published.
pub(crate) fn reports(tables: &Connection, number: CaseNumber) -> Result<Vec<Said>, BookError> {
    let mut query = tables.prepare_cached(
        "SELECT seq, source, first, past, facts FROM report WHERE number = ?1
         ORDER BY disclosed IS NULL, disclosed, is_later, seq, place",
    )?;
    let mut rows = query.query([number.to_string()])?;
    let mut said = Vec::new();
    while let Some(row) = rows.next()? {
        let seq = row.get(0)?;
        let wrong = || BookError::Entry { seq, message: "its report is damaged".to_owned() };
        said.push(Said {
            seq,
            source: row.get(1)?,
            span: Span::new(row.get(2)?, row.get(3)?).ok_or_else(wrong)?,
            facts: unpack_facts(row.get_ref(4)?.as_blob().map_err(|_| wrong())?)
                .ok_or_else(wrong)?,
        });
    }
    Ok(said)
}

/// What a case was opened or imported with.
fn base(tables: &Connection, number: CaseNumber) -> Result<Option<Facts<Origin>>, BookError> {
    Ok(match opening(tables, number)? {
        Some(
            Change::CaseOpened { facts, .. }
            | Change::CaseImported { facts, .. }
            | Change::LiveDisclosed { facts, .. },
        ) => Some(facts),
        _ => None,
    })
}

/// The change that opened or imported a case, where no source did.
pub(crate) fn opening(
    tables: &Connection,
    number: CaseNumber,
) -> Result<Option<Change>, BookError> {
    let seq: Option<u64> = tables
        .prepare_cached("SELECT base FROM kept WHERE number = ?1")?
        .query_row([number.to_string()], |row| row.get(0))
        .optional()?
        .ok_or(BookError::NoCase(number))?;
    let Some(seq) = seq else { return Ok(None) };
    Change::of(&record::entry(tables, seq)?)
        .map(Some)
        .map_err(|message| BookError::Entry { seq, message })
}

/// The corrections of a case that hold, the latest of each field.
fn overrides(tables: &Connection, number: CaseNumber) -> Result<Vec<Override>, BookError> {
    let mut query = tables.prepare_cached(
        "SELECT field, value, who, at, why, max(seq) FROM correction
         WHERE number = ?1 AND withdrawn IS NULL GROUP BY field ORDER BY max(seq)",
    )?;
    let mut rows = query.query([number.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let seq = row.get(5)?;
        let (field, value): (String, String) = (row.get(0)?, row.get(1)?);
        let wrong = || BookError::Entry { seq, message: "its correction is damaged".to_owned() };
        found.push(Override {
            field: case::Field::from_name(&field).ok_or_else(wrong)?,
            value: serde_json::from_str(&value).map_err(|_| wrong())?,
            origin: Origin::Person { who: row.get(2)?, at: row.get(3)?, why: row.get(4)? },
        });
    }
    Ok(found)
}

/// What a case says today.
pub(crate) fn facts(tables: &Connection, number: CaseNumber) -> Result<Facts<Origin>, BookError> {
    let packed: Option<Vec<u8>> = tables
        .prepare_cached("SELECT facts FROM kept WHERE number = ?1")?
        .query_row([number.to_string()], |row| row.get(0))
        .optional()?
        .ok_or(BookError::NoCase(number))?;
    let facts = match packed {
        Some(packed) => unpack_facts(&packed),
        None => reports(tables, number)?.pop().map(Said::into_facts),
    };
    facts.ok_or_else(|| BookError::Entry {
        seq: 0,
        message: format!("the facts of case {number} are damaged; rebuild the book"),
    })
}

fn pack_facts<C: serde::Serialize>(facts: &Facts<C>) -> Vec<u8> {
    packing::pack(&serde_json::to_vec(facts).expect("facts are JSON"))
}

fn unpack_facts<C: serde::de::DeserializeOwned>(packed: &[u8]) -> Option<Facts<C>> {
    serde_json::from_slice(&packing::unpack(packed)?).ok()
}

/// A case number that a table holds.
pub(crate) fn parsed(number: &str) -> Result<CaseNumber, BookError> {
    number.parse().map_err(|_| BookError::Entry {
        seq: 0,
        message: format!("{number:?} stands where a case number should; rebuild the book"),
    })
}
