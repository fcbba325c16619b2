//! Why an input could not be turned into text: one variant a cause, each saying what kind of input
//! it was and where. It does not know what the user should do about it.

use case::MediaType;

/// Why an input could not be turned into text.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// The charset label is none of the WHATWG ones.
    #[error("unknown charset {0:?}")]
    UnknownCharset(String),
    /// There are no bytes, or nothing but white space.
    #[error("the input is empty")]
    Empty,
    /// More bytes than [`text::Limits::input_bytes`].
    #[error("the input has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Size of the input.
        bytes: usize,
        /// The limit it broke.
        limit: usize,
    },
    /// More text than [`text::Limits::text_bytes`].
    #[error("{kind}: the text is longer than the limit of {limit} bytes")]
    TextTooLarge {
        /// What was read.
        kind: MediaType,
        /// The limit it broke.
        limit: usize,
    },
    /// A kind of file that is known but not read.
    #[error("{0} is not a format that can be read")]
    Unsupported(&'static str),
    /// Not text and no known format.
    #[error("binary data, not text: byte {byte:#04x} at byte {at}")]
    Binary {
        /// The byte that no text has.
        byte: u8,
        /// Where it stands.
        at: usize,
    },
    /// The bytes do not fit the charset.
    #[error("{kind}: not valid {charset} at byte {at}")]
    Undecodable {
        /// What was read.
        kind: MediaType,
        /// The charset given or detected, by its WHATWG name.
        charset: &'static str,
        /// The first byte that does not fit.
        at: usize,
    },
    /// The bytes fit no charset that Japanese or plain English text is written in.
    #[error("{kind}: text in no known charset, first undecodable byte at {at}")]
    NoCharset {
        /// What was read.
        kind: MediaType,
        /// The first byte that is not ASCII text.
        at: usize,
    },
    /// More nesting than [`text::Limits::depth`].
    #[error("{kind}: {what} nested deeper than {limit} at byte {at}")]
    TooDeep {
        /// What was read.
        kind: MediaType,
        /// What is nested.
        what: &'static str,
        /// The limit it broke.
        limit: usize,
        /// Where, in the decoded input.
        at: usize,
    },
    /// The format was read and there is no text in it.
    #[error("{kind}: {what}")]
    NoText {
        /// What was read.
        kind: MediaType,
        /// What is missing.
        what: &'static str,
    },
    /// The PDF cannot be read without a password.
    #[error("PDF: encrypted, {0}")]
    PdfEncrypted(&'static str),
    /// The PDF ends before its end.
    #[error("PDF: truncated, no end-of-file mark after byte {at} of {bytes}")]
    PdfTruncated {
        /// The last place where a whole revision ended, 0 if there is none.
        at: usize,
        /// Size of the input.
        bytes: usize,
    },
    /// The PDF's structure is broken.
    #[error("PDF: damaged, {0}")]
    PdfDamaged(&'static str),
    /// The pages are pictures.
    #[error("PDF: no text layer on any of its {pages} pages")]
    PdfNoText {
        /// How many pages were looked at.
        pages: usize,
    },
    /// The fonts do not say which characters their glyphs are.
    #[error("PDF: {unmapped} of {glyphs} glyphs have no Unicode meaning, first on page {page}")]
    PdfUnmapped {
        /// Glyphs without a character.
        unmapped: usize,
        /// All glyphs.
        glyphs: usize,
        /// Page of the first, from 1.
        page: usize,
    },
    /// More pages than [`text::Limits::pages`].
    #[error("PDF: {pages} pages, more than the limit of {limit}")]
    TooManyPages {
        /// Pages in the file.
        pages: usize,
        /// The limit it broke.
        limit: usize,
    },
    /// One page draws more than any real page does.
    #[error("PDF: page {page} draws more than {limit} operations")]
    PdfTooComplex {
        /// The page, from 1.
        page: usize,
        /// The limit it broke.
        limit: usize,
    },
    /// The mail's structure is broken.
    #[error("mail: {0}")]
    MailDamaged(&'static str),
    /// The feed's XML is broken.
    #[error("{kind}: malformed")]
    FeedDamaged {
        /// Atom or RSS.
        kind: MediaType,
        /// What the XML parser says.
        #[source]
        source: feed_rs::parser::ParseFeedError,
    },
    /// More entries than [`text::Limits::entries`].
    #[error("{kind}: {entries} entries, more than the limit of {limit}")]
    TooManyEntries {
        /// Atom or RSS.
        kind: MediaType,
        /// Entries in the feed.
        entries: usize,
        /// The limit it broke.
        limit: usize,
    },
}
