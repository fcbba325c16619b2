//! The watch over real files: what the kernel says, made into deeds, and what follows from them. It does
//! not judge: the detector does.
//!
//! Two groups of fanotify mark the file system: one asks for permission before every open and tells of
//! closing, one tells of names. One thread answers the kernel and never opens a file there itself, so
//! that it cannot wait for itself; what takes time is done by the `worker`. When the guard ends, however
//! it ends, the kernel lets everything through that was held.

pub mod control;
pub mod fid;
pub mod freeze;
mod listing;
mod names;
pub mod network;
mod pause;
pub mod pins;
pub mod procs;
mod ranges;
mod responder;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use nix::sys::fanotify::{EventFFlags, Fanotify, InitFlags, MarkFlags, MaskFlags};

use crate::config::Config;
use crate::incident::Incident;
use crate::sealing::SealError;
use crate::undo::Report;
use crate::vault::VaultError;
use responder::Responder;
use worker::Worker;

/// What fanotify calls reporting folders with names, and the file itself (`FAN_REPORT_FID`,
/// `_DIR_FID`, `_NAME`, `_TARGET_FID`).
const REPORT_NAMES: u32 = 0x0200 | 0x0400 | 0x0800 | 0x1000;

/// Why the guard does not run.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// The kernel refuses fanotify: no root, or no support.
    #[error("the kernel refuses to watch {}: {because}", place.display())]
    Kernel {
        /// What was to be watched.
        place: PathBuf,
        /// What it says.
        #[source]
        because: std::io::Error,
    },
    /// The trees are not all in one file system.
    #[error("{}: lies in another file system than the first tree", .0.display())]
    Elsewhere(PathBuf),
    /// A file or folder could not be read or written.
    #[error("{}: {because}", place.display())]
    Io {
        /// Which.
        place: PathBuf,
        /// What the system says.
        #[source]
        because: std::io::Error,
    },
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The ledger.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The evidence.
    #[error(transparent)]
    Evidence(crate::evidence::PackError),
    /// There is no such incident.
    #[error("there is no incident {0}")]
    NoIncident(u64),
    /// It is not one whose processes stand still.
    #[error("the processes of incident {0} do not stand still")]
    NotFrozen(u64),
    /// The guard has ended.
    #[error("the guard has ended")]
    Ended,
}

pub(crate) fn at(place: &Path) -> impl FnOnce(std::io::Error) -> GuardError {
    move |because| GuardError::Io { place: place.to_owned(), because }
}

/// What people are told of, as it happens.
#[derive(Clone, Debug)]
pub enum Notice {
    /// Something was noticed, and answered as the configuration says.
    Incident(Box<Incident>),
    /// Something is wrong with the guard itself; it goes on, and what it could not keep was let through.
    Trouble(String),
}

/// What the guard is asked by people.
#[derive(Debug)]
pub enum Order {
    /// Put an incident's files back.
    Undo(u64),
    /// Let an incident's processes go on: who says so, and why.
    Thaw(u64, String, String),
    /// End an incident's processes.
    Kill(u64, String),
    /// Say how it goes.
    Status,
}

/// What it answers.
#[derive(Debug)]
pub enum Answered {
    /// The files that were put back.
    Undone(Report),
    /// It is done.
    Done,
    /// How it goes.
    Status(Status),
}

/// How the guard goes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Status {
    /// How many files are pinned.
    pub files: u64,
    /// How many opens were held and looked at.
    pub asked: u64,
    /// How many contents were kept before they changed.
    pub kept: u64,
    /// How many bytes of them, as they were.
    pub kept_bytes: u64,
    /// What the vault takes on the disk.
    pub stored_bytes: u64,
    /// What only pins keep.
    pub pinned_bytes: u64,
    /// How often something went wrong with the guard itself.
    pub troubles: u64,
}

/// What the worker is given to do.
enum Message {
    /// An open that waits for an answer; whether the file is empty as soon as it has one.
    Asked(nix::sys::fanotify::FanotifyEvent, bool),
    /// A file that was written was closed, or one that was open before was written to.
    Changed(nix::sys::fanotify::FanotifyEvent),
    /// A write of a stretch that waits for an answer.
    Ranged(ranges::Ranged),
    /// There is news of names.
    News,
    /// The kernel lost events.
    Lost,
    /// A person asks.
    Order(Order, Sender<Result<Answered, GuardError>>),
}

/// The running guard.
#[derive(Debug)]
pub struct Guard {
    stop: Arc<AtomicBool>,
    messages: Sender<Message>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Asked(..) => "Asked",
            Self::Changed(_) => "Changed",
            Self::Ranged(_) => "Ranged",
            Self::News => "News",
            Self::Lost => "Lost",
            Self::Order(..) => "Order",
        })
    }
}

/// The kernel's two groups.
struct Groups {
    /// Asks for permission, and tells of closing.
    asking: Fanotify,
    /// Tells of names.
    telling: Fanotify,
    /// Asks before stretches of large files are written.
    ranging: Fanotify,
}

