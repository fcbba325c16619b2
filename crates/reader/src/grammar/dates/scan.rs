//! The pass over the text: where a date may begin, and what a mention is made of.
//!
//! Each byte is looked at once; a rule that is tried at a place reads a bounded number of bytes,
//! and a run of figures that is no date is passed as a whole. So the cost is linear whatever the
//! text.

use super::partial::{self, Draft, Place};
use super::{Mention, Partial, Vague, Year, numeric, year};
use crate::grammar::Extent;
use crate::grammar::cursor::{
    CharSet, Cursor, character_length, digits_end, is_glued, kanji_digit,
};
use crate::words::{AnyOf, any_of, letters};

/// The characters outside ASCII that a date may begin with.
static STARTERS: CharSet =
    CharSet::new("令平昭大同翌当前本今昨来先去明一二三四五六七八九十〇再午正深未夜朝夕早昼’");

/// Finds every date, time and period in `folded`, in the order of the text.
///
/// ```
/// let mentions = reader::grammar::dates::scan("6月5日(月)6:00頃に検知し、同7:00に遮断");
/// assert_eq!(mentions.len(), 2);
/// assert_eq!(mentions[0].from.time, Some((6, 0)));
/// ```
pub fn scan(folded: &str) -> Vec<Mention> {
    let mut mentions = Vec::new();
    scan_into(folded, &mut mentions);
    mentions
}

/// The same, in the place of what `mentions` holds.
pub(crate) fn scan_into(folded: &str, mentions: &mut Vec<Mention>) {
    let bytes = folded.as_bytes();
    mentions.clear();
    let mut at = 0;
    loop {
        at = STARTERS.next(bytes, at);
        let Some(&byte) = bytes.get(at) else { break };
        let tried = match byte {
            b'0'..=b'9' if may_begin(bytes, digits_end(bytes, at)) => {
                Some(if is_glued(bytes, at) { Place::Glued } else { Place::Free })
            }
            b'a'..=b'z' => {
                let end = word_end(bytes, at);
                if let Some(mention) = in_letters(folded, at, end) {
                    at = mention.range.end;
                    mentions.push(mention);
                } else {
                    at = after_address(bytes, end);
                }
                continue;
            }
            b'\'' => Some(Place::Free),
            0xe2..=0xe9 if STARTERS.has(bytes, at) && word_may_begin(folded, at) => {
                Some(Place::Free)
            }
            _ => None,
        };
        if let Some(place) = tried
            && let Some(mention) = mention(folded, at, place).filter(|m| m.range.end > at)
        {
            at = mention.range.end;
            mentions.push(mention);
            continue;
        }
        at =
            if byte.is_ascii_digit() { digits_end(bytes, at) } else { at + character_length(byte) };
    }
}

/// Whether what stands at `end`, behind a run of figures, may make a date of it. Most figures are
/// told apart here.
fn may_begin(bytes: &[u8], end: usize) -> bool {
    let next = bytes.get(end + 1).copied().unwrap_or(0);
    match bytes.get(end) {
        // 年 and 月, 日, 時 begin so.
        Some(0xe5) => next == 0xb9,
        Some(0xe6) => matches!(next, 0x97 | 0x99 | 0x9c),
        Some(b'/' | b'-' | b'.' | b':') => {
            next.is_ascii_digit() || next == b' ' || next.is_ascii_lowercase()
        }
        Some(b' ' | b'(' | b'~' | b's' | b'n' | b'r' | b't') => true,
        _ => false,
    }
}

