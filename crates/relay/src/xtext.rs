//! xtext (RFC 3461 §4): how a text is spelt inside a parameter of SMTP. It does not know which
//! parameter, nor how long one may be.

use std::fmt::Write as _;

/// The text that an xtext stands for; `None` where it is none, or says more than printable ASCII,
/// as a line end would be.
pub(crate) fn decode(written: &str) -> Option<String> {
    let mut text = String::with_capacity(written.len());
    let mut rest = written.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = match first {
            b'+' => {
                let (high, low) = (after.first()?, after.get(1)?);
                (nibble(*high)? << 4 | nibble(*low)?, after.get(2..)?)
            }
            b'=' => return None,
            plain => (plain, after),
        };
        if !(byte.is_ascii_graphic() || (byte == b' ' && first == b'+')) {
            return None;
        }
        text.push(char::from(byte));
        rest = after;
    }
    Some(text)
}

/// A text of printable ASCII as xtext. Anything else is left out: nothing of ours has it.
pub(crate) fn encode(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '+' | '=' | ' ' => {
                // Writing to a string does not fail.
                let _ = write!(out, "+{:02X}", u32::from(c));
            }
            c if c.is_ascii_graphic() => out.push(c),
            _ => {}
        }
    }
}

/// RFC 3461 §4: the digits above nine are capitals.
const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Option<&str>) {
        assert_eq!(decode(written).as_deref(), expected, "{written:?}");
    }

    #[test]
    fn xtext_is_decoded() {
        check("QQ314159", Some("QQ314159"));
        check("a+2Bb+3Dc+20d", Some("a+b=c d"));
        check("", Some(""));
        check("a+2bc", None);
        check("a+2", None);
        check("a=b", None);
        check("a+0D+0AQUIT", None);
        check("a+00", None);
        check("a b", None);
        check("渡辺", None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_encoded_decodes(text in "[ -~]{0,60}") {
            let mut written = String::new();
            encode(&text, &mut written);
            proptest::prop_assert_eq!(decode(&written), Some(text));
        }
    }
}
