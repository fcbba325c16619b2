//! One judgement of one mail: parsed, looked at by every check, decided, and told in a form that can be
//! kept. It does no I/O and asks no clock; the same mail is always judged alike.

use guard::{Action as _, Evidence, Finding, Mode, Sentence, Verdict};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::checks::{self, Learnt, Outgoing, Recent, Sending, Stands, password_mail};
use crate::history::History;
use crate::mail::{Mail, MailError};
use crate::policy::{Checks, PasswordMail, Rule};
use crate::rewrite::Linkable;
use crate::spool::{MailId, Phase, Status, Step};
use crate::{Disposition, Envelope, Gate, Policy};

/// Recipients of a mail about which the history is asked.
const MOST_ASKED_ABOUT: usize = 200;

/// What was decided about a mail, and why. It is kept beside the mail as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What is done.
    pub disposition: Disposition,
    /// What was found, what binds first.
    pub findings: Vec<Told>,
    /// The mail that it belongs to and waits with, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tied: Option<Tied>,
}

/// That a mail waits for what is decided about an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tied {
    /// The earlier one.
    pub to: MailId,
    /// What is done with this one once that one is let go.
    pub then: Disposition,
}

/// A finding as it is kept and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The name of the check.
    pub check: String,
    /// Whether it counted for what was decided.
    pub binds: bool,
    /// What would happen if nothing were done.
    pub says: Sentence,
    /// The places that show it.
    pub evidence: Vec<Evidence>,
    /// What the check asks for.
    pub action: Disposition,
    /// What a person may choose instead.
    pub remedies: Vec<Disposition>,
}

impl Told {
    fn of(finding: &Finding<Disposition>, binds: bool) -> Self {
        Self {
            check: finding.check.to_string(),
            binds,
            says: finding.says.clone(),
            evidence: finding.evidence.clone(),
            action: finding.action,
            remedies: finding.remedies.clone(),
        }
    }
}

/// Proof that a mail may go out. It is made of what the spool says of the mail and of nothing else, so
/// delivery cannot be asked for one that was not released.
#[derive(Debug)]
pub struct Released(());

impl Released {
    /// The proof, if there is one.
    pub fn of(status: &Status) -> Option<Self> {
        matches!(status.phase, Phase::Released { .. }).then_some(Self(()))
    }
}

/// The mails before the one that is judged.
#[derive(Clone, Copy, Debug)]
pub struct Earlier<'a> {
    /// What they tell of people.
    pub history: &'a History,
    /// Those of the same sender that came in shortly before and have not gone out.
    pub recent: &'a [Recent],
}

/// Judges a mail that is to go out now, as it was taken apart.
pub fn judge(
    envelope: &Envelope,
    mail: Result<&Mail<'_>, &MailError>,
    policy: &Policy,
    earlier: Earlier<'_>,
    now: Timestamp,
) -> Judgement {
    let mail = match mail {
        Ok(mail) => mail,
        Err(error) => return unreadable(policy, error),
    };
    // Of a mail to many, the history says nothing: every one of them is compared with all others.
    let is_small = envelope.to.len() <= MOST_ASKED_ABOUT;
    let sending = is_small.then(|| Sending::of(envelope, mail, now.as_second())).flatten();
    let learnt = sending.map_or_else(Learnt::default, |sending| {
        Learnt::of(earlier.history, &sending, &policy.checks.unusual_recipient)
    });
    let seen = Outgoing::new(envelope, mail, policy, &learnt, earlier.recent, now);
    let verdict = guard::judge(&seen, &checks::all());
    let because = match &verdict {
        Verdict::Pass { .. } => &[],
        Verdict::Act { because, .. } => because.as_slice(),
    };
    // What a mail is by itself, and what it waits for because of another.
    let (with_first, own): (Vec<_>, Vec<_>) =
        because.iter().partition(|finding| finding.check == PasswordMail::ID);
    let all = |findings: &[&Finding<Disposition>]| {
        findings.iter().fold(Disposition::DELIVER, |all, finding| all.and(&finding.action))
    };
    let mut disposition = all(&own);
    let goes_outside = envelope.to.iter().any(|to| !policy.directory.is_own(&to.address));
    if goes_outside && policy.cancel_window_s > 0 {
        disposition = disposition.and(&Disposition::behind(Gate::Wait));
    }
    if seen.is_automatic() && disposition.gate <= Gate::AskSender {
        disposition.gate = Gate::Open;
    }
    let waits_with = match password_mail::first(&seen).filter(|_| !with_first.is_empty()) {
        Some((first, _)) if first.stands != Stands::Stopped => Some(first.id),
        _ => None,
    };
    disposition = possible(disposition, mail);
    let tied = waits_with.map(|to| Tied { to, then: disposition });
    disposition = possible(disposition.and(&all(&with_first)), mail);
    let findings = verdict.findings().enumerate();
    let findings = findings.map(|(at, finding)| Told::of(finding, at < because.len())).collect();
    Judgement { disposition, findings, tied }
}

/// A mail that is signed or encrypted as a whole keeps its files; somebody else is asked instead.
fn possible(disposition: Disposition, mail: &Mail<'_>) -> Disposition {
    if disposition.links && Linkable::of(mail) == Linkable::Sealed {
        let asked = disposition.and(&Disposition::behind(Gate::AskApprover));
        return Disposition { links: false, ..asked };
    }
    disposition
}

