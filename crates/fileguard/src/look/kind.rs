//! What a file says it is by its first bytes. It does not know whether the rest keeps the promise:
//! `sound.rs` does.

use serde::Serialize;

/// A file type, as far as telling them apart matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// No bytes at all.
    Empty,
    /// None that is known.
    Unknown,
    /// Text of any kind: source code, XML, CSV, mail.
    Text,
    /// PDF.
    Pdf,
    /// ZIP, and all that is one: office documents, EPUB, JAR.
    Zip,
    /// Old office documents.
    Ole,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// TIFF, and many raw formats of cameras.
    Tiff,
    /// BMP.
    Bmp,
    /// PSD.
    Psd,
    /// WAV, AVI and their like.
    Riff,
    /// MP4 and all that is built like it.
    Mp4,
    /// MP3.
    Mp3,
    /// Ogg.
    Ogg,
    /// FLAC.
    Flac,
    /// Matroska and what is built on it.
    Matroska,
    /// gzip.
    Gzip,
    /// zstd.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
    /// 7z.
    SevenZip,
    /// RAR.
    Rar,
    /// tar.
    Tar,
    /// `SQLite` database.
    Sqlite,
    /// Dump of `PostgreSQL`.
    PgDump,
    /// Program or library.
    Elf,
    /// Static library, Debian package.
    Ar,
    /// What compilers and version control keep for themselves.
    Tooling,
    /// Loose object of git, other bare zlib streams.
    Zlib,
    /// Font.
    Font,
    /// Encrypted, and says so: `OpenPGP`, age, `openssl enc`.
    Encrypted,
}

impl Kind {
    /// Whether this is a file type whose loss means something.
    pub const fn is_known(self) -> bool {
        !matches!(self, Self::Empty | Self::Unknown | Self::Encrypted)
    }
}

/// Beginnings that tell a type, the longer first where one begins another.
const BEGINNINGS: &[(&[u8], Kind)] = &[
    (b"%PDF-", Kind::Pdf),
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Ole),
    (b"\x89PNG\r\n\x1a\n", Kind::Png),
    (b"\xff\xd8\xff", Kind::Jpeg),
    (b"GIF8", Kind::Gif),
    (b"II*\0", Kind::Tiff),
    (b"MM\0*", Kind::Tiff),
    (b"BM", Kind::Bmp),
    (b"8BPS", Kind::Psd),
    (b"RIFF", Kind::Riff),
    (b"ID3", Kind::Mp3),
    (b"\xff\xfb", Kind::Mp3),
    (b"OggS", Kind::Ogg),
    (b"fLaC", Kind::Flac),
    (b"\x1a\x45\xdf\xa3", Kind::Matroska),
    (b"\x1f\x8b\x08", Kind::Gzip),
    (b"\x28\xb5\x2f\xfd", Kind::Zstd),
    (b"\xfd7zXZ\0", Kind::Xz),
    (b"BZh", Kind::Bzip2),
    (b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
    (b"Rar!\x1a\x07", Kind::Rar),
    (b"SQLite format 3\0", Kind::Sqlite),
    (b"PGDMP", Kind::PgDump),
    (b"\x7fELF", Kind::Elf),
    (b"!<arch>\n", Kind::Ar),
    (b"rust\0", Kind::Tooling),
    (b"RSIC", Kind::Tooling),
    (b"PACK\0\0\0", Kind::Tooling),
    (b"\xfftOc", Kind::Tooling),
    (b"DIRC", Kind::Tooling),
    (b"\x78\x01", Kind::Zlib),
    (b"\x78\x9c", Kind::Zlib),
    (b"\x78\xda", Kind::Zlib),
    (b"\0\x01\0\0\0", Kind::Font),
    (b"OTTO", Kind::Font),
    (b"wOF", Kind::Font),
    (b"Salted__", Kind::Encrypted),
    (b"age-encryption.org/", Kind::Encrypted),
    (b"-----BEGIN PGP MESSAGE", Kind::Encrypted),
    // A session key packet of `OpenPGP`, public key or passphrase, old and new form.
    (b"\x85\x01", Kind::Encrypted),
    (b"\x85\x02", Kind::Encrypted),
    (b"\x84\x5e", Kind::Encrypted),
    (b"\x8c\x0d\x04", Kind::Encrypted),
    (b"\xc3\x0d\x04", Kind::Encrypted),
];

/// The type that these first bytes of a file tell.
pub fn kind(head: &[u8]) -> Kind {
    if head.is_empty() {
        return Kind::Empty;
    }
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(mark, _)| head.starts_with(mark)) {
        return *kind;
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Kind::Mp4;
    }
    if head.get(257..262) == Some(b"ustar") {
        return Kind::Tar;
    }
    if is_text(head) { Kind::Text } else { Kind::Unknown }
}

/// Whether these are words of any charset in use: no control characters but white space, and not as
/// even as a cipher, which would have one in eight of them.
fn is_text(head: &[u8]) -> bool {
    let head = &head[..head.len().min(16 * 1024)];
    let text = head.strip_prefix(b"\xff\xfe").or_else(|| head.strip_prefix(b"\xfe\xff"));
    if text.is_some() {
        return true;
    }
    let control = |byte: &u8| *byte < 0x20 && !b"\t\n\r\x0c\x1b".contains(byte) || *byte == 0x7f;
    if head.iter().any(control) {
        return false;
    }
    // So few bytes of a cipher can all be printable: then they must be UTF-8 too.
    head.len() >= 96 || std::str::from_utf8(head).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::files::random;

    #[test]
    fn types_are_told_by_their_beginning() {
        assert_eq!(kind(b""), Kind::Empty);
        assert_eq!(kind(b"%PDF-1.7\n"), Kind::Pdf);
        assert_eq!(kind(b"PK\x03\x04\x14\0"), Kind::Zip);
        assert_eq!(kind(b"\0\0\0\x20ftypisom"), Kind::Mp4);
        assert_eq!(kind("事件簿\n".as_bytes()), Kind::Text);
        assert_eq!(kind(b"\x93\xfa\x96{\x8c\xea\n".repeat(20).as_slice()), Kind::Text);
        assert_eq!(kind(b"Salted__12345678"), Kind::Encrypted);
    }

    #[test]
    fn a_cipher_is_no_text() {
        let texts = (0..200).filter(|&seed| kind(&random(64, seed)) == Kind::Text).count();
        assert!(texts <= 1, "{texts}");
    }
}
