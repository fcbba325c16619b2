//! Questions in SQL, asked by anybody who may read the book: views of it may be read, nothing
//! else, for a limited time and to a limited size. `docs/sql.md` describes the views. It does not
//! know how a table is shown.
//!
//! Walls, each enough by itself against what it stands for: a connection of its own that `SQLite`
//! opens read-only; an authorizer that refuses every action but reading what the views show
//! (`guard`); limits of `SQLite` on lengths, depths and attached databases; a clock that
//! interrupts. Nothing in the database file is secret from a reader: accounts and the signing key
//! are in other files.

mod guard;

use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, ErrorCode, Statement};
use serde::Serialize;
use thiserror::Error;

use self::guard::Guard;
pub use self::guard::VIEWS;
use crate::archive::hex;
use crate::store::DATABASE;
use crate::{Book, BookError, database};

/// How much a question may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqlLimits {
    /// How long it may run.
    pub time: Duration,
    /// How many rows are given back.
    pub rows: usize,
    /// How many bytes of text are given back.
    pub bytes: usize,
}

impl Default for SqlLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(5), rows: 10_000, bytes: 8 << 20 }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// Whether there are more rows than the limits let through.
    pub truncated: bool,
}

/// A value of the answer; in JSON as itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// `NULL`.
    Null,
    /// A whole number.
    Integer(i64),
    /// Another number; never one that JSON cannot hold.
    Real(f64),
    /// Text; bytes that are no text come as lower-case hex.
    Text(String),
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum SqlError {
    /// There is nothing to run.
    #[error("the query is empty")]
    Empty,
    /// More than one statement.
    #[error("only one statement can be run; there is another after the first")]
    Several,
    /// It is no question.
    #[error("only queries can be run: SELECT, VALUES or WITH … SELECT")]
    NotAQuery,
    /// It does what is not allowed.
    #[error("{0} is not allowed here")]
    NotAllowed(String),
    /// It reads a table that is no view.
    #[error("{table} cannot be read; there are the views {}", view_names())]
    NotAView {
        /// Which.
        table: String,
    },
    /// It has parameters.
    #[error("the query has parameters (?, :name, $name, @name), which have no values here")]
    Parameters,
    /// It ran too long.
    #[error("the query ran longer than {} s and was stopped", .0.as_secs_f32())]
    TooLong(Duration),
    /// It, or a value in it, is too large.
    #[error("the query or a value in it is too large: {0}")]
    TooLarge(String),
    /// It is no SQL, or fails.
    #[error("{0}")]
    Wrong(String),
    /// The book cannot be read.
    #[error(transparent)]
    Book(#[from] BookError),
}

fn view_names() -> String {
    VIEWS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Instructions of `SQLite`'s machine between two looks at the clock.
const BETWEEN_LOOKS: i32 = 1_000;

/// What `SQLite` itself refuses to go beyond.
const LIMITS: &[(Limit, i32)] = &[
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 50_000),
    (Limit::SQLITE_LIMIT_LENGTH, 10_000_000),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
    (Limit::SQLITE_LIMIT_COLUMN, 200),
    (Limit::SQLITE_LIMIT_VDBE_OP, 200_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 100),
    // LIKE takes the square of the pattern's length.
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 0),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

impl Book {
    /// Answers one query over the views of the book ([`VIEWS`]).
    pub fn sql(&self, query: &str, limits: &SqlLimits) -> Result<Table, SqlError> {
        let mut connection = database::reader(&self.dir().join(DATABASE))?;
        let tables = confine(&connection).map_err(BookError::from)?;
        let guard = Guard::new(&tables);
        let watch = guard.clone();
        connection
            .authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| {
                watch.decide(&context)
            }))
            .map_err(BookError::from)?;
        let end = Instant::now().checked_add(limits.time);
        let is_late = move || end.is_some_and(|end| Instant::now() >= end);
        connection.progress_handler(BETWEEN_LOOKS, Some(is_late)).map_err(BookError::from)?;
        answer(&connection, query, limits, &guard)
    }
}

/// Closes what can be closed; gives the names of the tables.
fn confine(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    // "text" in double quotes would hide a misspelt column.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.pragma_update(None, "query_only", true)?;
    // The schema is read before the lengths of what is asked are limited.
    let tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for &(limit, value) in LIMITS {
        connection.set_limit(limit, value)?;
    }
    Ok(tables)
}

fn answer(
    connection: &Connection,
    query: &str,
    limits: &SqlLimits,
    guard: &Guard,
) -> Result<Table, SqlError> {
    let refused = |error: rusqlite::Error| guard.reason().unwrap_or_else(|| told(&error, limits));
    let mut batch = Batch::new(connection, query);
    let mut statement = batch.next().map_err(refused)?.ok_or(SqlError::Empty)?;
    if statement.column_count() == 0 || !statement.readonly() || !guard.saw_a_query() {
        return Err(SqlError::NotAQuery);
    }
    if statement.is_explain() != 0 {
        return Err(SqlError::NotAllowed("EXPLAIN".to_owned()));
    }
    if statement.parameter_count() > 0 {
        return Err(SqlError::Parameters);
    }
    // Whatever comes after, even what is wrong, is another statement; comments are none.
    if !matches!(batch.next(), Ok(None)) {
        return Err(SqlError::Several);
    }
    table(&mut statement, limits).map_err(refused)
}

fn table(statement: &mut Statement<'_>, limits: &SqlLimits) -> Result<Table, rusqlite::Error> {
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut table = Table { columns, rows: Vec::new(), truncated: false };
    let mut bytes = 0_usize;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut cells = Vec::with_capacity(table.columns.len());
        for at in 0..table.columns.len() {
            let cell = Cell::of(row.get_ref(at)?);
            bytes = bytes.saturating_add(cell.bytes());
            cells.push(cell);
        }
        if table.rows.len() >= limits.rows || bytes > limits.bytes {
            table.truncated = true;
            break;
        }
        table.rows.push(cells);
    }
    Ok(table)
}

impl Cell {
    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) if number.is_finite() => Self::Real(number),
            ValueRef::Real(number) => Self::Text(number.to_string()),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Self::Text(hex(bytes)),
        }
    }

    /// What it costs: its text, and its place in the row.
    fn bytes(&self) -> usize {
        let text = if let Self::Text(text) = self { text.len() } else { 0 };
        size_of::<Self>() + text
    }
}

fn told(error: &rusqlite::Error, limits: &SqlLimits) -> SqlError {
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => SqlError::TooLong(limits.time),
        Some(ErrorCode::TooBig | ErrorCode::OutOfMemory) => SqlError::TooLarge(words(error)),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => BookError::Busy.into(),
        _ => SqlError::Wrong(words(error)),
    }
}

/// `SQLite`'s own words, without the query, which whoever asked knows.
fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
