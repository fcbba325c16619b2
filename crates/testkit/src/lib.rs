//! Drivers that the tests of the rooms share: they make inputs of every format and encoding from
//! plain text, whole and broken, and stand at both ends of a mail's way. Dev only; it does not know how any
//! of them is read.

pub mod broken;
pub mod charset;
pub mod feed;
pub mod html;
pub mod mail;
pub mod pdf;
pub mod postfix;
pub mod smtp;
