//! The words that facts are said in, as data: one file a vocabulary under `lexicon/`, all found in
//! one pass. It does not know what a fact makes of a word.
//!
//! A vocabulary file has sections `[value]` or `[value*weight]` followed by phrases, separated by
//! white space, as they look when folded; `_` stands for a space inside a phrase; `[-]` holds
//! phrases that only hide shorter ones (個人情報保護委員会 is no 個人情報).

mod tags;
mod trie;

use std::ops::Range;
use std::sync::LazyLock;

pub(crate) use tags::{Claim, Cue, OrganisationWord, Plan, StateWord, Topic, Value};
use trie::{Characters, Trie};

/// The vocabularies: name of the file, its content, and what its sections mean.
const FILES: &[(Vocabulary, &str)] = &[
    (Vocabulary::Authority, include_str!("../../lexicon/authority.txt")),
    (Vocabulary::Category, include_str!("../../lexicon/category.txt")),
    (Vocabulary::Claim, include_str!("../../lexicon/claim.txt")),
    (Vocabulary::Cue, include_str!("../../lexicon/cue.txt")),
    (Vocabulary::Data, include_str!("../../lexicon/data.txt")),
    (Vocabulary::Event, include_str!("../../lexicon/event.txt")),
    (Vocabulary::Measure, include_str!("../../lexicon/measure.txt")),
    (Vocabulary::Organisation, include_str!("../../lexicon/organisation.txt")),
    (Vocabulary::Plan, include_str!("../../lexicon/plan.txt")),
    (Vocabulary::Sector, include_str!("../../lexicon/sector.txt")),
    (Vocabulary::State, include_str!("../../lexicon/state.txt")),
    (Vocabulary::Technical, include_str!("../../lexicon/technical.txt")),
    (Vocabulary::Topic, include_str!("../../lexicon/topic.txt")),
];

/// One file of phrases. Within a vocabulary a phrase hides the shorter ones inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Vocabulary {
    /// Authorities and others that an incident is reported to.
    Authority,
    /// Phrases that speak for a category.
    Category,
    /// What is said to have happened to data afterwards, and how surely.
    Claim,
    /// Negation, modality, leaking, discovering: what a rule asks a sentence for.
    Cue,
    /// Kinds of data.
    Data,
    /// Phrases that speak for a type of event.
    Event,
    /// Announced measures.
    Measure,
    /// Legal forms, suffixes and roles of organisations.
    Organisation,
    /// By which words a measure is announced.
    Plan,
    /// Phrases that speak for a sector.
    Sector,
    /// By which words the state of a service is said.
    State,
    /// Malware, products, vectors.
    Technical,
    /// Headings and labels.
    Topic,
}

const VOCABULARIES: usize = 13;

/// A phrase's meaning.
#[derive(Clone, Copy, Debug)]
struct Term {
    vocabulary: Vocabulary,
    value: Value,
    weight: i8,
}

struct Lexicon {
    trie: Trie,
    /// For each phrase, by number, the range of its meanings.
    meanings: Vec<(u32, u32)>,
    /// What each phrase means and, of the shorter ones that it begins with, the longest of each
    /// vocabulary that it is not of itself.
    terms: Vec<(Term, usize)>,
    phrases: Vec<String>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::build(FILES).unwrap_or_else(|error| panic!("the built-in lexicon: {error}"))
});

/// A phrase found in a folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// First byte, in the folded text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it means.
    pub value: Value,
    /// How strongly it speaks for its value.
    pub weight: i8,
}

/// All phrases found in one folded text, by vocabulary, each list ordered by place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hits {
    lists: [Vec<Hit>; VOCABULARIES],
    characters: Characters,
}

impl Hits {
    /// Finds every phrase of every vocabulary in one pass, in the place of those found before.
    pub(crate) fn find(&mut self, folded: &str) {
        let lexicon = &*LEXICON;
        self.lists.iter_mut().for_each(Vec::clear);
        // Of each vocabulary the phrase that reaches furthest so far.
        let mut furthest = [(0, 0); VOCABULARIES];
        self.characters.set(folded);
        lexicon.trie.find(&self.characters, |start, phrase| {
            let (first, last) = lexicon.meanings[usize::from(phrase)];
            for &(term, length) in &lexicon.terms[first as usize..last as usize] {
                let end = start + length;
                let furthest = &mut furthest[term.vocabulary as usize];
                // One that begins before and ends no sooner hides it.
                if furthest.0 < start && furthest.1 >= end {
                    continue;
                }
                *furthest = (start, end);
                if term.value != Value::Blocker {
                    let hit = Hit { start, end, value: term.value, weight: term.weight };
                    self.lists[term.vocabulary as usize].push(hit);
                }
            }
        });
    }

