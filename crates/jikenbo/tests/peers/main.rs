//! The running relay among the programs that it will meet: Postfix and Exim in front of it, Postfix
//! behind it, and the clients swaks, msmtp and Python's smtplib, with TLS and without. What arrives is
//! compared to the byte with what was sent. It does not know how the relay judges; the three accidents
//! that it is there to stop are in `accidents`.
//!
//! Peers are Debian's; Postfix and Exim run as instances of their own in a temporary folder. Where a
//! peer is missing, its tests say that they are skipped and pass; with `JIKENBO_PEERS=required` they
//! fail instead.

mod accidents;
mod clients;
mod exim;
mod house;
mod mails;
mod postfix;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use testkit::postfix::program;

/// Whether the test can run with these programs. It says so where it cannot.
#[track_caller]
fn has(needed: &[(&str, bool)]) -> bool {
    let missing: Vec<&str> =
        needed.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return true;
    }
    let required = std::env::var_os("JIKENBO_PEERS");
    assert!(required.as_deref() != Some(OsStr::new("required")), "missing: {missing:?}");
    println!("skipped: a test with mail programs needs {}", missing.join(", "));
    false
}

/// The same for programs that are found by their names.
#[track_caller]
fn has_programs(names: &[&str]) -> bool {
    let needed: Vec<_> = names.iter().map(|name| (*name, program(name).is_some())).collect();
    has(&needed)
}

/// Runs to the end, which must be a good one.
#[track_caller]
fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// A certificate for this machine that vouches for itself, and its key.
fn make_certificate(folder: &Path) {
    run(Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args([
            "-days", "30", "-subj", "/CN=localhost", "-keyout", "relay.key", "-out", "relay.pem",
        ])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .current_dir(folder));
}
