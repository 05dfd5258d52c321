//! Measures the test error over all held-out images, a few in each frame.

use std::rc::Rc;

use super::checkpoint::Checkpoint;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::data::{Dataset, PIXELS};
use crate::train::Trainer;

/// During training the error is measured again after the step divided by the first, or after the second, if that is less.
const INTERVAL_FRACTION: u64 = 40;
const MAX_INTERVAL_STEPS: u64 = 500;

/// Before the first measurement is complete, the error over this many images is known if they took so long, in milliseconds.
pub const PREVIEW_IMAGES: usize = 1_000;
const PREVIEW_AFTER_MS: f64 = 250.0;

/// Measures one copy of the parameters against every held-out image, a few images at a time.
///
/// Since the parameters are a copy, the result is the exact test error of one step although training continues, and the
/// copy is available for a rollback.
#[derive(Debug)]
pub struct TestEvaluator {
    /// The parameters that are measured, or were last.
    checkpoint: Checkpoint,
    learning_rate: f32,
    sum: Option<ErrorSum>,
    /// The step that is measured, or was last.
    measured_step: Option<u64>,
    /// Milliseconds since the measurement began.
    duration: f64,
    error: Option<f32>,
    /// The error over the first [`PREVIEW_IMAGES`], until all are measured.
    preview: Option<f32>,
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
            sum: None,
            measured_step: None,
            duration: 0.0,
            error: None,
            preview: None,
        }
    }

    /// Returns the last test error, per pixel.
    pub fn error(&self) -> Option<f32> {
        self.error
    }

    /// Returns the error over the first [`PREVIEW_IMAGES`], while no other is known.
    pub fn preview(&self) -> Option<f32> {
        self.preview.filter(|_| self.error.is_none())
    }

    /// Records the milliseconds of a frame.
    pub fn record_frame(&mut self, milliseconds: f64) {
        self.duration += milliseconds;
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
        self.is_in_progress()
            || self.measured_step.is_none_or(|measured_step| {
                if is_at_rest { step != measured_step } else { is_interval_over(measured_step) }
            })
    }

    /// Returns whether a measurement has begun.
    pub fn is_in_progress(&self) -> bool {
        self.sum.is_some()
    }

    /// Cancels the current measurement and makes the next one due.
    pub fn restart(&mut self) {
        self.sum = None;
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
        let mut sum = self.sum.take().unwrap_or_else(|| self.start(trainer));
        let (done, mse) = sum.add(&self.checkpoint, trainer, test, inference, units);
        let Some(mse) = mse else {
            let is_preview = self.error.is_none()
                && sum.images >= PREVIEW_IMAGES
                && sum.images - done < PREVIEW_IMAGES
                && self.duration > PREVIEW_AFTER_MS;
            if is_preview {
                self.preview = Some(sum.mse()).filter(|mse| mse.is_finite());
            }
            // The network has learnt much since: it is measured anew.
            let is_outdated = is_preview && trainer.steps() > 2 * self.checkpoint.step;
            self.sum = Some(sum).filter(|_| !is_outdated);
            return (done, None);
        };
        self.error = Some(mse).filter(|mse| mse.is_finite()).or(self.error);
        let Self { checkpoint, learning_rate, .. } = self;
        (done, Some(Measured { step: checkpoint.step, learning_rate: *learning_rate, mse }))
    }

    fn start(&mut self, trainer: &Trainer) -> ErrorSum {
        self.checkpoint.parameters.copy_from_slice(trainer.parameters());
        (self.checkpoint.step, self.checkpoint.examples) = (trainer.steps(), trainer.examples());
        self.learning_rate = trainer.config().learning_rate;
        self.measured_step = Some(trainer.steps());
        self.duration = 0.0;
        ErrorSum::default()
    }
}

/// The squared errors of the held-out images that are measured so far.
#[derive(Debug, Default)]
struct ErrorSum {
    images: usize,
    squared_error: f64,
}

impl ErrorSum {
    /// Adds up to `units` images. Returns how many, and with the last of them the mean squared error per pixel.
    fn add(
        &mut self,
        checkpoint: &Checkpoint,
        trainer: &Trainer,
        test: &Dataset,
        inference: &mut Inference,
        units: usize,
    ) -> (usize, Option<f32>) {
        let start = self.images;
        self.images = (start + units).min(test.len());
        let Checkpoint { step, parameters, .. } = checkpoint;
        let model = ModelView { network: trainer.network(), parameters, step: *step };
        self.squared_error += inference.squared_error(model, trainer.config().loss, test, start..self.images);
        let is_complete = self.images == test.len();
        (self.images - start, is_complete.then(|| self.mse()))
    }

    fn mse(&self) -> f32 {
        (self.squared_error / (self.images * PIXELS) as f64) as f32
    }
}

/// Measures the test error of steps that the run had made before the held-out images were there.
#[derive(Debug, Default)]
pub struct PastErrors {
    /// The steps to measure, the first of them last.
    waiting: Vec<Rc<Checkpoint>>,
    sum: ErrorSum,
}

