//! The service that the title or the opening of a release names as struck. It does not know its
//! state.

use case::{Category, ServiceStatus};

use super::clause::noun_phrase;
use super::in_title;
use super::naming::{ENDS, is_service, parts, quoted};
use super::state::states;
use crate::grammar::Extent;
use crate::lexicon::{StateWord, Topic, Value, Vocabulary};
use crate::page::{Page, Sentence};
use crate::words::{AnyOf, any_of};

/// Words before a quoted name that say that it names a service.
#[rustfmt::skip]
const BEFORE: &AnyOf = any_of![
    "サービス", "サイト", "アプリ", "システム", "ショップ", "ストア", "ホームページ", "運営する", "提供する", "提供している", "運営している", "モール",
    "ページ上の", "サイトの", "電子版", "ポータル", "マガジン", "の店", "通販", "プラットフォーム", "クラウド", "ツール",
];

/// Words inside a quoted name that say that it names a service.
#[rustfmt::skip]
const INSIDE: &AnyOf = any_of![
    "オンライン", "ショップ", "ストア", "モール", "ネットショップ", "通販", "公式サイト",
];

/// Words after a quoted name that make it part of a sentence.
#[rustfmt::skip]
const AFTER: &AnyOf = any_of![
    "が", "は", "の", "に", "へ", "を", "で", "(", "サイト", "という", "上", "と",
];

/// Whether incidents of a category strike a service.
pub(super) fn struck(category: Category) -> bool {
    matches!(
        category,
        Category::UnauthorizedAccess
            | Category::WebSkimmingOrTampering
            | Category::DdosOrOutage
            | Category::Ransomware
            | Category::Misconfiguration
            | Category::Other
    )
}

/// The service that the opening names as struck: 当社が運営する「X」が不正アクセスを受け.
pub(super) fn struck_service(page: &Page<'_>) -> Option<Extent> {
    /// Sentences that still open a release.
    const OPENING: usize = 4;
    let opening = page.sentences.iter().filter(|sentence| {
        !sentence.heading
            && !in_title(page, sentence)
            && !goes_on(page, sentence)
            && page.is_full(sentence)
    });
    for sentence in opening.take(OPENING) {
        let words = page.folded_words(sentence.extent);
        for (open, mark) in words.match_indices(['「', '『']) {
            let from = open + mark.len();
            let Some(close) = words[from..].find(['」', '』']).map(|at| from + at) else { break };
            let inner = &words[from..close];
            // 平素より「○○」をご利用いただき: what the house is thanked for using is its service.
            let used = any_of!["をご利用", "をお使い", "をご愛用", "のご利用"]
                .opens(&words[close + '」'.len_utf8()..]);
            let kind = used || BEFORE.closes(&words[..open]) || INSIDE.stands_in(inner);
            let after = AFTER.opens(&words[close + '」'.len_utf8()..]);
            let title = any_of!["お知らせ", "について", "お詫び", "報告", "件", "以下", "本"]
                .stands_in(inner);
            if kind
                && after
                && !title
                && !words[..open].ends_with("以下")
                && (2..=25).contains(&inner.chars().count())
                && !inner.contains(['、', '。'])
            {
                return Some(Extent {
                    start: sentence.extent.start + from,
                    end: sentence.extent.start + close,
                });
            }
        }
    }
    None
}

/// Whether a sentence says that something goes on.
fn goes_on(page: &Page<'_>, sentence: &Sentence) -> bool {
    let hits = page.within(Vocabulary::State, sentence.extent);
    states(page, hits, sentence.extent.end).any(|state| state.status == ServiceStatus::Unaffected)
}

/// What a title says of a service right behind its name.
#[rustfmt::skip]
const TITLED: &AnyOf = any_of![
    "の障害", "の不具合", "の停止", "停止", "の一時停止", "の一部停止", "の乗っ取り", "乗っ取り", "の改ざん", "改ざん", "における", "がつながりにくい",
    "につながりにくい", "の閲覧障害", "の利用停止", "の公開停止", "の接続障害", "が利用できない", "がご利用", "に接続しづらい", "障害", "において", "におきまして", "への不正ログイン", "の通信障害", "のシステム障害", "のサービス障害", "の大規模障害", "の一時障害", "の一部障害", "のアクセス障害",
    "の表示障害", "の利用障害", "の不正ログイン", "決済の障害", "サービスの障害", "アプリの障害", "サイトの障害", "決済の不具合", "サービスの不具合",
];

/// What an opening says of a service right behind its name.
#[rustfmt::skip]
const OPENED: &AnyOf = any_of![
    "において", "におきまして", "にて", "が第三者", "がランサム", "がウイルス", "がウィルス", "がコンピュータ", "が不正", "が改ざん", "が乗っ取", "が何者か", "が外部",
    "が海外から", "がサイバー",
];

/// The service that the title names, or else the opening, when no words say which one is struck:
/// `any`, or only one in 「」.
pub(super) fn named_service(page: &Page<'_>, any: bool) -> Option<Extent> {
    let title = page.header.title.map(|title| (title, TITLED));
    let opening = page
        .sentences
        .iter()
        .filter(|sentence| !sentence.heading && !in_title(page, sentence) && page.is_full(sentence))
        .take(2)
        .map(|sentence| (sentence.extent, OPENED));
    title.into_iter().chain(opening).find_map(|(extent, marks)| {
        let words = page.folded_words(extent);
        if !any && !words.contains('「') {
            return None;
        }
        marks.places(words).filter(|&at| at > 0).find_map(|at| {
            let phrase = noun_phrase(page, extent.start, extent.start + at)?;
            parts(page, phrase).into_iter().find(|&name| {
                let words = page.folded_words(name);
                is_service(words, ServiceStatus::Affected)
                    && (ENDS.closes(words) || any && quoted(page, name))
                    && (any || quoted(page, name))
            })
        })
    })
}

/// The site or system that an opening says was attacked: 申込サイトがSQLインジェクションによる攻撃を受け.
pub(super) fn befallen(page: &Page<'_>, any: bool) -> Option<Extent> {
    /// Sentences that still tell what happened.
    const TELLING: usize = 8;
    /// The most that may stand between the site and what befell it, in bytes.
    const REACH_BYTES: usize = 120;
    const SITES: &AnyOf = any_of![
        "サイト", "ホームページ", "システム", "サービス", "ショップ", "ストア", "モール", "アプリ",
        "マイページ", "ポータル", "フォーム", "通販", "会員ページ", "プラットフォーム",
    ];
    if !any {
        return None;
    }
    let telling = page.sentences.iter().filter(|sentence| page.is_full(sentence)).take(TELLING);
    for sentence in telling.filter(|sentence| sentence.topic != Some(Topic::Prevention)) {
        for hit in page.within(Vocabulary::State, sentence.extent) {
            if hit.value != Value::State(StateWord::Struck) {
                continue;
            }
            let from = page.text().floor_char_boundary(hit.start.saturating_sub(REACH_BYTES));
            let from = from.max(sentence.extent.start);
            let words = &page.text()[from..hit.start];
            let name = any_of!["が", "は", "に", "へ", "において", "におい", "上で"]
                .places(words)
                .filter(|&at| SITES.closes(&words[..at]) || words[..at].ends_with('」'))
                .find_map(|at| {
                    let phrase = noun_phrase(page, sentence.extent.start, from + at)?;
                    parts(page, phrase).into_iter().find(|&name| {
                        let words = page.folded_words(name);
                        is_service(words, ServiceStatus::Affected)
                            && (SITES.closes(words) || quoted(page, name))
                    })
                });
            if name.is_some() {
                return name;
            }
        }
    }
    None
}
