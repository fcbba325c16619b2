//! The relay from the command line: policies checked and tried on past mail, a held mail decided. What
//! is judged and how is tested in the relay's own room.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{jikenbo, run};

#[test]
fn the_default_policy_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(folder.path(), &["relay", "policy"]);
    fs::write(folder.path().join("relay.toml"), &printed.stdout).unwrap();
    assert!(run(folder.path(), &["relay", "check", "relay.toml"]).status.success());
}

#[test]
fn a_relay_is_told_whose_mail_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["relay", "run"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--domain <DOMAIN>") && said.contains("--policy <FILE>"), "{said}");
    let both = ["relay", "run", "--domain", "example.jp", "--policy", "relay.toml"];
    assert!(!run(folder.path(), &both).status.success());
}

#[test]
fn a_wrong_policy_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let policy = "[organisation]\ndomains = [\"example.jp\"]\n[checks.bulk]\nthen = \"hold\"\n";
    fs::write(folder.path().join("relay.toml"), policy).unwrap();
    let output = run(folder.path(), &["relay", "check", "relay.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("relay.toml: line 4") && said.contains("ask-approver"), "{said}");
}

#[test]
fn files_go_by_link_only_where_there_are_pages_to_lead_to() {
    let folder = tempfile::tempdir().unwrap();
    let policy =
        "[organisation]\ndomains = [\"example.jp\"]\n[checks.personal-data]\nthen = \"links\"\n";
    let check = |policy: &str| {
        fs::write(folder.path().join("relay.toml"), policy).unwrap();
        let output = run(folder.path(), &["relay", "check", "relay.toml"]);
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (is_sound, said) = check(policy);
    assert!(!is_sound && said.contains("personal-data") && said.contains("pages ="), "{said}");
    let (is_sound, said) =
        check(&format!("{policy}[relay]\npages = \"https://mail.example.jp\"\n"));
    assert!(is_sound && !said.contains("link"), "{said}");
}

#[test]
fn past_mail_is_judged_before_a_policy_is_switched_on() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("relay.toml"), "[organisation]\ndomains = [\"example.jp\"]\n")
        .unwrap();
    let to: Vec<String> = (0..20).map(|n| format!("a{n}@shop{n}.example")).collect();
    let mbox = format!(
        "From mori Mon\nFrom: mori@example.jp\nTo: a@shop.example\n\nhello\n\n\
         From mori Tue\nFrom: mori@example.jp\nTo: {}\n\nnews\n\n",
        to.join(",\n ")
    );
    fs::write(folder.path().join("sent.mbox"), mbox).unwrap();
    let args = ["relay", "try", "--policy", "relay.toml", "--format", "json", "sent.mbox"];
    let output = run(folder.path(), &args);
    assert!(output.status.success());
    let held: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(held["mail"], "sent.mbox#2");
    assert_eq!(held["judgement"]["disposition"]["individual_copies"], true);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("2 mails: 2 pass at once (1 of them as individual copies)"), "{said}");
}

#[test]
fn a_check_reads_the_files_that_a_policy_names() {
    let folder = tempfile::tempdir().unwrap();
    let policy = "[organisation]\ndomains = [\"example.jp\"]\n\
                  [[relay.dkim]]\ndomain = \"example.jp\"\nselector = \"a\"\nkey = \"mail.key\"\n";
    fs::write(folder.path().join("relay.toml"), policy).unwrap();
    fs::write(folder.path().join("mail.key"), "no key").unwrap();
    let output = run(folder.path(), &["relay", "check", "relay.toml"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("mail.key") && said.contains("openssl genpkey"), "{said}");
}

/// Ends the relay whatever becomes of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[test]
fn a_held_mail_is_listed_and_decided() {
    let folder = tempfile::tempdir().unwrap();
    let args =
        ["relay", "run", "--domain", "example.jp", "--listen", "127.0.0.1:0", "--data", "data"];
    let mut child = jikenbo(folder.path()).args(args).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let running = Running(child);
    let first = said.next().unwrap().unwrap();
    let address = first.rsplit(' ').next().unwrap();
    hand_in(address);
    let held = run(folder.path(), &["relay", "held", "--format", "json", "--data", "data"]);
    let held: serde_json::Value = serde_json::from_slice(&held.stdout).unwrap();
    assert_eq!(held["judgement"]["findings"][0]["check"], "forgotten-attachment");
    let id = held["id"].as_str().unwrap();
    let decide = |who| run(folder.path(), &["relay", "cancel", id, "--who", who, "--data", "data"]);
    let refused = decide("mori@example.com");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is not asked"));
    let card = run(folder.path(), &["relay", "held", "--data", "data"]);
    let card = String::from_utf8_lossy(&card.stdout).into_owned();
    assert!(card.contains("送信者の確認待ち (waits for its sender)"), "{card}");
    assert!(card.contains("何も添付されていません") && card.contains("none is attached"), "{card}");
    let cancelled = decide("mori@example.jp");
    assert!(cancelled.status.success());
    assert!(String::from_utf8_lossy(&cancelled.stderr).contains("it is cancelled"));
    let held = run(folder.path(), &["relay", "held", "--data", "data"]);
    assert!(held.status.success() && held.stdout.is_empty());
    assert!(String::from_utf8_lossy(&held.stderr).contains("No mail waits"));
    decided_anew(folder.path());
    drop(running);
    let gone = run(folder.path(), &["relay", "held", "--data", "data"]);
    assert!(String::from_utf8_lossy(&gone.stderr).contains("no relay runs in data"));
}

/// What the record has is tried under policies that say otherwise.
fn decided_anew(folder: &Path) {
    let under = |check: &str| {
        let policy = format!(
            "[organisation]\ndomains = [\"example.jp\"]\n[checks.forgotten-attachment]\n{check}\n"
        );
        fs::write(folder.join("other.toml"), policy).unwrap();
        let args = ["relay", "try", "--policy", "other.toml", "--record", "data"];
        let output = run(folder, &args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stderr).unwrap()
    };
    // The running relay writes its record a moment after it answers.
    let began = Instant::now();
    while under("then = \"refuse\"").starts_with("0 mails") {
        assert!(began.elapsed() < Duration::from_mins(1), "the mail is not on record");
    }
    let said = under("then = \"refuse\"");
    assert!(said.starts_with("1 mails: 0 pass") && said.contains("1 are refused"), "{said}");
    let said = under("mode = \"monitor\"");
    assert!(said.starts_with("1 mails: 1 pass at once"), "{said}");
    assert!(said.contains("1 forgotten-attachment"), "{said}");
    assert!(!under("mode = \"off\"").contains("forgotten-attachment"));
}

/// Sends a mail that speaks of a file and has none.
fn hand_in(address: &str) {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let mut replies = BufReader::new(connection.try_clone().unwrap()).lines();
    let lines = [
        ("HELO pc", "220"),
        ("MAIL FROM:<mori@example.jp>", "250"),
        ("RCPT TO:<a@shop.example>", "250"),
        ("DATA", "250"),
        ("From: mori@example.jp\r\nTo: a@shop.example\r\n\r\nPlease find attached.\r\n.", "354"),
        ("QUIT", "250 2.0.0 Kept"),
    ];
    // Each reply is to the line before; the first is the greeting.
    for (line, expected) in lines {
        let reply = replies.next().unwrap().unwrap();
        assert!(reply.starts_with(expected), "before {line}: {reply}");
        connection.write_all(format!("{line}\r\n").as_bytes()).unwrap();
    }
}
