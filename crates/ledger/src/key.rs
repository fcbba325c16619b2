//! Ed25519 keys of signed notes (RFC 8032; C2SP signed-note, <https://c2sp.org/signed-note>): their
//! names, ids and spelling. It does not know where keys are kept, or which of them deserve trust; a
//! key's seed comes from the caller. Of the signature types it knows 0x01 alone.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::base64;
use crate::note::NoteError;

/// The signature type of Ed25519 over the text itself.
const ED25519: u8 = 0x01;
/// What a secret key starts with.
const SECRET_MARK: &str = "PRIVATE+KEY+";

/// The name and id of a key, which together say who signed and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId {
    pub(crate) name: String,
    pub(crate) id: u32,
}

impl KeyId {
    /// The key's name, by custom a URL without its scheme: `example.jp/book`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of a hash over name, type and public key. Tells keys apart, proves
    /// nothing.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// `SHA-256(name || 0x0A || type || public key)[:4]`.
    fn of(name: &str, key: &VerifyingKey) -> Result<Self, NoteError> {
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.contains(odd) {
            return Err(NoteError::Name);
        }
        let hash = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes())
            .finalize();
        let id = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        Ok(Self { name: name.to_owned(), id })
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}", self.name, self.id)
    }
}

/// A key that signs. Its bytes are wiped when it is dropped, and `Debug` does not show them.
#[derive(Clone)]
pub struct SecretKey {
    id: KeyId,
    key: SigningKey,
}

impl SecretKey {
    /// The key that follows from 32 bytes of good randomness (RFC 8032 section 5.1.5).
    ///
    /// ```
    /// let key = ledger::SecretKey::from_seed("example.jp/book", &[7; 32]).unwrap();
    /// assert_eq!(ledger::SecretKey::parse(&key.encode()).unwrap().id(), key.id());
    /// ```
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let key = SigningKey::from_bytes(seed);
        Ok(Self { id: KeyId::of(name, &key.verifying_key())?, key })
    }

    /// The key that [`SecretKey::encode`] wrote.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        const SHAPE: NoteError = NoteError::Key("PRIVATE+KEY+NAME+ID+BASE64");
        let (name, id, seed) = split_key(text.strip_prefix(SECRET_MARK).ok_or(SHAPE)?, SHAPE)?;
        let key = Self::from_seed(name, &seed)?;
        if key.id.id == id { Ok(key) } else { Err(NoteError::KeyId) }
    }

    /// `PRIVATE+KEY+NAME+ID+BASE64`, to be kept where nobody else reads it. The form is that of
    /// Go's `sumdb/note`, which the specification comes from.
    pub fn encode(&self) -> String {
        format!("{SECRET_MARK}{}+{}", self.id, spell_key(self.key.as_bytes()))
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> PublicKey {
        PublicKey { id: self.id.clone(), key: self.key.verifying_key() }
    }

    /// Its name and id.
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    pub(crate) fn sign(&self, text: &str) -> Vec<u8> {
        self.key.sign(text.as_bytes()).to_bytes().to_vec()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.id)
    }
}

/// A key that verifies. Written as `NAME+ID+BASE64`, a "verifier key" of the specification.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: KeyId,
    key: VerifyingKey,
}

impl PublicKey {
    /// Its name and id.
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// Checks strictly: what some implementations accept and others do not is refused.
    pub(crate) fn verify(&self, text: &str, signature: &[u8]) -> Result<(), NoteError> {
        let forged = |_| NoteError::Forged(self.id.to_string());
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(forged)?;
        self.key.verify_strict(text.as_bytes(), &signature).map_err(forged)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.id, spell_key(self.key.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        const SHAPE: NoteError = NoteError::Key("NAME+ID+BASE64");
        let (name, id, bytes) = split_key(text, SHAPE)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| SHAPE)?;
        let key = Self { id: KeyId::of(name, &key)?, key };
        if key.id.id == id { Ok(key) } else { Err(NoteError::KeyId) }
    }
}

