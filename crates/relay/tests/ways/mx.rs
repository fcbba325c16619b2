//! Mail brought to the servers that each recipient's domain names.

use std::net::SocketAddr;

use relay::spool::Phase;

use super::dns::Zone;
use super::house::{House, PATIENCE};
use super::server::{self, Tls};

const MAIL: &str = "From: mori@example.jp\nTo: undisclosed:;\nSubject: a\n\nhello\n";

/// A relay that asks this name server, and knocks at this port.
fn house(zone: Zone, port: u16) -> House {
    let (dns, _zone) = zone.serve();
    let lines = format!(
        "host = \"relay.example.jp\"\nrelay = [\"127.0.0.1:0\"]\ndeliver-to = \"mx\"\ndns = [\"{dns}\"]\n"
    );
    House::with(&lines, |settings| settings.delivery.ports.mx = port)
}

/// The same port at another address of this machine.
fn at(address: &str, port: u16) -> String {
    SocketAddr::new(address.parse().unwrap(), port).to_string()
}

/// What the report about a mail says, which comes to the sender's own server.
fn report(house: &House, got: &std::sync::mpsc::Receiver<server::Got>) -> String {
    let report = got.recv_timeout(PATIENCE).unwrap();
    assert_eq!(report.to, ["mori@example.jp"]);
    house.logged(&["done"]);
    report.mail
}

#[test]
fn the_nearest_server_that_talks_gets_the_mail() {
    let (first, got) = server::serve("127.0.0.4:0", &Tls::None, false);
    let port = first.port();
    // At the nearest nobody listens, and the next is busy.
    let (_busy, told) = server::say(&at("127.0.0.3", port), |_| "421 busy");
    let zone = Zone::default()
        .mx("shop.example", 30, "far.shop.example")
        .mx("shop.example", 10, "near.shop.example")
        .mx("shop.example", 20, "busy.shop.example")
        .host("near.shop.example", "127.0.0.2")
        .host("busy.shop.example", "127.0.0.3")
        .host("far.shop.example", "127.0.0.4")
        .host("plain.example", "127.0.0.4");
    let house = house(zone, port);
    // One mail for each domain, to all of its recipients at once; a domain without such records is its
    // own server.
    house.send(&["sato@shop.example", "ito@plain.example", "ono@shop.example"], MAIL);
    let mut all = [got.recv_timeout(PATIENCE).unwrap(), got.recv_timeout(PATIENCE).unwrap()];
    all.sort_by_key(|got| got.to.len());
    assert_eq!(all[0].to, ["ito@plain.example"]);
    assert_eq!(all[1].to, ["sato@shop.example", "ono@shop.example"]);
    assert!(told.try_recv().is_err(), "nothing is said to a server that turns us away");
}

#[test]
fn servers_of_equal_rank_share_the_mail() {
    let (first, got) = server::serve("127.0.0.2:0", &Tls::None, false);
    let (_second, got_too) = server::serve(&at("127.0.0.3", first.port()), &Tls::None, false);
    let mut zone =
        Zone::default().host("a.shop.example", "127.0.0.2").host("b.shop.example", "127.0.0.3");
    // One domain a mail, so that no connection is used again.
    for n in 0..40 {
        let domain = format!("shop{n}.example");
        zone = zone.mx(&domain, 10, "a.shop.example").mx(&domain, 10, "b.shop.example");
    }
    let house = house(zone, first.port());
    let to: Vec<String> = (0..40).map(|n| format!("sato@shop{n}.example")).collect();
    house.send(&to.iter().map(String::as_str).collect::<Vec<_>>(), MAIL);
    // Each of the two gets none once in 10^12 runs.
    got.recv_timeout(PATIENCE).unwrap();
    got_too.recv_timeout(PATIENCE).unwrap();
}

#[test]
fn a_domain_without_mail_fails_at_once() {
    let (own, got) = server::serve("127.0.0.2:0", &Tls::None, false);
    let zone = Zone::default()
        .host("example.jp", "127.0.0.2")
        .mx("null.example", 0, ".")
        .mx("dead.example", 10, "nowhere.example")
        .mx("ours.example", 10, "relay.example.jp")
        .mx("ours.example", 20, "relay.example.jp")
        .text("words.example", "nothing else");
    let house = house(zone, own.port());
    let to = [
        "a@null.example", "a@missing.example", "a@dead.example", "a@ours.example",
        "a@words.example",
    ];
    house.send(&to, MAIL);
    let report = report(&house, &got);
    for said in ["556 5.1.10", "550 5.1.2", "550 5.4.4", "554 5.4.6"] {
        assert!(report.contains(said), "{said}: {report}");
    }
    for to in to {
        assert!(report.contains(&format!("rfc822; {to}")), "{to}: {report}");
    }
}

#[test]
fn what_cannot_be_known_now_is_tried_again() {
    let zone = Zone::default().broken("shop.example");
    let house = house(zone, 9);
    house.send(&["sato@shop.example"], MAIL);
    house.logged(&["deferred", "451 4.4.3"]);
    let mails = house.relay.mails();
    assert!(matches!(mails[0].status.phase, Phase::Released { .. }), "{mails:?}");
}

#[test]
fn each_recipient_has_what_its_server_says() {
    let (own, got) = server::serve("127.0.0.2:0", &Tls::None, false);
    let answer = |line: &str| match line {
        line if line.starts_with("RCPT TO:<nobody@") => "550 5.1.1 who is that",
        line if line.starts_with("RCPT TO:<later@") => "450 4.2.1 not now",
        "DATA" => "354 go",
        "QUIT" => "221 bye",
        "" => "220 mx",
        _ => "250 yes",
    };
    let (_there, told) = server::say(&at("127.0.0.3", own.port()), answer);
    let zone = Zone::default().host("example.jp", "127.0.0.2").host("shop.example", "127.0.0.3");
    let house = house(zone, own.port());
    let to = ["sato@shop.example", "nobody@shop.example", "later@shop.example"];
    house.send(&to, MAIL);
    house.logged(&["delivered", "sato@shop.example"]);
    house.logged(&["failed", "nobody@shop.example", "5.1.1"]);
    house.logged(&["deferred", "later@shop.example", "4.2.1"]);
    assert!(told.iter().any(|line| line == "."));
    assert!(got.try_recv().is_err(), "it is reported when all is known");
}
