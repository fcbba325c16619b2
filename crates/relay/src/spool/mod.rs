//! Mail kept on stable storage before anybody is told that it was taken, and what becomes of each of
//! its recipients, through any crash.
//!
//! One log in segments: what happens to a mail is appended ([`Event`]), many writers share one write
//! and one sync, and what the spool has is what a replay of the log makes of it. Layers, from the
//! bottom: `disk` (files), [`frame`] (records and their checksums), `event` (what records say),
//! `status` (which step leads where), `index` (the mails there are), `replay`; then `commit`, the one
//! thread that writes, `compact` and `recover`. A long mail may lie in a file of its own ([`Apart`]); what
//! becomes of it stands in the log as of any other.
//!
//! What holds after any crash: a mail whose ticket said so is there, byte for byte, with every step
//! that was confirmed; a mail that is done does not come back; nothing is deliverable that was not
//! released. What was handed in but not confirmed may be there or not.
//!
//! It does not know what a mail says, why it is held or how it is delivered, nor what time it is.
//!
//! ```no_run
//! use relay::spool::{Event, Spool, SpoolLimits, Step};
//! # use relay::spool::SpoolError;
//!
//! fn take_in(spool: &Spool, envelope: relay::Envelope, mail: Vec<u8>) -> Result<(), SpoolError> {
//!     let id = spool.new_id(jiff::Timestamp::UNIX_EPOCH);
//!     spool.append(&[Event::Accepted { id, envelope, mail }]).wait()?; // only now say 250
//!     spool.append(&[Event::step(id, Step::Held { by: "window".into(), until: None })]).wait()
//! }
//!
//! let spool = Spool::open("spool".as_ref(), SpoolLimits::default())?;
//! # Ok::<(), SpoolError>(())
//! ```

mod apart;
mod commit;
mod compact;
mod disk;
mod error;
mod event;
pub mod frame;
mod id;
mod index;
mod recover;
mod replay;
#[cfg(test)]
mod sample;
mod status;
#[cfg(test)]
mod tests;
mod ticket;

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use jiff::Timestamp;

pub use apart::Apart;
pub use error::SpoolError;
pub use event::Event;
pub use id::{MailId, MailIdError};
pub use replay::{Damage, DamageKind};
pub use status::{Misfit, Outcome, Phase, Progress, Status, Step};
pub use ticket::Ticket;

use crate::Envelope;
use commit::{Committer, Entry, Shared};
use disk::{Disk, Folder};
use id::MailIds;
use index::{Index, Mail, Piece};

/// How much a spool may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpoolLimits {
    /// A segment is not written to when it would become longer. The disk has at most twice the mail
    /// that is in the spool, and one segment.
    pub segment_bytes: u64,
    /// With so many bytes on the disk no further mail is taken; what becomes of those that are there
    /// is still recorded, and a mail that comes in the place of one that is done is taken.
    pub most_bytes: u64,
    /// With so many bytes waiting to be written no further mail is taken.
    pub waiting_bytes: usize,
    /// So many bytes go into one write, and one event more.
    pub batch_bytes: usize,
}

impl Default for SpoolLimits {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            most_bytes: 64 << 30,
            waiting_bytes: 256 << 20,
            batch_bytes: 8 << 20,
        }
    }
}

/// How much a spool has, and has done since it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Mails.
    pub mails: usize,
    /// What they would take in one record each, roughly.
    pub live_bytes: u64,
    /// What all segments take, and the mails that lie apart.
    pub stored_bytes: u64,
    /// Segments.
    pub segments: usize,
    /// Records replayed and written.
    pub records: u64,
    /// Records that changed nothing when they were written, because they did not fit.
    pub misfits: u64,
    /// Writes that were synced.
    pub syncs: u64,
}

/// What can be read of the bytes of one segment by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// The mails that would be in a spool of this segment alone.
    pub mails: Vec<(MailId, Status)>,
    /// Sound records.
    pub records: u64,
    /// Where the last sound record ends.
    pub sound_bytes: usize,
    /// What is damaged before that.
    pub damage: Vec<Damage>,
}

/// Reads any bytes as a segment: one that was set aside, say.
pub fn inspect(segment: &[u8]) -> Result<Inspected, SpoolError> {
    let sequence = frame::Header::parse(segment).map_or(1, |header| header.sequence);
    let mut index = Index::default();
    let replayed = replay::replay(&mut index, sequence, segment)
        .map_err(|newer| SpoolError::Newer { segment: sequence, version: newer.version })?;
    Ok(Inspected {
        mails: index.mails().map(|(id, mail)| (id, mail.status.clone())).collect(),
        records: replayed.records,
        sound_bytes: replayed.sound_bytes,
        damage: replayed.damage,
    })
}

