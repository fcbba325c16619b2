//! Data folders of every format that was ever written: today's code opens, verifies and shows them.
//! They are committed in `tests/formats/`; the one of the present format is made by `generate`,
//! once, before the first release that writes it, and not changed after.

use std::fs;
use std::path::{Path, PathBuf};

use book::{Book, fields};
use case::Field;
use serde_json::json;

use crate::shelf::{
    FIRST, READER, Release, SECOND, Shelf, UNSURE, add, copy, mori, number, numbered,
};

fn sample(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats").join(format)
}

/// A copy of the sample, to be opened: opening writes.
fn opened(format: &str) -> (tempfile::TempDir, Book) {
    let folder = tempfile::tempdir().unwrap();
    copy(&sample(format), folder.path());
    let book = Book::open_existing(folder.path()).unwrap();
    (folder, book)
}

#[test]
fn format_1_is_opened_verified_and_shown() {
    let (_folder, book) = opened("v1");
    let checkpoint = fs::read_to_string(sample("v1").join("checkpoint.txt")).unwrap();
    let verified = book.verify(Some(&checkpoint)).unwrap();
    assert_eq!((verified.entries, verified.sources, verified.since), (12, 4, Some(12)));
    assert_eq!(verified.clock_steps.len(), 1);

    let case = book.case(number("2031-001")).unwrap().unwrap();
    assert_eq!(case.reports.len(), 3);
    assert_eq!(case.corrections.len(), 2);
    assert_eq!(fields::bare(&case.facts, Field::Organisation), json!("株式会社みずたま商店"));
    assert_eq!(fields::bare(&case.facts, Field::AffectedCount)[0]["value"], 3_179_454);
    assert_eq!(fields::bare(&case.facts, Field::DataDisclosure), json!("not_confirmed"));
    assert_eq!(book.text(&case.reports[0].source.sha256).unwrap(), FIRST);
    let merged = book.case(number("2031-002")).unwrap().unwrap();
    assert_eq!(merged.merged_into, Some(number("2031-001")));
    let imported = book.case(number("2030-001")).unwrap().unwrap();
    assert_eq!(imported.original.unwrap().record, json!({ "summary": "Lost laptop" }));
}

#[test]
fn live_cases_of_format_1_are_opened_verified_and_shown() {
    let (_folder, book) = opened("v1-live");
    let checkpoint = fs::read_to_string(sample("v1-live").join("checkpoint.txt")).unwrap();
    let verified = book.verify(Some(&checkpoint)).unwrap();
    assert_eq!((verified.entries, verified.cases, verified.since), (5, 1, Some(5)));
    book.rebuild().unwrap();
    let live: case::LiveNumber = "L2032-001".parse().unwrap();
    let case = book.live(live).unwrap();
    assert_eq!((case.entries.len(), case.left_out), (2, 1));
    assert_eq!(case.entries[1].event["what"], "監視が異常を通知した");
    assert_eq!(case.disclosed, Some(number("2032-001")));
    assert_eq!(book.live_views(live).unwrap()[0].who, "mori");
    let disclosed = book.case(number("2032-001")).unwrap().unwrap();
    assert_eq!(fields::bare(&disclosed.facts, Field::Title), json!("業務システムの停止"));
    assert_eq!(book.view_live(live, "contacts", &mori()).unwrap().entries.len(), 3);
}

#[test]
fn tables_of_an_earlier_version_are_made_anew_when_the_book_is_opened() {
    let shelf = Shelf::filled();
    let before = shelf.book.case(number("2031-001")).unwrap();
    shelf
        .tables()
        .execute_batch(
            "UPDATE meta SET value = 0 WHERE key = 'made_by'; DROP VIEW cases;
             DROP TABLE overview; ALTER TABLE kept RENAME COLUMN changed_at TO at;",
        )
        .unwrap();
    let book = Book::open(&shelf.dir()).unwrap();
    assert_eq!(book.case(number("2031-001")).unwrap(), before);
    book.verify(None).unwrap();
    // An earlier jikenbo does not touch tables of a later one.
    shelf.tables().execute_batch("UPDATE meta SET value = 99 WHERE key = 'made_by'").unwrap();
    let too_new = Book::open(&shelf.dir()).unwrap_err();
    assert!(matches!(too_new, book::BookError::TooNew { found: 99, .. }), "{too_new}");
}

#[test]
fn a_book_that_lacks_only_the_tables_of_live_cases_is_not_made_anew() {
    let shelf = Shelf::filled();
    let before = shelf.book.case(number("2031-001")).unwrap();
    shelf
        .tables()
        .execute_batch(
            "DROP TABLE live; DROP TABLE live_entry; DROP TABLE live_view;
             UPDATE meta SET value = 2 WHERE key = 'made_by';
             CREATE TABLE stays (x);",
        )
        .unwrap();
    let book = Book::open(&shelf.dir()).unwrap();
    assert_eq!(book.case(number("2031-001")).unwrap(), before);
    assert!(book.live_lines().unwrap().is_empty());
    // Making all anew takes out what is not of a book.
    shelf.tables().execute_batch("DROP TABLE stays").expect("nothing was made anew");
    // The tables that were added are those that a rebuild makes, and work.
    let opening = json!({ "kind": "opened", "title": "停止", "category": "other" });
    book.open_live(&opening, &mori()).unwrap();
    book.verify(None).unwrap();
}

