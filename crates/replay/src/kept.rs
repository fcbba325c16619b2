//! The last replay of each case and all of its drills, as files beside a book: whoever looks at the case sees
//! whether it would happen again. Replays can be made anew at any time, so the book's ledger does not know them;
//! of a drill it has what the file is called and its hash, which whoever keeps it notes there.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use case::CaseNumber;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Replayed;
use crate::fixtures::digest;

/// The folder beside the book.
const FOLDER: &str = "replays";
/// The folder in it with the drills.
const DRILLS: &str = "drills";

/// A replay of a case of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptReplay {
    /// The case.
    pub number: CaseNumber,
    /// When it was run.
    pub at: Timestamp,
    /// The name of the policy that it was run under; none for the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What came of it.
    pub replayed: Replayed,
}

/// The replays beside a book.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// That of the book in a data folder.
    pub fn beside(data: &Path) -> Self {
        Self { folder: data.join(FOLDER) }
    }

    /// Keeps a replay in place of the one before: whole, or not at all.
    pub fn keep(&self, kept: &KeptReplay) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        serde_json::to_writer(&mut file, kept)?;
        file.persist(self.path(kept.number))?;
        Ok(())
    }

    /// The last replay of a case; none where there is none, or where it cannot be read any more.
    pub fn of(&self, number: CaseNumber) -> Option<KeptReplay> {
        let bytes = fs::read(self.path(number)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps a drill beside those before: whole, or not at all. Says what its file is called, and its SHA-256.
    pub fn keep_drill(&self, kept: &KeptReplay) -> io::Result<(String, String)> {
        let folder = self.drills(kept.number);
        fs::create_dir_all(&folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        let bytes = serde_json::to_vec(kept)?;
        file.write_all(&bytes)?;
        let name = format!("{}.json", kept.at.strftime("%Y%m%dT%H%M%S.%3fZ"));
        file.persist(folder.join(&name))?;
        let name = format!("{FOLDER}/{DRILLS}/{}/{name}", kept.number);
        Ok((name, digest(&bytes)))
    }

    /// The drills of a case, the last first; what cannot be read any more is left out.
    pub fn drills_of(&self, number: CaseNumber) -> Vec<KeptReplay> {
        let Ok(files) = fs::read_dir(self.drills(number)) else { return Vec::new() };
        let read = files.flatten().filter_map(|file| fs::read(file.path()).ok());
        let mut all: Vec<KeptReplay> =
            read.filter_map(|bytes| serde_json::from_slice(&bytes).ok()).collect();
        all.sort_by_key(|kept| std::cmp::Reverse(kept.at));
        all
    }

    fn drills(&self, number: CaseNumber) -> PathBuf {
        self.folder.join(DRILLS).join(number.to_string())
    }

    /// The last replay of each case that has one, in the order of their numbers.
    pub fn all(&self) -> io::Result<Vec<KeptReplay>> {
        let files = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            files => files?,
        };
        let mut all = Vec::new();
        for file in files {
            let path = file?.path();
            let number = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
            all.extend(number.and_then(|number| self.of(number)));
        }
        all.sort_by_key(|kept| kept.number);
        Ok(all)
    }

    fn path(&self, number: CaseNumber) -> PathBuf {
        self.folder.join(format!("{number}.json"))
    }
}

#[cfg(test)]
mod tests {
    use guard::Sentence;

    use super::*;
    use crate::scenario::About;

    #[test]
    fn the_last_replay_of_a_case_is_kept() {
        let data = tempfile::tempdir().unwrap();
        let shelf = Shelf::beside(data.path());
        let number: CaseNumber = "2026-001".parse().unwrap();
        assert_eq!(shelf.of(number), None);
        assert_eq!(shelf.all().unwrap(), []);
        let mut kept = KeptReplay {
            number,
            at: "2026-11-23T21:00:00Z".parse().unwrap(),
            policy: None,
            replayed: Replayed::inconclusive(About::default(), Sentence::new("無", "none")),
        };
        shelf.keep(&kept).unwrap();
        kept.policy = Some("relay.toml".to_owned());
        shelf.keep(&kept).unwrap();
        assert_eq!(shelf.all().unwrap(), [kept]);
        let all = shelf.all().unwrap();
        let later = KeptReplay { at: "2026-11-23T22:00:00Z".parse().unwrap(), ..all[0].clone() };
        for drill in [&all[0], &later] {
            shelf.keep_drill(drill).unwrap();
        }
        assert_eq!(shelf.drills_of(number), [later, all[0].clone()]);
        assert_eq!(shelf.all().unwrap(), all, "a drill is no replay");
        fs::write(data.path().join("replays/2026-001.json"), "{").unwrap();
        assert_eq!(shelf.of(number), None, "what is half is run again");
    }
}
