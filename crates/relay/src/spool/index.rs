//! The mails that the spool has now: where their bytes are, what has become of them, when something
//! is to be done. It is what the records make of it, one after the other, and the same records always
//! make the same of it: what runs and what is replayed after a crash go through [`Index::apply`].
//! It does no I/O.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::MailId;
use super::event::{Body, Change, Head, Rest, Sum};
use super::status::{Misfit, Status, Step};

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) segment: u64,
    /// Where its payload begins in the segment.
    pub(super) payload: u64,
    /// How long it is, its head included.
    pub(super) bytes: u64,
}

/// Where one piece lies, and how to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) segment: u64,
    pub(super) offset: u64,
    pub(super) sum: Sum,
}

/// A mail that is in the spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mail {
    /// The segment in which its records begin. All of them lie there or later.
    pub(super) home: u64,
    pub(super) body: Body,
    pub(super) envelope: Piece,
    /// The mail, or its first bytes where the rest of it lies apart.
    pub(super) text: Piece,
    pub(super) verdict: Option<Piece>,
    pub(super) status: Status,
    /// What it would cost to keep it in one record, roughly.
    pub(super) bytes: u64,
}

/// Every mail that is in the spool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    mails: BTreeMap<MailId, Mail>,
    /// Mails by the segment in which their records begin.
    homes: BTreeSet<(u64, MailId)>,
    /// Mails by when something is to be done.
    due: BTreeSet<(Timestamp, MailId)>,
    live_bytes: u64,
    newest: Option<MailId>,
    /// What lies apart, by its number: how many bytes.
    apart: BTreeMap<u64, u64>,
    /// What lay apart and is of no mail any more.
    freed: Vec<u64>,
    /// The greatest number that a record named.
    newest_apart: u64,
}

impl Index {
    /// What a record says. Where it does not fit, nothing changes.
    pub(super) fn apply(&mut self, change: Change, at: At) -> Result<(), Misfit> {
        let id = change.id;
        let apart = |index: &Self| {
            index.mails.get(&id).and_then(|mail| mail.body.rest()).map(|it| it.number)
        };
        let before = apart(self);
        let applied = self.take_in(change, at);
        self.freed.extend(before.filter(|_| apart(self) != before));
        applied
    }

    fn take_in(&mut self, change: Change, at: At) -> Result<(), Misfit> {
        let Change { id, head, pieces_at } = change;
        self.newest = self.newest.max(Some(id));
        let mut offset = at.payload + u64::try_from(pieces_at).unwrap_or(u64::MAX);
        let mut piece = |sum: Sum| {
            let piece = Piece { segment: at.segment, offset, sum };
            offset += u64::from(sum.bytes);
            piece
        };
        match head {
            Head::Accepted(_) if self.mails.contains_key(&id) => return Err(Misfit::Known),
            Head::Accepted(body) => {
                let (envelope, text) = (piece(body.envelope), piece(body.piece()));
                let status =
                    Status::received(usize::try_from(body.recipients).unwrap_or(usize::MAX));
                let (home, verdict, bytes) = (at.segment, None, at.bytes);
                self.put(id, Mail { home, body, envelope, text, verdict, status, bytes });
            }
            Head::Kept { status, body, verdict } => {
                let (envelope, text) = (piece(body.envelope), piece(body.piece()));
                let verdict = verdict.map(piece);
                let (home, bytes) = (at.segment, at.bytes);
                self.take(id);
                self.put(id, Mail { home, body, envelope, text, verdict, status, bytes });
            }
            Head::Replaced(body) => {
                let mut old = self.take(id).ok_or(Misfit::Unknown)?;
                let fits = old.body.recipients == body.recipients;
                if fits {
                    old.bytes = at.bytes + old.verdict.map_or(0, |it| u64::from(it.sum.bytes));
                    (old.body, old.envelope, old.text) =
                        (body, piece(body.envelope), piece(body.piece()));
                }
                let recipients = old.status.recipients.len();
                self.put(id, old);
                return if fits { Ok(()) } else { Err(Misfit::Recipient { recipients }) };
            }
            Head::Judged(sum) => {
                let mut mail = self.take(id).ok_or(Misfit::Unknown)?;
                let before = mail.verdict.replace(piece(sum));
                let freed = before.map_or(0, |it| u64::from(it.sum.bytes));
                mail.bytes = (mail.bytes + u64::from(sum.bytes)).saturating_sub(freed);
                self.put(id, mail);
            }
            Head::Step(step) => {
                let is_done = step == Step::Done;
                let mut mail = self.take(id).ok_or(Misfit::Unknown)?;
                let taken = mail.status.take(step);
                if !is_done {
                    self.put(id, mail);
                }
                return taken;
            }
        }
        Ok(())
    }

    fn put(&mut self, id: MailId, mail: Mail) {
        self.homes.insert((mail.home, id));
        self.due.extend(mail.status.due().map(|due| (due, id)));
        self.live_bytes += mail.bytes;
        if let Some(Rest { number, sum }) = mail.body.rest() {
            self.newest_apart = self.newest_apart.max(number);
            self.apart.insert(number, u64::from(sum.bytes));
        }
        self.mails.insert(id, mail);
    }

    fn take(&mut self, id: MailId) -> Option<Mail> {
        let mail = self.mails.remove(&id)?;
        self.homes.remove(&(mail.home, id));
        if let Some(due) = mail.status.due() {
            self.due.remove(&(due, id));
        }
        self.live_bytes -= mail.bytes;
        if let Some(rest) = mail.body.rest() {
            self.apart.remove(&rest.number);
        }
        Some(mail)
    }

    /// One mail.
    pub(super) fn get(&self, id: MailId) -> Option<&Mail> {
        self.mails.get(&id)
    }

    /// Every mail, the oldest first.
    pub(super) fn mails(&self) -> impl ExactSizeIterator<Item = (MailId, &Mail)> {
        self.mails.iter().map(|(id, mail)| (*id, mail))
    }

    /// The mails about which something is to be done at `now`, the longest overdue first.
    pub(super) fn due(&self, now: Timestamp) -> impl Iterator<Item = MailId> {
        self.due.iter().take_while(move |(due, _)| *due <= now).map(|(_, id)| *id)
    }

    /// When the next thing is to be done.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(due, _)| *due)
    }

    /// The mails whose records begin in a segment.
    pub(super) fn at_home(&self, segment: u64) -> impl Iterator<Item = (MailId, &Mail)> {
        let all = (segment, MailId::from_bytes([0; 16]))..=(segment, MailId::from_bytes([255; 16]));
        self.homes.range(all).filter_map(|(_, id)| Some((*id, self.mails.get(id)?)))
    }

    /// What it would cost to keep every mail in one record each, roughly.
    pub(super) const fn live_bytes(&self) -> u64 {
        self.live_bytes
    }

    /// The greatest id that a record named, also of mails that are done.
    pub(super) const fn newest(&self) -> Option<MailId> {
        self.newest
    }

    /// Every file of a mail that lies apart, and how long it is.
    pub(super) const fn apart(&self) -> &BTreeMap<u64, u64> {
        &self.apart
    }

    /// The files that are of no mail any more, since this was last asked.
    pub(super) fn take_freed(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.freed)
    }

    /// The greatest number of a file that a record named.
    pub(super) const fn newest_apart(&self) -> u64 {
        self.newest_apart
    }
}
