//! The queries that find the cases behind a figure, and the filters that these queries need. It
//! does not know how the query language is read.

use case::{Facts, Moment};

use super::delay::{self, Stretch};
use super::sizes;
use crate::headline;

/// The field of a query for how exact the number of those affected is.
pub(crate) const EXACTNESS: &str = "count";
/// The field of a query for what that number counts.
pub(crate) const COUNTED: &str = "counted";
/// The field of a query for how long something took.
pub(crate) const DELAY: &str = "delay";

/// What the index keeps of a case so that statistics can ask for it.
pub(crate) fn terms<C>(facts: &Facts<C>) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    if let Some(count) = headline(&facts.affected_count) {
        let (exactness, counted) = sizes::classes(count);
        all.push((EXACTNESS, exactness.name().to_owned()));
        all.push((COUNTED, counted.name().to_owned()));
    }
    let occurred = facts.occurred.as_ref().map(|x| (x.value.from, x.value.approx));
    let discovered = facts.discovered.as_ref().map(|x| (x.value.from, x.value.approx));
    let disclosed = facts.disclosed_on.as_ref().map(|x| (x.value, false));
    for (stretch, length) in lengths(occurred, discovered, disclosed) {
        if let Some(bucket) = length.bucket() {
            all.push((DELAY, delay_value(stretch, bucket)));
        }
    }
    all
}

/// The length of each stretch, in the order of [`Stretch::ALL`].
pub(crate) fn lengths(
    occurred: Option<delay::Date>,
    discovered: Option<delay::Date>,
    disclosed: Option<delay::Date>,
) -> [(Stretch, delay::Length); 3] {
    [
        (Stretch::ToDiscovery, delay::length(occurred, discovered)),
        (Stretch::ToDisclosure, delay::length(discovered, disclosed)),
        (Stretch::InAll, delay::length(occurred, disclosed)),
    ]
}

pub(crate) fn delay_value(stretch: Stretch, bucket: &str) -> String {
    format!("{}_{bucket}", stretch.name())
}

/// Makes the query of a figure: the one that its statistics are of, and what sets it apart.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// What all figures of the statistics share.
    shared: String,
}

impl Ask {
    pub(crate) fn new(query: &str, has_columns: bool) -> Self {
        let query = query.trim();
        // A query of several parts stays one: alternatives in it bind less than what is added.
        let mut shared =
            if query.contains(char::is_whitespace) { format!("({query})") } else { query.into() };
        if has_columns {
            shared = join(&shared, "kind:incident");
        }
        Self { shared }
    }

    pub(crate) fn all(&self) -> String {
        self.shared.clone()
    }

    pub(crate) fn field(&self, field: &str, value: &str) -> String {
        join(&self.shared, &format!("{field}:{value}"))
    }

    pub(crate) fn without(&self, what: &str) -> String {
        join(&self.shared, &format!("-has:{what}"))
    }

    pub(crate) fn disclosed(&self, moment: Moment) -> String {
        self.field("disclosed", &moment.to_string())
    }

    pub(crate) fn affected(&self, (from, to): (u64, u64)) -> String {
        join(&self.shared, &format!("has:count affected:{from}..{to}"))
    }

    /// Two filters.
    pub(crate) fn both(&self, one: (&str, &str), other: (&str, &str)) -> String {
        join(&self.shared, &format!("{}:{} {}:{}", one.0, one.1, other.0, other.1))
    }
}

fn join(one: &str, other: &str) -> String {
    if one.is_empty() { other.to_owned() } else { format!("{one} {other}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_narrows_what_was_asked() {
        assert_eq!(Ask::new("", false).field("category", "insider"), "category:insider");
        assert_eq!(Ask::new("氏名", true).without("count"), "氏名 kind:incident -has:count");
        assert_eq!(Ask::new("a b", false).affected((1, 9)), "(a b) has:count affected:1..9");
    }
}
