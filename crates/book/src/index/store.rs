//! Documents in and out: the tables, the tail, and when it becomes a segment. It does not know how
//! they are searched.

use std::cmp::Reverse;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::document::{Doc, Meta, Text};
use super::segment::{self, Segment};
use super::{IndexError, Limits, merge as merging};
use crate::packing;

/// Creates the tables of the index where they are not there.
pub fn schema(conn: &Connection) -> Result<(), IndexError> {
    conn.execute_batch(
        "CREATE TABLE IF NOT EXISTS document (
             doc INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
             meta BLOB NOT NULL, size INTEGER NOT NULL, text BLOB NOT NULL);
         CREATE TABLE IF NOT EXISTS segment (
             id INTEGER PRIMARY KEY AUTOINCREMENT, docs INTEGER NOT NULL,
             first_doc INTEGER NOT NULL, last_doc INTEGER NOT NULL, deleted BLOB NOT NULL);
         CREATE TABLE IF NOT EXISTS posting (
             id INTEGER PRIMARY KEY, segment INTEGER NOT NULL, key BLOB NOT NULL,
             block BLOB NOT NULL);
         CREATE UNIQUE INDEX IF NOT EXISTS posting_key ON posting (segment, key);",
    )?;
    Ok(())
}

/// Takes out every document.
pub fn clear(conn: &Connection) -> Result<(), IndexError> {
    conn.execute_batch("DELETE FROM document; DELETE FROM segment; DELETE FROM posting;")?;
    Ok(())
}

/// Puts a document, in place of the one with its key; gives back its number.
pub fn put(conn: &Connection, doc: &Doc<'_>, limits: &Limits) -> Result<i64, IndexError> {
    let number = put_unsettled(conn, doc)?;
    settle(conn, limits)?;
    Ok(number)
}

/// Puts many documents, with less work for each than [`put`].
pub fn put_all<'a>(
    conn: &Connection,
    docs: impl IntoIterator<Item = Doc<'a>>,
    limits: &Limits,
) -> Result<u64, IndexError> {
    let mut put = 0;
    let mut tail = waiting(conn)?;
    for doc in docs {
        put_unsettled(conn, &doc)?;
        put += 1;
        tail += 1;
        if tail >= limits.batch.max(1) {
            flush(conn, limits)?;
            while merging::once(conn, limits)? {}
            tail = 0;
        }
    }
    settle(conn, limits)?;
    Ok(put)
}

/// Makes segments of a tail that is full and merges what is due: what is left to do after
/// [`put_unsettled`].
pub fn settle(conn: &Connection, limits: &Limits) -> Result<(), IndexError> {
    if waiting(conn)? >= limits.tail.max(1) {
        flush(conn, limits)?;
        while merging::once(conn, limits)? {}
    }
    Ok(())
}

/// Makes as few segments as can be: searches ask each of them. It takes the time of a rebuild, without
/// reading texts.
pub fn compact(conn: &Connection, limits: &Limits) -> Result<(), IndexError> {
    if waiting(conn)? > 0 {
        flush(conn, limits)?;
    }
    merging::all(conn, limits)
}

/// Takes a document out; false where there is none of that key.
pub fn remove(conn: &Connection, key: &str) -> Result<bool, IndexError> {
    let row = conn
        .prepare_cached("DELETE FROM document WHERE key = ?1 RETURNING doc, meta")?
        .query_row([key], |row| Ok((row.get(0)?, Meta::from_bytes(row.get_ref(1)?.as_blob()?))))
        .optional()?;
    let Some((doc, meta)) = row else { return Ok(false) };
    let meta = meta.ok_or(IndexError::Damaged("what is kept of a document"))?;
    let segments = segment::all(conn)?;
    for mut segment in segments.into_iter().filter(|s| (s.first..=s.last).contains(&doc)) {
        if let Some(at) = find(conn, &segment, doc, meta.day)? {
            segment.mark_deleted(conn, at)?;
            break;
        }
    }
    Ok(true)
}

/// Where in a segment a document of that day stands.
fn find(
    conn: &Connection,
    segment: &Segment,
    doc: i64,
    day: i32,
) -> Result<Option<usize>, IndexError> {
    let range = segment.days(conn)?.of(&(day..=day));
    let mut at = range.start;
    while at < range.end {
        let docs = segment.docs_from(conn, at)?;
        if let Some(after) = docs.iter().position(|&other| other == doc) {
            return Ok(Some(at + after));
        }
        at += docs.len();
    }
    Ok(None)
}

