//! Arguments as entries of a live case. It does not know whether the case takes them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use book::{Who, fields};
use response::live::{
    Because, Contact, Correction, Cost, Counted, Decision, Event, Evidence, HandOver, Note,
    Service, Stated, Task, TaskDone, Time, Told, Withdrawal,
};
use response::{Facts, Question, Reported};
use sha2::{Digest as _, Sha256};

use super::now;
use crate::cli::live::{Act, EvidenceArgs, NoteArgs, Plain, Recording, StateArgs};
use crate::data::hinted;
use crate::{clocks, correct};

/// Which book an act works on.
pub(super) fn plain(act: &Act) -> &Plain {
    match way(act) {
        Way::Recorded(recording) => &recording.plain,
        Way::Other(plain) => plain,
    }
}

/// How an act is done.
enum Way<'a> {
    Recorded(&'a Recording),
    Other(&'a Plain),
}

fn way(act: &Act) -> Way<'_> {
    let recording = match act {
        Act::Note(args) => &args.recording,
        Act::Service(args) => &args.recording,
        Act::Progress(args) => &args.recording,
        Act::Task(args) => &args.recording,
        Act::Done(args) => &args.recording,
        Act::Decide(args) => &args.recording,
        Act::Contact(args) => &args.recording,
        Act::Cost(args) => &args.recording,
        Act::Evidence(args) => &args.recording,
        Act::HandOver(args) => &args.recording,
        Act::Fact(args) => &args.recording,
        Act::State(args) => &args.recording,
        Act::Reported(args) => &args.recording,
        Act::Contacts(plain) => return Way::Other(plain),
        Act::Withdraw(args) => return Way::Other(&args.reasoned.plain),
        Act::Close(reasoned) | Act::Reopen(reasoned) | Act::Disclose(reasoned) => {
            return Way::Other(&reasoned.plain);
        }
    };
    Way::Recorded(recording)
}

/// The entry that an act records: of its own, or in place of another.
pub(super) fn event(act: &Act, who: &Who) -> anyhow::Result<Event> {
    let event = told(act, who)?;
    if let Event::Told(told) = &event {
        fields::check(told.field, &told.value).map_err(hinted)?;
    }
    Ok(match way(act) {
        Way::Recorded(Recording { instead_of: Some(entry), why, .. }) => {
            Event::Corrected(Correction { entry: *entry, event: Box::new(event), why: why.clone() })
        }
        _ => event,
    })
}

fn told(act: &Act, who: &Who) -> anyhow::Result<Event> {
    let exactly = || Time::exactly(now());
    Ok(match act {
        Act::Note(args) => note(args),
        Act::Service(args) => Event::Service(Service {
            name: args.name.clone(),
            status: args.status,
            part_of: args.part_of.clone(),
            needs: args.needs.clone(),
            site: args.site.clone(),
            at: args.at,
        }),
        Act::Progress(args) => Event::Counted(Counted {
            service: args.service.clone(),
            done: args.done,
            total: args.total,
            unit: args.unit.clone(),
            at: args.at.unwrap_or_else(now),
        }),
        Act::Task(args) => Event::Task(Task {
            what: args.what.clone(),
            owner: args.owner.clone(),
            due: args.due,
            plan: args.plan.clone(),
        }),
        Act::Done(args) => Event::TaskDone(TaskDone {
            task: args.task,
            at: args.at.unwrap_or_else(exactly),
            by: args.by.clone(),
        }),
        Act::Decide(args) => Event::Decided(Decision {
            what: args.what.clone(),
            because: args.because.clone(),
            by: args.by.clone(),
            at: args.at,
        }),
        Act::Contact(args) => Event::Contact(Contact {
            name: args.name.clone(),
            organisation: args.organisation.clone(),
            role: args.role.clone(),
            reach: args.reach.clone(),
        }),
        Act::Cost(args) => Event::Cost(Cost {
            what: args.what.clone(),
            amount: args.amount,
            currency: args.currency.to_ascii_uppercase(),
            at: args.at,
        }),
        Act::Evidence(args) => evidence(args, who)?,
        Act::HandOver(args) => Event::HandedOver(HandOver {
            evidence: args.evidence,
            from: args.from.clone(),
            to: args.to.clone(),
            at: args.at.unwrap_or_else(exactly),
            why: args.purpose.clone(),
        }),
        Act::Fact(args) => Event::Told(Told {
            field: args.field,
            value: fields::from_words(args.field, &correct::names(args.field, &args.value))
                .map_err(hinted)?,
        }),
        Act::State(args) => Event::Stated(Stated { facts: stated(args)? }),
        Act::Reported(args) => {
            let at = args.at.unwrap_or_else(now);
            let met = Reported { obligation: args.obligation.clone(), at };
            Event::Stated(Stated { facts: Facts { reported: vec![met], ..Facts::default() } })
        }
        Act::Withdraw(args) => {
            let why = args.reasoned.why.clone();
            Event::Withdrawn(Withdrawal { entry: args.entry, why })
        }
        Act::Close(reasoned) => Event::Closed(Because { why: reasoned.why.clone() }),
        Act::Reopen(reasoned) => Event::Reopened(Because { why: reasoned.why.clone() }),
        Act::Contacts(_) | Act::Disclose(_) => bail!("it records nothing"),
    })
}

