//! Questions answered and escapes refused, each on a book made for it.

use std::time::Duration;

use case::Field;
use serde_json::json;

use super::*;
use crate::Who;

fn book() -> (tempfile::TempDir, Book) {
    let dir = tempfile::tempdir().unwrap();
    let book = Book::open(dir.path()).unwrap();
    let who = Who("mori".to_owned());
    for (category, day, kinds) in
        [("ransomware", "2031-04-02", json!(["name", "email"])), ("insider", "2031-05", json!([]))]
    {
        let known = [
            (Field::Category, json!(category)),
            (Field::DisclosedOn, json!(day)),
            (Field::DataKinds, kinds),
        ];
        book.open_case(&known, "記録", &who).unwrap();
    }
    (dir, book)
}

fn run(query: &str) -> Result<Table, SqlError> {
    let (_dir, book) = book();
    book.sql(query, &SqlLimits::default())
}

#[track_caller]
fn refused(query: &str, expected: &str) {
    let error = run(query).expect_err(query).to_string();
    assert!(error.contains(expected), "{query}: {error}");
}

#[test]
fn views_answer() {
    let table = run("SELECT number, category FROM cases ORDER BY disclosed -- all").unwrap();
    assert_eq!(table.columns, ["number", "category"]);
    let expected = json!([["2031-001", "ransomware"], ["2031-002", "insider"]]);
    assert_eq!(json!(table.rows), expected);
    let by_value = "WITH v AS (SELECT * FROM case_values WHERE field = 'data_kinds')
        SELECT value, count(*) AS n, 1.5, NULL, x'00ff' FROM v GROUP BY value;";
    let expected = json!([["email", 1, 1.5, null, "00ff"], ["name", 1, 1.5, null, "00ff"]]);
    assert_eq!(json!(run(by_value).unwrap().rows), expected);
    assert_eq!(run("VALUES (1), (2)").unwrap().rows.len(), 2);
    let months = "WITH RECURSIVE m(x) AS (SELECT date('2031-01-01') UNION ALL
        SELECT date(x, '+1 month') FROM m LIMIT 12) SELECT count(*) FROM m";
    assert_eq!(run(months).unwrap().rows, [[Cell::Integer(12)]]);
    assert_eq!(run("SELECT 9e999").unwrap().rows, [[Cell::Text("inf".into())]]);
    assert_eq!(run("SELECT value FROM json_each('[7]')").unwrap().rows, [[Cell::Integer(7)]]);
}

#[test]
fn every_view_has_the_columns_that_are_documented() {
    let (_dir, book) = book();
    for (view, columns) in VIEWS {
        let table = book.sql(&format!("SELECT * FROM {view}"), &SqlLimits::default()).unwrap();
        assert_eq!(table.columns, *columns, "{view}");
        let counted = format!("SELECT count(*) FROM {view} AS t");
        book.sql(&counted, &SqlLimits::default()).unwrap();
    }
}

#[test]
fn tables_are_not_read_in_any_disguise() {
    for query in [
        "SELECT * FROM ledger",
        "SELECT count(*) FROM kept",
        "SELECT 1 FROM meta",
        "SELECT 1 FROM MAIN.Meta",
        "WITH cases AS (SELECT 1 FROM kept) SELECT count(*) FROM cases",
        "SELECT count(*) FROM sqlite_schema",
        "SELECT count(*) FROM pragma_database_list",
        "SELECT value FROM main.meta",
        "SELECT * FROM overview",
        "SELECT (SELECT entry FROM ledger LIMIT 1)",
        "SELECT * FROM cases WHERE number IN (SELECT number FROM kept)",
        "SELECT * FROM cases NATURAL JOIN kept",
        "SELECT 1 UNION SELECT entry FROM ledger",
        "WITH cases AS (SELECT * FROM ledger) SELECT * FROM cases",
        "WITH cases AS (SELECT facts FROM kept) SELECT facts FROM cases",
        "WITH cases AS (SELECT organisation_key FROM overview) SELECT * FROM cases",
        "SELECT * FROM (SELECT * FROM meta) AS cases",
        "SELECT cases.entry FROM ledger AS cases",
        "SELECT sql FROM sqlite_schema",
        "SELECT sql FROM sqlite_master",
        "SELECT * FROM sqlite_temp_schema",
        "SELECT * FROM pragma_table_info('ledger')",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM dbstat",
        "SELECT * FROM sqlite_dbpage",
        "SELECT * FROM sqlite_stmt",
        "SELECT * FROM bytecode('SELECT 1')",
    ] {
        assert!(run(query).is_err(), "{query}");
    }
    refused("SELECT * FROM kept", "kept cannot be read; there are the views cases, case_values");
}

