//! When it happened and when it was noticed: the dated statements that say so, a labelled one
//! before any other.

use case::{Category, Cited, EventType, Moment, When};

use super::timeline::Dated;
use crate::lexicon::{Cue, Topic};
use crate::names::is_kanji;
use crate::page::Page;
use crate::words::any_of;

/// When the incident happened: after a label such as 発生日時, else the first statement of it.
pub(super) fn occurred(page: &Page<'_>, events: &[Dated]) -> Option<Cited<When>> {
    let noticed = events
        .iter()
        .filter(|event| event.event_type == EventType::Discovered)
        .map(|event| event.when.from.date())
        .min();
    // What happens after it was noticed, or on the day of the news, is not what was noticed.
    let of_type = |event: &&Dated| {
        let day = event.when.from.date();
        let late = noticed.is_some_and(|noticed| day > noticed)
            || (page.header.disclosed_on == Some(day)
                && (noticed.is_some_and(|noticed| day != noticed) || is_news(events, event)));
        event.event_type == EventType::Occurred && !late
    };
    let labelled = events
        .iter()
        .filter(of_type)
        .find(|event| matches!(event.topic, Some(Topic::Occurrence | Topic::Period)));
    // 本年5月に発生した件 in the opening is said again by the day further down.
    let by_day = || events.iter().filter(of_type).find(|event| event.when.from.get_day().is_some());
    let first = labelled
        .or_else(by_day)
        .or_else(|| events.iter().find(of_type))
        .or_else(|| last_before(page, events, noticed?))?;
    // The same day said again with its time is the better one.
    let finer = events.iter().filter(of_type).find(|event| {
        event.when.to.is_none()
            && first.when.to.is_none()
            && event.when.from.date() == first.when.from
            && event.when.from.get_time().is_some()
    });
    cite(page, finer.unwrap_or(first))
}

/// Whether the same date tells that it was announced.
fn is_news(events: &[Dated], event: &Dated) -> bool {
    let at = events.partition_point(|other| other.date.start < event.date.start);
    events[at..]
        .iter()
        .take_while(|other| other.date == event.date)
        .any(|other| matches!(other.event_type, EventType::Disclosed | EventType::ReportedPolice))
}

/// Which of the events stands for what happened where none is said to; see [`last_before`].
pub(super) fn last_before_notice(page: &Page<'_>, events: &[Dated]) -> Option<usize> {
    let noticed = events
        .iter()
        .filter(|event| event.event_type == EventType::Discovered)
        .map(|event| event.when.from.date())
        .min()?;
    let last = last_before(page, events, noticed)?;
    events.iter().position(|event| std::ptr::eq(event, last))
}

/// Whether a statement tells what was done: in the past, or as rows of a chronology do, with a noun
/// or a verb in its plain form (名簿を持ち自転車で移動).
fn is_told_done(words: &str) -> bool {
    let bare = words.trim_end_matches(['。', ')', ' ']);
    let row = bare.len() == words.len()
        && bare.chars().next_back().is_some_and(|c| is_kanji(c) || c == 'る')
        && !any_of!["予定", "見込", "以降", "現在", "まで", "以下", "左記"].closes(bare);
    bare.ends_with('た') || row
}

/// Where nothing is said to have happened in so many words: what was last done in the month
/// before somebody noticed (6月7日、資料をかばんに入れて退勤した。翌日、ないことに気付いた).
fn last_before<'e>(page: &Page<'_>, events: &'e [Dated], noticed: Moment) -> Option<&'e Dated> {
    let done = |event: &&Dated| {
        let at = event.when.from;
        let known = matches!(event.event_type, EventType::Other | EventType::NotifiedSubjects);
        known
            && at.get_day().is_some()
            && at.date() <= noticed
            && is_told_done(page.folded_words(event.statement))
    };
    let first = events.iter().find(|event| {
        event.event_type == EventType::Discovered && event.when.from.date() == noticed
    })?;
    let before =
        |event: &&Dated| event.when.from < first.when.from && event.date.start < first.date.start;
    let last = events.iter().filter(done).filter(before).max_by_key(|event| event.when.from)?;
    let months =
        |at: Moment| i32::from(at.get_year()) * 12 + i32::from(at.get_month().unwrap_or(1));
    (months(noticed) - months(last.when.from) <= 1).then_some(last)
}

/// When it was noticed: after a label such as 発覚日, else the first statement of it.
pub(super) fn discovered(
    page: &Page<'_>,
    events: &[Dated],
    category: Category,
) -> Option<Cited<When>> {
    let of_type = |event: &&Dated| event.event_type == EventType::Discovered;
    let labelled =
        events.iter().find(|event| event.topic == Some(Topic::Discovery) && of_type(event));
    let earliest = || events.iter().filter(of_type).min_by_key(|event| event.when);
    let Some(first) = labelled.or_else(earliest) else {
        return noticed_at_once(page, events, category);
    };
    // The same day said again with its time is the better one.
    let finer = events.iter().filter(of_type).filter(|event| {
        event.when.from.date() == first.when.from && event.when.from.get_time().is_some()
    });
    cite(page, finer.min_by_key(|event| event.when).unwrap_or(first))
}

/// Where no day is said to be that of the notice: files that somebody finds locked were noticed then, and
/// what somebody noticed straight after (送信直後に気付き) the same day.
fn noticed_at_once(page: &Page<'_>, events: &[Dated], category: Category) -> Option<Cited<When>> {
    let occurred = events.iter().find(|event| {
        event.event_type == EventType::Occurred && event.when.from.get_day().is_some()
    })?;
    let straight = || {
        page.sentences.iter().any(|sentence| {
            sentence.has(Cue::Discover)
                && page.is_full(sentence)
                && any_of!["直後に", "直後、", "してすぐに", "後すぐに", "するとすぐに"]
                    .stands_in(page.folded_words(sentence.extent))
        })
    };
    // That one was attacked, nobody sees that day; that files are locked or servers down, everybody does.
    let seen = || {
        category == Category::Ransomware
            && page.sentence_of(occurred.date.start).is_some_and(|sentence| {
                any_of!["暗号化", "開けな", "使えな", "できなく", "停止", "障害", "ダウン", "不能"]
                    .stands_in(page.folded_words(sentence.extent))
            })
    };
    let point = occurred.when.to.is_none() && !occurred.when.ongoing;
    (point && (seen() || straight())).then(|| cite(page, occurred))?
}

fn cite(page: &Page<'_>, event: &Dated) -> Option<Cited<When>> {
    Some(Cited::new(event.when, page.cite(event.date.start, event.date.end)?))
}
