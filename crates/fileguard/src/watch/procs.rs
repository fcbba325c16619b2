//! What `/proc` says of processes: what a call opens a file for, where a process comes from, what comes
//! from it. It does not judge.

use std::collections::{HashMap, HashSet};
use std::fs;

use crate::deed::Proc;

/// What a process is about to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// It only reads.
    Read,
    /// It writes, or it cannot be told.
    Write,
    /// It writes, and all that the file holds is gone with the open.
    Truncate,
}

const O_ACCMODE: u64 = 0o3;
const O_TRUNC: u64 = 0o1000;

/// What the call that a thread waits in opens a file for. A call that is not known counts as writing:
/// `io_uring` and calls of 32-bit programs among them.
pub fn intent(tid: u32) -> Intent {
    fs::read_to_string(format!("/proc/{tid}/syscall"))
        .map_or(Intent::Write, |line| intent_of(&line))
}

fn intent_of(line: &str) -> Intent {
    let mut fields = line.split_whitespace();
    let call = fields.next().and_then(|field| field.parse::<u64>().ok());
    let arguments: Vec<u64> = fields
        .filter_map(|field| u64::from_str_radix(field.trim_start_matches("0x"), 16).ok())
        .collect();
    let flags = match call {
        // open, openat; execve and execveat; creat; open_by_handle_at: x86-64.
        Some(2) => arguments.get(1),
        Some(257 | 304) => arguments.get(2),
        Some(59 | 322) => return Intent::Read,
        Some(85) => return Intent::Truncate,
        _ => None,
    };
    match flags {
        Some(flags) if flags & O_TRUNC != 0 => Intent::Truncate,
        Some(flags) if flags & O_ACCMODE == 0 => Intent::Read,
        _ => Intent::Write,
    }
}

/// What the call that a thread waits in does with a stretch. One that is not known counts as writing.
pub fn stretch_intent(tid: u32) -> Intent {
    let line = fs::read_to_string(format!("/proc/{tid}/syscall")).unwrap_or_default();
    let mut fields = line.split_whitespace();
    let call = fields.next().and_then(|field| field.parse::<u64>().ok());
    match call {
        // read, pread64, readv, preadv, preadv2, sendfile: x86-64.
        Some(0 | 17 | 19 | 295 | 327 | 40) => Intent::Read,
        // mmap without PROT_WRITE.
        Some(9) => {
            let protection = fields.nth(2).unwrap_or_default().trim_start_matches("0x");
            match u64::from_str_radix(protection, 16) {
                Ok(bits) if bits & 2 == 0 => Intent::Read,
                _ => Intent::Write,
            }
        }
        _ => Intent::Write,
    }
}

/// What matters of `/proc/PID/stat`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The process.
    pub proc: Proc,
    /// The name of its program, cut to 15 bytes by the kernel.
    pub name: String,
    /// The process that it comes from.
    pub parent: u32,
    /// Its session.
    pub session: u32,
    /// Whether people sit before it, in a terminal.
    pub has_terminal: bool,
    /// The letter for what it does.
    pub state: char,
}

impl Stat {
    /// Whether somebody has stopped it.
    pub const fn is_still(&self) -> bool {
        matches!(self.state, 'T' | 't')
    }
}

/// What the kernel says of a process now.
pub fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_stat(line: &str) -> Option<Stat> {
    // The name may hold anything, brackets and spaces too.
    let (pid, rest) = line.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let small = |at: usize| number(at).and_then(|number| u32::try_from(number).ok());
    Some(Stat {
        proc: Proc { pid: pid.parse().ok()?, start: number(19)? },
        name: name.to_owned(),
        parent: small(1)?,
        session: small(3)?,
        has_terminal: fields.get(4).is_some_and(|terminal| *terminal != "0"),
        state: fields.first()?.chars().next()?,
    })
}

/// The letter for what a process does now; nothing when it has ended.
pub fn state(proc: Proc) -> Option<char> {
    stat(proc.pid).filter(|found| found.proc == proc).map(|found| found.state)
}

/// The process that a thread belongs to.
pub fn process_of(tid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Tgid:")?.trim().parse().ok())
}

/// Who never answers for what comes from them.
#[derive(Clone, Debug)]
pub struct Origins {
    boundaries: HashSet<String>,
    exempt: HashSet<u32>,
    own_session: u32,
}

impl Origins {
    /// The guard itself, all it comes from, and programs of these names, which start work of others.
    pub fn new(boundaries: impl IntoIterator<Item = String>) -> Self {
        let mut exempt = HashSet::from([0, 1, 2]);
        let mut at = std::process::id();
        let own_session = stat(at).map_or(0, |own| own.session);
        while at > 1 && exempt.insert(at) {
            at = stat(at).map_or(1, |stat| stat.parent);
        }
        Self { boundaries: boundaries.into_iter().collect(), exempt, own_session }
    }

    /// Whether a process is never stopped.
    pub fn is_exempt(&self, pid: u32) -> bool {
        self.exempt.contains(&pid)
    }

    /// Those that are never stopped.
    pub fn exempt(&self) -> &HashSet<u32> {
        &self.exempt
    }

