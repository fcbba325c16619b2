//! The server's side of SMTP (RFC 5321): bytes in, replies and questions out. It has no socket, no
//! clock and no keys: its driver reads, writes, waits, encrypts, checks passwords and keeps mail,
//! each when it is asked to. It does not know what a mail says, nor where it goes.
//!
//! The driver has one buffer for input and one for output; between commands a session holds neither,
//! so thousands of idle connections can share a few.
//!
//! ```
//! use std::sync::Arc;
//! use relay::{Login, session::{Admission, Listener, Role, SenderRights, Session, Step}};
//!
//! let listener = Arc::new(Listener::new("mail.example.jp", Role::Relay));
//! let known = Admission { login: Login::Network("branch".into()), rights: SenderRights::any() };
//! let mut out = Vec::new();
//! let mut session = Session::new(listener, None, Some(known), false, &mut out);
//!
//! let mut input: &[u8] = b"EHLO pc.example.jp\r\nMAIL FROM:<a@example.jp>\r\nRCPT TO:<b@example.com>\r\n\
//!     DATA\r\nSubject: hi\r\n\r\n..\r\n.\r\nQUIT\r\n";
//! let mut mails = Vec::new();
//! loop {
//!     match session.handle(&mut input, &mut out) {
//!         Step::Mail(taken, question) => {
//!             mails.push(taken.content); // onto stable storage, in a real driver
//!             question.accepted("1", &mut out);
//!         }
//!         Step::Close => break,
//!         step => panic!("{step:?}"),
//!     }
//! }
//! assert_eq!(mails, [b"Subject: hi\r\n\r\n.\r\n"]);
//! assert!(out.ends_with(b"250 2.0.0 Kept as 1\r\n221 2.0.0 Bye\r\n"));
//! ```

mod command;
mod data;
mod parameters;
mod path;
mod receive;
mod reply;
mod serve;
mod settings;
mod step;
#[cfg(test)]
mod tests;
mod transaction;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use receive::{Chunk, Chunks, Receiving};
use reply::{Reply, say};
use transaction::Transaction;

use crate::line::{LineFault, LineReader};
use crate::sasl::Exchange;
pub use crate::sasl::{Credentials, Mechanism, Password};
pub use settings::{
    Admission, Listener, Passwords, Patience, Role, SenderRights, SessionLimits, StartTls,
};
pub use step::{LoginQuestion, LoginRefusal, MailQuestion, Refusal, Step, Taken, TlsQuestion};

/// One connection of a client.
#[derive(Debug)]
pub struct Session {
    listener: Arc<Listener>,
    state: State,
    lines: LineReader,
    client: Option<IpAddr>,
    is_encrypted: bool,
    /// By network or certificate.
    known: Option<Admission>,
    /// By password.
    proven: Option<Admission>,
    helo: Option<Box<str>>,
    bad_commands: u32,
    login_failures: u32,
    transactions: u32,
}

/// What the next bytes are.
#[derive(Debug)]
enum State {
    Commands(Stage),
    Login(Exchange),
    Data(Box<Receiving>),
    Chunk(Chunk),
    /// Nothing until the driver answered. Also what a session is in while it thinks, so that
    /// whatever is forgotten ends it.
    Asked,
    Closed,
}

/// How far a mail has come, between commands.
#[derive(Debug)]
enum Stage {
    Idle,
    Open(Box<Transaction>),
    Chunks(Box<Chunks>),
}

/// Why the session stops using input.
enum Pause {
    Read,
    StartTls,
    CheckLogin(Credentials),
    Mail(Box<Taken>),
    Close,
}

/// Why a driver ends a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// The client was waited for too long.
    WaitedTooLong,
    /// The relay stops.
    ShuttingDown,
}

impl Session {
    /// Greets a client. `known` is whom its network or its certificate admits; `is_encrypted` says
    /// that the connection was so from its first byte.
    pub fn new(
        listener: Arc<Listener>,
        client: Option<IpAddr>,
        known: Option<Admission>,
        is_encrypted: bool,
        out: &mut Vec<u8>,
    ) -> Self {
        out.extend_from_slice(b"220 ");
        out.extend_from_slice(listener.host.as_bytes());
        out.extend_from_slice(b" ESMTP\r\n");
        Self {
            listener,
            state: State::Commands(Stage::Idle),
            lines: LineReader::default(),
            client,
            is_encrypted,
            known,
            proven: None,
            helo: None,
            bad_commands: 0,
            login_failures: 0,
            transactions: 0,
        }
    }

    /// What is said to a client instead of a greeting where there are too many.
    pub fn turn_away(out: &mut Vec<u8>) {
        say(reply::TOO_BUSY, out);
    }

