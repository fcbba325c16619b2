//! The fields that a query can filter by, with the names they answer to. It does not know what a
//! value of one looks like.

use case::{
    Authority, Category, DataDisclosure, DataKind, Kind, Lang, Measure, SecondaryDamage, Sector,
};

use crate::index::fold;
use crate::stats::DELAYS;
use crate::stats::sizes::{Counted, Exactness};

/// Declares the fields: name, Japanese label, English label, other names.
macro_rules! fields {
    ($($field:ident $name:literal $ja:literal $en:literal [$($other:literal),*],)+) => {
        /// A field that a query can filter by. Its name is that of the index's term or number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field { $(#[doc = $en] $field,)+ }

        impl Field {
            /// Every field.
            pub const ALL: &[Self] = &[$(Self::$field),+];

            /// Its name in a query.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$field => $name),+ }
            }

            /// What people call it.
            pub const fn label(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$field, Lang::Ja) => $ja, (Self::$field, Lang::En) => $en,)+
                }
            }

            /// Everything it answers to.
            const fn names(self) -> &'static [&'static str] {
                match self { $(Self::$field => &[$name, $ja, $en, $($other),*]),+ }
            }
        }
    };
}

fields! {
    Category "category" "分類" "category" ["種類", "原因"],
    Sector "sector" "業種" "sector" ["業界"],
    Data "data" "データ" "data" ["情報", "データの種類", "data_kinds"],
    Measure "measure" "再発防止策" "measure" ["対策", "防止策", "prevention"],
    Organisation "organisation" "組織" "organisation" ["org", "organization", "会社", "団体", "企業", "組織名"],
    Service "service" "サービス" "service" ["services"],
    Authority "authority" "報告先" "authority" ["当局", "届出先", "reported_to"],
    Disclosed "disclosed" "公表" "disclosed" ["公表日", "開示", "disclosed_on", "date"],
    Occurred "occurred" "発生" "occurred" ["発生日"],
    Discovered "discovered" "発覚" "discovered" ["発覚日", "判明"],
    Affected "affected" "人数" "affected" ["件数", "規模", "影響", "影響の規模", "affected_count", "count"],
    Disclosure "disclosure" "漏えい" "disclosure" ["漏洩", "漏えいの有無", "data_disclosure"],
    Damage "damage" "二次被害" "damage" ["secondary_damage"],
    Has "has" "有" "has" ["あり", "ある"],
    Number "number" "番号" "number" ["事件番号", "case_number", "case"],
    Kind "kind" "種別" "kind" [],
    Exactness "exactness" "人数の確かさ" "exactness of the count" [],
    Counted "counted" "数の対象" "what is counted" [],
    Delay "delay" "日数" "days taken" [],
}

impl Field {
    /// The field of that name, in whatever width and language.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = fold(name);
        Self::ALL.iter().copied().find(|field| field.names().iter().any(|own| fold(own) == name))
    }

    /// The field whose name was probably meant.
    pub(super) fn like(name: &str) -> Option<Self> {
        let name = fold(name);
        let near = |own: &&str| own.len() > 3 && own.is_ascii() && distance(own, &name) <= 2;
        Self::ALL.iter().copied().find(|field| field.names().iter().any(near))
    }

    /// The values it may have, where these are few: name, Japanese and English label.
    pub fn values(self) -> Vec<(&'static str, &'static str, &'static str)> {
        macro_rules! all {
            ($values:ident) => {
                $values::ALL
                    .iter()
                    .map(|value| (value.name(), value.label(Lang::Ja), value.label(Lang::En)))
                    .collect()
            };
        }
        match self {
            Self::Category => all!(Category),
            Self::Sector => all!(Sector),
            Self::Data => all!(DataKind),
            Self::Measure => all!(Measure),
            Self::Authority => all!(Authority),
            Self::Disclosure => all!(DataDisclosure),
            Self::Damage => all!(SecondaryDamage),
            Self::Kind => all!(Kind),
            Self::Has => all!(Has),
            Self::Exactness => all!(Exactness),
            Self::Counted => all!(Counted),
            Self::Delay => DELAYS.to_vec(),
            Self::Organisation
            | Self::Service
            | Self::Disclosed
            | Self::Occurred
            | Self::Discovered
            | Self::Affected
            | Self::Number => Vec::new(),
        }
    }

    /// The record's name of one of few values, from its name or a label.
    pub(super) fn value(self, text: &str) -> Option<&'static str> {
        let text = fold(text);
        self.values()
            .into_iter()
            .find(|(name, ja, en)| [name, ja, en].into_iter().any(|own| fold(own) == text))
            .map(|(name, ..)| name)
    }
}

/// Declares what a case can have: name, Japanese and English label.
macro_rules! has {
    ($($value:ident $name:literal $ja:literal $en:literal,)+) => {
        /// What a case may have or lack.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Has { $(#[doc = $en] $value,)+ }

        impl Has {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// The name in a query and in the index.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => $name),+ }
            }

            /// What people call it.
            pub const fn label(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$value, Lang::Ja) => $ja, (Self::$value, Lang::En) => $en,)+
                }
            }
        }
    };
}

has! {
    Contradiction "contradiction" "矛盾" "a contradiction in the text",
    Correction "correction" "訂正" "a correction by a person",
    Count "count" "人数" "a count of those affected",
    Date "date" "公表日" "a date of disclosure",
    Service "service" "サービス" "services",
    Technical "technical" "技術的事項" "technical facts",
    Sector "sector" "業種" "a sector",
    Data "data" "データの種類" "kinds of data",
    Measure "measure" "再発防止策" "measures",
    Authority "authority" "報告先" "authorities it was reported to",
    Month "month" "公表月" "a month of disclosure",
}

/// Levenshtein distance of two short names.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &b) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
