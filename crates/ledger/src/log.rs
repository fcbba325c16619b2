//! [`Log`]: where entries are kept, as little as is needed of it; [`MemoryLog`], its twin without a
//! disk; [`Ledger`], which appends. They do not know what the entries mean, nor files or databases.

use crate::entry::{Draft, EntryError, Sealed, seal};
use crate::hash::Hash;
use crate::tree::Frontier;
use crate::verifier::{Broken, Fault, Verified, Verifier};

/// Where the entries of a log are kept.
pub trait Log {
    /// What can go wrong there.
    type Error;

    /// How many entries there are.
    fn len(&self) -> Result<u64, Self::Error>;

    /// Whether there are none.
    fn is_empty(&self) -> Result<bool, Self::Error> {
        Ok(self.len()? == 0)
    }

    /// The bytes of an entry; nothing where there is none of this number.
    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Keeps an entry with its leaf hash. When this returns, the entry outlives the power supply.
    fn append(&mut self, seq: u64, bytes: &[u8], leaf: Hash) -> Result<(), Self::Error>;
}

/// A log in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryLog {
    /// The entries' bytes; public, so that a test can damage them.
    pub entries: Vec<Vec<u8>>,
}

impl Log for MemoryLog {
    type Error = std::convert::Infallible;

    fn len(&self) -> Result<u64, Self::Error> {
        Ok(self.entries.len() as u64)
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, Self::Error> {
        Ok(usize::try_from(seq).ok().and_then(|seq| self.entries.get(seq)).cloned())
    }

    fn append(&mut self, _: u64, bytes: &[u8], _: Hash) -> Result<(), Self::Error> {
        self.entries.push(bytes.to_owned());
        Ok(())
    }
}

/// A log with what is needed to append to it.
#[derive(Clone, Debug)]
pub struct Ledger<L> {
    log: L,
    frontier: Frontier,
    last: Hash,
}

/// Why a ledger did not open or append.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError<E> {
    /// The place where it is kept failed.
    #[error("the log could not be read or written")]
    Log(#[source] E),
    /// What is kept there does not hold.
    #[error(transparent)]
    Broken(Broken),
    /// The change is no entry.
    #[error(transparent)]
    Entry(EntryError),
}

impl<L: Log> Ledger<L> {
    /// Opens a log by verifying all of it. A store that keeps its [`Frontier`] uses
    /// [`seal`](crate::seal) instead and verifies when asked to.
    pub fn open(log: L) -> Result<Self, LedgerError<L::Error>> {
        let Verified { frontier, last, .. } = verify(&log, Verifier::new())?;
        Ok(Self { log, frontier, last })
    }

    /// Seals a change and keeps it.
    pub fn append(&mut self, draft: Draft) -> Result<Sealed, LedgerError<L::Error>> {
        let mut frontier = self.frontier.clone();
        let sealed = seal(draft, &mut frontier, self.last).map_err(LedgerError::Entry)?;
        self.log.append(sealed.entry.seq, &sealed.bytes, sealed.leaf).map_err(LedgerError::Log)?;
        self.frontier = frontier;
        self.last = sealed.leaf;
        Ok(sealed)
    }

    /// The tree over all entries.
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The log itself.
    pub const fn log(&self) -> &L {
        &self.log
    }

