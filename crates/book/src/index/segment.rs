//! A segment: up to 65,536 documents with their postings, never changed but for the marks on those
//! that are gone. It does not know when segments are made.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension as _, params};

use super::IndexError;
use super::bits::Bits;
use super::block::{self, Block, Writer};
use super::column::{self, Days};
use super::document::{Meta, Range, Text};
use super::gram::{self, Area, COLUMN, DAYS, Gram, ORDER};
use super::posting::{self, Posting};

/// Documents in one chunk of the list of documents.
const CHUNK: usize = 512;

/// The row of a segment.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) id: i64,
    pub(super) docs: usize,
    /// Least and greatest number of a document.
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) deleted: Bits,
}

pub(super) fn all(conn: &Connection) -> Result<Vec<Segment>, IndexError> {
    let mut statement = conn
        .prepare_cached("SELECT id, docs, first_doc, last_doc, deleted FROM segment ORDER BY id")?;
    let rows = statement.query_map([], |row| {
        let docs = row.get::<_, u32>(1)? as usize;
        Ok(Segment {
            id: row.get(0)?,
            docs,
            first: row.get(2)?,
            last: row.get(3)?,
            deleted: Bits::from_bytes(row.get_ref(4)?.as_blob()?, docs),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Segment {
    /// Calls `read` with the block that has `key` if any has.
    fn block<T>(
        &self,
        conn: &Connection,
        key: &[u8],
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, IndexError> {
        let mut statement = conn.prepare_cached(
            "SELECT block FROM posting WHERE segment = ?1 AND key <= ?2 ORDER BY key DESC LIMIT 1",
        )?;
        let found =
            statement.query_row(params![self.id, key], |row| Ok(read(row.get_ref(0)?.as_blob()?)));
        Ok(found.optional()?.flatten())
    }

    /// The documents with a key.
    pub(super) fn posting(
        &self,
        conn: &Connection,
        key: &[u8],
    ) -> Result<Option<Bits>, IndexError> {
        let bits = self.block(conn, key, |block| {
            let value = block::find(block, key)?;
            Some(Posting::new(value).and_then(|posting| posting.bits(self.docs)))
        })?;
        bits.map(|bits| bits.ok_or(IndexError::Damaged("a posting"))).transpose()
    }

    /// Calls `found` with each key that starts so and the documents with it.
    pub(super) fn each_under(
        &self,
        conn: &Connection,
        prefix: &[u8],
        mut found: impl FnMut(&[u8], &Bits),
    ) -> Result<(), IndexError> {
        let damaged = || IndexError::Damaged("a posting");
        // The first of them may stand inside the block before.
        let mut block: Option<Vec<u8>> = self.block(conn, prefix, |block| Some(block.to_vec()))?;
        let mut after = prefix.to_vec();
        loop {
            if let Some(block) = &block {
                let mut reader = block::Reader::new(block);
                while reader.left() > 0 {
                    let value = reader.read().ok_or_else(damaged)?;
                    if reader.key().starts_with(prefix) {
                        let bits = Posting::new(value).and_then(|posting| posting.bits(self.docs));
                        found(reader.key(), &bits.ok_or_else(damaged)?);
                    } else if reader.key() > prefix {
                        return Ok(());
                    }
                }
            }
            match self.block_after(conn, &after)? {
                Some(next) => (after, block) = (next.first, Some(next.bytes)),
                None => return Ok(()),
            }
        }
    }

    /// The documents that may have a phrase, and do where it is no longer than a gram.
    pub(super) fn phrase(
        &self,
        conn: &Connection,
        area: Area,
        phrase: &str,
    ) -> Result<Bits, IndexError> {
        let mut all: Option<Bits> = None;
        for gram in gram::of_phrase(phrase) {
            let Some(bits) = self.posting(conn, &gram.key(area))? else {
                return Ok(Bits::none(self.docs));
            };
            match &mut all {
                Some(all) => all.and(&bits),
                None => all = Some(bits),
            }
            if all.as_ref().is_some_and(Bits::is_empty) {
                break;
            }
        }
        Ok(all.unwrap_or_else(|| Bits::none(self.docs)))
    }

    /// A column of numbers; empty where no document has any.
    pub(super) fn column(
        &self,
        conn: &Connection,
        field: &str,
    ) -> Result<Vec<Option<Range>>, IndexError> {
        let key = column_key(field);
        let values = self.block(conn, &key, |block| {
            Some(column::decode(block::find(block, &key)?, self.docs))
        })?;
        match values {
            None => Ok(vec![None; self.docs]),
            Some(values) => values.ok_or(IndexError::Damaged("a column")),
        }
    }

    /// The days of its documents.
    pub(super) fn days(&self, conn: &Connection) -> Result<Days, IndexError> {
        let days = self.block(conn, &[DAYS], |block| Days::decode(block::find(block, &[DAYS])?))?;
        days.filter(|days| days.len() == self.docs).ok_or(IndexError::Damaged("a list of days"))
    }

    /// The numbers of some documents in a row, from one on.
    pub(super) fn docs_from(&self, conn: &Connection, at: usize) -> Result<Vec<i64>, IndexError> {
        let key = order_key(at / CHUNK);
        let chunk = self.block(conn, &key, |block| {
            let (numbers, rest) = block::find(block, &key)?.as_chunks::<4>();
            let docs: Vec<i64> =
                numbers.iter().map(|&number| u32::from_le_bytes(number).into()).collect();
            (rest.is_empty() && at % CHUNK < docs.len()).then(|| docs[at % CHUNK..].to_vec())
        })?;
        chunk.ok_or(IndexError::Damaged("a list of documents"))
    }

    /// The numbers of its documents, in its order.
    pub(super) fn order(&self, conn: &Connection) -> Result<Vec<i64>, IndexError> {
        let mut order = Vec::with_capacity(self.docs);
        while order.len() < self.docs {
            order.extend(self.docs_from(conn, order.len())?);
        }
        Ok(order)
    }

    pub(super) fn mark_deleted(&mut self, conn: &Connection, at: usize) -> Result<(), IndexError> {
        self.deleted.insert(at);
        conn.prepare_cached("UPDATE segment SET deleted = ?2 WHERE id = ?1")?
            .execute(params![self.id, self.deleted.to_bytes()])?;
        Ok(())
    }

    /// Takes it away, with its postings.
    pub(super) fn drop(self, conn: &Connection) -> Result<(), IndexError> {
        conn.prepare_cached("DELETE FROM posting WHERE segment = ?1")?.execute([self.id])?;
        conn.prepare_cached("DELETE FROM segment WHERE id = ?1")?.execute([self.id])?;
        Ok(())
    }

    /// The blocks of it whose first key comes after `key`: the first of them.
    pub(super) fn block_after(
        &self,
        conn: &Connection,
        key: &[u8],
    ) -> Result<Option<Block>, IndexError> {
        let mut statement = conn.prepare_cached(
            "SELECT key, block FROM posting WHERE segment = ?1 AND key > ?2 ORDER BY key LIMIT 1",
        )?;
        let row = statement.query_row(params![self.id, key], |row| {
            Ok(Block { first: row.get(0)?, bytes: row.get(1)? })
        });
        Ok(row.optional()?)
    }
}

fn column_key(field: &str) -> Vec<u8> {
    let mut key = vec![COLUMN];
    key.extend_from_slice(field.as_bytes());
    key
}

fn order_key(chunk: usize) -> Vec<u8> {
    let [.., high, low] = chunk.to_be_bytes();
    vec![ORDER, high, low]
}

/// Reads the keys and values of a segment in order, across its blocks.
pub(super) struct Entries<'a> {
    conn: &'a Connection,
    segment: &'a Segment,
    block: Vec<u8>,
    first: Vec<u8>,
    /// Where in the block the next entry starts, and the last key read.
    at: usize,
    key: Vec<u8>,
    value: std::ops::Range<usize>,
}

impl<'a> Entries<'a> {
    /// Before the first entry whose block starts at `from` or later.
    pub(super) fn new(conn: &'a Connection, segment: &'a Segment) -> Self {
        Self { conn, segment, block: vec![], first: vec![], at: 0, key: vec![], value: 0..0 }
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    pub(super) fn value(&self) -> &[u8] {
        &self.block[self.value.clone()]
    }

    pub(super) fn posting(&self) -> Result<Posting<'_>, IndexError> {
        Posting::new(self.value()).ok_or(IndexError::Damaged("a posting"))
    }

    /// Goes to the next entry; false where there is none.
    pub(super) fn advance(&mut self) -> Result<bool, IndexError> {
        if self.at == self.block.len() {
            let Some(block) = self.segment.block_after(self.conn, &self.first)? else {
                return Ok(false);
            };
            (self.first, self.block, self.at) = (block.first, block.bytes, 0);
            self.key.clear();
        }
        let mut reader =
            block::Reader::resume(&self.block[self.at..], std::mem::take(&mut self.key));
        let value = reader.read().ok_or(IndexError::Damaged("a block"))?.len();
        self.at = self.block.len() - reader.left();
        self.key = reader.into_key();
        self.value = self.at - value..self.at;
        Ok(true)
    }
}

/// Writes a segment: keys in ascending order, then what it keeps of each document.
pub(super) struct Builder<'a> {
    conn: &'a Connection,
    id: i64,
    writer: Writer,
}

impl<'a> Builder<'a> {
    /// Opens a segment of `order`'s documents.
    pub(super) fn new(conn: &'a Connection, order: &[i64]) -> Result<Self, IndexError> {
        conn.prepare_cached(
            "INSERT INTO segment (docs, first_doc, last_doc, deleted) VALUES (?1, ?2, ?3, x'')",
        )?
        .execute(params![
            u32::try_from(order.len()).ok(),
            order.iter().min(),
            order.iter().max()
        ])?;
        Ok(Self { conn, id: conn.last_insert_rowid(), writer: Writer::default() })
    }

    pub(super) fn add(
        &mut self,
        key: &[u8],
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), IndexError> {
        let done = self.writer.add(key, write);
        self.keep(done)
    }

    fn keep(&self, block: Option<Block>) -> Result<(), IndexError> {
        if let Some(block) = block {
            self.conn
                .prepare_cached("INSERT INTO posting (segment, key, block) VALUES (?1, ?2, ?3)")?
                .execute(params![self.id, block.first, block.bytes])?;
        }
        Ok(())
    }

    /// Ends it with the columns, the list of documents and their days.
    pub(super) fn finish(
        mut self,
        columns: &BTreeMap<String, Vec<Option<Range>>>,
        order: &[i64],
        days: &Days,
    ) -> Result<(), IndexError> {
        for (field, values) in columns {
            self.add(&column_key(field), |out| column::encode(values.iter().copied(), out))?;
        }
        for (number, chunk) in order.chunks(CHUNK).enumerate() {
            self.add(&order_key(number), |out| {
                for &doc in chunk {
                    out.extend_from_slice(&u32::try_from(doc).unwrap_or(u32::MAX).to_le_bytes());
                }
            })?;
        }
        self.add(&[DAYS], |out| days.encode(out))?;
        let last = self.writer.finish();
        self.keep(last)
    }
}

/// Which documents have which gram, gathered document by document: in one row, that is put in order
/// at the end by counting, since a list for each gram costs more than most have documents.
#[derive(Default)]
pub(super) struct Grams {
    ids: HashMap<(Area, Gram), u32, foldhash::fast::RandomState>,
    /// By the number of each gram: how many documents have it, and the last of them.
    known: Vec<(u32, u16)>,
    found: Vec<(u32, u16)>,
    terms: BTreeMap<Vec<u8>, Vec<u16>>,
}

impl Grams {
    /// Takes in a document; documents come in the order of the segment.
    pub(super) fn add(&mut self, at: u16, text: &Text, meta: &Meta) {
        let Self { ids, known, found, terms } = self;
        for area in [Area::Everything, Area::Head, Area::Organisation, Area::Service] {
            for part in text.parts(area) {
                gram::each(part, |gram| {
                    let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                    let id = *ids.entry((area, gram)).or_insert(next);
                    if id == next {
                        known.push((0, 0));
                    }
                    let (count, last) = &mut known[id as usize];
                    if *count == 0 || *last != at {
                        (*count, *last) = (*count + 1, at);
                        found.push((id, at));
                    }
                });
            }
        }
        for term in &meta.terms {
            terms.entry(term.clone()).or_default().push(at);
        }
    }

    /// Every key with its documents, ascending.
    pub(super) fn each(
        self,
        mut found: impl FnMut(&[u8], &[u16]) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let mut grams: Vec<((Area, Gram), u32)> = self.ids.into_iter().collect();
        grams.sort_unstable();
        let mut starts = vec![0; self.known.len()];
        let mut next = 0;
        for &(_, id) in &grams {
            starts[id as usize] = next;
            next += self.known[id as usize].0 as usize;
        }
        let mut docs = vec![0; next];
        for (id, at) in self.found {
            let place = &mut starts[id as usize];
            docs[*place] = at;
            *place += 1;
        }
        let (mut key, mut start) = (Vec::new(), 0);
        for ((area, gram), id) in grams {
            gram.write_key(area, &mut key);
            let end = starts[id as usize];
            found(&key, &docs[start..end])?;
            start = end;
        }
        for (key, docs) in &self.terms {
            found(key, docs)?;
        }
        Ok(())
    }
}

/// Makes a segment of documents that are in its order.
pub(super) fn build(conn: &Connection, docs: &[(i64, Meta, Text)]) -> Result<(), IndexError> {
    let order: Vec<i64> = docs.iter().map(|&(doc, ..)| doc).collect();
    let (mut grams, mut days) = (Grams::default(), Days::default());
    let mut columns: BTreeMap<String, Vec<Option<Range>>> = BTreeMap::new();
    for (at, (_, meta, text)) in docs.iter().enumerate() {
        let local = u16::try_from(at).map_err(|_| IndexError::Damaged("a segment too large"))?;
        grams.add(local, text, meta);
        days.push(meta.day);
        for (field, range) in &meta.numbers {
            let column = columns.entry(field.clone()).or_insert_with(|| vec![None; docs.len()]);
            column[at] = Some(*range);
        }
    }
    let mut builder = Builder::new(conn, &order)?;
    grams.each(|key, members| builder.add(key, |out| posting::encode(members, docs.len(), out)))?;
    builder.finish(&columns, &order, &days)
}
