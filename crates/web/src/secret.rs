//! Secrets: made from the system's randomness, kept only as hashes, compared without telling by
//! time how much of them was right. It does not know what they open.

use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// A new secret of 256 bits, as hex.
pub(crate) fn fresh() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| Failure::internal(&e))?;
    Ok(hex(&bytes))
}

/// The hash under which a secret is kept. Secrets of 256 random bits need no slow hash.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The same as hex.
pub(crate) fn hash_hex(secret: &str) -> String {
    hex(&hash(secret))
}

/// Whether two strings are the same, in a time that depends on neither.
pub(crate) fn equal(a: &str, b: &str) -> bool {
    // Hashes of both: their bytes tell nothing of where the strings differ.
    hash(a).iter().zip(hash(b)).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (a, b) = (fresh().unwrap(), fresh().unwrap());
        assert_eq!(a.len(), 64);
        assert!(!equal(&a, &b));
        assert!(equal(&a, &a.clone()));
    }
}
