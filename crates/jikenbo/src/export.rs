//! The command `export`: cases of the book in the formats of others. It does not know the formats.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use book::{Book, BookError, KeptCase};
use case::{CaseNumber, Lang};
use exchange::csv::{Form, Table, Words};
use exchange::veris::Edition;
use exchange::{Kept, atom, csv, ndjson, stix, veris};
use jiff::Timestamp;
use web::Held;

use crate::cli::book::{ExportArgs, ExportFormat};
use crate::data::{hinted, number};

/// Prints the cases that the arguments name.
pub(crate) fn run(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open_existing()?;
    let numbers = if args.cases.is_empty() {
        book.numbers().map_err(hinted)?
    } else {
        args.cases.iter().map(|words| number(words)).collect::<anyhow::Result<_>>()?
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        // Formats of which a case is a part of its own need no more than one in memory.
        ExportFormat::Csv => {
            let table = if args.facts { Table::Facts } else { Table::Cases };
            let words = args.labels.map_or(Words::Names, |lang| Words::Labels(Lang::from(lang)));
            let form = Form { bom: args.bom, words };
            write(&mut out, &csv::head(table, form))?;
            each(&book, &numbers, |kept| write(&mut out, &csv::rows(table, form, kept)))?;
        }
        ExportFormat::Ndjson => {
            each(&book, &numbers, |kept| write(&mut out, ndjson::line(kept).as_bytes()))?;
        }
        ExportFormat::Veris => {
            let edition = if args.as_kept { Edition::AsKept } else { Edition::Current };
            let mut before = "[\n";
            each(&book, &numbers, |kept| {
                write(&mut out, before.as_bytes())?;
                before = ",\n";
                write(&mut out, &serde_json::to_vec(&veris::export(kept, edition))?)
            })?;
            write(&mut out, if numbers.is_empty() { b"[]\n" } else { b"\n]\n" })?;
        }
        ExportFormat::Stix | ExportFormat::Atom => {
            let cases = numbers
                .iter()
                .map(|&number| one(&book, number))
                .collect::<anyhow::Result<Vec<_>>>()?;
            let cases = cases.iter().map(Held::of).collect::<Result<Vec<_>, _>>()?;
            let kept: Vec<Kept<'_>> = cases.iter().map(Held::kept).collect();
            write(&mut out, together(args, &kept)?.as_bytes())?;
        }
    }
    out.flush().context("cannot write the output")?;
    book.note("export", &format!("{:?}: {} cases", args.format, numbers.len()), &args.book.who())
        .map_err(hinted)?;
    Ok(ExitCode::SUCCESS)
}

/// The formats that hold all cases in one document.
fn together(args: &ExportArgs, kept: &[Kept<'_>]) -> anyhow::Result<String> {
    if args.format == ExportFormat::Stix {
        let bundle = stix::bundle(kept).ok_or_else(|| {
            anyhow!("there is no incident to export\n  hint: STIX has no empty bundle")
        })?;
        return Ok(serde_json::to_string_pretty(&bundle)? + "\n");
    }
    Ok(atom::feed(
        &atom::Feed {
            authority: &args.authority,
            since: "2026-01-01",
            title: "事件簿",
            author: "jikenbo",
            home: args.home.as_deref().map(|home| home.trim_end_matches('/')),
            updated: Timestamp::UNIX_EPOCH,
            lang: Lang::Ja,
        },
        kept,
    ))
}

fn write(out: &mut impl Write, bytes: &[u8]) -> anyhow::Result<()> {
    out.write_all(bytes).context("cannot write the output")
}

fn one(book: &Book, number: CaseNumber) -> anyhow::Result<KeptCase> {
    book.case(number).and_then(|case| case.ok_or(BookError::NoCase(number))).map_err(hinted)
}

fn each(
    book: &Book,
    numbers: &[CaseNumber],
    mut f: impl FnMut(&Kept<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for &number in numbers {
        let case = one(book, number)?;
        f(&Held::of(&case)?.kept())?;
    }
    Ok(())
}
