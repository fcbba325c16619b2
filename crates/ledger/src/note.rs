//! Signed notes (C2SP signed-note, <https://c2sp.org/signed-note>) with Ed25519 keys (RFC 8032): a
//! text that people can read, and lines with signatures below it. It does not know what a text says
//! or which keys deserve trust. Lines of other keys, and of signature types that it does not know,
//! are kept and ignored, as the specification asks.

use std::fmt;

use crate::base64;
use crate::key::{KeyId, PublicKey, SecretKey};

/// What a signature line starts with: an em dash and a space.
const MARK: &str = "\u{2014} ";

/// What a note may cost to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteLimits {
    /// The longest note, in bytes.
    pub bytes: usize,
    /// The most signatures; the specification asks for 16 at least.
    pub signatures: usize,
}

impl Default for NoteLimits {
    fn default() -> Self {
        Self { bytes: 1 << 20, signatures: 100 }
    }
}

/// Why something is no note, key or name, or why a note does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is longer, or has more signatures, than is read.
    #[error("the note is over the limit of {0}")]
    Limit(String),
    /// It has bytes that no note has.
    #[error("the note is not UTF-8 text without control characters")]
    Characters,
    /// The text does not end in a line feed.
    #[error("the text of a note ends with a line feed")]
    Unended,
    /// There are no signatures after a blank line.
    #[error("the note has no signatures after a blank line")]
    Unsigned,
    /// A line among the signatures is none.
    #[error("line {0} of the signatures is not \"\u{2014} NAME BASE64\"")]
    Line(usize),
    /// The name of a key has a space or a plus, or is empty.
    #[error("the name of a key is not empty and has no spaces, plus signs or control characters")]
    Name,
    /// A key is not spelled as one.
    #[error("the key is not spelled as {0}")]
    Key(&'static str),
    /// The id in a key is not the one that follows from the rest of it.
    #[error("the id in the key does not belong to its name and bytes")]
    KeyId,
    /// A trusted key's signature is wrong: the text was changed.
    #[error("the signature of {0} does not fit the text")]
    Forged(String),
    /// None of the trusted keys signed it.
    #[error("none of the trusted keys signed the note")]
    Untrusted,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    by: KeyId,
    bytes: Vec<u8>,
}

impl Signature {
    /// The key that it claims to be of.
    pub const fn by(&self) -> &KeyId {
        &self.by
    }
}

/// A note with its signatures, none of them verified yet: so it does not show its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

/// The text of a note that a trusted key signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedNote<'a> {
    text: &'a str,
    by: Vec<KeyId>,
}

impl<'a> VerifiedNote<'a> {
    /// The text, with the line feed at its end.
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The trusted keys that signed it, at least one.
    pub fn by(&self) -> &[KeyId] {
        &self.by
    }
}

impl SignedNote {
    /// Signs a text. It must end in a line feed and have no other control characters.
    ///
    /// ```
    /// use ledger::{NoteLimits, SecretKey, SignedNote};
    /// let key = SecretKey::from_seed("example.jp/book", &[7; 32]).unwrap();
    /// let note = SignedNote::sign("今日は晴れ\n", &key).unwrap().to_string();
    ///
    /// let note = SignedNote::parse(note.as_bytes(), NoteLimits::default()).unwrap();
    /// assert_eq!(note.verify(&[key.public()]).unwrap().text(), "今日は晴れ\n");
    /// ```
    pub fn sign(text: impl Into<String>, key: &SecretKey) -> Result<Self, NoteError> {
        let text = text.into();
        if text.contains(is_odd) {
            return Err(NoteError::Characters);
        }
        if !text.ends_with('\n') {
            return Err(NoteError::Unended);
        }
        let mut note = Self { text, signatures: Vec::new() };
        note.add(key);
        Ok(note)
    }

    /// Adds a signature, in place of an older one by the same key. The text is signed as it is,
    /// verified or not.
    pub fn add(&mut self, key: &SecretKey) {
        self.signatures.retain(|signature| signature.by != *key.id());
        self.signatures.push(Signature { by: key.id().clone(), bytes: key.sign(&self.text) });
    }

