//! The cases that `replay` is asked for: of the book, of documents, or scenarios as files. It does not
//! know what is done with them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use book::{Book, KeptCase};
use case::CaseNumber;
use replay::{Derived, KeptText, Scenario, Source, derive};
use text::Limits;

use crate::cli::replay::ReplayArgs;
use crate::data::hinted;
use crate::read::complain;
use crate::read::inputs;
use crate::read::loader::Loader;
use crate::read::one;
use crate::show;

/// Something to run again.
pub(super) struct Wanted {
    /// What it is called.
    pub(super) name: String,
    /// Its number, where the book has it.
    pub(super) number: Option<CaseNumber>,
    /// What it came to.
    pub(super) derived: Derived,
}

type Found = Vec<Wanted>;
/// What could not be read, and why.
type Failed = Vec<(String, String)>;

/// Everything that was asked for, and what of it could not be read.
pub(super) fn find(args: &ReplayArgs) -> anyhow::Result<(Found, Failed)> {
    let mut found = Vec::new();
    if args.all {
        let book = args.book.open_existing()?;
        for number in book.numbers().map_err(hinted)? {
            if let Some(case) = book.case(number).map_err(hinted)? {
                found.push(of_book(&book, &case)?);
            }
        }
        return Ok((found, Vec::new()));
    }
    let mut failed = Vec::new();
    for what in &args.what {
        if let Err(error) = one(args, what, &mut found) {
            complain(&format!("jikenbo: {error:#}"));
            failed.push((what.clone(), format!("{error:#}")));
        }
    }
    Ok((found, failed))
}

fn one(args: &ReplayArgs, what: &str, found: &mut Found) -> anyhow::Result<()> {
    let path = Path::new(what);
    if path.extension().is_some_and(|extension| extension == "toml") {
        let written = fs::read_to_string(path).with_context(|| format!("{what} cannot be read"))?;
        let scenario = Scenario::parse(&written).map_err(|error| anyhow!("{what}: {error}"))?;
        let derived = Derived::Scenario(Box::new(scenario));
        found.push(Wanted { name: what.to_owned(), number: None, derived });
        return Ok(());
    }
    if path.exists() {
        return documents(args, path, found);
    }
    if crate::data::number(what).is_err() {
        bail!("{what} is neither a file nor the number of a case, as in 2023-001");
    }
    let book = args.book.open_existing()?;
    found.push(of_book(&book, &show::find(&book, what)?)?);
    Ok(())
}

/// The cases of documents that are read now and not kept.
fn documents(args: &ReplayArgs, path: &Path, found: &mut Found) -> anyhow::Result<()> {
    let loader = Loader { limits: Limits::from(args.limits), charset: None };
    for input in inputs::list(&[PathBuf::from(path)]) {
        let name = input.name.clone();
        let read = one::read(&loader, input).map_err(|problem| anyhow!("{name}: {problem}"))?;
        for case in &read.cases {
            let source = Source::read(case, &name, &read.document.text);
            let name = source.number.clone().unwrap_or_else(|| name.clone());
            found.push(Wanted { name, number: None, derived: derive(&source) });
        }
    }
    Ok(())
}

fn of_book(book: &Book, case: &KeptCase) -> anyhow::Result<Wanted> {
    let texts = case.reports.iter().map(|report| book.text(&report.source.sha256));
    let texts = texts.collect::<Result<Vec<String>, _>>().map_err(hinted)?;
    let told = case.reports.iter().zip(&texts);
    let kept: Vec<KeptText<'_>> = told
        .map(|(it, text)| KeptText::new(&it.source.sha256, &it.source.name, text, it.span))
        .collect();
    let printed = case.facts.case_number.as_ref().map(|number| number.value.to_string());
    let name = printed
        .map_or_else(|| case.number.to_string(), |printed| format!("{} (#{printed})", case.number));
    let source = Source::kept(case.number.to_string(), case.facts.clone(), &kept);
    Ok(Wanted { name, number: Some(case.number), derived: derive(&source) })
}
