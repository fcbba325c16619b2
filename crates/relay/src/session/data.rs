//! The bytes of a mail, as `DATA` and `BDAT` bring them. Only CRLF.CRLF ends `DATA`, and a mail has
//! no CR or LF that stands alone: programs disagree on where such a mail ends, and a second mail was
//! smuggled inside the first (CVE-2023-51764 and its kin). It does not know headers.

use memchr::{memchr, memchr2, memchr2_iter};

/// What a mail is measured by.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContentLimits {
    pub(super) bytes: usize,
    pub(super) line_bytes: usize,
}

/// Why a mail is not taken, though where it ends is plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    TooLarge,
    LineTooLong,
    Nul,
    /// The driver has no room for it.
    NoRoom,
}

/// What came of some input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DataStep {
    /// It was all used, and the mail goes on.
    More,
    /// The mail is whole.
    End,
    /// A CR or an LF stands alone.
    Bare,
}

/// Where in a line the next byte stands.
#[derive(Clone, Copy, Debug)]
enum At {
    Start,
    /// After a dot at the start, which is there only to be taken away or to end the mail.
    Dot,
    DotCr,
    Within,
    Cr,
}

/// Reads what follows `DATA`.
#[derive(Debug)]
pub(super) struct DataReader {
    at: At,
    line_bytes: usize,
    content: Vec<u8>,
    unfit: Option<Unfit>,
    limits: ContentLimits,
}

impl DataReader {
    /// Makes room for what the client said it would send, within reason.
    pub(super) fn new(limits: ContentLimits, announced_bytes: Option<u64>) -> Self {
        const MOST_AHEAD_BYTES: usize = 1 << 18;
        let ahead = announced_bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0);
        let content = Vec::with_capacity(ahead.min(MOST_AHEAD_BYTES).min(limits.bytes));
        Self { at: At::Start, line_bytes: 0, content, unfit: None, limits }
    }

    /// Bytes that are kept here.
    pub(super) const fn held_bytes(&self) -> usize {
        self.content.capacity()
    }

    /// The bytes themselves.
    pub(super) fn held(&self) -> &[u8] {
        &self.content
    }

    /// Forgets the mail; what still comes of it is read to its end.
    pub(super) fn forget(&mut self) {
        self.give_up(Unfit::NoRoom);
    }

    /// Uses input up to the end of the mail.
    pub(super) fn read(&mut self, input: &mut &[u8]) -> DataStep {
        while let Some((&first, rest)) = input.split_first() {
            match (self.at, first) {
                (At::Start, b'.') => (self.at, *input) = (At::Dot, rest),
                (At::Dot, b'\r') => (self.at, *input) = (At::DotCr, rest),
                (At::DotCr, b'\n') => {
                    *input = rest;
                    return DataStep::End;
                }
                (At::Cr, b'\n') => {
                    (self.at, *input) = (At::Start, rest);
                    self.keep(b"\r\n");
                    self.line_bytes = 0;
                }
                (At::Cr | At::DotCr, _) => return DataStep::Bare,
                (At::Start | At::Dot | At::Within, _) => {
                    self.at = At::Within;
                    let end = memchr2(b'\r', b'\n', input).unwrap_or(input.len());
                    let (within, rest) = input.split_at(end);
                    self.keep_within(within);
                    *input = rest;
                    match rest.split_first() {
                        Some((b'\r', rest)) => (self.at, *input) = (At::Cr, rest),
                        Some(_) => return DataStep::Bare,
                        None => {}
                    }
                }
            }
        }
        DataStep::More
    }

    /// The mail, without the dots that were added for the way.
    pub(super) fn finish(self) -> Result<Vec<u8>, Unfit> {
        match self.unfit {
            None if memchr(0, &self.content).is_some() => Err(Unfit::Nul),
            None => Ok(self.content),
            Some(unfit) => Err(unfit),
        }
    }

    fn keep_within(&mut self, bytes: &[u8]) {
        self.line_bytes = self.line_bytes.saturating_add(bytes.len());
        if self.line_bytes > self.limits.line_bytes {
            self.give_up(Unfit::LineTooLong);
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.unfit.is_some() {
        } else if self.content.len() + bytes.len() > self.limits.bytes {
            self.give_up(Unfit::TooLarge);
        } else {
            self.content.extend_from_slice(bytes);
        }
    }

    fn give_up(&mut self, why: Unfit) {
        self.unfit.get_or_insert(why);
        self.content = Vec::new();
    }
}

