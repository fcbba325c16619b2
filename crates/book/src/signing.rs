//! The key of a book, and what is signed with it: checkpoints, by which the book can be held to
//! what it once said. It does not know where checkpoints are kept; that is for others than the
//! book, or they prove nothing.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use ledger::{Checkpoint, PublicKey, SecretKey};
use tempfile::NamedTempFile;

use crate::archive::sync_folder;
use crate::record::Tip;
use crate::verify::Flaw;
use crate::{Book, BookError};

/// The signing key in the data folder.
pub(crate) const KEY: &str = "ledger.key";

/// What the name of every book's key begins with. Not the address of anything: a name that no other
/// kind of log has.
const ORIGIN: &str = "jikenbo.book";

impl Book {
    /// Signs what the ledger says now: how many entries it has, and their Merkle root. The first
    /// time, makes the key.
    pub fn checkpoint(&self) -> Result<String, BookError> {
        let key = key(self.dir())?;
        let tip = self.read(Tip::load)?;
        let signed = Checkpoint::new(key.id().name(), &tip.frontier).sign(&key);
        signed.map(|note| note.to_string()).map_err(|e| BookError::Checkpoint(e.to_string()))
    }

    /// The key by which anybody can verify the checkpoints of this book, as a verifier key of C2SP
    /// signed-note. The first time, makes the key.
    pub fn verifier_key(&self) -> Result<String, BookError> {
        key(self.dir()).map(|key| key.public().to_string())
    }

    /// A checkpoint that this book has signed.
    pub(crate) fn remembered(&self, note: &str) -> Result<Checkpoint, Flaw> {
        let wrong = Flaw::Checkpoint;
        let Some(key) = stored(&self.dir().join(KEY))? else {
            return Err(wrong(format!("the book has no key ({KEY}), so it has signed none")));
        };
        // Copied out of a mail or a terminal, it may have lost its last line feed or gained more.
        let note = format!("{}\n", note.trim().replace("\r\n", "\n"));
        Checkpoint::open(note.as_bytes(), &[key.public()])
            .map_err(|e| wrong(format!("{e} (the key of this book is {})", key.public())))
    }
}

/// The key of the book in a data folder, made where there is none.
fn key(dir: &Path) -> Result<SecretKey, BookError> {
    let path = dir.join(KEY);
    if let Some(key) = stored(&path)? {
        return Ok(key);
    }
    let key = make()?;
    let keep = || -> io::Result<bool> {
        // Readable by its owner alone from the start, and whole or not there.
        let mut file = NamedTempFile::new_in(dir)?;
        writeln!(file, "{}", key.encode())?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(&path) {
            Ok(_) => sync_folder(dir).map(|()| true),
            Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(failed) => Err(failed.error),
        }
    };
    if keep().map_err(BookError::file(&path))? {
        return Ok(key);
    }
    // Another process was faster; its key is the one.
    stored(&path)?.ok_or_else(|| BookError::Checkpoint(format!("{} is gone", path.display())))
}

/// The key in a file, where there is one.
fn stored(path: &Path) -> Result<Option<SecretKey>, BookError> {
    let words = match fs::read_to_string(path) {
        Ok(words) => words,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BookError::file(path)(error)),
    };
    SecretKey::parse(words.trim())
        .map(Some)
        .map_err(|e| BookError::Checkpoint(format!("{}: {e}", path.display())))
}

/// A new key out of the system's randomness, named after its public half.
fn make() -> Result<SecretKey, BookError> {
    let wrong = |message: String| BookError::Checkpoint(message);
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| wrong(format!("no randomness: {e}")))?;
    let key = SecretKey::from_seed(ORIGIN, &seed).map_err(|e| wrong(e.to_string()))?;
    let public: PublicKey = key.public();
    let name = format!("{ORIGIN}/{:08x}", public.id().id());
    let key = SecretKey::from_seed(&name, &seed).map_err(|e| wrong(e.to_string()))?;
    seed.fill(0);
    Ok(key)
}
