//! The worker: takes what the kernel tells, keeps what files are before they change, makes deeds of it and
//! does what follows. It does not judge: the detector does.

mod names_told;
mod stopping;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use nix::sys::fanotify::{FanotifyEvent, MarkFlags, MaskFlags, Response};

use super::names::Names;
use super::pins::Pins;
use super::procs::{self, Origins};
use super::responder::answer;
use super::{Answered, Groups, GuardError, Message, Notice, Order, Status, at};
use crate::config::Config;
use crate::deed::{Proc, What};
use crate::detector::Detector;
use crate::incident::Incident;
use crate::look::{Diff, Look};
use crate::sealing::Sealer;
use crate::undo::{attributes, undo};
use crate::vault::{Attributes, Digest, Record, Vault};

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

/// A file that somebody may write to.
#[derive(Clone, Debug)]
struct Open {
    path: PathBuf,
    /// What it was.
    before: Attributes,
    digest: Digest,
    by: Vec<Proc>,
    /// Its length and time when it was last compared.
    seen: (u64, i64),
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
    origins: Origins,
    detector: Detector,
    open: HashMap<u64, Open>,
    made: HashMap<u64, (Vec<Proc>, u64)>,
    made_order: VecDeque<u64>,
    /// Who made something that only a key opens.
    makers: HashSet<Proc>,
    lineages: HashMap<u32, Vec<Proc>>,
    /// What was made last, and by whom.
    recent: VecDeque<(PathBuf, Vec<Proc>)>,
    held: Vec<(Vec<Proc>, FanotifyEvent)>,
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
            origins,
            detector,
            open: HashMap::new(),
            made: HashMap::new(),
            made_order: VecDeque::new(),
            makers: HashSet::new(),
            lineages: HashMap::new(),
            recent: VecDeque::new(),
            held: Vec::new(),
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

    /// Pins what is there, and keeps what is open to be written already.
    pub(super) fn begin(&mut self) -> Result<(), GuardError> {
        let trees: Vec<PathBuf> = self.config.trees.iter().map(|tree| tree.path.clone()).collect();
        for tree in &trees {
            self.take_in(tree).map_err(at(tree))?;
        }
        for found in procs::open_to_write() {
            self.keep_unasked(&found);
        }
        for incident in &self.incidents {
            if incident.frozen.as_ref().is_some_and(super::freeze::is_there)
                && incident.state == crate::incident::State::Frozen
            {
                self.stopped.insert(incident.root);
            }
        }
        let body = serde_json::json!({ "trees": trees, "files": self.names.files() });
        self.sealer.seal("guard_started", "fileguard", &body)?;
        Ok(())
    }

