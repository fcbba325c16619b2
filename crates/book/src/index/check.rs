//! Whether the index says what its documents say. It does not repair: a rebuild does.

use std::fmt;

use rusqlite::{Connection, OptionalExtension as _};

use super::IndexError;
use super::bits::Bits;
use super::document::Range;
use super::gram::COLUMN;
use super::segment::{self, Entries, Grams, Segment};
use super::store::Texts;

/// Documents compared in one pass over the postings of a segment, for the memory they take.
const PASS: usize = 2_048;

/// The first thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Compares everything that is kept for search with the stored documents: every gram, term, number
/// and day of each is where it belongs, and nothing else is. Gives the first difference.
pub fn check(conn: &Connection) -> Result<Option<Wrong>, IndexError> {
    let texts = Texts::new(conn);
    texts.tail()?;
    let mut seen = 0i64;
    for segment in segment::all(conn)? {
        match of_segment(conn, &segment, &texts)? {
            Ok(live) => seen += i64::try_from(live).unwrap_or(i64::MAX),
            Err(wrong) => {
                return Ok(Some(Wrong(format!("segment {}: {wrong}", segment.id))));
            }
        }
    }
    let kept: i64 = conn.query_row(
        "SELECT count(*) FROM document WHERE doc <= (SELECT max(last_doc) FROM segment)",
        [],
        |row| row.get(0),
    )?;
    let lost: Option<i64> = conn
        .query_row(
            "SELECT DISTINCT segment FROM posting WHERE segment NOT IN (SELECT id FROM segment)",
            [],
            |row| row.get(0),
        )
        .optional()?;
    Ok(match lost {
        _ if kept != seen => {
            Some(Wrong(format!("{kept} documents are kept, {seen} are in segments")))
        }
        Some(segment) => Some(Wrong(format!("postings of segment {segment}, which is not there"))),
        None => None,
    })
}

/// Gives back how many documents of a segment are there, or what is wrong.
fn of_segment(
    conn: &Connection,
    segment: &Segment,
    texts: &Texts<'_>,
) -> Result<Result<usize, String>, IndexError> {
    let (order, days) = (segment.order(conn)?, segment.days(conn)?);
    let mut numbers: Vec<Kept> = Vec::new();
    let mut before: Option<(i32, String)> = None;
    for start in (0..order.len()).step_by(PASS) {
        let mut grams = Grams::default();
        let mut live = Bits::none(segment.docs);
        for (at, &doc) in order.iter().enumerate().skip(start).take(PASS) {
            let stored = texts.stored(doc)?;
            if stored.is_none() != segment.deleted.contains(at) {
                let state =
                    if stored.is_none() { "gone but not marked so" } else { "marked as gone" };
                return Ok(Err(format!("document {doc} is {state}")));
            }
            let Some(stored) = stored else { continue };
            if stored.meta.day != days.day(at) {
                return Ok(Err(format!("{} has another day", stored.key)));
            }
            let place = (stored.meta.day, stored.key.clone());
            if before.replace(place).is_some_and(|(day, key)| {
                (std::cmp::Reverse(day), key)
                    > (std::cmp::Reverse(stored.meta.day), stored.key.clone())
            }) {
                return Ok(Err(format!("{} is out of order", stored.key)));
            }
            live.insert(at);
            let local =
                u16::try_from(at).map_err(|_| IndexError::Damaged("a segment too large"))?;
            grams.add(local, &stored.text, &stored.meta);
            numbers.push((at, stored.key, stored.meta.numbers));
        }
        if let Some(wrong) = compare(conn, segment, grams, &live)? {
            return Ok(Err(wrong));
        }
    }
    Ok(match columns(conn, segment, &numbers)? {
        Some(wrong) => Err(wrong),
        None => Ok(numbers.len()),
    })
}

/// Compares the postings with the grams of some live documents.
fn compare(
    conn: &Connection,
    segment: &Segment,
    grams: Grams,
    live: &Bits,
) -> Result<Option<String>, IndexError> {
    let mut stored = Entries::new(conn, segment);
    let mut wrong = None;
    // The next stored key with one of these documents, and the documents.
    let mut next = || -> Result<Option<(Vec<u8>, Bits)>, IndexError> {
        while stored.advance()? {
            if stored.key().first().is_none_or(|&prefix| prefix >= COLUMN) {
                return Ok(None);
            }
            let bits = stored.posting()?.bits(segment.docs);
            let mut bits = bits.ok_or(IndexError::Damaged("a posting"))?;
            bits.and(live);
            if !bits.is_empty() {
                return Ok(Some((stored.key().to_vec(), bits)));
            }
        }
        Ok(None)
    };
    grams.each(|key, docs| {
        if wrong.is_some() {
            return Ok(());
        }
        let same = next()?.is_some_and(|(stored, bits)| {
            stored == key && bits.iter().eq(docs.iter().map(|&doc| usize::from(doc)))
        });
        if !same {
            wrong = Some(format!("the posting of {:?} or one before it", name(key)));
        }
        Ok(())
    })?;
    if wrong.is_none()
        && let Some((key, _)) = next()?
    {
        wrong = Some(format!("a posting of {:?}, which no document has", name(&key)));
    }
    Ok(wrong)
}

/// A key as people read it: without its prefix.
fn name(key: &[u8]) -> String {
    String::from_utf8_lossy(key.get(1..).unwrap_or_default()).replace('\0', "=")
}

/// Where a document stands, its key and its numbers.
type Kept = (usize, String, Vec<(String, Range)>);

fn columns(
    conn: &Connection,
    segment: &Segment,
    numbers: &[Kept],
) -> Result<Option<String>, IndexError> {
    let mut fields: Vec<&str> = numbers
        .iter()
        .flat_map(|(_, _, own)| own.iter().map(|(field, _)| field.as_str()))
        .collect();
    fields.sort_unstable();
    fields.dedup();
    for field in fields {
        let column = segment.column(conn, field)?;
        for (at, key, own) in numbers {
            let own = own.iter().find(|(name, _)| name == field).map(|&(_, range)| range);
            if column[*at] != own {
                return Ok(Some(format!("{field} of {key}")));
            }
        }
    }
    Ok(None)
}
