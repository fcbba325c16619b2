//! Runs a scenario of encrypted files: made-up files on a loop device, the real file guard over them or
//! none, and a load of ordinary programs that writes over them. Where there is no root or no loop device
//! nothing is run, and that is said. It does not know what the counts mean.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use fileguard::corpus::ground::Ground;
use fileguard::corpus::trial::{self, Outcome, Plan, TrialError};
use fileguard::{Answer, GuardError};
use guard::{Mode, Sentence};
use serde::Deserialize;
use tokio::task::spawn_blocking;
use toml::Table;

use super::{RunError, Sandbox, ms, mutated};
use crate::outcome::{Observed, Opened, Replayed, judge};
use crate::scenario::{Action, Probe, Scenario, Weakness};

/// What a file system for so many files holds.
const MEGABYTES: u64 = 48;

/// The load: every file is written over in place by what openssl makes of it, with a key that stands here.
/// The folder is one that the trial made for it.
const LOAD: &str = "grep -q 'made up' \"$1/.TESTCORPUS\" || exit 1; \
    find \"$1\" -name '資料*' | sort | while read -r f; do \
    openssl enc -aes-256-ctr -K 00 -iv 00 -in \"$f\" -out \"$2\" 2>/dev/null && cat \"$2\" > \"$f\"; done";

/// Work of every day over the same files, which nobody is to stop.
const WORK: &str = "cd \"$1\" || exit 1; cp -r 課00 copy; gzip -rq copy; rm -r copy";

/// What a mutant says otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Over {
    #[serde(default)]
    answer: Answer,
    #[serde(default)]
    checks: HashMap<String, Mode>,
}

/// How many files a scenario encrypts; none where it is of another kind.
pub(super) fn encrypted(scenario: &Scenario) -> Option<u32> {
    scenario.steps.iter().find_map(|step| match &step.action {
        Action::EncryptFiles(encrypted) => Some(encrypted.files),
        Action::SendMail(_) => None,
    })
}

/// Runs it with the guard, without it, and with it weakened.
pub(super) async fn run(
    scenario: &Scenario,
    files: u32,
    sandbox: &Sandbox,
) -> Result<Replayed, RunError> {
    if let Some(missing) = missing() {
        let kind = Some(scenario.kind.clone());
        return Ok(Replayed { kind, ..Replayed::inconclusive(scenario.case.clone(), missing) });
    }
    let run = |weakness: Weakness| async move {
        spawn_blocking(move || once(files, &weakness)).await.map_err(io::Error::other)?
    };
    // Each has a file system of its own.
    let (with, without) =
        tokio::try_join!(run(Weakness::Policy(Table::new())), run(Weakness::Removed))?;
    let mut mutants = Vec::new();
    for mutant in scenario.mutants.iter().filter(|_| sandbox.mutants) {
        let observed = match &mutant.weakness {
            Weakness::Removed => without.clone(),
            weakness => run(weakness.clone()).await?,
        };
        mutants.push(mutated(scenario, &mutant.id, &mutant.fails, &observed));
    }
    let remains = trial::remains();
    let left = remains.first().filter(|_| scenario.cleanup.leaves_nothing);
    let left = left.map(|place| super::left(place));
    Ok(judge(scenario, false, with, without, mutants, left))
}

/// What this machine lacks to run it.
fn missing() -> Option<Sentence> {
    let lacks = |words: String| {
        Sentence::new(
            format!("実行できない: root 権限・ループデバイス・openssl が要る({words})"),
            format!("cannot be run here: it needs root, loop devices and openssl ({words})"),
        )
    };
    if let Err(error) = Command::new("openssl").arg("version").output() {
        return Some(lacks(format!("openssl: {error}")));
    }
    Ground::new(MEGABYTES / 4).err().map(|error| lacks(error.to_string()))
}

/// One run.
fn once(files: u32, weakness: &Weakness) -> Result<Observed, RunError> {
    let began = Instant::now();
    let over = match weakness {
        Weakness::Policy(over) => over.clone().try_into().map_err(io::Error::other)?,
        _ => Over::default(),
    };
    let plan = Plan {
        files: usize::try_from(files).unwrap_or(usize::MAX),
        megabytes: MEGABYTES,
        answer: over.answer,
        checks: over.checks,
        work: Some(WORK),
        ..Plan::default()
    };
    let attack = |tree: &Path| {
        let mut command = Command::new("bash");
        command.args(["-c", LOAD, "load"]).arg(tree).arg(tree.with_file_name("between"));
        command
    };
    let mut observed = if *weakness == Weakness::Removed {
        let altered = trial::run_unguarded(&plan, attack).map_err(failed)? as u64;
        let counts = [(Probe::FilesEncrypted, altered), (Probe::FilesLost, altered)];
        Observed { counts: BTreeMap::from(counts), ..Observed::default() }
    } else {
        seen(&trial::run(&plan, attack).map_err(failed)?)
    };
    observed.took_ms = ms(began.elapsed());
    Ok(observed)
}

fn failed(error: TrialError) -> RunError {
    RunError::Sandbox(match error {
        TrialError::Io(error) | TrialError::Guard(GuardError::Kernel { because: error, .. }) => {
            error
        }
        other => io::Error::other(other),
    })
}

/// What a trial came to.
fn seen(outcome: &Outcome) -> Observed {
    let counts = [
        (Probe::FilesEncrypted, outcome.altered as u64),
        (Probe::FilesLost, outcome.lost as u64),
        (Probe::OrdinaryWorkStopped, u64::from(outcome.work_stopped)),
        (Probe::FindingsOpened, outcome.says.len() as u64),
    ];
    let opened = |says| Opened {
        step: "encryption".to_owned(),
        check: "fileguard".to_owned(),
        says,
        binds: outcome.stopped,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time in ms")]
    let judged = outcome.stopped.then_some(outcome.stop_ms.ceil() as u64);
    Observed {
        counts: BTreeMap::from(counts),
        findings: outcome.says.iter().cloned().map(opened).collect(),
        judged_after_ms: judged,
        ..Observed::default()
    }
}
