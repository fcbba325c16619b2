//! Cases kept: numbered, archived with their originals, revised but never overwritten, searched,
//! compared, counted. The ledger is the record; every table is made from it.
//!
//! This room does not know how a text is decoded or read, in what format a case leaves the book,
//! or how it is shown.

mod archive;
mod catalogue;
mod change;
mod current;
mod database;
mod error;
pub mod fields;
pub mod index;
mod joining;
mod kept;
mod overview;
mod placing;
mod project;
pub mod query;
mod record;
mod store;

pub use archive::fingerprint;
pub use catalogue::{epoch_day, headline};
pub use change::{Evidence, SourceRecord};
pub use error::BookError;
pub use kept::{
    Correction, EntryRef, FieldChange, KeptCase, KeptReport, Original, Proposal, differences,
};
pub use overview::{Affected, Overview};
pub use store::{Added, AddedCase, Book, Incoming, Who};
