//! Dates, times and periods as releases write them.
//!
//! [`scan`] finds what is written, [`resolve`] turns it into moments with the help of its
//! neighbours. Neither knows what happened at that time.

mod calendar;
mod clock;
mod infer;
mod numeric;
mod partial;
mod relative;
mod resolve;
mod scan;
#[cfg(test)]
mod tests;
mod year;

pub use calendar::Weekday;
pub(crate) use resolve::resolve_into;
pub use resolve::{Context, Resolved, resolve};
pub use scan::scan;
pub(crate) use scan::scan_into;

use super::Extent;

/// One date, time or period as written, in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own beside the date")]
pub struct Mention {
    /// All of it: qualifiers (頃, から … まで, 時点) and weekdays included.
    pub range: Extent,
    /// The point, or the beginning of the period.
    pub from: Partial,
    /// The end of the period.
    pub to: Option<Partial>,
    /// Whether a 約, 頃, 上旬, 深夜 or the like makes it approximate.
    pub approx: bool,
    /// Whether it begins and has no end: から, より, 以降, `~` with nothing after it.
    pub ongoing: bool,
    /// Whether `from` is an end without a beginning: まで, 以前.
    pub until: bool,
    /// 現在, 時点: the state of things at that time, no event.
    pub as_of: bool,
    /// 付, 付け: the date that a paper bears.
    pub dated: bool,
    /// Opening hours (平日9:00~18:00): to be dropped.
    pub hours: bool,
}

/// What is written of one point in time. Nothing is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Its words, with its weekday and qualifier, without the other half of a period.
    pub range: Extent,
    /// The year.
    pub year: Option<Year>,
    /// The month.
    pub month: Option<Field>,
    /// The day of the month.
    pub day: Option<Field>,
    /// Hour (up to 29, as in 25時) and minute.
    pub time: Option<(u8, u8)>,
    /// Minutes east of UTC, where a machine's time says so.
    pub offset_minutes: Option<i16>,
    /// The part of the day, whether or not a time is given too.
    pub part: Option<DayPart>,
    /// What makes it approximate.
    pub vague: Vague,
    /// The weekday beside it.
    pub weekday: Option<WeekdayMark>,
}

/// A year as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Year {
    /// A year of the common era, converted where written as an era's.
    Absolute(i16),
    /// Years after that of the date before in the text: 同年 0, 翌年 1, 前年 -1.
    FromAnchor(i8),
    /// Years after that of the disclosure: 本年 0, 昨年 -1, 来年 1.
    FromDisclosure(i8),
}

/// A month or a day as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Its number: a month of 1 to 12, a day of 1 to 31.
    Number(u8),
    /// After that of the date before in the text: 同日 0, 翌日 1, 前日 -1.
    FromAnchor(i8),
    /// After that of the disclosure: 本日 0, 昨日 -1.
    FromDisclosure(i8),
}

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayPart {
    /// 未明
    BeforeDawn,
    /// 早朝, 明け方
    EarlyMorning,
    /// 朝
    Morning,
    /// 午前 without an hour
    Forenoon,
    /// 昼
    Midday,
    /// 午後 without an hour
    Afternoon,
    /// 夕方, 夕刻
    Evening,
    /// 夜, 晩
    Night,
    /// 深夜
    LateNight,
}

/// What makes a date approximate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vague {
    /// Nothing.
    None,
    /// 頃, ごろ, 前後, 約
    Around,
    /// 上旬, 初旬, 初め, 前半
    Early,
    /// 中旬, 半ば
    Mid,
    /// 下旬, 後半
    Late,
    /// 末
    End,
    /// 翌週, 先週: within the week that the day fields reach
    Week,
    /// 年度, 月期: a business year
    Fiscal,
}

/// A weekday as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekdayMark {
    /// Which.
    pub weekday: Weekday,
    /// Its words, with the brackets.
    pub range: Extent,
}

/// How much of a point in time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// A year.
    Year,
    /// A month.
    Month,
    /// A day.
    Day,
    /// A time of day.
    Minute,
}

impl Partial {
    /// The finest part that is written.
    pub const fn precision(&self) -> Precision {
        if self.time.is_some() {
            Precision::Minute
        } else if self.day.is_some() {
            Precision::Day
        } else if self.month.is_some() {
            Precision::Month
        } else {
            Precision::Year
        }
    }

    /// Whether it is a time of day alone.
    pub const fn is_bare_time(&self) -> bool {
        self.year.is_none() && self.month.is_none() && self.day.is_none()
    }
}
