//! Who stands in the address fields of a header: names and addresses, and what could not be read as
//! one. It does not know which fields a mail should have, nor who anybody is.

use std::ops::Range;

use super::list::{Entry, Kind, Piece, Pieces, entries};
use super::raw::Raw;
use crate::{Address, AddressError};

/// A field that holds addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressField {
    /// Who wrote it.
    From,
    /// Who sent it for the writer.
    Sender,
    /// Where answers go.
    ReplyTo,
    /// Who gets it.
    To,
    /// Who gets a copy.
    Cc,
    /// Who gets a copy that the others do not see.
    Bcc,
    /// Who passed it on.
    ResentFrom,
    /// Who sent it for those who passed it on.
    ResentSender,
    /// Where answers to those who passed it on go.
    ResentReplyTo,
    /// Who it was passed on to.
    ResentTo,
    /// Who got a copy when it was passed on.
    ResentCc,
    /// Who got a hidden copy when it was passed on.
    ResentBcc,
}

impl AddressField {
    /// Every one, with its name.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::From, "From"),
        (Self::Sender, "Sender"),
        (Self::ReplyTo, "Reply-To"),
        (Self::To, "To"),
        (Self::Cc, "Cc"),
        (Self::Bcc, "Bcc"),
        (Self::ResentFrom, "Resent-From"),
        (Self::ResentSender, "Resent-Sender"),
        (Self::ResentReplyTo, "Resent-Reply-To"),
        (Self::ResentTo, "Resent-To"),
        (Self::ResentCc, "Resent-Cc"),
        (Self::ResentBcc, "Resent-Bcc"),
    ];

    /// The field of that name, in any case.
    pub fn named(name: &[u8]) -> Option<Self> {
        let found =
            Self::NAMES.iter().find(|(_, known)| name.eq_ignore_ascii_case(known.as_bytes()));
        found.map(|(field, _)| *field)
    }

    /// Its name as it is usually written.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }

    /// Whether it says who gets the mail.
    pub const fn is_destination(self) -> bool {
        matches!(
            self,
            Self::To | Self::Cc | Self::Bcc | Self::ResentTo | Self::ResentCc | Self::ResentBcc
        )
    }

    /// Whether those who get the mail may see it: `Bcc` is taken out on the way.
    pub const fn is_visible(self) -> bool {
        !matches!(self, Self::Bcc | Self::ResentBcc)
    }
}

/// Where something stands in the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// In which kind of field.
    pub field: AddressField,
    /// Which of the header's fields that is, from 0.
    pub index: usize,
    /// Its bytes in the mail.
    pub range: Range<usize>,
}

/// Somebody in an address field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name that is shown, decoded; from a comment where there is no other.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
    /// Where both stand.
    pub at: Standing,
}

/// Something in an address field that is no mailbox as far as can be told. Nobody knows what the
/// programs behind this one make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unparsed {
    /// Its characters, decoded.
    pub words: String,
    /// Why it is none.
    pub because: NoMailbox,
    /// Where it stands.
    pub at: Standing,
}

/// Why something is no mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMailbox {
    /// A quote or bracket is not closed.
    #[error("a quote or bracket is not closed")]
    Unclosed,
    /// More than one address without a comma between.
    #[error("more than one address, and no comma between them")]
    Several,
    /// Words side by side that are no address, or that follow one.
    #[error("words where an address should be")]
    Words,
    /// Bytes of the address that are not UTF-8.
    #[error("the address is not written in UTF-8")]
    Bytes,
    /// What stands in the address's place is none.
    #[error(transparent)]
    Address(#[from] AddressError),
}

/// A name that several mailboxes stand under (RFC 5322 §3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The name, decoded.
    pub name: String,
    /// Where it stands.
    pub at: Standing,
}

/// All that stands in the address fields of a header, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailboxes {
    /// Those that could be read.
    pub read: Vec<Mailbox>,
    /// What could not.
    pub unparsed: Vec<Unparsed>,
    /// The names of groups; an empty group is how a mail says that it hides its recipients.
    pub groups: Vec<Group>,
}

