//! Which names there are: folders by their number, and files by folder and name. It holds no names of
//! files, only their hashes, so that a million files take some tens of megabytes.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::fid::Place;
use crate::config::Config;

/// The names of all guarded trees.
#[derive(Debug, Default)]
pub(super) struct Names {
    folders: HashMap<u64, PathBuf>,
    files: HashMap<u64, u64>,
}

impl Names {
    /// How many files there are.
    pub(super) fn files(&self) -> u64 {
        self.files.len() as u64
    }

    /// Where a place is, if it is guarded.
    pub(super) fn path(&self, place: &Place) -> Option<PathBuf> {
        Some(self.folders.get(&place.folder)?.join(OsStr::from_bytes(&place.name)))
    }

    /// The file that has a name.
    pub(super) fn file(&self, place: &Place) -> Option<u64> {
        self.files.get(&key(place)).copied()
    }

    pub(super) fn insert(&mut self, place: &Place, ino: u64) {
        self.files.insert(key(place), ino);
    }

    pub(super) fn remove(&mut self, place: &Place) {
        self.files.remove(&key(place));
    }

    pub(super) fn remove_folder(&mut self, ino: u64) {
        self.folders.remove(&ino);
    }

    /// A folder has another name: all below it have.
    pub(super) fn move_folder(&mut self, from: &Path, to: &Path) {
        for path in self.folders.values_mut() {
            if let Ok(rest) = path.strip_prefix(from) {
                *path = if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) };
            }
        }
    }

    /// Takes a folder in with all below it, and calls `each` with every file.
    pub(super) fn walk(
        &mut self,
        config: &Config,
        root: &Path,
        each: &mut impl FnMut(&Path, u64),
    ) -> io::Result<()> {
        let device = fs::symlink_metadata(root)?.dev();
        let mut left = vec![root.to_owned()];
        while let Some(folder) = left.pop() {
            if config.tree_of(&folder).is_none() {
                continue;
            }
            // A folder can go while it is read: then there is nothing in it to guard.
            let Ok(found) = fs::symlink_metadata(&folder) else { continue };
            if found.dev() != device {
                continue;
            }
            let number = found.ino();
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries.flatten() {
                let (Ok(kind), path) = (entry.file_type(), entry.path()) else { continue };
                if kind.is_dir() {
                    left.push(path);
                } else if kind.is_file() {
                    let ino = std::os::unix::fs::DirEntryExt::ino(&entry);
                    let name = entry.file_name().as_bytes().to_vec();
                    self.insert(&Place { folder: number, name }, ino);
                    each(&path, ino);
                }
            }
            self.folders.insert(number, folder);
        }
        Ok(())
    }
}

fn key(place: &Place) -> u64 {
    let mut hash = DefaultHasher::new();
    place.folder.hash(&mut hash);
    place.name.hash(&mut hash);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Guarded;

    #[test]
    fn a_walk_knows_every_name_and_a_moved_folder_takes_its_files_along() {
        let root = tempfile::tempdir().unwrap();
        let (a, b) = (root.path().join("a"), root.path().join("b"));
        fs::create_dir_all(a.join("deep")).unwrap();
        fs::create_dir_all(root.path().join("out")).unwrap();
        fs::write(a.join("deep/x"), "1").unwrap();
        fs::write(root.path().join("out/y"), "1").unwrap();
        let guarded = Guarded {
            path: root.path().to_owned(),
            tenant: String::new(),
            exclude: vec![root.path().join("out")],
            canaries: Vec::new(),
        };
        let config = Config::new(PathBuf::from("/nowhere"), vec![guarded]);
        let mut names = Names::default();
        let mut seen = Vec::new();
        names
            .walk(&config, root.path(), &mut |path, ino| seen.push((path.to_owned(), ino)))
            .unwrap();
        assert_eq!(seen.len(), 1);
        let folder = fs::metadata(a.join("deep")).unwrap().ino();
        let place = Place { folder, name: b"x".to_vec() };
        assert_eq!(
            (names.file(&place), names.path(&place)),
            (Some(seen[0].1), Some(seen[0].0.clone()))
        );
        names.move_folder(&a, &b);
        assert_eq!(names.path(&place), Some(b.join("deep/x")));
        names.remove(&place);
        assert_eq!(names.files(), 0);
    }
}
