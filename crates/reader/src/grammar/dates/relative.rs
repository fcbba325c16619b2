//! Dates told from another date: 同日, 翌朝, 昨年, 先月, 同7:00.
//!
//! It does not look for the other date: whether a word counts from the date before it or from the
//! day of the disclosure is all it says.

use super::{DayPart, Field, Partial, Vague, Year, clock};
use crate::grammar::cursor::Cursor;

/// What a word stands for.
#[derive(Clone, Copy)]
enum Means {
    Year(Year),
    Month(Field),
    Day(Field),
    DayPart(Field, DayPart),
    Week(Field),
}

use crate::words::letters;
use Field::{FromAnchor as Anchor, FromDisclosure as Disclosure};
use Means::{Day, Month, Week};

/// The words, a longer one before one that it begins with.
const WORDS: [(&str, Means); 57] = [
    ("同日", Day(Anchor(0))),
    ("同月", Month(Anchor(0))),
    ("同年", Means::Year(Year::FromAnchor(0))),
    ("同夜", Means::DayPart(Anchor(0), DayPart::Night)),
    ("同週", Week(Anchor(0))),
    ("当日", Day(Anchor(0))),
    ("当月", Month(Anchor(0))),
    ("当年", Means::Year(Year::FromAnchor(0))),
    ("翌々日", Day(Anchor(2))),
    ("翌々月", Month(Anchor(2))),
    ("翌々年", Means::Year(Year::FromAnchor(2))),
    ("翌営業日", Week(Anchor(1))),
    ("翌日", Day(Anchor(1))),
    ("翌朝", Means::DayPart(Anchor(1), DayPart::Morning)),
    ("翌晩", Means::DayPart(Anchor(1), DayPart::Night)),
    ("翌週", Week(Anchor(7))),
    ("翌月", Month(Anchor(1))),
    ("翌年", Means::Year(Year::FromAnchor(1))),
    ("前々日", Day(Anchor(-2))),
    ("前日", Day(Anchor(-1))),
    ("前夜", Means::DayPart(Anchor(-1), DayPart::Night)),
    ("前週", Week(Anchor(-7))),
    ("前月", Month(Anchor(-1))),
    ("前々月", Month(Anchor(-2))),
    ("前年", Means::Year(Year::FromAnchor(-1))),
    ("前々年", Means::Year(Year::FromAnchor(-2))),
    ("本日", Day(Disclosure(0))),
    ("本年", Means::Year(Year::FromDisclosure(0))),
    ("今日", Day(Disclosure(0))),
    ("今朝", Means::DayPart(Disclosure(0), DayPart::Morning)),
    ("今夜", Means::DayPart(Disclosure(0), DayPart::Night)),
    ("今晩", Means::DayPart(Disclosure(0), DayPart::Night)),
    ("今週", Week(Disclosure(0))),
    ("今月", Month(Disclosure(0))),
    ("今年", Means::Year(Year::FromDisclosure(0))),
    ("一昨日", Day(Disclosure(-2))),
    ("一昨年", Means::Year(Year::FromDisclosure(-2))),
    ("昨日", Day(Disclosure(-1))),
    ("昨夜", Means::DayPart(Disclosure(-1), DayPart::Night)),
    ("昨晩", Means::DayPart(Disclosure(-1), DayPart::Night)),
    ("昨夕", Means::DayPart(Disclosure(-1), DayPart::Evening)),
    ("昨年", Means::Year(Year::FromDisclosure(-1))),
    ("去年", Means::Year(Year::FromDisclosure(-1))),
    ("先々週", Week(Disclosure(-14))),
    ("先週", Week(Disclosure(-7))),
    ("先々月", Month(Disclosure(-2))),
    ("先月", Month(Disclosure(-1))),
    ("明後日", Day(Disclosure(2))),
    ("明日", Day(Disclosure(1))),
    ("来週", Week(Disclosure(7))),
    ("来月", Month(Disclosure(1))),
    ("来年", Means::Year(Year::FromDisclosure(1))),
    ("再来週", Week(Disclosure(14))),
    ("再来月", Month(Disclosure(2))),
    ("再来年", Means::Year(Year::FromDisclosure(2))),
    ("本月", Month(Disclosure(0))),
    ("同朝", Means::DayPart(Anchor(0), DayPart::Morning)),
];

