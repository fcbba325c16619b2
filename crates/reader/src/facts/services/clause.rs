//! Services named in a clause with their state: the phrase that the state is said of, and whether
//! it names a service. It does not know lists and tables.

use case::{Service, ServiceStatus};

use super::add;
use super::naming::{
    ENDS, counted, is_beside, is_named, is_plainly, is_service, may_be_service, parts, quoted,
    trimmed,
};
use super::state::State;
use crate::grammar::Extent;
use crate::lexicon::{StateWord, Vocabulary};
use crate::names::{is_hiragana, is_kanji, is_katakana};
use crate::page::{Page, Sentence};
use crate::words::{AnyOf, any_of, letters};

/// Particles that a phrase of a state can begin with.
const PARTICLES: &AnyOf = any_of!["を", "が", "に", "は"];

/// Services named in a clause with their state: Xは通常どおり稼働しております, Xを停止. `section` is the
/// state that the heading above is of.
pub(super) fn inline(
    page: &Page<'_>,
    sentence: &Sentence,
    section: Option<ServiceStatus>,
    told: &[State],
    services: &mut Vec<Service>,
) {
    let mut from = sentence.extent.start;
    for &(mut state) in told {
        state.expected = section == Some(state.status);
        let names = named(page, sentence, from, state);
        // Behind a state that is said of a service begins what is said of the next.
        if !names.is_empty() {
            from = state.extent.end;
        }
        for name in names {
            add(page, services, name, state.status);
        }
    }
}

/// The services that a state is said of: what stands before a particle before it. The nearest
/// phrase can be a date or whoever did it (9月27日に復旧, 第三者に乗っ取られ); then the one before.
fn named(page: &Page<'_>, sentence: &Sentence, from: usize, state: State) -> Vec<Extent> {
    /// The longest phrase with its state, in bytes.
    const LONGEST_BYTES: usize = 300;
    /// Particles that are tried.
    const TRIES: usize = 3;
    let text = page.text();
    // を休止 holds the particle itself.
    let at =
        state.extent.start + PARTICLES.opening(&text[state.extent.start..]).map_or(0, str::len);
    let line = &page.lines[sentence.line];
    let set_off = text[..line.value].ends_with(':') || page.folded.gap_before(line.value);
    let label = if line.topic.is_some() && set_off { line.value } else { line.body };
    let start = clause_start(page, sentence, at).max(label).max(from).min(at);
    let start = text.ceil_char_boundary(start.max(at.saturating_sub(LONGEST_BYTES)));
    let before = &text[start..at];
    if let Some(names) = where_it_fails(page, start, before, state) {
        return names;
    }
    let mut upto = before.len();
    for _ in 0..TRIES {
        let Some((stop, particle)) = particle(&before[..upto], before, state) else { break };
        upto = stop;
        let phrase = Phrase { start, end: start + stop, particle, apart: before.len() - stop };
        match phrase.services(page, state) {
            Said::Of(services) => return services,
            Said::OfAnother => {}
            Said::OfNone => break,
        }
    }
    Vec::new()
}

/// The service in which something cannot be done: 自動券売機で、きっぷの購入ができませんでした.
fn where_it_fails(
    page: &Page<'_>,
    start: usize,
    before: &str,
    state: State,
) -> Option<Vec<Extent>> {
    if state.status != ServiceStatus::Affected
        || !matches!(state.word, StateWord::Use | StateWord::Offer | StateWord::Affected)
    {
        return None;
    }
    let (at, mark) = any_of!["において、", "におきまして、", "にて、", "で、"]
        .places(before)
        .last()
        .map(|at| (at, before[at..].find('、').map_or(0, |comma| comma + '、'.len_utf8())))?;
    let act = &before[at + mark..];
    let acts = act.ends_with(['が', 'は', 'も']) || act.ends_with("を") || act.is_empty();
    if before[..at].ends_with(['の', 'ま', '上']) || !acts {
        return None;
    }
    let phrase = noun_phrase(page, start, start + at)?;
    let mut names = parts(page, phrase);
    names.retain(|&name| {
        is_plainly(page, name) && is_service(page.folded_words(name), state.status)
    });
    (!names.is_empty()).then_some(names)
}