    /// Uses input until it is used up or the driver is asked for something; what is then left of it
    /// belongs to the next call. All that was read must be handed in before the driver shakes hands:
    /// bytes that followed `STARTTLS` in the clear end the session.
    pub fn handle(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Step<'_> {
        match self.run(input, out) {
            Pause::Read => Step::Read,
            Pause::StartTls => Step::StartTls(TlsQuestion(self)),
            Pause::CheckLogin(claimed) => Step::CheckLogin(claimed, LoginQuestion(self)),
            Pause::Mail(taken) => Step::Mail(taken, MailQuestion(self)),
            Pause::Close => Step::Close,
        }
    }

    /// Ends the session; the driver sends what is in the output and closes.
    pub fn hang_up(&mut self, why: Farewell, out: &mut Vec<u8>) {
        let reply = match why {
            Farewell::WaitedTooLong => reply::WAITED_TOO_LONG,
            Farewell::ShuttingDown => reply::SHUTTING_DOWN,
        };
        self.hang_up_with(reply, out);
    }

    /// How long the next byte is waited for.
    pub fn patience(&self) -> Duration {
        let patience = &self.listener.patience;
        match self.state {
            _ if self.is_stranger() => patience.stranger,
            State::Data(_) | State::Chunk(_) => patience.data,
            _ => patience.command,
        }
    }

    /// Whether nobody knows yet who the client is, so that it can do nothing but say so.
    pub fn is_stranger(&self) -> bool {
        self.admission().is_err()
    }

    /// Whether nothing was begun that would be lost if the session ended now.
    pub const fn is_idle(&self) -> bool {
        matches!(self.state, State::Commands(Stage::Idle) | State::Closed)
            && !self.lines.is_within_line()
    }

    fn run(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Pause {
        loop {
            let pause = match std::mem::replace(&mut self.state, State::Asked) {
                State::Commands(stage) => self.next_command(stage, input, out),
                State::Login(exchange) => self.next_login_line(exchange, input, out),
                State::Data(receiving) => self.receive(receiving, input, out),
                State::Chunk(chunk) => self.receive_chunk(chunk, input, out),
                State::Asked => Some(self.close(reply::SOMETHING_BROKE, out)),
                State::Closed => {
                    self.state = State::Closed;
                    Some(Pause::Close)
                }
            };
            if let Some(pause) = pause {
                return pause;
            }
        }
    }

    fn next_command(
        &mut self,
        stage: Stage,
        input: &mut &[u8],
        out: &mut Vec<u8>,
    ) -> Option<Pause> {
        match self.lines.next(input, self.listener.limits.command_bytes) {
            Some(Ok(line)) => self.command(&line, stage, !input.is_empty(), out),
            Some(Err(LineFault::Bare)) => Some(self.close(reply::BARE_LINE_END, out)),
            Some(Err(LineFault::TooLong)) => self.refuse(stage, reply::LINE_TOO_LONG, out),
            None => {
                self.state = State::Commands(stage);
                Some(Pause::Read)
            }
        }
    }

    fn next_login_line(
        &mut self,
        exchange: Exchange,
        input: &mut &[u8],
        out: &mut Vec<u8>,
    ) -> Option<Pause> {
        match self.lines.next(input, self.listener.limits.login_bytes) {
            Some(Ok(line)) => self.go_on_logging_in(exchange.answered(&line), out),
            Some(Err(LineFault::Bare)) => Some(self.close(reply::BARE_LINE_END, out)),
            Some(Err(LineFault::TooLong)) => self.refuse(Stage::Idle, reply::LINE_TOO_LONG, out),
            None => {
                self.state = State::Login(exchange);
                Some(Pause::Read)
            }
        }
    }

    fn stay(&mut self, stage: Stage, reply: Reply, out: &mut Vec<u8>) -> Option<Pause> {
        say(reply, out);
        self.state = State::Commands(stage);
        None
    }

    /// Says no to something that no client needs to say often.
    fn refuse(&mut self, stage: Stage, reply: Reply, out: &mut Vec<u8>) -> Option<Pause> {
        self.bad_commands += 1;
        if self.bad_commands <= self.listener.limits.bad_commands {
            return self.stay(stage, reply, out);
        }
        say(reply, out);
        Some(self.close(reply::TOO_MANY_ERRORS, out))
    }

    fn close(&mut self, reply: Reply, out: &mut Vec<u8>) -> Pause {
        self.hang_up_with(reply, out);
        Pause::Close
    }

    fn hang_up_with(&mut self, reply: Reply, out: &mut Vec<u8>) {
        say(reply, out);
        self.state = State::Closed;
    }
}
