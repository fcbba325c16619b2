//! An input from where it is to its text. It does not know what is read in the text.

use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use formats::{Document, Hints};
use text::Limits;

use super::inputs::Place;
use super::problem::Problem;

/// How inputs become text.
#[derive(Clone, Debug)]
pub(crate) struct Loader {
    /// What one input may cost.
    pub(crate) limits: Limits,
    /// The charset instead of the detected one.
    pub(crate) charset: Option<String>,
}

impl Loader {
    /// The bytes of an input, refused before more than the limit is in memory.
    pub(crate) fn bytes(&self, size_bytes: u64, place: Place) -> Result<Vec<u8>, Problem> {
        match place {
            Place::Broken(problem) => Err(problem),
            Place::Stdin => self.load(io::stdin().lock(), 0),
            Place::File(path) => self.load(File::open(path).map_err(Problem::Open)?, size_bytes),
        }
    }

    /// The text of an input.
    pub(crate) fn decode(&self, name: &str, bytes: Vec<u8>) -> Result<Document, Problem> {
        let hints = Hints { name, charset: self.charset.as_deref() };
        formats::decode(bytes, hints, &self.limits).map_err(Problem::Format)
    }

    fn load(&self, from: impl Read, size_bytes: u64) -> Result<Vec<u8>, Problem> {
        let limit_bytes = self.limits.input_bytes;
        let most = u64::try_from(limit_bytes).unwrap_or(u64::MAX);
        if size_bytes > most {
            return Err(Problem::TooLarge { limit_bytes });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size_bytes).unwrap_or(0));
        // The size was known beforehand or not at all; either way it may have grown since.
        from.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(Problem::Read)?;
        if bytes.len() > limit_bytes {
            return Err(Problem::TooLarge { limit_bytes });
        }
        Ok(bytes)
    }
}

/// A panic of a decoder or of the reader on one input must not take the others with it.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let words = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no words");
        Problem::Internal(words.to_owned())
    })
}
