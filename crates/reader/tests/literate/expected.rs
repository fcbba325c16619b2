//! A literate case file: the text and the facts expected of it. It does not know how they are
//! compared.

use std::path::Path;

use serde::Deserialize;

/// One file of `cases/`.
pub(crate) struct LiterateCase {
    pub(crate) text: String,
    pub(crate) facts: Vec<Facts>,
}

impl LiterateCase {
    /// Loads a file; a file that is not written as `cases/README.md` says is a failure.
    pub(crate) fn load(path: &Path) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test reads its own data")]
        let file = std::fs::read_to_string(path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let block = |language: &str| {
            let open = format!("```{language}\n");
            let start = file
                .find(&open)
                .unwrap_or_else(|| panic!("{}: no {language} block", path.display()))
                + open.len();
            let length = file[start..]
                .find("\n```")
                .unwrap_or_else(|| panic!("{}: the {language} block is open", path.display()));
            &file[start..=start + length]
        };
        let facts = serde_json::from_str::<OneOrMany>(block("json"))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self {
            text: block("text").to_owned(),
            facts: match facts {
                OneOrMany::One(facts) => vec![*facts],
                OneOrMany::Many(facts) => facts,
            },
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(Box<Facts>),
    Many(Vec<Facts>),
}

/// The facts expected of one entry. An absent key of the optional three is not scored.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) id: String,
    pub(crate) case_number: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) title_also: Vec<String>,
    pub(crate) organisation: Option<String>,
    pub(crate) organisation_also: Vec<String>,
    pub(crate) disclosed_on: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) category_also: Vec<String>,
    pub(crate) occurred: Option<Time>,
    pub(crate) occurred_also: Vec<Time>,
    pub(crate) discovered: Option<Time>,
    pub(crate) discovered_also: Vec<Time>,
    pub(crate) affected_count: Vec<Value>,
    pub(crate) affected_count_also: Vec<u64>,
    pub(crate) data_kinds: Vec<String>,
    pub(crate) data_kinds_also: Vec<String>,
    pub(crate) timeline: Vec<Event>,
    pub(crate) reported_to: Vec<String>,
    pub(crate) reported_to_also: Vec<String>,
    pub(crate) data_disclosure: Option<String>,
    pub(crate) data_disclosure_also: Vec<String>,
    pub(crate) secondary_damage: Option<String>,
    pub(crate) secondary_damage_also: Vec<String>,
    pub(crate) prevention: Vec<String>,
    pub(crate) prevention_also: Vec<String>,
    pub(crate) services_affected: Vec<String>,
    pub(crate) services_affected_also: Vec<String>,
    pub(crate) services_unaffected: Vec<String>,
    pub(crate) services_unaffected_also: Vec<String>,
    pub(crate) other_organisations: Vec<Name>,
    pub(crate) other_organisations_also: Vec<Name>,
    pub(crate) sector: Option<String>,
    pub(crate) sector_also: Vec<String>,
    pub(crate) weekday_conflicts: Vec<String>,
}

/// A time: its beginning as a string, or an object that has one.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Time {
    Point(String),
    Period { from: String },
}

impl Time {
    /// The point, or the beginning.
    pub(crate) fn from(&self) -> &str {
        match self {
            Self::Point(from) | Self::Period { from } => from,
        }
    }
}

/// A count; only its value is compared.
#[derive(Deserialize)]
pub(crate) struct Value {
    pub(crate) value: u64,
}

/// A dated statement.
#[derive(Deserialize)]
pub(crate) struct Event {
    pub(crate) from: String,
    #[serde(rename = "type")]
    pub(crate) is: String,
    #[serde(default)]
    pub(crate) optional: bool,
}

/// An organisation, by name alone or with its role.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Name {
    Plain(String),
    WithRole { name: String },
}

impl Name {
    /// The name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Plain(name) | Self::WithRole { name } => name,
        }
    }
}
