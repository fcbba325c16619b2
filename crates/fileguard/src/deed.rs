//! [`Deed`]: one thing that a process did to a file, with all that is needed to judge it. It does not
//! know how it was seen.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::look::{Diff, Look, Sound};

/// A process, for as long as the machine runs: its number with the time when it began, so that a number
/// used again is another process. A session whose leader has ended has the time 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Proc {
    /// Its number.
    pub pid: u32,
    /// When it began, in ticks since the machine did.
    pub start: u64,
}

/// One thing done to a file.
#[derive(Clone, Debug)]
pub struct Deed {
    /// When, in milliseconds of a clock that only goes forward.
    pub at_ms: u64,
    /// Who: the process, then each of those it came from. All of them answer for it.
    pub by: Vec<Proc>,
    /// What.
    pub what: What,
}

/// What was done.
#[derive(Clone, Debug)]
pub enum What {
    /// A file holds something else than before, in place or by another one of its name.
    Rewrote {
        /// The file.
        path: PathBuf,
        /// What it was.
        before: Look,
        /// What it is.
        after: Look,
        /// What changed.
        diff: Diff,
    },
    /// A file is there that was not.
    Made {
        /// The file.
        path: PathBuf,
        /// What it is.
        look: Look,
    },
    /// A file is gone.
    Deleted {
        /// The file.
        path: PathBuf,
        /// What it was, if that is known.
        look: Option<Look>,
        /// Whether the same processes had made it.
        own: bool,
    },
    /// A file has another name; none was overwritten.
    Renamed {
        /// The name that it had.
        from: PathBuf,
        /// The name that it has.
        to: PathBuf,
    },
    /// A file that nobody has business with was changed, deleted or renamed.
    Canary {
        /// The file.
        path: PathBuf,
    },
}

impl What {
    /// The file, by the name that people know.
    pub const fn path(&self) -> &PathBuf {
        match self {
            Self::Rewrote { path, .. }
            | Self::Made { path, .. }
            | Self::Deleted { path, .. }
            | Self::Canary { path } => path,
            Self::Renamed { from, .. } => from,
        }
    }

    /// Whether a change took something meaningful and left something that is not: the one thing that
    /// saving, packing and moving do not do.
    pub fn spoilt(&self) -> bool {
        match self {
            Self::Rewrote { before, after, diff, .. } => {
                before.is_meaningful()
                    && (after.is_opaque()
                        || lost_type(before, after)
                        // Parts of it turned to noise, and little else did.
                        || diff.risen > 0 && diff.risen * 2 >= diff.changed && !grew_into(before, after))
            }
            _ => false,
        }
    }
}

/// Whether a known type is gone, or is a name only.
pub(crate) fn lost_type(before: &Look, after: &Look) -> bool {
    let broken = before.sound == Sound::Whole && after.sound == Sound::Broken;
    let gone = before.kind.is_known() && !after.kind.is_known() && after.bytes > 0;
    broken || gone || before.kind.is_known() && before.kind != after.kind && after.is_opaque()
}

/// Whether a file became one of another known type that keeps its promise: a text packed by gzip.
pub(crate) fn grew_into(before: &Look, after: &Look) -> bool {
    after.kind.is_known() && after.sound == Sound::Whole
        || after.kind.is_known() && after.kind != before.kind && !after.is_opaque()
}
