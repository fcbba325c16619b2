//! What can go wrong at the edge of the spool. It does not say what to do about it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::{MailId, Misfit};

/// What went wrong. Many writers may wait for one write, so that errors are cloned.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// Two processes must not use one spool.
    #[error("another process uses the spool in {}", .0.display())]
    InUse(PathBuf),
    /// The folder holds something that is not the spool's.
    #[error("{} is in the folder of the spool, but is not of it", .0.display())]
    Foreign(PathBuf),
    /// A later version of this program has written there.
    #[error("segment {segment:016x} is of version {version}, which is newer than this program")]
    Newer {
        /// Which segment.
        segment: u64,
        /// Its version, or that of a record in it.
        version: u32,
    },
    /// The system refused something.
    #[error("cannot {doing} the spool")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        #[source]
        source: Arc<io::Error>,
    },
    /// No room. What was handed in is not stored; what was stored before is.
    #[error("the disk of the spool is full")]
    DiskFull(#[source] Arc<io::Error>),
    /// The spool has as many bytes as it may have, and takes no further mail until some is done.
    #[error("the spool is full: it may have {most_bytes} bytes")]
    Full {
        /// How many it may have.
        most_bytes: u64,
    },
    /// Storage failed in a way that leaves open what is stored. Nothing is confirmed any more until
    /// the spool is opened anew.
    #[error("storage has failed, and the spool confirms nothing more")]
    Stopped(#[source] Arc<io::Error>),
    /// The spool was closed.
    #[error("the spool is closed")]
    Closed,
    /// More waits to be written than may wait.
    #[error("too much waits to be written")]
    Busy,
    /// The event is too long to be stored.
    #[error("the event is longer than a record can be")]
    TooLong,
    /// The event is stored, but changes nothing.
    #[error("what was to be noted of mail {id} does not fit it")]
    Misfit {
        /// Which mail.
        id: MailId,
        /// Why not.
        #[source]
        misfit: Misfit,
    },
    /// No such mail, or no longer.
    #[error("mail {0} is not in the spool")]
    Unknown(MailId),
    /// What is stored of a mail is not what was written.
    #[error("what is stored of mail {0} is damaged")]
    Damaged(MailId),
}

impl SpoolError {
    pub(super) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source: Arc::new(source) }
    }

    /// As [`SpoolError::io`], for writes: no room is an error of its own.
    pub(super) fn refused(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull(Arc::new(source))
            }
            _ => Self::Io { doing, source: Arc::new(source) },
        }
    }
}
