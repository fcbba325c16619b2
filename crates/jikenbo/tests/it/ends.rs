//! How the command ends: exit statuses, messages, a closed pipe.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use crate::{RELEASE, jikenbo, run, stderr, stdout};

#[test]
fn wrong_usage_is_status_2() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    let wrong: &[&[&str]] = &[
        &[],
        &["read"],
        &["read", "--no-such-flag", "a.txt"],
        &["read", "--format", "xml", "a.txt"],
        &["read", "--jobs", "0", "a.txt"],
        &["read", "--charset", "no-such-charset", "a.txt"],
        &["read", "-", "-"],
        &["write", "a.txt"],
        &["schema", "a.txt"],
    ];
    for args in wrong {
        let output = run(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn all_read_is_status_0_and_silent_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    for format in ["cards", "table", "json", "ndjson"] {
        let output = run(folder.path(), &["read", "--format", format, "a.txt"]);
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert_eq!(stderr(&output), "", "{format}");
    }
}

#[test]
fn an_unreadable_input_is_named_with_a_hint_and_the_others_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    let output = run(folder.path(), &["read", "--format", "json", "none.txt", "a.txt"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(stderr(&output), @r"
    jikenbo: none.txt: cannot be opened: there is no such file or folder
      hint: check the spelling of the path
    ");
    // An input that could not be read has no source, and no id is left out for it.
    let record: case::Record = serde_json::from_slice(&output.stdout).unwrap();
    let sources: Vec<_> = record.sources.iter().map(|x| (x.id.to_string(), &*x.path)).collect();
    assert_eq!(sources, [("s1".to_owned(), "a.txt")]);
}

#[test]
fn an_input_over_the_limit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "0123456789").unwrap();
    let read = |most: &str| run(folder.path(), &["read", "--max-input-bytes", most, "a.txt"]);
    assert_eq!(read("10").status.code(), Some(0));
    assert_eq!(read("9").status.code(), Some(1));
    insta::assert_snapshot!(stderr(&read("9")), @r"
    jikenbo: a.txt: is larger than the limit of 9 bytes
      hint: split it, or raise the limit with --max-input-bytes
    ");
}

#[cfg(unix)]
#[test]
fn an_endless_input_is_refused_at_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let zero = fs::File::open("/dev/zero").unwrap();
    let output = jikenbo(folder.path())
        .args(["read", "--max-input-bytes", "1000000", "-"])
        .stdin(zero)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("jikenbo: standard input: is larger than the limit"));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly_with_the_pipes_status() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    // Far more than a pipe holds: the command is writing when the pipe is closed.
    let paths = vec!["a.txt"; 4000];
    for format in ["json", "cards"] {
        let mut child = jikenbo(folder.path())
            .args(["read", "--with-text", "--format", format])
            .args(&paths)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 1];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(141), "{format}");
        assert_eq!(stderr(&output), "", "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = jikenbo(folder.path()).args(["read", "a.txt"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).starts_with("jikenbo: cannot write the output: "),
        "{}",
        stderr(&output)
    );
}

#[test]
fn colour_is_never_piped_unless_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), RELEASE).unwrap();
    let colored = |args: &[&str]| {
        stdout(&run(folder.path(), &[&["read", "a.txt"], args].concat())).contains('\u{1b}')
    };
    assert!(!colored(&[]));
    assert!(!colored(&["--color", "never"]));
    assert!(colored(&["--color", "always"]));
}

#[test]
fn no_escape_sequence_of_an_input_reaches_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = RELEASE.replace("あおば堂", "あお\u{1b}]0;x\u{7}\u{202e}ば堂");
    fs::write(folder.path().join("a\u{1b}[2J.txt"), hostile).unwrap();
    for format in ["cards", "table"] {
        let output = run(folder.path(), &["read", "--format", format, ".", "no\u{1b}[2Jne"]);
        assert!(stdout(&output).contains("2J.txt"), "{}", stdout(&output));
        assert!(!stdout(&output).contains(['\u{1b}', '\u{7}', '\u{202e}']), "{format}");
        assert!(!stderr(&output).contains('\u{1b}'), "{format}");
    }
}
