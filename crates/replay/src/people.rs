//! Invented people: names, addresses and what a list would hold of them, all following from a seed and a
//! number. It does not know what they do.

use std::sync::LazyLock;

use case::DataKind;

/// Names as they are common in Japan, with their usual Latin form.
const NAMES: &str = include_str!("names.csv");

/// A name and its Latin form.
type Name = (&'static str, &'static str);

static FAMILY: LazyLock<Vec<Name>> = LazyLock::new(|| of_kind("family"));
static GIVEN: LazyLock<Vec<Name>> = LazyLock::new(|| of_kind("given"));

fn of_kind(kind: &str) -> Vec<Name> {
    let lines = NAMES.lines().filter_map(|line| {
        let mut cells = line.split(',');
        (cells.next() == Some(kind)).then(|| Some((cells.next()?, cells.next()?))).flatten()
    });
    lines.collect()
}

/// Somebody invented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invented {
    seed: u64,
    number: u64,
    family: Name,
    given: Name,
}

impl Invented {
    /// The person of a number. Two numbers of one seed never have the same address.
    pub fn of(seed: u64, number: u64) -> Self {
        let mixed = mix(seed, number);
        let pick = |list: &[Name], by: u64| {
            // The lists are short, the remainder is below their length.
            list[usize::try_from(by % list.len() as u64).unwrap_or_default()]
        };
        Self { seed, number, family: pick(&FAMILY, mixed), given: pick(&GIVEN, mixed >> 32) }
    }

    /// The family name.
    pub const fn family(&self) -> &'static str {
        self.family.0
    }

    /// The family name in Latin letters.
    pub const fn family_roman(&self) -> &'static str {
        self.family.1
    }

    /// Family name and given name.
    pub fn name(&self) -> String {
        format!("{} {}", self.family.0, self.given.0)
    }

    /// Their mail address, at one of many places outside.
    pub fn address(&self) -> String {
        let (given, family, number) = (self.given.1, self.family.1, self.number);
        format!("{given}.{family}{number}@{}", self.domain())
    }

    /// Where their mail is kept: half of them with one of a few providers, the others at a place of their
    /// own.
    fn domain(&self) -> String {
        let place = mix(self.seed ^ 0x5eed, self.number);
        if place.is_multiple_of(2) {
            format!("mail{}.example", 1 + place / 2 % 5)
        } else {
            format!("place{}.example", self.number)
        }
    }

    /// What a list would hold of them.
    pub fn cell(&self, kind: DataKind) -> String {
        let mixed = mix(self.seed ^ kind as u64, self.number);
        let digits =
            |count: u32| format!("{:0width$}", mixed % 10_u64.pow(count), width = count as usize);
        match kind {
            DataKind::Name => self.name(),
            DataKind::Email | DataKind::AccountId => self.address(),
            DataKind::Address => {
                format!(
                    "架空県見本市{}丁目{}番{}号",
                    1 + mixed % 9,
                    1 + mixed / 9 % 30,
                    1 + mixed / 270 % 20
                )
            }
            DataKind::Phone => {
                let number = digits(8);
                format!("090-{}-{}", &number[..4], &number[4..])
            }
            DataKind::BirthDate => {
                format!(
                    "{}-{:02}-{:02}",
                    1940 + mixed % 65,
                    1 + mixed / 65 % 12,
                    1 + mixed / 780 % 28
                )
            }
            DataKind::Gender => if mixed.is_multiple_of(2) { "女" } else { "男" }.to_owned(),
            DataKind::CompanyContact => format!("見本{}株式会社", self.family.0),
            DataKind::Transaction => format!("部品{}型 {}個", digits(3), 1 + mixed % 500),
            _ => digits(8),
        }
    }
}

/// A number that looks like none of its neighbours (splitmix64's finaliser).
const fn mix(seed: u64, number: u64) -> u64 {
    let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number);
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn everybody_has_an_address_of_their_own() {
        let addresses: HashSet<String> = (0..5_000).map(|n| Invented::of(7, n).address()).collect();
        assert_eq!(addresses.len(), 5_000);
        assert!(addresses.iter().all(|address| address.ends_with(".example")));
    }

    #[test]
    fn the_same_seed_invents_the_same_people() {
        let of = |seed| (0..20).map(|n| Invented::of(seed, n).name()).collect::<Vec<_>>();
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
