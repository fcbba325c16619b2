//! Files that go by link, through the running relay and its data folder: what the mail says instead, who
//! can fetch, and what a crash at each step leaves.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use relay::mail::{Mail, MailLimits};
use relay::net::{Decision, Parcel, ParcelId, Relay, Undecided};
use relay::spool::{MailId, Phase};
use relay::{Address, Policy, Settings};
use testkit::smtp::{Arrived, serve_plain};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

const PAGES: &str = "pages = \"https://mail.example.jp\"\n";
/// The sender is asked about mail that says so; files of mail that says something else go by link.
const POLICY: &str = "[checks.internal-mark]\nthen = \"links\"\nwords = [\"by link\"]\n\
    [checks.bulk]\nmore-than-recipients = 1\nthen = \"ask-sender\"\n";

const TWO_FILES: &str = "From: mori@example.jp\nTo: a@client.example\nSubject: by link\nMIME-Version: 1.0\n\
    Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nhello\n\
    --x\nContent-Type: text/csv; name=a.csv\n\n1,2,3\n--x\nContent-Type: application/octet-stream\n\
    Content-Disposition: attachment; filename*=UTF-8''%E8%A6%8B%E7%A9%8D.bin\nContent-Transfer-Encoding: base64\n\n\
    AAECAwQFBgc=\n--x--";

const BOTH: &[&str] = &["a@client.example", "b@client.example"];

/// A mail that the next server got: to whom, and its bytes.
type Got = (Vec<String>, Vec<u8>);

/// A server that takes everything.
fn sink() -> (SocketAddr, Receiver<Got>) {
    let (sender, got) = channel();
    // The test may be over.
    let taken = move |mail: Arrived| drop(sender.send((mail.to, mail.mail)));
    (serve_plain(taken).unwrap(), got)
}

/// A relay, its data folder, and the server behind it.
struct House {
    relay: Option<Relay>,
    runtime: tokio::runtime::Runtime,
    got: Mutex<Receiver<Got>>,
    settings: String,
    data: tempfile::TempDir,
}

impl House {
    fn new(relay: &str, checks: &str) -> Self {
        let (behind, got) = sink();
        let settings = format!(
            "[organisation]\ndomains = [\"example.jp\"]\n[relay]\nrelay = [\"127.0.0.1:0\"]\n\
             deliver-to = \"{behind}\"\ndeliver-tls = \"never\"\n{relay}{checks}"
        );
        let (data, runtime) =
            (tempfile::tempdir().unwrap(), tokio::runtime::Runtime::new().unwrap());
        let mut house = Self { relay: None, runtime, got: Mutex::new(got), settings, data };
        house.start();
        house
    }

    fn start(&mut self) {
        let settings = Settings::parse(&self.settings).unwrap();
        let policy = Policy::parse(&self.settings).unwrap();
        let started = Relay::start(settings, policy, self.data.path());
        self.relay = Some(self.runtime.block_on(started).unwrap());
    }

    fn stop(&mut self) {
        if let Some(relay) = self.relay.take() {
            self.runtime.block_on(relay.stop());
        }
    }

    fn relay(&self) -> &Relay {
        self.relay.as_ref().unwrap()
    }

    /// Hands a mail in.
    fn send(&self, to: &[&str], mail: &str) {
        let connection = TcpStream::connect(self.relay().addresses()[0]).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut replies = BufReader::new(connection.try_clone().unwrap()).lines();
        let mut lines = vec!["HELO pc".to_owned(), "MAIL FROM:<mori@example.jp>".to_owned()];
        lines.extend(to.iter().map(|to| format!("RCPT TO:<{to}>")));
        let mail = mail.replace('\n', "\r\n");
        lines.extend(["DATA".to_owned(), format!("{mail}\r\n."), "QUIT".to_owned()]);
        for line in lines {
            let reply = replies.next().unwrap().unwrap();
            assert!(reply.starts_with(['2', '3']), "before {line}: {reply}");
            (&connection).write_all(format!("{line}\r\n").as_bytes()).unwrap();
        }
        // The reply to the mail is the one before the last line.
    }

    /// The next mail that goes to these people alone.
    fn next(&self, to: &[&str]) -> Vec<u8> {
        let got = self.got.lock().unwrap();
        let mut all = std::iter::from_fn(|| got.recv_timeout(PATIENCE).ok());
        let is_theirs = |(whom, _): &Got| {
            whom.iter().map(|one| address(one)).eq(to.iter().map(|one| address(one)))
        };
        all.find(is_theirs).unwrap().1
    }

    /// The only mail that waits for somebody.
    fn held(&self) -> MailId {
        let mails = self.relay().mails();
        let mut held = mails.iter().filter(|mail| matches!(mail.status.phase, Phase::Held { .. }));
        let (first, None) = (held.next().unwrap().id, held.next()) else { panic!("{mails:?}") };
        first
    }