impl PastErrors {
    /// Begins with the checkpoints that are nearest to steps 0, 1, 2, 5, 10, 20, 50 and so on, up to `step`.
    pub fn start(&mut self, checkpoints: &[Rc<Checkpoint>], step: u64) {
        let decades = (0..u64::MAX.ilog10()).map(|exponent| 10_u64.pow(exponent));
        let steps = std::iter::once(0).chain(decades.flat_map(|decade| [decade, 2 * decade, 5 * decade]));
        let nearest = |step: u64| checkpoints.iter().min_by_key(|checkpoint| checkpoint.step.abs_diff(step));
        let mut waiting: Vec<_> =
            steps.take_while(|&early| early < step).filter_map(nearest).cloned().collect();
        waiting.retain(|checkpoint| checkpoint.step < step);
        waiting.dedup_by_key(|checkpoint| checkpoint.step);
        *self = Self { waiting, ..Self::default() };
    }

    /// Forgets all steps, for other images.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns the number of steps to measure.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Measures up to `units` images more, the last step first. Returns the number of images, and with the last image of a
    /// step that step and its error.
    pub fn advance(
        &mut self,
        trainer: &Trainer,
        test: &Dataset,
        inference: &mut Inference,
        units: usize,
    ) -> (usize, Option<(u64, f32)>) {
        let Some(checkpoint) = self.waiting.last() else { return (0, None) };
        let (done, mse) = self.sum.add(checkpoint, trainer, test, inference, units);
        let measured = mse.map(|mse| (checkpoint.step, mse));
        if measured.is_some() {
            self.sum = ErrorSum::default();
            self.waiting.pop();
        }
        (done, measured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Target, Workspace};
    use crate::train::{Preset, Progress};
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
    fn a_slow_measurement_gives_the_error_over_a_thousand_images_first() {
        let mut trainer = Trainer::new(&Preset::Deep.config()).unwrap();
        let images: Vec<u8> = (0..3_000 * PIXELS).map(|i| (i * i % 251) as u8).collect();
        let test = Dataset::from_bytes(PIXELS, images, Vec::new());
        let (network, loss) = (trainer.network().clone(), trainer.config().loss);
        let mut inference = Inference::new(&network);
        let mut whole = Array2::zeros((3_000, PIXELS));
        test.fill(&mut whole, 0..3_000);
        let mut workspace = Workspace::new(&network, 1_000);
        let first = whole.slice_axis(ndarray::Axis(0), (..1_000).into());
        let mut expected =
            |parameters: &[f32]| network.loss(parameters, loss, first, Target::Input, &mut workspace).mse;

        let mut quick = TestEvaluator::new(network.parameter_count());
        for _ in 0..11 {
            quick.record_frame(16.0);
            quick.advance(&trainer, &test, &mut inference, 250);
        }
        assert_eq!(quick.preview(), None, "three thousand images in 176 ms");

        let mut slow = TestEvaluator::new(network.parameter_count());
        let mut previews = Vec::new();
        loop {
            slow.record_frame(100.0);
            if slow.advance(&trainer, &test, &mut inference, 250).1.is_some() {
                break;
            }
            if let Some(mse) = slow.preview().filter(|mse| previews.last() != Some(mse)) {
                assert_eq!(mse, expected(&slow.checkpoint().parameters));
                previews.push(mse);
            }
            while !matches!(trainer.advance(&test), Progress::Done(_)) {}
        }
        assert_eq!(previews.len(), 2, "step 0, and step 4 in its place");
        assert_eq!((slow.checkpoint().step, slow.preview()), (4, None));
    }

    #[test]
    fn past_steps_are_measured_at_1_2_and_5_of_each_decade() {
        let trainer = Trainer::new(&Preset::Deep.config()).unwrap();
        let test = Dataset::from_bytes(PIXELS, vec![100; 60 * PIXELS], Vec::new());
        let (network, loss) = (trainer.network(), trainer.config().loss);
        let mut inference = Inference::new(network);
        let checkpoints: Vec<_> = (0..400_u64)
            .filter(|step| *step < 30 || step % 10 == 0)
            .map(|step| {
                let mut parameters = trainer.parameters().to_vec();
                parameters.iter_mut().for_each(|p| *p *= 1.0 - step as f32 / 1e3);
                Rc::new(Checkpoint { step, examples: 0, parameters })
            })
            .collect();
        let mut past = PastErrors::default();
        past.start(&checkpoints, 130);
        let mut measured = Vec::new();
        while past.len() > 0 {
            measured.extend(past.advance(&trainer, &test, &mut inference, 25).1);
        }
        let steps: Vec<_> = measured.iter().map(|&(step, _)| step).collect();
        assert_eq!(steps, [100, 50, 20, 10, 5, 2, 1, 0]);
        assert_eq!((past.len(), past.advance(&trainer, &test, &mut inference, 25)), (0, (0, None)));
        let mut whole = Array2::zeros((60, PIXELS));
        test.fill(&mut whole, 0..60);
        let mut workspace = Workspace::new(network, 60);
        for (step, mse) in measured {
            let checkpoint = checkpoints.iter().find(|checkpoint| checkpoint.step == step).unwrap();
            let expected =
                network.loss(&checkpoint.parameters, loss, whole.view(), Target::Input, &mut workspace);
            assert_eq!(mse, expected.mse, "at step {step}");
        }
        past.start(&checkpoints, 0);
        assert_eq!(past.len(), 0, "a run without steps has no past");
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
