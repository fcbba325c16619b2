//! `relay try`: past mail under a policy, before it is switched on. The relay learns from each mail
//! after it was judged, as it would have. It knows mailboxes as files; it does not know how mail is
//! judged.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use relay::checks::Sending;
use relay::history::History;
use relay::mail::{AddressField, Mail, MailLimits};
use relay::{Envelope, Gate, Judgement, Login, Policy, Recipient, judge};

use super::PolicyFile;
use crate::cli::relay::{ListFormat, TryArgs};
use crate::read::complain;

/// Pairs of people that are remembered, as a running relay would.
const PAIRS: usize = 500_000;

/// Judges every mail of the mailboxes, the oldest first.
pub(super) fn run(args: &TryArgs) -> anyhow::Result<()> {
    let policy = PolicyFile::read(&args.policy)?.policy;
    let mut mails = Vec::new();
    for path in &args.mailboxes {
        read_mailbox(path, &mut mails)
            .with_context(|| format!("{} cannot be read", path.display()))?;
    }
    mails.sort_by_key(|mail| mail.at);
    let mut trial = Trial { policy, history: History::new(PAIRS), tally: Tally::default() };
    let mut out = io::stdout().lock();
    for mail in &mails {
        trial.judge(mail, args.format, &mut out)?;
    }
    complain(&trial.tally.told());
    Ok(())
}

/// A mail of a mailbox.
struct Past {
    place: String,
    at: Timestamp,
    bytes: Vec<u8>,
}

/// Reads an mbox file, a Maildir, or a folder of mails.
fn read_mailbox(path: &Path, mails: &mut Vec<Past>) -> io::Result<()> {
    if !path.is_dir() {
        let bytes = fs::read(path)?;
        if bytes.starts_with(b"From ") {
            let parts = split_mbox(&bytes).into_iter().enumerate();
            mails.extend(
                parts.map(|(number, mail)| {
                    past(format!("{}#{}", path.display(), number + 1), &mail)
                }),
            );
        } else {
            mails.push(past(path.display().to_string(), &bytes));
        }
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let is_hidden =
            entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // What is still being delivered is no mail yet (Maildir).
        let is_unfinished = entry.is_dir() && entry.file_name().is_some_and(|name| name == "tmp");
        if !is_hidden && !is_unfinished {
            read_mailbox(&entry, mails)?;
        }
    }
    Ok(())
}

/// The mails of an mbox file (RFC 4155): each after a line that begins with `From `; `>From` in a mail
/// was `From`.
fn split_mbox(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut mails: Vec<Vec<u8>> = Vec::new();
    let mut is_after_blank = true;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if is_after_blank && line.starts_with(b"From ") {
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            let quotes = line.iter().take_while(|byte| **byte == b'>').count();
            let is_quoted = quotes > 0 && line[quotes..].starts_with(b"From ");
            mail.extend_from_slice(if is_quoted { &line[1..] } else { line });
        }
        is_after_blank = matches!(line, b"\n" | b"\r\n");
    }
    mails
}

/// A mail with lines that end as on the way, and the time that its header says.
fn past(place: String, raw: &[u8]) -> Past {
    let mut bytes = Vec::with_capacity(raw.len() + raw.len() / 40);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                bytes.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                bytes.extend_from_slice(b"\r\n");
            }
            None => bytes.extend_from_slice(line),
        }
    }
    let date = Mail::parse(&bytes, &MailLimits::default()).ok().and_then(|mail| mail.text("Date"));
    let at = date.and_then(|date| rfc2822::parse(date.trim()).ok());
    Past { place, at: at.map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp()), bytes }
}

struct Trial {
    policy: Policy,
    history: History,
    tally: Tally,
}

impl Trial {
    fn judge(
        &mut self,
        past: &Past,
        format: ListFormat,
        out: &mut impl io::Write,
    ) -> anyhow::Result<()> {
        let mail = Mail::parse(&past.bytes, &MailLimits::default());
        let envelope = mail.as_ref().map_or_else(|_| envelope(None), |mail| envelope(Some(mail)));
        let judgement = judge::judge(&envelope, &past.bytes, &self.policy, &self.history, past.at);
        self.tally.add(&judgement);
        if let Ok(mail) = &mail
            && let Some(sending) = Sending::of(&envelope, mail, past.at.as_second())
        {
            sending.learn(&mut self.history);
        }
        if judgement.disposition == relay::Disposition::DELIVER {
            return Ok(());
        }
        match format {
            ListFormat::Json => {
                let line = serde_json::json!({ "mail": past.place, "judgement": judgement });
                writeln!(out, "{line}")?;
            }
            ListFormat::Table => {
                writeln!(out, "{}", past.place)?;
                for finding in judgement.findings.iter().filter(|finding| finding.binds) {
                    writeln!(out, "  ● {} [{}]", finding.says.ja, finding.check)?;
                }
            }
        }
        Ok(())
    }
}

/// The envelope that the header implies: nothing else is left of it.
fn envelope(mail: Option<&Mail<'_>>) -> Envelope {
    let read = mail.map(|mail| mail.mailboxes().read.as_slice()).unwrap_or_default();
    let from = read.iter().find(|one| one.at.field == AddressField::From);
    let mut to: Vec<Recipient> = Vec::new();
    for one in read.iter().filter(|one| one.at.field.is_destination()) {
        if !to.iter().any(|known| known.address == one.address) {
            to.push(Recipient::new(one.address.clone()));
        }
    }
    let login = Login::Network("mailbox".to_owned());
    Envelope::new(from.map(|one| one.address.clone()), to, login)
}

/// What became of all of them.
#[derive(Default)]
struct Tally {
    mails: usize,
    gates: BTreeMap<Gate, usize>,
    copies: usize,
    checks: BTreeMap<String, usize>,
}

impl Tally {
    fn add(&mut self, judgement: &Judgement) {
        self.mails += 1;
        *self.gates.entry(judgement.disposition.gate).or_default() += 1;
        self.copies += usize::from(judgement.disposition.individual_copies);
        let mut found: Vec<&str> =
            judgement.findings.iter().map(|told| told.check.as_str()).collect();
        found.sort_unstable();
        found.dedup();
        for check in found {
            *self.checks.entry(check.to_owned()).or_default() += 1;
        }
    }

    fn told(&self) -> String {
        let of = |gate| self.gates.get(&gate).copied().unwrap_or(0);
        let summary = format!(
            "{} mails: {} pass at once ({} of them as individual copies), {} wait, {} ask the sender, \
             {} ask an approver, {} are refused",
            self.mails,
            of(Gate::Open),
            self.copies,
            of(Gate::Wait),
            of(Gate::AskSender),
            of(Gate::AskApprover),
            of(Gate::Refuse),
        );
        let checks = self.checks.iter().map(|(check, count)| format!("\n  {count:6} {check}"));
        std::iter::once(summary).chain(checks).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mbox_is_taken_apart() {
        let mbox = b"From a Mon\nTo: x\n\nbody\n>From here\nFrom there\n\nFrom b Tue\nTo: y\n\n";
        let mails = split_mbox(mbox);
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0], b"To: x\n\nbody\nFrom here\nFrom there\n\n");
        assert_eq!(mails[1], b"To: y\n\n");
    }
}
