//! The year of a date that is written without one.
//!
//! What decides, in this order: a date close by, the day of the disclosure (what is told has
//! happened before it, unless it is a forecast), the year of the case number, a year further down.
//! A weekday may move the year, but not against the neighbours: then it is the weekday that is
//! wrong. It looks at a bounded number of neighbours, so the cost stays linear.

use case::Moment;

use super::{Field, Mention, Partial, Weekday, Year};
use crate::grammar::Extent;
use crate::words::{AnyOf, any_of};

/// What a year can be inferred from.
pub(super) struct Hints<'a> {
    pub(super) mentions: &'a [Mention],
    pub(super) index: usize,
    pub(super) folded: &'a str,
    pub(super) disclosed: Option<Moment>,
    pub(super) book_year: Option<i16>,
    /// The last date that fixes a year, and where its words end.
    pub(super) running: Option<(Moment, usize)>,
    /// The last day that something is told of.
    pub(super) anchor: Option<Moment>,
}

/// A date of a year with or without its day.
pub(super) fn moment(year: i16, month: u8, day: Option<u8>) -> Option<Moment> {
    match day {
        Some(day) => Moment::day(year, month, day),
        None => Moment::month(year, month),
    }
}

/// Whether `first` is before `second` at the precision that both have.
pub(super) fn is_before(first: Moment, second: Moment) -> bool {
    let parts =
        |m: Moment| [Some(m.get_year()), m.get_month().map(i16::from), m.get_day().map(i16::from)];
    let date = parts(first).into_iter().zip(parts(second)).find_map(|pair| match pair {
        (Some(a), Some(b)) if a == b => None,
        (Some(a), Some(b)) => Some(a < b),
        _ => Some(false),
    });
    date.unwrap_or_else(|| match (first.get_time(), second.get_time()) {
        (Some(a), Some(b)) => a < b,
        _ => false,
    })
}

/// Days apart, roughly: what is not written counts as the middle.
fn distance(first: Moment, second: Moment) -> i32 {
    let days = |m: Moment| {
        i32::from(m.get_year()) * 372
            + i32::from(m.get_month().unwrap_or(6)) * 31
            + i32::from(m.get_day().unwrap_or(15))
    };
    (days(first) - days(second)).abs()
}

/// The year of `month` and `day`.
pub(super) fn year(
    month: u8,
    day: Option<u8>,
    partial: &Partial,
    hints: &Hints<'_>,
) -> Option<i16> {
    let chosen = by_context(month, day, hints)?;
    let Some(mark) = partial.weekday else { return Some(chosen) };
    let fits = |year: i16| moment(year, month, day).and_then(Weekday::of) == Some(mark.weekday);
    let date = moment(chosen, month, day);
    if fits(chosen) || date.is_some_and(|date| is_supported(date, hints)) {
        return Some(chosen);
    }
    let is_possible = |year: &i16| {
        let Some(date) = moment(*year, month, day) else { return false };
        hints
            .disclosed
            .is_none_or(|disclosed| !is_before(disclosed, date) || distance(disclosed, date) < 186)
    };
    let other = [chosen - 1, chosen + 1, chosen - 2]
        .into_iter()
        .filter(is_possible)
        .find(|&year| fits(year));
    Some(other.unwrap_or(chosen))
}

/// A date without a year is not told so many days after a later one.
const FAR_BACK_DAYS: i32 = 124;

