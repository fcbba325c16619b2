//! What one reading may cost at most. It does not know what happens when a limit is met: the room
//! that meets it says so in its error or its notes.

/// Limits on size, depth and count, passed in by whoever starts a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest input taken, in bytes as they come. Default 256 MiB.
    pub input_bytes: usize,
    /// Largest text an input may decode to, in bytes; stops decompression bombs. Default 512 MiB.
    pub text_bytes: usize,
    /// Deepest nesting followed: HTML elements, MIME parts, PDF objects. Default 256.
    pub depth: usize,
    /// Most pages taken from one PDF. Default 5,000.
    pub pages: usize,
    /// Most entries taken from one input. Default 1,000,000.
    pub entries: usize,
    /// Most values kept in one list field of a case. Default 1,000.
    pub facts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 256 << 20,
            text_bytes: 512 << 20,
            depth: 256,
            pages: 5_000,
            entries: 1_000_000,
            facts: 1_000,
        }
    }
}
