//! A trial: a ground with made-up files, a guard over it, an attack, the undo, and a count of what is not
//! as it was. It does not print.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use guard::{Mode, Sentence};

use super::ground::{Ground, GroundError};
use super::{altered, fill};
use crate::config::{Answer, Config, Guarded};
use crate::incident::{Incident, State};
use crate::vault::Digest;
use crate::watch::{Answered, Guard, GuardError, Notice, Order};

/// What a trial is made with.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many files there are.
    pub files: usize,
    /// How long the attack may take without being stopped.
    pub patience: Duration,
    /// What the ground holds, in megabytes.
    pub megabytes: u64,
    /// One more file, of text, with so many bytes; none where this is 0.
    pub large_bytes: usize,
    /// What is kept whole.
    pub whole_file_bytes: u64,
    /// Whether the attack begins before the guard does, and is told to go on by a line.
    pub opens_first: bool,
    /// What the guard does about what it notices.
    pub answer: Answer,
    /// Checks that are off or only noted.
    pub checks: HashMap<String, Mode>,
    /// Ordinary work that is done over the same files before the attack, under the guard: a script.
    pub work: Option<&'static str>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            files: 400,
            patience: Duration::from_mins(1),
            megabytes: 256,
            large_bytes: 0,
            whole_file_bytes: 256 * 1024 * 1024,
            opens_first: false,
            answer: Answer::default(),
            checks: HashMap::new(),
            work: None,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Whether it was stopped.
    pub stopped: bool,
    /// How many of the files were not as they were when everything stood still.
    pub altered: usize,
    /// How many are not as they were after the undo.
    pub lost: usize,
    /// Whether the ordinary work before it was stopped.
    pub work_stopped: bool,
    /// From the deed that was enough to the freeze of all processes, in milliseconds.
    pub stop_ms: f64,
    /// How many bytes of contents were kept.
    pub kept_bytes: u64,
    /// What the checks said.
    pub says: Vec<Sentence>,
    /// What the undo reports as not put back.
    pub failed: Vec<String>,
    /// What went wrong with the guard itself.
    pub troubles: Vec<String>,
}

