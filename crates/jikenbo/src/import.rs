//! The command `import`: records of another format become cases of the book. The whole record is
//! kept beside the facts, so that what has no place in a case is not lost.

use std::fs::File;
use std::io::{self, BufReader, Read, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use book::Imported;
use exchange::veris;
use serde_json::{Value, json};

use crate::cli::book::{ImportArgs, Shape};
use crate::data::hinted;
use crate::output::{plain, words};
use crate::read::complain;

/// Imports the file that the arguments name.
pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let name = args.file.to_string_lossy().into_owned();
    let records = records(&args.file).with_context(|| plain(&name).into_owned())?;
    let book = args.book.open()?;
    let who = args.book.who();
    let mut with_leftovers = 0_usize;
    let mut refused: Vec<usize> = Vec::new();
    let mut facts = Vec::with_capacity(records.len());
    for (place, record) in (1..).zip(&records) {
        let read = veris::import(record);
        for note in &read.notes {
            complain(&format!("jikenbo: {}: record {place}: {note}", plain(&name)));
        }
        if read.notes.contains(&veris::Note::NotARecord) {
            refused.push(place);
            continue;
        }
        with_leftovers += usize::from(!read.leftovers.is_empty());
        facts.push((read.facts, read.record));
    }
    // All or nothing: an interrupted import can be run again.
    let imported = book.import(veris::FORMAT, facts, &who).map_err(hinted)?;
    let kept = imported.iter().filter(|imported| matches!(imported, Imported::New(_))).count();
    let known = imported.len() - kept;
    let mut out = io::stdout().lock();
    let written = match args.print.format {
        Shape::Json => writeln!(
            out,
            "{}",
            json!({ "kept": kept, "known": known, "with_leftovers": with_leftovers,
                    "refused": refused })
        ),
        Shape::Table => {
            let lang = case::Lang::from(args.print.lang);
            let line = match lang {
                case::Lang::Ja => format!(
                    "{kept} 件を取り込み、{known} 件は既出、{} 件は読めませんでした。\
                     うち {with_leftovers} 件は事件簿に欄のない記載を含み、原記録のまま保管しています。",
                    refused.len()
                ),
                case::Lang::En => format!(
                    "{} imported, {known} known, {} refused; {with_leftovers} with things \
                     that a case has no field for, kept in the whole record",
                    words::many(kept as u64, "record", "records"),
                    refused.len()
                ),
            };
            writeln!(out, "{line}")
        }
    };
    written.context("cannot write the output")?;
    Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The records of a file: one, an array, or one after the other.
fn records(path: &Path) -> anyhow::Result<Vec<Value>> {
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).context("cannot be opened")?)
    };
    let mut records = Vec::new();
    for value in serde_json::Deserializer::from_reader(BufReader::new(input)).into_iter() {
        match value.context(
            "is not JSON (a packed file must be unpacked first; disclosures are read by `jikenbo add`)",
        )? {
            Value::Array(items) => records.extend(items),
            other => records.push(other),
        }
    }
    if records.is_empty() {
        bail!("holds no records");
    }
    Ok(records)
}
