//! A file of lines that only its owner can read, opened to append. A kill can leave half a line at its
//! end: whoever opens it says up to where it is whole. It does not know what is in a line.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Opens a file, made where there is none, and gives `whole` all that stands in it; what lies behind the
/// length that it tells is cut off.
pub(crate) fn open<T>(path: &Path, whole: impl FnOnce(&[u8]) -> (u64, T)) -> io::Result<(File, T)> {
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let (length, read) = whole(&bytes);
    file.set_len(length)?;
    file.seek(SeekFrom::End(0))?;
    Ok((file, read))
}
