//! Why an input could not be read, and what to do about it. It does not know where that is shown.

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
    #[error("{0}")]
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
    }
}
