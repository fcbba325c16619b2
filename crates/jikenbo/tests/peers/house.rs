//! `jikenbo relay run` on ports of its own, with a policy, its people, a certificate and one account.
//! It does not know who talks to it.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use testkit::smtp::{Arrived, Client};

use crate::{make_certificate, run};

/// The password of the only account, `mori`, who may write as `mori@example.jp` alone.
pub(crate) const PASSWORD: &str = "shirakaba no michi in October";

/// Everybody of the organisation whom a test speaks of.
const PEOPLE: &str = "address,names,aliases,approvers\n\
    mori@example.jp,森 桃子,,\n\
    watanabe@example.jp,渡辺 直人,,\n\
    kacho@example.jp,橘 薫,,\n";

/// As a policy has it.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut child = jikenbo()
        .args(["relay", "password"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(format!("{PASSWORD}\n").as_bytes()).expect("the password is taken");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("a hash").trim().to_owned()
});

/// How the relay speaks to the next server.
pub(crate) const IN_THE_CLEAR: &str = "never";
/// The same with a certificate that is checked.
pub(crate) const ENCRYPTED: &str = "required";

/// A running relay and its folder.
pub(crate) struct House {
    relay: Child,
    /// Where people hand mail in, with a password.
    pub(crate) submission: SocketAddr,
    /// Where mail servers hand it in.
    pub(crate) relayed: SocketAddr,
    folder: tempfile::TempDir,
}

impl House {
    /// Starts it before a server.
    pub(crate) fn before(server: &str, tls: &str) -> Self {
        let keys = tempfile::tempdir().expect("a folder");
        make_certificate(keys.path());
        Self::trusting(server, tls, keys.path())
    }

    /// Starts it with the certificate and key of a folder, which it trusts when it asks for one.
    pub(crate) fn trusting(server: &str, tls: &str, keys: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for file in ["relay.pem", "relay.key"] {
            fs::copy(keys.join(file), folder.path().join(file)).expect("a certificate");
        }
        fs::write(folder.path().join("people.csv"), PEOPLE).expect("people");
        let policy = format!(
            "[organisation]\ndomains = [\"example.jp\"]\npeople = \"people.csv\"\n\
             [relay]\nhost = \"relay.example.jp\"\nrelay = [\"127.0.0.1:0\"]\n\
             submission = [\"127.0.0.1:0\"]\ncertificate = \"relay.pem\"\nkey = \"relay.key\"\n\
             deliver-to = \"{server}\"\ndeliver-tls = \"{tls}\"\n\
             [accounts.mori]\npassword = '{}'\nsenders = [\"mori@example.jp\"]\n",
            *HASH
        );
        fs::write(folder.path().join("relay.toml"), policy).expect("a policy");
        let mut relay = jikenbo()
            .args(["relay", "run", "--no-pages", "--policy", "relay.toml", "--data", "data"])
            .current_dir(folder.path())
            .env("SSL_CERT_FILE", folder.path().join("relay.pem"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("the relay starts");
        let mut said = BufReader::new(relay.stderr.take().expect("its messages")).lines();
        let mut address = || {
            let line = said.next().expect("the relay says where it is").expect("a line");
            let address = line.rsplit(' ').next().and_then(|address| address.parse().ok());
            address.unwrap_or_else(|| panic!("no address: {line}"))
        };
        let (submission, relayed) = (address(), address());
        // Whatever it says later, it must not wait for a reader.
        std::thread::spawn(move || said.for_each(drop));
        Self { relay, submission, relayed, folder }
    }

    /// Where the certificate and its key lie: `relay.pem`, `relay.key`.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Hands a mail in as a mail server does.
    pub(crate) fn send(&self, to: &[String], mail: &[u8]) {
        let mut client = Client::connect(self.relayed).expect("the relay greets");
        client.send("mori@example.jp", to, mail).expect("the mail is taken");
    }

    /// Everything that is held.
    pub(crate) fn held(&self) -> Vec<Held> {
        let output = run(self.ask().args(["held", "--format", "json", "--data", "data"]));
        let told = String::from_utf8(output.stdout).expect("JSON");
        told.lines().map(|line| Held(serde_json::from_str(line).expect("JSON"))).collect()
    }

    /// The only mail that is held.
    #[track_caller]
    pub(crate) fn the_held(&self) -> Held {
        let mut held = self.held();
        assert_eq!(held.len(), 1, "{held:?}");
        held.remove(0)
    }

    /// Lets a mail go out; whether it could.
    pub(crate) fn release(&self, mail: &Held, who: &str) -> bool {
        self.decide("release", mail, who)
    }

    /// Says `release` or `cancel`; whether it counts.
    pub(crate) fn decide(&self, word: &str, mail: &Held, who: &str) -> bool {
        let mut command = self.ask();
        command.args([word, &mail.id(), "--who", who, "--data", "data"]);
        command.output().expect("the command starts").status.success()
    }

    fn ask(&self) -> Command {
        let mut command = jikenbo();
        command.arg("relay").current_dir(self.folder.path());
        command
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.relay.kill();
        let _reaped = self.relay.wait();
    }
}

/// A held mail, as `jikenbo relay held` tells it.
#[derive(Debug)]
pub(crate) struct Held(serde_json::Value);

impl Held {
    fn id(&self) -> String {
        self.0["id"].as_str().expect("an id").to_owned()
    }

    /// The checks that found something, and the Japanese sentences.
    pub(crate) fn found(&self) -> Vec<(String, String)> {
        let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
        let findings = self.0["judgement"]["findings"].as_array().expect("findings");
        findings.iter().map(|one| (text(&one["check"]), text(&one["says"]["ja"]))).collect()
    }

    /// Whether that check found something.
    pub(crate) fn is_found_by(&self, check: &str) -> bool {
        self.found().iter().any(|(id, _)| id == check)
    }
}

fn jikenbo() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("jikenbo"))
}

/// What arrived is what was sent, behind traces of the way, which are told without their folding.
#[track_caller]
pub(crate) fn assert_arrived(name: &str, sent: &[u8], arrived: &Arrived) -> String {
    let shown = String::from_utf8_lossy(&arrived.mail);
    let trace = arrived.mail.strip_suffix(sent);
    let trace = trace.unwrap_or_else(|| {
        panic!("{name}: sent\n{}\narrived\n{shown}", String::from_utf8_lossy(sent))
    });
    let trace = String::from_utf8(trace.to_vec()).expect("a trace is ASCII");
    for line in trace.lines() {
        let is_trace = ["Received:", " ", "\t"].iter().any(|begin| line.starts_with(begin));
        assert!(is_trace, "{name}: added {line}");
    }
    assert!(trace.contains("by relay.example.jp"), "{name}: {trace}");
    // Programs fold it where they like.
    trace.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
