//! Moments and periods at the precision that a text gives. They know the civil calendar of
//! ISO 8601, not how a release writes a date, and no time zone: a case is told in the local time
//! of its organisation (Japan: UTC+9).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A year, month, day or minute, whichever the text gives: `2016`, `2016-10`, `2016-10-03`,
/// `2023-06-05T06:00`. Ordered by time; of two with the same beginning the coarser comes first.
///
/// ```
/// use case::Moment;
/// let found: Moment = "2023-06-05T06:00".parse().unwrap();
/// assert_eq!(found.to_string(), "2023-06-05T06:00");
/// assert!(Moment::day(2023, 2, 29).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment {
    year: i16,
    month: Option<u8>,
    day: Option<u8>,
    time: Option<(u8, u8)>,
}

impl Moment {
    /// A year, 1 to 9999.
    pub fn year(year: i16) -> Option<Self> {
        (1..=9999).contains(&year).then_some(Self { year, month: None, day: None, time: None })
    }

    /// A month of a year.
    pub fn month(year: i16, month: u8) -> Option<Self> {
        let whole = Self::year(year)?;
        (1..=12).contains(&month).then_some(Self { month: Some(month), ..whole })
    }

    /// A day that the calendar has.
    pub fn day(year: i16, month: u8, day: u8) -> Option<Self> {
        let whole = Self::month(year, month)?;
        (1..=days_in_month(year, month)).contains(&day).then_some(Self { day: Some(day), ..whole })
    }

    /// The same day at a time, `None` where this is no day or there is no such time.
    pub fn at(self, hour: u8, minute: u8) -> Option<Self> {
        (self.day.is_some() && hour < 24 && minute < 60)
            .then_some(Self { time: Some((hour, minute)), ..self })
    }

    /// The year.
    pub const fn get_year(self) -> i16 {
        self.year
    }

    /// The month, 1 to 12.
    pub const fn get_month(self) -> Option<u8> {
        self.month
    }

    /// The day of the month.
    pub const fn get_day(self) -> Option<u8> {
        self.day
    }

    /// Hour and minute.
    pub const fn get_time(self) -> Option<(u8, u8)> {
        self.time
    }

    /// Without its time.
    #[must_use]
    pub const fn date(self) -> Self {
        Self { time: None, ..self }
    }
}

/// How many days a month of the Gregorian calendar has.
const fn days_in_month(year: i16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        if let Some((hour, minute)) = self.time {
            write!(f, "T{hour:02}:{minute:02}")?;
        }
        Ok(())
    }
}

/// What is not a moment in ISO 8601 at one of the four precisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAMoment(String);

impl fmt::Display for NotAMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm", self.0)
    }
}

impl std::error::Error for NotAMoment {}

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(s: &str) -> Result<Self, NotAMoment> {
        let parse = || {
            let (date, time) = match s.split_once('T') {
                Some((date, time)) => (date, Some(time)),
                None => (s, None),
            };
            let mut parts = date.split('-');
            let year = number(parts.next()?, 4)?;
            let date = match (parts.next(), parts.next()) {
                (None, _) => Self::year(year)?,
                (Some(month), None) => Self::month(year, small(month)?)?,
                (Some(month), Some(day)) => Self::day(year, small(month)?, small(day)?)?,
            };
            if parts.next().is_some() {
                return None;
            }
            match time {
                None => Some(date),
                Some(time) => {
                    let (hour, minute) = time.split_once(':')?;
                    date.at(small(hour)?, small(minute)?)
                }
            }
        };
        parse().ok_or_else(|| NotAMoment(s.to_owned()))
    }
}

fn number(digits: &str, width: usize) -> Option<i16> {
    (digits.len() == width && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())?
}

fn small(digits: &str) -> Option<u8> {
    number(digits, 2).and_then(|n| u8::try_from(n).ok())
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "ISO 8601 at the precision that the text gives, local time of the organisation",
            "type": "string",
            "pattern": r"^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2})?)?)?$"
        })
    }
}

/// A point or a period of time. Ordered by its beginning, then by its end.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct When {
    /// The point, or the beginning of the period.
    pub from: Moment,
    /// The end of the period; `null` for a point.
    pub to: Option<Moment>,
    /// Whether the text says 頃, ごろ, 約, 上旬 or the like.
    pub approx: bool,
    /// Whether the period has a beginning and, in the text, no end yet.
    pub ongoing: bool,
}

impl When {
    /// A point in time, said plainly.
    pub const fn point(at: Moment) -> Self {
        Self { from: at, to: None, approx: false, ongoing: false }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_moment_is_refused() {
        for wrong in [
            "", "23", "2023-13", "2023-02-29", "2023-06-05T24:00", "2023-06T06:00", "2023-06-05-07",
        ] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn moments_round_trip(year in 1..=9999i16, month in 1..=12u8, day in 1..=31u8, hour in 0..24u8, minute in 0..60u8) {
            let moments = [
                Moment::year(year),
                Moment::month(year, month),
                Moment::day(year, month, day),
                Moment::day(year, month, day).and_then(|d| d.at(hour, minute)),
            ];
            for moment in moments.into_iter().flatten() {
                prop_assert_eq!(moment.to_string().parse::<Moment>().unwrap(), moment);
            }
        }
    }
}
