//! Cases kept.
mod archive;
mod error;
pub mod index;
pub mod query;
pub use error::BookError;
