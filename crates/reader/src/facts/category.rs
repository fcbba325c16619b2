//! What kind of incident it is: the words of the title, the opening and the text speak for
//! categories, each with the weight that the vocabulary gives it; a few rules settle between
//! neighbours. It does not know what a measure or a warning to readers says: words there do not
//! count.

use case::{Category, DataKind, Decided, Sector};

use crate::grammar::Extent;
use crate::lexicon::{Cue, Hit, OrganisationWord, Topic, Value, Vocabulary};
use crate::page::Page;
use crate::words::{AnyOf, any_of};

/// Least score that names a category.
const ENOUGH: i32 = 4;
/// Weight of phrases that decide among neighbours.
const DECIDES: i8 = 14;
/// How often one phrase counts in the text at most.
const MOST_REPEATS: usize = 2;
/// How much one category gathers from the text at most.
const MOST_FROM_TEXT: i32 = 40;
/// A hit in the title counts so often.
const IN_TITLE: i32 = 4;
/// A hit in the first sentences counts so often.
const IN_OPENING: i32 = 2;
/// The first sentences: the greeting, what happened, the apology.
const OPENING: usize = 3;
/// What a rule between neighbours adds for its category.
const RULE: i32 = 60;

/// Decides the category and cites the phrases that decided it.
pub(super) fn read(page: &Page<'_>) -> Decided<Category> {
    let mut tally = Tally::default();
    let title = page.header.title;
    let opening = opening_end(page);
    for hit in page.hits.all(Vocabulary::Category) {
        let Value::Category(category) = hit.value else { continue };
        let place = if title.is_some_and(|title| title.start <= hit.start && hit.end <= title.end) {
            Place::Title
        } else if !speaks(page, hit) {
            continue;
        } else if hit.start < opening {
            Place::Opening
        } else {
            Place::Text
        };
        tally.add(category, hit, place, page);
    }
    settle(&mut tally, page, opening);
    let best = Category::ALL
        .iter()
        .copied()
        .filter(|&category| category != Category::Other)
        .max_by_key(|&category| (tally.score(category), std::cmp::Reverse(category as usize)));
    match best {
        Some(category) if tally.score(category) >= ENOUGH => {
            let cites = tally.cites(category, page);
            Decided { value: if cites.is_empty() { Category::Other } else { category }, cites }
        }
        _ => Decided { value: Category::Other, cites: Vec::new() },
    }
}

/// Where a phrase stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Title,
    Opening,
    Text,
}

#[derive(Default)]
struct Tally {
    /// From title, rules and text together.
    scores: [i32; Category::ALL.len()],
    from_text: [i32; Category::ALL.len()],
    /// The greatest weight that the vocabulary gives to one of its phrases.
    strongest: [i8; Category::ALL.len()],
    phrases: [Vec<(i32, Extent)>; Category::ALL.len()],
}

impl Tally {
    fn add(&mut self, category: Category, hit: &Hit, place: Place, page: &Page<'_>) {
        let at = category as usize;
        let extent = Extent { start: hit.start, end: hit.end };
        let words = page.folded_words(extent);
        let repeats = self.phrases[at]
            .iter()
            .filter(|(_, earlier)| page.folded_words(*earlier) == words)
            .count();
        let weight = i32::from(hit.weight)
            * match place {
                Place::Title => IN_TITLE,
                Place::Opening => IN_OPENING,
                Place::Text => 1,
            };
        if place == Place::Title {
            self.scores[at] += weight;
        } else if repeats < MOST_REPEATS {
            let left = MOST_FROM_TEXT - self.from_text[at];
            self.from_text[at] += weight.min(left);
            self.scores[at] += weight.min(left);
        } else {
            return;
        }
        self.strongest[at] = self.strongest[at].max(hit.weight);
        self.phrases[at].push((weight, extent));
    }

    fn score(&self, category: Category) -> i32 {
        self.scores[category as usize]
    }

    /// The four phrases that weighed most, in the order of the text.
    fn cites(&self, category: Category, page: &Page<'_>) -> Vec<text::Span> {
        let mut phrases = self.phrases[category as usize].clone();
        phrases.sort_by_key(|&(weight, _)| std::cmp::Reverse(weight));
        let mut cites: Vec<_> = phrases
            .iter()
            .take(4)
            .filter_map(|(_, extent)| page.cite(extent.start, extent.end))
            .collect();
        cites.sort_unstable();
        cites.dedup();
        cites
    }

    /// Lets a rule speak for a category by the words that it read.
    fn rule(&mut self, category: Category, words: Extent) {
        self.scores[category as usize] += RULE;
        self.phrases[category as usize].push((RULE, words));
    }

    /// Lets `winner` stand above `loser` where both were said.
    fn prefer(&mut self, winner: Category, loser: Category) {
        let lost = self.score(loser);
        if self.score(winner) > 0 && self.score(winner) <= lost {
            self.scores[winner as usize] = lost + 1;
        }
    }
}

/// Where the first sentences end.
fn opening_end(page: &Page<'_>) -> usize {
    page.sentences
        .iter()
        .filter(|sentence| !sentence.heading && page.folded_words(sentence.extent).ends_with('。'))
        .nth(OPENING - 1)
        .map_or(page.text().len(), |sentence| sentence.extent.end)
}

