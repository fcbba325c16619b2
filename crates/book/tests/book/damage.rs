//! What is damaged on purpose: verification names it, and rebuilding repairs what can be repaired.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use book::{Book, Flaw, Remedy};

use crate::shelf::{FIRST, Release, SECOND, Shelf, add, copy, numbered};

/// Damages a filled book and gives what verification says, after it was fine.
fn flaw(damage: impl FnOnce(&Shelf)) -> (Shelf, Flaw) {
    let shelf = Shelf::filled();
    shelf.book.verify(None).unwrap();
    damage(&shelf);
    let flaw = shelf.book.verify(None).unwrap_err();
    (shelf, flaw)
}

/// What is made from the ledger: named, and as new after rebuilding.
#[track_caller]
fn repaired(damage: &str, expected: &str) {
    let (shelf, flaw) = flaw(|shelf| shelf.tables().execute_batch(damage).unwrap());
    assert!(flaw.to_string().contains(expected), "{damage}: {flaw}");
    assert_eq!(flaw.remedy(), Remedy::Rebuild, "{flaw}");
    let before = shelf.book.numbers().unwrap_or_default();
    let rebuilt = shelf.book.rebuild().unwrap();
    assert_eq!((rebuilt.entries, rebuilt.cases), (4, 2));
    shelf.book.verify(None).unwrap();
    assert!(shelf.book.numbers().unwrap().len() >= before.len());
    // And it can be written to as before.
    shelf.add(&numbered(1));
    shelf.book.verify(None).unwrap();
}

/// What is the record itself: named, and not touched by rebuilding.
#[track_caller]
fn lost(damage: impl FnOnce(&Shelf), expected: &str) {
    let (_shelf, flaw) = flaw(damage);
    assert!(flaw.to_string().contains(expected), "{flaw}");
    assert_eq!(flaw.remedy(), Remedy::Restore, "{flaw}");
}

#[test]
fn a_changed_row_is_named_by_table_key_and_column() {
    repaired(
        "UPDATE overview SET affected = 12 WHERE number = '2031-001'",
        "table overview, row 2031-001: affected is 12, but should be 3179454",
    );
    repaired("DELETE FROM history WHERE seq = 1", "table history, row 2031-001, 1: it is missing");
    repaired(
        "INSERT INTO listed VALUES ('2031-001', 'data_kinds', 'zzz')",
        "table listed, row 2031-001, data_kinds, zzz: no entry of the ledger made it",
    );
    repaired("UPDATE correction SET why = ''", "table correction, row 2: why is , but should be");
    repaired("UPDATE kept SET facts = x'00' WHERE number = '2031-001'", "facts is damaged");
    repaired(
        "UPDATE kept SET facts = (SELECT facts FROM kept WHERE number <> '2031-001')
         WHERE number = '2031-001'",
        "facts.title is \"書類の紛失\", but should be \"弊社会員サイトへの不正アクセスについて（第1報）\"",
    );
}

#[test]
fn a_changed_table_is_named() {
    repaired("DROP INDEX report_number", "table report_number: it is made otherwise");
    repaired(
        "CREATE TRIGGER t AFTER INSERT ON source BEGIN DELETE FROM source; END",
        "table t: a book has no triggers",
    );
    repaired("DROP TABLE proposal", "table proposal: it is made otherwise");
}

#[test]
fn a_damaged_search_index_is_named_and_rebuilt() {
    repaired("DELETE FROM document WHERE key = '2031-001'", "the search index: case 2031-001");
    repaired("UPDATE document SET key = '1999-001' WHERE key = '2031-001'", "the search index: ");
    repaired("UPDATE document SET text = x'00'", "the search index");
}

#[test]
fn a_damaged_tip_is_made_anew() {
    repaired("UPDATE meta SET value = x'01' WHERE key = 'frontier'", "the tip of the ledger");
}

