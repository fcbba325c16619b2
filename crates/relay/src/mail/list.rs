//! A list of addresses cut into its entries (RFC 5322 §3.4, and §4.4 for what was once allowed), in
//! one pass. It does not know what an entry means: an entry is kept, whatever it holds.

use std::ops::Range;

use super::raw::{self, Raw};

/// An address of a machine in brackets has at most so many.
const LONGEST_LITERAL_BYTES: usize = 64;

/// What a stretch of a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// White space and line ends.
    Space,
    /// `(…)`.
    Comment,
    /// `"…"`.
    Quoted,
    /// `<…>`.
    Angle,
    /// Anything else, with its dots and at signs; `[…]` after an at sign.
    Word,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// What begins with a bracket or quote that is not closed, to the end of the value.
    Unclosed,
}

/// A stretch of a list, by its place in the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// Cuts a value into pieces, side by side without a gap.
pub(super) struct Pieces<'v> {
    value: &'v [u8],
    raw: Raw,
    at: usize,
}

impl<'v> Pieces<'v> {
    pub(super) const fn new(value: &'v [u8], raw: Raw) -> Self {
        Self { value, raw, at: 0 }
    }

    /// The end of what opens at `start`, after its closing byte. A comment nests and a quoted string
    /// ends at the next quote; an angle steps over quotes and comments within.
    fn closed(&self, start: usize) -> Option<usize> {
        let in_angle = self.value[start] == b'<';
        let mut quoted = self.value[start] == b'"';
        let mut depth = usize::from(self.value[start] == b'(');
        let mut at = start + 1;
        while at < self.value.len() {
            match self.value[at] {
                b'\\' if quoted || depth > 0 => at += 1,
                b'"' if depth == 0 => {
                    quoted = !quoted;
                    if !quoted && !in_angle {
                        return Some(at + 1);
                    }
                }
                b'(' if !quoted => depth += 1,
                b')' if !quoted && depth > 0 => {
                    depth -= 1;
                    if depth == 0 && !in_angle {
                        return Some(at + 1);
                    }
                }
                b'>' if in_angle && !quoted && depth == 0 => return Some(at + 1),
                _ => {}
            }
            if at < self.value.len() {
                at += self.raw.step(self.value, at);
            }
        }
        None
    }

    /// The end of a word that begins at `start`.
    fn word(&self, start: usize) -> usize {
        let mut at = start;
        while let Some(&byte) = self.value.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b'(' | b'"' | b'<' | b',' | b';' | b':' => break,
                b'=' => at += raw::encoded_word(&self.value[at..]).unwrap_or(1),
                b'[' if at > start && self.value[at - 1] == b'@' => {
                    let literal = &self.value[at..self.value.len().min(at + LONGEST_LITERAL_BYTES)];
                    let close = literal.iter().position(|b| matches!(b, b']' | b',' | b'\n'));
                    at += close.filter(|&close| literal[close] == b']').unwrap_or(0) + 1;
                }
                _ => at += self.raw.step(self.value, at),
            }
        }
        at.min(self.value.len())
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let start = self.at;
        let rest = &self.value[start..];
        let (kind, end) = match rest.first()? {
            b' ' | b'\t' | b'\r' | b'\n' => {
                let space =
                    rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
                (Kind::Space, start + space)
            }
            b',' => (Kind::Comma, start + 1),
            b';' => (Kind::Semicolon, start + 1),
            b':' => (Kind::Colon, start + 1),
            open @ (b'(' | b'"' | b'<') => match (self.closed(start), open) {
                (None, _) => (Kind::Unclosed, self.value.len()),
                (Some(end), b'(') => (Kind::Comment, end),
                (Some(end), b'"') => (Kind::Quoted, end),
                (Some(end), _) => (Kind::Angle, end),
            },
            _ => (Kind::Word, self.word(start)),
        };
        self.at = end.min(self.value.len());
        Some(Piece { kind, range: start..self.at })
    }
}

/// What an entry of a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// What should be a mailbox, by its pieces, without white space at the ends.
    Mailbox(Vec<Piece>),
    /// The name of a group, by its pieces; its mailboxes follow.
    Group(Vec<Piece>),
}

