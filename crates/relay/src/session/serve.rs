//! What each command does at each point of a session. It does not know lines and bytes.

use std::fmt::Write as _;

use super::command::{self, Command, CommandFault};
use super::data::DataReader;
use super::parameters::{MailParameters, ParameterFault, RecipientParameters};
use super::path::{self, PathFault};
use super::receive::{Chunk, ChunkUse, Chunks, Receiving};
use super::reply::{self, Reply};
use super::settings::{Admission, Passwords, Role, StartTls};
use super::transaction::{Added, Transaction};
use super::{Pause, Session, Stage, State};
use crate::Login;
use crate::sasl::{Exchange, Mechanism, Progress};

impl Session {
    /// Does what a line says. `is_followed` tells whether the client sent more along with it.
    pub(super) fn command(
        &mut self,
        line: &[u8],
        stage: Stage,
        is_followed: bool,
        out: &mut Vec<u8>,
    ) -> Option<Pause> {
        let command = match command::parse(line) {
            Ok(command) => command,
            Err(fault) => return self.fault(fault, stage, out),
        };
        match command {
            Command::Ehlo(name) => self.greet(name, true, out),
            Command::Helo(name) => self.greet(name, false, out),
            Command::MailFrom(path, rest) => match self.mail(path, rest, &stage) {
                Ok(open) => self.stay(Stage::Open(Box::new(open)), reply::SENDER_OK, out),
                Err(reply::TOO_MANY_MAILS) => Some(self.close(reply::TOO_MANY_MAILS, out)),
                Err(reply) => self.refuse(stage, reply, out),
            },
            Command::RcptTo(path, rest) => self.recipient(path, rest, stage, out),
            Command::Data => self.data(stage, out),
            Command::Bdat { bytes, is_last } => {
                let into = self.chunk_use(stage, bytes);
                self.state = State::Chunk(Chunk { left_bytes: bytes, is_last, into });
                None
            }
            Command::StartTls => self.start_tls(stage, is_followed, out),
            Command::Auth(mechanism, initial) => {
                match self
                    .may_log_in(&stage)
                    .and(Mechanism::named(mechanism).ok_or(reply::MECHANISM_UNKNOWN))
                {
                    Ok(mechanism) => {
                        self.go_on_logging_in(Exchange::begin(mechanism, initial), out)
                    }
                    Err(reply) => self.refuse(stage, reply, out),
                }
            }
            Command::Reset => self.stay(Stage::Idle, reply::OK, out),
            Command::Noop => self.stay(stage, reply::OK, out),
            Command::Verify => self.stay(stage, reply::NOT_VERIFIED, out),
            Command::Help => self.stay(stage, reply::HELP, out),
            Command::Quit => Some(self.close(reply::BYE, out)),
        }
    }

    fn fault(&mut self, fault: CommandFault, stage: Stage, out: &mut Vec<u8>) -> Option<Pause> {
        match fault {
            CommandFault::Unknown => self.refuse(stage, reply::UNKNOWN, out),
            CommandFault::NotOffered => self.refuse(stage, reply::NOT_OFFERED, out),
            CommandFault::Malformed => self.refuse(stage, reply::SYNTAX, out),
            CommandFault::BadSender => self.refuse(stage, reply::SENDER_BAD, out),
            // A list with typing errors is no attack.
            CommandFault::BadRecipient => self.stay(stage, reply::RECIPIENT_BAD, out),
            CommandFault::ChunkOfNoSize => Some(self.close(reply::CHUNK_OF_NO_SIZE, out)),
            CommandFault::AnotherProtocol => Some(self.close(reply::NO_MAIL_SPOKEN, out)),
        }
    }

