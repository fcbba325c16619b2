//! What a statement says was done: its predicates, each with the clause that says it. It knows
//! how Japanese sentences are built, not when anything happened.
//!
//! A Japanese clause ends with its predicate, so the word nearest to the end of a clause decides.
//! A sentence strings clauses together (検知し、遮断した): each is an act of its own, unless it is
//! only what somebody noticed or announced (侵入されていたことが判明, 流出したと発表).

use case::{Authority, EventType};
use memchr::memchr3_iter;

use crate::grammar::Extent;
use crate::lexicon::{Cue, Hit, Value, Vocabulary};
use crate::page::Page;
use crate::words::{AnyOf, any_of, letters};

/// One thing done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub event_type: EventType,
    /// The clause that says it.
    pub words: Extent,
}

/// How far from the end of its clause a word may stand and still be its predicate, in characters:
/// ご報告|を実施いたしました.
const NEAR_END: usize = 14;

/// The weight of words that decide for their clause from further away, and how far: 削除をお願い|する
/// メールをBCCで再度お送りしました.
const STRONG: i8 = 12;
const FAR: usize = 30;

/// How far where the clause goes on with another: 停止|いたしまして、.
const NEAR_JOINT: usize = 8;

/// The acts that an extent tells, each type once, in the order of the text.
pub(super) fn acts(page: &Page<'_>, extent: Extent) -> Vec<Act> {
    let mut acts = Vec::new();
    for part in page.sentences_in(extent) {
        sentence(page, part, &mut acts);
    }
    if acts.iter().any(|act| act.event_type != EventType::Other) {
        acts.retain(|act| act.event_type != EventType::Other);
    }
    acts
}

/// The acts of one sentence.
fn sentence(page: &Page<'_>, extent: Extent, acts: &mut Vec<Act>) {
    if page.within(Vocabulary::Event, extent).is_empty() {
        return;
    }
    let extent = without_source(page, extent);
    let clauses = clauses(page, extent);
    if let Some(act) = of_the_matter(page, &clauses) {
        acts.push(act);
        return;
    }
    let mut found: Vec<Act> = Vec::new();
    let mut reported = false;
    for (back, clause) in clauses.iter().rev().enumerate() {
        let words = page.folded_words(*clause);
        let last = back == 0;
        if !last && leads_to_finding(words) {
            // 連絡を受けて調べたところ: what made them look was noticed first.
            if notices_first(page, *clause) {
                found.push(Act { event_type: EventType::Discovered, words: *clause });
            }
            reported = false;
            continue;
        }
        if last
            && clauses[..clauses.len() - 1].iter().any(|before| comes_upon(page, *before, words))
        {
            found.push(Act { event_type: EventType::Discovered, words: *clause });
            continue;
        }
        if reported {
            continue;
        }
        let near = if last { NEAR_END } else { NEAR_JOINT };
        let Some((event_type, hit)) = predicate(page, *clause, near) else {
            if notices_first(page, *clause) {
                found.push(Act { event_type: EventType::Discovered, words: *clause });
            }
            continue;
        };
        let because = !last && words.ends_with("ため、");
        if because && event_type != EventType::Discovered {
            continue;
        }
        found.push(Act { event_type, words: *clause });
        if event_type != EventType::Discovered && notices_first(page, *clause) {
            found.push(Act { event_type: EventType::Discovered, words: *clause });
        }
        found.extend(
            beside(page, *clause, event_type).map(|event_type| Act { event_type, words: *clause }),
        );
        reported = matches!(event_type, EventType::Discovered | EventType::Disclosed)
            && embeds(page, *clause, hit);
    }
    if is_told_by_another(page.folded_words(extent)) {
        found.retain(|act| {
            !matches!(
                act.event_type,
                EventType::Other
                    | EventType::ReportedRegulator
                    | EventType::NotifiedSubjects
                    | EventType::Disclosed
            )
        });
        if found.is_empty() {
            found.push(Act { event_type: EventType::Discovered, words: extent });
        }
    }
    if found.is_empty()
        && let Some(event_type) = anywhere(page, extent)
    {
        found.push(Act { event_type, words: extent });
    }
    for act in found.into_iter().rev() {
        if acts.iter().all(|known| known.event_type != act.event_type) {
            acts.push(act);
        }
    }
}