/// Whether the second character may follow the first in a date: most words that begin like one
/// (当社, 本件, 同意, 前回, 一部) are told apart here.
fn word_may_begin(text: &str, at: usize) -> bool {
    /// 二〇二三 has four, 三十一 three.
    const MOST_FIGURES: usize = 5;
    let mut characters = text[at..].chars();
    let (Some(first), Some(second)) = (characters.next(), characters.next()) else { return false };
    let after = match first {
        '令' | '昭' => letters!("和"),
        '平' => letters!("成"),
        '大' => letters!("正"),
        '同' => letters!("日月年夜週朝午深未早夕晩正"),
        '翌' => return true,
        '当' | '本' => letters!("日月年"),
        '前' => letters!("日月年夜週々"),
        '今' => letters!("日月年週朝夜晩"),
        '昨' => letters!("日年夜晩夕"),
        '去' => letters!("年"),
        '先' => letters!("週月々"),
        '来' => letters!("年月週"),
        '再' => letters!("来"),
        '明' => letters!("日後け"),
        '午' => letters!("前後"),
        '正' => letters!("午"),
        '深' => letters!("夜"),
        '未' => letters!("明"),
        '早' => letters!("朝"),
        '夜' => letters!("中間遅半"),
        '夕' => letters!("方刻"),
        '朝' => letters!("方"),
        '’' => letters!(""),
        '一' if second == '昨' => return true,
        _ => {
            let figure = |c| c == '十' || kanji_digit(c).is_some();
            let mut behind = text[at..].chars().take(MOST_FIGURES + 1).skip_while(|&c| figure(c));
            return behind.next().is_some_and(|c| letters!("年月日時").has(c));
        }
    };
    let figures = second.is_ascii_digit()
        || (!letters!("当前本今昨去先来").has(first) && kanji_digit(second).is_some());
    figures || after.has(second) || (first == '令' && second == '元')
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|b| b.is_ascii_lowercase()).count()
}

/// Passes what follows a scheme: `https` is at its `://`.
fn after_address(bytes: &[u8], end: usize) -> usize {
    if bytes[end..].starts_with(b"://") {
        end + bytes[end..].iter().take_while(|b| b.is_ascii_graphic()).count()
    } else {
        end
    }
}

/// Dates that begin with a letter: R5.6.5, am9:00, june 5, 2023.
fn in_letters(text: &str, at: usize, end: usize) -> Option<Mention> {
    let bytes = text.as_bytes();
    if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
        return None;
    }
    let first = bytes[at];
    if matches!(first, b'r' | b'h' | b's') && end == at + 1 {
        return mention(text, at, Place::Free);
    }
    if (bytes[at..].starts_with(b"am") || bytes[at..].starts_with(b"pm")) && end == at + 2 {
        return mention(text, at, Place::Free);
    }
    if end - at < 3
        || !matches!(first, b'j' | b'f' | b'm' | b'a' | b's' | b'o' | b'n' | b'd' | b't' | b'w')
    {
        return None;
    }
    english(text, at)
}

fn english(text: &str, at: usize) -> Option<Mention> {
    let mut cursor = Cursor::new(text, at);
    let mut partial = partial::empty(at);
    if !numeric::english(&mut cursor, &mut partial) {
        return None;
    }
    partial.range.end = cursor.at;
    Some(assembled(text, cursor, Draft { partial, shared: None, separator: None }))
}

fn mention(text: &str, at: usize, place: Place) -> Option<Mention> {
    let mut cursor = Cursor::new(text, at);
    if cursor.byte().is_ascii_digit() && place == Place::Free {
        // 5 Jun 2023 begins like any number.
        let mut ahead = cursor;
        let day = ahead.digits().is_some_and(|n| n.digits <= 2);
        if day
            && matches!(ahead.byte(), b' ' | b'-' | b's' | b'n' | b'r' | b't')
            && let Some(found) = english(text, at)
        {
            return Some(found);
        }
    }
    let recurs = any_of!["毎年", "毎月", "毎週"].closes(&text[..at]);
    let draft = partial::read(&mut cursor, place)?;
    if recurs || cursor.sees("生まれ") {
        return None;
    }
    Some(assembled(text, cursor, draft))
}

/// What stands behind a point in time and makes a mention of it.
#[derive(Clone, Copy, Default)]
struct Tail {
    to: Option<Partial>,
    ongoing: bool,
    until: bool,
}

