//! The command `sql`: one read-only query over the documented views of the book.

use std::io::{self, BufWriter, Read as _, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use book::sql::{Cell, SqlError, SqlLimits, Table};

use crate::cli::book::{SqlArgs, SqlFormat};
use crate::data::hinted;
use crate::output::grid;
use crate::read::complain;

/// Prints the answer to the query.
pub(crate) fn run(args: &SqlArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open_existing()?;
    let mut query = args.query.clone();
    if query == "-" {
        query.clear();
        io::stdin().read_to_string(&mut query).context("standard input")?;
    }
    let limits = SqlLimits {
        time: Duration::from_secs(args.seconds),
        rows: args.rows,
        ..SqlLimits::default()
    };
    let answer = book.sql(&query, &limits).map_err(|error| match error {
        SqlError::Book(error) => hinted(error),
        error => {
            anyhow!("{error}\n  hint: docs/sql.md tells the views, their columns and the limits")
        }
    })?;
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        SqlFormat::Table => table(&mut out, &answer),
        SqlFormat::Json => serde_json::to_writer(&mut out, &answer)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out)),
        SqlFormat::Csv => csv(&mut out, &answer),
    }
    .and_then(|()| out.flush())
    .context("cannot write the output")?;
    if answer.truncated {
        complain(&format!(
            "jikenbo: only the first {} rows are printed (--rows)",
            answer.rows.len()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn words(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(value) => value.to_string(),
        Cell::Real(value) => value.to_string(),
        Cell::Text(words) => words.clone(),
    }
}

fn table(out: &mut impl Write, answer: &Table) -> io::Result<()> {
    let head: Vec<&str> = answer.columns.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> =
        answer.rows.iter().map(|row| row.iter().map(words).collect()).collect();
    grid::print(out, &head, &rows)
}

fn csv(out: &mut impl Write, answer: &Table) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(&answer.columns).map_err(io::Error::other)?;
    for row in &answer.rows {
        table.write_record(row.iter().map(words)).map_err(io::Error::other)?;
    }
    table.flush()
}
