//! What a file looks like, and what a change did to it: values that checks judge. It does not know who
//! changed it or why, and opens nothing: bytes come in.

pub mod chi;
pub mod kind;
pub mod sound;

use std::io::{self, Read};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use chi::{CHUNK_BYTES, Spread, spread};
pub use kind::Kind;
pub use sound::Sound;

/// The longest text that is remembered, to see the same one dropped again.
const MOST_NOTE_BYTES: usize = 16 * 1024;

/// What one state of a file looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Look {
    /// Its length.
    pub bytes: u64,
    /// What its beginning says it is.
    pub kind: Kind,
    /// Whether it keeps that promise.
    pub sound: Sound,
    /// Whether its bytes are as even as a cipher's, most chunks of its beginning.
    pub random: bool,
    /// Whether it is a cipher's output written as letters.
    pub encoded: bool,
    /// Whether it is an archive that only a password opens.
    pub locked: bool,
    /// The hash of a short text, by which copies of it are known.
    pub note: Option<u64>,
}

impl Look {
    /// Looks at the beginning of a file of `bytes` bytes; only a whole file is judged by its format.
    pub fn of(head: &[u8], bytes: u64) -> Self {
        let kind = kind::kind(head);
        let whole = head.len() as u64 == bytes;
        let short = whole && kind == Kind::Text && head.len() <= MOST_NOTE_BYTES;
        Self {
            bytes,
            kind,
            sound: if whole { sound::sound(kind, head) } else { Sound::Untold },
            random: mostly_random(head),
            encoded: kind == Kind::Text && is_encoded(head),
            locked: whole && kind == Kind::Zip && sound::is_locked_zip(head),
            note: short.then(|| fingerprint(head)),
        }
    }

    /// Whether nobody but the holder of a key can tell what it holds.
    pub const fn is_opaque(&self) -> bool {
        self.locked
            || self.encoded
            || match self.kind {
                Kind::Encrypted => true,
                Kind::Unknown => self.random,
                Kind::Empty | Kind::Text => false,
                _ => matches!(self.sound, Sound::Broken),
            }
    }

    /// Whether it is something to people or programs: a known type that holds, or bytes with structure.
    pub const fn is_meaningful(&self) -> bool {
        self.bytes > 0 && !self.is_opaque()
    }
}

/// The first bytes of a SHA-256.
fn fingerprint(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

/// Whether most chunks look like a cipher's. The first is left out where there are others: a header
/// may be left as it was.
fn mostly_random(head: &[u8]) -> bool {
    let skip = usize::from(head.len() > 2 * CHUNK_BYTES);
    let (mut random, mut all) = (0, 0);
    for chunk in head.chunks(CHUNK_BYTES).skip(skip).filter(|chunk| chunk.len() >= 256) {
        all += 1;
        random += usize::from(spread(chunk) == Spread::Random);
    }
    match all {
        0 => spread(head) == Spread::Random,
        all => random * 10 >= all * 9,
    }
}

/// Whether a text is base64 of something that is random. Certificates and mails are base64 too: their
/// content is not random, or stands among other words.
fn is_encoded(head: &[u8]) -> bool {
    let mut values = Vec::with_capacity(head.len());
    for &byte in head {
        values.push(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'\n' | b'\r' | b'=' => continue,
            _ => return false,
        });
    }
    let bytes: Vec<u8> = values
        .chunks_exact(4)
        .flat_map(|four| {
            let word = four.iter().fold(0_u32, |word, six| word << 6 | u32::from(*six));
            [(word >> 16 & 255) as u8, (word >> 8 & 255) as u8, (word & 255) as u8]
        })
        .collect();
    let salted = bytes.strip_prefix(b"Salted__").unwrap_or(&bytes);
    bytes.len() >= 96 && mostly_random(salted)
}

