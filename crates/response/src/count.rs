//! Days, hours and months counted, every step in words so that a person can check it. It does not
//! know what is due.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};
use serde::Serialize;

use crate::calendar::Calendar;
use crate::rule::Count;
use crate::stamp::says_day;
use crate::{Sentence, Stamp};

/// One step of a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The day that it speaks of.
    #[serde(serialize_with = "written")]
    pub day: Date,
    /// What it says.
    pub says: Sentence,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands on a reference")]
fn written<S: serde::Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The beginning of the time that is meant, where it is a span (3 to 5 days).
    pub from: Option<Stamp>,
    /// Its end: the whole day, or to the minute.
    pub by: Stamp,
}

/// What a count comes to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    pub(crate) due: Option<Due>,
    pub(crate) steps: Vec<Step>,
}

impl Counted {
    fn step(&mut self, day: Date, ja: String, en: String) {
        self.steps.push(Step { day, says: Sentence { ja, en } });
    }
}

/// What a trigger gives instead of the usual days or hours.
#[derive(Clone, Copy)]
pub(crate) struct Special<'a> {
    pub(crate) days: Option<u16>,
    pub(crate) hours: Option<u16>,
    pub(crate) because: &'a Sentence,
}

/// Counts from `start`.
pub(crate) fn count(count: &Count, start: Stamp, special: Option<Special<'_>>) -> Counted {
    let mut counted = Counted::default();
    counted.due = match *count {
        Count::Days { at_least, days, longer, first_day_counts, moves } => {
            let special = special.filter(|_| longer);
            let other = special.and_then(|special| Some((special.days?, special.because)));
            if let Some((other, because)) = other {
                counted.step(
                    start.in_japan(),
                    format!("{}に当たるため{days}日ではなく{other}日", because.ja),
                    format!("{other} days instead of {days}, for {}", because.en),
                );
            }
            let days = other.map_or(days, |(other, _)| other);
            calendar_days(&mut counted, start, at_least, days, first_day_counts, moves)
        }
        Count::Hours { hours } => {
            let other = special.and_then(|special| special.hours).map(u32::from);
            Some(hours_of_the_clock(&mut counted, start, other.unwrap_or(hours)))
        }
        Count::Months { months } => by_months(&mut counted, start, months),
        Count::BusinessDays { days, calendar, ref zone } => {
            business_days(&mut counted, start, days, calendar, zone)
        }
        Count::AfterYear { days } => after_year(&mut counted, start, days),
    };
    counted
}

/// A day so many days later.
fn later(day: Date, days: u16) -> Option<Date> {
    day.checked_add(Span::new().days(i64::from(days))).ok()
}

fn calendar_days(
    counted: &mut Counted,
    start: Stamp,
    at_least: Option<u16>,
    days: u16,
    first_day_counts: bool,
    moves: Option<Calendar>,
) -> Option<Due> {
    // Days are Japan's where the first one counts, which is how Japanese law says it here; else the
    // day as it was written down.
    let first = if first_day_counts { start.in_japan() } else { start.date() };
    let day = says_day(first);
    let off = u16::from(first_day_counts);
    if first_day_counts {
        counted.step(
            first,
            format!("{}を1日目とする（土日・祝日も数える）", day.ja),
            format!("{} is day 1 (weekends and holidays count)", day.en),
        );
    } else {
        counted.step(
            first,
            format!("{}の翌日を1日目とする（土日・祝日も数える）", day.ja),
            format!("the day after {} is day 1 (weekends and holidays count)", day.en),
        );
    }
    let mut nth = |nth: u16| {
        let day = later(first, nth - off)?;
        let says = says_day(day);
        counted.step(day, format!("{nth}日目は{}", says.ja), format!("day {nth} is {}", says.en));
        Some(day)
    };
    let from = at_least.and_then(&mut nth);
    let last = nth(days)?;
    let by = match moves {
        Some(calendar) => moved(counted, last, calendar)?,
        None => last,
    };
    Some(Due { from: from.map(Stamp::day), by: Stamp::day(by) })
}

/// The next day on which offices are open, with every day that is passed over.
fn moved(counted: &mut Counted, last: Date, calendar: Calendar) -> Option<Date> {
    let mut day = last;
    while let Some(closed) = calendar.closed(day) {
        let (says, closed) = (says_day(day), closed.says());
        counted.step(
            day,
            format!("{}は{}のため翌日へ", says.ja, closed.ja),
            format!("{}: {}, so the next day", says.en, closed.en),
        );
        day = day.tomorrow().ok()?;
    }
    if day != last {
        let says = says_day(day);
        counted.step(day, format!("期限は{}", says.ja), format!("due {}", says.en));
    }
    unpublished(counted, day, calendar);
    Some(day)
}