    /// Gives the log back.
    pub fn into_log(self) -> L {
        self.log
    }
}

/// Reads a whole log with a verifier, which may remember checkpoints.
pub fn verify<L: Log>(log: &L, mut verifier: Verifier) -> Result<Verified, LedgerError<L::Error>> {
    for seq in 0..log.len().map_err(LedgerError::Log)? {
        let Some(bytes) = log.entry(seq).map_err(LedgerError::Log)? else {
            return Err(LedgerError::Broken(Broken { seq, fault: Fault::Missing }));
        };
        verifier.feed(&bytes).map_err(LedgerError::Broken)?;
    }
    verifier.finish().map_err(LedgerError::Broken)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entry::Entry;
    use crate::verifier::ClockStep;

    fn draft(at: &str, number: u64) -> Draft {
        Draft::new(at, "mori", "noted", &json!({ "number": number })).unwrap()
    }

    fn at(number: u64) -> String {
        format!("2031-04-05T06:07:{number:02}Z")
    }

    fn ledger(size: u64) -> Ledger<MemoryLog> {
        let mut ledger = Ledger::open(MemoryLog::default()).unwrap();
        for number in 0..size {
            ledger.append(draft(&at(number), number)).unwrap();
        }
        ledger
    }

    #[test]
    fn a_log_grows_and_is_opened_again() {
        let mut ledger = ledger(20);
        let frontier = ledger.frontier().clone();
        assert!(!ledger.log().is_empty().unwrap());
        let wrong = ledger.append(draft("noon", 20)).unwrap_err();
        assert_eq!(wrong.to_string(), r#""noon" is not an RFC 3339 time in UTC"#);
        assert_eq!((ledger.frontier(), ledger.log().entries.len()), (&frontier, 20));

        let mut again = Ledger::open(ledger.into_log()).unwrap();
        assert_eq!(*again.frontier(), frontier);
        let sealed = again.append(draft(&at(20), 20)).unwrap();
        assert_eq!((sealed.entry.seq, sealed.entry.root), (20, frontier.root()));
        let verified = verify(again.log(), Verifier::new()).unwrap();
        assert_eq!((verified.last, verified.frontier.size()), (sealed.leaf, 21));
    }

    /// What the verifier says of six entries after they were damaged.
    #[track_caller]
    fn check(damage: impl FnOnce(&mut Vec<Vec<u8>>), expected: &str) {
        let mut log = ledger(6).into_log();
        damage(&mut log.entries);
        let broken = verify(&log, Verifier::new()).unwrap_err().to_string();
        assert!(broken.starts_with(expected), "{broken}");
    }

    fn replace(entry: &mut Vec<u8>, from: &str, to: &str) {
        let text = String::from_utf8(entry.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        *entry = text.replacen(from, to, 1).into_bytes();
    }

    #[test]
    fn the_first_wrong_thing_is_named() {
        check(|log| log[2].clear(), "entry 2: not an entry: EOF");
        check(|log| log[2].push(b'\n'), "entry 2: the entry is not spelled");
        check(
            |log| replace(&mut log[2], r#""v":1"#, r#""v":3"#),
            "entry 2: version 3 of the entry",
        );
        check(
            |log| replace(&mut log[3], r#""seq":3"#, r#""seq":4"#),
            "entry 3: it says that it is entry 4",
        );
        check(|log| drop(log.remove(2)), "entry 2: it says that it is entry 3");
        check(|log| log.swap(1, 2), "entry 1: it says that it is entry 2");
        check(|log| log[1] = log[0].clone(), "entry 1: it says that it is entry 0");
        // A changed entry is noticed at the next one, which names its hash.
        check(|log| replace(&mut log[2], "mori", "mori2"), "entry 3: it follows ");
        // Another one's entry with the right number, chain and no idea of the tree.
        check(
            |log| {
                let root = Entry::parse(&log[4]).unwrap().root.to_string();
                replace(&mut log[4], &root, &Hash::ZERO.to_string());
            },
            "entry 4: it was written over the root 0000",
        );
        // Whole, but for what only a checkpoint can tell.
        let mut log = ledger(6).into_log();
        replace(&mut log.entries[5], "mori", "moro");
        assert!(verify(&log, Verifier::new()).is_ok());
    }

    #[test]
    fn a_verifier_stays_where_it_stopped() {
        let log = ledger(2).into_log();
        let mut verifier = Verifier::new();
        let broken = verifier.feed(&log.entries[1]).unwrap_err().to_string();
        assert_eq!(verifier.feed(&log.entries[0]).unwrap_err().to_string(), broken);
        assert_eq!((verifier.frontier().size(), verifier.last()), (0, Hash::ZERO));
        assert_eq!(verifier.finish().unwrap_err().to_string(), broken);
    }

    #[test]
    fn a_remembered_root_shows_a_cut_and_a_rewritten_log() {
        let (short, long) = (ledger(3), ledger(6));
        let roots = [6, 0, 3].map(|size| (size, ledger(size).frontier().root()));
        assert!(verify(long.log(), Verifier::remembering(roots)).is_ok());

        let cut = verify(short.log(), Verifier::remembering(roots)).unwrap_err().to_string();
        assert_eq!(cut, "entry 3: it is missing: a checkpoint says that there are 6 entries");

        let other = [(6, roots[0].1), (3, Hash::ZERO)];
        let rewritten = verify(long.log(), Verifier::remembering(other)).unwrap_err().to_string();
        assert!(
            rewritten.starts_with("entry 3: the entries before it have the root"),
            "{rewritten}"
        );
        let last = [(6, Hash::ZERO)];
        let rewritten = verify(long.log(), Verifier::remembering(last)).unwrap_err().to_string();
        assert!(rewritten.starts_with("entry 6: the entries before it"), "{rewritten}");
    }

    #[test]
    fn a_clock_that_was_set_back_is_a_note() {
        let mut ledger = Ledger::open(MemoryLog::default()).unwrap();
        for (number, second) in [(0, 10), (1, 20), (2, 5), (3, 5), (4, 6)] {
            ledger.append(draft(&at(second), number)).unwrap();
        }
        let steps = verify(ledger.log(), Verifier::new()).unwrap().clock_steps;
        let [ClockStep { seq: 2, at: now, before }] = steps.as_slice() else { panic!("{steps:?}") };
        assert_eq!((now.to_string(), before.to_string()), (at(5), at(20)));
    }

    /// A log that lost an entry, and then cannot be read at all.
    struct Torn(u64);

    impl Log for Torn {
        type Error = NoDisk;

        fn len(&self) -> Result<u64, NoDisk> {
            if self.0 > 1 { Err(NoDisk) } else { Ok(self.0) }
        }

        fn entry(&self, _: u64) -> Result<Option<Vec<u8>>, NoDisk> {
            Ok(None)
        }

        fn append(&mut self, _: u64, _: &[u8], _: Hash) -> Result<(), NoDisk> {
            Err(NoDisk)
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("no disk")]
    struct NoDisk;

    #[test]
    fn what_the_place_says_is_passed_on() {
        let missing = Ledger::open(Torn(1)).err().unwrap();
        assert_eq!(missing.to_string(), "entry 0: it is missing");
        let unread = Ledger::open(Torn(2)).err().unwrap();
        assert!(matches!(unread, LedgerError::Log(NoDisk)), "{unread}");

        let mut ledger = Ledger::open(Torn(0)).unwrap();
        assert!(matches!(ledger.append(draft(&at(0), 0)), Err(LedgerError::Log(NoDisk))));
        assert_eq!(ledger.frontier().size(), 0);
    }
}
