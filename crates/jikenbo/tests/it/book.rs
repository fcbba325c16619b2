//! The book from the command line: kept, found, shown, corrected, exported, imported, verified. It
//! does not judge what the reader reads or how the formats look.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{RELEASE, run, stderr, stdout};

/// A book with one case, in a folder of its own.
fn book() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    let added = ok(folder.path(), &["add", "--data", "data", "a.txt"]);
    let number = added.split_whitespace().next().expect("a number").to_owned();
    (folder, number)
}

/// What `args` print when they succeed.
fn ok(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
    stdout(&output).to_owned()
}

/// What `args` complain of when they fail.
fn refused(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", stdout(&output));
    stderr(&output).to_owned()
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let printed = ok(folder, args);
    serde_json::from_str(&printed).unwrap_or_else(|e| panic!("{args:?}: {e}\n{printed}"))
}

#[test]
fn the_same_bytes_twice_are_one_source() {
    let (folder, number) = book();
    fs::write(folder.path().join("b.txt"), RELEASE).unwrap();
    let again = json(folder.path(), &["add", "--data", "data", "--format", "json", "b.txt"]);
    assert_eq!(again["known"], true);
    assert_eq!(again["cases"][0]["number"], Value::from(number));
    let all = json(folder.path(), &["search", "--data", "data", "--format", "json"]);
    assert_eq!(all["total"]["at_most"], 1);
}

#[test]
fn a_case_is_found_shown_corrected_and_verified() {
    let (folder, number) = book();
    let folder = folder.path();
    for query in
        ["あおば", "氏名", "ーバ", "category:unauthorized_access", "分類:不正アクセス 個人情報"]
    {
        let found = json(folder, &["search", "--data", "data", "--format", "json", query]);
        assert_eq!(found["cases"][0]["number"], Value::from(number.clone()), "{query}");
    }
    assert_eq!(
        json(folder, &["search", "--data", "data", "--format", "json", "みなと"])["cases"],
        Value::from(Vec::<Value>::new())
    );

    let shown = ok(folder, &["show", "--data", "data", &number]);
    assert!(shown.contains("株式会社あおば堂") && shown.contains("a.txt:2"), "{shown}");

    let why = "別紙1による";
    let correct = ["correct", "--data", "data", &number, "affected_count", "12345人", "--why", why];
    ok(folder, &correct);
    let kept = json(folder, &["show", "--data", "data", "--format", "json", &number]);
    assert_eq!(kept["facts"]["affected_count"][0]["value"], 12_345);
    assert_eq!(kept["facts"]["affected_count"][0]["cite"]["why"], why);
    assert_eq!(kept["corrections"][0]["before"][0]["value"], 12_300);

    // What a later reader reads does not undo it.
    ok(folder, &["add", "--data", "data", "--again", "a.txt"]);
    let kept = json(folder, &["show", "--data", "data", "--format", "json", &number]);
    assert_eq!(kept["facts"]["affected_count"][0]["value"], 12_345);

    let verified = json(folder, &["book", "verify", "--data", "data", "--format", "json"]);
    assert_eq!(verified["cases"], 1);
}

