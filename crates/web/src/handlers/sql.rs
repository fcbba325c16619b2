//! Questions in SQL.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use book::sql::{Cell, Table};
use serde::Deserialize;

use crate::app::App;
use crate::failure::Failure;
use crate::visitor::Reader;
use crate::{shelf, views};

/// A question and the form of its answer.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    query: String,
    #[serde(default)]
    format: String,
}

/// `GET /sql?query=…&format=…`
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let question = asked.query.trim().to_owned();
    let frame = visitor.frame();
    if question.is_empty() {
        return Ok(views::sql::page(&frame, "", None).into_response());
    }
    let answer = shelf::sql(&app, question.clone()).await?;
    match (asked.format.as_str(), answer) {
        ("csv", Ok(table)) => Ok(csv(&table)),
        ("json", Ok(table)) => Ok(Json(table).into_response()),
        ("csv" | "json", Err(wrong)) => Err(Failure::Wrong(wrong)),
        (_, answer) => Ok(views::sql::page(&frame, &question, Some(&answer)).into_response()),
    }
}

fn csv(table: &Table) -> Response {
    // With a byte order mark: Excel takes it for Shift_JIS without.
    let mut text = "\u{feff}".to_owned();
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    };
    line(&mut table.columns.iter().map(|column| quoted(column)));
    for row in &table.rows {
        line(&mut row.iter().map(|cell| match cell {
            Cell::Null => String::new(),
            Cell::Integer(number) => number.to_string(),
            Cell::Real(number) => number.to_string(),
            Cell::Text(text) => quoted(text),
        }));
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"answer.csv\""),
    ];
    (headers, text).into_response()
}

/// A cell (RFC 4180). One that a spreadsheet would run as a formula begins with an apostrophe.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_does_not_end_early() {
        assert_eq!(quoted("株式会社\"例\""), "\"株式会社\"\"例\"\"\"");
        assert_eq!(quoted("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
    }
}
