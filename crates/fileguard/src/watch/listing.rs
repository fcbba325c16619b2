//! Which file has which name, on the disk: so that a guard that was killed, or was not there, finds what
//! went away meanwhile under the name that it had. It does not know what is to be done about it.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The list, open to append.
#[derive(Debug)]
pub(super) struct Listing {
    file: fs::File,
    bytes: u64,
    added_bytes: u64,
}

/// A list is written anew when more than this was added to it, and more than it began with.
const MOST_ADDED_BYTES: u64 = 16 * 1024 * 1024;

/// A list that is being written.
#[derive(Debug)]
pub(super) struct Draft {
    path: PathBuf,
    to: BufWriter<fs::File>,
    bytes: u64,
}

/// A short stand-in for a path.
pub(super) fn key(path: &Path) -> u64 {
    let mut hash = DefaultHasher::new();
    path.as_os_str().as_bytes().hash(&mut hash);
    hash.finish()
}

/// A file: its number, and when it was made, for numbers are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct File {
    pub(super) ino: u64,
    pub(super) born_ns: i64,
}

fn line(file: File, path: &Path) -> Vec<u8> {
    // No name has a zero byte in it, and any may have a line feed.
    let numbers = format!("{} {} ", file.ino, file.born_ns);
    [numbers.as_bytes(), path.as_os_str().as_bytes(), b"\0"].concat()
}

/// Every file that stands in a list with its name, the last one last. A line that a kill cut off is none.
pub(super) fn read(path: &Path, mut each: impl FnMut(File, &Path)) -> io::Result<()> {
    let mut lines = match fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => BufReader::new(file?),
    };
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(0, &mut line)? == 0 {
            return Ok(());
        }
        let Some(line) = line.strip_suffix(b"\0") else { return Ok(()) };
        let mut fields = line.splitn(3, |&byte| byte == b' ');
        let mut number = || std::str::from_utf8(fields.next()?).ok();
        let (ino, born_ns) = (number(), number());
        let (ino, born_ns) = (ino.map(str::parse), born_ns.map(str::parse));
        if let (Some(Ok(ino)), Some(Ok(born_ns)), Some(path)) = (ino, born_ns, fields.next()) {
            each(File { ino, born_ns }, Path::new(std::ffi::OsStr::from_bytes(path)));
        }
    }
}

impl Draft {
    /// Begins a list beside the one at this place, which stands until the new one is whole.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let new = path.with_extension("new");
        let file =
            fs::File::options().create(true).truncate(true).write(true).mode(0o600).open(new)?;
        Ok(Self { path: path.to_owned(), to: BufWriter::new(file), bytes: 0 })
    }

    pub(super) fn add(&mut self, file: File, path: &Path) -> io::Result<()> {
        let line = line(file, path);
        self.bytes += line.len() as u64;
        self.to.write_all(&line)
    }

    /// Puts it in the place of the old one.
    pub(super) fn finish(self) -> io::Result<Listing> {
        self.to.into_inner().map_err(io::IntoInnerError::into_error)?;
        fs::rename(self.path.with_extension("new"), &self.path)?;
        let file = fs::File::options().append(true).open(&self.path)?;
        Ok(Listing { file, bytes: self.bytes, added_bytes: 0 })
    }
}

impl Listing {
    /// A file is new, or has another name.
    pub(super) fn add(&mut self, file: File, path: &Path) -> io::Result<()> {
        let line = line(file, path);
        self.added_bytes += line.len() as u64;
        self.file.write_all(&line)
    }

    /// Whether it holds much that is over.
    pub(super) const fn is_stale(&self) -> bool {
        self.added_bytes > MOST_ADDED_BYTES && self.added_bytes > self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again_up_to_what_a_kill_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("names");
        let read_all = || {
            let mut all = Vec::new();
            read(&place, |file, path| all.push((file, path.to_owned()))).unwrap();
            all
        };
        assert_eq!(read_all(), []);
        let mut draft = Draft::new(&place).unwrap();
        let file = |ino| File { ino, born_ns: 3 };
        draft.add(file(7), Path::new("/d/名簿 2.txt")).unwrap();
        let mut listing = draft.finish().unwrap();
        listing.add(file(8), Path::new("/d/a\nb")).unwrap();
        let all = [(file(7), PathBuf::from("/d/名簿 2.txt")), (file(8), PathBuf::from("/d/a\nb"))];
        assert_eq!(read_all(), all);
        let bytes = fs::read(&place).unwrap();
        fs::write(&place, &bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(read_all(), all[..1]);
    }
}
