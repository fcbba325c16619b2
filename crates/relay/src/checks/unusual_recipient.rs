//! Somebody who does not fit the sender or the other recipients, as far as the relay has learnt. It is
//! silent while it learns, and says no more than the policy's budget of alarms.

use guard::{Check, Finding, Sentence};

use super::Outgoing;
use crate::policy::UnusualRecipient;
use crate::{Disposition, Gate};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: UnusualRecipient::ID, examine }
}

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let then = seen.policy.checks.unusual_recipient.rule.then;
    let all = seen.envelope.to.iter().map(|to| &to.address);
    let surprising = all.filter(|address| seen.learnt.is_surprising(address));
    surprising
        .map(|address| {
            let says = Sentence::new(
                format!("{address} は、いつもの相手や他の宛先と合いません。"),
                format!(
                    "{address} fits neither whom the sender writes to nor the other recipients."
                ),
            );
            Finding::new(UnusualRecipient::ID, says, then)
                .citing("RCPT TO", address.to_string())
                .offering(Disposition::behind(Gate::AskApprover))
        })
        .collect()
}
