//! What a control is. A control sees something ([`Seen`]), its checks find things in it
//! ([`Finding`]), and a policy makes one decision of all findings ([`Verdict`]).
//!
//! ```
//! use guard::{Action, CheckId, Finding, Mode, Sentence, Verdict};
//!
//! /// What this control can do, the gentlest first.
//! #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
//! enum Mail { #[default] Deliver, Hold }
//!
//! impl Action for Mail {
//!     fn and(&self, other: &Self) -> Self { self.max(other).clone() }
//! }
//!
//! let finding = Finding::new(
//!     CheckId("exposed-recipients"),
//!     Sentence::new("395人が互いのアドレスを見ることになります。", "395 people would see each other's addresses."),
//!     Mail::Hold,
//! )
//! .citing("To", "395 addresses");
//! let verdict = Verdict::of(vec![(Mode::Enforce, finding)]);
//! assert!(matches!(verdict, Verdict::Act { action: Mail::Hold, .. }));
//! ```
//!
//! This room does not know any control, any format, what day it is, or how a finding is shown. It
//! does no I/O.

mod finding;
mod verdict;

pub use finding::{CheckId, Evidence, Finding, Sentence};
pub use verdict::{Mode, Verdict};

/// What a control can do about what it sees. The default is to do nothing.
pub trait Action: Clone + Default + PartialEq {
    /// What satisfies both: the graver of the two, or both where they do not exclude each other.
    #[must_use]
    fn and(&self, other: &Self) -> Self;
}

/// One thing that a control looks at, with all that it knows to judge it by. A check is a function
/// of it and of nothing else, so that the same observation is always judged alike.
pub trait Seen {
    /// What the control can do about it.
    type Action: Action;

    /// The policy's word on a check: whether it runs, and whether its findings bind.
    fn mode(&self, check: CheckId) -> Mode;
}

/// One check of a control: one file, and one line in the control's list.
pub struct Check<S: Seen + ?Sized> {
    /// Its name, as policies and reports write it.
    pub id: CheckId,
    /// What it finds, in the order of the places that it cites.
    pub examine: fn(&S) -> Vec<Finding<S::Action>>,
}

/// Runs the checks of a list over what was seen.
pub fn judge<S: Seen + ?Sized>(seen: &S, checks: &[Check<S>]) -> Verdict<S::Action> {
    let findings = checks
        .iter()
        .filter_map(|check| match seen.mode(check.id) {
            Mode::Off => None,
            mode => Some((check.examine)(seen).into_iter().map(move |finding| (mode, finding))),
        })
        .flatten()
        .collect();
    Verdict::of(findings)
}
