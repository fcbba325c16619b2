//! `guard_crash JIKENBO KILLS SEED`, which `cargo xtask crash fileguard` starts: it runs
//! `jikenbo fileguard run` over a loop-mounted tree, over and over, attacks the tree with harmless loads
//! while ordinary work goes on in it, and ends each guard with SIGKILL at a random moment. It looks for
//! what must be so:
//!
//! - no file is left that cannot be opened, and the ordinary work goes on;
//! - vault, evidence and ledger verify;
//! - who stood still stands still, before and after the next guard begins, until a person decides;
//! - the next guard protects: it stops the loads that a kill left running, and a fresh one, after ten files
//!   at most;
//! - all that the guard had kept comes back: no file is lost. In every second round the loads are stopped a
//!   moment before the guard is killed, and nothing at all may be lost; in the others they run on without
//!   any guard for a moment, and only what they had not touched before may be lost.
//!
//! It needs root and loop devices, and says so where they are missing (exit status 3). It does not know how
//! the guard keeps anything.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, io, process, thread};

use fileguard::corpus::ground::Ground;
use fileguard::corpus::{altered, fill};
use fileguard::vault::Digest;
use fileguard::watch::control::{Reply, Request, ask};
use fileguard::watch::procs;
use fileguard::{Incident, State};
use rustix::process::{Pid, Signal, kill_process_group};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many files there are for each load.
const FILES: usize = 90;
/// How many loads run at once, at the most.
const MOST_LOADS: u64 = 2;
/// More files than this are not altered before a fresh attack stops.
const MOST_ALTERED: usize = 10;
/// How long a guard lives at the most after the loads begin: they are stopped within this.
const MOST_LIFE_MS: u64 = 350;
/// How long anything may take that must come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Before something is looked at again.
const PAUSE: Duration = Duration::from_millis(5);
/// What the loads do.
const LOADS: &[&str] =
    &["in-place", "sixteenth", "header-intact", "rename-over", "copy-and-delete"];
