//! The one thread that writes: it takes what waits, writes it at once, syncs once, and tells everybody
//! who waited. There is no delay: what comes in while it syncs is the next batch. In between it
//! compacts. It does not know who waits.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::apart::Apart;
use super::compact::Compaction;
use super::disk::Disk;
use super::event::Change;
use super::frame;
use super::index::At;
use super::recover::{Head, View, begin_segment};
use super::replay::wide;
use super::ticket::Promise;
use super::{SpoolError, SpoolLimits};

/// Events of one writer: written together, and confirmed together.
pub(super) struct Entry {
    /// Records without marks, one after the other.
    pub(super) records: Vec<u8>,
    pub(super) promise: Promise,
    /// What lies apart of the mail that is among them.
    pub(super) apart: Option<Apart>,
}

/// What waits, and whether anything may.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) entries: VecDeque<Entry>,
    pub(super) bytes: usize,
    /// Why nothing more is taken.
    pub(super) end: Option<SpoolError>,
}

/// What writers, readers and the committing thread have in common.
pub(super) struct Shared {
    pub(super) disk: Box<dyn Disk>,
    pub(super) limits: SpoolLimits,
    queue: Mutex<Queue>,
    arrived: Condvar,
    view: Mutex<View>,
    /// As [`View::stored_bytes`], for whoever does not want to wait for the view.
    pub(super) stored_bytes: AtomicU64,
    /// The number of the next mail that lies apart: no record and no file has one as great.
    pub(super) next_apart: AtomicU64,
}

