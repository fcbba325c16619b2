//! A book copied as a whole while others write to it, and a copy made a book again: both are the
//! same. The copy is verified before it gets its name; until then it is called unfinished. It does
//! not know when backups are due or how many to keep.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::archive::{Archive, private_folder, sync_folder};
use crate::signing::KEY;
use crate::store::{ARCHIVE, DATABASE};
use crate::verify::{Flaw, Verified};
use crate::{Book, BookError, database};

/// Accounts and sessions of the pages, which are no part of the record but of the data folder.
const ACCOUNTS: &str = "accounts.sqlite";

/// Between the name of a copy and what makes an unfinished one's name its own.
const UNFINISHED: &str = ".unfinished-";

impl Book {
    /// Copies the book, as it is now, into the folder `target`, which is not there yet or empty.
    /// Others may write meanwhile. When this returns, the copy is whole, verified, and on stable
    /// storage; before, there is only a folder `target.unfinished-…` beside it, which goes away
    /// unless the process is killed.
    pub fn backup(&self, target: &Path) -> Result<Verified, Flaw> {
        copy(self.dir(), target)
    }
}

/// Makes a book in the folder `to`, which is not there yet or empty, out of the copy in `from`. As
/// in [`Book::backup`], the folder gets its name when it is whole and verified.
pub fn restore(from: &Path, to: &Path) -> Result<Verified, Flaw> {
    if !from.join(DATABASE).is_file() {
        return Err(BookError::NoBook(from.to_path_buf()).into());
    }
    copy(from, to)
}

fn copy(from: &Path, to: &Path) -> Result<Verified, Flaw> {
    if occupied(to).map_err(BookError::file(to))? {
        return Err(BookError::NotEmpty(to.to_path_buf()).into());
    }
    let (folder, prefix) = place(to);
    private_folder(&folder)?;
    let making = tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir_in(&folder)
        .map_err(BookError::file(&folder))?;
    fill(from, making.path())?;
    let verified = Book::open_existing(making.path())?.verify(None)?;
    settle(&making.path().join(DATABASE))?;
    name(making, to, &folder).map_err(BookError::file(to))?;
    Ok(verified)
}

/// Whether there is something where the copy is to be.
fn occupied(to: &Path) -> io::Result<bool> {
    match fs::read_dir(to) {
        Ok(mut inside) => Ok(inside.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The folder in which the copy will be, and what the name of an unfinished one begins with.
fn place(to: &Path) -> (PathBuf, OsString) {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut prefix = to.file_name().unwrap_or_default().to_os_string();
    prefix.push(UNFINISHED);
    (folder.unwrap_or(Path::new(".")).to_path_buf(), prefix)
}

fn fill(from: &Path, into: &Path) -> Result<(), BookError> {
    private_folder(&into.join(ARCHIVE))?;
    let (source, target) = (Archive::new(from.join(ARCHIVE)), Archive::new(into.join(ARCHIVE)));
    // First the record; what it names is in the archive from before it was named.
    snapshot(&from.join(DATABASE), &into.join(DATABASE))?;
    let tables = database::reader(&into.join(DATABASE))?;
    let mut query = tables.prepare("SELECT sha256, text_sha256 FROM source")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        for sha256 in [row.get::<_, String>(0)?, row.get(1)?] {
            copy_file(&source.path(&sha256), &target.path(&sha256))?;
        }
    }
    for folder in fs::read_dir(into.join(ARCHIVE)).map_err(BookError::file(into))? {
        let folder = folder.map_err(BookError::file(into))?.path();
        sync_folder(&folder).map_err(BookError::file(folder))?;
    }
    if from.join(KEY).is_file() {
        copy_file(&from.join(KEY), &into.join(KEY))?;
    }
    if from.join(ACCOUNTS).is_file() {
        snapshot(&from.join(ACCOUNTS), &into.join(ACCOUNTS))?;
        settle(&into.join(ACCOUNTS))?;
    }
    sync_folder(&into.join(ARCHIVE)).map_err(BookError::file(into))?;
    sync_folder(into).map_err(BookError::file(into))
}

/// Copies a database in one state while others write to it: pages of its last transaction, in one
/// step, so that no write in between makes it begin again.
fn snapshot(from: &Path, into: &Path) -> Result<(), BookError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags)?;
    source.busy_timeout(database::WAIT)?;
    crate::store::private_file(into)?;
    let mut target = Connection::open(into)?;
    let step = Backup::new(&source, &mut target)?.step(-1)?;
    match step {
        StepResult::Done => Ok(()),
        _ => Err(BookError::Busy),
    }
}

/// Leaves a database as one file that can be read where nothing can be written.
fn settle(path: &Path) -> Result<(), BookError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    connection.close().map_err(|(_, error)| error.into())
}

/// Copies a file that nobody writes to; one that is there already is the same.
fn copy_file(from: &Path, into: &Path) -> Result<(), BookError> {
    if into.exists() {
        return Ok(());
    }
    if let Some(folder) = into.parent() {
        private_folder(folder)?;
    }
    if !from.is_file() {
        // Left out here, so that verifying the copy names it and the entry that needs it.
        return Ok(());
    }
    let copied = || -> io::Result<()> {
        fs::copy(from, into)?;
        File::open(into)?.sync_all()
    };
    copied().map_err(BookError::file(into))
}

/// Gives a whole copy its name.
fn name(making: TempDir, to: &Path, folder: &Path) -> io::Result<()> {
    if to.is_dir() {
        // Empty, or this fails.
        fs::remove_dir(to)?;
    }
    fs::rename(making.path(), to)?;
    // There is nothing of that name any more to take away.
    let _ = making.keep();
    sync_folder(folder)
}
