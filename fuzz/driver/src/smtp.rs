//! The relay's two sides of SMTP, under bytes that a peer may send. They have no sockets, so neither
//! has this.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use relay::client::{Behind, Client, ClientSettings, DeliveryStep, Lost, Outcome, Outgoing};
use relay::session::{
    Admission, Listener, LoginRefusal, Passwords, Role, SenderRights, Session, StartTls, Step,
    Taken,
};
use relay::{Address, Domain, Login, Recipient, client};

/// Beyond this a session that never ends is one.
const MOST_STEPS: usize = 1 << 20;

/// A client's bytes to a session, and a server's bytes to a client: the first byte picks the listener
/// and how the bytes are cut. Cut anywhere, they do the same; a stranger delivers nothing; what is
/// taken are whole lines; and it goes out and comes in again as it is.
///
/// # Panics
/// Where something does not hold, like every target.
pub fn session(data: &[u8]) -> u64 {
    let Some((&first, bytes)) = data.split_first() else { return 0 };
    let (listener, known) = kind(first);
    let is_stranger = known.is_none();
    let pieces: Vec<&[u8]> = bytes.chunks(1 + usize::from(first >> 2) % 31).collect();
    let whole = converse(&listener, known.clone(), &[bytes]);
    let in_pieces = converse(&listener, known, &pieces);
    assert_eq!(whole.said, in_pieces.said, "cut into pieces the same bytes do something else");
    for taken in &whole.taken {
        let is_proven = !is_stranger || matches!(taken.envelope.login, Login::Account(_));
        assert!(is_proven, "a stranger's mail is taken");
        assert!(!taken.envelope.to.is_empty(), "a mail for nobody is taken");
        assert_eq!(
            again(taken).as_deref(),
            Some(taken.content.as_slice()),
            "it changes on the way"
        );
    }
    let outcomes = deliver(&pieces);
    let mut state = DefaultHasher::new();
    let codes: Vec<&str> = whole.said.lines().filter_map(|line| line.get(..9)).collect();
    codes.get(codes.len().saturating_sub(6)..).hash(&mut state);
    (whole.taken.len().min(4), outcomes).hash(&mut state);
    state.finish()
}

/// A listener, and who is known there.
fn kind(first: u8) -> (Arc<Listener>, Option<Admission>) {
    let relay =
        Listener { starttls: StartTls::Offered, ..Listener::new("mail.example.jp", Role::Relay) };
    let submission = Listener {
        starttls: StartTls::Absent,
        passwords: Passwords::Always,
        ..Listener::new("mail.example.jp", Role::Submission)
    };
    match first % 4 {
        0 | 1 => (Arc::new(relay), Some(branch())),
        2 => (Arc::new(relay), None),
        _ => (Arc::new(submission), None),
    }
}

fn branch() -> Admission {
    Admission { login: Login::Network("branch".to_owned()), rights: SenderRights::any() }
}

/// What was said, up to where the driver would shake hands, and what was taken.
struct Record {
    said: String,
    taken: Vec<Taken>,
}

fn converse(listener: &Arc<Listener>, known: Option<Admission>, pieces: &[&[u8]]) -> Record {
    let mut out = Vec::new();
    let mut taken = Vec::new();
    let mut session = Session::new(Arc::clone(listener), None, known, false, &mut out);
    'pieces: for piece in pieces {
        let mut input = *piece;
        loop {
            match session.handle(&mut input, &mut out) {
                Step::Read => break,
                // What comes with the command or after it depends on how it is cut.
                Step::StartTls(_) | Step::Close => break 'pieces,
                Step::CheckLogin(claimed, question) => {
                    let login = Login::Account(claimed.name);
                    let right = Admission { login, rights: SenderRights::any() };
                    let is_right = claimed.password.reveal() == "right";
                    question.answer(
                        if is_right { Ok(right) } else { Err(LoginRefusal::Wrong) },
                        &mut out,
                    );
                }
                Step::Mail(mail, question) => {
                    taken.push(*mail);
                    question.accepted("1", &mut out);
                }
            }
        }
    }
    let mut said = String::from_utf8(out).expect("replies are text");
    assert!(said.ends_with("\r\n"), "a reply has no end");
    for line in said.split_terminator("\r\n") {
        let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
        assert!(code.is_some_and(|code| (200..600).contains(&code)), "no reply: {line:?}");
        assert!(!line.contains(['\r', '\n', '\0']), "a reply is cut: {line:?}");
    }
    for end in ["220 2.0.0 Ready for TLS", "501 5.5.1 Nothing may follow STARTTLS"] {
        if let Some(at) = said.find(end) {
            said.truncate(at);
        }
    }
    Record { said, taken }
}

