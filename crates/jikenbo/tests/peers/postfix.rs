//! Postfix in front of the relay and behind it, as an instance of its own.

use testkit::postfix::Postfix;
use testkit::smtp::Sink;

use crate::clients::smtplib;
use crate::house::{ENCRYPTED, House, IN_THE_CLEAR, assert_arrived};
use crate::{has, mails, program};

/// Whether this machine can run one.
#[track_caller]
fn is_here() -> bool {
    let programs = ["openssl", "python3"].map(|name| (name, program(name).is_some()));
    let missing = Postfix::missing().into_iter().map(|name| (name, false));
    has(&missing.chain(programs).collect::<Vec<_>>())
}

/// Starts one in a folder that outlives it: what is bound last is dropped first, and to end it takes its
/// configuration.
fn postfix(port: u16, settings: &str) -> (tempfile::TempDir, Postfix) {
    let folder = tempfile::tempdir().expect("a folder");
    let postfix = Postfix::start(folder.path(), port, settings).expect("Postfix starts");
    (folder, postfix)
}

#[test]
fn postfix_in_front() {
    if !is_here() {
        return;
    }
    let sink = Sink::start();
    let house = House::before(&sink.address().to_string(), IN_THE_CLEAR);
    let cert = house.folder().join("relay.pem");
    let to = mails::recipients();
    for (level, keyword) in [
        ("smtp_tls_security_level = none\n".to_owned(), "with ESMTP id"),
        // It believes the relay's certificate, and sends nothing if it does not.
        (
            format!(
                "smtp_tls_security_level = secure\nsmtp_tls_secure_cert_match = localhost\n\
                 smtp_tls_CAfile = {}\n",
                cert.display()
            ),
            "with ESMTPS id",
        ),
    ] {
        let (_folder, postfix) = postfix(house.relayed.port(), &level);
        for (name, mail) in mails::all() {
            smtplib(postfix.port(), ("", ""), &to, &mail);
            let arrived = sink.next();
            let trace = assert_arrived(&name, &mail, &arrived);
            assert!(trace.contains(keyword) && trace.contains("postfix.example.jp"), "{trace}");
            assert_eq!((arrived.from.as_str(), &arrived.to), ("mori@example.jp", &to), "{name}");
        }
    }
}

#[test]
fn postfix_behind() {
    if !is_here() {
        return;
    }
    let sink = Sink::start();
    let to = mails::recipients();
    let with_tls = "smtpd_tls_security_level = encrypt\nsmtpd_tls_received_header = yes\n\
        smtpd_tls_chain_files = ";
    for (tls, shown) in [(IN_THE_CLEAR, "with ESMTP id"), (ENCRYPTED, "with ESMTPS id")] {
        // Both use one certificate: the relay's folder is not there before the relay is.
        let keys = tempfile::tempdir().expect("a folder");
        crate::make_certificate(keys.path());
        let settings = match tls {
            ENCRYPTED => format!("{with_tls}{0}/relay.key, {0}/relay.pem\n", keys.path().display()),
            _ => String::new(),
        };
        let (_folder, postfix) = postfix(sink.address().port(), &settings);
        let house = House::trusting(&format!("localhost:{}", postfix.port()), tls, keys.path());
        for (name, mail) in mails::all() {
            house.send(&to, &mail);
            let arrived = sink.next();
            let trace = assert_arrived(&name, &mail, &arrived);
            let (last, _) = trace.split_once("by relay.example.jp").expect("our trace");
            assert!(last.contains("by postfix.example.jp") && last.contains(shown), "{trace}");
            assert_eq!(arrived.to, to, "{name}");
        }
    }
}

#[test]
fn what_postfix_refuses_is_told_to_the_sender() {
    if !is_here() {
        return;
    }
    let sink = Sink::start();
    let settings = "smtpd_relay_restrictions = check_recipient_access inline:{suzuki@shop.example=REJECT}, \
        permit_mynetworks, reject\n";
    let (_folder, postfix) = postfix(sink.address().port(), settings);
    let house = House::before(&format!("localhost:{}", postfix.port()), IN_THE_CLEAR);
    let (name, mail) = mails::all().swap_remove(0);
    house.send(&mails::recipients(), &mail);
    let (mut arrived, mut report) = (sink.next(), sink.next());
    if arrived.from.is_empty() {
        std::mem::swap(&mut arrived, &mut report);
    }
    assert_arrived(&name, &mail, &arrived);
    assert_eq!(arrived.to, ["tanaka@shop.example"]);
    assert_eq!(
        (report.from.as_str(), report.to.as_slice()),
        ("", &["mori@example.jp".to_owned()][..])
    );
    let report = String::from_utf8_lossy(&report.mail).into_owned();
    assert!(report.contains("Final-Recipient: rfc822; suzuki@shop.example"), "{report}");
    assert!(!report.contains("Final-Recipient: rfc822; tanaka"), "{report}");
}