/// The entries of a list, in order. Empty ones, as between two commas, are left out: nothing stands
/// there.
pub(super) fn entries(value: &[u8], raw: Raw) -> impl Iterator<Item = Entry> + '_ {
    let mut pieces = Pieces::new(value, raw);
    let mut in_group = false;
    std::iter::from_fn(move || {
        let mut found: Vec<Piece> = Vec::new();
        let mut has_address = false;
        loop {
            let Some(piece) = pieces.next() else {
                if found.is_empty() {
                    return None;
                }
                break;
            };
            match piece.kind {
                Kind::Comma | Kind::Semicolon => {
                    in_group &= piece.kind == Kind::Comma;
                    if !found.is_empty() {
                        break;
                    }
                }
                // What has an address before its colon is no name, and must not vanish as one.
                Kind::Colon if !in_group && !has_address && !found.is_empty() => {
                    in_group = true;
                    return Some(Entry::Group(trimmed(found)));
                }
                Kind::Space if found.is_empty() => {}
                kind => {
                    let has_at = || memchr::memchr(b'@', &value[piece.range.clone()]).is_some();
                    has_address |= kind == Kind::Angle || kind == Kind::Word && has_at();
                    found.push(piece);
                }
            }
        }
        Some(Entry::Mailbox(trimmed(found)))
    })
}

fn trimmed(mut pieces: Vec<Piece>) -> Vec<Piece> {
    while pieces.last().is_some_and(|piece| piece.kind == Kind::Space) {
        pieces.pop();
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the entries as they stand; groups end in a colon.
    #[track_caller]
    fn check(value: &str, expected: &[&str]) {
        let found: Vec<String> = entries(value.as_bytes(), Raw::default())
            .map(|entry| {
                let (pieces, end) = match &entry {
                    Entry::Mailbox(pieces) => (pieces, ""),
                    Entry::Group(pieces) => (pieces, ":"),
                };
                let range = pieces[0].range.start..pieces[pieces.len() - 1].range.end;
                format!("{}{end}", &value[range])
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn entries_end_at_commas_that_mean_something() {
        check("a@example.jp, b@example.jp", &["a@example.jp", "b@example.jp"]);
        check(" , a@example.jp,,\r\n ", &["a@example.jp"]);
        check("\"a, b\" <a@example.jp>, c", &["\"a, b\" <a@example.jp>", "c"]);
        check("a (b, (c), \\)) <a@example.jp>, d", &["a (b, (c), \\)) <a@example.jp>", "d"]);
        check("<@a,@b:c@example.jp>, d", &["<@a,@b:c@example.jp>", "d"]);
        check("=?utf-8?Q?a,b?= <c@example.jp>", &["=?utf-8?Q?a,b?= <c@example.jp>"]);
        check("a@[IPv6:2001:db8::1], b", &["a@[IPv6:2001:db8::1]", "b"]);
        check("a@example.jp; b@example.jp", &["a@example.jp", "b@example.jp"]);
        check("\x1b$B,\"<\x1b(B <a@example.jp>, b", &["\x1b$B,\"<\x1b(B <a@example.jp>", "b"]);
    }

    #[test]
    fn groups_are_named_and_hide_nobody() {
        check("undisclosed-recipients:;", &["undisclosed-recipients:"]);
        check("g: a@example.jp, b@example.jp; , c", &["g:", "a@example.jp", "b@example.jp", "c"]);
        check("a@example.jp: b@example.jp", &["a@example.jp: b@example.jp"]);
        check("g: h: a@example.jp;", &["g:", "h: a@example.jp"]);
        check(": a@example.jp", &[": a@example.jp"]);
    }

    #[test]
    fn what_is_not_closed_goes_to_the_end() {
        check("a@example.jp, \"b <c@example.jp>, d", &["a@example.jp", "\"b <c@example.jp>, d"]);
        check("a :( <a@example.jp>, b", &["a:", "( <a@example.jp>, b"]);
        check("<a@example.jp, b", &["<a@example.jp, b"]);
        check("a@[192.0.2.1, b", &["a@[192.0.2.1", "b"]);
    }

    proptest::proptest! {
        #[test]
        fn pieces_lie_side_by_side(value in proptest::collection::vec(0_u8.., 0..80)) {
            let mut end = 0;
            for piece in Pieces::new(&value, Raw::default()) {
                proptest::prop_assert_eq!(piece.range.start, end);
                proptest::prop_assert!(piece.range.end > end);
                end = piece.range.end;
            }
            proptest::prop_assert_eq!(end, value.len());
        }
    }
}
