//! The world of a scenario: when it begins, whose it is, who lives in it, what lies about. Everything in it
//! is invented. It does not know what happens there.

use case::DataKind;
use jiff::Zoned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ScenarioError;

/// A world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// All that is invented follows from it.
    pub seed: u64,
    /// When it begins: `2023-05-25T09:05:00+09:00[+09:00]`.
    #[schemars(with = "String")]
    pub begins: Zoned,
    /// Whose controls are looked at.
    pub organisation: Organisation,
    /// People who are named one by one.
    pub people: Vec<Person>,
    /// People who are many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Who writes to whom every day; these mails go out before anything else, and must arrive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// So many mails went out in the months before: the controls have learnt from them.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub earlier_mails: u32,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixtures: Vec<Fixture>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_none_yet(mails: &u32) -> bool {
    *mails == 0
}

/// The organisation whose controls are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// The domain of its mail.
    pub domain: String,
}

/// On which side of the organisation's edge somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Of the organisation.
    Inside,
    /// Anybody else.
    Outside,
}

/// What somebody says when a control asks about a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It may go.
    LetGo,
    /// It may not.
    Cancel,
    /// They look at it: a mistake they stop, anything else they let go.
    #[default]
    Look,
    /// Nothing.
    Silent,
}

impl Answer {
    /// As a scenario writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LetGo => "let-go",
            Self::Cancel => "cancel",
            Self::Look => "look",
            Self::Silent => "silent",
        }
    }
}

/// Somebody who is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// As the scenario calls them.
    pub id: String,
    /// Their name.
    pub name: String,
    /// The part of their address before the at.
    pub mailbox: String,
    /// The part behind it; the organisation's where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Whether they approve mail of others.
    #[serde(default)]
    pub approves: bool,
    /// What they say when they are asked.
    #[serde(default)]
    pub when_asked: Answer,
}

impl Person {
    /// On which side they are.
    pub const fn side(&self) -> Side {
        if self.domain.is_some() { Side::Outside } else { Side::Inside }
    }
}

/// Many people outside, named by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// As the scenario calls them.
    pub id: String,
    /// How many.
    pub count: u32,
}

/// Somebody writes to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// Who.
    pub from: String,
    /// To whom.
    pub to: String,
    /// How many mails.
    pub mails: u32,
}

/// A file: a table of invented people or organisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// As the scenario calls it.
    pub id: String,
    /// Its name.
    pub file: String,
    /// Lines, without the head.
    pub rows: u32,
    /// What each line holds.
    pub columns: Vec<DataKind>,
    /// People and groups outside who may have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_have: Vec<String>,
    /// The password of the archive that it is packed into; as it is where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The SHA-256 of the table in lower-case hex, so that everybody runs the same; computed where nothing
    /// is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl World {
    /// Somebody who is named.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// People who are many.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// A file.
    pub fn fixture(&self, id: &str) -> Option<&Fixture> {
        self.fixtures.iter().find(|fixture| fixture.id == id)
    }

    /// Whether a person or a group has the name.
    pub fn has(&self, id: &str) -> bool {
        self.person(id).is_some() || self.group(id).is_some()
    }

    pub(super) fn check(&self) -> Result<(), ScenarioError> {
        let senseless = |place: &str, why: String| {
            Err(ScenarioError::Senseless { place: place.to_owned(), why })
        };
        let mut names: Vec<&str> = self.people.iter().map(|person| person.id.as_str()).collect();
        names.extend(self.groups.iter().map(|group| group.id.as_str()));
        names.sort_unstable();
        if let Some([twice, _]) = names.windows(2).find(|two| two[0] == two[1]) {
            return senseless("world", format!("{twice:?} names two of its people"));
        }
        if let Some(group) = self.groups.iter().find(|group| group.count > MOST_PEOPLE) {
            let why = format!("{} people are more than {MOST_PEOPLE}", group.count);
            return senseless(&format!("world, group {:?}", group.id), why);
        }
        if self.earlier_mails > MOST_PEOPLE {
            let why = format!("{} earlier mails are more than {MOST_PEOPLE}", self.earlier_mails);
            return senseless("world", why);
        }
        if let Some(fixture) = self.fixtures.iter().find(|fixture| fixture.rows > MOST_PEOPLE) {
            let why = format!("{} lines are more than {MOST_PEOPLE}", fixture.rows);
            return senseless(&format!("world, fixture {:?}", fixture.id), why);
        }
        for fixture in &self.fixtures {
            if let Some(name) = fixture.may_have.iter().find(|name| !self.has(name)) {
                let (place, name) = (format!("world, fixture {:?}", fixture.id), name.clone());
                return Err(ScenarioError::Unknown { place, name, what: "no person or group" });
            }
        }
        for relation in &self.relations {
            for name in [&relation.from, &relation.to] {
                if self.person(name).is_none() {
                    let (place, name) = ("world, relations".to_owned(), name.clone());
                    return Err(ScenarioError::Unknown { place, name, what: "no person" });
                }
            }
        }
        Ok(())
    }
}

/// More people than this are not invented: a machine can run what is above it no better.
pub const MOST_PEOPLE: u32 = 50_000;