/// A mail that cannot be taken apart is held, whatever the policy says of single checks: nobody can say
/// what its readers would see.
fn unreadable(policy: &Policy, error: &MailError) -> Judgement {
    let rule = policy.checks.unreadable.rule;
    // Nothing can be taken out of it.
    let then = Disposition { links: false, ..rule.then };
    let asked = Disposition::behind(Gate::AskApprover);
    let says = Sentence::new(
        "メールの形が壊れていて、受け取る人に何が見えるかを確かめられません。",
        "The mail is malformed: nobody can tell what its readers would see.",
    );
    let finding = Finding::new(crate::policy::Unreadable::ID, says, then.and(&asked))
        .citing("header", error.to_string());
    Judgement::of(&finding)
}

impl Judgement {
    /// What one finding that binds makes of a mail.
    pub(crate) fn of(finding: &Finding<Disposition>) -> Self {
        Self { disposition: finding.action, findings: vec![Told::of(finding, true)], tied: None }
    }

    /// The step that it makes a mail take.
    pub fn step(&self, policy: &Policy, now: Timestamp) -> Step {
        let after = |seconds: i64| now.checked_add(jiff::SignedDuration::from_secs(seconds)).ok();
        let given_back = after(i64::from(policy.give_back_after_h) * 3600);
        if let (Some(_), false) = (&self.tied, self.disposition.gate == Gate::Refuse) {
            let by = Waiting::tied(self.disposition.gate).to_owned();
            return Step::Held { by, until: given_back };
        }
        match self.disposition.gate {
            Gate::Open => Step::Released { by: "policy".to_owned() },
            Gate::Wait => {
                let until = after(i64::from(policy.cancel_window_s));
                Step::Held { by: Waiting::Window.name().to_owned(), until }
            }
            Gate::AskSender => {
                Step::Held { by: Waiting::Sender.name().to_owned(), until: given_back }
            }
            Gate::AskApprover => {
                Step::Held { by: Waiting::Approver.name().to_owned(), until: given_back }
            }
            Gate::Refuse => Step::Cancelled { by: "policy".to_owned() },
        }
    }

    /// What was found, decided about under another policy: a check binds or only records, and has done what that
    /// policy says. What it would have looked for beside that, only the mail itself could tell.
    #[must_use]
    pub fn under(&self, policy: &Policy) -> Self {
        let all = |findings: &[Told]| {
            let binding = findings.iter().filter(|told| told.binds);
            binding.fold(Disposition::DELIVER, |all, told| all.and(&told.action))
        };
        // Automatic mail is not asked about, whatever its sender's own would be.
        let was_exempt =
            self.disposition.gate == Gate::Open && all(&self.findings).gate > Gate::Open;
        let rule = |told: &Told| {
            let id = Checks::IDS.iter().find(|id| id.0 == told.check)?;
            policy.checks.rule(*id)
        };
        let again = |told: &Told| match rule(told) {
            Some(Rule { mode: Mode::Off, .. }) => None,
            Some(Rule { mode, then }) => {
                Some(Told { binds: mode == Mode::Enforce, action: then, ..told.clone() })
            }
            None => Some(told.clone()),
        };
        let mut findings: Vec<Told> = self.findings.iter().filter_map(again).collect();
        findings.sort_by_key(|told| !told.binds);
        let mut disposition = all(&findings);
        if was_exempt && disposition.gate <= Gate::AskSender {
            disposition.gate = Gate::Open;
        }
        Self { disposition, findings, tied: None }
    }

    /// What is left of it once the mail that it was tied to is let go.
    #[must_use]
    pub fn untied(mut self) -> Self {
        if let Some(tied) = self.tied.take() {
            self.disposition = tied.then;
            for told in self.findings.iter_mut().filter(|told| told.check == PasswordMail::ID.0) {
                told.binds = false;
            }
        }
        self
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings and numbers alone: that cannot fail, and without bytes delivery stops the mail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// As it was kept.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// What the spool has of mails that wait with another one.
const TIED_TO_SENDER: &str = "tied-to-sender";
const TIED_TO_APPROVER: &str = "tied-to-approver";

/// What a held mail waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waiting {
    /// The end of the time in which its sender can cancel it; then it goes out.
    Window,
    /// Its sender's word; without it, it is given back.
    Sender,
    /// An approver's word; without it, it is given back.
    Approver,
}

impl Waiting {
    /// As the spool has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Sender => "sender",
            Self::Approver => "approver",
        }
    }

    /// What the spool says. What it does not know waits for an approver.
    pub fn named(name: &str) -> Self {
        match name {
            "window" => Self::Window,
            "sender" | TIED_TO_SENDER => Self::Sender,
            _ => Self::Approver,
        }
    }

    /// What the spool has of a mail that waits with another one behind this gate: whoever may let that
    /// one go may let this one go by itself, and after the window of that one it is let go with it.
    const fn tied(gate: Gate) -> &'static str {
        match gate {
            Gate::AskApprover | Gate::Refuse => TIED_TO_APPROVER,
            Gate::Open | Gate::Wait | Gate::AskSender => TIED_TO_SENDER,
        }
    }

    /// Whether the spool says that a mail waits with another one.
    pub fn is_tied(name: &str) -> bool {
        matches!(name, TIED_TO_SENDER | TIED_TO_APPROVER)
    }
}
