//! The two halves of `cargo xtask crash spool`, which kills the first and then asks the second:
//!
//! - `spool_crash write DIR SEED` takes mails in and moves them on, in several threads and without
//!   end, and prints each step as a line of JSON when it is confirmed, not before. Mails that an
//!   earlier writer left are moved on too.
//! - `spool_crash check DIR LINES…` opens the spool and looks for everything that those files of
//!   lines say was confirmed: each mail byte for byte, with at least the steps that were confirmed;
//!   no mail twice, none that is done.
//!
//! It does not know when it is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::{env, fs, process, thread};

use jiff::Timestamp;
use relay::envelope::{Body, Login};
use relay::spool::{Event, MailId, Outcome, Spool, SpoolError, SpoolLimits, Status, Step};
use relay::{Address, Envelope, Recipient};
use serde::{Deserialize, Serialize};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const THREADS: u64 = 8;
/// Small, so that segments come and go while the writer lives.
const LIMITS: SpoolLimits = SpoolLimits {
    segment_bytes: 256 << 10,
    most_bytes: 1 << 30,
    waiting_bytes: 64 << 20,
    batch_bytes: 128 << 10,
};

/// A step that was confirmed: so many are behind the mail.
#[derive(Serialize, Deserialize)]
struct Confirmed {
    id: MailId,
    number: u64,
    steps: usize,
    is_done: bool,
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["write", dir, seed] => {
            seed.parse().map_err(Into::into).and_then(|seed| write(Path::new(dir), seed))
        }
        ["check", dir, lines @ ..] => check(Path::new(dir), lines),
        _ => Err("usage: spool_crash write DIR SEED | spool_crash check DIR LINES…".into()),
    };
    if let Err(error) = result {
        eprintln!("spool_crash: {error}");
        process::exit(1);
    }
}

/// All about a mail follows from its number.
#[derive(Clone, Copy)]
struct Plan(u64);

impl Plan {
    /// A sequence of numbers that the mail's number decides (splitmix64, Steele and others 2014).
    fn roll(self, place: u64) -> u64 {
        let mixed = self.0.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn recipients(self) -> u32 {
        u32::try_from(1 + self.roll(1) % 4).unwrap_or(1)
    }

    fn mail(self) -> Vec<u8> {
        // Most are short; one in 50 is longer than a segment of the spool.
        let bytes = if self.roll(2).is_multiple_of(50) { 300_000 } else { self.roll(3) % 8_000 };
        let mut mail = format!("Subject: {}\r\n\r\n", self.0).into_bytes();
        for place in 4..4 + bytes / 8 {
            mail.extend_from_slice(&self.roll(place).to_le_bytes());
        }
        mail
    }

    fn envelope(self) -> Result<Envelope> {
        let to: Result<Vec<Recipient>> = (0..self.recipients())
            .map(|at| Ok(Recipient::new(Address::parse(&format!("r{at}@example.com"))?)))
            .collect();
        let from = Address::parse("sato@example.jp")?;
        Ok(Envelope {
            body: Body::EightBit,
            // The number, so that a mail is known again.
            envelope_id: Some(self.0.to_string()),
            helo: "client.example.jp".to_owned(),
            ..Envelope::new(Some(from), to?, Login::Account("sato".to_owned()))
        })
    }

    fn verdict(self) -> Vec<u8> {
        format!("verdict of {}", self.0).into_bytes()
    }

    /// The way of the mail after it was taken in. One in seven waits for ever.
    fn steps(self) -> Vec<Step> {
        let by = || format!("person {}", self.0);
        let mut steps = Vec::new();
        if self.roll(9).is_multiple_of(2) {
            steps.push(Step::Held { by: by(), until: Timestamp::from_second(1_900_000_000).ok() });
        }
        match self.roll(10) % 7 {
            0 => return steps,
            1 => steps.push(Step::Cancelled { by: by() }),
            _ => {
                steps.push(Step::Released { by: by() });
                let said = || "250 2.0.0 taken".to_owned();
                for recipient in 0..self.recipients() {
                    let next_try = Timestamp::UNIX_EPOCH;
                    let deferred = Outcome::Deferred { said: "451 4.2.0".to_owned(), next_try };
                    steps.push(Step::Tried { recipient, outcome: deferred });
                    let outcome = Outcome::Delivered { said: said() };
                    steps.push(Step::Tried { recipient, outcome });
                }
            }
        }
        steps.push(Step::Done);
        steps
    }

    /// How many of its steps are behind a mail of this status; `None` where no number of them
    /// leads there.
    fn behind(self, status: &Status) -> Option<usize> {
        let mut at = Status::received(usize::try_from(self.recipients()).ok()?);
        if at == *status {
            return Some(0);
        }
        self.steps().into_iter().enumerate().find_map(|(number, step)| {
            let is_done = step == Step::Done;
            at.take(step).ok()?;
            (!is_done && at == *status).then_some(number + 1)
        })
    }
}

fn write(dir: &Path, seed: u64) -> Result<()> {
    let spool = Spool::open(dir, LIMITS)?;
    let left = spool.mails();
    thread::scope(|scope| {
        let writers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (spool, left) = (&spool, &left);
                scope.spawn(move || {
                    for id in left.iter().skip(usize::try_from(thread)?).step_by(8) {
                        move_on(spool, plan_of(spool, *id)?, *id)?;
                    }
                    for number in 0.. {
                        let plan = Plan(seed * 1_000_000_000 + thread * 10_000_000 + number);
                        take_in(spool, plan)?;
                    }
                    Ok::<(), Box<dyn Error + Send + Sync>>(())
                })
            })
            .collect();
        writers.into_iter().try_for_each(|it| it.join().map_err(|_| "a writer has panicked")?)
    })
}

