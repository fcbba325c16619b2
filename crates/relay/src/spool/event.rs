//! What is written down of a mail, and how: an [`Event`] is handed in, its bytes are a record's
//! payload, and what a replay reads of them is a [`Change`]. It does not know files or segments.
//!
//! ```text
//! payload  id:16 (big-endian) head_length:u32 head (JSON) pieces
//! ```
//!
//! The pieces are the envelope (JSON), the mail and the verdict, as far as the head tells their lengths;
//! each has a checksum of its own in the head, so that one is read without the others. Of a long mail only
//! the first bytes may be here, and the rest in a file of its own.

use serde::{Deserialize, Serialize};

use super::status::{Status, Step};
use super::{MailId, frame};
use crate::Envelope;

/// Something that happened to a mail and must not be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was taken in. Once this is stored, the client may be told so.
    Accepted {
        /// Its name from now on.
        id: MailId,
        /// Who sends it to whom.
        envelope: Envelope,
        /// Its bytes.
        mail: Vec<u8>,
    },
    /// It says something else from now on: links instead of attachments, say. Its status stays, and
    /// the envelope has as many recipients as before.
    Replaced {
        /// Which mail.
        id: MailId,
        /// Who sends it to whom.
        envelope: Envelope,
        /// Its bytes.
        mail: Vec<u8>,
    },
    /// It was judged.
    Judged {
        /// Which mail.
        id: MailId,
        /// The verdict, in the bytes of whoever judged.
        verdict: Vec<u8>,
    },
    /// It took a step.
    Step {
        /// Which mail.
        id: MailId,
        /// Which step.
        step: Step,
    },
}

impl Event {
    /// A step of a mail.
    pub const fn step(id: MailId, step: Step) -> Self {
        Self::Step { id, step }
    }

    /// Which mail it is about.
    pub const fn id(&self) -> MailId {
        match self {
            Self::Accepted { id, .. }
            | Self::Replaced { id, .. }
            | Self::Judged { id, .. }
            | Self::Step { id, .. } => *id,
        }
    }

    /// Writes the record, without its mark, behind `out`. `None`, and `out` as before, where it is too
    /// long for one.
    ///
    /// `rest` is what lies behind the mail's bytes in a file of its own.
    pub(super) fn write(&self, out: &mut Vec<u8>, rest: Option<Rest>) -> Option<()> {
        let (head, pieces): (Head, [&[u8]; 3]) = match self {
            Self::Accepted { envelope, mail, .. } | Self::Replaced { envelope, mail, .. } => {
                let written = serde_json::to_vec(envelope).ok()?;
                let recipients = u32::try_from(envelope.to.len()).ok()?;
                let body = Body::of(recipients, Sum::of(&written)?, Sum::of(mail)?, rest)?;
                let head = match self {
                    Self::Accepted { .. } => Head::Accepted(body),
                    _ => Head::Replaced(body),
                };
                return write_payload(out, self.id(), &head, &[&written, mail]);
            }
            Self::Judged { verdict, .. } => (Head::Judged(Sum::of(verdict)?), [verdict, b"", b""]),
            Self::Step { step, .. } => (Head::Step(step.clone()), [b"", b"", b""]),
        };
        write_payload(out, self.id(), &head, &pieces)
    }
}

/// All that the spool knows of a mail, in one record: what compaction writes.
pub(super) struct Kept<'a> {
    pub(super) id: MailId,
    pub(super) status: &'a Status,
    pub(super) body: Body,
    pub(super) envelope: &'a [u8],
    /// As much of it as does not lie apart.
    pub(super) mail: &'a [u8],
    pub(super) verdict: Option<&'a [u8]>,
}

impl Kept<'_> {
    /// As [`Event::write`].
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Option<()> {
        let verdict = self.verdict.map_or(Some(None), |bytes| Sum::of(bytes).map(Some))?;
        let head = Head::Kept { status: self.status.clone(), body: self.body, verdict };
        let pieces = [self.envelope, self.mail, self.verdict.unwrap_or_default()];
        write_payload(out, self.id, &head, &pieces)
    }
}

