//! What the features weigh: two logistic models, one for a person who does not belong, one for a
//! namesake of somebody who does. The weights are data, learnt by `bench mistakes --learn`; the head
//! of the file says on what. It does not know where features come from.

use std::sync::LazyLock;

use super::features::{FEATURES, Features, regime};

/// Four sets of weights: never met or met, alone or with others.
const REGIMES: usize = 4;
const COLUMNS: usize = REGIMES * 2;

static WEIGHTS: &str = include_str!("weights.tsv");
static LEARNT: LazyLock<Model> = LazyLock::new(|| Model::read(WEIGHTS).unwrap_or_default());

/// Why weights cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the weights is not a feature and its {COLUMNS} numbers")]
pub struct WeightsError {
    line: usize,
}

/// The weights of both models.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    bias: [f32; COLUMNS],
    weights: Vec<[f32; COLUMNS]>,
}

impl Default for Model {
    fn default() -> Self {
        Self { bias: [0.0; COLUMNS], weights: vec![[0.0; COLUMNS]; FEATURES.len()] }
    }
}

impl Model {
    /// The weights that come with the relay.
    pub fn learnt() -> &'static Self {
        &LEARNT
    }

    /// Reads weights: a line for each feature, its name and eight numbers apart by tabs; `bias` is one.
    pub fn read(weights: &str) -> Result<Self, WeightsError> {
        let mut model = Self::default();
        for (at, line) in weights.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let error = WeightsError { line: at + 1 };
            let mut cells = line.split('\t');
            let name = cells.next().unwrap_or_default();
            let mut row = [0.0; COLUMNS];
            for cell in &mut row {
                let number = cells.next().and_then(|number| number.parse().ok());
                *cell = number.ok_or(error.clone())?;
            }
            match FEATURES.iter().position(|feature| *feature == name) {
                Some(feature) => model.weights[feature] = row,
                None if name == "bias" => model.bias = row,
                None => return Err(error),
            }
        }
        Ok(model)
    }

    /// How much more likely the recipient is a slip than meant: log odds at even chances beforehand.
    pub(super) fn unusual(&self, features: &Features) -> f32 {
        self.column(features, regime(features))
    }

    /// The same for a slip between namesakes.
    pub(super) fn namesake(&self, features: &Features) -> f32 {
        self.column(features, REGIMES + regime(features))
    }

    fn column(&self, features: &Features, column: usize) -> f32 {
        let weighed = self.weights.iter().zip(features).map(|(row, value)| row[column] * value);
        self.bias[column] + weighed.sum::<f32>()
    }
}

/// Which of the four sets of weights the features fall under; for whoever learns weights.
pub fn regime_of(features: &Features) -> usize {
    regime(features)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_that_come_with_it_can_be_read() {
        let model = Model::read(WEIGHTS).unwrap();
        assert_ne!(model, Model::default());
    }

    #[test]
    fn weights_name_the_line_that_is_wrong() {
        assert_eq!(Model::read("# a\nbias\t1\n"), Err(WeightsError { line: 2 }));
    }
}
