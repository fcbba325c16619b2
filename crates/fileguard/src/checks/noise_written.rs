//! Check: bytes with structure are overwritten by bytes as even as a cipher's. It looks at every chunk, so
//! that encryption of every n-th block, or behind a header left as it was, shows as well. Packed formats
//! are even before and after; of these only what breaks its format counts.

use guard::{Check, CheckId, Finding};

use super::of_files;
use crate::deed::{What, lost_type};
use crate::detector::{Score, Tree};

/// The check.
pub(super) const CHECK: Check<Tree> = Check { id: CheckId("noise-written"), examine };

/// In one file, so many chunks turned to noise weigh as much as a second file: a database is one file.
const CHUNKS_OF_A_FILE: u64 = 512;

fn examine(tree: &Tree) -> Vec<Finding<Score>> {
    let noisy = tree.whats().filter_map(|what| match what {
        What::Rewrote { path, before, after, diff } if what.spoilt() => {
            let stirred = lost_type(before, after) && diff.stirred > 0;
            (diff.risen > 0 || stirred || after.random).then_some((path.as_path(), diff))
        }
        // Packed data written over by noise of the same length, in a format whose rules are not known.
        What::Rewrote { path, diff, .. } if diff.grown == 0 && diff.stirred >= 16 => {
            Some((path.as_path(), diff))
        }
        _ => None,
    });
    let files = noisy.flat_map(|(path, diff)| {
        let times = 1 + usize::try_from(diff.risen / CHUNKS_OF_A_FILE).unwrap_or(0).min(8);
        let words = format!("{} of {} chunks", diff.risen.max(diff.stirred), diff.chunks);
        std::iter::repeat_n((path, words), times)
    });
    of_files(CHECK.id, 20, files, |count| {
        (
            format!("意味のある内容が乱数のようなバイト列で上書きされました（{count}件分）。"),
            format!(
                "Content was overwritten by bytes as even as a cipher's ({count} files' worth)."
            ),
        )
    })
}
