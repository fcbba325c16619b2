//! The recovery board: how each service stands, how many of its parts are back, and when the rest will
//! be, from the rate that was measured. It does not know why a rate is what it is: people, nights and
//! weekends are in it only as far as they were while it was measured.

use std::fmt::Write as _;

use case::ServiceStatus;
use jiff::SignedDuration;
use serde::Serialize;

use super::{Counted, Event, Live, Service, Standing, Time};
use crate::{Sentence, Stamp};

/// A service on the board.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub status: ServiceStatus,
    /// Since when.
    pub since: Option<Time>,
    /// The service whose tenant it is; empty where it is none.
    pub part_of: String,
    /// What must be back before it and is not.
    pub waits_for: Vec<String>,
    /// Where it is worked on.
    pub site: String,
    /// The last count, where there is any.
    pub count: Option<Counting>,
    /// When the rest will be back.
    pub forecast: Option<Forecast>,
    /// The entries that say so, the first one first.
    pub entries: Vec<u64>,
}

/// How many are back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counting {
    /// How many.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// Of what.
    pub unit: String,
    /// As of when.
    pub at: Stamp,
}

/// When the rest will be back: if the work goes on as it went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// How many a day, over the time that was measured.
    pub per_day: f64,
    /// The day that is as likely too early as too late.
    pub likely: Stamp,
    /// In eight of ten such courses it is this day or later.
    pub earliest: Option<Stamp>,
    /// In eight of ten such courses it is this day or earlier; none where no end can be told.
    pub latest: Option<Stamp>,
    /// From how many stretches between two counts it was measured. From one alone, nothing can be said
    /// of how sure it is.
    pub stretches: usize,
    /// Since when it was measured.
    pub since: Stamp,
}

impl Forecast {
    /// In words.
    pub fn says(&self) -> Sentence {
        let likely = self.likely.says();
        let rate = if self.per_day < 9.95 {
            format!("{:.1}", self.per_day)
        } else {
            format!("{:.0}", self.per_day)
        };
        let (mut ja, mut en) =
            (format!("1日{rate}、{}頃", likely.ja), format!("{rate} a day, about {}", likely.en));
        // A String takes all that is written to it.
        match (self.earliest.map(Stamp::says), self.latest.map(Stamp::says)) {
            (Some(earliest), Some(latest)) => {
                let _ = write!(ja, "（8割の幅：{}〜{}）", earliest.ja, latest.ja);
                let _ = write!(en, " (8 of 10: {} to {})", earliest.en, latest.en);
            }
            (Some(earliest), None) => {
                let _ = write!(ja, "（早くて{}、遅い方は言えない）", earliest.ja);
                let _ = write!(en, " (at the earliest {}; no latest can be told)", earliest.en);
            }
            _ => {
                ja.push_str("（区間が1つだけで、確かさは言えない）");
                en.push_str(" (from one stretch alone: how sure cannot be told)");
            }
        }
        Sentence::new(ja, en)
    }
}

/// No more stretches are looked at than these last: how fast it went at first says little later.
const MOST_STRETCHES: usize = 10;

/// Student's t of 0.9 on one side, by degrees of freedom from 1: between it and its opposite lie eight of
/// ten.
const T: [f64; 10] = [3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372];

/// No forecast goes further.
const MOST_DAYS: f64 = 3_650.0;

const MINUTES_A_DAY: f64 = 1_440.0;

impl Live {
    /// The board: services in the order in which they were first named, tenants after their service.
    pub fn board(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        let mut needs: Vec<Vec<String>> = Vec::new();
        let services = self.all(|event| match event {
            Event::Service(service) => Some(service),
            _ => None,
        });
        for (entry, service) in services {
            if let Some(at) = rows.iter().position(|row| row.name == service.name) {
                later(&mut rows[at], &mut needs[at], entry, service);
            } else {
                rows.push(first(entry, service));
                needs.push(service.needs.clone());
            }
        }
        let back: Vec<String> = rows
            .iter()
            .filter(|row| row.status != ServiceStatus::Affected)
            .map(|row| row.name.clone())
            .collect();
        for (row, mut needs) in rows.iter_mut().zip(needs) {
            needs.retain(|need| !back.contains(need));
            row.waits_for = needs;
            let mut counts: Vec<(&Standing, &Counted)> = self
                .all(|event| match event {
                    Event::Counted(counted) => Some(counted),
                    _ => None,
                })
                .filter(|(_, counted)| counted.service == row.name)
                .collect();
            counts.sort_by_key(|(entry, counted)| (counted.at, entry.seq));
            row.entries.extend(counts.iter().map(|(entry, _)| entry.seq));
            if let Some((_, last)) = counts.last() {
                let named = counts.iter().rev().find(|(_, counted)| !counted.unit.is_empty());
                let unit = named.map_or_else(String::new, |(_, counted)| counted.unit.clone());
                row.count =
                    Some(Counting { done: last.done, total: last.total, unit, at: last.at });
                let points: Vec<(Stamp, u64)> =
                    counts.iter().map(|(_, counted)| (counted.at, counted.done)).collect();
                row.forecast = forecast(&points, last.total);
            }
        }
        let mut ordered = Vec::with_capacity(rows.len());
        for service in rows.iter().filter(|row| row.part_of.is_empty()) {
            ordered.push(service.clone());
            ordered.extend(rows.iter().filter(|row| row.part_of == service.name).cloned());
        }
        // Tenants of what is a tenant itself, or is not there any more.
        ordered.extend(
            rows.iter()
                .filter(|row| !ordered.iter().any(|known| known.name == row.name))
                .cloned()
                .collect::<Vec<_>>(),
        );
        ordered
    }
}