/// A phrase before a state.
#[derive(Clone, Copy)]
struct Phrase {
    /// Where its clause begins.
    start: usize,
    end: usize,
    particle: &'static str,
    /// Bytes between it and the state.
    apart: usize,
}

/// The most that may stand between a phrase and what is said straight of it, in bytes.
const STRAIGHT_BYTES: usize = 24;

/// What a state is said of.
enum Said {
    Of(Vec<Extent>),
    /// Not of this phrase, perhaps of the one before.
    OfAnother,
    OfNone,
}

impl Phrase {
    fn services(self, page: &Page<'_>, state: State) -> Said {
        /// The most that may stand between a phrase and its state (は現在も停止), in bytes.
        const REACH_BYTES: usize = 90;
        /// The same where a reason may stand between: は別のシステムで運用しているため、影響はない.
        const REASON_BYTES: usize = 150;
        /// The most that may stand between an object and what is done to it (を一時的に停止), in bytes.
        const OBJECT_BYTES: usize = 30;
        let unaffected = state.status == ServiceStatus::Unaffected;
        let reach = if unaffected && !state.is_of_anything() { REASON_BYTES } else { REACH_BYTES };
        if self.apart > reach {
            return Said::OfNone;
        }
        // 別のシステムを利用しており、影響は: the state is said of something else.
        let object = self.particle == "を";
        if object && self.apart > if unaffected { "を".len() } else { OBJECT_BYTES } {
            return Said::OfAnother;
        }
        let Some(phrase) = noun_phrase(page, self.start, self.end) else { return Said::OfAnother };
        let phrase = examples(page, self.start, phrase).unwrap_or(phrase);
        // 人事、会計、文書の3システム: what is counted as services are some.
        let counted = counted(page.folded_words(phrase));
        let names = in_brackets(page, phrase).unwrap_or_else(|| parts(page, phrase));
        let one =
            |&name: &Extent| (counted || self.is_one(page, name, state)) && !is_data(page, name);
        if names.iter().any(one) {
            // Beside a service stand others: レストラン、温泉は通常営業.
            let several = names.len() > 2;
            let beside = |&name: &Extent| {
                let others = match state.status {
                    ServiceStatus::Unaffected => {
                        !state.is_of_anything() || state.word == StateWord::Apart
                    }
                    _ => several && self.apart <= STRAIGHT_BYTES && is_struck_beside(page, name),
                };
                one(&name) || (others && is_beside(page.folded_words(name)) && !is_data(page, name))
            };
            return Said::Of(names.into_iter().filter(beside).collect());
        }
        // 健康相談は受付を休止: the service stands before.
        let act = || {
            any_of![
                "受付", "公開", "提供", "運用", "運営", "販売", "サービス", "機能", "営業", "稼働",
                "配信", "業務", "ご利用", "利用", "取り扱い", "取扱い", "受け入れ", "生産", "使用",
            ]
            .closes(page.folded_words(phrase))
        };
        if object && !unaffected && !act() { Said::OfNone } else { Said::OfAnother }
    }

    /// Whether a name is a service that the state is said of.
    fn is_one(self, page: &Page<'_>, name: Extent, state: State) -> bool {
        let words = page.folded_words(name);
        if state.is_of_anything() {
            return is_plainly(page, name) && is_service(words, state.status);
        }
        // What is said straight of a phrase makes it a service.
        let straight = match state.status {
            ServiceStatus::Affected => {
                // については引き続き休止: of what is spoken of.
                let topic = matches!(self.particle, "につきまして" | "については" | "に関しては");
                (self.apart <= STRAIGHT_BYTES
                    && matches!(self.particle, "が" | "は" | "を" | "も" | "のみ" | "だけ"))
                    || (topic && self.apart <= 3 * STRAIGHT_BYTES)
            }
            ServiceStatus::Restored => {
                self.apart <= 2 * STRAIGHT_BYTES && matches!(self.particle, "は" | "も")
            }
            ServiceStatus::Unaffected => false,
        };
        is_service(words, state.status)
            || (straight && may_be_service(words))
            || (self.apart <= STRAIGHT_BYTES && quoted(page, name) && is_named(words))
    }
}

