//! Measures reading and prints the table of `bench/README.md`: our speed beside the lexicon pass
//! and the peers, memory, growth, start-up. Run it through `bench/read`, which keeps it to one core.
//!
//! With `book` as its first argument it measures the book instead; see `bench/book`. With `serve` it
//! measures the pages; see `bench/serve`. With `relay` it measures the relay beside Postfix; see
//! `bench/relay`. With `ham` it sends real mail through it; see `bench/README.md`.
//!
//! It prints figures and judges none: no time is asserted.

mod book;
mod clock;
mod command;
mod generate;
mod growth;
mod lexicon;
mod library;
mod peers;
mod relay;
mod serve;
mod smtp;
mod table;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use table::Table;

/// One million bytes, as in every figure here.
pub(crate) const MB: usize = 1_000_000;

/// What the command line asks for.
struct Wanted {
    jikenbo: PathBuf,
    large_bytes: usize,
    peer_seconds: u32,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    let something_else = match arguments.peek().map(String::as_str) {
        Some(book::COMMAND) => Some(book::run(arguments.by_ref().skip(1))),
        Some(self::relay::COMMAND) => Some(self::relay::run(arguments.by_ref().skip(1))),
        Some(smtp::COMMAND) => Some(smtp::run(arguments.by_ref().skip(1))),
        Some(smtp::ham::COMMAND) => Some(smtp::ham::run(arguments.by_ref().skip(1))),
        Some(smtp::milter::COMMAND) => Some(smtp::milter::run(arguments.by_ref().skip(1))),
        Some(serve::COMMAND) => Some(serve::run(arguments.by_ref().skip(1))),
        Some(book::apart::COMMAND) => {
            Some(book::apart::run(Path::new(&arguments.nth(1).unwrap_or_default())))
        }
        _ => None,
    };
    match something_else {
        Some(Ok(())) => return ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("bench: {error}");
            return ExitCode::FAILURE;
        }
        None => {}
    }
    let Some(wanted) = wanted(arguments) else {
        eprintln!("usage: bench --jikenbo PATH [--quick] [--peer-seconds N]; see bench/read");
        return ExitCode::from(2);
    };
    match run(&wanted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wanted(mut arguments: impl Iterator<Item = String>) -> Option<Wanted> {
    let mut wanted = Wanted { jikenbo: PathBuf::new(), large_bytes: 100 * MB, peer_seconds: 30 };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--jikenbo" => wanted.jikenbo = arguments.next()?.into(),
            "--quick" => wanted.large_bytes = 10 * MB,
            "--peer-seconds" => wanted.peer_seconds = arguments.next()?.parse().ok()?,
            _ => return None,
        }
    }
    (!wanted.jikenbo.as_os_str().is_empty()).then_some(wanted)
}

fn run(wanted: &Wanted) -> io::Result<()> {
    let data = Path::new("bench/data");
    let inputs = generate::inputs(data, wanted.large_bytes)?;
    println!(
        "{} releases of our own, {} lexicon phrases\n",
        inputs.releases,
        lexicon::phrases()?.len()
    );

    let mut speed = Table::new(&["what", "input", "MB", "s", "MB/s", "ours is × faster"]);
    let plain = library::speed("plain", &inputs.large_text)?;
    let rows = [
        ("jikenbo, library, plain text", plain),
        ("jikenbo, library, HTML", library::speed("html", &inputs.large_html)?),
        (
            "jikenbo read --jobs 1 --format ndjson, plain text",
            command::speed(&wanted.jikenbo, &inputs.large_text)?,
        ),
        (
            "jikenbo read --jobs 1 --format ndjson, HTML",
            command::speed(&wanted.jikenbo, &inputs.large_html)?,
        ),
        ("folding alone", library::folding(&inputs.large_text)?),
        ("one Aho-Corasick pass of the lexicon, folded text", lexicon::pass(&inputs.large_text)?),
        ("jikenbo, library, the peers' text", library::speed("plain", &inputs.small_text)?),
    ];
    for (name, measured) in rows {
        speed.speed(name, measured, plain);
    }
    for peer in peers::PEERS {
        match peers::speed(peer, &inputs.small_text, wanted.peer_seconds) {
            Ok(measured) => speed.speed(peer, measured, plain),
            Err(error) => speed.row(&[peer, "not measured", &error.to_string(), "", "", ""]),
        }
    }
    println!("{speed}");
    println!("{}", command::memory(&wanted.jikenbo, &inputs)?);
    println!("{}", growth::table(&inputs));
    println!("{}", command::start_up(&wanted.jikenbo, &inputs.one_release)?);
    Ok(())
}
