//! Rebuilding: every table that is made from the ledger, and the search index, made anew in one
//! transaction. It repairs whatever befell those; the ledger and the archive are the record, and
//! it does not touch them. A ledger that does not hold is not built on: a backup is to be restored.

use rusqlite::Connection;

use crate::project::{self, Texts};
use crate::record::Tip;
use crate::store::DATABASE;
use crate::verify::{self, Flaw};
use crate::{Book, BookError, database};

/// A book that was made anew.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rebuilt {
    /// From how many entries of the ledger.
    pub entries: u64,
    /// How many cases there are, those not counted that were joined to others.
    pub cases: u64,
}

impl Book {
    /// Makes everything anew that is made from the ledger. Readers see the book as it was until all
    /// of it is done; an interruption leaves it as it was.
    pub fn rebuild(&self) -> Result<Rebuilt, Flaw> {
        let texts = Texts::new(self.archive());
        self.maintain(|tables| rebuild(tables, &texts))
    }

    /// Makes tables anew that an earlier jikenbo made, unless another process was faster.
    pub(crate) fn renew(&self) -> Result<(), BookError> {
        let (texts, path) = (Texts::new(self.archive()), self.dir().join(DATABASE));
        let renewed = self.maintain(|tables| -> Result<(), Flaw> {
            if database::is_outdated(tables, &path)? && !database::extended(tables)? {
                rebuild(tables, &texts)?;
            }
            Ok(())
        });
        renewed.map_err(|flaw| match flaw {
            Flaw::Unreadable(error) => error,
            flaw => BookError::Outdated(Box::new(flaw)),
        })
    }
}

/// Makes everything anew, in a transaction of the caller's.
fn rebuild(tables: &Connection, texts: &Texts<'_>) -> Result<Rebuilt, Flaw> {
    let ledger = match verify::ledger(tables, None) {
        // The tip follows from the entries. One that says that there were more is no tip to mend,
        // but the trace of a cut, and stays.
        Err(Flaw::Tip(_)) => verify::entries(tables, None)?,
        verified => verified?,
    };
    Tip { frontier: ledger.frontier.clone(), last: ledger.last }.store(tables)?;
    database::clear(tables)?;
    verify::replay(tables, |_, _| Ok(()))?;
    project::index_all(tables, texts).map_err(missing)?;
    let cases = tables.query_row("SELECT count(*) FROM overview", [], |row| row.get(0))?;
    Ok(Rebuilt { entries: ledger.frontier.size(), cases })
}

/// The index needs every text.
fn missing(error: BookError) -> Flaw {
    match error {
        BookError::Archive { sha256, message } => Flaw::Archive { seq: None, sha256, message },
        error => error.into(),
    }
}
