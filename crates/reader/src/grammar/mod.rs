//! The grammars: what a run of folded text says as a date, a time, a period or a count.
//!
//! They know how releases write these and nothing of what they are about: whether a date is that
//! of the incident, or a count that of the victims, is for the facts to say. Every scan is one
//! pass, linear in the text, and all offsets are bytes of the folded text.

pub mod counts;
mod cursor;
pub mod dates;

pub(crate) use cursor::{CharSet, character_length};

/// Bytes of a folded text, end exclusive, never empty. A type of its own, so that it cannot be
/// taken for a [`text::Span`] of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Extent {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Extent {
    /// The words it marks; empty where it does not fit `folded`.
    pub fn of(self, folded: &str) -> &str {
        folded.get(self.start..self.end).unwrap_or_default()
    }
}
