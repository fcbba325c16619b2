//! Byte offsets to lines and columns, for people who want to follow a citation. It does not know
//! which file the text came from.

use memchr::memchr_iter;

/// Finds the line of a byte offset by binary search.
///
/// ```
/// let index = text::LineIndex::new("一行目\n二行目");
/// assert_eq!(index.place(10).line, 2);
/// ```
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// Offset of the first byte of each line.
    starts: Vec<usize>,
}

/// A place a person can go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, counted from 1.
    pub line: usize,
    /// Byte within the line, counted from 1.
    pub byte_column: usize,
}

impl LineIndex {
    /// Indexes `text`; a line ends with LF (CR LF included).
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        Self { starts }
    }

    /// The place of a byte offset; one past the end gives the last line.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|&start| start <= offset).max(1);
        Place { line, byte_column: offset.saturating_sub(self.starts[line - 1]) + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one() {
        let index = LineIndex::new("a\nbc\n\nd");
        let lines: Vec<usize> = (0..8).map(|offset| index.place(offset).line).collect();
        assert_eq!(lines, [1, 1, 2, 2, 2, 3, 4, 4]);
        assert_eq!(index.place(3), Place { line: 2, byte_column: 2 });
    }
}
