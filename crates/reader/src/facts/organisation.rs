//! Who suffered or discloses: the name at the head of the entry, else the one that the text calls
//! 当社, that stands in the release's own head or foot, or that acts as its subject. It does not
//! know who else is named.

use std::collections::BTreeMap;

use case::Cited;

use super::quote;
use crate::grammar::Extent;
use crate::lexicon::{Cue, OrganisationWord, Topic, Value, Vocabulary};
use crate::names::{Basis, Name};
use crate::page::Page;

/// Least evidence that makes a name the organisation of the entry.
const ENOUGH: i32 = 5;

/// The organisation of the entry, as written at its best mention.
pub(super) fn read(page: &Page<'_>, names: &[Name]) -> Option<Cited<String>> {
    if let Some(extent) = page.header.organisation {
        return quote(page, extent);
    }
    let mut evidence: BTreeMap<&str, (i32, i32, Extent)> = BTreeMap::new();
    for name in names {
        let weight = weigh(page, name);
        let entry = evidence.entry(page.folded_words(name.extent)).or_insert((0, i32::MIN, name.extent));
        entry.0 += weight;
        if weight > entry.1 {
            entry.1 = weight;
            entry.2 = name.extent;
        }
    }
    let best = evidence.values().max_by_key(|(sum, _, extent)| (*sum, usize::MAX - extent.start))?;
    (best.0 >= ENOUGH).then(|| quote(page, best.2))?
}

/// How much one mention speaks for its name being that of the discloser.
fn weigh(page: &Page<'_>, name: &Name) -> i32 {
    let text = page.text();
    let line_index = page.line_of(name.extent.start);
    let line = &page.lines[line_index];
    let after = &text[name.extent.end..line.extent.end.max(name.extent.end)];
    let before = &text[line.extent.start..name.extent.start];
    let opening = !page.is_after_opening(name.extent.start);
    let title = page.header.title.is_some_and(|title| title.start <= name.extent.start && name.extent.end <= title.end);
    let mut weight = match name.basis {
        Basis::LegalForm => 2,
        Basis::Suffix => 1,
        Basis::Place => 0,
    };
    match alias(page, name.extent.end) {
        Alias::Own => weight += 30,
        Alias::Other => weight -= 12,
        Alias::None => {}
    }
    if own_before(page, before, name.extent.start) {
        weight += 12;
    }
    let alone = line.extent.end - line.extent.start <= (name.extent.end - name.extent.start) + 24 && !text[line.extent.start..line.extent.end].contains('。');
    let signed = ["代表取締役", "代表者", "理事長", "学長", "病院長", "院長", "市長", "町長", "村長", "知事", "会長", "社長", "校長", "教育長", "頭取", "代表理事", "総長", "広報", "組合長", "代表執行役"].iter().any(|word| after.contains(word));
    if opening && (alone || signed) && !title {
        weight += 9;
    }
    if title {
        weight += if before.is_empty() || name.extent.start <= line.extent.start + 3 { 6 } else { 2 };
    }
    let sentence_start = page.sentence_of(name.extent.start).is_some_and(|sentence| sentence.extent.start == name.extent.start);
    if after.starts_with("は、") || after.starts_with("では") || after.starts_with("において") || after.starts_with("におきまして") || after.starts_with("(本社") || after.starts_with("(所在") || after.starts_with("(代表") || after.starts_with("(以下") || after.starts_with("は") {
        weight += if sentence_start || before.ends_with('、') || before.is_empty() { 5 } else { 3 };
    } else if after.starts_with('が') && name.extent.start < text.len() / 2 {
        weight += 2;
    } else if after.starts_with('の') && !page.is_after_opening(name.extent.start) {
        weight += 2;
    }
    let late = line_index + 10 >= page.lines.len();
    if late && (alone || signed) && page.is_after_opening(name.extent.start) {
        weight += 5;
    }
    if line.section == Some(Topic::Contact) || line.topic == Some(Topic::Contact) {
        weight += 3;
    }
    if line.topic == Some(Topic::Organisation) {
        weight += 3;
    }
    if is_other_party(page, name.extent) {
        weight -= 10;
    }
    weight
}

/// What `(以下「…」という)` after a name calls it.
enum Alias {
    Own,
    Other,
    None,
}

fn alias(page: &Page<'_>, end: usize) -> Alias {
    let text = page.text();
    let rest = &text[end..];
    let Some(inside) = rest.strip_prefix('(').and_then(|rest| rest.find(')').map(|close| &rest[..close])) else {
        return Alias::None;
    };
    let Some(at) = inside.find("以下") else { return Alias::None };
    let from = end + 1 + at;
    let extent = Extent { start: from, end: end + 1 + inside.len() };
    let own = page
        .within(Vocabulary::Organisation, extent)
        .iter()
        .any(|hit| hit.value == Value::Organisation(OrganisationWord::Own));
    if own { Alias::Own } else { Alias::Other }
}

/// `当社(株式会社○○` or `弊社、株式会社○○`.
fn own_before(page: &Page<'_>, before: &str, start: usize) -> bool {
    let trimmed = before.trim_end_matches(['(', '、', ':', '「']);
    let end = start - (before.len() - trimmed.len());
    trimmed.len() < before.len()
        && page
            .within(Vocabulary::Organisation, Extent { start: end.saturating_sub(15), end })
            .iter()
            .any(|hit| hit.end == end && hit.value == Value::Organisation(OrganisationWord::Own))
}

/// Whether a role word just before makes the name somebody else's.
pub(super) fn is_other_party(page: &Page<'_>, name: Extent) -> bool {
    let mut from = name.start.saturating_sub(36);
    while !page.text().is_char_boundary(from) {
        from -= 1;
    }
    let window = Extent { start: from, end: name.start };
    let role = page.within(Vocabulary::Organisation, window).iter().rev().find(|hit| {
        matches!(
            hit.value,
            Value::Organisation(
                OrganisationWord::Processor | OrganisationWord::Vendor | OrganisationWord::Expert | OrganisationWord::Client | OrganisationWord::Parent | OrganisationWord::Related
            )
        )
    });
    role.is_some_and(|hit| !page.text()[hit.end..name.start].contains(['。', '\n', 'は'])) && page.cue(Cue::Apology, window).is_none()
}
