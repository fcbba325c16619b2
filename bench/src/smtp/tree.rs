//! What a process and all that it started take of the machine, as Linux tells it. It does not know
//! what they do.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Between two looks at the memory.
const LOOKS: Duration = Duration::from_millis(250);

/// Processes, and those that they started.
pub(crate) fn of(roots: &[u32]) -> Vec<u32> {
    let mut parents: Vec<(u32, u32)> = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if let Some(parent) = stat(id).and_then(|fields| fields.get(1)?.parse().ok()) {
            parents.push((id, parent));
        }
    }
    let mut found = roots.to_vec();
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        at += 1;
    }
    found
}

/// The fields behind the name: state, parent, …
fn stat(id: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

/// Seconds of processor that they have taken, children that have ended included.
pub(crate) fn processor_s(roots: &[u32]) -> f64 {
    let ticks = |id| -> Option<f64> {
        // User and system time, its own and of its ended children: fields 14 to 17.
        Some(stat(id)?.iter().skip(11).take(4).filter_map(|ticks| ticks.parse::<f64>().ok()).sum())
    };
    of(roots).into_iter().filter_map(ticks).sum::<f64>() / 100.0
}

/// Kilobytes of memory, what is shared counted once.
pub(crate) fn memory_kb(roots: &[u32]) -> u64 {
    let shares = |id| -> Option<u64> {
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
        let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    of(roots).into_iter().filter_map(shares).sum()
}

/// Looks at the memory now and then until it is asked for the most.
pub(crate) struct Peak {
    most_kb: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    looking: JoinHandle<()>,
}

impl Peak {
    pub(crate) fn watch(roots: Vec<u32>) -> Self {
        let most_kb = Arc::new(AtomicU64::new(memory_kb(&roots)));
        let is_over = Arc::new(AtomicBool::new(false));
        let (most, over) = (Arc::clone(&most_kb), Arc::clone(&is_over));
        let looking = std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                most.fetch_max(memory_kb(&roots), Ordering::Relaxed);
                std::thread::park_timeout(LOOKS);
            }
        });
        Self { most_kb, is_over, looking }
    }

    pub(crate) fn most_kb(self) -> u64 {
        self.is_over.store(true, Ordering::Relaxed);
        self.looking.thread().unpark();
        // It has no way to fail.
        let _ended = self.looking.join();
        self.most_kb.load(Ordering::Relaxed)
    }
}
