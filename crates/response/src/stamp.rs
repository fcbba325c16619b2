//! Points in time as people write them into facts: a day, or a minute with its offset from UTC. A
//! time without an offset is Japanese. It does not know what time it is.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Sentence;

/// Japan's offset from UTC, which has been the same since 1952.
const JAPAN: Offset = Offset::constant(9);

/// A day, or a minute of a day, with the offset from UTC of the place where it was written.
///
/// ```
/// use response::Stamp;
/// let known: Stamp = "2025-12-01T09:20+09:00".parse().unwrap();
/// assert_eq!(known.to_string(), "2025-12-01T09:20+09:00");
/// assert_eq!(known.in_japan().to_string(), "2025-12-01");
/// assert!("2025-12-01".parse::<Stamp>().unwrap() < known);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    day: Date,
    time: Option<Time>,
    offset: Offset,
}

impl Stamp {
    /// A day, written in Japan.
    pub const fn day(day: Date) -> Self {
        Self { day, time: None, offset: JAPAN }
    }

    /// The minute in Japan in which an instant lies.
    pub fn of_instant(instant: jiff::Timestamp) -> Self {
        let civil = JAPAN.to_datetime(instant);
        let time = Time::new(civil.hour(), civil.minute(), 0, 0).unwrap_or(Time::midnight());
        Self { day: civil.date(), time: Some(time), offset: JAPAN }
    }

    /// The day as written.
    pub const fn date(self) -> Date {
        self.day
    }

    /// Whether it is known to the minute.
    pub const fn has_time(self) -> bool {
        self.time.is_some()
    }

    /// The beginning of what it says, as an instant.
    pub fn instant(self) -> jiff::Timestamp {
        let civil = self.day.to_datetime(self.time.unwrap_or(Time::midnight()));
        self.offset.to_timestamp(civil).unwrap_or(jiff::Timestamp::MAX)
    }

    /// The day in Japan. A day without a time is the day that was written, wherever.
    pub fn in_japan(self) -> Date {
        self.in_zone(&TimeZone::fixed(JAPAN))
    }

    /// The day in a zone. A day without a time is the day that was written.
    pub fn in_zone(self, zone: &TimeZone) -> Date {
        match self.time {
            None => self.day,
            Some(_) => self.instant().to_zoned(zone.clone()).date(),
        }
    }

    /// So many hours later, at the same offset; counted from the beginning of a day without a time.
    #[must_use]
    pub fn plus_hours(self, hours: u32) -> Self {
        let civil = self.day.to_datetime(self.time.unwrap_or(Time::midnight()));
        let later = civil.saturating_add(jiff::SignedDuration::from_hours(i64::from(hours)));
        Self { day: later.date(), time: Some(later.time()), offset: self.offset }
    }

    /// The beginning of the next hour.
    #[must_use]
    pub fn next_hour(self) -> Self {
        let time = self.time.unwrap_or(Time::midnight());
        let hour = Time::new(time.hour(), 0, 0, 0).unwrap_or(time);
        Self { time: Some(hour), ..self }.plus_hours(1)
    }

    /// The same time on another day.
    #[must_use]
    pub const fn on(self, day: Date) -> Self {
        Self { day, ..self }
    }

    /// Without its time.
    #[must_use]
    pub const fn whole_day(self) -> Self {
        Self { time: None, ..self }
    }

    /// Whether `at` lies after it; a day is over when its last minute is.
    pub fn is_over_at(self, at: Self) -> bool {
        match (self.time, self.day.tomorrow()) {
            (None, Ok(next)) => at.instant() >= self.on(next).instant(),
            _ => at.instant() > self.instant(),
        }
    }

    /// In words, with the weekday: `2025-12-01（月）`.
    pub fn says(self) -> Sentence {
        let day = says_day(self.day);
        let Some(time) = self.time else { return day };
        let at = format!("{:02}:{:02}", time.hour(), time.minute());
        let zone =
            if self.offset == JAPAN { String::new() } else { format!(" ({})", zone(self.offset)) };
        Sentence::new(format!("{} {at}{zone}", day.ja), format!("{} {at}{zone}", day.en))
    }
}

/// A day with its weekday in words.
pub(crate) fn says_day(day: Date) -> Sentence {
    let at = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    let ja = ["月", "火", "水", "木", "金", "土", "日"][at];
    let en = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][at];
    Sentence::new(format!("{day}（{ja}）"), format!("{day} ({en})"))
}

fn zone(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

impl PartialEq for Stamp {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Stamp {}

impl PartialOrd for Stamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By the instant at which it begins; of two with the same, the coarser comes first.
impl Ord for Stamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant().cmp(&other.instant()).then(self.time.is_some().cmp(&other.time.is_some()))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.day)?;
        match self.time {
            None => Ok(()),
            Some(time) => {
                write!(f, "T{:02}:{:02}{}", time.hour(), time.minute(), zone(self.offset))
            }
        }
    }
}

