//! Undoing: every file that a tree of processes altered, deleted or renamed is put back from the vault and
//! the pins, and verified by its hash; what stood there instead is kept as evidence. It can be run again
//! after a crash, and does not know why the files were altered.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::incident::Incident;
use crate::look::{CHUNK_BYTES, Diff, Look};
use crate::vault::{Attributes, Digest, Entry, Record, Vault, VaultError};
use crate::watch::pins::Pins;

/// What was done to put a file back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Put {
    /// Its content was written back.
    Content,
    /// It has its name again.
    Name,
    /// It was left by the attack, and is evidence now.
    Away,
}

/// One file that was put back, or could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// The file.
    #[serde(with = "crate::written")]
    pub path: PathBuf,
    /// What was done.
    pub put: Put,
    /// Why it is not as it was; nothing when it is.
    pub failed: Option<String>,
}

/// All of an undo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// A line a file.
    pub files: Vec<Restored>,
}

impl Report {
    /// How many files are not as they were.
    pub fn failed(&self) -> usize {
        self.files.iter().filter(|file| file.failed.is_some()).count()
    }

    /// How many were put back in this way.
    pub fn count(&self, put: Put) -> usize {
        self.files.iter().filter(|file| file.put == put && file.failed.is_none()).count()
    }
}

/// What is undone with.
struct Undo<'a> {
    vault: &'a mut Vault,
    pins: &'a Pins,
    incident: u64,
    now_ms: u64,
    report: Report,
}

/// Puts everything back that the incident's processes changed since it began.
pub fn undo(
    vault: &mut Vault,
    pins: &Pins,
    incident: &Incident,
    now_ms: u64,
) -> Result<Report, VaultError> {
    let since = incident.since_ms.saturating_sub(2_000);
    let theirs = |entry: &&Entry| {
        entry.by.contains(&incident.root)
            || entry.by.is_empty() && entry.at_ms >= since && looks_like_it(&entry.record)
    };
    let entries: Vec<Entry> = vault.entries().filter(theirs).cloned().collect();
    let (before, entries): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| entry.at_ms < since);
    let number = incident.number;
    let mut undo = Undo { vault, pins, incident: number, now_ms, report: Report::default() };
    let made: HashSet<u64> = entries
        .iter()
        .filter_map(|entry| match entry.record {
            Record::Made { ino, .. } => Some(ino),
            _ => None,
        })
        .collect();
    // Names, the last change first.
    for entry in entries.iter().rev() {
        match &entry.record {
            Record::Made { ino, path } => undo.take_away(*ino, path)?,
            Record::Moved { ino, to, .. } if made.contains(ino) => undo.take_away(*ino, to)?,
            Record::Moved { ino, from, to } => undo.move_back(*ino, from, to),
            Record::Gone { path, attributes, digest } if !made.contains(&attributes.ino) => {
                undo.name_again(path, attributes, digest.as_deref())?;
            }
            _ => {}
        }
    }
    // Contents, as they were before the first change.
    let mut firsts: BTreeMap<u64, &Entry> = BTreeMap::new();
    for entry in &entries {
        if let Record::Content { attributes, .. } = &entry.record
            && !made.contains(&attributes.ino)
        {
            firsts.entry(attributes.ino).or_insert(entry);
        }
    }
    // What was opened long before it was spoilt was kept then.
    for entry in before.iter().rev() {
        if let Record::Content { attributes, digest, .. } = &entry.record
            && !made.contains(&attributes.ino)
            && undo.was_spoilt(attributes, *digest, firsts.get(&attributes.ino).copied())
        {
            firsts.insert(attributes.ino, entry);
        }
    }
    for entry in firsts.into_values() {
        if let Record::Content { path, attributes, digest } = &entry.record {
            undo.write_back(path, attributes, *digest)?;
        }
    }
    undo.stretches(&before, &entries);
    undo.vault.sync()?;
    Ok(undo.report)
}

