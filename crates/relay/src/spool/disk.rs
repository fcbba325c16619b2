//! Where segments are kept: a folder of files, behind a trait, so that tests can let every call of it
//! fail. It does not know what is in a segment.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::SpoolError;

/// What is in the folder, in order.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) segments: Vec<u64>,
    /// Segments that were set aside because of damage.
    pub(super) set_aside: Vec<u64>,
    /// Long mails in files of their own, and how long each is.
    pub(super) apart: BTreeMap<u64, u64>,
}

/// A long mail that is written in a file of its own.
pub(super) trait ApartFile: Send {
    /// Writes behind what is there. After an error any part of it may be written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Puts what was written, and the name of the file, on stable storage.
    fn sync(&mut self) -> io::Result<()>;
}

/// A place for segments. One process has it for itself.
pub(super) trait Disk: Send + Sync {
    fn list(&self) -> Result<Listing, SpoolError>;
    /// Makes a segment with these bytes, or makes it anew; on stable storage when this returns.
    fn create(&self, segment: u64, header: &[u8]) -> io::Result<()>;
    /// Writes at an offset. After an error any part of it may be written.
    fn write(&self, segment: u64, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Puts what was written on stable storage.
    fn sync(&self, segment: u64) -> io::Result<()>;
    /// Cuts a segment, on stable storage when this returns.
    fn truncate(&self, segment: u64, bytes: u64) -> io::Result<()>;
    /// Fills `bytes` from an offset on.
    fn read(&self, segment: u64, offset: u64, bytes: &mut [u8]) -> io::Result<()>;
    fn read_all(&self, segment: u64) -> io::Result<Vec<u8>>;
    /// Removes a segment, on stable storage when this returns.
    fn remove(&self, segment: u64) -> io::Result<()>;
    /// Keeps a segment for somebody to look at; it is none any more.
    fn set_aside(&self, segment: u64) -> io::Result<()>;
    /// Makes a file for one long mail.
    fn begin_apart(&self, number: u64) -> io::Result<Box<dyn ApartFile>>;
    /// Fills `bytes` from an offset of such a file on.
    fn read_apart(&self, number: u64, offset: u64, bytes: &mut [u8]) -> io::Result<()>;
    /// Removes such a file. After a crash it may be there again.
    fn remove_apart(&self, number: u64) -> io::Result<()>;
}

const LOCK: &str = "lock";
/// What a file system makes at its root.
const LOST_AND_FOUND: &str = "lost+found";
const SEGMENT: &str = "segment";
const DAMAGED: &str = "damaged";
const APART: &str = "mail";

/// A folder of files.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked as long as it is open; the system unlocks it when the process ends, however it does.
    _lock: File,
    /// The segment that is written to.
    head: Mutex<Option<(u64, Arc<File>)>>,
}

impl Folder {
    /// Opens the folder, made if it is not there, for this process alone.
    pub(super) fn open(path: &Path) -> Result<Self, SpoolError> {
        let mut builder = fs::DirBuilder::new();
        // Mail is nobody else's business.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(path).map_err(SpoolError::io("make the folder of"))?;
        let lock = for_writing(&mut OpenOptions::new())
            .create(true)
            .truncate(false)
            .open(path.join(LOCK))
            .map_err(SpoolError::io("write to the folder of"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SpoolError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(SpoolError::io("lock")(error)),
        }
        Ok(Self { path: path.to_owned(), _lock: lock, head: Mutex::default() })
    }

    fn file(&self, segment: u64, ending: &str) -> PathBuf {
        self.path.join(format!("{segment:016x}.{ending}"))
    }

    /// The file of a segment, open for writing.
    fn open_head(&self, segment: u64) -> io::Result<Arc<File>> {
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, file)) = head.as_ref().filter(|(open, _)| *open == segment) {
            return Ok(Arc::clone(file));
        }
        let file = OpenOptions::new().write(true).open(self.file(segment, SEGMENT))?;
        Ok(Arc::clone(&head.insert((segment, Arc::new(file))).1))
    }

    /// The names in the folder on stable storage.
    fn sync_folder(&self) -> io::Result<()> {
        // Elsewhere a folder cannot be opened, and its names are kept in order by the file system.
        if cfg!(unix) { File::open(&self.path)?.sync_all() } else { Ok(()) }
    }
}

