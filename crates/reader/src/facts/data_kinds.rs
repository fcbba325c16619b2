//! What data is concerned. Data that the text says is not among it is left out.

use case::{Category, Cited, DataKind};

use crate::grammar::Extent;
use crate::lexicon::{Cue, Hit, Topic, Value, Vocabulary};
use crate::page::{Page, Sentence};

/// Each kind of data once, at its first mention as concerned.
pub(super) fn read(page: &Page<'_>, category: Category) -> Vec<Cited<DataKind>> {
    let mut kinds: Vec<Cited<DataKind>> = Vec::new();
    let mut listing = false;
    for sentence in &page.sentences {
        let hits = page.within(Vocabulary::Data, sentence.extent);
        let tells = tells(page, sentence, category) || (listing && is_list(page, sentence, hits));
        if !sentence.heading {
            listing = announces(sentence) || (listing && is_list(page, sentence, hits)) || sentence.topic == Some(Topic::Data);
        }
        if !tells {
            continue;
        }
        for hit in hits {
            let Value::Data(kind) = hit.value else { continue };
            if kinds.iter().any(|known| known.value == kind) || denied(page, sentence, hit) {
                continue;
            }
            if let Some(cite) = page.cite(hit.start, hit.end) {
                kinds.push(Cited::new(kind, cite));
            }
        }
    }
    kinds
}

/// Whether a sentence tells what data is concerned.
fn tells(page: &Page<'_>, sentence: &Sentence, category: Category) -> bool {
    if matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact | Topic::About | Topic::Cause | Topic::Unaffected)) {
        return false;
    }
    if page.header.title.is_some_and(|title| title.start <= sentence.extent.start && sentence.extent.end <= title.end) {
        return false;
    }
    let measure = sentence.has(Cue::Prevention) || (sentence.has(Cue::Planned) && !sentence.has(Cue::Leak) && !sentence.has(Cue::Contains));
    if measure && sentence.topic != Some(Topic::Data) {
        return false;
    }
    let mail = matches!(category, Category::BccMistake | Category::MisdirectedMail) && (sentence.has(Cue::Mistake) || sentence.has(Cue::Leaked));
    sentence.topic == Some(Topic::Data) || sentence.has(Cue::Leak) || sentence.has(Cue::Contains) || mail || (sentence.has(Cue::PersonalData) && sentence.has(Cue::Affected))
}

/// Whether a sentence announces a list of data: 以下の情報, 下記のとおり.
fn announces(sentence: &Sentence) -> bool {
    (sentence.has(Cue::Leak) || sentence.has(Cue::Contains)) && sentence.has(Cue::PersonalData)
}

/// Whether a line only lists data.
fn is_list(page: &Page<'_>, sentence: &Sentence, hits: &[Hit]) -> bool {
    let words = page.folded_words(sentence.extent);
    let covered: usize = hits.iter().map(|hit| hit.end - hit.start).sum();
    !words.contains('。') && covered * 3 >= words.len()
}

/// Whether a negation reaches the hit: one that follows in its sentence without a break between,
/// not one inside brackets that open after it.
pub(super) fn denied(page: &Page<'_>, sentence: &Sentence, hit: &Hit) -> bool {
    let rest = Extent { start: hit.end, end: sentence.extent.end };
    for cue in [Cue::NotIncluded, Cue::NotConfirmed, Cue::Denied] {
        let Some(negation) = page.cue(cue, rest) else { continue };
        let between = &page.text()[hit.end..negation.start];
        let broken = page.cue(Cue::ClauseBreak, Extent { start: hit.end, end: negation.start }).is_some();
        let bracketed = between.matches('(').count() > between.matches(')').count();
        if !broken && !bracketed {
            return true;
        }
    }
    false
}
