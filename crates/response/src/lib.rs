//! A live case: who must be told by when. It counts days so that a person can check each step, and
//! names the law behind it. It gives no legal advice.
//!
//! This room knows facts, rules and calendars. It does not know what time it is, where facts come
//! from, or how a clock is shown; it does no I/O.

pub mod calendar;
mod sentence;
mod stamp;

pub use sentence::Sentence;
pub use stamp::{NotAStamp, Stamp};
