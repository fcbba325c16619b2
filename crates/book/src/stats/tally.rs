//! Counting: one pass over the rows of the cases. It does not know what a figure is called.

use std::collections::BTreeMap;

use case::{Authority, Bound, Category, DataKind, Kind, Measure, Moment, Sector};
use rusqlite::{Connection, Row};

use super::ask::{self, Ask};
use super::delay::{BUCKETS, Length, SHARES, Stretch, quantile};
use super::sizes::{Counted, Exactness, order};
use super::{
    Affected, AffectedGroup, AffectedOrder, Breakdown, By, Delay, Figure, Quantile, Selection,
    Stats,
};
use crate::BookError;

const COLUMNS: &str = "SELECT kind, category, sector, disclosed, occurred, occurred_approx,
    discovered, discovered_approx, affected, affected_bound, affected_approx, affected_unit,
    data_kinds, measures, authorities";

/// Counts the chosen cases.
pub(super) fn count(tables: &Connection, selection: &Selection) -> Result<Stats, BookError> {
    let mut tally = Tally::default();
    let mut add = |row: &Row<'_>| tally.add(row);
    if let Some(numbers) = &selection.numbers {
        let chosen = serde_json::json!(numbers).to_string();
        let mut query = tables.prepare_cached(&format!(
            "{COLUMNS} FROM (SELECT DISTINCT value FROM json_each(?1)) AS chosen
             CROSS JOIN overview ON overview.number = chosen.value"
        ))?;
        let mut rows = query.query([chosen])?;
        while let Some(row) = rows.next()? {
            add(row)?;
        }
    } else {
        let mut query = tables.prepare_cached(&format!("{COLUMNS} FROM overview"))?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            add(row)?;
        }
    }
    Ok(tally.stats(&selection.query))
}

/// How often each of some values occurs, and how often none does.
struct Counter<T> {
    of: BTreeMap<T, u64>,
    unknown: u64,
}

impl<T> Default for Counter<T> {
    fn default() -> Self {
        Self { of: BTreeMap::new(), unknown: 0 }
    }
}

impl<T: Ord> Counter<T> {
    fn add(&mut self, values: impl IntoIterator<Item = T>) {
        let mut any = false;
        for value in values {
            any = true;
            *self.of.entry(value).or_default() += 1;
        }
        self.unknown += u64::from(!any);
    }

    /// The most frequent first; of those as frequent as each other, in their own order.
    fn ranked(&self, key: impl Fn(&T) -> (String, String)) -> Vec<Figure> {
        let mut figures = self.in_order(key);
        figures.sort_by_key(|figure| std::cmp::Reverse(figure.cases));
        figures
    }

    fn in_order(&self, key: impl Fn(&T) -> (String, String)) -> Vec<Figure> {
        self.of
            .iter()
            .map(|(value, &cases)| {
                let (key, query) = key(value);
                Figure { key, cases, query }
            })
            .collect()
    }
}

#[derive(Default)]
struct Tally {
    cases: u64,
    columns: u64,
    months: Counter<Moment>,
    years: Counter<Moment>,
    categories: Counter<Category>,
    sectors: Counter<Sector>,
    data: Counter<DataKind>,
    measures: Counter<Measure>,
    authorities: Counter<Authority>,
    affected: BTreeMap<(Exactness, Counted), Vec<u64>>,
    without_number: u64,
    orders: BTreeMap<(u64, u64), (u64, u64)>,
    delays: [Lengths; 3],
}

#[derive(Default)]
struct Lengths {
    days: Vec<i64>,
    imprecise: u64,
    backwards: u64,
    unknown: u64,
}

impl Tally {
    fn add(&mut self, row: &Row<'_>) -> Result<(), rusqlite::Error> {
        if text(row, 0)? == Some(Kind::Column.name()) {
            self.columns += 1;
            return Ok(());
        }
        self.cases += 1;
        let disclosed = moment(row, 3)?;
        let occurred = moment(row, 4)?.zip(row.get::<_, Option<bool>>(5)?);
        let discovered = moment(row, 6)?.zip(row.get::<_, Option<bool>>(7)?);
        self.months.add(disclosed.and_then(|x| Moment::month(x.get_year(), x.get_month()?)));
        self.years.add(disclosed.and_then(|x| Moment::year(x.get_year())));
        self.categories.add(text(row, 1)?.and_then(Category::from_name));
        self.sectors.add(text(row, 2)?.and_then(Sector::from_name));
        self.data.add(names(row, 12)?.filter_map(DataKind::from_name));
        self.measures.add(names(row, 13)?.filter_map(Measure::from_name));
        self.authorities.add(names(row, 14)?.filter_map(Authority::from_name));
        self.add_affected(row)?;
        let disclosed = disclosed.map(|day| (day, false));
        let lengths = ask::lengths(occurred, discovered, disclosed);
        for (delay, (_, length)) in self.delays.iter_mut().zip(lengths) {
            match length {
                Length::Days(days) => delay.days.push(days),
                Length::Imprecise => delay.imprecise += 1,
                Length::Backwards => delay.backwards += 1,
                Length::Unknown => delay.unknown += 1,
            }
        }
        Ok(())
    }

