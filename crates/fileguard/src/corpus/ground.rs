//! A file system of its own on a loop device, made for a trial and gone with it. It needs root, loop
//! devices and the usual programs, and says what is missing.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why there is no ground.
#[derive(Debug, thiserror::Error)]
pub enum GroundError {
    /// A program of the system is missing, or did not do its work.
    #[error("{program}: {words}")]
    Program {
        /// Which.
        program: &'static str,
        /// What it said.
        words: String,
    },
    /// A file could not be made.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// The ground; unmounted and removed when it is dropped.
#[derive(Debug)]
pub struct Ground {
    folder: PathBuf,
    mounted: bool,
}

fn call(program: &'static str, arguments: &[&str]) -> Result<(), GroundError> {
    let done = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let words = match done {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    Err(GroundError::Program { program, words })
}

/// How the folders of this process's grounds begin.
pub(super) fn prefix() -> String {
    format!("jikenbo-ground-{}-", std::process::id())
}

impl Ground {
    /// Makes an ext4 file system of so many megabytes in a new folder, and mounts it there.
    pub fn new(megabytes: u64) -> Result<Self, GroundError> {
        let mut name = [0; 8];
        getrandom::fill(&mut name).map_err(io::Error::from)?;
        let number = u64::from_le_bytes(name);
        let folder = std::env::temp_dir().join(format!("{}{number:016x}", prefix()));
        std::fs::create_dir(&folder)?;
        let mut ground = Self { folder, mounted: false };
        let image = ground.folder.join("image");
        std::fs::File::create(&image)?.set_len(megabytes * 1024 * 1024)?;
        let tree = ground.mount();
        std::fs::create_dir(&tree)?;
        let (image, tree) = (image.to_string_lossy(), tree.to_string_lossy());
        call("mkfs.ext4", &["-q", "-F", "-E", "lazy_itable_init=1", &image])?;
        call("mount", &["-o", "loop", &image, &tree])?;
        ground.mounted = true;
        std::fs::create_dir(ground.tree())?;
        Ok(ground)
    }

    /// Where the file system is mounted.
    pub fn mount(&self) -> PathBuf {
        self.folder.join("mount")
    }

    /// The tree that is guarded.
    pub fn tree(&self) -> PathBuf {
        self.mount().join("files")
    }

    /// A folder outside the file system, for the vault.
    pub fn vault(&self) -> PathBuf {
        self.folder.join("vault")
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if self.mounted {
            let mount = self.mount().to_string_lossy().into_owned();
            if call("umount", &[&mount]).is_err() {
                // Somebody still has a file open there: it goes when they end.
                let _ = call("umount", &["-l", &mount]);
            }
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Whether a folder lies in a file system on a loop device.
pub fn is_on_loop(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mountinfo") else { return false };
    let mounts = mounts.lines().filter_map(|line| {
        let place = line.split(' ').nth(4)?;
        let source = line.split(" - ").nth(1)?.split(' ').nth(1)?;
        folder.starts_with(place).then_some((place.len(), source))
    });
    mounts
        .max_by_key(|(length, _)| *length)
        .is_some_and(|(_, source)| source.starts_with("/dev/loop"))
}
