//! Check: somebody changes files that nobody has business with.

use guard::{Check, CheckId, Finding};

use super::of_files;
use crate::deed::What;
use crate::detector::{Score, Tree};

/// The check.
pub(super) const CHECK: Check<Tree> = Check { id: CheckId("canary"), examine };

fn examine(tree: &Tree) -> Vec<Finding<Score>> {
    let files = tree.whats().filter_map(|what| match what {
        What::Canary { path } => Some((path.as_path(), "canary".to_owned())),
        _ => None,
    });
    of_files(CHECK.id, 45, files, |count| {
        (
            format!("おとりのファイルが{count}回変更されました。"),
            format!("Decoy files were changed {count} times."),
        )
    })
}
