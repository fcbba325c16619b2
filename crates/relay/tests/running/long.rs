//! Long mails: they lie apart in the spool, go to the disk while they come in, and are read from there while
//! they go out.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use relay::net::Decision;

use crate::house::House;

/// More than is written at a time, with dots where lines begin.
fn long(text: &str) -> String {
    let line = format!(".{}\n", "x".repeat(75));
    format!(
        "From: mori@example.jp\nTo: sato@shop.example\nBcc: kacho@example.jp\nSubject: long\n\n{text}\n{}end",
        line.repeat(140_000)
    )
}

/// As it is to arrive: without the dots of the way and the field that nobody sees.
fn arrived(mail: &str) -> String {
    let mail = mail.replace("\n.", "\n").replace("Bcc: kacho@example.jp\n", "");
    mail.replace('\n', "\r\n") + "\r\n"
}

#[test]
fn it_arrives_to_the_byte_and_leaves_nothing() {
    let house = House::new("");
    let mail = long("hello");
    house.send(&["sato@shop.example"], &mail);
    let (_, got) = house.next();
    let (trace, rest) = got.split_at(got.find("From: mori").unwrap());
    assert!(trace.starts_with("Received: from pc.example.jp"), "{trace}");
    assert!(rest == arrived(&mail));
    house.wait_until_empty();
    assert_eq!(house.lies_apart(), 0);
}

#[test]
fn held_it_is_there_after_a_new_start() {
    let house = House::new("");
    let mail = long("Please find attached.");
    house.send(&["sato@shop.example"], &mail);
    assert_eq!((house.held().1, house.lies_apart()), (vec!["forgotten-attachment".to_owned()], 1));
    let house = house.restart("");
    let (id, _) = house.held();
    house.decide(id, Decision::LetGo, "mori@example.jp").unwrap();
    assert!(house.next().1.ends_with(&arrived(&mail)));
    house.wait_until_empty();
    assert_eq!(house.lies_apart(), 0);
}

/// A client that leaves in the middle, and one that begins another mail on the same connection.
#[test]
fn what_is_not_finished_leaves_nothing() {
    let house = House::new("");
    let part = "x".repeat(70) + "\r\n";
    let part = part.repeat(80_000);
    let connection = TcpStream::connect(house.address()).unwrap();
    let mut replies = BufReader::new(connection.try_clone().unwrap()).lines();
    let mut say = |line: &str, expected: &str| {
        (&connection).write_all(line.as_bytes()).unwrap();
        let reply = replies.next().unwrap().unwrap();
        assert!(reply.starts_with(expected), "{line:.40}: {reply}");
    };
    say("", "220");
    say("HELO pc\r\n", "250");
    for _ in 0..2 {
        say("MAIL FROM:<mori@example.jp>\r\n", "250");
        say("RCPT TO:<sato@shop.example>\r\n", "250");
        say(&format!("BDAT {}\r\n{part}", part.len()), "250");
        say("RSET\r\n", "250");
    }
    say("MAIL FROM:<mori@example.jp>\r\n", "250");
    say("RCPT TO:<sato@shop.example>\r\n", "250");
    let mail = format!("From: mori@example.jp\r\nSubject: other\r\n\r\n{part}");
    let (first, rest) = mail.split_at(5_000_000);
    say(&format!("BDAT {}\r\n{first}", first.len()), "250");
    say(&format!("BDAT {} LAST\r\n{rest}", rest.len()), "250");
    assert!(house.next().1.ends_with(&mail));
    say("MAIL FROM:<mori@example.jp>\r\n", "250");
    say("RCPT TO:<sato@shop.example>\r\n", "250");
    say(&format!("BDAT {}\r\n{part}", part.len()), "250");
    connection.shutdown(std::net::Shutdown::Both).unwrap();
    house.wait_until_empty();
    house.wait_until_nothing_lies_apart();
}
