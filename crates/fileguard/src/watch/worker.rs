//! The worker: takes what the kernel tells, keeps what files are before they change, makes deeds of it and
//! does what follows. It does not judge: the detector does.

mod contents;
mod names_told;
mod resume;
mod stopping;
mod stretches;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use nix::sys::fanotify::{FanotifyEvent, MarkFlags, MaskFlags, Response};

use super::listing::{self, Listing};
use super::names::Names;
use super::pause::Pauses;
use super::pins::Pins;
use super::procs::{self, Origins};
use super::ranges::Ranged;
use super::responder::answer;
use super::{Answered, Groups, GuardError, Message, Notice, Order, Status, at};
use contents::{compare, look_at};
use stretches::Large;

use crate::config::Config;
use crate::deed::Proc;
use crate::detector::Detector;
use crate::incident::Incident;
use crate::sealing::Sealer;
use crate::undo::{attributes, born_ns, undo};
use crate::vault::{Attributes, Digest, Vault};

/// How often it looks by itself.
pub(super) const TICK: Duration = Duration::from_millis(200);
/// How often what is kept is brought to the disk.
const SYNC: Duration = Duration::from_secs(5);
/// How often what is too old is let go.
const RETIRE: Duration = Duration::from_mins(10);
/// How much of a file is looked at as a whole.
const LOOK_BYTES: u64 = 8 * 1024 * 1024;
/// How long after its closing a file is looked at again: a mapping outlives its descriptor.
const SETTLED_MS: u64 = 10_000;
/// How many written files are remembered.
const MOST_OPEN: usize = 4096;
/// How long a new file counts as its maker's own.
const OWN_MS: u64 = 60_000;
/// How many makers of new files are remembered.
const MOST_MADE: usize = 100_000;

/// By what a change shows: the length, and the time that no program can set.
type Version = (u64, i64);

/// The version of a file.
fn version(found: &fs::Metadata) -> Version {
    (found.len(), found.ctime().saturating_mul(1_000_000_000).saturating_add(found.ctime_nsec()))
}

/// A file that somebody may write to.
#[derive(Clone, Debug)]
struct Open {
    path: PathBuf,
    /// What it was.
    before: Attributes,
    digest: Digest,
    by: Vec<Proc>,
    /// Its state when it was kept.
    kept: Version,
    /// Its state when it was last compared.
    seen: Version,
    at_ms: u64,
    /// It was open before the guard began: nobody will be asked.
    unasked: bool,
    /// It was spoilt, which is a deed once.
    spoilt: bool,
}

/// The worker's state.
pub(super) struct Worker {
    config: Config,
    groups: Arc<Groups>,
    notices: Sender<Notice>,
    waiting: Arc<AtomicBool>,
    vault: Vault,
    sealer: Sealer,
    pins: Pins,
    device: u64,
    names: Names,
    listing: Option<Listing>,
    pauses: Arc<Pauses>,
    origins: Origins,
    detector: Detector,
    open: HashMap<u64, Open>,
    made: HashMap<u64, (Vec<Proc>, u64)>,
    made_order: VecDeque<u64>,
    /// New files of folders that were taken in before it was told who made the files.
    young: HashSet<u64>,
    /// Who made something that only a key opens.
    makers: HashSet<Proc>,
    lineages: HashMap<u32, Vec<Proc>>,
    /// What was made last, and by whom.
    recent: VecDeque<(PathBuf, Vec<Proc>)>,
    held: Vec<(Vec<Proc>, FanotifyEvent, bool)>,
    held_stretches: Vec<(Vec<Proc>, Ranged)>,
    large: HashMap<u64, Large>,
    incidents: Vec<Incident>,
    stopped: HashSet<Proc>,
    told: HashSet<Proc>,
    /// Processes wait while their files are looked at.
    looking: bool,
    began: Instant,
    began_ms: u64,
    ticked: Instant,
    synced: Instant,
    retired: Instant,
    asked: u64,
    kept: u64,
    kept_bytes: u64,
    troubles: u64,
}

/// Whether two lines of descent meet.
fn related(one: &[Proc], other: &[Proc]) -> bool {
    one.iter().any(|proc| other.contains(proc))
}

