//! What the cases of a book add up to: how many by month, kind, sector, data and measure; how many
//! people; how long things took. It does not know how figures are shown, and a figure carries the
//! query that finds its cases instead of the cases.

mod ask;
pub mod delay;
pub mod sizes;
pub mod svg;
mod tally;
#[cfg(test)]
mod tests;

use case::{Authority, CaseNumber, Category, DataKind, Lang, Measure, Sector};
use serde::Serialize;

pub(crate) use self::ask::{DELAYS, terms};
use self::delay::Stretch;
use self::sizes::{Counted, Exactness};
pub(crate) use self::tally::{moment, text};
use crate::{Book, BookError};

/// Which cases are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The query that chose them; empty for all. Figures narrow it further.
    pub query: String,
    /// Their numbers; `None` for all cases of the book.
    pub numbers: Option<Vec<CaseNumber>>,
}

impl Selection {
    /// All cases of the book.
    pub fn all() -> Self {
        Self::default()
    }

    /// What a query found.
    pub fn of(query: impl Into<String>, numbers: Vec<CaseNumber>) -> Self {
        Self { query: query.into(), numbers: Some(numbers) }
    }
}

/// What the cases add up to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// The query that finds all that were counted.
    pub query: String,
    /// How many incidents.
    pub cases: u64,
    /// How many entries are commentary; they are in no other figure.
    pub columns: u64,
    /// How many, by each of [`By::ALL`] in that order.
    pub breakdowns: Vec<Breakdown>,
    /// How many people, records and other things are affected.
    pub affected: Affected,
    /// How long things took, for each of [`Stretch::ALL`] in that order.
    pub delays: Vec<Delay>,
}

/// By what cases are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The month of the first disclosure.
    Month,
    /// The year of the first disclosure.
    Year,
    /// The kind of incident.
    Category,
    /// The sector of the organisation.
    Sector,
    /// The kinds of data; a case may have several.
    DataKind,
    /// The measures announced; a case may have several.
    Measure,
    /// To whom it was reported; a case may have several.
    Authority,
}

impl By {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Month,
        Self::Year,
        Self::Category,
        Self::Sector,
        Self::DataKind,
        Self::Measure,
        Self::Authority,
    ];

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
            Self::Category => "category",
            Self::Sector => "sector",
            Self::DataKind => "data_kind",
            Self::Measure => "measure",
            Self::Authority => "authority",
        }
    }

    /// What people call it.
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Month, Lang::Ja) => "公表月",
            (Self::Month, Lang::En) => "month of disclosure",
            (Self::Year, Lang::Ja) => "公表年",
            (Self::Year, Lang::En) => "year of disclosure",
            (Self::Category, Lang::Ja) => "分類",
            (Self::Category, Lang::En) => "category",
            (Self::Sector, Lang::Ja) => "業種",
            (Self::Sector, Lang::En) => "sector",
            (Self::DataKind, Lang::Ja) => "データの種類",
            (Self::DataKind, Lang::En) => "data kinds",
            (Self::Measure, Lang::Ja) => "再発防止策",
            (Self::Measure, Lang::En) => "measures",
            (Self::Authority, Lang::Ja) => "報告先",
            (Self::Authority, Lang::En) => "reported to",
        }
    }

    /// What people call one of its keys.
    pub fn key_label(self, key: &str, lang: Lang) -> String {
        let known = match self {
            Self::Month | Self::Year => None,
            Self::Category => Category::from_name(key).map(|x| x.label(lang)),
            Self::Sector => Sector::from_name(key).map(|x| x.label(lang)),
            Self::DataKind => DataKind::from_name(key).map(|x| x.label(lang)),
            Self::Measure => Measure::from_name(key).map(|x| x.label(lang)),
            Self::Authority => Authority::from_name(key).map(|x| x.label(lang)),
        };
        known.map_or_else(|| key.to_owned(), str::to_owned)
    }
}

/// Cases counted by something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breakdown {
    /// By what.
    pub by: By,
    /// Times in their order, all else with the most frequent first; none with no case.
    pub figures: Vec<Figure>,
    /// The cases that do not say; its key is `unknown`.
    pub unknown: Figure,
}

/// How many cases, and the query that finds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// What they have in common: `2031-04`, `ransomware`, `7d`.
    pub key: String,
    /// How many.
    pub cases: u64,
    /// The query that finds them.
    pub query: String,
}

/// How many are affected, by the largest number that each case gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Affected {
    /// One for each kind of number and of thing counted that occurs.
    pub groups: Vec<AffectedGroup>,
    /// The cases that give no number: not zero, unknown. Its key is `unknown`.
    pub unknown: Figure,
    /// The cases that give one, by order of magnitude.
    pub orders: Vec<AffectedOrder>,
}

