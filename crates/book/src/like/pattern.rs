//! What of a case is compared with others. It does not know the others.

use case::{Category, Facts, Field};

use crate::joining::{letters, organisation_key};

/// How much a kind of agreement counts, before its rarity is taken into account.
pub(super) const WEIGHTS: &[(Field, f64)] = &[
    (Field::Technical, 2.0),
    (Field::Organisation, 1.5),
    (Field::Services, 1.0),
    (Field::Sector, 1.0),
    (Field::DataKinds, 0.6),
    (Field::Prevention, 0.5),
    (Field::Title, 0.3),
];

/// The same category counts as much whatever the category: what is rare within it decides.
pub(super) const CATEGORY_WEIGHT: f64 = 2.0;

/// The weight of a field.
pub(super) fn weight(field: Field) -> f64 {
    WEIGHTS.iter().find(|(known, _)| *known == field).map_or(0.0, |(_, weight)| *weight)
}

/// What is compared.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) category: Category,
    pub(super) sector: Option<&'static str>,
    pub(super) data: Vec<&'static str>,
    pub(super) measures: Vec<&'static str>,
    pub(super) technical: Vec<String>,
    pub(super) services: Vec<String>,
    pub(super) organisation: Option<String>,
    pub(super) title: Vec<char>,
}

impl Pattern {
    pub(super) fn of<C>(facts: &Facts<C>) -> Self {
        Self {
            category: facts.category.value,
            sector: facts.sector.as_ref().map(|x| x.value.name()),
            data: once(facts.data_kinds.iter().map(|x| x.value.name())),
            measures: once(facts.prevention.iter().map(|x| x.value.name())),
            technical: once(facts.technical.iter().map(|x| x.value.clone())),
            services: once(facts.services.iter().map(|x| x.name.clone())),
            organisation: facts.organisation.as_ref().map(|x| organisation_key(&x.value)),
            title: facts.title.as_ref().map(|x| letters(&x.value)).unwrap_or_default(),
        }
    }

    /// The pairs of letters of the title, each once.
    pub(super) fn pairs(&self) -> Vec<(char, char)> {
        once(pairs(&self.title))
    }

    /// The letters of the title that stand in runs of pairs that another title has too.
    pub(super) fn runs(&self, has: impl Fn((char, char)) -> bool) -> Vec<String> {
        let mut runs: Vec<String> = Vec::new();
        let mut open = false;
        for pair in pairs(&self.title) {
            match (has(pair), runs.last_mut()) {
                (true, Some(run)) if open => run.push(pair.1),
                (true, _) => runs.push([pair.0, pair.1].iter().collect()),
                (false, _) => {}
            }
            open = has(pair);
        }
        runs
    }
}

/// Neighbouring letters.
pub(super) fn pairs(letters: &[char]) -> impl Iterator<Item = (char, char)> + '_ {
    letters.iter().copied().zip(letters.iter().copied().skip(1))
}

fn once<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort();
    values.dedup();
    values
}
