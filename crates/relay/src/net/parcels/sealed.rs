//! A file encrypted under a key of its own, in chunks, so that none has to fit memory whole; the key is
//! wrapped by the master key. It does not know who may open a file, nor where files lie.
//!
//! ```text
//! sealed  "jikenbo1" wrapped:60 chunk…      wrapped  nonce:12 key:32 tag:16
//! chunk   text:64Ki tag:16                  the last one is shorter, or is marked by its nonce alone
//! nonce   number:8 (big-endian) last:1 0:3
//! ```
//!
//! AES-256-GCM throughout. A key seals one file and is never used again, so counting is enough for its
//! nonces; whether a chunk is the last is in its nonce, so that a file cannot be cut between two (the
//! STREAM construction, Hoang, Reyhanitabar, Rogaway and Vizár 2015). The name of the file is authenticated with everything: one
//! cannot be put in the place of another.

use std::io::{self, Read, Write};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

const MAGIC: &[u8; 8] = b"jikenbo1";
const KEY_BYTES: usize = 32;
const TAG_BYTES: usize = 16;
const WRAPPED_BYTES: usize = NONCE_LEN + KEY_BYTES + TAG_BYTES;
/// Bytes of text in a chunk.
const CHUNK_BYTES: usize = 64 << 10;

/// The key that wraps the keys of files.
pub(super) struct MasterKey(LessSafeKey);

fn key(bytes: &[u8; KEY_BYTES]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, bytes).ok().map(LessSafeKey::new)
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file is damaged, or sealed by another key")
}

fn nonce_of(number: u64, is_last: bool) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    nonce[8] = u8::from(is_last);
    Nonce::assume_unique_for_key(nonce)
}

impl MasterKey {
    /// The key of these bytes.
    pub(super) fn new(bytes: &[u8; KEY_BYTES]) -> io::Result<Self> {
        key(bytes).map(Self).ok_or_else(|| io::Error::other("the master key cannot be used"))
    }

    /// Writes a file, sealed under a new key. Its bytes are copied one chunk at a time.
    pub(super) fn seal(&self, name: &str, text: &[u8], out: &mut impl Write) -> io::Result<()> {
        let no = |_| io::Error::other("the file cannot be sealed");
        let (mut fresh, mut salt) = ([0; KEY_BYTES], [0; NONCE_LEN]);
        getrandom::fill(&mut fresh).map_err(io::Error::from)?;
        getrandom::fill(&mut salt).map_err(io::Error::from)?;
        let sealing = key(&fresh).ok_or_else(|| io::Error::other("the file has no key"))?;
        let nonce = Nonce::assume_unique_for_key(salt);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(name.as_bytes()), &mut fresh)
            .map_err(no)?;
        out.write_all(MAGIC)?;
        out.write_all(&salt)?;
        out.write_all(&fresh)?;
        out.write_all(tag.as_ref())?;
        let last = text.len().div_ceil(CHUNK_BYTES).saturating_sub(1);
        let mut buffer = Vec::with_capacity(CHUNK_BYTES + TAG_BYTES);
        for number in 0..=last {
            let rest = &text[number * CHUNK_BYTES..];
            buffer.clear();
            buffer.extend_from_slice(&rest[..rest.len().min(CHUNK_BYTES)]);
            let nonce = nonce_of(number as u64, number == last);
            let about = Aad::from(name.as_bytes());
            sealing.seal_in_place_append_tag(nonce, about, &mut buffer).map_err(no)?;
            out.write_all(&buffer)?;
        }
        Ok(())
    }

    /// Begins to open a file: its key is unwrapped.
    pub(super) fn open<R: Read>(&self, name: &str, mut source: R) -> io::Result<Opened<R>> {
        let mut head = [0; MAGIC.len() + WRAPPED_BYTES];
        source.read_exact(&mut head)?;
        let (magic, wrapped) = head.split_at_mut(MAGIC.len());
        let (salt, wrapped) = wrapped.split_at_mut(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(salt).map_err(|_| broken())?;
        let unwrapped = self.0.open_in_place(nonce, Aad::from(name.as_bytes()), wrapped);
        let unwrapped = unwrapped.map_err(|_| broken())?;
        let key = <&[u8; KEY_BYTES]>::try_from(&*unwrapped).ok().and_then(key);
        let key = key.filter(|_| magic == MAGIC).ok_or_else(broken)?;
        let mut opened = Opened { source, key, name: name.to_owned(), number: 0, ahead: None };
        opened.ahead = Some(opened.sealed_chunk()?);
        Ok(opened)
    }
}

