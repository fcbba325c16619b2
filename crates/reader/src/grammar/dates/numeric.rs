//! Dates in figures: 2023/6/5, 2023-06-05T09:00+09:00, 2017.3.9, R5.6.5, 6/5(月), 5 Jun 2023.
//!
//! Figures with slashes, points and hyphens are mostly something else (ratios, versions, phone
//! numbers, addresses): a rule here wants evidence before it believes in a date.

use super::{Field, Partial, Weekday, WeekdayMark, Year, clock, year};
use crate::grammar::Extent;
use crate::grammar::cursor::Cursor;
use crate::words::{any_of, letters};

/// Where the figures stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Nothing beside them says that they are a date.
    Needed,
    /// They end a period whose beginning is in figures.
    Given,
}

/// Reads a date in figures; gives the separator.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    partial: &mut Partial,
    evidence: Evidence,
) -> Option<u8> {
    let mut ahead = *cursor;
    let mut behind = *cursor;
    if behind.digits().is_some() && !matches!(behind.byte(), b'/' | b'-' | b'.' | b' ') {
        return None;
    }
    let figures = ahead.byte().is_ascii_digit() || matches!(ahead.byte(), b'\'' | 0xe2);
    let separator = if figures { None } else { era(&mut ahead, partial) }
        .or_else(|| full(&mut ahead, partial))
        .or_else(|| month_and_day(&mut ahead, partial, evidence))?;
    *cursor = ahead;
    Some(separator)
}

fn separator(cursor: &mut Cursor<'_>, wanted: Option<u8>) -> Option<u8> {
    let mut ahead = *cursor;
    ahead.space();
    let byte = ahead.byte();
    if !matches!(byte, b'/' | b'-' | b'.') || wanted.is_some_and(|wanted| wanted != byte) {
        return None;
    }
    ahead.at += 1;
    ahead.space();
    *cursor = ahead;
    Some(byte)
}

fn month_number(cursor: &mut Cursor<'_>) -> Option<u8> {
    let month = cursor.digits().filter(|n| n.digits <= 2)?;
    (1..=12).contains(&month.value).then(|| month.byte())
}

fn day_number(cursor: &mut Cursor<'_>) -> Option<u8> {
    let day = cursor.digits().filter(|n| n.digits <= 2)?;
    (1..=31).contains(&day.value).then(|| day.byte())
}

/// Whether the figures go on: 3.4.1.2, 2023-06-05-001, 2023/6/5a.
fn goes_on(cursor: &Cursor<'_>, separator: u8) -> bool {
    (cursor.byte() == separator && cursor.byte_at(1).is_ascii_alphanumeric())
        || matches!(cursor.byte(), b'0'..=b'9' | b'a'..=b'z' | b'%' | b'_')
}

/// R5.6.5, 令和5.6.5, H29/3/9.
fn era(cursor: &mut Cursor<'_>, partial: &mut Partial) -> Option<u8> {
    let mut ahead = *cursor;
    let year = year::era_number(&mut ahead)?;
    let mark = separator(&mut ahead, None)?;
    let month = month_number(&mut ahead)?;
    separator(&mut ahead, Some(mark))?;
    let day = day_number(&mut ahead)?;
    if goes_on(&ahead, mark) {
        return None;
    }
    set(partial, Some(year), month, Some(day));
    *cursor = ahead;
    Some(mark)
}

/// 2023/6/5, 2023-06-05 with the time that ISO 8601 puts behind it, 2017.3.9, 23/6/5, 2023/06.
fn full(cursor: &mut Cursor<'_>, partial: &mut Partial) -> Option<u8> {
    let mut ahead = *cursor;
    let before = ahead.before();
    let apostrophe = ahead.eat("'") || ahead.eat("’");
    let year = ahead.digits()?;
    let long = year.digits == 4 && (1900..=2099).contains(&year.value);
    let short = year.digits == 2 && (apostrophe || (13..=49).contains(&year.value));
    if !long && !short {
        return None;
    }
    let mark = separator(&mut ahead, None)?;
    if short && !apostrophe && mark != b'/' {
        return None;
    }
    let value = i16::try_from(year.value).ok()? + if long { 0 } else { 2000 };
    let month_at = ahead.at;
    let month = month_number(&mut ahead)?;
    let month_digits = ahead.at - month_at;
    let mut with_day = ahead;
    if separator(&mut with_day, Some(mark)).is_some() {
        let day = day_number(&mut with_day)?;
        let mut read = *partial;
        set(&mut read, Some(value), month, Some(day));
        iso_time(&mut with_day, &mut read);
        if goes_on(&with_day, mark) {
            return None;
        }
        *partial = read;
        *cursor = with_day;
        return Some(mark);
    }
    // A year and a month: 2023/6, 2023-06; but #2023-11 is a number of something.
    let is_month = long
        && (mark == b'/' || (mark == b'-' && month_digits == 2 && before != Some('#')))
        && !goes_on(&ahead, mark)
        && !ahead.sees_in(letters!("件人名社台"))
        && month_at - cursor.at == 5;
    if !is_month {
        return None;
    }
    set(partial, Some(value), month, None);
    *cursor = ahead;
    Some(mark)
}

