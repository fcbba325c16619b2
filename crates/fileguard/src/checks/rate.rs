//! Check: how fast files are spoilt, by all processes of a tree together.

use guard::{Check, CheckId, Finding};

use super::{deletion_after_copy, finding};
use crate::deed::What;
use crate::detector::{Score, Tree};

/// The check.
pub(super) const CHECK: Check<Tree> = Check { id: CheckId("rate"), examine };

const WITHIN_MS: u64 = 10_000;

fn examine(tree: &Tree) -> Vec<Finding<Score>> {
    let now = tree.deeds.back().map_or(0, |deed| deed.at_ms);
    let fresh = tree.deeds.iter().filter(|deed| now.saturating_sub(deed.at_ms) <= WITHIN_MS);
    let spoilt = fresh.filter(|deed| deed.what.spoilt()).count();
    let replaced = deletion_after_copy::pairs(tree).count();
    let canaries = tree.whats().filter(|what| matches!(what, What::Canary { .. })).count();
    let count = spoilt + replaced + canaries;
    let score = match count {
        0 | 1 => return Vec::new(),
        2 => 10,
        3..=9 => 20,
        _ => 40,
    };
    let ja = format!("短い間に{count}件のファイルが損なわれました。");
    let en = format!("{count} files were spoilt in a short time.");
    vec![finding(CHECK.id, score, ja, en)]
}
