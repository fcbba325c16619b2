//! What is recorded of a live case, one entry each. The format only grows: kinds and fields are added,
//! none is renamed or removed. It does not know who records an entry or where it is kept.

use case::{Category, EventType, Field, ServiceStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::time::Time;
use crate::facts::Facts;
use crate::{Sentence, Stamp};

/// One thing that was recorded.
///
/// ```
/// use response::live::Event;
/// let told: Event = serde_json::from_str(
///     r#"{"kind":"noted","what":"監視が異常を通知","known":"2031-06-05T06:00","event":"discovered"}"#,
/// ).unwrap();
/// assert_eq!(told.name(), "noted");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The case was opened.
    Opened(Opened),
    /// Something happened, or became known.
    Noted(Note),
    /// How a service or a tenant of it stands.
    Service(Service),
    /// How many of a service's parts are back.
    Counted(Counted),
    /// Somebody has something to do.
    Task(Task),
    /// It is done.
    TaskDone(TaskDone),
    /// Something was decided.
    Decided(Decision),
    /// Somebody to talk to.
    Contact(Contact),
    /// What it costs.
    Cost(Cost),
    /// A piece of evidence was taken.
    Evidence(Evidence),
    /// A piece of evidence went to somebody else.
    HandedOver(HandOver),
    /// A field of the case.
    Told(Told),
    /// Facts on which duties turn.
    Stated(Stated),
    /// A text went out; this is what it was.
    Published(Published),
    /// The case is closed.
    Closed(Because),
    /// It is open again.
    Reopened(Because),
    /// An entry should have said something else.
    Corrected(Correction),
    /// An entry should not have been made.
    Withdrawn(Withdrawal),
}

/// The opening of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// What it is called inside.
    pub title: String,
    /// Whose case it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub organisation: String,
    /// What kind it seems to be.
    pub category: Category,
}

/// An entry of the timeline. When it was written down is the ledger's to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Note {
    /// What happened.
    pub what: String,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub happened: Option<Time>,
    /// When it was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<Time>,
    /// Who knew then: a department or a person.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub known_by: String,
    /// What kind of thing, where a release would tell it. `discovered` starts clocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventType>,
    /// Who or what says so.
    #[serde(skip_serializing_if = "Source::is_person")]
    pub source: Source,
    /// Its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_name: String,
    /// Whether the status page may say it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
    /// The entries of the evidence that shows it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<u64>,
}

/// Who or what says something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A person.
    #[default]
    Person,
    /// A control: the relay, a monitor.
    Control,
    /// A document.
    Document,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 3] = [Self::Person, Self::Control, Self::Document];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    fn is_person(&self) -> bool {
        *self == Self::Person
    }

    /// Its name in entries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Control => "control",
            Self::Document => "document",
        }
    }

    /// In words.
    pub fn says(self) -> Sentence {
        match self {
            Self::Person => Sentence::new("人", "person"),
            Self::Control => Sentence::new("統制・機器", "control"),
            Self::Document => Sentence::new("文書", "document"),
        }
    }
}

/// A service, or a tenant of one. A later entry of the same name says how it stands since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub status: ServiceStatus,
    /// The service whose tenant it is; the status page names no tenant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub part_of: String,
    /// What must be back before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Where it is worked on: two sites go on in parallel.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub site: String,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

/// How far a service has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// Which service.
    pub service: String,
    /// How many are back.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// Of what: 拠点, 社, tenants.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// As of when.
    pub at: Stamp,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// What.
    pub what: String,
    /// Who does it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Stamp>,
    /// The plan that it is a step of: 隔離, 復旧.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan: String,
}

/// A task was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskDone {
    /// The entry of the task.
    pub task: u64,
    /// When.
    pub at: Time,
    /// By whom, where not by whoever writes it down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What was decided.
    pub what: String,
    /// Why.
    pub because: String,
    /// Who decided.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

/// Somebody to talk to. Each view of contacts is in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// Where they work.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub organisation: String,
    /// What they do in this case.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// How to reach them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reach: String,
}

