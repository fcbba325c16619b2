//! Tables of alarms beside catches. It does not know where scores come from.

use std::collections::BTreeMap;
use std::ops::Range;

use super::sample::{Kind, Sample, Samples};
use crate::table::Table;

/// The shares of alarms at which catches are told.
const SHARES: [f64; 6] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05];

/// Scores by which a mail is flagged.
type Score = fn(&Sample) -> f32;

/// Whether a recipient is flagged.
type Flags<'a> = &'a dyn Fn(&Sample) -> bool;

fn unusual(sample: &Sample) -> f32 {
    sample.score
}

fn namesake(sample: &Sample) -> f32 {
    sample.namesake_score.unwrap_or(f32::MIN)
}

/// Catches at each share of alarms: the swapped recipient itself has to be flagged, by a threshold
/// that flags that share of the unchanged mails.
pub(crate) fn table(samples: &Samples, mails: Range<usize>) -> Table {
    let mut table = Table::new(&[
        "alarms on unchanged mails", "anybody caught, check \"unusual\"",
        "namesakes caught, check \"unusual\"", "namesakes caught, check \"namesake\"",
    ]);
    for share in SHARES {
        let [all, some] = [unusual as Score, namesake as Score]
            .map(|score| threshold(samples, mails.clone(), score, share));
        let caught = |kind, score: Score, threshold| {
            percent(share_of(samples, mails.clone(), kind, |s| score(s) > threshold))
        };
        table.row(&[
            &percent(share),
            &caught(Kind::Anybody, unusual, all),
            &caught(Kind::Namesake, unusual, all),
            &caught(Kind::Namesake, namesake, some),
        ]);
    }
    table
}

/// What comes out with the history's own thresholds, set before each mail by those before it.
pub(crate) fn calibrated(samples: &Samples, mails: Range<usize>) -> Table {
    let mut table = Table::new(&[
        "thresholds of its own", "alarms on unchanged mails", "anybody caught", "namesakes caught",
    ]);
    let by_unusual = |s: &Sample| s.thresholds[0].is_some_and(|threshold| unusual(s) > threshold);
    let by_namesake = |s: &Sample| s.thresholds[1].is_some_and(|threshold| namesake(s) > threshold);
    let rows: [(&str, Flags); 3] = [
        ("\"unusual\", budget 1 %", &by_unusual),
        ("\"namesake\", budget 0.5 %", &by_namesake),
        ("both", &|s| by_unusual(s) || by_namesake(s)),
    ];
    for (name, flags) in rows {
        row(&mut table, name, samples, mails.clone(), flags);
    }
    table
}

/// The baseline in the same run.
pub(crate) fn simple(samples: &Samples, mails: Range<usize>) -> Table {
    let mut table = Table::new(&[
        "baseline", "alarms on unchanged mails", "anybody caught", "namesakes caught",
    ]);
    row(&mut table, "never in one mail with the sender", samples, mails, &|s| s.baseline);
    table
}

fn row(table: &mut Table, name: &str, samples: &Samples, mails: Range<usize>, flags: Flags) {
    let mut flagged: BTreeMap<usize, bool> = BTreeMap::new();
    for sample in of(samples, mails.clone(), Kind::Meant) {
        *flagged.entry(sample.mail).or_default() |= flags(sample);
    }
    let alarms = flagged.values().filter(|flagged| **flagged).count();
    table.row(&[
        name,
        &percent(ratio(alarms, flagged.len())),
        &percent(share_of(samples, mails.clone(), Kind::Anybody, flags)),
        &percent(share_of(samples, mails, Kind::Namesake, flags)),
    ]);
}

fn of(samples: &Samples, mails: Range<usize>, kind: Kind) -> impl Iterator<Item = &Sample> {
    samples.all.iter().filter(move |s| s.kind == kind && mails.contains(&s.mail))
}

/// The score that so many of the unchanged mails exceed with a recipient.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a share of some thousand mails"
)]
fn threshold(samples: &Samples, mails: Range<usize>, score: Score, share: f64) -> f32 {
    let mut tops: BTreeMap<usize, f32> = BTreeMap::new();
    for sample in of(samples, mails, Kind::Meant) {
        let top = tops.entry(sample.mail).or_insert(f32::MIN);
        *top = top.max(score(sample));
    }
    let mut tops: Vec<f32> = tops.into_values().collect();
    tops.sort_by(|a, b| b.total_cmp(a));
    tops.get((tops.len() as f64 * share) as usize).copied().unwrap_or(f32::MAX)
}

fn share_of(
    samples: &Samples,
    mails: Range<usize>,
    kind: Kind,
    is: impl Fn(&Sample) -> bool,
) -> f64 {
    let (mut hits, mut all) = (0, 0);
    for sample in of(samples, mails, kind) {
        all += 1;
        hits += usize::from(is(sample));
    }
    ratio(hits, all)
}

#[expect(clippy::cast_precision_loss, reason = "counts of some thousand")]
fn ratio(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

/// A share for people to read.
pub(crate) fn percent_of(part: usize, of: usize) -> String {
    percent(ratio(part, of))
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 10.0 { format!("{percent:.2} %") } else { format!("{percent:.1} %") }
}
