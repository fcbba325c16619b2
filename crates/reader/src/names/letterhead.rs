//! Names on lines of their own, in the head or at the foot of a page: there the layout says where a
//! name ends, whatever letters it is written in. It does not know who the name's owner is.

use super::{AFTER, BEFORE, Basis, LONGEST, Name};
use crate::grammar::Extent;
use crate::lexicon::{OrganisationWord, Topic, Value, Vocabulary};
use crate::page::{Line, Marker, Page};
use crate::words::any_of;

/// How many lines at the foot can hold a signature.
const FOOT: usize = 8;
/// How many of those need not mind the section that they follow.
const LAST: usize = 3;
/// How many lines at the head can hold a letterhead.
const HEAD: usize = 16;
/// Longest line of a letterhead, in characters.
const LONGEST_LINE: usize = 70;

/// The names, in the order of the text; at most one a line.
pub(super) fn names(page: &Page<'_>) -> Vec<Name> {
    let count = page.lines.len();
    let title = page.header.title;
    page.lines
        .iter()
        .enumerate()
        .filter(|&(at, line)| {
            let in_head =
                at < HEAD && (line.section.is_none() || !page.is_after_opening(line.extent.start));
            let titled = title.is_some_and(|title| {
                line.extent.start < title.end && title.start < line.extent.end
            });
            let last = at + LAST >= count;
            let listed = matches!(line.section, Some(Topic::Data | Topic::Count))
                || (line.section == Some(Topic::Prevention) && !last);
            (in_head || at + FOOT >= count)
                && !titled
                && !listed
                && names_a_form(page, line)
                && is_plain(page, line)
        })
        .filter_map(|(_, line)| on_line(page, line))
        .collect()
}

/// Whether a line has a word that a name can be built on.
fn names_a_form(page: &Page<'_>, line: &Line) -> bool {
    page.within(Vocabulary::Organisation, line.extent).iter().any(|hit| {
        matches!(
            hit.value,
            Value::Organisation(OrganisationWord::LegalForm | OrganisationWord::Suffix)
        )
    })
}

/// Whether a line is no sentence and no item of a list.
fn is_plain(page: &Page<'_>, line: &Line) -> bool {
    let words = page.folded_words(line.extent);
    !words.contains(['。', '、', '「', '→', '=', 'を'])
        && line.marker != Marker::Bullet
        && line.topic != Some(Topic::Contact)
        && words.chars().count() <= LONGEST_LINE
        && !any_of!["について", "お知らせ", "お詫び", "に関する", "報告", "における"]
            .stands_in(words)
}

/// The parts of a line that white space, colons and brackets set apart.
fn parts(page: &Page<'_>, line: Extent) -> Vec<Extent> {
    let text = page.text();
    let mut parts = Vec::new();
    let mut start = line.start;
    for (at, c) in text[line.start..line.end].char_indices().map(|(at, c)| (line.start + at, c)) {
        let breaks =
            matches!(c, ' ' | ':' | '(' | ')' | '[' | ']' | '<' | '>' | '【' | '】' | '/' | '|');
        if breaks || (at > start && page.folded.gap_before(at)) {
            if start < at {
                parts.push(Extent { start, end: at });
            }
            start = if breaks { at + c.len_utf8() } else { at };
        }
    }
    if start < line.end {
        parts.push(Extent { start, end: line.end });
    }
    parts
}

fn basis_of(page: &Page<'_>, part: Extent) -> Option<(Basis, Extent)> {
    page.within(Vocabulary::Organisation, part)
        .iter()
        .filter_map(|hit| {
            let extent = Extent { start: hit.start, end: hit.end };
            match hit.value {
                Value::Organisation(OrganisationWord::LegalForm) => {
                    Some((Basis::LegalForm, extent))
                }
                Value::Organisation(OrganisationWord::Suffix) if hit.end == part.end => {
                    Some((Basis::Suffix, extent))
                }
                _ => None,
            }
        })
        .max_by_key(|(basis, extent)| (*basis, std::cmp::Reverse(extent.start)))
}

