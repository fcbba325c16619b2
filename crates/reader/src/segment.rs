//! A page into its entries: numbered ones, columns between them, several reports of one case, or
//! one bare release. It looks at layout and headings; it does not know what an entry says.

mod digest;
mod serial;
mod stories;

pub(crate) use serial::counted;

use crate::words::{AnyOf, any_of, letters};
use memchr::memchr;
use text::{Span, is_wrapped};

/// One entry and how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The whole entry in the source text.
    pub span: Span,
    /// What its first line is.
    pub opening: Opening,
    /// The year that the page gives before its entries.
    pub year: Option<i16>,
}

/// How an entry begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// With `【…#2023-208】`.
    Numbered,
    /// With a headline between numbered entries.
    Headline,
    /// As one of several reports of a case.
    Report,
    /// With a headline of its own among the stories of a digest.
    Story,
    /// Anyhow: a release of its own.
    Bare,
}

/// Splits `text`, or each of its `parts`, into entries, in the order of the text.
pub(crate) fn entries(text: &str, parts: &[Span]) -> Vec<Entry> {
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let whole = Span::new(bom, text.len());
    let parts: &[Span] = if parts.is_empty() { whole.as_slice() } else { parts };
    let mut found = Vec::new();
    for part in parts {
        let Some(words) = part.of(text) else { continue };
        let lines = logical_lines(words);
        let before = found.len();
        split_numbered(words, &lines, &mut found);
        if found.len() == before {
            split_reports(words, &lines, &mut found);
        }
        if found.len() == before {
            serial::split(words, &lines, &mut found);
        }
        if found.len() == before {
            stories::split(words, &lines, &mut found);
        }
        if found.len() == before {
            found.extend(trimmed(words, 0, words.len(), Opening::Bare));
        }
        for entry in &mut found[before..] {
            entry.span = entry.span.shift(part.start());
        }
    }
    found
}

/// A line after joining what was only wrapped, and the blank lines around it.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    start: usize,
    words: &'a str,
    blank_before: usize,
    blank_after: usize,
}

fn logical_lines(text: &str) -> Vec<Line<'_>> {
    /// Lines of prose have more bytes; those of lists have fewer.
    const USUAL_BYTES: usize = 64;
    let mut lines: Vec<Line<'_>> = Vec::with_capacity(text.len() / USUAL_BYTES + 1);
    let (mut start, mut end, mut blank) = (0, 0, 0);
    while end < text.len() {
        let at = end;
        end += memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len() - at, |stop| stop + 1);
        let physical = &text[at..end];
        if start == at && physical.chars().all(char::is_whitespace) {
            blank += 1;
            start = end;
            continue;
        }
        if end < text.len() && is_wrapped(physical.trim_end_matches('\n'), &text[end..]) {
            continue;
        }
        if let Some(last) = lines.last_mut() {
            last.blank_after = blank;
        }
        lines.push(Line {
            start,
            words: text[start..end].trim_end(),
            blank_before: blank,
            blank_after: 0,
        });
        start = end;
        blank = 0;
    }
    lines
}

/// The entry over `start..end` without the white space around it, if anything is left.
fn trimmed(text: &str, start: usize, end: usize, opening: Opening) -> Option<Entry> {
    let words = &text[start..end];
    let from = start + (words.len() - words.trim_start().len());
    let span = Span::new(from, start + words.trim_end().len())?;
    Some(Entry { span, opening, year: None })
}

/// Where the number of a numbered heading stands in a line, as `YYYY-NNN`: behind `#` or No., alone in
/// brackets, or before anything else.
pub(crate) fn case_number_at(line: &str) -> Option<(usize, usize)> {
    // Most lines begin with a letter that no such heading begins with.
    if !letters!("【[［〔〖《(（■◆●□◇○*#＃セNnＮ№事整管案CcケイI記通フ \u{3000}\t").open(line)
    {
        return None;
    }
    let trimmed =
        line.trim_start_matches(|c: char| c.is_whitespace() || letters!("■◆●□◇○*").has(c));
    let at = line.len() - trimmed.len();
    let bracketed = trimmed.starts_with(['【', '[', '［', '〔', '〖', '《', '(', '（']);
    if bracketed || trimmed.starts_with("セキュリティ事件簿") || trimmed.starts_with(['#', '＃'])
    {
        if let Some(hash) = line.find(['#', '＃']) {
            let start = hash + line[hash..].chars().next()?.len_utf8();
            return number_at(line, start);
        }
        let open = trimmed.chars().next()?.len_utf8();
        let start = at + open + label_of_number(&trimmed[open..]);
        // Without # the number fills the brackets, and a month is too short to be one.
        return number_at(line, start)
            .filter(|&(start, end)| has_long_serial(&line[start..end]))
            .filter(|&(_, end)| {
                line[end..].starts_with(['】', ']', '］', '〕', '〗', '》', ')', '）'])
            });
    }
    let label = label_of_number(trimmed);
    if label == 0 {
        return None;
    }
    number_at(line, at + label).filter(|&(start, end)| has_long_serial(&line[start..end])).filter(
        |&(_, end)| line[end..].starts_with([' ', '\u{3000}', '\t', ':', '：', '】', '」', '/']),
    )
}