/// Work that nobody must stop, in a folder of its own; a line for each round.
const WORK: &str = "mkdir -p \"$1\" && cd \"$1\" && while :; do \
    for n in 1 2 3 4 5; do echo \"議事録 $n\" >> minutes$n.txt; done; \
    sed -i s/議事録/会議録/ minutes3.txt; cp minutes1.txt copy.txt; gzip -kf copy.txt; rm copy.txt; \
    tail -n 20 minutes2.txt > new.txt; mv new.txt minutes2.txt; echo done; done";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [jikenbo, kills, seed] = words.as_slice() else {
        eprintln!("usage: guard_crash JIKENBO KILLS SEED");
        return ExitCode::from(2);
    };
    let (Ok(kills), Ok(seed)) = (kills.parse(), seed.parse()) else {
        eprintln!("guard_crash: KILLS and SEED are numbers");
        return ExitCode::from(2);
    };
    let ground = match Ground::new(256) {
        Ok(ground) => ground,
        Err(error) => {
            eprintln!("NOT RUN: kills of the file guard: {error}");
            return ExitCode::from(3);
        }
    };
    match Trial::run(jikenbo, ground, kills, seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guard_crash: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A harmless load, its process group, and the name of what it does.
struct Load {
    child: Child,
    name: &'static str,
}

impl Load {
    fn signal(&self, signal: Signal) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // One that has ended is no error.
        let _ = group.map(|group| kill_process_group(group, signal));
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Ordinary work, and how many rounds of it are done.
struct Work {
    child: Child,
    done: Arc<AtomicU64>,
}

impl Work {
    fn start(folder: &Path) -> Result<Self> {
        let mut command = Command::new("bash");
        command.args(["-c", WORK, "work"]).arg(folder).process_group(0);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let done = Arc::new(AtomicU64::new(0));
        let (counter, out) = (Arc::clone(&done), child.stdout.take().ok_or("no output")?);
        thread::spawn(move || {
            for _ in BufReader::new(out).lines() {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(Self { child, done })
    }

    /// Waits until it has gone on.
    fn goes_on(&self) -> Result<()> {
        let before = self.done.load(Ordering::Relaxed);
        // One round may have been nearly over.
        until("ordinary work to go on", || Ok(self.done.load(Ordering::Relaxed) > before + 1))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let _ = group.map(|group| kill_process_group(group, Signal::KILL));
        let _ = self.child.wait();
    }
}

/// A running guard, ended whatever happens.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(what: &str, mut comes: impl FnMut() -> Result<bool>) -> Result<()> {
    let begun = Instant::now();
    while !comes()? {
        if begun.elapsed() > PATIENCE {
            return Err(format!("waited in vain for {what}").into());
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Moments that a seed decides (xorshift64, Marsaglia 2003).
struct Moments(u64);

impl Moments {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// What was seen in all rounds.
#[derive(Default)]
struct Seen {
    stopped: usize,
    taken_up: usize,
    thawed: usize,
    restored: usize,
    /// Files that no guard had seen opened before they were altered.
    unguarded: usize,
}

struct Trial {
    jikenbo: PathBuf,
    config: PathBuf,
    tree: PathBuf,
    vault: PathBuf,
    hashes: BTreeMap<PathBuf, Digest>,
    contents: BTreeMap<PathBuf, Vec<u8>>,
    moments: Moments,
    loads: Vec<Load>,
    work: Work,
    seen: Seen,
    /// Gone with the trial.
    _ground: Ground,
}

impl Trial {
    fn run(jikenbo: &str, ground: Ground, kills: u64, seed: u64) -> Result<()> {
        let (tree, vault) = (ground.tree(), ground.vault());
        let mut hashes = BTreeMap::new();
        // One for each load of a round: they do not meet.
        for number in 0..MOST_LOADS {
            let folder = corpus(&tree, number);
            fs::create_dir(&folder)?;
            hashes.extend(fill(&folder, FILES)?);
        }
        let contents = hashes.keys().map(|path| Ok((path.clone(), fs::read(path)?)));
        let contents = contents.collect::<io::Result<_>>()?;
        let config = ground.mount().with_file_name("guard.toml");
        let written = format!(
            "vault = '{}'\nvault_limit_bytes = 1_000_000_000\n[[tree]]\npath = '{}'\n",
            vault.display(),
            tree.display()
        );
        fs::write(&config, written)?;
        let mut trial = Self {
            jikenbo: jikenbo.into(),
            config,
            vault,
            hashes,
            contents,
            moments: Moments(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            loads: Vec::new(),
            work: Work::start(&tree.join("work"))?,
            seen: Seen::default(),
            tree,
            _ground: ground,
        };
        for kill in 0..kills {
            let round = trial.round(kill);
            round.map_err(|error| format!("kill {kill} of seed {seed}: {error}"))?;
        }
        let guard = trial.start()?;
        trial.settle(kills)?;
        drop(guard);
        let Seen { stopped, taken_up, thawed, restored, unguarded } = trial.seen;
        writeln!(
            io::stdout(),
            "{stopped} incidents, {taken_up} of them outlived a guard, {thawed} thawed; {restored} files put back, \
             {unguarded} altered while no guard ran"
        )?;
        Ok(())
    }

    /// One life of a guard: it takes up what the one before left, and is killed while loads run.
    fn round(&mut self, kill: u64) -> Result<()> {
        let mut guard = self.start()?;
        self.settle(kill)?;
        self.attack_afresh()?;
        for number in 0..=self.moments.below(MOST_LOADS) {
            let name = LOADS[usize::try_from(self.moments.below(LOADS.len() as u64))?];
            self.loads.push(self.load(name, number)?);
        }
        thread::sleep(Duration::from_millis(self.moments.below(MOST_LIFE_MS)));
        if is_gentle(kill) {
            self.loads.iter().for_each(|load| load.signal(Signal::STOP));
        }
        guard.0.kill()?;
        self.loads.iter().for_each(|load| load.signal(Signal::STOP));
        guard.0.wait()?;
        self.check_without_guard()
    }

    fn load(&self, name: &'static str, number: u64) -> Result<Load> {
        let folder = corpus(&self.tree, number);
        let mut command = Command::new(&self.jikenbo);
        command.args(["fileguard", "load", name]).arg(folder).process_group(0);
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Load { child, name })
    }

    fn start(&self) -> Result<Running> {
        let errors =
            File::options().create(true).append(true).open(self.config.with_extension("errors"))?;
        let mut command = Command::new(&self.jikenbo);
        command.args(["fileguard", "run"]).arg(&self.config).stderr(errors);
        let mut guard = Running(command.stdin(Stdio::null()).spawn()?);
        until("the guard to begin", || {
            if let Some(status) = guard.0.try_wait()? {
                let errors = fs::read_to_string(self.config.with_extension("errors"))?;
                return Err(format!("the guard ended with {status}: {errors}").into());
            }
            Ok(matches!(ask(&self.vault, &Request::Status), Ok(Some(_))))
        })?;
        Ok(guard)
    }

    fn ask(&self, request: &Request) -> Result<Reply> {
        match ask(&self.vault, request)? {
            Some(Reply::Refused { why }) => Err(format!("{request:?}: {why}").into()),
            Some(reply) => Ok(reply),
            None => Err("no guard answers".into()),
        }
    }

    /// What must be so while no guard runs.
    fn check_without_guard(&mut self) -> Result<()> {
        let incidents = Incident::all(&self.vault);
        self.stand_still(&incidents)?;
        let paths: Vec<PathBuf> = self.everything()?;
        let (opened, all) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let open = |path: &PathBuf| {
                // The ordinary work deletes files meanwhile.
                match File::options().read(true).write(true).open(path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                    _ => Ok(()),
                }
            };
            let _ = opened.send(paths.iter().try_for_each(open));
        });
        all.recv_timeout(PATIENCE).map_err(|_| "a file cannot be opened any more")??;
        self.work.goes_on()?;
        let verified =
            Command::new(&self.jikenbo).args(["fileguard", "verify"]).arg(&self.config).output()?;
        if !verified.status.success() {
            let words = [verified.stdout, verified.stderr].concat();
            return Err(format!("verify: {}", String::from_utf8_lossy(&words)).into());
        }
        Ok(())
    }

    /// Every file of the tree.
    fn everything(&self) -> Result<Vec<PathBuf>> {
        let (mut files, mut left) = (Vec::new(), vec![self.tree.clone()]);
        while let Some(folder) = left.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    left.push(entry.path());
                } else {
                    files.push(entry.path());
                }
            }
        }
        Ok(files)
    }

    /// Those whom an incident froze do not run, unless it has just begun: then the next guard sees to it.
    fn stand_still(&mut self, incidents: &[Incident]) -> Result<()> {
        for incident in incidents.iter().filter(|incident| incident.state == State::Frozen) {
            let Some(frozen) = incident.frozen.as_ref().filter(|_| incident.evidence.is_some())
            else {
                self.seen.taken_up += 1;
                continue;
            };
            for proc in &frozen.procs {
                let Some(found) = procs::stat(proc.pid).filter(|found| found.proc == *proc) else {
                    continue;
                };
                let group = fs::read_to_string(format!("/proc/{}/cgroup", proc.pid))?;
                if !group.contains("jikenbo-") && !found.is_still() {
                    return Err(format!("incident {} runs: {found:?}", incident.number).into());
                }
            }
        }
        Ok(())
    }

    /// The loads that the kill left are stopped now; their incidents are decided, and everything comes back.
    fn settle(&mut self, kill: u64) -> Result<()> {
        self.stand_still(&Incident::all(&self.vault))?;
        self.loads.iter().for_each(|load| load.signal(Signal::CONT));
        self.all_stopped()?;
        let frozen = self.open_incidents().find(|incident| incident.state == State::Frozen);
        if let Some(incident) = frozen.map(|it| it.number).filter(|_| kill % 4 == 3) {
            let (who, why) = ("crash".to_owned(), "to see it go on".to_owned());
            self.ask(&Request::Thaw { incident, who, why })?;
            self.seen.thawed += 1;
            self.all_stopped()?;
        }
        let loads: BTreeSet<&str> = self.loads.iter().map(|load| load.name).collect();
        let loads = format!("{loads:?}");
        let open: Vec<Incident> = self.open_incidents().collect();
        for incident in open.iter().rev() {
            if incident.state == State::Frozen {
                let (incident, who) = (incident.number, "crash".to_owned());
                self.ask(&Request::Kill { incident, who })?;
            }
        }
        for incident in open.iter().rev() {
            self.seen.stopped += 1;
            let undone = self.ask(&Request::Undo { incident: incident.number })?;
            let Reply::Undone { report } = undone else { return Err("no report".into()) };
            self.seen.restored += report.files.len();
            if let Some(failed) = report.files.iter().find(|file| file.failed.is_some()) {
                return Err(format!("incident {}: {failed:?}", incident.number).into());
            }
        }
        self.loads.clear();
        let lost: Vec<PathBuf> = altered(&self.hashes).into_iter().map(Path::to_owned).collect();
        let kept = self.kept(&open)?;
        if let Some(path) = lost.iter().find(|path| is_gentle_before(kill) || kept.contains(*path))
        {
            return Err(format!("lost: {} by {loads}", path.display()).into());
        }
        self.seen.unguarded += lost.len();
        self.clean(&lost)
    }

    /// Incidents that are not undone.
    fn open_incidents(&self) -> impl Iterator<Item = Incident> + use<> {
        Incident::all(&self.vault).into_iter().filter(|incident| !incident.undone)
    }

    /// Waits until every load has ended or stands still, by an incident that is written down whole.
    fn all_stopped(&mut self) -> Result<()> {
        let (vault, loads) = (self.vault.clone(), &mut self.loads);
        until("the loads to be stopped", || {
            let incidents = Incident::all(&vault);
            let mut frozen = incidents
                .iter()
                .filter(|incident| incident.state == State::Frozen && incident.evidence.is_some())
                .filter_map(|incident| incident.frozen.as_ref());
            let frozen: BTreeSet<u32> =
                frozen.by_ref().flat_map(|frozen| &frozen.procs).map(|proc| proc.pid).collect();
            for load in loads.iter_mut() {
                if !frozen.contains(&load.child.id()) && load.child.try_wait()?.is_none() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// The files whose content or name the guard kept for these incidents.
    fn kept(&self, open: &[Incident]) -> Result<BTreeSet<PathBuf>> {
        let since = open.iter().map(|incident| incident.since_ms).min().unwrap_or(u64::MAX);
        let journal = fs::read_to_string(self.vault.join("journal"))?;
        let mut kept = BTreeSet::new();
        for line in journal.lines() {
            let json = line.split_once(' ').map_or("", |(_, json)| json);
            let entry: serde_json::Value = serde_json::from_str(json)?;
            let by_them = open.iter().any(|incident| {
                let is = |by: &serde_json::Value| by["pid"] == incident.root.pid;
                entry["by"].as_array().is_some_and(|by| by.iter().any(is))
            });
            let record = &entry["record"];
            let keeps = record["kind"] == "content" || record["kind"] == "gone";
            if keeps && by_them && entry["at_ms"].as_u64().is_some_and(|at| at >= since) {
                kept.extend(record["path"].as_str().map(PathBuf::from));
            }
        }
        Ok(kept)
    }

    /// Makes the tree as it was at the beginning.
    fn clean(&self, lost: &[PathBuf]) -> Result<()> {
        for path in lost {
            fs::write(path, &self.contents[path])?;
        }
        let work = self.tree.join("work");
        for path in self.everything()? {
            let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
            if !self.hashes.contains_key(&path) && !path.starts_with(&work) && !is_hidden {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// A guard that has just begun stops an attack as any other does.
    fn attack_afresh(&mut self) -> Result<()> {
        self.loads.push(self.load("in-place", 0)?);
        self.all_stopped()?;
        let altered = altered(&self.hashes).len();
        if !(1..=MOST_ALTERED).contains(&altered) {
            return Err(format!("{altered} files altered by a fresh attack").into());
        }
        // What it left is not to be seen as the next one's.
        self.settle(0)
    }
}

/// The files that one load attacks.
fn corpus(tree: &Path, number: u64) -> PathBuf {
    tree.join(format!("corpus{number}"))
}

/// Whether the loads are stopped a moment before the guard is killed.
const fn is_gentle(kill: u64) -> bool {
    kill.is_multiple_of(2)
}

/// Whether that was so before this round.
const fn is_gentle_before(kill: u64) -> bool {
    kill == 0 || is_gentle(kill - 1)
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.loads.clear();
        // Those that still stand still stand in groups of guards that were ours.
        for incident in Incident::all(&self.vault) {
            if let Some(frozen) = &incident.frozen {
                fileguard::watch::freeze::kill(frozen);
                let _ = fileguard::watch::network::restore(frozen);
            }
        }
        if env::var_os("JIKENBO_KEEP").is_some() {
            let keep = env::temp_dir().join(format!("jikenbo-crash-guard-{}", process::id()));
            let copied = Command::new("cp").arg("-r").arg(&self.vault).arg(&keep).status();
            if copied.is_ok_and(|status| status.success()) {
                eprintln!("guard_crash: the vault is kept in {}", keep.display());
            }
        }
    }
}
