//! Check: files lose their type, or keep its first bytes and break its rules. Programs that save a file
//! write one of the same type, or of another known one.

use guard::{Check, CheckId, Finding};

use super::of_files;
use crate::deed::{What, lost_type};
use crate::detector::{Score, Tree};

/// The check.
pub(super) const CHECK: Check<Tree> = Check { id: CheckId("lost-type"), examine };

fn examine(tree: &Tree) -> Vec<Finding<Score>> {
    let files = tree.whats().filter_map(|what| match what {
        What::Rewrote { path, before, after, .. } if what.spoilt() && lost_type(before, after) => {
            Some((path.as_path(), format!("{:?} → {:?}", before.kind, after.kind)))
        }
        _ => None,
    });
    of_files(CHECK.id, 20, files, |count| {
        (
            format!("{count}件のファイルが元の形式でなくなりました。"),
            format!("{count} files are no longer of the type that they were."),
        )
    })
}
