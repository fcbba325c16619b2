//! The command `replay`: cases run again, with the controls and without them. It finds the cases and
//! prints what became of them; it does not know how a scenario is derived or run.

mod drill;
mod print;
mod sources;

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use case::{CaseNumber, Lang};
use jiff::Timestamp;
use replay::outcome::Outcome;
use replay::{Derived, KeptReplay, Replayed, Sandbox, Scenario, Shelf, WrittenPolicy, junit};
use sources::Wanted;

use crate::cli::replay::{ReplayArgs, ReplayFormat};
use crate::read::complain;
use crate::relay::PolicyFile;

/// Runs what the arguments name.
pub(crate) fn run(args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    if args.schema {
        serde_json::to_writer_pretty(&mut out, &Scenario::schema())?;
        writeln!(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let lang = Lang::from(args.lang);
    let policy = match &args.policy {
        None => WrittenPolicy::default(),
        Some(path) => {
            let read = PolicyFile::read(path)?;
            WrittenPolicy { written: Some(read.written), people: read.people }
        }
    };
    let (found, mut all_read) = sources::find(args)?;
    if args.format == ReplayFormat::Scenario {
        for Wanted { name, derived, .. } in &found {
            match derived {
                Derived::Scenario(scenario) => writeln!(out, "{}", scenario.to_toml())?,
                Derived::Missing(_, why) => {
                    complain(&format!("{name}: {}", print::sentence(why, lang)));
                }
            }
        }
        out.flush()?;
        return Ok(status(all_read));
    }
    let runtime = tokio::runtime::Runtime::new().context("the threads cannot be started")?;
    if args.drill {
        let replayed = runtime.block_on(drill::run(args, &found, &policy))?;
        print(&mut out, args.format, &replayed, lang)?;
        out.flush()?;
        return Ok(status(!replayed[0].1.outcome.is_failure()));
    }
    let mut done = Vec::new();
    for Wanted { name, number, derived } in found {
        let keep = args.keep.as_ref().map(|folder| folder.join(plain_name(&name)));
        let sandbox = Sandbox { mutants: args.mutants, keep };
        let replayed = match runtime.block_on(derived.run(&policy, &sandbox)) {
            Ok(replayed) => replayed,
            Err(error) => {
                complain(&format!("{name}: {:#}", anyhow!(error)));
                all_read = false;
                continue;
            }
        };
        if args.format == ReplayFormat::Table {
            // Each as soon as it is known: the next may take a while.
            print::line(&mut out, &name, &replayed, lang)?;
            out.flush()?;
        }
        if let Some(number) = number {
            put_beside_book(args, number, &replayed)?;
        }
        done.push((name, replayed));
    }
    match args.format {
        ReplayFormat::Table => print::sum(&mut out, &done, lang)?,
        format => print(&mut out, format, &done, lang)?,
    }
    out.flush().context("cannot write the output")?;
    let passed = !done.iter().any(|(_, replayed)| Outcome::is_failure(replayed.outcome));
    Ok(status(all_read && passed))
}

fn print(
    out: &mut impl io::Write,
    format: ReplayFormat,
    done: &[(String, Replayed)],
    lang: Lang,
) -> anyhow::Result<()> {
    match format {
        ReplayFormat::Table | ReplayFormat::Cards => print::cards(out, done, lang)?,
        ReplayFormat::Json => {
            let replays: Vec<&Replayed> = done.iter().map(|(_, replayed)| replayed).collect();
            serde_json::to_writer_pretty(&mut *out, &replays)?;
            writeln!(out)?;
        }
        ReplayFormat::Junit => {
            junit::write(done, &mut *out)?;
            writeln!(out)?;
        }
        ReplayFormat::Scenario => {}
    }
    Ok(())
}

/// Beside the book, for its pages.
fn put_beside_book(
    args: &ReplayArgs,
    number: CaseNumber,
    replayed: &Replayed,
) -> anyhow::Result<()> {
    let folder = args.book.folder()?;
    let policy = args.policy.as_ref().map(|path| path.display().to_string());
    let kept = KeptReplay { number, at: Timestamp::now(), policy, replayed: replayed.clone() };
    Shelf::beside(&folder)
        .keep(&kept)
        .with_context(|| format!("{}: the replay cannot be kept", folder.display()))
}

fn status(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A name that is one folder's.
fn plain_name(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
