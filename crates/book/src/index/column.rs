//! What a segment keeps of each document in the order of its documents: days, numbers. It does not
//! know which documents they are.

use std::ops::{Range, RangeInclusive};

use super::bits::Bits;
use super::document::{Range as Values, UNKNOWN_DAY};
use super::varint;

/// Appends a column of ranges; an unknown one is told apart from every value.
pub(super) fn encode(values: impl Iterator<Item = Option<Values>>, out: &mut Vec<u8>) {
    for value in values {
        match value {
            None => out.push(0),
            Some((least, most)) => {
                // One more than the number, so that zero is free; the last one shares its code.
                varint::put(varint::zigzag(least).saturating_add(1), out);
                varint::put(most.abs_diff(least), out);
            }
        }
    }
}

/// Reads a column of `docs` values.
pub(super) fn decode(mut bytes: &[u8], docs: usize) -> Option<Vec<Option<Values>>> {
    let values = (0..docs).map(|_| {
        let head = varint::take(&mut bytes)?;
        let Some(least) = head.checked_sub(1).map(varint::unzigzag) else { return Some(None) };
        Some(Some((least, least.saturating_add_unsigned(varint::take(&mut bytes)?))))
    });
    values.collect()
}

/// The days of documents that are sorted by them, recent first, the unknown last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Days {
    /// Each day with the first document of it, descending.
    runs: Vec<(i32, usize)>,
    docs: usize,
}

impl Days {
    /// Takes on the day of the next document; days come descending.
    pub(super) fn push(&mut self, day: i32) {
        if self.runs.last().is_none_or(|&(last, _)| last != day) {
            self.runs.push((day, self.docs));
        }
        self.docs += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.docs
    }

    /// The day of a document.
    pub(super) fn day(&self, at: usize) -> i32 {
        let after = self.runs.partition_point(|&(_, start)| start <= at);
        after.checked_sub(1).map_or(UNKNOWN_DAY, |run| self.runs[run].0)
    }

    /// The documents of a range of days.
    pub(super) fn of(&self, days: &RangeInclusive<i32>) -> Range<usize> {
        let start_of = |run: usize| self.runs.get(run).map_or(self.docs, |&(_, start)| start);
        let first = self.runs.partition_point(|(day, _)| day > days.end());
        let last = self.runs.partition_point(|(day, _)| day >= days.start());
        start_of(first)..start_of(last.max(first))
    }

    /// Each day with its documents.
    pub(super) fn runs(&self) -> impl Iterator<Item = (i32, Range<usize>)> + '_ {
        let ends = self.runs.iter().skip(1).map(|&(_, start)| start).chain([self.docs]);
        self.runs.iter().zip(ends).map(|(&(day, start), end)| (day, start..end))
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let mut before = 0;
        for (day, docs) in self.runs() {
            varint::put(varint::zigzag(i64::from(day) - before), out);
            varint::put(docs.len() as u64, out);
            before = i64::from(day);
        }
    }

    pub(super) fn decode(mut bytes: &[u8]) -> Option<Self> {
        // A run takes two bytes at least.
        let mut days = Self { runs: Vec::with_capacity(bytes.len() / 2), docs: 0 };
        let mut day = 0i64;
        while !bytes.is_empty() {
            day = day.checked_add(varint::unzigzag(varint::take(&mut bytes)?))?;
            days.runs.push((i32::try_from(day).ok()?, days.docs));
            days.docs = days.docs.checked_add(varint::take_size(&mut bytes)?)?;
        }
        Some(days)
    }
}

/// The documents whose value, or period, has something of `range`.
pub(super) fn touching(values: &[Option<Values>], range: &RangeInclusive<i64>) -> Bits {
    those(values, |value| {
        value.is_some_and(|(least, most)| least <= *range.end() && *range.start() <= most)
    })
}

/// The documents without a value.
pub(super) fn unknown(values: &[Option<Values>]) -> Bits {
    those(values, |value| value.is_none())
}

fn those(values: &[Option<Values>], wanted: impl Fn(Option<Values>) -> bool) -> Bits {
    let mut bits = Bits::none(values.len());
    for (at, &value) in values.iter().enumerate() {
        if wanted(value) {
            bits.insert(at);
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_back() {
        let values = [None, Some((0, 0)), Some((-5, 7)), Some((1, i64::MAX)), None];
        let mut bytes = Vec::new();
        encode(values.into_iter(), &mut bytes);
        assert_eq!(decode(&bytes, 5).unwrap(), values);
        assert_eq!(touching(&values, &(0..=0)).iter().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(decode(&bytes[..4], 5), None);
    }

    #[test]
    fn days_are_found_by_their_runs() {
        let mut days = Days::default();
        for day in [30, 20, 20, -4, UNKNOWN_DAY, UNKNOWN_DAY] {
            days.push(day);
        }
        let mut bytes = Vec::new();
        days.encode(&mut bytes);
        assert_eq!(Days::decode(&bytes).unwrap(), days);
        assert_eq!((days.day(0), days.day(2), days.day(5)), (30, 20, UNKNOWN_DAY));
        assert_eq!(days.of(&(-10..=20)), 1..4);
        assert_eq!(days.of(&(21..=29)), 1..1);
        assert_eq!(days.of(&(UNKNOWN_DAY..=UNKNOWN_DAY)), 4..6);
    }
}
