//! A scenario as a value and as TOML: a world, what is done in it, and what must and must not come of it.
//! It is derived from a case or written by hand. It does not know how it is run.

mod after;
mod world;

use case::{Category, Measure};
use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};

pub use after::After;
pub use world::{Answer, Fixture, Group, MOST_PEOPLE, Organisation, Person, Relation, Side, World};

use toml::{Table, Value};

use crate::{Cite, kinds};

/// The version of the form that is read and written here.
pub const VERSION: u32 = 1;

/// More files are not made up: what stops an encryption stops it after a few.
pub const MOST_FILES: u32 = 2_000;

/// What a step may say, since serde cannot refuse other keys of a table that it flattens.
const STEP_KEYS: &[&str] = &[
    "id", "at", "action", "from", "to", "cc", "bcc", "meant_for", "subject", "text", "attach",
    "is_mistaken", "files",
];

/// An accident as it can be run again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The version of this form: 1.
    pub version: u32,
    /// What kind of accident it is: the name of a file in `replay/kinds/`.
    pub kind: String,
    /// The case it comes from.
    pub case: About,
    /// In what world it happens.
    pub world: World,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// What must hold before; otherwise the replay is invalid.
    #[serde(default)]
    pub baseline: Vec<Expectation>,
    /// What the controls must prevent, detect, record or limit.
    pub expect: Vec<Expectation>,
    /// What must not happen by the controls' doing.
    #[serde(default)]
    pub forbid: Vec<Expectation>,
    /// Controls weakened, and what must then fail.
    #[serde(default)]
    pub mutants: Vec<Mutant>,
    /// What must hold when all is over.
    #[serde(default)]
    pub cleanup: Cleanup,
}

/// The case that a scenario comes from, and what of it is known and what is assumed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Its category, by the name that the case record uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// How long it took until somebody noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noticed_after: Option<After>,
    /// The measures that the case itself announced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// What it says, with its words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Taken>,
    /// What it does not say and is taken to be so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<Assumed>,
}

/// A fact that a scenario takes from its case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// What of the scenario it settles.
    pub what: String,
    /// As what.
    pub value: String,
    /// The words that say so.
    pub words: String,
    /// Where they stand.
    pub place: String,
}

/// Something that a case does not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assumed {
    /// What of the scenario it settles.
    pub what: String,
    /// As what.
    pub value: String,
}

impl About {
    /// Notes a fact and where it comes from; without words, that it is assumed.
    pub fn settle(&mut self, what: &str, value: impl Into<String>, cite: Option<&Cite>) {
        let (what, value) = (what.to_owned(), value.into());
        match cite {
            Some(Cite { place, words }) => {
                let (words, place) = (words.clone(), place.clone());
                self.facts.push(Taken { what, value, words, place });
            }
            None => self.assumed.push(Assumed { what, value }),
        }
    }
}

/// Something that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Its name.
    pub id: String,
    /// So long after the beginning.
    pub at: After,
    /// What.
    #[serde(flatten)]
    pub action: Action,
}

/// What can be done in a world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Somebody sends a mail.
    SendMail(SentMail),
    /// Somebody encrypts the files of a server.
    EncryptFiles(EncryptedFiles),
}

impl Action {
    /// The mail, where one is sent.
    pub const fn mail(&self) -> Option<&SentMail> {
        match self {
            Self::SendMail(mail) => Some(mail),
            Self::EncryptFiles(_) => None,
        }
    }
}

/// Files that are encrypted: made-up ones, on a file system that the run makes for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EncryptedFiles {
    /// How many there are.
    pub files: u32,
}

/// A mail as it is sent, and whom it was meant for. Names are those of people and groups of the world.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SentMail {
    /// Who sends it.
    pub from: String,
    /// Who stands in To.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// Who stands in Cc.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    /// Who gets it without being named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<String>,
    /// Who is to have it in the end; nobody else is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meant_for: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The files that are attached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attach: Vec<String>,
    /// Whether it goes to the wrong people, or has the wrong file; whoever is asked then answers as they
    /// do to a mistake.
    #[serde(default)]
    pub is_mistaken: bool,
}