/// Reads a relative word, or 同 and 翌 before a number or time, into `partial`.
pub(super) fn read(cursor: &mut Cursor<'_>, partial: &mut Partial) -> bool {
    let Some(first) = cursor.peek().filter(|&c| letters!("同当翌前本今一昨去先明来再").has(c))
    else {
        return false;
    };
    if ends_a_word(cursor, first) {
        return false;
    }
    if let Some(&(word, means)) = WORDS.iter().find(|(word, _)| cursor.sees(word)) {
        let mut after = *cursor;
        after.at += word.len();
        if begins_a_word(&after, means) {
            return false;
        }
        set(partial, means);
        *cursor = after;
        return true;
    }
    match first {
        '同' => prefixed(cursor, partial, 0),
        '翌' => prefixed(cursor, partial, 1),
        _ => false,
    }
}

fn set(partial: &mut Partial, means: Means) {
    match means {
        Means::Year(year) => partial.year = Some(year),
        Month(month) => partial.month = Some(month),
        Day(day) => partial.day = Some(day),
        Means::DayPart(day, part) => {
            partial.day = Some(day);
            partial.part = Some(part);
        }
        Week(day) => {
            partial.day = Some(day);
            partial.vague = Vague::Week;
        }
    }
}

/// Whether the character before makes the first one part of another word: 日本年金, 担当日.
fn ends_a_word(cursor: &Cursor<'_>, first: char) -> bool {
    let before = match first {
        '同' => "合共一協混異",
        '当' => "該担相適本充",
        '前' => "以従午直事空名",
        '本' => "日基見根資",
        '今' => "昨",
        '去' => "過",
        '先' => "引託宛務入絡信付送出送",
        '来' => "本従出以元将外未再由",
        '明' => "証説表判不解声",
        _ => "",
    };
    cursor.before().is_some_and(|c| before.contains(c))
}

/// Whether the characters after make it part of another word: 前年比, 今日では, 翌月曜日.
fn begins_a_word(after: &Cursor<'_>, means: Means) -> bool {
    match means {
        Means::Year(_) => after.sees_in(letters!("比代齢金賀輪寄")) || after.sees("同期"),
        Month(_) => after.sees_in(letters!("曜比齢謝")) || after.sees("同期"),
        Day(_) => after.sees_in(letters!("曜比券香程系")) || after.sees("では") || after.sees("的"),
        Means::DayPart(..) | Week(_) => after.sees_in(letters!("祭")),
    }
}

/// 同7:00, 同5日, 同6月5日, 翌6日, 翌1月, 翌午前2時: reads the prefix only, what follows is left for
/// the rules of dates and times.
fn prefixed(cursor: &mut Cursor<'_>, partial: &mut Partial, by: i8) -> bool {
    let mut ahead = *cursor;
    ahead.eat_if(|c| matches!(c, '同' | '翌'));
    let after_prefix = ahead;
    let mut scratch = *partial;
    if clock::read(&mut ahead, &mut scratch) {
        partial.day = Some(Anchor(by));
        *cursor = after_prefix;
        return true;
    }
    let Some(number) = ahead.number() else { return false };
    if ahead.sees("月") && !ahead.sees("月間") && number.value <= 12 {
        // 翌5月14日 is a day later, 翌1月 a year: with its day the year follows from its being near.
        ahead.eat("月");
        let has_day = ahead.number().is_some_and(|n| n.value <= 31) && ahead.sees("日");
        partial.year = (by == 0 || !has_day).then_some(Year::FromAnchor(by));
    } else if ahead.sees("日") && !ahead.sees("日間") && number.value <= 31 {
        // 翌6日 names its day; the month follows from its being later.
        partial.month = (by == 0).then_some(Anchor(0));
    } else {
        return false;
    }
    *cursor = after_prefix;
    true
}
