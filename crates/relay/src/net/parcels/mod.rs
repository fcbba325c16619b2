//! The files of a mail, given out by a link: they lie encrypted in `files/` in the data folder, whoever
//! proves to be a recipient of the mail fetches them, and what is over or withdrawn is deleted.
//!
//! What holds after any crash: a mail whose files were replaced by links has all of them here, whole; a
//! mail is tied to one parcel for good, so that it says the same whenever it is tried again; what nobody
//! is told of is deleted when the relay starts. It does not know pages, nor how mail is delivered.

mod codes;
pub(super) mod desk;
pub(super) mod handover;
mod sealed;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::Connection;

use super::secret;
use crate::spool::MailId;
use crate::{Address, Envelope};
use codes::Codes;
pub(super) use codes::MINUTES as CODE_MINUTES;
use sealed::{MasterKey, Opened};
use table::Of;

/// In the data folder: where files lie, the key that wraps theirs, and what is known of them.
const FOLDER: &str = "files";
const KEY: &str = "files.key";
/// How the names of keys begin and end that were used before, and open what they sealed.
const OLD_KEYS: (&str, &str) = ("files-", ".key");
const TABLES: &str = "files.sqlite";

/// Why files cannot be kept or given out.
#[derive(Debug, thiserror::Error)]
pub enum ParcelError {
    /// A file says so.
    #[error("a file that is given out by link cannot be read or written")]
    File(#[from] io::Error),
    /// The tables say so.
    #[error("what is known of files that are given out by link cannot be read or written")]
    Tables(#[from] rusqlite::Error),
    /// They are of a later version.
    #[error("files.sqlite is of version {0}, which is later than this jikenbo knows")]
    Later(i64),
    /// There are files, and not the key that opens them.
    #[error("files.key is missing; without it the files in {FOLDER} cannot be opened")]
    NoKey,
    /// The thread that worked on it ended.
    #[error("the work on a file was not finished")]
    Gone,
}

/// The name of a mail's files in links: 128 random bits, so that nobody finds one by trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParcelId(u128);

impl fmt::Display for ParcelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for ParcelId {
    type Err = ();
    /// One spelling only.
    fn from_str(written: &str) -> Result<Self, ()> {
        let id = u128::from_str_radix(written, 16).map(Self).map_err(drop)?;
        if id.to_string() == written { Ok(id) } else { Err(()) }
    }
}

/// The files of a mail that are given out by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Its name in links.
    pub id: ParcelId,
    /// The mail that they were attached to.
    pub mail: MailId,
    /// Who sent it; empty for nobody.
    pub sender: String,
    /// Who may fetch them.
    pub recipients: Vec<Address>,
    /// When they were put here.
    pub at: Timestamp,
    /// Until when they can be fetched.
    pub until: Timestamp,
    /// Why they cannot any more.
    pub gone: Option<Gone>,
    /// The files.
    pub files: Vec<ParcelFile>,
}

impl Parcel {
    /// Whether they can be fetched at that time.
    pub fn is_here(&self, now: Timestamp) -> bool {
        self.gone.is_none() && now < self.until
    }
}

/// That files cannot be fetched any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Since when.
    pub at: Timestamp,
    /// Who withdrew them; `None` where their time was over.
    pub by: Option<String>,
}

/// A file that is given out by link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelFile {
    /// Its name, as the mail had it; never used as a path.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// That somebody fetched a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Which, counted from 0.
    pub file: usize,
    /// The address that they proved to be theirs.
    pub who: String,
    /// Where the request came from.
    pub from: Option<IpAddr>,
    /// When.
    pub at: Timestamp,
}

/// A file that is being fetched: its bytes in pieces, for as long as it is not withdrawn.
pub struct Fetched {
    /// What it is called and how large it is.
    pub file: ParcelFile,
    path: PathBuf,
    first: Option<Vec<u8>>,
    rest: Opened<File>,
}

impl fmt::Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetched").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Iterator for Fetched {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.path.exists() {
            return Some(Err(io::Error::new(io::ErrorKind::NotFound, "the file was withdrawn")));
        }
        self.first.take().map(Ok).or_else(|| self.rest.next())
    }
}

/// All files that are given out by link.
pub(super) struct Parcels {
    folder: PathBuf,
    /// What is taken in from now on is sealed by this one.
    master: MasterKey,
    old: Vec<MasterKey>,
    tables: Mutex<Connection>,
    codes: Codes,
}

impl Parcels {
    /// Opens them in the relay's data folder. What a crash left there that nobody is told of is deleted.
    pub(super) fn open(data: &Path) -> Result<Self, ParcelError> {
        let folder = data.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let tables = table::open(&data.join(TABLES))?;
        let has_files = fs::read_dir(&folder)?.next().is_some();
        let old = old_keys(data)?;
        if has_files && old.is_empty() && secret::read(data, KEY)?.is_none() {
            return Err(ParcelError::NoKey);
        }
        let master = MasterKey::new(&secret::read_or_make(data, KEY)?)?;
        let codes = Codes::default();
        let parcels = Self { folder, master, old, tables: Mutex::new(tables), codes };
        parcels.delete_what_nobody_knows()?;
        Ok(parcels)
    }