impl SentMail {
    /// Everybody who gets it.
    pub fn recipients(&self) -> impl Iterator<Item = &str> {
        self.to.iter().chain(&self.cc).chain(&self.bcc).map(String::as_str)
    }
}

/// What can be counted when a run is over.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Probe {
    /// People whose address another recipient outside can see.
    AddressesExposed,
    /// People who got a mail that was not meant for them.
    StrangersReached,
    /// Files that are with somebody for whom they were not meant.
    FilesWithStrangers,
    /// Passwords that are with somebody for whom they were not meant.
    PasswordsWithStrangers,
    /// Those for whom a mail was meant and who have none.
    RightfulWithoutMail,
    /// Ordinary mails of the world that did not arrive as they were sent.
    OrdinaryMailStopped,
    /// Findings that the controls opened and that bind.
    FindingsOpened,
    /// Files that were not as they are to be when the encryption had ended or was stopped.
    FilesEncrypted,
    /// Files that are not as they are to be when all that can be done for them was done.
    FilesLost,
    /// Ordinary work over the same files that was stopped.
    OrdinaryWorkStopped,
}

impl Probe {
    /// Every probe.
    pub const ALL: &[Self] = &[
        Self::AddressesExposed,
        Self::StrangersReached,
        Self::FilesWithStrangers,
        Self::PasswordsWithStrangers,
        Self::RightfulWithoutMail,
        Self::OrdinaryMailStopped,
        Self::FindingsOpened,
        Self::FilesEncrypted,
        Self::FilesLost,
        Self::OrdinaryWorkStopped,
    ];

    /// What it counts: Japanese and English.
    pub const fn label(self, lang: case::Lang) -> &'static str {
        match self {
            Self::AddressesExposed => lang.of("見えたアドレス", "addresses exposed"),
            Self::StrangersReached => lang.of("届いた第三者", "strangers reached"),
            Self::FilesWithStrangers => lang.of("第三者に渡ったファイル", "files with strangers"),
            Self::PasswordsWithStrangers => {
                lang.of("第三者に渡ったパスワード", "passwords with strangers")
            }
            Self::RightfulWithoutMail => {
                lang.of("届くべきで届かなかった人", "rightful recipients without mail")
            }
            Self::OrdinaryMailStopped => lang.of("止まった通常のメール", "ordinary mails stopped"),
            Self::FindingsOpened => lang.of("検知", "findings"),
            Self::FilesEncrypted => lang.of("暗号化されたファイル", "files encrypted"),
            Self::FilesLost => lang.of("失われたファイル", "files lost"),
            Self::OrdinaryWorkStopped => lang.of("止まった通常の作業", "ordinary work stopped"),
        }
    }
}

/// What is asked of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Must {
    /// It does not happen.
    Prevent,
    /// It happens to fewer, or less of it.
    Limit,
    /// Somebody is told.
    Detect,
    /// It can be seen afterwards.
    Record,
    /// It holds, whatever the controls do.
    Hold,
}

impl Must {
    /// Whether it counts the accident itself, which happens without the control.
    pub const fn is_of_the_accident(self) -> bool {
        matches!(self, Self::Prevent | Self::Limit)
    }
}

/// A count that must be within bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Its name.
    pub id: String,
    /// Of which control; none for what holds whatever the controls do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// What is asked of it.
    pub must: Must,
    /// What is counted.
    pub probe: Probe,
    /// At most so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
    /// At least so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// How many it were when it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<u64>,
}

impl Expectation {
    /// That a control prevents what was so many.
    pub fn prevented(id: &str, control: &str, probe: Probe, was: u64) -> Self {
        Self {
            id: id.to_owned(),
            control: Some(control.to_owned()),
            must: Must::Prevent,
            probe,
            at_most: Some(0),
            at_least: None,
            was: Some(was),
        }
    }

