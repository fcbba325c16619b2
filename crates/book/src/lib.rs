//! Cases kept: numbered, archived with their originals, revised but never overwritten, searched,
//! compared, counted. The ledger is the record; every table is made from it.
//!
//! This room does not know how a text is decoded or read, in what format a case leaves the book,
//! or how it is shown.

mod archive;
mod backup;
mod catalogue;
mod change;
mod current;
mod database;
mod error;
pub mod fields;
mod find;
pub mod index;
mod joining;
mod kept;
pub mod like;
mod live;
mod overview;
mod packing;
mod placing;
mod project;
pub mod query;
mod rebuild;
mod record;
mod signing;
pub mod sql;
pub mod stats;
mod store;
mod verify;

pub use archive::fingerprint;
pub use backup::restore;
pub use catalogue::{epoch_day, headline};
pub use change::{Evidence, SourceRecord};
pub use error::BookError;
pub use find::{Hit, Hits};
pub use kept::{
    Correction, EntryRef, FieldChange, KeptCase, KeptReport, Original, Proposal, differences,
};
pub use live::{LiveCase, LiveEntry, LiveLine};
pub use overview::{Affected, Overview};
pub use rebuild::Rebuilt;
pub use store::{Added, AddedCase, Book, Imported, Incoming, Who};
pub use verify::{ClockStep, Difference, Flaw, Remedy, Verified};
