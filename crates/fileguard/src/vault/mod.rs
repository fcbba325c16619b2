//! The vault: what files were before they changed. Contents lie under the hash of what they say, packed
//! and once each ([`blobs`]); what was kept of which file, and who was about to change it, stands in a
//! [`journal`] that survives a kill at any byte; the oldest goes first when the room is used up. It does
//! not know why a file was kept.

pub mod blobs;
pub mod journal;
pub mod record;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

pub use blobs::{Blobs, Digest, Stored};
pub use record::{Attributes, Entry, Record};

use crate::deed::Proc;
use journal::Journal;

/// Why the vault did not do something.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A file or folder of the vault could not be read or written.
    #[error("{}: {because}", place.display())]
    Io {
        /// Which.
        place: PathBuf,
        /// What the system says.
        #[source]
        because: std::io::Error,
    },
    /// Another process uses it.
    #[error("{}: another guard has this vault", .0.display())]
    Taken(PathBuf),
    /// What lies under a hash is not what the hash says.
    #[error("the content kept as {0} is damaged")]
    Damaged(Digest),
    /// All room is taken by what must be kept.
    #[error("the vault is full: {stored_bytes} of {limit_bytes} bytes are held for incidents")]
    Full {
        /// What is stored.
        stored_bytes: u64,
        /// What may be.
        limit_bytes: u64,
    },
}

/// How an error of a place is named.
pub(crate) fn at(place: &Path) -> impl FnOnce(std::io::Error) -> VaultError {
    move |because| VaultError::Io { place: place.to_owned(), because }
}

/// The vault, open in one process.
#[derive(Debug)]
pub struct Vault {
    folder: PathBuf,
    blobs: Blobs,
    journal: Journal,
    entries: VecDeque<Entry>,
    uses: HashMap<Digest, u32>,
    held: HashSet<u64>,
    next: u64,
    limit_bytes: u64,
    damaged_lines: u64,
    _lock: File,
}

/// How the copy of a journal with damaged lines ends, before the number of the next entry.
const DAMAGED: &str = "damaged-";
/// A journal with so many lines more than it needs is written anew when it is opened.
const NEEDLESS_LINES: usize = 1_000;

/// What a look at everything in the vault found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many contents are kept.
    pub contents: u64,
    /// Those that are not what their hash says, or are missing.
    pub damaged: Vec<Digest>,
    /// Lines of the journal that were not what was written, now or earlier: the journal as it was lies
    /// beside it, and no content is removed until a person takes that copy away.
    pub damaged_lines: u64,
}