/// How many bytes of the head of `words` only say that a number follows: No., 事案, CASE.
fn label_of_number(words: &str) -> usize {
    let label = any_of![
        "No.", "NO.", "no.", "No ", "Ｎｏ.", "№", "事案番号", "事案", "事例番号", "事例",
        "事故番号", "整理番号", "管理番号", "案件番号", "案件", "CASE", "Case", "case", "ケース",
        "インシデント番号", "インシデント", "記事番号", "通番", "ファイル", "事件簿", "事件",
    ];
    let Some(label) = label.opening(words) else { return 0 };
    let rest = &words[label.len()..];
    let mark = rest.trim_start_matches([' ', '\u{3000}', ':', '：', '.', '#', '＃']);
    words.len() - mark.len()
}

/// The number that begins at `start`, four digits, a dash and up to six.
fn number_at(line: &str, start: usize) -> Option<(usize, usize)> {
    let rest = &line[start..];
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let year = rest.chars().take_while(|&c| digit(c)).map(char::len_utf8).sum::<usize>();
    let dash = rest[year..].chars().next().filter(|c| letters!("-－‐‑–—―−ー").has(*c))?;
    let serial_at = year + dash.len_utf8();
    let serial =
        rest[serial_at..].chars().take_while(|&c| digit(c)).map(char::len_utf8).sum::<usize>();
    let digits = |bytes: &str| bytes.chars().count();
    (digits(&rest[..year]) == 4 && (1..=6).contains(&digits(&rest[serial_at..serial_at + serial])))
        .then_some((start, start + serial_at + serial))
}

/// Whether a number is of a year and has three figures behind it or more, as no month has.
fn has_long_serial(number: &str) -> bool {
    let century = ["19", "20", "１９", "２０"].iter().any(|of| number.starts_with(of));
    century && number.chars().count() >= "2024-001".len()
}

