//! Dialogues with a session, written down as they go: `C:` a line of the client, `B:` bytes of the
//! client with escapes, `S:` a line of the relay, `*` what its driver is asked. The driver here knows
//! one password, and keeps every mail that does not come from `refused@…`.

mod advisories;
mod dialogues;
mod properties;

use std::fmt::Write as _;
use std::sync::Arc;

use super::{
    Admission, Credentials, Listener, LoginRefusal, Passwords, Refusal, Role, SenderRights,
    Session, StartTls, Step, Taken,
};
use crate::envelope::{Body, Recipient};
use crate::{Address, Domain, Login};

/// A conversation and what was said in it.
struct Conversation {
    session: Session,
    out: Vec<u8>,
    said: String,
    mails: Vec<Taken>,
    is_over: bool,
}

impl Conversation {
    fn new(listener: &Arc<Listener>, known: Option<Admission>) -> Self {
        let mut out = Vec::new();
        let client = "192.0.2.7".parse().ok();
        let session = Session::new(Arc::clone(listener), client, known, false, &mut out);
        let mut begun =
            Self { session, out, said: String::new(), mails: Vec::new(), is_over: false };
        begun.write_down();
        begun
    }

    /// Hands in bytes as they would come in one read.
    fn hear(&mut self, mut input: &[u8]) {
        while !self.is_over {
            match self.session.handle(&mut input, &mut self.out) {
                Step::Read => {
                    assert!(input.is_empty(), "input is left");
                    self.write_down();
                    break;
                }
                Step::StartTls(question) => {
                    question.started(None);
                    self.event("tls");
                }
                Step::CheckLogin(claimed, question) => {
                    let Credentials { mechanism, name, password } = claimed;
                    let outcome = match password.reveal() {
                        "right" => Ok(account(&name)),
                        "broken" => Err(LoginRefusal::NotNow),
                        _ => Err(LoginRefusal::Wrong),
                    };
                    write_down(&mut self.out, &mut self.said);
                    let _ = writeln!(self.said, "* login {} {name}", mechanism.name());
                    question.answer(outcome, &mut self.out);
                    self.write_down();
                }
                Step::Mail(taken, question) => {
                    let from = taken.envelope.from.as_ref();
                    if from.is_some_and(|from| from.local() == "refused") {
                        question.refused(Refusal::AgainstPolicy, &mut self.out);
                    } else {
                        question.accepted(&(self.mails.len() + 1).to_string(), &mut self.out);
                    }
                    self.event(&described(&taken));
                    self.mails.push(*taken);
                }
                Step::Close => {
                    self.is_over = true;
                    self.event("closed");
                }
            }
        }
    }

    fn event(&mut self, event: &str) {
        self.write_down();
        let _ = writeln!(self.said, "* {event}");
    }

    fn write_down(&mut self) {
        write_down(&mut self.out, &mut self.said);
    }
}

fn write_down(out: &mut Vec<u8>, said: &mut String) {
    let out = String::from_utf8(std::mem::take(out)).expect("replies are text");
    assert!(out.is_empty() || out.ends_with("\r\n"), "a reply has no end: {out:?}");
    for line in out.split_terminator("\r\n") {
        let _ = writeln!(said, "S: {line}");
    }
}

/// A mail in one line.
fn described(taken: &Taken) -> String {
    let envelope = &taken.envelope;
    let mut line =
        format!("mail <{}>", envelope.from.as_ref().map_or_else(String::new, Address::to_string));
    for Recipient { address, notify, original } in &envelope.to {
        let _ = write!(line, " <{address}>");
        if let Some(n) = notify {
            let _ = write!(
                line,
                " notify={}{}{}",
                u8::from(n.success),
                u8::from(n.failure),
                u8::from(n.delay)
            );
        }
        if let Some(original) = original {
            let _ = write!(line, " orcpt={original}");
        }
    }
    if envelope.body == Body::EightBit {
        line.push_str(" 8bit");
    }
    if envelope.is_international {
        line.push_str(" utf8");
    }
    if let Some(id) = &envelope.envelope_id {
        let _ = write!(line, " envid={id}");
    }
    if let Some(returned) = &envelope.returned {
        let _ = write!(line, " ret={returned:?}");
    }
    let _ = write!(line, " by {:?} {:?}", envelope.login, String::from_utf8_lossy(&taken.content));
    line
}

fn account(name: &str) -> Admission {
    let own = Address::parse(&format!("{name}@example.jp")).into_iter().collect();
    Admission { login: Login::Account(name.to_owned()), rights: SenderRights::own(own, Vec::new()) }
}

/// A machine of the organisation.
fn branch() -> Admission {
    let domains = vec![Domain::parse("example.jp").unwrap()];
    let rights = SenderRights::own(Vec::new(), domains);
    Admission { login: Login::Network("branch".to_owned()), rights }
}

fn relay() -> Listener {
    Listener { starttls: StartTls::Absent, ..Listener::new("mail.example.jp", Role::Relay) }
}

/// As on a loopback address: passwords without TLS.
fn submission() -> Listener {
    Listener {
        starttls: StartTls::Absent,
        passwords: Passwords::Always,
        ..Listener::new("mail.example.jp", Role::Submission)
    }
}

/// The conversation that a script's client leads is the script.
#[track_caller]
fn check(listener: Listener, known: Option<Admission>, script: &str) {
    let listener = Arc::new(listener);
    let mut conversation = Conversation::new(&listener, known);
    for line in script.lines() {
        if let Some(line) = line.strip_prefix("C: ") {
            let _ = writeln!(conversation.said, "C: {line}");
            conversation.hear(format!("{line}\r\n").as_bytes());
        } else if let Some(escaped) = line.strip_prefix("B: ") {
            let _ = writeln!(conversation.said, "B: {escaped}");
            conversation.hear(unescape(escaped).as_bytes());
        }
    }
    let script = script.trim_start();
    assert_eq!(
        conversation.said, script,
        "\n--- said:\n{}\n--- script:\n{script}",
        conversation.said
    );
}

fn unescape(escaped: &str) -> String {
    escaped.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0")
}
