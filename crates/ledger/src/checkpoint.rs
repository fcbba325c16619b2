//! Checkpoints (C2SP tlog-checkpoint, <https://c2sp.org/tlog-checkpoint>): the size and root of a
//! log, signed, in five lines that fit on paper. Kept outside the data folder, a checkpoint shows
//! later that nothing before it was changed or cut. It does not know where checkpoints are kept or
//! how a log is read.

use std::fmt::Write as _;

use data_encoding::BASE64;

use crate::hash::{Hash, empty_root};
use crate::note::{NoteError, NoteLimits, PublicKey, SecretKey, SignedNote};
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
        let mut text = format!("{origin}\n{size}\n{}\n", BASE64.encode(root.as_bytes()));
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
        let root = lines.next().and_then(|root| BASE64.decode(root.as_bytes()).ok());
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
    /// leaf; [`Verifier::remembering`](crate::Verifier::remembering) asks the same while it reads
    /// the entries themselves.
    pub fn extends<E>(&self, size: u64, leaf: LeafAt<'_, E>) -> Result<Extension, Diverged<E>> {
        let (from, to) = (self.size, size);
        let mut frontier = Frontier::new();
        for index in 0..size {
            if index == from && frontier.root() != self.root {
                return Err(Diverged::Rewritten { size: from });
            }
            frontier.append(leaf(index).map_err(Diverged::Leaf)?);
        }
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
