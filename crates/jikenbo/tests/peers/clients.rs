//! Mail programs that hand mail in: swaks, msmtp and Python's smtplib, as a mail server does and as
//! people do, with TLS and a password.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use testkit::smtp::Sink;

use crate::house::{House, IN_THE_CLEAR, PASSWORD, assert_arrived};
use crate::mails::{self, Name};
use crate::{has_programs, run};

const SMTPLIB: &str = "
import smtplib, ssl, sys
port, cert, password, sender, *to = sys.argv[1:]
with smtplib.SMTP('localhost', int(port)) as server:
    if cert:
        server.starttls(context=ssl.create_default_context(cafile=cert))
    if password:
        server.login('mori', password)
    server.sendmail(sender, to, sys.stdin.buffer.read(), mail_options=['BODY=8BITMIME'])
";

/// Hands a mail in by smtplib; with a certificate over TLS, with a password after a login.
pub(crate) fn smtplib(port: u16, (cert, password): (&str, &str), to: &[String], mail: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), mail).expect("a mail");
    run(Command::new("python3")
        .args(["-c", SMTPLIB, &port.to_string(), cert, password, "mori@example.jp"])
        .args(to)
        .stdin(Stdio::from(file.reopen().expect("the mail"))));
}

/// The arguments of swaks for a mail that goes as it is: its dots doubled, its end behind it.
pub(crate) fn swaks(house: &House, port: u16, to: &[String], mail: &[u8]) -> Command {
    let mut content = Vec::new();
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        content.extend(line.first().filter(|byte| **byte == b'.'));
        content.extend_from_slice(line);
    }
    content.extend_from_slice(b".\r\n");
    let file = house.folder().join("mail.txt");
    fs::write(&file, content).expect("a mail");
    let mut command = Command::new("swaks");
    command
        .args(["--server", "localhost", "--port", &port.to_string(), "--from", "mori@example.jp"])
        .args(["--to", &to.join(","), "--no-data-fixup", "--suppress-data", "--data"])
        .arg(format!("@{}", file.display()));
    command
}

/// A sink, a relay before it, and the path of its certificate.
fn house() -> (Sink, House, String) {
    let sink = Sink::start();
    let house = House::before(&sink.address().to_string(), IN_THE_CLEAR);
    let cert = house.folder().join("relay.pem").display().to_string();
    (sink, house, cert)
}

#[test]
fn smtplib_hands_in_every_charset() {
    if !has_programs(&["python3", "openssl"]) {
        return;
    }
    let (sink, house, cert) = house();
    let to = mails::recipients();
    for (name, mail) in mails::all() {
        smtplib(house.relayed.port(), ("", ""), &to, &mail);
        let arrived = sink.next();
        assert!(assert_arrived(&name, &mail, &arrived).contains("with ESMTP id"), "{name}");
        assert_eq!((arrived.from.as_str(), &arrived.to), ("mori@example.jp", &to), "{name}");
    }
    for (name, mail) in mails::some() {
        smtplib(house.submission.port(), (&cert, PASSWORD), &to, &mail);
        assert!(assert_arrived(&name, &mail, &sink.next()).contains("with ESMTPSA id"), "{name}");
    }
}

#[test]
fn swaks_hands_in_with_and_without_tls() {
    if !has_programs(&["swaks", "openssl"]) {
        return;
    }
    let (sink, house, _) = house();
    let to = mails::recipients();
    for (name, mail) in mails::some() {
        run(&mut swaks(&house, house.relayed.port(), &to, &mail));
        assert_arrived(&name, &mail, &sink.next());
        let mut command = swaks(&house, house.submission.port(), &to, &mail);
        run(command.args([
            "--tls", "--auth", "PLAIN", "--auth-user", "mori", "--auth-password", PASSWORD,
        ]));
        assert!(assert_arrived(&name, &mail, &sink.next()).contains("with ESMTPSA id"), "{name}");
    }
}

#[test]
fn swaks_without_tls_or_password_or_as_somebody_else_is_refused() {
    if !has_programs(&["swaks", "openssl"]) {
        return;
    }
    let (sink, house, _) = house();
    let mail = b"From: mori@example.jp\r\nTo: a@shop.example\r\n\r\nhello\r\n";
    let to = ["a@shop.example".to_owned()];
    let login = |password| {
        vec!["--tls", "--auth", "PLAIN", "--auth-user", "mori", "--auth-password", password]
    };
    let sato = ["--from", "sato@example.jp"].to_vec();
    let cases = [
        ("no TLS", Vec::new()),
        ("no password", vec!["--tls"]),
        ("a wrong password", login("wrong")),
        ("somebody else's sender", [login(PASSWORD), sato].concat()),
    ];
    for (name, arguments) in cases {
        let mut command = swaks(&house, house.submission.port(), &to, mail);
        let output = command.args(arguments).output().expect("swaks starts");
        assert!(!output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
    assert!(sink.so_far().is_empty() && house.held().is_empty());
}

#[test]
fn msmtp_hands_in_over_tls() {
    if !has_programs(&["msmtp", "openssl"]) {
        return;
    }
    let (sink, house, cert) = house();
    let to = mails::recipients();
    let account = |port: u16, rest: &str| {
        format!("account default\nhost localhost\nport {port}\nfrom mori@example.jp\n{rest}\n")
    };
    let with_tls = format!(
        "tls on\ntls_starttls on\ntls_trust_file {cert}\nauth plain\nuser mori\npassword \"{PASSWORD}\""
    );
    for (config, keyword) in [
        (account(house.relayed.port(), "tls off\nauth off"), "with ESMTP id"),
        (account(house.submission.port(), &with_tls), "with ESMTPSA id"),
    ] {
        let file = house.folder().join("msmtp.conf");
        fs::write(&file, config).expect("a configuration");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("for us alone");
        for (name, mail) in mails::all() {
            let path = house.folder().join("mail.txt");
            // It is given lines as they lie in files.
            let lines: Vec<u8> = mail.iter().copied().filter(|byte| *byte != b'\r').collect();
            fs::write(&path, lines).expect("a mail");
            let mut command = Command::new("msmtp");
            command.arg(format!("--file={}", file.display())).args(&to);
            run(command.stdin(Stdio::from(fs::File::open(&path).expect("the mail"))));
            assert!(assert_arrived(&name, &mail, &sink.next()).contains(keyword), "{name}");
        }
    }
}

#[test]
fn a_mark_in_a_file_name_is_seen_in_every_charset() {
    if !has_programs(&["python3", "openssl"]) {
        return;
    }
    let (sink, house, _) = house();
    let to = mails::recipients();
    let mut expected = 0;
    for (charset, transfer) in mails::CHARSETS {
        for name in [Name::Words, Name::Pieces(10), Name::Pieces(7), Name::Pieces(5)] {
            let mail = mails::mail(charset, transfer, name, "原価表【社外秘】.dat");
            smtplib(house.relayed.port(), ("", ""), &to, &mail);
            expected += 1;
            let held = house.held();
            assert_eq!(held.len(), expected, "{charset:?}, {name:?}");
            assert!(held[expected - 1].is_found_by("internal-mark"), "{charset:?}, {name:?}");
        }
    }
    assert!(sink.so_far().is_empty());
}
