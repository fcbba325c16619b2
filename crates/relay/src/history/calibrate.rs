//! From which score on an alarm is raised: so that the share of alarms stays within a budget on the
//! organisation's own latest mails. It does not know what a score means.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Mails that the thresholds are taken from.
const LATEST: usize = 4_000;
/// Mails that come first: until then nothing is familiar, and everything would be an alarm.
const LEARNING: u64 = 500;
/// Mails that must have been judged after these before a threshold says anything.
const JUDGED: usize = 500;

/// The share of mails that may be flagged though nothing is wrong with them, in parts per thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Budget {
    /// 10 is one mail of a hundred.
    pub per_mille: u16,
}

/// The highest scores of the latest mails.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Calibration {
    seen: u64,
    tops: VecDeque<[f32; 2]>,
}

impl Calibration {
    pub(super) fn follow(&mut self, top: f32, namesake_top: f32) {
        self.seen += 1;
        if self.seen <= LEARNING {
            return;
        }
        if self.tops.len() == LATEST {
            self.tops.pop_front();
        }
        self.tops.push_back([top, namesake_top]);
    }

    pub(super) fn threshold(&self, budget: Budget) -> Option<f32> {
        self.quantile(0, budget)
    }

    pub(super) fn namesake_threshold(&self, budget: Budget) -> Option<f32> {
        self.quantile(1, budget)
    }

    fn quantile(&self, which: usize, budget: Budget) -> Option<f32> {
        if self.tops.len() < JUDGED {
            return None;
        }
        let mut scores: Vec<f32> = self.tops.iter().map(|tops| tops[which]).collect();
        let flagged = scores.len() * usize::from(budget.per_mille.min(1000)) / 1000;
        let (_, threshold, _) =
            scores.select_nth_unstable_by(flagged.min(self.tops.len() - 1), |a, b| b.total_cmp(a));
        Some(*threshold)
    }
}
