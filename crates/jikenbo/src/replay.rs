//! The command `replay`: cases run again, with the controls and without them. It finds the cases and
//! prints what became of them; it does not know how a scenario is derived or run.

mod drill;
mod price;
mod print;
mod sources;

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use case::{CaseNumber, Lang};
use jiff::Timestamp;
use relay::net::PolicyFile;
use replay::outcome::Outcome;
use replay::{KeptReplay, Replayed, Sandbox, Scenario, Shelf, WrittenPolicy, junit};
use serde::Serialize;
use sources::Wanted;
use tokio::runtime::Runtime;

use crate::cli::replay::{ReplayArgs, ReplayFormat};
use crate::data::hinted;
use crate::read::complain;

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
        Some(path) => PolicyFile::read(path)?.into(),
    };
    let (found, mut failed) = sources::find(args)?;
    if args.format == ReplayFormat::Scenario {
        print::scenarios(&mut out, &found, lang)?;
        return Ok(status(failed.is_empty()));
    }
    let runtime = Runtime::new().context("the threads cannot be started")?;
    if args.drill {
        let replayed = runtime.block_on(drill::run(args, &found, &policy))?;
        let is_failure = replayed.outcome.is_failure();
        if let Some(number) = found[0].number {
            keep_drill(args, number, &replayed)?;
        }
        print(&mut out, args.format, &[(found[0].name.clone(), replayed)], &failed, lang)?;
        out.flush()?;
        return Ok(status(!is_failure));
    }
    let Some(mut done) = round(args, found, &policy, &runtime, &mut failed, &mut out)? else {
        complain("jikenbo: it was told to end; what was run before is kept");
        return Ok(ExitCode::FAILURE);
    };
    if !args.past.is_empty() {
        price::put_on(&mut done, &policy, &args.past)?;
        for Done { number, replayed, .. } in &done {
            if let (Some(number), Some(_)) = (number, &replayed.changes) {
                put_beside_book(args, *number, replayed)?;
            }
        }
    }
    let mut done: Vec<(String, Replayed)> =
        done.into_iter().map(|done| (done.name, done.replayed)).collect();
    if policy.is_own() {
        done.sort_by_key(|(_, replayed)| replayed.worst_first());
    }
    match args.format {
        ReplayFormat::Table => {
            for (name, replayed) in done.iter().filter(|_| !is_told_at_once(args)) {
                print::line(&mut out, name, replayed, lang)?;
            }
            print::sum(&mut out, &done, lang)?;
        }
        format => print(&mut out, format, &done, &failed, lang)?,
    }
    out.flush().context("cannot write the output")?;
    let passed = !done.iter().any(|(_, replayed)| Outcome::is_failure(replayed.outcome));
    Ok(status(failed.is_empty() && passed))
}

/// What was run.
struct Done {
    name: String,
    number: Option<CaseNumber>,
    replayed: Replayed,
}

/// Runs one after another; none where the process was told to end, with the sandbox of that moment cleared away.
fn round(
    args: &ReplayArgs,
    found: Vec<Wanted>,
    policy: &WrittenPolicy,
    runtime: &Runtime,
    failed: &mut Vec<(String, String)>,
    out: &mut impl io::Write,
) -> anyhow::Result<Option<Vec<Done>>> {
    let mut done = Vec::new();
    for Wanted { name, number, derived } in found {
        let keep = args.keep.as_ref().map(|folder| folder.join(plain_name(&name)));
        let sandbox = Sandbox { mutants: args.mutants, changes: args.suggest, keep };
        let ran = runtime.block_on(async {
            tokio::select! {
                ran = derived.run(policy, &sandbox) => Some(ran),
                () = web::told_to_end() => None,
            }
        });
        let replayed = match ran {
            None => return Ok(None),
            Some(Ok(replayed)) => replayed,
            Some(Err(error)) => {
                let why = format!("{:#}", anyhow!(error));
                complain(&format!("{name}: {why}"));
                failed.push((name, why));
                continue;
            }
        };
        if is_told_at_once(args) {
            print::line(out, &name, &replayed, Lang::from(args.lang))?;
            out.flush()?;
        }
        if let Some(number) = number {
            put_beside_book(args, number, &replayed)?;
        }
        done.push(Done { name, number, replayed });
    }
    Ok(Some(done))
}

/// Whether a line is printed as soon as it is known, since the next may take a while. Under a policy of one's own
/// the order is known when all are.
fn is_told_at_once(args: &ReplayArgs) -> bool {
    args.format == ReplayFormat::Table && args.policy.is_none()
}

/// A replay as JSON has it, with what it was made of.
#[derive(Serialize)]
struct Named<'a> {
    input: &'a str,
    #[serde(flatten)]
    replayed: &'a Replayed,
}

fn print(
    out: &mut impl io::Write,
    format: ReplayFormat,
    done: &[(String, Replayed)],
    failed: &[(String, String)],
    lang: Lang,
) -> anyhow::Result<()> {
    match format {
        ReplayFormat::Table | ReplayFormat::Cards => print::cards(out, done, lang)?,
        ReplayFormat::Json => {
            let replays = done.iter().map(|(input, replayed)| Named { input, replayed });
            let replays: Vec<Named<'_>> = replays.collect();
            serde_json::to_writer_pretty(&mut *out, &replays)?;
            writeln!(out)?;
        }
        ReplayFormat::Junit => {
            junit::write(done, failed, &mut *out)?;
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
    Shelf::beside(&folder)
        .keep(&kept(args, number, replayed))
        .with_context(|| format!("{}: the replay cannot be kept", folder.display()))
}

/// Beside the book, and its hash in the ledger: who answered what after how long is no longer to be changed.
fn keep_drill(args: &ReplayArgs, number: CaseNumber, replayed: &Replayed) -> anyhow::Result<()> {
    let folder = args.book.folder()?;
    let (file, sha256) = Shelf::beside(&folder)
        .keep_drill(&kept(args, number, replayed))
        .with_context(|| format!("{}: the drill cannot be kept", folder.display()))?;
    let told = format!("{number}: {}; {file} sha256 {sha256}", replayed.outcome.name());
    args.book.open_existing()?.note("drill", &told, &args.book.who()).map_err(hinted)
}

fn kept(args: &ReplayArgs, number: CaseNumber, replayed: &Replayed) -> KeptReplay {
    let policy = args.policy.as_ref().map(|path| path.display().to_string());
    KeptReplay { number, at: Timestamp::now(), policy, replayed: replayed.clone() }
}

fn status(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A name that is one folder's.
fn plain_name(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
