//! Pins: a second link to every guarded file, beside the trees, so that deleting a name or moving another
//! file over it loses nothing. It costs a directory entry a file and no data. It does not know which
//! deletions matter.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// The folder's name, at the root of the file system.
pub const FOLDER: &str = ".jikenbo-pins";

/// The pins of one file system.
#[derive(Clone, Debug)]
pub struct Pins {
    folder: PathBuf,
}

impl Pins {
    /// Opens the folder at the root of a file system.
    pub fn open(mount: &Path) -> io::Result<Self> {
        let folder = mount.join(FOLDER);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self { folder })
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The pin of a file, which may not be there.
    pub fn path(&self, ino: u64) -> PathBuf {
        self.folder.join(ino.to_string())
    }

    /// The pin of a file, if it is there.
    pub fn find(&self, ino: u64) -> Option<PathBuf> {
        let path = self.path(ino);
        // An inode number is used again only after its pin is gone, for the pin uses it.
        fs::symlink_metadata(&path).is_ok().then_some(path)
    }

    /// Pins a file; says whether it was not pinned before.
    pub fn add(&self, path: &Path, ino: u64) -> io::Result<bool> {
        match fs::hard_link(path, self.path(ino)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            other => other.map(|()| true),
        }
    }

    /// Lets a file go.
    pub fn remove(&self, ino: u64) -> io::Result<()> {
        match fs::remove_file(self.path(ino)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// The content of a file, whatever it is called now.
    pub fn read(&self, ino: u64) -> io::Result<File> {
        File::open(self.path(ino))
    }

    /// How many bytes only pins keep.
    pub fn only_here_bytes(&self) -> u64 {
        self.orphans().map(|(_, bytes, _)| bytes).sum()
    }

    /// Files of which only the pin is left: number, bytes, when that happened in milliseconds since 1970.
    pub fn orphans(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        fs::read_dir(&self.folder).into_iter().flatten().filter_map(|entry| {
            let found = entry.ok()?.metadata().ok()?;
            let changed = u64::try_from(found.ctime()).unwrap_or(0) * 1000;
            (found.nlink() == 1).then(|| (found.ino(), found.blocks() * 512, changed))
        })
    }

    /// Lets go what nobody else needs: files that only pins keep, the oldest first, until they are within
    /// the limits. Held ones stay.
    pub fn retire(
        &self,
        before_ms: u64,
        limit_bytes: u64,
        held: impl Fn(u64) -> bool,
    ) -> io::Result<u64> {
        let mut orphans: Vec<_> = self.orphans().filter(|(ino, ..)| !held(*ino)).collect();
        orphans.sort_unstable_by_key(|&(_, _, changed)| changed);
        let mut bytes: u64 = orphans.iter().map(|(_, bytes, _)| bytes).sum();
        let mut gone = 0;
        for (ino, size, changed) in orphans {
            if changed >= before_ms && bytes <= limit_bytes {
                break;
            }
            self.remove(ino)?;
            bytes -= size;
            gone += 1;
        }
        Ok(gone)
    }

    /// Removes all pins: the guard is taken off this file system.
    pub fn remove_all(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_keeps_what_is_deleted_until_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let pins = Pins::open(folder.path()).unwrap();
        let file = folder.path().join("名簿.txt");
        fs::write(&file, "words").unwrap();
        let ino = fs::metadata(&file).unwrap().ino();
        assert!(pins.add(&file, ino).unwrap());
        assert!(!pins.add(&file, ino).unwrap());
        assert_eq!(pins.only_here_bytes(), 0);
        fs::remove_file(&file).unwrap();
        assert_eq!(io::read_to_string(pins.read(ino).unwrap()).unwrap(), "words");
        assert_eq!(pins.orphans().count(), 1);
        assert_eq!(pins.retire(0, u64::MAX, |_| false).unwrap(), 0);
        assert_eq!(pins.retire(u64::MAX, u64::MAX, |held| held == ino).unwrap(), 0);
        assert_eq!(pins.retire(0, 0, |_| false).unwrap(), 1);
        assert!(pins.find(ino).is_none());
        pins.remove_all().unwrap();
    }
}
