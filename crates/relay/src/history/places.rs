//! Where organisations get their mail, as the mails before tell: by the names that stand beside addresses,
//! and by whom a mail addressed that went to one domain alone. It does not know how names are found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Domain;

/// Domains of one organisation beyond which the oldest goes.
const DOMAINS: usize = 8;
/// A domain with more organisations than these belongs to none of them: it is a provider's.
const SHARED_BY: u32 = 3;
/// So many mails must have told of an organisation before it counts.
const ENOUGH: u32 = 2;

/// Organisations, by their names in one spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Places {
    of: BTreeMap<String, Vec<Place>>,
    /// How many organisations a domain has.
    organisations: BTreeMap<String, u32>,
}

/// A domain where an organisation got mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    domain: String,
    mails: u32,
    at: i64,
}

impl Places {
    /// Notes that a mail to an organisation went to a domain. Beyond `most` organisations the oldest go.
    pub(super) fn note(&mut self, organisation: &str, domain: &Domain, at: i64, most: usize) {
        let domain = domain.key();
        let places = self.of.entry(organisation.to_owned()).or_default();
        if let Some(place) = places.iter_mut().find(|place| place.domain == domain) {
            place.mails = place.mails.saturating_add(1);
            place.at = place.at.max(at);
            return;
        }
        places.push(Place { domain: domain.to_owned(), mails: 1, at });
        *self.organisations.entry(domain.to_owned()).or_default() += 1;
        if places.len() > DOMAINS {
            let oldest = (0..places.len()).min_by_key(|&place| places[place].at).unwrap_or(0);
            let gone = places.remove(oldest);
            Self::leave(&mut self.organisations, &gone.domain);
        }
        if self.of.len() > most {
            self.forget(most - most / 4);
        }
    }

    fn leave(organisations: &mut BTreeMap<String, u32>, domain: &str) {
        if let Some(count) = organisations.get_mut(domain) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                organisations.remove(domain);
            }
        }
    }

    fn forget(&mut self, most: usize) {
        let latest = |places: &[Place]| places.iter().map(|place| place.at).max().unwrap_or(0);
        let mut times: Vec<i64> = self.of.values().map(|places| latest(places)).collect();
        let gone = times.len().saturating_sub(most).max(1);
        let (_, oldest, _) = times.select_nth_unstable(gone - 1);
        let (oldest, organisations) = (*oldest, &mut self.organisations);
        self.of.retain(|_, places| {
            let stays = latest(places) > oldest;
            for place in places.iter().filter(|_| !stays) {
                Self::leave(organisations, &place.domain);
            }
            stays
        });
    }

    /// The domains of an organisation; none where too little is known.
    pub(super) fn domains(&self, organisation: &str) -> Vec<Domain> {
        let places = self.of.get(organisation).map(Vec::as_slice).unwrap_or_default();
        if places.iter().map(|place| place.mails).sum::<u32>() < ENOUGH {
            return Vec::new();
        }
        places.iter().filter_map(|place| Domain::parse(&place.domain).ok()).collect()
    }

    /// Whether several organisations get mail there, as at a provider.
    pub(super) fn is_shared(&self, domain: &Domain) -> bool {
        self.organisations.get(domain.key()).is_some_and(|count| *count > SHARED_BY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(written: &str) -> Domain {
        Domain::parse(written).unwrap()
    }

    fn places(told: &[(&str, &str)], most: usize) -> Places {
        let mut places = Places::default();
        for (at, (organisation, at_domain)) in (0..).zip(told) {
            places.note(organisation, &domain(at_domain), at, most);
        }
        places
    }

    #[test]
    fn an_organisation_is_known_after_two_mails() {
        let once = places(&[("山田商事", "yamada.example")], 9);
        assert!(once.domains("山田商事").is_empty());
        let twice = places(&[("山田商事", "yamada.example"), ("山田商事", "yamada2.example")], 9);
        assert_eq!(twice.domains("山田商事").len(), 2);
        assert!(twice.domains("鈴木商事").is_empty());
    }

    #[test]
    fn a_domain_of_many_organisations_is_a_providers() {
        let told = [("a", "p.example"), ("b", "p.example"), ("c", "p.example"), ("d", "q.example")];
        assert!(!places(&told, 9).is_shared(&domain("p.example")));
        let told = [&told[..], &[("d", "p.example")]].concat();
        assert!(places(&told, 9).is_shared(&domain("p.example")));
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let told = [("a", "a.example"), ("b", "b.example"), ("c", "c.example"), ("a", "a.example")];
        let all = places(&[&told[..], &[("d", "d.example")]].concat(), 3);
        assert_eq!(all.of.keys().collect::<Vec<_>>(), ["a", "c", "d"]);
        assert_eq!(all.organisations.len(), 3);
    }
}
