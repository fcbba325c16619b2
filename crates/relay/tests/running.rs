//! The running relay between a client that speaks SMTP over a socket and a server that keeps what it
//! gets. The server is a session of the relay's own, which has tests of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use relay::net::{Decision, Relay, Undecided};
use relay::session::{Admission, Listener, Role, SenderRights, Session, StartTls, Step};
use relay::{Address, Login, Policy, Settings};

/// Longer than anything here takes; nothing is waited for so long but in failure.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mail that the server got: to whom, and its bytes.
type Got = (Vec<String>, String);

/// A server on a port of its own; what it gets comes out of the channel.
fn server() -> (SocketAddr, Receiver<Got>) {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let (sender, got) = channel();
    std::thread::spawn(move || {
        for connection in socket.incoming() {
            let sender = sender.clone();
            std::thread::spawn(move || serve(connection.unwrap(), &sender));
        }
    });
    (address, got)
}

fn serve(mut connection: TcpStream, got: &Sender<Got>) {
    let mut listener = Listener::new("sink.example", Role::Relay);
    listener.starttls = StartTls::Absent;
    let listener = Arc::new(listener);
    let known = Admission { login: Login::Network("all".to_owned()), rights: SenderRights::any() };
    let (mut out, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    let mut session = Session::new(listener, None, Some(known), false, &mut out);
    loop {
        connection.write_all(&out).unwrap();
        out.clear();
        let Ok(count @ 1..) = connection.read(&mut buffer) else { return };
        let mut input = &buffer[..count];
        loop {
            match session.handle(&mut input, &mut out) {
                Step::Read => break,
                Step::Mail(taken, question) => {
                    let to = taken.envelope.to.iter().map(|to| to.address.to_string()).collect();
                    let mail = String::from_utf8_lossy(&taken.content).into_owned();
                    question.accepted("1", &mut out);
                    // The test may be over.
                    let _heard = got.send((to, mail));
                }
                _ => {
                    let _said = connection.write_all(&out);
                    return;
                }
            }
        }
    }
}

/// Says lines and checks that each reply begins as it should.
fn say(address: SocketAddr, dialogue: &[(&str, &str)]) {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut replies = BufReader::new(connection.try_clone().unwrap());
    let mut reply = || {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            replies.read_line(&mut line).unwrap();
            text.push_str(&line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return text;
            }
        }
    };
    assert!(reply().starts_with("220 "));
    for (line, expected) in dialogue {
        connection.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        let reply = reply();
        assert!(reply.starts_with(expected), "{line:.40}: {reply}");
    }
}

fn address(written: &str) -> Address {
    written.parse().unwrap()
}

/// A relay, its data and the server behind it.
struct House {
    relay: Relay,
    runtime: tokio::runtime::Runtime,
    got: Mutex<Receiver<Got>>,
    behind: SocketAddr,
    data: tempfile::TempDir,
}

impl House {
    fn new(policy: &str) -> Self {
        let (behind, got) = server();
        let data = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let relay = start(&runtime, policy, behind, data.path());
        Self { relay, runtime, got: Mutex::new(got), behind, data }
    }

    fn address(&self) -> SocketAddr {
        self.relay.addresses()[0]
    }

    /// Hands a mail in.
    fn send(&self, to: &[&str], mail: &str) {
        let mut dialogue = vec![
            ("EHLO pc.example.jp".to_owned(), "250"),
            ("MAIL FROM:<mori@example.jp> BODY=8BITMIME".to_owned(), "250"),
        ];
        dialogue.extend(to.iter().map(|to| (format!("RCPT TO:<{to}>"), "250")));
        dialogue.push(("DATA".to_owned(), "354"));
        dialogue.push((format!("{}\r\n.", mail.replace('\n', "\r\n")), "250 2.0.0"));
        dialogue.push(("QUIT".to_owned(), "221"));
        let dialogue: Vec<(&str, &str)> =
            dialogue.iter().map(|(line, reply)| (line.as_str(), *reply)).collect();
        say(self.address(), &dialogue);
    }

    fn next(&self) -> Got {
        self.got.lock().unwrap().recv_timeout(PATIENCE).unwrap()
    }

    /// What the checks found in the only mail that is held.
    fn held(&self) -> (relay::spool::MailId, Vec<String>) {
        let mails = self.relay.mails();
        let [mail] = mails.as_slice() else { panic!("{mails:?}") };
        assert!(matches!(mail.status.phase, relay::spool::Phase::Held { .. }), "{mail:?}");
        let findings = &mail.judgement.as_ref().unwrap().findings;
        (mail.id, findings.iter().map(|finding| finding.check.clone()).collect())
    }

    fn nothing_went_out(&self) {
        assert!(self.got.lock().unwrap().try_recv().is_err());
    }
}

fn start(
    runtime: &tokio::runtime::Runtime,
    policy: &str,
    behind: SocketAddr,
    data: &Path,
) -> Relay {
    let file = format!(
        "[organisation]\ndomains = [\"example.jp\"]\n[relay]\nrelay = [\"127.0.0.1:0\"]\n\
         deliver-to = \"{behind}\"\n{policy}"
    );
    let (settings, policy) = (Settings::parse(&file).unwrap(), Policy::parse(&file).unwrap());
    runtime.block_on(Relay::start(settings, policy, data)).unwrap()
}

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
    let decide =
        |who| house.runtime.block_on(house.relay.decide(id, Decision::LetGo, &address(who)));
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
    let House { relay, runtime, got, behind, data } = {
        let house = House::new("");
        house.send(
            &["a@shop.example"],
            "From: mori@example.jp\nTo: a@shop.example\n\n資料を添付いたします。",
        );
        house.held();
        house
    };
    runtime.block_on(relay.stop());
    let relay = start(&runtime, "", behind, data.path());
    let house = House { relay, runtime, got, behind, data };
    let (id, checks) = house.held();
    assert_eq!(checks, ["forgotten-attachment"]);
    house.nothing_went_out();
    house
        .runtime
        .block_on(house.relay.decide(id, Decision::Cancel, &address("mori@example.jp")))
        .unwrap();
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
