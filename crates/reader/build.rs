//! Makes the tables of the lexicon, so that the reader need not when it starts: what each phrase means,
//! and the trie of all of them. It knows how they are laid out, not what a section means.

#![expect(clippy::disallowed_methods, reason = "a build script reads and writes files")]
#![expect(clippy::disallowed_macros, reason = "a build script tells Cargo by printing")]

#[path = "src/lexicon/file.rs"]
mod file;
#[path = "src/lexicon/growth.rs"]
mod growth;
#[path = "src/lexicon/table.rs"]
mod table;

use std::ops::Range;
use std::path::Path;
use std::{env, error::Error, fs};

use growth::Table;

/// The vocabularies in the order of `Vocabulary`, by the names of their files.
const NAMES: &[&str] = &[
    "authority", "category", "claim", "cue", "data", "event", "measure", "organisation", "plan",
    "sector", "state", "technical", "topic",
];

/// A phrase's meaning.
#[derive(Clone, Copy)]
struct Term {
    vocabulary: u8,
    section: u16,
    weight: i8,
    length: u16,
    /// Whether the phrase means nothing further.
    last: bool,
}

/// Phrases, each with a number.
type Numbered<'e> = Vec<(&'e str, u16)>;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=lexicon");
    println!("cargo::rerun-if-changed=src/lexicon/file.rs");
    println!("cargo::rerun-if-changed=src/lexicon/growth.rs");
    println!("cargo::rerun-if-changed=src/lexicon/table.rs");
    let contents = NAMES
        .iter()
        .map(|name| fs::read_to_string(Path::new("lexicon").join(name).with_extension("txt")))
        .collect::<Result<Vec<String>, _>>()?;
    let mut sections: Vec<(u8, &str)> = Vec::new();
    let mut entries = Vec::new();
    for (vocabulary, content) in (0_u8..).zip(&contents) {
        for phrase in file::phrases(content)? {
            let section = (vocabulary, phrase.section);
            let at = sections.iter().position(|known| *known == section).unwrap_or_else(|| {
                sections.push(section);
                sections.len() - 1
            });
            let length = u16::try_from(phrase.words.len())?;
            let section = u16::try_from(at)?;
            let term = Term { vocabulary, section, weight: phrase.weight, length, last: false };
            entries.push((phrase.words, term));
        }
    }
    // A phrase may stand in a section twice with two weights; its order in the file decides.
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let (phrases, terms) = terms(&entries)?;
    let bytes = bytes(&sections, &terms, &Table::build(phrases)?)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("lexicon.bin"), bytes)?;
    Ok(())
}

/// The phrases, each with the number of its first term, and what each phrase means and, of the shorter
/// ones that it begins with, the longest of each vocabulary that it is not of itself. The first term
/// is none.
fn terms<W: AsRef<str>>(
    entries: &[(W, Term)],
) -> Result<(Numbered<'_>, Vec<Term>), Box<dyn Error>> {
    let mut phrases = Vec::new();
    let mut terms = vec![Term { vocabulary: 0, section: 0, weight: 0, length: 0, last: true }];
    // The phrases that the one at hand begins with, each with the range of its terms.
    let mut shorter: Vec<(&str, Range<usize>)> = Vec::new();
    for same in entries.chunk_by(|a, b| a.0.as_ref() == b.0.as_ref()) {
        let phrase = same[0].0.as_ref();
        while shorter.pop_if(|(begins, _)| !phrase.starts_with(*begins)).is_some() {}
        let first = terms.len();
        terms.extend(same.iter().map(|&(_, term)| term));
        for at in shorter.last().map_or(0..0, |(_, range)| range.clone()) {
            let term = terms[at];
            if same.iter().all(|(_, of)| of.vocabulary != term.vocabulary) {
                terms.push(Term { last: false, ..term });
            }
        }
        if let Some(last) = terms.last_mut() {
            last.last = true;
        }
        shorter.push((phrase, first..terms.len()));
        phrases.push((phrase, u16::try_from(first).map_err(|_| "too many phrases")?));
    }
    Ok((phrases, terms))
}

/// All of it as the reader reads it.
fn bytes(
    sections: &[(u8, &str)],
    terms: &[Term],
    table: &Table,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    bytes.extend(u16::try_from(sections.len())?.to_le_bytes());
    for (vocabulary, name) in sections {
        bytes.extend([*vocabulary, u8::try_from(name.len())?]);
        bytes.extend(name.as_bytes());
    }
    bytes.extend(u16::try_from(terms.len())?.to_le_bytes());
    for term in terms {
        bytes.extend(term.section.to_le_bytes());
        bytes.extend(term.length.to_le_bytes());
        bytes.extend(term.weight.to_le_bytes());
        bytes.push(u8::from(term.last));
    }
    bytes.extend(table.root.to_le_bytes());
    for opening in &table.openings {
        bytes.extend(opening.to_le_bytes());
    }
    let steps = || table.steps.iter().enumerate().filter(|(_, step)| step.from != 0);
    bytes.extend(u16::try_from(steps().count())?.to_le_bytes());
    for (at, step) in steps() {
        for number in [u16::try_from(at)?, step.from, step.to, step.phrase] {
            bytes.extend(number.to_le_bytes());
        }
    }
    Ok(bytes)
}