fn plan_of(spool: &Spool, id: MailId) -> Result<Plan> {
    let number = spool.envelope(id)?.envelope_id.ok_or("no number")?;
    Ok(Plan(number.parse()?))
}

fn take_in(spool: &Spool, plan: Plan) -> Result<()> {
    let id = spool.new_id(Timestamp::UNIX_EPOCH);
    let accepted = Event::Accepted { id, envelope: plan.envelope()?, mail: plan.mail() };
    spool.append(&[accepted, Event::Judged { id, verdict: plan.verdict() }]).wait()?;
    say(id, plan, 0, false)?;
    move_on(spool, plan, id)
}

fn move_on(spool: &Spool, plan: Plan, id: MailId) -> Result<()> {
    let status = spool.status(id).ok_or("the mail is gone")?;
    let behind = plan.behind(&status).ok_or("the mail is where it cannot be")?;
    for (number, step) in plan.steps().into_iter().enumerate().skip(behind) {
        let is_done = step == Step::Done;
        spool.append(&[Event::step(id, step)]).wait()?;
        say(id, plan, number + 1, is_done)?;
    }
    Ok(())
}

/// One line in one system call: whoever reads it knows that the step is stored.
fn say(id: MailId, plan: Plan, steps: usize, is_done: bool) -> Result<()> {
    let confirmed = Confirmed { id, number: plan.0, steps, is_done };
    let line = serde_json::to_string(&confirmed)? + "\n";
    std::io::stdout().lock().write_all(line.as_bytes())?;
    Ok(())
}

/// Compares what is there with all that was confirmed.
fn check(dir: &Path, lines: &[&str]) -> Result<()> {
    // The last word about each mail, and how many lives ended since it was begun.
    let mut confirmed: BTreeMap<MailId, (Confirmed, usize)> = BTreeMap::new();
    for (life, path) in lines.iter().enumerate() {
        for line in fs::read_to_string(path)?.lines() {
            let line: Confirmed = serde_json::from_str(line)?;
            confirmed.insert(line.id, (line, lines.len() - life));
        }
    }
    let spool = Spool::open(dir, LIMITS)?;
    if let Some(damage) = spool.damage().first() {
        return Err(format!("damage: {damage}").into());
    }
    let mails: BTreeSet<MailId> = spool.mails().into_iter().collect();
    let mut numbers = BTreeSet::new();
    for id in &mails {
        let plan = plan_of(&spool, *id)?;
        // The mail is found by its id, and its number must be nobody else's.
        if !numbers.insert(plan.0) {
            return Err(format!("mail {} is there twice", plan.0).into());
        }
        let behind = plan.behind(&spool.status(*id).ok_or("gone")?);
        let behind = behind.ok_or_else(|| format!("mail {id} is where it cannot be"))?;
        let said = confirmed.get(id).map(|(said, _)| said);
        if said.is_some_and(|said| said.is_done || behind < said.steps) {
            return Err(format!("mail {id} is back at step {behind}").into());
        }
        let verdict = spool.verdict(*id)?;
        let has_verdict = verdict.as_deref() == Some(&plan.verdict()[..]);
        let is_same = spool.mail(*id)? == plan.mail() && spool.envelope(*id)? == plan.envelope()?;
        // The verdict was handed in with the mail; alone it may be missing before it is confirmed.
        if !is_same || !(has_verdict || said.is_none() && verdict.is_none()) {
            return Err(format!("mail {id} is not what it was").into());
        }
    }
    for (said, lives) in confirmed.values().filter(|(said, _)| !mails.contains(&said.id)) {
        // At the end of a life one step may be stored and not confirmed, and it may be the last.
        let steps = Plan(said.number).steps();
        let may_be_done = steps.last() == Some(&Step::Done) && steps.len() - said.steps <= *lives;
        if !said.is_done && !may_be_done {
            return Err(SpoolError::Unknown(said.id).into());
        }
    }
    println!("{} mails, {} confirmed, {:?}", mails.len(), confirmed.len(), spool.figures());
    Ok(())
}