    /// Takes a folder in: its names, and a pin for every file.
    fn take_in(&mut self, folder: &Path) -> io::Result<()> {
        let pins = self.pins.clone();
        let mut failed = None;
        self.names.walk(&self.config, folder, &mut |path, ino| {
            if let Err(error) = pins.add(path, ino)
                && error.kind() != io::ErrorKind::NotFound
            {
                failed = Some((path.to_owned(), error));
            }
        })?;
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
            Message::Asked(event) => self.asked(event),
            Message::Changed(event) => self.changed(&event),
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
    fn asked(&mut self, event: FanotifyEvent) {
        self.asked += 1;
        let tid = u32::try_from(event.pid()).unwrap_or(0);
        let by = self.lineage(tid);
        self.recheck(Some(&by));
        if !self.is_stopped(&by)
            && let Err(error) = self.before_write(&event, &by)
        {
            // It goes on: a full disk must not stop the work of a whole server. People are told.
            self.trouble(format!("a file was not kept before it was written to: {error}"));
        }
        if self.is_stopped(&by) {
            self.held.push((by, event));
        } else {
            answer(&self.groups, &event, Response::FAN_ALLOW);
        }
    }

    fn is_stopped(&self, by: &[Proc]) -> bool {
        !self.stopped.is_empty() && by.iter().any(|proc| self.stopped.contains(proc))
    }

    /// Keeps what a file is.
    fn before_write(&mut self, event: &FanotifyEvent, by: &[Proc]) -> Result<(), GuardError> {
        let Some(fd) = event.fd() else { return Ok(()) };
        let path = path_of(fd).map_err(at(Path::new("/proc/self/fd")))?;
        // The same open file as the kernel's, which asks nobody for permission.
        let file = File::from(fd.try_clone_to_owned().map_err(at(&path))?);
        let found = file.metadata().map_err(at(&path))?;
        if !found.is_file() || found.dev() != self.device || !self.is_guarded(&path, found.ino()) {
            return Ok(());
        }
        if self.config.is_canary(&path) {
            self.see(by, What::Canary { path: path.clone() });
        }
        if found.len() == 0 {
            return Ok(());
        }
        self.keep(&file, &path, by, false)
    }

    /// Keeps the content of a file, unless it is kept as it is now.
    fn keep(
        &mut self,
        file: &File,
        path: &Path,
        by: &[Proc],
        unasked: bool,
    ) -> Result<(), GuardError> {
        let before = attributes(file).map_err(at(path))?;
        let now = self.now_ms();
        if let Some(open) = self.open.get_mut(&before.ino)
            && (open.before.bytes, open.before.modified_ns) == (before.bytes, before.modified_ns)
        {
            open.at_ms = now;
            if open.by.first() == by.first() {
                return Ok(());
            }
            open.by = by.to_vec();
            let digest = open.digest;
            let record = Record::Content { path: path.to_owned(), attributes: before, digest };
            self.vault.note(now, by, record)?;
            return Ok(());
        }
        if before.bytes > self.config.whole_file_bytes {
            self.trouble(format!("{}: too large to be kept whole", path.display()));
            return Ok(());
        }
        let stored = self.vault.keep(file)?;
        self.kept += 1;
        self.kept_bytes += stored.bytes;
        let record = Record::Content {
            path: path.to_owned(),
            attributes: before.clone(),
            digest: stored.digest,
        };
        self.vault.note(now, by, record)?;
        let open = Open {
            path: path.to_owned(),
            seen: (before.bytes, before.modified_ns),
            digest: stored.digest,
            by: by.to_vec(),
            at_ms: now,
            unasked,
            spoilt: false,
            before,
        };
        self.open.insert(open.before.ino, open);
        Ok(())
    }

    /// A file that was written to was closed.
    fn changed(&mut self, event: &FanotifyEvent) {
        let Some(fd) = event.fd() else { return };
        let tid = u32::try_from(event.pid()).unwrap_or(0);
        let by = self.lineage(tid);
        let Ok(path) = path_of(fd) else { return };
        let Ok(found) = rustix::fs::fstat(fd) else { return };
        if found.st_dev != self.device
            || !self.is_guarded(&path, found.st_ino)
            || found.st_nlink == 0
        {
            return;
        }
        if self.open.contains_key(&found.st_ino) {
            if let Some(open) = self.open.get_mut(&found.st_ino) {
                open.at_ms =
                    self.began_ms + u64::try_from(self.began.elapsed().as_millis()).unwrap_or(0);
            }
            self.compare(found.st_ino, Some(&by));
        } else if self.made.contains_key(&found.st_ino) {
            self.made_one(found.st_ino, &path, &by);
        }
    }

    /// Looks at a new file.
    fn made_one(&mut self, ino: u64, path: &Path, by: &[Proc]) {
        let Ok(look) = look_at(path) else { return };
        if look.is_opaque() {
            self.makers.extend(by);
            self.recent.push_back((path.to_owned(), by.to_vec()));
            if self.recent.len() > 256 {
                self.recent.pop_front();
            }
            let record = Record::Made { ino, path: path.to_owned() };
            self.note(by, record);
        }
        self.see(by, What::Made { path: path.to_owned(), look });
    }

    fn note(&mut self, by: &[Proc], record: Record) {
        let now = self.now_ms();
        if let Err(error) = self.vault.note(now, by, record) {
            self.trouble(error.to_string());
        }
    }

    /// Looks again at files that may have changed without anybody telling: mappings tell nothing, and who
    /// keeps a file open does not close it.
    fn recheck(&mut self, by: Option<&[Proc]>) {
        let now = self.now_ms();
        let fresh: Vec<u64> = self
            .open
            .iter()
            .filter(|(_, open)| open.unasked || now.saturating_sub(open.at_ms) < SETTLED_MS)
            .filter(|(_, open)| by.is_none_or(|by| related(by, &open.by)))
            .map(|(ino, _)| *ino)
            .take(256)
            .collect();
        for ino in fresh {
            self.compare(ino, None);
        }
    }

    /// Compares what a file is with what it was, if it changed since it was last compared.
    fn compare(&mut self, ino: u64, by: Option<&[Proc]>) {
        let Some(open) = self.open.get(&ino) else { return };
        let place = self.pins.find(ino).unwrap_or_else(|| open.path.clone());
        let Ok(found) = fs::metadata(&place) else { return };
        let modified =
            found.mtime().saturating_mul(1_000_000_000).saturating_add(found.mtime_nsec());
        if open.seen == (found.len(), modified) || open.spoilt {
            return;
        }
        let (path, digest) = (open.path.clone(), open.digest);
        let by = by.map_or_else(|| open.by.clone(), <[Proc]>::to_vec);
        let compared = self.vault.peek(digest).map_err(GuardError::from).and_then(|before| {
            let again = self.vault.peek(digest)?;
            let after = File::open(&place).map_err(at(&place))?;
            compare(before, again, open.before.bytes, &after).map_err(at(&place))
        });
        match compared {
            Ok((before, after, diff)) => {
                let what = What::Rewrote { path, before, after, diff };
                let mut urgent = false;
                if let Some(open) = self.open.get_mut(&ino) {
                    open.seen = (found.len(), modified);
                    open.spoilt = what.spoilt();
                    urgent = open.spoilt && open.unasked;
                }
                self.see(&by, what);
                if urgent {
                    self.look_at_rest(&by);
                }
            }
            Err(error) => self.trouble(error.to_string()),
        }
    }

    /// Nobody asks before these processes write on: they wait while their other files are looked at.
    fn look_at_rest(&mut self, by: &[Proc]) {
        if self.looking || self.is_stopped(by) {
            return;
        }
        let Some(root) = by.first() else { return };
        let procs: Vec<Proc> =
            self.origins.tree(*root).into_iter().map(|found| found.proc).collect();
        super::freeze::pause(&procs);
        self.looking = true;
        self.recheck(Some(by));
        self.looking = false;
        super::freeze::go_on(&procs);
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

/// What a file looks like.
fn look_at(path: &Path) -> io::Result<Look> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut head = Vec::new();
    file.take(LOOK_BYTES).read_to_end(&mut head)?;
    Ok(Look::of(&head, bytes))
}

/// What a file was, what it is, and what changed. The content before is read twice: once for its
/// beginning, and once beside the other.
fn compare(
    before: impl Read,
    again: impl Read,
    before_bytes: u64,
    after: &File,
) -> io::Result<(Look, Look, Diff)> {
    let mut was = Vec::new();
    before.take(LOOK_BYTES).read_to_end(&mut was)?;
    let after_bytes = after.metadata()?.len();
    let mut is = Vec::new();
    after.take(LOOK_BYTES).read_to_end(&mut is)?;
    let looks = (Look::of(&was, before_bytes), Look::of(&is, after_bytes));
    let whole = was.len() as u64 == before_bytes && is.len() as u64 == after_bytes;
    let diff = if whole {
        Diff::of(&was[..], &is[..])?
    } else {
        let mut rest = (&is[..]).chain(after);
        Diff::of(again, &mut rest)?
    };
    Ok((looks.0, looks.1, diff))
}
