//! The command `correct`: what a person says of a case, beside what its sources say. It also opens
//! a case by hand, takes a correction back, and decides where a report belongs.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use book::{Book, fields};
use case::{CaseNumber, Field};
use serde_json::{Value, json};

use crate::cli::book::{CorrectArgs, Shape};
use crate::data::{hinted, number};

/// What was done, for the answer.
struct Done {
    number: CaseNumber,
    entry: Option<u64>,
}

/// Does what the arguments say.
pub(crate) fn run(args: &CorrectArgs) -> anyhow::Result<ExitCode> {
    let book = if args.case == "new" { args.book.open()? } else { args.book.open_existing()? };
    let done = change(&book, args)?;
    let mut out = io::stdout().lock();
    let written = match args.print.format {
        Shape::Json => {
            writeln!(out, "{}", json!({ "number": done.number, "entry": done.entry }))
        }
        Shape::Table => {
            let lang = case::Lang::from(args.print.lang);
            let entry = done.entry.map_or_else(String::new, |seq| match lang {
                case::Lang::Ja => format!(" (台帳 {seq})"),
                case::Lang::En => format!(" (entry {seq})"),
            });
            writeln!(out, "{} {}{entry}", done.number, lang.of("記録しました", "recorded"))
        }
    };
    written.context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

fn change(book: &Book, args: &CorrectArgs) -> anyhow::Result<Done> {
    let who = args.book.who();
    if let (Some(name), Some(words)) = (&args.field, &args.value) {
        let field = field(name)?;
        let value: Value = fields::from_words(field, words).map_err(hinted)?;
        if args.case == "new" {
            let number = book.open_case(&[(field, value)], &args.why, &who).map_err(hinted)?;
            return Ok(Done { number, entry: None });
        }
        let number = number(&args.case)?;
        let entry = book.correct(number, field, &value, &args.why, &who).map_err(hinted)?;
        return Ok(Done { number, entry: Some(entry) });
    }
    let number = number(&args.case)?;
    match args.withdraw {
        Some(entry) => book.withdraw(number, entry, &args.why, &who).map_err(hinted)?,
        None => book.decide(number, args.belongs, &args.why, &who).map_err(hinted)?,
    }
    Ok(Done { number, entry: None })
}

fn field(name: &str) -> anyhow::Result<Field> {
    Field::from_name(name).ok_or_else(|| {
        let all: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
        anyhow!("there is no field {name:?}\n  hint: the fields are {}", all.join(", "))
    })
}
