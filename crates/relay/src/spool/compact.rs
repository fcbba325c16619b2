//! Giving room back: the mails that still live in the oldest segment are written anew, a few with each
//! batch, and the segment is removed when none is left in it.
//!
//! Only the oldest goes. A record that ends a mail lies in the segment where the mail begins or in a
//! later one, so that no mail can come back because its end was removed before its beginning. What lies
//! apart of a mail stays where it is. It does not know what mails say.

use super::MailId;
use super::commit::Shared;
use super::event::{Kept, Rest};
use super::index::{Mail, Piece};
use super::recover::{Head, View};
use super::replay::{Damage, DamageKind};

/// So much is moved with one batch, so that those who wait for the batch do not wait for long.
const STEP_BYTES: u64 = 1 << 20;

/// Whether there is something to move.
#[derive(Debug, Default)]
pub(super) struct Compaction {
    /// It failed; it waits until something else was stored.
    is_paused: bool,
    /// A mail of the oldest segment cannot be read: nothing moves until the spool is opened anew.
    is_blocked: bool,
}

impl Compaction {
    /// Whether more lies on the disk than should: twice the living mail, and a segment.
    pub(super) fn is_wanted(&self, shared: &Shared, head: Head) -> bool {
        if self.is_paused || self.is_blocked {
            return false;
        }
        let view = shared.view();
        let most = view.index.live_bytes().saturating_mul(2) + shared.limits.segment_bytes;
        oldest(&view, head).is_some() && view.log_bytes() > most
    }

    pub(super) fn pause(&mut self) {
        self.is_paused = true;
    }

    /// Writes some mails of the oldest segment behind `out`, where that is wanted.
    pub(super) fn take(&mut self, shared: &Shared, head: Head, out: &mut Vec<u8>) {
        if !self.is_wanted(shared, head) {
            return;
        }
        let mails = some_mails(&shared.view(), head);
        for (id, mail) in &mails {
            if write_anew(shared, *id, mail, out).is_none() {
                let Piece { segment, offset, sum } = mail.text;
                let (bytes, what) = (u64::from(sum.bytes), DamageKind::Mail);
                shared.view().report(Damage { segment, offset, bytes, what });
                self.is_blocked = true;
                return;
            }
        }
    }

    /// After a batch: removes what is empty now. `has_stored` is whether anything was stored.
    pub(super) fn settle(&mut self, shared: &Shared, head: Head, has_stored: bool) {
        self.is_paused = !has_stored;
        loop {
            let mut view = shared.view();
            let Some(segment) = oldest(&view, head) else { return };
            if view.index.at_home(segment).next().is_some() {
                return;
            }
            let gone = if view.damaged.contains(&segment) {
                shared.disk.set_aside(segment)
            } else {
                shared.disk.remove(segment)
            };
            self.is_paused = gone.is_err();
            if self.is_paused {
                return;
            }
            view.segments.remove(&segment);
        }
    }
}

/// The oldest segment, if it is not the one that is written to.
fn oldest(view: &View, head: Head) -> Option<u64> {
    view.segments.keys().next().copied().filter(|oldest| *oldest < head.sequence)
}

fn some_mails(view: &View, head: Head) -> Vec<(MailId, Mail)> {
    let Some(segment) = oldest(view, head) else { return Vec::new() };
    let mut bytes = 0;
    view.index
        .at_home(segment)
        .take_while(|(_, mail)| {
            let is_room = bytes < STEP_BYTES;
            bytes += mail.bytes;
            is_room
        })
        .map(|(id, mail)| (id, mail.clone()))
        .collect()
}

/// Writes all that is known of a mail; `None` where it cannot be read.
fn write_anew(shared: &Shared, id: MailId, mail: &Mail, out: &mut Vec<u8>) -> Option<()> {
    let envelope = read_piece(shared, mail.envelope)?;
    let bytes = read_piece(shared, mail.text)?;
    let verdict = match mail.verdict {
        Some(piece) => Some(read_piece(shared, piece)?),
        None => None,
    };
    let kept = Kept {
        id,
        status: &mail.status,
        body: mail.body,
        envelope: &envelope,
        mail: &bytes,
        verdict: verdict.as_deref(),
    };
    kept.write(out)
}

/// The bytes of a piece; `None` where they cannot be read or are not what was written.
pub(super) fn read_piece(shared: &Shared, piece: Piece) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(piece.sum.bytes).ok()?];
    shared.disk.read(piece.segment, piece.offset, &mut bytes).ok()?;
    piece.sum.fits(&bytes).then_some(bytes)
}

/// All bytes of a mail, the first of which are a piece; `None` where they are not what was written.
pub(super) fn read_mail(shared: &Shared, text: Piece, rest: Option<Rest>) -> Option<Vec<u8>> {
    let mut bytes = read_piece(shared, text)?;
    if let Some(Rest { number, sum }) = rest {
        let first = bytes.len();
        bytes.resize(first + usize::try_from(sum.bytes).ok()?, 0);
        shared.disk.read_apart(number, 0, &mut bytes[first..]).ok()?;
        if !sum.fits(&bytes[first..]) {
            return None;
        }
    }
    Some(bytes)
}

/// Some bytes of a mail; `None` where it has not so many, or they cannot be read.
pub(super) fn read_some(
    shared: &Shared,
    text: Piece,
    rest: Option<Rest>,
    from: usize,
    bytes: usize,
) -> Option<Vec<u8>> {
    let first = usize::try_from(text.sum.bytes).ok()?;
    let mut out = vec![0; bytes];
    let (here, apart) = out.split_at_mut(first.saturating_sub(from).min(bytes));
    if !here.is_empty() {
        shared.disk.read(text.segment, text.offset + u64::try_from(from).ok()?, here).ok()?;
    }
    if !apart.is_empty() {
        let (from, bytes) = (from.saturating_sub(first), apart.len());
        let rest = rest.filter(|rest| {
            let has = usize::try_from(rest.sum.bytes).unwrap_or(usize::MAX);
            from.checked_add(bytes).is_some_and(|end| end <= has)
        })?;
        shared.disk.read_apart(rest.number, u64::try_from(from).ok()?, apart).ok()?;
    }
    Some(out)
}
