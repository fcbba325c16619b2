//! Lengths of time between what happened, was noticed and was made public, in days. A date that
//! is not given to the day gives no number of days, and a later thing that stands before an
//! earlier one is a contradiction: both are counted apart. It does not know where the dates are
//! kept.

use case::{Field, Lang, Moment};
use serde::Serialize;

use crate::epoch_day;

/// The buckets of a distribution: name and the most days that fall into it.
pub const BUCKETS: &[(&str, i64)] = &[
    ("same_day", 0),
    ("3d", 3),
    ("7d", 7),
    ("14d", 14),
    ("30d", 30),
    ("90d", 90),
    ("180d", 180),
    ("1y", 365),
    ("longer", i64::MAX),
];

/// From what to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stretch {
    /// From the occurrence to its discovery.
    ToDiscovery,
    /// From the discovery to the first disclosure.
    ToDisclosure,
    /// From the occurrence to the first disclosure.
    InAll,
}

impl Stretch {
    /// All of them.
    pub const ALL: &[Self] = &[Self::ToDiscovery, Self::ToDisclosure, Self::InAll];

    /// Its name in queries and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ToDiscovery => "to_discovery",
            Self::ToDisclosure => "to_disclosure",
            Self::InAll => "in_all",
        }
    }

    /// The fields that it lies between.
    pub const fn fields(self) -> (Field, Field) {
        match self {
            Self::ToDiscovery => (Field::Occurred, Field::Discovered),
            Self::ToDisclosure => (Field::Discovered, Field::DisclosedOn),
            Self::InAll => (Field::Occurred, Field::DisclosedOn),
        }
    }

    /// What people call it.
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::ToDiscovery, Lang::Ja) => "発生から発覚まで",
            (Self::ToDiscovery, Lang::En) => "from occurrence to discovery",
            (Self::ToDisclosure, Lang::Ja) => "発覚から公表まで",
            (Self::ToDisclosure, Lang::En) => "from discovery to disclosure",
            (Self::InAll, Lang::Ja) => "発生から公表まで",
            (Self::InAll, Lang::En) => "from occurrence to disclosure",
        }
    }
}

/// What people call a bucket, or one of the three that are none.
pub fn bucket_label(name: &str, lang: Lang) -> &'static str {
    match (name, lang) {
        ("same_day", Lang::Ja) => "当日",
        ("same_day", Lang::En) => "same day",
        ("3d", Lang::Ja) => "3日以内",
        ("3d", Lang::En) => "up to 3 days",
        ("7d", Lang::Ja) => "7日以内",
        ("7d", Lang::En) => "up to 7 days",
        ("14d", Lang::Ja) => "14日以内",
        ("14d", Lang::En) => "up to 14 days",
        ("30d", Lang::Ja) => "30日以内",
        ("30d", Lang::En) => "up to 30 days",
        ("90d", Lang::Ja) => "90日以内",
        ("90d", Lang::En) => "up to 90 days",
        ("180d", Lang::Ja) => "180日以内",
        ("180d", Lang::En) => "up to 180 days",
        ("1y", Lang::Ja) => "1年以内",
        ("1y", Lang::En) => "up to a year",
        ("longer", Lang::Ja) => "1年超",
        ("longer", Lang::En) => "over a year",
        ("imprecise", Lang::Ja) => "日まで特定できない",
        ("imprecise", Lang::En) => "not to the day",
        ("backwards", Lang::Ja) => "前後が矛盾",
        ("backwards", Lang::En) => "contradictory order",
        (_, Lang::Ja) => "不明",
        (_, Lang::En) => "unknown",
    }
}

/// A date, and whether its source says about when.
pub(crate) type Date = (Moment, bool);

/// How long it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// One of the dates is not known.
    Unknown,
    /// One of the dates is not given to the day, or as about a day.
    Imprecise,
    /// The later thing is dated before the earlier one.
    Backwards,
    /// So many days.
    Days(i64),
}

impl Length {
    /// The name of its bucket; `None` where a date is unknown.
    pub(crate) fn bucket(self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::Imprecise => Some("imprecise"),
            Self::Backwards => Some("backwards"),
            Self::Days(days) => BUCKETS.iter().find(|(_, most)| days <= *most).map(|x| x.0),
        }
    }
}

/// The length between two dates.
pub(crate) fn length(from: Option<Date>, to: Option<Date>) -> Length {
    let (Some(from), Some(to)) = (from, to) else { return Length::Unknown };
    let (Some(first), Some(last)) = (epoch_day(from.0), last_day(to.0)) else {
        return Length::Unknown;
    };
    let is_about = from.1 || to.1;
    let days = i64::from(last) - i64::from(first);
    if days < 0 && !is_about {
        Length::Backwards
    } else if is_about || from.0.get_day().is_none() || to.0.get_day().is_none() {
        Length::Imprecise
    } else {
        Length::Days(days)
    }
}

/// The last day that a moment may mean, since 1970-01-01.
fn last_day(moment: Moment) -> Option<i32> {
    if moment.get_day().is_some() {
        return epoch_day(moment);
    }
    let (year, month) = (moment.get_year(), moment.get_month().unwrap_or(12));
    (28..=31).rev().find_map(|day| Moment::day(year, month, day)).and_then(epoch_day)
}

/// Shares of the cases, in hundredths, at which a distribution is read off.
pub const SHARES: [u8; 7] = [10, 25, 50, 75, 80, 90, 95];

/// The value below or at which `share` hundredths of a sorted list lie (nearest rank); `None` for
/// an empty one.
pub fn quantile<T: Copy>(sorted: &[T], share: u8) -> Option<T> {
    let rank = (sorted.len() * usize::from(share)).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, to: &str, expected: Length) {
        let date = |words: &str| {
            let (words, about) = words.strip_suffix('~').map_or((words, false), |x| (x, true));
            words.parse().ok().map(|moment| (moment, about))
        };
        assert_eq!(length(date(from), date(to)), expected, "{from} {to}");
    }

    #[test]
    fn only_days_make_a_length() {
        check("2031-02-27", "2031-03-01", Length::Days(2));
        check("2031-02-27T23:59", "2031-02-28T00:01", Length::Days(1));
        check("2031-02-27", "2031-02-27", Length::Days(0));
        check("2031-02", "2031-02-27", Length::Imprecise);
        check("2031-02-27~", "2031-02-20", Length::Imprecise);
        check("2031-03-01", "2031-02", Length::Backwards);
        check("2031-02-28", "2031-02", Length::Imprecise);
        check("2031-12-31", "2031", Length::Imprecise);
        check("2032", "2031-12-31", Length::Backwards);
        check("", "2031-12-31", Length::Unknown);
    }

    #[test]
    fn lengths_have_their_bucket() {
        for (days, bucket) in
            [(0, "same_day"), (1, "3d"), (3, "3d"), (4, "7d"), (365, "1y"), (366, "longer")]
        {
            assert_eq!(Length::Days(days).bucket(), Some(bucket));
        }
        assert_eq!(Length::Unknown.bucket(), None);
    }

    #[test]
    fn quantiles_are_values_of_the_list() {
        let list: Vec<i64> = (1..=10).collect();
        let found: Vec<_> = [10, 25, 50, 75, 90].map(|x| quantile(&list, x).unwrap()).into();
        assert_eq!(found, [1, 3, 5, 8, 9]);
        assert_eq!(quantile(&[7], 10), Some(7));
        assert_eq!(quantile::<i64>(&[], 50), None);
    }
}
