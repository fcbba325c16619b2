//! Time as numbers on an axis: moments to minutes, and where an axis has its marks. It does not
//! know pixels, except how many there are.

use case::{Moment, When};
use jiff::civil;

/// Minutes since 0001-01-01 00:00, local time of the organisation.
pub(crate) fn minutes(moment: Moment) -> i64 {
    let month = i8::try_from(moment.get_month().unwrap_or(1)).unwrap_or(1);
    let day = i8::try_from(moment.get_day().unwrap_or(1)).unwrap_or(1);
    let (hour, minute) = moment.get_time().unwrap_or((0, 0));
    let date = civil::date(moment.get_year(), month, day);
    let days = i64::from(days_of(date));
    days * 1_440 + i64::from(hour) * 60 + i64::from(minute)
}

/// Days since 1970-01-01.
pub(crate) fn days_of(date: civil::Date) -> i32 {
    let since = date.since((jiff::Unit::Day, civil::date(1970, 1, 1)));
    since.map_or(0, |span| span.get_days())
}

/// The day that is `days` after 1970-01-01.
pub(crate) fn date_of(days: i32) -> civil::Date {
    civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(days.clamp(-700_000, 2_900_000)))
}

/// The first minute after a moment at its precision: after 2016 comes 2017.
pub(crate) fn end_minutes(moment: Moment) -> i64 {
    let (year, month) = (moment.get_year(), moment.get_month());
    let next = match (month, moment.get_day(), moment.get_time()) {
        (None, _, _) => Moment::year(year + 1),
        (Some(12), None, _) => Moment::month(year + 1, 1),
        (Some(month), None, _) => Moment::month(year, month + 1),
        (_, Some(_), None) => return minutes(moment) + 1_440,
        (_, Some(_), Some(_)) => return minutes(moment) + 1,
    };
    next.map_or_else(|| minutes(moment), minutes)
}

/// From where to where on the axis; a point at minute precision is one minute long.
pub(crate) fn extent(when: &When) -> (i64, i64) {
    let from = minutes(when.from);
    (from, end_minutes(when.to.unwrap_or(when.from)).max(from + 1))
}

/// A mark of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tick {
    /// Where, in minutes.
    pub(crate) at: i64,
    /// What is written there.
    pub(crate) label: String,
}

/// The marks between two minutes, at most about `most` of them, in the coarsest unit that still
/// gives a few: years, months, days, hours or minutes.
pub(crate) fn ticks(from: i64, to: i64, most: i64) -> Vec<Tick> {
    const STEPS: [i64; 15] =
        [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 7_200, 14_400];
    let span = (to - from).max(1);
    let most = most.max(2);
    if let Some(&step) = STEPS.iter().find(|&&step| span / step <= most) {
        return by_minutes(from, to, step);
    }
    let months = span / 43_800;
    let step = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200]
        .into_iter()
        .find(|step| months / step <= most)
        .unwrap_or(2_400);
    by_months(from, to, step)
}

fn by_minutes(from: i64, to: i64, step: i64) -> Vec<Tick> {
    let first = from.div_euclid(step) * step;
    let marks = (0..).map(|n| first + n * step).take_while(|&at| at <= to);
    marks
        .filter(|&at| at >= from)
        .map(|at| {
            let date = date_of(i32::try_from(at.div_euclid(1_440)).unwrap_or(0));
            let minute = at.rem_euclid(1_440);
            let label = if step >= 1_440 || minute == 0 {
                format!("{}/{}", date.month(), date.day())
            } else {
                format!("{}:{:02}", minute / 60, minute % 60)
            };
            Tick { at, label }
        })
        .collect()
}

fn by_months(from: i64, to: i64, step: i64) -> Vec<Tick> {
    let first = date_of(i32::try_from(from.div_euclid(1_440)).unwrap_or(0));
    let start = i64::from(first.year()) * 12 + i64::from(first.month()) - 1;
    let mut marks = Vec::new();
    let mut month = start.div_euclid(step) * step;
    loop {
        let year = i16::try_from(month.div_euclid(12)).unwrap_or(9_999).clamp(1, 9_998);
        let number = i8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
        let at = i64::from(days_of(civil::date(year, number, 1))) * 1_440;
        if at > to || year == 9_998 {
            return marks;
        }
        if at >= from {
            let label = if step >= 12 || number == 1 {
                year.to_string()
            } else {
                format!("{year}/{number}")
            };
            marks.push(Tick { at, label });
        }
        month += step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, to: &str) -> Vec<String> {
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        ticks(minutes(from), minutes(to), 8).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn minutes_and_years_both_get_a_few_marks() {
        assert_eq!(
            labels("2031-04-05T18:24", "2031-04-05T18:57"),
            ["18:25", "18:30", "18:35", "18:40", "18:45", "18:50", "18:55"]
        );
        assert_eq!(
            labels("2015-02-09", "2023-05-12"),
            ["2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023"]
        );
        assert_eq!(
            labels("2031-04-03", "2031-04-07"),
            ["4/3", "12:00", "4/4", "12:00", "4/5", "12:00", "4/6", "12:00", "4/7"]
        );
    }

    #[test]
    fn a_moment_lasts_as_long_as_its_precision() {
        let when = |s: &str| When::point(s.parse().unwrap());
        let length = |s: &str| {
            let (from, to) = extent(&when(s));
            to - from
        };
        assert_eq!(length("2031-04-05T18:24"), 1);
        assert_eq!(length("2031-04-05"), 1_440);
        assert_eq!(length("2031-04"), 30 * 1_440);
        assert_eq!(length("2032"), 366 * 1_440);
        assert_eq!(length("9999"), 1);
    }

    #[test]
    fn days_go_there_and_back() {
        for day in [-700_000, 0, 11_016, 59, 2_900_000] {
            assert_eq!(days_of(date_of(day)), day);
        }
    }
}