/// Reads `T09:00:00Z`, `T09:00+09:00`.
fn iso_time(cursor: &mut Cursor<'_>, partial: &mut Partial) {
    let mut ahead = *cursor;
    if !ahead.eat("t") || !clock::read(&mut ahead, partial) {
        partial.time = None;
        return;
    }
    zone(&mut ahead, partial);
    *cursor = ahead;
}

/// Reads `z`, `+09:00`, `+0900`, ` gmt`.
fn zone(cursor: &mut Cursor<'_>, partial: &mut Partial) {
    let mut ahead = *cursor;
    ahead.space();
    if ahead.eat_any(any_of!["z", "gmt", "utc"]) {
        partial.offset_minutes = Some(0);
        *cursor = ahead;
        return;
    }
    if ahead.eat("jst") {
        *cursor = ahead;
        return;
    }
    let sign = match ahead.byte() {
        b'+' => 1,
        b'-' => -1,
        _ => return,
    };
    ahead.at += 1;
    let Some(first) = ahead.digits() else { return };
    let minutes = if first.digits == 4 {
        i16::try_from(first.value / 100 * 60 + first.value % 100)
    } else if first.digits == 2 && ahead.eat(":") {
        let Some(second) = ahead.digits().filter(|n| n.digits == 2) else { return };
        i16::try_from(first.value * 60 + second.value)
    } else {
        return;
    };
    if let Some(minutes) = minutes.ok().filter(|&minutes| minutes <= 14 * 60) {
        partial.offset_minutes = Some(sign * minutes);
        *cursor = ahead;
    }
}

/// 6/5 where something says that it is a date, 6.5(月).
fn month_and_day(cursor: &mut Cursor<'_>, partial: &mut Partial, evidence: Evidence) -> Option<u8> {
    let mut ahead = *cursor;
    let at_line_start = starts_an_item(&ahead);
    let month = month_number(&mut ahead)?;
    let mark @ (b'/' | b'.') = ahead.byte() else { return None };
    ahead.at += 1;
    let day = day_number(&mut ahead)?;
    if goes_on(&ahead, mark) || (ahead.byte() == b'/' || ahead.byte() == b'.' && mark == b'.') {
        return None;
    }
    let believed = evidence == Evidence::Given
        || bracketed_weekday(&ahead)
        || (mark == b'/' && (time_follows(ahead) || period_follows(ahead)))
        || (mark == b'/'
            && !is_fraction(month, day)
            && (at_line_start || particle_follows(&ahead)));
    if !believed {
        return None;
    }
    set(partial, None, month, Some(day));
    *cursor = ahead;
    Some(mark)
}

fn set(partial: &mut Partial, year: Option<i16>, month: u8, day: Option<u8>) {
    partial.year = year.map(Year::Absolute);
    partial.month = Some(Field::Number(month));
    partial.day = day.map(Field::Number);
}

/// Halves to quarters are said more often than the dates that look the same.
const fn is_fraction(numerator: u8, denominator: u8) -> bool {
    (denominator <= 5 && numerator < denominator) || (numerator == 1 && denominator == 10)
}

fn starts_an_item(cursor: &Cursor<'_>) -> bool {
    cursor.before().is_none_or(|c| letters!("\n•・◆■●○◇□▼>【「(※*【|,、").has(c))
}

fn bracketed_weekday(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.space();
    if !ahead.eat("(") {
        return false;
    }
    let Some(c) = ahead.eat_if(|c| letters!("月火水木金土日祝").has(c)) else {
        return Weekday::from_english(ahead.rest().as_bytes()).is_some();
    };
    let _ = c;
    ahead.sees_in(letters!(")曜・/,"))
}

fn time_follows(mut cursor: Cursor<'_>) -> bool {
    cursor.space();
    let clock_like = cursor.byte().is_ascii_digit() || cursor.sees_in(letters!("午深未早夕夜朝正"));
    let mut scratch = super::partial::empty(cursor.at);
    clock_like && clock::read(&mut cursor, &mut scratch)
}

