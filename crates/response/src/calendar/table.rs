//! The form of the data files of holidays. It does not know which holidays there are.

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use crate::Sentence;
use crate::stamp::day_of_toml;

/// When a holiday is, year after year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Holiday {
    ja: String,
    en: String,
    /// `MM-DD`.
    day: Option<String>,
    /// Month, and which of its Mondays.
    monday: Option<(i8, i8)>,
    /// Month, weekday from Monday as 1, and which of these; -1 is the last.
    nth: Option<(i8, i8, i8)>,
    equinox: Option<Equinox>,
    /// The first year.
    from: i16,
    /// The last year.
    until: Option<i16>,
    /// Years between them in which it was on another day.
    #[serde(default)]
    not_in: Vec<i16>,
}

/// Which equinox.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Equinox {
    Spring,
    Autumn,
}

/// A day that was a holiday once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Once {
    ja: String,
    en: String,
    #[serde(deserialize_with = "day_of_toml")]
    pub(super) on: Date,
}

impl Once {
    pub(super) fn name(&self) -> Sentence {
        Sentence::new(&*self.ja, &*self.en)
    }
}

impl Holiday {
    pub(super) fn name(&self) -> Sentence {
        Sentence::new(&*self.ja, &*self.en)
    }

    /// The day in a year, `None` in a year that does not have it. `equinox` tells the day of the
    /// month of an equinox.
    pub(super) fn in_year(&self, year: i16, equinox: fn(Equinox, i16) -> i8) -> Option<Date> {
        let has = year >= self.from && self.until.is_none_or(|last| year <= last);
        if !has || self.not_in.contains(&year) {
            return None;
        }
        if let Some(day) = &self.day {
            let (month, day) = day.split_once('-')?;
            return Date::new(year, month.parse().ok()?, day.parse().ok()?).ok();
        }
        if let Some((month, which)) = self.monday {
            return nth(year, month, Weekday::Monday, which);
        }
        if let Some((month, weekday, which)) = self.nth {
            return nth(year, month, Weekday::from_monday_one_offset(weekday).ok()?, which);
        }
        let which = self.equinox?;
        let month = match which {
            Equinox::Spring => 3,
            Equinox::Autumn => 9,
        };
        Date::new(year, month, equinox(which, year)).ok()
    }
}

/// A weekday of a month, counted from its beginning, or with -1 the last.
fn nth(year: i16, month: i8, weekday: Weekday, which: i8) -> Option<Date> {
    Date::new(year, month, 1).ok()?.nth_weekday_of_month(which, weekday).ok()
}
