//! Whether a sentence ends by denying that anything was reported or found, whatever stands between
//! the noun and its verb: 申し出は、7月11日現在ございません. It does not know what of.

use crate::page::Page;
use crate::words::any_of;

/// So far behind its subject a denial may stand, in bytes of the folded text.
const LONGEST_BYTES: usize = 240;

/// Where the denial ends, if the words of `start..end` deny a report or a trace.
pub(super) fn denied_report(page: &Page<'_>, start: usize, end: usize) -> Option<usize> {
    let words = page.text()[start..end.max(start)].trim_end_matches(['。', ')', '」', ' ']);
    let words = match words.find(['。', '\n']) {
        Some(stop) => &words[..stop],
        None => words,
    };
    if words.len() > LONGEST_BYTES {
        return None;
    }
    let denied = any_of![
        "ません", "ませんでした", "ない", "なかった", "ないという", "ないとしている",
        "ないとのこと", "ないとのことです", "おらず", "なし", "無し", "皆無です",
    ]
    .closes(words);
    let nouns = any_of![
        "申し出", "申出", "連絡", "報告", "知らせ", "報せ", "相談", "問い合わせ", "問合せ",
        "届け出", "届出", "情報", "事実", "形跡", "痕跡", "跡", "記録", "例", "事例", "ケース",
        "被害", "訴え", "声", "苦情", "通報", "申告", "兆候", "動き",
    ];
    let subject = || {
        nouns.places(words).any(|at| {
            nouns.openings(&words[at..]).any(|noun| {
                any_of!["は", "も", "が", "など", "等"].opens(&words[at + noun.len()..])
            })
        })
    };
    let open =
        any_of!["可能性", "おそれ", "恐れ", "否定", "排除", "場合", "限り", "注意", "ください"];
    (denied && subject() && !open.stands_in(words)).then_some(start + words.len())
}
