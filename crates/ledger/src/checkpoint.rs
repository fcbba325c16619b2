//! Checkpoints (C2SP tlog-checkpoint, <https://c2sp.org/tlog-checkpoint>): the size and root of a
//! log, signed, in five lines that fit on paper. Kept outside the data folder, a checkpoint shows
//! later that nothing before it was changed or cut. It does not know where checkpoints are kept or
//! how a log is read.

use std::fmt::Write as _;

use crate::base64;
use crate::hash::{Hash, empty_root};
use crate::key::{PublicKey, SecretKey};
use crate::note::{NoteError, NoteLimits, SignedNote};
use crate::tree::{Frontier, LeafAt, ProofError, Unproved, consistency, verify_consistency};

/// The size and root of a log at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: by custom the name of its key, a URL without its scheme.
    pub origin: String,
    /// How many entries it had.
    pub size: u64,
    /// The Merkle root over them.
    pub root: Hash,
    /// Further lines, which nobody but the log understands. Better none.
    pub extensions: Vec<String>,
}

/// Why something is no checkpoint, or not one of a trusted log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it is none, or nobody trusted signed it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A line of it is missing or wrong.
    #[error("the checkpoint's {0}")]
    Line(&'static str),
    /// It is of another log than the key that signed it.
    #[error("the checkpoint is of {origin:?}, but no trusted key of that name signed it")]
    Origin {
        /// The log that it names.
        origin: String,
    },
}

/// Why a log does not extend a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Diverged<E> {
    /// The log is shorter than it was: its tail was cut.
    #[error("the log has {size} entries, but the checkpoint says that there were {remembered}")]
    Cut {
        /// How many there are.
        size: u64,
        /// How many there were.
        remembered: u64,
    },
    /// The first entries are not those of the checkpoint.
    #[error("the first {size} entries are not those of the checkpoint")]
    Rewritten {
        /// The size of the checkpoint.
        size: u64,
    },
    /// The leaves could not be read.
    #[error("a leaf of the log could not be read")]
    Leaf(#[source] E),
}

/// The proof that a log extends a checkpoint: anybody who has both roots can verify it with
/// [`verify_consistency`](crate::verify_consistency).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The size of the checkpoint.
    pub from: u64,
    /// The size of the log.
    pub to: u64,
    /// The root of the log.
    pub root: Hash,
    /// The proof of consistency (RFC 9162 section 2.1.4.1).
    pub proof: Vec<Hash>,
}

impl Checkpoint {
    /// The checkpoint of a log as it is.
    pub fn new(origin: impl Into<String>, frontier: &Frontier) -> Self {
        let (size, root) = (frontier.size(), frontier.root());
        Self { origin: origin.into(), size, root, extensions: Vec::new() }
    }

