//! Numbers as counts are written: 26万, 1万4127, 3,455,754, 1億2千万, 26.5万, 二十六万, 数百, 1 2.

use crate::grammar::cursor::{Cursor, kanji_digit};
use crate::words::letters;

/// A number that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own in the number")]
pub(super) struct Number {
    pub(super) value: u64,
    /// One past its last byte.
    pub(super) end: usize,
    /// Whether 数 or 十数 leaves its digits open.
    pub(super) several: bool,
    /// Whether it is written in kanji alone.
    pub(super) kanji: bool,
    /// Whether it has thousands separators or a multiplier, as only counts have.
    pub(super) marked: bool,
    /// Whether 余 stands inside: 200余万.
    pub(super) over: bool,
}

/// Longer runs of digits are ids.
const MOST_DIGITS: usize = 13;

/// Reads the number at the cursor; `None` where the figures there are no count (1.2.3, 12-34,
/// 2023/6).
pub(super) fn read(cursor: &Cursor<'_>) -> Option<Number> {
    if cursor.before() == Some('数') && cursor.peek().and_then(multiplier).is_some() {
        return None;
    }
    let mut ahead = *cursor;
    let mut state = Sum::default();
    let mut number = Number {
        value: 0,
        end: cursor.at,
        several: false,
        kanji: true,
        marked: false,
        over: false,
    };
    // A count has a handful of parts: 9,999兆9,999億9,999万9,999.
    for _ in 0..16 {
        let before = ahead.at;
        if ahead.byte().is_ascii_digit() {
            if state.digits_open {
                break;
            }
            let figures = figures(&mut ahead)?;
            state.put(figures.milli);
            number.kanji = false;
            number.marked |= figures.separated;
        } else if ahead.sees("数") && !state.digits_open && !number.several {
            if !several(&mut ahead, state.is_empty()) {
                break;
            }
            number.several = true;
            state.put(if state.is_empty() { 1000 } else { 0 });
        } else if ahead.sees("何") && state.is_empty() {
            return None;
        } else if let Some(c) = ahead.peek() {
            if let Some(digit) = kanji_digit(c).filter(|_| number.kanji) {
                state.push_kanji(digit);
            } else if let Some(multiplier) = multiplier(c) {
                state.multiply(multiplier)?;
                number.marked = true;
            } else {
                break;
            }
            ahead.at += c.len_utf8();
        }
        if ahead.at == before {
            break;
        }
        if ahead.sees("余") && is_multiplied(&ahead) {
            ahead.eat("余");
            number.over = true;
        }
    }
    if ahead.at == cursor.at {
        return None;
    }
    number.value = state.total()?;
    number.end = ahead.at;
    Some(number)
}

fn is_multiplied(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.eat("余");
    ahead.peek().and_then(multiplier).is_some()
}

/// Passes 数 where it stands for digits: 数百, 数件, 十数名, but not 数字 or 数日.
fn several(cursor: &mut Cursor<'_>, first: bool) -> bool {
    let mut ahead = *cursor;
    ahead.eat("数");
    let counted = ahead.peek().and_then(multiplier).is_some()
        || ahead.sees_in(letters!("名人件社台通枚冊個点世校回か日時週ヶカ分"));
    let other = ahead.sees("人数") || ahead.sees("件数") || ahead.sees("分の");
    // 人数百: what is before belongs to a label.
    let labels = cursor.before().is_some_and(|c| {
        letters!("件人者社員台枚総回点個口名校冊票客手指複多少半変係関無有").has(c)
    });
    if !counted || other || (first && labels) {
        return false;
    }
    *cursor = ahead;
    true
}

const fn multiplier(c: char) -> Option<u64> {
    Some(match c {
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        '億' => 100_000_000,
        '兆' => 1_000_000_000_000,
        _ => return None,
    })
}

struct Figures {
    /// The value in thousandths.
    milli: u64,
    separated: bool,
}

