//! One point in time as written: year, month, day, weekday, time, and what makes it vague.
//!
//! It reads from a given place and decides whether the words there are a date at all; the other
//! half of a period is not its business.

use super::{Field, Partial, Vague, Weekday, WeekdayMark, Year, clock, numeric, relative, year};
use crate::grammar::Extent;
use crate::grammar::cursor::{Cursor, kanji_digit};
use crate::words::{AnyOf, any_of, letters};

/// Where a date is looked for, which decides how much evidence it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Anywhere.
    Free,
    /// Right behind a letter or inside figures (V5.0, LS2009年10月): only two fields or a year do.
    Glued,
    /// Behind から or `~`.
    End {
        /// The separator of the beginning, if that is in figures.
        separator: Option<u8>,
        /// The year before the first of the beginning's era.
        era_base: Option<i16>,
        /// Whether behind `~`, where a number of days is no duration.
        tilde: bool,
    },
}

/// What was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    pub(super) partial: Partial,
    /// The end of a period that shares the unit: 10~12日.
    pub(super) shared: Option<Partial>,
    /// The separator, if in figures.
    pub(super) separator: Option<u8>,
}

/// A partial with nothing in it.
pub(super) const fn empty(at: usize) -> Partial {
    Partial {
        range: Extent { start: at, end: at },
        year: None,
        month: None,
        day: None,
        time: None,
        offset_minutes: None,
        part: None,
        vague: Vague::None,
        weekday: None,
    }
}

/// Reads a point in time, or nothing and leaves the cursor.
pub(super) fn read(cursor: &mut Cursor<'_>, place: Place) -> Option<Draft> {
    let mut ahead = *cursor;
    let mut draft = Draft { partial: empty(ahead.at), shared: None, separator: None };
    let is_relative = relative::read(&mut ahead, &mut draft.partial);
    if !is_relative {
        absolute(&mut ahead, &mut draft, place)?;
    }
    if draft.separator.is_none() {
        fields(&mut ahead, &mut draft)?;
    }
    if draft.shared.is_none() {
        beside(&mut ahead, &mut draft, place);
    }
    let partial = &mut draft.partial;
    if partial.is_bare_time() && partial.time.is_none() {
        let until_then =
            matches!(place, Place::End { .. }) && ahead.sees_any(any_of!["まで", "にかけて"]);
        if partial.part.is_none() || !until_then {
            return None;
        }
    }
    partial.range.end = ahead.at;
    let in_kanji = cursor.peek().is_some_and(|c| kanji_digit(c).is_some() || c == '十');
    let needs_proof = !is_relative && (in_kanji || place == Place::Glued);
    if (needs_proof && !is_certain(partial)) || !stands_alone(cursor, &ahead, partial, place) {
        return None;
    }
    if let Some(end) = &mut draft.shared {
        end.range = partial.range;
    }
    *cursor = ahead;
    Some(draft)
}

/// Reads figures or a year with 年, where there are.
fn absolute(cursor: &mut Cursor<'_>, draft: &mut Draft, place: Place) -> Option<()> {
    let evidence = match place {
        Place::End { separator: Some(_), .. } => numeric::Evidence::Given,
        _ => numeric::Evidence::Needed,
    };
    if place != Place::Glued && !cursor.sees_in(letters!("一二三四五六七八九〇十午正深未夜夕早"))
    {
        draft.separator = numeric::read(cursor, &mut draft.partial, evidence);
        if draft.separator.is_some() {
            return Some(());
        }
    }
    if let Place::End { era_base: Some(base), .. } = place {
        let mut ahead = *cursor;
        if let Some(number) = ahead.digits().filter(|n| n.digits <= 2)
            && ahead.eat("年")
            && ahead.byte().is_ascii_digit()
        {
            draft.partial.year = Some(Year::Absolute(base + i16::try_from(number.value).ok()?));
            *cursor = ahead;
            return Some(());
        }
    }
    draft.partial.year = year::read(cursor);
    if draft.partial.year.is_none() {
        shared_years(cursor, draft);
    }
    Some(())
}

/// 2019~2023年
fn shared_years(cursor: &mut Cursor<'_>, draft: &mut Draft) {
    let mut ahead = *cursor;
    let Some((first, second)) = two_numbers(&mut ahead, "年") else { return };
    if [first, second].iter().all(|n| (1900..=2099).contains(n)) {
        let year = |n: u16| i16::try_from(n).ok().map(Year::Absolute);
        draft.partial.year = year(first);
        draft.shared = Some(Partial { year: year(second), ..empty(cursor.at) });
        *cursor = ahead;
    }
}

