//! Contents: what a file is before somebody writes to it, kept; what it is afterwards, compared. It does not
//! judge what it finds.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::sys::fanotify::{FanotifyEvent, MaskFlags};

use super::{
    GuardError, LOOK_BYTES, Open, SETTLED_MS, Worker, at, attributes, path_of, related, version,
};
use crate::deed::{Proc, What};
use crate::look::{Diff, Look};
use crate::undo::born_ns;
use crate::vault::Record;

impl Worker {
    /// Keeps what a file is.
    pub(super) fn before_write(
        &mut self,
        event: &FanotifyEvent,
        by: &[Proc],
        truncates: bool,
    ) -> Result<(), GuardError> {
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
        if truncates && self.large.contains_key(&found.ino()) {
            // Nobody is asked for stretches that go with the open.
            return self.keep_stretches(found.ino(), 0, found.len(), by);
        }
        self.keep(&file, &path, by, false)
    }

    /// Keeps the content of a file, unless it is kept as it is now.
    pub(super) fn keep(
        &mut self,
        file: &File,
        path: &Path,
        by: &[Proc],
        unasked: bool,
    ) -> Result<(), GuardError> {
        let before = attributes(file).map_err(at(path))?;
        let is = version(&file.metadata().map_err(at(path))?);
        let now = self.now_ms();
        if let Some(open) = self.open.get_mut(&before.ino)
            && open.kept == is
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
            if self.large.contains_key(&before.ino) {
                return Ok(());
            }
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
            kept: is,
            seen: is,
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

    /// A file that was written to was closed, or one that was open before the guard was written to: then who
    /// wrote waits until all such files of theirs were looked at.
    pub(super) fn changed(&mut self, event: &FanotifyEvent) {
        self.look_at_changed(event);
        if event.mask().contains(MaskFlags::FAN_MODIFY) {
            let by = self.lineage(u32::try_from(event.pid()).unwrap_or(0));
            if !self.is_stopped(&by) {
                self.recheck(Some(&by));
            }
            self.end_pauses();
        }
    }

    fn look_at_changed(&mut self, event: &FanotifyEvent) {
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
        if u64::try_from(found.st_size).is_ok_and(|bytes| bytes > self.config.whole_file_bytes)
            && let Err(error) = self.ask_for_stretches(&path)
        {
            self.trouble(format!("{}: stretches are not asked for: {error}", path.display()));
        }
        if self.open.contains_key(&found.st_ino) {
            if let Some(open) = self.open.get_mut(&found.st_ino) {
                open.at_ms =
                    self.began_ms + u64::try_from(self.began.elapsed().as_millis()).unwrap_or(0);
            }
            self.compare(found.st_ino, Some(&by));
        } else if self.made.contains_key(&found.st_ino) || self.young.remove(&found.st_ino) {
            self.made_one(found.st_ino, &path, &by);
        }
    }

    /// Looks at a new file.
    pub(super) fn made_one(&mut self, ino: u64, path: &Path, by: &[Proc]) {
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

    pub(super) fn note(&mut self, by: &[Proc], record: Record) {
        let now = self.now_ms();
        if let Err(error) = self.vault.note(now, by, record) {
            self.trouble(error.to_string());
        }
    }

    /// Looks again at files that may have changed without anybody telling: mappings tell nothing, and who
    /// keeps a file open does not close it.
    pub(super) fn recheck(&mut self, by: Option<&[Proc]>) {
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
    pub(super) fn compare(&mut self, ino: u64, by: Option<&[Proc]>) {
        self.compare_at(ino, by, self.now_ms());
    }

    /// The same, of something that was done at a time.
    pub(super) fn compare_at(&mut self, ino: u64, by: Option<&[Proc]>, at_ms: u64) {
        let Some(open) = self.open.get(&ino) else { return };
        let place = self.pins.find(ino).unwrap_or_else(|| open.path.clone());
        let Ok(found) = fs::metadata(&place) else { return };
        if open.before.born_ns != born_ns(&found) {
            // The number is another file's by now.
            self.open.remove(&ino);
            return;
        }
        let is = version(&found);
        // One that is spoilt is a deed once: what is seen of it at its closing counts in place of that.
        if open.seen == is || open.spoilt && by.is_none() {
            return;
        }
        let again = open.spoilt;
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
                    open.seen = is;
                    open.spoilt = what.spoilt();
                    urgent = open.spoilt && open.unasked && !again;
                }
                if again {
                    self.detector.forget_path(&by, what.path());
                }
                self.see_at(at_ms, &by, what);
                if urgent {
                    self.look_at_rest(&by);
                }
            }
            Err(error) => self.trouble(error.to_string()),
        }
    }

    /// Nobody asks before these processes write on: they wait while their other files are looked at.
    pub(super) fn look_at_rest(&mut self, by: &[Proc]) {
        if self.looking || self.is_stopped(by) {
            return;
        }
        let Some(root) = by.first() else { return };
        let procs: Vec<Proc> =
            self.origins.tree(*root).into_iter().map(|found| found.proc).collect();
        self.pauses.pause(procs);
        self.looking = true;
        self.recheck(Some(by));
        self.looking = false;
        self.end_pauses();
    }

    /// Those who were paused go on, but for whom a signal has to keep stopped.
    pub(super) fn end_pauses(&self) {
        let by_signals = |incident: &&crate::Incident| {
            incident.state == crate::State::Frozen
                && incident.frozen.as_ref().is_some_and(|frozen| frozen.group.is_none())
        };
        let stopped = self.incidents.iter().filter(by_signals);
        let stopped: HashSet<Proc> = stopped
            .filter_map(|incident| incident.frozen.as_ref())
            .flat_map(|frozen| frozen.procs.clone())
            .collect();
        let detector = &self.detector;
        self.pauses.go_on(&stopped, |proc| !detector.suspects(&[proc]));
    }
}

/// What a file looks like.
pub(super) fn look_at(path: &Path) -> io::Result<Look> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut head = Vec::new();
    file.take(LOOK_BYTES).read_to_end(&mut head)?;
    Ok(Look::of(&head, bytes))
}

/// What a file was, what it is, and what changed. The content before is read twice: once for its
/// beginning, and once beside the other.
pub(super) fn compare(
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
