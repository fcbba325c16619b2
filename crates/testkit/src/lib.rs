//! Drivers that the tests of the rooms share: they make inputs of every format and encoding from
//! plain text, whole and broken. Dev only; it does not know how any of them is read.

pub mod broken;
pub mod charset;
pub mod feed;
pub mod html;
pub mod mail;
pub mod pdf;
