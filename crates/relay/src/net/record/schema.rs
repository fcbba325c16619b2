//! The file of the record: its tables, its version, and its ledger as a [`ledger::Log`] to verify. It
//! does not know what is written when.

use std::path::Path;
use std::time::Duration;

use ledger::{Hash, Log};
use rusqlite::{Connection, OptionalExtension as _};

use super::RecordError;
use crate::net::recall;

/// The version that this code writes.
const VERSION: i64 = 1;
/// Whoever finds the file locked waits this long.
const PATIENCE: Duration = Duration::from_secs(10);

const TABLES: &str = "
CREATE TABLE mail (
    n          INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    at         INTEGER NOT NULL, -- when it came in; all times are ms since 1970
    sender     TEXT NOT NULL,    -- empty: a report
    recipients TEXT NOT NULL,    -- JSON
    subject    TEXT NOT NULL,
    files      TEXT NOT NULL,    -- JSON: names
    bytes      INTEGER NOT NULL,
    words      TEXT NOT NULL,    -- what a search looks through, folded
    gate       TEXT NOT NULL,    -- open, wait, ask-sender, ask-approver, refuse
    judgement  TEXT NOT NULL,    -- JSON
    opened_by  TEXT,             -- who looked at it first of those who may decide
    opened_at  INTEGER,
    decided_by TEXT,
    decided_at INTEGER,
    decision   TEXT,             -- let-go, individual-copies, cancel
    end        TEXT,             -- NULL: under way
    got        TEXT NOT NULL DEFAULT '[]', -- JSON: whom the next server answered for
    ended_at   INTEGER
);
CREATE INDEX mail_sender ON mail (sender, n);
CREATE INDEX mail_under_way ON mail (n) WHERE end IS NULL;
CREATE INDEX mail_asked ON mail (at) WHERE gate IN ('ask-sender', 'ask-approver');
CREATE TABLE entry (seq INTEGER PRIMARY KEY, line BLOB NOT NULL, leaf BLOB NOT NULL);
CREATE TABLE tip (one INTEGER PRIMARY KEY CHECK (one = 1), frontier BLOB NOT NULL, last BLOB NOT NULL);
CREATE TABLE spent (nonce BLOB PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
";

/// Opens the file, or makes it: only its owner may read it.
pub(super) fn open(file: &Path) -> Result<Connection, RecordError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
    let mut connection = Connection::open(file)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    // What is taken out is not left behind in the file.
    connection.pragma_update(None, "secure_delete", true)?;
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        VERSION => {}
        0 => {
            change.execute_batch(TABLES)?;
            change.execute_batch(recall::TABLES)?;
            change.pragma_update(None, "user_version", VERSION)?;
        }
        later => return Err(RecordError::Later(later)),
    }
    change.commit()?;
    Ok(connection)
}

/// The entries of the ledger, to verify them.
pub(super) struct Entries<'c>(pub(super) &'c Connection);

impl Log for Entries<'_> {
    type Error = rusqlite::Error;

    fn len(&self) -> Result<u64, Self::Error> {
        let last: Option<u64> =
            self.0.query_row("SELECT max(seq) FROM entry", [], |row| row.get(0))?;
        Ok(last.map_or(0, |seq| seq + 1))
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, Self::Error> {
        self.0
            .prepare_cached("SELECT line FROM entry WHERE seq = ?1")?
            .query_row([seq], |row| row.get(0))
            .optional()
    }

    fn append(&mut self, seq: u64, bytes: &[u8], leaf: Hash) -> Result<(), Self::Error> {
        self.0
            .prepare_cached("INSERT INTO entry (seq, line, leaf) VALUES (?1, ?2, ?3)")?
            .execute((seq, bytes, leaf.as_bytes()))?;
        Ok(())
    }
}
