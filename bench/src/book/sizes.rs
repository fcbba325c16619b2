//! The size of a data folder by what it is for. It does not know what stands in it.

use std::path::Path;
use std::{fs, io};

use rusqlite::Connection;

use super::Failed;

/// Bytes by what they are for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sizes {
    pub(crate) index: u64,
    pub(crate) ledger: u64,
    pub(crate) archive: u64,
    /// What the archive takes of the disk, where each file begins a block.
    pub(crate) archive_on_disk: u64,
    pub(crate) rest: u64,
}

/// Of the book in the folder.
pub(crate) fn of(folder: &Path) -> Result<Sizes, Failed> {
    let path = folder.join("book.sqlite");
    let tables = Connection::open(&path)?;
    tables.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let mut sizes = Sizes::default();
    let mut query = tables.prepare("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let name = name.trim_start_matches("sqlite_autoindex_");
        let bytes: u64 = row.get(1)?;
        if ["document", "posting", "segment"].iter().any(|table| name.starts_with(table)) {
            sizes.index += bytes;
        } else if name == "ledger" {
            sizes.ledger += bytes;
        } else {
            sizes.rest += bytes;
        }
    }
    files(&folder.join("archive"), &mut sizes)?;
    Ok(sizes)
}

fn files(folder: &Path, sizes: &mut Sizes) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_dir() {
            files(&entry.path(), sizes)?;
        } else {
            sizes.archive += about.len();
            sizes.archive_on_disk += about.blocks() * 512;
        }
    }
    Ok(())
}