fn write_payload(out: &mut Vec<u8>, id: MailId, head: &Head, pieces: &[&[u8]]) -> Option<()> {
    let head = serde_json::to_vec(head).ok()?;
    let head_length = u32::try_from(head.len()).ok()?;
    frame::write_record(out, |out| {
        out.reserve(head.len() + pieces.iter().map(|piece| piece.len()).sum::<usize>());
        out.extend_from_slice(&id.to_bytes());
        out.extend_from_slice(&head_length.to_le_bytes());
        out.extend_from_slice(&head);
        for piece in pieces {
            out.extend_from_slice(piece);
        }
    })
}

/// Length and checksum of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sum {
    pub(super) bytes: u32,
    pub(super) crc: u32,
}

impl Sum {
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        Some(Self { bytes: u32::try_from(bytes.len()).ok()?, crc: crc32c::crc32c(bytes) })
    }

    /// Whether these are the bytes.
    pub(super) fn fits(self, bytes: &[u8]) -> bool {
        Self::of(bytes) == Some(self)
    }
}

/// What a record has of a mail itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) recipients: u32,
    pub(super) envelope: Sum,
    /// All of it.
    pub(super) mail: Sum,
    /// Its first bytes, which are a piece, and the others, where they lie apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) apart: Option<(Sum, Rest)>,
}

impl Body {
    fn of(recipients: u32, envelope: Sum, piece: Sum, rest: Option<Rest>) -> Option<Self> {
        let mail = match rest {
            None => piece,
            Some(Rest { sum, .. }) => Sum {
                bytes: piece.bytes.checked_add(sum.bytes)?,
                crc: crc32c::crc32c_combine(piece.crc, sum.crc, usize::try_from(sum.bytes).ok()?),
            },
        };
        Some(Self { recipients, envelope, mail, apart: rest.map(|rest| (piece, rest)) })
    }

    /// The piece that is in the record.
    pub(super) fn piece(&self) -> Sum {
        self.apart.map_or(self.mail, |(piece, _)| piece)
    }

    /// What is not.
    pub(super) fn rest(&self) -> Option<Rest> {
        self.apart.map(|(_, rest)| rest)
    }

    fn is_whole(&self) -> bool {
        self.apart.is_none_or(|(piece, rest)| {
            piece.bytes.checked_add(rest.sum.bytes) == Some(self.mail.bytes)
        })
    }
}

/// Bytes of a mail in a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rest {
    pub(super) number: u64,
    pub(super) sum: Sum,
}

/// What a record says before its pieces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Head {
    Accepted(Body),
    Replaced(Body),
    Judged(Sum),
    Step(Step),
    Kept { status: Status, body: Body, verdict: Option<Sum> },
}

/// A record as a replay reads it: without the bytes of the pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) id: MailId,
    pub(super) head: Head,
    /// Where in the payload the pieces begin.
    pub(super) pieces_at: usize,
}