/// A row that ends in a word of telling and names a source outside: 委託先から本市教育委員会に連絡.
fn is_told_by_another(row: &str) -> bool {
    const SOURCES: &AnyOf = any_of![
        "委託先", "受託者", "受託事業者", "委託業者", "委託会社", "委託事業者", "同社", "運営会社",
        "保守会社", "提供元", "提供会社", "事業者", "利用者", "お客様", "お客さま", "保護者",
        "住民", "市民", "受信者", "受信した方", "取引先", "外部", "第三者", "研究者", "来館者",
        "患者", "ベンダー",
    ];
    const TOLD: &AnyOf = any_of![
        "連絡", "一報", "第一報", "報告", "通報", "指摘", "申し出", "申出", "申告", "問い合わせ",
        "情報提供", "通知",
    ];
    const HERE: &AnyOf =
        any_of!["から当", "から弊", "から本", "から同日当", "より当", "より弊", "より本",];
    let row = row.trim_end_matches(['。', ')', ' ']);
    // 東和BFから当組合に第一報
    let here = || {
        HERE.find(row).is_some_and(|at| {
            let behind = &row[at + "から".len()..];
            behind.chars().count() <= 16
                && any_of!["に", "へ"].stands_in(behind)
                && !any_of!["警察", "委員会", "省", "財務局"].stands_in(behind)
        })
    };
    TOLD.closes(row)
        && (here()
            || ["から", "より"].iter().any(|from| {
                row.find(from).is_some_and(|at| {
                    let reach =
                        row[..at].char_indices().rev().nth(11).map_or(0, |(start, _)| start);
                    SOURCES.stands_in(&row[reach..at])
                })
            }))
}

/// 6日に発生した障害につきまして、調査を終えましたのでご報告します: the date is that of the matter, and
/// the rest is what this very release is about.
fn of_the_matter(page: &Page<'_>, clauses: &[Extent]) -> Option<Act> {
    let [matter, .., last] = clauses else { return None };
    let about =
        any_of!["につきまして", "について", "に関しまして", "に関して", "に関し", "につき", "の件"];
    let told = any_of!["報告", "お知らせ", "お伝え", "公表", "説明"];
    let words = page.folded_words(*last);
    if !page.folded_words(*matter).strip_suffix('、').is_some_and(|matter| about.closes(matter))
        || !told.stands_in(words)
        || !any_of!["します", "いたします", "致します", "申し上げます", "する"]
            .closes(words.trim_end_matches('。'))
    {
        return None;
    }
    let event_type = anywhere(page, *matter)?;
    Some(Act { event_type, words: *matter })
}

/// A row without the note that it was found out later: サーバーへの侵入(調査により判明).
fn without_source(page: &Page<'_>, extent: Extent) -> Extent {
    let words = page.folded_words(extent);
    let note = words.ends_with(')').then(|| words.rfind('(')).flatten();
    match note {
        Some(open) if open > 0 && any_of!["判明)", "確認)", "推定)"].closes(words) => {
            Extent { start: extent.start, end: extent.start + open }
        }
        _ => extent,
    }
}

/// The clauses of a sentence: cut behind each 、 outside brackets.
fn clauses(page: &Page<'_>, extent: Extent) -> Vec<Extent> {
    let bytes = &page.text().as_bytes()[..extent.end];
    let mut clauses = Vec::new();
    let mut start = extent.start;
    let mut depth = 0u32;
    // 、 and the marks of quotes are E3 80 and one byte more; little else has an 80.
    for at in memchr3_iter(b'(', b')', 0x80, &bytes[extent.start..]) {
        let at = extent.start + at;
        let mark = if bytes[at] == 0x80 { &bytes[at - 1..] } else { &bytes[at..] };
        match mark {
            [b'(', ..] | [0xe3, _, 0x8c | 0x8e, ..] => depth += 1,
            [b')', ..] | [0xe3, _, 0x8d | 0x8f, ..] => depth = depth.saturating_sub(1),
            [0xe3, _, 0x81, ..] if depth == 0 => {
                let end = at - 1 + '、'.len_utf8();
                clauses.push(Extent { start, end });
                start = end;
            }
            _ => {}
        }
    }
    if start < extent.end {
        clauses.push(Extent { start, end: extent.end });
    }
    clauses
}

