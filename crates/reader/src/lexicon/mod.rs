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
use trie::Trie;

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
    /// Of the phrase, in bytes.
    length: u16,
    /// Whether the phrase means nothing further.
    last: bool,
}

struct Lexicon {
    /// A phrase's number is where its terms begin.
    trie: Trie,
    /// What each phrase means and, of the shorter ones that it begins with, the longest of each
    /// vocabulary that it is not of itself. The first is none.
    terms: Vec<Term>,
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

/// All phrases found in one folded text, by vocabulary.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hits {
    lists: [List; VOCABULARIES],
    /// The text has at most [`STRETCHES`] stretches of as many bytes as this power of two.
    stretch: u32,
    /// Room for the characters of the text.
    codes: Vec<u16>,
}

/// The hits of one vocabulary.
#[derive(Clone, Debug, Default)]
struct List {
    /// Ordered by place.
    hits: Vec<Hit>,
    /// A bit for each stretch of the text in which a hit begins: most questions ask for words that
    /// are not there.
    stretches: u64,
    /// Of each such stretch, the number of the first hit.
    firsts: Vec<usize>,
}

/// One for each bit of a list's `stretches`.
const STRETCHES: usize = 64;

impl Hits {
    /// Finds every phrase of every vocabulary in one pass, in the place of those found before.
    pub(crate) fn find(&mut self, folded: &str) {
        let lexicon = &*LEXICON;
        self.lists.iter_mut().for_each(List::clear);
        self.stretch = (folded.len() / STRETCHES + 1).next_power_of_two().trailing_zeros();
        // Of each vocabulary the phrase that reaches furthest so far.
        let mut furthest = [(0, 0); VOCABULARIES];
        lexicon.trie.find(folded, &mut self.codes, |start, phrase| {
            for term in &lexicon.terms[usize::from(phrase)..] {
                let end = start + usize::from(term.length);
                let furthest = &mut furthest[term.vocabulary as usize];
                // One that begins before and ends no sooner hides it.
                let hidden = furthest.0 < start && furthest.1 >= end;
                if !hidden {
                    *furthest = (start, end);
                    if term.value != Value::Blocker {
                        let hit = Hit { start, end, value: term.value, weight: term.weight };
                        self.lists[term.vocabulary as usize].push(hit, start >> self.stretch);
                    }
                }
                if term.last {
                    break;
                }
            }
        });
    }

    /// The hits of a vocabulary, ordered by place.
    pub(crate) fn all(&self, vocabulary: Vocabulary) -> &[Hit] {
        &self.lists[vocabulary as usize].hits
    }

    /// The hits of a vocabulary that lie wholly inside `start..end`.
    pub(crate) fn within(&self, vocabulary: Vocabulary, start: usize, end: usize) -> &[Hit] {
        let near = self.lists[vocabulary as usize].near(start >> self.stretch, end >> self.stretch);
        let first = near.partition_point(|hit| hit.start < start);
        let rest = &near[first..];
        if rest.first().is_none_or(|hit| hit.end > end) {
            return &[];
        }
        &rest[..rest.partition_point(|hit| hit.end <= end)]
    }
}

impl List {
    fn clear(&mut self) {
        self.hits.clear();
        self.stretches = 0;
        self.firsts.resize(STRETCHES, 0);
    }

    /// Adds a hit that begins in a stretch of the text, behind those before.
    fn push(&mut self, hit: Hit, stretch: usize) {
        if self.stretches >> stretch & 1 == 0 {
            self.stretches |= 1 << stretch;
            self.firsts[stretch] = self.hits.len();
        }
        self.hits.push(hit);
    }

    /// The hits that begin in the stretches `from..=to`.
    fn near(&self, from: usize, to: usize) -> &[Hit] {
        let first = |stretches: u64| self.firsts.get(stretches.trailing_zeros() as usize).copied();
        let not_before = u64::MAX << from.min(STRETCHES - 1);
        let behind = u64::MAX << to.min(STRETCHES - 1) << 1;
        if self.stretches & not_before & !behind == 0 {
            return &[];
        }
        let end = first(self.stretches & behind).unwrap_or(self.hits.len());
        first(self.stretches & not_before).map_or(&[], |start| &self.hits[start..end])
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
        let (mut phrases, mut numbers) = (Vec::new(), Vec::new());
        let mut terms = vec![Term::NONE];
        // The phrases that the one at hand begins with, each with the range of its terms.
        let mut shorter: Vec<(&str, Range<usize>)> = Vec::new();
        for same in entries.chunk_by(|a, b| a.0 == b.0) {
            let phrase = same[0].0.as_str();
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
            numbers.push(u16::try_from(first).map_err(|_| "too many phrases")?);
            phrases.push(phrase.to_owned());
        }
        let trie = Trie::build(phrases.iter().map(String::as_str).zip(numbers))?;
        Ok(Self { trie, terms, phrases })
    }
}

impl Term {
    const NONE: Self = Self {
        vocabulary: Vocabulary::Authority,
        value: Value::Blocker,
        weight: 0,
        length: 0,
        last: true,
    };
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
            section = Some(Term { vocabulary, value, weight, ..Term::NONE });
            continue;
        }
        for phrase in line.split_whitespace() {
            let term = section.ok_or_else(|| format!("line {}: no section yet", number + 1))?;
            let length = u16::try_from(phrase.len()).map_err(|_| phrase.to_owned())?;
            into.push((phrase.replace('_', " "), Term { length, last: false, ..term }));
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
