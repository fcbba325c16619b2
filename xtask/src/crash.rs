//! Kills writers of a book or of a spool with SIGKILL at random moments, and asks after each kill
//! whether it is sound and every change that was acknowledged is there. It does not know what a book
//! or a spool is: `crates/book/examples/crash.rs` and `crates/relay/examples/spool_crash.rs` write and
//! check. The running relay is killed by `crates/relay/examples/relay_crash.rs`, which clients and the
//! next server outlive; the running file guard by `crates/fileguard/examples/guard_crash.rs`.
//!
//! A kill ends the process, not the machine: that the disk keeps what it confirmed is not tried.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::ci::cargo_command;

/// A long run; `cargo xtask ci` makes a short one.
const KILLS: u64 = 200;

/// So many kills of one book or spool; then a new one, since each check reads all of it.
const KILLS_A_PLACE: u64 = 20;

/// How long a writer lives at the most. It opens what it writes to in a few milliseconds.
const MOST_LIFE_MS: u64 = 1_000;

/// The running relay, in place of a subject.
const RELAY: &str = "relay";
/// The running file guard, in place of a subject.
const FILEGUARD: &str = "fileguard";
/// The exit status of a trial that cannot be made here.
const NOT_RUN: i32 = 3;

/// What is written to while the writers are killed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    name: &'static str,
    package: &'static str,
    /// The program with the two halves, an example of the package.
    example: &'static str,
    /// How many writers at once, at the most.
    most_writers: u64,
}

/// Several processes may write to a book.
pub(crate) const BOOK: Subject =
    Subject { name: "book", package: "book", example: "crash", most_writers: 2 };
/// One process writes to a spool, in several threads.
pub(crate) const SPOOL: Subject =
    Subject { name: "spool", package: "relay", example: "spool_crash", most_writers: 1 };

/// Runs with the arguments of the command line.
pub(crate) fn run(root: &Path, arguments: &[String]) -> anyhow::Result<()> {
    let (mut kills, mut seed) = (KILLS, 1);
    let mut subject = "book";
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let place = match argument.as_str() {
            "--kills" => &mut kills,
            "--seed" => &mut seed,
            "book" | "spool" | RELAY | FILEGUARD => {
                subject = argument.as_str();
                continue;
            }
            other => bail!("crash does not know {other}"),
        };
        let value = rest.next().with_context(|| format!("{argument} needs a number"))?;
        *place = value.parse().with_context(|| format!("{argument} {value:?} is no number"))?;
    }
    match subject {
        RELAY => kill_relay(root, kills, seed),
        FILEGUARD => kill_guard(root, kills, seed, true),
        "spool" => kill(root, SPOOL, kills, seed),
        _ => kill(root, BOOK, kills, seed),
    }
}

/// Kills so many running file guards, some over each tree. Where there is no root or no loop device the
/// trial is not made, which is an error if it is `required`, here or by the environment.
pub(crate) fn kill_guard(root: &Path, kills: u64, seed: u64, required: bool) -> anyhow::Result<()> {
    let jikenbo = build(root, "jikenbo", &["--bin", "jikenbo"], "jikenbo")?;
    let program = build(root, "fileguard", &["--example", "guard_crash"], "guard_crash")?;
    let by_environment = std::env::var("JIKENBO_FILEGUARD").is_ok_and(|value| value == "required");
    let started = Instant::now();
    for first in (0..kills).step_by(usize::try_from(KILLS_A_PLACE)?) {
        let many = KILLS_A_PLACE.min(kills - first);
        let output = Command::new(&program)
            .arg(&jikenbo)
            .args([many, seed.wrapping_mul(1_000_003).wrapping_add(first)].map(|n| n.to_string()))
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        if output.status.code() == Some(NOT_RUN) && !required && !by_environment {
            println!(
                "crash: the file guard was NOT tried: this machine gives no root or no loop device"
            );
            return Ok(());
        }
        ensure!(
            output.status.success(),
            "the guard lost something or somebody, kills {first} to {} of seed {seed}",
            first + many
        );
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let seconds = started.elapsed().as_secs();
        println!("crash: {} of {kills} kills, {seconds} s; {}", first + many, said.trim());
    }
    Ok(())
}

