//! What is known of a live case, as far as anybody's duty turns on it: who knew when, how many
//! people, yes and no to the [`Question`]s, what was reported already. It does not know who said so.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Number, Question, Stamp};

/// The facts. All that is left out is not known.
///
/// ```
/// let facts: response::Facts = toml::from_str(r#"
///     people = { at_most = 1200 }
///     known = [{ at = 2025-12-01T09:20:00, by = "情報システム部" }]
///     [answers]
///     leaked = true
///     wrongful = true
/// "#).unwrap();
/// assert_eq!(facts.first_known().unwrap().0.to_string(), "2025-12-01T09:20+09:00");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// How many people are concerned.
    #[serde(skip_serializing_if = "People::is_unknown")]
    pub people: People,
    /// Of how many the My Number is concerned.
    #[serde(skip_serializing_if = "People::is_unknown")]
    pub my_number_people: People,
    /// How many of them live in the one US state where most do.
    #[serde(skip_serializing_if = "People::is_unknown")]
    pub state_residents: People,
    /// When a processor's notice was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_by_processor: Option<Stamp>,
    /// When the principal was told, by a processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_principal: Option<Stamp>,
    /// When the incident was determined to be material (for the US SEC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material_on: Option<Stamp>,
    /// Who knew when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<Knowing>,
    /// What was reported already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<Reported>,
    /// Yes or no.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<Question, bool>,
}

/// Somebody knew of the incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowing {
    /// Since when.
    pub at: Stamp,
    /// Who: a department or a person. Any department's knowing counts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Whether it is the one who did it, whose knowing does not count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub culprit: bool,
}

/// An obligation that was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// Which, by its id.
    pub obligation: String,
    /// When.
    pub at: Stamp,
}

/// How many, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct People {
    /// The number itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Whether the number is only about right.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub about: bool,
    /// The most that it can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
    /// The least that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
}

/// As a facts file writes it: a number, or a table.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number of people, or a table of number, about, at_most, at_least"
)]
enum Written {
    Number(u64),
    Table(Table),
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Table {
    number: Option<u64>,
    about: bool,
    at_most: Option<u64>,
    at_least: Option<u64>,
}

impl From<Written> for People {
    fn from(written: Written) -> Self {
        match written {
            Written::Number(number) => Self::exactly(number),
            Written::Table(Table { number, about, at_most, at_least }) => {
                Self { number, about, at_most, at_least }
            }
        }
    }
}

impl People {
    /// Counted.
    pub fn exactly(number: u64) -> Self {
        Self { number: Some(number), ..Self::default() }
    }

    /// Not counted yet, and no more than that.
    pub fn at_most(most: u64) -> Self {
        Self { at_most: Some(most), ..Self::default() }
    }

    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// The least and the most that it can be. A number that is about right may be off by a tenth.
    pub(crate) fn bounds(&self) -> (u64, Option<u64>) {
        match (self.number, self.about) {
            (Some(number), false) => (number, Some(number)),
            (Some(number), true) => {
                let off = number / 10;
                let most = self.at_most.unwrap_or(number.saturating_add(off));
                ((number - off).max(self.at_least.unwrap_or(0)), Some(most))
            }
            (None, _) => (self.at_least.unwrap_or(0), self.at_most),
        }
    }
}

/// What tells no number of people.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no number of people: 395, <=1200, >=300, ~2800")]
pub struct NotPeople(String);

/// As a person types it: `395`, `<=1,200人`, `>=300`, `約2800名`.
impl FromStr for People {
    type Err = NotPeople;

    fn from_str(s: &str) -> Result<Self, NotPeople> {
        let bare = s.trim().trim_end_matches(['人', '名']);
        let number = |words: &str| {
            let digits = words.trim().replace([',', '，'], "");
            digits.parse::<u64>().map_err(|_| NotPeople(s.to_owned()))
        };
        if let Some(most) = bare.strip_prefix("<=") {
            return Ok(Self::at_most(number(most)?));
        }
        if let Some(least) = bare.strip_prefix(">=") {
            return Ok(Self { at_least: Some(number(least)?), ..Self::default() });
        }
        match bare.strip_prefix(['~', '約']) {
            Some(about) => {
                Ok(Self { number: Some(number(about)?), about: true, ..Self::default() })
            }
            None => Ok(Self::exactly(number(bare)?)),
        }
    }
}

impl Facts {
    /// A number of the facts.
    pub fn number(&self, number: Number) -> &People {
        match number {
            Number::People => &self.people,
            Number::MyNumberPeople => &self.my_number_people,
            Number::StateResidents => &self.state_residents,
        }
    }

    /// The first time that any department knew, at the latest the receipt of a processor's notice,
    /// and who knew; `None` where nobody's knowing is told.
    pub fn first_known(&self) -> Option<(Stamp, &str)> {
        let known = self.known.iter().filter(|known| !known.culprit);
        let own = known.map(|known| (known.at, known.by.as_str()));
        own.chain(self.told_by_processor.map(|at| (at, RECEIPT))).min_by_key(|(at, _)| *at)
    }

    /// When an obligation was met; the first time counts.
    pub fn reported_at(&self, obligation: &str) -> Option<Stamp> {
        let met = self.reported.iter().filter(|reported| reported.obligation == obligation);
        met.map(|reported| reported.at).min()
    }
}

/// Stands for who knew where the processor's notice came first.
pub(crate) const RECEIPT: &str = "\u{0}receipt";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_a_number_or_a_table() {
        let people = |words: &str| toml::from_str::<Facts>(words).map(|facts| facts.people);
        assert_eq!(people("people = 395").unwrap(), People::exactly(395));
        assert_eq!(people("people = { at_most = 2 }").unwrap(), People::at_most(2));
        assert!(people("people = -1").is_err());
        assert!(people("people = { most = 2 }").is_err());
    }

    #[test]
    fn people_are_typed_with_their_limits() {
        for (words, told) in [
            ("395", People::exactly(395)),
            ("<=1,200人", People::at_most(1_200)),
            (">=300", People { at_least: Some(300), ..People::default() }),
            ("約2800名", People { number: Some(2_800), about: true, ..People::default() }),
        ] {
            assert_eq!(words.parse(), Ok(told), "{words}");
        }
        for wrong in ["", "many", "<=", "-3"] {
            assert!(wrong.parse::<People>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_misspelt_fact_is_refused_by_name() {
        let error = toml::from_str::<Facts>("[answers]\nlisetd = true").unwrap_err().to_string();
        assert!(error.contains("lisetd"), "{error}");
    }

    #[test]
    fn the_first_department_counts_and_the_culprit_does_not() {
        let facts: Facts = toml::from_str(
            r#"
            told_by_processor = 2025-12-04
            [[known]]
            at = 2025-12-03
            by = "広報"
            [[known]]
            at = 2025-12-02
            by = "営業"
            [[known]]
            at = 2025-11-30
            by = "持ち出した本人"
            culprit = true
            "#,
        )
        .unwrap();
        assert_eq!(facts.first_known().unwrap().1, "営業");
    }
}
