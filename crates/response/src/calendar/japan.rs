//! Japanese holidays by rule: the law on national holidays in each of its versions, with substitute
//! holidays (振替休日), days between two holidays (国民の休日), equinoxes and single days. The data
//! is in `data/holidays-japan.toml`. It does not know of holidays before 1949 or of bank holidays.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use super::table::{Equinox, Holiday, Once};
use super::{Closed, weekend};
use crate::Sentence;
use crate::stamp::day_of_toml;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    published_until: i16,
    #[serde(deserialize_with = "day_of_toml")]
    substitute_from: Date,
    #[serde(deserialize_with = "day_of_toml")]
    substitute_skips_from: Date,
    #[serde(deserialize_with = "day_of_toml")]
    between_from: Date,
    holiday: Vec<Holiday>,
    once: Vec<Once>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/holidays-japan.toml"))
        .expect("the file is part of the program, and read in its tests")
});

/// The year until which equinoxes are published; later holidays may still change.
pub fn published_until() -> i16 {
    TABLE.published_until
}

/// The name of a holiday, `None` for a day that is none. Right from 1955 to
/// [`published_until`]; later as the law and the formula for equinoxes stand today.
///
/// ```
/// use response::calendar::holiday;
/// let name = |day: &str| holiday(day.parse().unwrap()).map(|name| name.ja);
/// assert_eq!(name("2026-05-06").as_deref(), Some("振替休日"));
/// assert_eq!(name("2026-09-22").as_deref(), Some("国民の休日"));
/// assert_eq!(name("2026-09-24"), None);
/// ```
pub fn holiday(day: Date) -> Option<Sentence> {
    named(day).cloned().or_else(|| substitute(day)).or_else(|| between(day))
}

/// The holidays of a year in their order.
pub fn holidays(year: i16) -> Vec<(Date, Sentence)> {
    let Ok(first) = Date::new(year, 1, 1) else { return Vec::new() };
    first
        .series(jiff::Span::new().days(1))
        .take_while(|day| day.year() == year)
        .filter_map(|day| Some((day, holiday(day)?)))
        .collect()
}

/// Why offices of the state are closed.
pub(super) fn closed(day: Date) -> Option<Closed> {
    let year_end = matches!((day.month(), day.day()), (12, 29..=31) | (1, 1..=3));
    weekend(day)
        .or_else(|| year_end.then_some(Closed::YearEnd))
        .or_else(|| holiday(day).map(Closed::Holiday))
}

/// The holidays that the law names (国民の祝日), to the last year of the formula for equinoxes.
static NAMED: LazyLock<BTreeMap<Date, Sentence>> = LazyLock::new(|| {
    let yearly = (1948..=2099).flat_map(|year| {
        let of_year =
            move |holiday: &Holiday| Some((holiday.in_year(year, equinox)?, holiday.name()));
        TABLE.holiday.iter().filter_map(of_year)
    });
    yearly.chain(TABLE.once.iter().map(|once| (once.on, once.name()))).collect()
});

fn named(day: Date) -> Option<&'static Sentence> {
    NAMED.get(&day)
}

/// 振替休日: a holiday that falls on a Sunday. Until 2006 its next day, whatever that is; since
/// 2007 the next day that is no holiday itself.
fn substitute(day: Date) -> Option<Sentence> {
    let mut before = day.yesterday().ok()?;
    if day >= TABLE.substitute_skips_from {
        while before.weekday() != Weekday::Sunday && named(before).is_some() {
            before = before.yesterday().ok()?;
        }
    }
    let is_sunday_holiday = before.weekday() == Weekday::Sunday && named(before).is_some();
    (is_sunday_holiday && before >= TABLE.substitute_from)
        .then(|| Sentence::new("振替休日", "substitute holiday"))
}

/// 国民の休日: the day between two holidays. Until 2006 no Sunday; since 2007 any day.
fn between(day: Date) -> Option<Sentence> {
    let lies_between =
        named(day.yesterday().ok()?).is_some() && named(day.tomorrow().ok()?).is_some();
    let may = day >= TABLE.between_from
        && (day >= TABLE.substitute_skips_from || day.weekday() != Weekday::Sunday);
    (lies_between && may).then(|| Sentence::new("国民の休日", "citizens' holiday"))
}

/// The day of the month of an equinox in Japan: the formula of 長沢工, 日の出・日の入りの計算,
/// in millionths of a day. It gives every published date from 1949 on and runs until 2099.
fn equinox(which: Equinox, year: i16) -> i8 {
    let (base, leap_from) = match (which, year < 1980) {
        (Equinox::Spring, true) => (20_835_700, 1983),
        (Equinox::Autumn, true) => (23_258_800, 1983),
        (Equinox::Spring, false) => (20_843_100, 1980),
        (Equinox::Autumn, false) => (23_248_800, 1980),
    };
    let year = i32::from(year);
    let micros = base + 242_194 * (year - 1980);
    // The leap days since then; both formulas cut towards zero.
    let leaps = (year - leap_from) / 4;
    i8::try_from(micros.div_euclid(1_000_000) - leaps).unwrap_or(i8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(day: &str) -> Option<String> {
        holiday(day.parse().unwrap()).map(|name| name.ja)
    }

    #[test]
    fn every_line_of_the_data_says_one_kind_of_day() {
        for holiday in &TABLE.holiday {
            let some = (1949..=2030).any(|year| holiday.in_year(year, equinox).is_some());
            assert!(some, "{} is on no day of any year", holiday.name().ja);
        }
    }

    #[test]
    fn substitutes_begin_in_april_1973_and_skip_holidays_since_2007() {
        assert_eq!(name("1973-02-12"), None);
        assert_eq!(name("1973-04-30").as_deref(), Some("振替休日"));
        // 2009-05-03 is a Sunday, 4 and 5 May are holidays.
        assert_eq!(name("2009-05-06").as_deref(), Some("振替休日"));
        assert_eq!(name("1998-05-04").as_deref(), Some("振替休日"));
    }

    #[test]
    fn days_between_begin_in_1985_and_were_no_sundays() {
        assert_eq!(name("1985-05-04"), None);
        assert_eq!(name("1986-05-04"), None);
        assert_eq!(name("1988-05-04").as_deref(), Some("国民の休日"));
        assert_eq!(name("2019-04-30").as_deref(), Some("国民の休日"));
        assert_eq!(name("2019-05-02").as_deref(), Some("国民の休日"));
        assert_eq!(name("2032-09-21").as_deref(), Some("国民の休日"));
    }

    #[test]
    fn years_that_differed() {
        assert_eq!(name("2019-12-23"), None);
        assert_eq!(name("2020-10-12"), None);
        assert_eq!(name("2021-08-09").as_deref(), Some("振替休日"));
        assert_eq!(name("2021-08-11"), None);
        assert_eq!(holidays(2019).len(), 22);
        assert_eq!(holidays(1955).len(), 9);
    }
}
