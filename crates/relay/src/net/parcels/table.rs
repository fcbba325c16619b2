//! What is known of files that are given out by link: which mail they are of, who may fetch them, until
//! when, who did. Unlike the record it is on stable storage before anything goes on: a link that goes out
//! must lead to something. It does not know where files lie.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Fetch, Gone, Parcel, ParcelError, ParcelFile, ParcelId};
use crate::Address;
use crate::spool::MailId;

/// The version that this code writes.
const VERSION: i64 = 1;
/// Whoever finds the tables locked waits this long.
const PATIENCE: Duration = Duration::from_secs(10);

const TABLES: &str = "
CREATE TABLE parcel (
    id         TEXT PRIMARY KEY,
    mail       TEXT NOT NULL UNIQUE,
    sender     TEXT NOT NULL,
    recipients TEXT NOT NULL,    -- JSON
    at         INTEGER NOT NULL, -- all times are ms since 1970
    until      INTEGER NOT NULL,
    gone_at    INTEGER,          -- NULL: it can be fetched
    gone_by    TEXT              -- NULL: nobody, its time was over
) WITHOUT ROWID;
CREATE INDEX parcel_here ON parcel (until) WHERE gone_at IS NULL;
CREATE TABLE file (
    parcel TEXT NOT NULL,
    n      INTEGER NOT NULL,
    name   TEXT NOT NULL,
    bytes  INTEGER NOT NULL,
    PRIMARY KEY (parcel, n)
) WITHOUT ROWID;
CREATE TABLE fetch (
    n      INTEGER PRIMARY KEY,
    parcel TEXT NOT NULL,
    file   INTEGER NOT NULL,
    who    TEXT NOT NULL,
    came   TEXT,                 -- from which address
    at     INTEGER NOT NULL
);
CREATE INDEX fetch_parcel ON fetch (parcel);
";

/// Opens the tables, or makes them: only their owner may read them.
pub(super) fn open(file: &Path) -> Result<Connection, ParcelError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
    let mut tables = Connection::open(file)?;
    tables.busy_timeout(PATIENCE)?;
    tables.pragma_update(None, "journal_mode", "wal")?;
    // What was committed is there after any crash.
    tables.pragma_update(None, "synchronous", "full")?;
    let change = tables.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        VERSION => {}
        0 => {
            change.execute_batch(TABLES)?;
            change.pragma_update(None, "user_version", VERSION)?;
        }
        later => return Err(ParcelError::Later(later)),
    }
    change.commit()?;
    Ok(tables)
}

/// Adds one with its files.
pub(super) fn insert(tables: &mut Connection, parcel: &Parcel) -> Result<(), rusqlite::Error> {
    let change = tables.transaction()?;
    let id = parcel.id.to_string();
    let recipients: Vec<String> = parcel.recipients.iter().map(ToString::to_string).collect();
    change.execute(
        "INSERT INTO parcel (id, mail, sender, recipients, at, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            id,
            parcel.mail.to_string(),
            parcel.sender,
            serde_json::json!(recipients).to_string(),
            parcel.at.as_millisecond(),
            parcel.until.as_millisecond(),
        ],
    )?;
    for (n, file) in parcel.files.iter().enumerate() {
        change.execute(
            "INSERT INTO file (parcel, n, name, bytes) VALUES (?1, ?2, ?3, ?4)",
            params![id, n, file.name, file.bytes],
        )?;
    }
    change.commit()
}

/// Which of them is asked for.
pub(super) enum Of {
    Id(ParcelId),
    Mail(MailId),
}

const COLUMNS: &str = "id, mail, sender, recipients, at, until, gone_at, gone_by";

