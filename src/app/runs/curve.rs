//! The errors of a run at each step.

use crate::view::series::{Ema, History, Series};

/// The largest number of points of a series.
const MAX_POINTS: usize = 1_000;

/// The decay of the moving average of the training error.
const SMOOTHING: f64 = 0.98;

/// Training and test error against the step.
#[derive(Clone, Debug)]
pub struct Curve {
    history: History,
    smoothed: Ema,
    /// The KL divergence of a sampled code, smoothed in the same way.
    kl: Series,
    smoothed_kl: Ema,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            history: History::new(MAX_POINTS),
            smoothed: Ema::new(SMOOTHING),
            kl: Series::new(MAX_POINTS),
            smoothed_kl: Ema::new(SMOOTHING),
        }
    }
}

impl Curve {
    pub fn push_train(&mut self, step: u64, mse: f32) {
        if let Some(mse) = self.smoothed.push(mse) {
            self.history.train.push(step, mse);
        }
    }

    /// Adds the KL divergence of a step, in nats per example.
    pub fn push_kl(&mut self, step: u64, kl: f32) {
        if let Some(kl) = self.smoothed_kl.push(kl) {
            self.kl.push(step, kl);
        }
    }

    /// Returns the KL divergence against the step, in nats per example; empty for a deterministic code.
    pub fn kl(&self) -> &Series {
        &self.kl
    }

    pub fn push_test(&mut self, step: u64, mse: f32) {
        self.history.test.push(step, mse);
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// Returns the smoothed training error: mean squared error per pixel.
    pub fn train_error(&self) -> Option<f32> {
        self.smoothed.value()
    }

    /// Restarts the moving averages.
    pub fn restart_smoothing(&mut self) {
        self.smoothed.clear();
        self.smoothed_kl.clear();
    }

    /// Returns the curve up to a step.
    pub fn up_to(&self, step: u64) -> Self {
        let mut curve = Self { history: self.history.clone(), kl: self.kl.clone(), ..Self::default() };
        curve.history.rewind(step + 1);
        curve.kl.rewind(step + 1);
        curve
    }

    /// Replaces the points by those of a stored run.
    pub fn set_points(&mut self, train: &[(u64, f32)], test: &[(u64, f32)]) {
        self.history.clear();
        self.kl.clear();
        train.iter().for_each(|&(step, mse)| self.history.train.push(step, mse));
        test.iter().for_each(|&(step, mse)| self.history.test.push(step, mse));
    }
}
