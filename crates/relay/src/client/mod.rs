//! The client's side of SMTP (RFC 5321), which delivers: replies in, commands out. It has no socket,
//! no clock and no keys; its driver connects, reads, writes, waits and shakes hands. It does not know
//! whether a mail may go out, nor what is done about one that did not arrive.
//!
//! One connection takes mail after mail. `BDAT` is not used: every server has `DATA`, and what is
//! sent are lines. 8-bit mail is not recoded for a server that takes none: it fails with 5.6.3.
//!
//! ```
//! use std::sync::Arc;
//! use relay::{Address, Domain, Recipient};
//! use relay::client::{Behind, Client, ClientSettings, DeliveryStep, Outgoing, Outcome, Step};
//!
//! let mut client = Client::new(Arc::new(ClientSettings::new(Domain::parse("mail.example.jp")?)));
//! let (mut input, mut out): (&[u8], _) = (b"220 mx\r\n250-mx\r\n250 PIPELINING\r\n", Vec::new());
//! let Step::Ready(ready) = client.handle(&mut input, &mut out) else { panic!("not ready") };
//!
//! let to = [Recipient::new(Address::parse("sato@example.com")?)];
//! let mail = Outgoing { from: None, recipients: &to, content: b"Subject: hi\r\n\r\nhi\r\n",
//!     behind: Behind::Nothing, is_international: false, envelope_id: None, returned: None };
//! let mut delivery = ready.deliver(mail);
//! input = b"";
//! assert!(matches!(delivery.handle(&mut input, &mut out), DeliveryStep::Read));
//! input = b"250 sender\r\n250 recipient\r\n354 go\r\n250 mine now\r\n";
//! let DeliveryStep::Done(report) = delivery.handle(&mut input, &mut out) else { panic!("not done") };
//! assert!(matches!(report.outcomes[..], [Outcome::Delivered { .. }]));
//! # Ok::<(), relay::AddressError>(())
//! ```

mod capabilities;
mod content;
mod delivery;
mod outgoing;
mod reply;
mod report;
mod settings;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

pub use capabilities::Capabilities;
pub use content::{Behind, Sound};
pub use delivery::Delivery;
pub use outgoing::Outgoing;
use reply::ReplyReader;
pub use reply::{By, Enhanced, Outcome, Reply};
pub use report::{DeliveryStep, Lost, Report};
pub use settings::{Account, ClientSettings, Timeouts, TlsPolicy};

use crate::sasl;

/// One connection to a server.
#[derive(Debug)]
pub struct Client {
    settings: Arc<ClientSettings>,
    phase: Phase,
    replies: ReplyReader,
    offered: Capabilities,
    is_encrypted: bool,
}

/// What the next reply is to.
#[derive(Debug)]
enum Phase {
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    /// Nothing until the driver shook hands.
    Asked,
    LoginMessage,
    LoginName,
    LoginPassword,
    /// To nothing: the next mail may come.
    Ready,
    /// A delivery has the connection; if it is given up, so is the connection.
    Delivering,
    Reset,
    Quit,
    Closed(Closed),
}

/// What is to be done next.
#[derive(Debug)]
#[must_use = "the client waits for it"]
pub enum Step<'c> {
    /// Send what is in the output, then read more.
    Read,
    /// Send what is in the output, shake hands, then say so; close where that fails.
    StartTls(TlsQuestion<'c>),
    /// A mail can be delivered.
    Ready(Ready<'c>),
    /// Send what is in the output and close.
    Closed(Closed),
}

/// Why a connection is of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The server does not want to talk.
    Refused(Reply),
    /// TLS is required, and the server has none or does not start it.
    NoTls,
    /// The server takes no login of a kind that is known here, or not in private.
    NoLogin,
    /// The server does not take our login.
    LoginRefused(Reply),
    /// The server says something that is no reply, or that nobody asked for.
    Nonsense,
    /// Bytes came before the handshake that would have counted after it (CVE-2021-38371).
    FollowsStartTls,
    /// We said `QUIT`, or a delivery was given up.
    Ended,
}

