//! The n-gram index of the book.
