//! The family names that are known, by their characters and by their sound, and the characters that
//! are one in two shapes. It does not know where in a name the family name stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::kana;

static NAMES: &str = include_str!("surnames.tsv");
static VARIANTS: &str = include_str!("variants.tsv");

/// What the tables hold, made once.
struct Known {
    by_characters: BTreeMap<&'static str, Vec<String>>,
    sounds: BTreeSet<String>,
    /// Kana as they are written in the table.
    kana: BTreeSet<&'static str>,
    variants: BTreeMap<char, char>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known {
        by_characters: BTreeMap::new(),
        sounds: BTreeSet::new(),
        kana: BTreeSet::new(),
        variants: rows(VARIANTS)
            .filter_map(|(from, to)| Some((from.chars().next()?, to.chars().next()?)))
            .collect(),
    };
    for (name, readings) in rows(NAMES) {
        let sounds: Vec<_> = readings.split(',').filter_map(kana::sound).collect();
        known.sounds.extend(sounds.iter().cloned());
        known.kana.extend(readings.split(','));
        known.by_characters.insert(name, sounds);
    }
    known
});

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// Every character in the shape by which names are compared: 渡邊 is 渡辺.
pub(super) fn fold_variants(name: &str) -> String {
    name.chars().map(|c| *KNOWN.variants.get(&c).unwrap_or(&c)).collect()
}

/// How a folded family name is read; empty where it is not known.
pub(super) fn sounds_of(characters: &str) -> &'static [String] {
    KNOWN.by_characters.get(characters).map_or(&[], Vec::as_slice)
}

/// Whether a folded word is a known family name in its characters.
pub(super) fn is_written(characters: &str) -> bool {
    KNOWN.by_characters.contains_key(characters)
}

/// Whether a sound is that of a known family name.
pub(super) fn is_sound(sound: &str) -> bool {
    KNOWN.sounds.contains(sound)
}

/// Whether a word in hiragana is a known family name.
pub(super) fn is_kana_name(hiragana: &str) -> bool {
    KNOWN.kana.contains(hiragana)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sound() {
        for (name, readings) in rows(NAMES) {
            assert_eq!(fold_variants(name), name, "a name stands in its folded shape");
            for reading in readings.split(',') {
                assert!(kana::sound(reading).is_some(), "{name} is read {reading}");
            }
        }
        for (from, to) in rows(VARIANTS) {
            assert_eq!(fold_variants(to), to, "{from} leads to a shape that is folded again");
        }
        assert!(KNOWN.by_characters.len() > 300);
    }
}
