//! The errors of a run, step after step.

use crate::view::series::{Ema, History, Series};

/// Points that a series keeps.
const POINTS: usize = 1_000;

/// What an earlier training error counts for in the smoothed one.
const SMOOTHING: f64 = 0.98;

/// Training and test error against the step.
#[derive(Clone, Debug)]
pub struct Curve {
    history: History,
    smoothed: Ema,
    /// The KL of a Gaussian code, smoothed alike.
    kl: Series,
    smoothed_kl: Ema,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            history: History::new(POINTS),
            smoothed: Ema::new(SMOOTHING),
            kl: Series::new(POINTS),
            smoothed_kl: Ema::new(SMOOTHING),
        }
    }
}

impl Curve {
    /// Takes in the training error of a step.
    pub fn train(&mut self, step: u64, mse: f32) {
        if let Some(mse) = self.smoothed.push(mse) {
            self.history.train.push(step, mse);
        }
    }

    /// Takes in the KL of a step, in nats per example.
    pub fn kl_of(&mut self, step: u64, kl: f32) {
        if let Some(kl) = self.smoothed_kl.push(kl) {
            self.kl.push(step, kl);
        }
    }

    /// The KL of a Gaussian code against the step, in nats per example; empty for a code that is a point.
    #[must_use]
    pub fn kl(&self) -> &Series {
        &self.kl
    }

    /// Takes in the test error of a step.
    pub fn test(&mut self, step: u64, mse: f32) {
        self.history.test.push(step, mse);
    }

    /// Both series.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The training error now, smoothed: mean squared error per pixel.
    #[must_use]
    pub fn train_error(&self) -> Option<f32> {
        self.smoothed.value()
    }

    /// Smooths anew: what comes has nothing to do with what was.
    pub fn interrupt(&mut self) {
        self.smoothed.clear();
        self.smoothed_kl.clear();
    }

    /// What there was up to a step.
    #[must_use]
    pub fn until(&self, step: u64) -> Self {
        let mut curve = Self { history: self.history.clone(), kl: self.kl.clone(), ..Self::default() };
        curve.history.rewind(step + 1);
        curve.kl.rewind(step + 1);
        curve
    }

    /// Takes over the points of an earlier sitting.
    pub fn resume(&mut self, train: &[(u64, f32)], test: &[(u64, f32)]) {
        self.history.clear();
        self.kl.clear();
        train.iter().for_each(|&(step, mse)| self.history.train.push(step, mse));
        test.iter().for_each(|&(step, mse)| self.history.test.push(step, mse));
    }
}
