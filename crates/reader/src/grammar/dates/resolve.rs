//! From what is written to moments.

use case::{Moment, When};

use super::Mention;
use crate::grammar::Extent;

/// What is known about the text as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// When the text was published, if known.
    pub disclosed: Option<Moment>,
    /// The year of the case number, if there is one.
    pub book_year: Option<i16>,
}

/// What a mention says, once its neighbours have filled in what it leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Index into the mentions.
    pub mention: usize,
    /// When.
    pub when: When,
    /// Whether the year is not written at it but was inferred.
    pub year_inferred: bool,
    /// The date and weekday that do not fit each other.
    pub weekday_conflict: Option<Extent>,
    /// Whether the end comes before the beginning.
    pub range_reversed: bool,
}

/// Resolves `mentions` of `folded` in order. A mention that nothing fixes to a year (or, for a
/// bare time, to a day) has no result.
pub fn resolve(mentions: &[Mention], folded: &str, context: &Context) -> Vec<Resolved> {
    let _ = (mentions, folded, context);
    Vec::new()
}
