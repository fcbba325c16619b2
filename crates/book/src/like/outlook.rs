//! What came of similar cases: how soon they were made public, what was announced, how long
//! recovery took. It does not know why they are similar, and foretells nothing.

use std::collections::BTreeMap;

use case::Measure;
use serde::Serialize;

use super::candidates::Found;
use crate::stats::delay::{Length, length, quantile};
use crate::stats::sizes::{Counted, Exactness};

/// What came of some cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// How many cases it is taken from.
    pub cases: u64,
    /// Days from the discovery to the disclosure.
    pub to_disclosure: Spread,
    /// Days from the discovery, or else the occurrence, to the last recovery that is told.
    pub to_recovery: Spread,
    /// People or records affected, exact or about; limits are left out.
    pub affected: Spread,
    /// The measures announced, the most frequent first.
    pub measures: Vec<MeasureCount>,
}

/// The middle of some numbers. Without any, `cases` is 0 and the rest is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// How many cases give the number.
    pub cases: u64,
    /// A quarter lies here or below.
    pub lower: Option<i64>,
    /// Half.
    pub median: Option<i64>,
    /// Three quarters.
    pub upper: Option<i64>,
}

/// How many cases announced a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MeasureCount {
    /// The measure.
    pub measure: Measure,
    /// How many cases.
    pub cases: u64,
}

impl Spread {
    fn of(values: impl Iterator<Item = i64>) -> Self {
        let mut values: Vec<i64> = values.collect();
        values.sort_unstable();
        Self {
            cases: values.len() as u64,
            lower: quantile(&values, 25),
            median: quantile(&values, 50),
            upper: quantile(&values, 75),
        }
    }
}

/// Of the cases.
pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Found>) -> Outlook {
    let rows: Vec<&Found> = rows.collect();
    let days = |length: Length| match length {
        Length::Days(days) => Some(days),
        Length::Unknown | Length::Imprecise | Length::Backwards => None,
    };
    let certain = |day| (day, false);
    let mut measures: BTreeMap<Measure, u64> = BTreeMap::new();
    for measure in rows.iter().flat_map(|row| &row.measures) {
        if let Some(measure) = Measure::from_name(measure) {
            *measures.entry(measure).or_default() += 1;
        }
    }
    let mut measures: Vec<MeasureCount> =
        measures.into_iter().map(|(measure, cases)| MeasureCount { measure, cases }).collect();
    measures.sort_by_key(|count| std::cmp::Reverse(count.cases));
    Outlook {
        cases: rows.len() as u64,
        to_disclosure: Spread::of(
            rows.iter().filter_map(|row| days(length(row.discovered, row.disclosed.map(certain)))),
        ),
        to_recovery: Spread::of(rows.iter().filter_map(|row| {
            days(length(row.discovered.or(row.occurred), row.recovered.map(certain)))
        })),
        affected: Spread::of(rows.iter().filter_map(|row| {
            let (value, exactness, counted) = row.affected?;
            let is_limit = matches!(exactness, Exactness::AtMost | Exactness::AtLeast);
            (!is_limit && counted != Counted::Others).then(|| i64::try_from(value).ok())?
        })),
        measures,
    }
}
