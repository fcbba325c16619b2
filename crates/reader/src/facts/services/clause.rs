//! Services named in a clause with their state: the phrase that the state is said of, and whether
//! it names a service. It does not know lists and tables.

use case::{Service, ServiceStatus};

use super::{add, states};
use crate::grammar::Extent;
use crate::names::{is_hiragana, is_kanji, is_katakana};
use crate::page::{Page, Sentence};
use crate::words::{AnyOf, any_of, letters};

/// Words that only point at whose a service is.
#[rustfmt::skip]
const OWN: &AnyOf = any_of![
    "当社の", "弊社の", "当院の", "当協会の", "当連盟の", "当会の", "本学の", "本学園の", "本会の", "自社の", "当財団の", "本市の", "本校の", "当館の",
    "当ホテルの", "当行の", "当法人の", "当組合の", "その他の", "一部の", "現在", "同社の",
];

/// What names of services are made of.
#[rustfmt::skip]
const NOUNS: &AnyOf = any_of![
    "システム", "サービス", "サイト", "ホームページ", "アプリ", "ショップ", "ストア", "モール", "メール", "電子カルテ", "atm", "バンキング", "予約", "決済",
    "検索", "ポータル", "マイページ", "ログイン", "チケット", "web", "プラン", "フォーム", "チャージ", "トレード", "事業所間ネットワーク", "line",
    "インスタグラム", "instagram", "発券", "回線", "放送", "交付サービス", "受付システム", "ワイファイ", "wi-fi", "クラウド", "会計", "給与",
];

/// Phrases that name no service in particular.
#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "システム", "サービス", "サイト", "本サイト", "当サイト", "当該サイト", "本件サイト", "本サービス", "本システム", "当該システム", "同システム", "同サイト",
    "同サービス", "メール", "対象サイト", "対象システム", "全システム", "各システム", "該当システム", "当該サービス", "不審なメール", "迷惑メール", "当社サービス",
    "サービス再開", "サービス停止", "主要業務", "弊社サービス", "外部サービス", "提供サービス", "自社サイト", "社内システム", "業務システム", "関連システム",
    "被害システム", "対象サービス", "各種サービス", "各種システム", "当社システム", "サーバーシステム", "一部サービス", "全サービス",
];

/// Words of people, data, business and time: a phrase with one is no service.
#[rustfmt::skip]
const NO_SERVICES: &AnyOf = any_of![
    "業績", "客", "情報", "個人", "データ", "影響", "今後", "連結", "本件", "被害", "以外", "他の", "他社", "生活", "方", "皆様", "者",
    "パスワード", "流出", "漏えい", "漏洩", "原因", "調査", "決算", "財務", "可能性", "事実", "攻撃", "ウイルス", "アクセス", "状態", "対応", "年", "日",
    "時", "取引先", "現時点", "機密", "カード番号", "件", "期間", "案内", "再開", "アプリケーション", "プログラム", "不審", "迷惑", "現在", "予定", "見込",
    "従業員",
];

/// Services named in a clause with their state: Xは通常どおり稼働しております, Xを停止.
pub(super) fn inline(page: &Page<'_>, sentence: &Sentence, services: &mut Vec<Service>) {
    for (cue, status) in states(sentence) {
        for hit in page.cues(cue, sentence.extent) {
            let Some(subject) = subject(page, sentence, hit.start, status) else { continue };
            for name in parts(page, subject) {
                if is_service(page.folded_words(name), status) {
                    add(page, services, name, status);
                }
            }
        }
    }
}

/// The noun phrase that a state is said of: what stands before the last particle before it.
fn subject(
    page: &Page<'_>,
    sentence: &Sentence,
    state: usize,
    status: ServiceStatus,
) -> Option<Extent> {
    /// The most that may stand between a phrase and its state (は現在も停止), in bytes.
    const REACH_BYTES: usize = 90;
    /// The longest phrase with its state, in bytes.
    const LONGEST_BYTES: usize = 300;
    let text = page.text();
    let clause = page.clause_of(state);
    let line = &page.lines[sentence.line];
    let label = if line.topic.is_some() { line.value } else { line.body };
    let start = clause.start.max(sentence.extent.start).max(label).min(state);
    let start = text.ceil_char_boundary(start.max(state.saturating_sub(LONGEST_BYTES)));
    let before = &text[start..state];
    let particles: &[&str] = match status {
        ServiceStatus::Unaffected => &["は", "には", "にも", "に", "への", "へは", "も"],
        _ => &["が", "は", "を", "に"],
    };
    let (at, _) = particles
        .iter()
        .filter_map(|particle| topic_at(before, particle).map(|at| (at, particle)))
        .max_by_key(|&(at, particle)| (at, particle.len()))?;
    let end = start + at;
    if state - end > REACH_BYTES {
        return None;
    }
    let phrase = &text[start..end];
    let mut from = end;
    let mut quoted = false;
    for (at, c) in phrase.char_indices().rev() {
        if c == '」' || c == '「' {
            quoted = c == '」';
        }
        let word = is_kanji(c)
            || is_katakana(c)
            || c.is_ascii_alphanumeric()
            || letters!("ー々「」・、()のとやおよびごい &-").has(c);
        let of_place = phrase[at..].starts_with("での");
        if !(quoted || word || of_place || is_inside_link(phrase, at)) {
            break;
        }
        from = start + at;
    }
    let dated = page.mentions.partition_point(|mention| mention.range.start < end);
    if let Some(mention) = page.mentions[..dated].last() {
        from = from.max(mention.range.end);
    }
    (from < end).then_some(Extent { start: from, end })
}

