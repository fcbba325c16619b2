//! Lines of SMTP out of bytes that come in any pieces. Only CRLF ends a line. It does not know
//! what a line says.

use std::borrow::Cow;

use memchr::memchr;

/// Why a line is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineFault {
    /// A CR or an LF stands alone. What comes after it means one thing to us and another to
    /// somebody else, so the connection cannot go on.
    Bare,
    /// It has more bytes than it may; it was read to its end and forgotten.
    TooLong,
}

/// A line that is not whole yet; holds no memory between lines.
#[derive(Debug, Default)]
pub(crate) struct LineReader {
    partial: Vec<u8>,
    /// Of `partial` only the last byte is kept.
    is_overlong: bool,
}

impl LineReader {
    /// The next line without its end, of at most `limit` bytes; `None` where more input is needed.
    pub(crate) fn next<'i>(
        &mut self,
        input: &mut &'i [u8],
        limit: usize,
    ) -> Option<Result<Cow<'i, [u8]>, LineFault>> {
        let Some(end) = memchr(b'\n', input) else {
            self.keep(input, limit);
            *input = &[];
            return None;
        };
        let (head, rest) = input.split_at(end + 1);
        *input = rest;
        let is_overlong = std::mem::take(&mut self.is_overlong);
        let line: Cow<'i, [u8]> = if self.partial.is_empty() {
            head.into()
        } else {
            let mut line = std::mem::take(&mut self.partial);
            line.extend_from_slice(head);
            line.into()
        };
        Some(whole(line, is_overlong, limit))
    }

    /// Whether a line has begun.
    pub(crate) const fn is_within_line(&self) -> bool {
        !self.partial.is_empty()
    }

    fn keep(&mut self, input: &[u8], limit: usize) {
        // A CR may follow the longest line.
        if self.is_overlong || self.partial.len() + input.len() > limit + 1 {
            if let Some(&last) = input.last() {
                self.is_overlong = true;
                self.partial.clear();
                self.partial.push(last);
            }
        } else {
            self.partial.extend_from_slice(input);
        }
    }
}

fn whole(
    mut line: Cow<'_, [u8]>,
    is_overlong: bool,
    limit: usize,
) -> Result<Cow<'_, [u8]>, LineFault> {
    let Some(before) = line.len().checked_sub(2).filter(|&at| line.get(at) == Some(&b'\r')) else {
        return Err(LineFault::Bare);
    };
    if is_overlong || before > limit {
        return Err(LineFault::TooLong);
    }
    match &mut line {
        Cow::Borrowed(line) => *line = line.get(..before).unwrap_or_default(),
        Cow::Owned(line) => line.truncate(before),
    }
    if memchr(b'\r', &line).is_some() { Err(LineFault::Bare) } else { Ok(line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cut at every place, the lines are the same.
    #[track_caller]
    fn check(input: &str, expected: &[Result<&str, LineFault>]) {
        for cut in 0..=input.len() {
            let mut reader = LineReader::default();
            let mut lines = Vec::new();
            let (mut first, mut second) = input.as_bytes().split_at(cut);
            for piece in [&mut first, &mut second] {
                while let Some(line) = reader.next(piece, 6) {
                    lines.push(line.map(|line| String::from_utf8_lossy(&line).into_owned()));
                }
            }
            let expected: Vec<_> = expected.iter().map(|line| line.map(str::to_owned)).collect();
            assert_eq!(lines, expected, "{input:?} cut at {cut}");
        }
    }

    #[test]
    fn only_crlf_ends_a_line() {
        check("NOOP\r\nQUIT\r\n", &[Ok("NOOP"), Ok("QUIT")]);
        check("\r\n", &[Ok("")]);
        check("NOOP\r\nQU", &[Ok("NOOP")]);
        check("NOOP\n", &[Err(LineFault::Bare)]);
        check("\n", &[Err(LineFault::Bare)]);
        check("NO\rOP\r\n", &[Err(LineFault::Bare)]);
        check("NOOP\r\r\n", &[Err(LineFault::Bare)]);
    }

    #[test]
    fn a_line_that_is_too_long_is_forgotten() {
        check("123456\r\n", &[Ok("123456")]);
        check("1234567\r\nNOOP\r\n", &[Err(LineFault::TooLong), Ok("NOOP")]);
        check("12345678901234567890\r\n1\r\n", &[Err(LineFault::TooLong), Ok("1")]);
        check("12345678901234567890\n", &[Err(LineFault::Bare)]);
    }
}
