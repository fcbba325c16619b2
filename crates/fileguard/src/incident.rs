//! An incident: who was stopped, when and why, as a file beside the vault that outlives the guard. It does
//! not know how it is undone.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::deed::Proc;
use crate::vault::Digest;
use crate::watch::freeze::Frozen;
use crate::watch::network::Cut;

/// What was done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// People were told; it went on.
    Told,
    /// It stands still.
    Frozen,
    /// It was ended.
    Ended,
    /// A person let it go on.
    Thawed,
}

/// One incident.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// Its number; the first is 1.
    pub number: u64,
    /// When it was noticed, in milliseconds since 1970.
    pub at_ms: u64,
    /// When the first thing was done that counts.
    pub since_ms: u64,
    /// The process from which all of it came.
    pub root: Proc,
    /// What it weighs.
    pub score: u32,
    /// Why, a sentence a check.
    pub because: Vec<guard::Sentence>,
    /// How long from the deed that was enough until all stood still, in microseconds.
    pub stop_us: u64,
    /// What was done.
    pub state: State,
    /// How it was stopped.
    pub frozen: Option<Frozen>,
    /// How it was cut off the network; nothing where it was not tried.
    #[serde(default)]
    pub network: Option<Cut>,
    /// The hash of the list of the evidence.
    pub evidence: Option<Digest>,
    /// Whether all was put back.
    pub undone: bool,
}

impl Incident {
    /// Where the incidents of a vault lie.
    pub fn folder(vault: &Path, number: u64) -> PathBuf {
        vault.join("incidents").join(number.to_string())
    }

    /// Every incident of a vault, in order.
    pub fn all(vault: &Path) -> Vec<Self> {
        let entries = fs::read_dir(vault.join("incidents")).into_iter().flatten().flatten();
        let mut all: Vec<Self> = entries
            .filter_map(|entry| {
                serde_json::from_slice(&fs::read(entry.path().join("incident.json")).ok()?).ok()
            })
            .collect();
        all.sort_unstable_by_key(|incident| incident.number);
        all
    }

    /// Writes it down; the old version stands until the new one is whole.
    pub fn save(&self, vault: &Path) -> std::io::Result<()> {
        let folder = Self::folder(vault, self.number);
        fs::create_dir_all(&folder)?;
        let new = folder.join("incident.new");
        fs::write(&new, serde_json::to_vec_pretty(self)?)?;
        fs::rename(new, folder.join("incident.json"))
    }
}
