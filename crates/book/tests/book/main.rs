//! The book through its public API, on disk, with real readings: what is kept, what several
//! writers do to each other, what is noticed and repaired. It does not know the tables, but where
//! it damages them on purpose.

mod child;
mod copies;
mod damage;
mod formats;
mod keeping;
mod live;
mod sharing;
mod shelf;
mod trouble;
