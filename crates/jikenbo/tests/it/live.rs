//! Live cases from the command line: opened, filled, corrected, shown, gone out, disclosed; and in nothing
//! else until then.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{run, stderr, stdout};

/// What `args` print when they succeed, on the book in `data`.
fn ok(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, &[args, &["--data", "data"]].concat());
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
    stdout(&output).to_owned()
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let printed = ok(folder, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&printed).unwrap_or_else(|e| panic!("{args:?}: {e}\n{printed}"))
}

fn refused(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, &[args, &["--data", "data"]].concat());
    assert_ne!(output.status.code(), Some(0), "{args:?}: {}", stdout(&output));
    stderr(&output).to_owned()
}

/// A live case that was noticed, in a folder of its own.
fn opened() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let opened = json(
        folder.path(),
        &[
            "open", "業務システムの停止", "--organisation", "株式会社そらまめ", "--category",
            "ランサムウェア", "--known", "2031-06-05T06:00", "--known-by", "運用部",
        ],
    );
    let number = opened["number"].as_str().unwrap().to_owned();
    assert!(number.starts_with('L'), "{number}");
    (folder, number)
}

#[test]
fn opening_says_which_clocks_run() {
    let (folder, number) = opened();
    let case = json(folder.path(), &["live", &number, "--at", "2031-06-06"]);
    let clocks = case["clocks"].as_array().unwrap();
    let prompt = clocks.iter().find(|clock| clock["obligation"] == "appi-prompt").unwrap();
    assert_eq!(prompt["due"]["by"], "2031-06-09");
    assert_eq!(case["facts"]["known"][0]["by"], "運用部");
    let page = ok(folder.path(), &["live", &number, "--at", "2031-06-06"]);
    for said in ["業務システムの停止", "2031-06-09（月）", "していない（非公開）", "発覚"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let english = ok(folder.path(), &["live", &number, "--lang", "en"]);
    assert!(english.contains("no (confidential)"), "{english}");
}

#[test]
fn a_case_is_filled_and_corrected_and_nothing_is_lost() {
    let (folder, number) = opened();
    let live = |args: &[&str]| json(folder.path(), &[&["live", number.as_str()], args].concat());
    let entry = |said: &Value| said["entry"].to_string();
    let task = live(&["task", "回線を切る", "--owner", "林", "--due", "2031-06-05T07:00"]);
    live(&["done", &entry(&task), "--at", "2031-06-05T06:40", "--by", "林"]);
    live(&["service", "給与計算", "--status", "affected"]);
    for (done, at) in [("0", "2031-06-19"), ("400", "2031-06-21"), ("1000", "2031-06-24")] {
        live(&["progress", "給与計算", done, "2800", "--unit", "拠点", "--at", at]);
    }
    fs::write(folder.path().join("vpn.log"), "abc").unwrap();
    let piece = live(&["evidence", "VPNのログ", "--file", "vpn.log", "--holder", "林"]);
    live(&["hand-over", &entry(&piece), "--from", "林", "--to", "調査会社"]);
    live(&["decide", "支払わない", "--because", "控えから戻せる", "--by", "社長"]);
    live(&["cost", "調査", "3000000"]);
    live(&["contact", "森 一", "--reach", "03-0000-0000"]);
    live(&["fact", "data_kinds", "氏名,住所"]);
    let moved = live(&["state", "leaked=yes", "wrongful=no", "--people", "<=900"]);
    assert!(!moved["clock_changes"].as_array().unwrap().is_empty(), "{moved}");
    let note =
        live(&["note", "監視が警告した", "--happened", "~2031-06-05T05:00", "--control", "監視"]);
    live(&["note", "当直が気づいた", "--instead-of", &entry(&note), "--why", "人が先だった"]);

    let case = live(&[]);
    assert_eq!(case["tasks"][0]["done"]["by"], "林");
    assert_eq!(case["services"][0]["forecast"]["likely"], "2031-07-03");
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(
        (&case["evidence"][0]["sha256"], &case["evidence"][0]["has"]),
        (&Value::from(abc), &Value::from("調査会社"))
    );
    assert_eq!(case["cost_in_all"]["JPY"], 3_000_000);
    assert_eq!(
        (&case["contacts"], case.to_string().contains("03-0000-0000")),
        (&Value::from(1), false)
    );
    assert_eq!(case["corrected"][0]["earlier"][0]["event"]["what"], "監視が警告した");
    assert_eq!(live(&["contacts"])["contacts"][0]["reach"], "03-0000-0000");
    let verified = json(folder.path(), &["book", "verify"]);
    assert_eq!(verified["cases"], 0, "{verified}");
}

#[test]
fn what_cannot_be_is_said_plainly() {
    let (folder, number) = opened();
    let folder = folder.path();
    for (args, why) in [
        (vec!["live", &number, "done", "99"], "記録99はこの事件の作業ではありません"),
        (vec!["live", &number, "progress", "ない", "1", "2"], "サービス「ない」はありません"),
        (vec!["live", &number, "note", " "], "内容 が空です"),
        (vec!["live", &number, "state", "leked=yes"], "there is no question \"leked\""),
        (vec!["live", &number, "reported", "no-such"], "義務「no-such」はありません"),
        (vec!["live", &number, "withdraw", "0", "--why", "x"], "opened は訂正も取消もできません"),
        (vec!["live", "L1999-001"], "there is no live case L1999-001"),
        (vec!["live", "note", "x"], "which live case?"),
        (vec!["live", &number, "note", "x", "--happened", "きのう"], "is not a day"),
        (vec!["open", "x", "--category", "weather"], "it is one of"),
    ] {
        let said = refused(folder, &args);
        assert!(said.contains(why), "{args:?}: {said}");
    }
}

#[test]
fn it_is_in_nothing_else_until_it_is_disclosed() {
    let (folder, number) = opened();
    let folder = folder.path();
    ok(folder, &["live", &number, "note", "社内だけの話"]);
    let everything = |folder: &Path| {
        let mut all = String::new();
        for args in [
            vec!["search"],
            vec!["stats"],
            vec!["export", "--format", "csv"],
            vec!["export", "--format", "ndjson"],
            vec!["sql", "SELECT * FROM cases"],
            vec!["sql", "SELECT * FROM ledger_entries"],
        ] {
            all.push_str(&ok(folder, &args));
        }
        all
    };
    let before = everything(folder);
    assert!(!before.contains("業務システム") && !before.contains("そらまめ"), "{before}");
    assert!(refused(folder, &["sql", "SELECT * FROM live"]).contains("cannot be read"));
    let done = json(folder, &["live", &number, "disclose", "--why", "公表した"]);
    let public = done["number"].as_str().unwrap();
    let after = everything(folder);
    assert!(after.contains("業務システム") && after.contains("そらまめ"), "{after}");
    assert!(!after.contains("社内だけの話") && !after.contains(&number), "{after}");
    assert!(ok(folder, &["show", public]).contains("株式会社そらまめ"));
    assert!(refused(folder, &["live", &number, "disclose", "--why", "x"]).contains(public));
    json(folder, &["book", "verify"]);
}

#[test]
fn the_status_page_is_files_and_the_draft_names_its_gaps() {
    let (folder, number) = opened();
    let folder = folder.path();
    ok(folder, &["live", &number, "service", "給与計算", "--status", "affected"]);
    ok(
        folder,
        &[
            "live", &number, "service", "やまびこ電機", "--status", "affected", "--part-of",
            "給与計算",
        ],
    );
    ok(folder, &["live", &number, "note", "停止しています", "--public"]);
    let written = json(folder, &["status", &number, "--out", "out", "--next", "2031-06-06T09:00"]);
    let page = fs::read_to_string(folder.join("out/index.html")).unwrap();
    assert!(page.contains("給与計算") && page.contains("停止しています"), "{page}");
    assert!(!page.contains("やまびこ") && !page.contains("運用部"), "{page}");
    assert!(fs::read_to_string(folder.join("out/en.html")).unwrap().contains("Service status"));
    let data: Value =
        serde_json::from_slice(&fs::read(folder.join("out/status.json")).unwrap()).unwrap();
    assert_eq!(data["status"]["services"][0]["tenants"], serde_json::json!([0, 1]));
    let case = json(folder, &["live", &number]);
    assert_eq!(case["published"][0]["sha256"], written["sha256"]);
    let draft = ok(folder, &["draft", &number]);
    assert!(
        draft.contains("株式会社そらまめ") && draft.contains("公表の前に決めること"),
        "{draft}"
    );
    let draft = json(folder, &["draft", &number]);
    assert!(draft["gaps"].as_array().unwrap().len() > 3, "{draft}");
}