impl Vault {
    /// Opens the vault in a folder, made where there is none. What a kill left half written is dropped.
    pub fn open(folder: &Path, limit_bytes: u64) -> Result<Self, VaultError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
        let lock = folder.join("lock");
        let lock_file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock)
            .map_err(at(&lock))?;
        if lock_file.try_lock().is_err() {
            return Err(VaultError::Taken(folder.to_owned()));
        }
        let blobs = Blobs::open(&folder.join("contents"))?;
        let (journal, lines, damaged_lines) = Journal::open(&folder.join("journal"))?;
        let read = lines.len();
        let mut vault = Self {
            folder: folder.to_owned(),
            blobs,
            journal,
            entries: VecDeque::new(),
            uses: HashMap::new(),
            held: HashSet::new(),
            next: 0,
            limit_bytes,
            damaged_lines,
            _lock: lock_file,
        };
        for entry in lines {
            vault.next = vault.next.max(entry.seq + 1);
            vault.take_in(entry);
        }
        if damaged_lines > 0 {
            vault.journal.set_aside(&format!("{DAMAGED}{}", vault.next))?;
        }
        let known: HashSet<Digest> = vault.uses.keys().copied().collect();
        // What a damaged line named is kept: nobody knows which contents these were.
        let is_whole = vault.damaged_before()?.is_empty();
        vault.blobs.keep_only(&known, is_whole)?;
        // Otherwise it only grows, so that the ledger's hash of its beginning can be checked.
        if damaged_lines > 0 || read > 2 * vault.entries.len() + NEEDLESS_LINES {
            vault.compact()?;
        }
        Ok(vault)
    }

    /// Copies of journals in which lines were damaged.
    fn damaged_before(&self) -> Result<Vec<PathBuf>, VaultError> {
        let entries = fs::read_dir(&self.folder).map_err(at(&self.folder))?;
        let named = |path: &PathBuf| {
            path.extension().is_some_and(|ending| ending.to_string_lossy().starts_with(DAMAGED))
        };
        Ok(entries.flatten().map(|entry| entry.path()).filter(named).collect())
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is kept, the oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// How many bytes the contents take as they lie there.
    pub const fn stored_bytes(&self) -> u64 {
        self.blobs.stored_bytes()
    }

    /// Keeps a content. It has no name yet: [`Vault::note`] gives it one.
    pub fn keep(&mut self, content: impl Read) -> Result<Stored, VaultError> {
        let stored = self.blobs.keep(content)?;
        if let Err(full) = self.make_room() {
            if !self.uses.contains_key(&stored.digest) {
                self.blobs.drop(stored.digest)?;
            }
            return Err(full);
        }
        Ok(stored)
    }

    /// Writes down what was kept, or what was done to a file that is kept otherwise.
    pub fn note(&mut self, at_ms: u64, by: &[Proc], record: Record) -> Result<u64, VaultError> {
        let entry = Entry { seq: self.next, at_ms, by: by.to_vec(), record };
        self.journal.append(&entry)?;
        self.next += 1;
        let seq = entry.seq;
        self.take_in(entry);
        Ok(seq)
    }

    /// A content, unpacked. It is checked against its hash before the first byte is given out.
    pub fn read(&self, digest: Digest) -> Result<impl Read + use<>, VaultError> {
        self.blobs.check(digest)?;
        self.blobs.read(digest)
    }

    /// A content as it lies there, for a look: what is put back goes through [`Vault::read`].
    pub fn peek(&self, digest: Digest) -> Result<impl Read + use<>, VaultError> {
        self.blobs.read(digest)
    }

    /// Entries with these numbers stay until [`Vault::release`], whatever room they take.
    pub fn hold(&mut self, at_ms: u64, seqs: Vec<u64>) -> Result<(), VaultError> {
        self.note(at_ms, &[], Record::Held { seqs })?;
        self.sync()
    }

    /// They may go when room is needed.
    pub fn release(&mut self, at_ms: u64, seqs: Vec<u64>) -> Result<(), VaultError> {
        self.note(at_ms, &[], Record::Released { seqs })?;
        self.sync()
    }

    /// Has everything on the disk.
    pub fn sync(&mut self) -> Result<(), VaultError> {
        self.blobs.sync()?;
        self.journal.sync()
    }

    /// The length and hash of the journal, by which the ledger fixes it.
    pub fn seal(&mut self) -> Result<(u64, Digest), VaultError> {
        self.sync()?;
        self.journal.digest()
    }

    /// Reads every content and says which are damaged.
    pub fn check(&self) -> Result<Checked, VaultError> {
        let mut checked = Checked { damaged_lines: self.damaged_lines, ..Checked::default() };
        for copy in self.damaged_before()? {
            // The copy of this opening counts already.
            checked.damaged_lines = checked.damaged_lines.max(Journal::damaged(&copy)?);
        }
        for &digest in self.uses.keys() {
            checked.contents += 1;
            match self.blobs.check(digest) {
                Ok(()) => {}
                Err(VaultError::Damaged(digest)) => checked.damaged.push(digest),
                Err(VaultError::Io { .. }) => checked.damaged.push(digest),
                Err(error) => return Err(error),
            }
        }
        Ok(checked)
    }

    /// Lets go what is older than it need be.
    pub fn retire(&mut self, before_ms: u64) -> Result<Vec<Entry>, VaultError> {
        let mut gone = Vec::new();
        while let Some(seq) = self.oldest_free(|entry| entry.at_ms < before_ms) {
            gone.extend(self.forget(seq)?);
        }
        Ok(gone)
    }

    fn make_room(&mut self) -> Result<(), VaultError> {
        while self.blobs.stored_bytes() > self.limit_bytes {
            let Some(seq) = self.oldest_free(|_| true) else {
                return Err(VaultError::Full {
                    stored_bytes: self.blobs.stored_bytes(),
                    limit_bytes: self.limit_bytes,
                });
            };
            self.forget(seq)?;
        }
        Ok(())
    }

    fn oldest_free(&self, fits: impl Fn(&Entry) -> bool) -> Option<u64> {
        let free = |entry: &&Entry| !self.held.contains(&entry.seq) && fits(entry);
        self.entries.iter().find(free).map(|entry| entry.seq)
    }

    fn forget(&mut self, seq: u64) -> Result<Option<Entry>, VaultError> {
        let Some(place) = self.entries.iter().position(|entry| entry.seq == seq) else {
            return Ok(None);
        };
        let gone =
            Entry { seq: self.next, at_ms: 0, by: Vec::new(), record: Record::Forgotten { seq } };
        self.journal.append(&gone)?;
        self.next += 1;
        let entry = self.entries.remove(place);
        if let Some(digest) = entry.as_ref().and_then(|entry| entry.record.digest())
            && let Some(uses) = self.uses.get_mut(&digest)
        {
            *uses -= 1;
            if *uses == 0 {
                self.uses.remove(&digest);
                self.blobs.drop(digest)?;
            }
        }
        Ok(entry)
    }

    fn take_in(&mut self, entry: Entry) {
        match &entry.record {
            Record::Held { seqs } => self.held.extend(seqs),
            Record::Released { seqs } => self.held.retain(|seq| !seqs.contains(seq)),
            Record::Forgotten { seq } => {
                if let Some(place) = self.entries.iter().position(|entry| entry.seq == *seq) {
                    let gone = self.entries.remove(place);
                    if let Some(digest) = gone.and_then(|gone| gone.record.digest()) {
                        let uses = self.uses.entry(digest).or_insert(1);
                        *uses -= 1;
                        if *uses == 0 {
                            self.uses.remove(&digest);
                        }
                    }
                }
            }
            _ => {
                if let Some(digest) = entry.record.digest() {
                    *self.uses.entry(digest).or_insert(0) += 1;
                }
                self.entries.push_back(entry);
            }
        }
    }

    /// Writes the journal anew without what was forgotten.
    fn compact(&mut self) -> Result<(), VaultError> {
        let mut held: Vec<u64> = self.held.iter().copied().collect();
        held.retain(|seq| self.entries.iter().any(|entry| entry.seq == *seq));
        held.sort_unstable();
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        let last = Entry {
            seq: self.next,
            at_ms: 0,
            by: Vec::new(),
            record: Record::Held { seqs: held.clone() },
        };
        if !held.is_empty() {
            entries.push(&last);
            self.next += 1;
        }
        self.held = held.into_iter().collect();
        self.journal.replace(&entries)
    }
}

#[cfg(test)]
mod tests;
