//! Whether data was misused afterwards (二次被害).

use case::{Cited, SecondaryDamage};

use crate::grammar::Extent;
use crate::lexicon::{Cue, Topic};
use crate::page::Page;

/// The first plain statement about misuse; warnings of it are none.
pub(super) fn read(page: &Page<'_>) -> Option<Cited<SecondaryDamage>> {
    let mut unknown = None;
    for sentence in &page.sentences {
        if !sentence.has(Cue::SecondaryDamage) || matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact | Topic::About)) {
            continue;
        }
        for hit in page.cues(Cue::SecondaryDamage, sentence.extent) {
            let rest = Extent { start: hit.start, end: sentence.extent.end };
            let negation = page.cue(Cue::NotConfirmed, rest).or_else(|| page.cue(Cue::Denied, rest));
            if let Some(negation) = negation {
                return Some(Cited::new(SecondaryDamage::NoneConfirmed, page.cite(hit.start, negation.end)?));
            }
            let words = page.folded_words(rest);
            let happened = ["が確認されました", "を確認しました", "が確認されております", "が確認されています", "が発生しました", "が発生しており", "されたことを確認", "が判明", "されていることが確認"].iter().find(|phrase| words.contains(**phrase));
            if happened.is_some() && !sentence.has(Cue::Possible) {
                return Some(Cited::new(SecondaryDamage::Confirmed, page.cite(hit.start, sentence.extent.end)?));
            }
            if unknown.is_none() && (page.cue(Cue::UnderInvestigation, rest).is_some() || words.contains("不明")) {
                unknown = page.cite(hit.start, sentence.extent.end);
            }
        }
    }
    unknown.map(|cite| Cited::new(SecondaryDamage::Unknown, cite))
}
