//! More outsiders than the policy allows can see each other's addresses. All `To` and `Cc` fields
//! count, also repeated and resent ones; `Bcc` does not, since it never leaves. People who answer a
//! mail saw each other before, so an answer has a limit of its own.

use guard::{Check, Finding, Sentence};

use super::outgoing::{Outgoing, first_of};
use crate::Disposition;
use crate::policy::ExposedRecipients;

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: ExposedRecipients::ID, examine }
}

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let limits = &seen.policy.checks.exposed_recipients;
    let visible = seen.visible_outsiders();
    let domains = Outgoing::domains(visible.iter().map(|mailbox| &mailbox.address)).len();
    // What cannot be read may be somebody.
    let unread = seen.mail.mailboxes().unparsed.iter();
    let unread =
        unread.filter(|one| one.at.field.is_destination() && one.at.field.is_visible()).count();
    let people = visible.len() + unread;
    let (addresses, most_domains) = if seen.is_answer() {
        (limits.in_answers.max(limits.more_than_addresses), usize::MAX)
    } else {
        (limits.more_than_addresses, limits.more_than_domains)
    };
    if people <= addresses && (domains <= most_domains || people < 2) {
        return Vec::new();
    }
    let says = Sentence::new(
        format!("社外の{people}人({domains}ドメイン)が互いのアドレスを見ることになります。"),
        format!("{people} people outside ({domains} domains) would see each other's addresses."),
    );
    let mut finding = Finding::new(ExposedRecipients::ID, says, limits.rule.then);
    let mut fields: Vec<usize> = visible.iter().map(|mailbox| mailbox.at.index).collect();
    fields.dedup();
    for index in fields {
        let of_field = || visible.iter().filter(|mailbox| mailbox.at.index == index);
        let name = of_field().next().map_or("", |mailbox| mailbox.at.field.name());
        let words = first_of(of_field().map(|mailbox| mailbox.address.to_string()));
        finding = finding.citing(name, words);
    }
    vec![finding.offering(Disposition::INDIVIDUAL_COPIES)]
}
