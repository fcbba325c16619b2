//! How records lie in a segment: a header, then records with a length and checksums, each beginning
//! with the segment's mark. It does not know what a record says, and does no I/O.
//!
//! ```text
//! segment  "JIKENBO\x1a" version:u32 sequence:u64 mark:8 before_bytes:u64 crc:u32   then records
//! record   mark:8 length:u32 crc:u32 version:u8 head_crc:u32                        then the payload
//! ```
//!
//! Numbers are little-endian, checksums CRC-32C (RFC 9260, appendix A). `before_bytes` is how long the
//! segment before this one is. The mark is random: where a record is damaged, the next one is found by
//! it, and no mail can carry in its text what would then be taken for a record.

use std::ops::Range;

use memchr::memmem;

/// The version of the header and of records that this code writes.
pub const VERSION: u8 = 1;

const MAGIC: [u8; 8] = *b"JIKENBO\x1a";
const MARK_BYTES: usize = 8;

/// How long the header of a segment is.
pub const HEADER_BYTES: usize = 40;
/// How long the head of a record is.
pub const RECORD_HEAD_BYTES: usize = 21;

/// By what the records of one segment are found.
pub type Mark = [u8; MARK_BYTES];

/// The header of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Which segment it is; they are replayed in this order.
    pub sequence: u64,
    /// With what its records begin.
    pub mark: Mark,
    /// How long the segment before it is, 0 where none was.
    pub before_bytes: u64,
}

/// Why a segment's header does not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// Too short, or its checksum is wrong.
    Damaged,
    /// Sound, but written by a later version.
    Newer {
        /// Its version.
        version: u32,
    },
}

impl HeaderFault {
    /// Whether a later version wrote it.
    pub const fn is_newer(self) -> bool {
        matches!(self, Self::Newer { .. })
    }
}

impl Header {
    /// As it is stored.
    pub fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&u32::from(VERSION).to_le_bytes());
        bytes[12..20].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[20..28].copy_from_slice(&self.mark);
        bytes[28..36].copy_from_slice(&self.before_bytes.to_le_bytes());
        let check = crc32c::crc32c(&bytes[..36]);
        bytes[36..].copy_from_slice(&check.to_le_bytes());
        bytes
    }

    /// Reads what [`Header::to_bytes`] gives. Later versions keep magic, version, length and checksum
    /// where they are, so that they are told from damage.
    pub fn parse(segment: &[u8]) -> Result<Self, HeaderFault> {
        let bytes = segment.first_chunk::<HEADER_BYTES>().ok_or(HeaderFault::Damaged)?;
        let check = crc32c::crc32c(&bytes[..36]);
        if bytes[..8] != MAGIC || u32_at(bytes, 36) != Some(check) {
            return Err(HeaderFault::Damaged);
        }
        let version = u32_at(bytes, 8).unwrap_or_default();
        if version != u32::from(VERSION) {
            return Err(HeaderFault::Newer { version });
        }
        let mut mark = [0; MARK_BYTES];
        mark.copy_from_slice(&bytes[20..28]);
        let number = |at: usize| {
            bytes[at..].first_chunk().map_or(0, |bytes: &[u8; 8]| u64::from_le_bytes(*bytes))
        };
        Ok(Self { sequence: number(12), mark, before_bytes: number(28) })
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Writes a record behind `out`, with room for a mark; [`set_marks`] fills it in. The payload is what
/// `write` appends. `None`, and `out` as before, where it is longer than a length can say.
pub fn write_record(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> Option<()> {
    let start = out.len();
    let payload = start + RECORD_HEAD_BYTES;
    out.resize(payload, 0);
    write(out);
    let Ok(length) = u32::try_from(out.len() - payload) else {
        out.truncate(start);
        return None;
    };
    let check = crc32c::crc32c(&out[payload..]);
    let head = &mut out[start + MARK_BYTES..payload];
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4..8].copy_from_slice(&check.to_le_bytes());
    head[8] = VERSION;
    let head_check = crc32c::crc32c(&head[..9]);
    head[9..].copy_from_slice(&head_check.to_le_bytes());
    Some(())
}

/// Fills the mark into each of the records that lie one after the other in `records`.
pub fn set_marks(records: &mut [u8], mark: Mark) {
    let mut at = 0;
    while let Some(payload) = payload_at(records, at) {
        records[at..at + MARK_BYTES].copy_from_slice(&mark);
        at = payload.end;
    }
}

/// Where the payload of the record at `at` lies, taken at its word: only for what was just written.
pub(super) fn payload_at(records: &[u8], at: usize) -> Option<Range<usize>> {
    let length = usize::try_from(u32_at(records, at + MARK_BYTES)?).ok()?;
    let start = at + RECORD_HEAD_BYTES;
    Some(start..start + length)
}

/// What stands at one place of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A sound record.
    Record {
        /// Where it begins in the segment.
        offset: usize,
        /// The version of its payload.
        version: u8,
        /// What it says.
        payload: &'a [u8],
    },
    /// Bytes that are no sound record.
    Damage {
        /// Where they begin.
        offset: usize,
        /// How many they are.
        bytes: usize,
    },
}

/// Goes through the records of a segment, behind its header. Each byte is looked at a fixed number of
/// times, whatever the segment says.
#[derive(Clone, Debug)]
pub struct Scan<'a> {
    segment: &'a [u8],
    mark: Mark,
    at: usize,
}

