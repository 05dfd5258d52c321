//! A run: its settings, its trainer, its curve and its test error.

use super::curve::Curve;
use super::divergence::{DivergenceMonitor, RunProblem};
use super::test_evaluator::TestEvaluator;
use super::throughput::Throughput;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::settings::Settings;
use crate::app::tracked::Version;
use crate::data::Dataset;
use crate::files::{FileError, Format};
use crate::nn::{CodeKind, Optimizer};
use crate::train::{ConfigError, Progress, StepStats, Trainer, TrainerConfig, TrainerState};

/// The age of a test error, in milliseconds of training, above which it is measured first.
const TEST_ERROR_MAX_AGE_MS: f64 = 20_000.0;

/// A run of training.
#[derive(Debug)]
pub struct Run {
    settings: Settings,
    trainer: Trainer,
    curve: Curve,
    evaluator: TestEvaluator,
    monitor: DivergenceMonitor,
    throughput: Throughput,
    /// The milliseconds of training since the test error was measured.
    test_error_age: f64,
    /// Whether the run began with parameters from a file.
    is_from_file: bool,
    version: Version,
    settings_version: Version,
}

/// An earlier run, with everything that is needed to resume it.
#[derive(Clone, Debug)]
pub struct PutAway {
    settings: Settings,
    state: TrainerState,
    curve: Curve,
    monitor: DivergenceMonitor,
    error: Option<f32>,
    is_from_file: bool,
}

/// The outcome of an attempt to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// It needs images that have not arrived yet.
    NeedsData,
    /// A part of the step is done.
    InProgress,
    /// The step is done.
    Done,
    /// The step is done, and the run has diverged.
    Diverged,
}

impl PutAway {
    /// Returns the approximate size in bytes.
    pub fn bytes(&self) -> usize {
        let TrainerState { parameters, optimizer, sampler, .. } = &self.state;
        let values = 2 * parameters.len() + optimizer.moment1.len() + optimizer.moment2.len();
        4 * (values + sampler.permutation.len() + sampler.drawn.len()) + (1 << 16)
    }

    /// Returns the number of steps.
    pub fn step(&self) -> u64 {
        self.state.steps
    }
}

impl Run {
    /// Creates a run with new parameters.
    ///
    /// # Errors
    /// If no trainer accepts the settings.
    pub fn new(settings: Settings) -> Result<Self, ConfigError> {
        Ok(Self::with_trainer(Trainer::new(&settings.config)?, settings, false))
    }

    /// Creates a run from a trainer that was read from a file.
    pub fn from_trainer(trainer: Trainer, settings: Settings) -> Self {
        Self::with_trainer(trainer, settings, true)
    }

    fn with_trainer(trainer: Trainer, settings: Settings, is_from_file: bool) -> Self {
        let parameters = trainer.parameters();
        Self {
            evaluator: TestEvaluator::new(parameters.len()),
            monitor: DivergenceMonitor::new(parameters, trainer.config().learning_rate, trainer.steps()),
            curve: Curve::default(),
            throughput: Throughput::default(),
            test_error_age: 0.0,
            version: Version::fresh(),
            settings_version: Version::fresh(),
            settings,
            trainer,
            is_from_file,
        }
    }

    /// Ends the run; a diverged one is rolled back first.
    pub fn put_away(mut self) -> PutAway {
        if self.has_diverged() {
            // A run that cannot be rolled back stays as it is.
            let _ = self.roll_back(self.rollback_rate());
        }
        let Self { settings, trainer, curve, evaluator, monitor, is_from_file, .. } = self;
        PutAway {
            settings,
            state: trainer.into_state(),
            curve,
            monitor,
            error: evaluator.error(),
            is_from_file,
        }
    }

    /// Copies the run, while it continues.
    pub fn copy(&self) -> PutAway {
        PutAway {
            settings: self.settings.clone(),
            state: self.trainer.state(),
            curve: self.curve.clone(),
            monitor: self.monitor.clone(),
            error: self.evaluator.error(),
            is_from_file: self.is_from_file,
        }
    }

