//! A page of several stories without numbers: a digest of the news, releases one after the other.
//! Their headings are set alike, and each tells of an announcement of its own. It does not know
//! what was announced.

use super::{Entry, Line, Opening, digest, is_column_heading, sentences, trimmed};
use crate::grammar::dates::{self, Year};
use crate::words::{any_of, letters};
use memchr::memmem;
use text::Folded;

/// What the headings of stories have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// A sign such as ■.
    Sign(char),
    /// A number.
    Number,
    /// A rule above, or 以上.
    Rule,
    /// A date at the beginning or the end.
    Date,
    /// A date on a line of its own, at most a title and a name above it.
    Day,
    /// The head of a mail.
    Mail,
    /// Nothing but the blank line above.
    Plain,
}

/// A line that may be the heading of a story.
#[derive(Clone, Copy, Debug)]
struct Head {
    line: usize,
    mark: Mark,
}

/// A page has at least so many stories.
const FEWEST: usize = 2;
/// Fewer letters make no headline.
const SHORTEST: usize = 6;
const LONGEST: usize = 110;

/// Splits a page that holds two stories or more at their headings.
pub(super) fn split(text: &str, lines: &[Line<'_>], into: &mut Vec<Entry>) {
    let heads = heads(lines);
    let mut groups: Vec<(Mark, Vec<usize>)> = Vec::new();
    for head in &heads {
        match groups.iter_mut().find(|(mark, _)| *mark == head.mark) {
            Some((_, alike)) => alike.push(head.line),
            None => groups.push((head.mark, vec![head.line])),
        }
    }
    groups.retain_mut(|(_, alike)| {
        alike.sort_unstable();
        alike.dedup();
        alike.len() >= FEWEST
    });
    for (mark, alike) in &groups {
        let stories = stories(lines, alike, *mark);
        if stories.len() >= FEWEST && !told_before(lines, alike[0]) {
            return cut(text, lines, &stories, *mark, into);
        }
    }
    for (mark, alike) in groups {
        if matches!(mark, Mark::Mail | Mark::Day) {
            continue;
        }
        let stories = digest::stories(lines, &alike);
        if stories.len() >= FEWEST && !told_before(lines, alike[0]) {
            return cut(text, lines, &stories, mark, into);
        }
    }
}

/// Cuts a page at the headings of its stories, and before the column that may follow them.
fn cut(text: &str, lines: &[Line<'_>], stories: &[usize], mark: Mark, into: &mut Vec<Entry>) {
    let year = year(text.get(..lines[stories[0]].start).unwrap_or_default());
    let whole = matches!(mark, Mark::Rule | Mark::Day | Mark::Mail);
    let opening = if whole { Opening::Report } else { Opening::Story };
    let last = stories.last().map_or(0, |at| at + 1);
    let column = (last..lines.len()).find(|&at| !whole && is_column_heading(lines, at));
    let close = column.map_or(text.len(), |at| lines[at].start);
    for (nth, &at) in stories.iter().enumerate() {
        let end = stories.get(nth + 1).map_or(close, |&next| lines[next].start);
        let entry = trimmed(text, lines[at].start, end, opening);
        into.extend(entry.map(|entry| Entry { year, ..entry }));
    }
    into.extend(trimmed(text, close, text.len(), Opening::Headline));
}

/// Whether what stands above the first heading is a release of its own.
pub(super) fn told_before(lines: &[Line<'_>], first: usize) -> bool {
    const MOST: usize = 6;
    let above = &lines[..first];
    let told = sentences(above);
    told >= MOST || (told >= 3 && above.iter().any(|line| is_sorry(line.words) || is_day(line)))
}

/// All lines that may be headings of stories, in the order of the text.
fn heads(lines: &[Line<'_>]) -> Vec<Head> {
    let mut heads = Vec::new();
    let mut ruled = false;
    let mut begun = false;
    for (at, line) in lines.iter().enumerate() {
        let words = line.words.trim();
        if is_rule(words) {
            // What stands above the first rule is a story of the same rank.
            if !begun && at > 0 {
                heads.insert(0, Head { line: 0, mark: Mark::Rule });
            }
            (ruled, begun) = (true, true);
            continue;
        }
        if ruled {
            heads.push(Head { line: at, mark: Mark::Rule });
            ruled = false;
        }
        if is_day(line) {
            let top = above_day(lines, at);
            if !is_section(lines[top].words) {
                heads.push(Head { line: top, mark: Mark::Day });
            }
        }
        if any_of!["件名:", "件名：", "subject:", "Subject:", "題名:", "題名："].opens(words)
        {
            let labels = lines[..at].iter().rev().take(4);
            let above = labels.take_while(|line| is_mail_label(line.words)).count();
            heads.push(Head { line: at - above, mark: Mark::Mail });
        }
        let plain = (line.blank_before > 0 || at == 0).then_some(Mark::Plain);
        if let Some(mark) = mark(words).or(plain.filter(|_| is_short(words))) {
            heads.push(Head { line: at, mark });
        }
    }
    heads
}

/// Whether a line is the date of a release, with no more than who it is of.
fn is_day(line: &Line<'_>) -> bool {
    const LONGEST_DAY: usize = 50;
    let words = line.words.trim_start();
    // Most lines are told from days by their first letter and their last.
    if words.len() > 4 * LONGEST_DAY || !frames_day(words) {
        return false;
    }
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let bare = words.trim_matches(|c: char| letters!("()（）[]【】").has(c));
    let opens = bare.starts_with(digit)
        || any_of!["令和", "平成", "掲載日", "公開日", "発表日", "公表日", "更新日", "日付"]
            .opens(bare);
    (opens || bare.ends_with('日'))
        && words.chars().count() <= LONGEST_DAY
        && !words.contains(['。', '、', '～', '~', '「', 'を', 'が', 'に', 'は'])
        && is_full_date(words)
}

/// Whether a line may begin or end with a date.
fn frames_day(words: &str) -> bool {
    words.starts_with(|c: char| {
        c.is_ascii_digit() || letters!("０１２３４５６７８９(（[【令平掲公発更日").has(c)
    }) || words.ends_with('日')
}

fn is_mail_label(words: &str) -> bool {
    any_of![
        "From:", "To:", "Date:", "Cc:", "from:", "to:", "date:", "差出人:", "宛先:", "日時:",
        "送信日時:", "送信者:", "日付:", "差出人：", "宛先：", "日時：", "送信日時：", "送信者：",
        "日付："
    ]
    .opens(words.trim())
}

/// Where the head of a release begins that has its date on the line `at`: at the title or the name
/// above it, unless a text ends there.
fn above_day(lines: &[Line<'_>], at: usize) -> usize {
    let heads = |line: &Line<'_>| {
        is_title(line) || (line.words.chars().count() <= 24 && !line.words.contains('。'))
    };
    let mut first = at;
    while first > 0 && at - first < 2 && lines[first].blank_before == 0 && heads(&lines[first - 1])
    {
        first -= 1;
    }
    if first == at && at > 0 && is_title(&lines[at - 1]) {
        first = at - 1;
    }
    first
}

/// Whether a line heads a section in which days are told, or labels a day of the event: 1 経緯, 発生日.
fn is_section(words: &str) -> bool {
    const LONGEST_BYTES: usize = 60;
    let bare = words.trim_start_matches(|c: char| {
        letters!("0123456789０１２３４５６７８９.．)）(（、・■□●◆◇○◎▼【[［〔《<＜①②③④⑤⑥⑦⑧⑨").has(c)
            || c.is_whitespace()
    });
    words.len() <= LONGEST_BYTES
        && any_of![
            "経緯", "経過", "時系列", "日時", "発生", "概要", "内容", "対応", "状況", "判明",
            "発覚", "原因", "期間", "これまでの", "事案の", "事実",
        ]
        .opens(bare)
}

/// Whether a line ends as titles of releases do.
fn is_title(line: &Line<'_>) -> bool {
    let bare = line.words.trim_end_matches(|c: char| {
        letters!("()（）[]【】」』>＞年月日./-").has(c) || c.is_whitespace() || c.is_numeric()
    });
    let bare = bare.strip_suffix("その").unwrap_or(bare).trim_end_matches(['(', '（']);
    any_of![
        "お知らせ", "お詫び", "おわび", "ご報告", "する報告", "について", "ご連絡", "の件",
        "お願い", "第", "令和", "平成"
    ]
    .closes(bare)
        && bare.chars().count() >= SHORTEST
}

/// `-----`, `＊＊＊`, 以上: a line of nothing but signs that end something.
fn is_rule(words: &str) -> bool {
    if words.len() < 20 && any_of!["以上", "以 上", "以　上"].opens(words) {
        return words.chars().count() <= 3;
    }
    let signs = letters!("-－‐―—─━=＝＊*~～◇◆＿_・…×＋+");
    words.chars().nth(2).is_some() && words.chars().all(|c| signs.has(c) || c.is_whitespace())
}

fn mark(words: &str) -> Option<Mark> {
    let first = words.chars().next()?;
    if !is_short(words) {
        return None;
    }
    let sign = letters!("■□●◆◇▼▽▲△★☆◎○◯▶►〓【《〔[［<＜〈").has(first);
    let numbered = || {
        let digits = words.trim_start_matches(['(', '（', '[', '［', '第']);
        let rest = digits.trim_start_matches(|c: char| c.is_numeric() && !letters!("〇").has(c));
        let count = digits[..digits.len() - rest.len()].chars().count();
        (1..=2).contains(&count)
            && (matches!(first, '①'..='⑳')
                || rest.starts_with([
                    '.', '．', ')', '）', ']', '］', '、', ':', '：', ' ', '\u{3000}',
                ]))
            && !rest.chars().nth(1).is_some_and(char::is_numeric)
    };
    if sign {
        Some(Mark::Sign(first))
    } else if numbered() {
        Some(Mark::Number)
    } else {
        is_dated(words).then_some(Mark::Date)
    }
}

/// Whether a line is as long as headlines are, and no sentence.
fn is_short(words: &str) -> bool {
    // A character is one to four bytes, so most lines are told without counting.
    let sized = || {
        (4 * SHORTEST..=LONGEST).contains(&words.len())
            || (SHORTEST..=LONGEST).contains(&words.chars().count())
    };
    words.len() <= 4 * LONGEST && !words.ends_with('。') && sized()
}

/// Whether a full date opens or closes a line that says more: `2023年4月5日 …についてのお知らせ`.
fn is_dated(words: &str) -> bool {
    if !frames_day(words) && !words.ends_with(|c: char| c.is_ascii_digit() || c == ')') {
        return false;
    }
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let bare = words.trim_matches(|c: char| letters!("()（）[]【】").has(c));
    let opens = (bare.starts_with(digit) && bare.chars().take_while(|&c| digit(c)).count() == 4)
        || any_of!["令和", "平成"].opens(bare);
    let closes = bare.ends_with('日') || bare.ends_with(digit);
    (opens || closes)
        && words.chars().filter(|&c| digit(c)).count() >= 3
        && any_of!["お知らせ", "について", "お詫び", "おわび", "報告", "に関する"].stands_in(words)
}

/// Those of the headings under which a story is told, if they are most of them: a release may tell
/// in a section or two what was announced before.
fn stories(lines: &[Line<'_>], heads: &[usize], mark: Mark) -> Vec<usize> {
    let told = |holds: &dyn Fn(&Line<'_>, &[Line<'_>]) -> bool| -> Vec<usize> {
        let ends = heads.iter().skip(1).copied().chain([lines.len()]);
        let sections = heads.iter().copied().zip(ends);
        let story = |&(at, end): &(usize, usize)| {
            let body = &lines[at + 1..end];
            holds(&lines[at], body) && sentences(body) >= FEWEST
        };
        sections.filter(story).map(|(at, _)| at).collect()
    };
    let ranked = matches!(mark, Mark::Rule | Mark::Day | Mark::Plain | Mark::Mail);
    let announced = told(&|head, body| {
        mark == Mark::Mail
            || is_carded(body)
            || (mark != Mark::Plain && is_signed(body))
            || is_reported(body, mark)
            || (mark != Mark::Plain && is_release(head, body, mark))
    });
    if announced.len() >= FEWEST && (ranked || 3 * announced.len() >= heads.len()) {
        return announced;
    }
    if ranked {
        return Vec::new();
    }
    let headlines = told(&|head, _| is_headline(head.words));
    let most = headlines.len() + usize::from(heads.len() > 2) >= heads.len();
    if most { headlines } else { Vec::new() }
}

/// Whether a heading says what befell whom.
fn is_headline(words: &str) -> bool {
    any_of![
        "紛失", "漏えい", "漏洩", "流出", "誤送信", "誤送付", "誤配", "誤交付", "誤掲載",
        "不正アクセス", "感染", "改ざん", "ランサム", "盗難", "不正ログイン", "誤って", "置き忘れ",
        "持ち出し", "フィッシング", "なりすまし", "誤廃棄", "所在不明", "攻撃"
    ]
    .stands_in(words)
        && any_of![
            "市、", "町、", "村、", "県、", "区、", "社、", "学、", "校、", "院、", "会、",
            "組合、", "センター、", "銀行、", "庁、", "省、", "園、", "団、", "機構、", "市の",
            "町の", "市で", "町で", "大学で", "高校で", "学校で", "病院で", "市)", "町)", "県)",
            "社)", "大学)", "病院)", "市）", "町）", "県）", "社）", "大学）", "病院）", "会社 ",
            "市 ", "町 ", "県 ", "大学 ", "病院 ", "銀行 ", "会社　", "市　", "大学　", "病院　",
            "委員会 ", "委員会　"
        ]
        .stands_in(words)
}

/// Whether the line under a heading says who announced it and when: ○○協会 2018年5月11日公表.
fn is_signed(body: &[Line<'_>]) -> bool {
    const LONGEST_BYTES: usize = 180;
    let Some(line) = body.first().filter(|line| line.words.len() <= LONGEST_BYTES) else {
        return false;
    };
    let words = line.words.trim_end_matches([')', '）', ' ', '\u{3000}', '】', ']']);
    any_of!["公表", "発表", "公表分", "発表分", "公表資料", "発表資料", "公表日", "発表日"]
        .closes(words)
        && !words.contains(['。', '、', ':', '：'])
        && is_full_date(words)
}

/// Whether a card stands under a heading: labels for who announced something, or when, among others.
fn is_carded(body: &[Line<'_>]) -> bool {
    /// So many lines hold the labels of a card that tell.
    const TOP: usize = 6;
    fn label<'a>(line: &Line<'a>) -> Option<&'a str> {
        let bare = line.words.trim_start_matches(|c: char| {
            letters!("■□●◆◇▼▽▲△★☆◎○◯・※【《〈＜<［[-*＊").has(c) || c.is_whitespace()
        });
        let end = letters!(":：】》〉＞>］]\t\u{3000}|｜").find(bare)?;
        (end > 0 && end <= 45).then(|| &bare[..end])
    }
    let labels: Vec<&str> = body.iter().take(TOP).filter_map(label).collect();
    let announced = any_of![
        "公表日", "発表日", "公表年月日", "発表年月日", "組織名", "企業名", "会社名", "団体名",
        "法人名", "事業者名", "機関名", "組織", "企業", "団体", "発表元", "公表元", "発表者",
        "公表者", "発生組織", "発生企業", "発生元", "発表主体", "公表主体", "被害組織", "被害企業",
        "当事者", "発表機関", "自治体名", "学校名", "施設名",
    ];
    labels.len() > 1 && labels.iter().any(|label| announced.opens(label))
}

/// Whether the first sentences report an announcement: ○○市は18日、…と発表した。
fn is_reported(body: &[Line<'_>], mark: Mark) -> bool {
    let mut left = if mark == Mark::Plain { 1 } else { 3 };
    let stop = memmem::Finder::new("。");
    for line in body {
        let mut rest = line.words;
        while let Some(end) = stop.find(rest.as_bytes()) {
            if left == 0 {
                return false;
            }
            left -= 1;
            let sentence = &rest[..end];
            rest = &rest[end + '。'.len_utf8()..];
            let told = any_of![
                "発表した", "発表しました", "発表", "公表した", "公表しました", "公表", "明らかに",
                "明らかにした", "明らかにしました", "明らかになった", "明らかになりました",
                "発表があった", "発表がありました", "ことが分かった", "ことがわかった",
                "ことが判明した", "ことが判明しました", "公表している", "発表している",
            ]
            .closes(sentence);
            if told && sentence.contains(['は', 'が']) && !letters!("当弊").stand_in(sentence) {
                return true;
            }
        }
    }
    false
}

/// Whether a release stands here whole: a title, a day and an apology of its own.
fn is_release(head: &Line<'_>, body: &[Line<'_>], mark: Mark) -> bool {
    const FRAME: usize = 6;
    let top = &body[..body.len().min(FRAME)];
    let foot = &body[body.len().saturating_sub(FRAME)..];
    let has_title =
        is_title(head) || (matches!(mark, Mark::Rule | Mark::Day) && top.iter().any(is_title));
    let has_day = is_full_date(head.words) || top.iter().chain(foot).any(is_day);
    has_title && has_day && body.iter().any(|line| is_sorry(line.words) || is_own(line.words))
}

fn is_sorry(words: &str) -> bool {
    any_of!["お詫び", "おわび", "謝罪", "申し訳", "申しわけ", "陳謝", "ご迷惑", "ご心配"]
        .stands_in(words)
}

/// Whether somebody tells of what is his own.
fn is_own(words: &str) -> bool {
    any_of![
        "お知らせいたします", "お知らせします", "ご報告いたします", "ご報告します", "報告します",
        "お知らせ致します", "公表します", "公表いたします", "ご報告申し上げます",
        "お知らせ申し上げます"
    ]
    .stands_in(words)
}

/// Whether a year, a month and a day stand in a line.
fn is_full_date(words: &str) -> bool {
    if !any_of!["19", "20", "１９", "２０", "令和", "平成"].stands_in(words) {
        return false;
    }
    let folded = Folded::new(words);
    dates::scan(folded.text()).iter().any(|mention| crate::header::absolute_day(mention).is_some())
}

/// The year that the head of a page speaks of.
pub(super) fn year(head: &str) -> Option<i16> {
    const MOST_BYTES: usize = 2_000;
    let head = head.get(..head.floor_char_boundary(MOST_BYTES))?;
    let folded = Folded::new(head);
    dates::scan(folded.text()).iter().find_map(|mention| match mention.from.year {
        Some(Year::Absolute(year)) => Some(year),
        _ => None,
    })
}
