//! What is inside an attachment: its texts, whatever archive or document they lie in, and what could
//! not be looked into. It does not know what the texts say, nor what a mail is.

mod locked;
mod office;
mod zipped;

use std::borrow::Cow;

use formats::Hints;

/// What looking into an attachment may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentLimits {
    /// Archives in archives.
    pub depth: usize,
    /// Files in all archives together.
    pub files: usize,
    /// Unpacked bytes of all files together.
    pub unpacked_bytes: usize,
    /// Unpacked bytes for each packed one; text of office documents packs to a twentieth.
    pub ratio: usize,
}

impl Default for ContentLimits {
    fn default() -> Self {
        Self { depth: 3, files: 1_000, unpacked_bytes: 64 << 20, ratio: 200 }
    }
}

/// A text, and the way to it: `名簿.zip/2024/会員.xlsx`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The names of the files around it, and its own.
    pub path: String,
    /// Its characters. A table has a line for each row, its cells parted by tabs.
    pub text: String,
}

/// Something that was not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The names of the files around it, and its own.
    pub path: String,
    /// Why not.
    pub why: Why,
}

/// Why something was not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is locked with a password.
    Encrypted,
    /// It costs more than the limits allow.
    TooMuch,
    /// It is damaged, or is not what its name says.
    Damaged,
    /// A format that is not read here and that may hold texts: old office documents, other archives.
    Unread,
    /// A format that is not read here: pictures, sounds, programs.
    Unknown,
}

/// What is inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The texts, in their order.
    pub texts: Vec<Text>,
    /// What was not looked into.
    pub closed: Vec<Closed>,
}

impl Contents {
    /// Of an attachment that is not looked into.
    pub(crate) fn closed(path: &str, why: Why) -> Self {
        Self { texts: Vec::new(), closed: vec![Closed { path: path.to_owned(), why }] }
    }
}

/// Looks into an attachment.
///
/// ```
/// use relay::contents::{ContentLimits, look};
///
/// let contents = look("会員.csv", "氏名,電話\n森 一郎,03-0000-0000\n".as_bytes(), &ContentLimits::default());
/// assert_eq!(contents.texts[0].path, "会員.csv");
/// ```
pub fn look(name: &str, bytes: &[u8], limits: &ContentLimits) -> Contents {
    look_into(name, Cow::Borrowed(bytes), limits)
}

/// The same, with bytes that may be used up: a large text is not kept twice.
pub(crate) fn look_into(name: &str, bytes: Cow<'_, [u8]>, limits: &ContentLimits) -> Contents {
    let mut looking = Looking { limits, files: 0, unpacked: 0, contents: Contents::default() };
    looking.file(name, bytes, 0);
    looking.contents
}

/// So many bytes at the head of an attachment are enough for [`closed_by_head`].
pub(crate) const HEAD_BYTES: usize = 64 << 10;

/// Why an attachment is not looked into, where its head tells that already: a large one is not decoded
/// for nothing. The rest of it could change nothing.
pub(crate) fn closed_by_head(name: &str, head: &[u8]) -> Option<Why> {
    match kind(head) {
        Kind::Other => Some(Why::Unknown),
        Kind::Text => {
            // A NUL in the head is one in the whole, which is no text then; but in UTF-16, which the head tells.
            let hints = Hints { name, charset: None };
            let read = formats::decode(head.to_vec(), hints, &text::Limits::default());
            matches!(read, Err(formats::FormatError::Binary { byte: 0, .. }))
                .then_some(Why::Damaged)
        }
        Kind::Zip | Kind::Locked | Kind::Unread => None,
    }
}

/// How far the limits are used up.
struct Looking<'l> {
    limits: &'l ContentLimits,
    files: usize,
    unpacked: usize,
    contents: Contents,
}

impl Looking<'_> {
    fn file(&mut self, path: &str, bytes: Cow<'_, [u8]>, depth: usize) {
        match kind(&bytes) {
            Kind::Zip => self.zip(path, &bytes, depth),
            Kind::Locked => self.close(path, Why::Encrypted),
            Kind::Unread => self.close(path, Why::Unread),
            Kind::Other => self.close(path, Why::Unknown),
            Kind::Text => self.text(path, bytes.into_owned()),
        }
    }

    /// Anything that `formats` reads: plain text in any charset, HTML, PDF, mail.
    fn text(&mut self, path: &str, bytes: Vec<u8>) {
        let limits =
            text::Limits { text_bytes: self.limits.unpacked_bytes, ..text::Limits::default() };
        let hints = Hints { name: path, charset: None };
        match formats::decode(bytes, hints, &limits) {
            Ok(document) => self.found(path, document.text),
            Err(formats::FormatError::Empty) => {}
            Err(formats::FormatError::PdfEncrypted(_)) => self.close(path, Why::Encrypted),
            Err(_) => self.close(path, Why::Damaged),
        }
    }

    fn found(&mut self, path: &str, text: String) {
        self.contents.texts.push(Text { path: path.to_owned(), text });
    }

    fn close(&mut self, path: &str, why: Why) {
        self.contents.closed.push(Closed { path: path.to_owned(), why });
    }
}

enum Kind {
    Zip,
    Locked,
    Unread,
    Text,
    Other,
}

/// Told by the first bytes: names lie.
fn kind(bytes: &[u8]) -> Kind {
    /// A compound file: old office documents, and new ones under a password (MS-OFFCRYPTO).
    const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    /// Other archives: gzip, bzip2, xz, zstd.
    const ARCHIVES: &[&[u8]] = &[b"\x1F\x8B", b"BZh", b"\xFD7zXZ", b"\x28\xB5\x2F\xFD"];
    /// Pictures, sounds, programs.
    const OTHERS: &[&[u8]] =
        &[b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"BM", b"RIFF", b"MZ", b"\x7FELF", b"ID3", b"OggS"];
    let is_one_of = |kinds: &[&[u8]]| kinds.iter().any(|magic| bytes.starts_with(magic));
    let unread = |is_locked| if is_locked { Kind::Locked } else { Kind::Unread };
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        Kind::Zip
    } else if bytes.starts_with(COMPOUND) {
        unread(locked::compound(bytes))
    } else if bytes.starts_with(b"Rar!\x1A\x07") {
        unread(locked::rar(bytes))
    } else if bytes.starts_with(b"7z\xBC\xAF\x27\x1C") {
        unread(locked::seven_zip(bytes))
    } else if is_one_of(ARCHIVES) || is_lzh(bytes) {
        Kind::Unread
    } else if is_one_of(OTHERS) {
        Kind::Other
    } else {
        Kind::Text
    }
}

/// An LZH archive names its method, `-lh5-`, after the length and sum of its header.
fn is_lzh(bytes: &[u8]) -> bool {
    matches!(bytes.get(2..7), Some([b'-', b'l', b'h' | b'z', _, b'-']))
}

#[cfg(test)]
mod tests;
