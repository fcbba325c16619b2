//! To whom the incident was reported. A report that is only planned, asked of readers or received
//! from the authority is none.

use case::{Authority, Cited};

use crate::grammar::Extent;
use crate::lexicon::{Claim, Cue, Hit, OrganisationWord, Topic, Value, Vocabulary};
use crate::names::is_kanji;
use crate::page::{Page, Sentence};
use crate::words::{AnyOf, any_of};

/// How far a name of an authority may go on before its particle: 経済産業省の担当窓口へ.
const NAME_LETTERS: usize = 44;
/// Between the particle and the report: 警察署へ8月3日に被害を相談.
const REPORT_LETTERS: usize = 44;
/// The same for 県に, 市へ, which are ordinary words as well.
const BARE_LETTERS: usize = 18;
/// So far behind a report it is said to be planned.
const PLANNED_LETTERS: usize = 24;

/// Each authority once, at the first statement that a report was made.
pub(super) fn read(page: &Page<'_>, organisation: Option<&Cited<String>>) -> Vec<Cited<Authority>> {
    let own = organisation.and_then(|name| name.value.chars().last());
    let mut reported: Vec<Cited<Authority>> = Vec::new();
    for sentence in &page.sentences {
        if matches!(sentence.topic, Some(Topic::Contact | Topic::About)) && !sentence.has(Cue::Done)
        {
            continue;
        }
        for hit in page.within(Vocabulary::Authority, sentence.extent) {
            let Value::Authority(authority) = hit.value else { continue };
            if reported.iter().any(|known| known.value == authority)
                || (authority == Authority::Municipality && of_own(page, hit, sentence, own))
                || !made(page, hit, sentence)
            {
                continue;
            }
            if let Some(cite) = page.cite(hit.start, hit.end) {
                reported.push(Cited::new(authority, cite));
            }
        }
        if (sentence.has(Cue::Report) || sentence.has(Cue::Done))
            && reported.iter().all(|known| known.value != Authority::Municipality)
            && let Some(office) = office(page, sentence, own)
            && let Some(cite) = page.cite(office.start, office.end)
        {
            reported.push(Cited::new(Authority::Municipality, cite));
        }
    }
    reported
}

/// An office of a city or prefecture that was reported to: 県学事振興課へ, 市福祉政策課に報告.
fn office(page: &Page<'_>, sentence: &Sentence, own: Option<char>) -> Option<Extent> {
    /// The longest name of an office behind its 市 or 県, in characters.
    const LONGEST: usize = 14;
    /// Hiragana and marks in such names.
    const INSIDE: &AnyOf = any_of!["の", "こども", "子ども", "まちづくり", "くらし", "・"];
    page.within(Vocabulary::Organisation, sentence.extent).iter().find_map(|hit| {
        if hit.value != Value::Organisation(OrganisationWord::Place) {
            return None;
        }
        let place = page.folded_words(Extent { start: hit.start, end: hit.end });
        let before = &page.text()[sentence.extent.start..hit.start];
        if place.chars().next() == own || before.ends_with(['本', '当', '同', '各', '全', '都'])
        {
            return None;
        }
        let reach = page.folded_words(page.ahead(hit.end, LONGEST, sentence.extent.end));
        let at = any_of![
            "課に", "課へ", "課、", "課および", "課及び", "部に", "部へ", "局に", "局へ", "室に",
            "室へ", "担当に", "担当へ", "委員会に", "委員会へ"
        ]
        .find(reach)?;
        let name = &reach[..at];
        let plain = name.chars().all(is_kanji) || {
            let bare = INSIDE.find(name).map_or(name, |inside| &name[..inside]);
            bare.chars().all(is_kanji) && name.chars().filter(|&c| !is_kanji(c)).count() <= 6
        };
        let end = hit.end + at + reach[at..].find(['に', 'へ', '、', 'お', '及']).unwrap_or(0);
        let report = page.ahead(end, REPORT_LETTERS, sentence.extent.end);
        let told = page.claim(Claim::Report, report)?;
        let asked = page
            .within(Vocabulary::Authority, Extent { start: hit.start, end })
            .iter()
            .any(|known| !matches!(known.value, Value::Authority(Authority::Municipality)));
        (plain && !asked && !planned(page, told.end, sentence.extent.end))
            .then_some(Extent { start: hit.start, end })
    })
}

/// Whether a bare 市に speaks of the organisation itself, or of one that is reported to by others.
fn of_own(page: &Page<'_>, hit: &Hit, sentence: &Sentence, own: Option<char>) -> bool {
    let place = page.folded_words(Extent { start: hit.start, end: hit.end }).chars().next();
    if hit.weight != 2 {
        return place == own;
    }
    let before = page.folded_words(page.before(hit.start, 24, sentence.extent.start));
    place == own
        || before.ends_with(['本', '当', '同', '全', '各'])
        || before.contains("から")
        || before.contains("委託先は")
        || before.contains("受託者は")
        || before.contains("事業者は")
}

