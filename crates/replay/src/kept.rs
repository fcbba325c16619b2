//! The last replay of each case, as files beside a book: whoever looks at the case sees whether it would
//! happen again. They can be made anew at any time, so the book's ledger does not know them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use case::CaseNumber;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Replayed;

/// The folder beside the book.
const FOLDER: &str = "replays";

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
        fs::write(data.path().join("replays/2026-001.json"), "{").unwrap();
        assert_eq!(shelf.of(number), None, "what is half is run again");
    }
}
