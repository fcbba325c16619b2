//! Why a mail cannot be judged, and what is odd about one that can. It does not know what is done
//! about either.

/// Why a mail cannot be judged. It is to be held: nobody can say what its reader would see.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// More bytes than the limit.
    #[error("the mail has {bytes} bytes, more than the {limit} allowed")]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A line of the header that neither names a field nor goes on with one. Some programs take the
    /// body to begin here, others go on reading fields.
    #[error("line {line} of the header, at byte {at}, is no header field")]
    NotAField {
        /// Which line, from 1.
        line: usize,
        /// Where it begins.
        at: usize,
    },
    /// NUL, or a carriage return that ends no line: programs differ in what they make of it.
    #[error("line {line} of the header has the control byte {byte:#04x} at byte {at}")]
    Control {
        /// Which line, from 1.
        line: usize,
        /// Where it is.
        at: usize,
        /// What it is.
        byte: u8,
    },
    /// Headers of more bytes than the limit, those of the parts included.
    #[error("the header reaches the limit of {limit} bytes at byte {at}")]
    HeaderTooLarge {
        /// How many are allowed.
        limit: usize,
        /// Where it was reached.
        at: usize,
    },
    /// More header fields than the limit, those of the parts included.
    #[error("the mail has more than {limit} header fields, the next at byte {at}")]
    TooManyFields {
        /// How many are allowed.
        limit: usize,
        /// Where the next is.
        at: usize,
    },
    /// More addresses in the header than the limit.
    #[error("the header has more than {limit} addresses, the next at byte {at}")]
    TooManyAddresses {
        /// How many are allowed.
        limit: usize,
        /// Where the next is.
        at: usize,
    },
    /// Parts in parts, deeper than the limit.
    #[error("the parts of the mail are nested deeper than {limit}, at byte {at}")]
    TooDeep {
        /// How deep is allowed.
        limit: usize,
        /// Where the next level begins.
        at: usize,
    },
    /// More parts than the limit.
    #[error("the mail has more than {limit} parts, the next at byte {at}")]
    TooManyParts {
        /// How many are allowed.
        limit: usize,
        /// Where the next is.
        at: usize,
    },
    /// The text of a part is larger than the limit once decoded.
    #[error("the part at byte {at} decodes to more than {limit} bytes of text")]
    TextTooLarge {
        /// How many are allowed.
        limit: usize,
        /// Where the part begins.
        at: usize,
    },
    /// The HTML of a part cannot be read.
    #[error("the HTML part at byte {at} cannot be read")]
    Html {
        /// Where the part begins.
        at: usize,
        /// Why.
        #[source]
        because: Box<HtmlError>,
    },
}

/// What the reader of HTML said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HtmlError(pub(super) String);

/// Something that programs read differently, or that hides a part of the mail. The mail is judged by
/// the reading that is most common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// What.
    pub kind: OddityKind,
    /// Where it begins.
    pub at: usize,
}

/// The kinds of oddities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum OddityKind {
    /// A line of nothing but white space within the header: some programs take the body to begin there.
    #[error("a line of white space within the header")]
    BlankLine,
    /// A field that may stand once stands twice; the first counts here.
    #[error("a header field that may stand once stands again")]
    Repeated,
    /// The header of a part ends without an empty line.
    #[error("the header of a part ends without an empty line")]
    PartHeader,
    /// A part of parts that does not say, or never uses, its boundary: it is read as text.
    #[error("a multipart without its boundary")]
    NoBoundary,
    /// A part of parts that is not closed.
    #[error("a multipart that is not closed")]
    Unclosed,
    /// A transfer encoding that nobody here knows; the bytes are taken as they are.
    #[error("an unknown transfer encoding")]
    Encoding,
    /// A transfer encoding on a part of parts, which RFC 2045 §6.4 forbids and programs ignore.
    #[error("a transfer encoding on a multipart")]
    EncodedMultipart,
}