#[test]
fn a_checkpoint_is_extended_and_a_backup_is_a_book() {
    let (folder, number) = book();
    let folder = folder.path();
    let checkpoint = ok(folder, &["book", "checkpoint", "--data", "data"]);
    fs::write(folder.join("checkpoint"), checkpoint).unwrap();
    ok(folder, &["correct", "--data", "data", &number, "sector", "retail", "--why", "通販"]);
    ok(folder, &["book", "verify", "--data", "data", "--since", "checkpoint"]);
    ok(folder, &["book", "backup", "--data", "data", "copy"]);
    ok(folder, &["book", "restore", "--data", "again", "copy"]);
    ok(folder, &["book", "verify", "--data", "again", "--since", "checkpoint"]);
    ok(folder, &["book", "rebuild", "--data", "again"]);
    let kept = json(folder, &["show", "--data", "again", "--format", "json", &number]);
    assert_eq!(kept["facts"]["sector"]["value"], "retail");
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do() {
    let (folder, number) = book();
    let folder = folder.path();
    let cases: &[(&[&str], &str)] = &[
        (&["show", "--data", "nowhere", "2031-001"], "no book here"),
        (&["show", "--data", "data", "1999-001"], "no case 1999-001"),
        (&["show", "--data", "data", "first"], "as in 2023-001"),
        (&["correct", "--data", "data", &number, "colour", "red", "--why", "x"], "no field"),
        (&["correct", "--data", "data", &number, "category", "ransom", "--why", "x"], "category"),
        (&["correct", "--data", "data", &number, "category", "insider", "--why", " "], "reason"),
        (&["correct", "--data", "data", &number, "--belongs", "--why", "x"], "no open proposal"),
        (&["sql", "--data", "data", "DELETE FROM cases"], "cannot modify"),
        (&["import", "--data", "data", "a.txt"], "not JSON"),
        (&["book", "verify", "--data", "data", "--since", "a.txt"], "checkpoint"),
    ];
    for (args, expected) in cases {
        let told = refused(folder, args);
        assert!(told.starts_with("jikenbo: ") && told.contains(expected), "{args:?}: {told}");
    }
    ok(folder, &["book", "verify", "--data", "data"]);
}

#[test]
fn every_format_of_export_has_the_case() {
    let (folder, _) = book();
    for format in ["veris", "stix", "csv", "atom", "ndjson"] {
        let printed = ok(folder.path(), &["export", "--data", "data", "--format", format]);
        assert!(printed.contains("あおば堂"), "{format}: {printed}");
    }
    let rows = ok(
        folder.path(),
        &["sql", "--data", "data", "--format", "csv", "SELECT category FROM cases"],
    );
    assert_eq!(rows, "category\nunauthorized_access\n");
    let stats = json(folder.path(), &["stats", "--data", "data", "--format", "json"]);
    assert_eq!(stats["cases"], 1);
    assert!(ok(folder.path(), &["stats", "--data", "data", "--format", "svg"]).starts_with("<svg"));
    let alike = json(folder.path(), &["like", "--data", "data", "--format", "json", "a.txt"]);
    assert_eq!(alike["cases"].as_array().map(Vec::len), Some(1));
}

/// Records of VCDB come in, go out and come in again as the same records; where it is not beside
/// the checkout, or `xz` is not there, that is said. A tenth of them: `exchange` tests all.
#[test]
fn vcdb_goes_round() {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/vcdb/vcdb-2020-03.json.xz");
    let unpacked = std::process::Command::new("xz").arg("-dc").arg(&packed).output();
    let Some(unpacked) = unpacked.ok().filter(|done| done.status.success()) else {
        eprintln!("skipped: {} cannot be unpacked", packed.display());
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("vcdb.json");
    let all: Vec<Value> = serde_json::from_slice(&unpacked.stdout).unwrap();
    let all: Vec<Value> = all.into_iter().step_by(10).collect();
    fs::write(&file, serde_json::to_vec(&all).unwrap()).unwrap();

    let told = json(folder.path(), &["import", "--data", "one", "--format", "json", "vcdb.json"]);
    assert_eq!(told["kept"], all.len());
    let out = ok(folder.path(), &["export", "--data", "one", "--format", "veris"]);
    fs::write(folder.path().join("out.json"), &out).unwrap();
    let told = json(folder.path(), &["import", "--data", "two", "--format", "json", "out.json"]);
    assert_eq!(told["kept"], all.len());
    let back = json(folder.path(), &["export", "--data", "two", "--format", "veris", "--as-kept"]);
    let sorted = |records: &[Value]| {
        let mut lines: Vec<String> = records.iter().map(sorted_line).collect();
        lines.sort_unstable();
        lines
    };
    assert!(sorted(&all) == sorted(back.as_array().unwrap()), "records differ after two rounds");
}

/// A record as text that does not depend on the order of its members.
fn sorted_line(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut members: Vec<String> =
                map.iter().map(|(key, value)| format!("{key:?}:{}", sorted_line(value))).collect();
            members.sort_unstable();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(sorted_line).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn a_query_that_is_not_understood_finds_and_counts_nothing() {
    let (folder, _) = book();
    for command in ["search", "stats"] {
        for query in ["category:ransomwear", "date:2031-99", "\"あおば"] {
            let output = run(folder.path(), &[command, "--data", "data", query]);
            assert_eq!(output.status.code(), Some(2), "{command} {query}");
            assert_eq!(stdout(&output), "", "{command} {query}");
            assert!(stderr(&output).contains(query), "{command}: {}", stderr(&output));
        }
    }
}

#[test]
fn fields_and_values_are_named_as_tables_show_them() {
    let (folder, number) = book();
    let folder = folder.path();
    ok(folder, &["correct", "--data", "data", &number, "分類", "設定不備", "--why", "電話"]);
    let kept = json(folder, &["show", "--data", "data", "--format", "json", &number]);
    assert_eq!(kept["facts"]["category"]["value"], "misconfiguration");
}

#[test]
fn a_port_in_use_is_told_with_what_to_do() {
    let (folder, _) = book();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = refused(folder.path(), &["serve", "--data", "data", "--listen", &address]);
    assert!(
        told.contains(&address) && told.contains("hint: another program listens there"),
        "{told}"
    );
}