/// What is no day and no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAStamp(String);

impl fmt::Display for NotAStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a day YYYY-MM-DD or a time YYYY-MM-DDThh:mm, with +hh:mm outside Japan",
            self.0
        )
    }
}

impl std::error::Error for NotAStamp {}

impl FromStr for Stamp {
    type Err = NotAStamp;

    fn from_str(s: &str) -> Result<Self, NotAStamp> {
        let words = s.trim();
        let parse = || {
            if let Ok(day) = words.parse::<Date>()
                && words.len() == 10
            {
                return Some(Self::day(day));
            }
            let (civil, offset) = split_offset(words)?;
            let civil: DateTime = civil.parse().ok()?;
            // What is finer than a minute decides nothing here.
            let time = Time::new(civil.time().hour(), civil.time().minute(), 0, 0).ok()?;
            Some(Self { day: civil.date(), time: Some(time), offset })
        };
        parse().ok_or_else(|| NotAStamp(s.to_owned()))
    }
}

/// A time and its offset: `Z`, `+hh:mm` or nothing, which is Japan's.
fn split_offset(words: &str) -> Option<(&str, Offset)> {
    if let Some(civil) = words.strip_suffix(['Z', 'z']) {
        return Some((civil, Offset::UTC));
    }
    let at = words.len().checked_sub(6)?;
    let (civil, written) = (words.get(..at)?, words.get(at..)?);
    let sign = match written.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        // Ten characters are a day, which has no time that could be without an offset.
        _ => return (words.len() > 10).then_some((words, JAPAN)),
    };
    if civil.len() <= 10 {
        return None;
    }
    let (hours, minutes) = written[1..].split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let offset = Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?;
    (minutes < 60).then_some((civil, offset))
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)?.parse().map_err(D::Error::custom)
    }
}

/// A TOML file may give a day in quotes or without; without, its parser hands on a map of one text.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day or a time")
    }

    fn visit_str<E>(self, words: &str) -> Result<String, E> {
        Ok(words.to_owned())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        let entry: Option<(String, String)> = map.next_entry()?;
        entry
            .map(|(_, written)| written)
            .ok_or_else(|| A::Error::custom("an empty table is no time"))
    }
}

/// A day of a data file.
pub(crate) fn day_of_toml<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let stamp = Stamp::deserialize(deserializer)?;
    Ok(stamp.date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(words: &str) -> Stamp {
        words.parse().unwrap()
    }

    #[test]
    fn days_and_times_are_read_and_written() {
        for (words, written) in [
            ("2025-12-01", "2025-12-01"),
            ("2025-12-01T09:20", "2025-12-01T09:20+09:00"),
            ("2025-12-01 09:20", "2025-12-01T09:20+09:00"),
            ("2025-12-01T09:20:59", "2025-12-01T09:20+09:00"),
            ("2025-12-01T09:20Z", "2025-12-01T09:20+00:00"),
            ("2025-12-01T09:20:00-05:00", "2025-12-01T09:20-05:00"),
        ] {
            assert_eq!(stamp(words).to_string(), written, "{words}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for wrong in [
            "", "2025", "2025-12", "2025-02-29", "2025-12-01T25:00", "2025-12-01+09:00", "12月1日",
            "2025-12-01T09:20+9", "今日の９時",
        ] {
            assert!(wrong.parse::<Stamp>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_instant_is_a_day_in_each_zone() {
        let night = stamp("2025-12-01T20:00Z");
        assert_eq!(night.in_japan().to_string(), "2025-12-02");
        let eastern = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        assert_eq!(stamp("2025-12-02T09:00").in_zone(&eastern).to_string(), "2025-12-01");
    }

    #[test]
    fn a_day_is_over_when_the_next_begins() {
        let due = stamp("2026-01-05");
        assert!(!due.is_over_at(stamp("2026-01-05T23:59")));
        assert!(due.is_over_at(stamp("2026-01-06T00:00")));
        assert!(stamp("2026-01-05T10:00").is_over_at(stamp("2026-01-05T10:01")));
    }

    #[test]
    fn a_facts_file_may_leave_the_quotes_out() {
        #[derive(Deserialize)]
        struct File {
            at: Vec<Stamp>,
        }
        let file: File =
            toml::from_str("at = [2025-12-01, 2025-12-01T09:20:00Z, \"2025-12-01T09:20\"]")
                .unwrap();
        let written: Vec<String> = file.at.iter().map(ToString::to_string).collect();
        assert_eq!(written, ["2025-12-01", "2025-12-01T09:20+00:00", "2025-12-01T09:20+09:00"]);
        assert!(toml::from_str::<File>("at = [09:20:00]").is_err());
    }
}