fn by_context(month: u8, day: Option<u8>, hints: &Hints<'_>) -> Option<i16> {
    let at = |year: i16| moment(year, month, day);
    let mention = &hints.mentions[hints.index];
    let after_disclosure = || future_weight(hints.folded, mention.range);
    // 6月5日~2023年7月7日: the end says it.
    if let Some(Year::Absolute(end)) = mention.to.and_then(|to| to.year) {
        let end_month = match mention.to.and_then(|to| to.month) {
            Some(Field::Number(number)) => number,
            _ => 12,
        };
        return Some(if end_month < month { end - 1 } else { end });
    }
    // What is told goes on towards the disclosure rather than half a year back.
    let told_on = |date: Moment, from: Moment| {
        let disclosed = hints.disclosed?;
        let back = is_before(date, from) && distance(date, from) > FAR_BACK_DAYS;
        let later = at(date.get_year() + 1).filter(|_| back)?;
        (!is_before(disclosed, later)).then_some(later)
    };
    let nearest = |to: Moment, bounded: bool| {
        let year = to.get_year();
        [year, year + 1, year - 1]
            .into_iter()
            .filter_map(at)
            .filter(|date| {
                !bounded
                    || hints
                        .disclosed
                        .is_none_or(|disclosed| reaches(disclosed, *date, after_disclosure))
            })
            .min_by_key(|date| distance(*date, to))
            .map(|date| told_on(date, to).unwrap_or(date).get_year())
    };
    if let Some((running, end)) = hints.running {
        let gap = hints.folded.get(end..mention.range.start).unwrap_or_default();
        let same_line = !gap.contains('\n');
        let close = same_line
            || gap.len() < 240
            || (opens_line(hints.folded, mention.range) && gap.len() < 600);
        if let Some(near) = behind_background(running, gap, day, hints) {
            return nearest(near, true).or_else(|| nearest(near, false));
        }
        let recent = hints.disclosed.is_none_or(|disclosed| distance(disclosed, running) < 420);
        if running.get_month().is_none() && close && same_line {
            return Some(running.get_year());
        }
        if running.get_month().is_some() && (close || recent) {
            return nearest(running, true).or_else(|| nearest(running, false));
        }
    }
    if let Some(disclosed) = hints.disclosed {
        return nearest(disclosed, true);
    }
    hints.book_year.or_else(|| {
        let later = hints.mentions[hints.index..]
            .iter()
            .take(NEIGHBOURS)
            .find_map(|mention| written(&mention.from))?;
        nearest(later, false)
    })
}

/// What a date is near to where the one before it is a month that only tells the background, in a
/// sentence of its own (お申し込みは2023年4月以降。2月4日に): the day told of before, or the disclosure.
fn behind_background(
    running: Moment,
    gap: &str,
    day: Option<u8>,
    hints: &Hints<'_>,
) -> Option<Moment> {
    let is_month = running.get_month().is_some() && running.get_day().is_none();
    if !is_month || !gap.contains(['。', '\n']) {
        return None;
    }
    match hints.anchor {
        Some(anchor) => is_before(running, anchor).then_some(anchor),
        // A month after a month goes on from there.
        None => hints.disclosed.filter(|_| day.is_some()),
    }
}

/// Whether a date may be of a text disclosed then: before it, or after it but, weighed, closer than
/// the year before.
fn reaches(disclosed: Moment, date: Moment, weight: impl Fn() -> i32) -> bool {
    let days = distance(disclosed, date);
    !is_before(disclosed, date) || (days <= 372 - days && days * weight() <= 372 - days)
}

/// How much further off a day after the disclosure is than one before it, by what its sentence
/// tells: what is to come, what is past, or neither.
fn future_weight(folded: &str, range: Extent) -> i32 {
    if is_forecast(folded, range) {
        1
    } else if is_past(sentence_after(folded, range)) {
        8
    } else {
        3
    }
}

fn is_past(sentence: &str) -> bool {
    sentence.contains("ました") || sentence.ends_with('た')
}

/// How many mentions on either side may support a year.
const NEIGHBOURS: usize = 40;

/// The date of a partial that says its year.
fn written(partial: &Partial) -> Option<Moment> {
    match (partial.year, partial.month, partial.day) {
        (Some(Year::Absolute(year)), Some(Field::Number(month)), Some(Field::Number(day))) => {
            Moment::day(year, month, day)
        }
        (Some(Year::Absolute(year)), Some(Field::Number(month)), _) => Moment::month(year, month),
        _ => None,
    }
}

