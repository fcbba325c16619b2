//! Whether data was misused afterwards (二次被害). It does not know how the data got out.

use case::{Cited, SecondaryDamage};
use text::Span;

use super::denial::denied_report;
use crate::grammar::Extent;
use crate::lexicon::{Claim, Hit, Topic, Value, Vocabulary};
use crate::page::{Page, Sentence};
use crate::words::{AnyOf, any_of};

/// So far behind a misuse stands what is said of it.
const REACH_LETTERS: usize = 60;

/// A misuse that happened, else one denied, else one still open; warnings of it are none.
pub(super) fn read(page: &Page<'_>) -> Option<Cited<SecondaryDamage>> {
    let mut denied = None;
    let mut open = None;
    let mut heading: Option<&Sentence> = None;
    for sentence in &page.sentences {
        if sentence.heading {
            heading = Some(sentence);
        }
        if sentence.topic == Some(Topic::About) {
            continue;
        }
        for hit in page.within(Vocabulary::Claim, sentence.extent) {
            if hit.value != Value::Claim(Claim::Misuse) {
                continue;
            }
            match counted(page, hit, sentence).or_else(|| told(page, hit, sentence)) {
                // That somebody poses as the house is the incident itself; a question tells nothing.
                Some((SecondaryDamage::Confirmed, _))
                    if poses(page, hit) || page.asks(sentence) => {}
                Some((SecondaryDamage::Confirmed, cite)) => {
                    return Some(Cited::new(SecondaryDamage::Confirmed, cite));
                }
                Some((SecondaryDamage::NoneConfirmed, cite)) => denied = denied.or(Some(cite)),
                Some((SecondaryDamage::Unknown, cite)) => open = open.or(Some(cite)),
                None => {}
            }
        }
        if denied.is_none() && !sentence.heading {
            denied = heading.and_then(|heading| under_heading(page, heading, sentence));
        }
    }
    let denied = denied.map(|cite| Cited::new(SecondaryDamage::NoneConfirmed, cite));
    denied.or_else(|| open.map(|cite| Cited::new(SecondaryDamage::Unknown, cite)))
}

/// What a sentence says of one misuse.
fn told(page: &Page<'_>, misuse: &Hit, sentence: &Sentence) -> Option<(SecondaryDamage, Span)> {
    // 二次被害:なし
    let behind = page.text()[misuse.end..sentence.extent.end].trim_start_matches("の有無");
    if any_of!["なし", "無し"].opens(behind.trim_start_matches([':', '…', ' ']))
        && any_of!["なし", "無し", "なし。", "無し。"].closes(behind)
    {
        let cite = page.cite(misuse.start, sentence.extent.end)?;
        return Some((SecondaryDamage::NoneConfirmed, cite));
    }
    let reach = page.ahead(misuse.end, REACH_LETTERS, sentence.extent.end);
    let end = page.breaks(reach).next().map_or(reach.end, |hit| hit.end);
    // 不正に使用 and に使用されました share letters: what ends behind the misuse is said of it.
    let behind = page.within(Vocabulary::Claim, Extent { start: misuse.start, end });
    let first = |wanted: &[Claim]| {
        let behind = behind.iter().filter(|hit| hit.start > misuse.start && hit.end > misuse.end);
        behind.into_iter().find_map(|hit| match hit.value {
            Value::Claim(claim) if wanted.contains(&claim) => Some((claim, hit)),
            _ => None,
        })
    };
    let said = first(&[Claim::Unconfirmed, Claim::Absent, Claim::Investigating]);
    let said = said
        .or_else(|| first(&[Claim::Possible, Claim::Unlikely, Claim::Happened, Claim::Supposed]));
    // 被害は確認 and its denial are one phrase cut in two: look from its start as well.
    let said = said.or_else(|| {
        page.within(Vocabulary::Claim, Extent { start: misuse.start, end }).iter().find_map(|hit| {
            (hit.value == Value::Claim(Claim::Unconfirmed)).then_some((Claim::Unconfirmed, hit))
        })
    });
    // 電話があったとの情報が寄せられたが、漏えいとの関わりは分かっていない.
    if is_unlinked(&page.text()[misuse.end..sentence.extent.end]) {
        return Some((SecondaryDamage::Unknown, page.cite(misuse.start, misuse.end)?));
    }
    // …とのお申し出は、7月11日現在ございません: denied at the end of the sentence.
    if !matches!(said, Some((Claim::Unconfirmed | Claim::Absent | Claim::Investigating, _)))
        && let Some(end) = denied_report(page, misuse.end, sentence.extent.end)
    {
        return Some((SecondaryDamage::NoneConfirmed, page.cite(misuse.start, end)?));
    }
    let (claim, hit) = said?;
    // ランサムウェアによる被害を受け、漏えいが確認された: the incident itself.
    if claim == Claim::Happened && is_of_attack(page, misuse, sentence) {
        return None;
    }
    // 二次被害, 勧誘の電話, 身に覚えのない利用 and mail in the house's name speak of data by themselves.
    let words = page.folded_words(Extent { start: misuse.start, end: misuse.end });
    let posing = poses(page, misuse);
    let secondary = posing || words.contains(['次', '勧', '覚', '架', '嫌']);
    // Mail out of the blue is a misuse of the data when it is said to be, or customers report it.
    let contact = any_of!["メール", "sms", "電話"].stands_in(words);
    // …アカウントから迷惑メールが送信されました: what was done with the account, not with data.
    let from_account = || {
        let before = page.folded_words(page.before(misuse.start, 30, sentence.extent.start));
        any_of![
            "アカウントから", "サーバから", "サーバーから", "アドレスから", "端末から",
            "パソコンから"
        ]
        .stands_in(before)
            || any_of!["踏み台"].stands_in(page.folded_words(sentence.extent))
    };
    if contact && claim == Claim::Happened && from_account() {
        return None;
    }
    let by_data = || {
        let before = page.folded_words(Extent { start: sentence.extent.start, end: misuse.start });
        any_of!["流出", "漏えい", "漏洩", "情報を使", "情報を用い", "情報を悪用", "情報を利用"]
            .stands_in(before)
            || (any_of!["複数", "寄せられ", "件", "お客様から", "お客さまから", "会員様から"]
                .stands_in(page.folded_words(sentence.extent))
                && !any_of!["感染", "判明", "発覚", "検出"]
                    .stands_in(page.folded_words(sentence.extent)))
    };
    let value = match claim {
        // That nobody poses as the house says nothing of the data.
        _ if posing && claim != Claim::Happened => return None,
        Claim::Unconfirmed | Claim::Absent => SecondaryDamage::NoneConfirmed,
        Claim::Investigating => SecondaryDamage::Unknown,
        Claim::Possible
            if page.text()[misuse.end..hit.start].contains("された") && of_data(page, sentence) =>
        {
            SecondaryDamage::Unknown
        }
        Claim::Happened if contact && !secondary && !by_data() => return None,
        Claim::Happened if secondary || contact || of_data(page, sentence) => {
            SecondaryDamage::Confirmed
        }
        _ => return None,
    };
    Some((value, page.cite(misuse.start, hit.end)?))
}