fn first(entry: &Standing, service: &Service) -> Row {
    Row {
        name: service.name.clone(),
        status: service.status,
        since: service.at,
        part_of: service.part_of.clone(),
        waits_for: Vec::new(),
        site: service.site.clone(),
        count: None,
        forecast: None,
        entries: vec![entry.seq],
    }
}

/// What a later entry leaves out stays as it was.
fn later(row: &mut Row, needs: &mut Vec<String>, entry: &Standing, service: &Service) {
    if row.status != service.status || service.at.is_some() {
        row.since = service.at;
    }
    row.status = service.status;
    if !service.part_of.is_empty() {
        row.part_of.clone_from(&service.part_of);
    }
    if !service.site.is_empty() {
        row.site.clone_from(&service.site);
    }
    if !service.needs.is_empty() {
        needs.clone_from(&service.needs);
    }
    row.entries.push(entry.seq);
}

/// When `total` will be reached, from counts in the order of their times. The work is taken to go on at
/// one rate and to scatter as it scattered: what was done in a stretch of `d` days is `rate * d` with a
/// variance of `scatter * d`. Then what will be done in `t` more days lies, in eight of ten courses,
/// within `q * sqrt(scatter * (t + t² / measured))` of `rate * t`, the second part being what is not
/// known of the rate; the days at which those limits reach what is left are the limits of the forecast.
///
/// ```
/// use response::live::forecast;
/// let counts: Vec<(response::Stamp, u64)> = [("2031-06-10", 0), ("2031-06-12", 100), ("2031-06-14", 200)]
///     .into_iter().map(|(at, done)| (at.parse().unwrap(), done)).collect();
/// let told = forecast(&counts, 400).unwrap();
/// assert_eq!(told.likely.to_string(), "2031-06-18");
/// ```
pub fn forecast(counts: &[(Stamp, u64)], total: u64) -> Option<Forecast> {
    // Of several counts at one time the last one counts.
    let mut points: Vec<(Stamp, u64)> = Vec::new();
    for &(at, done) in counts {
        match points.last_mut() {
            Some(last) if last.0.instant() == at.instant() => *last = (at, done),
            _ => points.push((at, done)),
        }
    }
    let points = &points[points.len().saturating_sub(MOST_STRETCHES + 1)..];
    let (&(since, begun), &(now, done)) = (points.first()?, points.last()?);
    if points.len() < 2 || done >= total {
        return None;
    }
    let measured = days(since, now);
    let rate = difference(begun, done) / measured;
    let left = difference(done, total);
    if rate <= 0.0 || left / rate > MOST_DAYS {
        return None;
    }
    let day = |after: f64| later_day(now, after);
    let stretches = points.len() - 1;
    let (earliest, latest) = if stretches < 2 {
        (None, None)
    } else {
        let scatter = scatter(points, rate);
        let q = T.get(stretches - 2).copied().unwrap_or(T[T.len() - 1]);
        limits(rate, left, scatter, q, measured)
    };
    Some(Forecast {
        per_day: rate,
        likely: day(left / rate)?,
        earliest: earliest.and_then(day),
        latest: latest.filter(|&after| after <= MOST_DAYS).and_then(day),
        stretches,
        since,
    })
}

/// How far what was done in each stretch was off the rate, for each day.
fn scatter(points: &[(Stamp, u64)], rate: f64) -> f64 {
    let mut sum = 0.0;
    let mut freedom = -1.0;
    for pair in points.windows(2) {
        let took = days(pair[0].0, pair[1].0);
        let off = difference(pair[0].1, pair[1].1) - rate * took;
        sum += off * off / took;
        freedom += 1.0;
    }
    sum / freedom
}

/// The roots of `(left - rate t)² = q² scatter (t + t² / measured)`.
fn limits(rate: f64, left: f64, scatter: f64, q: f64, measured: f64) -> (Option<f64>, Option<f64>) {
    let wide = q * q * scatter;
    let a = rate * rate - wide / measured;
    let b = 2.0 * rate * left + wide;
    let root = (b * b - 4.0 * a * left * left).max(0.0).sqrt();
    // In this form nothing is lost where `a` is next to nothing.
    let earliest = 2.0 * left * left / (b + root);
    // The slowest rate that is in question would never get there.
    let latest = (a > 0.0).then(|| (b + root) / (2.0 * a));
    (Some(earliest), latest)
}