/// Holds a mail that came in chunks to the same rules: what came as a chunk leaves as lines.
/// A last line without its end gets one.
pub(super) fn check_chunks(
    mut content: Vec<u8>,
    limits: ContentLimits,
) -> Result<Result<Vec<u8>, Unfit>, BareLineEnd> {
    let (mut start, mut longest) = (0, 0);
    for at in memchr2_iter(b'\r', b'\n', &content) {
        let is_whole = if content.get(at) == Some(&b'\r') {
            longest = longest.max(at - start);
            content.get(at + 1) == Some(&b'\n')
        } else {
            start = at + 1;
            at.checked_sub(1).is_some_and(|before| content.get(before) == Some(&b'\r'))
        };
        if !is_whole {
            return Err(BareLineEnd);
        }
    }
    longest = longest.max(content.len() - start);
    if start != content.len() {
        content.extend_from_slice(b"\r\n");
    }
    Ok(if longest > limits.line_bytes {
        Err(Unfit::LineTooLong)
    } else if memchr(0, &content).is_some() {
        Err(Unfit::Nul)
    } else {
        Ok(content)
    })
}

/// A CR or an LF stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BareLineEnd;

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ContentLimits = ContentLimits { bytes: 40, line_bytes: 20 };

    /// What a mail is, and what is left of the input after it; the same wherever the input is cut.
    #[track_caller]
    fn check(input: &str, expected: Result<(&str, &str), &str>) {
        for cut in 0..=input.len() {
            let mut reader = DataReader::new(LIMITS, Some(u64::MAX));
            let (mut first, mut second) = input.as_bytes().split_at(cut);
            let mut step = reader.read(&mut first);
            if step == DataStep::More {
                step = reader.read(&mut second);
            }
            let rest = [first, second].concat();
            let rest = String::from_utf8_lossy(&rest);
            let outcome = match step {
                DataStep::More => Err("more".to_owned()),
                DataStep::Bare => Err("bare".to_owned()),
                DataStep::End => match reader.finish() {
                    Ok(content) => Ok(String::from_utf8_lossy(&content).into_owned()),
                    Err(unfit) => Err(format!("{unfit:?} then {rest}")),
                },
            };
            let outcome = outcome.as_ref().map(|content| (content.as_str(), rest.as_ref()));
            assert_eq!(outcome.map_err(String::as_str), expected, "{input:?} cut at {cut}");
        }
    }

    #[test]
    fn only_a_dot_alone_on_its_line_ends_the_mail() {
        check("a\r\n.\r\n", Ok(("a\r\n", "")));
        check("a\r\n.\r\nQUIT\r\n", Ok(("a\r\n", "QUIT\r\n")));
        check("\r\n\r\n.\r\n", Ok(("\r\n\r\n", "")));
        // RFC 5321 §4.1.1.4: an empty mail; the CRLF before the dot is that of DATA itself.
        check(".\r\n", Ok(("", "")));
        check("a.\r\n.\r\n", Ok(("a.\r\n", "")));
        check("a\r\n. \r\n", Err("more"));
        check("a\r\n.", Err("more"));
    }

    #[test]
    fn dots_added_for_the_way_are_taken_away() {
        check("..\r\n..a\r\n.b\r\n.\r\n", Ok((".\r\n.a\r\nb\r\n", "")));
    }

    #[test]
    fn a_line_end_of_another_kind_ends_everything() {
        for odd in
            ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r.\r", "\r\n.\r.", "\r\n\r.\r\n", "\n\r\n"]
        {
            check(&format!("a{odd}MAIL FROM:<x@example.org>\r\n"), Err("bare"));
        }
        check(".\n", Err("bare"));
        check(".\r\r\n", Err("bare"));
    }

    #[test]
    fn a_mail_that_is_not_taken_is_read_to_its_end() {
        let line = "12345678\r\n";
        check(&format!("{}.\r\nQUIT", line.repeat(5)), Err("TooLarge then QUIT"));
        check(&format!("{}\r\n.\r\nQUIT", "x".repeat(21)), Err("LineTooLong then QUIT"));
        check("a\0b\r\n.\r\nQUIT", Err("Nul then QUIT"));
    }

    #[test]
    fn chunks_are_held_to_the_same_rules() {
        let check = |content: &str, expected: Result<Result<&str, Unfit>, BareLineEnd>| {
            let outcome = check_chunks(content.as_bytes().to_vec(), LIMITS);
            let expected = expected.map(|fit| fit.map(|text| text.as_bytes().to_vec()));
            assert_eq!(outcome, expected, "{content:?}");
        };
        check("a\r\n.\r\nb\r\n", Ok(Ok("a\r\n.\r\nb\r\n")));
        check("a\r\nb", Ok(Ok("a\r\nb\r\n")));
        check("", Ok(Ok("")));
        for odd in ["\n.\n", "\r.\r", "a\r", "\na", "a\r\n\n", "a\r\r\n", "\r\n\r"] {
            check(odd, Err(BareLineEnd));
        }
        check("a\0", Ok(Err(Unfit::Nul)));
        check(&format!("{}\r\n", "x".repeat(21)), Ok(Err(Unfit::LineTooLong)));
    }
}
