//! How well each digit of the plane is reconstructed.

use super::rounds::Rounds;
use crate::app::inference::{Inference, pixel_mse};
use crate::app::model_view::ModelView;
use crate::app::tracked::Version;
use crate::data::{Dataset, PIXELS};

/// What remains of the range when a round ends in which it was another one: the key of the colours is to be readable.
const CALM: f32 = 0.7;

/// The errors of the digits, and the range of most of them.
#[derive(Debug, Default)]
pub struct Errors {
    values: Vec<f32>,
    range: Option<(f32, f32)>,
    rounds: Rounds,
    /// The number of rounds so far.
    version: Version,
}

impl Errors {
    /// Of each digit the mean squared error per pixel; may be shorter than there are digits.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The errors that nine in ten digits lie between.
    pub fn range(&self) -> (f32, f32) {
        self.range.unwrap_or((0.0, 0.1))
    }

    /// The number of rounds so far, each over all digits.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Takes note that the network has changed.
    pub fn invalidate(&mut self) {
        self.rounds.invalidate();
    }

    /// Forgets the digits.
    pub fn clear(&mut self) {
        let mut version = self.version;
        version.bump();
        *self = Self { version, ..Self::default() };
    }

    /// Measures up to `units` of the first `count` digits that are outdated; returns how many.
    pub fn measure(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        count: usize,
        inference: &mut Inference,
    ) -> usize {
        let chunk = self.rounds.take(units.min(Inference::CAPACITY), count);
        if chunk.is_empty() {
            return 0;
        }
        let outputs = inference.reconstruct(model, test, chunk.clone());
        self.values.resize(count, 0.0);
        for (index, output) in chunk.clone().zip(outputs.chunks_exact(PIXELS)) {
            self.values[index] = pixel_mse(test.image(index), output);
        }
        if chunk.end == count {
            self.settle();
        }
        chunk.len()
    }

    fn settle(&mut self) {
        self.version.bump();
        let mut sorted: Vec<f32> = self.values.iter().copied().filter(|x| x.is_finite()).collect();
        if sorted.is_empty() {
            return;
        }
        sorted.sort_unstable_by(f32::total_cmp);
        let cut = sorted.len() / 20;
        let found = (sorted[cut], sorted[sorted.len() - 1 - cut]);
        let calm = |old: f32, new: f32| CALM * old + (1.0 - CALM) * new;
        self.range = Some(match self.range {
            Some((low, high)) => (calm(low, found.0), calm(high, found.1)),
            None => found,
        });
    }
}
