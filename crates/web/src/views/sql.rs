//! Questions in SQL and their answers as a table. It does not know what may be asked.

use book::sql::{Cell, Table, VIEWS};
use case::Lang;
use maud::{Markup, html};

use super::fact;
use super::layout::{Frame, Place, problem};
use crate::lang::Word as W;
use crate::link;

const EXAMPLES: [&str; 3] = [
    "SELECT category, count(*) AS cases FROM cases GROUP BY category ORDER BY cases DESC",
    "SELECT number, organisation, affected, affected_unit FROM cases WHERE affected_bound = 'exact' ORDER BY affected DESC LIMIT 20",
    "SELECT value, count(*) AS cases FROM case_values WHERE field = 'prevention' GROUP BY value ORDER BY cases DESC",
];

/// The page.
pub(crate) fn page(frame: &Frame, asked: &str, answer: Option<&Result<Table, String>>) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::Sql.of(lang)) }
        p { (W::SqlHelp.of(lang)) }
        form.sql method="get" action="/sql" {
            label.sr-only for="query" { (W::Query.of(lang)) }
            textarea #query name="query" rows="5" maxlength="20000" spellcheck="false" autocapitalize="none" { (asked) }
            p { button type="submit" { (W::Run.of(lang)) } }
        }
        @match answer {
            Some(Ok(table)) => (shown(table, asked, lang)),
            Some(Err(wrong)) => (problem(wrong)),
            None => {}
        }
        (help(lang))
    };
    frame.page(Place::Sql, W::Sql.of(lang), &["book.js"], &content)
}

fn shown(table: &Table, asked: &str, lang: Lang) -> Markup {
    let rows = u64::try_from(table.rows.len()).unwrap_or(u64::MAX);
    html! {
        p role="status" {
            (fact::thousands(rows)) " " (W::Rows.of(lang))
            @if table.truncated { " (" (W::Truncated.of(lang)) ")" }
            " · " a href={ "/sql" (link::query([("query", asked), ("format", "csv")])) } { "CSV" }
            " · " a href={ "/sql" (link::query([("query", asked), ("format", "json")])) } { "JSON" }
        }
        div.scroll tabindex="0" role="group" aria-label=(W::Sql.of(lang)) {
            table {
                thead { tr { @for column in &table.columns { th scope="col" { (column) } } } }
                tbody { @for row in &table.rows { tr { @for (column, cell) in table.columns.iter().zip(row) { (one(column, cell)) } } } }
            }
        }
    }
}

fn one(column: &str, cell: &Cell) -> Markup {
    match cell {
        Cell::Null => html! { td.none { "—" } },
        Cell::Integer(number) => html! { td.right { (number) } },
        Cell::Real(number) => html! { td.right { (number) } },
        Cell::Text(text) if column == "number" => {
            html! { td.number { a href={ "/case/" (link::encode(text)) } { (text) } } }
        }
        Cell::Text(text) => html! { td { (text) } },
    }
}

fn help(lang: Lang) -> Markup {
    html! {
        section aria-labelledby="examples" {
            h2 #examples { (W::Examples.of(lang)) }
            ul { @for example in EXAMPLES { li { a href={ "/sql" (link::query([("query", example)])) } { code { (example) } } } } }
        }
        section aria-labelledby="views" {
            h2 #views { (W::Views.of(lang)) }
            dl.views { @for (view, columns) in VIEWS { dt { code { (view) } } dd { (columns.join(", ")) } } }
        }
    }
}
