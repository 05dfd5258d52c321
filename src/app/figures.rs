//! The figures of the run.

use super::dataset::Datasets;
use super::runs::{Checkpoint, Run};
use crate::view::series::History;

/// The figures of the transport bar and of the page's `data-` attributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The number of steps.
    pub step: u64,
    /// The number of examples.
    pub examples: u64,
    /// The number of epochs.
    pub epoch: f64,
    /// Training error, smoothed: mean squared error per pixel.
    pub train_mse: Option<f32>,
    /// Test error over all held-out images: mean squared error per pixel.
    pub test_mse: Option<f32>,
    /// The test error over the first thousand held-out images, until the full error is measured.
    pub test_preview: Option<f32>,
    /// Steps per second.
    pub steps_per_second: Option<f64>,
    /// Examples per second.
    pub examples_per_second: Option<f64>,
    /// Training images in memory.
    pub images: usize,
}

impl Figures {
    /// Collects the figures of a run. Speeds are known only while it trains.
    pub(super) fn new(run: &Run, datasets: &Datasets, is_training: bool) -> Self {
        let trainer = run.trainer();
        let examples = trainer.examples();
        let train = &datasets.pair().train;
        let throughput = run.throughput().filter(|_| is_training);
        Self {
            step: trainer.steps(),
            examples,
            epoch: examples as f64 / trainer.config().epoch_len(train).max(1) as f64,
            train_mse: run.curve().train_error(),
            test_mse: run.test_error(),
            test_preview: run.test_error_preview(),
            steps_per_second: throughput.map(|(steps, _)| steps),
            examples_per_second: throughput.map(|(_, examples)| examples),
            images: train.len(),
        }
    }

    /// Returns the figures at an earlier step.
    pub(super) fn at(self, checkpoint: &Checkpoint, history: &History) -> Self {
        let Checkpoint { step, examples, .. } = *checkpoint;
        let value = |point: Option<(u64, f32)>| point.map(|(_, value)| value);
        Self {
            step,
            examples,
            // The length of an epoch is in `self.epoch`.
            epoch: self.epoch * examples as f64 / self.examples.max(1) as f64,
            train_mse: value(history.train.nearest(step)),
            test_mse: value(history.test.nearest(step)),
            test_preview: None,
            ..self
        }
    }
}
