//! The running relay between a client that speaks SMTP over a socket and a server that keeps what it
//! gets. The server is a session of the relay's own, which has tests of its own.

mod house;
mod long;
mod second_mail;

use relay::net::{Decision, Undecided};

use house::{Got, House, say};

#[test]
fn a_usual_mail_goes_through_byte_for_byte() {
    let house = House::new("");
    let mail = "From: mori@example.jp\nTo: sato@shop.example\nSubject:  odd   spacing\nX-Own:\tkept\n\n..dots\nend";
    house.send(&["sato@shop.example"], mail);
    let (to, got) = house.next();
    assert_eq!(to, ["sato@shop.example"]);
    let (trace, rest) = got.split_at(got.find("From: mori").unwrap());
    assert!(
        trace.starts_with("Received: from pc.example.jp ([127.0.0.1]) by localhost"),
        "{trace}"
    );
    // The client doubled the dot that its line begins with; one of them is of the way.
    assert_eq!(rest, mail.replace("..dots", ".dots").replace('\n', "\r\n") + "\r\n");
}

#[test]
fn nobody_sees_the_others() {
    let house = House::new("[checks.bulk]\nmore-than-recipients = 500\n");
    let people: Vec<String> = (0..108).map(|n| format!("a{n}@shop{n}.example")).collect();
    let to: Vec<&str> = people.iter().map(String::as_str).collect();
    let mail =
        format!("From: mori@example.jp\nTo: {}\nSubject: news\n\nhello", people.join(",\n "));
    house.send(&to, &mail);
    let mut got: Vec<Got> = (0..108).map(|_| house.next()).collect();
    got.sort();
    let mut expected = people.clone();
    expected.sort();
    for ((to, mail), address) in got.iter().zip(&expected) {
        assert_eq!(to, std::slice::from_ref(address));
        let others = people.iter().filter(|other| *other != address);
        assert!(mail.contains(&format!("To: {address}\r\n")), "{mail}");
        for other in others {
            assert!(
                !mail.contains(&format!("{other}\r")) && !mail.contains(&format!("{other},")),
                "{mail}"
            );
        }
    }
}

#[test]
fn many_wait_for_a_second_person() {
    let house = House::new("");
    let people: Vec<String> = (0..395).map(|n| format!("a{n}@shop.example")).collect();
    let to: Vec<&str> = people.iter().map(String::as_str).collect();
    house.send(&to, &format!("From: mori@example.jp\nTo: {}\n\nnews", people.join(",\n ")));
    let (id, checks) = house.held();
    assert_eq!(checks, ["exposed-recipients", "bulk"]);
    house.nothing_went_out();
    let decide = |who| house.decide(id, Decision::LetGo, who);
    assert!(matches!(decide("mori@example.jp"), Err(Undecided::OwnMail)));
    assert!(matches!(decide("kacho@example.com"), Err(Undecided::NotAsked(_))));
    house.nothing_went_out();
    decide("kacho@example.jp").unwrap();
    for _ in 0..395 {
        let (to, mail) = house.next();
        assert_eq!(to.len(), 1);
        assert_eq!(mail.matches("@shop.example").count(), 1, "{mail}");
    }
}

#[test]
fn what_is_held_survives_a_new_start() {
    let house = House::new("");
    house.send(
        &["a@shop.example"],
        "From: mori@example.jp\nTo: a@shop.example\n\n資料を添付いたします。",
    );
    house.held();
    let house = house.restart("");
    let (id, checks) = house.held();
    assert_eq!(checks, ["forgotten-attachment"]);
    house.nothing_went_out();
    house.decide(id, Decision::Cancel, "mori@example.jp").unwrap();
    let (to, report) = house.next();
    assert_eq!(to, ["mori@example.jp"]);
    assert!(report.contains("Action: failed") && report.contains("mori@example.jp"), "{report}");
    assert!(!report.contains("資料を添付"), "a report does not carry what was stopped");
}

#[test]
fn strangers_relay_nothing() {
    let house = House::new("networks = [\"192.0.2.0/24\"]\n");
    say(
        house.address(),
        &[
            ("EHLO pc", "250"),
            ("MAIL FROM:<mori@example.jp>", "5"),
            ("RCPT TO:<a@shop.example>", "5"),
            ("DATA", "5"),
        ],
    );
    assert!(house.relay.mails().is_empty());
}
