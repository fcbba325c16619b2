//! The command `show`: a case of the book with all that is known of it: facts and what stands
//! behind each, reports and what each changed, corrections, the entries that made it.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use book::query::Query;
use book::{Book, BookError, KeptCase};
use case::{Lang, Origin};
use serde_json::Value;
use text::LineIndex;

use crate::cli::book::{Shape, ShowArgs};
use crate::data::{hinted, number};
use crate::output::card::{Card, Row};
use crate::output::{Style, plain, rows};
use crate::read::complain;

/// More characters of a cite than fit on the widest line.
const MOST_WORDS: usize = 800;

/// Prints the cases that the arguments name.
pub(crate) fn run(args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open_existing()?;
    let style = Style::of(args.print);
    let mut out = BufWriter::new(io::stdout().lock());
    let mut all_shown = true;
    for words in &args.cases {
        let case = match find(&book, words) {
            Ok(case) => case,
            Err(error) => {
                complain(&format!("jikenbo: {error:#}"));
                all_shown = false;
                continue;
            }
        };
        let written = match args.print.format {
            Shape::Json => serde_json::to_writer_pretty(&mut out, &case)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(out)),
            Shape::Table => {
                let texts = Texts::of(&book, &case)?;
                card(&mut out, &style, &case, &texts)
            }
        };
        written.context("cannot write the output")?;
    }
    out.flush().context("cannot write the output")?;
    Ok(if all_shown { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The case of that number in the book, or the one whose source prints it.
pub(crate) fn find(book: &Book, words: &str) -> anyhow::Result<KeptCase> {
    let wanted = number(words)?;
    if let Some(case) = book.case(wanted).map_err(hinted)? {
        return Ok(case);
    }
    let printed = Query::parse(&format!("number:{wanted}")).query;
    match book.search_numbers(&printed).map_err(hinted)?[..] {
        [] => Err(hinted(BookError::NoCase(wanted))),
        [only] => {
            let case = book.case(only).map_err(hinted)?;
            case.ok_or_else(|| hinted(BookError::NoCase(wanted)))
        }
        ref several => {
            let several: Vec<String> = several.iter().map(ToString::to_string).collect();
            bail!("{wanted} is printed in the sources of several cases: {}", several.join(", "))
        }
    }
}

/// The texts of a case's sources, by the SHA-256 of the source.
pub(crate) struct Texts {
    by_source: HashMap<String, (String, String, LineIndex)>,
}

impl Texts {
    pub(crate) fn of(book: &Book, case: &KeptCase) -> anyhow::Result<Self> {
        let mut by_source = HashMap::new();
        for report in &case.reports {
            let text = book.text(&report.source.sha256).map_err(hinted)?;
            let lines = LineIndex::new(&text);
            let name = plain(&report.source.name).into_owned();
            by_source.insert(report.source.sha256.clone(), (name, text, lines));
        }
        Ok(Self { by_source })
    }

    /// Where an origin is, and its words.
    pub(crate) fn place(&self, origin: &Origin, lang: Lang) -> (String, String) {
        match origin {
            Origin::Words { source, span } => match self.by_source.get(source) {
                Some((name, text, lines)) => {
                    let place = format!("{name}:{}", lines.place(span.start()).line);
                    let words = span.of(text).unwrap_or_default();
                    (place, words.chars().take(MOST_WORDS).collect())
                }
                None => (source.clone(), String::new()),
            },
            Origin::Person { who, at, why } => {
                let day = at.get(..10).unwrap_or(at);
                (format!("{} {} {day}", lang.of("訂正", "corrected"), plain(who)), why.clone())
            }
            Origin::Import { import, pointer } => (format!("{import}:{pointer}"), String::new()),
        }
    }
}

fn card(out: &mut impl Write, style: &Style, case: &KeptCase, texts: &Texts) -> io::Result<()> {
    let lang = style.lang;
    let card = Card { style };
    let printed = case.facts.case_number.as_ref().map(|number| number.value.to_string());
    let place = printed
        .map_or_else(String::new, |n| format!("{} #{n}", lang.of("記載番号", "printed number")));
    let title = case.facts.title.as_ref().map(|title| title.value.as_str());
    card.heading(out, &case.number.to_string(), &place, title)?;
    let mut all: Vec<Row> = rows::rows(&case.facts, lang)
        .into_iter()
        .map(|(row, origin)| match origin {
            Some(origin) => {
                let (place, words) = texts.place(&origin, lang);
                Row { place, words, ..row }
            }
            None => row,
        })
        .collect();
    all.extend(beside(case, lang));
    card.rows(out, &all)?;
    writeln!(out)
}

/// What is known beside the facts: reports, corrections, proposals, the ledger.
fn beside(case: &KeptCase, lang: Lang) -> Vec<Row> {
    let row = |label: &'static str, value: String, place: String| Row {
        label,
        value: plain(&value).into_owned(),
        place,
        ..Row::default()
    };
    let mut rows = Vec::new();
    if let Some(into) = case.merged_into {
        rows.push(row(lang.of("統合先", "merged into"), into.to_string(), String::new()));
    }
    for report in &case.reports {
        let of = report.facts.disclosed_on.as_ref().map(|day| day.value.to_string());
        let value = format!("{} {}", of.unwrap_or_default(), report.source.name);
        rows.push(row(
            lang.of("報告", "reports"),
            value.trim().to_owned(),
            entry(report.seq, lang),
        ));
        for change in &report.changes {
            let value = format!(
                "  {}: {} → {}",
                change.field.label(lang),
                short(&change.before),
                short(&change.after)
            );
            rows.push(row(lang.of("報告", "reports"), value, String::new()));
        }
    }
    for correction in &case.corrections {
        let back = correction.withdrawn.map_or_else(String::new, |seq| {
            format!(" ({} {})", lang.of("取消", "withdrawn"), entry(seq, lang))
        });
        let value = format!(
            "{}: {} → {}{back}",
            correction.field.label(lang),
            short(&correction.before),
            short(&correction.value)
        );
        let mut made = row(lang.of("訂正", "corrections"), value, entry(correction.seq, lang));
        made.words = format!("{} {}", correction.who, correction.why);
        rows.push(made);
    }
    for proposal in &case.proposals {
        let because: Vec<&str> = proposal.because.iter().map(|why| why.label(lang)).collect();
        let state = match proposal.accepted {
            None => lang.of("未決", "open"),
            Some(true) => lang.of("同じ事件", "same case"),
            Some(false) => lang.of("別の事件", "another case"),
        };
        let value = format!(
            "{} → {} ({}): {state}",
            proposal.number,
            proposal.into,
            because.join(lang.of("・", ", "))
        );
        rows.push(row(lang.of("続報か", "same case?"), value, String::new()));
    }
    for made in &case.history {
        let value = format!("{} {} {}", made.at, made.who, made.what);
        rows.push(row(lang.of("台帳", "ledger"), value, entry(made.seq, lang)));
    }
    rows
}

fn entry(seq: u64, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("台帳 {seq}"),
        Lang::En => format!("entry {seq}"),
    }
}

/// A value in a few words.
fn short(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(words) => words.clone(),
        Value::Array(items) if items.is_empty() => "–".to_owned(),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        Value::Object(map) => map
            .values()
            .filter(|value| !value.is_null() && !value.is_boolean())
            .map(short)
            .filter(|words| !words.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    }
}
