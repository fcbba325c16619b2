//! Starts the stable-toolchain fuzz driver. It does not know what the targets do: they are in
//! `fuzz/driver`, shared with the libFuzzer targets of `fuzz/`.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::ci::{cargo_command, run_command};

/// Runs the driver with the arguments of the command line.
pub(crate) fn run(root: &Path, arguments: &[String]) -> anyhow::Result<()> {
    let mut rest = arguments.iter();
    let mut passed = Vec::new();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--seconds" | "--seed" => {
                let value = rest.next().with_context(|| format!("{argument} needs a number"))?;
                value
                    .parse::<u64>()
                    .with_context(|| format!("{argument} {value:?} is no number"))?;
                passed.extend([argument.as_str(), value]);
            }
            option if option.starts_with('-') => bail!("fuzz does not know {option}"),
            target => passed.push(target),
        }
    }
    drive(root, "fuzz", &passed)
}

/// Every target for `seconds` each, as the tests were built, so that nothing is built again.
pub(crate) fn every_target(root: &Path, seconds: u64) -> anyhow::Result<()> {
    drive(root, "dev", &["--seconds", &seconds.to_string()])
}

/// Runs the driver, built with `profile`.
fn drive(root: &Path, profile: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = cargo_command(
        root,
        &["run", "--quiet", "--profile", profile, "--package", "fuzz-driver", "--"],
    );
    run_command(command.args(arguments))
}
