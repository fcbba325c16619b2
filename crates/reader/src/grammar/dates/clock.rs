//! Times of day: 18時43分, 午後0時30分, 18:57, 正午, and parts of a day without an hour.

use super::{DayPart, Partial, Vague};
use crate::grammar::cursor::Cursor;
use crate::words::{any_of, letters};

/// The words for the parts of a day, the longer before the shorter.
const PARTS: [(&str, DayPart); 23] = [
    ("午前中", DayPart::Forenoon),
    ("午前", DayPart::Forenoon),
    ("午後", DayPart::Afternoon),
    ("未明", DayPart::BeforeDawn),
    ("早朝", DayPart::EarlyMorning),
    ("明け方", DayPart::EarlyMorning),
    ("朝方", DayPart::Morning),
    ("朝", DayPart::Morning),
    ("正午", DayPart::Midday),
    ("昼過ぎ", DayPart::Midday),
    ("昼頃", DayPart::Midday),
    ("昼前", DayPart::Midday),
    ("お昼", DayPart::Midday),
    ("昼", DayPart::Midday),
    ("夕方", DayPart::Evening),
    ("夕刻", DayPart::Evening),
    ("夜中", DayPart::LateNight),
    ("夜間", DayPart::Night),
    ("夜遅く", DayPart::LateNight),
    ("夜半", DayPart::LateNight),
    ("夜", DayPart::Night),
    ("晩", DayPart::Night),
    ("深夜", DayPart::LateNight),
];

/// Reads a time of day or a part of a day into `partial`; false where there is neither.
pub(super) fn read(cursor: &mut Cursor<'_>, partial: &mut Partial) -> bool {
    let mut ahead = *cursor;
    let part = part(&mut ahead);
    let noon = part == Some(DayPart::Midday) && cursor.sees("正午");
    if noon {
        partial.time = Some((12, 0));
        partial.part = part;
        *cursor = ahead;
        return true;
    }
    let mut timed = ahead;
    if part.is_some() {
        timed.eat("の");
        timed.space();
    }
    if let Some(((hour, minute), roughly)) = time(&mut timed) {
        partial.time = Some((shifted(hour, part), minute));
        partial.part = part;
        if roughly {
            partial.vague = Vague::Around;
        }
        *cursor = timed;
        meridiem_after(cursor, partial);
        return true;
    }
    if part.is_none() || continues_a_word(cursor, &ahead) {
        return false;
    }
    partial.part = part;
    *cursor = ahead;
    true
}

/// Whether what looks like a part of a day belongs to another word: 朝日, 夜勤, 昼食, 朝礼.
fn continues_a_word(start: &Cursor<'_>, end: &Cursor<'_>) -> bool {
    start.sees_any(any_of!["朝", "夜", "昼", "晩"])
        && end.sees_in(letters!("日食礼刊勤市会鮮帯学行景型部休方"))
        && !start.sees_any(any_of!["夜間", "夜中", "夜半", "昼休"])
}

fn part(cursor: &mut Cursor<'_>) -> Option<DayPart> {
    if cursor.byte() >= 0x80 && !cursor.sees_in(letters!("午未早明朝正昼お夕夜晩深")) {
        return None;
    }
    if let Some(&(word, part)) = PARTS.iter().find(|(word, _)| cursor.sees(word)) {
        cursor.at += word.len();
        return Some(part);
    }
    let part = match (cursor.byte(), cursor.byte_at(1)) {
        (b'a', b'm') => DayPart::Forenoon,
        (b'p', b'm') => DayPart::Afternoon,
        _ => return None,
    };
    let after = cursor.byte_at(2);
    let digit_follows = after.is_ascii_digit()
        || (matches!(after, b' ' | b'.') && cursor.byte_at(3).is_ascii_digit());
    if !digit_follows {
        return None;
    }
    cursor.at += if after.is_ascii_digit() { 2 } else { 3 };
    Some(part)
}

/// Passes `9:00 am`, `3:20pm`.
fn meridiem_after(cursor: &mut Cursor<'_>, partial: &mut Partial) {
    let mut ahead = *cursor;
    ahead.space();
    let part = if ahead.eat("am") || ahead.eat("a.m.") {
        DayPart::Forenoon
    } else if ahead.eat("pm") || ahead.eat("p.m.") {
        DayPart::Afternoon
    } else {
        return;
    };
    if ahead.byte().is_ascii_alphanumeric() {
        return;
    }
    *cursor = ahead;
    partial.part = Some(part);
    partial.time = partial.time.map(|(hour, minute)| {
        let midnight = part == DayPart::Forenoon && hour == 12;
        (if midnight { 0 } else { shifted(hour, Some(part)) }, minute)
    });
}

/// Reads 18時43分20秒, 18時半, 18時, 18:57, 18:57:10; also whether 時台 or the like follows.
fn time(cursor: &mut Cursor<'_>) -> Option<((u8, u8), bool)> {
    let mut ahead = *cursor;
    let hour = ahead.number().filter(|n| n.digits <= 3 && n.value <= 29)?;
    let read = if !hour.kanji && ahead.eat(":") {
        (colon(&mut ahead, hour.byte())?, false)
    } else if ahead.eat("時") {
        in_words(&mut ahead, hour.byte())?
    } else {
        return None;
    };
    *cursor = ahead;
    Some(read)
}

fn colon(cursor: &mut Cursor<'_>, hour: u8) -> Option<(u8, u8)> {
    cursor.space();
    let minute = cursor.digits().filter(|n| n.digits == 2 && n.value < 60)?;
    let mut ahead = *cursor;
    if ahead.eat(":") && ahead.digits().is_some_and(|n| n.digits == 2 && n.value <= 60) {
        let mut fraction = ahead;
        if fraction.eat(".") && fraction.digits().is_some() {
            ahead = fraction;
        }
        *cursor = ahead;
    }
    let goes_on = (matches!(cursor.byte(), b':' | b'/' | b'.')
        && cursor.byte_at(1).is_ascii_alphanumeric())
        || matches!(cursor.byte(), b'%' | b'0'..=b'9');
    (!goes_on).then_some((hour, minute.byte()))
}

fn in_words(cursor: &mut Cursor<'_>, hour: u8) -> Option<((u8, u8), bool)> {
    // 時間 is a duration, 時代 and the like are no time of day.
    if cursor.sees_in(letters!("間代期給価差限短")) {
        return None;
    }
    if cursor.eat("半") {
        return Some(((hour, 30), false));
    }
    if cursor.sees("台") {
        cursor.eat("台");
        return Some(((hour, 0), true));
    }
    let mut ahead = *cursor;
    let minute = ahead.number().filter(|n| n.digits <= 3 && n.value < 60);
    if let Some(minute) = minute
        && ahead.eat("分")
        && !ahead.sees("間")
    {
        *cursor = ahead;
        let has_seconds =
            ahead.number().is_some_and(|n| n.value <= 60) && ahead.eat("秒") && !ahead.sees("間");
        if has_seconds {
            *cursor = ahead;
        }
        return Some(((hour, minute.byte()), false));
    }
    Some(((hour, 0), false))
}

/// The hour of a 24-hour day that an hour in a part of the day means.
pub(super) const fn shifted(hour: u8, part: Option<DayPart>) -> u8 {
    match (part, hour) {
        (Some(DayPart::Afternoon), 0..=11)
        | (Some(DayPart::Evening), 1..=8)
        | (Some(DayPart::Midday), 1..=3)
        | (Some(DayPart::Night), 5..=12)
        | (Some(DayPart::LateNight), 9..=12) => hour + 12,
        _ => hour,
    }
}
