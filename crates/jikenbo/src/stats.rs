//! The command `stats`: what the cases of a book, or those that a query finds, add up to.

mod labels;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use book::stats::delay::Stretch;
use book::stats::{By, Delay, Selection, Stats, svg};
use case::Lang;

use crate::cli::book::{Chart, StatsArgs, StatsFormat};
use crate::data::hinted;
use crate::output::grid;
use crate::search;

/// Prints the figures.
pub(crate) fn run(args: &StatsArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open_existing()?;
    let lang = Lang::from(args.lang);
    let Some(query) = search::query(&args.query, lang) else {
        return Ok(ExitCode::from(search::WRONG));
    };
    let selection = if query.is_everything() {
        Selection::all()
    } else {
        Selection::of(query.to_string(), book.search_numbers(&query).map_err(hinted)?)
    };
    let stats = book.stats(&selection).map_err(hinted)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        StatsFormat::Table => table(&mut out, &stats, lang),
        StatsFormat::Json => serde_json::to_writer_pretty(&mut out, &stats)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out)),
        StatsFormat::Csv => csv(&mut out, &stats),
        StatsFormat::Svg => out.write_all(chart(&stats, args.chart, lang)?.as_bytes()),
    }
    .and_then(|()| out.flush())
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

fn chart(stats: &Stats, chart: Chart, lang: Lang) -> anyhow::Result<String> {
    // A file has no pages to link to.
    let link = &|_: &str| None;
    let by = |by| stats.by(by).map(|breakdown| svg::breakdown(breakdown, lang, link));
    let delay = |stretch| {
        let delay: Option<&Delay> = stats.delays.iter().find(|delay| delay.stretch == stretch);
        delay.map(|delay| svg::delay(delay, lang, link))
    };
    match chart {
        Chart::Month => by(By::Month),
        Chart::Year => by(By::Year),
        Chart::Category => by(By::Category),
        Chart::Sector => by(By::Sector),
        Chart::Data => by(By::DataKind),
        Chart::Measure => by(By::Measure),
        Chart::Authority => by(By::Authority),
        Chart::Affected => Some(svg::affected(&stats.affected, lang, link)),
        Chart::Exactness => Some(svg::exactness(&stats.affected, lang, link)),
        Chart::ToDiscovery => delay(Stretch::ToDiscovery),
        Chart::ToDisclosure => delay(Stretch::ToDisclosure),
        Chart::InAll => delay(Stretch::InAll),
    }
    .ok_or_else(|| anyhow!("there is nothing to draw"))
}

fn table(out: &mut impl Write, stats: &Stats, lang: Lang) -> io::Result<()> {
    let head = match lang {
        Lang::Ja => ["群", "項目", "値", "数"],
        Lang::En => ["group", "item", "what", "figure"],
    };
    let rows: Vec<Vec<String>> = stats.rows().iter().map(|row| labels::row(row, lang)).collect();
    grid::print(out, &head, &rows)
}

fn csv(out: &mut impl Write, stats: &Stats) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    for row in stats.rows() {
        table.serialize(row).map_err(io::Error::other)?;
    }
    table.flush()
}
