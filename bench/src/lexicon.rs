//! One Aho-Corasick pass of our whole lexicon: what any reading with these words must cost at
//! least. It reads the vocabulary files itself and does not know what the reader makes of a word.

use std::hint::black_box;
use std::path::Path;
use std::{fs, io};

use daachorse::CharwiseDoubleArrayAhoCorasick;
use text::Folded;

use crate::clock::Clock;
use crate::library::steady;
use crate::table::Measured;

/// The phrases of every vocabulary, each once.
pub(crate) fn phrases() -> io::Result<Vec<String>> {
    let mut phrases = Vec::new();
    for entry in fs::read_dir("crates/reader/lexicon")? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            phrases.extend(in_vocabulary(&fs::read_to_string(path)?));
        }
    }
    phrases.sort();
    phrases.dedup();
    Ok(phrases)
}

/// Words between white space that are neither a section nor a comment; `_` stands for a space.
fn in_vocabulary(vocabulary: &str) -> Vec<String> {
    vocabulary
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with(['[', '#']))
        .flat_map(str::split_whitespace)
        .map(|phrase| phrase.replace('_', " "))
        .collect()
}

/// All matches, also overlapping ones, in the folded text; the bytes are those of the original.
pub(crate) fn pass(path: &Path) -> io::Result<Measured> {
    let automaton: CharwiseDoubleArrayAhoCorasick<u32> =
        CharwiseDoubleArrayAhoCorasick::new(phrases()?)
            .map_err(|error| io::Error::other(error.to_string()))?;
    let original = fs::read_to_string(path)?;
    let folded = Folded::new(&original);
    steady(original.len(), || {
        let started = Clock::start()?;
        black_box(automaton.find_overlapping_iter(folded.text()).count());
        started.elapsed()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_taken_and_sections_are_not() {
        assert_eq!(
            in_vocabulary("# note\n[name*2]\n氏名 お_名前\n[-]\n社名\n"),
            ["氏名", "お 名前", "社名"]
        );
    }
}
