//! What is said of a date: which words of its sentence, its line or the lines around it belong to
//! it. It knows layout and where clauses part, not what the words mean.

use crate::grammar::Extent;
use crate::grammar::dates::{Mention, Vague};
use crate::lexicon::Topic;
use crate::names::{is_kanji, is_katakana};
use crate::page::{Page, Sentence};
use crate::words::{AnyOf, Letters, any_of, letters};

/// The longest statement quoted, in bytes of the folded text.
const LONGEST_BYTES: usize = 1_200;

/// What is said of a date.
pub(super) struct Statement {
    /// All that is said, words before the date included.
    pub words: Extent,
    /// What is shown of it.
    pub cited: Extent,
    /// Whether it is a sentence, not a fragment.
    pub full: bool,
    /// Whether another date of the sentence ends it.
    pub cut: bool,
}

/// What is said of the nth date: the part of its sentence up to the next date; what is before a
/// date that ends its sentence; the lines under a date alone on its line.
pub(super) fn statement(
    page: &Page<'_>,
    nth: usize,
    sentence: &Sentence,
    labelled: bool,
) -> Option<Statement> {
    let range =
        |at: usize| page.resolved.get(at).map(|resolved| page.mentions[resolved.mention].range);
    let date = range(nth)?;
    // 平成22年度分の綴り: a date that only names something parts nothing, unless it is what the
    // verb before it speaks of: 4日に出荷した12月便.
    let parts = |at: &usize| {
        let mention = &page.mentions[page.resolved[*at].mention];
        (!names_something(page, mention) || page.text()[..mention.range.start].ends_with('た'))
            && !is_embedded(page, *at)
    };
    let next = (nth + 1..page.resolved.len().min(nth + 4)).find(parts).and_then(range);
    let extent = page.lines[sentence.line].extent;
    let text = page.text();
    let previous =
        nth.checked_sub(1).and_then(range).filter(|previous| previous.start >= extent.start);
    let before =
        &text[previous.map_or(extent.start, |previous| previous.end.min(date.start))..date.start];
    let first = is_bare(before) || page.lines[sentence.line].body >= date.start;
    if first && closes_with_dates(page, nth, extent) {
        // 発生日時 as a heading, the date under it.
        let timed = matches!(
            sentence.topic,
            Some(Topic::Occurrence | Topic::Period | Topic::Discovery | Topic::Recovery)
        );
        if timed || labelled {
            return Some(Statement { words: date, cited: date, full: true, cut: false });
        }
        return lines_under(page, sentence.line, date, next);
    }
    let previous = previous.filter(|previous| previous.start >= sentence.extent.start);
    let start =
        previous.map_or(sentence.extent.start, |previous| joint(text, previous.end, date.start));
    let end = match next {
        Some(next) if next.start < sentence.extent.end => joint(text, date.end, next.start),
        _ => sentence.extent.end,
    };
    let after = text[date.end..end.max(date.end)].trim_matches(|c: char| FRAME.has(c));
    let words = Extent { start, end: end.max(date.end) };
    // 気付いたのは10日午後10時ごろ。 遮断(12月16日)
    let trailing = !labelled && (after.is_empty() || ENDINGS.contains(&after));
    if trailing && text[start..date.start].chars().count() > 4 {
        let words = Extent { start, end: date.start };
        let full = text[start..sentence.extent.end].contains('。');
        return Some(Statement { words, cited: Extent { start, end: date.end }, full, cut: false });
    }
    if after.is_empty() && !labelled {
        // 引出しで保管した。【9月11日】
        let before = Extent { start: extent.start, end: sentence.extent.start };
        let closes = date.start - sentence.extent.start <= 4
            && before.start < before.end
            && previous.is_none();
        return closes.then_some(Statement {
            words: before,
            cited: Extent { start: before.start, end: date.end },
            full: true,
            cut: false,
        });
    }
    let cut = next.is_some_and(|next| next.start < sentence.extent.end);
    let full = cut || text[words.start..words.end].contains('。');
    Some(Statement { words, cited: Extent { start: date.start, end: words.end }, full, cut })
}

