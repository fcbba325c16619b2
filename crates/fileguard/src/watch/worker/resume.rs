//! The beginning of a guard that is not the first: what a guard before left half done is finished, what
//! went away while none ran is written down, and what processes that still live did before is seen again.
//! It does not judge what they did.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::{Open, Worker, attributes, look_at};
use crate::config::Answer;
use crate::deed::{Proc, What};
use crate::incident::State;
use crate::vault::{self, Record};
use crate::watch::listing::{self, Draft, key};
use crate::watch::{GuardError, at, freeze, procs};

/// The list of names, in the vault's folder.
const NAMES: &str = "names";
/// So many of the last things that living processes did are seen again.
const MOST_REMEMBERED: usize = 500;

/// What a walk over the trees found against the list of before.
#[derive(Default)]
struct Walked {
    /// Files that were not found yet, with what stands for their names.
    old: HashMap<listing::File, u64>,
    /// Files that have another name.
    moved: HashMap<listing::File, PathBuf>,
}

impl Worker {
    /// Incidents of a guard that was killed: who was being frozen is, with the evidence kept; who was being
    /// thawed or ended is that; who stands still goes on standing still.
    pub(super) fn take_up_incidents(&mut self) {
        let numbers: Vec<u64> = self.incidents.iter().map(|incident| incident.number).collect();
        for number in numbers {
            if let Err(error) = self.take_up(number) {
                self.trouble(format!("incident {number}: {error}"));
            }
        }
    }

    fn take_up(&mut self, number: u64) -> Result<(), GuardError> {
        let mut incident = self.incident(number)?.clone();
        let Some(mut frozen) = incident.frozen.clone() else { return Ok(()) };
        match incident.state {
            State::Told => {}
            State::Thawed => {
                self.restore_network(&incident);
                if frozen.group.as_ref().is_some_and(|group| group.exists()) {
                    freeze::thaw(&frozen).map_err(at(&self.config.vault))?;
                }
            }
            State::Ended => {
                freeze::kill(&frozen);
                self.restore_network(&incident);
            }
            State::Frozen => {
                if incident.evidence.is_none() {
                    let tree = self.origins.tree(incident.root);
                    freeze::freeze(&self.origins, incident.root, &mut frozen);
                    incident.frozen = Some(frozen.clone());
                    let words =
                        serde_json::json!({ "because": incident.because, "taken_up": true });
                    self.preserve(&mut incident, words, &tree)?;
                    *self.incident(number)? = incident.clone();
                }
                if freeze::is_there(&frozen) {
                    self.stopped.insert(incident.root);
                }
                if self.config.answer == Answer::Kill {
                    self.kill(number, "fileguard")?;
                }
            }
        }
        Ok(())
    }

    /// Takes all trees in, writes the list of names anew, and notes what is not where the old one has it.
    pub(super) fn take_in_all(&mut self, trees: &[PathBuf]) -> Result<(), GuardError> {
        let place = self.config.vault.join(NAMES);
        let mut walked = Walked::default();
        listing::read(&place, |file, path| {
            walked.old.insert(file, key(path));
        })
        .map_err(at(&place))?;
        let each = |walked: &mut Walked, path: &Path, file: listing::File| {
            if walked.old.remove(&file).is_some_and(|was| was != key(path)) {
                walked.moved.insert(file, path.to_owned());
            }
        };
        self.list(trees, &mut walked, each, |worker, walked| {
            let mut names: HashMap<listing::File, PathBuf> = HashMap::new();
            listing::read(&place, |file, path| {
                if walked.old.contains_key(&file) || walked.moved.contains_key(&file) {
                    names.insert(file, path.to_owned());
                }
            })
            .map_err(at(&place))?;
            worker.unseen(names, &walked.moved);
            Ok(())
        })
    }

    /// Writes the list of names anew.
    pub(super) fn list_anew(&mut self) -> Result<(), GuardError> {
        let trees: Vec<PathBuf> = self.config.trees.iter().map(|tree| tree.path.clone()).collect();
        self.list(&trees, &mut (), |(), _, _| {}, |_, ()| Ok(()))
    }

    /// Takes trees in and lists their files; `before` is done while the old list still stands.
    fn list<T>(
        &mut self,
        trees: &[PathBuf],
        state: &mut T,
        each: impl Fn(&mut T, &Path, listing::File),
        before: impl FnOnce(&mut Self, &mut T) -> Result<(), GuardError>,
    ) -> Result<(), GuardError> {
        let place = self.config.vault.join(NAMES);
        let mut draft = Draft::new(&place).map_err(at(&place))?;
        for tree in trees {
            let mut failed = None;
            let taken = self.take_in_each(tree, &mut |path, file| {
                each(state, path, file);
                failed = failed.take().or(draft.add(file, path).err());
            });
            taken.map_err(at(tree))?;
            if let Some(error) = failed {
                return Err(at(&place)(error));
            }
        }
        before(self, state)?;
        self.listing = Some(draft.finish().map_err(at(&place))?);
        Ok(())
    }