fn new_client() -> Client {
    let helo = Domain::parse("mail.example.jp").expect("a domain");
    Client::new(Arc::new(ClientSettings::new(helo)))
}

/// Sends a mail to a server that agrees to everything, and takes what was sent in again.
fn again(mail: &Taken) -> Option<Vec<u8>> {
    let mut client = new_client();
    let mut out = Vec::new();
    let mut input: &[u8] =
        b"220 mx\r\n250-mx\r\n250-8BITMIME\r\n250-DSN\r\n250-SIZE\r\n250 SMTPUTF8\r\n";
    let client::Step::Ready(ready) = client.handle(&mut input, &mut out) else { return None };
    let outgoing = Outgoing::of(&mail.envelope, &mail.envelope.to, &mail.content);
    let mut delivery = ready.deliver(outgoing);
    let yes = "250 yes\r\n".repeat(1 + mail.envelope.to.len()) + "354 go\r\n250 mine\r\n";
    let mut input = yes.as_bytes();
    loop {
        match delivery.handle(&mut input, &mut out) {
            DeliveryStep::Done(report) => {
                let all = report.outcomes.iter();
                assert!(
                    all.into_iter().all(|outcome| matches!(outcome, Outcome::Delivered { .. }))
                );
                break;
            }
            DeliveryStep::Write | DeliveryStep::Supply { .. } => {}
            DeliveryStep::Read => return None,
        }
    }
    let (listener, _) = kind(0);
    converse(&listener, Some(branch()), &[&out]).taken.pop().map(|taken| taken.content)
}

/// What becomes of a mail at a server that says this.
fn deliver(pieces: &[&[u8]]) -> Vec<u16> {
    let to = ["a@example.com", "渡辺@example.com"]
        .map(|to| Recipient::new(Address::parse(to).expect("an address")));
    let outgoing = Outgoing {
        from: None,
        recipients: &to,
        content: b".hi\r\n",
        behind: Behind::Nothing,
        is_international: false,
        envelope_id: Some("a b"),
        returned: None,
    };
    let mut client = new_client();
    let (mut out, mut codes) = (Vec::new(), Vec::new());
    let mut pieces = pieces.iter();
    let mut input: &[u8] = b"220 mx\r\n250-mx\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n";
    for _ in 0..MOST_STEPS {
        match client.handle(&mut input, &mut out) {
            client::Step::Closed(_) => return codes,
            client::Step::StartTls(question) => question.started(&mut out),
            client::Step::Read => match pieces.next() {
                Some(piece) => input = piece,
                None => return codes,
            },
            client::Step::Ready(_) if codes.len() >= 6 => return codes,
            client::Step::Ready(ready) => {
                let mut delivery = ready.deliver(outgoing);
                let report = loop {
                    match delivery.handle(&mut input, &mut out) {
                        DeliveryStep::Done(report) => break report,
                        DeliveryStep::Write | DeliveryStep::Supply { .. } => {}
                        DeliveryStep::Read => match pieces.next() {
                            Some(piece) => input = piece,
                            None => break delivery.lost(Lost::Closed),
                        },
                    }
                };
                assert_eq!(report.outcomes.len(), to.len(), "a recipient has no outcome");
                codes.extend(report.outcomes.iter().map(|outcome| outcome.reply().code));
            }
        }
    }
    panic!("the client never ends");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_comes_in_goes_out_and_comes_in() {
        let (listener, known) = kind(0);
        let said = "HELO pc\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n..é\r\n.\r\n";
        let record = converse(&listener, known, &[said.as_bytes()]);
        assert_eq!(again(&record.taken[0]).as_deref(), Some(".é\r\n".as_bytes()));
        assert_eq!(deliver(&[b"250 a\r\n550 b\r\n250 c\r\n354 d\r\n250 e\r\n"])[..2], [550, 250]);
    }
}
