//! Originals, beside the database: each under the SHA-256 of its bytes, compressed, written once
//! and never changed. It does not know which case a file belongs to; a file that no entry of the
//! ledger names (left by an interrupted addition) does no harm.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::BookError;
use crate::packing::{pack, unpack_at_most};

/// Files that are waited for at the same time: a journal commits them together.
const WRITERS: usize = 64;

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

    /// Stores bytes and gives their hashes in order. They are on stable storage when this returns.
    /// Waiting for the disk together costs little more than waiting once.
    pub(crate) fn put_all(&self, all: &[&[u8]]) -> Result<Vec<String>, BookError> {
        let hashes: Vec<String> = all.iter().map(|bytes| fingerprint(bytes)).collect();
        // A plain text is its own original: the same bytes are written once.
        let missing: BTreeMap<PathBuf, Vec<u8>> = hashes
            .iter()
            .map(|sha256| self.path(sha256))
            .zip(all)
            .filter(|(path, _)| !path.exists())
            .map(|(path, bytes)| (path, pack(bytes)))
            .collect();
        let folders = self.folders(missing.keys())?;
        let missing: Vec<(&PathBuf, &Vec<u8>)> = missing.iter().collect();
        let share = missing.len().div_ceil(WRITERS).max(1);
        thread::scope(|scope| {
            let writers: Vec<_> = missing
                .chunks(share)
                .map(|chunk| {
                    scope.spawn(move || {
                        chunk.iter().try_for_each(|(path, packed)| {
                            self.write(path, packed).map_err(BookError::file(path))
                        })
                    })
                })
                .collect();
            writers.into_iter().try_for_each(|writer| {
                writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        })?;
        // The names last, each folder once: the first of these commits them all.
        for folder in folders {
            sync_folder(&folder).map_err(BookError::file(&folder))?;
        }
        Ok(hashes)
    }

    /// The folders of those files; makes what is missing.
    fn folders<'a>(
        &self,
        paths: impl Iterator<Item = &'a PathBuf>,
    ) -> Result<BTreeSet<PathBuf>, BookError> {
        let folders: BTreeSet<PathBuf> =
            paths.filter_map(|path| path.parent().map(Path::to_path_buf)).collect();
        let mut made = false;
        for folder in folders.iter().filter(|folder| !folder.is_dir()) {
            fs::create_dir_all(folder).map_err(BookError::file(folder))?;
            made = true;
        }
        if made {
            sync_folder(&self.dir).map_err(BookError::file(&self.dir))?;
        }
        Ok(folders)
    }

    /// Writes a file beside its place, so that the rename is one step: whole or not there.
    fn write(&self, path: &Path, packed: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.dir)?;
        file.write_all(packed)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|failed| failed.error)?;
        Ok(())
    }

    /// The original of that hash, checked against it.
    pub(crate) fn get(&self, sha256: &str, most_bytes: u64) -> Result<Vec<u8>, BookError> {
        let wrong = |message: String| BookError::Archive { sha256: sha256.to_owned(), message };
        let path = self.path(sha256);
        let unpacked = |e| wrong(format!("{} cannot be unpacked: {e}", path.display()));
        let file = File::open(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => wrong(format!("{} is missing", path.display())),
            _ => wrong(format!("{}: {e}", path.display())),
        })?;
        // The length is known from the ledger: a file swapped for a bomb stops there. What does
        // not shrink grows by less than a page in each of zstd's blocks of 128 KiB.
        let most = usize::try_from(most_bytes).map_err(io::Error::other).map_err(unpacked)?;
        let mut packed = Vec::new();
        let most_packed = most_bytes.saturating_add(most_bytes / 128).saturating_add(4_096);
        file.take(most_packed).read_to_end(&mut packed).map_err(unpacked)?;
        let bytes = unpack_at_most(&packed, most).map_err(unpacked)?;
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

    fn put(archive: &Archive, bytes: &[u8]) -> String {
        archive.put_all(&[bytes]).unwrap().remove(0)
    }

    #[test]
    fn what_is_put_comes_back() {
        let (_dir, archive) = archive();
        let sha256 = put(&archive, "お知らせ".as_bytes());
        assert_eq!(archive.get(&sha256, 12).unwrap(), "お知らせ".as_bytes());
        assert_eq!(put(&archive, "お知らせ".as_bytes()), sha256);
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
        let sha256 = put(&archive, &[7; 500]);
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
        let one = put(&archive, b"one");
        let two = put(&archive, b"two");
        fs::copy(archive.path(&two), archive.path(&one)).unwrap();
        assert!(matches!(archive.get(&one, 3), Err(BookError::Archive { .. })));
        fs::remove_file(archive.path(&one)).unwrap();
        assert!(archive.get(&one, 3).unwrap_err().to_string().contains("is missing"));
    }
}