impl Shared {
    pub(super) fn new(disk: Box<dyn Disk>, limits: SpoolLimits, view: View) -> Self {
        let stored_bytes = AtomicU64::new(view.stored_bytes());
        let next_apart = AtomicU64::new(view.newest_apart.saturating_add(1));
        let (queue, arrived) = Default::default();
        Self { disk, limits, queue, arrived, view: Mutex::new(view), stored_bytes, next_apart }
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something waits, or nothing more will.
    pub(super) fn notify(&self) {
        self.arrived.notify_one();
    }

    /// Takes no more, for this reason. What waits already is written when the spool is closed, and
    /// fails when it is stopped.
    pub(super) fn end(&self, reason: &SpoolError) {
        let mut queue = self.queue();
        let failed = match reason {
            SpoolError::Closed => VecDeque::new(),
            _ => std::mem::take(&mut queue.entries),
        };
        queue.end.get_or_insert(reason.clone());
        drop(queue);
        refuse(failed, reason);
        self.notify();
    }

    /// The next batch; empty at once where there is other work. `None` when no more will come.
    fn next_batch(&self, has_other_work: bool) -> Option<Vec<Entry>> {
        let mut queue = self.queue();
        while queue.entries.is_empty() && !has_other_work {
            if queue.end.is_some() {
                return None;
            }
            queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let mut batch = Vec::new();
        let mut bytes = 0;
        while bytes < self.limits.batch_bytes
            && let Some(entry) = queue.entries.pop_front()
        {
            bytes += entry.records.len();
            batch.push(entry);
        }
        queue.bytes = queue.bytes.saturating_sub(bytes);
        let is_over = batch.is_empty() && queue.end.is_some();
        (!is_over).then_some(batch)
    }
}

fn refuse(entries: impl IntoIterator<Item = Entry>, reason: &SpoolError) {
    for entry in entries {
        entry.promise.keep(Err(reason.clone()));
    }
}

/// How a write failed.
enum Failure {
    /// Nothing of it is there.
    Undone(SpoolError),
    /// Nobody knows what of it is there.
    Unknown(io::Error),
}

/// The committing thread's own.
pub(super) struct Committer {
    shared: Arc<Shared>,
    head: Head,
    buffer: Vec<u8>,
    compaction: Compaction,
}

/// Ends the queue when the thread ends, also by a panic: nobody waits for a thread that is gone.
struct Ending<'a>(&'a Shared);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let gone = io::Error::other("the committing thread has ended");
        self.0.end(&SpoolError::Stopped(Arc::new(gone)));
    }
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, head: Head) -> Self {
        Self { shared, head, buffer: Vec::new(), compaction: Compaction::default() }
    }

    /// Until the spool is closed or storage fails.
    pub(super) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let _ending = Ending(&shared);
        while let Some(batch) = shared.next_batch(self.compaction.is_wanted(&shared, self.head)) {
            if let Err(failed) = self.commit(batch) {
                return shared.end(&SpoolError::Stopped(Arc::new(failed)));
            }
        }
    }

    /// Writes a batch and tells those who wait; an error where storage cannot be relied on any more.
    fn commit(&mut self, batch: Vec<Entry>) -> io::Result<()> {
        self.buffer.clear();
        // A mail that was long once does not take memory for ever.
        self.buffer.shrink_to(2 * self.shared.limits.batch_bytes);
        // Before the events: they say what was so before them.
        self.compaction.take(&self.shared, self.head, &mut self.buffer);
        for entry in &batch {
            self.buffer.extend_from_slice(&entry.records);
        }
        if self.buffer.is_empty() {
            self.compaction.settle(&self.shared, self.head, false);
            self.tell_stored_bytes();
            return Ok(());
        }
        match self.store() {
            Ok(()) => {
                let results = self.apply(&batch);
                self.compaction.settle(&self.shared, self.head, true);
                self.tell_stored_bytes();
                for (mut entry, result) in batch.into_iter().zip(results) {
                    let view = self.shared.view();
                    let is_of_a_mail =
                        |apart: &&mut Apart| view.index.apart().contains_key(&apart.number());
                    if let Some(apart) = entry.apart.as_mut().filter(is_of_a_mail) {
                        apart.is_named_now();
                    }
                    drop(view);
                    entry.promise.keep(result);
                }
                self.remove_freed();
                Ok(())
            }
            Err(Failure::Undone(error)) => {
                self.compaction.pause();
                refuse(batch, &error);
                Ok(())
            }
            Err(Failure::Unknown(error)) => {
                let error = Arc::new(error);
                let mut batch = batch;
                batch.iter_mut().filter_map(|it| it.apart.as_mut()).for_each(Apart::is_named_now);
                refuse(batch, &SpoolError::Stopped(Arc::clone(&error)));
                Err(io::Error::new(error.kind(), error))
            }
        }
    }

    /// What lies apart and is of no mail any more. What stays is removed when the spool is opened.
    fn remove_freed(&self) {
        let freed = self.shared.view().index.take_freed();
        for number in freed {
            let _removed: io::Result<()> = self.shared.disk.remove_apart(number);
        }
    }

    fn tell_stored_bytes(&self) {
        let stored = self.shared.view().stored_bytes();
        self.shared.stored_bytes.store(stored, Ordering::Relaxed);
    }

    /// The buffer on stable storage, at the head.
    fn store(&mut self) -> Result<(), Failure> {
        let bytes = wide(self.buffer.len());
        let is_begun = self.head.bytes > wide(frame::HEADER_BYTES);
        if is_begun && self.head.bytes + bytes > self.shared.limits.segment_bytes {
            let Head { sequence, bytes: before, .. } = self.head;
            self.head =
                begin_segment(&*self.shared.disk, sequence + 1, before).map_err(Failure::Undone)?;
            self.shared.view().segments.insert(self.head.sequence, self.head.bytes);
        }
        frame::set_marks(&mut self.buffer, self.head.mark);
        let Head { sequence, bytes: at, .. } = self.head;
        if let Err(error) = self.shared.disk.write(sequence, at, &self.buffer) {
            // A part may be written, and would lie before the next batch.
            self.shared.disk.truncate(sequence, at).map_err(Failure::Unknown)?;
            return Err(Failure::Undone(SpoolError::refused("write to")(error)));
        }
        // After a failed sync the system may take pages for written that are not, and the next sync
        // would say that all is well (Rebello et al., USENIX ATC 2020): it is never tried again.
        self.shared.disk.sync(sequence).map_err(Failure::Unknown)
    }

    /// What was stored, in the index; a result for each entry.
    fn apply(&mut self, batch: &[Entry]) -> Vec<Result<(), SpoolError>> {
        let mut view = self.shared.view();
        view.syncs += 1;
        let (segment, base) = (self.head.sequence, self.head.bytes);
        let mut at = 0;
        let mut apply_until = |end: usize| {
            let mut result = Ok(());
            while at < end
                && let Some(payload) = frame::payload_at(&self.buffer, at)
            {
                let place = At {
                    segment,
                    payload: base + wide(payload.start),
                    bytes: wide(payload.end - at),
                };
                at = payload.end;
                view.records += 1;
                // What was just written is read as a replay would read it.
                if let Some(change) = Change::parse(&self.buffer[payload]) {
                    let id = change.id;
                    if let Err(misfit) = view.index.apply(change, place) {
                        view.misfits += 1;
                        result = result.and(Err(SpoolError::Misfit { id, misfit }));
                    }
                }
            }
            result
        };
        let mut end = batch.iter().fold(self.buffer.len(), |end, entry| end - entry.records.len());
        let kept = apply_until(end);
        debug_assert!(kept.is_ok(), "what is kept replaces what was there");
        let results = batch
            .iter()
            .map(|entry| {
                end += entry.records.len();
                apply_until(end)
            })
            .collect();
        self.head.bytes += wide(self.buffer.len());
        view.segments.insert(segment, self.head.bytes);
        results
    }
}
