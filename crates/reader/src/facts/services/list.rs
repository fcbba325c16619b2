//! Lists and tables of services: headings and sentences that open a list, its entries, and rows
//! that name a service and its state. It does not know clauses.

use case::{Service, ServiceStatus};

use super::naming::{is_service, may_be_service, parts, trimmed};
use super::{add, states};
use crate::grammar::Extent;
use crate::lexicon::Topic;
use crate::page::{Marker, Page, Sentence};
use crate::words::any_of;

/// The longest line taken as the name of a service, in characters.
const LONGEST_NAME: usize = 40;

/// Whether a heading or sentence says that a list of services follows, and their state.
pub(super) fn opens_list(page: &Page<'_>, sentence: &Sentence) -> Option<ServiceStatus> {
    let line = &page.lines[sentence.line];
    if sentence.heading {
        return match line.topic {
            Some(Topic::Services) => Some(ServiceStatus::Affected),
            Some(Topic::Unaffected) => Some(ServiceStatus::Unaffected),
            _ => {
                let (_, status) = states(sentence).next()?;
                let words = page
                    .folded_words(Extent { start: line.body, end: sentence.extent.end })
                    .trim_end_matches([']', '】', '>', ':', '》', ')']);
                let of_services = any_of![
                    "サービス", "システム", "取引", "業務", "機能", "手続", "手続き", "サイト",
                ]
                .closes(words);
                // [停止中] over the services that are.
                let bare = words.chars().count() <= 10
                    && any_of!["中", "済み", "済", "なし", "あり", "不可", "どおり", "通り"]
                        .closes(words);
                let lists = bare || (of_services && status != ServiceStatus::Restored);
                lists.then_some(status)
            }
        };
    }
    let (_, status) = states(sentence).next()?;
    let words = page.folded_words(sentence.extent);
    let next_is_list = page
        .lines
        .get(sentence.line + 1)
        .is_some_and(|next| !next.heading && !page.folded_words(next.extent).contains('。'));
    let lists = next_is_list
        && any_of!["サービス", "システム", "業務", "機能", "サイト"].stands_in(words)
        && line.extent.end == sentence.extent.end
        && any_of!["下記", "以下", "次の", "とおり", "通り", ":"].stands_in(words);
    lists.then_some(status)
}

/// Reads an entry of a list of names. False when the line is none.
pub(super) fn entry(
    page: &Page<'_>,
    sentence: &Sentence,
    status: ServiceStatus,
    services: &mut Vec<Service>,
) -> bool {
    let words = page.folded_words(sentence.extent);
    let line = &page.lines[sentence.line];
    // A row that opens with a date tells what was done, it names nothing.
    let next = page.mentions.partition_point(|mention| mention.range.start < line.body);
    let dated = page.mentions.get(next).is_some_and(|mention| mention.range.start == line.body);
    // (1) 電子申請 under a heading of the section is set like one.
    let item = line.marker == Marker::Minor && line.topic.is_none();
    let is_entry = (!sentence.heading || item)
        && !dated
        && !page.is_full(sentence)
        && words.chars().count() <= LONGEST_NAME
        && line.marker != Marker::Major
        && !words.ends_with(':');
    if !is_entry {
        return false;
    }
    let whole = Extent { start: line.body, end: line.extent.end };
    for name in split(page, whole) {
        add(page, services, trimmed(page, name), status);
    }
    true
}

