//! Text to cases: [`read`] splits a page into entries and reads each into a [`Case`] whose facts
//! cite the words that say them.
//!
//! Reading never fails: what is left out becomes a [`Note`]. This room does not know where the
//! text came from, what day it is, or how a case is shown; it does no I/O.

mod facts;
pub mod grammar;
mod header;
mod lexicon;
mod names;
mod page;
mod segment;
mod words;

use case::{Case, SourceId};
use text::{Limits, Span};

use crate::page::{Layout, Page};
use crate::segment::Entry;

/// The name and version of this reader, for whoever keeps what it read.
pub const NAME: &str = concat!("jikenbo ", env!("CARGO_PKG_VERSION"));

/// A text to read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The id that the cases will name as their source.
    pub source: SourceId,
    /// The text that citations will point into.
    pub text: &'a str,
    /// The parts that the format separates; empty for one page.
    pub parts: &'a [Span],
}

/// The cases of one text, read one by one as they are asked for.
#[derive(Debug)]
pub struct Reading<'a> {
    input: Input<'a>,
    limits: Limits,
    entries: std::vec::IntoIter<Entry>,
    notes: Vec<Note>,
    /// The memory of the page before, for the next.
    layout: Layout,
}

/// Something that the reader left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where, if at one place.
    pub span: Option<Span>,
    /// What, in words.
    pub message: String,
}

/// Reads `input`; cases come in the order of the text.
///
/// ```
/// use case::{Category, SourceId};
/// let text = "2024年4月2日\n株式会社例示商会\nメール誤送信に関するお詫び\n\n4月1日、お客様45名のメールアドレスを誤って宛先に入れて送信しました。深くお詫び申し上げます。";
/// let input = reader::Input { source: SourceId(1), text, parts: &[] };
/// let case = reader::read(input, &text::Limits::default()).next().unwrap();
/// assert_eq!(case.facts.organisation.unwrap().value, "株式会社例示商会");
/// ```
pub fn read<'a>(input: Input<'a>, limits: &Limits) -> Reading<'a> {
    let mut entries = segment::entries(input.text, input.parts);
    let mut notes = Vec::new();
    if let Some(first) = entries.get(limits.entries) {
        notes.push(Note {
            span: Some(first.span),
            message: format!(
                "only the first {} of {} entries are read",
                limits.entries,
                entries.len()
            ),
        });
        entries.truncate(limits.entries);
    }
    let layout = Layout::default();
    Reading { input, limits: *limits, entries: entries.into_iter(), notes, layout }
}

impl Reading<'_> {
    /// What was left out.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}

impl Iterator for Reading<'_> {
    type Item = Case;

    fn next(&mut self) -> Option<Case> {
        let entry = self.entries.next()?;
        let page = Page::new(self.input.text, entry, std::mem::take(&mut self.layout));
        let facts = facts::read(&page, self.limits.facts);
        self.layout = page.into_layout();
        Some(Case { source: self.input.source, span: entry.span, facts })
    }
}