    /// Resumes an earlier run.
    ///
    /// # Errors
    /// If the state is inconsistent, which none of ours is.
    pub fn take_up(earlier: PutAway) -> Result<Self, FileError> {
        let PutAway { settings, state, curve, monitor, error, is_from_file } = earlier;
        let mut run = Self::with_trainer(Trainer::from_state(state)?, settings, is_from_file);
        (run.curve, run.monitor) = (curve, monitor);
        run.evaluator.set_error(error);
        Ok(run)
    }

    /// Creates a run with the same settings that continues from earlier parameters of this one, with its curve up to then.
    /// The optimizer's state is new; the order of the examples continues from the present.
    ///
    /// # Errors
    /// If the parameters do not fit the network.
    pub fn branch(&self, step: u64, examples: u64, parameters: &[f32]) -> Result<Self, FileError> {
        let mut state = self.trainer.state();
        let TrainerConfig { method, learning_rate, .. } = state.config;
        state.optimizer = Optimizer::new(method, learning_rate, parameters.len()).into_state();
        state.parameters = parameters.to_vec();
        (state.steps, state.examples) = (step, examples);
        let mut run = Self::with_trainer(Trainer::from_state(state)?, self.settings.clone(), true);
        run.curve = self.curve.up_to(step);
        Ok(run)
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the trainer.
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// Returns the training and test error against the step.
    pub fn curve(&self) -> &Curve {
        &self.curve
    }

    /// Replaces the curve by that of a stored run.
    pub fn set_curve(&mut self, train: &[(u64, f32)], test: &[(u64, f32)]) {
        self.curve.set_points(train, test);
    }

    /// Returns the test error: mean squared error per pixel over all held-out images.
    pub fn test_error(&self) -> Option<f32> {
        self.evaluator.error()
    }

    /// Returns whether the test error has to be measured first: there is none yet, or it is old and due.
    pub fn needs_test_error(&self) -> bool {
        let is_old =
            self.test_error_age > TEST_ERROR_MAX_AGE_MS && self.evaluator.is_due(self.trainer.steps(), false);
        self.test_error().is_none() || is_old
    }

    /// Returns steps and examples per second, once they are measured.
    pub fn throughput(&self) -> Option<(f64, f64)> {
        self.throughput.per_second()
    }

    /// Returns the version of the run's parameters and errors.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the version of the settings.
    pub fn settings_version(&self) -> Version {
        self.settings_version
    }

    /// Returns the current model; that of the last good parameters if the run has diverged.
    pub fn model_view(&self) -> ModelView<'_> {
        let parameters = if self.has_diverged() { self.monitor.good() } else { self.trainer.parameters() };
        ModelView { network: self.trainer.network(), parameters, step: self.trainer.steps() }
    }

    /// Returns what is wrong with the run, if anything is.
    pub fn problem(&self) -> Option<RunProblem> {
        self.monitor.problem()
    }

    /// Returns whether the run has diverged.
    pub fn has_diverged(&self) -> bool {
        matches!(self.problem(), Some(RunProblem::Diverged { .. }))
    }

    /// Returns whether the run is worth keeping: it was trained, or read from a file.
    pub fn is_worth_keeping(&self) -> bool {
        self.trainer.steps() > 0 || self.is_from_file
    }

    /// Applies settings that take effect with the next step.
    ///
    /// # Errors
    /// If no trainer accepts them; nothing is changed then.
    pub fn apply_settings(&mut self, settings: Settings) -> Result<(), ConfigError> {
        let new = &settings.config;
        new.validate()?;
        self.trainer.reconfigure(|config| config.clone_from(new))?;
        self.monitor.change_rate(new.learning_rate, self.trainer.steps());
        self.settings = settings;
        self.settings_version.bump();
        Ok(())
    }

    /// Trains on one batch, or on a part of it where a step is long.
    pub fn advance(&mut self, train: &Dataset) -> StepOutcome {
        let StepStats { step, mse, kl, .. } = match self.trainer.advance(train) {
            Progress::NeedsData => return StepOutcome::NeedsData,
            Progress::InProgress => return StepOutcome::InProgress,
            Progress::Done(stats) => stats,
        };
        self.version.bump();
        if self.monitor.record_train_error(step, mse) {
            self.evaluator.restart();
            return StepOutcome::Diverged;
        }
        self.curve.push_train(step, mse);
        if self.trainer.network().code_kind() == CodeKind::Gaussian {
            self.curve.push_kl(step, kl);
        }
        StepOutcome::Done
    }

