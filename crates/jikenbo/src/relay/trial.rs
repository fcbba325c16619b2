//! `relay try`: past mail under a policy, before it is switched on. The relay learns from each mail
//! after it was judged, as it would have. It knows mailboxes as files; it does not know how mail is
//! judged.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use relay::checks::{Recent, Sending, senders};
use relay::history::History;
use relay::judge::{self, Earlier, Waiting};
use relay::mail::{AddressField, Mail, MailLimits};
use relay::spool::Step;
use relay::{Address, Envelope, Gate, Judgement, Login, Policy, Recipient};

use super::PolicyFile;
use crate::cli::relay::{ListFormat, TryArgs};
use crate::read::complain;

/// Pairs of people that are remembered, as a running relay would.
const PAIRS: usize = 500_000;

/// Of a mail's header at most so much is read for its date.
const HEADER_BYTES: usize = 256 << 10;

/// Judges every mail of the mailboxes, the oldest first. Only where each lies is kept in memory.
pub(super) fn run(args: &TryArgs) -> anyhow::Result<()> {
    let policy = PolicyFile::read(&args.policy)?.policy;
    let mut mails = Vec::new();
    for path in &args.mailboxes {
        find_mails(path, &mut mails)
            .with_context(|| format!("{} cannot be read", path.display()))?;
    }
    mails.sort_by_key(|mail| mail.at);
    let mut trial = Trial {
        policy,
        history: History::new(PAIRS),
        unsent: Vec::new(),
        judged: 0,
        tally: Tally::default(),
    };
    let mut out = io::stdout().lock();
    for past in &mails {
        let bytes =
            past.read().with_context(|| format!("{} cannot be read", past.file.display()))?;
        trial.judge(past, &bytes, args.format, &mut out)?;
    }
    complain(&trial.tally.told());
    Ok(())
}

/// A mail of a mailbox: where it lies, and when it was written.
struct Past {
    file: Rc<Path>,
    /// Its number in an mbox file.
    number: Option<usize>,
    range: Range<u64>,
    at: Timestamp,
}

impl Past {
    fn place(&self) -> String {
        let file = self.file.display();
        self.number.map_or_else(|| file.to_string(), |number| format!("{file}#{number}"))
    }

    /// Its bytes, with lines that end as on the way.
    fn read(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.file)?;
        file.seek(SeekFrom::Start(self.range.start))?;
        let mut bytes = Vec::new();
        file.take(self.range.end - self.range.start).read_to_end(&mut bytes)?;
        Ok(as_sent(&bytes, self.number.is_some()))
    }
}

/// Finds the mails of an mbox file, a Maildir, or a folder of mails.
fn find_mails(path: &Path, mails: &mut Vec<Past>) -> io::Result<()> {
    if !path.is_dir() {
        return find_in_file(&path.into(), BufReader::new(File::open(path)?), mails);
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
            find_mails(&entry, mails)?;
        }
    }
    Ok(())
}

/// The mails of a file: one, or those of an mbox (RFC 4155), each after a line that begins with `From `.
fn find_in_file(file: &Rc<Path>, mut bytes: impl BufRead, mails: &mut Vec<Past>) -> io::Result<()> {
    let is_mbox = bytes.fill_buf()?.starts_with(b"From ");
    let (mut line, mut header, mut place) = (Vec::new(), Vec::new(), 0);
    let (mut start, mut is_after_blank, mut is_in_header) = (0, true, !is_mbox);
    let mut number = usize::from(!is_mbox);
    let mut end = |start, place, number, header: &mut Vec<u8>| {
        if number > 0 {
            let number = is_mbox.then_some(number);
            let at = written_at(header);
            mails.push(Past { file: Rc::clone(file), number, range: start..place, at });
        }
        header.clear();
    };
    loop {
        line.clear();
        let length = bytes.read_until(b'\n', &mut line)?;
        let begins = is_mbox && is_after_blank && line.starts_with(b"From ");
        if length == 0 || begins {
            end(start, place, number, &mut header);
        }
        place += u64::try_from(length).unwrap_or_default();
        is_after_blank = matches!(line.as_slice(), b"\n" | b"\r\n");
        if length == 0 {
            return Ok(());
        }
        if begins {
            (start, is_in_header) = (place, true);
            number += 1;
        } else if is_in_header {
            header.extend_from_slice(&line);
            is_in_header = !is_after_blank && header.len() < HEADER_BYTES;
        }
    }
}

/// When a mail was written, as its header says.
fn written_at(header: &[u8]) -> Timestamp {
    let header = as_sent(header, false);
    let mail = Mail::parse(&header, &MailLimits::default()).ok();
    let date = mail.and_then(|mail| mail.text("Date"));
    let at = date.and_then(|date| rfc2822::parse(date.trim()).ok());
    at.map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
}

