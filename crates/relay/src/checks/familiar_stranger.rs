//! An outsider to whom the sender has never written, and who looks like somebody known: the family name
//! of a colleague or of somebody whom the sender writes to, an address one slip away, a domain that
//! looks like a known one.

use guard::{Check, Finding, Sentence};

use super::Outgoing;
use crate::names::{Name, domain_likeness, one_edit, same_family};
use crate::policy::FamiliarStranger;
use crate::{Address, Directory, Disposition, Gate};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: FamiliarStranger::ID, examine }
}

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let then = seen.policy.checks.familiar_stranger.rule.then;
    let strangers = seen.outsiders().into_iter().filter(|address| !seen.learnt.is_known(address));
    strangers
        .filter_map(|address| {
            let (other, ja, en) = like(seen, address)?;
            let says = Sentence::new(
                format!("{address} は初めての社外の相手です。{other} {ja}。"),
                format!("{address} is an outsider never written to before, and {en} {other}."),
            );
            let finding = Finding::new(FamiliarStranger::ID, says, then)
                .citing("RCPT TO", address.to_string())
                .offering(Disposition::behind(Gate::AskApprover));
            Some(finding)
        })
        .collect()
}

/// Whom the address is like, and in what.
fn like(seen: &Outgoing<'_>, address: &Address) -> Option<(String, &'static str, &'static str)> {
    let directory = seen.directory();
    let own = || directory.own_domains();
    if let Some(domain) = own().find(|own| domain_likeness(address.domain(), own).is_some()) {
        return Some((domain.to_string(), "に似たドメインです", "its domain is like"));
    }
    if !seen.learnt.is_ready() {
        // Everybody is new to a relay that has learnt nothing.
        return None;
    }
    if let Some(person) =
        directory.people().iter().find(|person| one_edit(address, &person.address))
    {
        return Some((person.address.to_string(), "と一文字違いです", "one letter from"));
    }
    if let Some(meant) = seen.learnt.meant(address) {
        return Some((meant.to_string(), "と取り違えていませんか", "may be taken for"));
    }
    let name = seen.learnt.party(address)?.name.as_ref()?;
    colleague(directory, name)
        .map(|colleague| (colleague, "と同じ姓です", "has the family name of"))
}

/// A colleague of the same family name, with the address.
fn colleague(directory: &Directory, name: &Name) -> Option<String> {
    directory.people().iter().find_map(|person| {
        let known = person.names.iter().find(|known| {
            Name::of_display(known).is_some_and(|known| same_family(name, &known).is_some())
        })?;
        Some(format!("{known} <{}>", person.address))
    })
}
