//! Services and how the incident left them: lists under a heading or sentence that says so, and
//! services named in a clause with their state.

use case::{Service, ServiceStatus};

use super::one_line;
use crate::grammar::Extent;
use crate::lexicon::{Cue, Topic};
use crate::names::{is_hiragana, is_kanji, is_katakana};
use crate::page::{Marker, Page, Sentence};

/// The longest line taken as the name of a service, in characters.
const LONGEST_NAME: usize = 40;

/// Each service once, in the order of the text.
pub(super) fn read(page: &Page<'_>) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    let mut list: Option<ServiceStatus> = None;
    for sentence in &page.sentences {
        if let Some(status) = opens_list(page, sentence) {
            list = Some(status);
            continue;
        }
        let words = page.folded_words(sentence.extent);
        if let Some(status) = list {
            if is_entry(page, sentence) {
                for name in split(page, sentence) {
                    add(page, &mut services, name, status);
                }
                continue;
            }
            list = None;
        }
        if matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact | Topic::About | Topic::Cause)) || !words.contains('。') {
            continue;
        }
        inline(page, sentence, &mut services);
    }
    services
}

/// Whether a heading or sentence says that a list of services follows, and their state.
fn opens_list(page: &Page<'_>, sentence: &Sentence) -> Option<ServiceStatus> {
    let line = &page.lines[sentence.line];
    if sentence.heading {
        return match line.topic {
            Some(Topic::Services) => Some(ServiceStatus::Affected),
            Some(Topic::Unaffected) => Some(ServiceStatus::Unaffected),
            _ => None,
        };
    }
    let words = page.folded_words(sentence.extent);
    let next_is_list = page.lines.get(sentence.line + 1).is_some_and(|next| !next.heading && !page.folded_words(next.extent).contains('。'));
    if !next_is_list || !(words.contains("サービス") || words.contains("システム")) || line.extent.end != sentence.extent.end {
        return None;
    }
    let points = ["下記", "以下", "次の", "とおり", "通り", ":"].iter().any(|word| words.contains(word));
    if !points {
        return None;
    }
    if sentence.has(Cue::ServiceUnaffected) {
        Some(ServiceStatus::Unaffected)
    } else if sentence.has(Cue::ServiceAffected) {
        Some(ServiceStatus::Affected)
    } else if sentence.has(Cue::ServiceRestored) {
        Some(ServiceStatus::Restored)
    } else {
        None
    }
}

/// Whether a line is an entry of a list of names.
fn is_entry(page: &Page<'_>, sentence: &Sentence) -> bool {
    let words = page.folded_words(sentence.extent);
    let line = &page.lines[sentence.line];
    !sentence.heading && !words.contains('。') && words.chars().count() <= LONGEST_NAME && line.marker != Marker::Major && !words.ends_with(':')
}

/// The names on a line of a list: all of it, or what stands between 、.
fn split(page: &Page<'_>, sentence: &Sentence) -> Vec<Extent> {
    let line = &page.lines[sentence.line];
    let text = page.text();
    let mut names = Vec::new();
    let mut start = line.body;
    for (at, c) in text[line.body..line.extent.end].char_indices().map(|(at, c)| (line.body + at, c)).chain([(line.extent.end, '、')]) {
        if c == '、' {
            names.push(Extent { start, end: at });
            start = at + '、'.len_utf8().min(text.len() - at);
        }
    }
    names.retain(|name| name.start < name.end);
    names
}

fn add(page: &Page<'_>, services: &mut Vec<Service>, name: Extent, status: ServiceStatus) {
    let Some(cite) = page.cite(name.start, name.end) else { return };
    let name = one_line(page.words(cite));
    if name.chars().count() < 2 || services.iter().any(|known| known.name == name) {
        return;
    }
    services.push(Service { name, status, cite });
}

/// Services named in a sentence with their state.
fn inline(page: &Page<'_>, sentence: &Sentence, services: &mut Vec<Service>) {
    const SERVICES: &[&str] = &["システム", "ホームページ", "サービス", "ウェブサイト", "webサイト", "オンラインショップ", "オンラインストア", "サイト", "アプリ"];
    for (cue, status) in [(Cue::ServiceUnaffected, ServiceStatus::Unaffected), (Cue::ServiceAffected, ServiceStatus::Affected)] {
        let Some(hit) = page.cue(cue, sentence.extent) else { continue };
        let clause = page.clause_of(hit.start);
        let before = Extent { start: clause.start, end: hit.start };
        let words = page.folded_words(before);
        for kind in SERVICES {
            for (at, _) in words.match_indices(kind) {
                let end = before.start + at + kind.len();
                let after = page.text()[end..].chars().next();
                if after.is_some_and(|c| is_katakana(c) || is_kanji(c)) && !page.text()[end..].starts_with(['及', '等', '並']) {
                    continue;
                }
                let start = name_start(page, before.start, before.start + at);
                let name = Extent { start, end };
                let generic = start == before.start + at && !matches!(*kind, "ホームページ");
                if !generic {
                    add(page, services, name, status);
                }
            }
        }
    }
}

/// Where the noun phrase that ends at `end` begins, not before `from`.
fn name_start(page: &Page<'_>, from: usize, end: usize) -> usize {
    let text = page.text();
    let related = ["に関連する", "に関する", "に係る"].iter().find(|link| text[from..end].ends_with(**link));
    let inner = related.map_or(end, |link| end - link.len());
    let mut start = inner;
    for (at, c) in text[from..inner].char_indices().rev() {
        if is_hiragana(c) || "、。()「」『』:,".contains(c) {
            break;
        }
        start = from + at;
    }
    if start == inner { end } else { start }
}