    fn tables(&self) -> MutexGuard<'_, Connection> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn delete_what_nobody_knows(&self) -> Result<(), ParcelError> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let id = name.split_once('-').and_then(|(id, _)| id.parse().ok());
            let known = id.map(|id| self.get(id)).transpose()?.flatten();
            if known.is_none_or(|parcel| parcel.gone.is_some()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// One of that name.
    fn get(&self, id: ParcelId) -> Result<Option<Parcel>, ParcelError> {
        Ok(table::one(&self.tables(), &Of::Id(id))?)
    }

    /// The files of a mail.
    fn of_mail(&self, mail: MailId) -> Result<Option<Parcel>, ParcelError> {
        Ok(table::one(&self.tables(), &Of::Mail(mail))?)
    }

    /// Begins to take in the files of a mail.
    fn pack(&self) -> Result<Packing<'_>, ParcelError> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(io::Error::from)?;
        let id = ParcelId(u128::from_be_bytes(id));
        Ok(Packing { parcels: self, id, files: Vec::new(), is_kept: false })
    }

    /// Who fetched what, the first first.
    fn fetches(&self, id: ParcelId) -> Result<Vec<Fetch>, ParcelError> {
        Ok(table::fetches(&self.tables(), id)?)
    }

    /// Gives a file out: that it is fetched is noted before the first byte. `None` where it cannot be
    /// fetched any more.
    fn fetch(&self, id: ParcelId, fetch: &Fetch) -> Result<Option<Fetched>, ParcelError> {
        let Some(parcel) = self.get(id)? else { return Ok(None) };
        let Some(file) = parcel.files.get(fetch.file) else { return Ok(None) };
        if !parcel.is_here(fetch.at) {
            return Ok(None);
        }
        let name = file_name(id, fetch.file);
        let path = self.path(&name);
        let mut rest = self.unseal(&name, &path)?;
        let first = rest.next().transpose()?;
        // Somebody may have withdrawn it since the look.
        if !table::fetched(&self.tables(), id, fetch)? {
            return Ok(None);
        }
        Ok(Some(Fetched { file: file.clone(), path, first, rest }))
    }

    /// A file is opened by the key that sealed it, and by no other.
    fn unseal(&self, name: &str, path: &Path) -> io::Result<Opened<File>> {
        let opened = self.master.open(name, File::open(path)?);
        self.old.iter().fold(opened, |opened, key| match opened {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                key.open(name, File::open(path)?)
            }
            opened => opened,
        })
    }

    /// From now on nobody can fetch the files of a mail, and they are deleted; whether somebody could
    /// until now. `by` is nobody where their time is over.
    fn end(&self, mail: MailId, by: Option<&str>, now: Timestamp) -> Result<bool, ParcelError> {
        let Some(parcel) = self.of_mail(mail)? else { return Ok(false) };
        let was_here = table::end(&self.tables(), parcel.id, by, now)?;
        // Also where it was noted before: a crash may have come between.
        for n in 0..parcel.files.len() {
            match fs::remove_file(self.path(&file_name(parcel.id, n))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(was_here)
    }

    /// Ends all whose time is over: the mails that they were of.
    fn end_what_is_over(&self, now: Timestamp) -> Result<Vec<MailId>, ParcelError> {
        let over = table::over(&self.tables(), now)?;
        for &mail in &over {
            self.end(mail, None, now)?;
        }
        Ok(over)
    }
}

/// The keys that were used before, by their names.
fn old_keys(data: &Path) -> io::Result<Vec<MasterKey>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(data)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with(OLD_KEYS.0) && name.ends_with(OLD_KEYS.1) {
            names.push(name);
        }
    }
    names.sort_unstable();
    let keys = names.iter().filter_map(|name| secret::read(data, name).transpose());
    keys.map(|key| MasterKey::new(&key?)).collect()
}

/// The name of a file on the disk, to which it is sealed.
fn file_name(id: ParcelId, n: usize) -> String {
    format!("{id}-{n}")
}

/// The files of one mail, while they are taken in. What is not kept in the end is deleted.
struct Packing<'p> {
    parcels: &'p Parcels,
    id: ParcelId,
    files: Vec<ParcelFile>,
    is_kept: bool,
}

impl Packing<'_> {
    /// Writes a file, sealed, to stable storage.
    fn add(&mut self, name: String, text: &[u8]) -> Result<(), ParcelError> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let on_disk = file_name(self.id, self.files.len());
        let mut options = fs::OpenOptions::new();
        let path = self.parcels.path(&on_disk);
        let mut made = options.write(true).create_new(true).mode(0o600).open(path)?;
        self.files.push(ParcelFile { name, bytes: text.len() as u64 });
        self.parcels.master.seal(&on_disk, text, &mut made)?;
        made.sync_all()?;
        Ok(())
    }

    /// Keeps them as the files of a mail. When this returns, they are there after any crash.
    fn keep(
        mut self,
        mail: MailId,
        envelope: &Envelope,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<Parcel, ParcelError> {
        File::open(&self.parcels.folder)?.sync_all()?;
        let parcel = Parcel {
            id: self.id,
            mail,
            sender: envelope.from.as_ref().map(ToString::to_string).unwrap_or_default(),
            recipients: envelope.to.iter().map(|to| to.address.clone()).collect(),
            at,
            until,
            gone: None,
            files: self.files.clone(),
        };
        table::insert(&mut self.parcels.tables(), &parcel)?;
        self.is_kept = true;
        Ok(parcel)
    }
}

impl Drop for Packing<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            for n in 0..self.files.len() {
                // What stays is deleted when the relay starts again.
                let _deleted = fs::remove_file(self.parcels.path(&file_name(self.id, n)));
            }
        }
    }
}
