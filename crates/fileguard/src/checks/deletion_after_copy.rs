//! Check: a file is deleted after something that only a key opens was made of it. `gzip` and the like do
//! the same with what everybody can unpack: that does not count.

use std::path::Path;

use guard::{Check, CheckId, Finding};

use super::of_files;
use crate::deed::What;
use crate::detector::{Score, Tree};
use crate::look::Look;

/// The check.
pub(super) const CHECK: Check<Tree> = Check { id: CheckId("deletion-after-copy"), examine };

fn examine(tree: &Tree) -> Vec<Finding<Score>> {
    let files = pairs(tree).map(|(gone, copy)| (gone, copy.display().to_string()));
    of_files(CHECK.id, 30, files, |count| {
        (
            format!("{count}件のファイルが、鍵がなければ開けない写しを作ったあと削除されました。"),
            format!("{count} files were deleted after copies that only a key opens were made."),
        )
    })
}

/// Files that are gone, each with the copy that was made of it.
pub(super) fn pairs(tree: &Tree) -> impl Iterator<Item = (&Path, &Path)> {
    let made = || {
        tree.whats().filter_map(|what| match what {
            What::Made { path, look } if look.is_opaque() => Some((path.as_path(), look)),
            _ => None,
        })
    };
    let any = made().next().is_some();
    tree.whats().filter(move |_| any).filter_map(move |what| match what {
        What::Deleted { path, look, own: false } => {
            if look.as_ref().is_some_and(|was| !was.is_meaningful()) {
                return None;
            }
            made()
                .find(|(copy, _)| is_named_after(path, copy))
                .or_else(|| made().find(|(copy, is)| lies_beside(path, look.as_ref(), copy, is)))
                .map(|(copy, _)| (path.as_path(), copy))
        }
        _ => None,
    })
}

/// Whether a file has the name of the other with more behind it.
fn is_named_after(path: &Path, copy: &Path) -> bool {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let (Some(original), Some(made)) = (name(path), name(copy)) else { return false };
    let stem = original.rsplit_once('.').map_or(original.as_str(), |(stem, _)| stem);
    made.starts_with(&original) || stem.len() >= 4 && made.starts_with(stem)
}

/// Whether a file is in the same folder as the other was and about as long.
fn lies_beside(path: &Path, was: Option<&Look>, copy: &Path, is: &Look) -> bool {
    let near = |was: &Look| {
        let most = was.bytes + was.bytes / 2 + 8192;
        is.bytes <= most && is.bytes * 2 + 8192 >= was.bytes
    };
    path.parent() == copy.parent() && was.is_some_and(near)
}
