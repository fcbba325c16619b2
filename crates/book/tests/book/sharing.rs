//! Several writers of one book, and a writer that is killed.

use std::collections::HashSet;
use std::thread;
use std::time::{Duration, Instant};

use book::{Book, BookError, fingerprint};
use rusqlite::TransactionBehavior;

use crate::child;
use crate::shelf::{Release, Shelf, add, mori, numbered};

#[test]
fn threads_and_processes_take_turns() {
    let shelf = Shelf::new();
    let mut children: Vec<_> = [0, 10]
        .map(|first| child::adding(child::program(), &shelf.dir(), first, 10).spawn().unwrap())
        .into();
    thread::scope(|scope| {
        for first in [20, 30] {
            let book = &shelf.book;
            scope.spawn(move || {
                for number in first..first + 10 {
                    add(book, &Release::of("release.txt", numbered(number).as_bytes()));
                }
            });
        }
    });
    for child in &mut children {
        let (added, error) = child::said(child);
        assert_eq!((added.len(), error), (10, None));
        assert!(child.wait().unwrap().success());
    }
    let verified = shelf.book.verify(None).unwrap();
    assert_eq!((verified.entries, verified.sources), (40, 40));
    let numbers: HashSet<_> = shelf.book.numbers().unwrap().into_iter().collect();
    assert_eq!(numbers.len(), 40);
}

#[test]
fn two_processes_may_make_one_book() {
    let shelf = Shelf::new();
    let dir = shelf.beside("new");
    let mut children: Vec<_> =
        [0, 5].map(|first| child::adding(child::program(), &dir, first, 5).spawn().unwrap()).into();
    for child in &mut children {
        assert_eq!(child::said(child).1, None);
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(Book::open_existing(&dir).unwrap().verify(None).unwrap().sources, 10);
}

#[test]
fn a_process_that_holds_the_book_is_waited_for_and_then_named() {
    let shelf = Shelf::new();
    let mut other = shelf.tables();
    let held = other.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    // A book that is held can be opened and read.
    let book = Book::open(&shelf.dir()).unwrap().waiting(Duration::from_millis(20)).unwrap();
    assert!(book.numbers().unwrap().is_empty());
    let release = Release::of("release.txt", numbered(1).as_bytes());
    let busy = book.add(&[release.incoming()], &mori()).unwrap_err();
    assert!(matches!(busy, BookError::Busy), "{busy}");
    held.rollback().unwrap();
    assert!(!add(&book, &release).known);
    assert_eq!(book.verify(None).unwrap().entries, 1);
}

#[test]
fn killed_between_archive_and_commit_leaves_the_input_out() {
    let shelf = Shelf::new();
    let mut other = shelf.tables();
    let held = other.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let mut child = child::adding(child::program(), &shelf.dir(), 7, 1).spawn().unwrap();
    // The child has put the original away and waits for its turn to write the entry.
    let text = numbered(7);
    let original = shelf.archived(&fingerprint(text.as_bytes()));
    let started = Instant::now();
    while !original.exists() {
        assert!(started.elapsed() < Duration::from_mins(1), "the child does not get that far");
        thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    held.rollback().unwrap();
    let verified = shelf.book.verify(None).unwrap();
    assert_eq!((verified.entries, verified.sources), (0, 0));
    assert!(shelf.book.numbers().unwrap().is_empty());
    // Nothing is in the way of the next attempt.
    assert!(!shelf.add(&text).known);
    assert_eq!(shelf.book.verify(None).unwrap().sources, 1);
}
