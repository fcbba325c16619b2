//! The lines on which the facts of a case stand. It does not know which file they are of.

use case::Case;
use memchr::memchr_iter;
use text::Span;

/// Finds lines of the cases of one text. It keeps no index of the text, which for a text of line
/// ends alone would take eight times its size: cases come in the order of the text, and each is
/// gone through once.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    /// How far lines are counted.
    offset: usize,
    /// The line of that offset, from 1.
    line: usize,
}

/// The lines of one case's facts.
#[derive(Debug)]
pub(crate) struct CaseLines {
    /// Offsets at which facts begin, with their lines, in order.
    known: Vec<(usize, usize)>,
}

impl<'a> Lines<'a> {
    /// Lines of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), offset: 0, line: 1 }
    }

    /// The lines of the case's beginning and of its facts.
    pub(crate) fn of(&mut self, case: &Case) -> CaseLines {
        let mut offsets: Vec<usize> = case
            .facts
            .cites()
            .iter()
            .map(|(_, cite)| cite.start())
            .chain([case.span.start()])
            .collect();
        offsets.sort_unstable();
        offsets.dedup();
        let known = offsets.into_iter().map(|offset| (offset, self.at(offset))).collect();
        // The next case begins after this one begins, not after its last fact.
        self.at(case.span.start());
        CaseLines { known }
    }

    fn at(&mut self, offset: usize) -> usize {
        let offset = offset.min(self.bytes.len());
        let count = |from: usize, to: usize| memchr_iter(b'\n', &self.bytes[from..to]).count();
        if offset >= self.offset {
            self.line += count(self.offset, offset);
        } else {
            self.line -= count(offset, self.offset);
        }
        self.offset = offset;
        self.line
    }
}

impl CaseLines {
    /// The line of a fact of the case.
    pub(crate) fn line(&self, cite: Span) -> usize {
        let at = self.known.partition_point(|&(offset, _)| offset <= cite.start());
        self.known.get(at.saturating_sub(1)).map_or(1, |&(_, line)| line)
    }
}

#[cfg(test)]
mod tests {
    use text::LineIndex;

    use super::*;
    use crate::output::sample;

    #[test]
    fn lines_are_those_of_the_line_index() {
        let index = LineIndex::new(sample::TEXT);
        let mut lines = Lines::new(sample::TEXT);
        let case = sample::case();
        // Twice: a case may begin before the facts of the one before it end.
        for _ in 0..2 {
            let known = lines.of(&case);
            for (field, cite) in case.facts.cites() {
                assert_eq!(known.line(cite), index.place(cite.start()).line, "{field}");
            }
        }
    }
}
