//! Verification: reads the whole book and names the first thing in it that is wrong, and where. In
//! this order, since each rests on the one before: the ledger (chain, tree, leaf hashes, tip), the
//! archive, the projections, the search index. It changes nothing and needs little memory, whatever
//! the size of the book; what it compares with is made in a temporary file.
//!
//! It does not know how to repair. What a clean answer proves, and what not, is told in
//! `docs/book.md`.

mod compare;
mod sources;

use std::fmt;

use ledger::{Broken, Checkpoint, Fault, Verifier};
use rusqlite::Connection;
use serde::Serialize;
use thiserror::Error;

use crate::change::Change;
use crate::project::{self, Texts};
use crate::record::{self, Tip};
use crate::store::DATABASE;
use crate::{Book, BookError, database, index, packing};

/// A book that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many entries the ledger has.
    pub entries: u64,
    /// The Merkle root over them, hex.
    pub root: String,
    /// How many sources are in the archive.
    pub sources: u64,
    /// How many cases there are, those not counted that were joined to others.
    pub cases: u64,
    /// How many entries the checkpoint covers that the book extends.
    pub since: Option<u64>,
    /// Where the time goes backwards. Not wrong: clocks are set back, in good faith too.
    pub clock_steps: Vec<ClockStep>,
}

/// An entry with a time before that of the entry before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockStep {
    /// The entry.
    pub seq: u64,
    /// Its time, RFC 3339 in UTC.
    pub at: String,
    /// The time of the entry before it.
    pub before: String,
}

/// The first thing in a book that is wrong.
#[derive(Debug, Error)]
pub enum Flaw {
    /// It cannot be told: the book could not be read.
    #[error("the book could not be read: {0}")]
    Unreadable(#[source] BookError),
    /// The database file itself is damaged.
    #[error("book.sqlite is damaged: {0}")]
    Database(String),
    /// A checkpoint is none, or not one of this book.
    #[error("the checkpoint does not count: {0}")]
    Checkpoint(String),
    /// The chain or tree of the ledger is broken, or the ledger does not extend the checkpoint.
    #[error("the ledger, {0}")]
    Ledger(#[source] Broken),
    /// An entry of the ledger fits its place but is no change of a book.
    #[error("the ledger, entry {seq}: {message}")]
    Entry {
        /// Which entry.
        seq: u64,
        /// What is wrong with it.
        message: String,
    },
    /// The entries at the end are others than were written, by the tip kept beside them.
    #[error("the end of the ledger: {0} (table meta)")]
    End(String),
    /// What is kept to append to the ledger makes no sense.
    #[error("the tip of the ledger (table meta): {0}")]
    Tip(String),
    /// A file of the archive is missing or altered.
    #[error("the archive, {sha256}{}: {message}", entry_named(*seq))]
    Archive {
        /// The entry that names it, where that was looked for.
        seq: Option<u64>,
        /// The SHA-256 under which it is kept.
        sha256: String,
        /// What is wrong with it.
        message: String,
    },
    /// A citation points where its words cannot be.
    #[error("the ledger, entry {seq}, report {place}, {field}: {message}")]
    Cite {
        /// The entry.
        seq: u64,
        /// Which report of the source, from 0.
        place: usize,
        /// The field, or `span` for the report itself.
        field: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// A table is not as this jikenbo makes it.
    #[error("table {table}: {message}")]
    Table {
        /// Which table.
        table: String,
        /// What is wrong with it.
        message: String,
    },
    /// A row is not what follows from the ledger.
    #[error("table {table}, row {key}: {difference}")]
    Row {
        /// Which table.
        table: &'static str,
        /// The row's key, its columns with commas between.
        key: String,
        /// What is wrong with it.
        difference: Difference,
    },
    /// The search index does not say what its documents say.
    #[error("the search index: {0}")]
    Index(String),
}

fn entry_named(seq: Option<u64>) -> String {
    seq.map(|seq| format!(" (ledger entry {seq})")).unwrap_or_default()
}

/// How a row differs from what follows from the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It should be there.
    Missing,
    /// It should not be there.
    Extra,
    /// It says something else.
    Column {
        /// In which column; of packed facts also which field.
        column: String,
        /// What it says.
        found: String,
        /// What it should say.
        expected: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it is missing"),
            Self::Extra => f.write_str("no entry of the ledger made it"),
            Self::Column { column, found, expected } => {
                write!(f, "{column} is {found}, but should be {expected}")
            }
        }
    }
}

/// What helps against a flaw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Making the tables anew from the ledger, which is whole.
    Rebuild,
    /// Restoring a backup: the record itself is damaged.
    Restore,
    /// Finding out why the book or the checkpoint cannot be read.
    Look,
}

impl Flaw {
    /// What helps against it.
    pub const fn remedy(&self) -> Remedy {
        match self {
            Self::Tip(_) | Self::Table { .. } | Self::Row { .. } | Self::Index(_) => {
                Remedy::Rebuild
            }
            Self::Ledger(_)
            | Self::End(_)
            | Self::Entry { .. }
            | Self::Archive { .. }
            | Self::Cite { .. }
            | Self::Database(_) => Remedy::Restore,
            Self::Unreadable(_) | Self::Checkpoint(_) => Remedy::Look,
        }
    }

