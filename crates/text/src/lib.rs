//! Where words stand in a text: [`Span`], [`LineIndex`], [`Folded`], and the [`Limits`] that bound
//! what is read.
//!
//! This room knows characters and bytes. It does not know what a case, a date or a file format is,
//! and it does no I/O.

mod fold;
mod limits;
mod lines;
mod span;
mod wrap;

pub use fold::Folded;
pub use limits::Limits;
pub use lines::{LineIndex, Place};
pub use span::Span;
pub use wrap::is_wrapped;
