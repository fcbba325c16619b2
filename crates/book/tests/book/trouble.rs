//! Folders that a book cannot use: full, not to be written to, of a later version, no book at all.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use book::{Book, BookError};

use crate::child;
use crate::shelf::{Shelf, numbered};

/// The user without rights, on every Unix by custom.
const NOBODY: u32 = 65_534;

#[test]
fn a_full_disk_is_an_error_and_loses_nothing() {
    let shelf = Shelf::new();
    // No file of the child may grow beyond 400 blocks of 512 bytes: the write-ahead log soon would.
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\""])
        .arg(child::program().get_program());
    let mut child = child::adding(limited, &shelf.dir(), 0, 500).spawn().unwrap();
    let (added, error) = child::said(&mut child);
    child.wait().unwrap();
    let error = error.expect("the child cannot have kept them all");
    assert!(error.contains("no space left") || error.contains("disk I/O"), "{error}");
    assert!(!added.is_empty());
    let verified = shelf.book.verify(None).unwrap();
    assert_eq!(verified.sources, added.len() as u64);
    for sha256 in &added {
        shelf.book.original(sha256).unwrap();
    }
    // There is room again.
    assert!(!shelf.add(&numbered(added.len())).known);
    shelf.book.verify(None).unwrap();
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let shelf = Shelf::new();
    let dir = shelf.beside("shut");
    fs::create_dir(&dir).unwrap();
    let mut program = child::program();
    if fs::metadata(&dir).unwrap().uid() == 0 {
        // Nothing is shut to root: the child is somebody else, who may enter the folders above.
        fs::set_permissions(dir.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
        program = Command::new(readable(&shelf.beside("program")));
        program.uid(NOBODY).gid(NOBODY);
    }
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o555)).unwrap();
    let mut child = child::adding(program, &dir, 0, 1).spawn().unwrap();
    let (added, error) = child::said(&mut child);
    child.wait().unwrap();
    let error = error.expect("nothing can be written there");
    assert!(added.is_empty() && error.contains("shut"), "{error}");
    assert!(fs::read_dir(&dir).unwrap().next().is_none());
}

/// This program where everybody may start it.
fn readable(place: &Path) -> &Path {
    fs::copy(child::program().get_program(), place).unwrap();
    fs::set_permissions(place, fs::Permissions::from_mode(0o755)).unwrap();
    place
}

#[test]
fn a_later_format_is_refused_and_left_alone() {
    let shelf = Shelf::filled();
    shelf.tables().pragma_update(None, "user_version", 2).unwrap();
    let error = Book::open(&shelf.dir()).unwrap_err();
    assert!(matches!(error, BookError::TooNew { found: 2, known: 1, .. }), "{error}");
    let flaw = shelf.book.verify(None).unwrap_err();
    assert!(flaw.to_string().contains("format 2"), "{flaw}");
    shelf.tables().pragma_update(None, "user_version", 1).unwrap();
    Book::open(&shelf.dir()).unwrap().verify(None).unwrap();
}

#[test]
fn what_is_no_book_is_named() {
    let shelf = Shelf::new();
    let nothing = Book::open_existing(&shelf.beside("nothing")).unwrap_err();
    assert!(matches!(nothing, BookError::NoBook(_)), "{nothing}");
    assert!(!shelf.beside("nothing").exists());

    let other = shelf.beside("other");
    fs::create_dir(&other).unwrap();
    let database = rusqlite::Connection::open(other.join("book.sqlite")).unwrap();
    database.execute_batch("CREATE TABLE a (b)").unwrap();
    let other_database = Book::open(&other).unwrap_err();
    assert!(matches!(other_database, BookError::NotABook(_)), "{other_database}");

    let text = shelf.beside("text");
    fs::create_dir(&text).unwrap();
    fs::write(text.join("book.sqlite"), "not a database at all, but of some length".repeat(99))
        .unwrap();
    let no_database = Book::open(&text).unwrap_err();
    assert!(no_database.to_string().contains("not a database"), "{no_database}");
}

#[test]
fn a_book_is_private() {
    let shelf = Shelf::filled();
    shelf.book.checkpoint().unwrap();
    let mode = |name: &str| fs::metadata(shelf.dir().join(name)).unwrap().mode() & 0o777;
    assert_eq!((mode(""), mode("archive")), (0o700, 0o700));
    assert_eq!((mode("book.sqlite"), mode("ledger.key")), (0o600, 0o600));
}
