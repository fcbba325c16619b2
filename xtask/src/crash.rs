//! Kills writers of a book with SIGKILL at random moments, and asks after each kill whether the
//! book verifies and every change that was acknowledged is there. It does not know what a book is:
//! `crates/book/examples/crash.rs` writes and checks.
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

/// So many kills of one book; then a new one, since each check reads all of it.
const KILLS_A_BOOK: u64 = 20;

/// How long a writer lives at the most. It opens the book in a few milliseconds.
const MOST_LIFE_MS: u64 = 1_000;

/// Runs with the arguments of the command line.
pub(crate) fn run(root: &Path, arguments: &[String]) -> anyhow::Result<()> {
    let (mut kills, mut seed) = (KILLS, 1);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let place = match argument.as_str() {
            "--kills" => &mut kills,
            "--seed" => &mut seed,
            other => bail!("crash does not know {other}"),
        };
        let value = rest.next().with_context(|| format!("{argument} needs a number"))?;
        *place = value.parse().with_context(|| format!("{argument} {value:?} is no number"))?;
    }
    kill(root, kills, seed)
}

/// Kills so many writers. The folder with the book is kept where something is wrong.
pub(crate) fn kill(root: &Path, kills: u64, seed: u64) -> anyhow::Result<()> {
    let program = build(root)?;
    let folder = std::env::temp_dir().join(format!("jikenbo-crash-{}", std::process::id()));
    let started = Instant::now();
    let mut moments = Moments(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for first in (0..kills).step_by(usize::try_from(KILLS_A_BOOK)?) {
        fs::create_dir_all(&folder)?;
        let mut lines = Vec::new();
        let mut said = String::new();
        for number in first..kills.min(first + KILLS_A_BOOK) {
            let kept = || format!("kill {number} of seed {seed}; kept in {}", folder.display());
            one_life(&program, &folder, number, seed, &mut moments, &mut lines)
                .with_context(kept)?;
            said = check(&program, &folder, &lines).with_context(kept)?;
        }
        println!(
            "crash: {} of {kills} kills, {} s; the last book: {}",
            kills.min(first + KILLS_A_BOOK),
            started.elapsed().as_secs(),
            said.trim()
        );
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

/// Starts one or two writers and kills them.
fn one_life(
    program: &Path,
    folder: &Path,
    number: u64,
    seed: u64,
    moments: &mut Moments,
    lines: &mut Vec<PathBuf>,
) -> anyhow::Result<()> {
    let mut writers: Vec<(Child, PathBuf)> = Vec::new();
    for writer in 0..=moments.below(2) {
        let said = folder.join(format!("said-{number}-{writer}"));
        let errors = folder.join(format!("errors-{number}-{writer}"));
        let child = Command::new(program)
            .arg("write")
            .arg(folder.join("book"))
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

fn check(program: &Path, folder: &Path, lines: &[PathBuf]) -> anyhow::Result<String> {
    let output =
        Command::new(program).arg("check").arg(folder.join("book")).args(lines).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    Ok(said)
}

/// Builds the program, as the tests were built, and tells where it is.
fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let output = cargo_command(
        root,
        &[
            "build", "--quiet", "--package", "book", "--example", "crash", "--message-format",
            "json",
        ],
    )
    .stderr(Stdio::inherit())
    .output()?;
    ensure!(output.status.success(), "the example crash of the crate book does not build");
    String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "crash")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo does not tell where the example crash is")
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
