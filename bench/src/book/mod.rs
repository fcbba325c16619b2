//! Measures the book and prints the tables of `bench/README.md`: adding, size, opening, memory,
//! searching beside two peers, and whether every answer is what a plain scan finds. Run it through
//! `bench/book`, which starts the peer that is a server.
//!
//! It prints figures and judges none: no time is asserted.

mod adding;
mod answer;
pub(crate) mod apart;
mod asked;
mod ours;
mod postgres;
mod race;
mod scan;
mod seeded;
mod sizes;
mod texts;
mod trigram;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use self::adding::Adding;
use self::answer::Times;
use self::ours::Ours;
use self::postgres::Postgres;
use self::scan::Scanned;
use self::seeded::Seeded;
use self::texts::Maker;
use self::trigram::Trigram;
use crate::table::{Table, significant};

/// Whatever goes wrong ends the measurement.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The subcommand.
pub(crate) const COMMAND: &str = "book";

/// Whoever wants other texts than those of the figures changes this.
const SEED: u64 = 20_261_123;

/// What the command line asks for.
struct Wanted {
    cases: usize,
    queries: usize,
    /// Where the books are made. One that is there is measured, and nothing is added.
    data: PathBuf,
    /// The folder with the socket of the peer's server, where it runs.
    postgres: Option<String>,
    /// Whether no peer is asked.
    alone: bool,
}

/// Measures what the arguments ask for.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), Failed> {
    let wanted = wanted(arguments).ok_or(
        "usage: bench book --data DIR [--cases N] [--queries N] [--alone | --postgres SOCKETS]",
    )?;
    let folder = wanted.data.join(format!("book-{}", wanted.cases));
    if !folder.is_dir() {
        println!("{}", added(&adding::add(&folder, &mut Maker::new(SEED)?, wanted.cases)?));
    }
    let texts = adding::again(&folder, &mut Maker::new(SEED)?)?;
    let kept = sizes::of(&folder)?;
    let cases = scan::cases(&folder, &texts)?;
    drop::<HashMap<String, String>>(texts);

    let mut filling = Table::new(&["what", "s to fill", "MB of index", "MB of texts and rows"]);
    let trigram = if wanted.alone {
        None
    } else {
        let path = wanted.data.join(format!("trigram-{}.sqlite", wanted.cases));
        if path.exists() {
            fs::remove_file(&path)?;
        }
        let (trigram, spent) = timed(|| Trigram::fill(&path, &cases))?;
        let [index, rest] = trigram.bytes()?;
        filling.row(&["SQLite FTS5 trigram", &significant(spent), &mb(index), &mb(rest)]);
        Some(trigram)
    };
    let postgres = match &wanted.postgres {
        None => None,
        Some(sockets) => {
            let mut postgres = Postgres::new(sockets)?;
            let ((), spent) = timed(|| postgres.fill(&cases))?;
            let (rest, index) = postgres.bytes()?;
            filling.row(&["PostgreSQL pg_trgm", &significant(spent), &mb(index), &mb(rest)]);
            Some(postgres)
        }
    };
    let mut sized = Table::new(&["the data folder", "MB"]);
    for (part, bytes) in [
        ("search index", kept.index),
        ("ledger", kept.ledger),
        ("other tables", kept.rest),
        ("archive, bytes of its files", kept.archive),
        ("archive, on the disk", kept.archive_on_disk),
    ] {
        sized.row(&[part, &mb(bytes)]);
    }
    let text_bytes = cases.iter().map(|case| case.text.len() as u64).sum();
    sized.row(&["(the folded texts of all cases)", &mb(text_bytes)]);
    println!("{sized}\n{filling}");

    let ours = Ours::open(&folder)?;
    let asked = asked::drawn(&cases, wanted.queries, SEED)?;
    println!("{}", pages(&ours, &cases)?);
    let apart = apart::measure(&folder, &asked)?;
    let mut process = Table::new(&["a process that opens the book", ""]);
    process.row(&["opening, ms", &significant(apart.opening_ms)]);
    process.row(&["first search, ms", &significant(apart.first_search_ms)]);
    process.row(&["memory when open, MB", &significant(apart.opened_mb)]);
    process.row(&["memory after all searches, MB", &significant(apart.searched_mb)]);
    println!("{process}");
    println!("{}", race::run(&ours, trigram, postgres, &cases, &asked)?);
    Ok(())
}

fn wanted(mut arguments: impl Iterator<Item = String>) -> Option<Wanted> {
    let mut wanted =
        Wanted { cases: 100_000, queries: 100, data: PathBuf::new(), postgres: None, alone: false };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--cases" => wanted.cases = arguments.next()?.parse().ok()?,
            "--queries" => wanted.queries = arguments.next()?.parse().ok()?,
            "--data" => wanted.data = arguments.next()?.into(),
            "--alone" => wanted.alone = true,
            "--postgres" => wanted.postgres = Some(arguments.next()?),
            _ => return None,
        }
    }
    (!wanted.data.as_os_str().is_empty() && wanted.cases > 0).then_some(wanted)
}

fn timed<T>(work: impl FnOnce() -> Result<T, Failed>) -> Result<(T, f64), Failed> {
    let started = Instant::now();
    let done = work()?;
    Ok((done, started.elapsed().as_secs_f64()))
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn mb(bytes: u64) -> String {
    significant(bytes as f64 / 1e6)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn added(adding: &Adding) -> Table {
    let mut table = Table::new(&["adding", ""]);
    let (reading, keeping) = (adding.reading.as_secs_f64(), adding.keeping.as_secs_f64());
    let compacting = adding.compacting.as_secs_f64();
    let cases = adding.cases as f64;
    for (name, value) in [
        ("cases", cases),
        ("MB of text", adding.bytes as f64 / 1e6),
        ("s of reading", reading),
        ("s of keeping", keeping),
        ("s of compacting the search index", compacting),
        ("s of the processor, making the texts included", adding.processor.as_secs_f64()),
        ("cases a second", cases / (reading + keeping + compacting)),
        ("cases a second, last tenth", adding.last.0 as f64 / adding.last.1.as_secs_f64()),
        ("peak memory of adding, MB", adding.peak_mb),
    ] {
        table.row(&[name, &significant(value)]);
    }
    table
}

/// What a page of a case needs, for cases here and there.
fn pages(ours: &Ours, cases: &[Scanned]) -> Result<Table, Failed> {
    let mut chance = Seeded::new(SEED);
    let (mut cases_alone, mut with_text) = (Times::default(), Times::default());
    for _ in 0..500 {
        let number = chance.pick(cases).number.parse().map_err(|_| "no number of a case")?;
        let started = Instant::now();
        let case = ours.book.case(number)?.ok_or("a case that is not there")?;
        cases_alone.push(started.elapsed());
        for report in &case.reports {
            ours.book.text(&report.source.sha256)?;
        }
        with_text.push(started.elapsed());
    }
    let mut table = Table::new(&["the data of a case page", "p50 ms", "p99 ms"]);
    for (name, times) in [("Book::case", cases_alone), ("with its texts", with_text)] {
        let within = |percent| times.within(percent).map_or_else(String::new, significant);
        table.row(&[name, &within(50), &within(99)]);
    }
    Ok(table)
}