/// What a change did, chunk by chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Chunks of the longer state.
    pub chunks: u64,
    /// Chunks that are not what they were.
    pub changed: u64,
    /// Chunks that had structure, or none that a cipher has, and now look like a cipher's.
    pub risen: u64,
    /// Chunks that looked like a cipher's and do so again with other bytes, as packed data overwritten
    /// by a cipher does.
    pub stirred: u64,
    /// Bytes after, less bytes before.
    pub grown: i64,
}

impl Diff {
    /// Compares two states as they are read. Chunks beyond the end of the one before are new and have
    /// not risen.
    pub fn of(mut before: impl Read, mut after: impl Read) -> io::Result<Self> {
        let mut diff = Self::default();
        let (mut old, mut new) = ([0; CHUNK_BYTES], [0; CHUNK_BYTES]);
        loop {
            let (was, is) = (fill(&mut before, &mut old)?, fill(&mut after, &mut new)?);
            if was == 0 && is == 0 {
                return Ok(diff);
            }
            diff.chunk(&old[..was], &new[..is]);
            diff.grown = diff.grown.saturating_add_unsigned(is as u64);
            diff.grown = diff.grown.saturating_sub_unsigned(was as u64);
        }
    }

    /// Takes one more chunk of both states in.
    pub fn chunk(&mut self, was: &[u8], is: &[u8]) {
        self.chunks += 1;
        if was == is {
            return;
        }
        self.changed += 1;
        // Where nothing was, as in room that a database has free, nothing is lost.
        if was.iter().all(|byte| Some(byte) == was.first()) {
            return;
        }
        match (spread(was), spread(is)) {
            (Spread::Random, Spread::Random) => self.stirred += 1,
            (Spread::Structured | Spread::Mixed, Spread::Random) => self.risen += 1,
            _ => {}
        }
    }
}

/// Reads until the buffer is full or the end is there.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus::files::{base64, random, zip};

    #[test]
    fn opaque_is_what_only_a_key_opens() {
        let look = |bytes: &[u8]| Look::of(bytes, bytes.len() as u64);
        let words = "お客様の情報の一覧。name,address,telephone\n".repeat(400);
        assert!(look(words.as_bytes()).is_meaningful());
        assert!(look(&random(9000, 1)).is_opaque());
        assert!(look(base64(&random(9000, 1)).as_bytes()).is_opaque());
        // Letters of something that is no cipher's.
        assert!(look(base64(words.as_bytes()).as_bytes()).is_meaningful());
        assert!(look(&zip(&[("a", &random(9000, 1))])).is_meaningful());
        assert!(look(&zstd::encode_all(words.as_bytes(), 3).unwrap()).is_meaningful());
        assert!(!look(b"").is_meaningful());
    }

    #[test]
    fn every_sixteenth_block_shows() {
        let before = "氏名,住所,電話番号,生年月日\n".repeat(10_000).into_bytes();
        let mut after = before.clone();
        for at in (0..after.len() - CHUNK_BYTES).step_by(16 * CHUNK_BYTES) {
            after[at..at + CHUNK_BYTES].copy_from_slice(&random(CHUNK_BYTES, at as u64));
        }
        let diff = Diff::of(&before[..], &after[..]).unwrap();
        assert_eq!(diff.risen, (before.len() as u64 / 4096).div_ceil(16), "{diff:?}");
        assert_eq!((diff.changed, diff.stirred, diff.grown), (diff.risen, 0, 0));
    }

    proptest! {
        #[test]
        fn a_change_is_counted_once_and_lengths_add_up(
            before in prop::collection::vec(any::<u8>(), 0..20_000),
            after in prop::collection::vec(any::<u8>(), 0..20_000),
        ) {
            let diff = Diff::of(&before[..], &after[..]).unwrap();
            prop_assert!(diff.risen + diff.stirred <= diff.changed && diff.changed <= diff.chunks);
            prop_assert_eq!((before.len() as u64).saturating_add_signed(diff.grown), after.len() as u64);
            prop_assert_eq!(Diff::of(&before[..], &before[..]).unwrap().changed, 0);
            prop_assert!(Look::of(&before, before.len() as u64).bytes == before.len() as u64);
        }
    }
}