impl Undo<'_> {
    /// Whether a stretch that had structure when it was kept is even as a cipher's now.
    fn is_noise(&self, entry: &Entry) -> bool {
        let Record::Stretch { attributes, offset, digest, .. } = &entry.record else {
            return false;
        };
        let (Ok(mut kept), Ok(file)) = (self.vault.peek(*digest), self.pins.read(attributes.ino))
        else {
            return false;
        };
        let mut was = Vec::new();
        if io::Read::read_to_end(&mut kept, &mut was).is_err() {
            return false;
        }
        let mut is = vec![0; was.len()];
        if std::os::unix::fs::FileExt::read_exact_at(&file, &mut is, *offset).is_err() {
            return false;
        }
        let mut diff = Diff::default();
        was.chunks(CHUNK_BYTES)
            .zip(is.chunks(CHUNK_BYTES))
            .for_each(|(was, is)| diff.chunk(was, is));
        diff.risen > 0
    }

    fn done(&mut self, path: &Path, put: Put, answer: Result<(), String>) {
        self.report.files.push(Restored { path: path.to_owned(), put, failed: answer.err() });
    }

    /// Keeps what the attack left, and takes it out of the way.
    fn take_away(&mut self, ino: u64, path: &Path) -> Result<(), VaultError> {
        let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
        if found.ino() != ino || !found.is_file() {
            return Ok(());
        }
        self.evidence(path, path)?;
        let gone = fs::remove_file(path).map_err(|error| error.to_string());
        let _ = self.pins.remove(ino);
        self.done(path, Put::Away, gone);
        Ok(())
    }

    fn evidence(&mut self, from: &Path, path: &Path) -> Result<(), VaultError> {
        let Ok(file) = File::open(from) else { return Ok(()) };
        let Ok(attributes) = attributes(&file) else { return Ok(()) };
        let stored = self.vault.keep(file)?;
        let record = Record::Evidence {
            incident: self.incident,
            path: path.to_owned(),
            attributes,
            digest: stored.digest,
        };
        self.vault.note(self.now_ms, &[], record)?;
        Ok(())
    }

    fn move_back(&mut self, ino: u64, from: &Path, to: &Path) {
        let is_it = fs::symlink_metadata(to).ok().filter(|found| found.ino() == ino);
        let Some(found) = is_it.filter(|_| from != to) else { return };
        if let Some(folder) = from.parent() {
            let _ = fs::create_dir_all(folder);
        }
        let moved = if found.is_dir() {
            // Never over a folder with something in it: the kernel refuses.
            fs::rename(to, from)
        } else {
            // Never over a file: hard_link refuses, rename would not.
            fs::hard_link(to, from).and_then(|()| fs::remove_file(to))
        };
        self.done(from, Put::Name, moved.map_err(|error| error.to_string()));
    }

    fn name_again(
        &mut self,
        path: &Path,
        attributes: &Attributes,
        digest: Option<&str>,
    ) -> Result<(), VaultError> {
        let answer = (|| {
            let pin = self.pins.path(attributes.ino);
            let kept = File::open(&pin).and_then(|file| self::attributes(&file));
            if !kept.map_err(|error| error.to_string())?.is_same(attributes) {
                return Err("its data is gone".to_owned());
            }
            match fs::symlink_metadata(path) {
                Ok(found) if found.ino() == attributes.ino => return Ok(()),
                Ok(_) => {
                    // Something else has the name: it steps aside, nothing is lost.
                    let aside = aside(path, self.incident);
                    fs::rename(path, aside).map_err(|error| error.to_string())?;
                }
                Err(_) => {}
            }
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|error| error.to_string())?;
            }
            fs::hard_link(&pin, path).map_err(|error| error.to_string())
        })();
        let found = File::open(path).and_then(Digest::of_reader).ok();
        let was = digest.and_then(|digest| digest.parse::<Digest>().ok());
        if answer.is_ok()
            && let Some(was) = was.filter(|was| found != Some(*was))
        {
            // Somebody who had it open wrote to it after its name was gone.
            if self.vault.peek(was).is_err() {
                self.done(path, Put::Name, Err("other content".to_owned()));
                return Ok(());
            }
            self.done(path, Put::Name, Ok(()));
            return self.write_back(path, attributes, was);
        }
        self.done(path, Put::Name, answer);
        Ok(())
    }

    /// Whether a content that was kept before the incident is better than what would be put back, or is
    /// there now: then it was spoilt since.
    fn was_spoilt(&self, was: &Attributes, digest: Digest, first: Option<&Entry>) -> bool {
        let kept = first.and_then(|entry| match &entry.record {
            Record::Content { attributes, digest, .. } => Some((attributes.bytes, *digest)),
            _ => None,
        });
        let later = if let Some((bytes, digest)) = kept {
            self.vault.peek(digest).ok().and_then(|kept| look_of(kept, bytes))
        } else {
            let now = self.pins.read(was.ino).ok();
            now.and_then(|file| {
                let bytes = file.metadata().ok()?.len();
                look_of(file, bytes)
            })
        };
        let was_look = self.vault.peek(digest).ok().and_then(|kept| look_of(kept, was.bytes));
        later.zip(was_look).is_some_and(|(later, was)| later.is_opaque() && was.is_meaningful())
    }

    fn write_back(
        &mut self,
        path: &Path,
        attributes: &Attributes,
        digest: Digest,
    ) -> Result<(), VaultError> {
        let place = match self.place_of(path, attributes) {
            Ok(place) => place,
            Err(error) => {
                self.done(path, Put::Content, Err(error.to_string()));
                return Ok(());
            }
        };
        let hash = |place: &Path| File::open(place).and_then(Digest::of_reader).ok();
        if hash(&place) == Some(digest) {
            return Ok(());
        }
        if place.exists() {
            self.evidence(&place, path)?;
        }
        let content = match self.vault.read(digest) {
            Ok(content) => content,
            Err(error) => {
                self.done(path, Put::Content, Err(error.to_string()));
                return Ok(());
            }
        };
        let written = write_whole(&place, content, attributes).map_err(|error| error.to_string());
        let verified = written.and_then(|()| match hash(&place) {
            Some(found) if found == digest => Ok(()),
            _ => Err("the content written back reads otherwise".to_owned()),
        });
        self.done(path, Put::Content, verified);
        Ok(())
    }

    /// Where a file is now: under its pin, or at its path. Another file at its path steps aside: whatever it
    /// is, it is not what was kept.
    fn place_of(&self, path: &Path, attributes: &Attributes) -> io::Result<PathBuf> {
        let is_it = |place: &Path| {
            let found = File::open(place).and_then(|file| self::attributes(&file));
            found.is_ok_and(|found| found.is_same(attributes))
        };
        if let Some(pin) = self.pins.find(attributes.ino).filter(|pin| is_it(pin)) {
            return Ok(pin);
        }
        if !is_it(path) && fs::symlink_metadata(path).is_ok() {
            fs::rename(path, aside(path, self.incident))?;
        }
        Ok(path.to_owned())
    }

    /// Large files: each stretch as it was before it was first overwritten, and the old length.
    fn stretches(&mut self, before: &[Entry], entries: &[Entry]) {
        let mut files: BTreeMap<u64, (&Path, &Attributes, BTreeMap<u64, Digest>)> = BTreeMap::new();
        // Of stretches kept before the incident, those that are noise now, the latest first.
        let early: Vec<&Entry> = before.iter().rev().filter(|entry| self.is_noise(entry)).collect();
        for entry in early.into_iter().rev().chain(entries) {
            if let Record::Stretch { path, attributes, offset, digest } = &entry.record {
                let file = files
                    .entry(attributes.ino)
                    .or_insert_with(|| (path.as_path(), attributes, BTreeMap::new()));
                file.2.entry(*offset).or_insert(*digest);
            }
        }
        for (path, attributes, stretches) in files.into_values() {
            let answer = (|| {
                let place = self.place_of(path, attributes)?;
                let file = File::options().write(true).read(true).open(&place)?;
                file.set_len(attributes.bytes)?;
                for (offset, digest) in stretches {
                    let mut content = Vec::new();
                    let mut kept = self.vault.read(digest).map_err(io::Error::other)?;
                    io::Read::read_to_end(&mut kept, &mut content)?;
                    std::os::unix::fs::FileExt::write_all_at(&file, &content, offset)?;
                    let mut again = vec![0; content.len()];
                    std::os::unix::fs::FileExt::read_exact_at(&file, &mut again, offset)?;
                    if again != content {
                        return Err(io::Error::other("a stretch reads otherwise"));
                    }
                }
                stamp(&file, attributes)
            })();
            self.done(path, Put::Content, answer.map_err(|error: io::Error| error.to_string()));
        }
    }
}

