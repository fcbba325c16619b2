//! What has become of a mail and of each of its recipients, and which steps lead from where to
//! where. It does not know where mails lie, and does no I/O.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a mail is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Taken in; nobody has decided about it yet.
    Received,
    /// It waits for a moment, or for a person.
    Held {
        /// What or who holds it, in the words of whoever does.
        by: String,
        /// When the waiting ends by itself, if it does.
        until: Option<Timestamp>,
    },
    /// It may go out.
    Released {
        /// Who released it, in the words of whoever did.
        by: String,
    },
    /// It must not go out, or no further.
    Cancelled {
        /// Who cancelled it, in the words of whoever did.
        by: String,
    },
}

impl Phase {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Held { .. } => "held",
            Self::Released { .. } => "released",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// What came of one try to deliver to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The next server answers for it now.
    Delivered {
        /// What it said.
        said: String,
    },
    /// Not now.
    Deferred {
        /// What it said, or what went wrong.
        said: String,
        /// When it is tried again.
        next_try: Timestamp,
    },
    /// Never.
    Failed {
        /// What it said, or what went wrong.
        said: String,
    },
}

impl Outcome {
    /// Whether there is nothing more to try.
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Deferred { .. })
    }
}

/// What has become of one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// How often it was tried.
    pub tries: u32,
    /// What came of the last try.
    pub last: Option<Outcome>,
}

impl Progress {
    /// Whether there is nothing more to try.
    pub fn is_final(&self) -> bool {
        self.last.as_ref().is_some_and(Outcome::is_final)
    }

    /// When it is to be tried; the beginning of time is at once.
    fn due(&self) -> Option<Timestamp> {
        match &self.last {
            None => Some(Timestamp::MIN),
            Some(Outcome::Deferred { next_try, .. }) => Some(*next_try),
            Some(_) => None,
        }
    }
}

/// One step of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// It waits. A mail that is held already is held by this from now on; one that was released is
    /// stopped where it is.
    Held {
        /// What or who holds it.
        by: String,
        /// When the waiting ends by itself, if it does.
        until: Option<Timestamp>,
    },
    /// It may go out.
    Released {
        /// Who says so.
        by: String,
    },
    /// It must not go out, or no further.
    Cancelled {
        /// Who says so.
        by: String,
    },
    /// It was tried to deliver it to one recipient.
    Tried {
        /// Which, counted from 0 as in the envelope.
        recipient: u32,
        /// What came of it.
        outcome: Outcome,
    },
    /// Nothing is left to do: the spool forgets the mail.
    Done,
}

impl Step {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::Released { .. } => "released",
            Self::Cancelled { .. } => "cancelled",
            Self::Tried { .. } => "tried",
            Self::Done => "done",
        }
    }
}

/// Why an event changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The spool has no such mail, or no longer.
    #[error("no such mail is here")]
    Unknown,
    /// The spool has a mail of this name already.
    #[error("a mail of this name is here already")]
    Known,
    /// The step does not lead on from where the mail is.
    #[error("a mail that is {phase} cannot be {step}")]
    Order {
        /// Where the mail is.
        phase: &'static str,
        /// What was to be done.
        step: &'static str,
    },
    /// The envelope has no such recipient, or another number of them than before.
    #[error("the envelope has {recipients} recipients")]
    Recipient {
        /// How many there are.
        recipients: usize,
    },
    /// It is known already what became of the recipient.
    #[error("what became of the recipient is known already")]
    Settled,
}

/// What has become of a mail and of each recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Where the mail is.
    pub phase: Phase,
    /// Whether it was ever released: only then can a try have been made.
    pub was_released: bool,
    /// One for each recipient of the envelope, in its order.
    pub recipients: Vec<Progress>,
}

impl Status {
    /// A mail that was just taken in.
    pub fn received(recipients: usize) -> Self {
        let recipients = vec![Progress::default(); recipients];
        Self { phase: Phase::Received, was_released: false, recipients }
    }

    /// Takes a step; without change where it does not fit. [`Step::Done`] always fits, and its
    /// effect is the spool's.
    ///
    /// A try that was under way when the mail was held or cancelled is still recorded: what was
    /// delivered was delivered.
    pub fn take(&mut self, step: Step) -> Result<(), Misfit> {
        let (phase, name) = (self.phase.name(), step.name());
        let order = Misfit::Order { phase, step: name };
        match (&self.phase, step) {
            (Phase::Cancelled { .. }, Step::Held { .. } | Step::Released { .. })
            | (Phase::Cancelled { .. }, Step::Cancelled { .. })
            | (Phase::Released { .. }, Step::Released { .. }) => return Err(order),
            (_, Step::Held { by, until }) => self.phase = Phase::Held { by, until },
            (_, Step::Released { by }) => {
                self.phase = Phase::Released { by };
                self.was_released = true;
            }
            (_, Step::Cancelled { by }) => self.phase = Phase::Cancelled { by },
            (_, Step::Tried { .. }) if !self.was_released => return Err(order),
            (_, Step::Tried { recipient, outcome }) => self.tried(recipient, outcome)?,
            (_, Step::Done) => {}
        }
        Ok(())
    }

