//! Many get it, and nobody but its sender has looked at it.

use guard::{Check, Finding, Sentence};

use super::Outgoing;
use crate::policy::Bulk;
use crate::{Disposition, Gate};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: Bulk::ID, examine }
}

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let limits = &seen.policy.checks.bulk;
    // A server in front may have split the envelope; the header has them all.
    let named =
        seen.mail.mailboxes().read.iter().filter(|one| one.at.field.is_destination()).count();
    let (outsiders, all) = (seen.outsiders().len(), seen.envelope.to.len().max(named));
    if all <= limits.more_than_recipients || outsiders == 0 {
        return Vec::new();
    }
    let says = Sentence::new(
        format!("{all}人への一斉送信です。送信者のほかに確認した人がいません。"),
        format!("This goes to {all} people, and nobody but its sender has looked at it."),
    );
    let finding = Finding::new(Bulk::ID, says, limits.rule.then)
        .citing("RCPT TO", format!("{all}, {outsiders} outside"));
    vec![finding.offering(Disposition::behind(Gate::AskApprover))]
}