/// Whether the words around the authority say that a report was made to it.
fn made(page: &Page<'_>, hit: &Hit, sentence: &Sentence) -> bool {
    let end = sentence.extent.end;
    let words = page.folded_words(Extent { start: hit.start, end: hit.end });
    let paper = words.ends_with('届') || matches!(words, "適時開示" | "110番通報" | "110番");
    let (from, letters) = if paper {
        (hit.start, REPORT_LETTERS)
    } else if hit.weight == 2 && words.ends_with(['に', 'へ']) {
        (hit.end, BARE_LETTERS)
    } else {
        match recipient(page, hit.end, end) {
            // カード会社と相談のうえ: asked for advice, not told.
            Some(particle)
                if hit.value == Value::Authority(Authority::CardBrands)
                    && page.text()[particle..].starts_with('と') =>
            {
                return false;
            }
            Some(particle) => {
                (particle, if hit.weight == 2 { BARE_LETTERS } else { REPORT_LETTERS })
            }
            None if listed(page, hit, sentence) => return !planned(page, hit.end, end),
            None => return false,
        }
    };
    let reach = page.ahead(from, letters, end);
    let broken = page.breaks(reach).next().map_or(reach.end, |hit| hit.start);
    let told = Extent { start: from, end: broken.max(from) };
    // 被害相談 is known for what it may deny: here it is a report.
    let report = page.claim(Claim::Report, told).or_else(|| {
        page.within(Vocabulary::Claim, told).iter().find(|hit| {
            any_of!["相談", "申告", "届出", "報告", "届", "届け"]
                .closes(page.folded_words(Extent { start: hit.start, end: hit.end }))
        })
    });
    let Some(report) = report.map(|hit| hit.end).or(paper.then_some(hit.end)) else { return false };
    !planned(page, report, end)
}

/// Where the particle of a recipient stands behind its name: 警察署**へ**, and not 警察**から**.
fn recipient(page: &Page<'_>, at: usize, end: usize) -> Option<usize> {
    const OTHERS: &AnyOf = any_of![
        "は", "が", "から", "より", "を", "で", "による", "によ", "における", "の指", "の助言",
        "の協力", "の回答", "の捜", "の調", "の職員",
    ];
    const JOINING: &AnyOf = any_of![
        "ならびに", "並びに", "をはじめ", "をはじめとする", "及び", "および", "とともに", "ほか",
        "等", "など", "では",
    ];
    let reach = page.ahead(at, NAME_LETTERS, end);
    let mut rest = page.folded_words(reach);
    while let Some(c) = rest.chars().next() {
        if let Some(joining) = JOINING.opening(rest) {
            rest = &rest[joining.len()..];
            continue;
        }
        if OTHERS.opens(rest) {
            return None;
        }
        let here = reach.end - rest.len();
        if matches!(c, 'に' | 'へ' | '宛') {
            return Some(here);
        }
        if any_of!["と相談", "と情報"].opens(rest) {
            return Some(here);
        }
        rest = &rest[c.len_utf8()..];
    }
    None
}

/// Whether the authority stands in a list under a heading of reports: `経済産業省 3月4日`.
fn listed(page: &Page<'_>, hit: &Hit, sentence: &Sentence) -> bool {
    let rest = page.folded_words(Extent { start: hit.end, end: sentence.extent.end });
    sentence.topic == Some(Topic::Report)
        && !sentence.heading
        && !any_of!["は", "が", "から", "より", "を", "で", "の"].opens(rest)
}

/// Whether a report is only planned, asked for or came from them: 報告する予定です, ご相談ください.
fn planned(page: &Page<'_>, report: usize, end: usize) -> bool {
    const DONE: &AnyOf = any_of![
        "し、", "しました", "をして", "をいたし", "を済ま", "を終え", "いたしました", "致しました",
        "しており", "済", "した", "を行いました", "を行い、", "を提出しました", "いたしており",
        "されました", "を提出し",
    ];
    let rest = &page.text()[report..end];
    if any_of!["があ", "が入", "が寄", "を受け"].opens(rest) {
        return true;
    }
    !DONE.opens(rest) && {
        let reach = page.ahead(report, PLANNED_LETTERS, end);
        // 相談、現在、告訴の準備を進めております; 相談をしており、今後: another clause.
        let other = any_of!["、現在", "、今後", "おり、", "、また", "、並行"]
            .find(page.folded_words(reach));
        let end = other.map_or(reach.end, |at| reach.start + at);
        page.claim(Claim::NotYet, Extent { end, ..reach }).is_some()
    }
}
