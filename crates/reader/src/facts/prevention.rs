//! The measures announced against recurrence, each with its words. What was not done before (the
//! cause) and what was done at once (the response) are no measures.

use case::{Measure, Prevention};

use super::one_line;
use crate::grammar::Extent;
use crate::lexicon::{Cue, Topic, Value, Vocabulary};
use crate::page::{Page, Sentence};

/// Each kind of measure once, at its first announcement.
pub(super) fn read(page: &Page<'_>) -> Vec<Prevention> {
    let mut measures: Vec<Prevention> = Vec::new();
    for sentence in &page.sentences {
        if sentence.heading || !announces(page, sentence) {
            continue;
        }
        for hit in page.within(Vocabulary::Measure, sentence.extent) {
            let Value::Measure(measure) = hit.value else { continue };
            if measures.iter().any(|known| known.value == measure) || lacking(page, hit.end, sentence.extent) {
                continue;
            }
            let Some(cite) = page.cite(sentence.extent.start, sentence.extent.end) else { continue };
            measures.push(Prevention { value: measure, text: one_line(page.words(cite)), cite });
        }
    }
    measures
}

/// Whether a sentence announces measures: under the heading of them, or by saying so itself.
fn announces(page: &Page<'_>, sentence: &Sentence) -> bool {
    match sentence.topic {
        Some(Topic::Prevention) => true,
        Some(Topic::Contact | Topic::About | Topic::Cause | Topic::Data | Topic::Count | Topic::Discovery | Topic::Occurrence) => false,
        _ => {
            let promised = sentence.has(Cue::Planned) || page.folded_words(sentence.extent).contains("徹底") || page.folded_words(sentence.extent).contains("強化");
            sentence.has(Cue::Prevention) && promised && !sentence.has(Cue::UnderInvestigation)
        }
    }
}

/// Whether the words after a measure say that it was missing: 不十分, 不備, されていなかった.
fn lacking(page: &Page<'_>, at: usize, sentence: Extent) -> bool {
    const LACKING: &[&str] = &["不備", "不十分", "不足", "なかった", "できておらず", "怠", "おらず", "形骸化", "しなかった"];
    let rest = &page.text()[at..sentence.end];
    let near: String = rest.chars().take(24).collect();
    LACKING.iter().any(|word| near.contains(word)) && !near.contains("ないよう")
}