/// Reads `9~17` before `unit`, and the unit.
fn two_numbers(cursor: &mut Cursor<'_>, unit: &str) -> Option<(u16, u16)> {
    let mut ahead = *cursor;
    let first = ahead.digits()?;
    if !(ahead.eat("~") || ahead.eat("-")) {
        return None;
    }
    let second = ahead.digits()?;
    if !ahead.eat(unit) {
        return None;
    }
    *cursor = ahead;
    Some((first.value, second.value))
}

/// Reads the month and day behind a year, a month or nothing.
fn fields(cursor: &mut Cursor<'_>, draft: &mut Draft) -> Option<()> {
    let has_year = draft.partial.year.is_some();
    if has_year && cursor.sees_in(letters!("版製式生卒債")) {
        return None;
    }
    if has_year && cursor.eat("度") {
        draft.partial.vague = Vague::Fiscal;
        cursor.eat("末");
        return Some(());
    }
    if draft.partial.day.is_some() || draft.shared.is_some() {
        return Some(());
    }
    let mut ahead = *cursor;
    if has_year || draft.partial.month.is_some() {
        ahead.eat("の");
    }
    if draft.partial.month.is_none() && !month(&mut ahead, draft) {
        if !has_year {
            day(&mut ahead, draft);
            *cursor = ahead;
        }
        return Some(());
    }
    *cursor = ahead;
    if has_year && cursor.eat("期") {
        draft.partial.vague = Vague::Fiscal;
        return Some(());
    }
    day(cursor, draft);
    Some(())
}

fn month(cursor: &mut Cursor<'_>, draft: &mut Draft) -> bool {
    let mut ahead = *cursor;
    if let Some((first, second)) = two_numbers(&mut ahead, "月")
        && (1..=12).contains(&first)
        && (1..=12).contains(&second)
        && !ahead.sees("間")
    {
        let number = |n: u16| u8::try_from(n).ok().map(Field::Number);
        draft.partial.month = number(first);
        draft.shared = Some(Partial { month: number(second), ..empty(cursor.at) });
        *cursor = ahead;
        return true;
    }
    ahead = *cursor;
    let Some(number) = ahead.number().filter(|n| (1..=12).contains(&n.value)) else { return false };
    if !ahead.eat("月") || ahead.sees("間") {
        return false;
    }
    draft.partial.month = Some(Field::Number(number.byte()));
    *cursor = ahead;
    true
}

fn day(cursor: &mut Cursor<'_>, draft: &mut Draft) {
    let mut ahead = *cursor;
    if draft.shared.is_some() {
        return;
    }
    let has_month = draft.partial.month.is_some();
    if has_month
        && let Some((first, second)) = two_numbers(&mut ahead, "日")
        && (1..=31).contains(&first)
        && (1..=31).contains(&second)
    {
        let number = |n: u16| u8::try_from(n).ok().map(Field::Number);
        draft.partial.day = number(first);
        draft.shared = Some(Partial { day: number(second), ..empty(cursor.at) });
        *cursor = ahead;
        return;
    }
    ahead = *cursor;
    let Some(number) = ahead.number().filter(|n| (1..=31).contains(&n.value)) else { return };
    let listed = has_month && ahead.sees_in(letters!("、・,")) && {
        // 6月10、12日: the unit comes with the last of the list.
        let mut next = ahead;
        next.eat_if(|_| true);
        next.digits().is_some_and(|n| n.digits <= 2) && next.sees("日")
    };
    if listed || (ahead.eat("日") && !ahead.sees("間")) {
        draft.partial.day = Some(Field::Number(number.byte()));
        *cursor = ahead;
    }
}

/// Reads what stands beside a date: weekday, time, vagueness.
fn beside(cursor: &mut Cursor<'_>, draft: &mut Draft, place: Place) {
    let partial = &mut draft.partial;
    let has_day = partial.day.is_some();
    if has_day {
        vague(cursor, partial);
        partial.weekday = weekday(cursor);
        cursor.eat_any(any_of!["(日本時間)", "(現地時間)"]);
    }
    if partial.time.is_none() && (has_day || (partial.is_bare_time() && place != Place::Glued)) {
        let mut ahead = *cursor;
        if has_day && partial.part.is_none() {
            ahead.space();
            let joined = ahead.eat("の") || ahead.eat("、") || ahead.eat(",");
            ahead.space();
            let mut probe = *partial;
            if clock::read(&mut ahead, &mut probe)
                && !(joined && probe.time.is_none() && !cursor.sees("の"))
            {
                *partial = probe;
                *cursor = ahead;
            }
        } else if clock::read(&mut ahead, partial) {
            *cursor = ahead;
        }
        if partial.time.is_none() {
            shared_hours(cursor, draft);
        }
    }
    let partial = &mut draft.partial;
    if partial.time.is_some() {
        let mut ahead = *cursor;
        ahead.space();
        if ahead.eat_any(any_of!["(日本時間)", "(現地時間)", "(jst)", "jst"]) {
            *cursor = ahead;
        }
    }
    if vague(cursor, partial) {
        vague(cursor, partial);
    }
    if has_day && partial.weekday.is_none() && partial.time.is_none() {
        partial.weekday = weekday(cursor);
    }
}