    fn tried(&mut self, recipient: u32, outcome: Outcome) -> Result<(), Misfit> {
        let recipients = self.recipients.len();
        let progress = usize::try_from(recipient)
            .ok()
            .and_then(|at| self.recipients.get_mut(at))
            .ok_or(Misfit::Recipient { recipients })?;
        if progress.is_final() {
            return Err(Misfit::Settled);
        }
        progress.tries = progress.tries.saturating_add(1);
        progress.last = Some(outcome);
        Ok(())
    }

    /// When something is to be done about the mail, if not only on somebody's word; the beginning
    /// of time is at once.
    pub fn due(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Received | Phase::Cancelled { .. } => Some(Timestamp::MIN),
            Phase::Held { until, .. } => *until,
            // Where every recipient is settled, the mail is to be finished.
            Phase::Released { .. } => {
                self.recipients.iter().filter_map(Progress::due).min().or(Some(Timestamp::MIN))
            }
        }
    }

    /// The recipients that are to be tried at `now`: none before the mail is released.
    pub fn to_try(&self, now: Timestamp) -> Vec<u32> {
        if !matches!(self.phase, Phase::Released { .. }) {
            return Vec::new();
        }
        (0..)
            .zip(&self.recipients)
            .filter(|(_, it)| it.due().is_some_and(|due| due <= now))
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether it is known of every recipient what became of it.
    pub fn is_settled(&self) -> bool {
        self.recipients.iter().all(Progress::is_final)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by() -> String {
        "sato".to_owned()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn tried(recipient: u32, outcome: Outcome) -> Step {
        Step::Tried { recipient, outcome }
    }

    fn delivered() -> Outcome {
        Outcome::Delivered { said: "250".to_owned() }
    }

    /// Takes the steps after one another; the last one must come out as expected.
    #[track_caller]
    fn check(steps: &[Step], expected: Result<&str, Misfit>) -> Status {
        let mut status = Status::received(2);
        let (last, before) = steps.split_last().unwrap();
        for step in before {
            status.take(step.clone()).unwrap();
        }
        let untouched = status.clone();
        let taken = status.take(last.clone());
        assert_eq!(taken.map(|()| status.phase.name()), expected);
        if expected.is_err() {
            assert_eq!(status, untouched);
        }
        status
    }

    #[test]
    fn nothing_is_delivered_before_it_is_released() {
        let (held, released) = (Step::Held { by: by(), until: None }, Step::Released { by: by() });
        let order = |phase, step| Err(Misfit::Order { phase, step });
        check(&[tried(0, delivered())], order("received", "tried"));
        check(&[held.clone(), tried(0, delivered())], order("held", "tried"));
        let status = check(std::slice::from_ref(&held), Ok("held"));
        assert_eq!(status.to_try(at(9)), [0; 0]);
        assert_eq!(status.due(), None);
        let status = check(&[held, released.clone(), tried(0, delivered())], Ok("released"));
        assert_eq!(status.to_try(at(9)), [1]);
        check(&[released.clone(), released], order("released", "released"));
    }

    #[test]
    fn a_cancelled_mail_stays_cancelled_and_what_was_under_way_is_recorded() {
        let (cancelled, released) = (Step::Cancelled { by: by() }, Step::Released { by: by() });
        check(
            &[cancelled.clone(), released.clone()],
            Err(Misfit::Order { phase: "cancelled", step: "released" }),
        );
        let status = check(&[released, cancelled, tried(1, delivered())], Ok("cancelled"));
        assert!(status.recipients[1].is_final());
        assert_eq!(status.to_try(at(9)), [0; 0]);
    }

    #[test]
    fn each_recipient_has_its_own_time_and_its_own_end() {
        let later = |second| Outcome::Deferred { said: "451".to_owned(), next_try: at(second) };
        let released = Step::Released { by: by() };
        let status = check(
            &[released.clone(), tried(0, later(50)), tried(1, later(20)), tried(0, later(70))],
            Ok("released"),
        );
        assert_eq!(status.due(), Some(at(20)));
        assert_eq!(status.to_try(at(20)), [1]);
        assert_eq!(status.recipients[0].tries, 2);
        let steps = [released.clone(), tried(0, delivered()), tried(0, later(1))];
        check(&steps, Err(Misfit::Settled));
        check(&[released, tried(2, delivered())], Err(Misfit::Recipient { recipients: 2 }));
    }
}
