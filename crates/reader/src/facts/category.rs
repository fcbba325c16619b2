//! What kind of incident it is: the words of the title and the text speak for categories, a few
//! rules settle between neighbours. It does not know what a measure or a warning to readers says:
//! words there do not count.

use case::{Category, Decided};

use crate::grammar::Extent;
use crate::lexicon::{Cue, OrganisationWord, Topic, Value, Vocabulary};
use crate::page::Page;

/// Least score that names a category.
const ENOUGH: i32 = 4;
/// How often one category counts in the text at most.
const MOST_HITS: i32 = 5;
/// A hit in the title counts so often.
const IN_TITLE: i32 = 4;

/// Decides the category and cites the phrases that decided it.
pub(super) fn read(page: &Page<'_>) -> Decided<Category> {
    let mut tally = Tally::default();
    let title = page.header.title;
    let hits = page.hits.all(Vocabulary::Category);
    for hit in hits {
        let Value::Category(category) = hit.value else { continue };
        let in_title = title.is_some_and(|title| title.start <= hit.start && hit.end <= title.end);
        if !in_title && !speaks(page, hit.start) {
            continue;
        }
        tally.add(category, i32::from(hit.weight), in_title, Extent { start: hit.start, end: hit.end }, page);
    }
    if supplier_was_hit(page) {
        tally.scores[Category::SupplierBreach as usize] += 60;
    }
    settle(&mut tally, page);
    let best = Category::ALL
        .iter()
        .copied()
        .filter(|&category| category != Category::Other)
        .max_by_key(|&category| (tally.scores[category as usize], std::cmp::Reverse(category as usize)));
    match best {
        Some(category) if tally.scores[category as usize] >= ENOUGH => {
            let mut cites: Vec<_> = tally.cites[category as usize].iter().filter_map(|extent| page.cite(extent.start, extent.end)).collect();
            cites.sort_unstable();
            cites.dedup();
            cites.truncate(4);
            if cites.is_empty() {
                return Decided { value: Category::Other, cites };
            }
            Decided { value: category, cites }
        }
        _ => Decided { value: Category::Other, cites: Vec::new() },
    }
}

#[derive(Default)]
struct Tally {
    scores: [i32; Category::ALL.len()],
    seen: [i32; Category::ALL.len()],
    cites: [Vec<Extent>; Category::ALL.len()],
}

impl Tally {
    fn add(&mut self, category: Category, weight: i32, in_title: bool, extent: Extent, page: &Page<'_>) {
        let at = category as usize;
        let repeated = self.cites[at].iter().filter(|&&earlier| page.folded_words(earlier) == page.folded_words(extent)).count();
        self.cites[at].push(extent);
        if in_title {
            self.scores[at] += weight * IN_TITLE;
            return;
        }
        self.seen[at] += 1;
        if self.seen[at] <= MOST_HITS && repeated < 2 {
            self.scores[at] += weight;
        }
    }

    fn score(&self, category: Category) -> i32 {
        self.scores[category as usize]
    }

    /// Lets `winner` stand above `loser` where both were said.
    fn prefer(&mut self, winner: Category, loser: Category) {
        let lost = self.score(loser);
        if self.score(winner) > 0 && self.score(winner) <= lost {
            self.scores[winner as usize] = lost + 1;
        }
    }
}

/// Whether the words at `at` tell the incident, not a measure, a contact or advice.
fn speaks(page: &Page<'_>, at: usize) -> bool {
    let Some(sentence) = page.sentence_of(at) else { return true };
    let silent_topic = matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact | Topic::About));
    let measure = sentence.has(Cue::Prevention) && !sentence.has(Cue::Happened) && !sentence.has(Cue::Apology);
    !silent_topic && !measure
}

/// Neighbours that share words: the more special one wins where it is said plainly.
fn settle(tally: &mut Tally, page: &Page<'_>) {
    let title = page.header.title.map_or("", |title| page.folded_words(title));
    if tally.score(Category::Ransomware) >= 8 && tally.score(Category::SupplierBreach) < 60 {
        for loser in [Category::UnauthorizedAccess, Category::MalwareInfection, Category::DdosOrOutage] {
            tally.prefer(Category::Ransomware, loser);
        }
    }
    if tally.score(Category::BccMistake) >= 14 {
        tally.prefer(Category::BccMistake, Category::MisdirectedMail);
        tally.prefer(Category::BccMistake, Category::Misconfiguration);
    }
    if tally.score(Category::WebSkimmingOrTampering) >= 16 || title.contains("改ざん") {
        tally.prefer(Category::WebSkimmingOrTampering, Category::UnauthorizedAccess);
    }
    if tally.score(Category::MalwareInfection) >= 14 {
        tally.prefer(Category::MalwareInfection, Category::PhishingOrImpersonation);
    }
}

/// Whether the attack hit a processor rather than the organisation itself: a word for the processor
/// stands before the attack in the title or in an opening sentence.
fn supplier_was_hit(page: &Page<'_>) -> bool {
    let attacks = |extent: Extent| {
        page.within(Vocabulary::Category, extent)
            .iter()
            .find(|hit| matches!(hit.value, Value::Category(Category::UnauthorizedAccess | Category::Ransomware | Category::MalwareInfection | Category::WebSkimmingOrTampering)))
            .map(|hit| hit.start)
    };
    let processor = |extent: Extent| {
        page.within(Vocabulary::Organisation, extent)
            .iter()
            .find(|hit| matches!(hit.value, Value::Organisation(OrganisationWord::Processor)))
            .map(|hit| hit.start)
    };
    let told = |extent: Extent| matches!((processor(extent), attacks(extent)), (Some(who), Some(what)) if who < what);
    if page.header.title.is_some_and(told) {
        return true;
    }
    let own_attack = page.header.title.is_some_and(|title| page.folded_words(title).contains("当社サーバ"));
    !own_attack
        && page
            .sentences
            .iter()
            .filter(|sentence| !sentence.heading && page.folded_words(sentence.extent).ends_with('。'))
            .take(3)
            .any(|sentence| told(sentence.extent))
}
