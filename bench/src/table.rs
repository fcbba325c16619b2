//! A table in Markdown, as it stands in `bench/README.md`. It does not know what is measured.

use std::fmt;
use std::time::Duration;

use crate::MB;

/// How long something took for how many bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// Bytes of the input as it lies on disk.
    pub(crate) bytes: usize,
    /// Time of the processor, which is wall time on an idle machine.
    pub(crate) time: Duration,
}

impl Measured {
    /// Millions of bytes.
    #[expect(clippy::cast_precision_loss, reason = "a size for people")]
    pub(crate) fn mb(self) -> f64 {
        self.bytes as f64 / MB as f64
    }

    /// Millions of bytes a second.
    pub(crate) fn mb_per_s(self) -> f64 {
        self.mb() / self.time.as_secs_f64()
    }
}

/// Rows of cells.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub(crate) fn new(columns: &[&str]) -> Self {
        Self { rows: vec![columns.iter().map(ToString::to_string).collect()] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        self.rows.push(cells.iter().map(ToString::to_string).collect());
    }

    /// Adds a row of the table of speeds: how many times faster `ours` is.
    pub(crate) fn speed(&mut self, name: &str, measured: Measured, ours: Measured) {
        self.row(&[
            name,
            if measured.bytes > 5 * MB { "large" } else { "1 MB" },
            &format!("{:.2}", measured.mb()),
            &format!("{:.3}", measured.time.as_secs_f64()),
            &significant(measured.mb_per_s()),
            &significant(ours.mb_per_s() / measured.mb_per_s()),
        ]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, row) in self.rows.iter().enumerate() {
            writeln!(f, "| {} |", row.join(" | "))?;
            if at == 0 {
                writeln!(f, "|{}", " --- |".repeat(row.len()))?;
            }
        }
        Ok(())
    }
}

/// Three digits that say something.
pub(crate) fn significant(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        v if v >= 0.1 => 3,
        _ => 4,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new(&["a", "b"]);
        table.row(&["1", "2"]);
        assert_eq!(table.to_string(), "| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    }

    #[test]
    fn numbers_keep_three_digits() {
        assert_eq!(
            [1234.5, 12.345, 1.2345, 0.12345, 0.0061].map(significant),
            ["1234", "12.3", "1.23", "0.123", "0.0061"]
        );
    }
}
