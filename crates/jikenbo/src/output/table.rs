//! `--format table`: for people, a line a case. Lines are printed as cases are read, so the widths
//! of the columns follow from the page and the names of the inputs, not from the cases. It does not
//! know how places are found.

use std::io::{self, Write};

use anstyle::Style as Paint;
use case::{Bound, Case, Lang};

use super::cells::{cut, cut_left, pad, plain, width};
use super::words::{self, of};
use super::{Page, Style};

/// Columns between columns.
const GAP: usize = 1;
/// Digits of a line number for which there is room.
const LINE_DIGITS: usize = 5;
/// A column's labels and its least width and, for a column that takes more room, its greatest.
const COLUMNS: [(&str, &str, usize, usize); 7] = [
    ("番号", "number", 9, 9),
    ("公表日", "disclosed", 10, 10),
    ("組織", "organisation", 12, 36),
    ("分類", "category", 12, 22),
    ("件数", "affected", 13, 17),
    ("漏えい", "disclosure", 10, 19),
    ("⚠", "⚠", 4, 4),
];

/// How wide the places are: as the longest name needs, on a terminal no more than a third of it.
pub(crate) fn place_width(names: &[&str], terminal: Option<usize>) -> usize {
    let longest = names.iter().map(|name| width(&plain(name))).max().unwrap_or(0);
    let wanted = longest + 1 + LINE_DIGITS;
    terminal.map_or(wanted, |columns| wanted.min(columns / 3)).max(8)
}

/// The widths of the columns after the place: the least, and then what is left of the page given
/// to the columns that can take it, from left to right.
fn widths(style: &Style) -> [usize; COLUMNS.len()] {
    let mut widths = COLUMNS.map(|(_, _, least, _)| least);
    let used = style.place_width + widths.iter().map(|width| width + GAP).sum::<usize>();
    let mut left = style.width.saturating_sub(used);
    // In three rounds, so that no column takes all.
    for round in 1..=3 {
        for (width, (_, _, least, most)) in widths.iter_mut().zip(COLUMNS) {
            let goal = least + (most - least) * round / 3;
            let more = goal.saturating_sub(*width).min(left);
            *width += more;
            left -= more;
        }
    }
    widths
}

fn line(style: &Style, place: &str, cells: &[String; COLUMNS.len()]) -> String {
    // Piped into a file, a place must stay whole to be followed.
    let mut line = pad(&cut_left(place, style.place_width), style.place_width);
    for (cell, columns) in cells.iter().zip(widths(style)) {
        line.push_str(&" ".repeat(GAP));
        line.push_str(&pad(&cut(cell, columns), columns));
    }
    line.truncate(line.trim_end().len());
    line
}

/// The head of the table.
pub(crate) fn head(style: &Style) -> String {
    let labels = COLUMNS.map(|(ja, en, _, _)| of(style.lang, ja, en).to_owned());
    let labels = line(style, of(style.lang, "場所", "place"), &labels);
    let columns = style.place_width + widths(style).iter().map(|width| width + GAP).sum::<usize>();
    let rule = "─".repeat(columns);
    let paint = if style.color { Paint::new().bold() } else { Paint::new() };
    format!("{}{labels}{}\n{rule}\n", paint.render(), paint.render_reset())
}

/// Renders a line.
pub(crate) fn case(
    style: &Style,
    page: &mut Page<'_>,
    case: &Case,
    out: &mut impl Write,
) -> io::Result<()> {
    let place = format!("{}:{}", page.name(), page.lines.of(case).line(case.span));
    let lang = style.lang;
    let cells = [
        case.facts.case_number.as_ref().map_or_else(String::new, |number| number.value.to_string()),
        case.facts.disclosed_on.as_ref().map_or_else(String::new, |day| words::moment(day.value)),
        case.facts
            .organisation
            .as_ref()
            .map_or_else(String::new, |name| plain(&name.value).into_owned()),
        case.facts.category.value.label(lang).to_owned(),
        plain(&count(case, lang)).into_owned(),
        case.facts.data_disclosure.as_ref().map_or("", |said| said.value.label(lang)).to_owned(),
        match case.facts.warnings.len() {
            0 => String::new(),
            warnings => format!("⚠ {warnings}"),
        },
    ];
    writeln!(out, "{}", line(style, &place, &cells))
}

/// The largest of the counts, with + where there are more.
fn count(case: &Case, lang: Lang) -> String {
    let largest = case.facts.affected_count.iter().max_by_key(|count| count.value);
    let Some(largest) = largest else { return String::new() };
    // In a column so narrow 最大 and the like do not fit.
    let bound = match largest.bound {
        Bound::Exact => "",
        Bound::AtMost => "≤",
        Bound::AtLeast => "≥",
    };
    let about = if largest.approx { of(lang, "約", "~") } else { "" };
    let more = if case.facts.affected_count.len() > 1 { "+" } else { "" };
    format!("{bound}{about}{}{}{more}", words::number(largest.value), largest.unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Format;
    use crate::output::sample;

    fn check(lang: Lang, columns: usize) -> String {
        let place_width = place_width(&["examples/01.txt"], Some(columns));
        let style =
            Style { lang, width: columns, format: Format::Table, place_width, ..sample::style() };
        let source = sample::source(1);
        let mut page = Page::new(&source, sample::TEXT);
        let mut out = head(&style).into_bytes();
        style.render_case(&mut page, &sample::case(), &mut out).unwrap();
        style.render_case(&mut page, &sample::column(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_in_japanese() {
        insta::assert_snapshot!(check(Lang::Ja, 100));
    }

    #[test]
    fn a_table_in_english() {
        insta::assert_snapshot!(check(Lang::En, 140));
    }

    #[test]
    fn lines_fit_the_terminal_where_it_is_wide_enough_for_all_columns() {
        for columns in 110..160 {
            for line in check(Lang::Ja, columns).lines() {
                assert!(width(line) <= columns, "{columns}: {line}");
            }
        }
    }

    #[test]
    fn without_a_terminal_places_stay_whole() {
        let name =
            "a/very/long/path/to/a/file/whose/name/is/longer/than/a/line/of/a/page/can/be/01.txt";
        assert_eq!(place_width(&["b", name], None), width(name) + 6);
        assert_eq!(place_width(&["b", name], Some(90)), 30);
    }
}
