//! Something that the relay cannot read as those who get the mail will: an entry in an address field
//! that is no address, a text that cannot be decoded, a form that programs take differently.

use guard::{Check, Finding, Sentence};

use super::Outgoing;
use crate::Disposition;
use crate::mail::{OddityKind, Role};
use crate::policy::Unreadable;

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: Unreadable::ID, examine }
}

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let then = seen.policy.checks.unreadable.rule.then;
    let mut findings = Vec::new();
    for one in seen.mail.mailboxes().unparsed.iter().filter(|one| one.at.field.is_destination()) {
        let field = one.at.field.name();
        let says = Sentence::new(
            format!("{field}に、宛先として読めないものがあります。"),
            format!("{field} has something that cannot be read as an address."),
        );
        let finding = Finding::new(Unreadable::ID, says, then);
        findings.push(finding.citing(field, format!("{} ({})", one.words, one.because)));
    }
    // A header that says two things, or ends in two places, shows one to us and the other to them.
    let forks = |kind| matches!(kind, OddityKind::BlankLine | OddityKind::Repeated);
    for oddity in seen.mail.oddities().iter().filter(|oddity| forks(oddity.kind)) {
        let says = Sentence::new(
            "メールソフトによって違って見えるヘッダーがあります。",
            "The header has something that programs read differently.",
        );
        let place = format!("byte {}", oddity.at);
        findings
            .push(Finding::new(Unreadable::ID, says, then).citing(place, oddity.kind.to_string()));
    }
    for (_, part) in seen.mail.parts().filter(|(_, part)| part.role == Role::Text) {
        if let Err(error) = seen.mail.part_text(part) {
            let says = Sentence::new(
                "本文に読み取れない部分があります。",
                "A part of the text cannot be read.",
            );
            findings.push(
                Finding::new(Unreadable::ID, says, then).citing(part.kind(), error.to_string()),
            );
        }
    }
    findings
}