/// Whether a name that went away, nobody knows by whom, went as an attack takes it: something that only a
/// key opens is there instead, or beside it with a longer name.
fn looks_like_it(record: &Record) -> bool {
    let is_opaque = |path: &Path| {
        let looked = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        looked.is_ok_and(|(bytes, file)| look_of(file, bytes).is_some_and(|it| it.is_opaque()))
    };
    match record {
        Record::Moved { ino, to, .. } => {
            let found = fs::symlink_metadata(to).ok().filter(|found| found.ino() == *ino);
            if found.as_ref().is_some_and(fs::Metadata::is_dir) {
                let inside = fs::read_dir(to).into_iter().flatten().flatten();
                return inside
                    .map(|entry| entry.path())
                    .any(|path| path.is_file() && is_opaque(&path));
            }
            found.is_some_and(|found| found.is_file()) && is_opaque(to)
        }
        Record::Gone { path, attributes, .. } => {
            if let Ok(found) = fs::symlink_metadata(path) {
                return found.ino() != attributes.ino && found.is_file() && is_opaque(path);
            }
            let name = path.file_name().unwrap_or_default().as_bytes();
            let beside = path.parent().and_then(|folder| fs::read_dir(folder).ok());
            let mut longer = beside.into_iter().flatten().flatten().filter(|entry| {
                let other = entry.file_name();
                other.len() > name.len() && other.as_bytes().starts_with(name)
            });
            // Its data may have got the longer name before the short one went.
            let is_it = |entry: &fs::DirEntry| {
                entry.metadata().is_ok_and(|found| found.ino() == attributes.ino)
            };
            longer.any(|entry| is_it(&entry) || is_opaque(&entry.path()))
        }
        _ => false,
    }
}

