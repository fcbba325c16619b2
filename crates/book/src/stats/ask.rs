//! The queries that find the cases behind a figure, and the filters that these queries need. It
//! does not know how the query language is read.

use case::{Facts, Moment};

use super::delay::{self, Stretch};
use super::sizes;
use crate::headline;

/// The field of a query for how exact the number of those affected is.
pub(crate) const EXACTNESS: &str = "exactness";
/// The field of a query for what that number counts.
pub(crate) const COUNTED: &str = "counted";
/// The field of a query for how long something took.
pub(crate) const DELAY: &str = "delay";

/// The values of `delay`, with their Japanese and English labels.
pub(crate) const DELAYS: &[(&str, &str, &str)] = &[
    ("to_discovery_same_day", "発生から発覚まで・当日", "from occurrence to discovery, same day"),
    ("to_discovery_3d", "発生から発覚まで・3日以内", "from occurrence to discovery, up to 3 days"),
    ("to_discovery_7d", "発生から発覚まで・7日以内", "from occurrence to discovery, up to 7 days"),
    (
        "to_discovery_14d",
        "発生から発覚まで・14日以内",
        "from occurrence to discovery, up to 14 days",
    ),
    (
        "to_discovery_30d",
        "発生から発覚まで・30日以内",
        "from occurrence to discovery, up to 30 days",
    ),
    (
        "to_discovery_90d",
        "発生から発覚まで・90日以内",
        "from occurrence to discovery, up to 90 days",
    ),
    (
        "to_discovery_180d",
        "発生から発覚まで・180日以内",
        "from occurrence to discovery, up to 180 days",
    ),
    ("to_discovery_1y", "発生から発覚まで・1年以内", "from occurrence to discovery, up to a year"),
    ("to_discovery_longer", "発生から発覚まで・1年超", "from occurrence to discovery, over a year"),
    (
        "to_discovery_imprecise",
        "発生から発覚まで・日まで特定できない",
        "from occurrence to discovery, not to the day",
    ),
    (
        "to_discovery_backwards",
        "発生から発覚まで・前後が矛盾",
        "from occurrence to discovery, contradictory order",
    ),
    ("to_disclosure_same_day", "発覚から公表まで・当日", "from discovery to disclosure, same day"),
    ("to_disclosure_3d", "発覚から公表まで・3日以内", "from discovery to disclosure, up to 3 days"),
    ("to_disclosure_7d", "発覚から公表まで・7日以内", "from discovery to disclosure, up to 7 days"),
    (
        "to_disclosure_14d",
        "発覚から公表まで・14日以内",
        "from discovery to disclosure, up to 14 days",
    ),
    (
        "to_disclosure_30d",
        "発覚から公表まで・30日以内",
        "from discovery to disclosure, up to 30 days",
    ),
    (
        "to_disclosure_90d",
        "発覚から公表まで・90日以内",
        "from discovery to disclosure, up to 90 days",
    ),
    (
        "to_disclosure_180d",
        "発覚から公表まで・180日以内",
        "from discovery to disclosure, up to 180 days",
    ),
    ("to_disclosure_1y", "発覚から公表まで・1年以内", "from discovery to disclosure, up to a year"),
    (
        "to_disclosure_longer",
        "発覚から公表まで・1年超",
        "from discovery to disclosure, over a year",
    ),
    (
        "to_disclosure_imprecise",
        "発覚から公表まで・日まで特定できない",
        "from discovery to disclosure, not to the day",
    ),
    (
        "to_disclosure_backwards",
        "発覚から公表まで・前後が矛盾",
        "from discovery to disclosure, contradictory order",
    ),
    ("in_all_same_day", "発生から公表まで・当日", "from occurrence to disclosure, same day"),
    ("in_all_3d", "発生から公表まで・3日以内", "from occurrence to disclosure, up to 3 days"),
    ("in_all_7d", "発生から公表まで・7日以内", "from occurrence to disclosure, up to 7 days"),
    ("in_all_14d", "発生から公表まで・14日以内", "from occurrence to disclosure, up to 14 days"),
    ("in_all_30d", "発生から公表まで・30日以内", "from occurrence to disclosure, up to 30 days"),
    ("in_all_90d", "発生から公表まで・90日以内", "from occurrence to disclosure, up to 90 days"),
    ("in_all_180d", "発生から公表まで・180日以内", "from occurrence to disclosure, up to 180 days"),
    ("in_all_1y", "発生から公表まで・1年以内", "from occurrence to disclosure, up to a year"),
    ("in_all_longer", "発生から公表まで・1年超", "from occurrence to disclosure, over a year"),
    (
        "in_all_imprecise",
        "発生から公表まで・日まで特定できない",
        "from occurrence to disclosure, not to the day",
    ),
    (
        "in_all_backwards",
        "発生から公表まで・前後が矛盾",
        "from occurrence to disclosure, contradictory order",
    ),
];

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
        let query = self.field("disclosed", &moment.to_string());
        // A case of which only the year is known counts in no month.
        if moment.get_month().is_some() { join(&query, "has:month") } else { query }
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
    fn every_length_can_be_asked_for() {
        let buckets = delay::BUCKETS.iter().map(|x| x.0).chain(["imprecise", "backwards"]);
        let names: Vec<String> = Stretch::ALL
            .iter()
            .flat_map(|&stretch| buckets.clone().map(move |x| delay_value(stretch, x)))
            .collect();
        assert_eq!(names, DELAYS.iter().map(|x| x.0).collect::<Vec<_>>());
        for name in names {
            let query = format!("{DELAY}:{name} {EXACTNESS}:exact {COUNTED}:people");
            assert!(crate::query::Query::parse(&query).problems.is_empty(), "{query}");
        }
    }

    #[test]
    fn what_is_asked_narrows_what_was_asked() {
        assert_eq!(Ask::new("", false).field("category", "insider"), "category:insider");
        assert_eq!(Ask::new("氏名", true).without("count"), "氏名 kind:incident -has:count");
        assert_eq!(Ask::new("a b", false).affected((1, 9)), "(a b) has:count affected:1..9");
    }
}
