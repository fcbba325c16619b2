//! One input read whole: its bytes, its text, the cases that it tells. It does not know what becomes of
//! them.

use case::{Case, SourceId};
use formats::Document;

use super::inputs::Input;
use super::loader::{Loader, caught};
use super::problem::Problem;

/// An input that was read.
pub(crate) struct ReadInput {
    /// Its bytes as they came.
    pub(crate) bytes: Vec<u8>,
    /// Its text.
    pub(crate) document: Document,
    /// What it tells.
    pub(crate) cases: Vec<Case>,
    /// What the reader left out.
    pub(crate) notes: Vec<String>,
}

/// Reads an input.
pub(crate) fn read(loader: &Loader, input: Input) -> Result<ReadInput, Problem> {
    caught(|| uncaught(loader, input)).and_then(|read| read)
}

fn uncaught(loader: &Loader, input: Input) -> Result<ReadInput, Problem> {
    let Input { name, size_bytes, place } = input;
    let bytes = loader.bytes(size_bytes, place)?;
    let document = loader.decode(&name, bytes.clone())?;
    let input = reader::Input { source: SourceId(1), text: &document.text, parts: &document.parts };
    let mut reading = reader::read(input, &loader.limits);
    let cases = reading.by_ref().collect();
    let notes = reading.notes().iter().map(|note| note.message.clone()).collect();
    Ok(ReadInput { bytes, document, cases, notes })
}
