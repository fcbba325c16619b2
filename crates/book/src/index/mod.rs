//! The n-gram index of the book.

use rusqlite::Connection;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    pub field: &'static str,
    pub value: String,
}
pub struct Doc<'a> {
    pub key: &'a str,
    pub day: Option<i32>,
    pub affected: Option<u64>,
    pub head: &'a str,
    pub body: &'a str,
    pub terms: Vec<Term>,
}
pub fn schema(_: &Connection) -> rusqlite::Result<()> {
    Ok(())
}
pub fn put(_: &Connection, _: &Doc<'_>) -> rusqlite::Result<()> {
    Ok(())
}
pub fn remove(_: &Connection, _: &str) -> rusqlite::Result<()> {
    Ok(())
}
