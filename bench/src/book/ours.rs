//! The book's own answers: through the index alone, which is what the peers do, and through
//! `Book::search`, which is what a page shows. It does not know what is right.

use std::path::Path;

use book::Book;
use book::index::{Ask, Limits};
use rusqlite::{Connection, OpenFlags};

use super::Failed;
use super::answer::{Answer, PAGE};
use super::asked::Asked;

/// The book, open.
pub(crate) struct Ours {
    pub(crate) book: Book,
    tables: Connection,
}

impl Ours {
    /// Opens the book in the folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failed> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let tables = Connection::open_with_flags(folder.join("book.sqlite"), flags)?;
        tables.set_prepared_statement_cache_capacity(64);
        Ok(Self { book: Book::open_existing(folder)?, tables })
    }

    /// The first hits and their number, however many texts have to be read for it.
    pub(crate) fn exact(&self, asked: &Asked) -> Result<Answer, Failed> {
        let plan = asked.query()?.plan();
        let ask = Ask { limit: PAGE, ..Ask::default() };
        let limits = Limits { verify: usize::MAX, ..Limits::default() };
        let state = self.tables.unchecked_transaction()?;
        let found = book::index::search(&state, &plan, &ask, &limits)?;
        let count = found.total.exact().ok_or("a count that is not exact")?;
        Ok(Answer { first: found.docs.into_iter().map(|doc| doc.key).collect(), count })
    }

    /// The first hits as lines with the words around, and their number or its limits.
    pub(crate) fn page(&self, asked: &Asked) -> Result<Page, Failed> {
        let ask = Ask { limit: PAGE, ..Ask::default() };
        let hits = self.book.search(&asked.query()?, &ask)?;
        Ok(Page {
            first: hits.cases.iter().map(|hit| hit.case.number.to_string()).collect(),
            at_least: hits.total.at_least,
            at_most: hits.total.at_most,
        })
    }

    /// All hits.
    pub(crate) fn all(&self, asked: &Asked) -> Result<Vec<String>, Failed> {
        let numbers = self.book.search_numbers(&asked.query()?)?;
        Ok(numbers.iter().map(ToString::to_string).collect())
    }
}

/// What a page shows.
pub(crate) struct Page {
    pub(crate) first: Vec<String>,
    pub(crate) at_least: u64,
    pub(crate) at_most: u64,
}
