//! Pieces of formats for a room that takes a mail apart itself: the words of a field, the characters
//! of labelled bytes, the text of HTML. It does not know where in a mail a piece stood.

use case::MediaType;
use encoding_rs::{Encoding, WINDOWS_1252};
use text::Limits;

use crate::{FormatError, charset, encoded_word, html};

/// The characters of a field's raw value: folding undone, encoded words (RFC 2047) decoded, also
/// those cut inside a character; bytes that nothing labels are read by what they look like.
///
/// ```
/// assert_eq!(formats::field_text(b"=?UTF-8?B?4w==?=\r\n =?UTF-8?B?gYo=?= 2031"), "お 2031");
/// ```
pub fn field_text(raw: &[u8]) -> String {
    encoded_word::decode(raw)
}

/// The encoding that a label names, with the names that Japanese mailers use (`CP932`, `cp50221`).
pub fn encoding_named(label: &[u8]) -> Option<&'static Encoding> {
    charset::known_label(label)
}

/// The encoding that bytes of a mail look like; `None` where they look like no text.
pub fn encoding_seen(bytes: &[u8]) -> Option<&'static Encoding> {
    charset::detect(bytes, MediaType::Mail).ok()
}

/// The characters of `bytes` by their label, and by what they look like where there is none or one
/// that mailers write without meaning it (`us-ascii`, `iso-8859-1`). What does not fit becomes
/// U+FFFD.
///
/// ```
/// assert_eq!(formats::characters(b"\x8b\xe0\x97Z", Some(b"CP932")), "金融");
/// assert_eq!(formats::characters("金額".as_bytes(), Some(b"us-ascii")), "金額");
/// ```
pub fn characters(bytes: &[u8], label: Option<&[u8]>) -> String {
    let labelled = label.and_then(charset::known_label).filter(|named| *named != WINDOWS_1252);
    match labelled.or_else(|| encoding_seen(bytes)) {
        Some(encoding) => charset::leniently(bytes, encoding),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The text of a piece of HTML, without its mark-up.
pub fn html_text(source: &str, limits: &Limits) -> Result<String, FormatError> {
    html::fragment(source, MediaType::Mail, limits)
}