    /// That there is none of something, whatever the controls do.
    pub fn none(id: &str, probe: Probe) -> Self {
        Self {
            id: id.to_owned(),
            control: None,
            must: Must::Hold,
            probe,
            at_most: Some(0),
            at_least: None,
            was: None,
        }
    }

    /// That a control tells of it.
    pub fn detected(id: &str, control: &str) -> Self {
        Self {
            id: id.to_owned(),
            control: Some(control.to_owned()),
            must: Must::Detect,
            probe: Probe::FindingsOpened,
            at_most: None,
            at_least: Some(1),
            was: None,
        }
    }

    /// Whether a count is within its bounds.
    pub fn holds(&self, counted: u64) -> bool {
        self.at_most.is_none_or(|most| counted <= most)
            && self.at_least.is_none_or(|least| counted >= least)
    }
}

/// A control weakened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Its name.
    pub id: String,
    /// How.
    pub weakness: Weakness,
    /// The expectations that must then fail. Where the accident was counted, it must reach that count.
    pub fails: Vec<String>,
}

/// How a control is weakened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weakness {
    /// It is not there.
    Removed,
    /// Its policy says otherwise: what stands here is put over it.
    Policy(#[schemars(with = "serde_json::Map<String, serde_json::Value>")] toml::Table),
    /// It knows nothing of earlier mail.
    Unlearnt,
    /// Whoever is asked says yes without looking.
    EverybodyLetsGo,
}

/// What must hold when a run is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cleanup {
    /// Nothing of the sandbox is left.
    pub leaves_nothing: bool,
}

impl Default for Cleanup {
    fn default() -> Self {
        Self { leaves_nothing: true }
    }
}

/// Why something is no scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file is not of the form.
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    /// It is of another version.
    #[error("version {0} is not known here; this program reads version {VERSION}")]
    Version(u32),
    /// It names something that it does not have.
    #[error("{place} names {name:?}, and {what} of that name stands in the scenario")]
    Unknown {
        /// Where.
        place: String,
        /// Which name.
        name: String,
        /// What was looked for, after "no".
        what: &'static str,
    },
    /// It makes no sense.
    #[error("{place}: {why}")]
    Senseless {
        /// Where.
        place: String,
        /// Why.
        why: String,
    },
}

impl Scenario {
    /// Reads a scenario and checks that what it names is there.
    pub fn parse(written: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(written)?;
        scenario.check()?;
        check_keys(written)?;
        Ok(scenario)
    }

    /// As TOML.
    pub fn to_toml(&self) -> String {
        // Strings, numbers and tables alone: every value has a form.
        toml::to_string_pretty(self).unwrap_or_default()
    }

    /// The JSON Schema of the form.
    pub fn schema() -> Schema {
        schema_for!(Self)
    }

