//! The database file of a book: opened, made, brought to the current format. It knows that there
//! are tables, not what is in them.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::{BookError, index};

/// Marks the file as a book (`PRAGMA application_id`): "jikn" in ASCII.
const APPLICATION_ID: i64 = 0x6a69_6b6e;

/// The format written here (`PRAGMA user_version`).
pub(crate) const FORMAT: i64 = 1;

/// How long a writer waits for another process to finish its transaction.
const WAIT: Duration = Duration::from_secs(10);

static SCHEMA: &str = include_str!("schema.sql");

/// The tables that are made from the ledger, in an order in which they can be compared.
pub(crate) const PROJECTIONS: &[&str] =
    &["source", "kept", "report", "correction", "proposal", "history", "overview", "listed"];

/// Opens the file for writing; makes the tables where there are none.
pub(crate) fn writer(path: &Path) -> Result<Connection, BookError> {
    let mut connection = Connection::open(path)?;
    prepare(&connection)?;
    let tables = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match (application(&tables)?, format(&tables)?) {
        (0, 0) if is_empty(&tables)? => create(&tables)?,
        (APPLICATION_ID, FORMAT) => {}
        (APPLICATION_ID, found) if found > FORMAT => {
            return Err(BookError::TooNew { path: path.to_path_buf(), found, known: FORMAT });
        }
        _ => return Err(BookError::NotABook(path.to_path_buf())),
    }
    tables.commit()?;
    Ok(connection)
}

/// Opens the file for reading alone.
pub(crate) fn reader(path: &Path) -> Result<Connection, BookError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(WAIT)?;
    match (application(&connection)?, format(&connection)?) {
        (APPLICATION_ID, FORMAT) => Ok(connection),
        (APPLICATION_ID, found) if found > FORMAT => {
            Err(BookError::TooNew { path: path.to_path_buf(), found, known: FORMAT })
        }
        _ => Err(BookError::NotABook(path.to_path_buf())),
    }
}

/// A book without a file, to compare another with.
pub(crate) fn in_memory() -> Result<Connection, BookError> {
    let connection = Connection::open_in_memory()?;
    create(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), BookError> {
    connection.busy_timeout(WAIT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A change that was acknowledged outlives the power supply, not the process alone.
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(())
}

fn create(connection: &Connection) -> Result<(), BookError> {
    connection.execute_batch(SCHEMA)?;
    index::schema(connection)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT)?;
    Ok(())
}

fn application(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, "application_id", |row| row.get(0))
}

fn format(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn is_empty(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}