/// Mails on stable storage. Everything can be called from any thread.
pub struct Spool {
    shared: Arc<Shared>,
    ids: Mutex<MailIds>,
    committer: Option<JoinHandle<()>>,
}

impl Spool {
    /// Opens the spool in a folder, made if it is not there; all that is in it is replayed.
    pub fn open(folder: &Path, limits: SpoolLimits) -> Result<Self, SpoolError> {
        Self::on(Box::new(Folder::open(folder)?), limits)
    }

    fn on(disk: Box<dyn Disk>, limits: SpoolLimits) -> Result<Self, SpoolError> {
        let random =
            getrandom::u64().map_err(|error| SpoolError::io("name mails of")(error.into()))?;
        let (view, head) = recover::recover(&*disk)?;
        let ids = Mutex::new(MailIds::after(view.index.newest(), random));
        let shared = Arc::new(Shared::new(disk, limits, view));
        let committer = Committer::new(Arc::clone(&shared), head);
        let committer = thread::Builder::new()
            .name("spool".to_owned())
            .spawn(|| committer.run())
            .map_err(SpoolError::io("start the thread of"))?;
        Ok(Self { shared, ids, committer: Some(committer) })
    }

    /// A name for a mail that comes in now.
    pub fn new_id(&self, now: Timestamp) -> MailId {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).next(now)
    }

    /// Hands events in. They are stored in this order, in one write, each for itself: a crash can
    /// leave the first without the second. The ticket tells when they are on stable storage, or
    /// which of them did not fit first; those that fit are stored all the same.
    pub fn append(&self, events: &[Event]) -> Ticket {
        self.hand_in(events, None)
    }

    /// As [`Spool::append`], for a long mail: the mail of the first event that has one goes on with the
    /// bytes that were written apart. What of them is not on stable storage yet is put there first, in this
    /// thread.
    pub fn append_with(&self, events: &[Event], mut apart: Apart) -> Ticket {
        match apart.sync() {
            Ok(()) => self.hand_in(events, Some(apart)),
            Err(error) => {
                let (promise, ticket) = ticket::ticket();
                promise.keep(Err(error));
                ticket
            }
        }
    }

    /// Begins a long mail in a file of its own: its bytes are written there while they come in.
    pub fn begin_apart(&self) -> Result<Apart, SpoolError> {
        let number = self.shared.next_apart.fetch_add(1, Ordering::Relaxed);
        Apart::begin(Arc::clone(&self.shared), number)
    }

    fn hand_in(&self, events: &[Event], apart: Option<Apart>) -> Ticket {
        let (promise, ticket) = ticket::ticket();
        match self.encode(events, apart.as_ref()) {
            Ok(records) => {
                let mut queue = self.shared.queue();
                let is_mail = events.iter().any(|event| matches!(event, Event::Accepted { .. }));
                let is_busy = queue.bytes > 0
                    && queue.bytes + records.len() > self.shared.limits.waiting_bytes;
                if let Some(end) = &queue.end {
                    promise.keep(Err(end.clone()));
                } else if is_mail && is_busy {
                    promise.keep(Err(SpoolError::Busy));
                } else {
                    queue.bytes += records.len();
                    queue.entries.push_back(Entry { records, promise, apart });
                    drop(queue);
                    self.shared.notify();
                }
            }
            Err(error) => promise.keep(Err(error)),
        }
        ticket
    }

    /// In the thread of whoever hands in: checksums are not the committing thread's work.
    fn encode(&self, events: &[Event], apart: Option<&Apart>) -> Result<Vec<u8>, SpoolError> {
        let mut records = Vec::new();
        let mut rest = apart.map(|apart| apart.rest().ok_or(SpoolError::TooLong)).transpose()?;
        // A report comes in the place of the mail that it is about: a full spool must be able to become
        // empty.
        let frees = events.iter().any(|it| matches!(it, Event::Step { step: Step::Done, .. }));
        for event in events {
            let most_bytes = self.shared.limits.most_bytes;
            let stored_bytes = self.shared.stored_bytes.load(Ordering::Relaxed);
            if matches!(event, Event::Accepted { .. }) && stored_bytes >= most_bytes && !frees {
                return Err(SpoolError::Full { most_bytes });
            }
            let has_mail = matches!(event, Event::Accepted { .. } | Event::Replaced { .. });
            let rest = if has_mail { rest.take() } else { None };
            event.write(&mut records, rest).ok_or(SpoolError::TooLong)?;
        }
        Ok(records)
    }

    fn index<T>(&self, ask: impl FnOnce(&Index) -> T) -> T {
        ask(&self.shared.view().index)
    }

    /// What has become of a mail; `None` where it is not in the spool, or no longer.
    pub fn status(&self, id: MailId) -> Option<Status> {
        self.index(|index| index.get(id).map(|mail| mail.status.clone()))
    }

    /// Every mail, the oldest first.
    pub fn mails(&self) -> Vec<MailId> {
        self.index(|index| index.mails().map(|(id, _)| id).collect())
    }

    /// At most so many of the mails about which something is to be done at `now`, the longest
    /// overdue first. They stay in this list until an event changes what is to be done.
    pub fn due(&self, now: Timestamp, most: usize) -> Vec<MailId> {
        self.index(|index| index.due(now).take(most).collect())
    }

    /// When the next thing is to be done; the beginning of time is at once.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.index(Index::next_due)
    }

    /// The envelope of a mail, read from the disk.
    pub fn envelope(&self, id: MailId) -> Result<Envelope, SpoolError> {
        let bytes = self.piece(id, |mail| Some(mail.envelope))?.unwrap_or_default();
        serde_json::from_slice(&bytes).map_err(|_| SpoolError::Damaged(id))
    }

    /// The bytes of a mail, read from the disk.
    pub fn mail(&self, id: MailId) -> Result<Vec<u8>, SpoolError> {
        let place = |mail: &Mail| Some((mail.text, mail.body.rest()));
        let read = |(text, rest)| compact::read_mail(&self.shared, text, rest);
        self.read(id, place, read).map(Option::unwrap_or_default)
    }

    /// How long a mail is; `None` where it is not in the spool.
    pub fn mail_len(&self, id: MailId) -> Option<usize> {
        let bytes = self.index(|index| index.get(id).map(|mail| mail.body.mail.bytes))?;
        usize::try_from(bytes).ok()
    }

    /// Some bytes of a mail, read from the disk: so many, from one on. They are not compared with what was
    /// written, as [`Spool::mail`] does with all of it.
    pub fn mail_bytes(&self, id: MailId, from: usize, bytes: usize) -> Result<Vec<u8>, SpoolError> {
        let place = |mail: &Mail| Some((mail.text, mail.body.rest()));
        let read = |(text, rest)| compact::read_some(&self.shared, text, rest, from, bytes);
        self.read(id, place, read).map(Option::unwrap_or_default)
    }

    /// The last verdict about a mail, read from the disk; `None` where it was not judged yet.
    pub fn verdict(&self, id: MailId) -> Result<Option<Vec<u8>>, SpoolError> {
        self.piece(id, |mail| mail.verdict)
    }

    fn piece(
        &self,
        id: MailId,
        which: impl Fn(&Mail) -> Option<Piece>,
    ) -> Result<Option<Vec<u8>>, SpoolError> {
        self.read(id, which, |piece| compact::read_piece(&self.shared, piece))
    }

    fn read<P: Copy + PartialEq>(
        &self,
        id: MailId,
        which: impl Fn(&Mail) -> Option<P>,
        read: impl Fn(P) -> Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, SpoolError> {
        let place = || self.index(|index| index.get(id).map(&which)).ok_or(SpoolError::Unknown(id));
        let mut here = place()?;
        loop {
            let Some(place_now) = here else { return Ok(None) };
            if let Some(bytes) = read(place_now) {
                return Ok(Some(bytes));
            }
            // It may have been moved, and the segment removed, between the look and the read.
            let now = place()?;
            if now == here {
                return Err(SpoolError::Damaged(id));
            }
            here = now;
        }
    }

    /// What was found damaged, when the spool was opened and since.
    pub fn damage(&self) -> Vec<Damage> {
        self.shared.view().damage.clone()
    }

    /// How much there is.
    pub fn figures(&self) -> Figures {
        let view = self.shared.view();
        Figures {
            mails: view.index.mails().len(),
            live_bytes: view.index.live_bytes(),
            stored_bytes: view.stored_bytes(),
            segments: view.segments.len(),
            records: view.records,
            misfits: view.misfits,
            syncs: view.syncs,
        }
    }
}

impl Drop for Spool {
    /// What was handed in is still written.
    fn drop(&mut self) {
        self.shared.end(&SpoolError::Closed);
        if let Some(committer) = self.committer.take() {
            // A panic there has been told to everybody who waited.
            drop(committer.join());
        }
    }
}