    fn decide(&self, id: MailId, decision: Decision) -> Result<(), Undecided> {
        let who = address("mori@example.jp");
        self.runtime.block_on(self.relay().desk().decide(id, decision, &who))
    }

    fn parcel(&self, mail: &[u8]) -> Parcel {
        self.relay().desk().parcel(link_in(mail).unwrap()).unwrap().unwrap()
    }

    /// What a code lets somebody fetch.
    fn fetched(&self, parcel: &Parcel, who: &str) -> Vec<Vec<u8>> {
        let (desk, who) = (self.relay().desk(), address(who));
        self.runtime.block_on(desk.send_code(parcel, &who)).unwrap();
        let code = texts(&self.next(&[&who.to_string()]));
        let code = code.lines().find(|line| line.len() == 9 && line.is_ascii()).unwrap();
        let session = desk.take_code(parcel, &who, code).unwrap();
        let who = desk.of_files_session(parcel, &session).unwrap();
        let from = Some("192.0.2.9".parse().unwrap());
        let files = 0..parcel.files.len();
        files
            .map(|file| {
                let fetched = desk.fetch(parcel, file, &who, from).unwrap().unwrap();
                fetched.collect::<Result<Vec<_>, _>>().unwrap().concat()
            })
            .collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop();
    }
}

fn address(written: &str) -> Address {
    written.parse().unwrap()
}

fn texts(mail: &[u8]) -> String {
    let mail = Mail::parse(mail, &MailLimits::default()).unwrap();
    mail.parts().filter_map(|(_, part)| mail.part_text(part).ok()).collect()
}

fn link_in(mail: &[u8]) -> Option<ParcelId> {
    let texts = texts(mail);
    let link = texts.lines().find_map(|line| line.strip_prefix("https://mail.example.jp/files/"));
    link?.parse().ok()
}

/// A copy of a folder as it is now.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn files_in(data: &Path) -> usize {
    fs::read_dir(data.join("files")).unwrap().count()
}

#[test]
fn files_stay_here_and_those_who_got_the_mail_fetch_them() {
    let house = House::new(PAGES, POLICY);
    house.send(&["a@client.example"], TWO_FILES);
    let mail = house.next(&["a@client.example"]);
    let said = texts(&mail);
    assert!(
        said.contains("hello") && said.contains("見積.bin") && said.contains("5 bytes"),
        "{said}"
    );
    assert!(!String::from_utf8_lossy(&mail).contains("AAECAwQFBgc="));
    let parcel = house.parcel(&mail);
    assert_eq!(
        house.fetched(&parcel, "A@client.EXAMPLE"),
        [&b"1,2,3"[..], &[0, 1, 2, 3, 4, 5, 6, 7]]
    );

    let desk = house.relay().desk();
    let (again, fetches) = desk.parcel_of(parcel.mail).unwrap().unwrap();
    assert_eq!(again, parcel);
    let told: Vec<_> =
        fetches.iter().map(|one| (one.file, one.from.unwrap().to_string())).collect();
    assert_eq!(told, [(0, "192.0.2.9".to_owned()), (1, "192.0.2.9".to_owned())]);
    assert!(fetches.iter().all(|one| address(&one.who) == address("a@client.example")));

    assert!(desk.withdraw(parcel.mail, "mori@example.jp").unwrap());
    let who = address("a@client.example");
    assert!(desk.fetch(&parcel, 0, &who, None).unwrap().is_none());
    assert_eq!(files_in(house.data.path()), 0);
    assert_eq!(desk.parcel_of(parcel.mail).unwrap().unwrap().1.len(), 2, "stays on record");
    desk.record().settle().unwrap();
    assert!(desk.record().verify().unwrap() >= 4, "linked, twice fetched, withdrawn");
}

#[test]
fn a_stranger_is_sent_no_code_and_has_no_way_in() {
    let house = House::new(PAGES, POLICY);
    house.send(&["a@client.example"], TWO_FILES);
    let parcel = house.parcel(&house.next(&["a@client.example"]));
    let (desk, stranger) = (house.relay().desk(), address("b@client.example"));
    house.runtime.block_on(desk.send_code(&parcel, &stranger)).unwrap();
    house.runtime.block_on(desk.send_code(&parcel, &address("a@client.example"))).unwrap();
    let code = texts(&house.next(&["a@client.example"]));
    let code = code.lines().find(|line| line.len() == 9 && line.is_ascii()).unwrap();
    assert_eq!(desk.take_code(&parcel, &stranger, code), None);
    let session = desk.take_code(&parcel, &address("a@client.example"), code).unwrap();
    assert_eq!(desk.of_session(&session), None, "no way into the pages of the organisation");
    // A session for one mail's files is none for another's.
    house.send(&["a@client.example"], TWO_FILES);
    let other = house.parcel(&house.next(&["a@client.example"]));
    assert_ne!(other.id, parcel.id);
    assert_eq!(desk.of_files_session(&other, &session), None);
}