/// The numbers of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AffectedGroup {
    /// Exact, about, or a limit.
    pub exactness: Exactness,
    /// People, records or something else.
    pub counted: Counted,
    /// How many cases.
    pub cases: u64,
    /// Their numbers added up.
    pub sum: u64,
    /// The number in the middle.
    pub median: u64,
    /// The largest.
    pub largest: u64,
    /// The query that finds them.
    pub query: String,
}

/// The numbers of one order of magnitude, of whatever kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AffectedOrder {
    /// The smallest number of the order.
    pub from: u64,
    /// The largest.
    pub to: u64,
    /// How many cases.
    pub cases: u64,
    /// How many of them give the number itself.
    pub exact: u64,
    /// The query that finds them.
    pub query: String,
}

/// How long something took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delay {
    /// From what to what.
    pub stretch: Stretch,
    /// How many cases give both dates to the day, in order.
    pub cases: u64,
    /// Days below or at which [`delay::SHARES`] hundredths of them lie; empty without a case.
    pub quantiles: Vec<Quantile>,
    /// How many fall into each of [`delay::BUCKETS`].
    pub histogram: Vec<Figure>,
    /// Those that give both dates, one of them not to the day or as about a day.
    pub imprecise: Figure,
    /// Those whose later date stands before the earlier one.
    pub backwards: Figure,
    /// How many give only one of the dates, or none.
    pub unknown: u64,
}

/// A point of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quantile {
    /// Hundredths of the cases.
    pub share: u8,
    /// Took so many days at most.
    pub days: i64,
}

/// A figure in a line, for tables and CSV.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The group: `month`, `affected`, `to_discovery`.
    pub group: String,
    /// Which of the group: `2031-04`, `exact_people`, `p50`.
    pub key: String,
    /// What is given: `cases`, `sum`, `median`, `largest`, `days`.
    pub what: &'static str,
    /// The figure.
    pub value: i64,
    /// The query that finds the cases; empty where there is none.
    pub query: String,
}

impl Stats {
    /// One breakdown of them.
    pub fn by(&self, by: By) -> Option<&Breakdown> {
        self.breakdowns.iter().find(|breakdown| breakdown.by == by)
    }

    /// Every figure in a line.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = vec![Row::cases("all", "all", self.cases, &self.query)];
        for breakdown in &self.breakdowns {
            let name = breakdown.by.name();
            rows.extend(breakdown.figures.iter().map(|x| Row::of(name, x)));
            rows.push(Row::of(name, &breakdown.unknown));
        }
        for group in &self.affected.groups {
            let key = format!("{}_{}", group.exactness.name(), group.counted.name());
            rows.push(Row::cases("affected", &key, group.cases, &group.query));
            for (what, value) in
                [("sum", group.sum), ("median", group.median), ("largest", group.largest)]
            {
                rows.push(Row {
                    what,
                    value: signed(value),
                    ..Row::cases("affected", &key, 0, "")
                });
            }
        }
        rows.push(Row::of("affected", &self.affected.unknown));
        for order in &self.affected.orders {
            let key = format!("{}-{}", order.from, order.to);
            rows.push(Row::cases("affected_order", &key, order.cases, &order.query));
        }
        for delay in &self.delays {
            let name = delay.stretch.name();
            rows.push(Row::cases(name, "known", delay.cases, ""));
            rows.extend(delay.quantiles.iter().map(|x| Row {
                what: "days",
                value: x.days,
                ..Row::cases(name, &format!("p{}", x.share), 0, "")
            }));
            rows.extend(delay.histogram.iter().map(|x| Row::of(name, x)));
            rows.push(Row::of(name, &delay.imprecise));
            rows.push(Row::of(name, &delay.backwards));
            rows.push(Row::cases(name, "unknown", delay.unknown, ""));
        }
        rows
    }
}

impl Row {
    fn of(group: &str, figure: &Figure) -> Self {
        Self::cases(group, &figure.key, figure.cases, &figure.query)
    }

    fn cases(group: &str, key: &str, cases: u64, query: &str) -> Self {
        Self {
            group: group.to_owned(),
            key: key.to_owned(),
            what: "cases",
            value: signed(cases),
            query: query.to_owned(),
        }
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Book {
    /// Counts the cases of a selection. Numbers that the book does not have, or that were merged
    /// into others, count as nothing.
    pub fn stats(&self, selection: &Selection) -> Result<Stats, BookError> {
        self.read(|tables| tally::count(tables, selection))
    }
}