    /// The process of a thread, then each that it comes from up to one that only starts others, then its
    /// session, by which those are known whose parents have ended.
    pub fn lineage(&self, tid: u32) -> Vec<Proc> {
        let mut lineage = Vec::new();
        let mut session = None;
        let mut at = process_of(tid).unwrap_or(tid);
        while lineage.len() < 32 && !self.exempt.contains(&at) {
            let Some(found) = stat(at) else { break };
            if !lineage.is_empty() && self.boundaries.contains(&found.name) {
                break;
            }
            session.get_or_insert(found.session);
            lineage.push(found.proc);
            at = found.parent;
        }
        if let Some(session) = session.filter(|session| *session != self.own_session)
            && !self.exempt.contains(&session)
        {
            lineage.push(Proc { pid: session, start: 0 });
        }
        lineage
    }

    /// The first of a row of processes of the same program that a process comes from: who forks into many
    /// is stopped as one, also where one of the many did enough alone.
    pub fn first_of_program(&self, root: Proc) -> Proc {
        let Some(mut first) = stat(root.pid).filter(|found| found.proc == root) else {
            return root;
        };
        // A server that only starts others has their name too: one client is stopped, not all.
        while let Some(parent) = stat(first.parent).filter(|parent| {
            parent.name == first.name
                && !self.is_exempt(parent.proc.pid)
                && !self.boundaries.contains(&parent.name)
        }) {
            first = parent;
        }
        first.proc
    }

    /// A process and all that comes from it, or all of a session.
    pub fn tree(&self, root: Proc) -> Vec<Stat> {
        let all = all();
        let mut inside: HashSet<u32> = HashSet::new();
        let is_root = |found: &Stat| match root.start {
            0 => found.session == root.pid,
            _ => found.proc == root,
        };
        inside.extend(all.values().filter(|found| is_root(found)).map(|found| found.proc.pid));
        loop {
            let before = inside.len();
            let more = all.values().filter(|found| inside.contains(&found.parent));
            inside.extend(more.map(|found| found.proc.pid).collect::<Vec<_>>());
            if inside.len() == before {
                break;
            }
        }
        let mut tree: Vec<Stat> = all
            .into_values()
            .filter(|found| inside.contains(&found.proc.pid) && !self.is_exempt(found.proc.pid))
            .collect();
        tree.sort_by_key(|found| found.proc);
        tree
    }
}

/// Every process.
fn all() -> HashMap<u32, Stat> {
    let Ok(entries) = fs::read_dir("/proc") else { return HashMap::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| Some((pid, stat(pid)?)))
        .collect()
}

/// A file that a process had open to write when the guard began.
#[derive(Clone, Debug)]
pub struct OpenBefore {
    /// The process.
    pub pid: u32,
    /// The number of its descriptor.
    pub descriptor: u32,
}

/// All descriptors of all processes that can write, of which nobody was asked for permission.
pub fn open_to_write() -> Vec<OpenBefore> {
    let own = std::process::id();
    let mut found = Vec::new();
    for pid in all().into_keys().filter(|pid| *pid != own) {
        let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { continue };
        for descriptor in entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        {
            let info = fs::read_to_string(format!("/proc/{pid}/fdinfo/{descriptor}"));
            let flags = info.ok().and_then(|info| {
                let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
                u64::from_str_radix(flags.trim(), 8).ok()
            });
            if flags.is_some_and(|flags| flags & O_ACCMODE != 0) {
                found.push(OpenBefore { pid, descriptor });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_waiting_call_are_read() {
        let line = |call: u32, a: &str, b: &str, c: &str| {
            format!("{call} {a} {b} {c} 0x0 0x0 0x0 0x7ffc 0x7f00\n")
        };
        let at = "0xffffffffffffff9c";
        assert_eq!(intent_of(&line(257, at, "0x7ffd", "0x80000")), Intent::Read);
        assert_eq!(intent_of(&line(257, at, "0x7ffd", "0x80001")), Intent::Write);
        assert_eq!(intent_of(&line(257, at, "0x7ffd", "0x200")), Intent::Truncate);
        assert_eq!(intent_of(&line(2, "0x7ffd", "0x241", "0x1b6")), Intent::Truncate);
        assert_eq!(intent_of(&line(2, "0x7ffd", "0x2", "0x0")), Intent::Write);
        assert_eq!(intent_of(&line(85, "0x7ffd", "0x1b6", "0x0")), Intent::Truncate);
        assert_eq!(intent_of(&line(59, "0x7ffd", "0x1", "0x0")), Intent::Read);
        // openat2 keeps its flags in memory, io_uring in its rings.
        assert_eq!(intent_of(&line(437, at, "0x7ffd", "0x0")), Intent::Write);
        assert_eq!(intent_of(&line(426, "0x3", "0x1", "0x0")), Intent::Write);
        assert_eq!(intent_of("running\n"), Intent::Write);
    }

    #[test]
    fn a_name_with_brackets_is_survived() {
        let line = "77 (a) b (c) S 12 77 70 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4242 0 0";
        let found = parse_stat(line).unwrap();
        assert_eq!(
            (found.proc, found.parent, found.session),
            (Proc { pid: 77, start: 4242 }, 12, 70)
        );
        assert_eq!((found.name.as_str(), found.is_still()), ("a) b (c", false));
        assert!(!found.has_terminal);
    }

    #[test]
    fn the_guard_and_what_started_it_are_never_stopped() {
        let origins = Origins::new([]);
        assert!(origins.is_exempt(std::process::id()) && origins.is_exempt(1));
        assert_eq!(origins.lineage(std::process::id()), []);
        let own = stat(std::process::id()).unwrap();
        assert!(origins.tree(own.proc).iter().all(|found| found.proc != own.proc));
    }
}
