//! What one client, one full spool or one damaged mail can do to the others: nothing.

use std::fs;

use relay::spool::Phase;

use super::house::{Client, House, PATIENCE};
use super::server::{self, Tls};

const MAIL: &str = "From: mori@example.jp\nTo: sato@shop.example\nSubject: a\n\nhello\n";

#[test]
fn a_stranger_takes_no_seat_of_others() {
    let house = House::new(
        "relay = [\"127.0.0.1:0\"]\nnetworks = [\"127.0.0.2\"]\nconnections-per-address = 2\n",
    );
    let connect = |from: &str| Client::connect_from(from.parse().unwrap(), house.address());
    let mut seated = [connect("127.0.0.3"), connect("127.0.0.3")];
    for client in &mut seated {
        client.expect("220");
    }
    connect("127.0.0.3").expect("421 4.3.2");
    house.logged(&["turned away", "127.0.0.3"]);
    connect("127.0.0.4").expect("220");
    let mut servers: Vec<Client> = (0..5).map(|_| connect("127.0.0.2")).collect();
    for server in &mut servers {
        server.expect("220");
    }
    let [first, _second] = seated;
    drop(first);
    // The seat is free once the relay has seen that.
    let is_seated = |_| connect("127.0.0.3").expect("").starts_with("220");
    assert!((0..100_000).any(is_seated));
}

#[test]
fn mails_that_fit_no_memory_come_again() {
    let (behind, got) = server::serve("127.0.0.1:0", &Tls::None, false);
    let lines = format!("relay = [\"127.0.0.1:0\"]\ndeliver-to = \"{behind}\"\n");
    let house = House::with(&lines, |settings| settings.limits.mail_bytes = 1 << 20);
    let large = format!("{MAIL}{}", "0123456789abcdef\n".repeat(50_000));
    let mut client = Client::connect(house.address());
    client.say("EHLO pc", "250");
    for _ in 0..2 {
        client.say("MAIL FROM:<mori@example.jp>", "250");
        client.say("RCPT TO:<sato@shop.example>", "250");
        client.say("DATA", "354");
        client.say(&format!("{}\r\n.", large.replace('\n', "\r\n")), "452 4.3.1");
    }
    house.logged(&["no room", "127.0.0.1"]);
    client.say("MAIL FROM:<mori@example.jp>", "250");
    client.say("RCPT TO:<sato@shop.example>", "250");
    // In chunks, the second of which has no room.
    let chunk = "0123456789abcde\r\n".repeat(50_000);
    client.say(&format!("BDAT {}\r\n{}", chunk.len() + 2, chunk), "250");
    client.say(&format!("BDAT {} LAST\r\n{}", chunk.len() + 2, chunk), "452 4.3.1");
    client.send(&["sato@shop.example"], MAIL);
    assert_eq!(got.recv_timeout(PATIENCE).unwrap().to, ["sato@shop.example"]);
}

#[test]
fn a_mail_that_cannot_be_read_goes_out_when_it_can() {
    let (behind, got) = server::serve("127.0.0.1:0", &Tls::None, false);
    let house = House::new(&format!(
        "relay = [\"127.0.0.1:0\"]\ndeliver-to = \"{behind}\"\n[people]\ncancel-window-seconds = 1\n"
    ));
    house.send(&["sato@shop.example"], &MAIL.replace("hello", "a disk forgets this"));
    house.logged(&["held", "for=window"]);
    let folder = house.data.path().join("spool");
    let segments = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let has = |bytes: &[u8], text: &str| memchr::memmem::find(bytes, text.as_bytes());
    let (file, at) = segments
        .filter(|path| path.is_file())
        .find_map(|path| Some((path.clone(), has(&fs::read(&path).unwrap(), "a disk forgets")?)))
        .unwrap();
    let write = |byte: &[u8]| {
        use std::os::unix::fs::FileExt as _;
        let file = fs::OpenOptions::new().write(true).open(&file).unwrap();
        file.write_all_at(byte, at as u64).unwrap();
    };
    write(b"X");
    house.logged(&["cannot be read"]);
    assert!(matches!(house.relay.mails()[0].status.phase, Phase::Released { .. }));
    write(b"a");
    assert!(got.recv_timeout(PATIENCE).unwrap().mail.contains("a disk forgets this"));
}
