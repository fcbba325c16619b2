//! The service that the opening of a release names as struck. It does not know its state.

use case::Category;

use super::in_title;
use crate::grammar::Extent;
use crate::page::Page;
use crate::words::{AnyOf, any_of};

/// Words before a quoted name that say that it names a service.
#[rustfmt::skip]
const BEFORE: &AnyOf = any_of![
    "サービス", "サイト", "アプリ", "システム", "ショップ", "ストア", "ホームページ", "運営する", "提供する", "提供している", "運営している", "モール",
    "ページ上の", "サイトの",
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
        !sentence.heading && !in_title(page, sentence) && page.is_full(sentence)
    });
    for sentence in opening.take(OPENING) {
        let words = page.folded_words(sentence.extent);
        for (open, mark) in words.match_indices(['「', '『']) {
            let from = open + mark.len();
            let Some(close) = words[from..].find(['」', '』']).map(|at| from + at) else { break };
            let inner = &words[from..close];
            let kind = BEFORE.closes(&words[..open]) || INSIDE.stands_in(inner);
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
