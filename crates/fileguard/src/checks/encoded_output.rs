//! Check: files become base64 of something random. It passes every look at how even bytes are, so it is
//! undone before looking.

use guard::{Check, CheckId, Finding};

use super::of_files;
use crate::deed::What;
use crate::detector::{Score, Tree};

/// The check.
pub(super) const CHECK: Check<Tree> = Check { id: CheckId("encoded-output"), examine };

fn examine(tree: &Tree) -> Vec<Finding<Score>> {
    let files = tree.whats().filter_map(|what| match what {
        What::Rewrote { path, before, after, .. } if after.encoded && before.is_meaningful() => {
            Some((path.as_path(), format!("{:?}", before.kind)))
        }
        _ => None,
    });
    of_files(CHECK.id, 20, files, |count| {
        (
            format!("{count}件のファイルが、乱数を文字にした内容に置き換わりました。"),
            format!("{count} files now hold random bytes written as letters."),
        )
    })
}
