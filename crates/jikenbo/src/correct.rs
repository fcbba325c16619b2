//! The command `correct`: what a person says of a case, beside what its sources say. It also opens
//! a case by hand, takes a correction back, and decides where a report belongs.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use book::{Book, fields};
use case::{CaseNumber, Field, Lang};
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
            let lang = Lang::from(args.print.lang);
            let entry = done.entry.map_or_else(String::new, |seq| match lang {
                Lang::Ja => format!(" (台帳 {seq})"),
                Lang::En => format!(" (entry {seq})"),
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
        let value: Value = fields::from_words(field, &names(field, words)).map_err(hinted)?;
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

/// Values by the labels that pages and tables show, `不正アクセス`, as the names of the record; what is
/// no label stays as it is.
pub(crate) fn names(field: Field, words: &str) -> String {
    let pieces: Option<Vec<&str>> =
        words.split([',', '、']).map(|piece| named(field, piece.trim())).collect();
    pieces.map_or_else(|| words.to_owned(), |pieces| pieces.join(","))
}

/// The name of a value in the record, by that name or by its label.
pub(crate) fn named(field: Field, words: &str) -> Option<&'static str> {
    macro_rules! of {
        ($vocabulary:ident) => {
            case::$vocabulary::ALL
                .iter()
                .find(|value| {
                    let labels = [Lang::Ja, Lang::En].map(|lang| value.label(lang));
                    value.name() == words || labels.contains(&words)
                })
                .map(|value| value.name())
        };
    }
    match field {
        Field::Kind => of!(Kind),
        Field::Sector => of!(Sector),
        Field::Category => of!(Category),
        Field::DataKinds => of!(DataKind),
        Field::ReportedTo => of!(Authority),
        Field::DataDisclosure => of!(DataDisclosure),
        Field::SecondaryDamage => of!(SecondaryDamage),
        _ => None,
    }
}

pub(crate) fn field(name: &str) -> anyhow::Result<Field> {
    let by_label = || {
        let called = |field: &Field| [Lang::Ja, Lang::En].map(|lang| field.label(lang));
        Field::ALL.iter().copied().find(|field| called(field).contains(&name))
    };
    Field::from_name(name).or_else(by_label).ok_or_else(|| {
        let all: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
        anyhow!("there is no field {name:?}\n  hint: the fields are {}", all.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_for_names() {
        for (field, words, names_of) in [
            (Field::Category, "不正アクセス", "unauthorized_access"),
            (Field::Category, "ransomware", "ransomware"),
            (Field::DataKinds, "氏名、email, 住所", "name,email,address"),
            (Field::DataKinds, "氏名,しめい", "氏名,しめい"),
            (Field::Organisation, "不正アクセス", "不正アクセス"),
            (Field::Category, "", ""),
        ] {
            assert_eq!(names(field, words), names_of);
        }
        assert_eq!(field("データの種類").ok(), Some(Field::DataKinds));
        assert!(field("colour").is_err());
    }
}
