//! Bytes of a header that are not ASCII: what they are read as, and how to walk them without taking
//! the second byte of a character for a comma, a quote or an at sign. It does not know the fields.

use encoding_rs::{BIG5, Encoding, GB18030, GBK, SHIFT_JIS};

/// The longest label of a charset that is looked for.
const LONGEST_LABEL_BYTES: usize = 60;

/// How the bytes of a header that nothing labels are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Raw {
    /// The encoding of what is neither ASCII nor UTF-8.
    seen: Option<&'static Encoding>,
}

impl Raw {
    /// Looks at all values of a header together: one name is too short to tell by.
    pub(super) fn of<'b>(values: impl Iterator<Item = &'b [u8]>) -> Self {
        let mut foreign = Vec::new();
        for value in values.filter(|value| !value.is_ascii() && std::str::from_utf8(value).is_err())
        {
            foreign.extend_from_slice(value);
            foreign.push(b'\n');
        }
        Self { seen: if foreign.is_empty() { None } else { formats::encoding_seen(&foreign) } }
    }

    /// How far it is from `at` to the next byte that may mean something to the syntax of a header.
    pub(super) fn step(self, bytes: &[u8], at: usize) -> usize {
        match bytes[at] {
            0x1b if bytes.get(at + 1) == Some(&b'$') => escaped(&bytes[at..]),
            lead @ 0x81..=0xfe if self.is_lead(lead) => match bytes.get(at + 1) {
                Some(0x40..=0xff) => 2,
                _ => 1,
            },
            _ => 1,
        }
    }

    fn is_lead(self, byte: u8) -> bool {
        self.seen.is_some_and(|seen| {
            (seen == SHIFT_JIS && !matches!(byte, 0xa0..=0xdf))
                || seen == GBK
                || seen == GB18030
                || seen == BIG5
        })
    }

    /// The characters of a value or a piece of one, its encoded words decoded.
    pub(super) fn text(self, bytes: &[u8]) -> String {
        match self.seen {
            Some(seen) if !bytes.is_ascii() && std::str::from_utf8(bytes).is_err() => {
                let (text, _) = seen.decode_without_bom_handling(bytes);
                formats::field_text(text.as_bytes())
            }
            _ => formats::field_text(bytes),
        }
    }
}

/// The length of a stretch of ISO-2022-JP, whose bytes look like ASCII: to the escape that leads back,
/// and to the end of the line where there is none.
fn escaped(bytes: &[u8]) -> usize {
    let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    memchr::memmem::find(&bytes[..line], b"\x1b(").map_or(line, |back| line.min(back + 3))
}

/// The length of the encoded word (RFC 2047) that `bytes` begins with.
pub(super) fn encoded_word(bytes: &[u8]) -> Option<usize> {
    let rest = bytes.strip_prefix(b"=?")?;
    let head = &rest[..rest.len().min(LONGEST_LABEL_BYTES)];
    let label = head.iter().position(|&byte| byte == b'?' || byte.is_ascii_whitespace())?;
    let rest = rest[label..].strip_prefix(b"?")?;
    let [b'B' | b'b' | b'Q' | b'q', b'?', text @ ..] = rest else { return None };
    let end = text.iter().position(|&byte| byte == b'?' || byte.is_ascii_whitespace())?;
    text[end..].starts_with(b"?=").then(|| 2 + label + 3 + end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &[u8], expected: &str) {
        assert_eq!(Raw::of(std::iter::once(value)).text(value), expected);
    }

    #[test]
    fn what_nothing_labels_is_read() {
        let name = "渡辺 太郎からのお知らせ";
        check(name.as_bytes(), name);
        for encoding in [SHIFT_JIS, encoding_rs::EUC_JP, encoding_rs::ISO_2022_JP] {
            check(&encoding.encode(name).0, name);
        }
    }

    #[test]
    fn a_second_byte_means_nothing() {
        let value = SHIFT_JIS.encode("表ソ能とンのお知らせです").0;
        let raw = Raw::of(std::iter::once(&*value));
        let mut at = 0;
        let mut steps = 0;
        while at < value.len() {
            at += raw.step(&value, at);
            steps += 1;
        }
        assert_eq!(steps, 12);
        assert_eq!(Raw::default().step(b"\x1b$B!#\"$\x1b(B<", 0), 10);
    }

    #[test]
    fn encoded_words_are_told() {
        assert_eq!(encoded_word(b"=?utf-8?Q?a,b?= <"), Some(15));
        assert_eq!(encoded_word(b"=?utf-8?Q?a b?="), None);
        assert_eq!(encoded_word(b"=?utf-8?X?a?="), None);
        assert_eq!(encoded_word(b"=?"), None);
    }
}
