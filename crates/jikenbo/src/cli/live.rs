//! The arguments of the commands about live cases, and their help.

use std::path::PathBuf;

use case::{Category, EventType, Field, LiveNumber, ServiceStatus};
use clap::{Args, Subcommand};
use response::Stamp;
use response::live::{Source, Time};

use super::book::{BookArgs, PrintArgs};
use crate::correct;

/// The arguments of `open`.
#[derive(Debug, Args)]
#[command(after_long_help = OPEN_HELP)]
pub(crate) struct OpenArgs {
    /// What the case is called inside
    #[arg(value_name = "TITLE")]
    pub(crate) title: String,

    /// Whose case it is
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) organisation: String,

    /// What kind it seems to be: `ransomware`, ランサムウェア
    #[arg(long, value_name = "CATEGORY", default_value = "other", value_parser = category)]
    pub(crate) category: Category,

    /// When it was known first; this starts clocks
    #[arg(long, value_name = "TIME")]
    pub(crate) known: Option<Time>,

    /// Who knew: a department or a person
    #[arg(long, value_name = "WHO", default_value = "", requires = "known")]
    pub(crate) known_by: String,

    /// When it happened
    #[arg(long, value_name = "TIME")]
    pub(crate) happened: Option<Time>,

    /// What was noticed [default: the title]
    #[arg(long, value_name = "WORDS")]
    pub(crate) what: Option<String>,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

const OPEN_HELP: &str = "\
A live case is confidential: no list, search, statistic or export of the book shows it. It has a number
of its own, L2031-001, and becomes a case of the book with `jikenbo live L2031-001 disclose`.

