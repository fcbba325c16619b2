//! Originals, beside the database: each under the SHA-256 of its bytes, compressed, written once
//! and never changed. It does not know which case a file belongs to; a file that no entry of the
//! ledger names (left by an interrupted addition) does no harm.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::BookError;

/// zstd's own default: a text shrinks to a third at hundreds of megabytes a second.
const LEVEL: i32 = 3;

/// Files that are waited for at the same time: a journal commits them together.
const WRITERS: usize = 16;

/// The folder of originals.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    dir: PathBuf,
}

impl Archive {
    pub(crate) const fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Where the original of that hash is or would be.
    pub(crate) fn path(&self, sha256: &str) -> PathBuf {
        let (first, _) = sha256.split_at(2.min(sha256.len()));
        self.dir.join(first).join(format!("{sha256}.zst"))
    }

    /// Stores bytes and gives their hash. They are on stable storage when this returns.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<String, BookError> {
        let sha256 = fingerprint(bytes);
        let path = self.path(&sha256);
        if path.exists() {
            return Ok(sha256);
        }
        let folder = path.parent().unwrap_or(&self.dir).to_path_buf();
        let stored = || -> io::Result<()> {
            if !folder.is_dir() {
                fs::create_dir_all(&folder)?;
                sync_folder(&self.dir)?;
            }
            // Beside its place, so that the rename is one step: whole or not there.
            let mut file = NamedTempFile::new_in(&self.dir)?;
            file.write_all(&zstd::bulk::compress(bytes, LEVEL)?)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|failed| failed.error)?;
            sync_folder(&folder)
        };
        stored().map_err(BookError::file(&path))?;
        Ok(sha256)
    }

    /// Stores several, as [`put`](Self::put) does each, and gives their hashes in order. Waiting for
    /// the disk together costs little more than waiting once.
    pub(crate) fn put_all(&self, all: &[&[u8]]) -> Result<Vec<String>, BookError> {
        let hashes: Vec<String> = all.iter().map(|bytes| fingerprint(bytes)).collect();
        // A plain text is its own original: the same bytes are written once.
        let different: BTreeMap<&str, &[u8]> =
            hashes.iter().map(String::as_str).zip(all.iter().copied()).collect();
        let different: Vec<&[u8]> = different.into_values().collect();
        let share = different.len().div_ceil(WRITERS).max(1);
        thread::scope(|scope| {
            let writers: Vec<_> = different
                .chunks(share)
                .map(|chunk| {
                    scope.spawn(move || {
                        chunk.iter().try_for_each(|bytes| self.put(bytes).map(|_| ()))
                    })
                })
                .collect();
            writers.into_iter().try_for_each(|writer| {
                writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        })?;
        Ok(hashes)
    }

    /// The original of that hash, checked against it.
    pub(crate) fn get(&self, sha256: &str, most_bytes: u64) -> Result<Vec<u8>, BookError> {
        let wrong = |message: String| BookError::Archive { sha256: sha256.to_owned(), message };
        let path = self.path(sha256);
        let file = File::open(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => wrong(format!("{} is missing", path.display())),
            _ => wrong(format!("{}: {e}", path.display())),
        })?;
        let mut bytes = Vec::new();
        // The length is known from the ledger: a file swapped for a bomb stops there.
        zstd::Decoder::new(file)
            .and_then(|decoder| decoder.take(most_bytes.saturating_add(1)).read_to_end(&mut bytes))
            .map_err(|e| wrong(format!("{} cannot be unpacked: {e}", path.display())))?;
        if fingerprint(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(wrong(format!("{} holds other bytes than it was stored with", path.display())))
        }
    }
}

/// The SHA-256 of bytes, lower-case hex.
pub fn fingerprint(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Puts on stable storage what a folder names. Only Unix opens folders; elsewhere the file system
/// is trusted to do so by itself.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// Makes a folder that only its owner may enter, where there is none.
pub(crate) fn private_folder(path: &Path) -> Result<(), BookError> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path).map_err(BookError::file(path))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))
            .map_err(BookError::file(path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> (tempfile::TempDir, Archive) {
        let dir = tempfile::tempdir().unwrap();
        let archive = Archive::new(dir.path().to_path_buf());
        (dir, archive)
    }

    #[test]
    fn what_is_put_comes_back() {
        let (_dir, archive) = archive();
        let sha256 = archive.put("お知らせ".as_bytes()).unwrap();
        assert_eq!(archive.get(&sha256, 12).unwrap(), "お知らせ".as_bytes());
        assert_eq!(archive.put("お知らせ".as_bytes()).unwrap(), sha256);
    }

    #[test]
    fn many_are_put_at_once_and_come_back_in_order() {
        let (_dir, archive) = archive();
        let all: Vec<Vec<u8>> = (0..100_u8).map(|at| vec![at % 40; 300]).collect();
        let all: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
        let hashes = archive.put_all(&all).unwrap();
        assert_eq!(hashes.len(), 100);
        for (bytes, sha256) in all.into_iter().zip(hashes) {
            assert_eq!(archive.get(&sha256, 300).unwrap(), bytes);
        }
        assert_eq!(archive.put_all(&[]).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_flipped_byte_is_noticed() {
        let (_dir, archive) = archive();
        let sha256 = archive.put(&[7; 500]).unwrap();
        let path = archive.path(&sha256);
        let mut stored = fs::read(&path).unwrap();
        let last = stored.len() - 5;
        stored[last] ^= 1;
        fs::write(&path, stored).unwrap();
        let error = archive.get(&sha256, 500).unwrap_err().to_string();
        assert!(error.contains(&sha256), "{error}");
    }

    #[test]
    fn another_file_in_its_place_is_noticed() {
        let (_dir, archive) = archive();
        let one = archive.put(b"one").unwrap();
        let two = archive.put(b"two").unwrap();
        fs::copy(archive.path(&two), archive.path(&one)).unwrap();
        assert!(matches!(archive.get(&one, 3), Err(BookError::Archive { .. })));
        fs::remove_file(archive.path(&one)).unwrap();
        assert!(archive.get(&one, 3).unwrap_err().to_string().contains("is missing"));
    }
}
