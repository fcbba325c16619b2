//! What is printed for programs: the record keeps its contract and its schema.

use std::fs;

use serde_json::Value;

use crate::{RELEASE, jikenbo, record, run, stdout};

fn schema() -> jsonschema::Validator {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["schema"]);
    assert!(output.status.success());
    jsonschema::validator_for(&serde_json::from_slice(&output.stdout).unwrap()).unwrap()
}

fn printed(args: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    fs::write(folder.path().join("b.txt"), format!("\u{feff}{RELEASE}")).unwrap();
    let output =
        run(folder.path(), &[&["read", "--format", "json", "a.txt", "b.txt"], args].concat());
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn real_output_is_valid_by_the_schema() {
    let schema = schema();
    for args in [&[][..], &["--with-text"]] {
        let record = printed(args);
        let faults: Vec<String> =
            schema.iter_errors(&record).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
}

#[test]
fn the_schema_refuses_what_is_no_record() {
    let schema = schema();
    let without = |field: &str| {
        let mut record = printed(&[]);
        record.as_object_mut().unwrap().remove(field).unwrap();
        record
    };
    assert!(!schema.is_valid(&without("format")));
    assert!(!schema.is_valid(&without("cases")));
    let mut record = printed(&[]);
    record["sources"][0]["media_type"] = "image/png".into();
    assert!(!schema.is_valid(&record));
}

#[test]
fn the_keys_come_in_the_order_of_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    let output = run(folder.path(), &["read", "--format", "json", "a.txt"]);
    let head = "{\"format\":\"jikenbo.read/1\",\n\"sources\":[{\"id\":\"s1\",\"path\":\"a.txt\",\
                \"media_type\":\"text/plain\",\"sha256\":\"";
    assert!(stdout(&output).starts_with(head), "{}", stdout(&output));
    assert!(stdout(&output).contains("],\n\"cases\":["));
}

#[test]
fn the_text_is_there_only_when_asked_for_and_is_the_input() {
    assert!(printed(&[])["sources"][0].get("text").is_none());
    assert_eq!(printed(&["--with-text"])["sources"][0]["text"], RELEASE);
}

#[test]
fn the_hash_is_of_the_original_bytes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "abc").unwrap();
    let record = record(folder.path(), &["a.txt"]);
    // FIPS 180-2, appendix B.1.
    assert_eq!(
        record.sources[0].sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn each_line_of_ndjson_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.txt", "b.txt"] {
        fs::write(folder.path().join(name), RELEASE).unwrap();
    }
    let record = record(folder.path(), &["a.txt", "b.txt", "--with-text"]);
    let output =
        run(folder.path(), &["read", "--format", "ndjson", "a.txt", "b.txt", "--with-text"]);
    let lines: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), record.cases.len());
    for (line, case) in lines.iter().zip(&record.cases) {
        let source = record.sources.iter().find(|source| source.id == case.source).unwrap();
        assert_eq!(line["source"], serde_json::to_value(source).unwrap());
        assert_eq!(line["span"], serde_json::to_value(case.span).unwrap());
    }
}

#[test]
fn every_citation_lies_in_its_case_and_its_text() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    let record = record(folder.path(), &["a.txt", "--with-text"]);
    let text = record.sources[0].text.as_deref().unwrap();
    for case in &record.cases {
        assert!(case.span.of(text).is_some());
        for (field, cite) in case.facts.cites() {
            assert!(case.span.contains(cite) && cite.of(text).is_some(), "{field}: {cite:?}");
        }
    }
}

#[test]
fn the_release_is_read_as_a_case() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    assert_eq!(record(folder.path(), &["a.txt"]).cases.len(), 1);
    let cards = run(folder.path(), &["read", "a.txt"]);
    assert!(stdout(&cards).contains("株式会社あおば堂"), "{}", stdout(&cards));
    assert!(stdout(&cards).contains("a.txt:2"), "the organisation's line: {}", stdout(&cards));
    let english = jikenbo(folder.path()).args(["read", "--lang", "en", "a.txt"]).output().unwrap();
    assert!(stdout(&english).contains("organisation"));
}