/// Whether the words behind a date say what was sent then, as the name of a thing in which something
/// is found: 7月14日に発送いたしました通知書の一部に…判明しました.
pub(super) fn sends(after: &str) -> bool {
    const LONGEST_BYTES: usize = 300;
    let Some(rest) = after.strip_prefix("に").or_else(|| after.strip_prefix("付で")) else {
        return false;
    };
    let verbs = any_of![
        "発送", "送付", "郵送", "送信", "配信", "配布", "交付", "掲載", "公開", "投函", "納品",
    ];
    let Some(verb) = verbs.opening(rest) else { return false };
    let ending = any_of![
        "いたしました", "致しました", "しました", "した", "された", "させていただきました",
        "を行いました", "を行った",
    ];
    let rest = &rest[verb.len()..];
    let Some(ended) = ending.opening(rest) else { return false };
    let noun = &rest[ended.len()..];
    let sentence = &noun[..noun.floor_char_boundary(LONGEST_BYTES)];
    let sentence = sentence.split('。').next().unwrap_or_default();
    noun.starts_with(|c| is_kanji(c) || is_katakana(c) || letters!("「ごお").has(c))
        && any_of!["判明", "発覚", "分かり", "分かっ", "わかり", "わかっ", "確認され", "誤"]
            .stands_in(sentence)
}

/// Whether words tell of paying by card.
pub(super) fn tells_of_cards(words: &str) -> bool {
    words.contains("カード")
        && any_of!["決済", "支払", "購入", "買い物", "注文", "入力", "ご利用"].stands_in(words)
}

/// Words that make a date the name of something: 3月分, 12月号.
const NOUN_AFTER: &AnyOf = any_of![
    "分", "便", "期", "号", "度", "卒", "入学", "入社", "生まれ", "版", "改正", "施行", "法律",
    "条例", "検定", "試験", "に開く", "に開催する", "開催", "開講", "発売", "採用", "発送分",
    "送付分", "実施分", "受付分", "請求分", "利用分", "検針分", "申込分", "支給分", "納付分",
];

/// Whether a date is no time at which anything happened but part of a name.
pub(super) fn names_something(page: &Page<'_>, mention: &Mention) -> bool {
    mention.from.vague == Vague::Fiscal || NOUN_AFTER.opens(&page.text()[mention.range.end..])
}

/// Whether a date only says which attack or which parcel is meant, behind a date of its own: 4月30日、
/// 4月14日の不正アクセスの痕跡を発見; 2月9日、2月後半のお届けを知らせるメールを送った.
pub(super) fn is_embedded(page: &Page<'_>, nth: usize) -> bool {
    const EVENTS: &AnyOf = any_of![
        "不正アクセス", "不正な", "不正ログイン", "侵入", "攻撃", "通信", "アクセス", "ログイン",
        "操作", "痕跡", "形跡", "改ざん",
    ];
    const FOUND: &AnyOf =
        any_of!["確認", "判明", "発見", "検知", "分か", "わか", "発覚", "特定", "検出"];
    let text = page.text();
    let mention = |at: usize| page.resolved.get(at).map(|of| &page.mentions[of.mention]);
    let (Some(date), Some(before)) = (mention(nth), nth.checked_sub(1).and_then(mention)) else {
        return false;
    };
    let Some(sentence) = page.sentence_of(date.range.start) else { return false };
    if before.range.start < sentence.extent.start {
        return false;
    }
    let mut last = date;
    let mut at = nth;
    // 4月14日及び4月20日の
    while let Some(next) = mention(at + 1)
        && last.range.end <= next.range.start
        && matches!(&text[last.range.end..next.range.start], "及び" | "および" | "と" | "、" | "・")
    {
        (last, at) = (next, at + 1);
    }
    let Some(noun) =
        text[last.range.end..sentence.extent.end.max(last.range.end)].strip_prefix('の')
    else {
        return false;
    };
    let coarse = date.from.day.is_none()
        && date.to.is_none()
        && before.from.day.is_some()
        && date.from.month.is_some()
        && text[before.range.end..date.range.start].starts_with('、');
    coarse || (EVENTS.opens(noun) && FOUND.stands_in(noun))
}

/// What may stand around a date without saying anything.
const FRAME: &Letters = letters!(":)(・、。】【〇○●■◆◇「」[]<>-*※ ");