/// 紛失に気づいて上司に報告し: noticed in the same clause, before what was done about it.
fn notices_first(page: &Page<'_>, clause: Extent) -> bool {
    page.within(Vocabulary::Event, clause).iter().any(|hit| {
        let after = &page.text()[hit.end..clause.end];
        hit.value == Value::Event(EventType::Discovered)
            && ["て", "いて", "して", "たため", "したため"].iter().any(|end| {
                // 把握している is a state.
                after.strip_prefix(end).is_some_and(|rest| !rest.starts_with(['い', 'お']))
            })
    })
}

/// 調べたところ、 and 調査の結果、: how something was found, and no longer what was found.
fn leads_to_finding(clause: &str) -> bool {
    clause
        .strip_suffix('、')
        .is_some_and(|words| any_of!["ところ", "結果", "際", "際に", "場合", "時"].closes(words))
}

/// 車に戻ると、…無くなっていた: how things stood when somebody came back or looked.
fn comes_upon(page: &Page<'_>, before: Extent, clause: &str) -> bool {
    let came = any_of![
        "戻ると", "開くと", "開けると", "見ると", "確認すると", "調べると", "着くと", "出勤すると",
        "出社すると", "登校すると", "帰ると", "数えると", "照合すると", "起動すると",
        "ログインすると", "しようとすると", "うとしたところ", "戻ったところ", "出勤したところ",
        "出社したところ", "確認したところ", "開けたところ", "開いたところ", "見たところ",
        "起動したところ", "点検したところ", "登校したところ", "訪れたところ", "調べたところ",
        "閲覧したところ",
    ];
    page.folded_words(before).strip_suffix('、').is_some_and(|before| came.closes(before))
        && any_of![
            "ていた", "ていました", "なかった", "ませんでした", "できず", "ない", "ておりました",
        ]
        .closes(clause.trim_end_matches(['。', ')']))
}

/// The type that the end of a clause speaks for.
fn predicate<'p>(page: &'p Page<'_>, clause: Extent, near: usize) -> Option<(EventType, &'p Hit)> {
    if page.within(Vocabulary::Event, clause).is_empty() {
        return None;
    }
    let words =
        page.folded_words(clause).trim_end_matches(|c: char| letters!("。、)」』】 ").has(c));
    // …を確認しましたのでお知らせします: the release itself is no act.
    // Whether it is there takes far less to tell than where.
    let because = words.contains("ので").then(|| words.rfind("ので")).flatten();
    let told = because.filter(|&at| any_of!["お知らせ", "報告", "公表"].stands_in(&words[at..]));
    let words = told.map_or(words, |at| &words[..at]);
    let end = clause.start + words.len();
    let mut best: Option<(i32, EventType, &Hit)> = None;
    for hit in page.within(Vocabulary::Event, Extent { start: clause.start, end }) {
        let Value::Event(event_type) = hit.value else { continue };
        if end - hit.end > 4 * FAR {
            continue;
        }
        let tail = page.text()[hit.end..end].chars().count();
        if tail > near && (hit.weight < STRONG || tail > FAR) {
            continue;
        }
        // 発見されておりません: nothing of the kind happened.
        let denied = page.text()[hit.end..end].ends_with("ません")
            || any_of!["なかった", "ていない", "ておらず", "ませんでした", "できず"]
                .closes(&page.text()[hit.end..end]);
        if denied {
            continue;
        }
        let paper = page.text()[hit.start..hit.end].ends_with(['届', '状']);
        if !paper && is_agent(event_type, &page.text()[hit.end..end]) {
            continue;
        }
        let score = i32::from(hit.weight) * 3 - i32::try_from(tail).unwrap_or(0);
        if best.is_none_or(|(most, ..)| score >= most) {
            best = Some((score, event_type, hit));
        }
    }
    best.map(|(_, event_type, hit)| (by_authority(page, clause, event_type), hit))
}

/// Whether an authority is not the one reported to but acts itself: 県教育委員会は, 警察から.
fn is_agent(event_type: EventType, after: &str) -> bool {
    matches!(event_type, EventType::ReportedPolice | EventType::ReportedRegulator)
        && any_of!["は", "が", "から", "より", "による", "の指", "の要請", "の照会"].opens(after)
}