/// Whether a name beside stopped services can be one more, rather than a machine.
fn is_struck_beside(page: &Page<'_>, name: Extent) -> bool {
    !any_of!["端末", "パソコン", "ネットワーク", "装置", "機器", "pc"]
        .closes(page.folded_words(name))
}

/// What is named for a phrase that says it at large: ネットバンキング、ATMを含む当行のサービス.
fn examples(page: &Page<'_>, start: usize, phrase: Extent) -> Option<Extent> {
    let before = page.text().get(start..phrase.start)?;
    let link = ["を含む", "を含めた", "をはじめとした", "をはじめとする", "といった"]
        .iter()
        .find(|link| before.ends_with(*link))?;
    if is_named(page.folded_words(trimmed(page, phrase))) {
        return None;
    }
    noun_phrase(page, start, phrase.start - link.len())
}

/// The names in the brackets behind a phrase: ほかのサイト(「旅とも」「宿とも」).
fn in_brackets(page: &Page<'_>, phrase: Extent) -> Option<Vec<Extent>> {
    let words = page.folded_words(phrase).strip_suffix(')')?;
    let open = words.rfind("(「")?;
    let start = phrase.start + open + '('.len_utf8();
    Some(parts(page, Extent { start, end: phrase.start + words.len() }))
}

/// Whether a name is one of data: 電話番号, 購入履歴, but not 電子カルテ.
fn is_data(page: &Page<'_>, name: Extent) -> bool {
    let kinds = page.within(Vocabulary::Data, name);
    kinds.iter().any(|hit| hit.weight > 0 && hit.start == name.start && hit.end == name.end)
        && page.folded_words(name) != "クレジットカード"
        && !ENDS.closes(page.folded_words(name))
}

/// Where the clause of a state begins. その他のサービス begins none.
fn clause_start(page: &Page<'_>, sentence: &Sentence, state: usize) -> usize {
    page.breaks(sentence.extent)
        .take_while(|hit| hit.end <= state)
        .filter(|hit| !page.text()[hit.start..].starts_with("その他の"))
        .last()
        .map_or(sentence.extent.start, |hit| hit.end)
}

/// The last particle before `upto` that follows a noun, and where the noun ends: not the に of により,
/// not the は of では.
fn particle(upto: &str, before: &str, state: State) -> Option<(usize, &'static str)> {
    let particles: &AnyOf = match state.status {
        // 紙の記録に切り替えて通常どおり: what goes on as ever is a subject.
        ServiceStatus::Unaffected if matches!(state.word, StateWord::Usual | StateWord::Use) => {
            any_of!["では", "には", "は", "も", "を", "が"]
        }
        ServiceStatus::Unaffected => {
            any_of!["への", "へは", "には", "にも", "では", "でも", "は", "に", "も", "を", "が"]
        }
        _ => any_of!["には", "にも", "では", "のみ", "だけ", "が", "は", "を", "に", "も", "で"],
    };
    upto.char_indices().rev().find_map(|(at, c)| {
        let rest = &before[at..];
        if !letters!("にはをがもでへのだ").has(c) {
            return None;
        }
        let topic = any_of!["につきまして", "については", "に関しては", "において", "におきまして"]
            .opening(rest);
        let particle = topic.or_else(|| particles.opening(rest))?;
        let noun = only(&upto[..at]);
        let other = any_of![
            "により", "について", "において", "による", "に関", "に対", "に伴", "におい", "におき",
            "におけ", "にあり", "にある", "はじめ", "も含", "には至", "が、",
        ]
        .opens(rest);
        let is_noun =
            noun.chars().next_back().is_some_and(|c| !is_hiragana(c) && !letters!("、。").has(c))
                || is_deverbal(noun);
        (is_noun && (topic.is_some() || !other)).then_some((noun.len(), particle))
    })
}

/// A noun without のみ, だけ or など.
fn only(noun: &str) -> &str {
    ["のみ", "だけ", "など", "とも"].iter().find_map(|tail| noun.strip_suffix(tail)).unwrap_or(noun)
}

/// Whether words end in a noun made of a verb: お支払い, 荷物の出し入れ, 申込み.
fn is_deverbal(words: &str) -> bool {
    let mut last = words.chars().rev();
    last.next().is_some_and(|c| letters!("いみしけりれえせちきびめ").has(c))
        && last.next().is_some_and(is_kanji)
}

