//! A header section cut into fields, each with the places of its bytes, so that what is not changed
//! stays as it is. It does not know what any field means.

use std::ops::Range;

use super::{MailError, MailLimits, Oddity, OddityKind};

/// One header field, by its places in the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, without the colon.
    pub name: Range<usize>,
    /// What stands between the colon and the end of its last line, folding included.
    pub value: Range<usize>,
    /// All of it, with the end of its last line.
    pub whole: Range<usize>,
}

/// A header section. Its fields lie side by side without a gap, after the line that a mailbox file
/// may have put before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The line `From name date` that mailbox files put before a mail; it is no field.
    pub mbox_line: Option<Range<usize>>,
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// Where the empty line begins that ends the section, or what stands in its place.
    pub end: usize,
    /// Where the body begins.
    pub body: usize,
}

/// What is left of the limits while a mail is taken apart.
#[derive(Debug)]
pub(super) struct Budget<'l> {
    pub(super) limits: &'l MailLimits,
    pub(super) header_bytes: usize,
    pub(super) fields: usize,
}

impl<'l> Budget<'l> {
    pub(super) const fn new(limits: &'l MailLimits) -> Self {
        Self { limits, header_bytes: limits.header_bytes, fields: limits.fields }
    }

    fn spend(&mut self, field: &Range<usize>) -> Result<(), MailError> {
        let at = field.start;
        self.header_bytes = self
            .header_bytes
            .checked_sub(field.len())
            .ok_or(MailError::HeaderTooLarge { limit: self.limits.header_bytes, at })?;
        self.fields = self
            .fields
            .checked_sub(1)
            .ok_or(MailError::TooManyFields { limit: self.limits.fields, at })?;
        Ok(())
    }
}

/// How strictly a header is read.
#[derive(Clone, Copy)]
pub(super) enum Strictness<'f> {
    /// The header of the mail: a line that is no field is an error.
    Mail,
    /// The header of a part: at a line that is no field, or at one of the lines told by the function,
    /// the body begins.
    Part(&'f dyn Fn(&[u8]) -> bool),
}

/// Reads the header that begins at `from` and ends before `to` at the latest.
pub(super) fn read(
    bytes: &[u8],
    from: usize,
    strictness: Strictness<'_>,
    budget: &mut Budget<'_>,
    oddities: &mut Vec<Oddity>,
) -> Result<Header, MailError> {
    let mut header = Header { end: from, body: from, ..Header::default() };
    let mut at = from;
    let mut number = 0;
    while at < bytes.len() {
        number += 1;
        let next = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found + 1);
        let content = content(&bytes[at..next]);
        if content.is_empty() && next > at && bytes[next - 1] == b'\n' {
            return Ok(Header { end: at, body: next, ..header });
        }
        if let Strictness::Part(ends) = strictness
            && ends(content)
        {
            break;
        }
        if let Strictness::Mail = strictness
            && let Some(bad) = memchr::memchr2(0, b'\r', content)
        {
            return Err(MailError::Control { line: number, at: at + bad, byte: content[bad] });
        }
        if matches!(content.first(), Some(b' ' | b'\t'))
            && let Some(field) = header.fields.last_mut()
        {
            if content.trim_ascii().is_empty() {
                oddities.push(Oddity { kind: OddityKind::BlankLine, at });
            }
            field.value.end = at + content.len();
            field.whole.end = next;
            budget.header_bytes = budget
                .header_bytes
                .checked_sub(next - at)
                .ok_or(MailError::HeaderTooLarge { limit: budget.limits.header_bytes, at })?;
        } else if let Some((name, value)) = name_and_value(content) {
            let field = Field {
                name: at..at + name,
                value: at + value..at + content.len(),
                whole: at..next,
            };
            budget.spend(&field.whole)?;
            header.fields.push(field);
        } else if number == 1 && is_mbox_line(content) {
            header.mbox_line = Some(at..next);
        } else if let Strictness::Mail = strictness {
            return Err(MailError::NotAField { line: number, at });
        } else {
            break;
        }
        at = next;
    }
    if at < bytes.len() {
        oddities.push(Oddity { kind: OddityKind::PartHeader, at });
    }
    Ok(Header { end: at, body: at, ..header })
}

