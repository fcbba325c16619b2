//! What one mail may cost at most. It does not know what happens when a limit is met.

/// Limits on size, depth and count of one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailLimits {
    /// Largest mail, as it comes. Default 64 MiB.
    pub bytes: usize,
    /// All headers together, those of the parts included. Default 4 MiB: 10,000 recipients with
    /// Japanese names take about 1 MiB.
    pub header_bytes: usize,
    /// All header fields together. Default 5,000.
    pub fields: usize,
    /// All addresses in the header together. Default 20,000.
    pub addresses: usize,
    /// Deepest nesting of parts and messages. Default 30.
    pub depth: usize,
    /// Most parts. Default 2,000.
    pub parts: usize,
    /// Largest text of one part, decoded. Default 64 MiB.
    pub text_bytes: usize,
}

impl Default for MailLimits {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            header_bytes: 4 << 20,
            fields: 5_000,
            addresses: 20_000,
            depth: 30,
            parts: 2_000,
            text_bytes: 64 << 20,
        }
    }
}
