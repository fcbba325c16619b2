//! The organisation's sector, from its name first and from what the text calls its people.

use case::{Cited, Sector};
use text::Span;

use crate::lexicon::{OrganisationWord, Topic, Value, Vocabulary};
use crate::page::Page;

/// A word in the name counts as much as so many in the text.
const IN_NAME: i32 = 12;
/// What the name ends in says what it is: a university's hospital is a hospital.
const ENDS_NAME: i32 = 40;
/// Phrases of this weight say a sector in a name only: every release speaks of システム and カード.
const NAME_ONLY: i8 = 1;

/// The sector that most words speak for.
pub(super) fn read(page: &Page<'_>, organisation: Option<&Cited<String>>) -> Option<Cited<Sector>> {
    let name = organisation.and_then(|cited| page.folded_extent(cited.cite));
    // 町 in 株式会社町田… is no town.
    let governs = name.is_some_and(|name| {
        let forms = page.within(Vocabulary::Organisation, name);
        !forms.iter().any(|hit| hit.value == Value::Organisation(OrganisationWord::LegalForm))
    });
    let mut scores = [(0i32, None::<Span>); Sector::ALL.len()];
    for hit in page.hits.all(Vocabulary::Sector) {
        let Value::Sector(sector) = hit.value else { continue };
        let in_name = name.is_some_and(|name| name.start <= hit.start && hit.end <= name.end);
        let place = hit.end - hit.start <= '市'.len_utf8();
        let ends_name = name.is_some_and(|name| hit.end == name.end);
        if (place && !(in_name && (ends_name || governs))) || (hit.weight == NAME_ONLY && !in_name)
        {
            continue;
        }
        let line = &page.lines[page.line_of(hit.start)];
        if line.section == Some(Topic::Contact) && !in_name {
            continue;
        }
        let score = &mut scores[sector as usize];
        let weight = i32::from(hit.weight);
        score.0 += if in_name {
            weight * IN_NAME + if ends_name { ENDS_NAME } else { 0 }
        } else {
            weight.min(2)
        };
        if score.1.is_none() || in_name {
            score.1 = page.cite(hit.start, hit.end);
        }
    }
    let best = (0..scores.len()).max_by_key(|&at| (scores[at].0, std::cmp::Reverse(at)))?;
    let (score, cite) = scores[best];
    (score >= 6).then(|| cite.map(|cite| Cited::new(Sector::ALL[best], cite)))?
}
