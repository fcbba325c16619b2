//! A live case: who must be told by when. It holds every obligation that it knows against the facts
//! ([`clocks`]), counts days so that a person can check each step, names the law behind it and what is
//! missing, and says what a change of facts does ([`changes`]). It gives no legal advice.
//!
//! This room knows facts, rules and calendars. It does not know what time it is, where facts come
//! from, or how a clock is shown; it does no I/O.

pub mod calendar;
mod changes;
mod clock;
mod condition;
mod count;
mod facts;
mod foresee;
mod question;
mod rule;
mod sentence;
mod stamp;

pub use changes::{Change, changes};
pub use clock::{Clock, Met, Started, Verdict, clocks, obligations};
pub use count::{Due, Step};
pub use facts::{Facts, Knowing, People, Reported};
pub use foresee::{Turn, turns};
pub use question::{Missing, Number, Question};
pub use rule::Pace;
pub use sentence::Sentence;
pub use stamp::{NotAStamp, Stamp};