    fn greet(&mut self, name: &str, is_extended: bool, out: &mut Vec<u8>) -> Option<Pause> {
        self.helo = Some(name.into());
        self.state = State::Commands(Stage::Idle);
        let listener = &self.listener;
        let mut text = if is_extended { "250-" } else { "250 " }.to_owned();
        text.extend(reply::printable(&listener.host));
        text.push_str("\r\n");
        if is_extended {
            // Writing to a string does not fail.
            let _ = write!(text, "250-PIPELINING\r\n250-SIZE {}\r\n", listener.limits.data_bytes);
            text.push_str("250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250-CHUNKING\r\n");
            if listener.starttls != StartTls::Absent && !self.is_encrypted {
                text.push_str("250-STARTTLS\r\n");
            }
            if self.may_log_in(&Stage::Idle).is_ok() {
                text.push_str("250-AUTH PLAIN LOGIN\r\n");
            }
            text.push_str("250 ENHANCEDSTATUSCODES\r\n");
        }
        out.extend_from_slice(text.as_bytes());
        None
    }

    /// Whom mail is taken from, if anybody. This alone decides whether the relay is open.
    pub(super) fn admission(&self) -> Result<&Admission, Reply> {
        let admission = self.proven.as_ref().or(self.known.as_ref());
        match (self.listener.role, admission) {
            (Role::Relay, Some(admission)) => Ok(admission),
            (Role::Relay, None) => Err(reply::NO_RELAYING),
            (Role::Submission, Some(admission))
                if !matches!(admission.login, Login::Network(_)) =>
            {
                Ok(admission)
            }
            (Role::Submission, _) => Err(reply::LOGIN_FIRST),
        }
    }

    fn is_encrypted_enough(&self) -> Result<(), Reply> {
        if self.listener.starttls == StartTls::Required && !self.is_encrypted {
            return Err(reply::TLS_FIRST);
        }
        Ok(())
    }

    fn mail(&mut self, path: &str, rest: &str, stage: &Stage) -> Result<Transaction, Reply> {
        self.is_encrypted_enough()?;
        let rights = &self.admission()?.rights;
        if self.helo.is_none() || !matches!(stage, Stage::Idle) {
            return Err(reply::OUT_OF_ORDER);
        }
        let from = path::sender(path).map_err(|_| reply::SENDER_BAD)?;
        let parameters = MailParameters::parse(rest).map_err(parameter_reply)?;
        if let Some(from) = &from {
            if from.is_international() && !parameters.is_international {
                return Err(reply::NEEDS_SMTPUTF8);
            }
            if !rights.allow(from) {
                return Err(reply::NOT_YOUR_ADDRESS);
            }
        }
        let limits = &self.listener.limits;
        if parameters.size_bytes.is_some_and(|bytes| bytes > limits.data_bytes as u64) {
            return Err(reply::TOO_LARGE);
        }
        if self.transactions >= limits.transactions {
            return Err(reply::TOO_MANY_MAILS);
        }
        self.transactions += 1;
        Ok(Transaction::new(from, parameters))
    }

    fn recipient(
        &mut self,
        path: &str,
        rest: &str,
        stage: Stage,
        out: &mut Vec<u8>,
    ) -> Option<Pause> {
        if let Err(reply) = self.is_encrypted_enough().and(self.admission().map(|_| ())) {
            return self.refuse(stage, reply, out);
        }
        let Stage::Open(mut open) = stage else {
            return self.refuse(stage, reply::OUT_OF_ORDER, out);
        };
        let wishes = match RecipientParameters::parse(rest, open.is_international()) {
            Ok(wishes) => wishes,
            Err(fault) => return self.refuse(Stage::Open(open), parameter_reply(fault), out),
        };
        let reply = match path::recipient(path, self.listener.postmaster.as_ref()) {
            Err(PathFault::Malformed) => reply::RECIPIENT_BAD,
            Err(PathFault::Routed) => reply::RECIPIENT_ROUTED,
            Ok(address) if address.is_international() && !open.is_international() => {
                reply::NEEDS_SMTPUTF8
            }
            Ok(address) => match open.add(address, wishes, self.listener.limits.recipients) {
                Added::New | Added::Already => reply::RECIPIENT_OK,
                Added::Full => reply::TOO_MANY_RECIPIENTS,
            },
        };
        self.stay(Stage::Open(open), reply, out)
    }