    /// The note that some bytes are.
    pub fn parse(bytes: &[u8], limits: NoteLimits) -> Result<Self, NoteError> {
        if bytes.len() > limits.bytes {
            return Err(NoteError::Limit(format!("{} bytes", limits.bytes)));
        }
        let note = str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
        if note.contains(is_odd) {
            return Err(NoteError::Characters);
        }
        // The text may have blank lines; the last one ends it.
        let end = note.rfind("\n\n").ok_or(NoteError::Unsigned)? + 1;
        let (text, lines) = (&note[..end], &note[end + 1..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Unsigned)?;
        let mut signatures = Vec::new();
        for (index, line) in lines.split('\n').enumerate() {
            if index == limits.signatures {
                return Err(NoteError::Limit(format!("{} signatures", limits.signatures)));
            }
            signatures.push(Signature::parse(line).ok_or(NoteError::Line(index + 1))?);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The text, if a trusted key signed it. Signatures of other keys are ignored; a wrong one of a
    /// trusted key spoils the note, whoever else signed it.
    pub fn verify(&self, trusted: &[PublicKey]) -> Result<VerifiedNote<'_>, NoteError> {
        let mut by = Vec::new();
        for Signature { by: id, bytes } in &self.signatures {
            let Some(key) = trusted.iter().find(|key| key.id() == id) else { continue };
            key.verify(&self.text, bytes)?;
            if !by.contains(id) {
                by.push(id.clone());
            }
        }
        if by.is_empty() {
            return Err(NoteError::Untrusted);
        }
        Ok(VerifiedNote { text: &self.text, by })
    }

    /// Its signatures, as they stand there.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }
}

impl Signature {
    fn parse(line: &str) -> Option<Self> {
        let (name, bytes) = line.strip_prefix(MARK)?.split_once(' ')?;
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+') {
            return None;
        }
        let bytes = base64::decode(bytes)?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        if bytes.is_empty() {
            return None;
        }
        let by = KeyId { name: name.to_owned(), id: u32::from_be_bytes(*id) };
        Some(Self { by, bytes: bytes.to_owned() })
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { by, bytes } in &self.signatures {
            let bytes = [&by.id.to_be_bytes(), bytes.as_slice()].concat();
            writeln!(f, "{MARK}{} {}", by.name, base64::encode(&bytes))?;
        }
        Ok(())
    }
}

/// A character that no note has.
fn is_odd(c: char) -> bool {
    c < ' ' && c != '\n'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Made in Python with the package `cryptography`.
    const TEXT: &str = "件数を訂正した。\n\n理由は次のとおり。\n";
    const NOTE: &str = "件数を訂正した。\n\n理由は次のとおり。\n\n\
        — example.jp/book 0OCdwUTSLrlLPcAqm5q96b0c1lkQLDUFMMsyNFzdeSrZtRFHqcpucyYb+DceOGv9WRaj8YIsm6+CuvEYtl9EXM1oaAc=\n\
        — 見張り.example ZWcINFD8vFaTOIaz05XpgcEWJqipeTro/0yYs0w8TWkzMkR2LiOTrpuWMQxVsBxp+qypYVtvd7pLwOZXiKb1dXGrew8=\n";

    fn book() -> SecretKey {
        let seed: Vec<u8> = (0..32).collect();
        SecretKey::from_seed("example.jp/book", seed.as_slice().try_into().unwrap()).unwrap()
    }

    fn witness() -> SecretKey {
        SecretKey::from_seed("見張り.example", &[7; 32]).unwrap()
    }

    fn parse(note: &str) -> Result<SignedNote, NoteError> {
        SignedNote::parse(note.as_bytes(), NoteLimits::default())
    }

    #[test]
    fn a_note_is_that_of_another_implementation() {
        let mut note = SignedNote::sign(TEXT, &book()).unwrap();
        note.add(&witness());
        assert_eq!(note.to_string(), NOTE);
        // The same key again changes nothing but the place of its line.
        note.add(&book());
        note.add(&witness());
        assert_eq!(note.to_string(), NOTE);
    }

    #[test]
    fn a_note_counts_when_a_trusted_key_signed_it() {
        let note = parse(NOTE).unwrap();
        let (book, witness) = (book().public(), witness().public());
        let verified = note.verify(&[witness.clone(), book.clone()]).unwrap();
        assert_eq!((verified.text(), verified.by().len()), (TEXT, 2));
        let one = note.verify(std::slice::from_ref(&witness)).unwrap();
        assert_eq!(one.by()[0].name(), "見張り.example");
        assert_eq!(note.verify(&[]), Err(NoteError::Untrusted));
        let (_, line) = NOTE.trim_end().rsplit_once('\n').unwrap();
        let twice = parse(&format!("{NOTE}{line}\n")).unwrap();
        assert_eq!(twice.verify(std::slice::from_ref(&witness)).unwrap().by().len(), 1);
        // The same bytes under another name are another key.
        let other = SecretKey::from_seed("example.jp/else", &[7; 32]).unwrap().public();
        assert_eq!(note.verify(&[other]), Err(NoteError::Untrusted));

        let changed = parse(&NOTE.replace("次の", "上の")).unwrap();
        let forged = NoteError::Forged("見張り.example+65670834".into());
        assert_eq!(changed.verify(std::slice::from_ref(&witness)), Err(forged));
        // One good signature does not save a note with a bad one, if both keys are trusted.
        let spoilt = parse(&NOTE.replace("0OCdwUT", "0OCdwUU")).unwrap();
        let forged = NoteError::Forged("example.jp/book+d0e09dc1".into());
        assert_eq!(spoilt.verify(&[book, witness.clone()]), Err(forged));
        assert_eq!(spoilt.verify(&[witness]).unwrap().text(), TEXT);
    }

    #[test]
    fn signatures_of_other_types_are_kept_and_ignored() {
        let with = NOTE.replace("— 見張り", "— example.net/later AAAAAAE=\n— 見張り");
        let note = parse(&with).unwrap();
        assert_eq!(note.signatures().len(), 3);
        assert_eq!(note.signatures()[1].by().to_string(), "example.net/later+00000000");
        assert_eq!(note.to_string(), with);
        assert_eq!(note.verify(&[book().public()]).unwrap().by().len(), 1);
        // A signature by our id that has another length is a wrong one.
        let short =
            NOTE.replace(&NOTE[NOTE.find("0OC").unwrap()..=NOTE.find("=\n").unwrap()], "0OCdwUTS");
        let short = parse(&short).unwrap();
        assert!(matches!(short.verify(&[book().public()]), Err(NoteError::Forged(_))));
    }

    #[track_caller]
    fn check(note: &str, expected: &NoteError) {
        assert_eq!(parse(note).unwrap_err(), *expected, "{note:?}");
    }

    #[test]
    fn what_is_no_note_is_told_why() {
        check("", &NoteError::Unsigned);
        check("text\n", &NoteError::Unsigned);
        check("text\n\n", &NoteError::Unsigned);
        check("text\n\n\n", &NoteError::Unsigned);
        check("\n— a AAAAAAE=\n", &NoteError::Unsigned);
        check("text\n— a AAAAAAE=\n", &NoteError::Unsigned);
        check("text\n\n— a AAAAAAE=", &NoteError::Unsigned);
        check("text\r\n\r\n— a AAAAAAE=\r\n", &NoteError::Characters);
        check("text\t\n\n— a AAAAAAE=\n", &NoteError::Characters);
        check("text\n\n- a AAAAAAE=\n", &NoteError::Line(1));
        check("text\n\n— AAAAAAE=\n", &NoteError::Line(1));
        check("text\n\n—  AAAAAAE=\n", &NoteError::Line(1));
        check("text\n\n— a+b AAAAAAE=\n", &NoteError::Line(1));
        check("text\n\n— a\u{3000}b AAAAAAE=\n", &NoteError::Line(1));
        check("text\n\n— a AAAAAAE= \n", &NoteError::Line(1));
        check("text\n\n— a AAAAAAE=\n— a AAAAAAF=\n", &NoteError::Line(2)); // bits left over
        check("text\n\n— a AAAAAAE\n", &NoteError::Line(1));
        check("text\n\n— a AAAAAA==\n", &NoteError::Line(1)); // an id and no signature
        assert!(parse("\n\n— a AAAAAAE=\n").is_ok());

        let utf16 = SignedNote::parse(b"\xfe\xff\n\n", NoteLimits::default());
        assert_eq!(utf16, Err(NoteError::Characters));
        let (bytes, signatures) = (NOTE.len(), 2);
        let read = |bytes, signatures| {
            SignedNote::parse(NOTE.as_bytes(), NoteLimits { bytes, signatures })
        };
        assert!(read(bytes, signatures).is_ok());
        assert!(matches!(read(bytes - 1, 2), Err(NoteError::Limit(_))));
        assert!(matches!(read(bytes, 1), Err(NoteError::Limit(_))));

        assert_eq!(SignedNote::sign("text", &book()), Err(NoteError::Unended));
        assert_eq!(SignedNote::sign("", &book()), Err(NoteError::Unended));
        assert_eq!(SignedNote::sign("a\rb\n", &book()), Err(NoteError::Characters));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_note_or_an_error(bytes: Vec<u8>) {
            let _ = SignedNote::parse(&bytes, NoteLimits::default());
        }

        #[test]
        fn what_parses_is_written_back(
            note in "[a-z\n]{0,9}\n\n(— [a-z/.]{1,9} [A-Za-z0-9+/]{6,8}=?\n){1,3}"
        ) {
            if let Ok(parsed) = parse(&note) {
                prop_assert_eq!(parsed.to_string(), note);
            }
        }

        #[test]
        fn a_damaged_note_is_not_verified(place in 0..NOTE.len(), flip in 1_u8..=255) {
            let mut bytes = NOTE.as_bytes().to_vec();
            bytes[place] ^= flip;
            let trusted = [book().public(), witness().public()];
            if let Ok(note) = SignedNote::parse(&bytes, NoteLimits::default())
                && let Ok(verified) = note.verify(&trusted)
            {
                // A changed name makes the line that of an unknown key; the other one still holds.
                prop_assert_eq!((verified.text(), verified.by().len()), (TEXT, 1));
            }
        }

        #[test]
        fn any_text_is_signed_and_verified(text in r"[^\x00-\x1f]{0,30}(\n[^\x00-\x1f]{0,9}){0,5}\n") {
            let note = SignedNote::sign(text.as_str(), &book()).unwrap().to_string();
            let note = parse(&note).unwrap();
            let trusted = [book().public()];
            prop_assert_eq!(note.verify(&trusted).unwrap().text(), text);
        }
    }
}
