//! Days on which the US Securities and Exchange Commission is closed: federal holidays as they are
//! observed, and days closed once. The data is in `data/holidays-us.toml`. It does not know when the
//! stock exchanges are closed.

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use super::table::{Equinox, Holiday, Once};
use super::{Closed, weekend};
use crate::Sentence;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    published_until: i16,
    holiday: Vec<Holiday>,
    once: Vec<Once>,
    perhaps: Vec<Once>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/holidays-us.toml"))
        .expect("the file is part of the program, and read in its tests")
});

/// The year until which closings by executive order were looked up.
pub(super) fn published_until() -> i16 {
    TABLE.published_until
}

/// Why it is closed.
pub(super) fn closed(day: Date) -> Option<Closed> {
    weekend(day).or_else(|| {
        let once = TABLE.once.iter().find(|once| once.on == day).map(Once::name);
        once.or_else(|| observed(day)).map(Closed::Holiday)
    })
}

/// Why it may have been closed.
pub(super) fn perhaps_closed(day: Date) -> Option<Sentence> {
    TABLE.perhaps.iter().find(|once| once.on == day).map(Once::name)
}

/// The federal holiday observed on a weekday: its own, that of the Saturday after a Friday, or that
/// of the Sunday before a Monday.
fn observed(day: Date) -> Option<Sentence> {
    let beside = match day.weekday() {
        Weekday::Friday => day.tomorrow().ok(),
        Weekday::Monday => day.yesterday().ok(),
        _ => None,
    };
    [Some(day), beside].into_iter().flatten().find_map(|day| {
        let on = |holiday: &&Holiday| holiday.in_year(day.year(), no_equinox) == Some(day);
        TABLE.holiday.iter().find(on).map(Holiday::name)
    })
}

/// No federal holiday is on an equinox; day 0 is no day.
fn no_equinox(_: Equinox, _: i16) -> i8 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(day: &str) -> bool {
        closed(day.parse().unwrap()).is_none()
    }

    #[test]
    fn a_holiday_on_a_weekend_is_observed_beside_it() {
        assert!(!open("2021-12-31"), "2022-01-01 is a Saturday");
        assert!(!open("2023-01-02"), "2023-01-01 is a Sunday");
        assert!(!open("2026-07-03"), "2026-07-04 is a Saturday");
        assert!(open("2026-07-06"));
    }

    #[test]
    fn days_closed_once_count_and_unconfirmed_ones_do_not() {
        assert!(!open("2025-01-09"));
        assert!(open("2025-12-24"));
        assert!(perhaps_closed("2025-12-24".parse().unwrap()).is_some());
    }

    #[test]
    fn juneteenth_begins_in_2021() {
        assert!(open("2020-06-19"));
        assert!(!open("2021-06-18"));
    }
}