    /// Cancels the step in progress and measures the test error again, for other images.
    pub fn use_dataset(&mut self) {
        self.trainer.cancel_step();
        self.evaluate_again();
    }

    /// Records the duration of a frame and what was trained in it.
    pub fn record_frame(&mut self, milliseconds: f64, steps: u64, examples: u64) {
        self.throughput.push(milliseconds, steps, examples);
        self.test_error_age += milliseconds;
    }

    /// Excludes the time until now from the throughput.
    pub fn restart_throughput(&mut self) {
        self.throughput.restart_window();
    }

    /// Continues to measure the test error by up to `units` images, and returns how many it measured. `mean_digit` is the
    /// error of the mean training digit; `is_at_rest` says that no step follows soon.
    pub fn measure(
        &mut self,
        units: usize,
        test: &Dataset,
        mean_digit: Option<f32>,
        is_at_rest: bool,
        inference: &mut Inference,
    ) -> usize {
        if test.is_empty() || self.has_diverged() || !self.evaluator.is_due(self.trainer.steps(), is_at_rest)
        {
            return 0;
        }
        let model = ModelView {
            network: self.trainer.network(),
            parameters: self.trainer.parameters(),
            step: self.trainer.steps(),
        };
        let (rate, loss) = (self.trainer.config().learning_rate, self.trainer.config().loss);
        let (done, measured) = self.evaluator.advance(model, rate, loss, test, inference, units);
        if let Some(measured) = measured.filter(|measured| measured.mse.is_finite()) {
            self.monitor.record_test_error(measured, self.evaluator.parameters(), mean_digit);
            self.curve.push_test(measured.step, measured.mse);
            self.test_error_age = 0.0;
            self.version.bump();
        }
        done
    }

    /// Measures the test error again.
    pub fn evaluate_again(&mut self) {
        self.evaluator.restart();
    }

    /// Returns the learning rate to roll back to.
    pub fn rollback_rate(&self) -> f32 {
        self.monitor.rollback_rate(self.settings.config.method.default_learning_rate())
    }

    /// Rolls back to the last good parameters, with `rate`.
    ///
    /// # Errors
    /// If no trainer accepts the rate; nothing is changed then.
    pub fn roll_back(&mut self, rate: f32) -> Result<(), ConfigError> {
        self.trainer.reconfigure(|config| config.learning_rate = rate)?;
        self.trainer.set_parameters(self.monitor.good());
        self.settings.config.learning_rate = rate;
        self.monitor.record_rollback(rate, self.trainer.steps());
        self.evaluator.restart();
        self.curve.restart_smoothing();
        self.version.bump();
        self.settings_version.bump();
        Ok(())
    }

    /// Encodes the run as a file; a diverged one as it would be after a rollback.
    ///
    /// # Errors
    /// If the format does not support the network.
    pub fn save(&self, format: Format) -> Result<Vec<u8>, FileError> {
        if !self.has_diverged() {
            return crate::files::save(format, &self.trainer);
        }
        crate::files::save(format, &self.rolled_back()?)
    }

    /// Returns the state that [`save`](Self::save) encodes.
    ///
    /// # Errors
    /// If no trainer accepts the good rate.
    pub fn state(&self) -> Result<TrainerState, ConfigError> {
        if !self.has_diverged() {
            return Ok(self.trainer.state());
        }
        Ok(self.rolled_back()?.into_state())
    }

    /// Returns the trainer as it would be after a rollback.
    fn rolled_back(&self) -> Result<Trainer, ConfigError> {
        let mut trainer = self.trainer.clone();
        let rate = self.rollback_rate();
        trainer.reconfigure(|config| config.learning_rate = rate)?;
        trainer.set_parameters(self.monitor.good());
        Ok(trainer)
    }
}