#[test]
fn format_1_is_written_on_and_rebuilt() {
    let (_folder, book) = opened("v1");
    let before = book.case(number("2031-001")).unwrap();
    book.rebuild().unwrap();
    assert_eq!(book.case(number("2031-001")).unwrap(), before);
    add(&book, &Release::of("release.txt", numbered(2).as_bytes()));
    assert_eq!(book.verify(None).unwrap().sources, 5);
}

/// Writes one change of every kind: `cargo test -p book --test book -- --ignored formats::generate`
/// after taking the old folder away.
#[test]
#[ignore = "writes a sample of the present format into the source folder"]
fn generate() {
    let dir = sample("v1");
    assert!(!dir.exists(), "a sample that is there is not changed");
    let folder = tempfile::tempdir().unwrap();
    let minutes = std::sync::atomic::AtomicI64::new(0);
    let start: jiff::Timestamp = "2032-01-01T00:00:00Z".parse().unwrap();
    let book = Book::open(&folder.path().join("book")).unwrap().with_clock(move || {
        let turn = minutes.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        // The clock is set back once.
        start + jiff::SignedDuration::from_mins(if turn == 4 { 1 } else { turn })
    });
    let who = mori();
    let case = number("2031-001");
    add(&book, &Release::of("first.txt", FIRST.as_bytes()));
    let unsure = add(&book, &Release::of("unsure.txt", UNSURE.as_bytes())).cases[0].number;
    book.decide(unsure, true, "電話で確かめた", &who).unwrap();
    let second = Release::of("second.txt", SECOND.as_bytes());
    let sha256 = add(&book, &second).sha256;
    add(&book, &Release::of("other.txt", numbered(1).as_bytes()));
    let organisation = json!("株式会社みずたま商店");
    book.correct(case, Field::Organisation, &organisation, "登記名", &who).unwrap();
    let data = json!(["name"]);
    let seq = book.correct(case, Field::DataKinds, &data, "誤り", &who).unwrap();
    book.withdraw(case, seq, "元が正しい", &who).unwrap();
    book.reread(&sha256, READER, &second.cases, &who).unwrap();
    book.open_case(&[(Field::Title, json!("書類の紛失"))], "電話での連絡", &who).unwrap();
    let mut facts = case::Facts::silent(case::Kind::Incident);
    let origin = case::Origin::Import { import: "veris".into(), pointer: "/summary".into() };
    facts.title = Some(case::Cited::new("Lost laptop".to_owned(), origin.clone()));
    facts.disclosed_on = Some(case::Cited::new("2030-02".parse().unwrap(), origin));
    book.import("veris", [(facts, json!({ "summary": "Lost laptop" }))], &who).unwrap();
    book.note("export", "csv", &who).unwrap();
    let checkpoint = book.checkpoint().unwrap();
    book.backup(&dir).unwrap();
    fs::write(dir.join("checkpoint.txt"), checkpoint).unwrap();
}

/// Writes one entry of each kind about a live case: as `generate`.
#[test]
#[ignore = "writes a sample of the present format into the source folder"]
fn generate_live() {
    let dir = sample("v1-live");
    assert!(!dir.exists(), "a sample that is there is not changed");
    let folder = tempfile::tempdir().unwrap();
    let start: jiff::Timestamp = "2032-06-05T00:00:00Z".parse().unwrap();
    let book = Book::open(&folder.path().join("book")).unwrap().with_clock(move || start);
    let who = mori();
    let opening =
        json!({ "kind": "opened", "title": "業務システムの停止", "category": "ransomware" });
    let live = book.open_live(&opening, &who).unwrap();
    for (event, personal) in [
        (json!({ "kind": "noted", "what": "監視が異常を通知した" }), false),
        (json!({ "kind": "contact", "name": "森 一" }), true),
    ] {
        book.record_live(live, &who, |_| Ok::<_, ()>((event, personal))).unwrap().unwrap();
    }
    book.view_live(live, "contacts", &who).unwrap();
    let mut facts = case::Facts::silent(case::Kind::Incident);
    let origin = case::Origin::Person { who: String::new(), at: String::new(), why: String::new() };
    facts.title = Some(case::Cited::new("業務システムの停止".to_owned(), origin));
    book.disclose_live(live, facts, "公表した", &who).unwrap();
    let checkpoint = book.checkpoint().unwrap();
    book.backup(&dir).unwrap();
    fs::write(dir.join("checkpoint.txt"), checkpoint).unwrap();
}