/// Whether a byte stands inside 物流に関連するシステム's link.
fn is_inside_link(phrase: &str, at: usize) -> bool {
    ["に関連する", "に係る", "をはじめとする", "をはじめ"].iter().any(|link| {
        let from = at.saturating_sub(link.len());
        (from..=at).any(|begin| {
            phrase.get(begin..).is_some_and(|rest| rest.starts_with(link))
                && at < begin + link.len()
        })
    })
}

/// The last place where a particle follows a noun: not the に of により, not the は of では.
fn topic_at(before: &str, particle: &str) -> Option<usize> {
    before.rmatch_indices(particle).map(|(at, _)| at).find(|&at| {
        let noun = before[..at]
            .chars()
            .next_back()
            .is_some_and(|c| !is_hiragana(c) && !letters!("、。").has(c));
        let rest = &before[at..];
        noun && !any_of![
            "により", "について", "において", "による", "に関", "に対", "に伴", "にお", "にあり",
            "にある",
        ]
        .opens(rest)
    })
}

/// The names in a phrase: A、B及びC, without 当社の before and 等 behind.
pub(super) fn parts(page: &Page<'_>, phrase: Extent) -> Vec<Extent> {
    const LINKS: &AnyOf = any_of![
        "をはじめとする", "をはじめ", "および", "ならびに", "、", "及び", "並びに", "」「",
    ];
    let words = page.folded_words(phrase);
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    while let Some(at) = LINKS.find(&words[from..]).map(|at| from + at) {
        cuts.extend(LINKS.openings(&words[at..]).map(|link| (at, at + link.len())));
        from = at + '、'.len_utf8();
    }
    let joins = |at: usize| {
        words[..at].chars().next_back().is_some_and(|c| !is_hiragana(c))
            && words[at + 3..]
                .chars()
                .next()
                .is_some_and(|c| !is_hiragana(c) || letters!("おご").has(c))
    };
    cuts.extend(
        words
            .match_indices(['と', 'や'])
            .filter(|&(at, _)| joins(at))
            .map(|(at, link)| (at, at + link.len())),
    );
    cuts.sort_unstable();
    cuts.push((words.len(), words.len()));
    let mut names = Vec::new();
    let mut from = 0;
    for (at, next) in cuts {
        if let Some(name) = words.get(from..at.max(from)) {
            let start = phrase.start + from;
            names.push(trimmed(page, Extent { start, end: start + name.len() }));
        }
        from = next.max(from);
    }
    names.retain(|name| name.start < name.end);
    names
}

/// A name without what only points at it.
pub(super) fn trimmed(page: &Page<'_>, name: Extent) -> Extent {
    let mut words = page.folded_words(name);
    let mut start = name.start;
    while let Some(own) = OWN.opening(words) {
        words = &words[own.len()..];
        start += own.len();
    }
    if let Some(at) = words.rfind("以外の") {
        start += at + "以外の".len();
        words = &words[at + "以外の".len()..];
    }
    // 経費精算サービス「リーフ精算」: the quoted name is the name.
    if let Some((open, close)) = words.find('「').zip(words.rfind('」'))
        && open < close
        && close + '」'.len_utf8() == words.len()
    {
        return Extent { start: start + open + '「'.len_utf8(), end: start + close };
    }
    for part in [
        "の一部", "の利用", "のご利用", "の運用", "のサーバー", "のサーバ", "の機能", "の提供",
        "の公開", "の全機能", "の全サーバー",
    ] {
        words = words.strip_suffix(part).filter(|place| !place.ends_with('で')).unwrap_or(words);
    }
    if words.starts_with('「') && !words.contains('」') {
        start += '「'.len_utf8();
        words = &words['「'.len_utf8()..];
    }
    if words.ends_with('」') && !words.contains('「') {
        words = words.trim_end_matches('」');
    }
    let bare = words.trim_start_matches(['の', '」', ')', 'や', 'と', 'び', ' ']);
    start += words.len() - bare.len();
    let bare = bare.trim_end_matches("など").trim_end_matches(['等', '「', '(', ' ']);
    Extent { start, end: start + bare.len() }
}

/// Whether a phrase names a service rather than people, data or business at large.
pub(super) fn is_service(name: &str, status: ServiceStatus) -> bool {
    let length = name.chars().count();
    if !(2..=25).contains(&length) || GENERIC.contains(&name) {
        return false;
    }
    let named = NOUNS.stands_in(name);
    let other = NO_SERVICES.stands_in(name);
    match status {
        ServiceStatus::Unaffected => !other && (named || length >= 3),
        _ => named && !other,
    }
}
