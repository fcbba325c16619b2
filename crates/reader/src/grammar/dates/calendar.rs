//! The civil calendar as far as dates in releases need it: weekdays, day arithmetic and the
//! Japanese eras. It knows no time zone.

use case::Moment;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weekday {
    /// 月
    Monday,
    /// 火
    Tuesday,
    /// 水
    Wednesday,
    /// 木
    Thursday,
    /// 金
    Friday,
    /// 土
    Saturday,
    /// 日
    Sunday,
}

impl Weekday {
    /// All of them, Monday first as in ISO 8601.
    const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The weekday that a Japanese character stands for.
    pub(super) const fn from_kanji(c: char) -> Option<Self> {
        Some(match c {
            '月' => Self::Monday,
            '火' => Self::Tuesday,
            '水' => Self::Wednesday,
            '木' => Self::Thursday,
            '金' => Self::Friday,
            '土' => Self::Saturday,
            '日' => Self::Sunday,
            _ => return None,
        })
    }

    /// The weekday that an English word begins with, by its first three letters.
    pub(super) fn from_english(word: &[u8]) -> Option<Self> {
        const NAMES: [&[u8]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
        let at = NAMES.iter().position(|name| word.get(..3) == Some(name))?;
        Some(Self::ALL[at])
    }

    /// The weekday of a day; `None` for a month or a year.
    pub fn of(moment: Moment) -> Option<Self> {
        let days = days_from_epoch(moment)?;
        // 1970-01-01 was a Thursday.
        let index = usize::try_from((days + 3).rem_euclid(7)).ok()?;
        Self::ALL.get(index).copied()
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible
/// low-level date algorithms").
pub(super) fn days_from_epoch(moment: Moment) -> Option<i64> {
    let month = i64::from(moment.get_month()?);
    let day = i64::from(moment.get_day()?);
    let year = i64::from(moment.get_year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468)
}

/// The day that many days later; it keeps the time.
pub(super) fn plus_days(moment: Moment, days: i64) -> Option<Moment> {
    let total = days_from_epoch(moment)? + days + 719_468;
    let era = total.div_euclid(146_097);
    let of_era = total.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let date =
        Moment::day(i16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    match moment.get_time() {
        Some((hour, minute)) => date.at(hour, minute),
        None => Some(date),
    }
}

/// The year and month that many months later.
pub(super) fn plus_months(year: i16, month: u8, months: i16) -> Option<(i16, u8)> {
    let total = year.checked_mul(12)?.checked_add(i16::from(month) - 1)?.checked_add(months)?;
    Some((total.div_euclid(12), u8::try_from(total.rem_euclid(12) + 1).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_days_fall_on_known_weekdays() {
        let known = [
            (1970, 1, 1, Weekday::Thursday),
            (2000, 2, 29, Weekday::Tuesday),
            (2023, 6, 13, Weekday::Tuesday),
            (2024, 1, 1, Weekday::Monday),
        ];
        for (year, month, day, weekday) in known {
            assert_eq!(Moment::day(year, month, day).and_then(Weekday::of), Some(weekday));
        }
    }

    #[test]
    fn months_carry_into_years() {
        assert_eq!(plus_months(2023, 12, 1), Some((2024, 1)));
        assert_eq!(plus_months(2023, 1, -1), Some((2022, 12)));
    }

    proptest! {
        #[test]
        fn days_go_there_and_back(year in 1000..=3000i16, month in 1..=12u8, day in 1..=28u8, by in -9000..9000i64) {
            let start = Moment::day(year, month, day).unwrap();
            let there = plus_days(start, by).unwrap();
            prop_assert_eq!(days_from_epoch(there).unwrap() - days_from_epoch(start).unwrap(), by);
            prop_assert_eq!(plus_days(there, -by), Some(start));
        }
    }
}
