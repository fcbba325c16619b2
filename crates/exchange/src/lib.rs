//! Cases in the formats of others: VERIS both ways; STIX 2.1, CSV, Atom and ndjson out.
//!
//! Pure: records come in as values and leave as values or text. This room does not know where a
//! case is kept, what day it is, or what a reader of the formats makes of them. It works on one
//! type of its own, [`Kept`], which whoever keeps the cases fills in.

pub mod atom;
pub mod categories;
pub mod csv;
mod fields;
mod kept;
pub mod ndjson;
pub mod stix;
mod summary;
mod tsv;
pub mod veris;

pub use fields::values;
pub use kept::{Kept, Source};
