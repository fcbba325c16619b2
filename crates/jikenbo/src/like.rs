//! The command `like`: the cases most like one of the book or like a disclosure in a file, why,
//! and what became of them.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use book::like::{Alike, Likeness, Outlook, Spread};
use case::{Lang, SourceId};
use text::Limits;

use crate::cli::book::{LikeArgs, Shape};
use crate::data::{hinted, number};
use crate::output::{grid, words};
use crate::read::inputs;
use crate::read::loader::Loader;
use crate::read::told;

/// Prints the cases most like what the arguments name.
pub(crate) fn run(args: &LikeArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open_existing()?;
    let alike = match number(&args.what) {
        Ok(number) if !Path::new(&args.what).exists() => {
            book.like(number, args.limit).map_err(hinted)?
        }
        _ => book.like_facts(&read(&args.what)?, args.limit).map_err(hinted)?,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match args.print.format {
        Shape::Json => serde_json::to_writer_pretty(&mut out, &alike)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out)),
        Shape::Table => table(&mut out, &alike, args.print.lang.into()),
    }
    .and_then(|()| out.flush())
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

/// The first case of a file.
fn read(path: &str) -> anyhow::Result<case::Facts> {
    let loader = Loader { limits: Limits::default(), charset: None };
    let input = inputs::list(&[path.into()]).into_iter().next();
    let input = input.ok_or_else(|| anyhow!("{path}: the folder is empty"))?;
    let document = loader
        .bytes(input.size_bytes, input.place)
        .and_then(|bytes| loader.decode(path, bytes))
        .map_err(|problem| anyhow!("{}", told(path, &problem).trim_start_matches("jikenbo: ")))?;
    let input = reader::Input { source: SourceId(1), text: &document.text, parts: &document.parts };
    let case = reader::read(input, &loader.limits).next();
    Ok(case.ok_or_else(|| anyhow!("{path}: no case is told in it"))?.facts)
}

fn table(out: &mut impl Write, alike: &Alike, lang: Lang) -> io::Result<()> {
    let head = match lang {
        Lang::Ja => ["番号", "近さ", "公表日", "分類", "組織", "理由"],
        Lang::En => ["number", "likeness", "disclosed", "category", "organisation", "because"],
    };
    let rows: Vec<Vec<String>> = alike.cases.iter().map(|case| row(case, lang)).collect();
    grid::print(out, &head, &rows)?;
    writeln!(out)?;
    outlook(out, &alike.outlook, lang)
}

fn row(case: &Likeness, lang: Lang) -> Vec<String> {
    let because: Vec<String> = case
        .because
        .iter()
        .map(|reason| {
            let values: Vec<String> = reason
                .values
                .iter()
                .map(|value| match reason.field.value_label(value, lang) {
                    Some(label) => label.to_owned(),
                    // As it is written, which is Japanese in both languages.
                    None => format!("「{value}」"),
                })
                .collect();
            format!("{} {}", reason.field.label(lang), values.join(lang.of("・", ", ")))
        })
        .collect();
    vec![
        case.number.to_string(),
        format!("{:.2}", case.score),
        case.disclosed.clone().unwrap_or_default(),
        case.category.label(lang).to_owned(),
        case.organisation.clone().unwrap_or_default(),
        because.join(lang.of("、", "; ")),
    ]
}

/// What a number is of.
#[derive(Clone, Copy)]
enum Unit {
    Days,
    Number,
}

/// What became of the cases that are alike.
fn outlook(out: &mut impl Write, outlook: &Outlook, lang: Lang) -> io::Result<()> {
    let spread = |spread: &Spread, unit: Unit| {
        let told = |value: Option<i64>| value.map(words::signed);
        let (Some(lower), Some(median), Some(upper)) =
            (told(spread.lower), told(spread.median), told(spread.upper))
        else {
            return lang.of("不明", "unknown").to_owned();
        };
        let cases = words::many(spread.cases, "case", "cases");
        match (lang, unit) {
            (Lang::Ja, Unit::Days) => {
                format!("中央値 {median}日({lower}–{upper}日、{} 件)", spread.cases)
            }
            (Lang::Ja, Unit::Number) => {
                format!("中央値 {median}({lower}–{upper}、{} 件)", spread.cases)
            }
            (Lang::En, Unit::Days) => {
                let days = if median == "1" { "day" } else { "days" };
                format!("median {median} {days} ({lower}–{upper}, {cases})")
            }
            (Lang::En, Unit::Number) => format!("median {median} ({lower}–{upper}, {cases})"),
        }
    };
    writeln!(
        out,
        "{}: {}",
        lang.of("発覚から公表まで", "from discovery to disclosure"),
        spread(&outlook.to_disclosure, Unit::Days)
    )?;
    writeln!(
        out,
        "{}: {}",
        lang.of("復旧まで", "to recovery"),
        spread(&outlook.to_recovery, Unit::Days)
    )?;
    writeln!(
        out,
        "{}: {}",
        lang.of("影響の規模", "affected"),
        spread(&outlook.affected, Unit::Number)
    )?;
    for measure in &outlook.measures {
        let share = format!("{}/{}", words::number(measure.cases), words::number(outlook.cases));
        writeln!(
            out,
            "{}: {} {share}",
            lang.of("再発防止策", "measure"),
            measure.measure.label(lang)
        )?;
    }
    Ok(())
}
