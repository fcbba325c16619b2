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
            (fact::thousands(rows)) " " (W::Rows.after(rows, lang))
            @if table.truncated { " (" (W::Truncated.of(lang)) ")" }
            " · " a href={ "/sql" (link::query([("query", asked), ("format", "csv")])) } { "CSV" }
            " · " a href={ "/sql" (link::query([("query", asked), ("format", "json")])) } { "JSON" }
        }
        (chart(table, lang))
        div.scroll tabindex="0" role="group" aria-label=(W::Sql.of(lang)) {
            table {
                thead { tr { @for column in &table.columns { th scope="col" { (column) } } } }
                tbody { @for row in &table.rows { tr { @for (column, cell) in table.columns.iter().zip(row) { (one(column, cell)) } } } }
            }
        }
    }
}

/// So many rows make a chart that can be read.
const MOST_BARS: usize = 60;

/// Names and whole numbers beside them as bars; any other answer is a table alone, and every chart
/// has its table below.
fn chart(table: &Table, lang: Lang) -> Markup {
    let bars: Option<Vec<(String, u64)>> = table
        .rows
        .iter()
        .map(|row| match row.as_slice() {
            [Cell::Text(name), Cell::Integer(number)] => {
                Some((name.clone(), u64::try_from(*number).ok()?))
            }
            [Cell::Integer(name), Cell::Integer(number)] => {
                Some((name.to_string(), u64::try_from(*number).ok()?))
            }
            [Cell::Null, Cell::Integer(number)] => {
                Some((W::NotSaid.of(lang).to_owned(), u64::try_from(*number).ok()?))
            }
            _ => None,
        })
        .collect();
    let Some(bars) = bars.filter(|bars| (2..=MOST_BARS).contains(&bars.len())) else {
        return html! {};
    };
    let most = bars.iter().map(|(_, number)| *number).max().unwrap_or(1).max(1);
    html! {
        svg.chart role="img" aria-label=(table.columns.join(", "))
            viewBox=(format!("0 0 640 {}", bars.len() * 24 + 8)) fill="currentColor" {
            title { (table.columns.join(", ")) }
            @for (at, (name, number)) in bars.iter().enumerate() {
                @let width = u128::from(*number) * 350 / u128::from(most);
                text.chart-label x="192" y=(at * 24 + 20) text-anchor="end" { (short(name)) }
                rect.chart-bar x="200" y=(at * 24 + 7) width=(width) height="18" {}
                text.chart-value x=(width + 206) y=(at * 24 + 20) { (fact::thousands(*number)) }
            }
        }
    }
}

/// A name as long as there is room for; the table has it whole.
fn short(name: &str) -> String {
    const ROOM: usize = 30;
    // A Japanese character takes the room of two letters.
    let mut taken = 0;
    let fitting = name.chars().take_while(|c| {
        taken += if c.is_ascii() { 1 } else { 2 };
        taken <= ROOM
    });
    let head: String = fitting.collect();
    if head.len() == name.len() {
        return head;
    }
    let cut = head.char_indices().next_back().map_or(0, |(at, _)| at);
    format!("{}…", &head[..cut])
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

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rows: Vec<Vec<Cell>>) -> String {
        let columns = vec!["a<b".to_owned(), "cases".to_owned()];
        chart(&Table { columns, rows, truncated: false }, Lang::Ja).into_string()
    }

    #[test]
    fn names_with_numbers_are_drawn_and_other_answers_are_not() {
        let row = |name: &str, number| vec![Cell::Text(name.to_owned()), Cell::Integer(number)];
        let chart = drawn(vec![row("<i>", 7), row("ランサムウェアと不正アクセスと紛失", 14)]);
        assert!(chart.contains("&lt;i&gt;") && chart.contains("a&lt;b"), "{chart}");
        assert!(chart.contains("width=\"350\"") && chart.contains('…'), "{chart}");
        assert!(drawn(vec![row("one", 1)]).is_empty());
        assert!(drawn(vec![row("less", -1), row("more", 1)]).is_empty());
        assert!(drawn(vec![vec![Cell::Null], vec![Cell::Null]]).is_empty());
    }
}
