//! A document as it is put and as it is stored: folded text in sections, and beside it what can be
//! filtered by. It does not know segments.

use super::fold::fold;
use super::gram::{Area, TERM, term_key};
use super::varint;

/// Bytes of a text.
type Span = std::ops::Range<usize>;

/// The day of a document whose day is not known; it comes after all others.
pub(super) const UNKNOWN_DAY: i32 = i32::MIN;

/// A document to be searched.
#[derive(Clone, Debug, Default)]
pub struct Doc<'a> {
    /// What it is called; another of the same key replaces it.
    pub key: &'a str,
    /// The day it is sorted by, in days since 1970-01-01.
    pub day: Option<i32>,
    /// Title, organisation, numbers: words found here come first.
    pub head: &'a str,
    /// Everything else that is searched.
    pub body: &'a str,
    /// What it can be filtered and counted by. The values of `organisation` and `service` are also
    /// searched as words, in areas of their own and with everything. The key becomes a term of
    /// `number` by itself.
    pub terms: Vec<Term>,
    /// What ranges can be asked of. A field that is not known is left out, never zero.
    pub numbers: Vec<Number>,
}

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// The field.
    pub field: &'static str,
    /// The value.
    pub value: String,
}

/// A number, or the days of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The field.
    pub field: &'static str,
    /// The least value it may have.
    pub least: i64,
    /// The greatest; the same where it is one number.
    pub most: i64,
}

/// The section that follows is the body.
const BODY: char = '\u{1}';
/// The section that follows names an organisation.
const ORGANISATION: char = '\u{2}';
/// The section that follows names a service.
const SERVICE: char = '\u{3}';

/// The folded text of a document: its head, then sections, each behind its mark. Folding leaves no
/// control characters but the ends of paragraphs, so that the marks are none of the text's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn of(doc: &Doc<'_>) -> Self {
        let mut text = fold(doc.head);
        text.push(BODY);
        text.push_str(&fold(doc.body));
        for (mark, field) in [(ORGANISATION, "organisation"), (SERVICE, "service")] {
            for name in doc.terms.iter().filter(|term| term.field == field) {
                text.push(mark);
                text.push_str(&fold(&name.value));
            }
        }
        Self(text)
    }

    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    pub(super) fn whole(&self) -> &str {
        &self.0
    }

    /// The parts that belong to an area.
    pub(super) fn parts(&self, area: Area) -> impl Iterator<Item = &str> {
        parts(self.0.as_bytes(), area).map(|part| &self.0[part])
    }

    /// Whether an area has these (folded) words.
    pub(super) fn has(&self, area: Area, words: &memchr::memmem::Finder<'_>) -> bool {
        has(self.0.as_bytes(), area, words)
    }
}

/// Whether an area of a folded text has these (folded) words. It need not be known to be UTF-8,
/// which would take longer to find out.
pub(super) fn has(text: &[u8], area: Area, words: &memchr::memmem::Finder<'_>) -> bool {
    parts(text, area).any(|part| words.find(&text[part]).is_some())
}

/// Where the parts of a folded text are that belong to an area.
fn parts(text: &[u8], area: Area) -> impl Iterator<Item = Span> {
    let mark = match area {
        Area::Everything | Area::Head => None,
        Area::Organisation => Some(ORGANISATION as u8),
        Area::Service => Some(SERVICE as u8),
    };
    let body = match area {
        Area::Everything => text.len(),
        _ => memchr::memchr(BODY as u8, text).unwrap_or(text.len()),
    };
    let first = match area {
        Area::Everything | Area::Head => Some(0..body),
        Area::Organisation | Area::Service => None,
    };
    let names = mark.into_iter().flat_map(move |mark| {
        memchr::memchr_iter(mark, &text[body..]).map(move |at| {
            let start = body + at + 1;
            let length = memchr::memchr2(ORGANISATION as u8, SERVICE as u8, &text[start..]);
            start..length.map_or(text.len(), |length| start + length)
        })
    });
    first.into_iter().chain(names)
}

