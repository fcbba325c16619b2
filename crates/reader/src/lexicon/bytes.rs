//! Numbers and words out of the bytes that the build script wrote. It does not know what they mean.

/// The bytes that are left.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    /// The next `N` bytes.
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next number.
    pub(super) fn number(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    /// The next words, which their length in one byte goes before.
    pub(super) fn words(&mut self) -> Option<&'a str> {
        let [length] = self.take()?;
        let (words, rest) = self.0.split_at_checked(usize::from(length))?;
        self.0 = rest;
        std::str::from_utf8(words).ok()
    }
}
