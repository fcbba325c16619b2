//! A history as bytes and back. The bytes are a cache of the relay's record, from which a history is
//! made anew where they are of another version. It does not know where they are kept.

use super::History;

/// What the bytes begin with; the number is the version.
const HEAD: &[u8] = b"jikenbo-history 1\n";

/// Why bytes are no history.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// They are of another version, or something else: learn from the record again.
    #[error("the bytes are not a history of this version")]
    Version,
    /// They are cut off or damaged.
    #[error("the history is damaged")]
    Damaged(#[from] postcard::Error),
}

impl History {
    /// The history as bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, KeptError> {
        Ok(postcard::to_extend(self, HEAD.to_vec())?)
    }

    /// The history of such bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeptError> {
        let rest = bytes.strip_prefix(HEAD).ok_or(KeptError::Version)?;
        Ok(postcard::from_bytes(rest)?)
    }
}
