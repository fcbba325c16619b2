//! Years: of the common era, of a Japanese era, and both beside each other.

use super::Year;
use crate::grammar::cursor::Cursor;

/// The eras that a release may name: full name, one character, letter, and the year before its
/// first.
const ERAS: [(&str, &str, u8, i16); 4] = [
    ("令和", "令", b'r', 2018),
    ("平成", "平", b'h', 1988),
    ("昭和", "昭", b's', 1925),
    ("大正", "大", b't', 1911),
];

/// Reads 2023年, 令和5年, 令和5年(2023年), 2023(令和5)年, and 23年 where a month follows.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Year> {
    let mut ahead = *cursor;
    let year = era(&mut ahead).or_else(|| common(&mut ahead))?;
    *cursor = ahead;
    Some(Year::Absolute(year))
}

/// Passes an era's name and reads its year, without 年: 令和5, 令5, r5, 令和元.
pub(super) fn era_number(cursor: &mut Cursor<'_>) -> Option<i16> {
    if cursor.byte().is_ascii_digit() {
        return None;
    }
    let mut ahead = *cursor;
    let before_first = ERAS.iter().find_map(|&(name, short, letter, before)| {
        let letter_seen = ahead.byte() == letter && ahead.byte_at(1).is_ascii_digit();
        if ahead.eat(name) || (letter_seen && ahead.eat_if(|_| true).is_some()) {
            return Some(before);
        }
        let mut short_form = ahead;
        let is_short = short_form.eat(short) && short_form.byte().is_ascii_digit();
        is_short.then(|| {
            ahead = short_form;
            before
        })
    })?;
    let of_era = if ahead.eat("元") {
        1
    } else {
        let number = ahead.number().filter(|number| (1..=64).contains(&number.value))?;
        i16::try_from(number.value).ok()?
    };
    *cursor = ahead;
    Some(before_first + of_era)
}

/// The year before the first of the era that the text names here.
pub(super) fn era_base(cursor: Cursor<'_>) -> Option<i16> {
    ERAS.iter()
        .find(|(_, short, letter, _)| cursor.sees(short) || cursor.byte() == *letter)
        .map(|&(.., before)| before)
}

fn era(cursor: &mut Cursor<'_>) -> Option<i16> {
    let year = era_number(cursor)?;
    if cursor.eat("年") {
        in_brackets(cursor);
        return Some(year);
    }
    // 令和6(2024)年
    (in_brackets(cursor) && cursor.eat("年")).then_some(year)
}

fn common(cursor: &mut Cursor<'_>) -> Option<i16> {
    let apostrophe = cursor.eat("'") || cursor.eat("’");
    let number = cursor.number()?;
    let value = i16::try_from(number.value).ok()?;
    if number.digits >= 4 && (1900..=2099).contains(&value) {
        let bracketed = in_brackets(cursor);
        if !cursor.eat("年") {
            return None;
        }
        if !bracketed {
            in_brackets(cursor);
        }
        return Some(value);
    }
    if number.digits != 2
        || number.kanji
        || !(apostrophe || (10..=49).contains(&value))
        || !cursor.eat("年")
    {
        return None;
    }
    // 23年 alone is as likely a duration; with its month it is a year.
    let mut month = *cursor;
    let followed = month.number().is_some_and(|n| (1..=12).contains(&n.value)) && month.sees("月");
    followed.then_some(2000 + value)
}

/// Passes the same year written the other way: (2024年), (令和6), [2024年].
fn in_brackets(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    if !(ahead.eat("(") || ahead.eat("[") || ahead.eat("/") || ahead.eat("・")) {
        return false;
    }
    ahead.eat("西暦");
    let read = era_number(&mut ahead).is_some() || ahead.digits().is_some_and(|n| n.digits == 4);
    let with_year = ahead.eat("年");
    let closed = ahead.eat(")") || ahead.eat("]");
    if read && (closed || (with_year && cursor.byte() != b'(' && cursor.byte() != b'[')) {
        *cursor = ahead;
        return true;
    }
    false
}
