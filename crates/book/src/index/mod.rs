//! The search index of the book: which documents have which one, two and three characters, and by
//! what they can be filtered. Derived from the rest and rebuilt from it at any time.
//!
//! Documents are put into a short *tail*, which is read through at each search. A full tail becomes
//! a *segment*: its documents sorted as hits are shown (recent first, then by key), and for each
//! gram a posting. Segments of like size are merged. Postings stand in blocks of a page's size in
//! the same database as everything else, so that a search sees what its transaction sees, and
//! nothing is loaded when a book is opened.
//!
//! Words of up to three characters are answered by the postings alone. Longer ones are narrowed
//! down by them, and then looked for in the folded text that is kept of each document.
//!
//! Changes are made of several statements: whoever calls them holds a transaction.
//!
//! This module knows no facts, cases or query language; its tables are its own.

mod bits;
mod block;
mod check;
mod column;
mod document;
mod facet;
mod fold;
mod gram;
mod hits;
mod merge;
mod plan;
mod posting;
mod search;
mod segment;
mod snippet;
mod store;
mod varint;

#[cfg(test)]
mod tests;

pub use check::{Wrong, check};
pub use document::{Doc, Number, Term};
pub use fold::{Folding, fold};
pub use hits::Standing;
pub use plan::{Area, Plan};
pub use search::{Ask, Facet, Found, FoundDoc, Total, search};
pub use snippet::{Fragment, snippet};
pub use store::{clear, compact, put, put_all, put_unsettled, remove, schema, settle};

/// How the index is cut up, and how much a search may do beyond its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Documents in the tail before it becomes a segment: each is unpacked at every search.
    /// Default 32.
    pub tail: usize,
    /// Most documents made into one segment at once. Default 2,048.
    pub batch: usize,
    /// Segments of like size that become one, and what "like" means. At least 2; default 8.
    pub merge: usize,
    /// Most documents of a segment, at most 65,536, the default.
    pub segment: usize,
    /// Most documents read to make a count exact once the page is full. Default 256.
    pub verify: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { tail: 32, batch: 2_048, merge: 8, segment: 65_536, verify: 256 }
    }
}

/// Why the index could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The database said no.
    #[error("the database of the search index failed")]
    Database(#[from] rusqlite::Error),
    /// Stored bytes make no sense.
    #[error("the search index is damaged: {0}")]
    Damaged(&'static str),
    /// A document of more than 4 GiB, or the document after the 4,294,967,295th.
    #[error("the search index cannot hold so much")]
    TooLarge,
    /// A text could not be decompressed.
    #[error("a text of the search index could not be unpacked")]
    Compression(#[source] std::io::Error),
}
