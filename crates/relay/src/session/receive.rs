//! How a mail's bytes come in, by `DATA` or by `BDAT`, and become a mail for the driver. It does not
//! know commands.

use super::data::{BareLineEnd, ContentLimits, DataReader, DataStep, Unfit, check_chunks};
use super::reply::{self, Reply};
use super::transaction::Transaction;
use super::{Admission, Pause, Session, Stage, State, Taken};

#[derive(Debug)]
pub(super) struct Receiving {
    pub(super) transaction: Transaction,
    pub(super) reader: DataReader,
}

/// A mail of which some chunks came (RFC 3030).
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) transaction: Transaction,
    pub(super) content: Vec<u8>,
    /// Whether there is room for more; where there is none, what came was forgotten.
    pub(super) has_room: bool,
}

/// A chunk of which bytes are to come.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) left_bytes: u64,
    pub(super) is_last: bool,
    pub(super) into: ChunkUse,
}

#[derive(Debug)]
pub(super) enum ChunkUse {
    Mail(Box<Chunks>),
    /// It is read and forgotten, and this is said.
    Refused(Reply),
}

impl Session {
    /// Bytes of a mail that came so far and are kept here.
    pub fn held_bytes(&self) -> usize {
        match &self.state {
            State::Data(receiving) => receiving.reader.held_bytes(),
            State::Chunk(Chunk { into: ChunkUse::Mail(mail), .. })
            | State::Commands(Stage::Chunks(mail)) => mail.content.capacity(),
            _ => 0,
        }
    }

    /// These bytes: the beginning of a mail, or all of it.
    pub fn held_mail(&self) -> &[u8] {
        match &self.state {
            State::Data(receiving) => receiving.reader.held(),
            State::Chunk(Chunk { into: ChunkUse::Mail(mail), .. })
            | State::Commands(Stage::Chunks(mail)) => &mail.content,
            _ => &[],
        }
    }

    /// Forgets these bytes, as the driver has no room for them. What still comes of the mail is read,
    /// and its client is told to come again.
    pub fn forget_mail(&mut self) {
        match &mut self.state {
            State::Data(receiving) => receiving.reader.forget(),
            State::Chunk(chunk) => chunk.into = ChunkUse::Refused(reply::NO_SPACE),
            State::Commands(Stage::Chunks(mail)) => {
                mail.has_room = false;
                mail.content = Vec::new();
            }
            _ => {}
        }
    }

    pub(super) fn receive(
        &mut self,
        mut receiving: Box<Receiving>,
        input: &mut &[u8],
        out: &mut Vec<u8>,
    ) -> Option<Pause> {
        match receiving.reader.read(input) {
            DataStep::More => {
                self.state = State::Data(receiving);
                Some(Pause::Read)
            }
            DataStep::Bare => Some(self.close(reply::BARE_LINE_END, out)),
            DataStep::End => {
                let Receiving { transaction, reader } = *receiving;
                self.finish(transaction, reader.finish(), out)
            }
        }
    }

    pub(super) fn receive_chunk(
        &mut self,
        mut chunk: Chunk,
        input: &mut &[u8],
        out: &mut Vec<u8>,
    ) -> Option<Pause> {
        let here = usize::try_from(chunk.left_bytes).unwrap_or(usize::MAX).min(input.len());
        let (bytes, rest) = input.split_at(here);
        *input = rest;
        chunk.left_bytes -= here as u64;
        if let ChunkUse::Mail(mail) = &mut chunk.into {
            mail.content.extend_from_slice(bytes);
        }
        if chunk.left_bytes > 0 {
            self.state = State::Chunk(chunk);
            return Some(Pause::Read);
        }
        match chunk.into {
            ChunkUse::Refused(reply) => self.refuse(Stage::Idle, reply, out),
            ChunkUse::Mail(mail) if chunk.is_last => {
                let Chunks { transaction, content, .. } = *mail;
                match check_chunks(content, self.content_limits()) {
                    Ok(content) => self.finish(transaction, content, out),
                    Err(BareLineEnd) => Some(self.close(reply::BARE_LINE_END, out)),
                }
            }
            ChunkUse::Mail(mail) => self.stay(Stage::Chunks(mail), reply::OK, out),
        }
    }

    /// Hands a whole mail to the driver.
    fn finish(
        &mut self,
        transaction: Transaction,
        content: Result<Vec<u8>, Unfit>,
        out: &mut Vec<u8>,
    ) -> Option<Pause> {
        let content = match content {
            Ok(content) => content,
            Err(Unfit::TooLarge) => return self.stay(Stage::Idle, reply::TOO_LARGE, out),
            Err(Unfit::LineTooLong) => return self.stay(Stage::Idle, reply::HAS_LONG_LINE, out),
            Err(Unfit::NoRoom) => return self.stay(Stage::Idle, reply::NO_SPACE, out),
            Err(Unfit::Nul) => return self.stay(Stage::Idle, reply::HAS_NUL, out),
        };
        let Admission { login, rights } = match self.admission() {
            Ok(admission) => admission.clone(),
            Err(reply) => return self.stay(Stage::Idle, reply, out),
        };
        let helo = self.helo.as_deref().unwrap_or_default().to_owned();
        let envelope = transaction.into_envelope(&content, login, self.client, helo);
        Some(Pause::Mail(Box::new(Taken { envelope, content, rights })))
    }

    pub(super) fn content_limits(&self) -> ContentLimits {
        let limits = &self.listener.limits;
        ContentLimits { bytes: limits.data_bytes, line_bytes: limits.line_bytes }
    }
}
