//! The arguments of `replay` and their help.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::book::BookArgs;
use super::{LangArg, LimitArgs};

/// What is behind the arguments.
pub(crate) const HELP: &str = "\
A scenario is derived from each case: who sends what to whom. It is run twice in a sandbox of its own, with
the real relay and without it; without it the accident must happen again, or the replay proves nothing. Time
is the scenario's: a window of minutes is over at once.

Outcomes:
  prevented     with the control it does not happen
  limited       less of it happens, or not all that was asked for was done
  detected      it happens, and somebody is told
  recurred      it happens again
  invalid       the replay proves nothing, or the control does harm of its own
  inconclusive  no control is there for it yet, or something is missing

Exit status:
  0  every case was prevented, limited or inconclusive
  1  some case was detected, recurred or invalid, or could not be read
  2  wrong usage";

/// How outcomes are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReplayFormat {
    /// For people: a line a case.
    Table,
    /// For people: a card a case, with what is known, assumed and counted.
    Cards,
    /// For programs: an array; docs/replay.md says of what.
    Json,
    /// For build servers.
    Junit,
    /// The scenarios themselves, to be edited and run again; nothing is run.
    Scenario,
}

/// The arguments of `replay`.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Cases of the book by their number, scenarios (FILE.toml), or documents to read
    #[arg(value_name = "CASE|FILE", required_unless_present_any = ["all", "schema"])]
    pub(crate) what: Vec<String>,

    /// Every case of the book
    #[arg(long, conflicts_with = "what")]
    pub(crate) all: bool,

    /// Run under this policy, as an organisation's relay would be, and print what ends worst first; else under
    /// the default
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// Look for the smallest change of the policy that would stop each case that it does not stop
    #[arg(long, conflicts_with = "drill")]
    pub(crate) suggest: bool,

    /// Past mail of the organisation (mbox, Maildir, folder): what each such change would cost in false alarms
    #[arg(long, value_name = "MAILBOX", requires_all = ["suggest", "policy"])]
    pub(crate) past: Vec<PathBuf>,

    /// Also weaken the control, one way after another: the accident must then happen again
    #[arg(long)]
    pub(crate) mutants: bool,

    /// Keep what the relay of each run wrote, in a folder below this one
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,

    /// Let people answer: the mail waits on the pages of the sandbox's relay, in real time; one case
    #[arg(long, conflicts_with_all = ["all", "mutants", "keep"])]
    pub(crate) drill: bool,

    /// Where the pages of a drill are served
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8041", requires = "drill")]
    pub(crate) pages: SocketAddr,

    /// How to print
    #[arg(long, value_enum, default_value_t = ReplayFormat::Table)]
    pub(crate) format: ReplayFormat,

    /// Language of the labels
    #[arg(long, value_enum, default_value_t = LangArg::Ja)]
    pub(crate) lang: LangArg,

    /// Print the JSON Schema of scenarios instead
    #[arg(long, conflicts_with_all = ["what", "all"])]
    pub(crate) schema: bool,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