    /// The checkpoint as the text of a note.
    pub fn to_text(&self) -> String {
        let Self { origin, size, root, extensions } = self;
        let mut text = format!("{origin}\n{size}\n{}\n", base64::encode(root.as_bytes()));
        for line in extensions {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// The checkpoint that the text of a note is. A text by itself proves nothing:
    /// [`Checkpoint::open`] asks for a signature.
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let text = text.strip_suffix('\n');
        let mut lines = text.ok_or(CheckpointError::Line("last line has no end"))?.split('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty());
        let origin = origin.ok_or(CheckpointError::Line("first line names no origin"))?;
        let size = lines.next().and_then(parse_size);
        let size = size.ok_or(CheckpointError::Line("second line is not a size"))?;
        let root = lines.next().and_then(base64::decode);
        let root = root.and_then(|root| Hash::from_slice(&root));
        let root = root.ok_or(CheckpointError::Line("third line is not a root in base64"))?;
        let extensions: Vec<_> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Line("lines are not all filled"));
        }
        if size == 0 && root != empty_root() {
            return Err(CheckpointError::Line("root is not that of an empty log"));
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions })
    }

    /// Signs it with the log's key, which must have the log's name.
    pub fn sign(&self, key: &SecretKey) -> Result<SignedNote, CheckpointError> {
        // Fields may have been set to what would read back as something else.
        let text = self.to_text();
        if Self::parse_text(&text)? != *self {
            return Err(CheckpointError::Line("lines have line feeds in them"));
        }
        if key.id().name() != self.origin {
            return Err(CheckpointError::Origin { origin: self.origin.clone() });
        }
        Ok(SignedNote::sign(text, key)?)
    }

    /// The checkpoint in a signed note, if one of the trusted keys signed it that has the name of
    /// the log. (The specification only recommends that the names agree. Asking for it keeps a
    /// checkpoint of one log from passing for another's.)
    pub fn open(note: &[u8], trusted: &[PublicKey]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(note, NoteLimits::default())?;
        let note = note.verify(trusted)?;
        let checkpoint = Self::parse_text(note.text())?;
        if note.by().iter().any(|key| key.name() == checkpoint.origin) {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Origin { origin: checkpoint.origin })
        }
    }

    /// Proves that a log of `size` leaves begins with the entries of this checkpoint. Reads every
    /// leaf, twice at most; [`Verifier::remembering`](crate::Verifier::remembering) asks the same
    /// while it reads the entries themselves.
    pub fn extends<E>(&self, size: u64, leaf: LeafAt<'_, E>) -> Result<Extension, Diverged<E>> {
        let (from, to) = (self.size, size);
        let frontier: Frontier =
            (0..size).map(leaf).collect::<Result<_, E>>().map_err(Diverged::Leaf)?;
        let root = frontier.root();
        let proof = consistency(from, to, leaf).map_err(|error| match error {
            ProofError::Outside { .. } => Diverged::Cut { size, remembered: from },
            ProofError::Leaf(error) => Diverged::Leaf(error),
        })?;
        match verify_consistency(&proof, (from, self.root), (to, root)) {
            Ok(()) => Ok(Extension { from, to, root, proof }),
            Err(Unproved::Outside | Unproved::Length | Unproved::Root) => {
                Err(Diverged::Rewritten { size: from })
            }
        }
    }
}