/// What a document can be filtered by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) day: i32,
    /// The keys of its terms, ascending.
    pub(super) terms: Vec<Vec<u8>>,
    /// Its numbers by field: least and most.
    pub(super) numbers: Vec<(String, Range)>,
}

/// Least and most.
pub(super) type Range = (i64, i64);

impl Meta {
    pub(super) fn of(doc: &Doc<'_>) -> Self {
        let mut terms: Vec<Vec<u8>> =
            doc.terms.iter().map(|term| term_key(term.field, &term.value)).collect();
        terms.push(term_key("number", doc.key));
        terms.sort_unstable();
        terms.dedup();
        let mut numbers: Vec<(String, Range)> = Vec::new();
        for number in &doc.numbers {
            // Two of one field are one range over both.
            let (least, most) = (number.least, number.most.max(number.least));
            match numbers.iter_mut().find(|(field, _)| field == number.field) {
                Some((_, range)) => *range = (range.0.min(least), range.1.max(most)),
                None => numbers.push((number.field.to_owned(), (least, most))),
            }
        }
        numbers.sort_unstable();
        Self { day: doc.day.unwrap_or(UNKNOWN_DAY), terms, numbers }
    }

    pub(super) fn number(&self, field: &str) -> Option<Range> {
        self.numbers.iter().find(|(name, _)| name == field).map(|&(_, range)| range)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        varint::put(varint::zigzag(i64::from(self.day)), &mut out);
        varint::put(self.terms.len() as u64, &mut out);
        for term in &self.terms {
            let own = &term[1..];
            varint::put(own.len() as u64, &mut out);
            out.extend_from_slice(own);
        }
        for (field, (least, most)) in &self.numbers {
            varint::put(field.len() as u64, &mut out);
            out.extend_from_slice(field.as_bytes());
            varint::put(varint::zigzag(*least), &mut out);
            varint::put(varint::zigzag(*most), &mut out);
        }
        out
    }

    /// What [`Meta::to_bytes`] wrote; `None` where it cannot be that.
    pub(super) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let signed = |bytes: &mut &[u8]| varint::take(bytes).map(varint::unzigzag);
        let day = i32::try_from(signed(bytes)?).ok()?;
        let mut terms = Vec::new();
        for _ in 0..varint::take(bytes)? {
            let length = varint::take_size(bytes)?;
            let mut term = vec![TERM];
            term.extend_from_slice(varint::take_bytes(bytes, length)?);
            terms.push(term);
        }
        let mut numbers = Vec::new();
        while !bytes.is_empty() {
            let length = varint::take_size(bytes)?;
            let field = str::from_utf8(varint::take_bytes(bytes, length)?).ok()?.to_owned();
            numbers.push((field, (signed(bytes)?, signed(bytes)?)));
        }
        Some(Self { day, terms, numbers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_found_again() {
        let term = |field, value: &str| Term { field, value: value.to_owned() };
        let number = |value| Number { field: "affected", least: value, most: value };
        let doc = Doc {
            key: "2031-001",
            day: None,
            head: "お詫び",
            body: "本文　です",
            terms: vec![
                term("organisation", "例示 商会"),
                term("service", "例示ＳＨＯＰ"),
                term("organisation", "見本社"),
                term("data", "name"),
                term("data", "name"),
            ],
            numbers: vec![number(5), number(9)],
        };
        let text = Text::of(&doc);
        let parts = |area| text.parts(area).collect::<Vec<_>>();
        assert_eq!(parts(Area::Head), ["お詫び"]);
        assert_eq!(parts(Area::Organisation), ["例示商会", "見本社"]);
        assert_eq!(parts(Area::Service), ["例示shop"]);
        let meta = Meta::of(&doc);
        assert_eq!(meta.terms.len(), 5);
        assert_eq!(meta.number("affected"), Some((5, 9)));
        assert_eq!(Meta::from_bytes(&meta.to_bytes()), Some(meta));
    }
}
