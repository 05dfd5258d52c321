//! The mean digit as a baseline: a run that stays worse has learnt nothing, or has lost it.

use bottleneck::data::mean_digit_error;

use super::dataset::Digits;
use super::{Result, count};

/// The steps after which a run that stays worse than the mean digit ends.
const MAX_STEPS: u64 = 2_000;

/// Compares a run with the mean digit.
pub struct Baseline {
    /// The test error of the mean digit.
    mse: f64,
    /// The first measurement since which the run has been worse.
    worse_since: Option<u64>,
    /// The sum and the number of the training errors since the last measurement.
    train: (f64, u64),
}

impl Baseline {
    pub fn new(digits: &Digits) -> Self {
        let mse = mean_digit_error(&digits.train, &digits.test).map_or(f64::INFINITY, f64::from);
        Self { mse, worse_since: None, train: (0.0, 0) }
    }

    /// Records the training error of a step.
    pub fn record_train_error(&mut self, mse: f32) {
        self.train = (self.train.0 + f64::from(mse), self.train.1 + 1);
    }

    /// Records the test error after `step` steps, and refuses a run that has been worse than the mean digit for too long. A
    /// run that overfits is not: it learns its few images.
    pub fn record_test_error(&mut self, step: u64, mse: f64) -> Result<()> {
        let (sum, steps) = std::mem::take(&mut self.train);
        let overfits = steps > 0 && sum / (steps as f64) < self.mse;
        if mse <= self.mse || overfits {
            self.worse_since = None;
            return Ok(());
        }
        let since = *self.worse_since.get_or_insert(step);
        if step - since < MAX_STEPS {
            return Ok(());
        }
        Err(format!(
            "The test error has been above the mean digit's, {:.4}, for the last {}, and is {mse:.4}: try another rate by --lr",
            self.mse,
            count(step - since, "step")
        ))
    }
}