/// What something costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// For what.
    pub what: String,
    /// How much, in whole units of the currency.
    pub amount: u64,
    /// The currency, by ISO 4217.
    #[serde(default = "yen")]
    pub currency: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

fn yen() -> String {
    "JPY".to_owned()
}

/// A piece of evidence, by its hash. The piece itself is not kept here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is.
    pub what: String,
    /// Of its bytes, lower-case hex.
    pub sha256: String,
    /// How many bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// When it was taken.
    pub taken: Time,
    /// Where it was taken from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub taken_from: String,
    /// Who had it first.
    pub holder: String,
}

/// A piece of evidence changed hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// The entry of the evidence.
    pub evidence: u64,
    /// Who had it, as whoever handed it over says.
    pub from: String,
    /// Who has it now.
    pub to: String,
    /// When.
    pub at: Time,
    /// What for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// A field of the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Which.
    pub field: Field,
    /// What it says: the shape of the case record without citations.
    pub value: Value,
}

/// Facts on which duties turn; what is left out stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// The facts.
    pub facts: Facts,
}

/// A text that went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// What it was: `status page`, a release.
    pub what: String,
    /// Of its bytes, lower-case hex.
    pub sha256: String,
}

/// Why something was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// The reason.
    pub why: String,
}

/// What an entry should have said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The entry as it was first made.
    pub entry: u64,
    /// What it should have said: of the same kind.
    pub event: Box<Event>,
    /// Why.
    pub why: String,
}

/// An entry taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The entry as it was first made.
    pub entry: u64,
    /// Why.
    pub why: String,
}

impl Event {
    /// The name of its kind.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::Noted(_) => "noted",
            Self::Service(_) => "service",
            Self::Counted(_) => "counted",
            Self::Task(_) => "task",
            Self::TaskDone(_) => "task_done",
            Self::Decided(_) => "decided",
            Self::Contact(_) => "contact",
            Self::Cost(_) => "cost",
            Self::Evidence(_) => "evidence",
            Self::HandedOver(_) => "handed_over",
            Self::Told(_) => "told",
            Self::Stated(_) => "stated",
            Self::Published(_) => "published",
            Self::Closed(_) => "closed",
            Self::Reopened(_) => "reopened",
            Self::Corrected(_) => "corrected",
            Self::Withdrawn(_) => "withdrawn",
        }
    }

    /// What its kind is called.
    pub fn says(&self) -> Sentence {
        let (ja, en) = match self {
            Self::Opened(_) => ("起票", "opened"),
            Self::Noted(_) => ("経過", "timeline"),
            Self::Service(_) => ("サービス", "service"),
            Self::Counted(_) => ("進捗", "progress"),
            Self::Task(_) => ("作業", "task"),
            Self::TaskDone(_) => ("作業完了", "task done"),
            Self::Decided(_) => ("決定", "decision"),
            Self::Contact(_) => ("連絡先", "contact"),
            Self::Cost(_) => ("費用", "cost"),
            Self::Evidence(_) => ("証拠", "evidence"),
            Self::HandedOver(_) => ("証拠の引渡し", "evidence handed over"),
            Self::Told(_) => ("事実", "fact"),
            Self::Stated(_) => ("期限の事実", "facts for clocks"),
            Self::Published(_) => ("公開", "published"),
            Self::Closed(_) => ("終結", "closed"),
            Self::Reopened(_) => ("再開", "reopened"),
            Self::Corrected(_) => ("訂正", "correction"),
            Self::Withdrawn(_) => ("取消", "withdrawal"),
        };
        Sentence::new(ja, en)
    }

    /// Whether it holds data on persons, so that each view of it is recorded.
    pub fn is_personal(&self) -> bool {
        match self {
            Self::Contact(_) => true,
            Self::Corrected(correction) => correction.event.is_personal(),
            _ => false,
        }
    }

    /// Whether a clock can turn on it.
    pub(crate) fn moves_clocks(&self) -> bool {
        match self {
            Self::Opened(_)
            | Self::Told(_)
            | Self::Stated(_)
            | Self::Corrected(_)
            | Self::Withdrawn(_) => true,
            Self::Noted(note) => note.event.is_some(),
            _ => false,
        }
    }
}
