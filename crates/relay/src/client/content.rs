//! The bytes of a mail on their way out: held to the rules that they were held to on the way in, and
//! with a dot before each dot that begins a line. It does not know what they say.

use memchr::memmem::Finder;
use memchr::{memchr, memchr2_iter};

/// How many bytes are written at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// Why bytes are not sent as a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unsendable;

/// A mail of which some is sent.
#[derive(Debug)]
pub(super) struct Content<'m> {
    bytes: &'m [u8],
    sent_bytes: usize,
}

impl<'m> Content<'m> {
    /// A mail whose lines end with CRLF and which has no NUL. A CR or LF that stands alone would let
    /// some servers see the mail's end there.
    pub(super) fn new(bytes: &'m [u8]) -> Result<Self, Unsendable> {
        let mut is_sound = memchr(0, bytes).is_none();
        for at in memchr2_iter(b'\r', b'\n', bytes) {
            is_sound &= if bytes.get(at) == Some(&b'\r') {
                bytes.get(at + 1) == Some(&b'\n')
            } else {
                at.checked_sub(1).is_some_and(|before| bytes.get(before) == Some(&b'\r'))
            };
        }
        if is_sound { Ok(Self { bytes, sent_bytes: 0 }) } else { Err(Unsendable) }
    }

    pub(super) const fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) const fn is_eight_bit(&self) -> bool {
        !self.bytes.is_ascii()
    }

    /// Whether the header has more than ASCII (RFC 6532).
    pub(super) fn has_international_header(&self) -> bool {
        let end = Finder::new(b"\r\n\r\n").find(self.bytes).unwrap_or(self.bytes.len());
        !self.bytes.get(..end).unwrap_or_default().is_ascii()
    }

    /// Writes the next block, or the last one and the end; says whether it was the last.
    pub(super) fn write(&mut self, out: &mut Vec<u8>) -> bool {
        let start = self.sent_bytes;
        let end = (start + BLOCK_BYTES).min(self.bytes.len());
        // The byte before tells whether the first one begins a line.
        let window = self.bytes.get(start.saturating_sub(1)..end).unwrap_or_default();
        out.reserve(end - start + 64);
        let mut written = start;
        if start == 0 && self.bytes.first() == Some(&b'.') {
            out.push(b'.');
        }
        for found in Finder::new(b"\n.").find_iter(window) {
            let dot = start.saturating_sub(1) + found + 1;
            out.extend_from_slice(self.bytes.get(written..dot).unwrap_or_default());
            out.push(b'.');
            written = dot;
        }
        out.extend_from_slice(self.bytes.get(written..end).unwrap_or_default());
        self.sent_bytes = end;
        if end < self.bytes.len() {
            return false;
        }
        if !self.bytes.is_empty() && !self.bytes.ends_with(b"\n") {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b".\r\n");
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mail: &str, expected: Result<&str, Unsendable>) {
        let written = Content::new(mail.as_bytes()).map(|mut content| {
            let mut out = Vec::new();
            assert!(content.write(&mut out), "one block is enough");
            String::from_utf8(out).unwrap()
        });
        assert_eq!(written.as_deref().map_err(|e| *e), expected, "{mail:?}");
    }

    #[test]
    fn dots_at_the_start_of_lines_are_doubled() {
        check("a\r\n", Ok("a\r\n.\r\n"));
        check("a", Ok("a\r\n.\r\n"));
        check("", Ok(".\r\n"));
        check(".", Ok("..\r\n.\r\n"));
        check("..a\r\n.\r\na.b\r\n", Ok("...a\r\n..\r\na.b\r\n.\r\n"));
    }

    /// lettre let a dot after an empty line pass, and what followed it was commands.
    #[test]
    fn rustsec_2021_0069_a_dot_after_an_empty_line_is_doubled() {
        check(
            "a\r\n\r\n.\r\nMAIL FROM:<b@example.org>\r\n",
            Ok("a\r\n\r\n..\r\nMAIL FROM:<b@example.org>\r\n.\r\n"),
        );
    }

    #[test]
    fn vu_302671_no_mail_goes_out_that_some_server_would_see_end_early() {
        for odd in ["a\n.\nb", "a\r.\rb", "a\n", "\n.\r\n", "a\r", "\r\n.\n", "\r\r\n", "a\0b"] {
            check(odd, Err(Unsendable));
        }
    }

    #[test]
    fn blocks_are_cut_anywhere() {
        for before in BLOCK_BYTES - 3..BLOCK_BYTES + 3 {
            let mail = ["x".repeat(before).as_str(), "\r\n.y\r\n"].concat();
            let mut content = Content::new(mail.as_bytes()).unwrap();
            let mut out = Vec::new();
            while !content.write(&mut out) {}
            let expected = ["x".repeat(before).as_str(), "\r\n..y\r\n.\r\n"].concat();
            assert!(out == expected.as_bytes(), "{before}");
        }
    }

    #[test]
    fn a_header_is_looked_at_alone() {
        let content = Content::new("Subject: a\r\n\r\n件名".as_bytes()).unwrap();
        assert!(content.is_eight_bit() && !content.has_international_header());
        assert!(Content::new("Subject: 件名\r\n".as_bytes()).unwrap().has_international_header());
    }
}