/// Whether something else speaks for the year of `date`: the disclosure soon after, a date with its
/// year close to it, or another date without a year whose weekday fits that year.
fn is_supported(date: Moment, hints: &Hints<'_>) -> bool {
    const SOON_DAYS: i32 = 62;
    if hints.disclosed.is_some_and(|disclosed| distance(disclosed, date) <= SOON_DAYS) {
        return true;
    }
    let first = hints.index.saturating_sub(NEIGHBOURS);
    let last = (hints.index + NEIGHBOURS).min(hints.mentions.len());
    (first..last).filter(|&other| other != hints.index).any(|other| {
        let partial = &hints.mentions[other].from;
        if let Some(other) = written(partial) {
            return distance(other, date) <= SOON_DAYS;
        }
        let (None, Some(Field::Number(month)), Some(Field::Number(day)), Some(mark)) =
            (partial.year, partial.month, partial.day, partial.weekday)
        else {
            return false;
        };
        Moment::day(date.get_year(), month, day).is_some_and(|other| {
            distance(other, date) <= SOON_DAYS && Weekday::of(other) == Some(mark.weekday)
        })
    })
}

/// The text from the mention to the end of its sentence, a few words at most.
fn sentence_after(folded: &str, range: Extent) -> &str {
    let end = folded.ceil_char_boundary((range.end + 180).min(folded.len()));
    let rest = folded.get(range.end..end).unwrap_or_default();
    rest.find(['。', '\n']).map_or(rest, |end| &rest[..end])
}

/// Whether the sentence tells what is still to come.
pub(super) fn is_forecast(folded: &str, range: Extent) -> bool {
    const TO_COME: &AnyOf = any_of![
        "予定", "見込", "目途", "目処", "めど", "します", "開催", "期限", "締切", "まいります",
        "参ります", "ください", "下さい",
    ];
    /// What a plain sentence of what is to come ends with.
    const PLAIN: &AnyOf = any_of!["する", "行う", "行なう", "させる", "開く", "予定だ"];
    let sentence = sentence_after(folded, range);
    if is_past(sentence) {
        return false;
    }
    let told = ["という", "としている", "とのこと", "とのことです"]
        .iter()
        .find_map(|word| sentence.strip_suffix(word))
        .unwrap_or(sentence);
    TO_COME.stands_in(sentence) || PLAIN.closes(told)
}

/// Whether the clause behind the mention only says which people or things are meant, by what is to
/// come (翌日試験を受ける生徒に): the telling does not go on from there.
pub(super) fn tells_a_plan(folded: &str, range: Extent) -> bool {
    const MEANT: [&str; 12] = [
        "る生徒", "る学生", "る児童", "る園児", "る方", "る者", "う生徒", "う学生", "う方",
        "予定の", "予定だった", "予定してい",
    ];
    let sentence = sentence_after(folded, range);
    let clause = sentence.find('、').map_or(sentence, |end| &sentence[..end]);
    MEANT.iter().any(|word| clause.find(word).is_some_and(|at| !clause[..at].contains('た')))
}

/// Whether nothing but a mark is before the mention on its line.
fn opens_line(folded: &str, range: Extent) -> bool {
    let start = folded.floor_char_boundary(range.start.saturating_sub(16));
    let before = &folded[start..range.start];
    match before.rfind('\n') {
        Some(at) => before[at + 1..].chars().count() <= 4,
        None => start == 0 && before.chars().count() <= 4,
    }
}

/// Whether the mention ends the first line of the text or has a line to itself: the date of the
/// release, not of an event.
pub(super) fn stands_in_heading(folded: &str, range: Extent) -> bool {
    let ends_line = folded[range.end..].chars().next().is_none_or(|c| c == '\n');
    let is_first_line = !folded[..range.start].contains('\n');
    let alone = opens_line(folded, range);
    ends_line && (is_first_line || alone)
}
