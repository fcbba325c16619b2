//! The files of a world, made from its seed: the same lines for everybody who runs the scenario, which the
//! hash in it proves. It does not know who sends them.

use std::io::{Cursor, Write as _};

use case::{DataKind, Lang};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use zip::unstable::write::FileOptionsExt as _;
use zip::write::SimpleFileOptions;

use crate::people::Invented;
use crate::scenario::Fixture;

/// Those in files are others than those who get mail.
const IN_FILES: u64 = 1 << 32;

/// A file as it is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a file cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FixtureError {
    /// What was made is not what the scenario was written for.
    #[error("the file {file} has the SHA-256 {made}, and the scenario says {said}")]
    Changed {
        /// Which.
        file: String,
        /// What was made here.
        made: String,
        /// What the scenario says.
        said: String,
    },
    /// It cannot be packed.
    #[error("the file {file} cannot be packed")]
    Packed {
        /// Which.
        file: String,
        /// Why.
        #[source]
        because: zip::result::ZipError,
    },
}

/// The table of a fixture, before it is packed: UTF-8 with a byte order mark, as spreadsheets want it.
pub fn table(fixture: &Fixture, seed: u64) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let head = fixture.columns.iter().map(|kind| kind.label(Lang::Ja));
    // Into memory: that cannot fail.
    let _head = csv.write_record(head);
    for row in 0..fixture.rows {
        let who = Invented::of(seed, IN_FILES + u64::from(row));
        let _row = csv.write_record(fixture.columns.iter().map(|kind| who.cell(*kind)));
    }
    csv.into_inner().unwrap_or_default()
}

/// The SHA-256 of a fixture's table, in lower-case hex.
pub fn sha256(fixture: &Fixture, seed: u64) -> String {
    digest(&table(fixture, seed))
}

/// The SHA-256 of bytes, in lower-case hex.
pub(crate) fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// A fixture as it is attached; packed where it has a password.
pub fn make(fixture: &Fixture, seed: u64) -> Result<Attached, FixtureError> {
    let bytes = table(fixture, seed);
    if let Some(said) = &fixture.sha256 {
        let made = digest(&bytes);
        if made != *said {
            return Err(FixtureError::Changed {
                file: fixture.file.clone(),
                made,
                said: said.clone(),
            });
        }
    }
    let Some(password) = &fixture.password else {
        return Ok(Attached { name: fixture.file.clone(), media_type: "text/csv", bytes });
    };
    let packed = pack(&fixture.file, password, &bytes)
        .map_err(|because| FixtureError::Packed { file: fixture.file.clone(), because })?;
    let stem = fixture.file.rsplit_once('.').map_or(fixture.file.as_str(), |(stem, _)| stem);
    Ok(Attached { name: format!("{stem}.zip"), media_type: "application/zip", bytes: packed })
}

/// The archive with a password that offices send. Its cipher protects nobody; here it has nothing to
/// protect.
fn pack(name: &str, password: &str, bytes: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let locked = SimpleFileOptions::default().with_deprecated_encryption(password.as_bytes());
    archive.start_file(name, locked?)?;
    archive.write_all(bytes)?;
    Ok(archive.finish()?.into_inner())
}

/// The columns of a list that holds these kinds of data; names and addresses where nothing is known.
pub fn columns(kinds: &[DataKind]) -> Vec<DataKind> {
    let mut columns: Vec<DataKind> =
        kinds.iter().copied().filter(|kind| *kind != DataKind::Other).collect();
    if columns.is_empty() {
        columns = vec![DataKind::Name, DataKind::Email, DataKind::Phone];
    }
    columns
}
