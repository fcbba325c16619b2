//! The measures announced against recurrence, each with its words. What was not done before (the
//! cause) and what was done at once (the response) are no measures.

use case::{Measure, Prevention};

use super::one_line;
use crate::grammar::Extent;
use crate::lexicon::{Cue, Hit, Plan, Topic, Value, Vocabulary};
use crate::names::{is_kanji, is_katakana};
use crate::page::{Marker, Page, Sentence};
use crate::words::any_of;

/// So far behind a measure stands the word that makes it one.
const REACH_LETTERS: usize = 40;
/// The same for a check by people, who stand close to it.
const CHECK_LETTERS: usize = 24;
/// So far behind a measure it is said to have been missing.
const LACKING_LETTERS: usize = 24;

/// Each kind of measure once, at its first announcement.
pub(super) fn read(page: &Page<'_>) -> Vec<Prevention> {
    let mut measures: Vec<Prevention> = Vec::new();
    let mut section = Section::default();
    for sentence in &page.sentences {
        if sentence.heading && !section.holds(page, sentence) {
            section = Section::opened(page, sentence);
            continue;
        }
        let hits = page.within(Vocabulary::Measure, sentence.extent);
        if hits.is_empty() || page.plans(Plan::Asked, sentence.extent) {
            continue;
        }
        let place = place(page, sentence, section.ahead);
        for hit in hits {
            let Value::Measure(named) = hit.value else { continue };
            let measure = of_settings(page, hit, sentence)
                .or_else(|| of_permission(page, hit, sentence))
                .unwrap_or(named);
            // A warning on a screen guards mail only where mail is spoken of.
            if measure == Measure::MailGuardSoftware && !is_of_mail(page, sentence) {
                continue;
            }
            // What a contractor is told to do is the contractor's to do, though it be 指導 or a rule.
            let own = matches!(measure, Measure::VendorManagement | Measure::Disciplinary)
                || (measure == Measure::Education && hit.weight != 8);
            if !own && demanded_at(page, sentence).is_some_and(|at| at < hit.start) {
                continue;
            }
            // 委託先に対し厳重に注意: no punishment of one's own people.
            if measure == Measure::Disciplinary
                && page.folded_words(Extent { start: hit.start, end: hit.end }).contains("注意")
                && demanded_at(page, sentence).is_some_and(|at| at < hit.start)
            {
                continue;
            }
            if is_circumstance(page, hit, sentence, measure) {
                continue;
            }
            if measure == Measure::RuleRevision
                && (of_vendors(page, hit, sentence) || is_vehicle(page, hit, sentence))
            {
                continue;
            }
            let known = measures.iter().any(|known| known.value == measure);
            if known
                || !announced(page, sentence, measure, hit.weight, place)
                || !complete(page, hit, sentence)
                || lacking(page, hit.end, sentence)
            {
                continue;
            }
            let Some(cite) = page.cite(sentence.extent.start, sentence.extent.end) else {
                continue;
            };
            measures.push(Prevention { value: measure, text: one_line(page.words(cite)), cite });
        }
    }
    measures
}

/// The section that the text is in, as far as measures go.
#[derive(Clone, Copy, Default)]
struct Section {
    /// How its heading is marked.
    marker: Option<Marker>,
    /// Whether it is about what comes.
    ahead: bool,
}

impl Section {
    fn opened(page: &Page<'_>, heading: &Sentence) -> Self {
        let line = &page.lines[heading.line];
        let ahead =
            line.topic == Some(Topic::Prevention) || looks_ahead(page.folded_words(heading.extent));
        Self { marker: Some(line.marker), ahead }
    }

    /// Whether what is set like a heading is an item of this section's list: `(1) 研修の実施`.
    fn holds(self, page: &Page<'_>, heading: &Sentence) -> bool {
        let line = &page.lines[heading.line];
        let names_one = !page.within(Vocabulary::Measure, heading.extent).is_empty();
        let below = line.marker == Marker::Minor && self.marker != Some(Marker::Minor);
        let of_measures = matches!(line.topic, None | Some(Topic::Prevention | Topic::Response));
        self.ahead
            && of_measures
            && (below || (names_one && line.topic.is_none() && line.marker != Marker::None))
            || (!self.ahead && line.topic.is_none() && line.section == Some(Topic::Prevention))
    }
}

/// What a place in the text says about its sentences.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Under a heading of measures: every one is announced.
    Measures,
    /// Where a measure has to be announced by its sentence.
    Elsewhere,
    /// Where none is.
    Apart,
}

fn place(page: &Page<'_>, sentence: &Sentence, ahead: bool) -> Place {
    let labelled = || {
        looks_ahead(page.folded_words(
            page.ahead(page.lines[sentence.line].extent.start, 12, sentence.extent.end),
        ))
    };
    match sentence.topic {
        Some(Topic::Prevention) => Place::Measures,
        Some(Topic::Response | Topic::Recovery) if ahead || labelled() => Place::Measures,
        None if ahead => Place::Measures,
        Some(Topic::About) => Place::Apart,
        _ => Place::Elsewhere,
    }
}

