//! One decision out of all findings. What binds and what is only recorded is the policy's choice.

use serde::{Deserialize, Serialize};

use crate::Finding;

/// What a policy makes of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It does not run.
    Off,
    /// It runs, and what it finds is recorded; nothing is done about it.
    Monitor,
    /// What it finds binds.
    #[default]
    Enforce,
}

/// What a control does about what it saw, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<A> {
    /// Nothing that binds was found.
    Pass {
        /// What was found by checks that only monitor.
        noted: Vec<Finding<A>>,
    },
    /// Something was found that binds.
    Act {
        /// The gravest action that a finding asks for.
        action: A,
        /// The findings that bind, the gravest first.
        because: Vec<Finding<A>>,
        /// What was found by checks that only monitor.
        noted: Vec<Finding<A>>,
    },
}

impl<A: Clone + Ord> Verdict<A> {
    /// One verdict out of findings, each with the mode of its check. A finding whose action is
    /// `pass` is recorded and binds nothing.
    pub fn of(findings: Vec<(Mode, Finding<A>)>, pass: &A) -> Self {
        let (mut because, mut noted) = (Vec::new(), Vec::new());
        for (mode, finding) in findings {
            if mode == Mode::Enforce && finding.action > *pass {
                because.push(finding);
            } else if mode != Mode::Off {
                noted.push(finding);
            }
        }
        because.sort_by(|a, b| b.action.cmp(&a.action));
        match because.first().map(|gravest| gravest.action.clone()) {
            Some(action) => Self::Act { action, because, noted },
            None => Self::Pass { noted },
        }
    }

    /// Every finding, those that bind first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding<A>> {
        let (because, noted): (&[_], &[_]) = match self {
            Self::Pass { noted } => (&[], noted),
            Self::Act { because, noted, .. } => (because, noted),
        };
        because.iter().chain(noted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckId, Sentence};

    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Action {
        Pass,
        Hold,
        Refuse,
    }

    fn finding(check: &'static str, action: Action) -> Finding<Action> {
        Finding::new(CheckId(check), Sentence::new("", ""), action)
    }

    /// Checks the decision and the names of the findings that bind.
    #[track_caller]
    fn check(findings: &[(Mode, &'static str, Action)], expected: Option<(Action, &[&str])>) {
        let findings = findings
            .iter()
            .map(|(mode, name, action)| (*mode, finding(name, action.clone())))
            .collect();
        let found = match Verdict::of(findings, &Action::Pass) {
            Verdict::Pass { .. } => None,
            Verdict::Act { action, because, .. } => {
                Some((action, because.iter().map(|f| f.check.0).collect::<Vec<_>>()))
            }
        };
        assert_eq!(found, expected.map(|(action, names)| (action, names.to_vec())));
    }

    #[test]
    fn the_gravest_is_done() {
        let (enforce, monitor) = (Mode::Enforce, Mode::Monitor);
        check(&[], None);
        check(
            &[(enforce, "a", Action::Hold), (enforce, "b", Action::Refuse)],
            Some((Action::Refuse, &["b", "a"])),
        );
        check(
            &[(enforce, "a", Action::Hold), (monitor, "b", Action::Refuse)],
            Some((Action::Hold, &["a"])),
        );
        check(&[(monitor, "b", Action::Refuse), (enforce, "c", Action::Pass)], None);
        check(&[(Mode::Off, "b", Action::Refuse)], None);
    }

    #[test]
    fn what_does_not_bind_is_still_told() {
        let verdict = Verdict::of(vec![(Mode::Monitor, finding("a", Action::Hold))], &Action::Pass);
        assert_eq!(verdict.findings().map(|f| f.check.0).collect::<Vec<_>>(), ["a"]);
    }
}
