//! The checks: one file each, functions of what one [`Tree`] of processes did and of nothing else. Each
//! weighs at most [`MOST_OF_A_CHECK`], which never stops anything by itself.

mod canary;
mod deletion_after_copy;
mod encoded_output;
mod lost_type;
mod mass_deletion;
mod name_burst;
mod noise_written;
mod rate;
mod same_note;

use std::path::Path;

use guard::{Check, CheckId, Finding, Sentence};

use crate::detector::{MOST_OF_A_CHECK, Score, Tree};

/// Every check.
pub const CHECKS: &[Check<Tree>] = &[
    canary::CHECK,
    deletion_after_copy::CHECK,
    encoded_output::CHECK,
    lost_type::CHECK,
    mass_deletion::CHECK,
    name_burst::CHECK,
    noise_written::CHECK,
    rate::CHECK,
    same_note::CHECK,
];

/// How many places a finding cites; more say nothing new.
const MOST_CITED: usize = 8;

/// One finding with its score, which stays below what stops.
fn finding(
    check: CheckId,
    score: u32,
    ja: impl Into<String>,
    en: impl Into<String>,
) -> Finding<Score> {
    Finding::new(check, Sentence::new(ja, en), Score(score.min(MOST_OF_A_CHECK)))
}

/// A finding about files: nothing where there are none, else a weight for each.
fn of_files<'a>(
    check: CheckId,
    weight: u32,
    files: impl Iterator<Item = (&'a Path, String)>,
    says: impl FnOnce(u32) -> (String, String),
) -> Vec<Finding<Score>> {
    let mut cited: Vec<(&Path, String)> = Vec::new();
    let mut count = 0_u32;
    for (path, words) in files {
        count += 1;
        if cited.len() < MOST_CITED {
            cited.push((path, words));
        }
    }
    if count == 0 {
        return Vec::new();
    }
    let (ja, en) = says(count);
    let found = finding(check, weight.saturating_mul(count), ja, en);
    let cite = |found: Finding<Score>, (path, words): (&Path, String)| {
        found.citing(path.display().to_string(), words)
    };
    vec![cited.into_iter().fold(found, cite)]
}

#[cfg(test)]
mod tests;