/// Whether a heading announces what comes: 今後の対応, これから何をするか.
fn looks_ahead(heading: &str) -> bool {
    any_of!["今後", "これから", "対策", "防止", "取り組み", "取組"].stands_in(heading)
}

/// Whether the sentence announces a measure, for one that stands outside a section of measures.
fn announced(
    page: &Page<'_>,
    sentence: &Sentence,
    measure: Measure,
    weight: i8,
    place: Place,
) -> bool {
    match place {
        Place::Measures => true,
        Place::Apart => false,
        // A punishment is announced by being told, and is never part of the first response.
        Place::Elsewhere if measure == Measure::Disciplinary => true,
        Place::Elsewhere if weight == 11 => false,
        Place::Elsewhere => {
            let told =
                page.plans(Plan::Announced, sentence.extent) || sentence.has(Cue::Prevention);
            let lasting = !matches!(measure, Measure::Education | Measure::SecondPersonCheck)
                && page.plans(Plan::Installed, sentence.extent)
                && !page
                    .folded_words(sentence.extent)
                    .starts_with(|c: char| c.is_ascii_digit() || c == '同');
            let words = page.folded_words(sentence.extent);
            // 偽サイトのサーバーの事業者に対し閉鎖を要請: nobody's contractor.
            let demanded = measure == Measure::VendorManagement
                && words.contains("に対し")
                && any_of![
                    "委託", "受託", "保守", "請負", "外注", "代理店", "指定管理", "同社",
                    "ベンダー", "発注", "契約",
                ]
                .stands_in(words);
            // A second factor is never taken away again; one that was there guards what was lost.
            let factor = measure == Measure::Mfa
                && words.trim_end_matches('。').ends_with(['た', 'す'])
                && !any_of!["保護がな", "保護され", "により保護", "で保護", "がなされて"]
                    .stands_in(words);
            told || lasting || demanded || factor
        }
    }
}

/// Where the sentence names a contractor of whom something is demanded: 委託先に対し…求め.
fn demanded_at(page: &Page<'_>, sentence: &Sentence) -> Option<usize> {
    let contractors = |hit: &Hit| hit.value == Value::Measure(Measure::VendorManagement);
    if !page.within(Vocabulary::Measure, sentence.extent).iter().any(contractors) {
        return None;
    }
    let words = page.folded_words(sentence.extent);
    // 委託先の選定に当たっては、脆弱性診断の結果の提出を求めます.
    let wanted = any_of!["の提出を求め", "を提出させ", "を求めます", "を求める。", "を義務付け"];
    let opens = || {
        any_of![
            "委託先", "再委託先", "業務委託先", "受託者", "受託事業者", "委託業者", "委託事業者",
            "ベンダー", "保守業者",
        ]
        .opens(words.trim_start_matches(|c: char| !is_kanji(c) && !is_katakana(c)))
    };
    if opens() && wanted.stands_in(words) {
        return Some(sentence.extent.start);
    }
    let addressed = words.find("に対し")?;
    let demanded = any_of!["求め", "指導", "要請", "指示", "再発防止", "監督", "徹底"]
        .stands_in(&words[addressed..]);
    let at = sentence.extent.start + addressed;
    let contractor = page.before(at, 12, sentence.extent.start);
    let named = page
        .within(Vocabulary::Measure, Extent { start: contractor.start, end: at + "に対し".len() });
    (demanded && named.iter().any(contractors)).then_some(at)
}

/// Whether the words of a measure only say where or how another one is: ネットワークから切り離した場所へ
/// のバックアップ, 入力を必須とするようシステムを改修.
fn is_circumstance(page: &Page<'_>, hit: &Hit, sentence: &Sentence, measure: Measure) -> bool {
    const LETTERS: usize = 18;
    match measure {
        Measure::NetworkRestriction => {
            let ahead = page.folded_words(page.ahead(hit.end, LETTERS, sentence.extent.end));
            let places = any_of![
                "場所", "環境", "媒体", "保管", "領域", "状態で", "バックアップ", "ストレージ",
                "拠点に", "拠点へ",
            ];
            places.stands_in(ahead)
                && any_of!["バックアップ", "保管", "複製", "控え"].stands_in(ahead)
        }
        Measure::Patching => {
            let before = page.folded_words(page.before(hit.start, 8, sentence.extent.start));
            let words = page.folded_words(Extent { start: hit.start, end: hit.end });
            any_of!["改修", "システムを"].closes(words)
                && any_of!["よう", "ように", "ようシステムを", "ようにシステムを", "ようシステム"]
                    .closes(before)
        }
        _ => false,
    }
}