/// Why there was no trial.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// There is no ground.
    #[error(transparent)]
    Ground(#[from] GroundError),
    /// The guard does not run.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// The attack did not start, or files could not be made.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The attacker, ended whatever happens.
struct Attack(Child);

impl Drop for Attack {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Tries one attack. `attack` makes the command that attacks the folder given.
pub fn run(plan: &Plan, attack: impl Fn(&Path) -> Command) -> Result<Outcome, TrialError> {
    let ground = Ground::new(plan.megabytes)?;
    let tree = ground.tree();
    let mut hashes = fill(&tree, plan.files)?;
    if plan.large_bytes > 0 {
        let words = super::files::words(plan.large_bytes, 1).into_bytes();
        let path = tree.join("台帳.db");
        std::fs::write(&path, &words)?;
        hashes.insert(path, Digest::of(&words));
    }
    let guarded = Guarded {
        path: tree.clone(),
        tenant: String::new(),
        exclude: Vec::new(),
        canaries: Vec::new(),
    };
    let mut config = Config::new(ground.vault(), vec![guarded]);
    config.whole_file_bytes = plan.whole_file_bytes;
    config.answer = plan.answer;
    config.checks.clone_from(&plan.checks);
    let start = || {
        let mut command = attack(&tree);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().map(Attack)
    };
    let first = if plan.opens_first { Some(opened(start()?)?) } else { None };
    let (notices, news) = mpsc::channel();
    let guard = Guard::start(config, notices)?;
    let work_stopped = match plan.work {
        Some(script) => works(script, &tree, &news)?,
        None => false,
    };
    let mut attacker = match first {
        Some(attacker) => attacker,
        None => start()?,
    };
    // A line, or the end of input: the load that waits goes on.
    drop(attacker.0.stdin.take());
    let mut troubles = Vec::new();
    let incident = wait(&mut attacker, &news, plan.patience, &mut troubles);
    let changed = altered(&hashes).len();
    let mut outcome = Outcome {
        stopped: incident.as_ref().is_some_and(|incident| incident.state == State::Frozen),
        altered: changed,
        lost: changed,
        work_stopped,
        stop_ms: 0.0,
        kept_bytes: 0,
        says: Vec::new(),
        failed: Vec::new(),
        troubles,
    };
    if let Some(incident) = incident {
        undo(&guard, &incident, &hashes, &mut outcome)?;
    }
    if let Answered::Status(status) = guard.ask(Order::Status)? {
        outcome.kept_bytes = status.kept_bytes;
    }
    drop(attacker);
    // Processes that were stopped apart from the first are ended too: nothing is left standing still.
    let late: Vec<Notice> = news.try_iter().collect();
    for notice in &late {
        if let Notice::Incident(incident) = notice
            && incident.state == State::Frozen
        {
            guard.ask(Order::Kill(incident.number, "trial".to_owned()))?;
        }
    }
    guard.stop();
    outcome.troubles.extend(late.into_iter().chain(news).filter_map(|notice| match notice {
        Notice::Trouble(words) => Some(words),
        Notice::Incident(_) => None,
    }));
    Ok(outcome)
}

/// Ends an incident's processes, puts its files back, and counts what is not as it was.
fn undo(
    guard: &Guard,
    incident: &Incident,
    hashes: &BTreeMap<PathBuf, Digest>,
    outcome: &mut Outcome,
) -> Result<(), GuardError> {
    outcome.stop_ms = Duration::from_micros(incident.stop_us).as_secs_f64() * 1000.0;
    outcome.says.clone_from(&incident.because);
    if incident.frozen.is_some() {
        guard.ask(Order::Kill(incident.number, "trial".to_owned()))?;
    }
    if let Answered::Undone(report) = guard.ask(Order::Undo(incident.number))? {
        outcome.failed = report
            .files
            .iter()
            .filter_map(|file| Some(format!("{}: {}", file.path.display(), file.failed.as_ref()?)))
            .collect();
    }
    let lost = altered(hashes);
    outcome.lost = lost.len();
    outcome.failed.extend(lost.iter().map(|path| format!("{}: lost", path.display())));
    Ok(())
}

/// The same attack where no guard is: how many files are not as they were when it is over.
pub fn run_unguarded(plan: &Plan, attack: impl Fn(&Path) -> Command) -> Result<usize, TrialError> {
    let ground = Ground::new(plan.megabytes)?;
    let tree = ground.tree();
    let hashes = fill(&tree, plan.files)?;
    let mut command = attack(&tree);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut attacker = Attack(command.spawn()?);
    let begun = Instant::now();
    while attacker.0.try_wait()?.is_none() && begun.elapsed() < plan.patience {
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(altered(&hashes).len())
}

/// Does ordinary work, and says whether it was stopped.
fn works(script: &str, tree: &Path, news: &mpsc::Receiver<Notice>) -> std::io::Result<bool> {
    let mut command = Command::new("bash");
    command.args(["-c", script, "work"]).arg(tree);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut work = Attack(command.spawn()?);
    loop {
        match news.recv_timeout(Duration::from_millis(5)) {
            Ok(Notice::Incident(incident)) if incident.state != State::Told => return Ok(true),
            _ if work.0.try_wait()?.is_some() => return Ok(false),
            _ => {}
        }
    }
}

/// Waits until the load says that it has its files open.
fn opened(mut attacker: Attack) -> std::io::Result<Attack> {
    let Some(said) = attacker.0.stdout.take() else { return Ok(attacker) };
    std::io::BufRead::read_line(&mut std::io::BufReader::new(said), &mut String::new())?;
    Ok(attacker)
}

/// Waits for an incident that stops, or the end of the attack, and gives the gravest incident.
fn wait(
    attacker: &mut Attack,
    noticed: &mpsc::Receiver<Notice>,
    patience: Duration,
    troubles: &mut Vec<String>,
) -> Option<Incident> {
    let begun = Instant::now();
    let mut told = None;
    let mut ended: Option<Instant> = None;
    while begun.elapsed() < patience {
        match noticed.recv_timeout(Duration::from_millis(50)) {
            Ok(Notice::Incident(incident)) if incident.state != State::Told => {
                return Some(*incident);
            }
            Ok(Notice::Incident(incident)) => told = Some(*incident),
            Ok(Notice::Trouble(words)) => troubles.push(words),
            Err(_) => {}
        }
        if ended.is_none() && matches!(attacker.0.try_wait(), Ok(Some(_))) {
            ended = Some(Instant::now());
        }
        // What it did last is still to be looked at.
        if ended.is_some_and(|ended| ended.elapsed() > Duration::from_secs(2)) {
            break;
        }
    }
    told
}

/// Grounds of this process that are still mounted: nothing is to be left behind.
pub fn remains() -> Vec<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .filter(|place| place.contains(&super::ground::prefix()))
        .map(PathBuf::from)
        .collect()
}
