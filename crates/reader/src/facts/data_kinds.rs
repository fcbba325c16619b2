//! What data is concerned. Data that the text says is not among it is left out.
//!
//! Most releases name the data in a row (氏名、住所、電話番号), so a row of several kinds tells by
//! itself; a kind named alone needs words of leaking or holding beside it.

use case::{Category, Cited, DataKind};

use crate::grammar::Extent;
use crate::lexicon::{Cue, Hit, Topic, Value, Vocabulary};
use crate::page::{Marker, Page, Sentence};
use crate::words::{AnyOf, any_of};

/// The longest gap between two kinds of one row, in bytes of the folded text.
const LONGEST_GAP: usize = 75;

/// How far behind a row a denial may stand, in bytes of the folded text.
const REACH_BYTES: usize = 400;

/// Each kind of data once, at its first mention as concerned.
pub(super) fn read(page: &Page<'_>, category: Category) -> Vec<Cited<DataKind>> {
    let mut kinds: Vec<Cited<DataKind>> = Vec::new();
    let mut listing = Listing::default();
    let mut told = false;
    for sentence in &page.sentences {
        let hits = page.within(Vocabulary::Data, sentence.extent);
        let listed = listing.goes_on(page, sentence, hits);
        if hits.is_empty() || excluded(page, sentence) {
            continue;
        }
        let advises = advises(page, sentence);
        let tells =
            listed || tells(page, sentence, category, advises) || (told && adds(page, sentence));
        told = tells;
        let open = category == Category::BccMistake || in_the_open(page, sentence);
        let labelled = sentence.topic == Some(Topic::Data) && !page.is_full(sentence);
        let mut from = 0;
        while from < hits.len() {
            let to = row_end(page, hits, from);
            let row = &hits[from..to];
            from = to;
            let is_row = several(row) && !advises;
            if !(tells || is_row) || denied(page, sentence, row) || changed(page, row) {
                continue;
            }
            for hit in row.iter().filter(|hit| {
                (is_row && !quoted(page, hit)) || listed || speaks_alone(page, hit, labelled, open)
            }) {
                let Value::Data(kind) = hit.value else { continue };
                if kinds.iter().any(|known| known.value == kind) {
                    continue;
                }
                if let Some(cite) = page.cite(hit.start, hit.end) {
                    kinds.push(Cited::new(kind, cite));
                }
            }
        }
    }
    kinds
}

/// Places where data is named for other reasons: measures, the contact, the title.
fn excluded(page: &Page<'_>, sentence: &Sentence) -> bool {
    if matches!(
        sentence.topic,
        Some(Topic::Prevention | Topic::Contact | Topic::About | Topic::Unaffected)
    ) {
        return true;
    }
    if page.header.title.is_some_and(|title| {
        title.start <= sentence.extent.start && sentence.extent.end <= title.end
    }) {
        return true;
    }
    let measure = sentence.has(Cue::Prevention)
        || (sentence.has(Cue::Planned) && !sentence.has(Cue::Leak) && !sentence.has(Cue::Contains));
    measure && sentence.topic != Some(Topic::Data)
}

/// Whether a sentence tells what data is concerned, even one kind alone.
fn tells(page: &Page<'_>, sentence: &Sentence, category: Category, advises: bool) -> bool {
    if sentence.topic == Some(Topic::Data) {
        return true;
    }
    if sentence.topic == Some(Topic::Cause) || advises {
        return false;
    }
    let mistake = sentence.has(Cue::Mistake) || sentence.has(Cue::Leaked);
    mistake
        || category == Category::BccMistake
        || in_the_open(page, sentence)
        || sentence.has(Cue::Leak)
        || sentence.has(Cue::Contains)
        || (sentence.has(Cue::PersonalData) && sentence.has(Cue::Affected))
}

/// Whether a sentence adds to what the one before it told.
fn adds(page: &Page<'_>, sentence: &Sentence) -> bool {
    any_of!["そのほか", "その他", "このほか", "このうち", "さらに", "加えて", "また、"]
        .opens(page.folded_words(sentence.extent))
}

/// Whether a sentence asks the reader to do something: what it names is not lost.
fn advises(page: &Page<'_>, sentence: &Sentence) -> bool {
    let words = page.folded_words(sentence.extent).trim_end_matches(['。', ')']);
    (sentence.has(Cue::Advice) && !sentence.has(Cue::Leak))
        || any_of!["ください", "お願いいたします", "お願い申し上げます"].closes(words)
        || any_of!["入力を求"].stands_in(words)
}

/// Whether a sentence says that addresses stood where all receivers see them.
fn in_the_open(page: &Page<'_>, sentence: &Sentence) -> bool {
    page.within(Vocabulary::Category, sentence.extent)
        .iter()
        .any(|hit| hit.value == Value::Category(Category::BccMistake))
}

