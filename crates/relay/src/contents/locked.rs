//! Whether a document or archive that is not read here is locked with a password, as far as its own
//! header says so: compound files (MS-CFB) with old office documents or locked new ones, RAR, 7z. It
//! reads nothing else of them, and tries no password.

use std::ops::Range;

/// Blocks and sectors that are looked at before one gives up: headers come first.
const MOST_STEPS: usize = 4_096;

/// Little-endian numbers at a place; nothing beyond the end.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn u16(&self, at: usize) -> Option<usize> {
        let bytes = self.0.get(at..)?.first_chunk()?;
        Some(usize::from(u16::from_le_bytes(*bytes)))
    }

    fn u32(&self, at: usize) -> Option<usize> {
        let bytes = self.0.get(at..)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    }

    fn u64(&self, at: usize) -> Option<usize> {
        let bytes = self.0.get(at..)?.first_chunk()?;
        usize::try_from(u64::from_le_bytes(*bytes)).ok()
    }

    /// A number of RAR 5 in bytes of seven bits, the least first; moves on behind it.
    fn varying(&self, at: &mut usize) -> Option<usize> {
        let mut number = 0_usize;
        for shift in (0..63).step_by(7) {
            let byte = *self.0.get(*at)?;
            *at += 1;
            number |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

/// Whether a compound file holds a locked document: a package under a password (MS-OFFCRYPTO), a
/// workbook with a `FilePass` record (MS-XLS §2.4.117), a text whose header says so (MS-DOC §2.5.2).
pub(super) fn compound(bytes: &[u8]) -> bool {
    let package: Vec<u8> = "EncryptedPackage".bytes().flat_map(|b| [b, 0]).collect();
    memchr::memmem::find(bytes, &package).is_some()
        || Compound::of(bytes).is_some_and(|file| file.is_locked().unwrap_or(false))
}

/// The sectors of a compound file (MS-CFB §2).
struct Compound<'b> {
    bytes: Bytes<'b>,
    sector_bytes: usize,
}

impl<'b> Compound<'b> {
    const DIRECTORY_ENTRY_BYTES: usize = 128;

    fn of(bytes: &'b [u8]) -> Option<Self> {
        let shift = Bytes(bytes).u16(30)?;
        (shift == 9 || shift == 12).then(|| Self { bytes: Bytes(bytes), sector_bytes: 1 << shift })
    }

    fn sector(&self, number: usize) -> Option<Range<usize>> {
        let start = number.checked_add(1)?.checked_mul(self.sector_bytes)?;
        let range = start..start.checked_add(self.sector_bytes)?.min(self.bytes.0.len());
        (range.start < range.end).then_some(range)
    }

    /// The sector that follows another one. What the header has no room for is beyond seven megabytes of
    /// directory and documents: such files are seldom, and just not said to be locked.
    fn after(&self, number: usize) -> Option<usize> {
        let a_sector = self.sector_bytes / 4;
        let table =
            (number / a_sector < 109).then(|| self.bytes.u32(76 + number / a_sector * 4))?;
        self.bytes.u32(self.sector(table?)?.start + number % a_sector * 4)
    }

    fn is_locked(&self) -> Option<bool> {
        let mut sector = self.bytes.u32(48)?;
        for _ in 0..MOST_STEPS {
            let Some(range) = self.sector(sector) else { break };
            for entry in range.step_by(Self::DIRECTORY_ENTRY_BYTES) {
                if self.is_locked_stream(entry).unwrap_or(false) {
                    return Some(true);
                }
            }
            sector = self.after(sector)?;
        }
        Some(false)
    }

    /// Whether the stream of a directory entry says that the document is locked.
    fn is_locked_stream(&self, entry: usize) -> Option<bool> {
        let length = self.bytes.u16(entry + 64)?.saturating_sub(2).min(62);
        let name = self.bytes.0.get(entry..entry + length)?;
        let name: String = name.chunks(2).map(|pair| char::from(pair[0])).collect();
        let start = || Some(self.sector(self.bytes.u32(entry + 116)?)?.start);
        match name.as_str() {
            "EncryptedSummary" => Some(true),
            "WordDocument" => {
                let start = start()?;
                Some(self.bytes.u16(start)? == 0xA5EC && self.bytes.u16(start + 10)? & 0x100 != 0)
            }
            "Workbook" | "Book" => {
                // The record comes right after the beginning and the write protection.
                let mut at = start()?;
                for _ in 0..8 {
                    if self.bytes.u16(at)? == 0x2F {
                        return Some(true);
                    }
                    at += 4 + self.bytes.u16(at + 2)?;
                }
                Some(false)
            }
            _ => Some(false),
        }
    }
}

/// Whether a RAR archive says that its list or one of its files is locked.
pub(super) fn rar(bytes: &[u8]) -> bool {
    let locked = if bytes.starts_with(b"Rar!\x1A\x07\x01\x00") {
        rar_5(&Bytes(bytes))
    } else {
        rar_4(&Bytes(bytes))
    };
    locked.unwrap_or(false)
}

fn rar_4(bytes: &Bytes<'_>) -> Option<bool> {
    let mut at = 7;
    for _ in 0..MOST_STEPS {
        let (kind, flags) = (*bytes.0.get(at + 2)?, bytes.u16(at + 3)?);
        if (kind == 0x73 && flags & 0x80 != 0) || (kind == 0x74 && flags & 0x04 != 0) {
            return Some(true);
        }
        let added = if flags & 0x8000 == 0 { 0 } else { bytes.u32(at + 7)? };
        at = at.checked_add(bytes.u16(at + 5)?.max(7))?.checked_add(added)?;
    }
    None
}

fn rar_5(bytes: &Bytes<'_>) -> Option<bool> {
    let mut at = 8;
    for _ in 0..MOST_STEPS {
        at += 4;
        let size = bytes.varying(&mut at)?;
        let end = at.checked_add(size)?;
        let (kind, flags) = (bytes.varying(&mut at)?, bytes.varying(&mut at)?);
        // Type 4: all headers that follow are locked.
        if kind == 4 {
            return Some(true);
        }
        let extra = if flags & 1 == 0 { 0 } else { bytes.varying(&mut at)? };
        let data = if flags & 2 == 0 { 0 } else { bytes.varying(&mut at)? };
        let mut record = end.checked_sub(extra)?;
        while kind == 2 && record < end {
            let size = bytes.varying(&mut record)?;
            let next = record.checked_add(size)?;
            // Record 1 of a file: how it is locked.
            if bytes.varying(&mut record)? == 1 {
                return Some(true);
            }
            record = next;
        }
        at = end.checked_add(data)?;
    }
    None
}

/// Whether a 7z archive names AES as the way in which something is packed. Where its list is packed
/// itself, without being locked, that is not seen.
pub(super) fn seven_zip(bytes: &[u8]) -> bool {
    const AES: &[u8] = &[0x06, 0xF1, 0x07, 0x01];
    let list = || {
        let numbers = Bytes(bytes);
        let start = numbers.u64(12)?.checked_add(32)?;
        bytes.get(start..start.checked_add(numbers.u64(20)?)?)
    };
    list().is_some_and(|list| memchr::memmem::find(list, AES).is_some())
}
