//! The arguments of `fileguard` and their help. It does not know what the guard does.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The arguments of `fileguard`.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct FileguardArgs {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: FileguardCommand,
}

/// The commands of the guard.
#[derive(Debug, Subcommand)]
pub(crate) enum FileguardCommand {
    /// Guard trees of files: notice encryption, stop it, keep what files were
    Run(ConfigArg),
    /// Say how the guard goes and what it noticed
    Status(ConfigArg),
    /// Put back every file of an incident, and verify each
    Undo(IncidentArgs),
    /// Let the processes of an incident go on, with a reason
    Thaw(ThawArgs),
    /// End the processes of an incident
    Kill(WhoArgs),
    /// Check the vault and the guard's ledger, byte by byte
    Verify(ConfigArg),
    /// Check a folder of evidence against its list of hashes; works on any machine
    Evidence(EvidenceArgs),
    /// Remove the pins from the guarded file system: the guard is taken off it
    TakeOff(ConfigArg),
    /// Try it: files on a loop device, attacked by harmless loads, stopped, put back, verified (root)
    Demo(DemoArgs),
    /// Attack made-up files on a loop device; every other folder is refused
    #[command(hide = true)]
    Load(LoadArgs),
}

/// The configuration.
#[derive(Debug, Args)]
pub(crate) struct ConfigArg {
    /// The configuration, TOML
    #[arg(value_name = "CONFIG")]
    pub(crate) config: PathBuf,
}

/// The arguments of `fileguard undo`.
#[derive(Debug, Args)]
pub(crate) struct IncidentArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArg,

    /// The incident, as `fileguard status` numbers it
    #[arg(long, value_name = "N")]
    pub(crate) incident: u64,
}

/// The arguments of `fileguard kill`.
#[derive(Debug, Args)]
pub(crate) struct WhoArgs {
    #[command(flatten)]
    pub(crate) incident: IncidentArgs,

    /// Who says so
    #[arg(long, value_name = "NAME")]
    pub(crate) who: String,
}

/// The arguments of `fileguard thaw`.
#[derive(Debug, Args)]
pub(crate) struct ThawArgs {
    #[command(flatten)]
    pub(crate) who: WhoArgs,

    /// Why it is right
    #[arg(long, value_name = "WORDS")]
    pub(crate) why: String,
}

/// The arguments of `fileguard evidence`.
#[derive(Debug, Args)]
pub(crate) struct EvidenceArgs {
    /// The folder
    #[arg(value_name = "PACK")]
    pub(crate) pack: PathBuf,

    /// The hash that the ledger gives of its list
    #[arg(long, value_name = "SHA256")]
    pub(crate) sealed: Option<String>,
}

/// The arguments of `fileguard demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// How many files are made
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub(crate) files: usize,

    /// Only the loads of these names
    #[arg(long, value_name = "NAME")]
    pub(crate) load: Vec<String>,

    /// How often each load is tried
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) runs: usize,

    /// One object a trial instead of the table
    #[arg(long)]
    pub(crate) json: bool,
}

/// The arguments of `fileguard load`.
#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// Which
    pub(crate) name: String,
    /// Where
    pub(crate) folder: PathBuf,
    /// Of the files, `0/8` for the first eighth
    pub(crate) share: Option<String>,
}
