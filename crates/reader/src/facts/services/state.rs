//! What a word of a state says in its place: a stem and the negation, wish or noun that follows it.
//! It does not know of which service it is said.

use case::ServiceStatus;

use crate::grammar::Extent;
use crate::lexicon::{Hit, StateWord, Value, Vocabulary};
use crate::names::{is_hiragana, is_kanji, is_katakana};
use crate::page::Page;
use crate::words::{AnyOf, any_of};

/// A state as it is said somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The words that say it.
    pub extent: Extent,
    pub status: ServiceStatus,
    /// By which sort of word.
    pub word: StateWord,
    /// Whether the heading above says that services in this state follow.
    pub expected: bool,
}

impl State {
    /// Whether the same is said of machines and data as well, so that only what is plainly a service
    /// can be meant.
    pub(super) fn is_of_anything(self) -> bool {
        !self.expected
            && matches!(
                self.word,
                StateWord::Trouble | StateWord::Spared | StateWord::Run | StateWord::Apart
            )
    }
}

/// So far a negation may stand behind what it denies, in characters: 影響は現時点で確認されておりません.
const REACH_LETTERS: usize = 26;

/// The longest run of hiragana behind a stem that inflects it.
const LONGEST_RUN: usize = 16;

/// The states that the words of a sentence say, in its order.
pub(super) fn states(page: &Page<'_>, hits: &[Hit], end: usize) -> impl Iterator<Item = State> {
    hits.iter().filter_map(move |hit| state(page, hit, end, false))
}

/// The first state that a label or a heading says, where stopped or usable is said of the noun
/// behind it: ご利用いただけるサービス.
pub(super) fn labelled(page: &Page<'_>, label: Extent) -> Option<State> {
    page.within(Vocabulary::State, label).iter().find_map(|hit| state(page, hit, label.end, true))
}

fn state(page: &Page<'_>, hit: &Hit, end: usize, label: bool) -> Option<State> {
    let Value::State(word) = hit.value else { return None };
    let text = page.text();
    let rest = &text[hit.end..end.max(hit.end)];
    let inflects = matches!(
        word,
        StateWord::Stop | StateWord::Use | StateWord::Offer | StateWord::Run | StateWord::Spared
    );
    let run = if inflects { inflection(rest) } else { "" };
    let inflected = || &text[hit.start..hit.end + run.len()];
    // 開けることなく, 使えないようにし: nothing is said of how things are.
    if inflects && any_of!["ことなく", "ないよう", "なければ", "なくても"].stands_in(run)
    {
        return None;
    }
    let denied = || NEGATION.stands_in(inflected());
    let finite = || label || is_finite(run, &rest[run.len()..]);
    let status = match word {
        StateWord::Restored => ServiceStatus::Restored,
        StateWord::Use if run.starts_with("るよう") => ServiceStatus::Restored,
        StateWord::Affected => ServiceStatus::Affected,
        _ if inflects && is_lost(word, inflected(), denied()) => ServiceStatus::Affected,
        StateWord::Use | StateWord::Run if !finite() => return None,
        StateWord::Offer | StateWord::Struck => return None,
        StateWord::Apart if !runs_apart(rest) => return None,
        StateWord::Usual => going_on(rest)?,
        StateWord::Harm => harm(rest, label)?,
        // 二次被害, システム障害: a word made with it is not said of a service.
        StateWord::Trouble if is_compound(&text[..hit.start]) => return None,
        StateWord::Trouble => harm(rest, false).filter(|&told| told != ServiceStatus::Affected)?,
        StateWord::Unaffected
        | StateWord::Spared
        | StateWord::Stop
        | StateWord::Use
        | StateWord::Run
        | StateWord::Apart => ServiceStatus::Unaffected,
    };
    let extent = Extent { start: hit.start, end: hit.end + run.len() };
    Some(State { extent, status, word, expected: false })
}

/// Whether a word says that a service is not to be had: stopped, or what it offers denied.
fn is_lost(word: StateWord, inflected: &str, denied: bool) -> bool {
    match word {
        StateWord::Stop => !denied,
        StateWord::Use => denied || HARDLY.stands_in(inflected),
        StateWord::Run | StateWord::Offer => denied,
        _ => false,
    }
}

/// Whether what stands behind 別のシステムで says that something is run there now.
fn runs_apart(rest: &str) -> bool {
    let runs = any_of![
        "運用し", "運営し", "稼働し", "稼動し", "管理し", "構築し", "提供し", "動いて", "構成し",
        "設置し", "管理され", "構築され", "構成され", "提供され", "運用され", "運営され", "おり",
        "いる", "いま", "の環境", "のネットワーク", "のシステム",
    ];
    let verb = runs.opening(rest);
    verb.is_some_and(|verb| {
        let behind = &rest[verb.len()..];
        !any_of!["てまい", "ます", "ていき", "た。", "ました"].opens(behind)
    })
}

/// Whether the words before a noun make a longer one with it.
fn is_compound(before: &str) -> bool {
    before.chars().next_back().is_some_and(|c| is_kanji(c) || is_katakana(c))
}

/// Endings that deny what they follow.
#[rustfmt::skip]
const NEGATION: &AnyOf = any_of![
    "ません", "ない", "なく", "なかっ", "なし", "無い", "無く", "無し", "無か", "おらず", "せず", "れず", "けず", "えず", "らず", "きず", "かず", "じず",
    "めず", "ゼロ",
];

/// What looks like a negation.
const NO_NEGATION: &AnyOf = any_of![
    "だけでなく", "のみでなく", "少なく", "余儀なく", "間もなく", "まもなく", "かもしれ",
    "のみなら"
];

/// Can hardly be used.
const HARDLY: &AnyOf = any_of!["づら", "にく", "がた", "難"];