impl<'a> Scan<'a> {
    /// Over a whole segment, its header included.
    pub const fn of(segment: &'a [u8], mark: Mark) -> Self {
        Self { segment, mark, at: HEADER_BYTES }
    }

    /// The length and the checksum of the record at `at`, if its head is sound and it ends inside.
    fn head(&self, at: usize) -> Option<(usize, u32)> {
        let head = self.segment.get(at..)?.first_chunk::<RECORD_HEAD_BYTES>()?;
        let checked = &head[MARK_BYTES..RECORD_HEAD_BYTES - 4];
        let is_sound = head[..MARK_BYTES] == self.mark
            && u32_at(head, RECORD_HEAD_BYTES - 4) == Some(crc32c::crc32c(checked));
        let length = usize::try_from(u32_at(head, MARK_BYTES)?).ok()?;
        let room = self.segment.len() - at - RECORD_HEAD_BYTES;
        (is_sound && length <= room).then_some((length, u32_at(checked, 4)?))
    }

    /// Where the next sound head is, from `at` on; the end where there is none.
    fn next_head(&self, at: usize) -> usize {
        let rest = self.segment.get(at..).unwrap_or_default();
        memmem::find_iter(rest, &self.mark)
            .map(|found| at + found)
            .find(|found| self.head(*found).is_some())
            .unwrap_or(self.segment.len())
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = Found<'a>;

    fn next(&mut self) -> Option<Found<'a>> {
        let offset = self.at;
        if offset >= self.segment.len() {
            return None;
        }
        let Some((length, check)) = self.head(offset) else {
            self.at = self.next_head(offset + 1);
            return Some(Found::Damage { offset, bytes: self.at - offset });
        };
        let start = offset + RECORD_HEAD_BYTES;
        self.at = start + length;
        let payload = &self.segment[start..self.at];
        Some(if crc32c::crc32c(payload) == check {
            Found::Record { offset, version: self.segment[offset + 16], payload }
        } else {
            Found::Damage { offset, bytes: self.at - offset }
        })
    }
}

/// The mark of a segment whose header is damaged: what its first record begins with.
pub fn guess_mark(segment: &[u8]) -> Option<Mark> {
    let mark: Mark = *segment.get(HEADER_BYTES..)?.first_chunk()?;
    Scan::of(segment, mark).head(HEADER_BYTES).map(|_| mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark = *b"\x9dmark\0\xff\x01";

    fn segment(payloads: &[&[u8]]) -> Vec<u8> {
        let header = Header { sequence: 3, mark: MARK, before_bytes: 99 };
        let mut records = Vec::new();
        for payload in payloads {
            write_record(&mut records, |out| out.extend_from_slice(payload)).unwrap();
        }
        set_marks(&mut records, MARK);
        [&header.to_bytes()[..], &records].concat()
    }

    /// The payloads found, and `!` for each damage.
    #[track_caller]
    fn check(segment: &[u8], expected: &[&str]) {
        let found: Vec<&str> = Scan::of(segment, MARK)
            .map(|found| match found {
                Found::Record { payload, .. } => std::str::from_utf8(payload).unwrap(),
                Found::Damage { .. } => "!",
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_written_is_found() {
        let segment = segment(&[b"one", b"", b"three"]);
        assert_eq!(
            Header::parse(&segment),
            Ok(Header { sequence: 3, mark: MARK, before_bytes: 99 })
        );
        check(&segment, &["one", "", "three"]);
    }

    #[test]
    fn a_cut_anywhere_keeps_what_is_before_it() {
        let whole = segment(&[b"one", b"two"]);
        let second = HEADER_BYTES + RECORD_HEAD_BYTES + 3;
        for end in HEADER_BYTES..whole.len() {
            let expected: &[&str] = match end {
                HEADER_BYTES => &[],
                _ if end < second => &["!"],
                _ if end == second => &["one"],
                _ => &["one", "!"],
            };
            check(&whole[..end], expected);
        }
    }

    #[test]
    fn a_changed_byte_anywhere_costs_one_record() {
        let whole = segment(&[b"one", b"two", b"three"]);
        let second = HEADER_BYTES + RECORD_HEAD_BYTES + 3;
        for at in second..second + RECORD_HEAD_BYTES + 3 {
            let mut broken = whole.clone();
            broken[at] ^= 0x10;
            check(&broken, &["one", "!", "three"]);
        }
    }

    #[test]
    fn a_record_inside_a_mail_is_not_taken_for_one() {
        // Whoever writes a mail does not know the mark, so the best try has another one.
        let mut inner = Vec::new();
        write_record(&mut inner, |out| out.extend_from_slice(b"released")).unwrap();
        set_marks(&mut inner, *b"guessed!");
        let mut broken = segment(&[&inner, b"two"]);
        broken[HEADER_BYTES + 9] ^= 1;
        check(&broken, &["!", "two"]);
    }

    #[test]
    fn a_damaged_header_is_told_from_a_later_version() {
        let mut bytes = segment(&[b"one"]);
        bytes[30] ^= 1;
        assert_eq!(Header::parse(&bytes), Err(HeaderFault::Damaged));
        assert_eq!(guess_mark(&bytes), Some(MARK));
        bytes[30] ^= 1;
        bytes[8] = 2;
        let check = crc32c::crc32c(&bytes[..36]).to_le_bytes();
        bytes[36..40].copy_from_slice(&check);
        assert_eq!(Header::parse(&bytes), Err(HeaderFault::Newer { version: 2 }));
        assert_eq!(Header::parse(b""), Err(HeaderFault::Damaged));
    }
}
