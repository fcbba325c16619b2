//! The fuzz targets: what must hold for any bytes. Shared by the libFuzzer binaries in
//! `fuzz/fuzz_targets/` and by the driver of this crate, which needs no nightly compiler.
//!
//! The targets know the edges of `formats` and `reader`; they do not know how inputs are made.

pub mod corpus;
pub mod mutate;
pub mod outgoing;
pub mod smtp;
pub mod targets;

pub use targets::{TARGETS, Target};