fn assembled(text: &str, mut cursor: Cursor<'_>, draft: Draft) -> Mention {
    let from = draft.partial;
    let tail = if draft.shared.is_some() {
        cursor.eat_any(any_of!["まで", "にかけて"]);
        Tail { to: draft.shared, ..Tail::default() }
    } else {
        tail(&mut cursor, &draft, text)
    };
    let as_of = tail.to.is_none() && eat_as_of(&mut cursor);
    let dated = tail.to.is_none() && !as_of && eat_dated(&mut cursor);
    let prefix = about_before(text, from.range.start);
    let range = Extent { start: from.range.start - prefix, end: cursor.at };
    let rough = |p: &Partial| p.vague != Vague::None || (p.part.is_some() && p.time.is_none());
    Mention {
        range,
        from,
        to: tail.to,
        approx: prefix > 0 || rough(&from) || tail.to.as_ref().is_some_and(rough),
        ongoing: tail.ongoing,
        until: tail.until,
        as_of,
        dated,
        hours: from.is_bare_time() && are_hours(text, range),
    }
}

/// The bytes of a 約 right before.
fn about_before(text: &str, at: usize) -> usize {
    let before = &text[..at];
    let word = ["約", "およそ", "おおよそ", "概ね", "おおむね"]
        .iter()
        .find(|word| before.ends_with(**word));
    let length = word.map_or(0, |word| word.len());
    // 契約, 予約
    let is_noun = before[..at - length].ends_with(['契', '予', '規', '公', '解', '成']);
    if is_noun { 0 } else { length }
}

fn eat_as_of(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.eat("の");
    if !ahead.eat_any(any_of!["時点", "現在"]) || ahead.sees_in(letters!("地位")) {
        return false;
    }
    *cursor = ahead;
    true
}

fn eat_dated(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    if !ahead.eat("付") || ahead.sees_in(letters!("近属与録加帯随箋設記言い")) {
        return false;
    }
    ahead.eat("け");
    *cursor = ahead;
    true
}

fn tail(cursor: &mut Cursor<'_>, from: &Draft, text: &str) -> Tail {
    if !cursor.sees_in(letters!("以ま迄よか~ー-→乃な \n")) {
        return Tail::default();
    }
    let mut ahead = *cursor;
    if ahead.eat_any(any_of!["以降", "以後", "以来"]) {
        *cursor = ahead;
        return Tail { ongoing: true, ..Tail::default() };
    }
    if ahead.eat_any(any_of![
        "以前", "までの間", "までに", "まで", "迄", "より前", "より以前", "よりも前"
    ]) {
        *cursor = ahead;
        return Tail { until: true, ..Tail::default() };
    }
    let mut spelled = *cursor;
    if spelled.eat_any(any_of!["から", "より"]) {
        return after_from_word(cursor, spelled, from, text);
    }
    after_tilde(cursor, from, text)
}

/// Behind から or より: the end of the period, or nothing and it goes on.
fn after_from_word<'a>(
    cursor: &mut Cursor<'a>,
    mut ahead: Cursor<'a>,
    from: &Draft,
    text: &str,
) -> Tail {
    let open = ahead;
    let comma = ahead.eat("、");
    let now = any_of!["現在に至るまで", "現在まで", "現時点まで", "今日まで", "現在に至"];
    if ahead.eat_any(now) {
        *cursor = ahead;
        return Tail { ongoing: true, ..Tail::default() };
    }
    if let Some(to) = end(&mut ahead, from, text, false)
        && (!comma || ahead.sees("まで"))
    {
        ahead.eat_any(any_of!["までの間", "までに", "まで", "迄", "にかけて", "にかけ"]);
        *cursor = ahead;
        return Tail { to: Some(to), ..Tail::default() };
    }
    *cursor = open;
    // 5日から3日間 has an end, which is not written.
    Tail {
        ongoing: !(open.byte().is_ascii_digit() || open.sees("約") || open.sees("数")),
        ..Tail::default()
    }
}