/// What a kept content, or a file, looks like.
fn look_of(content: impl io::Read, bytes: u64) -> Option<Look> {
    let mut head = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(content, 8 * 1024 * 1024), &mut head).ok()?;
    Some(Look::of(&head, bytes))
}

/// A name beside another that is free.
fn aside(path: &Path, incident: u64) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 0;
    loop {
        let aside = path.with_file_name(format!("{name}.incident-{incident}.{number}"));
        if fs::symlink_metadata(&aside).is_err() {
            return aside;
        }
        number += 1;
    }
}

/// What of a file is not in its bytes.
pub(crate) fn attributes(file: &File) -> io::Result<Attributes> {
    let found = file.metadata()?;
    Ok(Attributes {
        ino: found.ino(),
        bytes: found.len(),
        mode: found.mode(),
        uid: found.uid(),
        gid: found.gid(),
        modified_ns: found.mtime().saturating_mul(1_000_000_000).saturating_add(found.mtime_nsec()),
        born_ns: born_ns(&found),
    })
}

/// When a file was made, where the file system says.
pub(crate) fn born_ns(found: &fs::Metadata) -> i64 {
    let born = found.created().ok().and_then(|born| born.duration_since(UNIX_EPOCH).ok());
    born.and_then(|born| i64::try_from(born.as_nanos()).ok()).unwrap_or(0)
}

/// Writes a content into the same file, so that all its names, and its owner, stay.
fn write_whole(
    place: &Path,
    mut content: impl io::Read,
    attributes: &Attributes,
) -> io::Result<()> {
    let mut file = File::options().write(true).create(true).truncate(true).open(place)?;
    io::copy(&mut content, &mut file)?;
    std::os::unix::fs::fchown(&file, Some(attributes.uid), Some(attributes.gid))?;
    file.set_permissions(fs::Permissions::from_mode(attributes.mode & 0o7777))?;
    stamp(&file, attributes)
}

fn stamp(file: &File, attributes: &Attributes) -> io::Result<()> {
    if let Ok(since) = u64::try_from(attributes.modified_ns) {
        file.set_modified(UNIX_EPOCH + Duration::from_nanos(since))?;
    }
    file.sync_all()
}
