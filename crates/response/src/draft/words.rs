//! The words of a release, from `data/release.tsv`. They do not know the facts around them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use case::{Category, Field};

/// Field and value.
type Key = (&'static str, &'static str);
/// The words, and for a category what happened.
type Words = (&'static str, &'static str);

static WORDS: LazyLock<BTreeMap<Key, Words>> = LazyLock::new(|| {
    include_str!("../../data/release.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let key = (cells.next()?, cells.next()?);
            Some((key, (cells.next()?, cells.next().unwrap_or_default())))
        })
        .collect()
});

/// The words for a value; empty where a person must write them.
pub(super) fn words(field: Field, value: &str) -> &'static str {
    WORDS.get(&(field.name(), value)).map_or("", |(words, _)| *words)
}

/// What happened, in a sentence.
pub(super) fn happened(category: Category) -> &'static str {
    WORDS.get(&(Field::Category.name(), category.name())).map_or("", |(_, happened)| *happened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_names_a_value_and_every_category_has_words() {
        for (field, value) in WORDS.keys() {
            let field = Field::from_name(field).unwrap_or_else(|| panic!("{field}"));
            assert!(field.value_label(value, case::Lang::Ja).is_some(), "{field} {value}");
        }
        for category in Category::ALL {
            let words = words(Field::Category, category.name());
            assert!(!words.is_empty() && !happened(*category).is_empty(), "{category}");
        }
    }
}