fn after_tilde(cursor: &mut Cursor<'_>, from: &Draft, text: &str) -> Tail {
    let mut ahead = *cursor;
    ahead.space();
    if ahead.sees("\n~") {
        ahead.eat("\n");
    }
    let tilde = ahead.eat("~");
    if !tilde && !ahead.eat_any(any_of!["->", "→", "-", "ー", "乃至", "ないし"]) {
        return Tail::default();
    }
    let open = ahead;
    ahead.space();
    ahead.eat("\n");
    let mut found = ahead;
    if let Some(to) = end(&mut found, from, text, true) {
        found.eat_any(any_of!["まで", "迄", "にかけて"]);
        *cursor = found;
        return Tail { to: Some(to), ..Tail::default() };
    }
    if tilde {
        *cursor = open;
        cursor.eat_any(any_of!["現在まで", "現在"]);
        return Tail { ongoing: true, ..Tail::default() };
    }
    Tail::default()
}

/// Reads the end of a period that `from` begins.
fn end(cursor: &mut Cursor<'_>, from: &Draft, text: &str, tilde: bool) -> Option<Partial> {
    let mut ahead = *cursor;
    let start = Cursor::new(text, from.partial.range.start);
    let era_base =
        year::era_base(start).filter(|_| matches!(from.partial.year, Some(Year::Absolute(_))));
    let place = Place::End { separator: from.separator, era_base, tilde };
    let found = partial::read(&mut ahead, place)
        .map(|draft| draft.partial)
        .or_else(|| figures(&mut ahead, from))?;
    let of_day = from.partial.precision() >= super::Precision::Day;
    if (found.is_bare_time() && !of_day)
        || (found.year.is_none() && found.month.is_none() && !has_month(from))
    {
        return None;
    }
    *cursor = ahead;
    Some(found)
}

/// Whether a bare day can end the period: from a year alone it cannot.
fn has_month(from: &Draft) -> bool {
    from.partial.month.is_some() || from.partial.day.is_some() || from.partial.time.is_some()
}

/// 6/5~7
fn figures(cursor: &mut Cursor<'_>, from: &Draft) -> Option<Partial> {
    from.separator?;
    let mut ahead = *cursor;
    let day = ahead.digits().filter(|n| n.digits <= 2 && (1..=31).contains(&n.value))?;
    if from.partial.day.is_none()
        || from.partial.time.is_some()
        || ahead.sees_in(letters!("件人名社台個.:/-%日年月時"))
    {
        return None;
    }
    let mut partial = partial::empty(cursor.at);
    partial.day = Some(super::Field::Number(day.byte()));
    partial.range.end = ahead.at;
    *cursor = ahead;
    Some(partial)
}

/// Whether a time of day is when somebody can be reached, by the words around it.
fn are_hours(text: &str, range: Extent) -> bool {
    const LABELS: &AnyOf = any_of![
        "受付時間", "営業時間", "対応時間", "開設時間", "窓口時間", "受付日時", "業務時間",
        "診療時間", "開館時間", "開庁時間", "利用時間",
    ];
    const BEFORE: &AnyOf = any_of![
        "平日", "受付:", "受付(", "月~金", "月曜~金", "月曜日~金", "月曜から金", "月曜日から金",
        "土日", "毎日", "毎朝", "年中無休", "土曜",
    ];
    const AFTER: &AnyOf = any_of![
        "平日", "土日", "土・日", "土曜", "祝日", "年末年始", "年中無休", "月~金", "休業日"
    ];
    let start = text.floor_char_boundary(range.start.saturating_sub(90));
    let before = &text[start..range.start];
    let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    let end = text.ceil_char_boundary((range.end + 60).min(text.len()));
    let after = &text[range.end..end];
    let after = after.find(['\n', '。']).map_or(after, |at| &after[..at]);
    LABELS.stands_in(before) || BEFORE.stands_in(line) || AFTER.stands_in(after)
}
