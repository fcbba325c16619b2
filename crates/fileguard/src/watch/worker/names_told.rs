//! What the kernel tells of names, made into deeds: files that are new, gone, moved or replaced. The data
//! of what is gone stays under its pin.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use nix::sys::fanotify::MaskFlags;

use super::{Digest, MOST_MADE, OWN_MS, Worker, attributes, compare, look_at, related};
use crate::deed::{Deed, Proc, What};
use crate::look::{Diff, Look};
use crate::undo::born_ns;
use crate::vault::{Attributes, Record};
use crate::watch::fid::{Named, Place, parse};
use crate::watch::listing;

/// How much one read takes.
const READ_BYTES: usize = 64 * 1024;

impl Worker {
    /// Takes in all that the kernel has told of names up to now. Every change of a name by a process is
    /// told before anything that the same process does later is asked.
    pub(super) fn drain(&mut self) {
        self.waiting.store(false, Ordering::Release);
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let read = rustix::io::read(self.groups.telling.as_fd(), &mut buffer[..]);
            let Ok(read @ 1..) = read else { return };
            for named in parse(&buffer[..read]) {
                self.named(&named);
            }
        }
    }

    fn named(&mut self, named: &Named) {
        let mask = MaskFlags::from_bits_retain(named.mask);
        if mask.contains(MaskFlags::FAN_Q_OVERFLOW) {
            self.trouble("the kernel lost events about names".to_owned());
            return;
        }
        let folder = mask.contains(MaskFlags::FAN_ONDIR);
        let Some(place) = &named.place else { return };
        let from = self.names.path(place).filter(|path| self.config.tree_of(path).is_some());
        if mask.contains(MaskFlags::FAN_RENAME) {
            let to = named.to.as_ref().and_then(|to| self.names.path(to));
            let to = to.filter(|path| self.config.tree_of(path).is_some());
            match (folder, from, to, &named.to) {
                (true, Some(from), Some(to), _) => self.folder_moved(named, from, to),
                (true, None, Some(to), _) => self.take_in_new(&to),
                (false, from, to, Some(target)) => {
                    self.moved(named, (place, from), (target, to));
                }
                _ => {}
            }
            return;
        }
        let Some(path) = from else { return };
        if mask.contains(MaskFlags::FAN_CREATE) {
            if folder {
                self.take_in_new(&path);
            } else {
                self.created(named, place, &path);
            }
        }
        if mask.contains(MaskFlags::FAN_DELETE) {
            if folder {
                self.names.remove_folder(named.ino.unwrap_or(0));
            } else {
                self.deleted(named, place, &path);
            }
        }
    }

    fn take_in_new(&mut self, folder: &Path) {
        // It may be gone again: then there is nothing to take in.
        if fs::symlink_metadata(folder).is_ok()
            && let Err(error) = self.take_in(folder)
        {
            self.trouble(format!("{}: {error}", folder.display()));
        }
    }

    fn created(&mut self, named: &Named, place: &Place, path: &Path) {
        let Some(ino) = named.ino else { return };
        let Ok(found) = fs::symlink_metadata(path) else { return };
        if !found.is_file() {
            return;
        }
        self.names.insert(place, ino);
        self.listed(ino, path);
        // A further name of a file that was there makes nothing.
        let is_unknown = self.pins.add(path, ino).unwrap_or(true);
        let now = self.now_ms();
        let born_ms = u64::try_from(born_ns(&found) / 1_000_000).unwrap_or(0);
        let is_new = now.saturating_sub(born_ms) <= OWN_MS || born_ms == 0;
        let is_known = self.made.get(&ino).is_some_and(|(_, at_ms)| born_ms <= *at_ms);
        if !is_unknown || !is_new || is_known {
            return;
        }
        let by = self.lineage(named.tid);
        if self.made.insert(ino, (by, now)).is_none() {
            self.made_order.push_back(ino);
        }
        while self.made_order.len() > MOST_MADE {
            if let Some(old) = self.made_order.pop_front() {
                self.made.remove(&old);
            }
        }
    }

    /// A folder has another name.
    fn folder_moved(&mut self, named: &Named, from: PathBuf, to: PathBuf) {
        self.names.move_folder(&from, &to);
        if Self::is_ours(named.tid) {
            return;
        }
        let by = self.doer(named.tid, &from);
        if let Some(ino) = named.ino {
            self.note(&by, Record::Moved { ino, from, to });
        }
    }

    /// Writes down which name a file has, for a guard after this one.
    fn listed(&mut self, ino: u64, path: &Path) {
        // It may be gone again.
        let Ok(found) = fs::symlink_metadata(path) else { return };
        let file = listing::File { ino, born_ns: born_ns(&found) };
        let listed = self.listing.as_mut().map(|listing| listing.add(file, path));
        if let Some(Err(error)) = listed {
            self.trouble(format!("{}: not listed: {error}", path.display()));
        }
    }

    /// Whether a file was made by the same processes just now.
    fn is_own(&self, ino: u64, by: &[Proc]) -> bool {
        self.made.get(&ino).is_some_and(|(maker, at_ms)| {
            related(maker, by) && self.now_ms().saturating_sub(*at_ms) < OWN_MS
        })
    }

    fn deleted(&mut self, named: &Named, place: &Place, path: &Path) {
        let ino = self.names.file(place).or(named.ino);
        self.names.remove(place);
        let Some(ino) = ino else { return };
        let by = self.doer(named.tid, path);
        if Self::is_ours(named.tid) {
            return;
        }
        if self.is_own(ino, &by) {
            self.made.remove(&ino);
            self.open.remove(&ino);
            let _ = self.pins.remove(ino);
            return self.see(&by, What::Deleted { path: path.to_owned(), look: None, own: true });
        }
        let close = by.iter().any(|proc| self.makers.contains(proc)) || self.detector.suspects(&by);
        self.gone(ino, path, &by, close);
        let look = if close { look_at(&self.pins.path(ino)).ok() } else { None };
        if self.config.is_canary(path) {
            self.see(&by, What::Canary { path: path.to_owned() });
        }
        self.see(&by, What::Deleted { path: path.to_owned(), look, own: false });
    }

    /// Writes down that a name is gone, with what the pin keeps.
    fn gone(&mut self, ino: u64, path: &Path, by: &[Proc], close: bool) {
        let place = self.pins.path(ino);
        let Ok(file) = File::open(&place) else { return };
        let Ok(attributes): Result<Attributes, _> = attributes(&file) else { return };
        let digest = if close { Digest::of_reader(file).ok() } else { None };
        let digest = digest.map(|digest| digest.to_string());
        self.note(by, Record::Gone { path: path.to_owned(), attributes, digest });
    }

    fn moved(
        &mut self,
        named: &Named,
        (place, from): (&Place, Option<PathBuf>),
        (target, to): (&Place, Option<PathBuf>),
    ) {
        let Some(ino) = named.ino.or_else(|| self.names.file(place)) else { return };
        let replaced = self.names.file(target).filter(|old| *old != ino);
        self.names.remove(place);
        let by = self.doer(named.tid, from.as_deref().or(to.as_deref()).unwrap_or(Path::new("")));
        let ours = Self::is_ours(named.tid);
        let Some(to) = to else {
            // Out of the trees: gone for those who look there.
            if let (Some(from), false) = (from, ours) {
                self.gone(ino, &from, &by, false);
            }
            return;
        };
        self.names.insert(target, ino);
        self.listed(ino, &to);
        let _ = self.pins.add(&to, ino);
        if ours {
            return;
        }
        if let Some(open) = self.open.get_mut(&ino) {
            open.path.clone_from(&to);
        }
        if let Some(old) = replaced {
            let close =
                by.iter().any(|proc| self.makers.contains(proc)) || self.detector.suspects(&by);
            self.gone(old, &to, &by, close);
        }
        let origin = from.clone().unwrap_or_else(|| to.clone());
        self.note(&by, Record::Moved { ino, from: origin.clone(), to: to.clone() });
        if self.config.is_canary(&to) || self.config.is_canary(&origin) {
            self.see(&by, What::Canary { path: origin.clone() });
        }
        match replaced {
            Some(old) => self.replaced(old, &to, &by),
            None if self.is_own(ino, &by) => self.made_one(ino, &to, &by),
            None => self.see(&by, What::Renamed { from: origin, to }),
        }
    }

    /// A file has the name of another that was there.
    fn replaced(&mut self, old: u64, path: &Path, by: &[Proc]) {
        let compared = self.compare_replaced(old, path);
        if self.is_own(old, by) {
            self.made.remove(&old);
            self.open.remove(&old);
            let _ = self.pins.remove(old);
        }
        // Without the old one, or with the new one gone again, nothing can be said.
        if let Ok((before, after, diff)) = compared {
            self.see(by, What::Rewrote { path: path.to_owned(), before, after, diff });
        }
    }

    /// What a file was whose name another has.
    pub(super) fn compare_replaced(&self, old: u64, path: &Path) -> io::Result<(Look, Look, Diff)> {
        let before = File::open(self.pins.path(old))?;
        let bytes = before.metadata()?.len();
        let again = File::open(self.pins.path(old))?;
        compare(&before, &again, bytes, &File::open(path)?)
    }

    /// Who did something to a name. A process can have ended before its deed is read: then it is taken for
    /// one of those who made a copy of just this file, if there is one.
    fn doer(&mut self, tid: u32, path: &Path) -> Vec<Proc> {
        let by = self.lineage(tid);
        if !by.is_empty() || Self::is_ours(tid) {
            return by;
        }
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let beside = |open: &super::Open| open.path.parent() == path.parent();
        let near = self.open.values().filter(|open| beside(open)).max_by_key(|open| open.at_ms);
        let made = self.recent.iter().rev().find(|(made, _)| {
            made.parent() == path.parent()
                && stem.as_ref().is_some_and(|stem| {
                    made.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&**stem))
                })
        });
        made.map(|(_, by)| by.clone())
            .or_else(|| near.map(|open| open.by.clone()))
            .unwrap_or_default()
    }

    /// Whether a thread is one of the guard's own.
    fn is_ours(tid: u32) -> bool {
        fs::symlink_metadata(format!("/proc/self/task/{tid}")).is_ok()
    }

    /// Tells the detector, and does what follows.
    pub(super) fn see(&mut self, by: &[Proc], what: What) {
        if by.is_empty() {
            return;
        }
        self.see_at(self.now_ms(), by, what);
    }

    /// The same, of something that was done earlier.
    pub(super) fn see_at(&mut self, at_ms: u64, by: &[Proc], what: What) {
        let begun = std::time::Instant::now();
        let deed = Deed { at_ms, by: by.to_vec(), what };
        if let Some(alarm) = self.detector.see(deed) {
            self.alarmed(&alarm, begun);
        }
    }
}