/// A report is one to the police or to a regulator by whom it names.
fn by_authority(page: &Page<'_>, clause: Extent, event_type: EventType) -> EventType {
    let reports = page.cue(Cue::Report, clause).is_some() || page.cue(Cue::Done, clause).is_some();
    // 運輸局へ電話で報告: by telephone, and still a report.
    let by_phone = event_type == EventType::NotifiedSubjects
        && any_of!["報告", "報告し", "報告した", "報告しました", "報告いたしました", "届け出た"]
            .closes(page.folded_words(clause).trim_end_matches(['。', '、']));
    if !(event_type == EventType::Other || by_phone) || !reports {
        return event_type;
    }
    let office = || is_office(page.folded_words(clause)).then_some(EventType::ReportedRegulator);
    authorities(page, clause).next().or_else(office).unwrap_or(event_type)
}

/// Whether the clause reports to an office that no vocabulary names: 市の介護保険課に報告.
fn is_office(clause: &str) -> bool {
    let verbs = any_of!["報告", "届", "事故報告", "相談", "提出"];
    let offices =
        any_of!["課", "局", "省", "庁", "市", "県", "区", "町", "村", "都", "審査会", "保健所",];
    clause.match_indices(['に', 'へ']).any(|(at, _)| {
        offices.closes(&clause[..at])
            && ["に", "へ", "にも", "へも", "には"]
                .iter()
                .any(|to| clause[at..].strip_prefix(to).is_some_and(|behind| verbs.opens(behind)))
    })
}

fn authorities(page: &Page<'_>, clause: Extent) -> impl Iterator<Item = EventType> {
    page.within(Vocabulary::Authority, clause).iter().filter_map(|hit| match hit.value {
        Value::Authority(Authority::Police) => Some(EventType::ReportedPolice),
        Value::Authority(
            Authority::Ppc
            | Authority::Ministry
            | Authority::Municipality
            | Authority::Jpcert
            | Authority::Ipa,
        ) => Some(EventType::ReportedRegulator),
        _ => None,
    })
}

/// What one predicate does besides: 県警および個人情報保護委員会に報告, 説明と謝罪.
fn beside(page: &Page<'_>, clause: Extent, event_type: EventType) -> Option<EventType> {
    let other = match event_type {
        EventType::ReportedPolice => EventType::ReportedRegulator,
        EventType::ReportedRegulator => EventType::ReportedPolice,
        EventType::Apology => EventType::NotifiedSubjects,
        EventType::NotifiedSubjects => EventType::Apology,
        _ => return None,
    };
    let words = page.folded_words(clause);
    // 全員に電話で謝罪し: who was apologised to was told, and お詫びの文書 apologises.
    let told = || {
        page.cue(Cue::Person, clause).is_some()
            || any_of!["皆様", "皆さま", "全員", "対象"].stands_in(words)
    };
    let sorry = || any_of!["お詫び", "おわび", "謝罪"].stands_in(words);
    if (other == EventType::NotifiedSubjects && told()) || (other == EventType::Apology && sorry())
    {
        return Some(other);
    }
    let named =
        page.within(Vocabulary::Event, clause).iter().any(|hit| hit.value == Value::Event(other));
    (named || authorities(page, clause).any(|named| named == other)).then_some(other)
}

/// Whether what is before the predicate is its content: …していたことが判明, …との連絡, …と発表.
fn embeds(page: &Page<'_>, clause: Extent, hit: &Hit) -> bool {
    let before = &page.text()[clause.start..hit.end];
    any_of![
        "こと", "旨", "との", "として", "と発表", "と公表", "と明らか", "という", "が判明",
        "が発覚", "件", "状態", "」と",
    ]
    .stands_in(before)
        || page.text()[hit.end..].starts_with("した。")
            && hit.value == Value::Event(EventType::Disclosed)
}

/// The type that any words of a sentence speak for, where no clause ends with any.
fn anywhere(page: &Page<'_>, extent: Extent) -> Option<EventType> {
    let hits = page.within(Vocabulary::Event, extent).iter();
    let of = |hit: &Hit| match hit.value {
        Value::Event(event_type) => Some(event_type),
        _ => None,
    };
    let told = page.cue(Cue::Report, extent).is_some() || page.cue(Cue::Done, extent).is_some();
    let spoken = hits.filter_map(|hit| Some((hit, of(hit)?))).filter(|(hit, event_type)| {
        let reported =
            matches!(event_type, EventType::ReportedPolice | EventType::ReportedRegulator);
        !reported || (told && !is_agent(*event_type, &page.text()[hit.end..extent.end]))
    });
    spoken.max_by_key(|(hit, _)| (hit.weight, hit.end)).map(|(_, event_type)| event_type)
}