/// The type and the bytes of a key in base64.
fn spell_key(bytes: &[u8; 32]) -> String {
    base64::encode(&[&[ED25519], &bytes[..]].concat())
}

/// Takes `NAME+ID+BASE64` apart. Base64 may hold plus signs; names may not.
fn split_key(text: &str, shape: NoteError) -> Result<(&str, u32, [u8; 32]), NoteError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(shape);
    };
    let id = HEXLOWER.decode(id.as_bytes()).ok().and_then(|id| id.try_into().ok());
    let bytes = base64::decode(bytes);
    let bytes = bytes.as_deref().and_then(|bytes| bytes.strip_prefix(&[ED25519]));
    match (id, bytes.and_then(|bytes| bytes.try_into().ok())) {
        (Some(id), Some(bytes)) => Ok((name, u32::from_be_bytes(id), bytes)),
        _ => Err(shape),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // The keys were made in Python with the package `cryptography`: seeds 0, 1, …, 31 and 32 times 7.
    const SECRET: &str =
        "PRIVATE+KEY+example.jp/book+d0e09dc1+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
    const PUBLIC: &str = "example.jp/book+d0e09dc1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    const WITNESS: &str = "見張り.example+65670834+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";

    fn book() -> SecretKey {
        let seed: Vec<u8> = (0..32).collect();
        SecretKey::from_seed("example.jp/book", seed.as_slice().try_into().unwrap()).unwrap()
    }

    #[test]
    fn keys_are_those_of_another_implementation() {
        assert_eq!(book().encode(), SECRET);
        assert_eq!(book().public().to_string(), PUBLIC);
        assert_eq!(SecretKey::parse(SECRET).unwrap().public(), PUBLIC.parse().unwrap());
        assert_eq!(book().id().id(), 0xd0e0_9dc1);
        let witness = SecretKey::from_seed("見張り.example", &[7; 32]).unwrap();
        assert_eq!(witness.public().to_string(), WITNESS);
    }

    #[test]
    fn what_is_no_key_is_told_why() {
        let shape = |key: &str| matches!(key.parse::<PublicKey>(), Err(NoteError::Key(_)));
        assert!(shape(""));
        assert!(shape("example.jp/book+d0e09dc1"));
        assert!(shape(&PUBLIC.replace("d0e0", "D0E0")));
        assert!(shape(&PUBLIC.replace("d0e0", "0d0e0")));
        assert!(shape(&PUBLIC.replace("AQOh", "AgOh"))); // another type
        assert!(shape(&PUBLIC[..PUBLIC.len() - 4]));
        let wrong = PUBLIC.replace("d0e0", "d0e1").parse::<PublicKey>();
        assert_eq!(wrong, Err(NoteError::KeyId));
        let wrong = PUBLIC.replace("book", "look").parse::<PublicKey>();
        assert_eq!(wrong, Err(NoteError::KeyId));
        assert!(matches!(SecretKey::parse(PUBLIC), Err(NoteError::Key(_))));
        assert!(matches!(
            SecretKey::parse(&SECRET.replace("AQAB", "AgAB")),
            Err(NoteError::Key(_))
        ));
        assert_eq!(SecretKey::parse(&SECRET.replace("dc1", "dc2")).unwrap_err(), NoteError::KeyId);
        for name in ["", "a b", "a+b", "a\u{3000}b", "a\nb", "a\u{85}b"] {
            assert_eq!(
                SecretKey::from_seed(name, &[0; 32]).unwrap_err(),
                NoteError::Name,
                "{name:?}"
            );
        }
    }

    #[test]
    fn a_secret_key_does_not_show_itself() {
        assert_eq!(format!("{:?}", book()), "SecretKey(example.jp/book+d0e09dc1)");
    }

    proptest! {
        #[test]
        fn any_words_are_a_key_or_an_error(words in r"(PRIVATE\+KEY\+)?.{0,9}(\+.{0,9}){0,4}") {
            prop_assert!(words.parse::<PublicKey>().is_err());
            prop_assert!(SecretKey::parse(&words).is_err());
        }
    }
}