/// The names on a line of a list: all of it, or what stands between 、 outside of brackets.
fn split(page: &Page<'_>, whole: Extent) -> Vec<Extent> {
    let mut names = Vec::new();
    let mut start = whole.start;
    let mut depth = 0_usize;
    for (at, c) in page
        .folded_words(whole)
        .char_indices()
        .map(|(at, c)| (whole.start + at, c))
        .chain([(whole.end, '、')])
    {
        match c {
            '「' if depth == 0
                && start < at
                && page.folded_words(Extent { start, end: at }).ends_with('」') =>
            {
                names.push(Extent { start, end: at });
                start = at;
                depth += 1;
            }
            '、' if depth == 0 || at == whole.end => {
                names.push(Extent { start, end: at });
                start = (at + '、'.len_utf8()).min(whole.end);
            }
            '(' | '「' => depth += 1,
            ')' | '」' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    names.retain(|name| name.start < name.end);
    names
}

/// Reads the names behind a label: 停止中のサービス:A、B. False when the line is none.
pub(super) fn labelled(page: &Page<'_>, sentence: &Sentence, services: &mut Vec<Service>) -> bool {
    let line = &page.lines[sentence.line];
    let status = match line.topic {
        Some(Topic::Services) => ServiceStatus::Affected,
        Some(Topic::Unaffected) => ServiceStatus::Unaffected,
        _ => return false,
    };
    let whole = Extent { start: line.value, end: line.extent.end };
    if line.heading || line.value == line.body || page.is_full(sentence) || whole.start >= whole.end
    {
        return false;
    }
    for name in split(page, whole) {
        let name = trimmed(page, name);
        if page.folded_words(name).chars().count() <= LONGEST_NAME {
            add(page, services, name, status);
        }
    }
    true
}

/// A row of a table of states: 会計システム 8月30日に復旧, 入院:通常どおり, 影響なし A、B.
pub(super) fn row(page: &Page<'_>, sentence: &Sentence, services: &mut Vec<Service>) -> bool {
    let line = &page.lines[sentence.line];
    if sentence.extent.start != line.extent.start {
        return false;
    }
    if let Some((name, status)) = marked(page, Extent { start: line.body, end: line.extent.end }) {
        add(page, services, name, status);
        return true;
    }
    if page.is_full(sentence) {
        return false;
    }
    for (cue, status) in states(sentence) {
        let Some(hit) = page.cue(cue, sentence.extent) else { continue };
        let whole = Extent { start: hit.start, end: hit.end };
        if hit.start == line.body && page.folded_words(whole).starts_with("影響") {
            let rest = Extent { start: hit.end, end: line.extent.end };
            let names = parts(page, rest);
            let short =
                names.iter().all(|name| page.folded_words(*name).chars().count() <= LONGEST_NAME);
            for name in names.into_iter().filter(|_| short) {
                add(page, services, name, status);
            }
            return true;
        }
        let first = page.mentions.partition_point(|mention| mention.range.start < line.body);
        let date = page
            .mentions
            .get(first)
            .filter(|mention| mention.range.end <= hit.start && mention.range.start > line.body);
        let value = date.map_or(hit.start, |mention| mention.range.start);
        let before = &page.text()[line.body..value];
        let name_end = line.body + before.trim_end_matches([':', '…', '-', '→']).len();
        let set_off = name_end < value || page.folded.gap_before(value);
        let after = &page.text()[hit.end..line.extent.end];
        let closes = after.len() <= 6 || after.starts_with(['(', '、', '※']);
        let label = Extent { start: line.body, end: name_end };
        if set_off && closes && label.start < label.end {
            let mut any = false;
            for name in parts(page, label) {
                let words = page.folded_words(name);
                if is_service(words, status) || may_be_service(words) {
                    add(page, services, name, status);
                    any = true;
                }
            }
            if any {
                return true;
            }
        }
    }
    false
}

/// A row that ends in a mark: 予約サイト ×.
fn marked(page: &Page<'_>, row: Extent) -> Option<(Extent, ServiceStatus)> {
    let words = page.folded_words(row);
    let mark = words.chars().next_back()?;
    let status = match mark {
        '○' | '◯' | '〇' | '◎' => ServiceStatus::Unaffected,
        '×' | '✕' | '△' | '▲' => ServiceStatus::Affected,
        _ => return None,
    };
    let name = words.trim_end_matches(mark).trim_end_matches([':', '…', ' ']);
    let set_off = name.len() + mark.len_utf8() < words.len()
        || page.folded.gap_before(row.start + name.len());
    let name = trimmed(page, Extent { start: row.start, end: row.start + name.len() });
    let short = page.folded_words(name).chars().count() <= LONGEST_NAME;
    let service = is_service(page.folded_words(name), ServiceStatus::Affected);
    (set_off && short && service).then_some((name, status))
}
