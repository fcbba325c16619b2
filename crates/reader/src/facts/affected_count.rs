//! How many are affected. Totals of a service, money, sizes and shares are told apart by the words
//! beside them.

use case::Count;

use super::one_line;
use crate::grammar::Extent;
use crate::grammar::counts::{Quantity, UnitClass};
use crate::lexicon::{Cue, Topic, Vocabulary};
use crate::page::{Page, Sentence};

/// Least evidence that a number counts the affected.
const ENOUGH: i32 = 4;

/// Every number that counts the affected, in the order of the text, each value and unit once.
pub(super) fn read(page: &Page<'_>) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    let mut taken: Vec<usize> = Vec::new();
    for (index, quantity) in page.quantities.iter().enumerate() {
        let Some(sentence) = page.sentence_of(quantity.range.start) else { continue };
        let paired = quantity.paired_with.is_some_and(|other| taken.contains(&other)) && countable(quantity.class);
        if quantity.value == 0 || !(paired || weigh(page, quantity, sentence) >= ENOUGH) {
            continue;
        }
        taken.push(index);
        let unit = quantity.unit.map(|unit| unit.of(page.text()).to_owned()).unwrap_or_default();
        if counts.iter().any(|count| count.value == quantity.value && (count.unit == unit || same_people(&count.unit, &unit))) {
            continue;
        }
        let Some(cite) = page.cite(quantity.range.start, quantity.range.end) else { continue };
        let unit = quantity
            .unit
            .and_then(|unit| page.cite(unit.start, unit.end))
            .map(|unit| one_line(page.words(unit)))
            .unwrap_or_default();
        counts.push(Count { value: quantity.value, approx: quantity.approx, bound: quantity.bound, unit, what: what(page, quantity), cite });
    }
    counts
}

fn same_people(a: &str, b: &str) -> bool {
    let person = |unit: &str| matches!(unit, "人" | "名" | "様" | "名様" | "人分" | "名分" | "方");
    person(a) && person(b)
}

fn countable(class: UnitClass) -> bool {
    matches!(class, UnitClass::Person | UnitClass::Item | UnitClass::Company | UnitClass::Account | UnitClass::Household | UnitClass::Document)
}

/// How much the words around a number speak for its counting the affected.
fn weigh(page: &Page<'_>, quantity: &Quantity, sentence: &Sentence) -> i32 {
    let mut weight = match quantity.class {
        UnitClass::Person | UnitClass::Household => 3,
        UnitClass::Account | UnitClass::Company | UnitClass::Item => 2,
        UnitClass::Document | UnitClass::Device => 1,
        UnitClass::Other if quantity.unit.is_none() => 1,
        _ => return i32::MIN,
    };
    if matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact | Topic::About | Topic::Organisation | Topic::Cause)) {
        return i32::MIN;
    }
    let near = clause(page, quantity, sentence);
    weight += match sentence.topic {
        Some(Topic::Count | Topic::Data) => 3,
        Some(Topic::Damage | Topic::Overview) => 1,
        _ => 0,
    };
    if page.cue(Cue::Affected, near).is_some() {
        weight += 2;
    }
    if page.cue(Cue::Leak, near).is_some() || page.cue(Cue::Mistake, near).is_some() {
        weight += 2;
    }
    if page.cue(Cue::PersonalData, near).is_some() {
        weight += 1;
    }
    if page.cue(Cue::Person, near).is_some() {
        weight += 1;
    }
    if page.text()[quantity.range.end..].starts_with('分') || page.folded_words(quantity.range).ends_with('分') {
        weight += 2;
    }
    if quantity.total || quantity.at_most {
        weight += 1;
    }
    let beside = beside(page, quantity);
    if page.cue(Cue::NotAffected, beside).is_some() {
        weight -= 6;
    }
    if sentence.has(Cue::NotIncluded) && !sentence.has(Cue::Leak) {
        weight -= 4;
    }
    if quantity.class == UnitClass::Person && quantity.value <= 3 && !quantity.total && !matches!(sentence.topic, Some(Topic::Count)) {
        weight -= 3;
    }
    if quantity.part {
        weight -= 2;
    }
    if page.within(Vocabulary::Measure, near).iter().any(|hit| hit.start >= quantity.range.start && hit.start < quantity.range.end + 12) {
        weight -= 6;
    }
    weight
}

/// The clause of the number, at most a line.
fn clause(page: &Page<'_>, quantity: &Quantity, sentence: &Sentence) -> Extent {
    let clause = page.clause_of(quantity.range.start);
    Extent { start: clause.start.max(sentence.extent.start), end: clause.end.min(sentence.extent.end) }
}

/// The words just before and after the number.
fn beside(page: &Page<'_>, quantity: &Quantity) -> Extent {
    let text = page.text();
    let mut start = quantity.range.start.saturating_sub(30);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (quantity.range.end + 12).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let line = page.lines[page.line_of(quantity.range.start)].extent;
    Extent { start: start.max(line.start), end: end.min(line.end) }
}

/// What is counted: the noun phrase before the number, or the label of its line.
fn what(page: &Page<'_>, quantity: &Quantity) -> Option<String> {
    let text = page.text();
    let line = page.lines[page.line_of(quantity.range.start)].extent;
    let before = text[line.start..quantity.range.start].trim_end_matches([':', '(', '、', 'の', 'は', 'が', '計', '約', '合']);
    let from = before.rfind(['、', '。', '(', ')', ':', '「', '」', '・', 'で', 'を', 'に', 'は', 'が']).map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let phrase = &before[from..];
    if phrase.chars().count() < 2 || phrase.chars().count() > 24 {
        return None;
    }
    let start = line.start + from;
    let cite = page.cite(start, start + phrase.len())?;
    Some(one_line(page.words(cite)))
}