/// Reads 3,455,754, 26.5, 12, or `1 2` set apart.
fn figures(cursor: &mut Cursor<'_>) -> Option<Figures> {
    let cursor_start = *cursor;
    let run = |cursor: &Cursor<'_>| {
        cursor.rest().bytes().take(MOST_DIGITS + 1).take_while(u8::is_ascii_digit).count()
    };
    let mut value: u64 = 0;
    let mut push = |cursor: &mut Cursor<'_>, count: usize| {
        for _ in 0..count {
            value = value * 10 + u64::from(cursor.byte() - b'0');
            cursor.at += 1;
        }
    };
    let first = run(cursor);
    if first > MOST_DIGITS {
        return None;
    }
    push(cursor, first);
    let mut separated = false;
    if first == 1 && cursor.byte() == b' ' && cursor.byte_at(1).is_ascii_digit() {
        let mut digits = 1;
        while cursor.byte() == b' ' && cursor.byte_at(1).is_ascii_digit() {
            cursor.at += 1;
            if run(cursor) != 1 || digits == 6 {
                return None;
            }
            push(cursor, 1);
            digits += 1;
        }
        let opens_line = cursor_start.before().is_none_or(|c| c == '\n');
        if digits == 2 && opens_line {
            return None;
        }
        // 1 2社: set apart only where a unit follows, which is beyond ASCII.
        if cursor.byte() < 0x80 {
            return None;
        }
    } else if first <= 3 {
        let mut groups = 0;
        while cursor.byte() == b',' {
            let mut ahead = *cursor;
            ahead.at += 1;
            ahead.space();
            if run(&ahead) != 3 || groups == 4 {
                break;
            }
            *cursor = ahead;
            push(cursor, 3);
            separated = true;
            groups += 1;
        }
    }
    let mut milli = value.checked_mul(1_000)?;
    if cursor.byte() == b'.' && cursor.byte_at(1).is_ascii_digit() {
        cursor.at += 1;
        let digits = run(cursor);
        if digits > 6 {
            return None;
        }
        let mut unit = 100;
        for _ in 0..digits {
            milli += u64::from(cursor.byte() - b'0') * unit;
            unit /= 10;
            cursor.at += 1;
        }
    }
    let goes_on = matches!(cursor.byte(), b'.' | b'-' | b'/' | b':' | b'_' | b',')
        && cursor.byte_at(1).is_ascii_alphanumeric();
    (!goes_on).then_some(Figures { milli, separated })
}

/// The sum of a number's parts, in thousandths.
#[derive(Default)]
struct Sum {
    /// Behind 万 and above.
    total: u64,
    /// Behind 十, 百, 千, since the last 万 or above.
    section: u64,
    /// Digits that no multiplier follows yet.
    current: u64,
    digits_open: bool,
}

impl Sum {
    const fn is_empty(&self) -> bool {
        self.total == 0 && self.section == 0 && !self.digits_open
    }

    fn put(&mut self, milli: u64) {
        self.current = milli;
        self.digits_open = true;
    }

    fn push_kanji(&mut self, digit: u16) {
        self.current = self.current.saturating_mul(10).saturating_add(u64::from(digit) * 1_000);
        self.digits_open = true;
    }

    fn multiply(&mut self, by: u64) -> Option<()> {
        // 百 alone is 100; 数百 comes as 1 with its digits open.
        let current = if self.digits_open { self.current } else { 1_000 };
        if by < 10_000 {
            self.section = self.section.checked_add(current.max(1_000).checked_mul(by)?)?;
        } else {
            let whole = if self.digits_open || self.section == 0 { current } else { 0 };
            let section = self.section.checked_add(whole)?;
            self.total = self.total.checked_add(section.checked_mul(by)?)?;
            self.section = 0;
        }
        self.current = 0;
        self.digits_open = false;
        Some(())
    }

    fn total(&self) -> Option<u64> {
        let current = if self.digits_open { self.current } else { 0 };
        Some(self.total.checked_add(self.section)?.checked_add(current)? / 1_000)
    }
}
