//! Who has stood visibly beside whom in a mail that went out: people who have seen each other's address
//! learn nothing new when they see it again. Hidden copies and individual copies show nobody. It does not
//! know who sent anything, nor what is concluded from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Address;

/// Of a mail that shows more than these, nobody is noted: such a mail is a list, or a mistake.
const MOST_NOTED: usize = 50;
const DAY_SECONDS: i64 = 86_400;

/// Pairs of addresses, and the last day on which each stood in one mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    numbers: BTreeMap<String, u32>,
    next: u32,
    pairs: BTreeMap<(u32, u32), i64>,
}

impl Seen {
    /// Notes that a mail showed all of these to each other. Beyond `most` pairs the oldest quarter goes.
    pub(super) fn note(&mut self, shown: &[Address], at: i64, most: usize) {
        if !(2..=MOST_NOTED).contains(&shown.len()) {
            return;
        }
        let mut numbers: Vec<u32> = shown.iter().map(|address| self.number(address)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let day = at.div_euclid(DAY_SECONDS);
        for (place, &one) in numbers.iter().enumerate() {
            for &other in &numbers[place + 1..] {
                self.pairs.insert((one, other), day);
            }
        }
        if self.pairs.len() > most {
            self.forget(most - most / 4);
        }
    }

    fn number(&mut self, address: &Address) -> u32 {
        let key = address.key();
        if let Some(&number) = self.numbers.get(&key) {
            return number;
        }
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        self.numbers.insert(key, number);
        number
    }

    fn forget(&mut self, most: usize) {
        let mut days: Vec<i64> = self.pairs.values().copied().collect();
        let gone = days.len().saturating_sub(most).max(1);
        let (_, oldest, _) = days.select_nth_unstable(gone - 1);
        let oldest = *oldest;
        self.pairs.retain(|_, day| *day > oldest);
        let mut held: Vec<u32> =
            self.pairs.keys().flat_map(|(one, other)| [*one, *other]).collect();
        held.sort_unstable();
        self.numbers.retain(|_, number| held.binary_search(number).is_ok());
    }

    /// The largest circle among these: of those in it, each has been seen together with two thirds of the
    /// others. Those who have stood beside nobody are a circle of one. Found by leaving out whoever
    /// knows the fewest, again and again.
    pub(super) fn circle(&self, shown: &[&Address]) -> Vec<bool> {
        let numbers: Vec<Option<u32>> =
            shown.iter().map(|address| self.numbers.get(&address.key()).copied()).collect();
        let have = |one: usize, other: usize| match (numbers[one], numbers[other]) {
            (Some(one), Some(other)) => self.pairs.contains_key(&(one.min(other), one.max(other))),
            _ => false,
        };
        let all = 0..shown.len();
        let mut known: Vec<Vec<usize>> = all
            .clone()
            .map(|one| all.clone().filter(|&other| one != other && have(one, other)).collect())
            .collect();
        let mut within = vec![true; shown.len()];
        let mut left = shown.len();
        while left > 1 {
            let fewest = all.clone().filter(|&one| within[one]).min_by_key(|&one| known[one].len());
            let Some(one) = fewest.filter(|&one| known[one].len() * 3 < (left - 1) * 2) else {
                break;
            };
            within[one] = false;
            left -= 1;
            for other in std::mem::take(&mut known[one]) {
                known[other].retain(|&it| it != one);
            }
        }
        within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str) -> Address {
        Address::parse(&format!("{name}@{name}.example")).unwrap()
    }

    fn people(names: &str) -> Vec<Address> {
        names.chars().map(|name| address(&name.to_string())).collect()
    }

    /// Who is in the circle of a mail, after earlier mails.
    #[track_caller]
    fn check(before: &[&str], shown: &str, expected: &str) {
        let mut seen = Seen::default();
        for names in before {
            seen.note(&people(names), 0, 1_000);
        }
        let all = people(shown);
        let circle = seen.circle(&all.iter().collect::<Vec<_>>());
        let found: String =
            shown.chars().zip(circle).filter(|(_, is_in)| *is_in).map(|(name, _)| name).collect();
        assert_eq!(found, expected, "{shown} after {before:?}");
    }

    #[test]
    fn those_who_saw_each_other_are_a_circle() {
        check(&["abcd"], "abcd", "abcd");
        check(&["abcd"], "abcdx", "abcd");
        check(&["abc", "bcd", "cda"], "abcd", "abcd");
    }

    #[test]
    fn one_who_knows_everybody_makes_no_circle_of_them() {
        check(&["ab", "ac", "ad", "ae", "af"], "abcdef", "af");
        check(&["ab", "bc", "cd", "de", "ef", "fg", "gh"], "abcdefgh", "gh");
    }

    #[test]
    fn strangers_are_circles_of_one() {
        check(&[], "abcd", "d");
        check(&[], "", "");
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut seen = Seen::default();
        for (day, names) in (0..).zip(["ab", "cd", "ef", "gh", "ij"]) {
            seen.note(&people(names), day * DAY_SECONDS, 4);
        }
        assert_eq!((seen.pairs.len(), seen.numbers.len()), (3, 6));
        let all = people("ab");
        let circle = seen.circle(&all.iter().collect::<Vec<_>>());
        assert_eq!(circle, [false, true]);
    }
}