/// One with its files.
pub(super) fn one(tables: &Connection, of: &Of) -> Result<Option<Parcel>, rusqlite::Error> {
    let (column, value) = match of {
        Of::Id(id) => ("id", id.to_string()),
        Of::Mail(mail) => ("mail", mail.to_string()),
    };
    let question = format!("SELECT {COLUMNS} FROM parcel WHERE {column} = ?1");
    let found = tables.prepare_cached(&question)?.query_row([value], parcel).optional()?;
    let Some(mut found) = found else { return Ok(None) };
    let mut statement =
        tables.prepare_cached("SELECT name, bytes FROM file WHERE parcel = ?1 ORDER BY n")?;
    let files = statement.query_map([found.id.to_string()], |row| {
        Ok(ParcelFile { name: row.get(0)?, bytes: row.get(1)? })
    })?;
    found.files = files.collect::<Result<_, _>>()?;
    Ok(Some(found))
}

/// Those that can still be fetched and whose time was over at `now`.
pub(super) fn over(tables: &Connection, now: Timestamp) -> Result<Vec<MailId>, rusqlite::Error> {
    let mut statement =
        tables.prepare_cached("SELECT mail FROM parcel WHERE gone_at IS NULL AND until <= ?1")?;
    let rows = statement.query_map([now.as_millisecond()], |row| row.get::<_, String>(0))?;
    let ids = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
}

/// Notes that it cannot be fetched any more; whether it could until now.
pub(super) fn end(
    tables: &Connection,
    id: ParcelId,
    by: Option<&str>,
    now: Timestamp,
) -> Result<bool, rusqlite::Error> {
    let changed = tables.execute(
        "UPDATE parcel SET gone_at = ?2, gone_by = ?3 WHERE id = ?1 AND gone_at IS NULL",
        params![id.to_string(), now.as_millisecond(), by],
    )?;
    Ok(changed == 1)
}

/// Notes that somebody fetches a file, if it can be fetched; whether it can.
pub(super) fn fetched(
    tables: &Connection,
    id: ParcelId,
    fetch: &Fetch,
) -> Result<bool, rusqlite::Error> {
    let added = tables.execute(
        "INSERT INTO fetch (parcel, file, who, came, at)
         SELECT id, ?2, ?3, ?4, ?5 FROM parcel WHERE id = ?1 AND gone_at IS NULL AND until > ?5",
        params![
            id.to_string(),
            fetch.file,
            fetch.who,
            fetch.from.map(|from| from.to_string()),
            fetch.at.as_millisecond(),
        ],
    )?;
    Ok(added == 1)
}

/// Who fetched what, the first first.
pub(super) fn fetches(tables: &Connection, id: ParcelId) -> Result<Vec<Fetch>, rusqlite::Error> {
    let mut statement = tables
        .prepare_cached("SELECT file, who, came, at FROM fetch WHERE parcel = ?1 ORDER BY n")?;
    let rows = statement.query_map([id.to_string()], |row| {
        let from: Option<String> = row.get(2)?;
        Ok(Fetch {
            file: row.get(0)?,
            who: row.get(1)?,
            from: from.and_then(|from| from.parse::<IpAddr>().ok()),
            at: time(row, 3)?.unwrap_or_default(),
        })
    })?;
    rows.collect()
}

fn time(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>, rusqlite::Error> {
    let ms: Option<i64> = row.get(column)?;
    ms.map(Timestamp::from_millisecond).transpose().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, error.into())
    })
}

fn parcel(row: &Row<'_>) -> Result<Parcel, rusqlite::Error> {
    let wrong =
        |column: usize| rusqlite::Error::InvalidColumnType(column, "name".to_owned(), Type::Text);
    let (id, mail, recipients): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
    let recipients: Vec<String> = serde_json::from_str(&recipients).map_err(|_| wrong(3))?;
    let recipients = recipients.iter().map(|written| written.parse::<Address>());
    let by: Option<String> = row.get(7)?;
    Ok(Parcel {
        id: id.parse().map_err(|()| wrong(0))?,
        mail: mail.parse().map_err(|_| wrong(1))?,
        sender: row.get(2)?,
        recipients: recipients.collect::<Result<_, _>>().map_err(|_| wrong(3))?,
        at: time(row, 4)?.unwrap_or_default(),
        until: time(row, 5)?.unwrap_or_default(),
        gone: time(row, 6)?.map(|at| Gone { at, by }),
        files: Vec::new(),
    })
}
