//! Check: files of several types get one and the same further ending. People rename files one type at a
//! time, and packers leave what can be unpacked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use guard::{Check, CheckId, Finding};

use super::{MOST_CITED, deletion_after_copy, finding};
use crate::deed::What;
use crate::detector::{Score, Tree};

/// The check.
pub(super) const CHECK: Check<Tree> = Check { id: CheckId("name-burst"), examine };

fn examine(tree: &Tree) -> Vec<Finding<Score>> {
    let renamed = tree.whats().filter_map(|what| match what {
        What::Renamed { from, to } => Some((from.as_path(), to.as_path())),
        _ => None,
    });
    let mut endings: BTreeMap<String, Vec<&Path>> = BTreeMap::new();
    for (from, to) in renamed.chain(deletion_after_copy::pairs(tree)) {
        if let Some(ending) = added(from, to) {
            endings.entry(ending).or_default().push(from);
        }
    }
    let mut found = Vec::new();
    for (ending, files) in endings {
        let types: BTreeSet<_> = files.iter().map(|file| file.extension()).collect();
        if types.len() < 2 {
            continue;
        }
        let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let ja = format!("種類の違う{count}件のファイルの名前の末尾に「{ending}」が付きました。");
        let en = format!("{count} files of several types got the ending {ending:?}.");
        let burst = finding(CHECK.id, count.saturating_mul(10).min(40), ja, en);
        let cite = |burst: Finding<Score>, file: &&Path| {
            burst.citing(file.display().to_string(), &*ending)
        };
        found.push(files.iter().take(MOST_CITED).fold(burst, cite));
    }
    found.truncate(1);
    found
}

/// What was put behind a whole name.
fn added(from: &Path, to: &Path) -> Option<String> {
    let (from, to) = (from.file_name()?.to_str()?, to.file_name()?.to_str()?);
    let ending = to.strip_prefix(from)?;
    // A numbered or dated backup is not an ending that they share.
    (ending.len() >= 2 && ending != "~" && ending != ".bak").then(|| ending.to_owned())
}
