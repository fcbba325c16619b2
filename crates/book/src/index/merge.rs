//! Fewer and larger segments: which are merged when, and how their postings become one. It does
//! not know searches.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::bits::Bits;
use super::column::Days;
use super::document::Range;
use super::gram::COLUMN;
use super::segment::{self, Builder, Entries, Segment};
use super::{IndexError, Limits, posting, store};

/// Marks a document that does not go on.
const GONE: u32 = u32::MAX;

/// Merges what is due; gives back whether anything was.
pub(super) fn once(conn: &Connection, limits: &Limits) -> Result<bool, IndexError> {
    let segments = segment::all(conn)?;
    let Some(due) = due(segments, limits) else { return Ok(false) };
    segments_into_one(conn, due)?;
    Ok(true)
}

/// Makes as few segments as the limit allows.
pub(super) fn all(conn: &Connection, limits: &Limits) -> Result<(), IndexError> {
    let most = limits.segment.min(1 << 16);
    let mut segments = segment::all(conn)?;
    segments.sort_by_key(|segment| Reverse(live(segment)));
    // The largest first, each where there is room: what is left over is small.
    let mut groups: Vec<(usize, Vec<Segment>)> = Vec::new();
    for segment in segments {
        let docs = live(&segment);
        match groups.iter_mut().find(|(sum, _)| sum + docs <= most) {
            Some((sum, group)) => {
                *sum += docs;
                group.push(segment);
            }
            None => groups.push((docs, vec![segment])),
        }
    }
    let several = groups.into_iter().filter(|(_, group)| group.len() > 1);
    several.into_iter().try_for_each(|(_, group)| segments_into_one(conn, group))
}

/// How many of its documents are not gone.
fn live(segment: &Segment) -> usize {
    segment.docs - size(segment.deleted.count())
}

/// The segments to make one: as many of like size as the limit says, or one that is mostly gone.
fn due(segments: Vec<Segment>, limits: &Limits) -> Option<Vec<Segment>> {
    let wasted = |segment: &Segment| live(segment) * 2 < segment.docs;
    let most = limits.segment.min(1 << 16);
    let mut levels: BTreeMap<u32, Vec<Segment>> = BTreeMap::new();
    for segment in segments {
        if wasted(&segment) {
            return Some(vec![segment]);
        }
        let level = (live(&segment).max(1) / limits.tail.max(1)).max(1);
        levels.entry(level.ilog(limits.merge.max(2))).or_default().push(segment);
    }
    let of_like_size = levels.into_values().filter(|level| level.len() >= limits.merge.max(2));
    of_like_size.into_iter().find_map(|mut level| {
        level.sort_by_key(live);
        let mut sum = 0;
        level.retain(|segment| {
            sum += live(segment);
            sum <= most
        });
        (level.len() > 1).then_some(level)
    })
}

fn size(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Makes one segment of several, without the documents that are gone.
fn segments_into_one(conn: &Connection, segments: Vec<Segment>) -> Result<(), IndexError> {
    let (order, maps, days) = new_order(conn, &segments)?;
    if !order.is_empty() {
        let mut builder = Builder::new(conn, &order)?;
        let fields = merge_postings(conn, &segments, &maps, order.len(), &mut builder)?;
        let mut columns: BTreeMap<String, Vec<Option<Range>>> = BTreeMap::new();
        for field in fields {
            let mut merged = vec![None; order.len()];
            for (segment, map) in segments.iter().zip(&maps) {
                for (value, &to) in segment.column(conn, &field)?.into_iter().zip(map) {
                    if to != GONE {
                        merged[to as usize] = value;
                    }
                }
            }
            columns.insert(field, merged);
        }
        builder.finish(&columns, &order, &days)?;
    }
    segments.into_iter().try_for_each(|segment| segment.drop(conn))
}

/// Documents in their new order, where each segment's go in it, and their days.
type Order = (Vec<i64>, Vec<Vec<u32>>, Days);

fn new_order(conn: &Connection, segments: &[Segment]) -> Result<Order, IndexError> {
    let mut all = Vec::new();
    let mut maps: Vec<Vec<u32>> = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let (order, days) = (segment.order(conn)?, segment.days(conn)?);
        for (at, doc) in order.into_iter().enumerate() {
            if !segment.deleted.contains(at) {
                all.push((Reverse(days.day(at)), store::key(conn, doc)?, index, at, doc));
            }
        }
        maps.push(vec![GONE; segment.docs]);
    }
    all.sort_unstable();
    let mut merged = Days::default();
    let mut order = Vec::with_capacity(all.len());
    for (new, (Reverse(day), _, segment, at, doc)) in (0..).zip(all) {
        maps[segment][at] = new;
        merged.push(day);
        order.push(doc);
    }
    Ok((order, maps, merged))
}

/// Writes the postings of all; gives back the fields that have columns.
fn merge_postings(
    conn: &Connection,
    segments: &[Segment],
    maps: &[Vec<u32>],
    docs: usize,
    builder: &mut Builder<'_>,
) -> Result<BTreeSet<String>, IndexError> {
    let mut readers: Vec<Merged<'_>> = Vec::new();
    for (segment, map) in segments.iter().zip(maps) {
        let mut entries = Entries::new(conn, segment);
        if entries.advance()? {
            readers.push((entries, segment.docs, map));
        }
    }
    let mut fields = BTreeSet::new();
    let (mut members, mut key, mut least) = (Vec::<u16>::new(), Vec::new(), Vec::new());
    loop {
        those_with_the_least_key(&readers, &mut least);
        let Some(&first) = least.first() else { return Ok(fields) };
        key.clear();
        key.extend_from_slice(readers[first].0.key());
        members.clear();
        // From the end: one that is through gives its place to one behind it.
        for &at in least.iter().rev() {
            let (entries, size, map) = &mut readers[at];
            if key[0] < COLUMN {
                let read = entries.posting()?.each(*size, |at| {
                    members.extend(u16::try_from(map[at]).ok());
                });
                read.ok_or(IndexError::Damaged("a posting"))?;
            }
            if !entries.advance()? {
                readers.swap_remove(at);
            }
        }
        if key[0] == COLUMN {
            let field = String::from_utf8(key[1..].to_vec());
            fields.insert(field.map_err(|_| IndexError::Damaged("the name of a column"))?);
        } else if key[0] < COLUMN && !members.is_empty() {
            sort(&mut members, docs);
            builder.add(&key, |out| posting::encode(&members, docs, out))?;
        }
    }
}

/// What reads a segment, how many documents it has, and where they go.
type Merged<'a> = (Entries<'a>, usize, &'a Vec<u32>);

/// Which of the readers stand at the least key.
fn those_with_the_least_key(readers: &[Merged<'_>], least: &mut Vec<usize>) {
    least.clear();
    for (at, (entries, ..)) in readers.iter().enumerate() {
        let order = least.first().map(|&first: &usize| entries.key().cmp(readers[first].0.key()));
        match order {
            Some(Ordering::Less) => {
                least.clear();
                least.push(at);
            }
            None | Some(Ordering::Equal) => least.push(at),
            Some(Ordering::Greater) => {}
        }
    }
}

/// Sorts the members: as bits where there are many.
fn sort(members: &mut Vec<u16>, docs: usize) {
    if members.len() < docs / 64 {
        return members.sort_unstable();
    }
    let mut bits = Bits::none(docs);
    for &member in &*members {
        bits.insert(member.into());
    }
    members.clear();
    members.extend(bits.iter().filter_map(|member| u16::try_from(member).ok()));
}
