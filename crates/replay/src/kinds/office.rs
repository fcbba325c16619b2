//! The office in which mail accidents happen: who sends, who approves, whom they write to every day. Each
//! kind puts its own people beside them.

use super::{about, begins, noticed_after};
use crate::Source;
use crate::people::Invented;
use crate::runner::ANSWERED_AFTER;
use crate::scenario::{About, After, Answer, Organisation, Person, Relation, World};

/// The seed of worlds, where nobody chose another.
const SEED: u64 = 2023;
/// The domain of the organisation; reserved, so that it is nobody's (RFC 2606).
const DOMAIN: &str = "office.example";
/// Mails of every day to each.
const EVERYDAY: u32 = 3;

/// Who sends.
pub(super) const SENDER: &str = "sender";
/// Who approves mail of others.
const APPROVER: &str = "approver";
/// A colleague.
pub(super) const COLLEAGUE: &str = "colleague";
/// Somebody outside to whom the sender often writes.
pub(super) const PARTNER: &str = "partner";
/// Where the partner's mail is.
pub(super) const PARTNER_DOMAIN: &str = "partner-shoji.example";

/// The office of a case: its world, and what is said of the case so far.
pub(super) fn office(source: &Source<'_>, when_asked: Answer) -> (World, About) {
    let mut about = about(source);
    let begins = begins(source, &mut about);
    noticed_after(source, &mut about);
    let name = about.organisation.clone().unwrap_or_else(|| "見本市役所".to_owned());
    about.settle("world.people", "sender, approver, colleague, partner", None);
    about.settle("answered_after", After(ANSWERED_AFTER).to_string(), None);
    about.settle("when_asked", when_asked.name(), None);
    (world(begins, name, when_asked), about)
}

/// An office of which nothing but the name is known.
pub(super) fn world(begins: jiff::Zoned, name: String, when_asked: Answer) -> World {
    let person = |id: &str, number: u64, domain: Option<&str>| {
        let invented = Invented::of(SEED, OFFICE + number);
        Person {
            id: id.to_owned(),
            name: invented.name(),
            mailbox: invented.family_roman().to_owned(),
            domain: domain.map(ToOwned::to_owned),
            approves: id == APPROVER,
            when_asked,
        }
    };
    let relation =
        |to: &str| Relation { from: SENDER.to_owned(), to: to.to_owned(), mails: EVERYDAY };
    World {
        seed: SEED,
        begins,
        organisation: Organisation { name, domain: DOMAIN.to_owned() },
        people: vec![
            person(SENDER, 0, None),
            person(APPROVER, 1, None),
            person(COLLEAGUE, 2, None),
            person(PARTNER, 3, Some(PARTNER_DOMAIN)),
        ],
        groups: Vec::new(),
        relations: vec![relation(COLLEAGUE), relation(PARTNER)],
        earlier_mails: 0,
        fixtures: Vec::new(),
    }
}

/// Those in the office are others than those who get mail.
pub(super) const OFFICE: u64 = 1 << 40;