/// The noun phrase that ends at `end`.
pub(super) fn noun_phrase(page: &Page<'_>, start: usize, end: usize) -> Option<Extent> {
    let phrase = &page.text()[start..end];
    let mut from = end;
    let mut quoted = false;
    let mut bracketed = false;
    for (at, c) in phrase.char_indices().rev() {
        match c {
            '」' | '「' => quoted = c == '」',
            ')' => bracketed = phrase[..at].contains('('),
            '(' => bracketed = false,
            _ => {}
        }
        let word = is_kanji(c)
            || is_katakana(c)
            || c.is_ascii_alphanumeric()
            || letters!("ー々「」・、()のとやおよびごい &-").has(c);
        let of_place = any_of!["での", "への"].opens(&phrase[at..]);
        // 預け入れシステム
        let inside = letters!("けれりしえみちきげめせいび").has(c)
            && phrase[..at].chars().next_back().is_some_and(is_kanji)
            && phrase[at + c.len_utf8()..]
                .chars()
                .next()
                .is_none_or(|c| is_kanji(c) || is_katakana(c) || letters!("のとや・").has(c));
        if !(quoted || bracketed || word || of_place || inside || is_inside_link(phrase, at)) {
            // つばめカード: a name can begin in hiragana where the clause begins.
            from = begins_in_hiragana(&phrase[..at + c.len_utf8()]).map_or(from, |at| start + at);
            break;
        }
        from = start + at;
    }
    // システムの状況 献立管理システム: a label and its value.
    let label = page.text()[from..end]
        .rmatch_indices(['況', '響', '態', '囲', '等', '害', '時', '容'])
        .map(|(at, c)| from + at + c.len())
        .find(|&at| at < end && page.folded.gap_before(at));
    from = label.unwrap_or(from);
    let dated = page.mentions.partition_point(|mention| mention.range.start < end);
    if let Some(mention) = page.mentions[..dated].last() {
        from = from.max(mention.range.end);
    }
    (from < end).then_some(Extent { start: from, end })
}

/// Where a run of hiragana that opens a clause begins, when it is no adverb.
fn begins_in_hiragana(phrase: &str) -> Option<usize> {
    /// The longest run, in characters.
    const LONGEST_RUN: usize = 6;
    let bare = phrase.trim_end_matches(is_hiragana);
    let run = &phrase[bare.len()..];
    let opens = bare.is_empty() || bare.ends_with(['、', '。', '「', '\n', '・']);
    let adverb = any_of![
        "この", "その", "あの", "また", "なお", "さら", "ただ", "すべ", "いず", "これ", "それ",
        "ここ", "そこ", "まだ", "すで", "より", "から", "まで", "ので", "ため", "にて", "ほか",
        "とも", "よう", "おそれ", "いま", "しか", "あわ", "つき", "おり",
    ]
    .opens(run);
    (opens && !adverb && (2..=LONGEST_RUN).contains(&run.chars().count())).then_some(bare.len())
}

/// Whether a byte stands inside 物流に関連するシステム's link.
fn is_inside_link(phrase: &str, at: usize) -> bool {
    // Most characters that end a phrase are in none of them.
    let may_be = |c: char| {
        letters!("に関連する係るをはじめとならびまたもしくそのほか他問い合わせお申し込み受け付払戻振引き落取組さぐど預入買貸出り").has(c)
    };
    if !phrase[at..].starts_with(may_be) {
        return false;
    }
    [
        "に関連する", "に係る", "をはじめとする", "をはじめ", "ならびに", "または", "もしくは",
        "その他の", "問い合わせ", "お問合せ", "申し込み", "受け付け", "払い戻し", "振り込み",
        "引き落とし", "受け取り", "組み合わせ", "ふるさと", "などの", "並びに", "受け入れ",
        "預け入れ", "買い物", "貸し出し", "引き出し", "取り寄せ", "取り引き", "における",
    ]
    .iter()
    .any(|link| {
        let from = at.saturating_sub(link.len());
        (from..=at).any(|begin| {
            phrase.get(begin..).is_some_and(|rest| rest.starts_with(link))
                && at < begin + link.len()
        })
    })
}