    /// Names that changed while nobody looked, or whose change a killed guard had not read. By whom is not
    /// known.
    fn unseen(
        &mut self,
        names: HashMap<listing::File, PathBuf>,
        moved: &HashMap<listing::File, PathBuf>,
    ) {
        // When a file went that is written down; one that was put back may have gone again.
        let mut gone: HashMap<u64, u64> = HashMap::new();
        for entry in self.vault.entries() {
            if let Record::Gone { attributes, .. } = &entry.record {
                gone.insert(attributes.ino, entry.at_ms);
            }
        }
        for (file, path) in names {
            let ino = file.ino;
            let still = fs::symlink_metadata(&path).is_ok_and(|found| found.ino() == ino);
            let pin = File::open(self.pins.path(ino))
                .and_then(|file| Ok((attributes(&file)?, file.metadata()?)));
            let Ok((attributes, found)) = pin else { continue };
            let at_ms = found.ctime() * 1000 + found.ctime_nsec() / 1_000_000;
            let at_ms = u64::try_from(at_ms).unwrap_or(0);
            let record = match moved.get(&file) {
                _ if still || attributes.born_ns != file.born_ns => continue,
                Some(to) => Record::Moved { ino, from: path, to: to.clone() },
                None if found.nlink() == 1 && gone.get(&ino).is_none_or(|told| *told < at_ms) => {
                    Record::Gone { path, attributes, digest: None }
                }
                None => continue,
            };
            if let Err(error) = self.vault.note(at_ms, &[], record) {
                self.trouble(error.to_string());
            }
        }
    }

    /// What living processes did lately counts on: to kill the guard buys nobody a fresh start.
    pub(super) fn remember(&mut self) {
        let since = self.now_ms().saturating_sub(self.config.limits.spoilt_seconds * 1000);
        let mut known: HashMap<Proc, bool> = HashMap::new();
        let mut lives = |proc: &Proc| {
            let now = || procs::stat(proc.pid).is_some_and(|found| found.proc == *proc);
            *known.entry(*proc).or_insert_with(now)
        };
        let entries = self
            .vault
            .entries()
            .rev()
            .take_while(|entry| entry.at_ms >= since || entry.by.is_empty());
        let entries = entries.filter(|entry| entry.by.iter().any(&mut lives));
        let mut entries: Vec<vault::Entry> = entries.take(MOST_REMEMBERED).cloned().collect();
        entries.reverse();
        let mut gone: HashMap<PathBuf, u64> = HashMap::new();
        for entry in entries {
            if !self.is_stopped(&entry.by) {
                self.see_again(entry, &mut gone);
            }
        }
    }

    fn see_again(&mut self, entry: vault::Entry, gone: &mut HashMap<PathBuf, u64>) {
        let vault::Entry { at_ms, by, record, .. } = entry;
        match record {
            Record::Content { path, attributes, digest } => {
                let ino = attributes.ino;
                // The first that was kept is what the file was.
                if let Entry::Vacant(place) = self.open.entry(ino) {
                    let (kept, seen) = ((0, 0), (0, 0));
                    let (unasked, spoilt) = (false, false);
                    let before = attributes;
                    let open =
                        Open { path, before, digest, by, kept, seen, at_ms, unasked, spoilt };
                    place.insert(open);
                    self.compare_at(ino, None, at_ms);
                }
            }
            Record::Gone { path, attributes, digest } => {
                gone.insert(path.clone(), attributes.ino);
                if digest.is_some() {
                    let look = look_at(&self.pins.path(attributes.ino)).ok();
                    self.see_at(at_ms, &by, What::Deleted { path, look, own: false });
                }
            }
            Record::Made { path, .. } => {
                if let Ok(look) = look_at(&path) {
                    self.makers.extend(&by);
                    self.see_at(at_ms, &by, What::Made { path, look });
                }
            }
            Record::Moved { to, .. } => {
                if let Some(old) = gone.get(&to)
                    && let Ok((before, after, diff)) = self.compare_replaced(*old, &to)
                {
                    self.see_at(at_ms, &by, What::Rewrote { path: to, before, after, diff });
                }
            }
            _ => {}
        }
    }
}