impl Closed {
    /// What it means for mail that waits: another try, perhaps with another server. Even a 5xx
    /// greeting is about the server and not about any mail.
    pub fn outcome(&self) -> Outcome {
        let reply = match self {
            Self::Refused(reply) | Self::LoginRefused(reply) => reply.clone(),
            Self::NoTls => Reply::ours(454, Enhanced(4, 7, 10), "The server has no TLS"),
            Self::NoLogin => Reply::ours(454, Enhanced(4, 7, 0), "The server takes no login"),
            Self::Nonsense => Reply::ours(451, Enhanced(4, 5, 0), "The server speaks no SMTP"),
            Self::FollowsStartTls => {
                Reply::ours(454, Enhanced(4, 7, 5), "Somebody speaks between us and the server")
            }
            Self::Ended => Reply::ours(451, Enhanced(4, 4, 2), "The connection ended"),
        };
        Outcome::Deferred { reply: Arc::new(reply) }
    }
}

/// Waits for a handshake.
#[derive(Debug)]
#[must_use = "a client that gets no answer ends"]
pub struct TlsQuestion<'c>(&'c mut Client);

impl TlsQuestion<'_> {
    /// The connection is encrypted now. What the server said before counts no more.
    pub fn started(self, out: &mut Vec<u8>) {
        self.0.is_encrypted = true;
        self.0.say_ehlo(out);
    }
}

/// A connection that waits for a mail.
#[derive(Debug)]
pub struct Ready<'c>(&'c mut Client);

impl<'c> Ready<'c> {
    /// Begins to deliver a mail.
    pub fn deliver<'m>(self, mail: Outgoing<'m>) -> Delivery<'c, 'm> {
        Delivery::new(self.0, mail)
    }

    /// Takes leave.
    pub fn quit(self, out: &mut Vec<u8>) {
        self.0.say(Phase::Quit, "QUIT", out);
    }

    /// What the server offers.
    pub const fn offered(&self) -> &Capabilities {
        &self.0.offered
    }

    /// Whether the connection is encrypted.
    pub const fn is_encrypted(&self) -> bool {
        self.0.is_encrypted
    }
}

impl Client {
    /// A connection on which nothing was said yet.
    pub fn new(settings: Arc<ClientSettings>) -> Self {
        let is_encrypted = settings.tls == TlsPolicy::FromTheStart;
        Self {
            settings,
            phase: Phase::Greeting,
            replies: ReplyReader::default(),
            offered: Capabilities::default(),
            is_encrypted,
        }
    }

    /// Uses input until more is needed or a mail can be delivered.
    pub fn handle(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Step<'_> {
        loop {
            match &self.phase {
                Phase::Closed(why) => return Step::Closed(why.clone()),
                Phase::Asked | Phase::Delivering => self.phase = Phase::Closed(Closed::Ended),
                Phase::Ready if input.is_empty() && !self.replies.is_within_reply() => {
                    return Step::Ready(Ready(self));
                }
                _ => match self.replies.next(input) {
                    None => return Step::Read,
                    Some(Err(_)) => self.phase = Phase::Closed(Closed::Nonsense),
                    Some(Ok(reply)) => {
                        self.hear(reply, out);
                        if matches!(self.phase, Phase::Asked) {
                            if input.is_empty() {
                                return Step::StartTls(TlsQuestion(self));
                            }
                            self.phase = Phase::Closed(Closed::FollowsStartTls);
                        }
                    }
                },
            }
        }
    }

    /// How long the next byte is waited for.
    pub fn patience(&self) -> Duration {
        let timeouts = &self.settings.timeouts;
        if matches!(self.phase, Phase::Greeting) { timeouts.greeting } else { timeouts.command }
    }

