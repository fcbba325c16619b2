//! Check: the same short text is put into many folders, as notes that ask for money are. Licences and
//! build files repeat too: alone this weighs little.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use guard::{Check, CheckId, Finding};

use super::finding;
use crate::deed::What;
use crate::detector::{Score, Tree};

/// The check.
pub(super) const CHECK: Check<Tree> = Check { id: CheckId("same-note"), examine };

const LEAST_FOLDERS: usize = 3;

fn examine(tree: &Tree) -> Vec<Finding<Score>> {
    let mut notes: BTreeMap<u64, BTreeSet<&Path>> = BTreeMap::new();
    for what in tree.whats() {
        if let What::Made { path, look } = what
            && let Some(note) = look.note
        {
            notes.entry(note).or_default().insert(path);
        }
    }
    let folders = |files: &BTreeSet<&Path>| {
        files.iter().map(|file| file.parent()).collect::<BTreeSet<_>>().len()
    };
    let most = notes.into_values().max_by_key(folders);
    let Some(files) = most.filter(|files| folders(files) >= LEAST_FOLDERS) else {
        return Vec::new();
    };
    let count = folders(&files);
    let ja = format!("同じ短い文書が{count}個のフォルダーに置かれました。");
    let en = format!("The same short text was put into {count} folders.");
    let found = finding(CHECK.id, 30, ja, en);
    vec![
        files
            .iter()
            .take(3)
            .fold(found, |found, path| found.citing(path.display().to_string(), "")),
    ]
}
