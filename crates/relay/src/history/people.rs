//! Who is known: addresses, the people behind them, and what is counted of each. Two addresses of
//! one domain under one full name are one person, so that a new address of somebody known is nobody
//! new. It does not know who writes to whom; that is in the ties.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::ties::{Count, Ties};
use crate::Address;
use crate::names::Name;

/// A person's number in one history.
pub(super) type PersonId = u32;

/// Mails that a person was lately in; older ones are forgotten.
const RECENT_MAILS: usize = 16;
/// Recent mails name at most this many of those who were in them.
const RECENT_MEMBERS: usize = 24;

/// What is counted of a person.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) address: Option<Address>,
    pub(super) name: Option<Name>,
    pub(super) ties: Ties,
    pub(super) first_at: i64,
    pub(super) last_at: i64,
    /// Mails got and sent.
    pub(super) received: Count,
    pub(super) sent: Count,
    /// The sums over the ties: nearness (long and short memory), sent, together.
    pub(super) near: Count,
    pub(super) near_lately: Count,
    pub(super) sent_all: Count,
    pub(super) sent_lately: Count,
    pub(super) together: Count,
    /// Share of the mails with somebody whom the sender had never written to, of late.
    pub(super) writes_to_new: Share,
    /// Share of the mails from somebody who had never written before, of late.
    pub(super) hears_from_new: Share,
    pub(super) recent: VecDeque<Recent>,
}

/// A mail somebody was in: when, and with whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Recent {
    pub(super) at: i64,
    pub(super) members: Vec<PersonId>,
}

/// A share that follows the last some twenty events.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Share {
    value: f32,
    events: u32,
}

impl Share {
    /// Follows one more event. The first ones are told against an expected share of a sixth.
    pub(super) fn follow(&mut self, happened: bool) {
        #[expect(clippy::cast_precision_loss, reason = "at most 25")]
        let weight = (self.events + 3).min(25) as f32;
        let before = self.value();
        self.value = before + (f32::from(u8::from(happened)) - before) / weight;
        self.events = self.events.saturating_add(1);
    }

    /// Between 0 and 1.
    pub(super) fn value(self) -> f32 {
        if self.events == 0 { 1.0 / 6.0 } else { self.value }
    }
}

impl Person {
    /// Notes that they were in a mail.
    pub(super) fn was_in(&mut self, at: i64, members: &[PersonId]) {
        if self.recent.len() == RECENT_MAILS {
            self.recent.pop_front();
        }
        let members = members.iter().copied().take(RECENT_MEMBERS).collect();
        self.recent.push_back(Recent { at, members });
        self.last_at = self.last_at.max(at);
    }
}

/// Everybody known.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct People {
    all: Vec<Person>,
    free: Vec<PersonId>,
    by_address: BTreeMap<String, PersonId>,
    /// Domain, family name and the rest of the name, joined by line ends.
    by_name: BTreeMap<String, PersonId>,
}

impl People {
    /// The person of an address, or who has that full name at that domain.
    pub(super) fn find(&self, address: &Address, name: Option<&Name>) -> Option<PersonId> {
        let known = self.by_address.get(&address.key());
        known.or_else(|| self.by_name.get(&full_name(address, name)?)).copied()
    }

    /// As [`find`](Self::find), making the person known.
    pub(super) fn know(&mut self, address: &Address, name: Option<&Name>, at: i64) -> PersonId {
        let key = address.key();
        let full = full_name(address, name);
        let id = self.find(address, name).unwrap_or_else(|| self.add(address, at));
        self.by_address.insert(key, id);
        if let Some(full) = full {
            self.by_name.entry(full).or_insert(id);
        }
        let person = &mut self.all[id as usize];
        // The name that tells most: a header's full name after an address that hinted at a family.
        let tells_more = |new: &Name| {
            person.name.as_ref().is_none_or(|old| old.given().is_empty() && !new.given().is_empty())
        };
        if let Some(new) = name.filter(|new| tells_more(new)) {
            person.name = Some(new.clone());
        }
        person.address = Some(address.clone());
        id
    }

    fn add(&mut self, address: &Address, at: i64) -> PersonId {
        let person = Person {
            address: Some(address.clone()),
            first_at: at,
            last_at: at,
            ..Person::default()
        };
        if let Some(id) = self.free.pop() {
            self.all[id as usize] = person;
            return id;
        }
        let id = PersonId::try_from(self.all.len()).unwrap_or(PersonId::MAX);
        self.all.push(person);
        id
    }

    pub(super) fn get(&self, id: PersonId) -> &Person {
        &self.all[id as usize]
    }

    pub(super) fn get_mut(&mut self, id: PersonId) -> &mut Person {
        &mut self.all[id as usize]
    }

    /// How many are known.
    pub(super) fn len(&self) -> usize {
        self.all.len() - self.free.len()
    }

    /// How many pairs are kept.
    pub(super) fn pairs(&self) -> usize {
        self.all.iter().map(|person| person.ties.len()).sum()
    }

    /// Forgets ties weaker than `weakest` at `at`, and the people whom nobody was tied to since `before`.
    pub(super) fn forget(&mut self, at: i64, weakest: f32, before: i64) {
        for person in &mut self.all {
            person.ties.drop_weak(at, weakest);
        }
        let gone: Vec<PersonId> = (0..)
            .zip(&self.all)
            .filter(|(_, p)| p.address.is_some() && p.ties.len() == 0 && p.last_at < before)
            .map(|(id, _)| id)
            .collect();
        let is_gone = |id: &PersonId| gone.binary_search(id).is_ok();
        self.by_address.retain(|_, id| !is_gone(id));
        self.by_name.retain(|_, id| !is_gone(id));
        for id in &gone {
            self.all[*id as usize] = Person::default();
        }
        for person in &mut self.all {
            person.ties.drop_people(is_gone);
            for recent in &mut person.recent {
                recent.members.retain(|id| !is_gone(id));
            }
        }
        self.free.extend(gone);
    }
}

/// What makes two addresses one person's. A family name alone does not.
fn full_name(address: &Address, name: Option<&Name>) -> Option<String> {
    let name = name.filter(|name| !name.given().is_empty() && !name.family().is_empty())?;
    Some(format!("{}\n{}\n{}", address.domain().key(), name.family(), name.given()))
}
