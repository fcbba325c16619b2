//! What is read and in which order.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::{RELEASE, jikenbo, record, run, stderr, stdout};

#[test]
fn standard_input_is_an_input_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = jikenbo(folder.path())
        .args(["read", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(RELEASE.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let record: case::Record = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record.sources[0].path, "-");
}

#[test]
fn the_order_of_the_output_is_the_order_of_the_inputs_for_any_number_of_jobs() {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..60 {
        // Of very different length, so that later inputs are done before earlier ones.
        let release = RELEASE.replace("あおば堂", &format!("あおば{index}堂"));
        let rest = "本件とは関係のない案内です。\n".repeat((60 - index) * (index % 7) * 2);
        fs::write(folder.path().join(format!("{index:02}.txt")), release + &rest).unwrap();
        if index % 5 == 0 {
            fs::write(folder.path().join(format!("{index:02}.broken.txt")), "").unwrap();
        }
    }
    for format in ["json", "ndjson", "cards", "table"] {
        let with =
            |jobs: &str| run(folder.path(), &["read", "--format", format, "--jobs", jobs, "."]);
        let one = with("1");
        assert_eq!(one.status.code(), Some(1));
        assert_eq!(stderr(&one).matches("hint:").count(), 12);
        for jobs in ["2", "4"] {
            let many = with(jobs);
            assert_eq!(stdout(&many), stdout(&one), "{format}, {jobs} jobs");
            assert_eq!(stderr(&many), stderr(&one), "{format}, {jobs} jobs");
        }
    }
    let record = record(folder.path(), &["."]);
    let ids: Vec<_> = record.sources.iter().map(|source| source.id.0).collect();
    assert_eq!(ids, (1..=60).collect::<Vec<_>>());
    assert!(record.sources.is_sorted_by_key(|source| &source.path));
    assert!(record.cases.is_sorted_by_key(|case| case.source));
}

#[test]
fn an_empty_folder_is_all_read() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["read", "--format", "json", "."]);
    assert_eq!(output.status.code(), Some(0));
    let record: case::Record = serde_json::from_slice(&output.stdout).unwrap();
    assert!(record.sources.is_empty() && record.cases.is_empty());
}

#[test]
fn an_input_without_an_incident_says_so_on_its_card() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "玉ねぎを薄く切り、弱火で炒めます。\n").unwrap();
    let output = run(folder.path(), &["read", "a.txt"]);
    assert_eq!(output.status.code(), Some(0));
    let cases = record(folder.path(), &["a.txt"]).cases;
    let says = stdout(&output).contains("a.txt: 事件の記載は見つかりませんでした");
    assert_eq!(says, cases.is_empty());
}

#[cfg(unix)]
#[test]
fn a_pipe_inside_a_folder_does_not_hang() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    let made =
        std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
    assert!(made.success());
    let output = run(folder.path(), &["read", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("jikenbo: ./pipe: is not a regular file"));
    assert!(stdout(&output).contains("a.txt"));
}

#[test]
fn lines_of_decoded_text_are_explained_once() {
    let folder = tempfile::tempdir().unwrap();
    let html =
        format!("<!DOCTYPE html><html><body><article><pre>{RELEASE}</pre></article></body></html>");
    for name in ["a.html", "b.html"] {
        fs::write(folder.path().join(name), &html).unwrap();
    }
    fs::write(folder.path().join("c.txt"), RELEASE).unwrap();
    let footnotes = |path: &str| stdout(&run(folder.path(), &["read", path])).matches('※').count();
    assert_eq!(footnotes("."), 1);
    assert_eq!(footnotes("c.txt"), 0);
}
