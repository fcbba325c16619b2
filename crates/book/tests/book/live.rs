//! Live cases in a book: recorded, read back, and not to be seen anywhere else.

use book::sql::SqlLimits;
use book::{Book, BookError, Who};
use case::{Cited, Facts, Field, Kind, LiveNumber, Origin};
use serde_json::{Value, json};

use crate::shelf::{Shelf, mori};

/// A word that is in every entry of the live case and nowhere else.
const MARK: &str = "そらまめ機密";

fn opened(book: &Book) -> LiveNumber {
    let opening = json!({ "kind": "opened", "title": MARK, "category": "ransomware" });
    book.open_live(&opening, &mori()).unwrap()
}

fn record(book: &Book, live: LiveNumber, event: Value, personal: bool) -> u64 {
    book.record_live(live, &mori(), |_| Ok::<_, ()>((event, personal))).unwrap().unwrap()
}

fn facts(title: &str) -> Facts<Origin> {
    let mut facts = Facts::silent(Kind::Incident);
    let who = || "hayashi".to_owned();
    let origin = Origin::Person { who: who(), at: String::new(), why: MARK.to_owned() };
    facts.title = Some(Cited::new(title.to_owned(), origin));
    facts
}

#[test]
fn what_is_recorded_is_read_back_in_order_and_survives_rebuilding() {
    let shelf = Shelf::filled();
    let live = opened(&shelf.book);
    assert_eq!(opened(&shelf.book).serial(), live.serial() + 1);
    let first = record(&shelf.book, live, json!({ "kind": "noted", "what": MARK }), false);
    let second = record(&shelf.book, live, json!({ "kind": "noted", "what": "次" }), false);
    let before = shelf.book.live(live).unwrap();
    let seqs: Vec<u64> = before.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs[1..], [first, second]);
    assert_eq!((before.entries[1].who.as_str(), before.left_out), ("mori", 0));
    let lines = shelf.book.live_lines().unwrap();
    assert_eq!((lines.len(), &lines[1].opening), (2, &before.entries[0]));
    shelf.book.verify(None).unwrap();
    shelf.book.rebuild().unwrap();
    assert_eq!(shelf.book.live(live).unwrap(), before);
    shelf.tables().execute_batch("DELETE FROM live_entry WHERE seq % 2 = 0").unwrap();
    let flaw = shelf.book.verify(None).unwrap_err().to_string();
    assert!(flaw.starts_with("table live_entry"), "{flaw}");
}

#[test]
fn what_is_refused_is_not_recorded() {
    let shelf = Shelf::new();
    let live = opened(&shelf.book);
    let entries = shelf.book.entries().unwrap();
    let refused = shelf.book.record_live(live, &mori(), |case| {
        assert_eq!(case.entries.len(), 1);
        Err::<(Value, bool), _>("no")
    });
    assert_eq!(refused.unwrap(), Err("no"));
    assert_eq!(shelf.book.entries().unwrap(), entries);
    let nowhere: LiveNumber = "L1999-001".parse().unwrap();
    let error = shelf.book.live(nowhere).unwrap_err();
    assert!(matches!(error, BookError::NoLive(_)), "{error}");
}

#[test]
fn data_on_persons_is_given_out_with_an_entry_that_says_who_looked() {
    let shelf = Shelf::new();
    let live = opened(&shelf.book);
    record(&shelf.book, live, json!({ "kind": "contact", "name": "森 一" }), true);
    let without = shelf.book.live(live).unwrap();
    assert_eq!((without.entries.len(), without.left_out), (1, 1));
    assert!(shelf.book.live_views(live).unwrap().is_empty());
    let hayashi = Who("hayashi".to_owned());
    let whole = shelf.book.view_live(live, "contacts", &hayashi).unwrap();
    assert_eq!(whole.entries[1].event["name"], "森 一");
    let views = shelf.book.live_views(live).unwrap();
    assert_eq!((views[0].who.as_str(), views[0].what.as_str()), ("hayashi", "contacts"));
    shelf.book.verify(None).unwrap();
}

