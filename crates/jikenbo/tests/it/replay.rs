//! Cases replayed from the command line under a policy of one's own: the order, what would stop a case, and what
//! that would cost on past mail. What is run and counted is tested in the room of replays.

use std::fs;
use std::path::Path;

use super::run;

/// A notice by an invented organisation.
fn notice(people: u32) -> String {
    format!(
        "メールの誤送信に関するお詫び\n2025年7月2日\nNPO法人みほんの森\n\n2025年7月1日(火)19時30分、植樹会の案内メールを\
         参加者{people}名に送信する際、宛先欄に全員のメールアドレスを入れて送信したため、参加者のメールアドレスが互いに\
         見える状態となりました。\n今後はBCCを使用いたします。\n"
    )
}

/// A past mail to so many in To.
fn mail(people: u32) -> String {
    let to: Vec<String> = (0..people).map(|n| format!("p{n}@a{n}.example")).collect();
    format!(
        "From x Mon\nDate: Tue, 01 Jul 2025 10:00:00 +0900\nFrom: mori@example.jp\nTo: {}\nSubject: x\n\nx\n\n",
        to.join(",\n ")
    )
}

fn lay_down(folder: &Path) {
    fs::write(folder.join("few.txt"), notice(7)).unwrap();
    fs::write(folder.join("many.txt"), notice(40)).unwrap();
    let policy = "[organisation]\ndomains = [\"example.jp\"]\n\
                  [checks.exposed-recipients]\nmore-than-addresses = 9\nmore-than-domains = 30\n";
    fs::write(folder.join("relay.toml"), policy).unwrap();
    fs::write(folder.join("sent.mbox"), [mail(2), mail(8), mail(8)].concat()).unwrap();
}

#[test]
fn the_worst_comes_first_with_what_would_stop_it_and_its_price() {
    let folder = tempfile::tempdir().unwrap();
    lay_down(folder.path());
    let args = [
        "replay", "many.txt", "few.txt", "--policy", "relay.toml", "--suggest", "--past",
        "sent.mbox", "--format", "json",
    ];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(1), "one recurs");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let outcomes = [&told[0]["outcome"], &told[1]["outcome"]];
    assert_eq!(outcomes, ["recurred", "prevented"], "{told}");
    let change = &told[0]["changes"][0];
    assert_eq!(change["settings"][0]["key"], "more-than-addresses", "{told}");
    assert_eq!(change["settings"][0]["to"], 6, "{told}");
    let price = &change["price"];
    assert_eq!((&price["mails"], &price["now"]["copies"]), (&3.into(), &0.into()), "{price}");
    assert_eq!((&price["then"]["copies"], &price["then"]["stopped"]), (&2.into(), &0.into()));
    assert!(told[1].get("changes").is_none(), "what is prevented needs none: {told}");
}

#[test]
fn for_people_the_change_stands_below_its_case() {
    let folder = tempfile::tempdir().unwrap();
    lay_down(folder.path());
    let args = ["replay", "few.txt", "--policy", "relay.toml", "--suggest", "--past", "sent.mbox"];
    let output = run(folder.path(), &args);
    let told = String::from_utf8(output.stdout).unwrap();
    for expected in ["再発", "more-than-addresses 9 → 6", "過去のメール 3 通", "個別配送 +2 通"]
    {
        assert!(told.contains(expected), "{expected} in {told}");
    }
}

#[test]
fn past_mail_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    lay_down(folder.path());
    let args = ["replay", "few.txt", "--policy", "relay.toml", "--suggest", "--past", "none.mbox"];
    let output = run(folder.path(), &args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("none.mbox cannot be read"), "{said}");
    let args = ["replay", "few.txt", "--past", "sent.mbox"];
    let said = String::from_utf8(run(folder.path(), &args).stderr).unwrap();
    assert!(said.contains("--policy <FILE>") && said.contains("--suggest"), "{said}");
}
