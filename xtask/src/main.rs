//! The house rules as a program: `cargo xtask tidy`, and what CI runs: `cargo xtask ci`.
//!
//! It knows the repository's files and cargo's commands. It does not know what a case is: nothing
//! here is part of what jikenbo ships.

mod broken;
mod ci;
mod crash;
mod fuzz;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

const USAGE: &str = "usage: cargo xtask COMMAND

  ci                              what CI runs: format, clippy, tidy, tests, docs, a short fuzz
  tidy                            the house rules
  crash [book|spool|relay|fileguard] [--kills N] [--seed N]
                                  kills writers of a book (unless said otherwise) or of the relay's
                                  spool, or the running relay or file guard; what was acknowledged or
                                  kept must be there
  broken                          breaks checks in a copy of the repository; replay must find it
  fuzz [--seconds N] [--seed N] [TARGET…]   the fuzz targets on the stable toolchain, all or named
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = root()?;
    match arguments.split_first() {
        Some((command, [])) if command == "ci" => ci::run(&root),
        Some((command, [])) if command == "tidy" => tidy::run(&root),
        Some((command, [])) if command == "broken" => broken::run(&root),
        Some((command, rest)) if command == "crash" => crash::run(&root, rest),
        Some((command, rest)) if command == "fuzz" => fuzz::run(&root, rest),
        _ => bail!("{USAGE}"),
    }
}

/// The repository's root: the folder above this crate's.
fn root() -> anyhow::Result<PathBuf> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .context("start me through cargo: `cargo xtask …` (CARGO_MANIFEST_DIR is not set)")?;
    let manifest = PathBuf::from(manifest);
    Ok(manifest.parent().context("xtask lies in no folder")?.to_owned())
}