/// Every way in which cases leave the book gives the same with a live case as without.
#[test]
fn a_live_case_is_in_nothing_that_shows_the_book() {
    let (with, without) = (Shelf::filled(), Shelf::filled());
    let live = opened(&with.book);
    record(&with.book, live, json!({ "kind": "noted", "what": MARK }), false);
    record(&with.book, live, json!({ "kind": "contact", "name": MARK }), true);
    with.book.view_live(live, "contacts", &mori()).unwrap();
    assert_eq!(with.book.numbers().unwrap(), without.book.numbers().unwrap());
    let found = |shelf: &Shelf, words: &str| {
        let query = book::query::Query::parse(words).query;
        shelf.book.search_numbers(&query).unwrap()
    };
    for words in ["", MARK, "機密", "category:ransomware", "-訓練"] {
        assert_eq!(found(&with, words), found(&without, words), "{words}");
    }
    let lines = |shelf: &Shelf| {
        let mut lines = Vec::new();
        shelf.book.overview(|line| lines.push(line.number)).unwrap();
        lines.sort_unstable();
        lines
    };
    assert_eq!(lines(&with), lines(&without));
    let asked = |shelf: &Shelf, query: &str| {
        shelf.book.sql(query, &SqlLimits::default()).map(|table| table.rows)
    };
    for view in ["cases", "case_values", "reports", "sources", "case_corrections", "case_proposals"]
    {
        let query = format!("SELECT count(*) FROM {view}");
        assert_eq!(asked(&with, &query).unwrap(), asked(&without, &query).unwrap(), "{view}");
    }
    let what = "SELECT count(*) FROM ledger_entries WHERE what LIKE 'live%'";
    assert_eq!(asked(&with, what).unwrap(), asked(&without, what).unwrap());
    for hidden in [
        "SELECT * FROM live",
        "SELECT * FROM live_entry",
        "SELECT * FROM live_view",
        "SELECT entry FROM ledger",
        "WITH cases AS (SELECT number FROM live) SELECT * FROM cases",
        "WITH ledger_entries AS (SELECT number FROM live_entry) SELECT * FROM ledger_entries",
        "SELECT name FROM pragma_table_info('live')",
    ] {
        assert!(asked(&with, hidden).is_err(), "{hidden}");
    }
}

#[test]
fn a_hash_does_not_confirm_a_guess() {
    let (one, other) = (Shelf::new(), Shelf::new());
    let at: jiff::Timestamp = "2031-06-05T00:00:00Z".parse().unwrap();
    let leaf = |shelf: Shelf| {
        let dir = shelf.dir();
        let book = Book::open(&dir).unwrap().with_clock(move || at);
        let live = opened(&book);
        let leaf: Vec<u8> = shelf
            .tables()
            .query_row("SELECT leaf FROM ledger WHERE seq = 0", [], |row| row.get(0))
            .unwrap();
        (live, leaf)
    };
    let ((live, leaf_of_one), (same, leaf_of_other)) = (leaf(one), leaf(other));
    assert_eq!(live, same);
    assert_ne!(leaf_of_one, leaf_of_other);
}

#[test]
fn what_is_disclosed_is_a_case_and_what_was_recorded_is_not_in_it() {
    let shelf = Shelf::new();
    let live = opened(&shelf.book);
    record(&shelf.book, live, json!({ "kind": "noted", "what": MARK }), false);
    let no_reason = shelf.book.disclose_live(live, facts("停止のお知らせ"), " ", &mori());
    assert!(matches!(no_reason.unwrap_err(), BookError::NoReason));
    let number = shelf.book.disclose_live(live, facts("停止のお知らせ"), "公表", &mori()).unwrap();
    let case = shelf.book.case(number).unwrap().unwrap();
    assert_eq!(case.facts.title.as_ref().unwrap().value, "停止のお知らせ");
    let shown = serde_json::to_string(&case).unwrap();
    assert!(
        !shown.contains(MARK) && !shown.contains("hayashi") && !shown.contains("L20"),
        "{shown}"
    );
    let again = shelf.book.disclose_live(live, facts("停止のお知らせ"), "公表", &mori());
    assert!(matches!(again.unwrap_err(), BookError::Disclosed { .. }));
    // It is corrected as any case is, and the live case goes on.
    shelf.book.correct(number, Field::Title, &json!("お知らせ"), "題名", &mori()).unwrap();
    record(&shelf.book, live, json!({ "kind": "noted", "what": "続き" }), false);
    shelf.book.verify(None).unwrap();
    shelf.book.rebuild().unwrap();
    assert_eq!(shelf.book.live(live).unwrap().disclosed, Some(number));
}