/// Where the row of kinds that begins at hit `from` ends.
fn row_end(page: &Page<'_>, hits: &[Hit], from: usize) -> usize {
    let mut to = from + 1;
    while let Some(next) = hits.get(to) {
        let last = hits[to - 1];
        if next.start >= last.end && !joins(page, last.end, next.start) {
            break;
        }
        to += 1;
    }
    to
}

/// Whether the words between two kinds only go from one to the next. Where only a wrap parts them,
/// two lines of a list were joined.
fn joins(page: &Page<'_>, start: usize, end: usize) -> bool {
    const LINKS: &[char] = &[
        '、', '・', '/', ',', 'と', 'や', '及', '(', ')', '+', '並', ':', '①', '②', '③', '④', '⑤',
        '⑥', '⑦', '⑧',
    ];
    const WORDS: &AnyOf = any_of!["および", "または", "ならびに", "等の", "などの"];
    let gap = &page.text()[start..end];
    let lines = page.folded.gap_before(end) || page.folded.gap_before(start);
    if lines
        && !gap.starts_with(LINKS)
        && page
            .cite(start.saturating_sub(3), end + 3)
            .is_some_and(|cite| page.words(cite).contains('\n'))
    {
        return false;
    }
    // 名字の別のお客様(B様)のメールアドレス: brackets alone part nothing.
    let note = gap.split_once('(').and_then(|(lead, rest)| Some((lead, rest.split_once(')')?.1)));
    let bare = match note {
        Some((lead, behind)) if lead.chars().count() > 2 => {
            lead.contains(LINKS) || behind.contains(LINKS)
        }
        _ => gap.contains(LINKS),
    };
    let separates = gap.is_empty() || bare || WORDS.stands_in(gap);
    let opens = gap.contains('(') && !gap.contains(')');
    separates
        && !opens
        && gap.len() <= LONGEST_GAP
        && !gap.contains(['を', 'が', '。'])
        && !any_of!["なお、", "ただし", "一方"].stands_in(gap)
}

/// Whether a row names several kinds, more than what one logs in with.
fn several(row: &[Hit]) -> bool {
    let login = |hit: &Hit| {
        matches!(
            hit.value,
            Value::Data(
                DataKind::AccountId | DataKind::Password | DataKind::Other | DataKind::DeviceId
            )
        )
    };
    row.iter().any(|hit| !login(hit) && hit.weight > 0)
        && row.iter().any(|hit| hit.start != row[0].start && hit.value != row[0].value)
}

/// Whether a weak word is only a choice in quotes: 相談形態(「電話」「面接」).
fn quoted(page: &Page<'_>, hit: &Hit) -> bool {
    hit.weight == 0 && page.text()[..hit.start].ends_with('「')
}

/// Whether a kind named alone is the data and not the way that it went: アドレス is also where a
/// mail was sent, 電話 how somebody was told.
fn speaks_alone(page: &Page<'_>, hit: &Hit, labelled: bool, open: bool) -> bool {
    const DESTINATION: &AnyOf = any_of![
        "に", "へ", "宛", "あて", "から", "の入力", "の登録", "を入力", "を打", "を誤", "を選択",
        "を間違", "を設定",
    ];
    const MEANS: &AnyOf = any_of![
        "を用い", "を使", "を利用", "を悪用", "を試", "を入力", "等を入力", "を設定", "も設定",
        "で", "が設定", "の設定", "による", "によって", "がかか", "がかけ", "をかけ", "保護",
        "ロック", "認証", "を付", "が付", "付き", "が必要", "なしに", "が施", "を施", "を要",
        "を求める設定", "の入力を必要", "の入力が必要", "を掛け", "が掛", "等により", "などにより",
        "により保護",
    ];
    const TRACE: &AnyOf = any_of!["から", "を遮断", "の遮断", "による", "を特定"];
    if hit.weight == 0 && !labelled {
        return false;
    }
    let after = &page.text()[hit.end..];
    if after
        .strip_prefix(':')
        .is_some_and(|value| value.starts_with(|c: char| c.is_ascii_digit() || c == '〒'))
    {
        return false;
    }
    // カード情報を入力させる偽サイト: what a trap asks for.
    let asked = any_of![
        "を入力させ", "を入力するよう", "の入力を求", "の入力を促", "の入力を要求", "の確認を求",
        "を求める", "をお尋ね", "をお聞き", "をお聞きする", "を聞き出", "をお伺い", "を尋ね",
        "を騙し取ろう", "をだまし取ろう",
    ];
    if asked.opens(after) {
        return false;
    }
    let before = &page.text()[..hit.start];
    match hit.value {
        // 商品の写真, 弊社の社名: not of persons.
        Value::Data(DataKind::Photo)
            if any_of!["商品の", "製品の", "店舗の", "ロゴ、"].closes(before) =>
        {
            false
        }
        Value::Data(DataKind::Email) => open || !DESTINATION.opens(after),
        Value::Data(DataKind::AccountId | DataKind::Password) => !MEANS.opens(after),
        Value::Data(DataKind::DeviceId) => !TRACE.opens(after),
        _ => true,
    }
}

