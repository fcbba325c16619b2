//! The command `search`: the cases that a query finds, a line each.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use book::index::Ask;
use book::query::Query;
use book::{Affected, Hit, Hits};
use case::{Bound, Lang};
use serde_json::json;

use crate::cli::book::{SearchArgs, Shape};
use crate::data::hinted;
use crate::output::{grid, plain, words};
use crate::read::complain;

/// The fields that are counted among all hits.
const FACETS: &[&str] = &["category", "sector", "data", "measure", "authority", "year"];

/// Prints what the query finds.
pub(crate) fn run(args: &SearchArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open_existing()?;
    let lang = Lang::from(args.print.lang);
    let Some(query) = query(&args.query, lang) else { return Ok(ExitCode::from(WRONG)) };
    let ask = Ask { offset: args.offset, limit: args.limit, facets: FACETS, days: false };
    let hits = book.search(&query, &ask).map_err(hinted)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match args.print.format {
        Shape::Json => writeln!(out, "{}", as_json(&query, &hits)),
        Shape::Table => table(&mut out, &hits, lang),
    }
    .and_then(|()| out.flush())
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

/// The exit status where the query is not understood.
pub(crate) const WRONG: u8 = 2;

/// The query in the words of the command line. What cannot be understood is told, and there is no
/// query then: without it more would be found or counted than was asked for.
pub(crate) fn query(words: &[String], lang: Lang) -> Option<Query> {
    let text = words.join(" ");
    let parsed = Query::parse(&text);
    for problem in &parsed.problems {
        let place = text.get(problem.range.clone()).unwrap_or_default();
        complain(&format!("jikenbo: {}: {}", plain(place), problem.kind.message(lang)));
    }
    parsed.problems.is_empty().then_some(parsed.query)
}

fn table(out: &mut impl Write, hits: &Hits, lang: Lang) -> io::Result<()> {
    let rows: Vec<Vec<String>> = hits.cases.iter().map(|hit| row(hit, lang)).collect();
    let head = match lang {
        Lang::Ja => ["番号", "公表日", "分類", "規模", "組織", "題名"],
        Lang::En => ["number", "disclosed", "category", "affected", "organisation", "title"],
    };
    grid::print(out, &head, &rows)?;
    let (shown, at_least) = (hits.cases.len(), words::number(hits.total.at_least));
    let total = match (hits.total.exact(), lang) {
        (Some(total), Lang::Ja) => format!("{} 件中 {shown} 件", words::number(total)),
        (Some(total), Lang::En) => format!("{shown} of {}", words::many(total, "case", "cases")),
        (None, Lang::Ja) => format!("{at_least} 件以上中 {shown} 件"),
        (None, Lang::En) => format!("{shown} of at least {at_least} cases"),
    };
    writeln!(out, "{total}")
}

fn row(hit: &Hit, lang: Lang) -> Vec<String> {
    let case = &hit.case;
    vec![
        case.number.to_string(),
        case.disclosed.clone().unwrap_or_default(),
        case.category.label(lang).to_owned(),
        case.affected.as_ref().map_or_else(String::new, |count| amount(count, lang)),
        case.organisation.clone().unwrap_or_default(),
        case.title.clone().unwrap_or_default(),
    ]
}

fn amount(affected: &Affected, lang: Lang) -> String {
    let bound = match affected.bound {
        Bound::Exact => "",
        Bound::AtMost => "≤",
        Bound::AtLeast => "≥",
    };
    let about = if affected.approx { lang.of("約", "~") } else { "" };
    format!("{bound}{about}{}{}", words::number(affected.value), affected.unit)
}

fn as_json(query: &Query, hits: &Hits) -> serde_json::Value {
    let facets: serde_json::Map<String, serde_json::Value> = hits
        .facets
        .iter()
        .map(|facet| {
            let values = facet.values.iter();
            let values = values.map(|(value, cases)| json!({ "value": value, "cases": cases }));
            (facet.field.clone(), values.collect())
        })
        .collect();
    json!({
        "query": query.to_string(),
        "total": { "at_least": hits.total.at_least, "at_most": hits.total.at_most },
        "cases": hits.cases.iter().map(case).collect::<Vec<_>>(),
        "facets": facets,
    })
}

fn case(hit: &Hit) -> serde_json::Value {
    let case = &hit.case;
    let snippet: Vec<_> = hit
        .snippet
        .iter()
        .map(|(found, words)| json!({ "words": words, "found": found }))
        .collect();
    json!({
        "number": case.number,
        "kind": case.kind,
        "title": case.title,
        "organisation": case.organisation,
        "sector": case.sector,
        "category": case.category,
        "disclosed": case.disclosed,
        "occurred": case.occurred,
        "discovered": case.discovered,
        "affected": case.affected.as_ref().map(|count| json!({
            "value": count.value, "approx": count.approx, "bound": count.bound, "unit": count.unit,
        })),
        "data_disclosure": case.data_disclosure,
        "reports": case.reports,
        "corrections": case.corrections,
        "contradictions": case.contradictions,
        "snippet": snippet,
    })
}