/// 9~17時, 午前7~午後2時, 午後1~4時
fn shared_hours(cursor: &mut Cursor<'_>, draft: &mut Draft) {
    let mut ahead = *cursor;
    let Some(first) = ahead.digits().filter(|first| first.value <= 29) else { return };
    if !(ahead.eat("~") || ahead.eat("-")) {
        return;
    }
    let mut second = empty(cursor.at);
    let start = ahead;
    let is_read = clock::read(&mut ahead, &mut second) && second.time.is_some();
    // 7~14:00 has no unit to share.
    let mut hour = start;
    while !hour.byte().is_ascii_digit() && hour.at < ahead.at {
        hour.eat_if(|_| true);
    }
    hour.digits();
    if !is_read || !hour.sees("時") {
        return;
    }
    let part = draft.partial.part;
    draft.partial.time = Some((clock::shifted(first.byte(), part), 0));
    if second.part.is_none() {
        second.time = second.time.map(|(hour, minute)| (clock::shifted(hour, part), minute));
    }
    draft.shared = Some(second);
    *cursor = ahead;
}

/// The words for vagueness, a longer one before one that it begins with.
const VAGUE: [(&str, Vague); 26] = [
    ("上旬", Vague::Early),
    ("初旬", Vague::Early),
    ("中旬", Vague::Mid),
    ("下旬", Vague::Late),
    ("末日", Vague::End),
    ("末", Vague::End),
    ("初頭", Vague::Early),
    ("初め", Vague::Early),
    ("始め", Vague::Early),
    ("はじめ", Vague::Early),
    ("半ば", Vague::Mid),
    ("なかば", Vague::Mid),
    ("中頃", Vague::Mid),
    ("中ごろ", Vague::Mid),
    ("前半", Vague::Early),
    ("後半", Vague::Late),
    ("頃", Vague::Around),
    ("ころ", Vague::Around),
    ("ごろ", Vague::Around),
    ("前後", Vague::Around),
    ("付近", Vague::Around),
    ("くらい", Vague::Around),
    ("ぐらい", Vague::Around),
    ("過ぎ", Vague::Around),
    ("すぎ", Vague::Around),
    ("辺り", Vague::Around),
];

fn vague(cursor: &mut Cursor<'_>, partial: &mut Partial) -> bool {
    if cursor.byte() < 0x80 {
        return false;
    }
    let mut ahead = *cursor;
    let has_date = partial.year.is_some() || partial.month.is_some();
    let coarse = has_date && partial.day.is_none();
    if coarse {
        ahead.eat("の");
    }
    let of_month = partial.month.is_some() && partial.day.is_none();
    let may_be = ahead.sees_in(letters!("上初中下末始はな半前後頃こご付くぐ過す辺"));
    let found = if let Some(&(word, vague)) =
        VAGUE.iter().filter(|_| may_be).find(|(word, _)| ahead.sees(word))
    {
        ahead.at += word.len();
        let is_other_word = word == "末" && ahead.sees_in(letters!("尾端期広裔"))
            || word == "前半" && ahead.sees("生");
        (!is_other_word).then_some(vague)
    } else if of_month && ahead.eat("中") {
        (!ahead.sees_in(letters!("国央間学心止"))).then_some(Vague::Around)
    } else {
        by_part(&mut ahead, partial)
    };
    let Some(found) = found else { return false };
    if matches!(partial.vague, Vague::None | Vague::Around) {
        partial.vague = found;
    }
    *cursor = ahead;
    true
}

/// The week of a month or day, the season of a year, a little before an hour.
fn by_part(cursor: &mut Cursor<'_>, partial: &Partial) -> Option<Vague> {
    let mut ahead = *cursor;
    let found = match (partial.month, partial.day) {
        (_, Some(_)) if ahead.eat("の週") => Vague::Week,
        (Some(_), None) if ahead.eat("第") && ahead.number().is_some() && ahead.eat("週") => {
            Vague::Week
        }
        (None, None) if partial.year.is_some() => {
            ahead.eat_if(|c| letters!("春夏秋冬").has(c))?;
            Vague::Around
        }
        _ if partial.time.is_some() && ahead.eat("前") => Vague::Around,
        _ => return None,
    };
    *cursor = ahead;
    Some(found)
}