/// How many days lie between.
fn days(from: Stamp, to: Stamp) -> f64 {
    let minutes = to.instant().duration_since(from.instant()).as_mins();
    as_f64(minutes.unsigned_abs()) / MINUTES_A_DAY
}

/// `to - from`.
fn difference(from: u64, to: u64) -> f64 {
    if to >= from { as_f64(to - from) } else { -as_f64(from - to) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of offices and minutes are small")]
const fn as_f64(number: u64) -> f64 {
    number as f64
}

/// The day that lies so many days after a time.
fn later_day(now: Stamp, after: f64) -> Option<Stamp> {
    let seconds = SignedDuration::try_from_secs_f64(after * 86_400.0).ok()?;
    let then = now.instant().checked_add(seconds).ok()?;
    Some(Stamp::day(Stamp::of_instant(then).in_japan()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> Stamp {
        day.parse().unwrap()
    }

    fn told(counts: &[(&str, u64)], total: u64) -> Option<Forecast> {
        let counts: Vec<(Stamp, u64)> = counts.iter().map(|(day, done)| (at(day), *done)).collect();
        forecast(&counts, total)
    }

    #[test]
    fn one_stretch_says_nothing_of_how_sure_it_is() {
        let told = told(&[("2031-06-10", 100), ("2031-06-12", 300)], 800).unwrap();
        assert_eq!((told.likely, told.earliest, told.latest), (at("2031-06-17"), None, None));
        assert!((told.per_day - 100.0).abs() < 1e-9);
    }

    #[test]
    fn an_even_course_has_narrow_limits_and_an_uneven_one_wide_ones() {
        let even =
            [("2031-06-10", 0), ("2031-06-11", 99), ("2031-06-12", 201), ("2031-06-13", 300)];
        let even = told(&even, 900).unwrap();
        assert_eq!(even.likely, at("2031-06-19"));
        let width = |told: &Forecast| days(told.earliest.unwrap(), told.latest.unwrap());
        assert!(width(&even) <= 2.0, "{even:?}");
        let uneven =
            [("2031-06-10", 0), ("2031-06-11", 60), ("2031-06-12", 220), ("2031-06-13", 300)];
        let uneven = told(&uneven, 900).unwrap();
        assert_eq!(uneven.likely, even.likely);
        assert!(uneven.latest.is_none_or(|_| width(&uneven) > width(&even) + 2.0), "{uneven:?}");
    }

    #[test]
    fn no_end_is_told_where_none_can_be() {
        let stalled = [("2031-06-10", 0), ("2031-06-11", 300), ("2031-06-12", 300)];
        let stalled = told(&stalled, 2_000).unwrap();
        assert!(stalled.latest.is_none() && stalled.earliest.is_some(), "{stalled:?}");
        assert!(told(&[("2031-06-10", 5), ("2031-06-11", 5)], 9).is_none());
        assert!(told(&[("2031-06-10", 5), ("2031-06-11", 9)], 9).is_none());
        assert!(told(&[("2031-06-10", 5)], 9).is_none());
        assert!(told(&[("2031-06-10", 5), ("2031-06-10", 7)], 9).is_none());
    }

    #[test]
    fn counts_taken_at_the_same_time_are_one() {
        let twice = [("2031-06-10", 0), ("2031-06-11", 50), ("2031-06-11", 100)];
        assert_eq!(told(&twice, 200), told(&[("2031-06-10", 0), ("2031-06-11", 100)], 200));
    }

    /// Eight of ten such courses end within the limits: courses of a known rate and scatter, counted
    /// for six days and then run to their end.
    #[test]
    fn eight_of_ten_courses_end_within_the_limits() {
        let mut seed = 0x5eed_u64;
        // Irwin and Hall: twelve even numbers less six are nearly normal.
        let mut normal = || -> f64 {
            (0..12)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    as_f64(seed >> 11) / as_f64(1 << 53)
                })
                .sum::<f64>()
                - 6.0
        };
        let mut within = 0;
        for _ in 0..1_000 {
            let mut done = 0.0_f64;
            let mut day = at("2031-06-01");
            let mut counts = vec![(day, 0)];
            let mut end = None;
            for days in 1..400 {
                done = (done + 100.0 + 40.0 * normal()).max(0.0);
                day = Stamp::day(day.date().tomorrow().unwrap());
                if done >= 2_000.0 {
                    end = Some(day);
                    break;
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a count below 2,000"
                )]
                if days <= 6 {
                    counts.push((day, done as u64));
                }
            }
            let (told, end) = (forecast(&counts, 2_000).unwrap(), end.unwrap());
            let early = told.earliest.is_some_and(|earliest| end < earliest);
            let late = told.latest.is_some_and(|latest| latest < end);
            within += i32::from(!early && !late);
        }
        assert!((750..=880).contains(&within), "{within} of 1,000");
    }
}
