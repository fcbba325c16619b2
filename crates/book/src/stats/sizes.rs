//! How many are affected: what kind of number it is and of what. Limits and approximations are
//! never added to what is exact, people never to machines, and no number is never zero.

use case::{Bound, Count, Lang};
use serde::Serialize;

/// What kind of number a source gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exactness {
    /// The number itself.
    Exact,
    /// About: 約.
    Approximate,
    /// At most: 最大.
    AtMost,
    /// At least: 以上.
    AtLeast,
}

impl Exactness {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Exact, Self::Approximate, Self::AtMost, Self::AtLeast];

    /// Its name in queries and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Approximate => "approximate",
            Self::AtMost => "at_most",
            Self::AtLeast => "at_least",
        }
    }

    /// What people call it.
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Exact, Lang::Ja) => "確定",
            (Self::Exact, Lang::En) => "exact",
            (Self::Approximate, Lang::Ja) => "概数",
            (Self::Approximate, Lang::En) => "approximate",
            (Self::AtMost, Lang::Ja) => "最大",
            (Self::AtMost, Lang::En) => "at most",
            (Self::AtLeast, Lang::Ja) => "以上",
            (Self::AtLeast, Lang::En) => "at least",
        }
    }

    /// Of a number: a limit is a limit, also where it is an approximate one.
    pub(crate) const fn of(bound: Bound, approx: bool) -> Self {
        match (bound, approx) {
            (Bound::AtMost, _) => Self::AtMost,
            (Bound::AtLeast, _) => Self::AtLeast,
            (Bound::Exact, true) => Self::Approximate,
            (Bound::Exact, false) => Self::Exact,
        }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// People: 人, 名.
    People,
    /// Records: 件.
    Records,
    /// Anything else (社, 台, 校), and numbers without a unit.
    Others,
}

impl Counted {
    /// All of them.
    pub const ALL: &[Self] = &[Self::People, Self::Records, Self::Others];

    /// Its name in queries and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Records => "records",
            Self::Others => "others",
        }
    }

    /// What people call it.
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::People, Lang::Ja) => "人数",
            (Self::People, Lang::En) => "people",
            (Self::Records, Lang::Ja) => "件数",
            (Self::Records, Lang::En) => "records",
            (Self::Others, Lang::Ja) => "その他の単位",
            (Self::Others, Lang::En) => "other units",
        }
    }

    /// By the unit as written.
    pub(crate) fn of(unit: &str) -> Self {
        let unit = unit.to_lowercase();
        if ["人", "名", "people", "person"].iter().any(|word| unit.contains(word)) {
            Self::People
        } else if ["件", "record"].iter().any(|word| unit.contains(word)) {
            Self::Records
        } else {
            Self::Others
        }
    }
}

/// The exactness and what is counted, of a case's number.
pub(crate) fn classes<C>(count: &Count<C>) -> (Exactness, Counted) {
    (Exactness::of(count.bound, count.approx), Counted::of(&count.unit))
}

/// The order of magnitude of a number: its first and last number (0 to 0, 1 to 9, 10 to 99 …).
pub(crate) const fn order(value: u64) -> (u64, u64) {
    match value.checked_ilog10() {
        None => (0, 0),
        Some(digits) => {
            let from = 10_u64.pow(digits);
            match from.checked_mul(10) {
                Some(past) => (from, past - 1),
                None => (from, u64::MAX),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_class() {
        assert_eq!(Exactness::of(Bound::AtMost, true), Exactness::AtMost);
        assert_eq!(Exactness::of(Bound::Exact, true), Exactness::Approximate);
        for (unit, counted) in [
            ("人", Counted::People),
            ("名分", Counted::People),
            ("件", Counted::Records),
            ("台", Counted::Others),
            ("", Counted::Others),
        ] {
            assert_eq!(Counted::of(unit), counted, "{unit}");
        }
    }

    #[test]
    fn orders_touch_and_do_not_overlap() {
        assert_eq!(order(0), (0, 0));
        assert_eq!(order(9), (1, 9));
        assert_eq!(order(10), (10, 99));
        assert_eq!(order(3_455_754), (1_000_000, 9_999_999));
        assert_eq!(order(u64::MAX).1, u64::MAX);
    }
}