/// A file that is being opened, chunk by chunk. Nothing of a chunk is given out before all of it was
/// found to be as it was sealed.
pub(super) struct Opened<R> {
    source: R,
    key: LessSafeKey,
    name: String,
    number: u64,
    /// The next chunk as it is sealed; `None` after the last, and after an error.
    ahead: Option<Vec<u8>>,
}

impl<R: Read> Opened<R> {
    fn sealed_chunk(&mut self) -> io::Result<Vec<u8>> {
        let mut chunk = Vec::new();
        (&mut self.source).take((CHUNK_BYTES + TAG_BYTES) as u64).read_to_end(&mut chunk)?;
        Ok(chunk)
    }

    fn chunk(&mut self, mut chunk: Vec<u8>) -> io::Result<Vec<u8>> {
        // A chunk is the last if nothing follows it.
        let next = self.sealed_chunk()?;
        let is_last = next.is_empty();
        let nonce = nonce_of(self.number, is_last);
        let text = self.key.open_in_place(nonce, Aad::from(self.name.as_bytes()), &mut chunk);
        let length = text.map_err(|_| broken())?.len();
        chunk.truncate(length);
        self.number += 1;
        self.ahead = (!is_last).then_some(next);
        Ok(chunk)
    }
}

impl<R: Read> Iterator for Opened<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk = self.ahead.take()?;
        Some(self.chunk(chunk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(name: &str, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        MasterKey::new(&[7; KEY_BYTES]).unwrap().seal(name, text, &mut out).unwrap();
        out
    }

    fn opened(master: u8, name: &str, sealed: &[u8]) -> io::Result<Vec<u8>> {
        let master = MasterKey::new(&[master; KEY_BYTES]).unwrap();
        let chunks = master.open(name, sealed)?.collect::<io::Result<Vec<_>>>()?;
        Ok(chunks.concat())
    }

    #[test]
    fn what_is_sealed_is_opened_as_it_was() {
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let text: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let sealed = sealed("a-0", &text);
            assert!(opened(7, "a-0", &sealed).unwrap() == text, "{length}");
            let chunks = length.div_ceil(CHUNK_BYTES).max(1);
            let around = MAGIC.len() + WRAPPED_BYTES + chunks * TAG_BYTES;
            assert_eq!(sealed.len(), length + around);
        }
        assert_ne!(sealed("a-0", b"same"), sealed("a-0", b"same"), "every file has its own key");
    }

    #[test]
    fn what_was_changed_is_refused() {
        let text = vec![1; 2 * CHUNK_BYTES + 10];
        let whole = sealed("a-0", &text);
        let head = MAGIC.len() + WRAPPED_BYTES;
        for place in [0, 8, 20, head, head + CHUNK_BYTES, head + 2 * CHUNK_BYTES, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            assert!(opened(7, "a-0", &changed).is_err(), "{place}");
        }
        let chunk = CHUNK_BYTES + TAG_BYTES;
        for end in [0, head, head + 1, head + chunk, head + 2 * chunk, whole.len() - 1] {
            assert!(opened(7, "a-0", &whole[..end]).is_err(), "cut at {end}");
        }
        let (first, second) = (&whole[head..head + chunk], &whole[head + chunk..head + 2 * chunk]);
        let swapped = [&whole[..head], second, first, &whole[head + 2 * chunk..]].concat();
        assert!(opened(7, "a-0", &swapped).is_err(), "chunks in another order");
        assert!(opened(7, "a-0", &[&whole[..], b"more"].concat()).is_err());
    }

    #[test]
    fn a_key_is_wrapped_for_its_file_and_master_alone() {
        let whole = sealed("a-0", b"text");
        assert!(opened(8, "a-0", &whole).is_err(), "another master key");
        assert!(opened(7, "a-1", &whole).is_err(), "another file's name");
        let others = sealed("a-0", b"text");
        let head = MAGIC.len() + WRAPPED_BYTES;
        let mixed = [&others[..head], &whole[head..]].concat();
        assert!(opened(7, "a-0", &mixed).is_err(), "another file's key");
        assert!(!whole.windows(4).any(|four| four == b"text"));
    }

    #[test]
    fn nothing_of_a_changed_chunk_is_given_out() {
        let mut changed = sealed("a-0", &vec![1; 2 * CHUNK_BYTES]);
        *changed.last_mut().unwrap() ^= 1;
        let master = MasterKey::new(&[7; KEY_BYTES]).unwrap();
        let mut chunks = master.open("a-0", &changed[..]).unwrap();
        assert_eq!(chunks.next().unwrap().unwrap().len(), CHUNK_BYTES);
        assert!(chunks.next().unwrap().is_err());
        assert!(chunks.next().is_none());
    }
}
