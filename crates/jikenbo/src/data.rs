//! The book that a command works on: its data folder, in whose name it is changed, and what to do
//! about its errors. It does not know what the commands do with it.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use book::{Book, BookError, Who};
use case::CaseNumber;
use etcetera::BaseStrategy as _;

use crate::cli::book::BookArgs;

impl BookArgs {
    /// The data folder: named, or the platform's.
    pub(crate) fn folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.data {
            return Ok(folder.clone());
        }
        platform_folder()
    }

    /// The book, made where there is none.
    pub(crate) fn open(&self) -> anyhow::Result<Book> {
        Book::open(&self.folder()?).map_err(hinted)
    }

    /// The book, which must be there.
    pub(crate) fn open_existing(&self) -> anyhow::Result<Book> {
        Book::open_existing(&self.folder()?).map_err(hinted)
    }

    /// In whose name changes are made.
    pub(crate) fn who(&self) -> Who {
        let user = || {
            ["USER", "LOGNAME", "USERNAME"]
                .into_iter()
                .find_map(|name| env::var(name).ok().filter(|user| !user.is_empty()))
        };
        Who(self.who.clone().or_else(user).unwrap_or_else(|| "unknown".to_owned()))
    }
}

/// Where the platform keeps data of jikenbo.
pub(crate) fn platform_folder() -> anyhow::Result<PathBuf> {
    let platform = etcetera::choose_base_strategy()
        .map_err(|_| anyhow!("there is no home folder; name a data folder with --data DIR"))?;
    Ok(platform.data_dir().join("jikenbo"))
}

/// A case number as people write it: `2023-001`, `#2023-001`.
pub(crate) fn number(words: &str) -> anyhow::Result<CaseNumber> {
    let bare = words.trim().trim_start_matches(['#', '＃']);
    bare.parse().with_context(|| "a case is named by its number in the book, as in 2023-001")
}

/// An error of the book with what to do about it.
pub(crate) fn hinted(error: BookError) -> anyhow::Error {
    let hint = hint(&error);
    if hint.is_empty() { error.into() } else { anyhow!("{error}\n  hint: {hint}") }
}

fn hint(error: &BookError) -> &'static str {
    match error {
        BookError::File { .. } => "check that the folder is there and that you may write to it",
        BookError::NoBook(_) => {
            "make one with `jikenbo add PATH…`, or name its folder with --data DIR"
        }
        BookError::NotEmpty(_) => "name a folder that does not exist yet or is empty",
        BookError::NotABook(_) => "name the data folder of a book with --data DIR",
        BookError::TooNew { .. } => "use the jikenbo that made it, or a later one",
        BookError::Outdated(_) => "open it once with a command that writes, such as `jikenbo add`",
        BookError::Busy => "wait until the other process has finished, then try again",
        BookError::Full => "make room and try again; what was acknowledged is kept",
        BookError::Database(_) | BookError::Entry { .. } | BookError::Index(_) => {
            "`jikenbo book verify` tells what is wrong; `book rebuild` makes the tables anew, \
             `book restore` brings back a backup. Where another folder was meant, name it with \
             --data DIR"
        }
        BookError::Archive { .. } => "bring the original back from a backup (`book restore`)",
        BookError::NoCase(_) => "`jikenbo search ''` lists the cases of the book",
        BookError::NoLive(_) => "`jikenbo live` lists the live cases",
        BookError::Disclosed { .. } => "correct it there: `jikenbo correct`",
        BookError::Randomness => "the system is at fault; try again",
        BookError::NotOpen { .. } => "`jikenbo show CASE` tells what is open",
        BookError::Value { .. } => "`jikenbo correct --help` shows how values are written",
        BookError::NoReason => "say why with --why REASON",
        BookError::NumbersUsedUp(_) | BookError::Checkpoint(_) => "",
    }
}
