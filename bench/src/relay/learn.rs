//! Learns the weights of both models: logistic regression with a quadratic penalty, by Newton's
//! method, on mails before a given one. Weights that all regimes share and weights of one regime are
//! learnt together and written as their sum. It does not know what the features mean.

use std::fmt::Write as _;

use ::relay::history::{FEATURES, regime_of};

use super::sample::{Kind, Sample, Samples};

const COUNT: usize = FEATURES.len();
/// The features that compare with a namesake; they are not for the model that asks about anybody.
const OF_NAMESAKES: [&str; 2] = ["namesake-near", "namesake-together"];
const REGIMES: usize = 4;
/// One block that is shared and one for each regime, each with its bias last.
const BLOCK: usize = COUNT + 1;
const SIZE: usize = BLOCK * (REGIMES + 1);
/// As if each weight, of features that vary by one, had been seen to be zero so often.
const PENALTY: f64 = 30.0;
const ROUNDS: usize = 12;

/// The weights as the history reads them, learnt from mails before `until`.
pub(crate) fn weights(samples: &Samples, until: usize) -> String {
    let taken = |wrong: Kind, with_namesake: bool| -> Vec<&Sample> {
        let is = |s: &&Sample| {
            s.mail < until
                && (s.kind == Kind::Meant || s.kind == wrong)
                // The sender is among the recipients: nothing was asked.
                && s.features.iter().any(|value| *value != 0.0)
                && (!with_namesake || s.namesake_score.is_some())
        };
        samples.all.iter().filter(is).collect()
    };
    let unusual = fit(&taken(Kind::Anybody, false), |name| !OF_NAMESAKES.contains(&name));
    let namesake = fit(&taken(Kind::Namesake, true), |_| true);
    let mut written = String::from(
        "# Learnt by `bench mistakes --learn`; see bench/README.md for the data and the measure.\n\
         # feature, then never met alone, never met with others, met alone, met with others: for the\n\
         # check of anybody, and again for the check of namesakes.\n",
    );
    for at in 0..BLOCK {
        written.push_str(FEATURES.get(at).unwrap_or(&"bias"));
        for column in unusual.iter().chain(&namesake) {
            let _ = write!(written, "\t{:.5}", column[at]);
        }
        written.push('\n');
    }
    written
}

/// The weights of each regime.
fn fit(samples: &[&Sample], uses: impl Fn(&str) -> bool) -> [[f64; BLOCK]; REGIMES] {
    let scale = Scale::of(samples, uses);
    let rows: Vec<_> = samples
        .iter()
        .map(|s| {
            (scale.scaled(s), regime_of(&s.features), f64::from(u8::from(s.kind != Kind::Meant)))
        })
        .collect();
    let mut weights = vec![0.0; SIZE];
    for _ in 0..ROUNDS {
        let mut slope: Vec<f64> =
            (0..).zip(&weights).map(|(at, weight)| -penalty(at) * weight).collect();
        let mut curvature = vec![vec![0.0; SIZE]; SIZE];
        for (at, row) in curvature.iter_mut().enumerate() {
            row[at] = penalty(at);
        }
        for (values, regime, wrong) in &rows {
            let start = BLOCK * (regime + 1);
            let sum: f64 =
                (0..BLOCK).map(|at| values[at] * (weights[at] + weights[start + at])).sum();
            let chance = 1.0 / (1.0 + (-sum).exp());
            let (off, bend) = (wrong - chance, chance * (1.0 - chance));
            for one in 0..BLOCK {
                slope[one] += off * values[one];
                slope[start + one] += off * values[one];
                for other in 0..=one {
                    curvature[one][other] += bend * values[one] * values[other];
                    curvature[start + one][start + other] += bend * values[one] * values[other];
                }
                for other in 0..BLOCK {
                    curvature[start + one][other] += bend * values[one] * values[other];
                }
            }
        }
        solve(&mut curvature, &mut slope);
        for (weight, step) in weights.iter_mut().zip(&slope) {
            *weight += step;
        }
    }
    std::array::from_fn(|regime| scale.unscaled(&weights, BLOCK * (regime + 1)))
}

/// A bias is free to be what it must, but the shared one and those of the regimes need a middle.
fn penalty(at: usize) -> f64 {
    if at % BLOCK == COUNT { PENALTY / 300.0 } else { PENALTY }
}

/// Brings features to a mean of nothing and a spread of one.
struct Scale {
    mean: Vec<f64>,
    /// One over the spread; nothing for features that are not used or never vary.
    factor: Vec<f64>,
}

impl Scale {
    #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
    fn of(samples: &[&Sample], uses: impl Fn(&str) -> bool) -> Self {
        let count = samples.len().max(1) as f64;
        let mean_of = |value: &dyn Fn(&Sample) -> f64| {
            samples.iter().map(|sample| value(sample)).sum::<f64>() / count
        };
        let (mut mean, mut factor) = (Vec::new(), Vec::new());
        for (at, name) in FEATURES.iter().enumerate() {
            let middle = mean_of(&|s| f64::from(s.features[at]));
            let spread = mean_of(&|s| (f64::from(s.features[at]) - middle).powi(2)).sqrt();
            mean.push(middle);
            factor.push(if spread > 1e-6 && uses(name) { 1.0 / spread } else { 0.0 });
        }
        Self { mean, factor }
    }

    fn scaled(&self, sample: &Sample) -> Vec<f64> {
        let value = |at: usize| (f64::from(sample.features[at]) - self.mean[at]) * self.factor[at];
        (0..COUNT).map(value).chain([1.0]).collect()
    }

    /// The weights of a regime for features as they are.
    fn unscaled(&self, weights: &[f64], start: usize) -> [f64; BLOCK] {
        let mut plain: [f64; BLOCK] = std::array::from_fn(|at| weights[at] + weights[start + at]);
        for at in 0..COUNT {
            plain[at] *= self.factor[at];
            plain[COUNT] -= plain[at] * self.mean[at];
        }
        plain
    }
}

/// Solves a symmetric positive system of which the lower half is given (Cholesky); the solution
/// takes the place of the right side.
fn solve(matrix: &mut [Vec<f64>], right: &mut [f64]) {
    let size = right.len();
    for row in 0..size {
        let (before, rest) = matrix.split_at_mut(row);
        let current = &mut rest[0];
        for column in 0..row {
            let dot: f64 = (0..column).map(|k| current[k] * before[column][k]).sum();
            current[column] = (current[column] - dot) / before[column][column];
        }
        let square: f64 = (0..row).map(|k| current[k] * current[k]).sum();
        current[row] = (current[row] - square).max(1e-9).sqrt();
        let dot: f64 = (0..row).map(|k| current[k] * right[k]).sum();
        right[row] = (right[row] - dot) / current[row];
    }
    for row in (0..size).rev() {
        let dot: f64 = (row + 1..size).map(|k| matrix[k][row] * right[k]).sum();
        right[row] = (right[row] - dot) / matrix[row][row];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let mut matrix = vec![vec![4.0, 0.0], vec![2.0, 3.0]];
        let mut right = vec![8.0, 8.0];
        solve(&mut matrix, &mut right);
        assert!((right[0] - 1.0).abs() < 1e-9 && (right[1] - 2.0).abs() < 1e-9, "{right:?}");
    }
}
