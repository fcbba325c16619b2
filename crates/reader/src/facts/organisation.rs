//! Who suffered or discloses: the name at the head of the entry, else the one that the text calls
//! 当社, that stands in the release's own head or foot, or that acts as its subject. It does not
//! know who else is named.

use std::collections::BTreeMap;

use case::Cited;

use super::quote;
use crate::grammar::Extent;
use crate::lexicon::{Cue, OrganisationWord, Topic, Value, Vocabulary};
use crate::names::{Basis, Name, is_hiragana};
use crate::page::{Line, Marker, Page};
use crate::words::{AnyOf, any_of, letters};

/// Least evidence that makes a name the organisation of the entry.
const ENOUGH: i32 = 5;
/// Enough where nothing else says who it is.
const HINTED: i32 = 1;

/// The organisation of the entry, as written at its best mention.
pub(super) fn read(page: &Page<'_>, names: &[Name]) -> Option<Cited<String>> {
    if let Some(extent) = page.header.organisation {
        return quote(page, extent);
    }
    let mut evidence: BTreeMap<&str, (i32, i32, Extent)> = BTreeMap::new();
    for name in names {
        let weight = weigh(page, name);
        let entry =
            evidence.entry(page.folded_words(name.extent)).or_insert((0, i32::MIN, name.extent));
        entry.0 += weight;
        if weight > entry.1 {
            entry.1 = weight;
            entry.2 = name.extent;
        }
    }
    let best = evidence.values().max_by_key(|(sum, _, extent)| (*sum, usize::MAX - extent.start));
    let plain = best.filter(|best| best.0 >= ENOUGH).map(|best| best.2);
    let hinted = || {
        best.filter(|best| best.0 >= HINTED && !page.is_after_opening(best.2.start))
            .map(|best| best.2)
    };
    let said = plain.or_else(|| signature(page)).or_else(|| subject(page)).or_else(hinted);
    quote(page, said.or_else(|| of_staff(page, names))?)
}

/// The one whose staff made the mistake, where nothing else says who it is: ○○県○○課の職員が.
fn of_staff(page: &Page<'_>, names: &[Name]) -> Option<Extent> {
    /// The longest name of an office between both, in characters.
    const LONGEST_OFFICE: usize = 14;
    let staff = any_of![
        "の職員", "の社員", "の従業員", "の教職員", "の教員", "の教諭", "の担当者", "の看護師",
        "の医師", "の係員", "の担当職員", "の元職員", "の元社員", "の元従業員",
    ];
    let found = names.iter().find(|name| {
        let end = page.sentence_of(name.extent.start).map_or(name.extent.end, |of| of.extent.end);
        let reach = page.folded_words(page.ahead(name.extent.end, LONGEST_OFFICE, end));
        let office = staff.find(reach).is_some_and(|at| !reach[..at].contains(is_hiragana));
        office && !is_other_party(page, name.extent)
    })?;
    Some(found.extent)
}

/// A line of the head or the foot that names nobody by a known word, but stands where the discloser
/// signs: beside the date, or last.
fn signature(page: &Page<'_>) -> Option<Extent> {
    let disclosed = page.header.disclosed_at;
    let dated = disclosed.map(|date| page.line_of(date.start));
    let beside = dated.into_iter().flat_map(|at| {
        [Some(at), at.checked_add(1), at.checked_sub(1), at.checked_add(2), at.checked_sub(2)]
    });
    let last = page.lines.len().checked_sub(1);
    beside
        .chain([last])
        .flatten()
        .filter_map(|at| page.lines.get(at))
        .find_map(|line| signer(page, line, disclosed))
}

