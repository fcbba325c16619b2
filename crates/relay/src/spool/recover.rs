//! Opening a spool: every segment is replayed, a write that a crash cut short is cut off, and what is
//! damaged is named. It does not write records.

use std::collections::{BTreeMap, BTreeSet};

use super::SpoolError;
use super::disk::Disk;
use super::event::Rest;
use super::frame::{HEADER_BYTES, Header, Mark};
use super::index::{Index, Mail};
use super::replay::{Damage, DamageKind, Newer, replay, wide};

/// The segment that is written to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) sequence: u64,
    pub(super) mark: Mark,
    pub(super) bytes: u64,
}

/// What a spool has.
#[derive(Debug, Default)]
pub(super) struct View {
    pub(super) index: Index,
    /// Every segment and how long it is.
    pub(super) segments: BTreeMap<u64, u64>,
    /// Those which are set aside when they are not needed any more, not removed.
    pub(super) damaged: BTreeSet<u64>,
    pub(super) damage: Vec<Damage>,
    pub(super) records: u64,
    pub(super) misfits: u64,
    pub(super) syncs: u64,
    /// The greatest number of a mail that lies apart, or lay when the spool was opened.
    pub(super) newest_apart: u64,
}

impl View {
    /// How long all segments are together.
    pub(super) fn log_bytes(&self) -> u64 {
        self.segments.values().sum()
    }

    /// The same, with the mails that lie apart.
    pub(super) fn stored_bytes(&self) -> u64 {
        self.log_bytes() + self.index.apart().values().sum::<u64>()
    }

    /// How long the last segment is; 0 where there is none.
    fn last_bytes(&self) -> u64 {
        self.segments.values().next_back().copied().unwrap_or_default()
    }

    pub(super) fn report(&mut self, damage: Damage) {
        self.damaged.insert(damage.segment);
        self.damage.push(damage);
    }
}

/// Replays all that is there, and gives where to go on.
pub(super) fn recover(disk: &dyn Disk) -> Result<(View, Head), SpoolError> {
    let listing = disk.list()?;
    let mut view = View::default();
    for segment in listing.set_aside {
        view.damage.push(Damage { segment, offset: 0, bytes: 0, what: DamageKind::SetAside });
    }
    let mut head = None;
    let last = listing.segments.last().copied();
    for &sequence in &listing.segments {
        head = one_segment(disk, &mut view, sequence, Some(sequence) == last)?;
    }
    let head = if let Some(head) = head {
        head
    } else {
        let sequence = last.map_or(1, |last| last.saturating_add(1));
        begin_segment(disk, sequence, view.last_bytes())?
    };
    view.segments.insert(head.sequence, head.bytes);
    check_apart(disk, &mut view, &listing.apart);
    Ok((view, head))
}

/// Names the mails that lie apart and are not whole, and removes the files that are of no mail: a mail that
/// was not acknowledged, or is done. Where records are damaged, one of them may have named such a file: it
/// stays.
fn check_apart(disk: &dyn Disk, view: &mut View, files: &BTreeMap<u64, u64>) {
    let newest = files.keys().next_back().copied().unwrap_or_default();
    view.newest_apart = newest.max(view.index.newest_apart());
    let of_mails = |mail: &Mail| mail.body.rest().map(|rest| (mail.text.segment, rest));
    let named: Vec<_> = view.index.mails().filter_map(|(_, mail)| of_mails(mail)).collect();
    for (segment, Rest { number, sum }) in named {
        let bytes = u64::from(sum.bytes);
        if files.get(&number) != Some(&bytes) {
            view.report(Damage { segment, offset: 0, bytes, what: DamageKind::Mail });
        }
    }
    view.index.take_freed();
    for &number in files.keys() {
        if view.damage.is_empty() && !view.index.apart().contains_key(&number) {
            // What stays is in nobody's way, and is tried again at the next opening.
            let _removed: std::io::Result<()> = disk.remove_apart(number);
        }
    }
}

/// Replays one segment; gives it as the head where it is the last and can be written to.
fn one_segment(
    disk: &dyn Disk,
    view: &mut View,
    sequence: u64,
    is_last: bool,
) -> Result<Option<Head>, SpoolError> {
    let bytes = disk.read_all(sequence).map_err(SpoolError::io("read"))?;
    // Made, but the header was not on stable storage yet: nothing was ever written to it.
    if is_last
        && bytes.len() <= HEADER_BYTES
        && Header::parse(&bytes).is_err_and(|it| !it.is_newer())
    {
        return begin_segment(disk, sequence, view.last_bytes()).map(Some);
    }
    let replayed = replay(&mut view.index, sequence, &bytes)
        .map_err(|Newer { version }| SpoolError::Newer { segment: sequence, version })?;
    view.records += replayed.records;
    let is_head = is_last && replayed.header.is_some();
    check_order(view, sequence, replayed.header);
    replayed.damage.into_iter().for_each(|damage| view.report(damage));
    let (sound, all) = (wide(replayed.sound_bytes), wide(bytes.len()));
    if sound < all && !is_head {
        let what = DamageKind::Record;
        view.report(Damage { segment: sequence, offset: sound, bytes: all - sound, what });
    } else if sound < all {
        disk.truncate(sequence, sound).map_err(SpoolError::io("cut an unfinished write off"))?;
    } else if is_head {
        // Its last records may have been written, but not yet synced, by the process before.
        disk.sync(sequence).map_err(SpoolError::io("sync"))?;
    }
    let head = replayed.header.filter(|_| is_head);
    view.segments.insert(sequence, if is_head { sound } else { all });
    Ok(head.map(|header| Head { sequence, mark: header.mark, bytes: sound }))
}

/// Whether the segment before is there, and all of it.
fn check_order(view: &mut View, sequence: u64, header: Option<Header>) {
    let Some((&before, &bytes)) = view.segments.last_key_value() else { return };
    if before + 1 != sequence {
        let what = DamageKind::Missing;
        view.damage.push(Damage { segment: before + 1, offset: 0, bytes: 0, what });
    } else if let Some(missing) =
        header.and_then(|header| header.before_bytes.checked_sub(bytes)).filter(|it| *it > 0)
    {
        let what = DamageKind::Shortened;
        view.report(Damage { segment: before, offset: bytes, bytes: missing, what });
    }
}

/// Makes a segment; the one before it has so many bytes.
pub(super) fn begin_segment(
    disk: &dyn Disk,
    sequence: u64,
    before_bytes: u64,
) -> Result<Head, SpoolError> {
    let mark = getrandom::u64().map_err(|error| SpoolError::io("draw a mark for")(error.into()))?;
    let mark = mark.to_le_bytes();
    let header = Header { sequence, mark, before_bytes };
    disk.create(sequence, &header.to_bytes()).map_err(SpoolError::refused("begin a segment of"))?;
    Ok(Head { sequence, mark, bytes: wide(HEADER_BYTES) })
}