/// Entries that begin with a numbered heading, and the headlines without number between them.
fn split_numbered(text: &str, lines: &[Line<'_>], into: &mut Vec<Entry>) {
    let numbered: Vec<usize> =
        (0..lines.len()).filter(|&at| case_number_at(lines[at].words).is_some()).collect();
    let Some(&first) = numbered.first() else { return };
    let gap_after_heading = numbered.iter().map(|&at| lines[at].blank_after).min().unwrap_or(0);

    let mut starts: Vec<(usize, Opening)> = Vec::new();
    if sentences(&lines[..first]) >= 2 {
        starts.push((0, Opening::Headline));
    }
    for (nth, &at) in numbered.iter().enumerate() {
        starts.push((at, Opening::Numbered));
        let end = numbered.get(nth + 1).copied().unwrap_or(lines.len());
        let mut from = at + 1;
        while let Some(headline) =
            (from..end).find(|&line| is_headline(lines, at, line, end, gap_after_heading))
        {
            starts.push((headline, Opening::Headline));
            from = headline + 1;
        }
        starts.extend(
            (from..end)
                .find(|&line| is_column_heading(lines, line))
                .map(|line| (line, Opening::Headline)),
        );
    }
    for (nth, &(line, opening)) in starts.iter().enumerate() {
        let end = starts.get(nth + 1).map_or(text.len(), |&(next, _)| lines[next].start);
        into.extend(trimmed(text, lines[line].start, end, opening));
    }
}

/// Whether `line` is the headline of a column that begins inside the numbered entry opened at
/// `opened` and ending at `end`: set like the page's headings, after a finished text, before prose.
fn is_headline(
    lines: &[Line<'_>],
    opened: usize,
    line: usize,
    end: usize,
    gap_after_heading: usize,
) -> bool {
    /// What closes an entry on a page of them.
    const CLOSES: &AnyOf = any_of!["アーカイブ", "出典", "参考"];
    let candidate = &lines[line];
    let length = || candidate.words.chars().count();
    if candidate.blank_before == 0
        || candidate.blank_after == 0
        || candidate.words.len() > 4 * 120
        || !(9..=120).contains(&length())
    {
        return false;
    }
    let words = candidate.words.trim_start();
    if words.ends_with('。') || line + 1 >= end || line <= opened + 1 {
        return false;
    }
    let set_apart = gap_after_heading >= 2 && candidate.blank_after >= 2;
    let unset = gap_after_heading < 2 && length() >= 20;
    let before = lines[line - 1].words.trim_end();
    let closed = before.ends_with(['。', '」', ')', '）', '上', '先']) || CLOSES.stands_in(before);
    ((set_apart && (length() >= 12 || candidate.blank_before >= 2)) || (unset && closed))
        && !(if set_apart && candidate.blank_before >= 2 {
            is_numbered_item(words)
        } else {
            opens_item(words)
        })
        && sentences(&lines[opened + 1..line]) >= 1
        && lines[line + 1].words.contains('。')
        && sentences(&lines[line + 1..end]) >= 2
}

/// Whether `line` calls what follows a column: 編集後記, ひとことコラム「…」.
fn is_column_heading(lines: &[Line<'_>], line: usize) -> bool {
    const LONGEST_BYTES: usize = 240;
    let words = lines[line].words;
    let first = words.chars().next();
    if lines[line].blank_before == 0
        || words.len() > LONGEST_BYTES
        || !first.is_some_and(|c| letters!("《【〔[［＜<〈■□●◆◇○◎▼☆★ひコ編あ雑所今連").has(c))
    {
        return false;
    }
    let bare = column_label(words, |_| false);
    bare < words.len()
        && !words.ends_with('。')
        && !words.contains([':', '：'])
        && sentences(&lines[line + 1..]) >= 2
}

/// Where the words behind the label of a column begin; the end of the line where there is none.
/// `apart` tells whether white space stood before a place, where the words may have lost theirs.
pub(crate) fn column_label(words: &str, apart: impl Fn(usize) -> bool) -> usize {
    const LABELS: &AnyOf = any_of![
        "ひとことコラム", "今月のコラム", "今週のコラム", "連載コラム", "コラム", "編集後記",
        "あとがき", "雑感", "所感", "編集部より", "編集室から", "編集部から", "ひとこと",
    ];
    let frame = letters!("《》【】〔〕[]［］＜＞<>〈〉■□●◆◇○◎▼☆★ \u{3000}");
    let bare = words.trim_start_matches(|c| frame.has(c));
    let Some(label) = LABELS.opening(bare) else { return words.len() };
    let rest = &bare[label.len()..];
    let ended = rest.is_empty()
        || rest.starts_with(|c| frame.has(c) || c == '「')
        || apart(words.len() - rest.len());
    if !ended {
        return words.len();
    }
    let title = rest.trim_start_matches(|c| frame.has(c));
    if title.is_empty() { words.len() - bare.len() } else { words.len() - title.len() }
}

/// Whether a line begins as an item of a list or a section does, 1. or ・, rather than with a number
/// or a quote that is part of a headline: 2024年の, 「うちは大丈夫」.
fn is_numbered_item(words: &str) -> bool {
    let rest = words.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = words.len() - rest.len();
    let number = digits > 0
        && !(digits == 4 || rest.starts_with(|c| letters!("年月日つ人件社割万億").has(c)));
    number || (digits == 0 && opens_item(words) && !words.starts_with(['「', '『']))
}

fn opens_item(words: &str) -> bool {
    words.starts_with(|c: char| {
        c.is_numeric() || letters!("・•●○◯◎■□◆◇▼▽▲△★☆※【《〈＜<『「[［*＊-－(（①②③④⑤⑥⑦⑧⑨|※").has(c)
    })
}

fn sentences(lines: &[Line<'_>]) -> usize {
    lines.iter().map(|line| line.words.matches('。').count()).sum()
}

/// Several reports of one case in one text: each begins with a short line that names it (第2報).
fn split_reports(text: &str, lines: &[Line<'_>], into: &mut Vec<Entry>) {
    let mut heads: Vec<usize> =
        (0..lines.len()).filter(|&at| is_report_heading(lines[at].words)).collect();
    drop_lists(lines, &mut heads);
    let mut starts: Vec<usize> = Vec::new();
    for (nth, &at) in heads.iter().enumerate() {
        let end = heads.get(nth + 1).copied().unwrap_or(lines.len());
        if sentences(&lines[at + 1..end]) == 0 {
            continue;
        }
        // The heading's own date line may stand before it.
        let dated = at > 0 && is_date_line(lines[at - 1].words) && lines[at].blank_before <= 1;
        starts.push(if dated { at - 1 } else { at });
    }
    if starts.len() < 2 {
        return;
    }
    starts[0] = if sentences(&lines[..starts[0]]) < 2 { 0 } else { starts[0] };
    for (nth, &line) in starts.iter().enumerate() {
        let start = if nth == 0 { 0 } else { lines[line].start };
        let end = starts.get(nth + 1).map_or(text.len(), |&next| lines[next].start);
        into.extend(trimmed(text, start, end, Opening::Report));
    }
}

/// Takes out headings that follow one another: they list the reports, none of them opens one. The
/// title of the page may stand right above the first report.
fn drop_lists(lines: &[Line<'_>], heads: &mut Vec<usize>) {
    /// So far down stands the title of a page.
    const TITLE: usize = 3;
    let follows = |before: usize, at: usize| {
        before >= TITLE && lines[before + 1..at].iter().all(|line| is_date_line(line.words))
    };
    let listed: Vec<usize> = heads
        .windows(2)
        .filter(|pair| follows(pair[0], pair[1]))
        .flat_map(|pair| [pair[0], pair[1]])
        .collect();
    heads.retain(|at| !listed.contains(at));
}

fn is_report_heading(words: &str) -> bool {
    let words = words.trim();
    let length = words.chars().count();
    if length > 90
        || words.contains('。')
        || words.ends_with(['、', '」'])
        || words.contains("第1報から")
    {
        return false;
    }
    // A row of a chronology tells when a report came out: `5/29 第1報を掲載`.
    let row = words.contains('\t')
        || any_of!["を掲載", "に掲載", "を公表", "を発表", "を提出", "を配信"].stands_in(words);
    if row {
        return false;
    }
    if any_of!["続報", "最終報"].stands_in(words) {
        return true;
    }
    // 第1報, 第 ３ 報, 第十報.
    words.match_indices('第').any(|(at, mark)| {
        let rest = words[at + mark.len()..].trim_start_matches([' ', '\u{3000}']);
        let number = rest.trim_start_matches(|c: char| c.is_numeric());
        let behind = number.trim_start_matches([' ', '\u{3000}']);
        // 第4 報告及び通知 is a section.
        number.len() < rest.len() && behind.starts_with('報') && !behind.starts_with("報告")
    })
}

fn is_date_line(words: &str) -> bool {
    let words = words.trim();
    words.chars().count() <= 24
        && words.chars().any(char::is_numeric)
        && (words.contains('年')
            || words.contains('/')
            || words.contains('.')
            || words.contains('月'))
        && !words.contains('。')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(Opening, &str)]) {
        let found: Vec<(Opening, &str)> = entries(text, &[])
            .iter()
            .map(|entry| (entry.opening, entry.span.of(text).unwrap().lines().next().unwrap()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn numbered_entries_and_the_column_between_them() {
        check(
            "【事件簿#2024-002】甲社 お詫び 2024年2月2日\n\n\n誤送信しました。お詫びします。\n\nパスワードは誰のためにあるのかを考えてみたい\n\n\n先日のことです。考えさせられました。\n\n【事件簿#2024-001】乙市 お知らせ\n\n\n紛失しました。\n",
            &[
                (Opening::Numbered, "【事件簿#2024-002】甲社 お詫び 2024年2月2日"),
                (Opening::Headline, "パスワードは誰のためにあるのかを考えてみたい"),
                (Opening::Numbered, "【事件簿#2024-001】乙市 お知らせ"),
            ],
        );
    }

    #[test]
    fn sections_are_no_entries() {
        check(
            "お詫び\n\n1.経緯\n\n誤送信しました。\n\n2.対応\n\n謝罪しました。",
            &[(Opening::Bare, "お詫び")],
        );
    }

    #[test]
    fn reports_of_one_case_are_entries() {
        check(
            "障害のお知らせ(第1報)\n\n障害が発生しました。\n\n障害のお知らせ(第2報)\n\n復旧しました。",
            &[
                (Opening::Report, "障害のお知らせ(第1報)"),
                (Opening::Report, "障害のお知らせ(第2報)"),
            ],
        );
    }

    #[test]
    fn nothing_gives_nothing() {
        check("", &[]);
        check(" \n　\n", &[]);
    }
}
