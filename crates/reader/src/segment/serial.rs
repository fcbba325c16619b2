//! A page that counts its cases in their headings: 事案1, 事例②, 2件目; or that numbers them and sets
//! under each the same card. Each case has a day and a mishap of its own. It does not know who
//! discloses them.

use super::digest::INCIDENTS;
use super::stories::{told_before, year};
use super::{Entry, Line, Opening, trimmed};
use crate::words::{AnyOf, any_of, letters};

/// A page has at least so many cases.
const FEWEST: usize = 2;
/// The longest heading, in bytes.
const LONGEST_BYTES: usize = 240;

/// Splits a page at the headings that count its cases.
pub(super) fn split(text: &str, lines: &[Line<'_>], into: &mut Vec<Entry>) {
    let labelled = |words: &str| counted(words).map(|(number, _)| number);
    let heads = run(lines, labelled, |_| true).or_else(|| run(lines, numbered, is_carded));
    let Some(heads) = heads else { return };
    let year = year(text.get(..lines[heads[0]].start).unwrap_or_default());
    for (nth, &at) in heads.iter().enumerate() {
        let end = heads.get(nth + 1).map_or(text.len(), |&next| lines[next].start);
        let entry = trimmed(text, lines[at].start, end, Opening::Story);
        into.extend(entry.map(|entry| Entry { year, ..entry }));
    }
}

/// The first run of headings that count from one, under each of which a case is told.
fn run(
    lines: &[Line<'_>],
    number: impl Fn(&str) -> Option<u32>,
    holds: impl Fn(&[Line<'_>]) -> bool,
) -> Option<Vec<usize>> {
    let mut counted = lines.iter().enumerate().filter_map(|(at, line)| {
        let words = line.words.trim_start();
        let number = (words.len() <= LONGEST_BYTES).then(|| number(words)).flatten()?;
        Some((at, number))
    });
    let mut heads: Vec<usize> = Vec::new();
    loop {
        let next = counted.next();
        let expected = u32::try_from(heads.len()).unwrap_or(u32::MAX).saturating_add(1);
        match next {
            Some((at, number)) if number == expected => heads.push(at),
            Some((_, number)) if number != 1 => {}
            other => {
                if heads.len() >= FEWEST && tells_each(lines, &heads, &holds) {
                    return Some(heads);
                }
                heads.clear();
                heads.push(other?.0);
            }
        }
    }
}

/// Whether under each heading stands a case: a day, and more than a line or two.
fn tells_each(lines: &[Line<'_>], heads: &[usize], holds: &impl Fn(&[Line<'_>]) -> bool) -> bool {
    let ends = heads.iter().skip(1).copied().chain([lines.len()]);
    !told_before(lines, heads[0])
        && heads.iter().copied().zip(ends).all(|(at, end)| {
            let section = &lines[at..end];
            section.len() > 2 && section.iter().any(|line| is_dated(line.words)) && holds(section)
        })
}

/// Whether a month and a day stand in a line.
fn is_dated(words: &str) -> bool {
    words.contains('月')
        && words.contains('日')
        && words.contains(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c))
}

/// Whether the heading names what befell, and below it stand labels for what happened and for what was
/// done about it.
fn is_carded(section: &[Line<'_>]) -> bool {
    const HAPPENED: &AnyOf =
        any_of!["概要", "内容", "発生", "経緯", "事案", "事故", "状況", "日時"];
    const DONE: &AnyOf = any_of!["対応", "対策", "再発", "措置", "処置"];
    let [heading, body @ ..] = section else { return false };
    let labels = |wanted: &AnyOf| {
        body.iter().any(|line| {
            let bare = line.words.trim_start_matches(|c: char| {
                letters!("・■□●◆◇○◎※【《〈＜<［[(（)）1234567890１２３４５６７８９０.．①②③④⑤⑥⑦")
                    .has(c)
                    || c.is_whitespace()
            });
            wanted.opens(bare)
        })
    };
    INCIDENTS.stands_in(heading.words) && labels(HAPPENED) && labels(DONE)
}

/// The number before a heading: 1 …, (2)…, ③….
fn numbered(words: &str) -> Option<u32> {
    let open = words.trim_start_matches(['(', '（', '【', '[', '［', '■']);
    let (number, length) = figure(open)?;
    let rest = &open[length..];
    let ended = rest
        .starts_with(['.', '．', ')', '）', '】', ']', '］', '、', ':', '：', ' ', '\u{3000}'])
        || open.starts_with(|c| ('①'..='⑳').contains(&c));
    (ended && !words.ends_with('。')).then_some(number)
}

/// The number of a case in the heading that counts it, and the bytes of its label: 事案1, 3件目.
pub(crate) fn counted(words: &str) -> Option<(u32, usize)> {
    const LABELS: &AnyOf = any_of![
        "事案", "事例", "案件", "事故", "ケース", "インシデント", "漏えい事案", "発生事案",
        "事故事例", "漏えい事例",
    ];
    let frame = letters!("【《〔［[(（<＜〈■□●◆◇○◎▼▶＊* \u{3000}");
    // Most lines begin with none of these.
    if !words.starts_with(|c| {
        frame.has(c) || letters!("事案ケイ漏発123456789１２３４５６７８９①②③④⑤⑥⑦⑧⑨").has(c)
    }) {
        return None;
    }
    let bare = words.trim_start_matches(|c| frame.has(c));
    let lead = words.len() - bare.len();
    if let Some(label) = LABELS.openings(bare).max_by_key(|label| label.len()) {
        let rest = &bare[label.len()..];
        let gap = rest.trim_start_matches([' ', '\u{3000}', '(', '（', '第', 'N', 'n', 'o', '.']);
        let (number, length) = figure(gap)?;
        let behind = &gap[length..];
        // 事案2件, 事故3日後, 事案1の概要
        let other =
            behind.starts_with(|c| letters!("件年月日人名時分回社台つのにはでとをがかヶ").has(c));
        let start = lead + label.len() + (rest.len() - gap.len()) + length;
        return (!other).then(|| (number, start + mark(behind)));
    }
    let (number, length) = figure(bare)?;
    let behind = bare[length..].strip_prefix("件目")?;
    let start = lead + length + "件目".len();
    (!behind.starts_with(|c| letters!("のにはでとをがも").has(c)))
        .then(|| (number, start + mark(behind)))
}

/// How many bytes of marks and white space stand behind a label.
fn mark(words: &str) -> usize {
    let frame = letters!("】》〕］]）)>＞〉:：.．、 \u{3000}");
    words.len() - words.trim_start_matches(|c| frame.has(c)).len()
}

/// A number of one or two figures at the head of `words`, and its bytes.
fn figure(words: &str) -> Option<(u32, usize)> {
    const KANJI: &str = "一二三四五六七八九十";
    let first = words.chars().next()?;
    if let Some(circled) = u32::from(first).checked_sub(u32::from('①')).filter(|&at| at < 20) {
        return Some((circled + 1, first.len_utf8()));
    }
    if let Some(nth) = KANJI.chars().position(|c| c == first) {
        return Some((u32::try_from(nth).ok()? + 1, first.len_utf8()));
    }
    let digit = |c: char| {
        c.to_digit(10).or_else(|| u32::from(c).checked_sub(u32::from('０')).filter(|&d| d < 10))
    };
    let (mut number, mut length, mut figures) = (0, 0, 0);
    for c in words.chars() {
        let Some(value) = digit(c) else { break };
        (number, length, figures) = (number * 10 + value, length + c.len_utf8(), figures + 1);
        if figures > 2 {
            return None;
        }
    }
    (figures > 0 && number > 0).then_some((number, length))
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn a_label_counts_a_case_and_an_amount_does_not() {
        assert_eq!(counted("事案1 名簿の紛失"), Some((1, "事案1 ".len())));
        assert_eq!(counted("【事例②】誤送付"), Some((2, "【事例②】".len())));
        assert_eq!(counted("3件目 誤交付"), Some((3, "3件目 ".len())));
        assert_eq!(counted("事案2件について"), None);
        assert_eq!(counted("事案1の概要"), None);
        assert_eq!(counted("事故から3日後"), None);
    }
}
