//! Whether data reached somebody who should not have it, from 漏えいしました to 漏えいはございません.

use case::{Category, Cited, DataDisclosure};

use crate::grammar::Extent;
use crate::lexicon::{Cue, Topic};
use crate::page::{Page, Sentence};

/// The strongest statement of the text: confirmed, possible, under investigation, not confirmed, none.
pub(super) fn read(page: &Page<'_>, category: Category) -> Option<Cited<DataDisclosure>> {
    let mut best: Option<(u8, DataDisclosure, Extent)> = None;
    for sentence in &page.sentences {
        if matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact | Topic::About)) {
            continue;
        }
        for (rank, value, at) in statements(page, sentence, category) {
            if best.is_none_or(|(highest, ..)| rank > highest) {
                best = Some((rank, value, at));
            }
        }
    }
    let (_, value, at) = best?;
    Some(Cited::new(value, page.cite(at.start, at.end)?))
}

fn statements(page: &Page<'_>, sentence: &Sentence, category: Category) -> Vec<(u8, DataDisclosure, Extent)> {
    let mut said = Vec::new();
    let sent = matches!(category, Category::MisdirectedMail | Category::BccMistake | Category::MisdeliveryOrMisposting);
    for hit in page.cues(Cue::Leaked, sentence.extent) {
        let rest = clause_rest(page, hit.start);
        let hedged = page.cue(Cue::Possible, rest).is_some()
            || page.cue(Cue::NotConfirmed, rest).is_some()
            || page.cue(Cue::Unlikely, rest).is_some()
            || page.cue(Cue::UnderInvestigation, rest).is_some()
            || page.folded_words(rest).contains("場合")
            || page.cue(Cue::Denied, sentence.extent).is_some();
        let mail_word = page.folded_words(Extent { start: hit.start, end: hit.end });
        let mailed = ["送信", "送付", "交付", "配布", "掲載", "添付", "公開"].iter().any(|word| mail_word.contains(word));
        if !hedged && (!mailed || sent || category == Category::Insider) && !sentence.has(Cue::Prevention) {
            said.push((5, DataDisclosure::Confirmed, Extent { start: hit.start, end: hit.end }));
        }
    }
    let leak = page.cues(Cue::Leak, sentence.extent).next().copied();
    let Some(leak) = leak else { return said };
    let rest = Extent { start: sentence.extent.start, end: sentence.extent.end };
    if let Some(hit) = page.cue(Cue::Possible, rest)
        && !sentence.has(Cue::Prevention)
        && page.cue(Cue::Unlikely, rest).is_none_or(|unlikely| page.folded_words(Extent { start: unlikely.start, end: unlikely.end }).contains('低'))
    {
        said.push((4, DataDisclosure::Possible, Extent { start: leak.start.min(hit.start), end: leak.end.max(hit.end) }));
    }
    if let Some(hit) = page.cue(Cue::Denied, sentence.extent) {
        said.push((1, DataDisclosure::None, Extent { start: hit.start, end: hit.end }));
    }
    if let Some(hit) = page.cues(Cue::NotConfirmed, sentence.extent).find(|hit| hit.start >= leak.start) {
        said.push((2, DataDisclosure::NotConfirmed, Extent { start: leak.start, end: hit.end }));
    }
    if let Some(hit) = page.cues(Cue::UnderInvestigation, sentence.extent).find(|hit| hit.start >= leak.start) {
        said.push((3, DataDisclosure::UnderInvestigation, Extent { start: leak.start, end: hit.end }));
    }
    said
}

/// From `at` to the end of its clause.
fn clause_rest(page: &Page<'_>, at: usize) -> Extent {
    Extent { start: at, end: page.clause_of(at).end.max(at) }
}
