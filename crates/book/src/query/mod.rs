//! The query language of the book: words, phrases, `-`, `OR`, parentheses and `field:value`.
//!
//! A query is read without failing: what cannot be understood is left out, and said with its place
//! and what to do. Written out again it reads as the same query, so that a page can add and take
//! away filters. This module does not know how documents are found: it makes a [`Plan`] for the
//! index.

mod dates;
mod field;
mod filter;
mod number;
mod parse;
mod problem;
mod show;

#[cfg(test)]
mod tests;

pub use dates::Days;
pub use field::{Field, Has};
pub use filter::{Filter, Value};
pub use number::Amount;
pub use parse::{Limits, Parsed};
pub use problem::{Problem, ProblemKind};

use crate::index::{Area, Plan};

/// What is looked for.
///
/// ```
/// use book::query::Query;
/// let parsed = Query::parse("漏えい 分類:ランサムウェア -訓練");
/// assert!(parsed.problems.is_empty());
/// assert_eq!(parsed.query.to_string(), "漏えい category:ransomware -訓練");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Node);

/// A part of a query. Kept in one form: no list in a list of its kind, none of one part, nothing
/// denied twice.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    /// Words as they were typed.
    Words(String),
    Filter(Filter),
    Not(Box<Node>),
    /// All of these; without any, every case.
    All(Vec<Node>),
    /// One of these, two at least.
    Any(Vec<Node>),
}

impl Default for Node {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Node {
    fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut list = Vec::new();
        for part in parts {
            match part {
                Self::All(inner) => list.extend(inner),
                part => list.push(part),
            }
        }
        if list.len() == 1 { list.remove(0) } else { Self::All(list) }
    }

    /// One of `parts`; where one of them is every case, every case.
    fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut list = Vec::new();
        for part in parts {
            match part {
                Self::Any(inner) => list.extend(inner),
                Self::All(inner) if inner.is_empty() => return Self::default(),
                part => list.push(part),
            }
        }
        if list.len() == 1 { list.remove(0) } else { Self::Any(list) }
    }

    fn not(part: Self) -> Self {
        match part {
            Self::Not(inner) => *inner,
            part => Self::Not(Box::new(part)),
        }
    }

    fn plan(&self) -> Plan {
        match self {
            Self::Words(text) => Plan::Words { area: Area::Everything, text: text.clone() },
            Self::Filter(filter) => filter.plan(),
            Self::Not(part) => Plan::Not(Box::new(part.plan())),
            Self::All(parts) => Plan::And(parts.iter().map(Self::plan).collect()),
            Self::Any(parts) => Plan::Or(parts.iter().map(Self::plan).collect()),
        }
    }

    fn words<'a>(&'a self, into: &mut Vec<&'a str>) {
        match self {
            Self::Words(text) => into.push(text),
            Self::Filter(filter) => into.extend(filter.words()),
            Self::Not(_) => {}
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.words(into)),
        }
    }
}

impl Query {
    /// Reads a query within the usual limits.
    pub fn parse(text: &str) -> Parsed {
        parse::parse(text, &Limits::default())
    }

    /// Reads a query within these limits.
    pub fn parse_within(text: &str, limits: &Limits) -> Parsed {
        parse::parse(text, limits)
    }

    /// Every case.
    pub fn everything() -> Self {
        Self::default()
    }

    /// Words as they stand, whatever signs are in them.
    pub fn words_of(text: &str) -> Self {
        if crate::index::fold(text).is_empty() {
            return Self::default();
        }
        Self(Node::Words(text.trim().to_owned()))
    }

    /// Whether it asks for nothing, so that every case is found.
    pub fn is_everything(&self) -> bool {
        self.0 == Node::default()
    }

    /// What the index looks for.
    pub fn plan(&self) -> Plan {
        self.0.plan()
    }

    /// The words that are looked for, to be highlighted.
    pub fn words(&self) -> Vec<&str> {
        let mut words = Vec::new();
        self.0.words(&mut words);
        words
    }

    /// The filters that every hit fulfils.
    pub fn filters(&self) -> Vec<&Filter> {
        let parts = match &self.0 {
            Node::All(parts) => parts.as_slice(),
            part => std::slice::from_ref(part),
        };
        parts
            .iter()
            .filter_map(|part| if let Node::Filter(filter) = part { Some(filter) } else { None })
            .collect()
    }

    /// With one filter more; the same if it is there.
    #[must_use]
    pub fn with_filter(&self, filter: Filter) -> Self {
        if self.filters().contains(&&filter) {
            return self.clone();
        }
        Self(Node::all([self.0.clone(), Node::Filter(filter)]))
    }

    /// With this filter in place of all others of its field.
    #[must_use]
    pub fn with_only(&self, filter: Filter) -> Self {
        self.without_field(filter.field()).with_filter(filter)
    }

    /// Without a filter that every hit fulfils.
    #[must_use]
    pub fn without(&self, filter: &Filter) -> Self {
        self.leave_out(|other| other == filter)
    }

    /// Without any filter of a field that every hit fulfils.
    #[must_use]
    pub fn without_field(&self, field: Field) -> Self {
        self.leave_out(|other| other.field() == field)
    }

    fn leave_out(&self, unwanted: impl Fn(&Filter) -> bool) -> Self {
        let keeps = |node: &Node| !matches!(node, Node::Filter(filter) if unwanted(filter));
        match &self.0 {
            Node::All(parts) => Self(Node::all(parts.iter().filter(|node| keeps(node)).cloned())),
            node if keeps(node) => self.clone(),
            _ => Self::default(),
        }
    }
}
