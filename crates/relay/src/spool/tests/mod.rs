//! The spool as a whole: on a disk in memory whose every call can fail, and in a real folder.

mod apart;
mod crash;
mod faults;
mod folder;
mod format;
mod memory;

use jiff::Timestamp;

use super::sample::envelope;
use super::*;

/// Small enough that a few mails fill a segment.
const SMALL: SpoolLimits = SpoolLimits {
    segment_bytes: 4 << 10,
    most_bytes: 1 << 20,
    waiting_bytes: 1 << 20,
    batch_bytes: 8 << 10,
};

fn now(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Bytes that a number decides.
fn mail(number: u64, bytes: usize) -> Vec<u8> {
    let head = format!("Subject: {number}\r\n\r\n");
    let text = format!("line {} of the mail\r\n", number.wrapping_mul(0x9e37_79b9));
    head.bytes().chain(text.bytes().cycle()).take(bytes.max(head.len())).collect()
}

fn released() -> Step {
    Step::Released { by: "sato".to_owned() }
}

fn delivered(recipient: u32) -> Step {
    Step::Tried { recipient, outcome: Outcome::Delivered { said: "250 ok".to_owned() } }
}

/// Stores a mail with one recipient.
fn accept(spool: &Spool, number: u64, bytes: usize) -> Result<MailId, SpoolError> {
    let id = spool.new_id(now(i64::try_from(number).unwrap()));
    let event = Event::Accepted { id, envelope: envelope(1), mail: mail(number, bytes) };
    spool.append(&[event]).wait().map(|()| id)
}

/// Stores a mail, all of which but the first bytes lies apart.
fn accept_apart(spool: &Spool, number: u64, bytes: usize) -> Result<MailId, SpoolError> {
    let id = spool.new_id(now(i64::try_from(number).unwrap()));
    let event = Event::Accepted { id, envelope: envelope(1), mail: mail(number, bytes) };
    hand_in_apart(spool, event).wait().map(|()| id)
}

/// Hands an event in, the mail of which lies apart but for its first ten bytes.
fn hand_in_apart(spool: &Spool, mut event: Event) -> Ticket {
    let (Event::Accepted { mail, .. } | Event::Replaced { mail, .. }) = &mut event else {
        panic!()
    };
    let rest = mail.split_off(mail.len().min(10));
    let written = spool.begin_apart().and_then(|mut apart| {
        for some in rest.chunks(100) {
            apart.write(some)?;
        }
        Ok(apart)
    });
    match written {
        Ok(apart) => spool.append_with(&[event], apart),
        Err(error) => {
            let (promise, ticket) = ticket::ticket();
            promise.keep(Err(error));
            ticket
        }
    }
}

fn take(spool: &Spool, id: MailId, step: Step) -> Result<(), SpoolError> {
    spool.append(&[Event::step(id, step)]).wait()
}