/// Whether the words of a hit tell the incident: not a measure, a contact, advice, or what was not
/// so.
fn speaks(page: &Page<'_>, hit: &Hit) -> bool {
    let Some(sentence) = page.sentence_of(hit.start) else { return true };
    let silent_topic =
        matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact | Topic::About));
    let measure = sentence.has(Cue::Prevention)
        && !sentence.has(Cue::Happened)
        && !sentence.has(Cue::Apology);
    if silent_topic || measure || (sentence.has(Cue::Advice) && !sentence.has(Cue::Happened)) {
        return false;
    }
    if !(sentence.has(Cue::RuledOut)
        || sentence.has(Cue::NotConfirmed)
        || sentence.has(Cue::NotIncluded)
        || sentence.has(Cue::Denied))
    {
        return true;
    }
    let clause = page.clause_of(hit.start);
    !page.within(Vocabulary::Cue, Extent { start: hit.start, end: clause.end }).iter().any(|cue| {
        matches!(
            cue.value,
            Value::Cue(Cue::RuledOut | Cue::NotConfirmed | Cue::NotIncluded | Cue::Denied)
        )
    })
}

/// Neighbours that share words: the more special one wins where it is said plainly.
fn settle(tally: &mut Tally, page: &Page<'_>, opening: usize) {
    let supplier = supplier_was_hit(page);
    if let Some(words) = supplier {
        tally.rule(Category::SupplierBreach, words);
        return;
    }
    if let Some(words) = cards_of_a_shop(tally, page, opening) {
        tally.rule(Category::WebSkimmingOrTampering, words);
    }
    if tally.score(Category::Ransomware) >= 8 {
        for loser in [
            Category::UnauthorizedAccess,
            Category::MalwareInfection,
            Category::DdosOrOutage,
            Category::Insider,
        ] {
            tally.prefer(Category::Ransomware, loser);
        }
    }
    // A failure that an attack caused is the attack, unless it was one on the line itself.
    if tally.strongest[Category::DdosOrOutage as usize] < DECIDES
        && tally.score(Category::UnauthorizedAccess) >= ENOUGH
    {
        tally.prefer(Category::UnauthorizedAccess, Category::DdosOrOutage);
    }
    if tally.strongest[Category::BccMistake as usize] >= DECIDES {
        tally.prefer(Category::BccMistake, Category::MisdirectedMail);
        tally.prefer(Category::BccMistake, Category::Misconfiguration);
        tally.prefer(Category::BccMistake, Category::MisdeliveryOrMisposting);
    }
    let title = page.header.title.map_or("", |title| page.folded_words(title));
    if tally.score(Category::WebSkimmingOrTampering) >= 18 || title.contains("改ざん") {
        tally.prefer(Category::WebSkimmingOrTampering, Category::UnauthorizedAccess);
    }
    let decided_phishing = tally.strongest[Category::PhishingOrImpersonation as usize] >= DECIDES;
    if tally.score(Category::MalwareInfection) >= 16 && !decided_phishing {
        tally.prefer(Category::MalwareInfection, Category::PhishingOrImpersonation);
    }
    if title.contains("メール") && !title.contains("アプリ") {
        tally.prefer(Category::MisdirectedMail, Category::MisdeliveryOrMisposting);
    }
}

/// Whether a shop was broken into and card data is what leaked: releases of shops seldom say how,
/// but the payment page was what was attacked.
fn cards_of_a_shop(tally: &Tally, page: &Page<'_>, opening: usize) -> Option<Extent> {
    if tally.score(Category::UnauthorizedAccess) < 8
        || tally.score(Category::WebSkimmingOrTampering) < 4
    {
        return None;
    }
    let shop = page.lines.iter().take_while(|line| line.extent.start < opening).any(|line| {
        page.within(Vocabulary::Sector, line.extent)
            .iter()
            .any(|hit| hit.value == Value::Sector(Sector::Retail))
    });
    if !shop {
        return None;
    }
    let card = page
        .hits
        .all(Vocabulary::Data)
        .iter()
        .filter(|hit| hit.value == Value::Data(DataKind::CreditCard))
        .find(|hit| speaks(page, hit))?;
    tally.phrases[Category::WebSkimmingOrTampering as usize].first()?;
    Some(Extent { start: card.start, end: card.end })
}

/// The words that say that a processor was attacked, rather than the organisation itself: one for
/// the processor before one for the attack, in the title or in an opening sentence.
fn supplier_was_hit(page: &Page<'_>) -> Option<Extent> {
    let attack = |extent: Extent| {
        page.within(Vocabulary::Category, extent)
            .iter()
            .find(|hit| {
                matches!(
                    hit.value,
                    Value::Category(
                        Category::UnauthorizedAccess
                            | Category::Ransomware
                            | Category::MalwareInfection
                            | Category::WebSkimmingOrTampering
                    )
                )
            })
            .map(|hit| Extent { start: hit.start, end: hit.end })
    };
    let told = |extent: Extent| {
        let processors = page
            .within(Vocabulary::Organisation, extent)
            .iter()
            .filter(|hit| hit.value == Value::Organisation(OrganisationWord::Processor));
        let what = attack(extent)?;
        processors.filter(|who| who.end <= what.start).find_map(|who| {
            /// The processor only told of it, or worked on one's own servers.
            const BREAKS: &AnyOf = any_of!["連絡", "指摘", "通報", "依頼"];
            let between = &page.text()[who.end..what.start];
            (!BREAKS.stands_in(between)).then_some(Extent { start: who.start, end: what.end })
        })
    };
    if let Some(words) = page.header.title.and_then(told) {
        return Some(words);
    }
    if page.header.title.is_some_and(|title| page.folded_words(title).contains("当社サーバ")) {
        return None;
    }
    page.sentences
        .iter()
        .filter(|sentence| !sentence.heading && page.folded_words(sentence.extent).ends_with('。'))
        .take(OPENING)
        .find_map(|sentence| told(sentence.extent))
}