    fn hear(&mut self, reply: Reply, out: &mut Vec<u8>) {
        match (&self.phase, reply.code) {
            (_, 421) => self.phase = Phase::Closed(Closed::Refused(reply)),
            (Phase::Greeting, 220) => self.say_ehlo(out),
            (Phase::Ehlo, 250) => {
                self.offered = Capabilities::parse(&reply.text);
                self.go_on(out);
            }
            // RFC 5321 §3.2: an old server knows only HELO.
            (Phase::Ehlo, 500..600) => {
                self.say(Phase::Helo, &format!("HELO {}", self.settings.helo.key()), out);
            }
            (Phase::Helo, 250) => self.go_on(out),
            (Phase::StartTls, 220) => self.phase = Phase::Asked,
            (Phase::StartTls, 400..600) if self.settings.tls == TlsPolicy::Opportunistic => {
                self.log_in(out);
            }
            (Phase::StartTls, _) => self.phase = Phase::Closed(Closed::NoTls),
            (Phase::LoginName, 334) => self.say_account(Phase::LoginPassword, out),
            (Phase::LoginPassword, 334) => self.say_account(Phase::LoginMessage, out),
            (Phase::LoginMessage, 235) | (Phase::Reset, 250) => self.phase = Phase::Ready,
            (Phase::LoginName | Phase::LoginPassword | Phase::LoginMessage, 400..600) => {
                self.phase = Phase::Closed(Closed::LoginRefused(reply));
            }
            (Phase::Quit, _) => self.phase = Phase::Closed(Closed::Ended),
            (Phase::Greeting | Phase::Ehlo | Phase::Helo | Phase::Reset, 400..600) => {
                self.phase = Phase::Closed(Closed::Refused(reply));
            }
            _ => self.phase = Phase::Closed(Closed::Nonsense),
        }
    }

    /// After the server said what it offers.
    fn go_on(&mut self, out: &mut Vec<u8>) {
        match self.settings.tls {
            TlsPolicy::Never | TlsPolicy::FromTheStart => self.log_in(out),
            _ if self.is_encrypted => self.log_in(out),
            TlsPolicy::Opportunistic if !self.offered.starttls => self.log_in(out),
            TlsPolicy::Opportunistic | TlsPolicy::Required if self.offered.starttls => {
                self.say(Phase::StartTls, "STARTTLS", out);
            }
            TlsPolicy::Opportunistic | TlsPolicy::Required => {
                self.phase = Phase::Closed(Closed::NoTls);
            }
        }
    }

    fn log_in(&mut self, out: &mut Vec<u8>) {
        let Some(account) = &self.settings.login else {
            self.phase = Phase::Ready;
            return;
        };
        let may_say = self.is_encrypted || account.may_be_overheard;
        if may_say && self.offered.auth_plain {
            let message = sasl::plain_message(&account.name, &account.password);
            self.say(Phase::LoginMessage, &format!("AUTH PLAIN {message}"), out);
        } else if may_say && self.offered.auth_login {
            self.say(Phase::LoginName, "AUTH LOGIN", out);
        } else {
            self.phase = Phase::Closed(Closed::NoLogin);
        }
    }

    /// Says the next part of LOGIN.
    fn say_account(&mut self, next: Phase, out: &mut Vec<u8>) {
        if let Some(account) = &self.settings.login {
            let part = match next {
                Phase::LoginPassword => account.name.as_str(),
                _ => account.password.reveal(),
            };
            self.say(next, &sasl::login_message(part), out);
        }
    }

    fn say_ehlo(&mut self, out: &mut Vec<u8>) {
        self.offered = Capabilities::default();
        self.say(Phase::Ehlo, &format!("EHLO {}", self.settings.helo.key()), out);
    }

    fn say(&mut self, next: Phase, command: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(command.as_bytes());
        out.extend_from_slice(b"\r\n");
        self.phase = next;
    }
}
