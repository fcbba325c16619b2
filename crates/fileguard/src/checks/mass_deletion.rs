//! Check: many files of several types that were there before vanish from several folders within two
//! minutes. Cleaning up looks like this as well, and deleted files are kept: people are told, and nothing
//! is stopped by this alone.

use std::collections::BTreeSet;
use std::path::Path;

use guard::{Check, CheckId, Finding};

use super::finding;
use crate::deed::What;
use crate::detector::{Score, Tree};

/// The check.
pub(super) const CHECK: Check<Tree> = Check { id: CheckId("mass-deletion"), examine };

const WITHIN_MS: u64 = 120_000;
const LEAST_FILES: usize = 20;
const LEAST_FOLDERS: usize = 3;
const LEAST_TYPES: usize = 4;

fn examine(tree: &Tree) -> Vec<Finding<Score>> {
    let now = tree.deeds.back().map_or(0, |deed| deed.at_ms);
    let fresh = tree.deeds.iter().filter(|deed| now.saturating_sub(deed.at_ms) <= WITHIN_MS);
    let gone: Vec<&Path> = fresh
        .filter_map(|deed| match &deed.what {
            What::Deleted { path, own: false, .. } => Some(path.as_path()),
            _ => None,
        })
        .collect();
    let folders: BTreeSet<_> = gone.iter().map(|path| path.parent()).collect();
    let types: BTreeSet<_> = gone.iter().filter_map(|path| path.extension()).collect();
    if gone.len() < LEAST_FILES || folders.len() < LEAST_FOLDERS || types.len() < LEAST_TYPES {
        return Vec::new();
    }
    let (count, folders) = (gone.len(), folders.len());
    let ja =
        format!("以前からある{count}件のファイルが{folders}個のフォルダーから削除されました。");
    let en = format!("{count} files that were there before were deleted from {folders} folders.");
    let found = finding(CHECK.id, 60, ja, en);
    vec![
        gone.iter().take(3).fold(found, |found, path| found.citing(path.display().to_string(), "")),
    ]
}
