//! What a session asks of its driver, and how it is answered. A question borrows the session, so
//! nothing can go on before it is answered, and it can be answered once. It does not know how the
//! driver finds the answer.

use super::reply::{self, Reply, say};
use super::{SenderRights, Session, Stage, State};
use crate::envelope::Envelope;
use crate::sasl::Credentials;
use crate::session::Admission;

/// What is to be done next.
#[derive(Debug)]
#[must_use = "the session waits for it"]
pub enum Step<'s> {
    /// Send what is in the output, then read more.
    Read,
    /// Send what is in the output, shake hands, then answer; close where that fails.
    StartTls(TlsQuestion<'s>),
    /// Check a password.
    CheckLogin(Credentials, LoginQuestion<'s>),
    /// Keep a mail where no crash loses it.
    Mail(Box<Taken>, MailQuestion<'s>),
    /// Send what is in the output and close; best by closing the writing half first and reading on
    /// for a moment, for else a client that still sends never sees the reply.
    Close,
}

/// A mail as a client handed it in.
#[derive(Debug)]
pub struct Taken {
    /// From whom and to whom, and who handed it in.
    pub envelope: Envelope,
    /// Its bytes: lines that end with CRLF, the dots of the way taken away.
    pub content: Vec<u8>,
    /// What its `From` may say.
    pub rights: SenderRights,
}

/// Waits for a handshake.
#[derive(Debug)]
#[must_use = "a session that gets no answer ends"]
pub struct TlsQuestion<'s>(pub(super) &'s mut Session);

impl TlsQuestion<'_> {
    /// The connection is encrypted now; `certificate` is whom the client's certificate admits, if it
    /// has one. All that was said before counts no more (RFC 3207 §4.2).
    pub fn started(self, certificate: Option<Admission>) {
        let session = self.0;
        session.is_encrypted = true;
        session.helo = None;
        session.proven = None;
        if certificate.is_some() {
            session.known = certificate;
        }
        session.state = State::Commands(Stage::Idle);
    }
}

/// Why a login fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginRefusal {
    /// There is no such account, or the password is another.
    Wrong,
    /// It cannot be checked at the moment, or too many were wrong lately.
    NotNow,
}

/// Waits for a password to be checked.
#[derive(Debug)]
#[must_use = "a session that gets no answer ends"]
pub struct LoginQuestion<'s>(pub(super) &'s mut Session);

impl LoginQuestion<'_> {
    /// Says who it is, or why that cannot be said.
    pub fn answer(self, outcome: Result<Admission, LoginRefusal>, out: &mut Vec<u8>) {
        let session = self.0;
        session.state = State::Commands(Stage::Idle);
        match outcome {
            Ok(admission) => {
                session.proven = Some(admission);
                say(reply::LOGGED_IN, out);
            }
            Err(LoginRefusal::NotNow) => say(reply::LOGIN_UNAVAILABLE, out),
            Err(LoginRefusal::Wrong) => {
                say(reply::LOGIN_WRONG, out);
                session.login_failures += 1;
                if session.login_failures >= session.listener.limits.login_failures {
                    session.hang_up_with(reply::TOO_MANY_LOGINS, out);
                }
            }
        }
    }
}

/// Why a mail that came whole is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Something is broken here; the client tries again.
    NotNow,
    /// There is no space; the client tries again.
    NoSpace,
    /// It cannot be read, and policy does not let such mail wait.
    Unreadable,
    /// It has been here before.
    GoesRound,
    /// Policy says no.
    AgainstPolicy,
}

impl Refusal {
    const fn reply(self) -> Reply {
        match self {
            Self::NotNow => reply::NOT_NOW,
            Self::NoSpace => reply::NO_SPACE,
            Self::Unreadable => reply::UNREADABLE,
            Self::GoesRound => reply::GOES_ROUND,
            Self::AgainstPolicy => reply::AGAINST_POLICY,
        }
    }
}

/// Waits for a mail to be kept.
#[derive(Debug)]
#[must_use = "a session that gets no answer ends"]
pub struct MailQuestion<'s>(pub(super) &'s mut Session);

impl MailQuestion<'_> {
    /// The mail is on stable storage under this name; the client may forget it.
    pub fn accepted(self, id: &str, out: &mut Vec<u8>) {
        self.0.state = State::Commands(Stage::Idle);
        self.0.bad_commands = 0;
        out.extend_from_slice(b"250 2.0.0 Kept as ");
        out.extend(reply::printable(id).filter_map(|c| u8::try_from(c).ok()));
        out.extend_from_slice(b"\r\n");
    }

    /// The mail is not taken, and the client is told so.
    pub fn refused(self, why: Refusal, out: &mut Vec<u8>) {
        self.0.state = State::Commands(Stage::Idle);
        say(why.reply(), out);
    }
}
