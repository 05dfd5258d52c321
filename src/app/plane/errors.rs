//! The reconstruction error of each digit on the plane.

use crate::app::inference::{Inference, pixel_mse};
use crate::app::model_view::ModelView;
use crate::app::sampled::{Progress, Sampled};
use crate::data::{Dataset, PIXELS};

/// The share of the old range that remains when a round ends: the colour scale changes slowly enough to be read.
const RANGE_SMOOTHING: f32 = 0.7;

/// The digits' errors, and the range of most of them.
#[derive(Debug)]
pub struct Errors {
    values: Sampled<Vec<f32>>,
    range: Option<(f32, f32)>,
}

impl Default for Errors {
    fn default() -> Self {
        Self { values: Sampled::rolling(Vec::new()), range: None }
    }
}

impl Errors {
    /// Returns each digit's mean squared error per pixel; there may be fewer than digits.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Returns the errors that nine in ten digits lie between.
    pub fn range(&self) -> (f32, f32) {
        self.range.unwrap_or((0.0, 0.1))
    }

    /// Marks all errors as outdated.
    pub fn invalidate(&mut self) {
        self.values.invalidate();
    }

    /// Measures up to `units` outdated errors of the first `count` digits.
    pub fn measure(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        count: usize,
        inference: &mut Inference,
    ) -> Progress {
        let units = units.min(Inference::CAPACITY);
        let progress = self.values.advance(units, count, true, |values, range| {
            values.resize(count, 0.0);
            let outputs = inference.reconstruct(model, test, range.clone());
            for (index, output) in range.zip(outputs.chunks_exact(PIXELS)) {
                values[index] = pixel_mse(test.image(index), output);
            }
        });
        if progress.is_complete {
            self.update_range();
        }
        progress
    }

    fn update_range(&mut self) {
        let mut sorted: Vec<f32> = self.values.iter().copied().filter(|x| x.is_finite()).collect();
        if sorted.is_empty() {
            return;
        }
        sorted.sort_unstable_by(f32::total_cmp);
        let cut = sorted.len() / 20;
        let found = (sorted[cut], sorted[sorted.len() - 1 - cut]);
        let smooth = |old: f32, new: f32| RANGE_SMOOTHING * old + (1.0 - RANGE_SMOOTHING) * new;
        self.range = Some(match self.range {
            Some((low, high)) => (smooth(low, found.0), smooth(high, found.1)),
            None => found,
        });
    }
}