#[test]
fn a_flipped_byte_in_the_archive_is_named() {
    let sha256 = book::fingerprint(FIRST.as_bytes());
    let damage = |shelf: &Shelf| {
        let path = shelf.archived(&sha256);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    lost(damage, &sha256);
    lost(|shelf| fs::remove_file(shelf.archived(&sha256)).unwrap(), "(ledger entry 0)");
    // It is the archive's own damage: what was made from the ledger is still right.
    let (shelf, _) = flaw(damage);
    assert!(matches!(shelf.book.original(&sha256), Err(book::BookError::Archive { .. })));
    assert!(matches!(shelf.book.rebuild(), Err(Flaw::Archive { .. })));
}

/// Writes other words into a ledger entry.
fn rewrite(shelf: &Shelf, seq: u64, from: &str, to: &str, with_leaf: bool) {
    let tables = shelf.tables();
    let packed: Vec<u8> = tables
        .query_row("SELECT entry FROM ledger WHERE seq = ?1", [seq], |row| row.get(0))
        .unwrap();
    let line = String::from_utf8(zstd::bulk::decompress(&packed, 1 << 20).unwrap()).unwrap();
    assert!(line.contains(from));
    let line = line.replacen(from, to, 1);
    let packed = zstd::bulk::compress(line.as_bytes(), 3).unwrap();
    tables.execute("UPDATE ledger SET entry = ?1 WHERE seq = ?2", (packed, seq)).unwrap();
    if with_leaf {
        let leaf = ledger::leaf(line.as_bytes());
        tables
            .execute("UPDATE ledger SET leaf = ?1 WHERE seq = ?2", (leaf.as_bytes(), seq))
            .unwrap();
    }
}

#[test]
fn a_changed_entry_is_named() {
    lost(
        |shelf| {
            shelf.tables().execute_batch("UPDATE ledger SET entry = x'00' WHERE seq = 1").unwrap();
        },
        "entry 1: cannot be unpacked",
    );
    lost(|shelf| rewrite(shelf, 1, "mori", "kato", false), "entry 1: the leaf hash kept beside it");
    lost(|shelf| rewrite(shelf, 1, "mori", "kato", true), "entry 2: it follows ");
    // The last one has nobody behind it but the tip.
    lost(|shelf| rewrite(shelf, 3, "mori", "kato", true), "the end of the ledger");
    lost(
        |shelf| shelf.tables().execute_batch("DELETE FROM ledger WHERE seq = 1").unwrap(),
        "entry 1: it is missing",
    );
    lost(
        |shelf| shelf.tables().execute_batch("DELETE FROM ledger WHERE seq = 3").unwrap(),
        "the end of the ledger",
    );
}

#[test]
fn a_broken_ledger_is_not_built_on() {
    let (shelf, _) = flaw(|shelf| rewrite(shelf, 1, "mori", "kato", true));
    let before = shelf.book.case("2031-001".parse().unwrap()).unwrap();
    assert!(matches!(shelf.book.rebuild(), Err(Flaw::Ledger(_))));
    assert_eq!(shelf.book.case("2031-001".parse().unwrap()).unwrap(), before);
    // A cut leaves its trace.
    let (shelf, _) = flaw(|shelf| {
        shelf.tables().execute_batch("DELETE FROM ledger WHERE seq = 3").unwrap();
    });
    shelf.book.rebuild().unwrap_err();
    shelf.book.verify(None).unwrap_err();
}

#[test]
fn a_torn_page_is_named() {
    let shelf = Shelf::filled();
    let dir = shelf.beside("torn");
    shelf.book.backup(&dir).unwrap();
    let path = dir.join("book.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096 * 2..4096 * 12].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let torn = Book::open_existing(&dir).map_err(Flaw::from).and_then(|book| book.verify(None));
    let flaw = torn.unwrap_err();
    assert!(
        flaw.to_string().contains("malformed") || flaw.to_string().contains("damaged"),
        "{flaw}"
    );
    assert_eq!(flaw.remedy(), Remedy::Restore, "{flaw}");
}

#[test]
fn a_removed_tail_is_missed_by_a_checkpoint_alone() {
    let shelf = Shelf::new();
    shelf.add(FIRST);
    let early = shelf.book.checkpoint().unwrap();
    let earlier = shelf.beside("earlier");
    shelf.book.backup(&earlier).unwrap();
    shelf.add(SECOND);
    let late = shelf.book.checkpoint().unwrap();
    // The book of before is whole; that it is not of today, only the checkpoint knows.
    let earlier = Book::open_existing(&earlier).unwrap();
    earlier.verify(None).unwrap();
    assert_eq!(earlier.verify(Some(&early)).unwrap().since, Some(1));
    let cut = earlier.verify(Some(&late)).unwrap_err();
    assert!(cut.to_string().contains("a checkpoint says that there are 2 entries"), "{cut}");
    assert_eq!(cut.remedy(), Remedy::Restore);
    assert_eq!(shelf.book.verify(Some(&early)).unwrap().since, Some(1));
    assert_eq!(shelf.book.verify(Some(&late)).unwrap().since, Some(2));
}

#[test]
fn a_ledger_written_anew_does_not_extend_the_checkpoint() {
    let (shelf, other) = (Shelf::new(), Shelf::new());
    shelf.add(FIRST);
    shelf.add(SECOND);
    let checkpoint = shelf.book.checkpoint().unwrap();
    for number in 0..3 {
        other.add(&numbered(number));
    }
    let stranger = other.book.verify(Some(&checkpoint)).unwrap_err();
    assert!(stranger.to_string().contains("has no key"), "{stranger}");
    other.book.checkpoint().unwrap();
    let stranger = other.book.verify(Some(&checkpoint)).unwrap_err();
    assert_eq!(stranger.remedy(), Remedy::Look, "{stranger}");
    // Even with the stolen key.
    fs::copy(shelf.dir().join("ledger.key"), other.dir().join("ledger.key")).unwrap();
    other.book.verify(None).unwrap();
    let anew = other.book.verify(Some(&checkpoint)).unwrap_err();
    assert!(anew.to_string().contains("but a checkpoint says"), "{anew}");
    let forged = checkpoint.replacen("\n2\n", "\n1\n", 1);
    let forged = shelf.book.verify(Some(&forged)).unwrap_err();
    assert!(matches!(forged, Flaw::Checkpoint(_)), "{forged}");
}

#[test]
fn checkpoints_are_signed_by_the_key_that_the_book_shows() {
    let shelf = Shelf::filled();
    let (note, key) = (shelf.book.checkpoint().unwrap(), shelf.book.verifier_key().unwrap());
    let opened = ledger::Checkpoint::open(note.as_bytes(), &[key.parse().unwrap()]).unwrap();
    assert_eq!(opened.size, 4);
    let (name, id) = opened.origin.split_once('/').unwrap();
    assert!(name == "jikenbo.book" && id.len() == 8 && u32::from_str_radix(id, 16).is_ok());
    assert_eq!(shelf.book.verify(None).unwrap().root, opened.root.to_string());
    // Mailed and copied out of a mail.
    let mailed = format!("\n{}\n\n", note.replace('\n', "\r\n"));
    assert_eq!(shelf.book.verify(Some(&mailed)).unwrap().since, Some(4));
}

#[test]
fn a_clock_set_back_is_noted_and_no_error() {
    let shelf = Shelf::new();
    let turn = AtomicU64::new(0);
    let dir = shelf.beside("clock");
    let book = Book::open(&dir).unwrap().with_clock(move || {
        let day = ["2031-05-02", "2031-05-01", "2031-05-03"];
        let turn = usize::try_from(turn.fetch_add(1, Ordering::Relaxed)).unwrap();
        format!("{}T00:00:00Z", day[turn % 3]).parse().unwrap()
    });
    for number in 0..3 {
        add(&book, &Release::of("release.txt", numbered(number).as_bytes()));
    }
    let steps = book.verify(None).unwrap().clock_steps;
    assert_eq!(steps.len(), 1);
    assert_eq!((steps[0].seq, steps[0].at.as_str()), (1, "2031-05-01T00:00:00Z"));
    assert_eq!(steps[0].before, "2031-05-02T00:00:00Z");
}

#[test]
fn rebuilding_changes_nothing_that_is_right() {
    let shelf = Shelf::filled();
    let all = |shelf: &Shelf| -> Vec<_> {
        let numbers = shelf.book.numbers().unwrap();
        numbers.into_iter().map(|number| shelf.book.case(number).unwrap().unwrap()).collect()
    };
    let (before, verified) = (all(&shelf), shelf.book.verify(None).unwrap());
    shelf.book.rebuild().unwrap();
    assert_eq!(all(&shelf), before);
    assert_eq!(shelf.book.verify(None).unwrap(), verified);
    // While another has it open, too.
    let copied = shelf.beside("copied");
    copy(&shelf.dir(), &copied);
    let other = Book::open_existing(&shelf.dir()).unwrap();
    assert_eq!(other.numbers().unwrap().len(), 2);
    shelf.book.rebuild().unwrap();
    assert_eq!(other.numbers().unwrap().len(), 2);
    add(&other, &Release::of("release.txt", numbered(1).as_bytes()));
    shelf.book.verify(None).unwrap();
}
