//! The history on disk: read when the relay starts, written now and then and when it stops. What a
//! crash loses of it is learnt again; no mail depends on it. It does not know what it is asked for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use jiff::Timestamp;

use super::whole;
use crate::Envelope;
use crate::checks::Sending;
use crate::history::History;
use crate::mail::{Mail, MailLimits};

/// The file in the data folder.
const FILE: &str = "history.postcard";
/// Pairs of people that are remembered, and pairs of addresses: some 50 MB.
const PAIRS: usize = 500_000;
/// Those who get a mail with more recipients do not belong together by it.
const MOST_LEARNT: usize = 50;
/// It is written after so many mails.
const WRITTEN_EVERY: u64 = 1_000;

/// The history, and where it is kept.
pub(super) struct Past {
    history: RwLock<History>,
    file: PathBuf,
}

impl Past {
    /// Reads what is kept. A file that cannot be read is set aside, and learning begins anew.
    pub(super) fn open(data: &Path) -> Self {
        let file = data.join(FILE);
        let kept = fs::read(&file).ok().map(|bytes| History::from_bytes(&bytes));
        let history = match kept {
            Some(Ok(history)) => history,
            Some(Err(_)) => {
                // Should that fail, it is written over: it could not be read anyway.
                let _set_aside = fs::rename(&file, data.join("history.unreadable"));
                History::new(PAIRS)
            }
            None => History::new(PAIRS),
        };
        Self { history: RwLock::new(history), file }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, History> {
        self.history.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a mail that goes out.
    /// `is_split` says that each recipient gets a copy of their own.
    pub(super) fn learn(
        &self,
        envelope: &Envelope,
        mail: &Mail<'_>,
        is_split: bool,
        now: Timestamp,
    ) {
        if envelope.to.len() > MOST_LEARNT {
            return;
        }
        let sending = Sending::that_goes_out(envelope, mail, now.as_second(), is_split);
        let Some(sending) = sending else { return };
        let mut history = self.history.write().unwrap_or_else(PoisonError::into_inner);
        sending.learn(&mut history);
        if history.mails().is_multiple_of(WRITTEN_EVERY) {
            drop(history);
            self.keep();
        }
    }

    /// Writes it down: whole, or as it was.
    pub(super) fn keep(&self) {
        let Ok(bytes) = self.read().to_bytes() else { return };
        // Without it, the relay learns again what it had learnt since.
        let _kept = whole::replace(&self.file, &bytes);
    }
}

/// Has a relay that is not running learn from mail that went out before there was one: who it was for, its
/// bytes, and when. A mail that cannot be taken apart teaches nothing.
pub fn learn_beforehand(
    data: &Path,
    mails: impl IntoIterator<Item = (Envelope, Vec<u8>, Timestamp)>,
) -> io::Result<()> {
    let past = Past::open(data);
    for (envelope, bytes, at) in mails {
        if let Ok(mail) = Mail::parse(&bytes, &MailLimits::default()) {
            past.learn(&envelope, &mail, false, at);
        }
    }
    let learnt = past.read().to_bytes().map_err(io::Error::other)?;
    whole::replace(&past.file, &learnt)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_was_learnt_is_its_owners_and_is_read_again() {
        let data = tempfile::tempdir().unwrap();
        let past = Past::open(data.path());
        // A fresh file that a crash left, readable by all.
        fs::write(data.path().join("history.new"), "half").unwrap();
        past.keep();
        let mode = fs::metadata(data.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!data.path().join("history.new").exists());
        drop(Past::open(data.path()));
        assert!(!data.path().join("history.unreadable").exists());
    }
}
