//! A running relay between a client that speaks SMTP over a socket and a server that keeps what it gets.
//! It does not know what is tested with it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use relay::net::{Decision, Kept, RecallRequest, Relay, Undecided};
use relay::session::{Admission, Listener, Role, SenderRights, Session, StartTls, Step};
use relay::spool::{MailId, Phase};
use relay::{Address, Login, Policy, Settings};

/// Longer than anything here takes; nothing is waited for so long but in failure.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A mail that the server got: to whom, and its bytes.
pub(crate) type Got = (Vec<String>, String);

/// A server on a port of its own; what it gets comes out of the channel.
pub(crate) fn server() -> (SocketAddr, Receiver<Got>) {
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
pub(crate) fn say(address: SocketAddr, dialogue: &[(&str, &str)]) {
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

pub(crate) fn address(written: &str) -> Address {
    written.parse().unwrap()
}

/// A relay, its data and the server behind it.
pub(crate) struct House {
    pub(crate) relay: Relay,
    runtime: tokio::runtime::Runtime,
    got: Mutex<Receiver<Got>>,
    behind: SocketAddr,
    data: tempfile::TempDir,
}

impl House {
    pub(crate) fn new(policy: &str) -> Self {
        let (behind, got) = server();
        let data = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let relay = start(&runtime, policy, behind, data.path());
        Self { relay, runtime, got: Mutex::new(got), behind, data }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.relay.addresses()[0]
    }

    /// Hands a mail in.
    pub(crate) fn send(&self, to: &[&str], mail: &str) {
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

    pub(crate) fn next(&self) -> Got {
        self.got.lock().unwrap().recv_timeout(PATIENCE).unwrap()
    }

    /// What the checks found in the only mail that is held.
    pub(crate) fn held(&self) -> (MailId, Vec<String>) {
        let mut all = self.all_held();
        assert_eq!(all.len(), 1, "{all:?}");
        let (id, _, checks) = all.remove(0);
        (id, checks)
    }

    /// Every held mail: what it waits for, and what the checks found in it.
    pub(crate) fn all_held(&self) -> Vec<(MailId, String, Vec<String>)> {
        let waits = |mail: Kept| {
            let Phase::Held { by, .. } = mail.status.phase else { return None };
            let findings = mail.judgement.unwrap().findings;
            Some((mail.id, by, findings.into_iter().map(|finding| finding.check).collect()))
        };
        self.relay.mails().into_iter().filter_map(waits).collect()
    }

    /// Waits until the only held mail waits for this, which the relay does in its own time.
    pub(crate) fn wait_until_held_by(&self, whom: &str) -> MailId {
        let begun = std::time::Instant::now();
        loop {
            if let [(id, by, _)] = self.all_held().as_slice()
                && by == whom
            {
                return *id;
            }
            assert!(begun.elapsed() < PATIENCE, "{:?}", self.all_held());
            std::thread::yield_now();
        }
    }

    /// Asks for the deletion of a mail, once all is known of it.
    pub(crate) fn recall(&self, id: MailId) {
        let begun = std::time::Instant::now();
        while self.relay.mails().iter().any(|mail| mail.id == id) {
            assert!(begun.elapsed() < PATIENCE, "{:?}", self.relay.mails());
            std::thread::yield_now();
        }
        let desk = self.relay.desk();
        desk.record().settle().unwrap();
        let request = RecallRequest {
            by: "kacho@example.jp".to_owned(),
            noticed: jiff::Timestamp::UNIX_EPOCH,
            subject: "削除のお願い".to_owned(),
            text: "先のメールを削除してください。".to_owned(),
        };
        self.runtime.block_on(desk.recall(id, request)).unwrap();
    }

    /// A person's word.
    pub(crate) fn decide(
        &self,
        id: MailId,
        decision: Decision,
        who: &str,
    ) -> Result<(), Undecided> {
        self.runtime.block_on(self.relay.desk().decide(id, decision, &address(who)))
    }

    /// The same data under a new relay.
    pub(crate) fn restart(self, policy: &str) -> Self {
        let Self { relay, runtime, got, behind, data } = self;
        runtime.block_on(relay.stop());
        let relay = start(&runtime, policy, behind, data.path());
        Self { relay, runtime, got, behind, data }
    }

    /// Waits until no mail is left.
    pub(crate) fn wait_until_empty(&self) {
        wait(|| self.relay.mails().is_empty());
    }

    /// Waits until the last long mail has left the disk.
    pub(crate) fn wait_until_nothing_lies_apart(&self) {
        wait(|| self.lies_apart() == 0);
    }

    /// Long mails that lie in files of their own.
    pub(crate) fn lies_apart(&self) -> usize {
        let spool = std::fs::read_dir(self.data.path().join("spool")).unwrap();
        let names = spool.map(|entry| entry.unwrap().path());
        names.filter(|path| path.extension().is_some_and(|ending| ending == "mail")).count()
    }

    pub(crate) fn nothing_went_out(&self) {
        assert!(self.got.lock().unwrap().try_recv().is_err());
    }
}

fn wait(is_so: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
}

pub(crate) fn start(
    runtime: &tokio::runtime::Runtime,
    policy: &str,
    behind: SocketAddr,
    data: &Path,
) -> Relay {
    let file = format!(
        "[organisation]\ndomains = [\"example.jp\"]\n[relay]\nrelay = [\"127.0.0.1:0\"]\n\
         deliver-to = \"{behind}\"\n{policy}"
    );
    let (settings, mut policy) = (Settings::parse(&file).unwrap(), Policy::parse(&file).unwrap());
    policy.add_people("address,names\nwatanabe@example.jp,渡邊 太郎\n").unwrap();
    runtime.block_on(Relay::start(settings, policy, data)).unwrap()
}
