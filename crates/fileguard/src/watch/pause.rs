//! Pauses: processes that stand still, by a signal, for the moment of a look, where the kernel asks nobody
//! before they write on. Who is to be paused stands in a file first, so that a guard that is killed
//! meanwhile leaves nobody standing: the next one lets them go on. It does not know what is looked at.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::freeze::signal;
use super::procs::{process_of, stat};
use crate::deed::Proc;

/// Who was looked at and had done nothing is left alone for so many times as long as the look took: a
/// program that always writes to a file of before loses a sixth of its time at most.
const REST_TIMES: u32 = 5;
/// How many processes are remembered as at rest.
const MOST_AT_REST: usize = 4096;

/// Who is paused.
#[derive(Debug)]
pub(super) struct Pauses {
    state: Mutex<State>,
    exempt: HashSet<u32>,
}

#[derive(Debug)]
struct State {
    file: File,
    paused: HashMap<Proc, Instant>,
    at_rest: HashMap<Proc, Instant>,
}

impl Pauses {
    /// Opens the file beside a vault. Those who stand in it are still paused. `exempt` never are.
    pub(super) fn open(vault: &Path, exempt: HashSet<u32>) -> io::Result<Self> {
        let place = vault.join("paused");
        let left = match fs::read_to_string(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            left => left?,
        };
        let now = Instant::now();
        let paused = left.lines().filter_map(parse).map(|proc| (proc, now)).collect();
        let file = File::options().create(true).append(true).mode(0o600).open(place)?;
        let state = State { file, paused, at_rest: HashMap::new() };
        Ok(Self { state: Mutex::new(state), exempt })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pauses a thread's process at once, unless it was looked at just now. One with a terminal is left
    /// alone: its shell would take a pause for its end.
    pub(super) fn at_once(&self, tid: u32) {
        let found = process_of(tid).filter(|pid| !self.exempt.contains(pid)).and_then(stat);
        let Some(found) = found else { return };
        let rests = |state: &State| {
            state.at_rest.get(&found.proc).is_some_and(|until| Instant::now() < *until)
        };
        let mut state = self.state();
        if !found.has_terminal && !found.is_still() && !rests(&state) {
            state.pause(found.proc);
        }
    }

    /// Pauses all of these.
    pub(super) fn pause(&self, procs: impl IntoIterator<Item = Proc>) {
        let mut state = self.state();
        for proc in procs {
            if stat(proc.pid).is_some_and(|found| !found.has_terminal && !found.is_still()) {
                state.pause(proc);
            }
        }
    }

    /// Lets go on who was paused, but for these. Those who `deserve` it are left alone for a while.
    pub(super) fn go_on(&self, but: &HashSet<Proc>, deserve: impl Fn(Proc) -> bool) {
        let mut state = self.state();
        let state = &mut *state;
        state.paused.retain(|&proc, since| {
            if but.contains(&proc) {
                return true;
            }
            if deserve(proc) {
                let rest = since.elapsed().max(Duration::from_millis(1)) * REST_TIMES;
                state.at_rest.insert(proc, Instant::now() + rest);
            }
            signal(proc, Signal::CONT);
            false
        });
        if state.paused.is_empty() {
            // Should it fail, those who stand in it are let go on once more, which does nothing.
            let _ = state.file.set_len(0);
        }
        if state.at_rest.len() > MOST_AT_REST {
            let now = Instant::now();
            state.at_rest.retain(|_, until| *until > now);
        }
    }
}

impl State {
    fn pause(&mut self, proc: Proc) {
        if self.paused.contains_key(&proc) {
            return;
        }
        // Who cannot be written down is not paused: nobody would let them go on after a kill.
        if writeln!(self.file, "{} {}", proc.pid, proc.start).is_ok() {
            self.paused.insert(proc, Instant::now());
            signal(proc, Signal::STOP);
        }
    }
}

fn parse(line: &str) -> Option<Proc> {
    let (pid, start) = line.split_once(' ')?;
    Some(Proc { pid: pid.parse().ok()?, start: start.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn who_was_paused_goes_on_also_after_a_kill() {
        let folder = tempfile::tempdir().unwrap();
        // A session of its own has no terminal, whatever the tests are started from.
        let mut child = Command::new("setsid").arg("cat").stdin(Stdio::piped()).spawn().unwrap();
        let still = || stat(child.id()).unwrap().is_still();
        let until = |wanted: bool| {
            while still() != wanted {
                std::thread::yield_now();
            }
        };
        let proc = stat(child.id()).unwrap().proc;
        while stat(child.id()).unwrap().name != "cat" {
            std::thread::yield_now();
        }
        let pauses = Pauses::open(folder.path(), HashSet::new()).unwrap();
        pauses.at_once(proc.pid);
        until(true);
        pauses.go_on(&HashSet::from([proc]), |_| false);
        assert!(still());
        pauses.go_on(&HashSet::new(), |_| true);
        until(false);
        // It rests now, and only a pause that is meant for it stops it.
        pauses.at_once(proc.pid);
        pauses.pause([proc]);
        until(true);
        drop(pauses);
        let again = Pauses::open(folder.path(), HashSet::new()).unwrap();
        assert!(still());
        again.go_on(&HashSet::new(), |_| false);
        until(false);
        assert_eq!(fs::metadata(folder.path().join("paused")).unwrap().len(), 0);
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
