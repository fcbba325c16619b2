//! What the bytes of one segment make of the index, and what of them is damaged. It reads no file:
//! any bytes can be given, and some were made by nobody.

use std::fmt;

use super::event::Change;
use super::frame::{
    Found, HEADER_BYTES, Header, HeaderFault, Mark, RECORD_HEAD_BYTES, Scan, VERSION, guess_mark,
};
use super::index::{At, Index};

/// Something of the spool that cannot be read. It is reported, never passed over in silence: a mail
/// that was acknowledged may be in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// In which segment.
    pub segment: u64,
    /// From where in it.
    pub offset: u64,
    /// How many bytes.
    pub bytes: u64,
    /// What is wrong with them.
    pub what: DamageKind,
}

/// What is wrong with a part of the spool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamageKind {
    /// The segment's header is wrong; records that could be found were replayed.
    Header,
    /// No sound record; those behind it were replayed.
    Record,
    /// A sound record that says nothing this version knows.
    Content,
    /// The segment is shorter than the one after it remembers.
    Shortened,
    /// The segment is not there.
    Missing,
    /// The segment was damaged before, and was set aside when its mails were taken from it.
    SetAside,
    /// The bytes of a mail that was read when the spool was opened cannot be read any more.
    Mail,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { segment, offset, bytes, what } = self;
        let what = match what {
            DamageKind::Header => "the header is damaged",
            DamageKind::Record => "no sound record",
            DamageKind::Content => "a record that says nothing known",
            DamageKind::Shortened => "the end is missing",
            DamageKind::Missing => "the segment is missing",
            DamageKind::SetAside => "the segment was set aside because of damage",
            DamageKind::Mail => "the bytes of a mail cannot be read any more",
        };
        write!(f, "segment {segment:016x}, offset {offset}, {bytes} bytes: {what}")
    }
}

/// A segment or a record is of a version that this code does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Newer {
    pub(super) version: u32,
}

/// What was found in a segment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Replayed {
    /// Its header, where that is sound and of this segment.
    pub(super) header: Option<Header>,
    /// Where its last sound record ends. What follows in the last segment of a spool is a write that
    /// a crash cut short; in any other segment it is damage too.
    pub(super) sound_bytes: usize,
    /// What is damaged before that.
    pub(super) damage: Vec<Damage>,
    pub(super) records: u64,
}

/// Applies every record of `segment` to the index.
pub(super) fn replay(index: &mut Index, sequence: u64, segment: &[u8]) -> Result<Replayed, Newer> {
    let mut damage = Vec::new();
    let mut report = |offset: usize, bytes: usize, what| {
        damage.push(Damage { segment: sequence, offset: wide(offset), bytes: wide(bytes), what });
    };
    let (header, mark) = match Header::parse(segment) {
        Ok(header) if header.sequence == sequence => (Some(header), Some(header.mark)),
        Ok(header) => (None, Some(header.mark)),
        Err(HeaderFault::Newer { version }) => return Err(Newer { version }),
        Err(HeaderFault::Damaged) => (None, guess_mark(segment)),
    };
    if header.is_none() {
        report(0, segment.len().min(HEADER_BYTES), DamageKind::Header);
    }
    let mut replayed = Replayed {
        header,
        sound_bytes: HEADER_BYTES.min(segment.len()),
        damage: Vec::new(),
        records: 0,
    };
    let mut bad: Vec<(usize, usize)> = Vec::new();
    for found in scan(segment, mark) {
        match found {
            Found::Damage { offset, bytes } => bad.push((offset, bytes)),
            Found::Record { offset, version, payload } => {
                if version != VERSION {
                    return Err(Newer { version: version.into() });
                }
                bad.drain(..).for_each(|(offset, bytes)| report(offset, bytes, DamageKind::Record));
                let bytes = RECORD_HEAD_BYTES + payload.len();
                replayed.sound_bytes = offset + bytes;
                replayed.records += 1;
                let at = At {
                    segment: sequence,
                    payload: wide(offset + RECORD_HEAD_BYTES),
                    bytes: wide(bytes),
                };
                match Change::parse(payload) {
                    None => report(offset, bytes, DamageKind::Content),
                    // A misfit changed nothing when it was written either, or it is about a mail
                    // that is done and whose beginning was removed.
                    Some(change) => drop(index.apply(change, at)),
                }
            }
        }
    }
    replayed.damage = damage;
    Ok(replayed)
}

fn scan(segment: &[u8], mark: Option<Mark>) -> impl Iterator<Item = Found<'_>> {
    mark.map(|mark| Scan::of(segment, mark)).into_iter().flatten()
}

pub(super) fn wide(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
