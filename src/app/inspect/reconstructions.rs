//! The first test digits and their reconstructions, a few at a time.

use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::sampled::{Progress, Sampled};
use crate::data::{Dataset, PIXELS};
use crate::train::Corruption;

/// The most reconstructions.
pub const RECONSTRUCTION_COUNT: usize = 16;

/// The least number of frames between two rounds of reconstructions while the network trains.
const REFRESH_AFTER_FRAMES: u32 = 8;

/// The reconstructions of the first test digits.
#[derive(Debug)]
pub struct Reconstructions {
    round: Sampled<Round>,
}

/// Inputs and outputs, `[B, 784]` each.
#[derive(Clone, Debug, Default)]
struct Round {
    inputs: Vec<u8>,
    outputs: Vec<f32>,
}

impl Default for Reconstructions {
    fn default() -> Self {
        Self { round: Sampled::in_rounds(Round::default(), REFRESH_AFTER_FRAMES) }
    }
}

impl Reconstructions {
    /// Returns the reconstructions, 784 pixels each.
    pub fn outputs(&self) -> &[f32] {
        &self.round.outputs
    }

    /// Returns the digits as the network sees them, corrupted or not, 784 pixels each.
    pub fn inputs(&self) -> &[u8] {
        &self.round.inputs
    }

    /// Marks the reconstructions as outdated.
    pub fn invalidate(&mut self) {
        self.round.invalidate();
    }

    /// Forgets the reconstructions.
    pub fn clear(&mut self) {
        self.round.clear();
    }

    /// Counts a frame.
    pub fn frame(&mut self) {
        self.round.frame();
    }

    /// Reconstructs up to `units` outdated digits from corrupted inputs. A round at rest need not wait.
    pub fn reconstruct(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        corruption: Corruption,
        at_rest: bool,
        inference: &mut Inference,
    ) -> Progress {
        let count = test.len().min(RECONSTRUCTION_COUNT);
        self.round.advance(units, count, at_rest, |Round { inputs, outputs }, range| {
            inputs.truncate(range.start * PIXELS);
            outputs.truncate(range.start * PIXELS);
            let found = inference.reconstruct_corrupted(model, test, range, corruption, inputs);
            outputs.extend_from_slice(found);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Preset, Trainer};

    #[test]
    fn corrupted_inputs_are_reconstructed_and_are_the_same_in_every_round() {
        let trainer = Trainer::new(&Preset::Blog.config()).unwrap();
        let network = trainer.network();
        let model = ModelView { network, parameters: trainer.parameters(), step: 0 };
        let test =
            Dataset::from_bytes(PIXELS, (0..20 * PIXELS).map(|i| (i * i % 251) as u8).collect(), Vec::new());
        let mut inference = Inference::new(network);
        let mut round = |corruption, units| {
            let mut reconstructions = Reconstructions::default();
            while reconstructions.inputs().is_empty() {
                reconstructions.reconstruct(units, model, &test, corruption, true, &mut inference);
            }
            (reconstructions.inputs().to_vec(), reconstructions.outputs().to_vec())
        };
        let clean = round(Corruption::None, 16);
        assert_eq!((clean.0.as_slice(), clean.1.len()), (test.images(16), 16 * PIXELS));
        for corruption in [Corruption::Masking { probability: 0.5 }, Corruption::Gaussian { deviation: 0.3 }]
        {
            let corrupted = round(corruption, 16);
            assert_eq!(corrupted, round(corruption, 5), "{corruption:?}");
            assert!(corrupted.0 != clean.0 && corrupted.1 != clean.1, "{corruption:?}");
        }
    }
}
