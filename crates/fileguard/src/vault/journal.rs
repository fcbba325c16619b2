//! The journal: lines of JSON behind a checksum. A kill can leave half a line at its end; a line that was
//! changed is told, and those behind it still count. It does not know what the lines mean.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::blobs::Digest;
use super::record::Entry;
use super::{VaultError, at};

/// How many hexadecimal digits of its hash a line begins with.
const SUM_DIGITS: usize = 16;

/// The journal, open to append.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens it and reads what stands in it: its entries, and how many lines are not what was written. A
    /// changed line says nothing about those behind it; only what a kill cut off at the end goes.
    pub fn open(path: &Path) -> Result<(Self, Vec<Entry>, u64), VaultError> {
        let (file, (entries, damaged)) = crate::lines::open(path, |bytes| {
            let whole = memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1);
            let (mut entries, mut damaged) = (Vec::new(), 0);
            for line in bytes[..whole].split_inclusive(|&byte| byte == b'\n') {
                match line.strip_suffix(b"\n").and_then(parse) {
                    Some(entry) => entries.push(entry),
                    None => damaged += 1,
                }
            }
            (whole as u64, (entries, damaged))
        })
        .map_err(at(path))?;
        Ok((Self { path: path.to_owned(), file }, entries, damaged))
    }

    /// Keeps a copy of it as it is beside it.
    pub fn set_aside(&self, ending: &str) -> Result<(), VaultError> {
        let aside = self.path.with_extension(ending);
        fs::copy(&self.path, &aside).map(|_| ()).map_err(at(&aside))
    }

    /// How many lines of a journal are not what was written.
    pub fn damaged(path: &Path) -> Result<u64, VaultError> {
        let bytes = fs::read(path).map_err(at(path))?;
        let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        Ok(lines.filter(|line| parse(line).is_none()).count() as u64)
    }

    /// Appends one line.
    pub fn append(&mut self, entry: &Entry) -> Result<(), VaultError> {
        let line = spell(entry).map_err(at(&self.path))?;
        self.file.write_all(&line).map_err(at(&self.path))
    }

    /// Writes it anew with these lines: the old one stands until the new one is on the disk.
    pub fn replace(&mut self, entries: &[&Entry]) -> Result<(), VaultError> {
        let new = self.path.with_extension("new");
        let mut file = File::options()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&new)
            .map_err(at(&new))?;
        let mut bytes = Vec::new();
        for entry in entries {
            bytes.extend(spell(entry).map_err(at(&new))?);
        }
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(at(&new))?;
        fs::rename(&new, &self.path).map_err(at(&self.path))?;
        self.file = file;
        Ok(())
    }

    /// Has it on the disk.
    pub fn sync(&mut self) -> Result<(), VaultError> {
        self.file.sync_data().map_err(at(&self.path))
    }

    /// Its length and hash.
    pub fn digest(&self) -> Result<(u64, Digest), VaultError> {
        let bytes = fs::read(&self.path).map_err(at(&self.path))?;
        Ok((bytes.len() as u64, Digest::of(&bytes)))
    }
}

fn spell(entry: &Entry) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(entry)?;
    let mut line = Digest::of(&json).to_string().into_bytes();
    line.truncate(SUM_DIGITS);
    line.push(b' ');
    line.extend(json);
    line.push(b'\n');
    Ok(line)
}

fn parse(line: &[u8]) -> Option<Entry> {
    let (sum, json) = line.split_at_checked(SUM_DIGITS)?;
    let json = json.strip_prefix(b" ")?;
    let whole = Digest::of(json).to_string().as_bytes()[..SUM_DIGITS] == *sum;
    if whole { serde_json::from_slice(json).ok() } else { None }
}
