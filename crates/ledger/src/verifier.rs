//! [`Verifier`]: reads a log from its beginning and names the first thing that is wrong. It does not
//! know what the entries mean or where they are kept; they are fed to it. Its tests are those of
//! [`verify`](crate::verify), which feeds it a whole log.

use jiff::Timestamp;

use crate::entry::Entry;
use crate::hash::{Hash, leaf};
use crate::tree::Frontier;

/// Reads the entries of a log in order, one at a time, and stops at the first thing that is wrong.
///
/// ```
/// use ledger::{Draft, Frontier, Hash, Verifier, seal};
/// let mut frontier = Frontier::new();
/// let draft = Draft::new("2031-04-05T06:07:08Z", "mori", "noted", &serde_json::json!({}));
/// let sealed = seal(draft.unwrap(), &mut frontier, Hash::ZERO).unwrap();
///
/// let mut verifier = Verifier::new();
/// assert_eq!(verifier.feed(&sealed.bytes).unwrap().who, "mori");
/// assert_eq!(verifier.finish().unwrap().frontier, frontier);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    frontier: Frontier,
    last: Option<(Hash, Timestamp)>,
    /// Roots that sizes to come must have, the nearest last.
    remembered: Vec<(u64, Hash)>,
    clock_steps: Vec<ClockStep>,
    broken: Option<Broken>,
}

/// A log that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The tree over all entries: its size and root.
    pub frontier: Frontier,
    /// The leaf hash of the last entry; [`Hash::ZERO`] where there is none.
    pub last: Hash,
    /// Where the time goes backwards. No error: clocks are set back, in good faith too.
    pub clock_steps: Vec<ClockStep>,
}

/// An entry with a time before that of the entry before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockStep {
    /// The entry's number.
    pub seq: u64,
    /// Its time.
    pub at: Timestamp,
    /// The time of the entry before it.
    pub before: Timestamp,
}

/// The first thing in a log that is wrong.
#[derive(Clone, Debug, thiserror::Error)]
#[error("entry {seq}: {fault}")]
pub struct Broken {
    /// The number that the entry has, or should have.
    pub seq: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// What can be wrong with an entry in its place.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fault {
    /// The log has it in its count and nowhere else.
    #[error("it is missing")]
    Missing,
    /// It is no entry; the words of an [`EntryError`](crate::EntryError).
    #[error("{0}")]
    Entry(String),
    /// Its number is not the next one: an entry is missing, doubled or moved.
    #[error("it says that it is entry {found}")]
    Seq {
        /// The number that it gives.
        found: u64,
    },
    /// It does not follow the entry before it.
    #[error("it follows {found}, but the entry before it is {expected}")]
    Previous {
        /// The leaf hash of the entry before it.
        expected: Hash,
        /// The hash that it gives.
        found: Hash,
    },
    /// It was written over other entries.
    #[error("it was written over the root {found}, but the entries before it have {expected}")]
    Root {
        /// The root of the entries before it.
        expected: Hash,
        /// The root that it gives.
        found: Hash,
    },
    /// The log up to here is not the one that a checkpoint signed.
    #[error("the entries before it have the root {found}, but a checkpoint says {expected}")]
    Rewritten {
        /// The root that the checkpoint gives.
        expected: Hash,
        /// The root of the entries.
        found: Hash,
    },
    /// The log ends before a checkpoint does.
    #[error("it is missing: a checkpoint says that there are {size} entries")]
    Cut {
        /// The size that the checkpoint gives.
        size: u64,
    },
}

impl Verifier {
    /// A verifier that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A verifier that also asks that the first so many entries have this root, for each pair of size
    /// and root. They come from checkpoints that were kept elsewhere.
    pub fn remembering(remembered: impl IntoIterator<Item = (u64, Hash)>) -> Self {
        let mut remembered: Vec<_> = remembered.into_iter().collect();
        remembered.sort_unstable_by_key(|&(size, _)| std::cmp::Reverse(size));
        Self { remembered, ..Self::default() }
    }

    /// Checks the next entry. After something wrong, gives the same answer for ever.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Entry, Broken> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        self.check(bytes).map_err(|fault| self.stop(fault))
    }

    /// How many entries were right so far, and their tree.
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The leaf hash of the last entry that was right; [`Hash::ZERO`] before the first.
    pub fn last(&self) -> Hash {
        self.last.map_or(Hash::ZERO, |(last, _)| last)
    }

    /// Says that there are no more entries.
    pub fn finish(mut self) -> Result<Verified, Broken> {
        if let Some(broken) = self.broken.take() {
            return Err(broken);
        }
        self.check_remembered().map_err(|fault| self.stop(fault))?;
        if let Some(&(size, _)) = self.remembered.last() {
            return Err(self.stop(Fault::Cut { size }));
        }
        let last = self.last();
        Ok(Verified { frontier: self.frontier, last, clock_steps: self.clock_steps })
    }

    fn stop(&mut self, fault: Fault) -> Broken {
        self.broken.insert(Broken { seq: self.frontier.size(), fault }).clone()
    }

    fn check(&mut self, bytes: &[u8]) -> Result<Entry, Fault> {
        self.check_remembered()?;
        let entry = Entry::parse(bytes).map_err(|error| Fault::Entry(error.to_string()))?;
        if entry.seq != self.frontier.size() {
            return Err(Fault::Seq { found: entry.seq });
        }
        let (expected, found) = (self.last(), entry.previous);
        if found != expected {
            return Err(Fault::Previous { expected, found });
        }
        let (expected, found) = (self.frontier.root(), entry.root);
        if found != expected {
            return Err(Fault::Root { expected, found });
        }
        let at = entry.timestamp().ok_or_else(|| Fault::Entry(entry.at.clone()))?;
        if let Some((_, before)) = self.last.filter(|&(_, before)| at < before) {
            self.clock_steps.push(ClockStep { seq: entry.seq, at, before });
        }
        let leaf = leaf(bytes);
        self.last = Some((leaf, at));
        self.frontier.append(leaf);
        Ok(entry)
    }

    /// Compares with the roots remembered for the size reached.
    fn check_remembered(&mut self) -> Result<(), Fault> {
        let size = self.frontier.size();
        while let Some((_, expected)) = self.remembered.pop_if(|(at, _)| *at == size) {
            let found = self.frontier.root();
            if found != expected {
                return Err(Fault::Rewritten { expected, found });
            }
        }
        Ok(())
    }
}