/// A number in decimal digits without leading zeroes.
fn parse_size(digits: &str) -> Option<u64> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let leading = digits.len() > 1 && digits.starts_with('0');
    if plain && !leading { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::hash::leaf;

    /// Over the reference tree of eight leaves, signed in Python with the package `cryptography`.
    const SIGNED: &str = "example.jp/book\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n\
        — example.jp/book 0OCdwecL6FWTAk2sJbNiYgZrPcQkVAFrLAw/fShehcJKqNccC2y1isV35/hKhLSAsqrrXRFkm/yITbl539+KO/budwc=\n";

    fn key() -> SecretKey {
        let seed: Vec<u8> = (0..32).collect();
        SecretKey::from_seed("example.jp/book", seed.as_slice().try_into().unwrap()).unwrap()
    }

    fn leaves(size: u64) -> Vec<Hash> {
        (0..size).map(|number| leaf(number.to_string().as_bytes())).collect()
    }

    fn checkpoint(leaves: &[Hash]) -> Checkpoint {
        Checkpoint::new("example.jp/book", &leaves.iter().copied().collect())
    }

    #[test]
    fn a_checkpoint_is_that_of_another_implementation() {
        let trusted = [key().public()];
        let checkpoint = Checkpoint::open(SIGNED.as_bytes(), &trusted).unwrap();
        assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.jp/book", 8));
        let root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
        assert_eq!(checkpoint.root.to_string(), root);
        assert_eq!(checkpoint.sign(&key()).unwrap().to_string(), SIGNED);

        let changed = SIGNED.replace("\n8\n", "\n7\n");
        let forged = Checkpoint::open(changed.as_bytes(), &trusted).unwrap_err();
        assert!(matches!(forged, CheckpointError::Note(NoteError::Forged(_))), "{forged}");
        let unknown = Checkpoint::open(SIGNED.as_bytes(), &[]);
        assert_eq!(unknown, Err(CheckpointError::Note(NoteError::Untrusted)));
    }

    #[test]
    fn a_checkpoint_is_signed_by_the_log_that_it_names() {
        let other = SecretKey::from_seed("example.net/other", &[7; 32]).unwrap();
        let checkpoint = checkpoint(&leaves(3));
        let wrong = CheckpointError::Origin { origin: "example.jp/book".into() };
        assert_eq!(checkpoint.sign(&other), Err(wrong.clone()));
        let note = SignedNote::sign(checkpoint.to_text(), &other).unwrap().to_string();
        let opened = Checkpoint::open(note.as_bytes(), &[key().public(), other.public()]);
        assert_eq!(opened, Err(wrong));
        // As a witness beside the log's own signature, the other key is welcome.
        let mut note = checkpoint.sign(&key()).unwrap();
        note.add(&other);
        let opened =
            Checkpoint::open(note.to_string().as_bytes(), &[key().public(), other.public()]);
        assert_eq!(opened, Ok(checkpoint));
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = Checkpoint::parse_text(text).unwrap_err().to_string();
        assert_eq!(error, format!("the checkpoint's {expected}"), "{text:?}");
    }

    #[test]
    fn what_is_no_checkpoint_is_told_why() {
        let root = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=";
        check("", "last line has no end");
        check("a\n8\nb", "last line has no end");
        check("\n8\n", "first line names no origin");
        check("a\n", "second line is not a size");
        for size in ["", "08", "00", "-1", "+1", "1e3", "８", " 8", "18446744073709551616"] {
            check(&format!("a\n{size}\n{root}\n"), "second line is not a size");
        }
        for root in ["", "Xcna", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh="] {
            check(&format!("a\n8\n{root}\n"), "third line is not a root in base64");
        }
        check(&format!("a\n8\n{root}\n\n"), "lines are not all filled");
        check(&format!("a\n0\n{root}\n"), "root is not that of an empty log");

        let mut checkpoint = checkpoint(&leaves(3));
        checkpoint.extensions = vec!["one".into(), "二".into()];
        assert_eq!(Checkpoint::parse_text(&checkpoint.to_text()), Ok(checkpoint.clone()));
        assert!(checkpoint.sign(&key()).is_ok());
        checkpoint.extensions = vec!["one\ntwo".into()];
        let wrong = Err(CheckpointError::Line("lines have line feeds in them"));
        assert_eq!(checkpoint.sign(&key()), wrong);
    }

    #[test]
    fn a_log_extends_its_checkpoints_and_no_others() {
        let now = leaves(21);
        let size = now.len() as u64;
        let leaf = |index: u64| Ok::<_, Infallible>(now[usize::try_from(index).unwrap()]);
        for old in 0..=now.len() {
            let old = checkpoint(&now[..old]);
            let extension = old.extends(size, &leaf).unwrap();
            let Extension { from, to, root, proof } = extension;
            assert_eq!((from, to, root), (old.size, size, checkpoint(&now).root));
            assert_eq!(verify_consistency(&proof, (from, old.root), (to, root)), Ok(()));
            if from > 0 {
                let other = Checkpoint { root: Hash::ZERO, ..old };
                assert_eq!(other.extends(size, &leaf), Err(Diverged::Rewritten { size: from }));
            }
        }
        let longer = checkpoint(&leaves(22));
        assert_eq!(longer.extends(size, &leaf), Err(Diverged::Cut { size, remembered: 22 }));
        let torn = |_| Err("torn");
        assert_eq!(checkpoint(&now).extends(size, &torn), Err(Diverged::Leaf("torn")));
    }

    proptest! {
        #[test]
        fn any_text_is_a_checkpoint_or_an_error(text: String) {
            let _ = Checkpoint::parse_text(&text);
        }

        #[test]
        fn any_bytes_are_not_opened(bytes: Vec<u8>) {
            prop_assert!(Checkpoint::open(&bytes, &[key().public()]).is_err());
        }

        #[test]
        fn what_parses_is_written_back(
            origin in "[^\n]{1,20}", size: u64, root: [u8; 32], more in prop::collection::vec("[^\n]{1,9}", 0..3),
        ) {
            let root = if size == 0 { empty_root() } else { Hash::from_bytes(root) };
            let checkpoint = Checkpoint { origin, size, root, extensions: more };
            prop_assert_eq!(Checkpoint::parse_text(&checkpoint.to_text()), Ok(checkpoint));
        }

        #[test]
        fn a_damaged_checkpoint_is_not_opened(place in 0..SIGNED.len(), flip in 1_u8..=255) {
            let mut bytes = SIGNED.as_bytes().to_vec();
            bytes[place] ^= flip;
            prop_assert!(Checkpoint::open(&bytes, &[key().public()]).is_err());
        }
    }
}
