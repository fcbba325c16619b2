//! Tables of services and their states, set as rows of a name and a few words: 外来初診 停止中. One row
//! alone can be anything; among others that say a state it is one more. It does not know clauses.

use case::ServiceStatus;

use super::list::is_row_name;
use super::naming::trimmed;
use crate::grammar::Extent;
use crate::lexicon::{Topic, Vocabulary};
use crate::names::is_hiragana;
use crate::page::{Line, Page};
use crate::words::{AnyOf, any_of, letters};

/// So many lines above and below are looked at for other rows.
const NEAR: usize = 3;
/// The longest row, in bytes.
const LONGEST_BYTES: usize = 180;
/// The longest value, in characters.
const LONGEST_VALUE: usize = 32;

/// What the line `at` says of which service, where a line nearby says another's state.
pub(super) fn row(page: &Page<'_>, at: usize) -> Option<(Extent, ServiceStatus)> {
    let line = &page.lines[at];
    let near = at.saturating_sub(NEAR)..page.lines.len().min(at + NEAR + 1);
    let around = Extent {
        start: page.lines[near.start].extent.start,
        end: page.lines[near.end - 1].extent.end,
    };
    if page.within(Vocabulary::State, around).is_empty() {
        return None;
    }
    // Most lines have no second cell, and most of those that have one say no state in it.
    let (end, value) = cells(page, line)?;
    let own = state(value);
    if own.is_none() && !is_limited(value) {
        return None;
    }
    let service = name(page, line, end)?;
    let says = |line: &Line| {
        cells(page, line)
            .is_some_and(|(end, value)| state(value).is_some() && name(page, line, end).is_some())
    };
    let others = near.filter(|&other| other != at).filter(|&other| says(&page.lines[other]));
    let fewest = if own.is_some() { 1 } else { 2 };
    (others.take(fewest).count() == fewest)
        .then_some((service, own.unwrap_or(ServiceStatus::Affected)))
}

/// The two cells of a row: where the first ends, at a colon or a gap, and the words of the second.
fn cells<'p>(page: &'p Page<'_>, line: &Line) -> Option<(usize, &'p str)> {
    let text = page.text();
    let whole = Extent { start: line.body, end: line.extent.end };
    // 訪問看護 影響なし: a state that is a label elsewhere.
    if whole.end - whole.start > LONGEST_BYTES
        || line.topic.is_some_and(|topic| topic != Topic::Unaffected)
    {
        return None;
    }
    let words = page.folded_words(whole);
    if words.ends_with('。') {
        return None;
    }
    let end = if let Some(mark) = letters!(":…|→").find(words) {
        whole.start + mark
    } else {
        // A row may be set in; 8:30~17 時: a gap behind a figure parts no cells.
        let first = page.folded.gaps(whole.start..whole.end).find(|&gap| gap > whole.start);
        first.filter(|&gap| !text[..gap].ends_with(|c: char| c.is_ascii_digit()))?
    };
    let value = text[end..whole.end].trim_start_matches([':', '…', '|', '→', '-', ' ', '・']);
    let short = value.char_indices().nth(LONGEST_VALUE).is_none();
    (!value.is_empty() && short).then_some((end, value))
}

/// Where the first cell of the line at `start` ends that tells in prose how a service stands, if lines
/// beside it begin with cells as well.
pub(super) fn first_cell(page: &Page<'_>, start: usize) -> Option<usize> {
    const LONGEST_CELL: usize = 45;
    let at = page.line_of(start);
    let end = |line: &Line| {
        let whole = Extent { start: line.body, end: line.extent.end };
        let gap = page.folded.gaps(whole.start..whole.end).find(|&gap| gap > whole.start)?;
        let cell = page.folded_words(Extent { end: gap, ..whole });
        let names = gap - whole.start <= LONGEST_CELL
            && !cell.starts_with('(')
            && !cell.ends_with(|c: char| is_hiragana(c) || c.is_ascii_digit() || c == '、');
        (names && name(page, line, gap).is_some()).then_some(gap)
    };
    let own = end(&page.lines[at])?;
    let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
    let others = beside.filter_map(|at| page.lines.get(at)).filter(|line| end(line).is_some());
    (others.count() > 0).then_some(own)
}

/// The name in the first cell of a row, if it can name a service.
fn name(page: &Page<'_>, line: &Line, end: usize) -> Option<Extent> {
    let dated = page.mentions.partition_point(|mention| mention.range.end <= line.body);
    if page.mentions.get(dated).is_some_and(|mention| mention.range.start < end) {
        return None;
    }
    let name = trimmed(page, Extent { start: line.body, end });
    (name.start < name.end && is_row_name(page, line, name)).then_some(name)
}

/// The state that the words of a cell say.
fn state(value: &str) -> Option<ServiceStatus> {
    const UP: &AnyOf = any_of![
        "影響なし", "影響無し", "異常なし", "問題なし", "支障なし", "変更なし", "通常", "平常",
        "正常", "稼働中", "稼動中", "営業中", "継続", "利用可", "閲覧可", "受付可", "使用可",
        "可能", "利用できます", "ご利用いただけます", "影響はありません", "影響はございません",
        "影響ありません", "問題ありません",
    ];
    const AGAIN: &AnyOf = any_of!["再開", "復旧", "回復", "解消"];
    const AHEAD: &AnyOf = any_of![
        "予定", "見込", "未定", "目途", "目処", "調整", "作業中", "に向け", "次第", "時期",
        "未復旧", "めど",
    ];
    const DOWN: &AnyOf = any_of![
        "停止", "中止", "休止", "不可", "遅延", "遅れ", "閉鎖", "制限", "見合わせ", "見合せ",
        "障害", "不通", "中断", "休診", "運休", "休業", "できません", "できない", "使えません",
        "使えない", "お休み", "縮小", "利用いただけません", "つながら", "しにくい", "しづらい",
        "つながりにく", "つながりづら", "繋がりにく",
    ];
    let words = value.split('(').next().unwrap_or(value);
    // 障害発生時から継続: the outage is only when.
    let since = any_of![
        "障害発生時から", "障害発生後も", "障害発生直後から", "障害の発生後も", "障害発生中も",
        "障害中も", "障害時も", "発生当初から", "発生後も",
    ];
    let words = since.opening(words).map_or(words, |since| &words[since.len()..]);
    let first = |words: &AnyOf, of: &str| words.find(of);
    if words.contains(['年', '月']) && !DOWN.stands_in(words) && !AGAIN.stands_in(words) {
        return None;
    }
    let down = first(DOWN, words);
    let again = first(AGAIN, words).filter(|_| !AHEAD.stands_in(words));
    let up = first(UP, words).filter(|_| !any_of!["不可能", "通常より"].stands_in(words));
    // 停止していましたが再開: what is told last holds.
    if again.is_some() {
        return Some(ServiceStatus::Restored);
    }
    match (up, down) {
        (Some(_), None) => Some(ServiceStatus::Unaffected),
        (_, Some(_)) => Some(ServiceStatus::Affected),
        (None, None) => None,
    }
}

/// Whether a cell says that a service is given in part: 予約の患者様のみ, 手書きで対応.
fn is_limited(value: &str) -> bool {
    any_of!["のみ", "限り", "限る", "一部", "手書", "手作業", "紙", "だけ", "優先", "代替", "順次",]
        .stands_in(value)
}