impl Change {
    /// Reads a payload; `None` where it is none of this version, or its parts do not fit.
    pub(super) fn parse(payload: &[u8]) -> Option<Self> {
        let (id, rest) = payload.split_first_chunk::<{ MailId::BYTES }>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let head: Head = serde_json::from_slice(rest.get(..length)?).ok()?;
        let pieces_at = payload.len() - rest.len() + length;
        let sums = match &head {
            Head::Accepted(body) | Head::Replaced(body) => {
                [Some(body.envelope), Some(body.piece()), None]
            }
            Head::Judged(verdict) => [Some(*verdict), None, None],
            Head::Kept { body, verdict, .. } => [Some(body.envelope), Some(body.piece()), *verdict],
            Head::Step(_) => [None; 3],
        };
        let bytes: u64 = sums.iter().flatten().map(|sum| u64::from(sum.bytes)).sum();
        // No recipient is written in less than a byte: this keeps what a record makes of memory in
        // proportion to what it is long.
        let is_in_proportion = match &head {
            Head::Accepted(body) | Head::Replaced(body) => {
                body.recipients <= body.envelope.bytes && body.is_whole()
            }
            Head::Kept { status, body, .. } => {
                u32::try_from(status.recipients.len()) == Ok(body.recipients) && body.is_whole()
            }
            Head::Judged(_) | Head::Step(_) => true,
        };
        let fits = u64::try_from(payload.len() - pieces_at) == Ok(bytes);
        (fits && is_in_proportion).then(|| Self { id: MailId::from_bytes(*id), head, pieces_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::frame::{Found, HEADER_BYTES, Header, Scan};
    use crate::spool::sample::{envelope, id};
    use crate::spool::status::Outcome;

    fn payload(write: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> Vec<u8> {
        let header = Header { sequence: 1, mark: [0; 8], before_bytes: 0 };
        let mut segment = header.to_bytes().to_vec();
        write(&mut segment).unwrap();
        match Scan::of(&segment, header.mark).next() {
            Some(Found::Record { offset: HEADER_BYTES, payload, .. }) => payload.to_vec(),
            other => panic!("{other:?}"),
        }
    }

    /// The pieces of a record as they lie in it.
    #[track_caller]
    fn check(event: &Event, expected: &[&[u8]]) -> Head {
        let payload = payload(|out| event.write(out, None));
        let change = Change::parse(&payload).unwrap();
        assert_eq!(change.id, event.id());
        assert_eq!(payload[change.pieces_at..], expected.concat());
        for end in 0..payload.len() {
            assert_eq!(Change::parse(&payload[..end]), None, "cut at {end}");
        }
        change.head
    }

    #[test]
    fn events_are_read_as_they_are_written() {
        let written = serde_json::to_vec(&envelope(2)).unwrap();
        let (id, mail) = (id(1), b"Subject: a\r\n\r\nb\r\n".to_vec());
        let accepted = Event::Accepted { id, envelope: envelope(2), mail: mail.clone() };
        let Head::Accepted(body) = check(&accepted, &[&written, &mail]) else { panic!() };
        assert!(body.recipients == 2 && body.mail.fits(&mail) && body.envelope.fits(&written));
        check(&Event::Judged { id, verdict: b"held".to_vec() }, &[b"held"]);
        let outcome = Outcome::Failed { said: "550 いません".to_owned() };
        let step = Step::Tried { recipient: 1, outcome };
        assert_eq!(check(&Event::step(id, step.clone()), &[]), Head::Step(step));
    }

    #[test]
    fn what_is_kept_has_everything() {
        let status = Status::received(2);
        let envelope = b"{}";
        let body = Body::of(2, Sum::of(envelope).unwrap(), Sum::of(b"m").unwrap(), None).unwrap();
        let kept =
            Kept { id: id(1), status: &status, body, envelope, mail: b"m", verdict: Some(b"ok") };
        let payload = payload(|out| kept.write(out));
        let change = Change::parse(&payload).unwrap();
        assert_eq!(&payload[change.pieces_at..], b"{}mok");
        assert_eq!(change.head, Head::Kept { status, body, verdict: Sum::of(b"ok") });
    }

    #[test]
    fn of_a_mail_that_lies_apart_the_record_has_the_first_bytes() {
        let (first, behind) = (b"Received: a\r\n".to_vec(), b"Subject: b\r\n\r\nc\r\n");
        let rest = Rest { number: 7, sum: Sum::of(behind).unwrap() };
        let written = serde_json::to_vec(&envelope(1)).unwrap();
        let event = Event::Accepted { id: id(1), envelope: envelope(1), mail: first.clone() };
        let payload = payload(|out| event.write(out, Some(rest)));
        let change = Change::parse(&payload).unwrap();
        assert_eq!(payload[change.pieces_at..], [&written[..], &first].concat());
        let Head::Accepted(body) = change.head else { panic!() };
        assert!(body.mail.fits(&[&first[..], behind].concat()) && body.piece().fits(&first));
        assert_eq!(body.rest(), Some(rest));
        // Sums that do not add up are nothing that was written here.
        let odd = Body { mail: body.piece(), ..body };
        let odd = self::payload(|out| {
            write_payload(out, id(1), &Head::Accepted(odd), &[&written, &first])
        });
        assert_eq!(Change::parse(&odd), None);
    }

    #[test]
    fn more_recipients_than_an_envelope_can_have_are_no_record() {
        let nothing = Sum { bytes: 0, crc: 0 };
        let body =
            |recipients| Body::of(recipients, Sum { bytes: 2, crc: 0 }, nothing, None).unwrap();
        let written = |recipients| {
            payload(|out| write_payload(out, id(1), &Head::Accepted(body(recipients)), &[b"{}"]))
        };
        assert!(Change::parse(&written(2)).is_some());
        assert!(Change::parse(&written(u32::MAX)).is_none());
    }
}