/// A label that counts misuses that happened: 不正に利用された件数, ポイントを使われた会員様の数.
fn counted(page: &Page<'_>, misuse: &Hit, sentence: &Sentence) -> Option<(SecondaryDamage, Span)> {
    const COUNTS: &AnyOf = any_of![
        "件数", "アカウント数", "人数", "会員数", "会員様の数", "お客様の数", "お客様数", "金額",
        "ポイント数", "口座数", "カードの数", "枚数", "回数", "総額", "被害額",
    ];
    let text = page.text();
    let passive = text[misuse.start..misuse.end].ends_with(['わ', 'れ', 'さ', '用', '金', 'た']);
    let behind = &text[misuse.end..sentence.extent.end];
    let rest =
        ["された", "われた", "れた", "た"].iter().find_map(|end| behind.strip_prefix(end))?;
    let value = rest[COUNTS.opening(rest).filter(|_| passive)?.len()..]
        .trim_start_matches([':', ' ', '・', ')', '…', '|']);
    // The number may stand on the next line.
    let below = &text[sentence.extent.end..];
    let value = if value.is_empty() { below.trim_start_matches(['\n', ' ', '・']) } else { value };
    let figures = value.trim_start_matches(['約', '計', '合']);
    let none = figures
        .strip_prefix('0')
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    (figures.starts_with(|c: char| c.is_ascii_digit()) && !none)
        .then(|| Some((SecondaryDamage::Confirmed, page.cite(misuse.start, misuse.end)?)))?
}

/// Whether what did the harm is the attack, and not what was done with the data.
fn is_of_attack(page: &Page<'_>, misuse: &Hit, sentence: &Sentence) -> bool {
    let before = page.folded_words(page.before(misuse.start, 12, sentence.extent.start));
    any_of![
        "ウェア", "ウイルス", "ウィルス", "攻撃", "不正アクセス", "侵入", "障害", "盗難", "ddos"
    ]
    .closes(before)
}

/// Whether the words say that nobody knows if it comes from the leak.
fn is_unlinked(words: &str) -> bool {
    any_of!["との関係", "との関連", "との関わり", "との因果", "因果関係", "関連性", "関係性"]
        .stands_in(words)
        && any_of!["分かって", "わかって", "不明", "確認", "調査", "特定"].stands_in(words)
}

/// Whether somebody poses as the house.
fn poses(page: &Page<'_>, misuse: &Hit) -> bool {
    let words = page.folded_words(Extent { start: misuse.start, end: misuse.end });
    words.contains(['装', '名']) || words.ends_with("なりすました")
}

/// Whether a sentence speaks of data, and not of a machine or an account that was misused.
fn of_data(page: &Page<'_>, sentence: &Sentence) -> bool {
    any_of!["情報", "カード", "アドレス", "口座", "個人", "ポイント"]
        .stands_in(page.folded_words(sentence.extent))
}

/// A denial without a subject under a heading such as 二次被害の有無.
fn under_heading(page: &Page<'_>, heading: &Sentence, sentence: &Sentence) -> Option<Span> {
    let hit = page.claim(Claim::Unconfirmed, sentence.extent)?;
    let harm = page.claim(Claim::Misuse, heading.extent).is_some()
        || any_of!["被害", "による影響", "不正利用"].stands_in(page.folded_words(heading.extent));
    if !harm || page.claim(Claim::Leak, sentence.extent).is_some() {
        return None;
    }
    page.cite(hit.start, hit.end)
}
