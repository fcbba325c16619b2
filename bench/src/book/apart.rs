//! A process of its own that opens the book, searches it and opens cases: how long opening takes
//! and how much memory stays. It does not know the other measurements.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{fs, io};

use book::Book;
use book::index::Ask;
use book::query::Query;

use super::Failed;
use super::asked::Asked;

/// The subcommand under which the program starts itself.
pub(crate) const COMMAND: &str = "book-apart";

/// What the process said of itself.
pub(crate) struct Apart {
    pub(crate) opening_ms: f64,
    pub(crate) first_search_ms: f64,
    pub(crate) opened_mb: f64,
    pub(crate) searched_mb: f64,
}

/// Starts the process and asks it these.
pub(crate) fn measure(folder: &Path, asked: &[Asked]) -> Result<Apart, Failed> {
    let mut process = Command::new(std::env::current_exe()?)
        .arg(COMMAND)
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut queries = process.stdin.take().ok_or("no input")?;
    for asked in asked {
        writeln!(queries, "{}", asked.query()?)?;
    }
    drop(queries);
    let output = process.wait_with_output()?;
    let figures: Vec<f64> = String::from_utf8_lossy(&output.stdout)
        .split_whitespace()
        .filter_map(|figure| figure.parse().ok())
        .collect();
    let [opening_ms, first_search_ms, opened_mb, searched_mb] =
        figures.try_into().map_err(|_| "the process apart failed")?;
    Ok(Apart { opening_ms, first_search_ms, opened_mb, searched_mb })
}

/// What the process does: queries come on standard input, figures go to standard output.
pub(crate) fn run(folder: &Path) -> Result<(), Failed> {
    let started = Instant::now();
    let book = Book::open_existing(folder)?;
    let opening = started.elapsed();
    let opened_mb = memory_mb("VmRSS:")?;
    let ask = Ask { limit: 20, facets: &["category", "year", "data"], ..Ask::default() };
    let mut first = None;
    for line in io::stdin().lines() {
        let query = Query::parse(&line?).query;
        let started = Instant::now();
        let hits = book.search(&query, &ask)?;
        first.get_or_insert(started.elapsed());
        if let Some(hit) = hits.cases.first() {
            book.case(hit.case.number)?;
        }
    }
    println!(
        "{} {} {opened_mb} {}",
        opening.as_secs_f64() * 1e3,
        first.unwrap_or_default().as_secs_f64() * 1e3,
        memory_mb("VmRSS:")?
    );
    Ok(())
}

/// The memory of this process in millions of bytes: what is in memory (`VmRSS:`), or the most that
/// ever was (`VmHWM:`).
pub(crate) fn memory_mb(which: &str) -> Result<f64, Failed> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(which)).ok_or("no such memory")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib * 1024.0 / 1e6)
}
