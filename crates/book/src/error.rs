//! What can go wrong with a book. The messages say what and where; the command line adds what to
//! do about it.

use std::io;
use std::path::PathBuf;

use case::{CaseNumber, Field, LiveNumber};
use thiserror::Error;

use crate::index::IndexError;
use crate::verify::Flaw;

/// Why a book could not be opened, read or changed.
#[derive(Debug, Error)]
pub enum BookError {
    /// The folder or a file in it cannot be used.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no book, and none was to be made.
    #[error("{0}: there is no book here")]
    NoBook(PathBuf),
    /// A book is there already, or something else.
    #[error("{0}: the folder is not empty")]
    NotEmpty(PathBuf),
    /// The file is a database, but not a book.
    #[error("{0}: not a book of jikenbo")]
    NotABook(PathBuf),
    /// Made by a later jikenbo.
    #[error("{path}: the book has format {found}, this jikenbo knows up to {known}")]
    TooNew {
        /// Which file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// The tables are those of an earlier jikenbo, and new ones cannot be made.
    #[error("the tables of an earlier jikenbo cannot be made anew: {0}")]
    Outdated(#[source] Box<Flaw>),
    /// Another process holds the book for writing.
    #[error("the book is being written by another process")]
    Busy,
    /// No room left on the device.
    #[error("no space left where the book is kept")]
    Full,
    /// `SQLite` refused.
    #[error("the database of the book: {0}")]
    Database(#[source] rusqlite::Error),
    /// The search index cannot be read or written.
    #[error(transparent)]
    Index(IndexError),
    /// An entry of the ledger cannot be made or read.
    #[error("ledger entry {seq}: {message}")]
    Entry {
        /// Which entry.
        seq: u64,
        /// What is wrong with it.
        message: String,
    },
    /// A stored original is missing or altered.
    #[error("archive {sha256}: {message}")]
    Archive {
        /// Which original, by the SHA-256 of its bytes.
        sha256: String,
        /// What is wrong with it.
        message: String,
    },
    /// There is no such case.
    #[error("there is no case {0}")]
    NoCase(CaseNumber),
    /// There is no such live case.
    #[error("there is no live case {0}")]
    NoLive(LiveNumber),
    /// The live case is a case of the book already.
    #[error("live case {live} was disclosed as {number}")]
    Disclosed {
        /// Which.
        live: LiveNumber,
        /// The case that it became.
        number: CaseNumber,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Randomness,
    /// There is no such correction or proposal, or it is settled.
    #[error("case {number} has no open {what} {seq}")]
    NotOpen {
        /// Of which case.
        number: CaseNumber,
        /// `correction` or `proposal`.
        what: &'static str,
        /// The ledger entry that made it.
        seq: u64,
    },
    /// A value does not fit its field.
    #[error("{field}: {message}")]
    Value {
        /// Which field.
        field: Field,
        /// What is wrong with it.
        message: String,
    },
    /// A change needs its reason.
    #[error("a correction needs a reason")]
    NoReason,
    /// The year has used up its numbers.
    #[error("the year {0} has no case number left")]
    NumbersUsedUp(u16),
    /// A checkpoint or key is not what it should be.
    #[error("{0}")]
    Checkpoint(String),
}

impl From<rusqlite::Error> for BookError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(error),
        }
    }
}

impl From<IndexError> for BookError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Database(error) => error.into(),
            error => Self::Index(error),
        }
    }
}

impl BookError {
    /// An error of the file system at `path`.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull => Self::Full,
            _ => Self::File { path, source },
        }
    }
}
