//! Which days are days off: Japanese holidays and offices, and the days on which the US Securities
//! and Exchange Commission is closed. It knows calendars, not what is due on a day.

mod japan;
mod table;
mod us;

use jiff::civil::Date;

use crate::Sentence;

pub use japan::{holiday, holidays, published_until};

/// Why a day is no working day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// A Saturday.
    Saturday,
    /// A Sunday.
    Sunday,
    /// A holiday, with its name.
    Holiday(Sentence),
    /// The turn of the year, on which Japanese offices are closed (12-29 to 01-03).
    YearEnd,
}

impl Closed {
    /// In words.
    pub fn says(&self) -> Sentence {
        match self {
            Self::Saturday => Sentence::new("土曜日", "Saturday"),
            Self::Sunday => Sentence::new("日曜日", "Sunday"),
            Self::Holiday(name) => {
                Sentence::new(format!("祝日（{}）", name.ja), format!("holiday ({})", name.en))
            }
            Self::YearEnd => Sentence::new(
                "年末年始の閉庁日（12月29日〜1月3日）",
                "closed for the turn of the year (29 December to 3 January)",
            ),
        }
    }
}

/// A calendar of working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Calendar {
    /// Offices of the Japanese state (行政機関の休日に関する法律): closed on Saturdays, Sundays,
    /// holidays and from 29 December to 3 January.
    JapaneseOffices,
    /// The US Securities and Exchange Commission: closed on Saturdays, Sundays, federal holidays as
    /// observed, and days closed once.
    UsSec,
}

impl Calendar {
    /// Why a day is no working day; `None` for a working day.
    ///
    /// ```
    /// use response::calendar::Calendar;
    /// let day = |words: &str| words.parse().unwrap();
    /// assert!(Calendar::JapaneseOffices.closed(day("2025-12-30")).is_some());
    /// assert!(Calendar::JapaneseOffices.closed(day("2026-01-05")).is_none());
    /// ```
    pub fn closed(self, day: Date) -> Option<Closed> {
        match self {
            Self::JapaneseOffices => japan::closed(day),
            Self::UsSec => us::closed(day),
        }
    }

    /// Whether everything that closes offices in that year is published. Where it is not, a day may
    /// still become a holiday.
    pub fn is_published(self, year: i16) -> bool {
        match self {
            Self::JapaneseOffices => year <= japan::published_until(),
            Self::UsSec => year <= us::published_until(),
        }
    }

    /// Why a day that counts as open may have been closed after all.
    pub fn perhaps_closed(self, day: Date) -> Option<Sentence> {
        match self {
            Self::JapaneseOffices => None,
            Self::UsSec => us::perhaps_closed(day),
        }
    }
}

/// Saturday or Sunday.
fn weekend(day: Date) -> Option<Closed> {
    match day.weekday() {
        jiff::civil::Weekday::Saturday => Some(Closed::Saturday),
        jiff::civil::Weekday::Sunday => Some(Closed::Sunday),
        _ => None,
    }
}
