//! The guard's ledger: what it did, when, and the hash of what it kept, one line an entry in a file, with
//! a signed checkpoint. It does not know what the entries are about.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ledger::{
    Checkpoint, Draft, Hash, Ledger, LedgerError, Log, NoteError, PublicKey, SecretKey, Verified,
    Verifier,
};
use serde::Serialize;

/// The name under which checkpoints are signed.
const ORIGIN: &str = "jikenbo/fileguard";
/// The key that checks signatures.
const PUBLIC: &str = "ledger.pub";
/// The last signed checkpoint.
const CHECKPOINT: &str = "checkpoint";

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A file could not be read or written.
    #[error("{}: {because}", place.display())]
    Io {
        /// Which.
        place: PathBuf,
        /// What the system says.
        #[source]
        because: io::Error,
    },
    /// The ledger is not what it was.
    #[error("the guard's ledger: {0}")]
    Ledger(#[from] LedgerError<io::Error>),
    /// The key is none.
    #[error("the guard's key: {0}")]
    Key(#[from] NoteError),
    /// The checkpoint could not be made.
    #[error("the guard's checkpoint: {0}")]
    Checkpoint(#[from] ledger::CheckpointError),
}

/// A log whose entries are the lines of a file.
#[derive(Debug)]
struct Lines {
    file: File,
    lines: Vec<Vec<u8>>,
}

impl Lines {
    fn open(path: &Path) -> io::Result<Self> {
        let (file, lines) = crate::lines::open(path, |bytes| {
            // A line that a kill cut off was never answered for.
            let whole = memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1);
            let mut lines: Vec<_> =
                bytes[..whole].split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
            lines.pop();
            (whole as u64, lines)
        })?;
        Ok(Self { file, lines })
    }
}

impl Log for Lines {
    type Error = io::Error;

    fn len(&self) -> io::Result<u64> {
        Ok(self.lines.len() as u64)
    }

    fn entry(&self, seq: u64) -> io::Result<Option<Vec<u8>>> {
        Ok(usize::try_from(seq).ok().and_then(|seq| self.lines.get(seq)).cloned())
    }

    fn append(&mut self, _: u64, bytes: &[u8], _: Hash) -> io::Result<()> {
        let line = [bytes, b"\n"].concat();
        self.file.write_all(&line)?;
        self.file.sync_data()?;
        self.lines.push(bytes.to_vec());
        Ok(())
    }
}

/// The ledger with its key.
#[derive(Debug)]
pub struct Sealer {
    folder: PathBuf,
    ledger: Ledger<Lines>,
    key: SecretKey,
}

fn at(place: &Path) -> impl FnOnce(io::Error) -> SealError {
    move |because| SealError::Io { place: place.to_owned(), because }
}

impl Sealer {
    /// Opens the ledger of a vault, and verifies all of it.
    pub fn open(folder: &Path) -> Result<Self, SealError> {
        let place = folder.join("ledger");
        let lines = Lines::open(&place).map_err(at(&place))?;
        let place = folder.join("ledger.key");
        let key = match fs::read_to_string(&place) {
            Ok(text) => SecretKey::parse(text.trim_end())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut seed = [0; 32];
                getrandom::fill(&mut seed).map_err(io::Error::from).map_err(at(&place))?;
                let key = SecretKey::from_seed(ORIGIN, &seed)?;
                let public = folder.join(PUBLIC);
                write_whole(&public, 0o644, &format!("{}\n", key.public())).map_err(at(&public))?;
                write_whole(&place, 0o600, &format!("{}\n", key.encode())).map_err(at(&place))?;
                key
            }
            Err(error) => return Err(at(&place)(error)),
        };
        Ok(Self { folder: folder.to_owned(), ledger: Ledger::open(lines)?, key })
    }

    /// Writes down that something was done, and signs what stands there now.
    pub fn seal(&mut self, what: &str, who: &str, body: &impl Serialize) -> Result<u64, SealError> {
        let now = jiff::Timestamp::now().to_string();
        let draft = Draft::new(now, who, what, body).map_err(LedgerError::Entry)?;
        let sealed = self.ledger.append(draft)?;
        let note = Checkpoint::new(ORIGIN, self.ledger.frontier()).sign(&self.key)?;
        let place = self.folder.join(CHECKPOINT);
        write_whole(&place, 0o644, &note.to_string()).map_err(at(&place))?;
        Ok(sealed.entry.seq)
    }

    /// What stands in the ledger of a vault, verified from its beginning and against its signed checkpoint,
    /// which may be one entry behind. A line that a kill cut off was never answered for.
    pub fn verify(folder: &Path) -> Result<Verified, SealError> {
        let read = |name: &str| {
            let place = folder.join(name);
            fs::read(&place).map_err(at(&place))
        };
        let public = read(PUBLIC)?;
        let key: PublicKey = String::from_utf8_lossy(&public).trim_end().parse()?;
        let signed = match fs::read(folder.join(CHECKPOINT)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            note => Some(Checkpoint::open(&note.map_err(at(&folder.join(CHECKPOINT)))?, &[key])?),
        };
        let mut verifier = Verifier::remembering(signed.map(|signed| (signed.size, signed.root)));
        for line in read("ledger")?.split_inclusive(|&byte| byte == b'\n') {
            let Some(line) = line.strip_suffix(b"\n") else { break };
            verifier.feed(line).map_err(LedgerError::Broken)?;
        }
        Ok(verifier.finish().map_err(LedgerError::Broken)?)
    }
}

/// Writes a file so that it is whole or as it was, whenever a kill comes.
fn write_whole(place: &Path, mode: u32, words: &str) -> io::Result<()> {
    let new = place.with_extension("new");
    let mut file = File::options().create(true).truncate(true).write(true).mode(mode).open(&new)?;
    file.write_all(words.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_found_again_and_a_changed_word_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut sealer = Sealer::open(folder.path()).unwrap();
        assert_eq!(sealer.seal("guard_started", "fileguard", &serde_json::json!({})).unwrap(), 0);
        drop(sealer);
        let mut sealer = Sealer::open(folder.path()).unwrap();
        let body = serde_json::json!({ "incident": 1 });
        assert_eq!(sealer.seal("incident_opened", "fileguard", &body).unwrap(), 1);
        assert_eq!(Sealer::verify(folder.path()).unwrap().frontier.size(), 2);
        // A kill in the middle of a line.
        let place = folder.path().join("ledger");
        let mut bytes = fs::read(&place).unwrap();
        bytes.extend(b"{\"v\":1,\"se");
        fs::write(&place, &bytes).unwrap();
        assert_eq!(Sealer::verify(folder.path()).unwrap().frontier.size(), 2);
        drop(sealer);
        let mut sealer = Sealer::open(folder.path()).unwrap();
        assert_eq!(sealer.seal("thawed", "mori", &body).unwrap(), 2);
        // Entries that are cut off are missed: the checkpoint knows of them.
        let whole = fs::read_to_string(&place).unwrap();
        let cut: String = whole.split_inclusive('\n').take(2).collect();
        fs::write(&place, cut).unwrap();
        assert!(Sealer::verify(folder.path()).unwrap_err().to_string().contains("checkpoint"));
        fs::write(&place, whole.replacen("guard_started", "guard_stopped", 1)).unwrap();
        assert!(Sealer::verify(folder.path()).unwrap_err().to_string().contains("entry 1"));
    }
}