/// Who signs on a line: its words without date, brackets and office.
fn signer(page: &Page<'_>, line: &Line, date: Option<Extent>) -> Option<Extent> {
    /// These lines address, announce or close.
    const NO_SIGNER: &AnyOf = any_of![
        "各位", "様", "さま", "皆", "お知らせ", "お詫び", "ご報告", "について", "重要", "ニュース",
        "news", "トピックス", "プレス", "リリース", "以上", "敬具", "記", "id:", "番号", "更新",
        "掲載", "公開", "http", "www", "@", "tel", "電話", "受付", "概要", "経緯", "担当", "窓口",
        "印刷", "ホーム", "本文", "現在", "お問", "一覧", "シェア", "その他", "カテゴリ", "代表",
        "取締役", "理事", "園長",
    ];
    let text = page.text();
    let mut extent = line.extent;
    if page.folded_words(extent).contains('。') {
        return None;
    }
    if let Some(date) = date.filter(|date| extent.start <= date.start && date.end <= extent.end) {
        if date.start <= extent.start + 1 {
            extent.start = date.end;
        } else {
            extent.end = date.start;
        }
    }
    let frame = |c: char| c == ' ' || letters!("()[]<>【】-").has(c);
    let words = extent.of(text);
    extent.start += words.len() - words.trim_start_matches(frame).len();
    extent.end = extent.start + extent.of(text).trim_end_matches(frame).len();
    if let Some(gap) = (extent.start + 1..extent.end)
        .find(|&at| text.is_char_boundary(at) && page.folded.gap_before(at))
    {
        let office = text[gap..extent.end].trim();
        if !office.ends_with("事務局") {
            extent.end = gap;
        }
    }
    let words = page.folded_words(extent).trim();
    let titled =
        page.header.title.is_some_and(|title| extent.start < title.end && title.start < extent.end);
    let letters = words.chars().count();
    let plain = !words.contains(['。', '、', ':', '「', '!', '?'])
        && !words.starts_with(|c: char| c.is_ascii_digit())
        && line.marker == Marker::None
        && line.topic.is_none();
    let prose = any_of!["ました", "ます", "です", "した", "する", "を"].stands_in(words);
    let person = letters <= 5 && words.contains(' ');
    (plain
        && !titled
        && !prose
        && !person
        && (3..=24).contains(&letters)
        && !NO_SIGNER.stands_in(words))
    .then_some(extent)
}

/// The subject of a newspaper's first sentence: 「○○」の社員が, ○○は…と発表した.
fn subject(page: &Page<'_>) -> Option<Extent> {
    let text = page.text();
    let sentence = page
        .sentences
        .iter()
        .find(|sentence| page.folded_words(sentence.extent).ends_with('。'))?;
    let words = page.folded_words(sentence.extent);
    if let Some(open) = words.find('「').filter(|&open| open <= 60) {
        let start = sentence.extent.start + open + '「'.len_utf8();
        let end = start + text[start..sentence.extent.end].find('」')?;
        let after = &text[end + '」'.len_utf8()..];
        let acts = any_of!["の社員", "の職員", "の元", "の従業員", "は", "で、", "では", "が"]
            .opens(after);
        let extent = Extent { start, end };
        if acts && (2..=20).contains(&page.folded_words(extent).chars().count()) {
            return Some(extent);
        }
    }
    if !sentence.has(Cue::Announced) {
        return None;
    }
    let is = words.find('は').filter(|&at| (6..=75).contains(&at))?;
    let end = sentence.extent.start + is;
    // サービスの○○社は: what stands after の is the name.
    let start = sentence.extent.start
        + words[..is]
            .rfind(['の', '、', '」'])
            .map_or(0, |at| at + words[at..].chars().next().map_or(0, char::len_utf8));
    (start < end).then_some(Extent { start, end })
}

/// How much one mention speaks for its name being that of the discloser.
fn weigh(page: &Page<'_>, name: &Name) -> i32 {
    let text = page.text();
    let line_index = page.line_of(name.extent.start);
    let line = &page.lines[line_index];
    let after = &text[name.extent.end..line.extent.end.max(name.extent.end)];
    let before = &text[line.extent.start..name.extent.start];
    let opening = !page.is_after_opening(name.extent.start);
    let title = page
        .header
        .title
        .is_some_and(|title| title.start <= name.extent.start && name.extent.end <= title.end);
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
    let alone = line.extent.end - line.extent.start <= (name.extent.end - name.extent.start) + 24
        && !text[line.extent.start..line.extent.end].contains('。');
    let signed = any_of![
        "代表取締役", "代表者", "理事長", "学長", "病院長", "院長", "市長", "町長", "村長", "知事",
        "会長", "社長", "校長", "教育長", "頭取", "代表理事", "総長", "広報", "組合長",
        "代表執行役",
    ]
    .stands_in(after);
    if opening && (alone || signed || name.set_apart) && !title {
        weight += 9;
    }
    if title {
        weight +=
            if before.is_empty() || name.extent.start <= line.extent.start + 3 { 6 } else { 2 };
    }
    let sentence = page.sentence_of(name.extent.start);
    if after.starts_with('は')
        && opening
        && sentence.is_some_and(|sentence| sentence.has(Cue::Announced))
    {
        weight += 6;
    }
    if before.ends_with('「')
        && after.starts_with('」')
        && opening
        && sentence_start_near(page, name.extent.start)
    {
        weight += 4;
    }
    weight += by_particle(page, name, before, after);
    let late = line_index + 10 >= page.lines.len();
    if late && (alone || signed || name.set_apart) && page.is_after_opening(name.extent.start) {
        weight += 5;
    }
    if !late && name.set_apart && !opening {
        weight += 5;
    }
    if line.section == Some(Topic::Contact) || line.topic == Some(Topic::Contact) {
        weight += 3;
    }
    // ○○市 こども未来部 保育課 below お問い合わせ先: whose page it is.
    if name.basis == Basis::Place
        && (late || line.section == Some(Topic::Contact))
        && before.chars().all(|c| !is_hiragana(c))
        && names_office(page, name.extent, line)
    {
        weight += 5;
    }
    if line.topic == Some(Topic::Organisation) {
        weight += 3;
    }
    if is_other_party(page, name.extent) {
        weight -= 10;
    }
    weight
}

