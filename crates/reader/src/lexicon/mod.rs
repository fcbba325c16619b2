//! The words that facts are said in, as data: one file a vocabulary under `lexicon/`, all found in
//! one pass. It does not know what a fact makes of a word.
//!
//! A vocabulary file has sections `[value]` or `[value*weight]` followed by phrases, separated by
//! white space, as they look when folded; `_` stands for a space inside a phrase; `[-]` holds
//! phrases that only hide shorter ones (個人情報保護委員会 is no 個人情報).

mod bytes;
#[cfg(test)]
mod file;
#[cfg(test)]
mod growth;
mod table;
mod tags;
mod trie;

use std::sync::LazyLock;

use bytes::Bytes;

pub(crate) use tags::{Claim, Cue, OrganisationWord, Plan, StateWord, Topic, Value};
use trie::Trie;

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

impl Vocabulary {
    /// In the order in which the build script numbers them.
    const ALL: [Self; VOCABULARIES] = [
        Self::Authority,
        Self::Category,
        Self::Claim,
        Self::Cue,
        Self::Data,
        Self::Event,
        Self::Measure,
        Self::Organisation,
        Self::Plan,
        Self::Sector,
        Self::State,
        Self::Technical,
        Self::Topic,
    ];
}

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
}

/// What the build script makes of the vocabulary files.
const TABLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lexicon.bin"));

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::read(Bytes(TABLES)).unwrap_or_else(|error| panic!("the built-in lexicon: {error}"))
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

impl Lexicon {
    /// As the build script wrote it.
    fn read(mut bytes: Bytes<'_>) -> Result<Self, String> {
        const SHORT: &str = "it ends too soon";
        let mut sections = Vec::new();
        for _ in 0..bytes.number().ok_or(SHORT)? {
            let [vocabulary] = bytes.take().ok_or(SHORT)?;
            let name = bytes.words().ok_or(SHORT)?;
            let vocabulary = *Vocabulary::ALL.get(usize::from(vocabulary)).ok_or(SHORT)?;
            let value = Value::named(vocabulary, name)
                .ok_or_else(|| format!("{vocabulary:?} has no value {name:?}"))?;
            sections.push((vocabulary, value));
        }
        let count = bytes.number().ok_or(SHORT)?;
        let mut terms = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            let section = usize::from(bytes.number().ok_or(SHORT)?);
            let length = bytes.number().ok_or(SHORT)?;
            let [weight, last] = bytes.take().ok_or(SHORT)?;
            let &(vocabulary, value) = sections.get(section).ok_or(SHORT)?;
            let weight = weight.cast_signed();
            terms.push(Term { vocabulary, value, weight, length, last: last != 0 });
        }
        Ok(Self { trie: Trie::read(&mut bytes).ok_or(SHORT)?, terms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[&str] = &[
        include_str!("../../lexicon/authority.txt"),
        include_str!("../../lexicon/category.txt"),
        include_str!("../../lexicon/claim.txt"),
        include_str!("../../lexicon/cue.txt"),
        include_str!("../../lexicon/data.txt"),
        include_str!("../../lexicon/event.txt"),
        include_str!("../../lexicon/measure.txt"),
        include_str!("../../lexicon/organisation.txt"),
        include_str!("../../lexicon/plan.txt"),
        include_str!("../../lexicon/sector.txt"),
        include_str!("../../lexicon/state.txt"),
        include_str!("../../lexicon/technical.txt"),
        include_str!("../../lexicon/topic.txt"),
    ];

    #[test]
    fn every_phrase_is_folded_and_stands_once_in_its_vocabulary() {
        for &content in FILES {
            let mut seen = std::collections::BTreeSet::new();
            for phrase in file::phrases(content).unwrap() {
                assert_eq!(text::Folded::new(&phrase.words).text(), phrase.words);
                assert!(
                    seen.insert((phrase.words.clone(), phrase.section)),
                    "{} stands twice in {}",
                    phrase.words,
                    phrase.section
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
