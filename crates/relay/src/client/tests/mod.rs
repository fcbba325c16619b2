//! Dialogues with a server, written down as they go: `S:` a line of the server, `C:` a line of ours,
//! `*` what the driver is told. The driver here delivers the mails it is given, one after the other.

mod dialogues;
mod properties;

use std::fmt::Write as _;
use std::sync::Arc;

use super::{
    Behind, Client, ClientSettings, DeliveryStep, Lost, Outcome, Outgoing, Reply, Report, Step,
    TlsPolicy,
};
use crate::{Address, Domain, Recipient};

/// A mail to deliver.
struct Mail {
    from: Option<Address>,
    to: Vec<Recipient>,
    content: Vec<u8>,
    is_international: bool,
}

fn mail(from: &str, to: &[&str], content: &str) -> Mail {
    let recipient = |to: &&str| Recipient::new(Address::parse(to).unwrap());
    Mail {
        from: Address::parse(from).ok(),
        to: to.iter().map(recipient).collect(),
        content: content.as_bytes().to_vec(),
        is_international: false,
    }
}

fn settings(tls: TlsPolicy) -> ClientSettings {
    ClientSettings { tls, ..ClientSettings::new(Domain::parse("mail.example.jp").unwrap()) }
}

/// What a driver writes down.
#[derive(Default)]
struct Record {
    said: String,
    reports: Vec<Report>,
}

impl Record {
    fn write_down(&mut self, out: &mut Vec<u8>) {
        let out = std::mem::take(out);
        let out = String::from_utf8_lossy(&out);
        assert!(out.is_empty() || out.ends_with("\r\n"), "a line has no end: {out:?}");
        for line in out.split_terminator("\r\n") {
            let _ = writeln!(self.said, "C: {line}");
        }
    }

    fn report(&mut self, mail: &Mail, report: Report) {
        for (to, outcome) in mail.to.iter().zip(&report.outcomes) {
            let name = match outcome {
                Outcome::Delivered { .. } => "delivered",
                Outcome::Deferred { .. } => "deferred",
                Outcome::Failed { .. } => "failed",
            };
            let Reply { by, .. } = outcome.reply();
            let _ = writeln!(self.said, "* {name} {} {by:?}: {}", to.address, outcome.reply());
        }
        self.reports.push(report);
    }
}

/// Leads a conversation over pieces of what the server says; each mail in turn, then `QUIT`.
fn converse(settings: ClientSettings, mails: &[Mail], pieces: &[&[u8]]) -> Record {
    let mut record = Record::default();
    let mut client = Client::new(Arc::new(settings));
    let mut mails = mails.iter();
    let mut pieces = pieces.iter();
    let mut input: &[u8] = b"";
    let mut out = Vec::new();
    loop {
        match client.handle(&mut input, &mut out) {
            Step::Read => {
                record.write_down(&mut out);
                let Some(piece) = pieces.next() else { return record };
                hear(piece, &mut record);
                input = piece;
            }
            Step::StartTls(question) => {
                record.write_down(&mut out);
                record.said.push_str("* tls\n");
                question.started(&mut out);
            }
            Step::Closed(why) => {
                record.write_down(&mut out);
                let _ = writeln!(record.said, "* closed {}", why.outcome().reply());
                return record;
            }
            Step::Ready(ready) => {
                let Some(mail) = mails.next() else {
                    ready.quit(&mut out);
                    continue;
                };
                let mut delivery = ready.deliver(Outgoing {
                    from: mail.from.as_ref(),
                    recipients: &mail.to,
                    content: &mail.content,
                    behind: Behind::Nothing,
                    is_international: mail.is_international,
                    envelope_id: None,
                    returned: None,
                });
                let report = loop {
                    match delivery.handle(&mut input, &mut out) {
                        DeliveryStep::Done(report) => break report,
                        DeliveryStep::Write | DeliveryStep::Supply { .. } => {
                            record.write_down(&mut out);
                        }
                        DeliveryStep::Read => {
                            record.write_down(&mut out);
                            let Some(piece) = pieces.next() else {
                                break delivery.lost(Lost::Closed);
                            };
                            hear(piece, &mut record);
                            input = piece;
                        }
                    }
                };
                record.write_down(&mut out);
                record.report(mail, report);
            }
        }
    }
}

fn hear(piece: &[u8], record: &mut Record) {
    for line in String::from_utf8_lossy(piece).split_terminator("\r\n") {
        let _ = writeln!(record.said, "S: {line}");
    }
}

/// The conversation that a script's server leads is the script. Lines of the server that stand
/// together come in one piece.
#[track_caller]
fn check(settings: ClientSettings, mails: &[Mail], script: &str) {
    let mut pieces: Vec<String> = Vec::new();
    let mut is_within = false;
    for line in script.trim_start().lines() {
        match line.strip_prefix("S: ") {
            Some(said) if is_within => {
                let _ = write!(pieces.last_mut().unwrap(), "{said}\r\n");
            }
            Some(said) => pieces.push(format!("{said}\r\n")),
            None => {}
        }
        is_within = line.starts_with("S: ");
    }
    let pieces: Vec<&[u8]> = pieces.iter().map(String::as_bytes).collect();
    let said = converse(settings, mails, &pieces).said;
    let script = script.trim_start();
    assert_eq!(said, script, "\n--- said:\n{said}\n--- script:\n{script}");
}
