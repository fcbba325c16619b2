//! A case as this room takes it: what is known, where it came from, and when it was kept. It does
//! not know the book's revisions or corrections; they are in the facts already.

use case::{CaseNumber, Facts, Origin};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// The name space of all ids that are made here (UUID version 5, RFC 9562).
const NAME_SPACE: Uuid = Uuid::from_u128(0x6f1c_9d52_6a1b_4b0e_9a63_2f0d_7c85_e1a4);

/// A case that is kept.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// Its number in the book.
    pub number: CaseNumber,
    /// What is known, corrections applied.
    pub facts: &'a Facts<Origin>,
    /// The texts it was read from, the first report first.
    pub sources: &'a [Source<'a>],
    /// The VERIS record it was imported from, as [`crate::veris::Imported::record`] gave it.
    pub original: Option<&'a Value>,
    /// When it was added.
    pub added: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
}

/// A text that a case was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Source<'a> {
    /// The name that it came with: a path or an address.
    pub name: &'a str,
    /// Of its original bytes, lower-case hex.
    pub sha256: &'a str,
    /// Its format.
    pub media_type: &'a str,
}

impl Source<'_> {
    /// Its address, where the name is one of the Web. A path tells nothing to others, and may tell
    /// too much.
    pub(crate) fn address(&self) -> Option<&str> {
        ["https://", "http://"]
            .iter()
            .any(|scheme| self.name.starts_with(scheme))
            .then_some(self.name)
    }
}

impl Kept<'_> {
    /// An id that stays as long as the case is kept: two books may both have a `2031-001`, but
    /// hardly one that they added at the same nanosecond.
    pub(crate) fn id(&self) -> Uuid {
        id(&["case", &self.number.to_string(), &self.added.to_string()])
    }

    /// What people may call it: its title, else its organisation, else its number.
    pub(crate) fn name(&self) -> String {
        let facts = self.facts;
        let said = facts.title.as_ref().or(facts.organisation.as_ref());
        said.map_or_else(|| self.number.to_string(), |said| said.value.clone())
    }
}

/// A moment to the second (RFC 3339), for those who do not care for less.
pub(crate) fn to_the_second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An id made from what it stands for.
pub(crate) fn id(parts: &[&str]) -> Uuid {
    Uuid::new_v5(&NAME_SPACE, parts.join("\0").as_bytes())
}

/// Whether a text is Japanese, as far as its characters tell: kana, or the legal form of a Japanese
/// company.
pub(crate) fn is_japanese(text: &str) -> bool {
    const FORMS: [&str; 4] = ["株式会社", "有限会社", "合同会社", "法人"];
    text.chars().any(|c| matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ'))
        || FORMS.iter().any(|form| text.contains(form))
}
