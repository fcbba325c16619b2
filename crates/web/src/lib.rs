//! The pages and the API of a book of cases, as `jikenbo serve` gives them.
//!
//! This room knows requests, accounts and mark-up. It does not know how a text is read or how a
//! book keeps its cases, and it never asks anything of another machine.

mod accounts;
mod api;
mod app;
mod assets;
mod failure;
mod form;
mod handlers;
mod held;
mod lang;
mod link;
mod log;
mod reading;
mod rounds;
mod secret;
mod security;
mod serve;
mod shelf;
mod views;
mod visitor;

pub use app::Options;
pub use held::Held;
pub use serve::{Started, Unserved, listen, serve, serve_until, told_to_end};
pub use views::status::status_page;

#[cfg(test)]
mod tests;
