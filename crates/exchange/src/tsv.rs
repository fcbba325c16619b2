//! Tables of data that are files: columns parted by tabs, `#` opens a remark. They are built in, so
//! their form is checked by tests, not at run time.

/// The rows of a table, each with exactly `N` columns; what is missing at the end is empty.
pub(crate) fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut row = [""; N];
        for (cell, text) in row.iter_mut().zip(line.split('\t')) {
            *cell = text;
        }
        row
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_are_left_out_and_rows_filled_up() {
        let found: Vec<[&str; 3]> = rows("# a\tb\nx\ty\n\n1\t2\t3\n").collect();
        assert_eq!(found, [["x", "y", ""], ["1", "2", "3"]]);
    }
}