#[test]
fn nothing_is_changed_or_opened() {
    let (dir, book) = book();
    let elsewhere = dir.path().join("elsewhere.sqlite");
    let path = elsewhere.to_str().unwrap();
    let before = book.sql("SELECT * FROM ledger_entries", &SqlLimits::default()).unwrap();
    for query in [
        "INSERT INTO meta VALUES ('a', 'b')".to_owned(),
        "INSERT INTO cases (number) VALUES ('x') RETURNING number".to_owned(),
        "UPDATE overview SET title = '' RETURNING title".to_owned(),
        "DELETE FROM ledger RETURNING seq".to_owned(),
        "WITH x AS (SELECT 1) DELETE FROM ledger".to_owned(),
        "REPLACE INTO meta VALUES ('a', 'b')".to_owned(),
        "DROP TABLE ledger".to_owned(),
        "CREATE TABLE t (x)".to_owned(),
        "CREATE TEMP TABLE t AS SELECT * FROM ledger".to_owned(),
        "CREATE TEMP VIEW cases AS SELECT * FROM ledger".to_owned(),
        "CREATE VIRTUAL TABLE t USING fts5(x)".to_owned(),
        "ALTER TABLE ledger RENAME TO x".to_owned(),
        "PRAGMA query_only = 0".to_owned(),
        "PRAGMA table_info(ledger)".to_owned(),
        "PRAGMA journal_mode = DELETE".to_owned(),
        format!("ATTACH '{path}' AS e"),
        format!("ATTACH 'file:{path}?mode=rwc' AS e"),
        "DETACH main".to_owned(),
        "VACUUM".to_owned(),
        format!("VACUUM INTO '{path}'"),
        "REINDEX".to_owned(),
        "ANALYZE".to_owned(),
        "BEGIN IMMEDIATE".to_owned(),
        "SAVEPOINT s".to_owned(),
        "COMMIT".to_owned(),
        "EXPLAIN SELECT 1".to_owned(),
        "EXPLAIN QUERY PLAN SELECT * FROM cases".to_owned(),
    ] {
        assert!(book.sql(&query, &SqlLimits::default()).is_err(), "{query}");
    }
    assert!(!elsewhere.exists());
    let after = book.sql("SELECT * FROM ledger_entries", &SqlLimits::default()).unwrap();
    assert_eq!(before, after);
    book.open_case(&[], "記録", &Who("mori".into())).unwrap();
}

#[test]
fn functions_that_do_more_than_compute_are_refused() {
    for function in [
        "load_extension('/tmp/x.so')", "readfile('/etc/hostname')", "writefile('/tmp/x', 'y')",
        "edit('x')", "fts3_tokenizer('simple')", "randomblob(1000000000)", "zeroblob(1000000000)",
        "sqlite_compileoption_get(1)", "last_insert_rowid()",
    ] {
        assert!(run(&format!("SELECT {function}")).is_err(), "{function}");
    }
    refused("SELECT load_extension('x')", "the function load_extension is not allowed");
}

#[test]
fn one_query_without_parameters() {
    refused("", "empty");
    refused(" -- nothing\n", "empty");
    refused("SELECT 1; SELECT 2", "only one statement");
    refused("SELECT 1; DROP TABLE ledger", "only one statement");
    refused("SELECT 1; nonsense", "only one statement");
    refused("SELECT ?1", "parameters");
    refused("SELEC 1", "syntax error");
    refused("SELECT nowhere FROM cases", "no such column: nowhere");
    refused("SELECT \"nowhere\" FROM cases", "no such column");
    assert!(run("SELECT 1;;  -- done").is_ok());
}

#[test]
fn a_query_that_takes_too_much_is_stopped() {
    let (_dir, book) = book();
    let limits = SqlLimits { time: Duration::from_millis(100), ..SqlLimits::default() };
    for query in [
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n",
        "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n LIMIT 20000)
         SELECT count(*) FROM n a, n b, n c",
    ] {
        let error = book.sql(query, &limits).unwrap_err();
        assert!(matches!(error, SqlError::TooLong(_)), "{error}");
    }
    for query in [
        "SELECT replace(printf('%.*c', 9000000, 'x'), 'x', 'xxxxxxxxxx')".to_owned(),
        "SELECT printf('%.*c', 2000000000, 'x')".to_owned(),
        format!("SELECT {}1{}", "abs(".repeat(500), ")".repeat(500)),
        format!("SELECT {}", ["1"; 300].join(",")),
        format!("SELECT {}", vec!["1"; 60].join(" UNION ALL SELECT ")),
        format!("SELECT '{}'", "x".repeat(60_000)),
        format!("SELECT 'a' LIKE '{}'", "%a".repeat(150)),
    ] {
        assert!(book.sql(&query, &limits).is_err(), "{}", &query[..40]);
    }
}

#[test]
fn what_is_given_back_is_bounded() {
    let (_dir, book) = book();
    let many = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";
    let limits = SqlLimits { rows: 5, ..SqlLimits::default() };
    let table = book.sql(many, &limits).unwrap();
    assert_eq!((table.rows.len(), table.truncated), (5, true));
    let limits = SqlLimits { bytes: 2_500, ..SqlLimits::default() };
    let long = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
        SELECT printf('%.*c', 1000, 'x') FROM n";
    let table = book.sql(long, &limits).unwrap();
    assert_eq!((table.rows.len(), table.truncated), (2, true));
    assert!(!book.sql("SELECT 1", &limits).unwrap().truncated);
}