fn unpublished(counted: &mut Counted, day: Date, calendar: Calendar) {
    if !calendar.is_published(day.year()) {
        let year = day.year();
        counted.step(
            day,
            format!("{year}年の休日・休業日は確認していないものがあるため、期限は変わることがある"),
            format!("not all days off of {year} were looked up, so this may still move"),
        );
    }
}

fn hours_of_the_clock(counted: &mut Counted, start: Stamp, hours: u32) -> Due {
    let by = start.plus_hours(hours);
    let from = start.says();
    if !start.has_time() {
        counted.step(
            start.date(),
            format!("時刻が分からないため{}の0時から数える", from.ja),
            format!(
                "the time is not known, so it counts from midnight at the start of {}",
                from.en
            ),
        );
    }
    let until = by.says();
    counted.step(
        by.date(),
        format!("{}から{hours}時間後は{}（休日も数える）", from.ja, until.ja),
        format!("{hours} hours from {} end at {} (days off count)", from.en, until.en),
    );
    // Regulation (EEC, Euratom) 1182/71, 3(1) and 3(2)(a).
    if !start.has_time() {
        return Due { from: None, by };
    }
    let read = start.next_hour().plus_hours(hours).says();
    counted.step(
        by.date(),
        format!("規則1182/71第3条の数え方（知った時間帯を含めない）なら{}まで。早い方を期限とする", read.ja),
        format!(
            "read by Regulation 1182/71, Article 3, which leaves out the hour of knowing, until {}; \
             the earlier one is taken",
            read.en
        ),
    );
    Due { from: None, by }
}

fn by_months(counted: &mut Counted, start: Stamp, months: u16) -> Option<Due> {
    let first = start.date();
    let last = first.checked_add(i32::from(months).months()).ok()?;
    let (from, to) = (says_day(first), says_day(last));
    counted.step(
        last,
        format!("{}の{months}か月後の同じ日は{}", from.ja, to.ja),
        format!("{months} month(s) after {} is {}", from.en, to.en),
    );
    if first.day() != last.day() {
        counted.step(
            last,
            "その月に同じ日がないため月末とする".to_owned(),
            "that month has no such day, so its last one".to_owned(),
        );
    }
    if last.weekday().to_monday_one_offset() > 5 {
        counted.step(
            last,
            "規則1182/71第3条4項なら次の平日へ延びうるが、国内法によるため早い方を期限とする"
                .to_owned(),
            "Regulation 1182/71, Article 3(4), may move it to the next working day; national law \
             decides, and the earlier one is taken"
                .to_owned(),
        );
    }
    Some(Due { from: None, by: Stamp::day(last) })
}

fn business_days(
    counted: &mut Counted,
    start: Stamp,
    days: u16,
    calendar: Calendar,
    zone: &str,
) -> Option<Due> {
    let zone = TimeZone::posix(zone).ok()?;
    let first = start.in_zone(&zone);
    let says = says_day(first);
    counted.step(
        first,
        format!("起算のもとになる日は{}（現地）", says.ja),
        format!("the day that starts it is {} there", says.en),
    );
    // Form 8-K, General Instruction B.1: from a day off, the next business day is day 1.
    let mut day = if calendar.closed(first).is_some() { first } else { first.tomorrow().ok()? };
    let mut nth = 0;
    loop {
        let says = says_day(day);
        if let Some(closed) = calendar.closed(day) {
            let closed = closed.says();
            counted.step(
                day,
                format!("{}は{}のため数えない", says.ja, closed.ja),
                format!("{}: {}, not counted", says.en, closed.en),
            );
        } else {
            nth += 1;
            let perhaps = calendar.perhaps_closed(day).map_or_else(
                || Sentence::new("", ""),
                |why| {
                    Sentence::new(
                        format!("（{}の可能性あり。未確認のため営業日とする）", why.ja),
                        format!(" (perhaps {}; not confirmed, so it counts)", why.en),
                    )
                },
            );
            let ja = format!("{}は{nth}営業日目{}", says.ja, perhaps.ja);
            let en = format!("{} is business day {nth}{}", says.en, perhaps.en);
            counted.step(day, ja, en);
            if nth == days {
                break;
            }
        }
        day = day.tomorrow().ok()?;
    }
    unpublished(counted, day, calendar);
    Some(Due { from: None, by: Stamp::day(day) })
}

fn after_year(counted: &mut Counted, start: Stamp, days: u16) -> Option<Due> {
    let end = start.date().last_of_year();
    let last = later(end, days)?;
    let (from, to) = (says_day(end), says_day(last));
    counted.step(
        end,
        format!("知った年の末日は{}", from.ja),
        format!("the year of knowing ends on {}", from.en),
    );
    counted.step(
        last,
        format!("その{days}日後は{}", to.ja),
        format!("{days} days after it is {}", to.en),
    );
    Some(Due { from: None, by: Stamp::day(last) })
}