    fn check(&self) -> Result<(), ScenarioError> {
        if self.version != VERSION {
            return Err(ScenarioError::Version(self.version));
        }
        self.world.check()?;
        self.check_kind()?;
        self.check_ids()?;
        let unknown = |place: String, name: &str, what| {
            Err(ScenarioError::Unknown { place, name: name.to_owned(), what })
        };
        for step in &self.steps {
            let place = format!("step {:?}", step.id);
            let mail = match &step.action {
                Action::SendMail(mail) => mail,
                Action::EncryptFiles(EncryptedFiles { files })
                    if (1..=MOST_FILES).contains(files) =>
                {
                    continue;
                }
                Action::EncryptFiles(EncryptedFiles { files }) => {
                    let why = format!("{files} files are not 1 to {MOST_FILES}");
                    return Err(ScenarioError::Senseless { place, why });
                }
            };
            if self.world.person(&mail.from).is_none() {
                return unknown(place, &mail.from, "no person");
            }
            for name in mail.recipients().chain(mail.meant_for.iter().map(String::as_str)) {
                if !self.world.has(name) {
                    return unknown(place, name, "no person or group");
                }
            }
            if mail.recipients().next().is_none() {
                let why = "nobody stands in to, cc or bcc".to_owned();
                return Err(ScenarioError::Senseless { place, why });
            }
            for name in &mail.attach {
                if self.world.fixture(name).is_none() {
                    return unknown(place, name, "no fixture");
                }
            }
        }
        if self.expect.is_empty() {
            let why = "nothing is expected of any control, so nothing could fail".to_owned();
            return Err(ScenarioError::Senseless { place: "expect".to_owned(), why });
        }
        let all = self.baseline.iter().chain(&self.expect).chain(&self.forbid);
        for expected in all {
            if expected.at_most.is_none() && expected.at_least.is_none() {
                let why = "without at_most or at_least it could not fail".to_owned();
                let place = format!("expectation {:?}", expected.id);
                return Err(ScenarioError::Senseless { place, why });
            }
        }
        for mutant in &self.mutants {
            if mutant.fails.is_empty() {
                let why = "it names no expectation that must then fail".to_owned();
                let place = format!("mutant {:?}", mutant.id);
                return Err(ScenarioError::Senseless { place, why });
            }
            for name in &mutant.fails {
                if !self.expect.iter().any(|expected| expected.id == *name) {
                    return unknown(format!("mutant {:?}", mutant.id), name, "no expectation");
                }
            }
        }
        Ok(())
    }
}

impl Scenario {
    /// That the kind and the controls are known here.
    fn check_kind(&self) -> Result<(), ScenarioError> {
        let kinds = kinds::all();
        let Some(kind) = kinds.iter().find(|kind| kind.id == self.kind) else {
            let known: Vec<&str> = kinds.iter().map(|kind| kind.id).collect();
            let why = format!("{:?} is no kind; there are: {}", self.kind, known.join(", "));
            return Err(ScenarioError::Senseless { place: "kind".to_owned(), why });
        };
        for expected in &self.expect {
            let other = expected.control.as_deref().filter(|control| *control != kind.control);
            if let Some(other) = other {
                let place = format!("expectation {:?}", expected.id);
                let why = format!("{other:?} is not the control of {}: {}", kind.id, kind.control);
                return Err(ScenarioError::Senseless { place, why });
            }
        }
        Ok(())
    }

    /// That names are names, and each stands once: folders are called by them.
    fn check_ids(&self) -> Result<(), ScenarioError> {
        let steps: Vec<&str> = self.steps.iter().map(|step| step.id.as_str()).collect();
        let expect = self.expect.iter().map(|expected| expected.id.as_str()).collect();
        let mutants = self.mutants.iter().map(|mutant| mutant.id.as_str()).collect();
        for (what, mut ids) in [("steps", steps), ("expect", expect), ("mutants", mutants)] {
            let is_name = |id: &str| {
                !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
            };
            let place = what.to_owned();
            if let Some(id) = ids.iter().find(|id| !is_name(id)) {
                let why = format!("{id:?} is no name: letters, digits, - and _ alone");
                return Err(ScenarioError::Senseless { place, why });
            }
            ids.sort_unstable();
            if let Some([twice, _]) = ids.windows(2).find(|two| two[0] == two[1]) {
                let why = format!("{twice:?} stands there twice");
                return Err(ScenarioError::Senseless { place, why });
            }
        }
        Ok(())
    }
}

/// That a step has no key that nothing reads: a slip of the pen would change what is tried.
fn check_keys(written: &str) -> Result<(), ScenarioError> {
    let table: Table = toml::from_str(written)?;
    let steps = table.get("steps").and_then(Value::as_array);
    for step in steps.into_iter().flatten().filter_map(Value::as_table) {
        if let Some(key) = step.keys().find(|key| !STEP_KEYS.contains(&key.as_str())) {
            let id = step.get("id").and_then(Value::as_str).unwrap_or_default();
            let why = format!("nothing reads {key:?}; there are: {}", STEP_KEYS.join(", "));
            return Err(ScenarioError::Senseless { place: format!("step {id:?}"), why });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
