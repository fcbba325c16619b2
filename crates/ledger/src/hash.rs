//! [`Hash`]: the SHA-256 values of the tree, and how leaves and nodes are hashed (RFC 6962 section
//! 2.1). It does not know what the leaves mean or how the tree is shaped.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// A SHA-256 hash. Written as 64 lower-case hex digits, in text and in JSON.
///
/// ```
/// use ledger::Hash;
/// let hash: Hash = "00".repeat(32).parse().unwrap();
/// assert_eq!(hash, Hash::ZERO);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

/// Words that are no [`struct@Hash`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 lower-case hex digits")]
pub struct HashError;

impl Hash {
    /// All zero bits: stands where a hash is asked for and there is none, as for the entry before
    /// the first.
    pub const ZERO: Self = Self([0; 32]);

    /// The hash with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash in a slice of 32 bytes, such as a column of a table.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// The hash of a leaf: SHA-256 of the byte 0 and the entry's bytes (RFC 6962 section 2.1). The
/// leading byte keeps a leaf from passing for a node.
pub fn leaf(bytes: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
}

/// The hash of a node: SHA-256 of the byte 1 and the hashes of its two children (RFC 6962 section
/// 2.1).
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The root of a tree without leaves: SHA-256 of nothing (RFC 6962 section 2.1).
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        // The length first: a hash is short, whatever it is said to be.
        if text.len() != 64 {
            return Err(HashError);
        }
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| HashError)?;
        Self::from_slice(&bytes).ok_or(HashError)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_hashes() {
        // The first two are given by Certificate Transparency's reference trees.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(empty_root().to_string(), empty);
        let leaf_of_nothing = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(leaf(b"").to_string(), leaf_of_nothing);
        assert_ne!(node(&leaf(b""), &Hash::ZERO), node(&Hash::ZERO, &leaf(b"")));
    }

    #[test]
    fn only_one_spelling_is_a_hash() {
        let spelled = leaf(b"x").to_string();
        assert_eq!(spelled.parse(), Ok(leaf(b"x")));
        assert_eq!(spelled.to_uppercase().parse::<Hash>(), Err(HashError));
        assert_eq!(spelled[1..].parse::<Hash>(), Err(HashError));
        assert_eq!(format!("{spelled}0").parse::<Hash>(), Err(HashError));
        assert_eq!("あ".repeat(22)[..64 / 3 * 3].parse::<Hash>(), Err(HashError));
        let json = format!("\"{spelled}\"");
        assert_eq!(serde_json::to_string(&leaf(b"x")).unwrap(), json);
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), leaf(b"x"));
        assert_eq!(Hash::from_slice(leaf(b"x").as_bytes()), Some(leaf(b"x")));
        assert_eq!(Hash::from_slice(&[0; 31]), None);
    }
}
