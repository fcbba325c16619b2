//! Lists and tables of services: headings and sentences that open a list, its entries, and rows
//! that name a service and its state. It does not know clauses.

use case::{Service, ServiceStatus};

use super::add;
use super::naming::{is_named, is_service, may_be_service, parts, trimmed};
use super::state::{State, of_label};
use super::table;
use crate::grammar::Extent;
use crate::lexicon::{Hit, Topic};
use crate::page::{Line, Marker, Page, Sentence};
use crate::words::{AnyOf, any_of, letters};

/// Restored is told of the past: 復旧済み, 再開したサービス, but not 復旧見込み.
fn tells_what_is_done(label: &str) -> bool {
    any_of!["済", "した", "作業中", "対応中"].stands_in(label)
        || any_of!["サービス", "システム", "業務", "機能"].closes(label)
}

/// The longest line taken as the name of a service, in characters.
const LONGEST_NAME: usize = 40;

/// Whether a heading or sentence says that a list of services follows, and their state.
pub(super) fn opens_list(
    page: &Page<'_>,
    sentence: &Sentence,
    told: &[State],
) -> Option<ServiceStatus> {
    let line = &page.lines[sentence.line];
    if sentence.heading {
        return match line.topic {
            Some(Topic::Services) => Some(ServiceStatus::Affected),
            Some(Topic::Unaffected) => Some(ServiceStatus::Unaffected),
            _ => {
                let label = Extent { start: line.body, end: sentence.extent.end };
                if let Some(status) = of_label(page, label) {
                    let words = page.folded_words(label);
                    let done = status != ServiceStatus::Restored || tells_what_is_done(words);
                    return done.then_some(status);
                }
                let status = told.first()?.status;
                let words =
                    page.folded_words(label).trim_end_matches([']', '】', '>', ':', '》', ')']);
                let of_services = any_of![
                    "サービス", "システム", "取引", "業務", "機能", "手続", "手続き", "サイト",
                ]
                .closes(words);
                (of_services && status != ServiceStatus::Restored).then_some(status)
            }
        };
    }
    let status = told.first()?.status;
    let words = page.folded_words(sentence.extent);
    let next_is_list = page
        .lines
        .get(sentence.line + 1)
        .is_some_and(|next| !next.heading && !page.folded_words(next.extent).contains('。'));
    let lists = next_is_list
        && any_of!["サービス", "システム", "業務", "機能", "サイト", "もの", "手続", "取引"]
            .stands_in(words)
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
        && !words.ends_with(':')
        && !(line.topic.is_some() && line.value > line.body);
    if !is_entry {
        return false;
    }
    let mut whole = Extent { start: line.body, end: line.extent.end };
    // 施設予約システム 17:15に復旧
    let dated = page.mentions.get(next).filter(|mention| mention.range.start < whole.end);
    if let Some(mention) = dated {
        whole.end = mention.range.start;
    }
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
            '、' | '/' if depth == 0 || at == whole.end => {
                names.push(Extent { start, end: at });
                start = (at + c.len_utf8()).min(whole.end);
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
pub(super) fn labelled(
    page: &Page<'_>,
    sentence: &Sentence,
    told: &[Hit],
    services: &mut Vec<Service>,
) -> bool {
    // A label says its state within its first words.
    let near = sentence.extent.start + 3 * (LONGEST_LABEL + 4);
    let says = told.first().is_some_and(|hit| hit.start < near);
    if !says && page.lines[sentence.line].topic.is_none() {
        return false;
    }
    let Some((status, names, colon)) = label(page, sentence, told.first()) else { return false };
    let words = page.folded_words(names);
    if words.is_empty() || (colon && page.is_full(sentence)) {
        return false;
    }
    let mut any = false;
    let joined = if colon { split(page, names) } else { parts(page, names) };
    for name in joined {
        let name = trimmed(page, name);
        let words = page.folded_words(name);
        if words.chars().count() <= LONGEST_NAME && !NO_NAMES.stands_in(words) {
            add(page, services, name, status);
            any = true;
        }
    }
    any
}

/// What stands behind a label instead of a name.
const NO_NAMES: &AnyOf = any_of![
    "なし", "未定", "確認中", "調査中", "同上", "ありません", "ございません", "ます", "ました",
    "不明", "です", "下記", "以下", "次の", "とおり", "通り", "様", "お客",
];

/// The state that a label says, where the names behind it stand, and whether a mark parts both.
fn label(
    page: &Page<'_>,
    sentence: &Sentence,
    told: Option<&Hit>,
) -> Option<(ServiceStatus, Extent, bool)> {
    let said = told.map_or(usize::MAX, |hit| hit.end);
    let line = &page.lines[sentence.line];
    let text = page.text();
    let opens = sentence.extent.start == line.extent.start;
    let start = if opens { line.body } else { sentence.extent.start };
    let words = &text[start..sentence.extent.end];
    let topic = match line.topic {
        Some(Topic::Services) => Some(ServiceStatus::Affected),
        Some(Topic::Unaffected) => Some(ServiceStatus::Unaffected),
        _ => None,
    };
    // (ア) 止まっている業務: an item's letter.
    let letter = words.strip_prefix('(').and_then(|rest| {
        let (letter, _) = rest.split_once(')')?;
        (letter.chars().count() == 1).then_some("()".len() + letter.len())
    });
    let start = start + letter.unwrap_or(0);
    let words = &words[letter.unwrap_or(0)..];
    let near = page.ahead(start, LONGEST_LABEL, sentence.extent.end);
    let ended = opens.then(|| ended(page, near, said)).flatten();
    if let Some((at, mark)) = ended {
        let label = Extent { start, end: start + at };
        let names = Extent { start: start + at + mark, end: line.extent.end };
        let bare = page.folded_words(names).trim_start_matches([':', ' ', '…', '→']);
        let names = Extent { start: names.end - bare.len(), ..names };
        let of_label = of_label(page, label).or_else(|| of_column(page, label)).filter(|&status| {
            status != ServiceStatus::Restored || tells_what_is_done(page.folded_words(label))
        });
        if let Some(status) = of_label.or(topic.filter(|_| !line.heading)) {
            return Some((status, names, true));
        }
    }
    if let Some(status) = topic
        && opens
        && !line.heading
        && line.value > line.body
        && !text[line.value..].starts_with(['は', 'が', 'に', 'も', 'を', 'で', 'の'])
    {
        return Some((status, Extent { start: line.value, end: line.extent.end }, true));
    }
    // 影響のない業務は、修理の受付と部品の発送です。 昨日の障害で影響を受けたのは、…です。
    let (start, words, near) = match told {
        Some(hit) if hit.start > start && hit.end < near.end => {
            let rest = page.ahead(hit.start, LONGEST_LABEL, sentence.extent.end);
            (hit.start, &text[hit.start..sentence.extent.end], rest)
        }
        _ => (start, words, near),
    };
    let at = page.folded_words(near).find('は')?;
    let list = words[at + 'は'.len_utf8()..].trim_start_matches('、');
    let only = words[..at].ends_with("対象") && list.starts_with('「');
    if start + at < said && !only {
        return None;
    }
    let status = of_label(page, Extent { start, end: start + at })
        .or(only.then_some(ServiceStatus::Affected))?;
    let list = &list[..list.floor_char_boundary(LONGEST_LIST)];
    let end =
        any_of!["です", "でした", "となり", "のみで", "だけで", "であり", "になり"].find(list)?;
    // 本件の対象は「…」のみです.
    let sole = list[end..].starts_with("のみ") || list[..end].ends_with("のみ");
    let end = list[..end].strip_suffix("のみ").map_or(end, str::len);
    let first = start + at + (words.len() - at)
        - words[at + 'は'.len_utf8()..].trim_start_matches('、').len();
    (end > 0 && (sole || !only)).then_some((
        status,
        Extent { start: first, end: first + end },
        false,
    ))
}

/// The state that a label is by itself: 停止, 稼働, 復旧済.
fn of_column(page: &Page<'_>, label: Extent) -> Option<ServiceStatus> {
    let words = page.folded_words(label).trim_matches([' ', '[', '(', '〇', '○', '×', '・']);
    let one = |words: &AnyOf, of: &str| words.openings(of).any(|word| word.len() == of.len());
    let down = any_of![
        "停止", "休止", "停止中", "休止中", "利用不可", "使用不可", "障害中", "不通", "停止対象",
        "停止サービス",
    ];
    let up = any_of![
        "稼働", "稼働中", "稼動", "稼動中", "利用可", "利用可能", "正常", "提供中", "通常", "継続",
        "継続中", "運用中",
    ];
    if one(down, words) {
        Some(ServiceStatus::Affected)
    } else if one(up, words) {
        Some(ServiceStatus::Unaffected)
    } else {
        one(any_of!["復旧", "復旧済", "復旧済み", "再開", "再開済", "再開済み"], words)
            .then_some(ServiceStatus::Restored)
    }
}

/// Where a label ends within the first words of a line, and the bytes of the mark that ends it:
/// none where it is white space of the source, behind words that say a state.
fn ended(page: &Page<'_>, near: Extent, said: usize) -> Option<(usize, usize)> {
    let words = page.folded_words(near);
    let (first, rest) = words.split_at(words.chars().next()?.len_utf8());
    let mark = letters!(":】]>》…→").find(rest).map(|at| first.len() + at);
    let gaps = near.start + mark.unwrap_or(words.len());
    let gap = page
        .folded
        .gaps(said.max(near.start + first.len())..gaps)
        .find(|&at| of_label(page, Extent { start: near.start, end: at }).is_some());
    match (gap, mark) {
        (Some(gap), _) => Some((gap - near.start, 0)),
        (None, Some(at)) => Some((at, words[at..].chars().next()?.len_utf8())),
        (None, None) => None,
    }
}

/// The longest list of names within a sentence, in bytes.
const LONGEST_LIST: usize = 200;

/// The longest label before names, in characters.
const LONGEST_LABEL: usize = 26;

/// A row of a table of states: 会計システム 8月30日に復旧, 入院:通常どおり, 影響なし A、B.
pub(super) fn row(
    page: &Page<'_>,
    sentence: &Sentence,
    told: &[State],
    services: &mut Vec<Service>,
) -> bool {
    let line = &page.lines[sentence.line];
    if sentence.extent.start != line.extent.start {
        return false;
    }
    if let Some((name, status)) = marked(page, Extent { start: line.body, end: line.extent.end }) {
        add(page, services, name, status);
        return true;
    }
    if !told.is_empty() && bracketed(page, sentence, services) {
        return true;
    }
    if let Some((name, status)) = ticked(page, line) {
        add(page, services, name, status);
        return true;
    }
    if !told.is_empty()
        && let Some((label, status)) = said_of_label(page, sentence, told)
    {
        for name in parts(page, label) {
            add(page, services, name, status);
        }
        return true;
    }
    if page.is_full(sentence) {
        return false;
    }
    if let Some((name, status)) = table::row(page, sentence.line) {
        add(page, services, name, status);
        return true;
    }
    if let Some((name, status)) = bare_row(page, line) {
        add(page, services, name, status);
        return true;
    }
    for state in told {
        let Extent { start, end } = state.extent;
        let status = state.status;
        if start == line.body && page.text()[start..].starts_with("影響") {
            let rest = Extent { start: end, end: line.extent.end };
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
            .filter(|mention| mention.range.end <= start && mention.range.start > line.body);
        let value = date.map_or(start, |mention| mention.range.start);
        let before = &page.text()[line.body..value];
        let name_end = line.body + before.trim_end_matches(FRAME).len();
        let set_off = name_end < value || page.folded.gap_before(value);
        let after = &page.text()[end..line.extent.end];
        let closes = after.len() <= 6 || after.starts_with(['(', '、', '※', '|']);
        let label = Extent { start: line.body, end: name_end };
        if set_off && closes && label.start < label.end {
            let mut any = false;
            for name in parts(page, label) {
                let words = page.folded_words(name);
                if is_service(words, status)
                    || may_be_service(words)
                    || is_row_name(page, line, name)
                {
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

/// Reads a row that tells when a service was back, under a heading that says so: ATM 3月11日15時.
pub(super) fn restored_at(
    page: &Page<'_>,
    sentence: &Sentence,
    services: &mut Vec<Service>,
) -> bool {
    let line = &page.lines[sentence.line];
    if line.section != Some(Topic::Recovery)
        || line.heading
        || line.topic.is_some()
        || page.is_full(sentence)
    {
        return false;
    }
    let first = page.mentions.partition_point(|mention| mention.range.start <= line.body);
    let Some(date) = page.mentions.get(first).filter(|date| date.range.end <= line.extent.end)
    else {
        return false;
    };
    let dated = page.folded_words(Extent { start: date.range.end, end: line.extent.end });
    let name = trimmed(page, Extent { start: line.body, end: date.range.start });
    let words = page.folded_words(name);
    let names = dated.chars().count() <= 12
        && !words.contains(['、', 'を', 'が', 'は'])
        && is_service(words, ServiceStatus::Restored);
    if names {
        add(page, services, name, ServiceStatus::Restored);
    }
    names
}

/// Names with their states in brackets: 電子申請(停止中)、施設予約(稼働). False when there are none.
fn bracketed(page: &Page<'_>, sentence: &Sentence, services: &mut Vec<Service>) -> bool {
    /// The longest state in brackets and the longest row of them, in bytes.
    const LONGEST_NOTE: usize = 60;
    const LONGEST_ROW: usize = 600;
    let line = &page.lines[sentence.line];
    let start =
        if sentence.extent.start == line.extent.start { line.body } else { sentence.extent.start };
    let whole = Extent { start, end: sentence.extent.end };
    let words = page.folded_words(whole);
    if words.len() > LONGEST_ROW {
        return false;
    }
    let told: Vec<(Extent, ServiceStatus)> = words
        .match_indices('(')
        .filter_map(|(open, _)| {
            let note = &words[open..words.floor_char_boundary(open + LONGEST_NOTE)];
            let close = open + note.find(')')?;
            let inside = Extent { start: start + open + 1, end: start + close };
            let status =
                bare_state(page.folded_words(inside)).or_else(|| of_label(page, inside))?;
            let from = words[..open]
                .rfind(['、', '。', ')', ':', '・', '/'])
                .map_or(0, |at| at + words[at..].chars().next().map_or(0, char::len_utf8));
            let name = trimmed(page, Extent { start: start + from, end: start + open });
            (is_row_name(page, line, name)).then_some((name, status))
        })
        .collect();
    // One alone is a note on a name: 予約(停止中)は.
    let any = told.len() >= 2;
    for (name, status) in told.into_iter().filter(|_| any) {
        add(page, services, name, status);
    }
    any
}

/// A row that begins with a mark, where others nearby begin with the other: × Web予約, ○ 電話予約.
fn ticked(page: &Page<'_>, line: &Line) -> Option<(Extent, ServiceStatus)> {
    /// So many lines around are looked at.
    const NEAR: usize = 8;
    let mark = |line: &Line| match page.folded_words(line.extent).chars().next()? {
        '○' | '◯' | '◎' => Some(ServiceStatus::Unaffected),
        '×' | '✕' | '△' => Some(ServiceStatus::Affected),
        _ => None,
    };
    let status = mark(line)?;
    let at = page.line_of(line.extent.start);
    let near = &page.lines[at.saturating_sub(NEAR)..page.lines.len().min(at + NEAR)];
    let other = near.iter().any(|line| mark(line).is_some_and(|other| other != status));
    let words = page.folded_words(line.extent);
    let first = words.chars().next().map_or(0, char::len_utf8);
    let rest = words[first..].trim_start_matches([' ', ':']);
    let name = trimmed(page, Extent { start: line.extent.end - rest.len(), end: line.extent.end });
    (other && !words.contains('。') && is_row_name(page, line, name)).then_some((name, status))
}

/// A label that names a service and the state told behind its colon: 救急:受け入れを停止しております.
fn said_of_label(
    page: &Page<'_>,
    sentence: &Sentence,
    told: &[State],
) -> Option<(Extent, ServiceStatus)> {
    /// The longest label, in characters.
    const LONGEST_LABEL: usize = 20;
    /// The longest value, in bytes.
    const LONGEST_VALUE: usize = 240;
    let line = &page.lines[sentence.line];
    let words = page.folded_words(Extent { start: line.body, end: sentence.extent.end });
    let colon = words.char_indices().take(LONGEST_LABEL).find(|&(_, c)| c == ':');
    let at = match colon {
        Some((at, _)) => at,
        // 救急外来 停止しています。再開は…: among rows set like it.
        None if page.is_full(sentence) => table::first_cell(page, line.extent.start)? - line.body,
        None => return None,
    };
    let label = Extent { start: line.body, end: line.body + at };
    let next = page.mentions.partition_point(|mention| mention.range.end <= label.start);
    let dated = page.mentions.get(next).is_some_and(|mention| mention.range.start < label.end);
    let state = told.iter().find(|state| state.extent.start >= label.end)?;
    let told = words.len() - at <= LONGEST_VALUE
        && !dated
        && line.marker != Marker::Major
        && parts(page, label).into_iter().all(|name| is_row_name(page, line, name));
    told.then_some((label, state.status))
}

/// States said in one bare word of a row.
#[rustfmt::skip]
const STATES: &[(&str, ServiceStatus)] = &[
    ("停止", ServiceStatus::Affected), ("不可", ServiceStatus::Affected), ("停止中", ServiceStatus::Affected),
    ("中止", ServiceStatus::Affected), ("休止", ServiceStatus::Affected), ("障害中", ServiceStatus::Affected),
    ("使えません", ServiceStatus::Affected), ("できません", ServiceStatus::Affected), ("利用不可", ServiceStatus::Affected),
    ("使用不可", ServiceStatus::Affected), ("復旧", ServiceStatus::Restored), ("再開", ServiceStatus::Restored),
    ("復旧済", ServiceStatus::Restored), ("復旧済み", ServiceStatus::Restored),
    ("可", ServiceStatus::Unaffected), ("利用可", ServiceStatus::Unaffected), ("利用可能", ServiceStatus::Unaffected),
    ("正常", ServiceStatus::Unaffected), ("稼働", ServiceStatus::Unaffected), ("可能", ServiceStatus::Unaffected),
    ("異常なし", ServiceStatus::Unaffected), ("問題なし", ServiceStatus::Unaffected), ("継続", ServiceStatus::Unaffected),
    ("できます", ServiceStatus::Unaffected), ("使えます", ServiceStatus::Unaffected), ("通常", ServiceStatus::Unaffected),
    ("平常", ServiceStatus::Unaffected), ("影響なし", ServiceStatus::Unaffected),
];

fn bare_state(words: &str) -> Option<ServiceStatus> {
    STATES.iter().find(|(value, _)| *value == words).map(|&(_, status)| status)
}

/// What stands between a name and its state.
const FRAME: &[char] = &[':', '…', '-', '→', '|', ' ', '=', '‥'];

/// A row whose state is one bare word: 電子申請:停止.
fn bare_row(page: &Page<'_>, line: &Line) -> Option<(Extent, ServiceStatus)> {
    let words = page.folded_words(Extent { start: line.body, end: line.extent.end });
    let words = words.trim_end_matches(['|', ' ']);
    if !letters!("止不可中休害んせ旧開済みす常働能し続影響平通使").has(words.chars().next_back()?)
    {
        return None;
    }
    let (value, status) = STATES
        .iter()
        .filter(|(value, _)| words.ends_with(value))
        .max_by_key(|(value, _)| value.len())
        .map(|&(value, status)| (value.len(), status))?;
    let rest = &words[..words.len() - value];
    let name = rest.trim_end_matches(FRAME);
    let name = Extent { start: line.body, end: line.body + name.len() };
    let set_off =
        name.end < line.body + rest.len() || page.folded.gap_before(line.body + rest.len());
    let name = trimmed(page, name);
    (set_off && is_row_name(page, line, name)).then_some((name, status))
}

/// Whether the first cell of a row of states can name a service, rather than say of what the row is:
/// 対応状況, 原因.
pub(super) fn is_row_name(page: &Page<'_>, line: &Line, name: Extent) -> bool {
    let words = page.folded_words(name);
    let stated =
        line.topic == Some(Topic::Unaffected) && line.body < name.end && name.end < line.value;
    (line.topic.is_none() || stated)
        && is_named(words)
        && !words.contains(['を', 'が', '。', ':'])
        && !any_of![
            "状況", "日時", "時刻", "予定", "対応", "内容", "原因", "期間", "範囲", "影響", "現象",
            "症状", "状態", "理由", "方法", "目途", "見込み", "措置", "処置", "経緯", "経過",
            "概要", "備考", "結果", "項目", "事象", "対策", "サーバー", "サーバ", "端末",
            "パソコン", "報",
        ]
        .closes(words)
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
