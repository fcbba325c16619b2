//! What is looked for, in the terms of the index. It does not know the query language.

use std::ops::RangeInclusive;

pub use super::gram::Area;

/// Which documents are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Every document.
    All,
    /// Those with these words, as they stand, folded by the index itself.
    Words {
        /// Where they stand.
        area: Area,
        /// The words.
        text: String,
    },
    /// Those with this term.
    Term {
        /// The field of the term.
        field: String,
        /// Its value, exactly.
        value: String,
    },
    /// Those whose day lies here; a document without a day has none that does.
    Days(RangeInclusive<i32>),
    /// Those without a day.
    DayUnknown,
    /// Those whose range of this field touches this one; an unknown one touches none.
    Number {
        /// The field.
        field: String,
        /// The wanted values.
        range: RangeInclusive<i64>,
    },
    /// Those of which this field is not known.
    NumberUnknown(String),
    /// Those that all parts want; without parts, every document.
    And(Vec<Plan>),
    /// Those that any part wants; without parts, none.
    Or(Vec<Plan>),
    /// The others.
    Not(Box<Plan>),
}