#[test]
fn a_sender_who_is_asked_can_choose_links() {
    let house = House::new(PAGES, POLICY);
    let mail = TWO_FILES.replace("Subject: by link", "Subject: usual");
    house.send(BOTH, &mail);
    let id = house.held();
    let desk = house.relay().desk();
    let waits = desk.look(id, &address("mori@example.jp")).unwrap().unwrap();
    assert!(waits.rights.links && !waits.kept.judgement.unwrap().disposition.links);
    house.decide(id, Decision::Links).unwrap();
    let mail = house.next(BOTH);
    assert_eq!(house.parcel(&mail).recipients.len(), 2);
}

#[test]
fn what_cannot_go_by_link_does_not_go_otherwise_without_a_word() {
    let mut house = House::new("", POLICY);
    house.send(&["a@client.example"], TWO_FILES);
    // There are no pages to lead to: it waits for somebody else's word.
    while !matches!(house.relay().mails()[0].status.phase, Phase::Held { .. }) {
        std::thread::yield_now();
    }
    let id = house.held();
    assert!(matches!(house.decide(id, Decision::LetGo), Err(Undecided::OwnMail)));
    let kacho = address("kacho@example.jp");
    let links = house.runtime.block_on(house.relay().desk().decide(id, Decision::Links, &kacho));
    assert!(matches!(links, Err(Undecided::NoLinks)));
    house.runtime.block_on(house.relay().desk().decide(id, Decision::LetGo, &kacho)).unwrap();
    let mail = house.next(&["a@client.example"]);
    assert!(String::from_utf8_lossy(&mail).contains("AAECAwQFBgc="), "as somebody else decided");
    house.stop();

    let house = House::new(PAGES, POLICY);
    let signed = TWO_FILES.replace("multipart/mixed", "multipart/signed");
    house.send(&["a@client.example"], &signed);
    assert!(matches!(house.decide(house.held(), Decision::LetGo), Err(Undecided::OwnMail)));
}

/// Holds a mail, keeps the spool as it then was, lets the mail go out by link, stops, and puts the spool
/// back: as if the relay had been killed after the files were kept and before the mail was replaced.
fn killed_before_the_mail_was_replaced() -> (House, Vec<u8>) {
    let mut house = House::new(PAGES, POLICY);
    let mail = TWO_FILES.replace("Subject: by link", "Subject: usual");
    house.send(BOTH, &mail);
    house.held();
    house.stop();
    let (spool, before) = (house.data.path().join("spool"), house.data.path().join("before"));
    copied(&spool, &before);
    house.start();
    house.decide(house.held(), Decision::Links).unwrap();
    let first = house.next(BOTH);
    house.stop();
    fs::remove_dir_all(&spool).unwrap();
    fs::rename(&before, &spool).unwrap();
    (house, first)
}

#[test]
fn after_a_crash_the_same_mail_goes_out_with_the_same_links() {
    let (mut house, first) = killed_before_the_mail_was_replaced();
    house.start();
    house.decide(house.held(), Decision::Links).unwrap();
    let second = house.next(BOTH);
    assert_eq!(String::from_utf8_lossy(&second), String::from_utf8_lossy(&first));
    assert_eq!(files_in(house.data.path()), 2);
    let parcel = house.parcel(&second);
    assert_eq!(house.fetched(&parcel, "b@client.example")[0], b"1,2,3");
}

#[test]
fn after_a_crash_files_that_nobody_was_told_of_are_packed_anew() {
    let (mut house, first) = killed_before_the_mail_was_replaced();
    let old = link_in(&first).unwrap();
    // The kill came even before it was noted whose files these are.
    for table in ["files.sqlite", "files.sqlite-wal", "files.sqlite-shm"] {
        match fs::remove_file(house.data.path().join(table)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
    }
    house.start();
    assert_eq!(files_in(house.data.path()), 0);
    house.decide(house.held(), Decision::Links).unwrap();
    let second = house.next(BOTH);
    let parcel = house.parcel(&second);
    assert_ne!(parcel.id, old);
    assert_eq!(house.fetched(&parcel, "a@client.example")[0], b"1,2,3");
}

#[test]
fn where_files_cannot_be_kept_the_mail_waits_whole() {
    let house = House::new(PAGES, POLICY);
    // The folder is gone: a disk that fails.
    fs::remove_dir(house.data.path().join("files")).unwrap();
    house.send(&["a@client.example"], TWO_FILES);
    let deferred = || {
        let mails = house.relay().mails();
        let last = mails[0].status.recipients[0].last.clone();
        matches!(last, Some(relay::spool::Outcome::Deferred { .. }))
    };
    while !deferred() {
        std::thread::yield_now();
    }
    assert!(house.got.lock().unwrap().try_recv().is_err());
    assert!(house.relay().desk().parcel_of(house.relay().mails()[0].id).unwrap().is_none());
}
