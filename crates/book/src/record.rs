//! The ledger inside the database: entries sealed, kept compressed, read back. It does not know
//! what a change means.

use ledger::{Draft, Entry, Frontier, Hash};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::BookError;
use crate::packing::{pack, unpack};

/// Where the ledger stands: what the next entry is sealed onto.
#[derive(Clone, Debug)]
pub(crate) struct Tip {
    pub(crate) frontier: Frontier,
    pub(crate) last: Hash,
}

impl Tip {
    /// Before the first entry.
    pub(crate) const fn start() -> Self {
        Self { frontier: Frontier::new(), last: Hash::ZERO }
    }

    /// As the database has it.
    pub(crate) fn load(connection: &Connection) -> Result<Self, BookError> {
        let (Some(frontier), Some(last)) =
            (meta(connection, "frontier")?, meta(connection, "last")?)
        else {
            return Ok(Self::start());
        };
        Frontier::from_bytes(&frontier)
            .zip(Hash::from_slice(&last))
            .map(|(frontier, last)| Self { frontier, last })
            .ok_or_else(|| BookError::Entry {
                seq: 0,
                message: "the tip of the ledger is damaged; rebuild the book".to_owned(),
            })
    }

    /// Into the database.
    pub(crate) fn store(&self, connection: &Connection) -> Result<(), BookError> {
        let mut put = connection
            .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?;
        put.execute(params!["frontier", self.frontier.to_bytes()])?;
        put.execute(params!["last", self.last.as_bytes()])?;
        Ok(())
    }

    /// Seals a change onto the ledger and keeps it.
    pub(crate) fn append(
        &mut self,
        connection: &Connection,
        draft: Draft,
    ) -> Result<Entry, BookError> {
        let seq = self.frontier.size();
        let wrong = |message: String| BookError::Entry { seq, message };
        let sealed =
            ledger::seal(draft, &mut self.frontier, self.last).map_err(|e| wrong(e.to_string()))?;
        self.last = sealed.leaf;
        connection
            .prepare_cached("INSERT INTO ledger (seq, entry, leaf) VALUES (?1, ?2, ?3)")?
            .execute(params![seq, pack(&sealed.bytes), sealed.leaf.as_bytes()])?;
        Ok(sealed.entry)
    }
}

/// How many entries the ledger has.
pub(crate) fn size(connection: &Connection) -> Result<u64, BookError> {
    let last: Option<u64> =
        connection.query_row("SELECT max(seq) FROM ledger", [], |row| row.get(0))?;
    Ok(last.map_or(0, |seq| seq + 1))
}

/// The bytes of an entry as they were sealed, and the leaf hash kept beside them.
pub(crate) fn sealed(connection: &Connection, seq: u64) -> Result<(Vec<u8>, Vec<u8>), BookError> {
    let wrong = |message: &str| BookError::Entry { seq, message: message.to_owned() };
    let (packed, leaf): (Vec<u8>, Vec<u8>) = connection
        .prepare_cached("SELECT entry, leaf FROM ledger WHERE seq = ?1")?
        .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or_else(|| wrong("is missing"))?;
    let bytes = unpack(&packed).ok_or_else(|| wrong("cannot be unpacked"))?;
    Ok((bytes, leaf))
}

/// An entry.
pub(crate) fn entry(connection: &Connection, seq: u64) -> Result<Entry, BookError> {
    let (bytes, _) = sealed(connection, seq)?;
    Entry::parse(&bytes).map_err(|e| BookError::Entry { seq, message: e.to_string() })
}

fn meta(connection: &Connection, key: &str) -> Result<Option<Vec<u8>>, BookError> {
    let mut get = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(get.query_row([key], |row| row.get(0)).optional()?)
}