/// Whether somebody else set them anew: メールアドレスとパスワードが変更されており.
fn changed(page: &Page<'_>, row: &[Hit]) -> bool {
    row.last().is_some_and(|last| {
        any_of![
            "が変更され", "を変更され", "も変更され", "が書き換えられ", "を書き換えられ",
            "が変えられ", "を変えられ", "が改められ",
        ]
        .opens(&page.text()[last.end..])
    })
}

/// Whether a negation reaches a row: one that follows in its sentence without a break between, nor
/// another row, nor one inside brackets that open after it.
fn denied(page: &Page<'_>, sentence: &Sentence, row: &[Hit]) -> bool {
    let Some(last) = row.last() else { return false };
    // 氏名、住所 at the end of a line, where a sentence of its own follows.
    if page.cite(last.start, last.end + 3).is_some_and(|cite| page.words(cite).contains('\n')) {
        return false;
    }
    let rest = Extent { start: last.end, end: sentence.extent.end.min(last.end + REACH_BYTES) };
    for cue in [Cue::NotIncluded, Cue::NotConfirmed, Cue::Denied, Cue::Negative, Cue::RuledOut] {
        let Some(negation) = page.cue(cue, rest) else { continue };
        let between = Extent { start: last.end, end: negation.start };
        let broken =
            page.breaks(between).next().is_some() || page.cue(Cue::DenialBreak, between).is_some();
        let words = page.folded_words(between);
        let bracketed = words.matches('(').count() > words.matches(')').count();
        let other =
            page.within(Vocabulary::Data, between).iter().any(|hit| hit.end < negation.start);
        // パスワードは暗号化されており、含まれておりません: what the sentence is about.
        let about = cue == Cue::NotIncluded
            && page.breaks(between).next().is_none()
            && any_of!["は", "については", "につきましては", "に関しては"]
                .opens(&page.text()[last.end..]);
        if (!broken || about) && !bracketed && !other {
            return !ends_its_line(page, last.end, sentence.extent.end);
        }
    }
    false
}

/// Whether the line of the source ends soon behind a row, before anything is said of it: 氏名、住所、
/// 会費の記録, where a sentence of its own follows on the next line.
fn ends_its_line(page: &Page<'_>, at: usize, end: usize) -> bool {
    /// The most that a row may go on behind its last kind, in bytes.
    const TAIL_BYTES: usize = 45;
    let tail = page.text().ceil_char_boundary(end.min(at + TAIL_BYTES));
    page.cite(at, tail)
        .and_then(|cite| page.words(cite).split_once('\n'))
        .is_some_and(|(tail, _)| !tail.contains(['は', 'が', 'を', 'に', 'で', 'も']))
}

/// A list that a sentence or heading announced (以下の情報), one or more kinds a line.
#[derive(Default)]
struct Listing {
    open: bool,
    /// Lines before this one that only list data.
    lines: usize,
}

impl Listing {
    /// Whether this sentence is part of the list.
    fn goes_on(&mut self, page: &Page<'_>, sentence: &Sentence, hits: &[Hit]) -> bool {
        let is_list = is_list(page, sentence, hits);
        let listed = self.open && is_list;
        if !sentence.heading {
            self.open = announces(page, sentence)
                || listed
                || (is_list && several(hits))
                || sentence.topic == Some(Topic::Data);
        }
        self.lines = if is_list { self.lines + 1 } else { 0 };
        listed
    }
}

/// Whether a sentence announces a list of data: 以下の情報, 下記のとおり.
fn announces(page: &Page<'_>, sentence: &Sentence) -> bool {
    let listed = || {
        page.lines
            .get(sentence.line + 1)
            .is_some_and(|next| matches!(next.marker, Marker::Bullet | Marker::Minor))
    };
    (sentence.has(Cue::Leak) || sentence.has(Cue::Contains))
        && (sentence.has(Cue::PersonalData)
            || (listed()
                && any_of!["次の情報", "以下の情報", "下記の情報"]
                    .stands_in(page.folded_words(sentence.extent))))
}

/// Whether a line only lists data.
fn is_list(page: &Page<'_>, sentence: &Sentence, hits: &[Hit]) -> bool {
    let covered: usize = hits.iter().map(|hit| hit.end - hit.start).sum();
    covered * 3 >= sentence.extent.end - sentence.extent.start && !page.is_full(sentence)
}