/// The root of the file system that a folder is in.
fn mount_of(folder: &Path) -> io::Result<PathBuf> {
    let device = fs::metadata(folder)?.dev();
    let mut mount = folder.canonicalize()?;
    while let Some(parent) = mount.parent() {
        if fs::metadata(parent)?.dev() != device {
            break;
        }
        mount = parent.to_owned();
    }
    Ok(mount)
}

/// The pins of the file system that a tree is in.
pub(super) fn pins_of(tree: &Path) -> Result<Pins, GuardError> {
    mount_of(tree).and_then(|mount| Pins::open(&mount)).map_err(at(tree))
}

impl Worker {
    pub(super) fn new(
        mut config: Config,
        groups: Arc<Groups>,
        notices: Sender<Notice>,
    ) -> Result<Self, GuardError> {
        let mut device = None;
        for tree in &config.trees {
            let found = fs::metadata(&tree.path).map_err(at(&tree.path))?.dev();
            if *device.get_or_insert(found) != found {
                return Err(GuardError::Elsewhere(tree.path.clone()));
            }
        }
        let first = config.trees[0].path.clone();
        let pins = pins_of(&first)?;
        for tree in &mut config.trees {
            tree.exclude.push(pins.folder().to_owned());
        }
        let vault = Vault::open(&config.vault, config.vault_limit_bytes)?;
        let sealer = Sealer::open(&config.vault)?;
        let detector = Detector::new(config.limits, config.checks.clone());
        let origins = Origins::new(config.boundaries.iter().cloned());
        let pauses = Pauses::open(&config.vault, origins.exempt().clone());
        let pauses = Arc::new(pauses.map_err(at(&config.vault))?);
        let incidents = Incident::all(&config.vault);
        let now = Instant::now();
        Ok(Self {
            groups,
            notices,
            waiting: Arc::new(AtomicBool::new(false)),
            vault,
            sealer,
            pins,
            device: device.unwrap_or(0),
            names: Names::default(),
            listing: None,
            pauses,
            origins,
            detector,
            open: HashMap::new(),
            made: HashMap::new(),
            made_order: VecDeque::new(),
            young: HashSet::new(),
            makers: HashSet::new(),
            lineages: HashMap::new(),
            recent: VecDeque::new(),
            held: Vec::new(),
            held_stretches: Vec::new(),
            large: HashMap::new(),
            incidents,
            stopped: HashSet::new(),
            told: HashSet::new(),
            looking: false,
            began: now,
            began_ms: u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0),
            ticked: now,
            synced: now,
            retired: now,
            asked: 0,
            kept: 0,
            kept_bytes: 0,
            troubles: 0,
            config,
        })
    }

    /// By which the responder sees whether the worker knows that there is news.
    pub(super) fn waiting(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.waiting)
    }

    /// Who is paused, for the responder.
    pub(super) fn pauses(&self) -> Arc<Pauses> {
        Arc::clone(&self.pauses)
    }

    /// Takes up what a guard before left, pins what is there, and keeps what is open to be written already.
    pub(super) fn begin(&mut self) -> Result<(), GuardError> {
        let trees: Vec<PathBuf> = self.config.trees.iter().map(|tree| tree.path.clone()).collect();
        self.take_up_incidents();
        self.take_in_all(&trees)?;
        self.remember();
        for found in procs::open_to_write() {
            self.keep_unasked(&found);
        }
        // Now that they are watched, those go on whom a guard that was killed had paused.
        self.end_pauses();
        let body = serde_json::json!({ "trees": trees, "files": self.names.files() });
        self.sealer.seal("guard_started", "fileguard", &body)?;
        Ok(())
    }

    /// Takes a folder in: its names, and a pin for every file.
    fn take_in(&mut self, folder: &Path) -> io::Result<()> {
        let mut listing = self.listing.take();
        let mut unlisted = None;
        let mut young = std::mem::take(&mut self.young);
        if young.len() > MOST_MADE {
            young.clear();
        }
        let now = self.now_ms();
        let taken = self.take_in_each(folder, &mut |path, file| {
            let born_ms = u64::try_from(file.born_ns / 1_000_000).unwrap_or(0);
            if now.saturating_sub(born_ms) < OWN_MS {
                young.insert(file.ino);
            }
            if let Some(listing) = &mut listing
                && let Err(error) = listing.add(file, path)
            {
                unlisted = Some(error);
            }
        });
        self.listing = listing;
        self.young = young;
        if let Some(error) = unlisted {
            self.trouble(format!("the list of names is not whole: {error}"));
        }
        taken
    }

    /// The same; `each` is called with every file.
    fn take_in_each(
        &mut self,
        folder: &Path,
        each: &mut dyn FnMut(&Path, listing::File),
    ) -> io::Result<()> {
        let pins = self.pins.clone();
        let mut failed = None;
        let mut large = Vec::new();
        let most = self.config.whole_file_bytes;
        self.names.walk(&self.config, folder, &mut |path, ino| {
            if let Ok(found) = fs::symlink_metadata(path) {
                each(path, listing::File { ino, born_ns: born_ns(&found) });
                if found.len() > most {
                    large.push(path.to_owned());
                }
            }
            if let Err(error) = pins.add(path, ino)
                && error.kind() != io::ErrorKind::NotFound
            {
                failed = Some((path.to_owned(), error));
            }
        })?;
        for path in large {
            if let Err(error) = self.ask_for_stretches(&path) {
                self.trouble(format!("{}: stretches are not asked for: {error}", path.display()));
            }
        }
        if let Some((path, error)) = failed {
            self.trouble(format!("{}: not pinned: {error}", path.display()));
        }
        Ok(())
    }

    fn keep_unasked(&mut self, found: &procs::OpenBefore) {
        let link = PathBuf::from(format!("/proc/{}/fd/{}", found.pid, found.descriptor));
        let Ok(path) = fs::read_link(&link) else { return };
        let guarded = fs::metadata(&link).is_ok_and(|file| {
            file.is_file() && file.dev() == self.device && self.is_guarded(&path, file.ino())
        });
        if !guarded {
            return;
        }
        let by = self.origins.lineage(found.pid);
        let kept = File::open(&link)
            .map_err(at(&link))
            .and_then(|file| self.keep(&file, &path, &by, true));
        // It is not asked for; but that it is written to is told.
        let told = self.groups.asking.mark(
            MarkFlags::FAN_MARK_ADD,
            MaskFlags::FAN_MODIFY,
            rustix::fs::CWD,
            Some(&link),
        );
        if let Err(error) = kept.and(told.map_err(|error| at(&link)(error.into()))) {
            self.trouble(format!(
                "{}: open before the guard, and not kept: {error}",
                path.display()
            ));
        }
    }

    /// Whether a file is guarded: by its path, or, where that is one of another mount, by its pin.
    fn is_guarded(&self, path: &Path, ino: u64) -> bool {
        if path.starts_with(self.pins.folder()) {
            return true;
        }
        self.config.tree_of(path).is_some()
            || !self.config.trees.iter().any(|tree| path.starts_with(&tree.path))
                && self.pins.find(ino).is_some()
    }

    fn now_ms(&self) -> u64 {
        self.began_ms + u64::try_from(self.began.elapsed().as_millis()).unwrap_or(0)
    }

    fn trouble(&mut self, words: String) {
        self.troubles += 1;
        let _ = self.notices.send(Notice::Trouble(words));
    }

    /// Does one thing.
    pub(super) fn take(&mut self, message: Message) {
        self.drain();
        match message {
            Message::Asked(event, truncates) => self.asked(event, truncates),
            Message::Changed(event) => self.changed(&event),
            Message::Ranged(event) => self.ranged(event),
            Message::News => {}
            Message::Lost => {
                self.trouble("the kernel lost events: names are read anew".to_owned());
                let trees: Vec<_> =
                    self.config.trees.iter().map(|tree| tree.path.clone()).collect();
                for tree in trees {
                    if let Err(error) = self.take_in(&tree) {
                        self.trouble(format!("{}: {error}", tree.display()));
                    }
                }
            }
            Message::Order(order, answer) => {
                let answered = self.order(order);
                let _ = answer.send(answered);
            }
        }
    }

    /// Looks by itself, and brings to the disk what is kept.
    pub(super) fn tick(&mut self) {
        if self.ticked.elapsed() < TICK {
            return;
        }
        self.ticked = Instant::now();
        self.drain();
        self.recheck(None);
        let now = self.now_ms();
        let settled = |open: &Open| !open.unasked && now.saturating_sub(open.at_ms) > SETTLED_MS;
        if self.open.len() > MOST_OPEN {
            self.open.retain(|_, open| !settled(open));
        }
        if self.synced.elapsed() > SYNC {
            self.synced = Instant::now();
            if let Err(error) = self.vault.sync() {
                self.trouble(error.to_string());
            }
        }
        if self.retired.elapsed() > RETIRE {
            self.retired = Instant::now();
            self.retire(now);
            if self.listing.as_ref().is_some_and(Listing::is_stale)
                && let Err(error) = self.list_anew()
            {
                self.trouble(format!("the list of names: {error}"));
            }
        }
    }

    fn retire(&mut self, now: u64) {
        self.detector.forget_all(now);
        self.lineages.clear();
        let before = now.saturating_sub(self.config.keep_hours * 3_600_000);
        let held = self.incidents.iter().any(|incident| !incident.undone);
        let pins = self.pins.retire(before, self.config.vault_limit_bytes, |_| held);
        let vault = self.vault.retire(before);
        if let Err(error) = pins {
            self.trouble(error.to_string());
        }
        if let Err(error) = vault {
            self.trouble(error.to_string());
        }
    }

    /// Brings everything to the disk before the end.
    pub(super) fn end(&mut self) {
        self.drain();
        let sealed = self.vault.seal().map_err(GuardError::from).and_then(|(bytes, sha256)| {
            let body = serde_json::json!({ "journal_bytes": bytes, "journal_sha256": sha256 });
            Ok(self.sealer.seal("guard_ended", "fileguard", &body)?)
        });
        if let Err(error) = sealed {
            self.trouble(error.to_string());
        }
    }

    /// Who a thread is, and what it comes from. One that has ended is known from before.
    fn lineage(&mut self, tid: u32) -> Vec<Proc> {
        let found = self.origins.lineage(tid);
        if found.is_empty() {
            return self.lineages.get(&tid).cloned().unwrap_or_default();
        }
        if self.lineages.len() > MOST_MADE {
            self.lineages.clear();
        }
        self.lineages.insert(tid, found.clone());
        found
    }

    /// Somebody opens a file to write.
    fn asked(&mut self, event: FanotifyEvent, truncates: bool) {
        self.asked += 1;
        let tid = u32::try_from(event.pid()).unwrap_or(0);
        let by = self.lineage(tid);
        self.recheck(Some(&by));
        if !self.is_stopped(&by)
            && let Err(error) = self.before_write(&event, &by, truncates)
        {
            // It goes on: a full disk must not stop the work of a whole server. People are told.
            self.trouble(format!("a file was not kept before it was written to: {error}"));
        }
        if self.is_stopped(&by) {
            self.held.push((by, event, truncates));
        } else {
            answer(&self.groups, &event, Response::FAN_ALLOW);
        }
    }

    fn is_stopped(&self, by: &[Proc]) -> bool {
        !self.stopped.is_empty() && by.iter().any(|proc| self.stopped.contains(proc))
    }

    fn order(&mut self, order: Order) -> Result<Answered, GuardError> {
        match order {
            Order::Status => Ok(Answered::Status(Status {
                files: self.names.files(),
                asked: self.asked,
                kept: self.kept,
                kept_bytes: self.kept_bytes,
                stored_bytes: self.vault.stored_bytes(),
                pinned_bytes: self.pins.only_here_bytes(),
                troubles: self.troubles,
            })),
            Order::Undo(number) => {
                let incident = self.incident(number)?.clone();
                let now = self.now_ms();
                let report = undo(&mut self.vault, &self.pins, &incident, now)?;
                let incident = self.incident(number)?;
                incident.undone = report.failed() == 0;
                let incident = incident.clone();
                self.save(&incident);
                let body = serde_json::json!({
                    "incident": number, "files": report.files.len(), "failed": report.failed(),
                });
                self.sealer.seal("undone", "fileguard", &body)?;
                self.open.retain(|_, open| !related(&open.by, &[incident.root]));
                Ok(Answered::Undone(report))
            }
            Order::Thaw(number, who, why) => self.thaw(number, &who, &why),
            Order::Kill(number, who) => self.kill(number, &who),
        }
    }
}

/// Where an open file is, as far as names tell.
fn path_of(fd: BorrowedFd<'_>) -> io::Result<PathBuf> {
    fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd()))
}