/// Whether a rule is one about contractors: 委託先の選定基準を見直し.
fn of_vendors(page: &Page<'_>, hit: &Hit, sentence: &Sentence) -> bool {
    /// So far before a rule stands whose it is.
    const OWNER_LETTERS: usize = 12;
    let before = page.before(hit.start, OWNER_LETTERS, sentence.extent.start);
    page.within(Vocabulary::Measure, before)
        .iter()
        .any(|hit| hit.value == Value::Measure(Measure::VendorManagement))
}

/// Whether a rule only says how another measure of the sentence is put into practice: 退職者の
/// アカウントをすぐに削除する運用を徹底.
fn is_vehicle(page: &Page<'_>, hit: &Hit, sentence: &Sentence) -> bool {
    let text = page.text();
    let clause = text[..hit.start].ends_with(['る', 'う', 'す', 'む', 'く']);
    let before = Extent { start: sentence.extent.start, end: hit.start };
    clause
        && any_of!["運用を徹底", "ルールを徹底", "運用の徹底", "ルールの徹底"]
            .opens(&text[hit.start..])
        && page.within(Vocabulary::Measure, before).iter().any(|other| {
            other.value != Value::Measure(Measure::RuleRevision) && complete(page, other, sentence)
        })
}

/// Whether a measure has beside it what its words need; see the head of `measure.txt`.
fn complete(page: &Page<'_>, hit: &Hit, sentence: &Sentence) -> bool {
    let end = sentence.extent.end;
    let behind = |plan| page.plans(plan, page.ahead(hit.end, REACH_LETTERS, end));
    let words = hit.start..hit.end;
    let bytes = page.text().as_bytes();
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    if bytes[words].is_ascii() && (letter(hit.end) || (hit.start > 0 && letter(hit.start - 1))) {
        return false;
    }
    match hit.weight {
        2 => behind(Plan::Restrict),
        3 => page.plans(Plan::Check, page.ahead(hit.end, CHECK_LETTERS, end)),
        4 => behind(Plan::Monitor),
        5 => behind(Plan::Revise),
        6 => page.plans(Plan::Update, page.ahead(hit.end, CHECK_LETTERS / 2, end)),
        7 => behind(Plan::Demand),
        8 => sentence.topic == Some(Topic::Prevention) || page.plans(Plan::Staff, sentence.extent),
        9 => {
            let before = page.before(hit.start, REACH_LETTERS, sentence.extent.start);
            let access = |hit: &&Hit| {
                hit.weight != 9
                    && matches!(
                        hit.value,
                        Value::Measure(
                            Measure::AccessControl
                                | Measure::NetworkRestriction
                                | Measure::Education
                                | Measure::Mfa
                        )
                    )
            };
            !page
                .within(Vocabulary::Measure, before)
                .iter()
                .filter(access)
                .any(|hit| complete(page, hit, sentence))
        }
        10 => {
            let near = page.ahead(hit.end, CHECK_LETTERS / 2, end);
            [Plan::Restrict, Plan::Monitor, Plan::Revise].iter().any(|&plan| page.plans(plan, near))
        }
        _ => true,
    }
}

/// What may be put in, taken out or connected by leave only is guarded, not looked over twice:
/// ソフトの導入には管理者の承認を必須とする.
fn of_permission(page: &Page<'_>, hit: &Hit, sentence: &Sentence) -> Option<Measure> {
    const LETTERS: usize = 24;
    if hit.value != Value::Measure(Measure::SecondPersonCheck) {
        return None;
    }
    let reach = page.ahead(hit.start, LETTERS, sentence.extent.end);
    let leave = any_of!["許可", "承認", "同意", "了承"].stands_in(page.folded_words(reach));
    let before = page.folded_words(page.before(hit.start, LETTERS, sentence.extent.start));
    let guarded = any_of![
        "導入", "インストール", "持ち出", "持出", "書き出", "媒体", "usb", "接続", "アクセス",
        "閲覧", "ダウンロード", "出力", "印刷", "複製", "コピー",
    ];
    (leave && guarded.stands_in(before)).then_some(Measure::AccessControl)
}

fn is_of_mail(page: &Page<'_>, sentence: &Sentence) -> bool {
    any_of!["メール", "送信", "宛", "bcc", "アドレス", "添付", "送る", "配信"]
        .stands_in(page.folded_words(sentence.extent))
}

/// Watching settings is no watching of events, though the words are the same: 設定を常時監視.
fn of_settings(page: &Page<'_>, hit: &Hit, sentence: &Sentence) -> Option<Measure> {
    let watched = page.folded_words(page.before(hit.start, 10, sentence.extent.start));
    (hit.value == Value::Measure(Measure::EdrOrMonitoring) && watched.contains("設定"))
        .then_some(Measure::ConfigMonitoring)
}

/// Whether the words after a measure say that it was missing: 不十分, 不備, されていなかった.
fn lacking(page: &Page<'_>, at: usize, sentence: &Sentence) -> bool {
    page.plans(Plan::Lacking, page.ahead(at, LACKING_LETTERS, sentence.extent.end))
}
