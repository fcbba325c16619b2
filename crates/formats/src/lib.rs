//! Bytes in, text out: charset, HTML, PDF, mail, feeds. This room does not know what the text
//! says, and it opens no files.

mod article;
mod charset;
mod encoded_word;
mod error;
mod feed;
mod html;
mod layout;
mod mail;
mod page;
mod pdf;
mod pieces;
mod plain;
mod sniff;

pub use error::FormatError;
pub use pieces::{characters, encoding_named, encoding_seen, field_text, html_text};

use case::MediaType;
use text::{Limits, Span};

/// What was decoded from one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The format it was read from.
    pub media_type: MediaType,
    /// The text that citations point into. For UTF-8 plain text it is the input, byte for byte;
    /// for others the decoded text with mark-up removed.
    pub text: String,
    /// The parts that the format itself separates (the entries of a feed), in order; empty where
    /// the whole text is one page.
    pub parts: Vec<Span>,
}

/// What is known of an input beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// The file name, for its ending; `-` or empty where there is none.
    pub name: &'a str,
    /// The charset to use instead of the detected one, by its WHATWG label (`shift_jis`).
    pub charset: Option<&'a str>,
}

/// Decodes one input. The format is told by its content, then by the ending of its name.
///
/// ```
/// let input = "お知らせ\n".as_bytes().to_vec();
/// let document = formats::decode(input, formats::Hints::default(), &text::Limits::default()).unwrap();
/// assert_eq!(document.text, "お知らせ\n");
/// ```
pub fn decode(bytes: Vec<u8>, hints: Hints<'_>, limits: &Limits) -> Result<Document, FormatError> {
    if bytes.is_empty() {
        return Err(FormatError::Empty);
    }
    decode_inner(bytes, hints, limits)
}

/// Decodes an input or an attachment of one.
fn decode_inner(
    bytes: Vec<u8>,
    hints: Hints<'_>,
    limits: &Limits,
) -> Result<Document, FormatError> {
    if bytes.len() > limits.input_bytes {
        return Err(FormatError::TooLarge { bytes: bytes.len(), limit: limits.input_bytes });
    }
    let forced = hints.charset.map(charset::by_label).transpose()?;
    let document = match sniff::kind(&bytes, hints.name)? {
        MediaType::Text => plain::decode(bytes, forced),
        MediaType::Html => html::decode(bytes, forced, limits),
        MediaType::Pdf => pdf::decode(bytes, limits),
        MediaType::Mail => mail::decode(&bytes, forced, limits),
        kind @ (MediaType::Atom | MediaType::Rss) => feed::decode(bytes, kind, forced, limits),
    }?;
    if document.text.len() > limits.text_bytes {
        return Err(FormatError::TextTooLarge {
            kind: document.media_type,
            limit: limits.text_bytes,
        });
    }
    Ok(document)
}
