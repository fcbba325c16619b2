//! `relay try`: past mail under a policy, before it is switched on. The relay learns from each mail
//! after it was judged, as it would have. It does not know how mail lies in mailboxes, nor how it is judged.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use relay::checks::{Recent, Sending, senders};
use relay::history::History;
use relay::judge::{self, Earlier, Waiting};
use relay::mail::{AddressField, Mail, MailLimits};
use relay::net::PolicyFile;
use relay::net::record::Search;
use relay::spool::Step;
use relay::{Address, Disposition, Envelope, Gate, Judgement, Login, Policy, Recipient};
use replay::Alarms;

use super::mailbox::{Past, mails_of};
use super::record_in;
use crate::cli::relay::{ListFormat, TryArgs};
use crate::read::complain;

/// Pairs of people that are remembered, as a running relay would.
const PAIRS: usize = 500_000;
/// Mails of a record that are in memory at a time.
const RECORD_AT_ONCE: usize = 500;

/// Judges every mail of the mailboxes, the oldest first.
pub(super) fn run(args: &TryArgs) -> anyhow::Result<()> {
    if let Some(folder) = &args.record {
        return of_record(args, folder);
    }
    let mut trial = Trial::under(PolicyFile::read(&args.policy)?.policy);
    let mut out = io::stdout().lock();
    for past in &mails_of(&args.mailboxes)? {
        let judgement = trial.judge(past)?;
        if judgement.disposition != Disposition::DELIVER {
            print(&past.place(), &judgement, args.format, &mut out)?;
        }
    }
    complain(&trial.tally.told());
    Ok(())
}

/// Decides anew about what a relay found, the newest first. The mail itself is gone: limits that are stricter now
/// are not looked for.
fn of_record(args: &TryArgs, folder: &Path) -> anyhow::Result<()> {
    let policy = PolicyFile::read(&args.policy)?.policy;
    let record = record_in(folder)?;
    let mut out = io::stdout().lock();
    let mut tally = Tally::default();
    let mut search = Search { most: RECORD_AT_ONCE, ..Search::default() };
    loop {
        let found = record.find(&search)?;
        for entry in found.mails {
            let judgement = entry.judgement.unwrap_or_default().under(&policy);
            tally.add(&judgement);
            if judgement.disposition != Disposition::DELIVER {
                print(&entry.id.to_string(), &judgement, args.format, &mut out)?;
            }
        }
        if found.next.is_none() {
            break;
        }
        search.before = found.next;
    }
    complain(&tally.told());
    Ok(())
}

/// What a policy would have done with past mail; all of it was right, so what it stops is a false alarm.
pub(crate) fn alarms(policy: Policy, mails: &[Past]) -> anyhow::Result<Alarms> {
    let mut trial = Trial::under(policy);
    for past in mails {
        trial.judge(past)?;
    }
    Ok(trial.tally.alarms())
}

fn print(
    place: &str,
    judgement: &Judgement,
    format: ListFormat,
    out: &mut impl io::Write,
) -> io::Result<()> {
    match format {
        ListFormat::Json => {
            let line = serde_json::json!({ "mail": place, "judgement": judgement });
            writeln!(out, "{line}")
        }
        ListFormat::Table => {
            writeln!(out, "{place}")?;
            for finding in judgement.findings.iter().filter(|finding| finding.binds) {
                writeln!(out, "  ● {} [{}]", finding.says.ja, finding.check)?;
            }
            Ok(())
        }
    }
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
    fn under(policy: Policy) -> Self {
        Self {
            policy,
            history: History::new(PAIRS),
            unsent: Vec::new(),
            judged: 0,
            tally: Tally::default(),
        }
    }

    /// Judges the next mail, and learns from it if it would have gone out.
    fn judge(&mut self, past: &Past) -> anyhow::Result<Judgement> {
        let bytes = past.read()?;
        let mail = Mail::parse(&bytes, &MailLimits::default());
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
        Ok(judgement)
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
    /// Those that pass at once as individual copies.
    copies: usize,
    checks: BTreeMap<String, usize>,
}

impl Tally {
    fn add(&mut self, judgement: &Judgement) {
        self.mails += 1;
        *self.gates.entry(judgement.disposition.gate).or_default() += 1;
        let Disposition { gate, individual_copies, .. } = judgement.disposition;
        self.copies += usize::from(gate == Gate::Open && individual_copies);
        let mut found: Vec<&str> =
            judgement.findings.iter().map(|told| told.check.as_str()).collect();
        found.sort_unstable();
        found.dedup();
        for check in found {
            *self.checks.entry(check.to_owned()).or_default() += 1;
        }
    }

    fn alarms(&self) -> Alarms {
        let stopped = self.gates.iter().filter(|(gate, _)| **gate != Gate::Open);
        let count = |mails: usize| u64::try_from(mails).unwrap_or(u64::MAX);
        Alarms { stopped: count(stopped.map(|(_, mails)| mails).sum()), copies: count(self.copies) }
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
