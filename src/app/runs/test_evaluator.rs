//! Measures the test error over all held-out images, a few in each frame.

use super::checkpoint::Checkpoint;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::data::{Dataset, PIXELS};
use crate::train::Trainer;

/// During training the error is measured again after the step divided by the first, or after the second, if that is less.
const INTERVAL_FRACTION: u64 = 40;
const MAX_INTERVAL_STEPS: u64 = 500;

/// Measures one copy of the parameters against every held-out image, a few images at a time.
///
/// Since the parameters are a copy, the result is the exact test error of one step although training continues, and the
/// copy is available for a rollback.
#[derive(Debug)]
pub struct TestEvaluator {
    /// The parameters that are measured, or were last.
    checkpoint: Checkpoint,
    learning_rate: f32,
    next: Option<usize>,
    squared_error: f64,
    /// The step that is measured, or was last.
    measured_step: Option<u64>,
    error: Option<f32>,
}

/// A complete measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    pub step: u64,
    pub learning_rate: f32,
    /// Mean squared error per pixel over all held-out images.
    pub mse: f32,
}

impl TestEvaluator {
    /// Allocates the measurements of a network with `parameter_count` parameters.
    pub fn new(parameter_count: usize) -> Self {
        Self {
            checkpoint: Checkpoint { parameters: vec![0.0; parameter_count], ..Checkpoint::default() },
            learning_rate: 0.0,
            next: None,
            squared_error: 0.0,
            measured_step: None,
            error: None,
        }
    }

    /// Returns the last test error, per pixel.
    pub fn error(&self) -> Option<f32> {
        self.error
    }

    /// Returns the checkpoint that is measured, or was last.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Returns whether the parameters after `step` have to be measured: at rest whenever they have changed, and during
    /// training at intervals that grow with the step.
    pub fn is_due(&self, step: u64, is_at_rest: bool) -> bool {
        let is_interval_over = |measured_step: u64| {
            step < measured_step
                || step - measured_step >= (measured_step / INTERVAL_FRACTION).clamp(1, MAX_INTERVAL_STEPS)
        };
        self.next.is_some()
            || self.measured_step.is_none_or(|measured_step| {
                if is_at_rest { step != measured_step } else { is_interval_over(measured_step) }
            })
    }

    /// Cancels the current measurement and makes the next one due.
    pub fn restart(&mut self) {
        self.next = None;
        self.measured_step = None;
    }

    /// Sets an error that was measured before.
    pub fn set_error(&mut self, error: Option<f32>) {
        self.error = error;
    }

    /// Measures up to `units` images more, starting with the parameters of `trainer` if no measurement is in progress.
    /// Returns the number of images, and with the last of them the result.
    ///
    /// # Panics
    /// If the images do not fit the network, or there are none.
    pub fn advance(
        &mut self,
        trainer: &Trainer,
        test: &Dataset,
        inference: &mut Inference,
        units: usize,
    ) -> (usize, Option<Measured>) {
        let start = self.next.unwrap_or_else(|| self.start(trainer));
        let end = (start + units).min(test.len());
        let Checkpoint { step, parameters, .. } = &self.checkpoint;
        let model = ModelView { network: trainer.network(), parameters, step: *step };
        self.squared_error += inference.squared_error(model, trainer.config().loss, test, start..end);
        self.next = (end < test.len()).then_some(end);
        let measured = self.next.is_none().then(|| Measured {
            step: *step,
            learning_rate: self.learning_rate,
            mse: (self.squared_error / (test.len() * PIXELS) as f64) as f32,
        });
        if let Some(measured) = measured {
            self.error = Some(measured.mse).filter(|mse| mse.is_finite()).or(self.error);
        }
        (end - start, measured)
    }

    fn start(&mut self, trainer: &Trainer) -> usize {
        self.checkpoint.parameters.copy_from_slice(trainer.parameters());
        (self.checkpoint.step, self.checkpoint.examples) = (trainer.steps(), trainer.examples());
        self.learning_rate = trainer.config().learning_rate;
        self.squared_error = 0.0;
        self.measured_step = Some(trainer.steps());
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Target, Workspace};
    use crate::train::Preset;
    use ndarray::Array2;

    #[test]
    fn the_error_does_not_depend_on_the_pieces() {
        let trainer = Trainer::new(&Preset::Deep.config()).unwrap();
        let images: Vec<u8> = (0..600 * PIXELS).map(|i| (i * i % 251) as u8).collect();
        let test = Dataset::from_bytes(PIXELS, images, Vec::new());
        let (network, loss) = (trainer.network(), trainer.config().loss);
        let (mut evaluator, mut inference) =
            (TestEvaluator::new(network.parameter_count()), Inference::new(network));

        let mut advance = |units| evaluator.advance(&trainer, &test, &mut inference, units);
        assert_eq!(advance(250), (250, None));
        assert_eq!(advance(1), (1, None));
        assert_eq!(advance(249), (249, None));
        let (done, measured) = advance(250);
        let measured = measured.expect("600 images are measured");
        assert_eq!((done, measured.step, measured.learning_rate), (100, 0, 3e-3));

        let mut whole = Array2::zeros((600, PIXELS));
        test.fill(&mut whole, 0..600);
        let mut workspace = Workspace::new(network, 600);
        let expected =
            network.loss(trainer.parameters(), loss, whole.view(), Target::Input, &mut workspace).mse;
        assert_eq!(measured.mse, expected, "it depends on the pieces");
        assert_eq!(evaluator.error(), Some(measured.mse));
        assert!(!evaluator.is_due(0, false) && evaluator.is_due(1, false));
    }

    #[test]
    fn the_interval_grows_with_the_run_and_a_paused_run_is_always_measured() {
        let mut evaluator = TestEvaluator::new(0);
        for (measured_step, next) in [(1, 2), (200, 205), (4_000, 4_100), (1_000_000, 1_000_500)] {
            evaluator.measured_step = Some(measured_step);
            assert!(
                evaluator.is_due(next, false) && !evaluator.is_due(next - 1, false),
                "after {measured_step} steps"
            );
            assert!(
                evaluator.is_due(measured_step + 1, true) && !evaluator.is_due(measured_step, true),
                "at rest, after {measured_step} steps"
            );
            assert!(evaluator.is_due(measured_step - 1, false), "who goes back is measured");
        }
    }
}
