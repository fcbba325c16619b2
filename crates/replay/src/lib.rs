//! A case run again. A [`Scenario`] is derived from a case by pure code: who sends what to whom, what must
//! not happen, what must still happen. It is run against the real controls in a sandbox of its own, and
//! once more without them: then the accident must happen again, or the replay proves nothing.
//!
//! ```text
//! Facts ─kinds→ Scenario ─runner→ Observed (with the control, without it, with it weakened) ─judge→ Replayed
//! ```
//!
//! It does not know where cases are kept, how a page looks, nor how a control does what it does.

pub mod change;
pub mod cite;
pub mod fixtures;
pub mod junit;
pub mod kept;
pub mod kinds;
mod mail;
pub mod outcome;
pub mod people;
pub mod policy;
pub mod runner;
pub mod scenario;

pub use guard::Sentence;

pub use change::{Alarms, Change, Price, Setting};
pub use cite::{Cite, KeptText, Source};
pub use kept::{KeptReplay, Shelf};
pub use kinds::{Derived, derive};
pub use outcome::{Outcome, Replayed};
pub use policy::WrittenPolicy;
pub use runner::{Drill, RunError, Sandbox, SignIn, run};
pub use scenario::{Scenario, ScenarioError};