/// Reads (月), (月・祝), (祝・月), (月曜日), 月曜日, (mon).
fn weekday(cursor: &mut Cursor<'_>) -> Option<WeekdayMark> {
    let mut ahead = *cursor;
    ahead.space();
    let start = ahead.at;
    let weekday = if ahead.eat("(") || ahead.eat("[") || ahead.eat("〔") || ahead.eat("【") {
        bracketed(&mut ahead)?
    } else {
        let weekday = ahead.peek().and_then(Weekday::from_kanji)?;
        ahead.eat_if(|_| true);
        if !ahead.eat("曜") {
            return None;
        }
        ahead.eat("日");
        Some(weekday)
    };
    *cursor = ahead;
    weekday.map(|weekday| WeekdayMark { weekday, range: Extent { start, end: ahead.at } })
}

/// What is inside the brackets of a weekday; `Some(None)` for a holiday alone.
#[expect(clippy::option_option, reason = "no brackets, brackets without a weekday, a weekday")]
fn bracketed(cursor: &mut Cursor<'_>) -> Option<Option<Weekday>> {
    const HOLIDAYS: &AnyOf =
        any_of!["振替休日", "振休", "祝日", "祝", "国民の休日", "休日", "休", "元日"];
    cursor.space();
    let mut weekday = None;
    let mut holiday = false;
    for _ in 0..2 {
        if cursor.eat_any(HOLIDAYS) {
            holiday = true;
        } else if weekday.is_none() {
            let english = Weekday::from_english(cursor.rest().as_bytes());
            if english.is_some() {
                weekday = english;
                while cursor.byte().is_ascii_lowercase() {
                    cursor.at += 1;
                }
                cursor.eat(".");
            } else if let Some(day) = cursor.peek().and_then(Weekday::from_kanji) {
                weekday = Some(day);
                cursor.eat_if(|_| true);
                if cursor.eat("曜") {
                    cursor.eat("日");
                }
            }
        }
        cursor.eat_any(any_of!["・", "/", "、", ",", "("]);
    }
    cursor.space();
    let closed = cursor.eat_any(any_of![")", "]", "〕", "】"]);
    cursor.eat(")");
    (closed && (holiday || weekday.is_some())).then_some(weekday)
}

/// Whether enough is written that nothing else can be meant.
fn is_certain(partial: &Partial) -> bool {
    let fields = [partial.year.is_some(), partial.month.is_some(), partial.day.is_some()];
    let written = fields.iter().filter(|&&is| is).count();
    written >= 2 || partial.year.is_some()
}

/// Whether a number with one unit stands as a date: 5日に does, 5日で, 第5日 and 3日間 do not.
fn stands_alone(before: &Cursor<'_>, after: &Cursor<'_>, partial: &Partial, place: Place) -> bool {
    let prefixed = before.before().is_some_and(|c| letters!("第約数各計全延毎週").has(c));
    match (partial.year, partial.month, partial.day) {
        (None, None, Some(Field::Number(day))) => {
            let tilde = matches!(place, Place::End { tilde: true, .. });
            let is_told =
                partial.weekday.is_some() || partial.time.is_some() || partial.part.is_some();
            !prefixed && (is_told || (bare_day(after, day, tilde) && before.before() != Some('月')))
        }
        (None, Some(Field::Number(_)), None) => {
            !prefixed && !after.sees_in(letters!("間期号病額次例刊面謝給分曜"))
        }
        _ => true,
    }
}

fn bare_day(after: &Cursor<'_>, day: u8, tilde: bool) -> bool {
    if tilde {
        return !after.sees_in(letters!("間後前以目分程ほ連ぶ"));
    }
    if after.sees("付") || after.sees("時点") || after.sees("現在") || after.sees("以降") {
        return true;
    }
    if after.sees("に") {
        let mut next = *after;
        next.eat("に");
        let often = next.sees("わた") || next.sees("及") || next.sees("1") || next.sees("一");
        return day != 1 && !often;
    }
    if after.sees("の") {
        return day != 1 && !after.sees("の間") && !after.sees("の猶予");
    }
    after.peek().is_none_or(|c| letters!("、。,)」』\n~から・まで及は頃ご以").has(c))
        && !after.sees("以内")
        && !after.sees("以上")
        && !after.sees("で")
        && (day != 1 || !after.sees_in(letters!("、,")))
}