    fn add_affected(&mut self, row: &Row<'_>) -> Result<(), rusqlite::Error> {
        let Some(value) = row.get::<_, Option<u64>>(8)? else {
            self.without_number += 1;
            return Ok(());
        };
        let bound = text(row, 9)?.and_then(Bound::from_name).unwrap_or(Bound::Exact);
        let exactness = Exactness::of(bound, row.get::<_, Option<bool>>(10)?.unwrap_or(false));
        let counted = Counted::of(text(row, 11)?.unwrap_or_default());
        self.affected.entry((exactness, counted)).or_default().push(value);
        let (cases, exact) = self.orders.entry(order(value)).or_default();
        *cases += 1;
        *exact += u64::from(exactness == Exactness::Exact);
        Ok(())
    }

    fn stats(self, query: &str) -> Stats {
        let ask = Ask::new(query, self.columns > 0);
        let breakdown = |by, figures, unknown, what: &str| Breakdown {
            by,
            figures,
            unknown: Figure { key: "unknown".into(), cases: unknown, query: ask.without(what) },
        };
        let named = |field: &'static str, name: &'static str| (name.into(), ask.field(field, name));
        let time = |moment: &Moment| (moment.to_string(), ask.disclosed(*moment));
        let breakdowns = vec![
            breakdown(By::Month, self.months.in_order(time), self.months.unknown, "month"),
            breakdown(By::Year, self.years.in_order(time), self.years.unknown, "date"),
            breakdown(
                By::Category,
                self.categories.ranked(|x| named("category", x.name())),
                self.categories.unknown,
                "date", // each case has a category: there is nothing to find
            ),
            breakdown(
                By::Sector,
                self.sectors.ranked(|x| named("sector", x.name())),
                self.sectors.unknown,
                "sector",
            ),
            breakdown(
                By::DataKind,
                self.data.ranked(|x| named("data", x.name())),
                self.data.unknown,
                "data",
            ),
            breakdown(
                By::Measure,
                self.measures.ranked(|x| named("measure", x.name())),
                self.measures.unknown,
                "measure",
            ),
            breakdown(
                By::Authority,
                self.authorities.ranked(|x| named("authority", x.name())),
                self.authorities.unknown,
                "authority",
            ),
        ];
        let delays = Stretch::ALL
            .iter()
            .zip(self.delays)
            .map(|(&stretch, lengths)| delay(stretch, lengths, &ask))
            .collect();
        Stats {
            query: ask.all(),
            cases: self.cases,
            columns: self.columns,
            breakdowns,
            affected: affected(self.affected, self.orders, self.without_number, &ask),
            delays,
        }
    }
}

fn affected(
    groups: BTreeMap<(Exactness, Counted), Vec<u64>>,
    orders: BTreeMap<(u64, u64), (u64, u64)>,
    unknown: u64,
    ask: &Ask,
) -> Affected {
    let group = |((exactness, counted), mut values): ((Exactness, Counted), Vec<u64>)| {
        values.sort_unstable();
        AffectedGroup {
            exactness,
            counted,
            cases: values.len() as u64,
            sum: values.iter().fold(0, |sum, value| sum.saturating_add(*value)),
            median: quantile(&values, 50).unwrap_or(0),
            largest: values.last().copied().unwrap_or(0),
            query: ask.both((ask::EXACTNESS, exactness.name()), (ask::COUNTED, counted.name())),
        }
    };
    let of_order = |(order, (cases, exact))| {
        let (from, to) = order;
        AffectedOrder { from, to, cases, exact, query: ask.affected(order) }
    };
    Affected {
        groups: groups.into_iter().map(group).collect(),
        unknown: Figure { key: "unknown".into(), cases: unknown, query: ask.without("count") },
        orders: orders.into_iter().map(of_order).collect(),
    }
}

fn delay(stretch: Stretch, mut lengths: Lengths, ask: &Ask) -> Delay {
    lengths.days.sort_unstable();
    let days = &lengths.days;
    let figure = |key: &str, cases: u64| Figure {
        key: key.to_owned(),
        cases,
        query: ask.field(ask::DELAY, &ask::delay_value(stretch, key)),
    };
    let mut below = 0;
    let histogram = BUCKETS
        .iter()
        .map(|&(key, most)| {
            let up_to = days.partition_point(|&x| x <= most);
            let cases = up_to - below;
            below = up_to;
            figure(key, cases as u64)
        })
        .collect();
    Delay {
        stretch,
        cases: days.len() as u64,
        quantiles: SHARES
            .iter()
            .filter_map(|&share| Some(Quantile { share, days: quantile(days, share)? }))
            .collect(),
        histogram,
        imprecise: figure("imprecise", lengths.imprecise),
        backwards: figure("backwards", lengths.backwards),
        unknown: lengths.unknown,
    }
}

/// A text column without a copy.
pub(crate) fn text<'a>(row: &'a Row<'_>, at: usize) -> Result<Option<&'a str>, rusqlite::Error> {
    Ok(row.get_ref(at)?.as_str_or_null()?)
}

/// A column with a date, at whatever precision.
pub(crate) fn moment(row: &Row<'_>, at: usize) -> Result<Option<Moment>, rusqlite::Error> {
    Ok(text(row, at)?.and_then(|moment| moment.parse().ok()))
}

fn names<'a>(
    row: &'a Row<'_>,
    at: usize,
) -> Result<impl Iterator<Item = &'a str> + use<'a>, rusqlite::Error> {
    Ok(text(row, at)?.unwrap_or_default().split(','))
}
