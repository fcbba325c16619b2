//! Bytes made smaller for rows and files, with zstd. A context is kept for each thread, since
//! making one costs more than packing an entry. It does not know what is packed.

use std::cell::RefCell;
use std::io;

use zstd::bulk::{Compressor, Decompressor};

/// zstd's own default: a text shrinks to a third, an entry's JSON to a fifth, at hundreds of
/// megabytes a second.
const LEVEL: i32 = 3;

/// What is packed in one piece is no longer than this; a packed one that claims to be is damaged.
const MOST_BYTES: usize = 1 << 30;

thread_local! {
    static PACKING: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKING: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Bytes to be kept.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    PACKING.with_borrow_mut(|packing| {
        let compressor = packing.get_or_insert_with(|| {
            Compressor::new(LEVEL).expect("zstd has the level that is its default")
        });
        compressor.compress(bytes).expect("compressing into memory does not fail")
    })
}

/// Bytes that were packed; `None` where they are damaged.
pub(crate) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let most = zstd::zstd_safe::get_frame_content_size(packed).ok()??;
    let most = usize::try_from(most).ok().filter(|&most| most <= MOST_BYTES)?;
    unpack_at_most(packed, most).ok()
}

/// Bytes that were packed and of which it is known how many they are.
pub(crate) fn unpack_at_most(packed: &[u8], most: usize) -> io::Result<Vec<u8>> {
    UNPACKING.with_borrow_mut(|unpacking| {
        let mut decompressor = match unpacking.take() {
            Some(decompressor) => decompressor,
            None => Decompressor::new()?,
        };
        // One that failed in the middle is not used again.
        let bytes = decompressor.decompress(packed, most)?;
        *unpacking = Some(decompressor);
        Ok(bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back_and_damage_is_noticed() {
        let words = "お知らせ".repeat(50);
        let packed = pack(words.as_bytes());
        assert!(packed.len() < words.len() / 4);
        assert_eq!(unpack(&packed).unwrap(), words.as_bytes());
        assert_eq!(unpack(&packed[..packed.len() - 1]), None);
        assert_eq!(unpack(b"no frame"), None);
        assert!(unpack_at_most(&packed, words.len() - 1).is_err());
        assert_eq!(unpack_at_most(&packed, words.len()).unwrap(), words.as_bytes());
    }
}