/// The hiragana behind a stem that inflect it: 停止**しております**.
fn inflection(rest: &str) -> &str {
    let length: usize =
        rest.chars().take(LONGEST_RUN).take_while(|&c| is_hiragana(c)).map(char::len_utf8).sum();
    let run = &rest[..length];
    // 利用できないため, 使えますが: what follows is another clause.
    let stop = any_of!["ため", "ので", "から", "とき", "なか"]
        .places(run)
        .find(|&at| any_of!["ため", "ので", "とき"].opens(&run[at..]));
    &run[..stop.unwrap_or(length)]
}

/// Whether a positive form ends a clause or is told as found, rather than pointing at a noun.
fn is_finite(run: &str, next: &str) -> bool {
    any_of!["ます", "まし", "てお", "てい", "おり", "ること"].stands_in(run)
        || (run.starts_with('る') && next.starts_with(['。', '、', '\n']))
}

/// The rest of a clause, as far as a negation reaches.
fn reach(rest: &str) -> &str {
    let end = rest
        .char_indices()
        .take(REACH_LETTERS)
        .take_while(|&(_, c)| !matches!(c, '、' | '。' | '\n' | '(' | '「' | '」'))
        .last()
        .map_or(0, |(at, c)| at + c.len_utf8());
    &rest[..end]
}

/// As ever, unless a negation follows: 通常どおりご利用いただけません.
fn going_on(rest: &str) -> Option<ServiceStatus> {
    let reach = reach(rest);
    let back = any_of!["戻", "再開", "復旧", "復帰"].stands_in(reach);
    if back {
        return Some(ServiceStatus::Restored);
    }
    let denied = NEGATION.stands_in(reach) && !NO_NEGATION.stands_in(reach);
    (!denied).then_some(ServiceStatus::Unaffected)
}

/// Harm denied (影響は出ておりません) or said (影響が出ています).
fn harm(rest: &str, label: bool) -> Option<ServiceStatus> {
    const PARTICLES: &AnyOf = any_of!["など", "等", "は", "も", "が", "を", "の"];
    const BROUGHT: &AnyOf = any_of![
        "受け", "うけ", "被っ", "及ぼ", "与え", "きた", "来た", "免れ", "生じ", "出", "発生",
    ];
    let mut behind = rest;
    let mut particle = "";
    while let Some(next) = PARTICLES.opening(behind) {
        particle = next;
        behind = &behind[next.len()..];
    }
    let reach = match particle {
        "は" | "も" | "が" => reach(behind),
        "を" | "の" => {
            let verb = BROUGHT.opening(behind).map_or(0, str::len);
            let end =
                verb + behind[verb..].find(|c| !is_hiragana(c)).unwrap_or(behind.len() - verb);
            &behind[..end]
        }
        "" => inflection(behind),
        _ => "",
    };
    if reach.starts_with("免れ") {
        return Some(ServiceStatus::Unaffected);
    }
    if NEGATION.stands_in(reach) && !NO_NEGATION.stands_in(reach) {
        // 影響はなくなりました
        let gone = any_of!["なくな", "解消"].stands_in(reach);
        return Some(if gone { ServiceStatus::Restored } else { ServiceStatus::Unaffected });
    }
    let said = match particle {
        "が" | "を" => BROUGHT.opens(behind) || any_of!["ある", "あり", "あっ"].opens(behind),
        "の" => label && any_of!["ある", "あっ", "出て"].opens(behind),
        _ => false,
    };
    said.then_some(ServiceStatus::Affected)
}

/// What a label says beside its state: nouns that name no service in particular.
#[rustfmt::skip]
const NOUNS: &AnyOf = any_of![
    "サービス", "システム", "業務", "機能", "取引", "お取引", "手続き", "お手続き", "手続", "もの", "サイト", "施設", "部門", "窓口", "店舗", "拠点", "商品",
    "内容", "範囲", "一覧", "状況", "について", "等", "など", "の", "は", "が", "ご", "お", "主な", "各", "現在", "現時点で", "本日", "引き続き", "一部", "当面",
    "以下", "次", "下記", "左記", "通常", "どおり", "通り", "今回", "一時的に", "一時", "サービス名", "名", "項目", "時刻", "日時", "している", "された", "した",
    "済み", "済", "中", "(", ")", ":", "[", "]", "【", "】", "<", ">", "《", "》", "■", "●", "◆", "・", " ", "です", "ます", "とおり", "に", "で", "と", "を", "いる", "お客様", "お客さま", "たもの", "見込み", "予定",
    "なかった", "ない", "ありません", "生じ", "及ん", "られ", "なく", "さ", "れ", "作業", "対応", "未",
    "受け", "る", "た", "て", "き", "利用", "使用", "可能", "不可", "提供", "稼働", "運用", "営業",
];

/// The state that a label is of, when it says nothing else: 停止中のサービス, 影響のない業務, 復旧済み.
pub(super) fn of_label(page: &Page<'_>, label: Extent) -> Option<ServiceStatus> {
    /// Longest such label, in characters.
    const LONGEST_LABEL: usize = 30;
    let words = page.folded_words(label);
    if words.len() > 3 * LONGEST_LABEL {
        return None;
    }
    let state = labelled(page, label)?;
    let before = page.folded_words(Extent { start: label.start, end: state.extent.start });
    let after = page.folded_words(Extent { start: state.extent.end, end: label.end });
    (is_of_nouns(before) && is_of_nouns(after)).then_some(state.status)
}

/// Whether words are made of such nouns alone.
fn is_of_nouns(mut words: &str) -> bool {
    while let Some(noun) = NOUNS.openings(words).max_by_key(|noun| noun.len()) {
        words = &words[noun.len()..];
    }
    words.is_empty()
}