/// A mail with lines that end as on the way; `>From` in an mbox was `From`.
fn as_sent(raw: &[u8], is_of_mbox: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(raw.len() + raw.len() / 40);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let quotes = line.iter().take_while(|byte| **byte == b'>').count();
        let is_quoted = is_of_mbox && quotes > 0 && line[quotes..].starts_with(b"From ");
        let line = if is_quoted { &line[1..] } else { line };
        match line.strip_suffix(b"\n") {
            Some(line) => {
                bytes.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                bytes.extend_from_slice(b"\r\n");
            }
            None => bytes.extend_from_slice(line),
        }
    }
    bytes
}

struct Trial {
    policy: Policy,
    history: History,
    /// Mails that would have been held, and by whom they were sent; nobody decided about them.
    unsent: Vec<(Vec<Address>, Recent)>,
    judged: u32,
    tally: Tally,
}

impl Trial {
    fn judge(
        &mut self,
        past: &Past,
        bytes: &[u8],
        format: ListFormat,
        out: &mut impl io::Write,
    ) -> anyhow::Result<()> {
        let mail = Mail::parse(bytes, &MailLimits::default());
        let envelope = mail.as_ref().map_or_else(|_| envelope(None), |mail| envelope(Some(mail)));
        let senders: Vec<Address> =
            senders(&envelope, mail.as_ref().ok()).into_iter().cloned().collect();
        let recent = self.unsent_of(&senders, past.at);
        let earlier = Earlier { history: &self.history, recent: &recent };
        let judgement = judge::judge(&envelope, mail.as_ref(), &self.policy, earlier, past.at);
        self.tally.add(&judgement);
        self.judged += 1;
        if let Step::Held { by, .. } = judgement.step(&self.policy, past.at) {
            // A number by which findings name it; base 32 has every decimal digit.
            let id = format!("{:026}", self.judged).parse()?;
            let (by, mail) = (Waiting::named(&by), mail.as_ref().ok());
            self.unsent.push((senders, Recent::of(id, &envelope, mail, by, past.at)));
        }
        if let Ok(mail) = &mail
            && let Some(sending) = Sending::that_goes_out(
                &envelope,
                mail,
                past.at.as_second(),
                judgement.disposition.individual_copies,
            )
        {
            sending.learn(&mut self.history);
        }
        if judgement.disposition == relay::Disposition::DELIVER {
            return Ok(());
        }
        match format {
            ListFormat::Json => {
                let line = serde_json::json!({ "mail": past.place(), "judgement": judgement });
                writeln!(out, "{line}")?;
            }
            ListFormat::Table => {
                writeln!(out, "{}", past.place())?;
                for finding in judgement.findings.iter().filter(|finding| finding.binds) {
                    writeln!(out, "  ● {} [{}]", finding.says.ja, finding.check)?;
                }
            }
        }
        Ok(())
    }

    /// What the senders sent lately that would have been held. How long it would have been is not known:
    /// it is taken to have waited as long as a mail that was stopped counts.
    fn unsent_of(&mut self, senders: &[Address], now: Timestamp) -> Vec<Recent> {
        let window_s = i64::from(self.policy.checks.password_mail.window_minutes) * 60;
        self.unsent.retain(|(_, recent)| now.duration_since(recent.since).as_secs() <= window_s);
        let theirs =
            self.unsent.iter().filter(|(of, _)| of.iter().any(|one| senders.contains(one)));
        theirs.map(|(_, recent)| recent.clone()).collect()
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

    /// The mails of a file, as they are judged.
    #[track_caller]
    fn check(file: &[u8], expected: &[(&str, i64)]) {
        let mut mails = Vec::new();
        find_in_file(&Path::new("box").into(), file, &mut mails).unwrap();
        let found: Vec<(String, i64)> = mails
            .iter()
            .map(|past| {
                let range = usize::try_from(past.range.start).unwrap()
                    ..usize::try_from(past.range.end).unwrap();
                let bytes = as_sent(&file[range], past.number.is_some());
                (String::from_utf8(bytes).unwrap(), past.at.as_second())
            })
            .collect();
        let found: Vec<(&str, i64)> = found.iter().map(|(mail, at)| (mail.as_str(), *at)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_mbox_is_taken_apart() {
        let date = "Date: Thu, 01 Jan 1970 00:01:40 +0000";
        check(
            format!(
                "From a Mon\nTo: x\n{date}\n\nbody\n>From here\nFrom there\n\nFrom b Tue\nTo: y\n\n"
            )
            .as_bytes(),
            &[
                (&format!("To: x\r\n{date}\r\n\r\nbody\r\nFrom here\r\nFrom there\r\n\r\n"), 100),
                ("To: y\r\n\r\n", 0),
            ],
        );
    }

    #[test]
    fn a_mail_by_itself_is_one() {
        check(b"To: x\r\n\r\n>From here\nFrom a", &[("To: x\r\n\r\n>From here\r\nFrom a", 0)]);
    }
}
