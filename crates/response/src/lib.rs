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
mod draft;
mod facts;
mod foresee;
mod from_case;
pub mod live;
mod question;
mod rule;
mod sentence;
mod stamp;
mod state;

/// What must stand beside every clock.
pub fn notice() -> Sentence {
    Sentence::new(
        "期限の数え方と出典を示すもので、法律上の助言ではありません。「未確認」とあるものは原文で確かめてください。",
        "This counts days and names sources; it is no legal advice. Check what is marked as unconfirmed \
         against the texts.",
    )
}

pub use changes::{Change, changes};
pub use clock::{Clock, Met, Started, Verdict, clocks, obligations};
pub use count::{Due, Step};
pub use draft::{Draft, Gap, GapKind, Stated, release};
pub use facts::{Facts, Knowing, NotPeople, People, Reported};
pub use foresee::{Turn, turns};
pub use from_case::{Because, Drawn, facts_of_case};
pub use question::{Missing, Number, Question};
pub use rule::Pace;
pub use sentence::Sentence;
pub use stamp::{NotAStamp, Stamp};
pub use state::State;
