//! The bytes of a mail on their way out: held to the rules that they were held to on the way in, and
//! with a dot before each dot that begins a line. It does not know what they say.

use memchr::memmem::Finder;
use memchr::{memchr, memchr2_iter};

/// How many bytes are written at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// Why bytes are not sent as a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unsendable;

/// What was seen of bytes that are to be sent: their lines end with CRLF, and they have no NUL. A CR or LF
/// that stands alone would let some servers see the mail's end there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sound {
    bytes: usize,
    is_eight_bit: bool,
}

impl Sound {
    /// Looks through bytes; `None` where they cannot be sent.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut is_sound = memchr(0, bytes).is_none();
        for at in memchr2_iter(b'\r', b'\n', bytes) {
            is_sound &= if bytes.get(at) == Some(&b'\r') {
                bytes.get(at + 1) == Some(&b'\n')
            } else {
                at.checked_sub(1).is_some_and(|before| bytes.get(before) == Some(&b'\r'))
            };
        }
        is_sound.then(|| Self { bytes: bytes.len(), is_eight_bit: !bytes.is_ascii() })
    }
}

/// What follows the bytes of a mail that are at hand.
#[derive(Clone, Copy, Debug, Default)]
pub enum Behind<'m> {
    /// Nothing: they are all of it.
    #[default]
    Nothing,
    /// These bytes.
    Here(&'m [u8]),
    /// Bytes that the driver has elsewhere and hands in piece by piece, as they are asked for.
    Elsewhere(Sound),
}

/// What came of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// A block; there are more.
    Block,
    /// The last one, and the end.
    End,
    /// Nothing: so many bytes are wanted from this one on of those that the driver has.
    Wants { from: usize, bytes: usize },
}

/// A mail of which some is sent.
#[derive(Debug)]
pub(super) struct Content<'m> {
    first: &'m [u8],
    behind: Behind<'m>,
    sound: Sound,
    sent_bytes: usize,
    /// The last byte that was sent tells whether the next one begins a line.
    last: u8,
}

impl<'m> Content<'m> {
    /// A mail that can be sent.
    pub(super) fn new(first: &'m [u8], behind: Behind<'m>) -> Result<Self, Unsendable> {
        let known = Sound::of(first).ok_or(Unsendable)?;
        let rest = match behind {
            Behind::Nothing => Sound::default(),
            Behind::Here(bytes) => Sound::of(bytes).ok_or(Unsendable)?,
            Behind::Elsewhere(sound) => sound,
        };
        let sound = Sound {
            bytes: known.bytes + rest.bytes,
            is_eight_bit: known.is_eight_bit || rest.is_eight_bit,
        };
        Ok(Self { first, behind, sound, sent_bytes: 0, last: b'\n' })
    }

    pub(super) const fn len(&self) -> usize {
        self.sound.bytes
    }

    pub(super) const fn is_eight_bit(&self) -> bool {
        self.sound.is_eight_bit
    }

    /// Whether the header has more than ASCII (RFC 6532).
    pub(super) fn has_international_header(&self) -> bool {
        let end = Finder::new(b"\r\n\r\n").find(self.first).unwrap_or(self.first.len());
        !self.first.get(..end).unwrap_or_default().is_ascii()
    }

    /// Writes the next block, or the end.
    pub(super) fn write(&mut self, out: &mut Vec<u8>) -> Written {
        let after_first = self.sent_bytes.saturating_sub(self.first.len());
        let block = match self.behind {
            _ if self.sent_bytes < self.first.len() => {
                self.first.get(self.sent_bytes..).unwrap_or_default()
            }
            Behind::Here(bytes) => bytes.get(after_first..).unwrap_or_default(),
            Behind::Elsewhere(_) if self.sent_bytes < self.len() => {
                let bytes = BLOCK_BYTES.min(self.len() - self.sent_bytes);
                return Written::Wants { from: after_first, bytes };
            }
            Behind::Nothing | Behind::Elsewhere(_) => b"",
        };
        self.put(block.get(..BLOCK_BYTES).unwrap_or(block), out);
        if self.sent_bytes < self.len() {
            return Written::Block;
        }
        if self.last != b'\n' {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b".\r\n");
        Written::End
    }

    /// Writes bytes that were wanted.
    pub(super) fn supply(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.put(bytes, out);
    }

    fn put(&mut self, block: &[u8], out: &mut Vec<u8>) {
        out.reserve(block.len() + 64);
        if self.last == b'\n' && block.first() == Some(&b'.') {
            out.push(b'.');
        }
        let mut written = 0;
        for found in Finder::new(b"\n.").find_iter(block) {
            out.extend_from_slice(block.get(written..=found).unwrap_or_default());
            out.push(b'.');
            written = found + 1;
        }
        out.extend_from_slice(block.get(written..).unwrap_or_default());
        self.sent_bytes += block.len();
        self.last = block.last().copied().unwrap_or(self.last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mail: &str, expected: Result<&str, Unsendable>) {
        let written = Content::new(mail.as_bytes(), Behind::Nothing).map(|mut content| {
            let mut out = Vec::new();
            assert_eq!(content.write(&mut out), Written::End, "one block is enough");
            String::from_utf8(out).unwrap()
        });
        assert_eq!(written.as_deref().map_err(|e| *e), expected, "{mail:?}");
    }

    /// All that is written of a mail; what is behind it is handed in where it is asked for.
    fn written(first: &[u8], behind: &[u8], is_elsewhere: bool) -> Vec<u8> {
        let (sound, mut out) = (Sound::of(behind).unwrap(), Vec::new());
        let what = if is_elsewhere { Behind::Elsewhere(sound) } else { Behind::Here(behind) };
        let mut content = Content::new(first, what).unwrap();
        assert_eq!(content.len(), first.len() + behind.len());
        loop {
            match content.write(&mut out) {
                Written::Block => {}
                Written::End => return out,
                Written::Wants { from, bytes } => {
                    content.supply(&behind[from..from + bytes], &mut out);
                }
            }
        }
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
            let expected = ["x".repeat(before).as_str(), "\r\n..y\r\n.\r\n"].concat();
            assert!(written(mail.as_bytes(), b"", false) == expected.as_bytes(), "{before}");
            for is_elsewhere in [false, true] {
                let got = written(b".a\r\n\r\n", mail.as_bytes(), is_elsewhere);
                assert!(got == ["..a\r\n\r\n", &expected].concat().as_bytes(), "{before}");
            }
        }
        assert_eq!(written(b"a\r\n\r\n", b".b", true), b"a\r\n\r\n..b\r\n.\r\n");
        assert_eq!(written(b"a\r\n\r\n", b"", true), b"a\r\n\r\n.\r\n");
    }

    #[test]
    fn a_header_is_looked_at_alone() {
        let of = |mail: &'static str| Content::new(mail.as_bytes(), Behind::Nothing).unwrap();
        let content = of("Subject: a\r\n\r\n件名");
        assert!(content.is_eight_bit() && !content.has_international_header());
        assert!(of("Subject: 件名\r\n").has_international_header());
        let behind = Behind::Elsewhere(Sound::of("件名".as_bytes()).unwrap());
        assert!(Content::new(b"Subject: a\r\n\r\n", behind).unwrap().is_eight_bit());
    }
}