/// Puts a document as [`put`] does, and leaves the tail as long as it gets: [`settle`] is to follow
/// when all are put, and now and then where they are many.
pub fn put_unsettled(conn: &Connection, doc: &Doc<'_>) -> Result<i64, IndexError> {
    remove(conn, doc.key)?;
    let (meta, text) = (Meta::of(doc), Text::of(doc));
    let packed = packing::pack(text.whole().as_bytes());
    let size = u32::try_from(text.whole().len()).map_err(|_| IndexError::TooLarge)?;
    conn.prepare_cached("INSERT INTO document (key, meta, size, text) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![doc.key, meta.to_bytes(), size, packed])?;
    let number = conn.last_insert_rowid();
    // Segments keep numbers in four bytes.
    u32::try_from(number).map_err(|_| IndexError::TooLarge)?;
    Ok(number)
}

/// The last document that is not in the tail.
fn tail_after(conn: &Connection) -> Result<i64, IndexError> {
    let mut statement = conn.prepare_cached("SELECT coalesce(max(last_doc), 0) FROM segment")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

fn waiting(conn: &Connection) -> Result<usize, IndexError> {
    let mut statement = conn.prepare_cached("SELECT count(*) FROM document WHERE doc > ?1")?;
    Ok(statement.query_row([tail_after(conn)?], |row| row.get::<_, u32>(0))? as usize)
}

/// A document as it is stored.
pub(super) struct Stored {
    pub(super) doc: i64,
    pub(super) key: String,
    pub(super) meta: Meta,
    pub(super) text: Text,
}

/// Reads stored documents, one after another.
pub(super) struct Texts<'a> {
    conn: &'a Connection,
}

impl<'a> Texts<'a> {
    pub(super) const fn new(conn: &'a Connection) -> Self {
        Self { conn }
    }

    /// The bytes of the folded text of a document.
    pub(super) fn bytes(&self, doc: i64) -> Result<Vec<u8>, IndexError> {
        let mut statement =
            self.conn.prepare_cached("SELECT size, text FROM document WHERE doc = ?1")?;
        let mut rows = statement.query([doc])?;
        let row = rows.next()?.ok_or(IndexError::Damaged("a document that is not there"))?;
        unpack(row, 0)
    }

    /// A whole document.
    pub(super) fn stored(&self, doc: i64) -> Result<Option<Stored>, IndexError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT doc, key, meta, size, text FROM document WHERE doc = ?1")?;
        let mut rows = statement.query([doc])?;
        rows.next()?.map(stored).transpose()
    }

    /// The documents of the tail, in the order of a segment.
    pub(super) fn tail(&self) -> Result<Vec<Stored>, IndexError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT doc, key, meta, size, text FROM document WHERE doc > ?1")?;
        let mut rows = statement.query([tail_after(self.conn)?])?;
        let mut tail = Vec::new();
        while let Some(row) = rows.next()? {
            tail.push(stored(row)?);
        }
        tail.sort_unstable_by(|a, b| {
            (Reverse(a.meta.day), &a.key).cmp(&(Reverse(b.meta.day), &b.key))
        });
        Ok(tail)
    }
}

fn stored(row: &Row<'_>) -> Result<Stored, IndexError> {
    let damaged = || IndexError::Damaged("a text that is not UTF-8");
    let meta = Meta::from_bytes(row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?);
    Ok(Stored {
        doc: row.get(0)?,
        key: row.get(1)?,
        meta: meta.ok_or(IndexError::Damaged("what is kept of a document"))?,
        text: Text::new(String::from_utf8(unpack(row, 3)?).map_err(|_| damaged())?),
    })
}

/// Unpacks the text whose size and bytes are the columns from `column` on.
fn unpack(row: &Row<'_>, column: usize) -> Result<Vec<u8>, IndexError> {
    let size = row.get::<_, u32>(column)? as usize;
    let packed = row.get_ref(column + 1)?.as_blob().map_err(rusqlite::Error::from)?;
    packing::unpack_at_most(packed, size).map_err(IndexError::Compression)
}

/// The key of a document.
pub(super) fn key(conn: &Connection, doc: i64) -> Result<String, IndexError> {
    let mut statement = conn.prepare_cached("SELECT key FROM document WHERE doc = ?1")?;
    let key = statement.query_row([doc], |row| row.get(0)).optional()?;
    key.ok_or(IndexError::Damaged("a document that is not there"))
}

/// Makes segments of the tail.
fn flush(conn: &Connection, limits: &Limits) -> Result<(), IndexError> {
    let mut tail = Texts::new(conn).tail()?;
    // By number first: segments of documents that came together do not overlap.
    tail.sort_unstable_by_key(|stored| stored.doc);
    let most = limits.batch.clamp(1, limits.segment.clamp(1, 1 << 16));
    while !tail.is_empty() {
        let rest = tail.split_off(tail.len().min(most));
        tail.sort_unstable_by(|a, b| {
            (Reverse(a.meta.day), &a.key).cmp(&(Reverse(b.meta.day), &b.key))
        });
        let docs: Vec<_> = tail.into_iter().map(|s| (s.doc, s.meta, s.text)).collect();
        segment::build(conn, &docs)?;
        tail = rest;
    }
    Ok(())
}
