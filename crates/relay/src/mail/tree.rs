//! The tree of a mail's parts (RFC 2046 §5.1), in one pass over its lines. A boundary counts where it
//! stands alone at the beginning of a line, the innermost first. This is our own because the tree of
//! mail-parser takes a boundary in the middle of a line or as the beginning of a longer one, and looks
//! to the end of the mail for each that never comes. It does not know what the parts say.

use super::header::{self, Budget, Header, Strictness};
use super::part::{Part, PartId, Role};
use super::raw::Raw;
use super::{MailError, Oddity, OddityKind};

/// A part that has not ended yet.
struct Open {
    part: usize,
    /// What its parts begin and end with; none once it is closed.
    boundary: Option<Vec<u8>>,
    has_parts: bool,
}

/// A line that ends a part.
struct Delimiter {
    /// Which of the open parts it belongs to.
    level: usize,
    /// Whether it closes it.
    closes: bool,
}

struct Tree<'b, 't, 'l> {
    bytes: &'b [u8],
    parts: Vec<Part>,
    open: Vec<Open>,
    budget: &'t mut Budget<'l>,
    oddities: &'t mut Vec<Oddity>,
}

/// All parts of the mail, the mail itself first, each before those that it holds.
pub(super) fn build(
    bytes: &[u8],
    header: Header,
    budget: &mut Budget<'_>,
    oddities: &mut Vec<Oddity>,
) -> Result<Vec<Part>, MailError> {
    let mut tree = Tree { bytes, parts: Vec::new(), open: Vec::new(), budget, oddities };
    let mut at = tree.begin(0, header, false)?;
    let dashes = memchr::memmem::Finder::new(b"\n--");
    while let Some(before) = dashes.find(&bytes[at.saturating_sub(1)..]) {
        let line = at.saturating_sub(1) + before + 1;
        let next = memchr::memchr(b'\n', &bytes[line..]).map_or(bytes.len(), |end| line + end + 1);
        at = next;
        if let Some(delimiter) = delimiter(&tree.open, header::content(&bytes[line..next])) {
            tree.end(delimiter.level + 1, line_break_before(bytes, line));
            if delimiter.closes {
                tree.open[delimiter.level].boundary = None;
            } else {
                at = tree.begin_after(next, delimiter.level)?;
            }
        }
    }
    tree.end(0, bytes.len());
    Ok(tree.parts)
}

/// What a line ends, if it ends anything.
fn delimiter(open: &[Open], line: &[u8]) -> Option<Delimiter> {
    let line = line.strip_prefix(b"--")?.trim_ascii_end();
    open.iter().enumerate().rev().find_map(|(level, open)| {
        let after = line.strip_prefix(open.boundary.as_deref()?)?;
        let closes = after == b"--";
        (closes || after.is_empty()).then_some(Delimiter { level, closes })
    })
}

/// The line break before a delimiter belongs to the delimiter.
fn line_break_before(bytes: &[u8], line: usize) -> usize {
    let before = &bytes[..line];
    let before = before.strip_suffix(b"\n").unwrap_or(before);
    before.strip_suffix(b"\r").unwrap_or(before).len()
}

impl Tree<'_, '_, '_> {
    /// Reads a part of the part at `level` of those that are open; gives the place of its body.
    fn begin_after(&mut self, start: usize, level: usize) -> Result<usize, MailError> {
        self.open[level].has_parts = true;
        let is_digest = self.parts[self.open[level].part].kind() == "multipart/digest";
        let header = self.read_header(start)?;
        self.begin(start, header, is_digest)
    }

    fn read_header(&mut self, start: usize) -> Result<Header, MailError> {
        let open = &self.open;
        let ends = |line: &[u8]| delimiter(open, line).is_some();
        header::read(self.bytes, start, Strictness::Part(&ends), self.budget, self.oddities)
    }

    /// Adds a part, and the mail in it if it is one; gives the place where its body begins.
    fn begin(&mut self, start: usize, header: Header, is_digest: bool) -> Result<usize, MailError> {
        let (mut start, mut header, mut is_digest) = (start, header, is_digest);
        loop {
            let limits = self.budget.limits;
            if self.parts.len() >= limits.parts {
                return Err(MailError::TooManyParts { limit: limits.parts, at: start });
            }
            if self.open.len() > limits.depth {
                return Err(MailError::TooDeep { limit: limits.depth, at: start });
            }
            let raw = Raw::of(header.fields.iter().map(|field| &self.bytes[field.value.clone()]));
            let mut part = Part::new(self.bytes, (start, header), is_digest, raw, self.oddities);
            part.parent = self.open.last().map(|open| PartId(open.part));
            part.depth = self.open.len();
            let body = part.body.start;
            let boundary = match part.role {
                Role::Container => part.content_type.get("boundary").map(|b| b.as_bytes().to_vec()),
                _ => None,
            };
            self.open.push(Open {
                part: self.parts.len(),
                boundary: boundary.filter(|boundary| !boundary.is_empty()),
                has_parts: false,
            });
            let holds_mail = part.role == Role::Message;
            self.parts.push(part);
            if !holds_mail {
                return Ok(body);
            }
            (start, header, is_digest) = (body, self.read_header(body)?, false);
        }
    }

    /// Ends the open parts from `level` on.
    fn end(&mut self, level: usize, end: usize) {
        // A header that the delimiter follows without an empty line keeps its line break.
        let innermost = self.open.last().map_or(0, |open| self.parts[open.part].body.start);
        let end = end.max(innermost);
        for open in self.open.drain(level..) {
            let part = &mut self.parts[open.part];
            part.range.end = end;
            part.body.end = end;
            let at = part.range.start;
            if part.role == Role::Container && !open.has_parts {
                part.role = Role::Text;
                self.oddities.push(Oddity { kind: OddityKind::NoBoundary, at });
            } else if open.boundary.is_some() {
                self.oddities.push(Oddity { kind: OddityKind::Unclosed, at });
            }
        }
    }
}
