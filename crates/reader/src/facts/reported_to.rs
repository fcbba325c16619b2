//! To whom the incident was reported. A report that is only planned is none.

use case::{Authority, Cited};

use crate::grammar::Extent;
use crate::lexicon::{Cue, Topic, Value, Vocabulary};
use crate::page::Page;

/// Each authority once, at the first statement that a report was made.
pub(super) fn read(page: &Page<'_>) -> Vec<Cited<Authority>> {
    let mut reported: Vec<Cited<Authority>> = Vec::new();
    for sentence in &page.sentences {
        if matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact | Topic::About)) {
            continue;
        }
        for hit in page.within(Vocabulary::Authority, sentence.extent) {
            let Value::Authority(authority) = hit.value else { continue };
            if reported.iter().any(|known| known.value == authority) || !made(page, hit.start, hit.end, sentence.extent) {
                continue;
            }
            if let Some(cite) = page.cite(hit.start, hit.end) {
                reported.push(Cited::new(authority, cite));
            }
        }
    }
    reported
}

/// Whether the words after the authority say that a report was made, and not that it will be.
fn made(page: &Page<'_>, start: usize, end: usize, sentence: Extent) -> bool {
    let rest = Extent { start: end, end: sentence.end };
    let paper = page.folded_words(Extent { start, end }).ends_with(['届']) || page.folded_words(Extent { start, end }) == "適時開示";
    let report = page.cue(Cue::Report, rest).or_else(|| page.cue(Cue::Done, Extent { start: end.saturating_sub(0), end: sentence.end }));
    let Some(report) = report.map(|hit| hit.start).or(paper.then_some(start)) else { return false };
    let between = page.cue(Cue::ClauseBreak, Extent { start: end, end: report.max(end) });
    if between.is_some() {
        return false;
    }
    let mut until = (report + 60).min(sentence.end);
    while !page.text().is_char_boundary(until) {
        until += 1;
    }
    let tail = Extent { start: report, end: until };
    let condition = Extent { start: sentence.start, end: until };
    let planned = page.cue(Cue::Conditional, tail).is_some() || page.folded_words(condition).contains("必要に応じ");
    !planned
}
