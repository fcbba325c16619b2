//! A search: the hits of all segments and of the tail as one list, in order, counted. It does not
//! know what the words of a query mean.

use std::cmp::Reverse;

use rusqlite::Connection;

use super::hits::{Hits, Source, Standing, Wanted};
use super::plan::Plan;
use super::store::{self, Texts};
use super::{IndexError, Limits, facet, segment};

/// Which of the hits are wanted, and what is counted beside them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ask<'a> {
    /// Hits left out at the front.
    pub offset: usize,
    /// Most hits given.
    pub limit: usize,
    /// Fields whose terms are counted among all hits.
    pub facets: &'a [&'a str],
    /// Whether all hits are counted by day.
    pub days: bool,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How many there are.
    pub total: Total,
    /// Those asked for, in order: by standing, recent first, then by key.
    pub docs: Vec<FoundDoc>,
    /// Counts of terms, a facet for each field asked for; of as many as `total.at_most`.
    pub facets: Vec<Facet>,
    /// Counts by day, recent first, those without a day last; of as many as `total.at_most`.
    pub days: Vec<(Option<i32>, u64)>,
}

/// A count of hits: the number itself unless too many texts would have to be read for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// So many for certain.
    pub at_least: u64,
    /// No more than these.
    pub at_most: u64,
}

impl Total {
    /// The count, where it is exact.
    pub fn exact(self) -> Option<u64> {
        (self.at_least == self.at_most).then_some(self.at_least)
    }
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDoc {
    /// Its number.
    pub doc: i64,
    /// What it was put under.
    pub key: String,
    /// Where the words of the query stand in it.
    pub standing: Standing,
}

/// The values of a field among all hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The field.
    pub field: String,
    /// Each value and how many hits have it; most first, then by value.
    pub values: Vec<(String, u64)>,
}

/// Searches. Inside one transaction all of it sees the same documents.
pub fn search(
    conn: &Connection,
    plan: &Plan,
    ask: &Ask<'_>,
    limits: &Limits,
) -> Result<Found, IndexError> {
    let wanted = Wanted::new(plan);
    let texts = Texts::new(conn);
    let tail = Source::Tail(texts.tail()?);
    let segments = segment::all(conn)?.into_iter().map(Source::Segment);
    let mut parts = Vec::new();
    for source in segments.chain([tail]) {
        parts.push(Hits::find(conn, source, &wanted)?);
    }
    let docs = Listing { conn, wanted: &wanted, texts: &texts, parts: &mut parts }.list(ask)?;
    count(conn, &wanted, &texts, &mut parts, limits.verify)?;
    let total = Total {
        at_least: parts.iter().map(|part| part.lower.count()).sum(),
        at_most: parts.iter().map(|part| part.upper.count()).sum(),
    };
    let facets = ask.facets.iter().map(|field| facet::of_field(conn, &parts, field));
    let facets = facets.collect::<Result<_, _>>()?;
    let days = if ask.days { facet::by_day(&parts) } else { Vec::new() };
    Ok(Found { total, docs, facets, days })
}

/// Reads the texts of hits that are not certain, as many as may be.
fn count(
    conn: &Connection,
    wanted: &Wanted,
    texts: &Texts<'_>,
    parts: &mut [Hits],
    mut may_read: usize,
) -> Result<(), IndexError> {
    for part in parts {
        let mut open = part.upper.clone();
        open.minus(&part.lower);
        for at in open.iter().take(may_read) {
            let text = texts.bytes(part.doc(conn, at)?)?;
            part.settle(wanted, at, &text);
            may_read -= 1;
        }
    }
    Ok(())
}

/// Lists hits in order, asking the texts of those it comes to.
struct Listing<'a, 'c> {
    conn: &'a Connection,
    wanted: &'a Wanted,
    texts: &'a Texts<'c>,
    parts: &'a mut Vec<Hits>,
}

/// The next hit of a part.
struct Next {
    part: usize,
    at: usize,
    day: i32,
    /// Asked for only where another part has a hit of the same day.
    doc: Option<(i64, String)>,
}

