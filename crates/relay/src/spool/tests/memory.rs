//! A disk in memory: what is written is lost by a power cut unless it was synced, calls fail when
//! they are told to, and there is only so much room. It keeps what a process leaves behind.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::SpoolError;
use super::super::disk::{ApartFile, Disk, Listing};
use super::super::replay::wide;

#[derive(Clone, Default)]
struct File {
    /// What the system shows.
    seen: Vec<u8>,
    /// What a power cut leaves.
    durable: Vec<u8>,
}

#[derive(Default)]
struct Inner {
    files: BTreeMap<u64, File>,
    apart: BTreeMap<u64, File>,
    set_aside: BTreeMap<u64, Vec<u8>>,
    room: Option<usize>,
    /// After so many more calls the power is off.
    calls_left: Option<u64>,
    sync_fails: bool,
    truncate_fails: bool,
}

impl Inner {
    fn call(&mut self) -> io::Result<()> {
        match &mut self.calls_left {
            Some(0) => Err(io::Error::other("the power is off")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn file(&mut self, segment: u64) -> io::Result<&mut File> {
        self.files.get_mut(&segment).ok_or_else(|| ErrorKind::NotFound.into())
    }
}

/// The machine; clones are the same one.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Inner>>);

impl Memory {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_room_for(&self, bytes: Option<usize>) {
        self.inner().room = bytes;
    }

    pub(super) fn sync_fails(&self, fails: bool) {
        self.inner().sync_fails = fails;
    }

    pub(super) fn truncate_fails(&self, fails: bool) {
        self.inner().truncate_fails = fails;
    }

    pub(super) fn power_off_after(&self, calls: u64) {
        self.inner().calls_left = Some(calls);
    }

    /// The power goes: of what was not synced, pages are there or zero as `is_kept` says, and files
    /// end where the last kept one does. Then it is back.
    pub(super) fn power_cut(&self, mut is_kept: impl FnMut() -> bool) {
        const PAGE: usize = 256;
        let mut inner = self.inner();
        // What is not synced of these is lost whole, and so is the name of one that never was.
        inner.apart.retain(|_, file| !file.durable.is_empty());
        inner.apart.values_mut().for_each(|file| file.seen = file.durable.clone());
        for file in inner.files.values_mut() {
            let mut after = file.durable.clone();
            for at in (0..file.seen.len()).step_by(PAGE) {
                let end = file.seen.len().min(at + PAGE);
                if end > file.durable.len() && is_kept() {
                    after.resize(after.len().max(end), 0);
                    after[at..end].copy_from_slice(&file.seen[at..end]);
                }
            }
            *file = File { seen: after.clone(), durable: after };
        }
        inner.calls_left = None;
        inner.sync_fails = false;
    }

    pub(super) fn segments(&self) -> Vec<u64> {
        self.inner().files.keys().copied().collect()
    }

    /// The mails that lie apart.
    pub(super) fn apart(&self) -> Vec<u64> {
        self.inner().apart.keys().copied().collect()
    }

    /// Changes one of them behind everybody's back.
    pub(super) fn change_apart(&self, number: u64, change: impl FnOnce(&mut Vec<u8>)) {
        let mut inner = self.inner();
        let file = inner.apart.get_mut(&number).unwrap();
        change(&mut file.seen);
        file.durable = file.seen.clone();
    }

    pub(super) fn set_aside(&self) -> Vec<u64> {
        self.inner().set_aside.keys().copied().collect()
    }

    /// Changes what is stored behind everybody's back.
    pub(super) fn change(&self, segment: u64, change: impl FnOnce(&mut Vec<u8>)) {
        let mut inner = self.inner();
        let file = inner.file(segment).unwrap();
        change(&mut file.seen);
        file.durable = file.seen.clone();
    }

    pub(super) fn lose(&self, segment: u64) {
        self.inner().files.remove(&segment).unwrap();
    }
}

impl Disk for Memory {
    fn list(&self) -> Result<Listing, SpoolError> {
        let apart =
            self.inner().apart.iter().map(|(number, it)| (*number, wide(it.seen.len()))).collect();
        Ok(Listing { segments: self.segments(), set_aside: self.set_aside(), apart })
    }

    fn create(&self, segment: u64, header: &[u8]) -> io::Result<()> {
        let mut inner = self.inner();
        // The file is there, and then its header.
        inner.call()?;
        inner.files.insert(segment, File::default());
        inner.call()?;
        let (seen, durable) = (header.to_vec(), header.to_vec());
        inner.files.insert(segment, File { seen, durable });
        Ok(())
    }

    fn write(&self, segment: u64, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.inner();
        inner.call()?;
        let fitting = bytes.len().min(inner.room.unwrap_or(usize::MAX));
        inner.room = inner.room.map(|room| room - fitting);
        let file = inner.file(segment)?;
        let offset = usize::try_from(offset).unwrap();
        assert!(offset <= file.seen.len(), "a hole");
        file.seen.resize(file.seen.len().max(offset + fitting), 0);
        file.seen[offset..offset + fitting].copy_from_slice(&bytes[..fitting]);
        if fitting < bytes.len() { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&self, segment: u64) -> io::Result<()> {
        let mut inner = self.inner();
        inner.call()?;
        if inner.sync_fails {
            // The pages count as written from now on, as on Linux: a second sync would succeed.
            inner.sync_fails = false;
            return Err(io::Error::other("the disk does not answer"));
        }
        let file = inner.file(segment)?;
        file.durable = file.seen.clone();
        Ok(())
    }

    fn truncate(&self, segment: u64, bytes: u64) -> io::Result<()> {
        let mut inner = self.inner();
        inner.call()?;
        if inner.truncate_fails {
            return Err(io::Error::other("the disk does not answer"));
        }
        let file = inner.file(segment)?;
        let bytes = usize::try_from(bytes).unwrap();
        file.seen.truncate(bytes);
        file.durable = file.seen.clone();
        Ok(())
    }

    fn read(&self, segment: u64, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut inner = self.inner();
        let offset = usize::try_from(offset).unwrap();
        let seen = inner.file(segment)?.seen.get(offset..offset + bytes.len());
        bytes.copy_from_slice(seen.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn read_all(&self, segment: u64) -> io::Result<Vec<u8>> {
        Ok(self.inner().file(segment)?.seen.clone())
    }

    fn remove(&self, segment: u64) -> io::Result<()> {
        let mut inner = self.inner();
        inner.call()?;
        inner.files.remove(&segment);
        Ok(())
    }

    fn set_aside(&self, segment: u64) -> io::Result<()> {
        let mut inner = self.inner();
        inner.call()?;
        if let Some(file) = inner.files.remove(&segment) {
            inner.set_aside.insert(segment, file.seen);
        }
        Ok(())
    }

    fn begin_apart(&self, number: u64) -> io::Result<Box<dyn ApartFile>> {
        let mut inner = self.inner();
        inner.call()?;
        inner.apart.insert(number, File::default());
        drop(inner);
        Ok(Box::new(OneMail { memory: self.clone(), number }))
    }

    fn read_apart(&self, number: u64, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let inner = self.inner();
        let offset = usize::try_from(offset).unwrap();
        let file = inner.apart.get(&number).ok_or(ErrorKind::NotFound)?;
        let seen = file.seen.get(offset..offset + bytes.len());
        bytes.copy_from_slice(seen.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn remove_apart(&self, number: u64) -> io::Result<()> {
        let mut inner = self.inner();
        inner.call()?;
        inner.apart.remove(&number);
        Ok(())
    }
}

struct OneMail {
    memory: Memory,
    number: u64,
}

impl ApartFile for OneMail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.memory.inner();
        inner.call()?;
        let fitting = bytes.len().min(inner.room.unwrap_or(usize::MAX));
        inner.room = inner.room.map(|room| room - fitting);
        let file = inner.apart.get_mut(&self.number).ok_or(ErrorKind::NotFound)?;
        file.seen.extend_from_slice(&bytes[..fitting]);
        if fitting < bytes.len() { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut inner = self.memory.inner();
        inner.call()?;
        if inner.sync_fails {
            inner.sync_fails = false;
            return Err(io::Error::other("the disk does not answer"));
        }
        let file = inner.apart.get_mut(&self.number).ok_or(ErrorKind::NotFound)?;
        file.durable = file.seen.clone();
        Ok(())
    }
}
