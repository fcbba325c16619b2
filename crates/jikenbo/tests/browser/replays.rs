//! Cases run again: the scoreboard fills while the round runs, a case's own page says what happened then
//! and what happens now.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::pictures::keep;
use crate::served::jikenbo;
use crate::start_signed_in;

#[test]
fn the_scoreboard_says_then_and_now() {
    let examples = [
        "examples/01-ransomware-manufacturer.txt",
        "examples/02-bcc-city.html",
        "examples/03-misdirected-mail-foundation.eml",
        "examples/05-cloud-misconfiguration-saas.txt",
    ];
    let Some((browser, served)) = start_signed_in("ja", &examples) else { return };
    browser.go(&served.at("/replays"));
    assert!(browser.text("main p.none").contains("まだ再現した事件がありません"));
    browser.follow("main form button");
    browser.wait(
        "the round ends",
        "return document.querySelectorAll('table.replays tbody tr').length === 4 && !document.querySelector('progress')",
    );
    let prevented = browser.texts("table.replays tr:has(.o-prevented)").concat();
    for expected in ["見えたアドレス", "3/3", "届いた第三者", "4/4"] {
        assert!(prevented.contains(expected), "{expected} in {prevented}");
    }
    let missing = browser.texts("table.replays tr:has(.o-inconclusive)").concat();
    assert!(missing.contains("設定不備に対する統制がまだない"), "{missing}");
    keep(&browser, "replays");

    browser.follow("table.replays tr:has(.o-prevented) a");
    let told = browser.text("section[aria-labelledby=replay]");
    for expected in ["防止", "文書の記載", "仮定", "再発(あるべき姿)", "removed"] {
        assert!(told.contains(expected), "{expected} in {told}");
    }
    served.was_quiet(&browser, &[]);
}

#[test]
fn a_drill_waits_for_people_and_says_how_long_they_took() {
    let Some((browser, served)) = start_signed_in("ja", &["examples/02-bcc-city.html"]) else {
        return;
    };
    browser.go(&served.at("/"));
    let number = browser.text("[data-number] a");
    let mut drill = jikenbo()
        .args(["replay", "--drill", "--pages", "127.0.0.1:0", "--format", "json", "--data"])
        .arg(served.data())
        .arg(&number)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A line each for those who sign in: the sender, the approver, a colleague.
    let said = BufReader::new(drill.stderr.take().unwrap());
    let links = said
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.rsplit_once(" signs in at ").map(|(_, link)| link.to_owned()));
    let approver = links.into_iter().nth(1).expect("the approver is told how to sign in");
    browser.go(&approver);
    browser.follow("main form button");
    browser.follow("a[href^='/mail/held/']");
    browser.click("button[value=let-go]");
    let mut told = String::new();
    drill.stdout.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(drill.wait().unwrap().success(), "{told}");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told[0]["outcome"], "prevented", "{told}");
    let asked = &told[0]["with"]["asked"][0];
    assert_eq!(asked["said"], "let-go", "{told}");
    let after = |name: &str| asked[name].as_u64().unwrap_or_else(|| panic!("{name} in {told}"));
    assert!(after("opened_after_ms") <= after("said_after_ms"), "{told}");

    // It stays on the case's page, and in the ledger.
    browser.go(&served.at(&format!("/case/{number}")));
    let drilled = browser.text("section[aria-labelledby=replay]");
    for expected in ["訓練", "防止", "let-go", "開封まで", "回答まで"] {
        assert!(drilled.contains(expected), "{expected} in {drilled}");
    }
}
