//! The first test digits and their reconstructions, a few at a time.

use std::ops::Range;

use crate::app::inference::{Inference, pixel_mse};
use crate::app::model_view::ModelView;
use crate::app::sampled::{Progress, Sampled};
use crate::data::{Dataset, PIXELS};
use crate::train::Corruption;

/// The test digits that are reconstructed.
pub const RECONSTRUCTION_COUNT: usize = 16;

/// The most training digits that stand beside them: those of a run that overfits, each in view. Then there are as many test digits.
pub const TRAINING_COUNT: usize = 10;

/// The least number of frames between two rounds of reconstructions while the network trains.
const REFRESH_AFTER_FRAMES: u32 = 8;

/// The reconstructions of the first test digits, after those of the training digits where they are few.
#[derive(Debug)]
pub struct Reconstructions {
    round: Sampled<Round>,
}

/// The digits that are reconstructed.
#[derive(Clone, Copy, Debug)]
pub struct Digits<'a> {
    pub train: &'a Dataset,
    pub test: &'a Dataset,
    /// How many training digits there are, up to [`TRAINING_COUNT`], or none of many.
    pub training: usize,
}

impl<'a> Digits<'a> {
    fn count(self) -> usize {
        let test = if self.training > 0 { self.training } else { RECONSTRUCTION_COUNT };
        self.training + self.test.len().min(test)
    }

    /// Returns where pairs come from: the training digits among them, and the test digits.
    fn sources(self, pairs: Range<usize>) -> [(&'a Dataset, Range<usize>); 2] {
        let Self { train, test, training } = self;
        let test_digits = pairs.start.saturating_sub(training)..pairs.end.saturating_sub(training);
        [(train, pairs.start.min(training)..pairs.end.min(training)), (test, test_digits)]
    }
}

/// Digits, inputs and outputs, `[B, 784]` each.
#[derive(Clone, Debug, Default)]
struct Round {
    /// How many of the digits are training digits; they come first.
    training: usize,
    labels: Vec<Option<u8>>,
    digits: Vec<u8>,
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

    /// Iterates over the digits' labels, where known, and their errors before corruption.
    pub fn errors(&self) -> impl Iterator<Item = (Option<u8>, f32)> + '_ {
        let Round { labels, digits, outputs, .. } = &*self.round;
        let pairs = digits.chunks_exact(PIXELS).zip(outputs.chunks_exact(PIXELS));
        labels.iter().zip(pairs).map(|(label, (digit, output))| (*label, pixel_mse(digit, output)))
    }

    /// Returns how many of the first are training digits.
    pub fn training(&self) -> usize {
        self.round.training
    }

    /// Returns the mean squared errors per pixel of what the network sees, and of what it makes of that, against the digits.
    pub fn mean_errors(&self) -> Option<(f32, f32)> {
        let Round { digits, inputs, outputs, .. } = &*self.round;
        let outputs: Vec<u8> = outputs.iter().map(|y| (y.clamp(0.0, 1.0) * 255.0 + 0.5) as u8).collect();
        let error = |values: &[u8]| {
            let squares = values.iter().zip(digits).map(|(a, b)| (f32::from(a.abs_diff(*b)) / 255.0).powi(2));
            squares.sum::<f32>() / values.len() as f32
        };
        (!digits.is_empty()).then(|| (error(inputs), error(&outputs)))
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
        of: Digits<'_>,
        corruption: Corruption,
        at_rest: bool,
        inference: &mut Inference,
    ) -> Progress {
        self.round.advance(units, of.count(), at_rest, |round, range| {
            let Round { training, labels, digits, inputs, outputs } = round;
            *training = of.training;
            labels.truncate(range.start);
            [&mut *digits, &mut *inputs].into_iter().for_each(|pixels| pixels.truncate(range.start * PIXELS));
            outputs.truncate(range.start * PIXELS);
            for (dataset, indices) in of.sources(range).into_iter().filter(|(_, indices)| !indices.is_empty())
            {
                labels.extend(indices.clone().map(|index| dataset.label(index)));
                indices.clone().for_each(|index| digits.extend_from_slice(dataset.image(index)));
                let found = inference.reconstruct_corrupted(model, dataset, indices, corruption, inputs);
                outputs.extend_from_slice(found);
            }
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
        let digits = Digits { train: &test, test: &test, training: 0 };
        let mut round = |corruption, units| {
            let mut reconstructions = Reconstructions::default();
            while reconstructions.inputs().is_empty() {
                reconstructions.reconstruct(units, model, digits, corruption, true, &mut inference);
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

    #[test]
    fn few_training_digits_come_before_as_many_test_digits() {
        let trainer = Trainer::new(&Preset::Blog.config()).unwrap();
        let network = trainer.network();
        let model = ModelView { network, parameters: trainer.parameters(), step: 0 };
        let of = |first: u8| {
            let labels = (0..20).map(|index| first + index).collect();
            Dataset::from_bytes(PIXELS, (0..20 * PIXELS).map(|i| first + (i % 7) as u8).collect(), labels)
        };
        let (train, test) = (of(100), of(200));
        let mut inference = Inference::new(network);
        let mut reconstructions = Reconstructions::default();
        for training in [10, 3, 0] {
            let digits = Digits { train: &train, test: &test, training };
            reconstructions.invalidate();
            while !reconstructions
                .reconstruct(4, model, digits, Corruption::None, true, &mut inference)
                .is_complete
            {}
            let labels: Vec<_> = reconstructions.errors().map(|(label, _)| label.unwrap()).collect();
            let shown = if training > 0 { training as u8 } else { 16 };
            let expected: Vec<u8> = (100..100 + training as u8).chain(200..200 + shown).collect();
            assert_eq!((labels, reconstructions.training()), (expected, training));
            let (input, output) = reconstructions.mean_errors().unwrap();
            let errors: Vec<_> = reconstructions.errors().map(|(_, error)| error).collect();
            let mean = errors.iter().sum::<f32>() / errors.len() as f32;
            assert!(input == 0.0 && (output / mean - 1.0).abs() < 0.2, "{output} {mean}");
        }
    }
}
