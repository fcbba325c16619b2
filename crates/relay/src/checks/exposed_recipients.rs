//! More outsiders than the policy allows can see each other's addresses. All `To` and `Cc` fields
//! count, also repeated and resent ones; `Bcc` does not, since it never leaves. People who answer a
//! mail saw each other before, so an answer has a limit of its own; and those who stood visibly beside each
//! other in earlier mail of the organisation count as one, since they learn nothing new.

use std::collections::HashSet;
use std::sync::LazyLock;

use guard::{Check, Finding, Sentence};

use super::outgoing::{Outgoing, first_of};
use crate::policy::ExposedRecipients;
use crate::{Address, Disposition};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: ExposedRecipients::ID, examine }
}

/// Where private mail lies: two addresses there are two people, and no organisation.
const PROVIDERS: &str = include_str!("providers.tsv");

static PROVIDER_DOMAINS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    PROVIDERS.lines().filter(|line| !line.starts_with('#')).map(str::trim).collect()
});

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let limits = &seen.policy.checks.exposed_recipients;
    let visible = seen.visible_outsiders();
    // What cannot be read may be somebody.
    let unread = seen.mail.mailboxes().unparsed.iter();
    let unread =
        unread.filter(|one| one.at.field.is_destination() && one.at.field.is_visible()).count();
    let (most_addresses, most_domains) = if seen.is_answer() {
        (limits.in_answers.max(limits.more_than_addresses), usize::MAX)
    } else {
        (limits.more_than_addresses, limits.more_than_domains)
    };
    let is_over = |people: usize, domains: usize| {
        people + unread > most_addresses || (domains > most_domains && people + unread > 1)
    };
    let all: Vec<&Address> = visible.iter().map(|mailbox| &mailbox.address).collect();
    let domains = domains(&all);
    if !is_over(all.len(), domains) {
        return Vec::new();
    }
    // Those who have seen each other count as one.
    let circle = seen.learnt.circle(&all);
    let known = circle.iter().filter(|is_in| **is_in).count();
    let mut apart: Vec<&Address> =
        all.iter().zip(&circle).filter(|(_, is_in)| !**is_in).map(|(one, _)| *one).collect();
    apart.extend(all.iter().zip(&circle).find(|(_, is_in)| **is_in).map(|(one, _)| *one));
    if !is_over(apart.len(), self::domains(&apart)) {
        return Vec::new();
    }
    let people = all.len() + unread;
    let (of_these_ja, of_these_en) = if known > 1 {
        (format!("、うち{known}人は既知の間柄"), format!(", {known} of them known to each other"))
    } else {
        Default::default()
    };
    let says = Sentence::new(
        format!(
            "社外の{people}人({domains}ドメイン{of_these_ja})が互いのアドレスを見ることになります。"
        ),
        format!(
            "{people} people outside ({domains} domains{of_these_en}) would see each other's addresses."
        ),
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

/// How many domains these are of; each address of a provider of private mail is one.
fn domains(addresses: &[&Address]) -> usize {
    let (private, of_organisations): (Vec<&Address>, Vec<&Address>) =
        addresses.iter().partition(|one| PROVIDER_DOMAINS.contains(one.domain().key()));
    private.len() + Outgoing::domains(of_organisations).len()
}
