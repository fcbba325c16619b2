//! Harmless loads: they encrypt files that were made for it, with a key that stands here, and nothing else.
//! A folder is refused unless it says with its marker that it was made for this *and* lies on a loop
//! device. What they write is undone by running the same load again: the cipher is its own inverse.

use std::fs::{self, File};
use std::io::{self, BufRead as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::files::base64;
use super::ground::is_on_loop;
use super::{MARKER, MARKER_WORDS};

/// The key. It is no secret.
pub const KEY: &[u8] = b"jikenbo harmless load, key number 1";

/// How files are attacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// Written over, whole.
    InPlace,
    /// Written over, every 16th block, the first left as it was.
    Sixteenth,
    /// Written over behind the first 4 KiB.
    HeaderIntact,
    /// A new file is moved over the old one.
    RenameOver,
    /// A new file with a further ending is made, and the old one deleted.
    CopyAndDelete,
    /// As letters.
    Base64,
    /// By eight processes at once.
    Forks,
    /// All files are opened first; they are written over when a line comes in.
    OpenedBefore,
    /// One file a second.
    Slow,
    /// Deleted, nothing else.
    Delete,
}

/// Every load by its name.
pub const LOADS: &[(&str, Load)] = &[
    ("in-place", Load::InPlace),
    ("sixteenth", Load::Sixteenth),
    ("header-intact", Load::HeaderIntact),
    ("rename-over", Load::RenameOver),
    ("copy-and-delete", Load::CopyAndDelete),
    ("base64", Load::Base64),
    ("forks", Load::Forks),
    ("opened-before", Load::OpenedBefore),
    ("slow", Load::Slow),
    ("delete", Load::Delete),
];

/// Why a load does nothing.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder was not made for this.
    #[error("{}: it has no {MARKER} of ours, or lies on no loop device: refused", .0.display())]
    Refused(PathBuf),
    /// There is no such load.
    #[error("no load is called {0:?}")]
    Unknown(String),
    /// A file could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Every 4096 bytes are combined by XOR with the SHA-256 of key, name of the block and counter.
fn cipher(bytes: &mut [u8], offset: u64) {
    for (at, part) in bytes.chunks_mut(32).enumerate() {
        let counter = offset / 32 + at as u64;
        let stream = Sha256::new().chain_update(KEY).chain_update(counter.to_be_bytes()).finalize();
        part.iter_mut().zip(stream).for_each(|(byte, key)| *byte ^= key);
    }
}

/// The files of a folder, in order.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                left.push(entry.path());
            } else if kind.is_file() && entry.file_name() != MARKER {
                found.push(entry.path());
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Attacks a folder that was made for it. `programs` is the command that runs one load on one share of the
/// files, for the load that forks.
pub fn run(name: &str, folder: &Path, share: (usize, usize)) -> Result<(), LoadError> {
    let marked = fs::read_to_string(folder.join(MARKER)).is_ok_and(|words| words == MARKER_WORDS);
    if !marked || !is_on_loop(folder) {
        return Err(LoadError::Refused(folder.to_owned()));
    }
    let load = LOADS.iter().find(|(known, _)| *known == name).map(|(_, load)| *load);
    let load = load.ok_or_else(|| LoadError::Unknown(name.to_owned()))?;
    let files = files(folder)?;
    let files =
        files.iter().enumerate().filter(|(at, _)| at % share.1 == share.0).map(|(_, path)| path);
    match load {
        Load::Forks => return fork(folder),
        Load::OpenedBefore => {
            let opened: Vec<File> = files
                .take(200)
                .map(|path| File::options().read(true).write(true).open(path))
                .collect::<io::Result<_>>()?;
            writeln!(io::stdout(), "opened")?;
            io::stdin().lock().read_line(&mut String::new())?;
            for file in opened {
                overwrite(&file, |_| true)?;
            }
        }
        _ => {
            for path in files {
                attack(load, path)?;
            }
        }
    }
    Ok(())
}

fn fork(folder: &Path) -> Result<(), LoadError> {
    let program = std::env::current_exe()?;
    let first: Vec<String> =
        std::env::args().skip(1).take_while(|argument| argument != "forks").collect();
    let children: Vec<Child> = (0..8)
        .map(|share| {
            let mut command = Command::new(&program);
            command.args(&first).arg("in-place").arg(folder).arg(format!("{share}/8")).spawn()
        })
        .collect::<io::Result<_>>()?;
    for mut child in children {
        child.wait()?;
    }
    Ok(())
}

fn overwrite(file: &File, picks: impl Fn(u64) -> bool) -> io::Result<()> {
    let length = file.metadata()?.len();
    let mut block = vec![0; 4096];
    for number in (0..length.div_ceil(4096)).filter(|number| picks(*number)) {
        let offset = number * 4096;
        let size = usize::try_from((length - offset).min(4096)).unwrap_or(4096);
        file.read_exact_at(&mut block[..size], offset)?;
        cipher(&mut block[..size], offset);
        file.write_all_at(&block[..size], offset)?;
    }
    Ok(())
}

fn attack(load: Load, path: &Path) -> io::Result<()> {
    let open = || File::options().read(true).write(true).open(path);
    let beside = |ending: &str| PathBuf::from(format!("{}.{ending}", path.display()));
    let whole = || {
        let mut bytes = fs::read(path)?;
        cipher(&mut bytes, 0);
        io::Result::Ok(bytes)
    };
    match load {
        Load::InPlace => overwrite(&open()?, |_| true),
        Load::Sixteenth => overwrite(&open()?, |number| number % 16 == 1),
        Load::HeaderIntact => overwrite(&open()?, |number| number > 0),
        Load::Slow => {
            thread::sleep(Duration::from_secs(1));
            overwrite(&open()?, |_| true)
        }
        Load::RenameOver => {
            fs::write(beside("new"), whole()?)?;
            fs::rename(beside("new"), path)
        }
        Load::CopyAndDelete => {
            fs::write(beside("locked"), whole()?)?;
            fs::remove_file(path)
        }
        Load::Base64 => {
            let letters = base64(&whole()?);
            fs::write(path, letters)
        }
        Load::Delete => fs::remove_file(path),
        Load::Forks | Load::OpenedBefore => Ok(()),
    }
}

/// A share of the files as it is written: the first of eight is `0/8`.
pub fn share(words: &str) -> Option<(usize, usize)> {
    let (at, of) = words.split_once('/')?;
    let (at, of) = (at.parse().ok()?, of.parse().ok()?);
    (at < of).then_some((at, of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cipher_is_its_own_inverse_and_no_load_runs_elsewhere() {
        let mut bytes = b"words".repeat(2000);
        cipher(&mut bytes, 4096);
        assert_ne!(bytes, b"words".repeat(2000));
        cipher(&mut bytes, 4096);
        assert_eq!(bytes, b"words".repeat(2000));

        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.txt"), "words").unwrap();
        let refused = || run("in-place", folder.path(), (0, 1));
        assert!(matches!(refused(), Err(LoadError::Refused(_))));
        // The marker alone is not enough.
        fs::write(folder.path().join(MARKER), MARKER_WORDS).unwrap();
        assert!(matches!(refused(), Err(LoadError::Refused(_))));
        assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), b"words");
        assert_eq!((share("3/8"), share("8/8"), share("x")), (Some((3, 8)), None, None));
    }
}
