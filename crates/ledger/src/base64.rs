//! Base64 with one spelling for each run of bytes (RFC 4648, section 3.5 asks decoders for it where
//! it matters). It does not know what the bytes are.

use data_encoding::BASE64;

/// The text of some bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// The bytes of a text that [`encode`] would have written; several texts one after the other, each
/// with its padding, are none.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_spelling() {
        assert_eq!(decode("Zm9v").as_deref(), Some(&b"foo"[..]));
        // Padding in the middle, found by fuzzing signed notes; bits behind the end; no padding.
        for odd in ["Zg==Zg==", "Zh==", "Zg", "Zg==\n", " Zg=="] {
            assert_eq!(decode(odd), None, "{odd:?}");
        }
    }
}
