//! The file of the accounts. Secrets in it are hashes: whoever reads the file cannot sign in.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

/// The version that this code writes.
const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE user (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role     TEXT NOT NULL,    -- reader, editor, administrator
    password TEXT NOT NULL,    -- argon2id, PHC string
    created  INTEGER NOT NULL, -- seconds since 1970
    active   INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE session (
    id      INTEGER PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE, -- SHA-256 of the cookie
    user    INTEGER NOT NULL REFERENCES user (id),
    agent   TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    ends    INTEGER NOT NULL
);
CREATE INDEX session_user ON session (user);
CREATE TABLE token (
    id      INTEGER PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE, -- SHA-256 of the token
    user    INTEGER NOT NULL REFERENCES user (id),
    name    TEXT NOT NULL,
    scopes  TEXT NOT NULL,        -- read, write
    created INTEGER NOT NULL,
    used    INTEGER
);
CREATE TABLE invitation (
    hash BLOB PRIMARY KEY, -- SHA-256 of the link's code
    role TEXT NOT NULL,
    ends INTEGER NOT NULL
) WITHOUT ROWID;
";

/// Why the accounts cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unopened {
    /// The database says so.
    #[error("the accounts cannot be opened")]
    Database(#[from] rusqlite::Error),
    /// A later jikenbo wrote them.
    #[error("the accounts are of version {0}, which is later than this jikenbo knows")]
    Later(i64),
    /// The file cannot be made.
    #[error("the file of the accounts cannot be made")]
    File(#[from] std::io::Error),
}

/// Opens the file, or makes it.
pub(super) fn open(path: &Path) -> Result<Connection, Unopened> {
    private(path)?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => {
            connection.execute_batch(&format!(
                "BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;"
            ))?;
        }
        VERSION => {}
        later => return Err(Unopened::Later(later)),
    }
    Ok(connection)
}

/// Only the owner of the data folder may read it.
fn private(path: &Path) -> Result<(), std::io::Error> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(|_| ())
}
