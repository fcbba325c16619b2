//! One decision out of all findings. What binds and what is only recorded is the policy's choice.

use serde::{Deserialize, Serialize};

use crate::{Action, Finding};

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
        /// What satisfies every finding that binds.
        action: A,
        /// The findings that bind.
        because: Vec<Finding<A>>,
        /// What was found by checks that only monitor.
        noted: Vec<Finding<A>>,
    },
}

impl<A: Action> Verdict<A> {
    /// One verdict out of findings, each with the mode of its check. A finding that asks for nothing
    /// is recorded and binds nothing.
    pub fn of(findings: Vec<(Mode, Finding<A>)>) -> Self {
        let nothing = A::default();
        let (mut because, mut noted) = (Vec::new(), Vec::new());
        for (mode, finding) in findings {
            if mode == Mode::Enforce && finding.action != nothing {
                because.push(finding);
            } else if mode != Mode::Off {
                noted.push(finding);
            }
        }
        if because.is_empty() {
            return Self::Pass { noted };
        }
        let action = because.iter().fold(nothing, |action, finding| action.and(&finding.action));
        Self::Act { action, because, noted }
    }

    /// What is done.
    pub fn action(&self) -> A {
        match self {
            Self::Pass { .. } => A::default(),
            Self::Act { action, .. } => action.clone(),
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

    #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    enum Mail {
        #[default]
        Deliver,
        Hold,
        Refuse,
    }

    impl Action for Mail {
        fn and(&self, other: &Self) -> Self {
            self.max(other).clone()
        }
    }

    fn finding(check: &'static str, action: Mail) -> Finding<Mail> {
        Finding::new(CheckId(check), Sentence::new("", ""), action)
    }

    /// Checks the decision and the names of the findings that bind.
    #[track_caller]
    fn check(findings: &[(Mode, &'static str, Mail)], expected: Option<(Mail, &[&str])>) {
        let findings = findings
            .iter()
            .map(|(mode, name, action)| (*mode, finding(name, action.clone())))
            .collect();
        let found = match Verdict::of(findings) {
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
            &[(enforce, "a", Mail::Hold), (enforce, "b", Mail::Refuse)],
            Some((Mail::Refuse, &["a", "b"])),
        );
        check(
            &[(enforce, "a", Mail::Hold), (monitor, "b", Mail::Refuse)],
            Some((Mail::Hold, &["a"])),
        );
        check(&[(monitor, "b", Mail::Refuse), (enforce, "c", Mail::Deliver)], None);
        check(&[(Mode::Off, "b", Mail::Refuse)], None);
    }

    #[test]
    fn what_does_not_bind_is_still_told() {
        let verdict = Verdict::of(vec![(Mode::Monitor, finding("a", Mail::Hold))]);
        assert_eq!(verdict.findings().map(|f| f.check.0).collect::<Vec<_>>(), ["a"]);
    }
}