impl Listing<'_, '_> {
    fn list(&mut self, ask: &Ask<'_>) -> Result<Vec<FoundDoc>, IndexError> {
        let mut docs = Vec::new();
        let mut before = 0;
        for standing in Standing::ALL {
            let mut heads: Vec<Next> =
                (0..self.parts.len()).filter_map(|part| self.next(part, standing, 0)).collect();
            while docs.len() < ask.limit {
                if self.skip_day(&mut heads, standing, ask.offset - before, &mut before) {
                    continue;
                }
                let Some(first) = self.first(&mut heads)? else { break };
                let found = heads.swap_remove(first);
                if self.is_hit(&found, standing)? {
                    if before == ask.offset {
                        let (doc, key) = self.doc(&found)?;
                        docs.push(FoundDoc { doc, key, standing });
                    } else {
                        before += 1;
                    }
                }
                heads.extend(self.next(found.part, standing, found.at + 1));
            }
        }
        Ok(docs)
    }

    fn next(&self, part: usize, standing: Standing, from: usize) -> Option<Next> {
        let hits = &self.parts[part];
        let at = hits.at(standing).next(from)?;
        Some(Next { part, at, day: hits.days.day(at), doc: None })
    }

    /// Passes over the next day where all its hits are left out anyway: their keys would have to
    /// be read to sort them.
    fn skip_day(
        &self,
        heads: &mut Vec<Next>,
        standing: Standing,
        left_out: usize,
        before: &mut usize,
    ) -> bool {
        let Some(day) = heads.iter().map(|next| next.day).max().filter(|_| left_out > 0) else {
            return false;
        };
        let mut count = 0;
        let mut after = Vec::with_capacity(heads.len());
        for next in heads.iter() {
            if next.day != day {
                continue;
            }
            let Some((hits, end)) = self.parts[next.part].rest_of_day(standing, next.at) else {
                return false;
            };
            count += hits;
            after.extend(self.next(next.part, standing, end));
        }
        let Some(count) = usize::try_from(count).ok().filter(|&count| count <= left_out) else {
            return false;
        };
        *before += count;
        heads.retain(|next| next.day != day);
        heads.extend(after);
        true
    }

    /// Which of the next hits comes first: the most recent, of several the one with the least key.
    fn first(&mut self, heads: &mut [Next]) -> Result<Option<usize>, IndexError> {
        let Some(day) = heads.iter().map(|next| next.day).max() else { return Ok(None) };
        let ties: Vec<usize> = (0..heads.len()).filter(|&index| heads[index].day == day).collect();
        if let [only] = ties[..] {
            return Ok(Some(only));
        }
        for &tie in &ties {
            if heads[tie].doc.is_none() {
                heads[tie].doc = Some(self.doc(&heads[tie])?);
            }
        }
        let key = |&tie: &usize| Reverse(heads[tie].doc.as_ref().map(|(_, key)| key));
        Ok(ties.iter().copied().max_by_key(key))
    }

    fn doc(&mut self, next: &Next) -> Result<(i64, String), IndexError> {
        if let Some(doc) = &next.doc {
            return Ok(doc.clone());
        }
        let hits = &mut self.parts[next.part];
        if let Source::Tail(tail) = &hits.source {
            return Ok((tail[next.at].doc, tail[next.at].key.clone()));
        }
        let doc = hits.doc(self.conn, next.at)?;
        Ok((doc, store::key(self.conn, doc)?))
    }

    /// Whether it is a hit and stands there; one that stands further back is met again later.
    fn is_hit(&mut self, next: &Next, standing: Standing) -> Result<bool, IndexError> {
        let hits = &mut self.parts[next.part];
        if hits.is_sure(next.at) {
            return Ok(true);
        }
        let doc = hits.doc(self.conn, next.at)?;
        let text = self.texts.bytes(doc)?;
        Ok(hits.settle(self.wanted, next.at, &text) == Some(standing))
    }
}
