//! The thread that answers the kernel: at once where nothing is to be kept, else the worker does. It opens
//! no guarded file, or it would wait for itself.

use std::fs;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::fanotify::{FanotifyEvent, FanotifyResponse, MaskFlags, Response};

use super::pause::Pauses;
use super::procs::{Intent, intent, stretch_intent};
use super::ranges::parse;
use super::{Groups, Message};

/// How long it sleeps without news, to see whether the guard is to end.
const IDLE: u8 = 100;
/// How long where the worker has not yet read the news of names.
const SOON: u8 = 2;

/// The thread's state.
pub(super) struct Responder {
    pub(super) groups: Arc<Groups>,
    pub(super) messages: Sender<Message>,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) pauses: Arc<Pauses>,
}

/// Lets a held open go on, or fail.
pub(super) fn answer(groups: &Groups, event: &FanotifyEvent, response: Response) {
    if let Some(fd) = event.fd() {
        // It fails only where the waiting process was killed, and then nobody waits.
        let _ = groups.asking.write_response(FanotifyResponse::new(fd, response));
    }
}

impl Responder {
    /// Answers until the guard ends. `waiting` says that the worker knows of news of names.
    pub(super) fn run(self, waiting: &AtomicBool) {
        while !self.stop.load(Ordering::Acquire) {
            let told = waiting.load(Ordering::Acquire);
            let mut sources = vec![
                PollFd::new(self.groups.asking.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.groups.ranging.as_fd(), PollFlags::POLLIN),
            ];
            if !told {
                sources.push(PollFd::new(self.groups.telling.as_fd(), PollFlags::POLLIN));
            }
            let patience = PollTimeout::from(if told { SOON } else { IDLE });
            if poll(&mut sources, patience).is_err() {
                continue;
            }
            let ready = |at: usize| {
                sources.get(at).and_then(PollFd::revents).is_some_and(|found| !found.is_empty())
            };
            if ready(2) {
                waiting.store(true, Ordering::Release);
                if self.messages.send(Message::News).is_err() {
                    return;
                }
            }
            if ready(0) && self.answer_all().is_none() {
                return;
            }
            if ready(1) && self.answer_ranges().is_none() {
                return;
            }
        }
    }

    /// Takes what the kernel has; nothing when the worker has ended.
    fn answer_all(&self) -> Option<()> {
        let Ok(events) = self.groups.asking.read_events() else { return Some(()) };
        for event in events {
            let mask = event.mask();
            let tid = u32::try_from(event.pid()).unwrap_or(0);
            let own = fs::symlink_metadata(format!("/proc/self/task/{tid}")).is_ok();
            if mask.contains(MaskFlags::FAN_Q_OVERFLOW) {
                self.messages.send(Message::Lost).ok()?;
            } else if mask.contains(MaskFlags::FAN_OPEN_PERM) {
                match if own { Intent::Read } else { intent(tid) } {
                    Intent::Read => answer(&self.groups, &event, Response::FAN_ALLOW),
                    wants => {
                        let truncates = wants == Intent::Truncate;
                        self.messages.send(Message::Asked(event, truncates)).ok()?;
                    }
                }
            } else if !own {
                if mask.contains(MaskFlags::FAN_MODIFY) {
                    // Nobody will be asked before the next write: it waits until this one was looked at.
                    self.pauses.at_once(tid);
                }
                self.messages.send(Message::Changed(event)).ok()?;
            }
        }
        Some(())
    }

    /// The same for stretches: who reads goes on at once.
    fn answer_ranges(&self) -> Option<()> {
        let mut buffer = [0; 4096];
        let Ok(read) = rustix::io::read(self.groups.ranging.as_fd(), &mut buffer) else {
            return Some(());
        };
        for event in parse(&buffer[..read]) {
            let own = fs::symlink_metadata(format!("/proc/self/task/{}", event.tid)).is_ok();
            if own || stretch_intent(event.tid) == Intent::Read {
                event.answer(&self.groups.ranging, true);
            } else {
                self.messages.send(Message::Ranged(event)).ok()?;
            }
        }
        Some(())
    }
}