    fn data(&mut self, stage: Stage, out: &mut Vec<u8>) -> Option<Pause> {
        match stage {
            Stage::Open(open) if open.has_recipients() => {
                let reader = DataReader::new(self.content_limits(), open.announced_bytes());
                self.state = State::Data(Box::new(Receiving { transaction: *open, reader }));
                reply::say(reply::GO_AHEAD, out);
                None
            }
            Stage::Open(_) => self.refuse(stage, reply::NO_RECIPIENTS, out),
            _ => self.refuse(stage, reply::OUT_OF_ORDER, out),
        }
    }

    /// Where the bytes of a chunk go. They are on their way already, so a chunk that is refused is
    /// read all the same; the mail is given up with it (RFC 3030 §2).
    fn chunk_use(&self, stage: Stage, bytes: u64) -> ChunkUse {
        let mail = match stage {
            Stage::Open(open) if open.has_recipients() => {
                Box::new(Chunks { transaction: *open, content: Vec::new(), has_room: true })
            }
            Stage::Chunks(mail) if mail.has_room => mail,
            Stage::Chunks(_) => return ChunkUse::Refused(reply::NO_SPACE),
            Stage::Open(_) => return ChunkUse::Refused(reply::NO_RECIPIENTS),
            Stage::Idle => return ChunkUse::Refused(reply::OUT_OF_ORDER),
        };
        let room = self.listener.limits.data_bytes.saturating_sub(mail.content.len());
        if bytes > room as u64 {
            return ChunkUse::Refused(reply::TOO_LARGE);
        }
        ChunkUse::Mail(mail)
    }

    /// Bytes that came with the command were sent in the clear, by anybody on the way, to be taken
    /// for what the client says under TLS (CVE-2011-0411).
    fn start_tls(&mut self, stage: Stage, is_followed: bool, out: &mut Vec<u8>) -> Option<Pause> {
        if self.listener.starttls == StartTls::Absent {
            return self.refuse(stage, reply::NOT_OFFERED, out);
        }
        if self.is_encrypted || self.helo.is_none() {
            return self.refuse(stage, reply::OUT_OF_ORDER, out);
        }
        if is_followed {
            return Some(self.close(reply::FOLLOWS_STARTTLS, out));
        }
        reply::say(reply::READY_FOR_TLS, out);
        Some(Pause::StartTls)
    }

    fn may_log_in(&self, stage: &Stage) -> Result<(), Reply> {
        match self.listener.passwords {
            Passwords::Never => return Err(reply::NOT_OFFERED),
            Passwords::UnderTls if !self.is_encrypted => return Err(reply::TLS_BEFORE_PASSWORD),
            Passwords::UnderTls | Passwords::Always => self.is_encrypted_enough()?,
        }
        if self.helo.is_none() || self.proven.is_some() || !matches!(stage, Stage::Idle) {
            return Err(reply::OUT_OF_ORDER);
        }
        Ok(())
    }

    pub(super) fn go_on_logging_in(
        &mut self,
        progress: Progress,
        out: &mut Vec<u8>,
    ) -> Option<Pause> {
        match progress {
            Progress::Challenge(asked, exchange) => {
                out.extend_from_slice(b"334 ");
                reply::say(asked, out);
                self.state = State::Login(exchange);
                None
            }
            Progress::Claimed(credentials) => Some(Pause::CheckLogin(credentials)),
            Progress::Cancelled => self.refuse(Stage::Idle, reply::LOGIN_CANCELLED, out),
            Progress::Malformed => self.refuse(Stage::Idle, reply::LOGIN_MALFORMED, out),
        }
    }
}

const fn parameter_reply(fault: ParameterFault) -> Reply {
    match fault {
        ParameterFault::Unknown => reply::PARAMETER_UNKNOWN,
        ParameterFault::Malformed => reply::SYNTAX,
    }
}