fn note(args: &NoteArgs) -> Event {
    let (source, source_name) = args.source();
    Event::Noted(Note {
        what: args.what.clone(),
        happened: args.happened,
        known: args.known,
        known_by: args.known_by.clone(),
        event: args.event,
        source,
        source_name,
        public: args.public,
        evidence: args.evidence.clone(),
    })
}

fn evidence(args: &EvidenceArgs, who: &Who) -> anyhow::Result<Event> {
    let (sha256, bytes) = match (&args.file, &args.sha256) {
        (Some(file), _) => hash(file).map(|(hash, bytes)| (hash, Some(bytes)))?,
        (None, hash) => (hash.clone().unwrap_or_default().to_ascii_lowercase(), None),
    };
    Ok(Event::Evidence(Evidence {
        what: args.what.clone(),
        sha256,
        bytes,
        taken: args.taken.unwrap_or_else(|| Time::exactly(now())),
        taken_from: args.from.clone(),
        holder: args.holder.clone().unwrap_or_else(|| who.0.clone()),
    }))
}

/// The hash of a file, and how many bytes it has.
fn hash(path: &Path) -> anyhow::Result<(String, u64)> {
    let failed = || format!("{} cannot be read", path.display());
    let mut hash = Sha256::new();
    let mut file = File::open(path).with_context(failed)?;
    let bytes = io::copy(&mut file, &mut Hashing(&mut hash)).with_context(failed)?;
    let mut hex = String::with_capacity(64);
    for byte in hash.finalize() {
        // A String takes all that is written to it.
        let _ = write!(hex, "{byte:02x}");
    }
    Ok((hex, bytes))
}

struct Hashing<'a>(&'a mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Facts of a file, and of answers and a number above them.
fn stated(args: &StateArgs) -> anyhow::Result<Facts> {
    let mut facts = match &args.facts {
        Some(file) => clocks::stated(file)?,
        None => Facts::default(),
    };
    let mut answers = BTreeMap::new();
    for words in &args.answers {
        let (name, answer) = words
            .split_once('=')
            .ok_or_else(|| anyhow!("{words:?} is no QUESTION=yes or QUESTION=no"))?;
        let question = Question::ALL.iter().copied().find(|question| question.name() == name);
        let question = question.ok_or_else(|| {
            let all: Vec<&str> = Question::ALL.iter().map(|question| question.name()).collect();
            anyhow!("there is no question {name:?}\n  hint: there are {}", all.join(", "))
        })?;
        let answer = match answer {
            "yes" | "true" | "はい" => true,
            "no" | "false" | "いいえ" => false,
            other => bail!("{other:?} is neither yes nor no"),
        };
        answers.insert(question, answer);
    }
    facts.answers.extend(answers);
    if let Some(words) = &args.people {
        facts.people = words.parse()?;
    }
    Ok(facts)
}