    /// What an error in the middle of `seq` says of the book.
    fn at(seq: u64) -> impl Fn(BookError) -> Self {
        move |error| match error {
            BookError::Full | BookError::Busy | BookError::File { .. } => Self::Unreadable(error),
            error => Self::Entry { seq, message: error.to_string() },
        }
    }
}

impl From<BookError> for Flaw {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Database(error) => error.into(),
            BookError::Index(error) => Self::Index(error.to_string()),
            BookError::Entry { seq, message } => Self::Entry { seq, message },
            error => Self::Unreadable(error),
        }
    }
}

impl From<rusqlite::Error> for Flaw {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => Self::Database(error.to_string()),
            _ => Self::Unreadable(error.into()),
        }
    }
}

impl From<Broken> for Flaw {
    fn from(broken: Broken) -> Self {
        Self::Ledger(broken)
    }
}

impl Book {
    /// Verifies the whole book as it is now, whatever others write meanwhile. With the text of a
    /// [checkpoint](Self::checkpoint) that was kept elsewhere, proves also that the ledger begins
    /// with what the checkpoint covers.
    pub fn verify(&self, since: Option<&str>) -> Result<Verified, Flaw> {
        let since = since.map(|note| self.remembered(note)).transpose()?;
        let tables = database::beside(&self.dir().join(DATABASE))?;
        // One state of the book from here on. Nothing is committed: what was made goes away.
        tables.execute_batch("BEGIN")?;
        healthy(&tables)?;
        let ledger = ledger(&tables, since.as_ref())?;
        let sources = replay(&tables, |entry, change| {
            sources::check(&tables, self.archive(), entry, change)
        })?;
        compare::projections(&tables)?;
        if let Some(wrong) = index::check(&tables).map_err(BookError::from)? {
            return Err(Flaw::Index(wrong.to_string()));
        }
        compare::documents(&tables)?;
        let cases = tables.query_row("SELECT count(*) FROM overview", [], |row| row.get(0))?;
        Ok(Verified {
            entries: ledger.frontier.size(),
            root: ledger.frontier.root().to_string(),
            sources,
            cases,
            since: since.map(|checkpoint| checkpoint.size),
            clock_steps: ledger
                .clock_steps
                .iter()
                .map(|step| ClockStep {
                    seq: step.seq,
                    at: step.at.to_string(),
                    before: step.before.to_string(),
                })
                .collect(),
        })
    }
}

/// `SQLite`'s own check of its pages and indices.
fn healthy(tables: &Connection) -> Result<(), Flaw> {
    let found: String = tables.query_row("PRAGMA book.integrity_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(Flaw::Database(found)) }
}

/// Reads the ledger alone: its entries, and the tip onto which the next is sealed.
pub(crate) fn ledger(
    tables: &Connection,
    since: Option<&Checkpoint>,
) -> Result<ledger::Verified, Flaw> {
    let verified = entries(tables, since)?;
    let tip = Tip::load(tables).map_err(|error| Flaw::Tip(error.to_string()))?;
    let (kept, size) = (tip.frontier.size(), verified.frontier.size());
    // A tip that is whole but of another ledger is no tip to be mended: it is the trace of entries
    // that were removed or written anew.
    if kept != size {
        Err(Flaw::End(format!("there were {kept} entries, there are {size}")))
    } else if (&tip.frontier, tip.last) != (&verified.frontier, verified.last) {
        Err(Flaw::End(format!("the {size} entries are not those that were written")))
    } else {
        Ok(verified)
    }
}

/// Reads the entries of the ledger: bytes, chain, tree, the leaf hash beside each.
pub(crate) fn entries(
    tables: &Connection,
    since: Option<&Checkpoint>,
) -> Result<ledger::Verified, Flaw> {
    let mut verifier = Verifier::remembering(since.map(|past| (past.size, past.root)));
    let mut query = tables.prepare("SELECT seq, entry, leaf FROM ledger ORDER BY seq")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let seq = verifier.frontier().size();
        let wrong = |message: &str| Flaw::Entry { seq, message: message.to_owned() };
        if u64::try_from(row.get::<_, i64>(0)?) != Ok(seq) {
            return Err(Broken { seq, fault: Fault::Missing }.into());
        }
        let packed = row.get_ref(1)?.as_blob().map_err(|_| wrong("is no bytes"))?;
        let bytes = packing::unpack(packed).ok_or_else(|| wrong("cannot be unpacked"))?;
        verifier.feed(&bytes)?;
        if row.get_ref(2)?.as_blob().ok() != Some(verifier.last().as_bytes()) {
            return Err(wrong("the leaf hash kept beside it is not its own"));
        }
    }
    Ok(verifier.finish()?)
}

/// Does every entry of the ledger to the projections, which are empty, without the search index.
/// Gives how many sources were added.
pub(crate) fn replay(
    tables: &Connection,
    mut look: impl FnMut(&ledger::Entry, &Change) -> Result<(), Flaw>,
) -> Result<u64, Flaw> {
    let mut sources = 0;
    for seq in 0..record::size(tables)? {
        let entry = record::entry(tables, seq)?;
        let change = Change::of(&entry).map_err(|message| Flaw::Entry { seq, message })?;
        project::apply(tables, &entry, &change, &Texts::left_out()).map_err(Flaw::at(seq))?;
        look(&entry, &change)?;
        sources += u64::from(matches!(change, Change::SourceAdded(_)));
    }
    Ok(sources)
}
