//! The errors of a run at each step.

use crate::files::CurvePoints;
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
    /// The seconds of training.
    seconds: Series,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            history: History::new(MAX_POINTS),
            smoothed: Ema::new(SMOOTHING),
            kl: Series::new(MAX_POINTS),
            smoothed_kl: Ema::new(SMOOTHING),
            seconds: Series::new(MAX_POINTS),
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

    /// Adds the test error of a step before all others.
    pub fn prepend_test(&mut self, step: u64, mse: f32) {
        let mut test = Series::new(MAX_POINTS);
        std::iter::once((step, mse))
            .chain(self.history.test.iter())
            .for_each(|(step, mse)| test.push(step, mse));
        self.history.test = test;
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// Returns the smoothed training error: mean squared error per pixel.
    pub fn train_error(&self) -> Option<f32> {
        self.smoothed.value().or_else(|| self.history.train.last().map(|(_, mse)| mse))
    }

    /// Adds the seconds of training up to a step.
    pub fn push_seconds(&mut self, step: u64, seconds: f64) {
        self.seconds.push(step, seconds as f32);
    }

    /// Returns the seconds of training up to a step.
    pub fn seconds_at(&self, step: u64) -> f32 {
        self.seconds.nearest(step).map_or(0.0, |(_, seconds)| seconds)
    }

    /// Restarts the moving averages.
    pub fn restart_smoothing(&mut self) {
        self.smoothed.clear();
        self.smoothed_kl.clear();
    }

    /// Returns the curve up to a step.
    pub fn up_to(&self, step: u64) -> Self {
        let mut curve =
            Self { smoothed: Ema::new(SMOOTHING), smoothed_kl: Ema::new(SMOOTHING), ..self.clone() };
        curve.history.rewind(step + 1);
        curve.kl.rewind(step + 1);
        curve.seconds.rewind(step + 1);
        curve
    }

    /// Returns the errors.
    pub fn into_history(self) -> History {
        self.history
    }

    /// Returns the points, to be stored.
    pub fn to_points(&self) -> CurvePoints {
        let points = |series: &Series| series.iter().collect();
        CurvePoints {
            train: points(&self.history.train),
            test: points(&self.history.test),
            kl: points(&self.kl),
            seconds: points(&self.seconds),
        }
    }

    /// Creates the curve of a stored run.
    pub fn from_points(points: &CurvePoints) -> Self {
        let mut curve = Self::default();
        let CurvePoints { train, test, kl, seconds } = points;
        let series = [&mut curve.history.train, &mut curve.history.test, &mut curve.kl, &mut curve.seconds];
        for (series, points) in series.into_iter().zip([train, test, kl, seconds]) {
            points.iter().for_each(|&(step, value)| series.push(step, value));
        }
        curve
    }
}
