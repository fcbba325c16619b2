//! Periods in a query: a day, a month, a year, or from one to another. They do not know which
//! field they are asked of.

use std::fmt;
use std::ops::RangeInclusive;

use case::Moment;

use super::show;
use crate::catalogue::{epoch_day, last_epoch_day};
use crate::index::fold;

/// From the beginning of one moment to the end of another, both days at the finest; at least one
/// of them is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Days {
    from: Option<Moment>,
    to: Option<Moment>,
}

/// Why a period cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotDays {
    Unread,
    Reversed,
}

impl Days {
    /// One moment: all days that it may mean.
    pub fn within(moment: Moment) -> Self {
        Self { from: Some(moment.date()), to: Some(moment.date()) }
    }

    /// In days since 1970-01-01.
    pub fn range(self) -> RangeInclusive<i32> {
        let from = self.from.and_then(epoch_day).unwrap_or(i32::MIN);
        let to = self.to.and_then(last_epoch_day).unwrap_or(i32::MAX);
        from..=to
    }

    /// Reads `2023`, `2023-01..2023-06`, `..2020`, `>=2022-04`, `2023年6月`, `令和5年～`.
    pub(super) fn parse(text: &str) -> Result<Self, NotDays> {
        let text = fold(text);
        let days = bounds(&text).filter(|days| days.from.is_some() || days.to.is_some());
        let days = days.ok_or(NotDays::Unread)?;
        if days.range().is_empty() { Err(NotDays::Reversed) } else { Ok(days) }
    }
}

fn bounds(text: &str) -> Option<Days> {
    let after = |text| moment(text).and_then(next);
    let before = |text| moment(text).and_then(previous);
    if let Some(text) = text.strip_prefix(">=").or_else(|| text.strip_suffix("以降")) {
        return Some(Days { from: Some(moment(text)?), to: None });
    }
    if let Some(text) = text.strip_prefix("<=").or_else(|| text.strip_suffix("以前")) {
        return Some(Days { from: None, to: Some(moment(text)?) });
    }
    if let Some(text) = text.strip_prefix('>') {
        return Some(Days { from: Some(after(text)?), to: None });
    }
    if let Some(text) = text.strip_prefix('<') {
        return Some(Days { from: None, to: Some(before(text)?) });
    }
    let Some((from, to)) = text.split_once("..").or_else(|| text.split_once('~')) else {
        return moment(text).map(Days::within);
    };
    let end = |text: &str| if text.is_empty() { Some(None) } else { moment(text).map(Some) };
    Some(Days { from: end(from)?, to: end(to)? })
}

/// One moment, written with hyphens, slashes or in Japanese.
fn moment(text: &str) -> Option<Moment> {
    const ERAS: [(&str, i16); 3] = [("令和", 2018), ("平成", 1988), ("昭和", 1925)];
    let era = ERAS.iter().find_map(|(era, before)| Some((text.strip_prefix(era)?, *before)));
    let (text, before) = era.unwrap_or((text, 0));
    let plain = text.replace("元年", "1年").replace(['年', '月', '/'], "-");
    let plain = plain.trim_end_matches('日').trim_end_matches('-');
    let mut parts = plain.split('-').map(|part| {
        (part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i16>().ok()).flatten()
    });
    let year = parts.next()??.checked_add(before)?;
    if before == 0 && year < 1_000 {
        return None;
    }
    let small = |part: i16| u8::try_from(part).ok();
    let found = match (parts.next(), parts.next()) {
        (None, _) => Moment::year(year),
        (Some(month), None) => Moment::month(year, small(month?)?),
        (Some(month), Some(day)) => Moment::day(year, small(month?)?, small(day?)?),
    };
    if parts.next().is_some() { None } else { found }
}

/// The moment of the same precision after it.
fn next(moment: Moment) -> Option<Moment> {
    let year = moment.get_year();
    match (moment.get_month(), moment.get_day()) {
        (None, _) => Moment::year(year + 1),
        (Some(month), None) => {
            Moment::month(year, month + 1).or_else(|| Moment::month(year + 1, 1))
        }
        (Some(month), Some(day)) => Moment::day(year, month, day + 1)
            .or_else(|| Moment::day(year, month + 1, 1))
            .or_else(|| Moment::day(year + 1, 1, 1)),
    }
}

/// The moment of the same precision before it.
fn previous(moment: Moment) -> Option<Moment> {
    let year = moment.get_year();
    let last = |month| (28..=31).rev().find_map(|day| Moment::day(year, month, day));
    match (moment.get_month(), moment.get_day()) {
        (None, _) => Moment::year(year - 1),
        (Some(month), None) => {
            Moment::month(year, month - 1).or_else(|| Moment::month(year - 1, 12))
        }
        (Some(month), Some(day)) => Moment::day(year, month, day - 1)
            .or_else(|| last(month - 1))
            .or_else(|| Moment::day(year - 1, 12, 31)),
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::range(f, self.from, self.to)
    }
}