/// Whether the words behind a place name an office of its: ○○市総務部職員課.
fn names_office(page: &Page<'_>, place: Extent, line: &Line) -> bool {
    const LONGEST_LETTERS: usize = 24;
    let words = page.folded_words(page.ahead(place.end, LONGEST_LETTERS, line.extent.end));
    let office = words.char_indices().find(|&(at, c)| at > 0 && letters!("課部局室係所").has(c));
    office.is_some_and(|(at, _)| {
        !words[..at].contains(['、', '。', ':', '(', 'が', 'は', 'を', 'に', 'で'])
    }) && !page.folded_words(line.extent).contains('。')
}

/// How much the words around a mention make it the subject of what is told.
fn by_particle(page: &Page<'_>, name: &Name, before: &str, after: &str) -> i32 {
    const SUBJECT: &AnyOf =
        any_of!["は", "では", "において", "におきまして", "(本社", "(所在", "(代表"];
    let opening = !page.is_after_opening(name.extent.start);
    let sentence_start = page
        .sentence_of(name.extent.start)
        .is_some_and(|sentence| sentence.extent.start == name.extent.start);
    // いつもありがとうございます。○○です。
    let introduces =
        any_of!["です。", "でございます。", "と申します", "事務局です", "事務局でございます"]
            .opens(after.trim_start())
            || after
                .strip_prefix('の')
                .and_then(|who| any_of!["です。", "と申します", "でございます"].find(who))
                .is_some_and(|at| at <= 24 && !after.contains('、'));
    if introduces && name.extent.start < page.text().len() / 2 {
        return 12;
    }
    if after.starts_with("(以下") || SUBJECT.opens(after) {
        if sentence_start || before.ends_with('、') || before.is_empty() { 5 } else { 3 }
    } else if after.starts_with('が') && name.extent.start < page.text().len() / 2 {
        2
    } else if after.starts_with('の') && opening {
        if sentence_start { 4 } else { 2 }
    } else if sentence_start && opening {
        if name.basis == Basis::Place { 5 } else { 4 }
    } else {
        0
    }
}

/// Whether `at` stands within the first words of its sentence.
fn sentence_start_near(page: &Page<'_>, at: usize) -> bool {
    page.sentence_of(at).is_some_and(|sentence| at - sentence.extent.start <= 60)
}

/// Longest alias in its brackets, in characters.
const LONGEST_ALIAS: usize = 80;

/// What `(以下「…」という)` after a name calls it.
enum Alias {
    Own,
    Other,
    None,
}

fn alias(page: &Page<'_>, end: usize) -> Alias {
    let text = page.text();
    let rest = &text[end..];
    let Some(inside) = rest.strip_prefix('(').and_then(|rest| {
        let close = rest.char_indices().take(LONGEST_ALIAS).find(|(_, c)| *c == ')')?.0;
        Some(&rest[..close])
    }) else {
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
    let from = page.text().floor_char_boundary(name.start.saturating_sub(36));
    let window = Extent { start: from, end: name.start };
    let role = page.within(Vocabulary::Organisation, window).iter().rev().find(|hit| {
        matches!(
            hit.value,
            Value::Organisation(
                OrganisationWord::Processor
                    | OrganisationWord::Vendor
                    | OrganisationWord::Expert
                    | OrganisationWord::Client
                    | OrganisationWord::Parent
                    | OrganisationWord::Related
            )
        )
    });
    role.is_some_and(|hit| !page.text()[hit.end..name.start].contains(['。', '\n', 'は']))
        && page.cue(Cue::Apology, window).is_none()
}
