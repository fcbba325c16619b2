//! The command `jikenbo`. It does not know what a disclosure is: it hands the arguments to the
//! command that was asked for and turns the answer into an exit status.

mod add;
mod cli;
mod clocks;
mod correct;
mod data;
mod export;
mod fileguard;
mod import;
mod like;
mod live;
mod output;
mod read;
mod relay;
mod replay;
mod schema;
mod search;
mod serve;
mod show;
mod sql;
mod stats;
mod upkeep;

use std::io;
use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command};

/// What a shell reports for a process that wrote into a closed pipe: 128 + SIGPIPE.
const BROKEN_PIPE: u8 = 141;

fn main() -> ExitCode {
    let answer = match Cli::parse().command {
        Command::Read(args) => read::run(args),
        Command::Add(args) => add::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Correct(args) => correct::run(&args),
        Command::Search(args) => search::run(&args),
        Command::Like(args) => like::run(&args),
        Command::Stats(args) => stats::run(&args),
        Command::Sql(args) => sql::run(&args),
        Command::Clocks(args) => clocks::run(&args),
        Command::Open(args) => live::open(&args),
        Command::Live(args) => live::run(&args),
        Command::Status(args) => live::status(&args),
        Command::Draft(args) => live::draft(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Book(args) => upkeep::run(&args),
        Command::Relay(args) => relay::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Fileguard(args) => fileguard::run(&args),
        Command::Schema => schema::run().map(|()| ExitCode::SUCCESS),
    };
    answer.unwrap_or_else(|error| {
        let closed = error
            .chain()
            .filter_map(|cause| cause.downcast_ref::<io::Error>())
            .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe);
        if closed {
            return ExitCode::from(BROKEN_PIPE);
        }
        read::complain(&format!("jikenbo: {error:#}"));
        ExitCode::FAILURE
    })
}
