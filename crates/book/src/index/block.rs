//! Blocks: many keys and their values in one row, sorted, each key without what it shares with
//! the one before. A row for each key would cost more than most postings do. It does not know
//! what keys and values mean.

use super::varint;

/// Size at which a block is full; a page of the database holds one.
const FULL_BYTES: usize = 3_900;

/// Builds blocks from keys in ascending order.
#[derive(Debug, Default)]
pub(super) struct Writer {
    first: Vec<u8>,
    last: Vec<u8>,
    bytes: Vec<u8>,
    value: Vec<u8>,
}

/// A full block and its first key.
pub(super) struct Block {
    pub(super) first: Vec<u8>,
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    /// Adds a key whose value `write` appends; gives back the block that is full, if one is.
    pub(super) fn add(&mut self, key: &[u8], write: impl FnOnce(&mut Vec<u8>)) -> Option<Block> {
        self.value.clear();
        write(&mut self.value);
        let full =
            !self.bytes.is_empty() && self.bytes.len() + self.value.len() + key.len() > FULL_BYTES;
        let done = if full { self.finish() } else { None };
        if self.bytes.is_empty() {
            self.first = key.to_vec();
            self.last.clear();
        }
        let shared = self.last.iter().zip(key).take_while(|(a, b)| a == b).count();
        varint::put(shared as u64, &mut self.bytes);
        varint::put((key.len() - shared) as u64, &mut self.bytes);
        self.bytes.extend_from_slice(&key[shared..]);
        varint::put(self.value.len() as u64, &mut self.bytes);
        self.bytes.extend_from_slice(&self.value);
        self.last.clear();
        self.last.extend_from_slice(key);
        done
    }

    /// What is left.
    pub(super) fn finish(&mut self) -> Option<Block> {
        (!self.bytes.is_empty()).then(|| Block {
            first: std::mem::take(&mut self.first),
            bytes: std::mem::take(&mut self.bytes),
        })
    }
}

/// Reads the entries of a block in order.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    key: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(block: &'a [u8]) -> Self {
        Self { rest: block, key: Vec::new() }
    }

    /// Goes on in a block after the entry with `key`.
    pub(super) fn resume(rest: &'a [u8], key: Vec<u8>) -> Self {
        Self { rest, key }
    }

    /// The key read last.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// The same, and the end of reading.
    pub(super) fn into_key(self) -> Vec<u8> {
        self.key
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Reads the next entry: its value; `None` where none is left or the bytes make no sense.
    pub(super) fn read(&mut self) -> Option<&'a [u8]> {
        let shared = varint::take_size(&mut self.rest)?;
        let own = varint::take_size(&mut self.rest)?;
        let own = varint::take_bytes(&mut self.rest, own)?;
        if shared > self.key.len() {
            return None;
        }
        self.key.truncate(shared);
        self.key.extend_from_slice(own);
        let length = varint::take_size(&mut self.rest)?;
        varint::take_bytes(&mut self.rest, length)
    }
}

/// The value of a key in a block.
pub(super) fn find<'a>(block: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let mut reader = Reader::new(block);
    while let Some(value) = reader.read() {
        match reader.key().cmp(key) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => return Some(value),
            std::cmp::Ordering::Greater => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_their_blocks() {
        let keys: Vec<String> = (0..2_000).map(|n| format!("key-{n:05}")).collect();
        let mut writer = Writer::default();
        let mut blocks: Vec<Block> = keys
            .iter()
            .filter_map(|key| writer.add(key.as_bytes(), |out| out.extend(key.bytes())))
            .collect();
        blocks.extend(writer.finish());
        assert!(blocks.len() > 5);
        for key in &keys {
            let at = blocks.partition_point(|block| block.first.as_slice() <= key.as_bytes());
            assert_eq!(find(&blocks[at - 1].bytes, key.as_bytes()), Some(key.as_bytes()));
        }
        assert_eq!(find(&blocks[0].bytes, b"key-00000x"), None);
        assert!(blocks.iter().all(|block| block.bytes.len() < FULL_BYTES + 40));
    }
}
