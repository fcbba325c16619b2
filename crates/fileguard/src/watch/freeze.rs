//! Stopping processes without ending them: a control group that is frozen (cgroup v2), or a signal where
//! there is none. It does not know why.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use super::procs::Origins;
use crate::deed::Proc;

/// How often a tree is looked at anew for forks that were made while it was frozen.
const ROUNDS: usize = 50;
/// How long a call that is under way may take.
const SETTLE: Duration = Duration::from_millis(300);
/// How long a thaw or an end may take.
const THAW: Duration = Duration::from_secs(2);

/// How a tree was stopped, and which processes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The control group; nothing where signals had to do.
    pub group: Option<PathBuf>,
    /// The processes.
    pub procs: Vec<Proc>,
}

/// Where control groups of version 2 are mounted.
fn hierarchy() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    mounts.lines().find_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (place, kind) = (fields.next()?, fields.next()?);
        (kind == "cgroup2").then(|| PathBuf::from(place))
    })
}

impl Frozen {
    /// How a tree is about to be stopped: in a control group of this name, where the system has them.
    pub fn planned(name: &str) -> Self {
        let group = hierarchy().map(|place| place.join(format!("jikenbo-{name}")));
        Self { group, procs: Vec::new() }
    }
}

/// Stops a process and all that comes from it, as planned. Done once more, it stops what is new.
pub fn freeze(origins: &Origins, root: Proc, frozen: &mut Frozen) {
    let made = frozen.group.as_ref().is_some_and(|group| {
        fs::create_dir_all(group).is_ok() && fs::write(group.join("cgroup.freeze"), "1").is_ok()
    });
    if !made {
        frozen.group = None;
    }
    // What stood in a plan of before may not stand still yet.
    let known = std::mem::take(&mut frozen.procs);
    for _ in 0..ROUNDS {
        let fresh: Vec<Proc> = origins
            .tree(root)
            .iter()
            .map(|found| found.proc)
            .filter(|proc| !frozen.procs.contains(proc))
            .collect();
        if fresh.is_empty() {
            break;
        }
        for proc in fresh {
            let moved = frozen.group.as_ref().is_some_and(|group| {
                fs::write(group.join("cgroup.procs"), proc.pid.to_string()).is_ok()
            });
            if !moved {
                signal(proc, Signal::STOP);
            }
            frozen.procs.push(proc);
        }
    }
    settle(&frozen.procs);
    for proc in known {
        if !frozen.procs.contains(&proc) {
            frozen.procs.push(proc);
        }
    }
}

/// Waits until none of them runs: a call that was under way ends before its process stands still.
fn settle(procs: &[Proc]) {
    let begun = Instant::now();
    // Who waits for the guard's own answer stands still already.
    let held = |proc: &Proc| {
        let waits = fs::read_to_string(format!("/proc/{}/wchan", proc.pid));
        waits.is_ok_and(|waits| waits.contains("fanotify"))
    };
    let moves = |proc: &Proc| match super::procs::state(*proc) {
        Some('R') => true,
        Some('D') => !held(proc),
        _ => false,
    };
    while procs.iter().any(moves) && begun.elapsed() < SETTLE {
        thread::yield_now();
    }
}

/// Lets a stopped tree go on.
pub fn thaw(frozen: &Frozen) -> io::Result<()> {
    if let Some(group) = frozen.group.as_ref().filter(|group| group.exists()) {
        fs::write(group.join("cgroup.freeze"), "0")?;
    }
    for &proc in &frozen.procs {
        signal(proc, Signal::CONT);
    }
    release(frozen);
    Ok(())
}

/// Ends a stopped tree.
pub fn kill(frozen: &Frozen) {
    if let Some(group) = &frozen.group {
        let _ = fs::write(group.join("cgroup.kill"), "1");
    }
    for &proc in &frozen.procs {
        signal(proc, Signal::KILL);
    }
    if let Some(group) = &frozen.group {
        let _ = fs::write(group.join("cgroup.freeze"), "0");
    }
    // Nobody puts files back while they are still written to.
    let begun = Instant::now();
    let lives = |proc: &Proc| super::procs::state(*proc).is_some_and(|state| !"ZX".contains(state));
    while frozen.procs.iter().any(lives) && begun.elapsed() < THAW {
        thread::yield_now();
    }
    release(frozen);
}

/// Whether any of them still is.
pub fn is_there(frozen: &Frozen) -> bool {
    frozen
        .procs
        .iter()
        .any(|proc| super::procs::stat(proc.pid).is_some_and(|now| now.proc == *proc))
}

/// Sends a signal to a process, if its number is still its own.
pub(super) fn signal(proc: Proc, signal: Signal) {
    let same = super::procs::stat(proc.pid).is_some_and(|now| now.proc == proc);
    if let Some(pid) = i32::try_from(proc.pid).ok().and_then(Pid::from_raw).filter(|_| same) {
        let _ = kill_process(pid, signal);
    }
}

/// Moves what is left back to the root group and removes the group.
fn release(frozen: &Frozen) {
    let Some(group) = &frozen.group else { return };
    let root = group.parent().unwrap_or(Path::new("/")).join("cgroup.procs");
    let begun = Instant::now();
    while group.exists() && begun.elapsed() < THAW {
        let left = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
        for pid in left.lines() {
            let _ = fs::write(&root, pid);
        }
        if fs::remove_dir(group).is_err() {
            // A process that ends takes a moment to leave its group; the kernel tells nobody when.
            thread::yield_now();
        }
    }
}