fn on_line(page: &Page<'_>, line: &Line) -> Option<Name> {
    let text = page.text();
    let parts = parts(page, line.extent);
    for (nth, &part) in parts.iter().enumerate() {
        if is_dated(page, part) {
            continue;
        }
        let Some((basis, word)) = basis_of(page, part) else { continue };
        let mut name = part;
        // Kanemoto Trading株式会社
        if basis == Basis::LegalForm
            && word.end == part.end
            && part.of(text).starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            name.start = latin_start(text, &parts[..nth], part.start);
        }
        let mut second = false;
        let next = parts.get(nth + 1).copied().filter(|next| {
            next.start - part.end <= 1 && !text[part.end..next.start].contains([':', '(', '['])
        });
        let own_part =
            |extent: Extent| basis_of(page, extent).is_some() && !names_a_role(text, extent);
        match next {
            // 医療法人社団 ○○会: the form stands apart.
            Some(next) if word == part && !names_a_role(text, next) => name.end = next.end,
            // 学校法人○○学園 ○○大学, 国立病院機構 ○○医療センター: a second level.
            Some(next) if own_part(next) && word.end <= part.end => {
                (name.end, second) = (next.end, true);
            }
            // 合同会社Blue Sky Labs
            Some(next) if is_latin(text, part) && next.of(text).is_ascii() => {
                name.end = latin_end(text, &parts[nth + 1..]);
            }
            _ if word == part => continue,
            _ => {}
        }
        // 社会福祉法人 ○○会 ○○園: a house of its own behind the name.
        let behind = parts.iter().find(|part| part.start >= name.end);
        if basis == Basis::LegalForm
            && !second
            && name.end > part.end.min(word.end)
            && let Some(&house) = behind.filter(|house| house.start - name.end <= 1)
            && is_house(text, house)
            && !names_a_role(text, house)
        {
            name.end = house.end;
        }
        name = cut(text, name, word);
        let letters = name.of(text).chars().count();
        if (3..=LONGEST).contains(&letters) && name.end - name.start > word.end - word.start {
            return Some(Name { extent: name, basis, set_apart: true });
        }
    }
    None
}

/// Whether a part ends in Latin letters.
fn is_latin(text: &str, part: Extent) -> bool {
    part.of(text).ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// Where the Latin words begin that `parts` end with, up to `start`.
fn latin_start(text: &str, parts: &[Extent], start: usize) -> usize {
    let mut from = start;
    for part in parts.iter().rev().take(3) {
        let words = part.of(text);
        let apart = text[part.end..from].trim().is_empty();
        if !apart || !words.is_ascii() || !words.starts_with(|c: char| c.is_ascii_alphabetic()) {
            break;
        }
        from = part.start;
    }
    from
}

/// Where the Latin words end that `parts` begin with.
fn latin_end(text: &str, parts: &[Extent]) -> usize {
    let words = parts.iter().take(3).take_while(|part| {
        let words = part.of(text);
        words.is_ascii() && words.starts_with(|c: char| c.is_ascii_alphabetic())
    });
    words.last().map_or_else(|| parts.first().map_or(0, |part| part.start), |part| part.end)
}

/// Whether a part names a house of somebody: a home, a school, a surgery.
fn is_house(text: &str, part: Extent) -> bool {
    any_of![
        "園", "苑", "荘", "館", "病院", "医院", "診療所", "クリニック", "歯科", "薬局", "学校",
        "高校", "大学", "短大", "保育所", "ホーム", "医療センター", "介護センター", "支援センター",
        "ハウス", "の家", "の里", "事業所", "工房", "ホテル", "劇場", "研究所",
    ]
    .closes(part.of(text))
        // 特別養護老人ホーム ひだまり: what sort of house the next words name.
        && !any_of!["老人ホーム", "グループホーム", "保健施設", "支援センター", "介護センター"]
            .closes(part.of(text))
        && (3..=20).contains(&part.of(text).chars().count())
}

/// Whether a date stands in a part of a line.
fn is_dated(page: &Page<'_>, part: Extent) -> bool {
    let next = page.mentions.partition_point(|mention| mention.range.end <= part.start);
    page.mentions.get(next).is_some_and(|mention| mention.range.start < part.end)
}

/// Takes role words from both ends of a name.
fn cut(text: &str, mut name: Extent, word: Extent) -> Extent {
    while let Some(role) = BEFORE.opening(&text[name.start..word.start.max(name.start)]) {
        name.start += role.len();
    }
    let inner = &text[word.end.min(name.end)..name.end];
    let role = inner
        .char_indices()
        .find(|&(at, _)| AFTER.openings(&inner[at..]).any(|role| role.len() >= 6));
    if let Some((at, _)) = role {
        name.end = word.end + at;
    }
    name
}

/// 代表取締役, 理事長, 総支配人, ○○課: not part of a name.
fn names_a_role(text: &str, extent: Extent) -> bool {
    let words = extent.of(text);
    AFTER.opens(words) || words.ends_with(['長', '課', '部', '係', '様', '室', '人', '役', '者'])
}