fn for_writing(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.write(true)
}

impl Disk for Folder {
    fn list(&self) -> Result<Listing, SpoolError> {
        let mut listing = Listing::default();
        let entries = fs::read_dir(&self.path).map_err(SpoolError::io("list"))?;
        for entry in entries {
            let name = entry.map_err(SpoolError::io("list"))?.file_name();
            let name = name.to_string_lossy();
            let parts = name.split_once('.').and_then(|(number, ending)| {
                let segment = u64::from_str_radix(number, 16).ok()?;
                (number == format!("{segment:016x}")).then_some((segment, ending))
            });
            match parts {
                Some((segment, SEGMENT)) => listing.segments.push(segment),
                Some((segment, DAMAGED)) => listing.set_aside.push(segment),
                Some((number, APART)) => {
                    let bytes =
                        fs::metadata(self.file(number, APART)).map_err(SpoolError::io("list"))?;
                    listing.apart.insert(number, bytes.len());
                }
                _ if name == LOCK || name == LOST_AND_FOUND => {}
                _ => return Err(SpoolError::Foreign(self.path.join(name.as_ref()))),
            }
        }
        listing.segments.sort_unstable();
        listing.set_aside.sort_unstable();
        Ok(listing)
    }

    fn create(&self, segment: u64, header: &[u8]) -> io::Result<()> {
        let path = self.file(segment, SEGMENT);
        let made = || {
            let mut file =
                for_writing(&mut OpenOptions::new()).create(true).truncate(true).open(&path)?;
            file.write_all(header)?;
            file.sync_all()?;
            self.sync_folder()?;
            *self.head.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((segment, Arc::new(file)));
            Ok(())
        };
        // A segment that was not finished is in nobody's way, but it would stay.
        made().inspect_err(|_| drop(fs::remove_file(&path)))
    }

    fn write(&self, segment: u64, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let file = self.open_head(segment)?;
        let mut file = &*file;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn sync(&self, segment: u64) -> io::Result<()> {
        self.open_head(segment)?.sync_data()
    }

    fn truncate(&self, segment: u64, bytes: u64) -> io::Result<()> {
        let file = self.open_head(segment)?;
        file.set_len(bytes)?;
        file.sync_all()
    }

    fn read(&self, segment: u64, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut file = File::open(self.file(segment, SEGMENT))?;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }

    fn read_all(&self, segment: u64) -> io::Result<Vec<u8>> {
        fs::read(self.file(segment, SEGMENT))
    }

    fn remove(&self, segment: u64) -> io::Result<()> {
        fs::remove_file(self.file(segment, SEGMENT))?;
        self.sync_folder()
    }

    fn set_aside(&self, segment: u64) -> io::Result<()> {
        fs::rename(self.file(segment, SEGMENT), self.file(segment, DAMAGED))?;
        self.sync_folder()
    }

    fn begin_apart(&self, number: u64) -> io::Result<Box<dyn ApartFile>> {
        let path = self.file(number, APART);
        let file = for_writing(&mut OpenOptions::new()).create_new(true).open(path)?;
        Ok(Box::new(OneMail { file, folder: self.path.clone(), is_named: false }))
    }

    fn read_apart(&self, number: u64, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut file = File::open(self.file(number, APART))?;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }

    fn remove_apart(&self, number: u64) -> io::Result<()> {
        fs::remove_file(self.file(number, APART))
    }
}

/// The file of a long mail.
struct OneMail {
    file: File,
    folder: PathBuf,
    /// Its name is on stable storage.
    is_named: bool,
}

impl ApartFile for OneMail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        if !self.is_named && cfg!(unix) {
            File::open(&self.folder)?.sync_all()?;
        }
        self.is_named = true;
        Ok(())
    }
}
