//! Why an input could not be read, and what to do about it. It does not know where that is shown.

use std::error::Error;
use std::io;

use formats::FormatError;

/// Why an input could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// The file cannot be opened or does not exist.
    #[error("cannot be opened: {}", told(.0))]
    Open(#[source] io::Error),
    /// The folder cannot be listed.
    #[error("the folder cannot be listed: {}", told(.0))]
    Folder(#[source] io::Error),
    /// Reading its bytes failed.
    #[error("cannot be read: {}", told(.0))]
    Read(#[source] io::Error),
    /// A pipe, socket or device inside a folder.
    #[error("is not a regular file")]
    NotAFile,
    /// More bytes than the limit allows.
    #[error("is larger than the limit of {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The bytes could not be turned into text.
    #[error("{}", chain(.0))]
    Format(#[source] FormatError),
    /// A bug of ours or of a decoder that we use.
    #[error("reading it failed inside jikenbo: {0}")]
    Internal(String),
}

/// The system's words for the common causes differ between systems; ours do not.
fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

impl Problem {
    /// What the user can do.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Open(error) | Self::Folder(error) | Self::Read(error) => match error.kind() {
                io::ErrorKind::NotFound => "check the spelling of the path".to_owned(),
                io::ErrorKind::PermissionDenied => "check its permissions".to_owned(),
                _ => "check that the file and its disk are sound".to_owned(),
            },
            Self::NotAFile => "name it on the command line if it is to be read".to_owned(),
            Self::TooLarge { .. } => {
                "split it, or raise the limit with --max-input-bytes".to_owned()
            }
            Self::Format(error) => format_hint(error).to_owned(),
            Self::Internal(_) => {
                "this is a bug; please report it together with the input".to_owned()
            }
        }
    }
}

fn format_hint(error: &FormatError) -> &'static str {
    match error {
        FormatError::UnknownCharset(_) => "use a WHATWG label such as utf-8, shift_jis or euc-jp",
        FormatError::Empty => "check that it was downloaded or saved completely",
        FormatError::TooLarge { .. } => "split it, or raise the limit with --max-input-bytes",
        FormatError::TextTooLarge { .. } => "raise the limit with --max-text-bytes if you trust it",
        FormatError::Unsupported(_) => "save it as text, HTML or PDF and read that",
        FormatError::Binary { .. } => {
            "give a text, HTML, PDF, mail (.eml), Atom or RSS file; leave this one out"
        }
        FormatError::Undecodable { .. } | FormatError::NoCharset { .. } => {
            "name the charset with --charset, for example --charset shift_jis"
        }
        FormatError::TooDeep { .. } => "raise the limit with --max-depth if you trust it",
        FormatError::NoText { .. } => "open it and see whether it shows any words",
        FormatError::PdfEncrypted(_) => {
            "remove the password first, for example with qpdf --decrypt"
        }
        FormatError::PdfTruncated { .. } => "download it again",
        FormatError::PdfDamaged(_) => "download it again, or repair it, for example with qpdf",
        FormatError::PdfNoText { .. } => {
            "its pages are pictures: run character recognition first, for example with ocrmypdf -l jpn"
        }
        FormatError::PdfUnmapped { .. } => {
            "its fonts hide their characters: run character recognition first, \
             for example with ocrmypdf -l jpn --force-ocr"
        }
        FormatError::TooManyPages { .. } => "split it, or raise the limit with --max-pages",
        FormatError::PdfTooComplex { .. } => "leave it out, or print it to a new PDF and read that",
        FormatError::MailDamaged(_) => "save the mail again as .eml from the mail program",
        FormatError::FeedDamaged { .. } => "download the feed again; its XML is not well formed",
        FormatError::TooManyEntries { .. } => "split it, or raise the limit with --max-entries",
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.ends_with(&more) {
            words = format!("{words}: {more}");
        }
        cause = error.source();
    }
    words
}