Times: 2031-06-05, 2031-06-05T06:00 (Japan's), 2031-06-05T06:00+01:00, ~2031-06-05 (about then)";

/// The arguments of `live`.
#[derive(Debug, Args)]
#[command(after_long_help = LIVE_HELP)]
pub(crate) struct LiveArgs {
    /// The live case, LYYYY-NNN; none lists all of them
    #[arg(value_name = "CASE")]
    pub(crate) case: Option<LiveNumber>,

    /// What to record; nothing shows the case
    #[command(subcommand)]
    pub(crate) act: Option<Act>,

    /// The time at which clocks and tasks are read [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Stamp>,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

const LIVE_HELP: &str = "\
Examples:
  jikenbo live L2031-001                                     the case on one page
  jikenbo live L2031-001 note 監視が異常を通知 --known 2031-06-05T06:00 --event discovered
  jikenbo live L2031-001 service 給与 --status affected
  jikenbo live L2031-001 progress 給与 300 2800 --unit 拠点 --at 2031-06-20
  jikenbo live L2031-001 note 監視が警告 --instead-of 12 --why 言い方   correct entry 12

What was recorded is never overwritten: a correction stands beside it.";

/// What can be done to a live case.
#[derive(Debug, Subcommand)]
pub(crate) enum Act {
    /// Add to the timeline what happened
    Note(NoteArgs),
    /// Say how a service or a tenant of it stands
    Service(ServiceArgs),
    /// Say how many of a service's parts are back
    Progress(ProgressArgs),
    /// Give somebody something to do
    Task(TaskArgs),
    /// Say that a task is done
    Done(DoneArgs),
    /// Record a decision with its reason
    Decide(DecideArgs),
    /// Record whom to talk to
    Contact(ContactArgs),
    /// Print whom to talk to; that you looked is recorded
    Contacts(Plain),
    /// Record what something costs
    Cost(CostArgs),
    /// Record a piece of evidence by its hash
    Evidence(EvidenceArgs),
    /// Record that a piece of evidence changed hands
    HandOver(HandOverArgs),
    /// Say what a field of the case is, as `correct` does
    Fact(FactArgs),
    /// State facts on which clocks turn
    State(StateArgs),
    /// Say that a report was made
    Reported(ReportedArgs),
    /// Take an entry back
    Withdraw(WithdrawArgs),
    /// Close the case
    Close(Reasoned),
    /// Open it again
    Reopen(Reasoned),
    /// Make it a case of the book, which everybody may see who may see those
    Disclose(Reasoned),
}

/// Where and how to record.
#[derive(Debug, Args)]
pub(crate) struct Recording {
    /// It stands in place of this entry, which stays visible
    #[arg(long, value_name = "ENTRY", requires = "why")]
    pub(crate) instead_of: Option<u64>,

    /// Why it does
    #[arg(long, value_name = "REASON", requires = "instead_of", default_value = "")]
    pub(crate) why: String,

    #[command(flatten)]
    pub(crate) plain: Plain,
}

/// Which book, and how to print.
#[derive(Debug, Args)]
pub(crate) struct Plain {
    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

/// What is done for a reason and nothing more.
#[derive(Debug, Args)]
pub(crate) struct Reasoned {
    /// Why
    #[arg(long, value_name = "REASON")]
    pub(crate) why: String,

    #[command(flatten)]
    pub(crate) plain: Plain,
}

/// The arguments of `note`.
#[derive(Debug, Args)]
pub(crate) struct NoteArgs {
    /// What happened
    #[arg(value_name = "WORDS")]
    pub(crate) what: String,

    /// When it happened
    #[arg(long, value_name = "TIME")]
    pub(crate) happened: Option<Time>,

    /// When it was known
    #[arg(long, value_name = "TIME")]
    pub(crate) known: Option<Time>,

    /// Who knew then
    #[arg(long, value_name = "WHO", default_value = "")]
    pub(crate) known_by: String,

    /// What kind of thing, where a release would tell it; `discovered` starts clocks
    #[arg(long, value_name = "EVENT", value_parser = event_type)]
    pub(crate) event: Option<EventType>,

    /// Who says so, where a person does
    #[arg(long, value_name = "NAME", group = "source")]
    pub(crate) person: Option<String>,

    /// Which control says so
    #[arg(long, value_name = "NAME", group = "source")]
    pub(crate) control: Option<String>,

    /// Which document says so
    #[arg(long, value_name = "NAME", group = "source")]
    pub(crate) document: Option<String>,

    /// The status page may say it
    #[arg(long)]
    pub(crate) public: bool,

    /// An entry of the evidence that shows it
    #[arg(long, value_name = "ENTRY")]
    pub(crate) evidence: Vec<u64>,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

impl NoteArgs {
    /// Who or what says so.
    pub(crate) fn source(&self) -> (Source, String) {
        let named = |source, name: &Option<String>| name.clone().map(|name| (source, name));
        named(Source::Control, &self.control)
            .or_else(|| named(Source::Document, &self.document))
            .or_else(|| named(Source::Person, &self.person))
            .unwrap_or_default()
    }
}

/// The arguments of `service`.
#[derive(Debug, Args)]
pub(crate) struct ServiceArgs {
    /// What it is called
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    /// How it stands: affected, unaffected, restored
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(crate) status: ServiceStatus,

    /// The service whose tenant it is
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) part_of: String,

    /// A service that must be back before it
    #[arg(long, value_name = "NAME")]
    pub(crate) needs: Vec<String>,

    /// Where it is worked on
    #[arg(long, value_name = "PLACE", default_value = "")]
    pub(crate) site: String,

    /// Since when
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `progress`.
#[derive(Debug, Args)]
pub(crate) struct ProgressArgs {
    /// Which service
    #[arg(value_name = "NAME")]
    pub(crate) service: String,

    /// How many are back
    #[arg(value_name = "DONE")]
    pub(crate) done: u64,

    /// Of how many
    #[arg(value_name = "TOTAL")]
    pub(crate) total: u64,

    /// Of what: 拠点, 社
    #[arg(long, value_name = "UNIT", default_value = "")]
    pub(crate) unit: String,

    /// As of when [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Stamp>,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `task`.
#[derive(Debug, Args)]
pub(crate) struct TaskArgs {
    /// What is to be done
    #[arg(value_name = "WORDS")]
    pub(crate) what: String,

    /// Who does it
    #[arg(long, value_name = "WHO", default_value = "")]
    pub(crate) owner: String,

    /// By when
    #[arg(long, value_name = "TIME")]
    pub(crate) due: Option<Stamp>,

    /// The plan that it is a step of: 隔離
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) plan: String,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `done`.
#[derive(Debug, Args)]
pub(crate) struct DoneArgs {
    /// The entry of the task
    #[arg(value_name = "ENTRY")]
    pub(crate) task: u64,

    /// When [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,

    /// By whom [default: whoever records it]
    #[arg(long, value_name = "WHO", default_value = "")]
    pub(crate) by: String,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `decide`.
#[derive(Debug, Args)]
pub(crate) struct DecideArgs {
    /// What was decided
    #[arg(value_name = "WORDS")]
    pub(crate) what: String,

    /// Why
    #[arg(long, value_name = "REASON")]
    pub(crate) because: String,

    /// Who decided
    #[arg(long, value_name = "WHO", default_value = "")]
    pub(crate) by: String,

    /// When
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `contact`.
#[derive(Debug, Args)]
pub(crate) struct ContactArgs {
    /// Their name
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    /// Where they work
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) organisation: String,

    /// What they do in this case
    #[arg(long, value_name = "WORDS", default_value = "")]
    pub(crate) role: String,

    /// How to reach them
    #[arg(long, value_name = "WORDS", default_value = "")]
    pub(crate) reach: String,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `cost`.
#[derive(Debug, Args)]
pub(crate) struct CostArgs {
    /// For what
    #[arg(value_name = "WORDS")]
    pub(crate) what: String,

    /// How much
    #[arg(value_name = "AMOUNT")]
    pub(crate) amount: u64,

    /// The currency, by ISO 4217
    #[arg(long, value_name = "CODE", default_value = "JPY")]
    pub(crate) currency: String,

    /// When
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `evidence`.
#[derive(Debug, Args)]
pub(crate) struct EvidenceArgs {
    /// What it is
    #[arg(value_name = "WORDS")]
    pub(crate) what: String,

    /// The file; its hash is recorded, the file stays where it is
    #[arg(long, value_name = "FILE", required_unless_present = "sha256")]
    pub(crate) file: Option<PathBuf>,

    /// Its hash, where the file is elsewhere
    #[arg(long, value_name = "HASH", conflicts_with = "file")]
    pub(crate) sha256: Option<String>,

    /// When it was taken [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) taken: Option<Time>,

    /// Where it was taken from
    #[arg(long, value_name = "PLACE", default_value = "")]
    pub(crate) from: String,

    /// Who has it [default: whoever records it]
    #[arg(long, value_name = "WHO")]
    pub(crate) holder: Option<String>,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `hand-over`.
#[derive(Debug, Args)]
pub(crate) struct HandOverArgs {
    /// The entry of the evidence
    #[arg(value_name = "ENTRY")]
    pub(crate) evidence: u64,

    /// Who had it
    #[arg(long, value_name = "WHO")]
    pub(crate) from: String,

    /// Who has it now
    #[arg(long, value_name = "WHO")]
    pub(crate) to: String,

    /// When [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,

    /// What for
    #[arg(long, value_name = "WORDS", default_value = "")]
    pub(crate) purpose: String,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `fact`.
#[derive(Debug, Args)]
pub(crate) struct FactArgs {
    /// The field, by its name in the case record or its label
    #[arg(value_name = "FIELD", value_parser = field)]
    pub(crate) field: Field,

    /// What it says, as in `jikenbo correct --help`
    #[arg(value_name = "VALUE")]
    pub(crate) value: String,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `state`.
#[derive(Debug, Args)]
pub(crate) struct StateArgs {
    /// A file of facts, as `jikenbo clocks --template` prints one
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,

    /// A question and its answer: leaked=yes, wrongful=no
    #[arg(value_name = "QUESTION=yes|no", required_unless_present_any = ["facts", "people"])]
    pub(crate) answers: Vec<String>,

    /// How many people are concerned: 395, <=1200, ~2800, >=300
    #[arg(long, value_name = "NUMBER")]
    pub(crate) people: Option<String>,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `reported`.
#[derive(Debug, Args)]
pub(crate) struct ReportedArgs {
    /// Which obligation was met: appi-prompt, police, …
    #[arg(value_name = "OBLIGATION")]
    pub(crate) obligation: String,

    /// When [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Stamp>,

    #[command(flatten)]
    pub(crate) recording: Recording,
}

/// The arguments of `withdraw`.
#[derive(Debug, Args)]
pub(crate) struct WithdrawArgs {
    /// The entry
    #[arg(value_name = "ENTRY")]
    pub(crate) entry: u64,

    #[command(flatten)]
    pub(crate) reasoned: Reasoned,
}

/// The arguments of `status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// The live case, LYYYY-NNN
    #[arg(value_name = "CASE")]
    pub(crate) case: LiveNumber,

    /// The folder to write the page into; put what is in it where your customers look
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,

    /// Say when the rest is expected, from the measured rate
    #[arg(long)]
    pub(crate) forecast: bool,

    /// When the next news are promised
    #[arg(long, value_name = "TIME")]
    pub(crate) next: Option<Stamp>,

    /// The time that the page says [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Stamp>,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

/// The arguments of `draft`.
#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    /// The live case, LYYYY-NNN
    #[arg(value_name = "CASE")]
    pub(crate) case: LiveNumber,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

fn category(words: &str) -> Result<Category, String> {
    let name = correct::named(Field::Category, words);
    name.and_then(Category::from_name).ok_or_else(|| one_of(Category::ALL.iter().map(|x| x.name())))
}

fn event_type(words: &str) -> Result<EventType, String> {
    EventType::from_name(words)
        .ok_or_else(|| one_of(EventType::ALL.iter().map(|event| event.name())))
}

fn status(words: &str) -> Result<ServiceStatus, String> {
    ServiceStatus::from_name(words)
        .ok_or_else(|| one_of(ServiceStatus::ALL.iter().map(|status| status.name())))
}

fn field(words: &str) -> Result<Field, String> {
    correct::field(words).map_err(|error| error.to_string())
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    format!("it is one of {}", names.collect::<Vec<_>>().join(", "))
}