    /// The hits of a vocabulary, ordered by place.
    pub(crate) fn all(&self, vocabulary: Vocabulary) -> &[Hit] {
        &self.lists[vocabulary as usize]
    }

    /// The hits of a vocabulary that lie wholly inside `start..end`.
    pub(crate) fn within(&self, vocabulary: Vocabulary, start: usize, end: usize) -> &[Hit] {
        let list = self.all(vocabulary);
        let first = list.partition_point(|hit| hit.start < start);
        let rest = &list[first..];
        if rest.first().is_none_or(|hit| hit.end > end) {
            return &[];
        }
        &rest[..rest.partition_point(|hit| hit.end <= end)]
    }
}

/// Every phrase of the lexicon, for measuring what one pass over all of them costs.
pub fn phrases() -> &'static [String] {
    &LEXICON.phrases
}

impl Lexicon {
    fn build(files: &[(Vocabulary, &str)]) -> Result<Self, String> {
        let mut entries: Vec<(String, Term)> = Vec::new();
        for &(vocabulary, content) in files {
            parse(vocabulary, content, &mut entries)
                .map_err(|error| format!("{vocabulary:?}: {error}"))?;
        }
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        let (mut phrases, mut meanings, mut terms) = (Vec::new(), vec![(0, 0)], Vec::new());
        // The phrases that the one at hand begins with, each with the range of its meanings.
        let mut shorter: Vec<(&str, Range<usize>)> = Vec::new();
        for same in entries.chunk_by(|a, b| a.0 == b.0) {
            let phrase = same[0].0.as_str();
            while shorter.pop_if(|(begins, _)| !phrase.starts_with(*begins)).is_some() {}
            let first = terms.len();
            terms.extend(same.iter().map(|&(_, term)| (term, phrase.len())));
            for at in shorter.last().map_or(0..0, |(_, range)| range.clone()) {
                let (term, length): (Term, usize) = terms[at];
                if same.iter().all(|(_, of)| of.vocabulary != term.vocabulary) {
                    terms.push((term, length));
                }
            }
            shorter.push((phrase, first..terms.len()));
            let range = u32::try_from(first).ok().zip(u32::try_from(terms.len()).ok());
            meanings.push(range.ok_or("too many phrases")?);
            phrases.push(phrase.to_owned());
        }
        Ok(Self { trie: Trie::build(&phrases)?, meanings, terms, phrases })
    }
}

/// Reads one vocabulary file.
fn parse(
    vocabulary: Vocabulary,
    content: &str,
    into: &mut Vec<(String, Term)>,
) -> Result<(), String> {
    let mut section = None;
    for (number, line) in content.lines().enumerate() {
        let line = line.split_once('#').map_or(line, |(before, _)| before).trim();
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let (name, weight) = match header.split_once('*') {
                Some((name, weight)) => (name, weight.parse().map_err(|_| header.to_owned())?),
                None => (header, 1),
            };
            let value = Value::named(vocabulary, name)
                .ok_or_else(|| format!("line {}: no value {name:?}", number + 1))?;
            section = Some(Term { vocabulary, value, weight });
            continue;
        }
        for phrase in line.split_whitespace() {
            let term = section.ok_or_else(|| format!("line {}: no section yet", number + 1))?;
            into.push((phrase.replace('_', " "), term));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_folded_and_stands_once_in_its_vocabulary() {
        for &(vocabulary, content) in FILES {
            let mut entries = Vec::new();
            parse(vocabulary, content, &mut entries).unwrap();
            let mut seen = std::collections::BTreeSet::new();
            for (phrase, term) in &entries {
                assert_eq!(
                    text::Folded::new(phrase).text(),
                    phrase,
                    "{vocabulary:?} is not folded"
                );
                assert!(
                    seen.insert((phrase, format!("{:?}", term.value))),
                    "{vocabulary:?}: {phrase} stands twice for {:?}",
                    term.value
                );
            }
        }
    }

    #[test]
    fn a_phrase_hides_the_shorter_ones_of_its_vocabulary() {
        let mut hits = Hits::default();
        hits.find("個人情報保護委員会へ報告した。メールアドレス");
        assert_eq!(hits.all(Vocabulary::Authority).len(), 1);
        let data: Vec<_> = hits.all(Vocabulary::Data).iter().map(|hit| hit.value).collect();
        assert_eq!(data, [Value::Data(case::DataKind::Email)]);
    }
}
