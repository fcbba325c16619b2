//! What CI runs, step by step, stopping at the first that fails. It does not know how a machine is
//! set up: the script `test` at the root does that first.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};

use crate::{broken, crash, fuzz, tidy};

/// Short, since CI runs on two cores; a real run is `cargo xtask fuzz --seconds 600`.
const FUZZ_SECONDS: u64 = 6;

/// Short, for the same reason; a real run is `cargo xtask crash`.
const CRASH_KILLS: u64 = 8;
const CRASH_SEED: u64 = 1;
/// Each of these begins a guard, an attack and an undo.
const GUARD_KILLS: u64 = 5;

/// Runs every step.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    step("format", || cargo(root, &["fmt", "--all", "--check"]))?;
    step("tidy", || tidy::run(root))?;
    step("clippy", || {
        cargo(root, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
    })?;
    step("tests", || tests(root))?;
    step("documentation tests", || cargo(root, &["test", "--workspace", "--doc"]))?;
    step("documentation", || {
        run_command(
            cargo_command(root, &["doc", "--workspace", "--no-deps"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
    })?;
    if installed(root, "deny") {
        // Without `advisories`: those need a database from the network.
        step("cargo deny", || cargo(root, &["deny", "check", "bans", "licenses", "sources"]))?;
    }
    step("crash", || {
        crash::kill(root, crash::BOOK, CRASH_KILLS, CRASH_SEED)?;
        crash::kill(root, crash::SPOOL, CRASH_KILLS, CRASH_SEED)?;
        crash::kill_relay(root, CRASH_KILLS, CRASH_SEED)?;
        crash::kill_guard(root, GUARD_KILLS, CRASH_SEED, false)
    })?;
    step("broken controls", || broken::run(root))?;
    step("fuzz", || fuzz::every_target(root, FUZZ_SECONDS))?;
    println!("ci: all steps passed in {} s", started.elapsed().as_secs());
    Ok(())
}

fn step(name: &str, run: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    println!("\n== {name}");
    let started = Instant::now();
    run().with_context(|| format!("step {name:?} failed"))?;
    println!("== {name}: passed in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// nextest where it is installed: a process a test, and hanging tests are ended.
fn tests(root: &Path) -> anyhow::Result<()> {
    let arguments: &[&str] = if installed(root, "nextest") {
        &["nextest", "run", "--workspace", "--all-targets"]
    } else {
        &["test", "--workspace", "--all-targets"]
    };
    // A snapshot that does not fit fails; it is never rewritten here.
    run_command(cargo_command(root, arguments).env("INSTA_UPDATE", "no"))
}

fn installed(root: &Path, subcommand: &str) -> bool {
    cargo_command(root, &[subcommand, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn cargo(root: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    run_command(&mut cargo_command(root, arguments))
}

/// The cargo that started us, in the repository's root.
pub(crate) fn cargo_command(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root);
    command
}

/// Runs to the end; an exit status other than 0 is an error.
pub(crate) fn run_command(command: &mut Command) -> anyhow::Result<()> {
    let shown = format!("{command:?}");
    let status = command.status().with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown} ended with {status}");
    }
    Ok(())
}
