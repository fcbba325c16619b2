//! Counts among hits: of the terms of a field, and by day. It does not know which fields there are.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rusqlite::Connection;

use super::IndexError;
use super::document::UNKNOWN_DAY;
use super::gram::term_prefix;
use super::hits::{Hits, Source};
use super::search::Facet;

/// Counts the hits of each term of a field.
pub(super) fn of_field(
    conn: &Connection,
    parts: &[Hits],
    field: &str,
) -> Result<Facet, IndexError> {
    let prefix = term_prefix(field);
    let mut counts: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for hits in parts {
        match &hits.source {
            Source::Segment(segment) if !hits.upper.is_empty() => {
                segment.each_under(conn, &prefix, |key, bits| {
                    let count = hits.upper.count_both(bits);
                    if count > 0 {
                        *counts.entry(key[prefix.len()..].to_vec()).or_default() += count;
                    }
                })?;
            }
            Source::Segment(_) => {}
            Source::Tail(tail) => {
                for term in hits.upper.iter().flat_map(|at| &tail[at].meta.terms) {
                    if let Some(value) = term.strip_prefix(prefix.as_slice()) {
                        *counts.entry(value.to_vec()).or_default() += 1;
                    }
                }
            }
        }
    }
    let mut values: Vec<(String, u64)> = counts
        .into_iter()
        .map(|(value, count)| (String::from_utf8_lossy(&value).into_owned(), count))
        .collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(Facet { field: field.to_owned(), values })
}

/// Counts the hits of each day, recent first.
pub(super) fn by_day(parts: &[Hits]) -> Vec<(Option<i32>, u64)> {
    let mut counts: Vec<(i32, u64)> = Vec::new();
    for hits in parts {
        let runs = hits.days.runs().map(|(day, docs)| (day, hits.upper.count_in(docs)));
        counts.extend(runs.filter(|&(_, count)| count > 0));
    }
    // Each part comes sorted, which the sort makes use of.
    counts.sort_by_key(|&(day, _)| Reverse(day));
    counts.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0 };
        same
    });
    let known = |day| (day != UNKNOWN_DAY).then_some(day);
    counts.into_iter().map(|(day, count)| (known(day), count)).collect()
}
