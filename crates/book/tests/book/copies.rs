//! Backups made while others write, and books restored from them.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use book::{Book, BookError, Flaw, restore};

use crate::shelf::{FIRST, Release, SECOND, Shelf, add, numbered};

#[test]
fn a_backup_restores_to_the_same_book() {
    let shelf = Shelf::filled();
    let checkpoint = shelf.book.checkpoint().unwrap();
    let verified = shelf.book.verify(None).unwrap();
    let (backup, restored) = (shelf.beside("backup"), shelf.beside("restored"));
    assert_eq!(shelf.book.backup(&backup).unwrap(), verified);
    // In one file, so that it can be read where nothing can be written.
    let mut names: Vec<_> = fs::read_dir(&backup)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["archive", "book.sqlite", "ledger.key"]);

    fs::create_dir(&restored).unwrap();
    assert_eq!(restore(&backup, &restored).unwrap(), verified);
    let book = Book::open_existing(&restored).unwrap();
    assert_eq!(book.verify(Some(&checkpoint)).unwrap().since, Some(4));
    for number in shelf.book.numbers().unwrap() {
        assert_eq!(book.case(number).unwrap(), shelf.book.case(number).unwrap());
    }
    assert_eq!(book.verifier_key().unwrap(), shelf.book.verifier_key().unwrap());
    // It goes on from there.
    add(&book, &Release::of("release.txt", numbered(1).as_bytes()));
    book.verify(Some(&checkpoint)).unwrap();
}

#[test]
fn a_backup_is_one_state_while_others_write() {
    let shelf = Shelf::new();
    let (writing, stop) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0.. {
                shelf.add(&numbered(number));
                writing.store(true, Ordering::SeqCst);
                if stop.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        while !writing.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        let mut before = 0;
        for turn in 0..3 {
            let backed_up = shelf.book.backup(&shelf.beside(&format!("backup-{turn}")));
            stop.store(turn == 2 || backed_up.is_err(), Ordering::SeqCst);
            let verified = backed_up.unwrap();
            assert!(verified.sources >= before.max(1));
            before = verified.sources;
        }
    });
}

#[test]
fn accounts_are_copied_too() {
    let shelf = Shelf::filled();
    let accounts = rusqlite::Connection::open(shelf.dir().join("accounts.sqlite")).unwrap();
    accounts
        .execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE user (name); INSERT INTO user VALUES ('mori')",
        )
        .unwrap();
    let backup = shelf.beside("backup");
    shelf.book.backup(&backup).unwrap();
    let copied = rusqlite::Connection::open(backup.join("accounts.sqlite")).unwrap();
    let name: String = copied.query_row("SELECT name FROM user", [], |row| row.get(0)).unwrap();
    assert_eq!(name, "mori");
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let shelf = Shelf::filled();
    let taken = shelf.beside("taken");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("letter.txt"), "mine").unwrap();
    let refused = shelf.book.backup(&taken).unwrap_err();
    assert!(matches!(refused, Flaw::Unreadable(BookError::NotEmpty(_))), "{refused}");
    let nothing = restore(&shelf.beside("nothing"), &shelf.beside("new")).unwrap_err();
    assert!(matches!(nothing, Flaw::Unreadable(BookError::NoBook(_))), "{nothing}");
    assert_eq!(fs::read_dir(&taken).unwrap().count(), 1);
    assert!(!shelf.beside("new").exists());
}

#[test]
fn what_does_not_verify_never_gets_its_name() {
    let shelf = Shelf::new();
    shelf.add(FIRST);
    let sha256 = shelf.add(SECOND).sha256;
    let (good, bad) = (shelf.beside("good"), shelf.beside("bad"));
    shelf.book.backup(&good).unwrap();
    fs::remove_file(shelf.archived(&sha256)).unwrap();
    let refused = shelf.book.backup(&bad).unwrap_err();
    assert!(matches!(&refused, Flaw::Archive { sha256: named, .. } if *named == sha256));
    fs::write(good.join("archive").join(&sha256[..2]).join(format!("{sha256}.zst")), "x").unwrap();
    assert!(matches!(restore(&good, &bad), Err(Flaw::Archive { .. })));
    assert!(!bad.exists());
    let left: Vec<_> = fs::read_dir(shelf.beside("").as_path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("unfinished"))
        .collect();
    assert_eq!(left, [""; 0]);
}