impl Groups {
    fn open(place: &Path) -> Result<Self, GuardError> {
        let kernel = |because: nix::errno::Errno| GuardError::Kernel {
            place: place.to_owned(),
            because: because.into(),
        };
        let flags = InitFlags::FAN_CLOEXEC
            | InitFlags::FAN_NONBLOCK
            | InitFlags::FAN_REPORT_TID
            | InitFlags::FAN_UNLIMITED_QUEUE
            | InitFlags::FAN_UNLIMITED_MARKS;
        let read = EventFFlags::O_RDONLY
            | EventFFlags::O_LARGEFILE
            | EventFFlags::O_CLOEXEC
            | EventFFlags::O_NOATIME;
        let asking = Fanotify::init(flags | InitFlags::FAN_CLASS_CONTENT, read).map_err(kernel)?;
        let names = InitFlags::from_bits_retain(REPORT_NAMES);
        let telling =
            Fanotify::init(flags | InitFlags::FAN_CLASS_NOTIF | names, read).map_err(kernel)?;
        let ranging =
            Fanotify::init(flags | InitFlags::FAN_CLASS_PRE_CONTENT, read).map_err(kernel)?;
        Ok(Self { asking, telling, ranging })
    }

    fn mark(&self, place: &Path) -> Result<(), GuardError> {
        let add = MarkFlags::FAN_MARK_ADD | MarkFlags::FAN_MARK_FILESYSTEM;
        let ask = MaskFlags::FAN_OPEN_PERM | MaskFlags::FAN_CLOSE_WRITE;
        let tell = MaskFlags::FAN_CREATE
            | MaskFlags::FAN_DELETE
            | MaskFlags::FAN_RENAME
            | MaskFlags::FAN_ONDIR;
        let here = rustix::fs::CWD;
        let marked = self
            .telling
            .mark(add, tell, here, Some(place))
            .and_then(|()| self.asking.mark(add, ask, here, Some(place)));
        marked.map_err(|because| GuardError::Kernel {
            place: place.to_owned(),
            because: because.into(),
        })
    }
}

impl Guard {
    /// Begins to guard, and tells `notices` what people are to know. Everything that is in the trees
    /// now is pinned before this returns.
    pub fn start(config: Config, notices: Sender<Notice>) -> Result<Self, GuardError> {
        let first = config.trees.first().map(|tree| tree.path.clone()).unwrap_or_default();
        let groups = Arc::new(Groups::open(&first)?);
        let (messages, received) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let mut worker = Worker::new(config, Arc::clone(&groups), notices)?;
        groups.mark(&first)?;
        let responder = Responder {
            groups: Arc::clone(&groups),
            messages: messages.clone(),
            stop: Arc::clone(&stop),
            pauses: worker.pauses(),
        };
        let mut guard = Self { stop: Arc::clone(&stop), messages, threads: Vec::new() };
        let waiting = worker.waiting();
        guard.spawn("fileguard-answers", move || responder.run(&waiting))?;
        let (ready, begun) = mpsc::channel();
        guard.spawn("fileguard-works", move || run(&mut worker, &received, &ready, &stop))?;
        begun.recv().map_err(|_| GuardError::Ended)??;
        Ok(guard)
    }

    fn spawn(
        &mut self,
        name: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), GuardError> {
        let stop = StopAtEnd(Arc::clone(&self.stop));
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            // However this thread ends, the other ends too, and the kernel lets go what was held.
            let _stop = stop;
            work();
        });
        self.threads.push(thread.map_err(at(Path::new(name)))?);
        Ok(())
    }

    /// Asks the guard, and waits for its answer.
    pub fn ask(&self, order: Order) -> Result<Answered, GuardError> {
        let (answer, answered) = mpsc::channel();
        self.messages.send(Message::Order(order, answer)).map_err(|_| GuardError::Ended)?;
        answered.recv().map_err(|_| GuardError::Ended)?
    }

    /// Whether it still runs.
    pub fn runs(&self) -> bool {
        !self.stop.load(Ordering::Acquire)
    }

    /// Puts an incident back where no guard runs over the vault.
    pub fn undo_offline(config: &Config, number: u64) -> Result<Report, GuardError> {
        let first = config.trees.first().map(|tree| tree.path.clone()).unwrap_or_default();
        let pins = worker::pins_of(&first)?;
        let mut vault = crate::vault::Vault::open(&config.vault, config.vault_limit_bytes)?;
        let mut sealer = crate::sealing::Sealer::open(&config.vault)?;
        let all = Incident::all(&config.vault);
        let found = all.into_iter().find(|incident| incident.number == number);
        let mut incident = found.ok_or(GuardError::NoIncident(number))?;
        let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
        let report = crate::undo::undo(&mut vault, &pins, &incident, now)?;
        incident.undone = report.failed() == 0;
        incident.save(&config.vault).map_err(at(&config.vault))?;
        let body = serde_json::json!({
            "incident": number, "files": report.files.len(), "failed": report.failed(),
        });
        sealer.seal("undone", "fileguard", &body)?;
        Ok(report)
    }

    /// Takes the guard off: its pins are removed.
    pub fn take_off(config: &Config) -> Result<(), GuardError> {
        for tree in config.trees.iter().take(1) {
            worker::pins_of(&tree.path)?.remove_all().map_err(at(&tree.path))?;
        }
        Ok(())
    }

    /// Ends it: what is held goes on.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.store(true, Ordering::Release);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.end();
    }
}

/// Tells the other thread when this one ends.
struct StopAtEnd(Arc<AtomicBool>);

impl Drop for StopAtEnd {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The worker's thread.
fn run(
    worker: &mut Worker,
    messages: &Receiver<Message>,
    ready: &Sender<Result<(), GuardError>>,
    stop: &AtomicBool,
) {
    let began = worker.begin();
    let failed = began.is_err();
    if ready.send(began).is_err() || failed {
        return;
    }
    while !stop.load(Ordering::Acquire) {
        match messages.recv_timeout(worker::TICK) {
            Ok(message) => worker.take(message),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        }
        worker.tick();
    }
    worker.end();
}