fn period_follows(mut cursor: Cursor<'_>) -> bool {
    cursor.space();
    if !(cursor.eat("~") || cursor.eat("-") || cursor.eat("から")) {
        return false;
    }
    cursor.space();
    let figures =
        month_number(&mut cursor).is_some() && cursor.eat("/") && day_number(&mut cursor).is_some();
    figures && !goes_on(&cursor, b'/')
}

fn particle_follows(cursor: &Cursor<'_>) -> bool {
    cursor.sees_any(any_of![
        "に", "より", "から", "~", "まで", "付", "時点", "現在", "頃", "ごろ", "以降", "の夜",
        "の朝", "夜", "未明", "、", "深夜", "早朝",
    ])
}

const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
];

/// Reads a month's English name or its first three letters (sept too), up to a point.
fn month_name(cursor: &mut Cursor<'_>) -> Option<u8> {
    let word = letters(cursor);
    let index = MONTHS.iter().position(|name| {
        *name == word
            || (word.len() == 3 && name.starts_with(word))
            || (word == "sept" && *name == "september")
    })?;
    cursor.at += word.len();
    cursor.eat(".");
    u8::try_from(index + 1).ok()
}

fn letters<'a>(cursor: &Cursor<'a>) -> &'a str {
    let rest = cursor.rest();
    let length = rest.bytes().take(10).take_while(u8::is_ascii_lowercase).count();
    &rest[..length]
}

/// Reads the dates of English and of mail headers: mon, 5 jun 2023 09:00:00 +0900; june 5th, 2023;
/// june 2023.
pub(super) fn english(cursor: &mut Cursor<'_>, partial: &mut Partial) -> bool {
    let mut ahead = *cursor;
    let start = ahead.at;
    let mut weekday = None;
    let first = letters(&ahead);
    if first.len() >= 3
        && let Some(day) = Weekday::from_english(first.as_bytes())
        && (first.len() == 3 || first.ends_with("day"))
    {
        ahead.at += first.len();
        weekday = Some(WeekdayMark { weekday: day, range: Extent { start, end: ahead.at } });
        ahead.eat(".");
        ahead.eat(",");
        ahead.space();
    }
    let read = if ahead.byte().is_ascii_digit() {
        day_first(&mut ahead, partial)
    } else {
        month_first(&mut ahead, partial)
    };
    if read.is_none() {
        return false;
    }
    partial.weekday = weekday;
    let mut timed = ahead;
    timed.eat(",");
    timed.space();
    let mut with_time = *partial;
    if timed.byte().is_ascii_digit() && clock::read(&mut timed, &mut with_time) {
        *partial = with_time;
        ahead = timed;
        zone(&mut ahead, partial);
    }
    *cursor = ahead;
    true
}

fn ordinal_day(cursor: &mut Cursor<'_>) -> Option<u8> {
    let day = day_number(cursor)?;
    cursor.eat_any(any_of!["st", "nd", "rd", "th"]);
    (!cursor.byte().is_ascii_alphanumeric()).then_some(day)
}

fn english_year(cursor: &mut Cursor<'_>) -> Option<i16> {
    let mut ahead = *cursor;
    ahead.eat(",");
    ahead.space();
    let year = ahead.digits().filter(|n| (1900..=2099).contains(&n.value))?;
    if ahead.byte().is_ascii_alphanumeric() {
        return None;
    }
    *cursor = ahead;
    i16::try_from(year.value).ok()
}

fn day_first(cursor: &mut Cursor<'_>, partial: &mut Partial) -> Option<()> {
    let day = ordinal_day(cursor)?;
    if !(cursor.eat(" ") || cursor.eat("-")) {
        return None;
    }
    cursor.eat("of ");
    let month = month_name(cursor)?;
    cursor.eat("-");
    let year = english_year(cursor)?;
    set(partial, Some(year), month, Some(day));
    Some(())
}

fn month_first(cursor: &mut Cursor<'_>, partial: &mut Partial) -> Option<()> {
    let month = month_name(cursor)?;
    cursor.space();
    let mut ahead = *cursor;
    if let Some(day) = ordinal_day(&mut ahead)
        && !ahead.sees(":")
    {
        let year = english_year(&mut ahead)?;
        set(partial, Some(year), month, Some(day));
        *cursor = ahead;
        return Some(());
    }
    let year = english_year(cursor)?;
    set(partial, Some(year), month, None);
    Some(())
}
