//! The arguments of `relay` and their help. It does not know what the relay does.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

/// The arguments of `relay`.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct RelayArgs {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: RelayCommand,
}

/// The commands of the relay.
#[derive(Debug, Subcommand)]
pub(crate) enum RelayCommand {
    /// Take outgoing mail in, hold what would expose or misdirect, pass the rest on
    Run(RunArgs),
    /// Print the default policy, with a comment on every line
    Policy,
    /// Read a policy and say what is wrong with it, or that nothing is
    Check(PolicyArg),
    /// Judge past mail under a policy: what would have been held, and why
    Try(TryArgs),
    /// List the mail that waits
    Held(HeldArgs),
    /// Let a held mail go out
    Release(DecideArgs),
    /// Cancel a held mail; its sender is told
    Cancel(DecideArgs),
    /// Print a link by which somebody of the organisation signs in to the pages of the running relay
    Link(LinkArgs),
    /// Have the running relay take the policy of a file from now on
    Reload(ReloadArgs),
    /// Check the ledger in the record of what was decided
    Verify(DataArg),
    /// Ask for a password and print its hash for a policy
    Password,
}

/// Where the running relay has its data.
#[derive(Debug, Args)]
pub(crate) struct DataArg {
    /// The relay's data folder; `relay` in the platform's unless given
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// A policy.
#[derive(Debug, Args)]
pub(crate) struct PolicyArg {
    /// The policy, TOML
    #[arg(value_name = "FILE")]
    pub(crate) policy: PathBuf,
}

/// The arguments of `relay run`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whose").required(true).args(["policy", "domain"])))]
pub(crate) struct RunArgs {
    /// The policy, TOML; without it, the default with the domain given
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// Without a policy: whose mail it is
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) domain: Option<String>,

    /// Without a policy: where mail is taken in, from this machine only
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        conflicts_with = "policy",
        default_value = "127.0.0.1:2525"
    )]
    pub(crate) listen: SocketAddr,

    /// Without a policy: the server that mail goes on to
    #[arg(
        long,
        value_name = "HOST:PORT",
        conflicts_with = "policy",
        default_value = "127.0.0.1:1025"
    )]
    pub(crate) to: String,

    /// Where the pages are served: mail that waits, what was sent, the book
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8040")]
    pub(crate) pages: SocketAddr,

    /// Without pages, and without notices that lead to them
    #[arg(long, conflicts_with = "pages")]
    pub(crate) no_pages: bool,

    /// The data folder of the book on the pages; the platform's unless given, or `book` in --data
    #[arg(long, value_name = "DIR", env = "JIKENBO_DATA")]
    pub(crate) book: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) data: DataArg,
}

/// The arguments of `relay try`.
#[derive(Debug, Args)]
pub(crate) struct TryArgs {
    /// The policy, TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,

    /// mbox files, Maildir folders, folders of single mails (.eml)
    #[arg(value_name = "MAILBOX", required_unless_present = "record")]
    pub(crate) mailboxes: Vec<PathBuf>,

    /// Instead, what a relay's record in this data folder says was found: decided about anew, not looked for anew
    #[arg(long, value_name = "DIR", conflicts_with = "mailboxes")]
    pub(crate) record: Option<PathBuf>,

    /// How what would have been held is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}

/// The arguments of `relay held`.
#[derive(Debug, Args)]
pub(crate) struct HeldArgs {
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,

    #[command(flatten)]
    pub(crate) data: DataArg,
}

/// How lists are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ListFormat {
    /// For people
    #[default]
    Table,
    /// One object a line
    Json,
}

/// The arguments of `relay release` and `relay cancel`.
#[derive(Debug, Args)]
pub(crate) struct DecideArgs {
    /// The mail, as `relay held` names it
    #[arg(value_name = "MAIL")]
    pub(crate) mail: String,

    /// Who says so: an address of the organisation, never the sender's own where somebody else is asked
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) who: String,

    /// Each recipient gets a copy with only their own address in it
    #[arg(long)]
    pub(crate) individual_copies: bool,

    /// Its files stay here; it goes out with links by which its recipients fetch them
    #[arg(long, conflicts_with = "individual_copies")]
    pub(crate) links: bool,

    #[command(flatten)]
    pub(crate) data: DataArg,
}

/// The arguments of `relay link`.
#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// Whose link it is
    #[arg(value_name = "ADDRESS")]
    pub(crate) who: String,

    #[command(flatten)]
    pub(crate) data: DataArg,
}

/// The arguments of `relay reload`.
#[derive(Debug, Args)]
pub(crate) struct ReloadArgs {
    #[command(flatten)]
    pub(crate) policy: PolicyArg,

    #[command(flatten)]
    pub(crate) data: DataArg,
}
