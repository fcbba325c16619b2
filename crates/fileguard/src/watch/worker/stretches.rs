//! Large files: too large to be kept whole before they are written to. Each stretch is kept before it is
//! overwritten, and looked at when the next one is asked for. It does not know how it is put back.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use nix::sys::fanotify::MarkFlags;

use super::{GuardError, Worker, at, attributes};
use crate::deed::{Proc, What};
use crate::look::{CHUNK_BYTES, Diff, Look};
use crate::vault::{Attributes, Digest, Record};
use crate::watch::ranges::{PRE_ACCESS, Ranged};

/// A stretch.
const STRETCH_BYTES: u64 = 64 * 1024;
/// So many chunks turned to noise are one deed: half a megabyte.
const CHUNKS_OF_A_DEED: u64 = 128;
/// How long a kept stretch counts as what is there now.
const FRESH_MS: u64 = 1_000;
/// How many stretches wait to be looked at.
const MOST_WAITING: usize = 256;

/// A large file.
#[derive(Debug)]
pub(super) struct Large {
    path: PathBuf,
    file: File,
    before: Attributes,
    kept: HashMap<u64, (Proc, u64)>,
    waiting: VecDeque<(u64, Digest)>,
    diff: Diff,
}

impl Worker {
    /// From now on somebody is asked before a stretch of this file is written.
    pub(super) fn ask_for_stretches(&mut self, path: &Path) -> Result<(), GuardError> {
        let file = File::open(path).map_err(at(path))?;
        let before = attributes(&file).map_err(at(path))?;
        if self.large.contains_key(&before.ino) {
            return Ok(());
        }
        let marked = self.groups.ranging.mark(
            MarkFlags::FAN_MARK_ADD,
            PRE_ACCESS,
            rustix::fs::CWD,
            Some(path),
        );
        marked.map_err(|error| at(path)(error.into()))?;
        let large = Large {
            path: path.to_owned(),
            file,
            kept: HashMap::new(),
            waiting: VecDeque::new(),
            diff: Diff::default(),
            before,
        };
        self.large.insert(large.before.ino, large);
        Ok(())
    }

    /// Somebody is about to write a stretch.
    pub(super) fn ranged(&mut self, event: Ranged) {
        let by = self.lineage(event.tid);
        let ino = event.ino().filter(|ino| self.large.contains_key(ino));
        if let Some(ino) = ino {
            if !self.is_stopped(&by) {
                self.look_at_stretches(ino, &by, event.offset / STRETCH_BYTES);
            }
            if !self.is_stopped(&by)
                && let Err(error) = self.keep_stretches(ino, event.offset, event.bytes, &by)
            {
                self.trouble(format!("a stretch was not kept before it was written: {error}"));
            }
        }
        if self.is_stopped(&by) {
            self.held_stretches.push((by, event));
        } else {
            event.answer(&self.groups.ranging, true);
        }
    }

    pub(super) fn keep_stretches(
        &mut self,
        ino: u64,
        offset: u64,
        bytes: u64,
        by: &[Proc],
    ) -> Result<(), GuardError> {
        let now = self.now_ms();
        let Some(doer) = by.first().copied() else { return Ok(()) };
        let Some(large) = self.large.get_mut(&ino) else { return Ok(()) };
        let length = large.file.metadata().map_err(at(&large.path))?.size();
        // A truncation names the place where it cuts, and no length: all behind it goes.
        let bytes = if bytes == 0 { u64::MAX } else { bytes };
        let end = offset.saturating_add(bytes).min(length);
        for number in offset / STRETCH_BYTES..end.div_ceil(STRETCH_BYTES) {
            let kept = large.kept.get(&number);
            if kept.is_some_and(|(who, when)| *who == doer && now.saturating_sub(*when) < FRESH_MS)
            {
                continue;
            }
            let place = number * STRETCH_BYTES;
            let size = usize::try_from((length - place).min(STRETCH_BYTES)).unwrap_or(0);
            let mut content = vec![0; size];
            large.file.read_exact_at(&mut content, place).map_err(at(&large.path))?;
            let stored = self.vault.keep(&content[..])?;
            self.kept += 1;
            self.kept_bytes += stored.bytes;
            let record = Record::Stretch {
                path: large.path.clone(),
                attributes: Attributes { bytes: length, ..large.before.clone() },
                offset: place,
                digest: stored.digest,
            };
            self.vault.note(now, by, record)?;
            large.kept.insert(number, (doer, now));
            large.waiting.push_back((place, stored.digest));
            if large.waiting.len() > MOST_WAITING {
                large.waiting.pop_front();
            }
        }
        Ok(())
    }

    /// Compares stretches that were let through with what they are now; enough noise is a deed.
    fn look_at_stretches(&mut self, ino: u64, by: &[Proc], now_at: u64) {
        let Some(large) = self.large.get_mut(&ino) else { return };
        let mut looks = None;
        for _ in 0..large.waiting.len() {
            let Some((place, digest)) = large.waiting.pop_front() else { break };
            // What is still being written is looked at when it is whole.
            if place / STRETCH_BYTES == now_at {
                large.waiting.push_back((place, digest));
                continue;
            }
            let mut was = Vec::new();
            let read = self.vault.peek(digest).map(|mut kept| kept_whole(&mut kept, &mut was));
            let mut is = vec![0; was.len()];
            if !matches!(read, Ok(Ok(_))) || large.file.read_exact_at(&mut is, place).is_err() {
                continue;
            }
            if was == is {
                large.waiting.push_back((place, digest));
                continue;
            }
            for (was, is) in was.chunks(CHUNK_BYTES).zip(is.chunks(CHUNK_BYTES)) {
                large.diff.chunk(was, is);
            }
            let bytes = large.before.bytes;
            looks = Some((Look::of(&was, bytes), Look::of(&is, bytes)));
        }
        if large.diff.risen < CHUNKS_OF_A_DEED {
            return;
        }
        let diff = std::mem::take(&mut large.diff);
        if let Some((before, after)) = looks {
            let path = large.path.clone();
            self.see(by, What::Rewrote { path, before, after, diff });
        }
    }
}

fn kept_whole(kept: &mut impl std::io::Read, into: &mut Vec<u8>) -> std::io::Result<usize> {
    kept.read_to_end(into)
}
