//! Changes of a mail by the places of its fields: what is not named stays as it is, byte for byte. It
//! does not know why anything is changed.

use std::ops::Range;

use super::fold::Folded;
use crate::mail::{Field, Mail};

/// Changes to one mail's header, to be made all at once.
#[derive(Clone, Debug)]
pub struct Edits<'m, 'b> {
    mail: &'m Mail<'b>,
    /// What is put in place of which bytes, in any order; the places do not overlap.
    changes: Vec<(Range<usize>, Vec<u8>)>,
}

impl<'m, 'b> Edits<'m, 'b> {
    /// No changes yet.
    pub const fn new(mail: &'m Mail<'b>) -> Self {
        Self { mail, changes: Vec::new() }
    }

    /// Takes a field out.
    pub fn remove(&mut self, field: &Field) {
        self.put(field.whole.clone(), Vec::new());
    }

    /// Puts another field in the place of one. Its lines end as those of the mail do.
    pub fn replace(&mut self, field: &Field, with: &Folded) {
        self.put(field.whole.clone(), with.lines(self.line_end()));
    }

    /// Adds a field before all others, as a trace of the way is added (RFC 5321 §4.4).
    pub fn add_first(&mut self, field: &Folded) {
        let header = self.mail.header();
        let start = header.mbox_line.as_ref().map_or(0, |line| line.end);
        self.put(start..start, field.lines(self.line_end()));
    }

    /// Adds a field after all others.
    pub fn add_last(&mut self, field: &Folded) {
        let end = self.mail.header().end;
        self.put(end..end, field.lines(self.line_end()));
    }

    pub(super) fn put(&mut self, place: Range<usize>, with: Vec<u8>) {
        self.changes.push((place, with));
    }

    /// How the lines of the header end.
    pub(super) fn line_end(&self) -> &'static [u8] {
        let bytes = self.mail.bytes();
        match memchr::memchr(b'\n', bytes) {
            Some(0) => b"\n",
            Some(end) if bytes[end - 1] != b'\r' => b"\n",
            _ => b"\r\n",
        }
    }

    /// The new header, with the empty line after it. What follows in the mail is not changed.
    pub fn header(mut self) -> Vec<u8> {
        let end = self.mail.header().body;
        self.made_until(end)
    }

    /// The new mail.
    pub fn mail(mut self) -> Vec<u8> {
        self.made_until(self.mail.bytes().len())
    }

    fn made_until(&mut self, end: usize) -> Vec<u8> {
        let bytes = self.mail.bytes();
        // Stable: what is put at one place stays in the order it was put.
        self.changes.sort_by_key(|(place, _)| (place.start, place.end));
        let mut out = Vec::with_capacity(end + 1024);
        let mut at = 0;
        for (place, with) in &self.changes {
            if place.start >= at && place.end <= end {
                out.extend_from_slice(&bytes[at..place.start]);
                // A mail may end within its header, without a line break.
                if !with.is_empty() && !out.is_empty() && !out.ends_with(b"\n") {
                    out.extend_from_slice(self.line_end());
                }
                out.extend_from_slice(with);
                at = place.end;
            }
        }
        out.extend_from_slice(&bytes[at..end]);
        out
    }
}
