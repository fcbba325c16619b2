//! Whether a file is whole by the rules of its own format: checksums that hold, streams that unpack,
//! markers where they belong. This is what tells a photo that was saved again from one that was encrypted
//! behind an intact header. It does not know what the file was before.

use std::io::{Cursor, Read};

use memchr::memmem;
use serde::Serialize;

use super::kind::Kind;

/// The most that is unpacked to judge one file, in bytes.
const MOST_UNPACKED_BYTES: u64 = 16 * 1024 * 1024;

/// What a format's own rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sound {
    /// Its rules hold as far as they were checked.
    Whole,
    /// They do not.
    Broken,
    /// The format has none that are known here, or the file is too large to judge.
    Untold,
}

/// What the rules of `kind` say of a whole file.
pub fn sound(kind: Kind, bytes: &[u8]) -> Sound {
    let whole = match kind {
        Kind::Zip => zip_holds(bytes),
        Kind::Png => png_holds(bytes),
        Kind::Jpeg => jpeg_holds(bytes),
        Kind::Gzip => unpacks(flate2::read::MultiGzDecoder::new(bytes)),
        Kind::Zlib => unpacks(flate2::read::ZlibDecoder::new(bytes)),
        Kind::Zstd => zstd::stream::read::Decoder::new(bytes).is_ok_and(unpacks),
        Kind::Pdf => pdf_holds(bytes),
        _ => return Sound::Untold,
    };
    if whole { Sound::Whole } else { Sound::Broken }
}

/// Whether a stream unpacks, as far as it is followed.
fn unpacks(stream: impl Read) -> bool {
    std::io::copy(&mut stream.take(MOST_UNPACKED_BYTES), &mut std::io::sink()).is_ok()
}

/// Every member unpacks to its checksum. A member that needs a password cannot be judged.
fn zip_holds(bytes: &[u8]) -> bool {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return false };
    let mut left = MOST_UNPACKED_BYTES;
    for at in 0..archive.len() {
        let Ok(raw) = archive.by_index_raw(at) else { return false };
        let (locked, size) = (raw.encrypted(), raw.size());
        drop(raw);
        if locked || size > left {
            continue;
        }
        left -= size;
        match archive.by_index(at) {
            Ok(mut member) => {
                if std::io::copy(&mut member, &mut std::io::sink()).is_err() {
                    return false;
                }
            }
            Err(zip::result::ZipError::UnsupportedArchive(_)) => {}
            Err(_) => return false,
        }
    }
    true
}

/// Whether every member of an archive needs a password, as `zip -e` leaves it.
pub fn is_locked_zip(bytes: &[u8]) -> bool {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return false };
    let mut locked = 0;
    for at in 0..archive.len() {
        locked += usize::from(archive.by_index_raw(at).is_ok_and(|member| member.encrypted()));
    }
    locked > 0 && locked == archive.len()
}

/// Every chunk has its checksum, up to the last.
fn png_holds(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(8..).unwrap_or_default();
    loop {
        let Some((length, body)) = rest.split_first_chunk::<4>() else { return false };
        let length = u32::from_be_bytes(*length) as usize;
        let Some((named, after)) = body.split_at_checked(length.saturating_add(4)) else {
            return false;
        };
        let Some((sum, next)) = after.split_first_chunk::<4>() else { return false };
        let mut crc = flate2::Crc::new();
        crc.update(named);
        if crc.sum() != u32::from_be_bytes(*sum) {
            return false;
        }
        if named.starts_with(b"IEND") {
            return true;
        }
        rest = next;
    }
}

/// Segments lead from one to the next, and in the picture's data a 0xFF is followed only by what may
/// follow it. Encrypted bytes have a 0xFF in 256, and hardly one of them is followed right.
fn jpeg_holds(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        let Some(&[0xff, marker]) = bytes.get(at..at + 2) else { return false };
        if marker == 0xd9 {
            return true;
        }
        if marker == 0xff {
            at += 1;
            continue;
        }
        let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return false };
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker != 0xda {
            continue;
        }
        // The data of a scan: up to the next marker that is neither stuffing nor a restart.
        loop {
            let Some(next) = memchr::memchr(0xff, bytes.get(at..).unwrap_or_default()) else {
                return false;
            };
            at += next;
            match bytes.get(at + 1) {
                Some(0x00 | 0xd0..=0xd7) => at += 2,
                Some(0xff) => at += 1,
                Some(0xc4 | 0xd9 | 0xda..=0xdd | 0xe0..=0xef | 0xfe) => break,
                _ => return false,
            }
        }
    }
}

/// It ends as a PDF, its table of contents stands where the end says, and what is deflated unpacks.
fn pdf_holds(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    let Some(found) = memmem::rfind(tail, b"startxref") else { return false };
    let digits = tail[found + 9..].trim_ascii_start();
    let digits = &digits[..digits.iter().take_while(|byte| byte.is_ascii_digit()).count()];
    let place = std::str::from_utf8(digits).ok().and_then(|words| words.parse::<usize>().ok());
    let Some(table) = place.and_then(|place| bytes.get(place..)) else { return false };
    let table = table.trim_ascii_start();
    if !table.starts_with(b"xref") && !table.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    if memmem::find(bytes, b"/Encrypt").is_some() {
        return true;
    }
    memmem::find_iter(bytes, b"stream").all(|at| {
        let dictionary = &bytes[at.saturating_sub(200)..at];
        let last = memmem::rfind(dictionary, b"obj").unwrap_or(0);
        let dictionary = &dictionary[last..];
        let data = &bytes[at + 6..];
        let data = data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n"));
        let deflated = memmem::find(dictionary, b"/Filter/FlateDecode").is_some()
            || memmem::find(dictionary, b"/Filter /FlateDecode").is_some();
        match data {
            Some(data) if deflated => unpacks(flate2::read::ZlibDecoder::new(data)),
            _ => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::corpus::files::{jpeg, pdf, png, random, zip};
    use crate::look::kind::kind;

    /// Whole as made, broken when a stretch in its middle is not what it was.
    #[track_caller]
    fn check(name: &str, bytes: &[u8]) {
        let found = kind(bytes);
        assert_eq!(sound(found, bytes), Sound::Whole, "{name}");
        let mut broken = bytes.to_vec();
        let middle = broken.len() / 2;
        let length = broken.len() / 8;
        broken[middle..middle + length].copy_from_slice(&random(length, 9));
        assert_eq!(kind(&broken), found, "{name}");
        assert_eq!(sound(found, &broken), Sound::Broken, "{name}");
    }

    #[test]
    fn a_stretch_overwritten_behind_the_header_shows() {
        let words = "請求書の一覧です。\n".repeat(2000);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&random(9000, 1)).unwrap();
        gzip.write_all(words.as_bytes()).unwrap();
        check("gzip", &gzip.finish().unwrap());
        check("zip", &zip(&[("a.xml", words.as_bytes()), ("b.bin", &random(20_000, 2))]));
        check("png", &png(40_000));
        check("jpeg", &jpeg(40_000));
        check("pdf", &pdf(60_000));
        let packed = zstd::encode_all(&random(20_000, 4)[..], 1).unwrap();
        let broken: Vec<u8> = packed[..packed.len() / 2].to_vec();
        assert_eq!(sound(Kind::Zstd, &packed), Sound::Whole);
        assert_eq!(sound(Kind::Zstd, &broken), Sound::Broken);
    }

    #[test]
    fn formats_without_rules_are_not_judged() {
        assert_eq!(sound(Kind::Text, b"words"), Sound::Untold);
        assert_eq!(sound(Kind::Mp3, b"ID3"), Sound::Untold);
    }
}
