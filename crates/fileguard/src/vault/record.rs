//! What stands in the journal: an [`Entry`] a line. It does not know how lines are kept.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::blobs::Digest;
use crate::deed::Proc;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number; numbers only grow.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who was about to do it: the process, then those it came from.
    pub by: Vec<Proc>,
    /// What.
    pub record: Record,
}

/// What of a file is not in its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// Its number in its file system.
    pub ino: u64,
    /// Its length.
    pub bytes: u64,
    /// Its permissions.
    pub mode: u32,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// When it was last written, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// When it was made, in nanoseconds since 1970; 0 where the file system does not say. A number that is
    /// used again is another file.
    #[serde(default)]
    pub born_ns: i64,
}

impl Attributes {
    /// Whether these are of the same file, whatever was done to it in between.
    pub const fn is_same(&self, other: &Self) -> bool {
        self.ino == other.ino
            && (self.born_ns == other.born_ns || self.born_ns == 0 || other.born_ns == 0)
    }
}

/// What was kept or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Record {
    /// The whole content of a file that somebody opened to write.
    Content {
        /// Its name then.
        #[serde(with = "crate::written")]
        path: PathBuf,
        /// The rest of it.
        attributes: Attributes,
        /// Its content.
        digest: Digest,
    },
    /// A stretch of a large file that was about to be overwritten.
    Stretch {
        /// Its name then.
        #[serde(with = "crate::written")]
        path: PathBuf,
        /// The rest of it, as it was before the first stretch.
        attributes: Attributes,
        /// Where the stretch begins.
        offset: u64,
        /// Its content.
        digest: Digest,
    },
    /// A name that went away; its data stays under a second link.
    Gone {
        /// The name.
        #[serde(with = "crate::written")]
        path: PathBuf,
        /// The rest of it.
        attributes: Attributes,
        /// The hash of its content at that time, once it was read.
        digest: Option<String>,
    },
    /// A file that got another name.
    Moved {
        /// Its number.
        ino: u64,
        /// The name that it had.
        #[serde(with = "crate::written")]
        from: PathBuf,
        /// The name that it has.
        #[serde(with = "crate::written")]
        to: PathBuf,
    },
    /// A file that is new.
    Made {
        /// Its number.
        ino: u64,
        /// Its name.
        #[serde(with = "crate::written")]
        path: PathBuf,
    },
    /// The state of a file after an attack, kept as evidence.
    Evidence {
        /// The incident.
        incident: u64,
        /// Its name.
        #[serde(with = "crate::written")]
        path: PathBuf,
        /// The rest of it.
        attributes: Attributes,
        /// Its content.
        digest: Digest,
    },
    /// These entries must stay.
    Held {
        /// Their numbers.
        seqs: Vec<u64>,
    },
    /// These entries may go again.
    Released {
        /// Their numbers.
        seqs: Vec<u64>,
    },
    /// An entry that went.
    Forgotten {
        /// Its number.
        seq: u64,
    },
}

impl Record {
    /// The content that an entry needs.
    pub const fn digest(&self) -> Option<Digest> {
        match self {
            Self::Content { digest, .. }
            | Self::Stretch { digest, .. }
            | Self::Evidence { digest, .. } => Some(*digest),
            _ => None,
        }
    }
}