/// How a sentence ends whose date is its predicate.
const ENDINGS: &[&str] = &[
    "です", "でした", "だ", "だった", "である", "のこと", "だという", "付", "付け", "のことです",
    "のことでした",
];

/// Where the words between two dates part: behind the last 、, else before the second.
fn joint(text: &str, end: usize, start: usize) -> usize {
    let between = &text[end..start.max(end)];
    // 9月1日、同社が…: the 、 behind a date parts nothing.
    let comma = between
        .rfind(['、', '。'])
        .filter(|&at| !between[..at].trim_matches(|c: char| FRAME.has(c)).is_empty());
    comma.map_or(start, |at| end + at + '、'.len_utf8())
}

/// Whether from the nth date on the line holds nothing but dates.
fn closes_with_dates(page: &Page<'_>, nth: usize, line: Extent) -> bool {
    let mut end = page.mentions[page.resolved[nth].mention].range.end;
    for resolved in page.resolved[nth + 1..].iter().take(20) {
        let next = page.mentions[resolved.mention].range;
        if next.start >= line.end || !is_bare(&page.text()[end.min(next.start)..next.start]) {
            break;
        }
        end = next.end;
    }
    is_bare(&page.text()[end.min(line.end)..line.end])
}

/// Whether words beside a date say nothing of it.
pub(super) fn is_bare(words: &str) -> bool {
    let rest = words.trim_matches(|c: char| FRAME.has(c));
    let joins = ["および", "及び", "と", "ならびに", "並びに", ",", "の", "頃", "ごろ"];
    rest.is_empty()
        || (rest.len() <= 12
            && (joins.contains(&rest)
                || (rest.ends_with("曜日") && rest.chars().count() <= 3)
                || (rest.starts_with('の') && rest.ends_with('回'))))
}

fn lines_under(
    page: &Page<'_>,
    line: usize,
    date: Extent,
    next: Option<Extent>,
) -> Option<Statement> {
    let mut words: Option<Extent> = None;
    for following in &page.lines[line + 1..] {
        let dated = next.is_some_and(|next| next.start < following.extent.end);
        let start = words.map_or(following.extent.start, |words| words.start);
        if following.heading || dated || following.extent.end - date.start > LONGEST_BYTES {
            break;
        }
        words = Some(Extent { start, end: following.extent.end });
    }
    let words = words?;
    let full = page.folded_words(words).contains('。');
    Some(Statement { words, cited: Extent { start: date.start, end: words.end }, full, cut: false })
}

/// What the words before a date on its line name it, or those on the line above a date alone:
/// 不正アクセスの時期, 閲覧可能だった期間は.
pub(super) fn label_before(page: &Page<'_>, at: usize, date: Extent) -> Option<Topic> {
    let line = &page.lines[at];
    let words = &page.text()[line.body.min(date.start)..date.start];
    if !is_bare(words) {
        return label(words);
    }
    let above = page.lines.get(at.checked_sub(1)?)?;
    let words = page.folded_words(Extent { start: above.body, end: above.extent.end });
    (is_bare(&page.text()[date.end.min(line.extent.end)..line.extent.end]))
        .then(|| label(words))
        .flatten()
}

/// What a label without a topic of its own announces, told by how it ends.
fn label(words: &str) -> Option<Topic> {
    if words.len() > 90 || words.contains(['。', '、']) {
        return None;
    }
    let words = words.trim_end_matches(|c: char| FRAME.has(c)).trim_end_matches(['は', 'が']);
    let is_label = any_of![
        "期間", "時期", "日時", "時刻", "年月日", "発生日", "発覚日", "判明日", "のあった日",
        "た日", "への連絡", "からの連絡", "気付いたの", "気づいたの", "判明したの", "発覚したの",
        "分かったの", "わかったの", "発見したの", "検知したの",
    ]
    .closes(words);
    if !is_label
        || any_of!["公表", "掲載日", "発表", "更新", "受付", "開催", "対応", "実施", "開設", "募集"]
            .stands_in(words)
    {
        return None;
    }
    let noticed = any_of![
        "判明", "発覚", "覚知", "検知", "発見", "確認", "連絡", "把握", "認知", "認識", "気付",
        "気づ", "分かった", "わかった"
    ]
    .stands_in(words);
    Some(if noticed { Topic::Discovery } else { Topic::Occurrence })
}
