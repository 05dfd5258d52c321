//! The test error, measured over all held-out images without holding up a frame.

use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::data::{Dataset, PIXELS};
use crate::nn::{Loss, Network};

/// While training goes on, the error is measured again after this part of the steps made, or this many steps.
const SEEN: u64 = 40;
const MOST_STEPS: u64 = 500;

/// A measurement under way: the parameters of one moment against every held-out image, a few images at a time.
///
/// Since the parameters are a copy, the result is the exact test error of one step, although training goes on meanwhile;
/// and the copy is at hand when a way back is needed.
#[derive(Debug)]
pub struct TestEvaluator {
    parameters: Vec<f32>,
    step: u64,
    learning_rate: f32,
    next: Option<usize>,
    squared: f64,
    /// The step that was measured last or is being measured.
    begun: Option<u64>,
    error: Option<f32>,
}

/// A complete measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The step after which the parameters were copied.
    pub step: u64,
    /// The learning rate at that moment.
    pub learning_rate: f32,
    /// Mean squared error per pixel over all held-out images.
    pub mse: f32,
}

impl TestEvaluator {
    /// Takes the memory for measurements of a network with `parameter_count` parameters.
    #[must_use]
    pub fn new(parameter_count: usize) -> Self {
        Self {
            parameters: vec![0.0; parameter_count],
            step: 0,
            learning_rate: 0.0,
            next: None,
            squared: 0.0,
            begun: None,
            error: None,
        }
    }

    /// The last test error: mean squared error per pixel.
    #[must_use]
    pub fn error(&self) -> Option<f32> {
        self.error
    }

    /// The parameters that are, or were last, measured: `[P]`.
    #[must_use]
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Whether the parameters after `step` have to be measured: at rest whenever they are others than those measured last,
    /// and while training goes on as soon as a difference can be seen, which comes later and later in a run.
    #[must_use]
    pub fn is_due(&self, step: u64, at_rest: bool) -> bool {
        let is_seen = |begun: u64| step < begun || step - begun >= (begun / SEEN).clamp(1, MOST_STEPS);
        self.next.is_some()
            || self.begun.is_none_or(|begun| if at_rest { step != begun } else { is_seen(begun) })
    }

    /// Gives up the measurement under way, and measures again whatever comes.
    pub fn restart(&mut self) {
        self.next = None;
        self.begun = None;
    }

    /// Takes over an error that was measured before.
    pub fn resume(&mut self, error: Option<f32>) {
        self.error = error;
    }

    /// Goes on by up to `units` images, beginning with the parameters of `subject` if nothing is under way. Returns the
    /// images that were measured, and the result with the last of them.
    ///
    /// # Panics
    /// If the images are not those of the network, or none.
    pub fn advance(
        &mut self,
        model: ModelView<'_>,
        learning_rate: f32,
        loss: Loss,
        test: &Dataset,
        inference: &mut Inference,
        units: usize,
    ) -> (usize, Option<Measured>) {
        let start = self.next.unwrap_or_else(|| self.begin(model, learning_rate));
        let end = (start + units).min(test.len());
        self.squared += inference.squared_error(self.model_view(model.network), loss, test, start..end);
        self.next = (end < test.len()).then_some(end);
        let measured = self.next.is_none().then(|| Measured {
            step: self.step,
            learning_rate: self.learning_rate,
            mse: (self.squared / (test.len() * PIXELS) as f64) as f32,
        });
        if let Some(measured) = measured {
            self.error = Some(measured.mse).filter(|mse| mse.is_finite()).or(self.error);
        }
        (end - start, measured)
    }

    fn begin(&mut self, model: ModelView<'_>, learning_rate: f32) -> usize {
        self.parameters.copy_from_slice(model.parameters);
        self.step = model.step;
        self.learning_rate = learning_rate;
        self.squared = 0.0;
        self.begun = Some(model.step);
        0
    }

    fn model_view<'a>(&'a self, network: &'a Network) -> ModelView<'a> {
        ModelView { network, parameters: &self.parameters, step: self.step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Workspace;
    use crate::train::Preset;
    use crate::train::Trainer;
    use ndarray::Array2;

    #[test]
    fn pieces_add_up_to_the_error_of_the_whole() {
        let trainer = Trainer::new(&Preset::Deep.config()).unwrap();
        let images: Vec<u8> = (0..600 * PIXELS).map(|i| (i * i % 251) as u8).collect();
        let test = Dataset::new(images, Vec::new());
        let (network, loss) = (trainer.network(), trainer.config().loss);
        let model = ModelView { network, parameters: trainer.parameters(), step: 12 };
        let (mut evaluator, mut inference) =
            (TestEvaluator::new(network.parameter_count()), Inference::new(network));

        let mut advance = |units| evaluator.advance(model, 0.5, loss, &test, &mut inference, units);
        assert_eq!(advance(250), (250, None));
        assert_eq!(advance(1), (1, None));
        assert_eq!(advance(249), (249, None));
        let (done, measured) = advance(250);
        let measured = measured.expect("600 images are measured");
        assert_eq!((done, measured.step, measured.learning_rate), (100, 12, 0.5));

        let mut whole = Array2::zeros((600, PIXELS));
        test.fill(&mut whole, 0..600);
        let mut workspace = Workspace::new(network, 600);
        let expected =
            network.loss(trainer.parameters(), loss, whole.view(), whole.view(), &mut workspace).mse;
        assert_eq!(measured.mse, expected, "it depends on the pieces");
        assert_eq!(evaluator.error(), Some(measured.mse));
        assert!(!evaluator.is_due(12, false) && evaluator.is_due(13, false));
    }

    #[test]
    fn the_longer_a_run_the_more_steps_lie_between_two_measurements_but_at_rest_each_is_measured() {
        let mut evaluator = TestEvaluator::new(0);
        for (begun, next) in [(1, 2), (200, 205), (4_000, 4_100), (1_000_000, 1_000_500)] {
            evaluator.begun = Some(begun);
            assert!(
                evaluator.is_due(next, false) && !evaluator.is_due(next - 1, false),
                "after {begun} steps"
            );
            assert!(
                evaluator.is_due(begun + 1, true) && !evaluator.is_due(begun, true),
                "at rest, after {begun} steps"
            );
            assert!(evaluator.is_due(begun - 1, false), "who goes back is measured");
        }
    }
}
