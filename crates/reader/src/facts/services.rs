//! Services and how the incident left them: lists under a heading or sentence that says so, and
//! services named in a clause with their state.

mod clause;
mod struck;

use case::{Category, Service, ServiceStatus};

use super::one_line;
use crate::grammar::Extent;
use crate::lexicon::{Cue, Topic};
use crate::page::{Marker, Page, Sentence};
use crate::words::any_of;
use clause::{inline, is_service, parts, trimmed};
use struck::{struck, struck_service};

/// The longest line taken as the name of a service, in characters.
const LONGEST_NAME: usize = 40;

/// Each service once, in the order of the text.
pub(super) fn read(page: &Page<'_>, category: Category) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    if struck(category)
        && let Some(name) = struck_service(page)
    {
        add(page, &mut services, name, ServiceStatus::Affected);
    }
    let mut list: Option<ServiceStatus> = None;
    for sentence in &page.sentences {
        if let Some(status) = opens_list(page, sentence) {
            list = Some(status);
            continue;
        }
        if let Some(status) = list {
            if is_entry(page, sentence) {
                for name in split(page, sentence) {
                    add(page, &mut services, name, status);
                }
                continue;
            }
            list = None;
        }
        let elsewhere = matches!(sentence.topic, Some(Topic::Contact | Topic::About))
            || (matches!(sentence.topic, Some(Topic::Prevention | Topic::Cause))
                && !sentence.has(Cue::ServiceUnaffected));
        if elsewhere
            || sentence.heading
            || sentence.has(Cue::Prevention)
            || in_title(page, sentence)
        {
            continue;
        }
        if !row(page, sentence, &mut services) {
            inline(page, sentence, &mut services);
        }
    }
    services
}

/// A row of a table of states: 会計システム 8月30日に復旧, 影響なし A、B.
fn row(page: &Page<'_>, sentence: &Sentence, services: &mut Vec<Service>) -> bool {
    let line = &page.lines[sentence.line];
    if sentence.extent.start != line.extent.start || page.is_full(sentence) {
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
        let name_end = date.map_or(hit.start, |mention| mention.range.start);
        let gap = page.folded.gap_before(name_end);
        let name = trimmed(page, Extent { start: line.body, end: name_end });
        if gap
            && hit.end + 6 >= line.extent.end
            && name.start < name.end
            && is_service(page.folded_words(name), status)
        {
            add(page, services, name, status);
            return true;
        }
    }
    false
}

/// How a sentence may say that services are left, by its words.
fn states(sentence: &Sentence) -> impl Iterator<Item = (Cue, ServiceStatus)> {
    [
        (Cue::ServiceUnaffected, ServiceStatus::Unaffected),
        (Cue::ServiceAffected, ServiceStatus::Affected),
        (Cue::ServiceRestored, ServiceStatus::Restored),
    ]
    .into_iter()
    .filter(|&(cue, _)| sentence.has(cue))
}

fn in_title(page: &Page<'_>, sentence: &Sentence) -> bool {
    page.header.title.is_some_and(|title| {
        title.start <= sentence.extent.start && sentence.extent.end <= title.end
    })
}

/// Whether a heading or sentence says that a list of services follows, and their state.
fn opens_list(page: &Page<'_>, sentence: &Sentence) -> Option<ServiceStatus> {
    let line = &page.lines[sentence.line];
    if sentence.heading {
        let words =
            page.folded_words(sentence.extent).trim_end_matches([']', '】', '>', ':', '》']);
        let of_services = || {
            any_of!["サービス", "システム", "取引", "業務", "機能", "手続", "手続き"].closes(words)
        };
        return match line.topic {
            Some(Topic::Services) => Some(ServiceStatus::Affected),
            Some(Topic::Unaffected) => Some(ServiceStatus::Unaffected),
            _ if sentence.has(Cue::ServiceUnaffected) && of_services() => {
                Some(ServiceStatus::Unaffected)
            }
            _ if sentence.has(Cue::ServiceAffected) && of_services() => {
                Some(ServiceStatus::Affected)
            }
            _ => None,
        };
    }
    let (_, status) = states(sentence).next()?;
    let words = page.folded_words(sentence.extent);
    let next_is_list = page
        .lines
        .get(sentence.line + 1)
        .is_some_and(|next| !next.heading && !page.folded_words(next.extent).contains('。'));
    if !next_is_list
        || line.extent.end != sentence.extent.end
        || !any_of!["サービス", "システム"].stands_in(words)
    {
        return None;
    }
    let points = any_of!["下記", "以下", "次の", "とおり", "通り", ":"].stands_in(words);
    points.then_some(status)
}

/// Whether a line is an entry of a list of names.
fn is_entry(page: &Page<'_>, sentence: &Sentence) -> bool {
    let words = page.folded_words(sentence.extent);
    let line = &page.lines[sentence.line];
    // A row that opens with a date tells what was done, it names nothing.
    let next = page.mentions.partition_point(|mention| mention.range.start < line.body);
    let dated = page.mentions.get(next).is_some_and(|mention| mention.range.start == line.body);
    !sentence.heading
        && !dated
        && !page.is_full(sentence)
        && words.chars().count() <= LONGEST_NAME
        && line.marker != Marker::Major
        && !words.ends_with(':')
}

/// The names on a line of a list: all of it, or what stands between 、.
fn split(page: &Page<'_>, sentence: &Sentence) -> Vec<Extent> {
    let line = &page.lines[sentence.line];
    let text = page.text();
    let mut names = Vec::new();
    let mut start = line.body;
    for (at, c) in text[line.body..line.extent.end]
        .char_indices()
        .map(|(at, c)| (line.body + at, c))
        .chain([(line.extent.end, '、')])
    {
        if c == '、' {
            names.push(Extent { start, end: at });
            start = at + '、'.len_utf8().min(text.len() - at);
        }
    }
    names.retain(|name| name.start < name.end);
    names
}

fn add(page: &Page<'_>, services: &mut Vec<Service>, mut name: Extent, status: ServiceStatus) {
    // なぎさダイレクト(個人のお客様向け): what it is for is no part of the name.
    let words = page.folded_words(name);
    if words.ends_with(')')
        && let Some(open) = words.find('(').filter(|&open| {
            open > 0 && words.len() - open > "(atm号)".len() || words.ends_with("(hp)")
        })
    {
        name.end = name.start + open;
    }
    let Some(cite) = page.cite(name.start, name.end) else { return };
    let name = one_line(page.words(cite));
    if name.chars().count() < 2 || services.iter().any(|known| known.name == name) {
        return;
    }
    services.push(Service { name, status, cite });
}
