//! The database file of a book: opened, made, brought to the current format. It knows that there
//! are tables, not what is in them.

use std::cmp::Ordering;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, TransactionBehavior};

use crate::{BookError, index};

/// Marks the file as a book (`PRAGMA application_id`): "jikn" in ASCII.
const APPLICATION_ID: i64 = 0x6a69_6b6e;

/// The format written here (`PRAGMA user_version`).
pub(crate) const FORMAT: i64 = 1;

/// Which tables, columns and search index this code makes of the ledger. Raised whenever they come
/// out otherwise than before: a book with earlier ones is rebuilt when it is opened.
const MADE_BY: i64 = 3;

/// What made books that lack the tables of live cases and nothing else. No entry of theirs is about one,
/// so that empty tables are what a rebuild would make, in an instant instead of minutes.
const MADE_BEFORE_LIVE: i64 = 2;

/// Bytes of a page in a new book: two or three packed texts or entries fill one, where pages of
/// 4,096 bytes would be left half empty.
const PAGE_BYTES: i64 = 8_192;

/// Most memory for pages of the database, in KiB: a writer changes many of an addition's pages
/// more than once.
const WRITER_CACHE_KIB: i64 = 32_768;
const READER_CACHE_KIB: i64 = 4_096;

/// Pages of the write-ahead log after which they are moved into the file. What is changed again
/// and again until then is moved once.
const LOG_PAGES: i64 = 4_096;

/// More than there are different statements in this room: each is prepared once.
const STATEMENTS: usize = 128;

/// How long a writer waits for another process to finish its transaction.
pub(crate) const WAIT: Duration = Duration::from_secs(10);

static SCHEMA: &str = include_str!("schema.sql");

/// The line of the schema below which everything is made from the ledger.
const MADE: &str = "\n-- ------------------------------------------------------------------------------- projections\n";

/// The lines of the schema between which the tables of live cases are made.
const LIVE: [&str; 2] = ["\n-- Live cases are confidential", "\n-- -----"];

/// The tables that are not made from anything.
const RECORD: [&str; 2] = ["meta", "ledger"];

/// The tables that are made from the ledger, in an order in which they can be compared.
pub(crate) const PROJECTIONS: &[&str] = &[
    "source", "kept", "report", "correction", "proposal", "history", "overview", "listed", "live",
    "live_entry", "live_view",
];

/// Opens the file for writing; makes the tables where there are none.
pub(crate) fn writer(path: &Path) -> Result<Connection, BookError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(WAIT)?;
    // The usual case waits for nobody: a book that is there is opened while another writes.
    if (application(&connection)?, format(&connection)?) == (APPLICATION_ID, FORMAT) {
        prepare(&connection)?;
        return Ok(connection);
    }
    // Of a file that has pages already, nothing is changed by this.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
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
    prepare(&connection)?;
    Ok(connection)
}

/// Opens the file for reading alone.
pub(crate) fn reader(path: &Path) -> Result<Connection, BookError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(WAIT)?;
    remember(&connection, READER_CACHE_KIB)?;
    match (application(&connection)?, format(&connection)?) {
        (APPLICATION_ID, FORMAT) => Ok(connection),
        (APPLICATION_ID, found) if found > FORMAT => {
            Err(BookError::TooNew { path: path.to_path_buf(), found, known: FORMAT })
        }
        _ => Err(BookError::NotABook(path.to_path_buf())),
    }
}

/// Empty projections to compare those of the book at `path` with, in a file that `SQLite` makes
/// where temporary files go and takes away by itself. The book is attached as `book`: a table that
/// is not among the projections, as `ledger`, is the book's own.
pub(crate) fn beside(path: &Path) -> Result<Connection, BookError> {
    drop(reader(path)?);
    let name = path.to_str().ok_or_else(|| BookError::NotABook(path.to_path_buf()))?;
    let connection = Connection::open("")?;
    connection.busy_timeout(WAIT)?;
    connection.execute("ATTACH DATABASE ?1 AS book", [name])?;
    connection.execute_batch(projections())?;
    Ok(connection)
}

/// Whether the book's tables are those of an earlier jikenbo, and are to be rebuilt.
pub(crate) fn is_outdated(tables: &Connection, path: &Path) -> Result<bool, BookError> {
    let found: Option<i64> = tables
        .query_row("SELECT value FROM meta WHERE key = 'made_by'", [], |row| row.get(0))
        .optional()?;
    match found.unwrap_or(0).cmp(&MADE_BY) {
        Ordering::Less => Ok(true),
        Ordering::Equal => Ok(false),
        Ordering::Greater => Err(BookError::TooNew {
            path: path.to_path_buf(),
            found: found.unwrap_or(0),
            known: MADE_BY,
        }),
    }
}

/// Adds the tables that a book of an earlier jikenbo lacks, where nothing else is missing.
pub(crate) fn extended(tables: &Connection) -> Result<bool, BookError> {
    let found: Option<i64> = tables
        .query_row("SELECT value FROM meta WHERE key = 'made_by'", [], |row| row.get(0))
        .optional()?;
    if found != Some(MADE_BEFORE_LIVE) {
        return Ok(false);
    }
    let [begin, end] = LIVE;
    let live = SCHEMA.split_once(begin).and_then(|(_, rest)| rest.split_once(end));
    // The split leaves the rest of a comment at the head.
    tables.execute_batch(&format!("--{}", live.map_or("", |(live, _)| live)))?;
    made(tables)?;
    Ok(true)
}

/// Takes everything out that is not the record, and makes it anew, empty.
pub(crate) fn clear(tables: &Connection) -> Result<(), BookError> {
    let mut query = tables.prepare(
        "SELECT type, name FROM sqlite_schema
         WHERE type IN ('trigger', 'view', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY type DESC",
    )?;
    let found: Vec<(String, String)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    drop(query);
    for (kind, name) in found.iter().filter(|(_, name)| !RECORD.contains(&name.as_str())) {
        tables.execute_batch(&format!("DROP {kind} \"{}\"", name.replace('"', "\"\"")))?;
    }
    tables.execute_batch(projections())?;
    index::schema(tables)?;
    made(tables)
}

/// Notes by what the tables are made.
fn made(tables: &Connection) -> Result<(), BookError> {
    tables.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('made_by', ?1)", [MADE_BY])?;
    Ok(())
}

/// The part of the schema that is made from the ledger.
fn projections() -> &'static str {
    SCHEMA.split_once(MADE).map_or("", |(_, made)| made)
}

fn prepare(connection: &Connection) -> Result<(), BookError> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A change that was acknowledged outlives the power supply, not the process alone.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    remember(connection, WRITER_CACHE_KIB)
}

/// How much a connection keeps of what it has read and prepared.
fn remember(connection: &Connection, cache_kib: i64) -> Result<(), BookError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan depends on no value, so that no statement is prepared again for another one.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Negative: KiB instead of pages.
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    Ok(())
}

fn create(connection: &Connection) -> Result<(), BookError> {
    connection.execute_batch(SCHEMA)?;
    index::schema(connection)?;
    made(connection)?;
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
