//! Contents under their SHA-256, packed, once each. It does not know whose they are.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{VaultError, at};

/// How hard contents are packed: what is held waits for it.
const PACKING: i32 = 1;

/// The SHA-256 of a content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Of all that a reader gives.
    pub fn of_reader(mut from: impl Read) -> io::Result<Self> {
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match from.read(&mut buffer) {
                Ok(0) => return Ok(Self(hash.finalize().into())),
                Ok(read) => hash.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// It is no hash.
#[derive(Debug, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits in lower case")]
pub struct NoDigest;

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(words: &str) -> Result<Self, NoDigest> {
        let mut bytes = [0; 32];
        if words.len() != 64 || words.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(NoDigest);
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&words[2 * at..2 * at + 2], 16).map_err(|_| NoDigest)?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = NoDigest;

    fn try_from(words: String) -> Result<Self, NoDigest> {
        words.parse()
    }
}

/// A content that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its hash.
    pub digest: Digest,
    /// Its length.
    pub bytes: u64,
}

/// The folder of contents.
#[derive(Debug)]
pub struct Blobs {
    folder: PathBuf,
    stored_bytes: u64,
    temporary: u64,
}

impl Blobs {
    /// Opens it, made where there is none. Half-written contents are removed.
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
        let blobs = Self { folder: folder.to_owned(), stored_bytes: 0, temporary: 0 };
        Ok(blobs)
    }

    /// How many bytes they take.
    pub const fn stored_bytes(&self) -> u64 {
        self.stored_bytes
    }

    /// Counts what is there, and removes half-written files and, if `removes`, what nothing names.
    pub fn keep_only(&mut self, known: &HashSet<Digest>, removes: bool) -> Result<(), VaultError> {
        self.stored_bytes = 0;
        for entry in fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            let path = entry.map_err(at(&self.folder))?.path();
            let digest = path.file_name().and_then(|name| name.to_str()?.parse::<Digest>().ok());
            if digest.is_some_and(|digest| !removes || known.contains(&digest)) {
                self.stored_bytes += fs::metadata(&path).map_err(at(&path))?.len();
            } else {
                fs::remove_file(&path).map_err(at(&path))?;
            }
        }
        Ok(())
    }

    fn path(&self, digest: Digest) -> PathBuf {
        self.folder.join(digest.to_string())
    }

    /// Packs a content while its hash is made, then gives it its name.
    pub fn keep(&mut self, mut content: impl Read) -> Result<Stored, VaultError> {
        self.temporary += 1;
        let temporary = self.folder.join(format!("new-{}", self.temporary));
        let written = Self::pack(&temporary, &mut content).map_err(at(&temporary));
        let (stored, packed_bytes) = match written {
            Ok(written) => written,
            Err(error) => {
                let _ = fs::remove_file(&temporary);
                return Err(error);
            }
        };
        let path = self.path(stored.digest);
        if path.exists() {
            fs::remove_file(&temporary).map_err(at(&temporary))?;
        } else {
            fs::rename(&temporary, &path).map_err(at(&path))?;
            self.stored_bytes += packed_bytes;
        }
        Ok(stored)
    }

    fn pack(to: &Path, content: &mut impl Read) -> io::Result<(Stored, u64)> {
        let file = File::options().create(true).truncate(true).write(true).mode(0o600).open(to)?;
        let mut packer = zstd::stream::write::Encoder::new(file, PACKING)?;
        let mut hash = Sha256::new();
        let mut bytes = 0;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let read = match content.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hash.update(&buffer[..read]);
            packer.write_all(&buffer[..read])?;
            bytes += read as u64;
        }
        let file = packer.finish()?;
        let packed_bytes = file.metadata()?.len();
        Ok((Stored { digest: Digest(hash.finalize().into()), bytes }, packed_bytes))
    }

    /// A content, unpacked as it is read.
    pub fn read(&self, digest: Digest) -> Result<impl Read + use<>, VaultError> {
        let path = self.path(digest);
        let file = File::open(&path).map_err(at(&path))?;
        zstd::stream::read::Decoder::with_buffer(BufReader::new(file)).map_err(at(&path))
    }

    /// Whether it is what its hash says.
    pub fn check(&self, digest: Digest) -> Result<(), VaultError> {
        let found = Digest::of_reader(self.read(digest)?);
        if found.is_ok_and(|found| found == digest) {
            Ok(())
        } else {
            Err(VaultError::Damaged(digest))
        }
    }

    /// Removes a content.
    pub fn drop(&mut self, digest: Digest) -> Result<(), VaultError> {
        let path = self.path(digest);
        let bytes = fs::metadata(&path).map_or(0, |found| found.len());
        self.stored_bytes = self.stored_bytes.saturating_sub(bytes);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&path)(error)),
            _ => Ok(()),
        }
    }

    /// Has all that is new on the disk.
    pub fn sync(&self) -> Result<(), VaultError> {
        let folder = File::open(&self.folder).map_err(at(&self.folder))?;
        // All of it at once: a call a file would take as long as the files.
        rustix::fs::syncfs(folder).map_err(|error| at(&self.folder)(error.into()))
    }
}
