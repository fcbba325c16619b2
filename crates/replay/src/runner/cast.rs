//! Who is who in a run: every person and every member of a group with their address. It does not know what
//! they do.

use std::collections::{HashMap, HashSet};

use crate::mail::Mailbox;
use crate::people::Invented;
use crate::scenario::{Person, Side, World};

/// Somebody with an address.
#[derive(Clone, Debug)]
pub(super) struct Resident {
    /// Name and address, in lower case.
    pub(super) mailbox: Mailbox,
    /// On which side of the organisation's edge.
    pub(super) side: Side,
}

/// Everybody of a world.
pub(super) struct Cast {
    by_name: HashMap<String, Vec<Resident>>,
    outside: HashSet<String>,
    domain: String,
}

impl Cast {
    /// Everybody of a world; those inside have addresses of `domain`.
    pub(super) fn of(world: &World, domain: &str) -> Self {
        let mut by_name = HashMap::new();
        for person in &world.people {
            let mailbox = (person.name.clone(), address(person, domain));
            by_name.insert(person.id.clone(), vec![Resident { mailbox, side: person.side() }]);
        }
        let mut next = 0;
        for group in &world.groups {
            let members = (next..next + u64::from(group.count)).map(|number| {
                let invented = Invented::of(world.seed, number);
                Resident { mailbox: (invented.name(), invented.address()), side: Side::Outside }
            });
            by_name.insert(group.id.clone(), members.collect());
            next += u64::from(group.count);
        }
        let everybody = by_name.values().flatten();
        let outside = everybody.filter(|who: &&Resident| who.side == Side::Outside);
        let outside = outside.map(|who| who.mailbox.1.clone()).collect();
        Self { by_name, outside, domain: domain.to_owned() }
    }

    /// Those behind a name of the scenario.
    pub(super) fn behind(&self, name: &str) -> &[Resident] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Those behind several names.
    pub(super) fn mailboxes(&self, names: &[String]) -> Vec<Mailbox> {
        names.iter().flat_map(|name| self.behind(name)).map(|who| who.mailbox.clone()).collect()
    }

    /// The addresses of those behind several names.
    pub(super) fn addresses(&self, names: &[String]) -> HashSet<&str> {
        let all = names.iter().flat_map(|name| self.behind(name));
        all.map(|who| who.mailbox.1.as_str()).collect()
    }

    /// The address of a person.
    pub(super) fn address(&self, name: &str) -> Option<&str> {
        self.behind(name).first().map(|who| who.mailbox.1.as_str())
    }

    /// Whether an address is of somebody outside.
    pub(super) fn is_outside(&self, address: &str) -> bool {
        self.outside.contains(address)
    }

    /// The organisation's domain.
    pub(super) fn domain(&self) -> &str {
        &self.domain
    }
}

fn address(person: &Person, domain: &str) -> String {
    let domain = person.domain.as_deref().unwrap_or(domain);
    format!("{}@{domain}", person.mailbox).to_ascii_lowercase()
}
