//! What goes out and comes in, from outside the crate: all formats over a case of ours, VERIS over
//! generated facts, arbitrary JSON and VCDB.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "data and pages are files, and what was skipped is said"
)]

mod generated;
mod ours;
mod pages;
mod sample;
mod vcdb;
