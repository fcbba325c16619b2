//! [`Detector`]: remembers what each tree of processes did and asks the checks. Forks count together,
//! because a deed counts for the process and for all it came from. It does not know how deeds are seen
//! nor what is done about an alarm; it has no clock, files or processes.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use guard::{Action, CheckId, Finding, Mode, Seen};
use serde::{Deserialize, Serialize};

use crate::checks::CHECKS;
use crate::deed::{Deed, Proc, What};

/// What a finding weighs. Those of all checks add up: no check alone reaches what stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(pub u32);

impl Action for Score {
    fn and(&self, other: &Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// What a check can add at most. Below what stops, whoever sets it.
pub const MOST_OF_A_CHECK: u32 = 60;

/// What is enough for what, and how long it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// A score that people are told of.
    pub alarm: u32,
    /// A score that stops; never below what two checks need.
    pub stop: u32,
    /// How long a spoilt file counts. Long, for one file a minute is fast enough for an attacker.
    pub spoilt_seconds: u64,
    /// How long everything else counts.
    pub other_seconds: u64,
    /// How many deeds of one tree are remembered; the oldest go first.
    pub deeds: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { alarm: 60, stop: 100, spoilt_seconds: 7_200, other_seconds: 120, deeds: 600 }
    }
}

/// What one process and all that came from it did lately: what checks see.
#[derive(Debug)]
pub struct Tree {
    /// In the order in which it was done.
    pub deeds: VecDeque<Arc<Deed>>,
    modes: Arc<HashMap<String, Mode>>,
}

impl Tree {
    /// What was done, in order.
    pub fn whats(&self) -> impl DoubleEndedIterator<Item = &What> {
        self.deeds.iter().map(|deed| &deed.what)
    }
}

impl Seen for Tree {
    type Action = Score;

    fn mode(&self, check: CheckId) -> Mode {
        self.modes.get(check.0).copied().unwrap_or_default()
    }
}

/// A tree that did what calls for an answer.
#[derive(Clone, Debug, Serialize)]
pub struct Alarm {
    /// The process from which all of it comes: the nearest that answers for enough.
    pub root: Proc,
    /// When the first thing was done that counts, by the clock of the deeds.
    pub since_ms: u64,
    /// What it adds up to.
    pub score: Score,
    /// Whether that is enough to stop it; else people are told.
    pub stops: bool,
    /// Why.
    pub because: Vec<Finding<Score>>,
}

/// What all trees did.
#[derive(Debug)]
pub struct Detector {
    limits: Limits,
    modes: Arc<HashMap<String, Mode>>,
    trees: HashMap<Proc, Tree>,
}

impl Detector {
    /// A detector that has seen nothing. `modes` are those of checks that do not simply bind.
    pub fn new(limits: Limits, modes: HashMap<String, Mode>) -> Self {
        let limits = Limits { stop: limits.stop.max(MOST_OF_A_CHECK + 1), ..limits };
        Self { limits, modes: Arc::new(modes), trees: HashMap::new() }
    }

    /// Takes a deed in, and says whether the processes behind it are to be stopped or told of.
    pub fn see(&mut self, deed: Deed) -> Option<Alarm> {
        if !counts(&deed.what) {
            return None;
        }
        let deed = Arc::new(deed);
        let mut alarm: Option<Alarm> = None;
        for &by in &deed.by {
            let tree = self
                .trees
                .entry(by)
                .or_insert_with(|| Tree { deeds: VecDeque::new(), modes: Arc::clone(&self.modes) });
            tree.deeds.push_back(Arc::clone(&deed));
            forget(&self.limits, tree, deed.at_ms);
            let verdict = guard::judge(tree, CHECKS);
            let score = verdict.action();
            let stops = score.0 >= self.limits.stop;
            let graver = alarm.as_ref().is_none_or(|alarm| stops && !alarm.stops);
            if score.0 >= self.limits.alarm && graver {
                let because = verdict.findings().cloned().collect();
                let since_ms = tree.deeds.front().map_or(deed.at_ms, |first| first.at_ms);
                alarm = Some(Alarm { root: by, since_ms, score, stops, because });
                if stops {
                    break;
                }
            }
        }
        alarm
    }

    /// Whether these processes have done anything that weighs: then it is worth the time to look at all
    /// they did before they go on.
    pub fn suspects(&self, by: &[Proc]) -> bool {
        by.iter().filter_map(|by| self.trees.get(by)).any(|tree| tree.whats().any(What::spoilt))
    }

    /// Forgets trees of which nothing counts any more, and what a person has pardoned.
    pub fn forget_all(&mut self, now_ms: u64) {
        let limits = self.limits;
        self.trees.retain(|_, tree| {
            forget(&limits, tree, now_ms);
            !tree.deeds.is_empty()
        });
    }

    /// What was seen of these processes rewriting a file is to be seen again, better.
    pub fn forget_path(&mut self, by: &[Proc], path: &Path) {
        let is_it =
            |deed: &Deed| matches!(&deed.what, What::Rewrote { path: other, .. } if other == path);
        for by in by {
            if let Some(tree) = self.trees.get_mut(by) {
                tree.deeds.retain(|deed| !is_it(deed));
            }
        }
    }

    /// What these processes did up to now counts no more: a person has said that it is right.
    pub fn pardon(&mut self, root: Proc) {
        if let Some(tree) = self.trees.remove(&root) {
            for other in self.trees.values_mut() {
                other.deeds.retain(|deed| !tree.deeds.iter().any(|known| Arc::ptr_eq(known, deed)));
            }
        }
    }
}

fn forget(limits: &Limits, tree: &mut Tree, now_ms: u64) {
    let fresh = |deed: &Deed| {
        let seconds =
            if weighs_long(&deed.what) { limits.spoilt_seconds } else { limits.other_seconds };
        now_ms.saturating_sub(deed.at_ms) <= seconds * 1000
    };
    tree.deeds.retain(|deed| fresh(deed));
    while tree.deeds.len() > limits.deeds {
        // What weighs stays longest.
        let light = tree.deeds.iter().position(|deed| !weighs_long(&deed.what)).unwrap_or(0);
        tree.deeds.remove(light);
    }
}

/// Whether any check could make something of it: most that programs do is not even remembered.
fn counts(what: &What) -> bool {
    match what {
        What::Made { look, .. } => look.is_opaque() || look.note.is_some(),
        What::Deleted { own, look, .. } => {
            !own && look.as_ref().is_none_or(crate::look::Look::is_meaningful)
        }
        What::Canary { .. } | What::Renamed { .. } => true,
        What::Rewrote { after, diff, .. } => what.spoilt() || after.encoded || diff.stirred > 0,
    }
}

fn weighs_long(what: &What) -> bool {
    match what {
        What::Made { look, .. } => look.is_opaque(),
        What::Deleted { .. } | What::Canary { .. } | What::Rewrote { .. } => true,
        What::Renamed { .. } => false,
    }
}