/// Kills so many running relays, some of each data folder. The folder is kept where something is wrong.
pub(crate) fn kill_relay(root: &Path, kills: u64, seed: u64) -> anyhow::Result<()> {
    let jikenbo = build(root, "jikenbo", &["--bin", "jikenbo"], "jikenbo")?;
    let program = build(root, "relay", &["--example", "relay_crash"], "relay_crash")?;
    let folder = std::env::temp_dir().join(format!("jikenbo-crash-relay-{}", std::process::id()));
    let started = Instant::now();
    for first in (0..kills).step_by(usize::try_from(KILLS_A_PLACE)?) {
        fs::create_dir_all(&folder)?;
        let many = KILLS_A_PLACE.min(kills - first);
        let output = Command::new(&program)
            .arg(&jikenbo)
            .arg(&folder)
            .args([many, seed.wrapping_mul(1_000_003).wrapping_add(first)].map(|n| n.to_string()))
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(
            output.status.success(),
            "the relay lost or gave away something, kills {first} to {} of seed {seed}; kept in {}",
            first + many,
            folder.display()
        );
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let seconds = started.elapsed().as_secs();
        println!("crash: {} of {kills} kills, {seconds} s; {}", first + many, said.trim());
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

/// Kills so many writers. The folder is kept where something is wrong.
pub(crate) fn kill(root: &Path, subject: Subject, kills: u64, seed: u64) -> anyhow::Result<()> {
    let Subject { package, example, .. } = subject;
    let program = build(root, package, &["--example", example], example)?;
    let process = std::process::id();
    let folder = std::env::temp_dir().join(format!("jikenbo-crash-{}-{process}", subject.name));
    let started = Instant::now();
    let mut moments = Moments(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for first in (0..kills).step_by(usize::try_from(KILLS_A_PLACE)?) {
        fs::create_dir_all(&folder)?;
        let mut lines = Vec::new();
        let mut said = String::new();
        for number in first..kills.min(first + KILLS_A_PLACE) {
            let kept = || format!("kill {number} of seed {seed}; kept in {}", folder.display());
            let life = Life { program: &program, place: folder.join(subject.name), number, seed };
            life.run(subject, &mut moments, &mut lines).with_context(kept)?;
            said = life.check(&lines).with_context(kept)?;
        }
        println!(
            "crash: {} of {kills} kills, {} s; the last {}: {}",
            kills.min(first + KILLS_A_PLACE),
            started.elapsed().as_secs(),
            subject.name,
            said.trim()
        );
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

/// The life of some writers, from their start to the check after their end.
struct Life<'a> {
    program: &'a Path,
    /// The book or the spool.
    place: PathBuf,
    number: u64,
    seed: u64,
}

impl Life<'_> {
    /// Starts the writers and kills them.
    fn run(
        &self,
        subject: Subject,
        moments: &mut Moments,
        lines: &mut Vec<PathBuf>,
    ) -> anyhow::Result<()> {
        let Self { place, number, seed, .. } = self;
        let mut writers: Vec<(Child, PathBuf)> = Vec::new();
        for writer in 0..=moments.below(subject.most_writers) {
            let said = place.with_file_name(format!("said-{number}-{writer}"));
            let errors = place.with_file_name(format!("errors-{number}-{writer}"));
            let child = Command::new(self.program)
                .arg("write")
                .arg(place)
                .arg(seed.wrapping_mul(1_000_003).wrapping_add(number * 2 + writer).to_string())
                .stdin(Stdio::null())
                .stdout(File::create(&said)?)
                .stderr(File::create(&errors)?)
                .spawn()?;
            lines.push(said);
            writers.push((child, errors));
        }
        for (child, errors) in &mut writers {
            thread::sleep(Duration::from_millis(moments.below(MOST_LIFE_MS)));
            child.kill()?;
            let status = child.wait()?;
            ensure!(
                status.code().is_none(),
                "the writer ended by itself with {status}: {}",
                fs::read_to_string(errors)?
            );
        }
        Ok(())
    }

    fn check(&self, lines: &[PathBuf]) -> anyhow::Result<String> {
        let output =
            Command::new(self.program).arg("check").arg(&self.place).args(lines).output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        Ok(said)
    }
}

/// Builds a program, and tells where it is. It is built with the features of the whole workspace and its
/// examples, as the tests were: what was built for them is used again.
fn build(root: &Path, package: &str, what: &[&str], name: &str) -> anyhow::Result<PathBuf> {
    let arguments =
        [&["build", "--quiet", "--workspace", "--examples"], what, &["--message-format", "json"]];
    let output = cargo_command(root, &arguments.concat()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{name} of the crate {package} does not build");
    String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .with_context(|| format!("cargo does not tell where {name} is"))
}

/// Moments that a seed decides (xorshift64, Marsaglia 2003).
struct Moments(u64);

impl Moments {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}
