//! All who answer, query by query in turn, each answer held against a plain scan. It does not know
//! how they find anything.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::Failed;
use super::answer::{Answer, PAGE, Times};
use super::asked::{Asked, CLASSES};
use super::ours::Ours;
use super::postgres::Postgres;
use super::scan::{self, Scanned};
use super::trigram::Trigram;
use crate::table::{Table, significant};

/// Queries with which everybody warms up.
const WARM: usize = 8;

/// Those who answer, in the order of the table.
const NAMES: [&str; 4] = [
    "jikenbo, index: hits and exact count",
    "jikenbo, Book::search: lines and snippets",
    "SQLite FTS5 trigram",
    "PostgreSQL pg_trgm",
];

/// Who answers.
struct Race<'a> {
    ours: &'a Ours,
    trigram: Option<Trigram>,
    postgres: Option<Postgres>,
}

/// How everybody did at one class.
type Row = [Times; 4];

/// Asks everybody everything and prints how they did.
pub(crate) fn run(
    ours: &Ours,
    trigram: Option<Trigram>,
    postgres: Option<Postgres>,
    cases: &[Scanned],
    asked: &[Asked],
) -> Result<String, Failed> {
    let mut race = Race { ours, trigram, postgres };
    for one in asked.iter().take(WARM) {
        race.answers(one)?;
    }
    let mut rows: [Row; CLASSES.len()] = Default::default();
    let (mut found, mut there, mut scanning) = (0, 0, Times::default());
    let mut spread = [0; 4];
    for one in asked {
        let started = Instant::now();
        let truth = scan::find(cases, one);
        scanning.push(started.elapsed());
        let known: HashSet<&str> = truth.iter().copied().collect();
        spread[match truth.len() {
            0 => 0,
            1..=50 => 1,
            51..=1_000 => 2,
            _ => 3,
        }] += 1;
        let all = ours.all(one)?;
        found += all.iter().filter(|number| known.contains(number.as_str())).count();
        there += known.len();
        let class = CLASSES.iter().position(|class| *class == one.class).unwrap_or(0);
        for (at, answer) in race.answers(one)?.into_iter().enumerate() {
            let times = &mut rows[class][at];
            match answer {
                None => times.push_none(),
                Some((time, answer)) => {
                    times.push(time);
                    // The book shows words in titles first, the peers know days alone.
                    let first = if at < 2 {
                        answer.first.len() == truth.len().min(PAGE)
                            && answer.first.iter().all(|number| known.contains(number.as_str()))
                    } else {
                        answer.first.iter().eq(truth.iter().take(PAGE))
                    };
                    let is_right = first && answer.count == truth.len() as u64;
                    times.wrong += usize::from(!is_right);
                }
            }
        }
        // More than there is would not show in the recall.
        rows[class][0].wrong += usize::from(all.len() != known.len());
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let recall = found as f64 / f64::from(u32::try_from(there)?.max(1));
    let [none, few, many, most] = spread;
    Ok(format!(
        "{}\n{} queries: {none} stand in no case, {few} in up to 50, {many} in up to 1,000, {most} \
         in more. Recall against a plain scan: {recall}. The scan itself: p50 {} ms.",
        table(&rows),
        asked.len(),
        scanning.within(50).map_or_else(String::new, significant)
    ))
}

impl Race<'_> {
    /// Everybody's answer and its time.
    fn answers(&mut self, asked: &Asked) -> Result<[Option<(Duration, Answer)>; 4], Failed> {
        let started = Instant::now();
        let exact = self.ours.exact(asked)?;
        let exact = Some((started.elapsed(), exact));
        let started = Instant::now();
        let page = self.ours.page(asked)?;
        let spent = started.elapsed();
        // A count between two limits is right if the number lies there.
        let count = exact.as_ref().map_or(0, |(_, exact)| exact.count);
        let count = count.clamp(page.at_least, page.at_most);
        let page = Some((spent, Answer { first: page.first, count }));
        let started = Instant::now();
        let trigram = match &self.trigram {
            Some(trigram) => trigram.answer(asked)?.map(|answer| (started.elapsed(), answer)),
            None => None,
        };
        let started = Instant::now();
        let postgres = match &mut self.postgres {
            Some(postgres) => {
                let answer = postgres.answer(asked)?;
                Some((started.elapsed(), answer))
            }
            None => None,
        };
        Ok([exact, page, trigram, postgres])
    }
}

fn table(rows: &[Row; CLASSES.len()]) -> Table {
    let mut table = Table::new(&[
        "queries", "who", "p50 ms", "p99 ms", "ours is × faster, p50", "p99", "no answer", "wrong",
    ]);
    for (class, row) in CLASSES.iter().zip(rows) {
        for (name, times) in NAMES.iter().zip(row) {
            // Over the same queries: a peer gains nothing by those that it cannot look for.
            let ours = row[0].where_answered(times);
            let ratio = |percent| {
                let ratio = times.within(percent)? / ours.within(percent)?;
                Some(significant(ratio))
            };
            let (asked, none) = times.asked();
            let within = |percent| times.within(percent).map(significant).unwrap_or_default();
            table.row(&[
                class,
                name,
                &within(50),
                &within(99),
                &ratio(50).unwrap_or_default(),
                &ratio(99).unwrap_or_default(),
                &format!("{none} of {asked}"),
                &times.wrong.to_string(),
            ]);
        }
    }
    table
}
