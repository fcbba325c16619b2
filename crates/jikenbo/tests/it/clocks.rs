//! The command `clocks`: what people and programs get for a release, for a case of the book and for a
//! file of facts, and what it says to wrong ones. It does not judge how days are counted.

use std::fs;

use serde_json::Value;

use super::{RELEASE, run, stderr, stdout};

fn json(output: &std::process::Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}{}", stdout(output), stderr(output)))
}

fn clock<'a>(record: &'a Value, obligation: &str) -> &'a Value {
    let clocks = record["cases"][0]["clocks"].as_array().unwrap();
    clocks.iter().find(|clock| clock["obligation"] == obligation).unwrap()
}

#[test]
fn a_release_has_clocks_whose_facts_cite_its_words() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("release.txt"), RELEASE).unwrap();
    let args = ["clocks", "release.txt", "--at", "2031-04-10T12:00", "--format", "json"];
    let record = json(&run(folder.path(), &args));
    let prompt = clock(&record, "appi-prompt");
    assert_eq!(prompt["verdict"], "applies");
    assert_eq!(prompt["started"]["at"], "2031-04-03T09:30+09:00");
    assert_eq!(prompt["due"]["from"], "2031-04-05");
    assert_eq!(prompt["due"]["by"], "2031-04-07");
    assert_eq!(prompt["met"]["at"], "2031-04-05");
    assert_eq!(prompt["now"]["in_time"], true);
    let full = clock(&record, "appi-full");
    // Day 60 is Sunday 2031-06-01.
    assert_eq!(full["due"]["by"], "2031-06-02");
    assert_eq!(full["now"]["state"], "running");
    assert!(
        full["turns"]
            .as_array()
            .unwrap()
            .iter()
            .any(|turn| turn["then"]["en"] == "applies, due 2031-05-02 (Fri)")
    );
    for drawn in record["cases"][0]["drawn"].as_array().unwrap() {
        for cite in drawn["cites"].as_array().unwrap() {
            let at = |end: usize| usize::try_from(cite[end].as_u64().unwrap()).unwrap();
            assert!(!RELEASE[at(0)..at(1)].is_empty(), "{drawn}");
        }
    }
}

#[test]
fn people_get_every_step_in_japanese_and_in_english() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("release.txt"), RELEASE).unwrap();
    let args = ["clocks", "release.txt", "--at", "2031-06-04"];
    let output = run(folder.path(), &args);
    let page = stdout(&output);
    for words in [
        "漏えい等報告（確報）",
        "60日目は2031-06-01（日）",
        "2031-06-01（日）は日曜日のため翌日へ",
        "期限を2日過ぎた",
        "法律上の助言ではありません",
        "義務なし",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let english = run(folder.path(), &[&args[..], &["--lang", "en"]].concat());
    for words in ["day 60 is 2031-06-01 (Sun)", "2 d over", "no legal advice"] {
        assert!(stdout(&english).contains(words), "{words}\n{}", stdout(&english));
    }
}

#[test]
fn a_case_of_the_book_has_clocks_and_stated_facts_stand_above_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("release.txt"), RELEASE).unwrap();
    let added = run(folder.path(), &["add", "--data", "book", "release.txt"]);
    assert!(added.status.success(), "{}", stderr(&added));
    fs::write(
        folder.path().join("facts.toml"),
        "known = [{ at = 2031-04-01, by = \"店舗\" }]\n[answers]\neu_persons = true\n",
    )
    .unwrap();
    let asked =
        ["clocks", "2031-001", "--data", "book", "--facts", "facts.toml", "--format", "json"];
    let record = json(&run(folder.path(), &asked));
    assert_eq!(record["cases"][0]["name"], "2031-001");
    assert_eq!(clock(&record, "appi-prompt")["due"]["by"], "2031-04-05");
    assert_eq!(clock(&record, "gdpr-authority")["due"]["by"], "2031-04-04T00:00+09:00");
    let cite = &record["cases"][0]["drawn"][0]["cites"][0];
    assert!(cite["source"].is_string() && cite["span"].is_array(), "{cite}");
}

#[test]
fn facts_alone_are_enough_and_wrong_ones_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let facts = |words: &str| {
        fs::write(folder.path().join("facts.toml"), words).unwrap();
        run(folder.path(), &["clocks", "--facts", "facts.toml", "--format", "json"])
    };
    let output = facts("people = 1500\nknown = [{ at = 2025-12-01 }]\n[answers]\nleaked = true\n");
    assert_eq!(clock(&json(&output), "appi-full")["due"]["by"], "2026-01-05");

    let output = facts("[answers]\nlisetd = true\n");
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("lisetd") && stderr(&output).contains("hint:"),
        "{}",
        stderr(&output)
    );
    let output = facts("reported = [{ obligation = \"ppc\", at = 2025-12-01 }]\n");
    assert!(stderr(&output).contains("appi-prompt"), "{}", stderr(&output));
    let output = facts("known = [{ at = \"先月\" }]\n");
    assert!(stderr(&output).contains("YYYY-MM-DD"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["clocks"]).status.code(), Some(2));
    let at = run(folder.path(), &["clocks", "--facts", "f", "--at", "tomorrow"]);
    assert_eq!(at.status.code(), Some(2));
    let gone = run(folder.path(), &["clocks", "gone.txt"]);
    assert!(
        stderr(&gone).contains("gone.txt") && stderr(&gone).contains("hint:"),
        "{}",
        stderr(&gone)
    );
    fs::write(folder.path().join("nothing.txt"), "こんにちは。\n").unwrap();
    let nothing = run(folder.path(), &["clocks", "nothing.txt"]);
    assert!(stderr(&nothing).contains("--facts"), "{}", stderr(&nothing));
    let template = run(folder.path(), &["clocks", "--template"]);
    assert!(stdout(&template).contains("[answers]"));
}
