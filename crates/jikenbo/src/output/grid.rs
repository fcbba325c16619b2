//! Rows of words set in columns, as wide as the widest of each. It does not know what they say.

use std::io::{self, Write};

use super::cells::{cut, pad, plain, width};

/// Columns between columns.
const GAP: usize = 2;
/// No column but the last takes more.
const WIDEST: usize = 48;

/// Sets the rows under their head.
pub(crate) fn print(out: &mut impl Write, head: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| plain(cell).into_owned()).collect()).collect();
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell));
            cells.max().unwrap_or(0).max(width(label)).min(WIDEST)
        })
        .collect();
    let head: Vec<String> = head.iter().map(|label| (*label).to_owned()).collect();
    line(out, &head, &widths)?;
    writeln!(out, "{}", "─".repeat(widths.iter().map(|width| width + GAP).sum::<usize>()))?;
    rows.iter().try_for_each(|row| line(out, row, &widths))
}

fn line(out: &mut impl Write, cells: &[String], widths: &[usize]) -> io::Result<()> {
    let mut line = String::new();
    for (at, (cell, &columns)) in cells.iter().zip(widths).enumerate() {
        if at + 1 == widths.len() {
            line.push_str(cell);
        } else {
            line.push_str(&pad(&cut(cell, columns), columns + GAP));
        }
    }
    writeln!(out, "{}", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_and_ascii_stand_in_line() {
        let rows =
            [vec!["市役所".to_owned(), "1".to_owned()], vec!["abc".to_owned(), "22".to_owned()]];
        let mut out = Vec::new();
        print(&mut out, &["組織", "数"], &rows).unwrap();
        let expected = "組織    数\n────────────\n市役所  1\nabc     22\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
