//! Who belongs to the organisation: its domains, people, groups and approvers. It does not know what
//! they sent, nor how they prove who they are.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Address, Domain};

/// Somebody of the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their address.
    pub address: Address,
    /// Their names, in every form that is known: 渡辺 花子, わたなべ はなこ, Watanabe Hanako.
    pub names: Vec<String>,
    /// Further addresses that are theirs.
    pub aliases: Vec<Address>,
    /// Who approves their mail, the first asked first.
    pub approvers: Vec<Address>,
}

/// The people of an organisation and what is its own.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    own: BTreeSet<Domain>,
    people: Vec<Person>,
    /// Person by any of their addresses.
    by_address: BTreeMap<Address, usize>,
    groups: BTreeMap<Address, Vec<Address>>,
    approvers: Vec<Address>,
}

impl Directory {
    /// A directory of domains. Domains below them are the organisation's too.
    pub fn new(own: impl IntoIterator<Item = Domain>) -> Self {
        Self { own: own.into_iter().collect(), ..Self::default() }
    }

    /// Adds a person. Who has an address already keeps it.
    pub fn add_person(&mut self, person: Person) {
        let at = self.people.len();
        for address in std::iter::once(&person.address).chain(&person.aliases) {
            self.by_address.entry(address.clone()).or_insert(at);
        }
        self.people.push(person);
    }

    /// Adds a list of people under an address of its own. Members may be outsiders.
    pub fn add_group(&mut self, address: Address, members: Vec<Address>) {
        self.groups.insert(address, members);
    }

    /// Who approves mail of senders without an approver of their own.
    pub fn set_approvers(&mut self, approvers: Vec<Address>) {
        self.approvers = approvers;
    }

    /// Whether the address is of the organisation.
    pub fn is_own(&self, address: &Address) -> bool {
        self.is_own_domain(address.domain())
    }

    /// Whether the domain is of the organisation.
    pub fn is_own_domain(&self, domain: &Domain) -> bool {
        self.own.iter().any(|own| domain.is_within(own))
    }

    /// The domains of the organisation, in order.
    pub fn own_domains(&self) -> impl Iterator<Item = &Domain> {
        self.own.iter()
    }

    /// The people, in the order in which they were added.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The person of an address.
    pub fn person(&self, address: &Address) -> Option<&Person> {
        self.by_address.get(address).map(|&at| &self.people[at])
    }

    /// The members of a group; `None` where the address is no group.
    pub fn members(&self, address: &Address) -> Option<&[Address]> {
        self.groups.get(address).map(Vec::as_slice)
    }

    /// Whether it is the same person under two addresses.
    pub fn is_same_person(&self, one: &Address, other: &Address) -> bool {
        let at = |address| self.by_address.get(address);
        one == other || at(one).is_some_and(|one| at(other) == Some(one))
    }

    /// Whether anybody is named to approve mail of `sender`, be it only the sender.
    pub fn names_approvers(&self, sender: &Address) -> bool {
        !self.named_approvers(sender).is_empty()
    }

    fn named_approvers(&self, sender: &Address) -> &[Address] {
        let own = self.person(sender).map_or(&[][..], |person| &person.approvers);
        if own.is_empty() { &self.approvers } else { own }
    }

    /// Who may approve a mail of `sender`: never the sender.
    pub fn approvers_of(&self, sender: &Address) -> Vec<&Address> {
        self.named_approvers(sender)
            .iter()
            .filter(|approver| !self.is_same_person(approver, sender))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(written: &str) -> Address {
        Address::parse(written).unwrap()
    }

    fn office() -> Directory {
        let mut office = Directory::new([Domain::parse("example.jp").unwrap()]);
        office.add_person(Person {
            address: address("mori@example.jp"),
            names: vec!["森 一郎".to_owned()],
            aliases: vec![address("kacho@example.jp")],
            approvers: Vec::new(),
        });
        office.add_person(Person {
            address: address("sato@example.jp"),
            names: vec!["佐藤 花".to_owned()],
            aliases: Vec::new(),
            approvers: vec![address("sato@example.jp"), address("mori@example.jp")],
        });
        office.set_approvers(vec![address("kacho@example.jp"), address("somu@example.jp")]);
        office
    }

    #[test]
    fn nobody_approves_their_own_mail() {
        let office = office();
        let of = |sender| {
            office
                .approvers_of(&address(sender))
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("sato@example.jp"), ["mori@example.jp"]);
        assert_eq!(of("mori@example.jp"), ["somu@example.jp"], "kacho is mori");
        assert_eq!(of("new@example.jp"), ["kacho@example.jp", "somu@example.jp"]);
    }

    #[test]
    fn what_is_below_an_own_domain_is_own() {
        let office = office();
        assert!(office.is_own(&address("a@mail.EXAMPLE.jp")));
        assert!(!office.is_own(&address("a@example.jp.example.com")));
    }
}