/// A line without its end.
pub(super) fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The length of the name, and where the value begins. White space before the colon is an old form
/// (RFC 5322 §4.5) that all programs read.
fn name_and_value(line: &[u8]) -> Option<(usize, usize)> {
    let name = line.iter().position(|byte| !matches!(byte, b'!'..=b'9' | b';'..=b'~'))?;
    let space = line[name..].iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
    (name > 0 && line[name + space] == b':').then_some((name, name + space + 1))
}

fn is_mbox_line(line: &[u8]) -> bool {
    line.strip_prefix(b">").unwrap_or(line).starts_with(b"From ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and values, and what is left as the body.
    type Cut<'t> = (&'t [(&'t str, &'t str)], &'t str);

    /// Checks the names and values, and what is left as the body.
    #[track_caller]
    fn check(mail: &[u8], expected: Result<Cut<'_>, MailError>) {
        let limits = MailLimits { fields: 4, header_bytes: 200, ..MailLimits::default() };
        let mut oddities = Vec::new();
        let read = read(mail, 0, Strictness::Mail, &mut Budget::new(&limits), &mut oddities);
        let text =
            |range: &Range<usize>| String::from_utf8_lossy(&mail[range.clone()]).into_owned();
        let found = read.map(|header| {
            let mut end = header.mbox_line.clone().map_or(0, |line| line.end);
            for field in &header.fields {
                assert_eq!(field.whole.start, end, "a gap before a field");
                end = field.whole.end;
            }
            assert_eq!(end, header.end);
            let fields: Vec<_> =
                header.fields.iter().map(|f| (text(&f.name), text(&f.value))).collect();
            (fields, text(&(header.body..mail.len())))
        });
        let expected = expected.map(|(fields, body)| {
            let fields =
                fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            (fields.collect::<Vec<_>>(), body.to_owned())
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn fields_are_cut_where_they_end() {
        check(b"To: a@example.jp\r\n\r\nbody", Ok((&[("To", " a@example.jp")], "body")));
        check(b"A: 1\n 2\n\t3\nB:\n\nbody", Ok((&[("A", " 1\n 2\n\t3"), ("B", "")], "body")));
        check(b"A : 1\r\nA:2", Ok((&[("A", " 1"), ("A", "2")], "")));
        check(b"A: 1\r\n \r\n b\r\n\r\n", Ok((&[("A", " 1\r\n \r\n b")], "")));
        check(b"\r\nbody", Ok((&[], "body")));
        check(b"", Ok((&[], "")));
        check(b"From a@example.jp Mon\nA: 1\n\n", Ok((&[("A", " 1")], "")));
    }

    #[test]
    fn what_programs_read_differently_is_an_error() {
        check(b"A: 1\r\nno field\r\n\r\n", Err(MailError::NotAField { line: 2, at: 6 }));
        check(b" A: 1\r\n", Err(MailError::NotAField { line: 1, at: 0 }));
        check(": 1\r\n".as_bytes(), Err(MailError::NotAField { line: 1, at: 0 }));
        check("宛先: 1\r\n".as_bytes(), Err(MailError::NotAField { line: 1, at: 0 }));
        check(b"A: 1\rBcc: 2\r\n", Err(MailError::Control { line: 1, at: 4, byte: b'\r' }));
        check(b"A: 1\r\n \0\r\n", Err(MailError::Control { line: 2, at: 7, byte: 0 }));
        check(b"A:\nA:\nA:\nA:\nA:\n", Err(MailError::TooManyFields { limit: 4, at: 12 }));
        check(
            format!("A: 1\n {}\n", "x".repeat(200)).as_bytes(),
            Err(MailError::HeaderTooLarge { limit: 200, at: 5 }),
        );
    }
}