impl Mailboxes {
    /// How many entries there are.
    pub const fn len(&self) -> usize {
        self.read.len() + self.unparsed.len() + self.groups.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds what stands in one field's value, which begins at `start` of the mail. `Err` gives the
    /// place of the first entry over `most`.
    pub(super) fn add(
        &mut self,
        (field, index): (AddressField, usize),
        (value, start): (&[u8], usize),
        raw: Raw,
        most: usize,
    ) -> Result<(), usize> {
        for entry in entries(value, raw) {
            let (Entry::Mailbox(pieces) | Entry::Group(pieces)) = &entry;
            let range = pieces.first().map_or(0, |piece| piece.range.start)
                ..pieces.last().map_or(0, |piece| piece.range.end);
            let at = Standing { field, index, range: start + range.start..start + range.end };
            if self.len() >= most {
                return Err(at.range.start);
            }
            match entry {
                Entry::Group(pieces) => {
                    let name = phrase(value, &pieces, raw).unwrap_or_default();
                    self.groups.push(Group { name, at });
                }
                Entry::Mailbox(pieces) => match mailbox(value, &pieces, raw) {
                    Ok((name, address)) => self.read.push(Mailbox { name, address, at }),
                    Err(because) => {
                        let words = raw.text(&value[range]);
                        self.unparsed.push(Unparsed { words, because, at });
                    }
                },
            }
        }
        Ok(())
    }
}

/// Reads one entry: `name <address>`, or `address (name)`.
fn mailbox(
    value: &[u8],
    pieces: &[Piece],
    raw: Raw,
) -> Result<(Option<String>, Address), NoMailbox> {
    if pieces.iter().any(|piece| piece.kind == Kind::Unclosed) {
        return Err(NoMailbox::Unclosed);
    }
    let mut angles = (0..pieces.len()).filter(|&at| pieces[at].kind == Kind::Angle);
    let comment = || {
        let last = pieces.iter().rfind(|piece| piece.kind == Kind::Comment)?;
        let inner = &value[last.range.start + 1..last.range.end - 1];
        Some(raw.text(&unescaped(inner, raw))).filter(|name| !name.is_empty())
    };
    let Some(angle) = angles.next() else {
        return Ok((comment(), address(value, pieces)?));
    };
    if angles.next().is_some() {
        return Err(NoMailbox::Several);
    }
    let follows = |piece: &Piece| !matches!(piece.kind, Kind::Space | Kind::Comment);
    if pieces[angle + 1..].iter().any(follows) {
        return Err(NoMailbox::Words);
    }
    let inner = &value[pieces[angle].range.start + 1..pieces[angle].range.end - 1];
    let inner_pieces: Vec<Piece> = Pieces::new(inner, raw).collect();
    let address = address(inner, without_route(inner, &inner_pieces))?;
    Ok((phrase(value, &pieces[..angle], raw).or_else(comment), address))
}

/// Leaves out `@a,@b:`, a way for the mail that is ignored today (RFC 5321 appendix C).
fn without_route<'p>(value: &[u8], pieces: &'p [Piece]) -> &'p [Piece] {
    let first = pieces.iter().find(|piece| piece.kind != Kind::Space);
    let is_route = first.is_some_and(|first| value[first.range.start] == b'@');
    match pieces.iter().position(|piece| piece.kind == Kind::Colon) {
        Some(colon) if is_route => &pieces[colon + 1..],
        _ => pieces,
    }
}

/// Reads an address, without the white space and comments that were once allowed around its dots and
/// its at sign.
fn address(value: &[u8], pieces: &[Piece]) -> Result<Address, NoMailbox> {
    let mut written = Vec::new();
    let mut is_apart = false;
    for piece in pieces {
        match piece.kind {
            Kind::Space | Kind::Comment => is_apart = true,
            _ => {
                let words = &value[piece.range.clone()];
                let joins = matches!(written.last(), None | Some(b'.' | b'@'))
                    || matches!(words.first(), Some(b'.' | b'@'));
                if is_apart && !joins {
                    return Err(NoMailbox::Words);
                }
                is_apart = false;
                written.extend_from_slice(words);
            }
        }
    }
    let written = std::str::from_utf8(&written).map_err(|_| NoMailbox::Bytes)?;
    Ok(Address::parse(written)?)
}

/// The words before an address, decoded: without comments, and quotes undone. Japanese mailers put
/// encoded words into quotes, which no rule allows and all programs decode.
fn phrase(value: &[u8], pieces: &[Piece], raw: Raw) -> Option<String> {
    let mut words = Vec::new();
    for piece in pieces {
        let bytes = &value[piece.range.clone()];
        match piece.kind {
            Kind::Comment => {}
            Kind::Space => words.push(b' '),
            Kind::Quoted => words.extend(unescaped(&bytes[1..bytes.len() - 1], raw)),
            _ => words.extend_from_slice(bytes),
        }
    }
    Some(raw.text(&words)).filter(|name| !name.is_empty())
}

/// The inside of a quoted string or comment without its backslashes, line ends left out.
fn unescaped(inner: &[u8], raw: Raw) -> Vec<u8> {
    let mut out = Vec::with_capacity(inner.len());
    let mut at = 0;
    while at < inner.len() {
        if inner[at] == b'\\' && at + 1 < inner.len() {
            at += 1;
        }
        let next = (at + raw.step(inner, at)).min(inner.len());
        if !matches!(inner[at], b'\r' | b'\n') {
            out.extend_from_slice(&inner[at..next]);
        }
        at = next;
    }
    out
}
