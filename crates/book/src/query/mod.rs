//! The query language of the book.
