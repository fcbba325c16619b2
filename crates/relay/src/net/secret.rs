//! A secret of the relay's own in a file of the data folder that only its owner may read. It does not
//! know what the secret is for.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Bytes of a secret.
pub(super) const BYTES: usize = 32;

/// Reads the secret of that name; `None` where there is none yet.
pub(super) fn read(data: &Path, name: &str) -> io::Result<Option<[u8; BYTES]>> {
    match fs::read(data.join(name)) {
        Ok(kept) => kept.try_into().map(Some).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{name} holds no key"))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads the secret of that name, or makes it: whole and on stable storage, or not at all.
pub(super) fn read_or_make(data: &Path, name: &str) -> io::Result<[u8; BYTES]> {
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(kept) = read(data, name)? {
        return Ok(kept);
    }
    let mut fresh = [0; BYTES];
    getrandom::fill(&mut fresh).map_err(io::Error::from)?;
    let beside = data.join(format!("{name}.new"));
    let mut options = fs::OpenOptions::new();
    let mut made = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    made.write_all(&fresh)?;
    made.sync_all()?;
    fs::rename(&beside, data.join(name))?;
    File::open(data)?.sync_all()?;
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_is_its_owners() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(read(data.path(), "a.key").unwrap(), None);
        let made = read_or_make(data.path(), "a.key").unwrap();
        assert_eq!(read_or_make(data.path(), "a.key").unwrap(), made);
        let bits = fs::metadata(data.path().join("a.key")).unwrap().permissions().mode();
        assert_eq!(bits & 0o777, 0o600);
        fs::write(data.path().join("a.key"), b"short").unwrap();
        assert!(read_or_make(data.path(), "a.key").is_err(), "a damaged key is not replaced");
    }
}
