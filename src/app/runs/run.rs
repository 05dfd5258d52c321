//! A run: its settings, what trains it, and what is known of it.

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

/// How long a test error is news while training goes on, in milliseconds.
const NEWS: f64 = 20_000.0;

/// A run of training.
#[derive(Debug)]
pub struct Run {
    settings: Settings,
    trainer: Trainer,
    curve: Curve,
    evaluator: TestEvaluator,
    monitor: DivergenceMonitor,
    pace: Throughput,
    /// The time it has trained since the test error was measured, in milliseconds.
    unmeasured: f64,
    /// Whether it began with parameters that a file brought.
    is_given: bool,
    version: Version,
    settings_version: Version,
}

/// A run that was put away, with all that it needs to go on.
#[derive(Clone, Debug)]
pub struct PutAway {
    settings: Settings,
    state: TrainerState,
    curve: Curve,
    monitor: DivergenceMonitor,
    error: Option<f32>,
    is_given: bool,
}

/// What came of an attempt to make a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// It needs images that are not here yet.
    NeedsData,
    /// It is under way.
    InProgress,
    /// It was made.
    Done,
    /// It was made, and the run has diverged with it.
    Diverged,
}

impl PutAway {
    /// About how many bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let TrainerState { parameters, optimizer, sampler, .. } = &self.state;
        let numbers = 2 * parameters.len() + optimizer.moment1.len() + optimizer.moment2.len();
        4 * (numbers + sampler.permutation.len() + sampler.drawn.len()) + (1 << 16)
    }

    /// How many steps had been made.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.state.steps
    }
}

impl Run {
    /// A run with fresh parameters.
    ///
    /// # Errors
    /// If no trainer can have these settings.
    pub fn begin(settings: Settings) -> Result<Self, ConfigError> {
        Ok(Self::of(Trainer::new(&settings.config)?, settings, false))
    }

    /// A run that goes on with a trainer from elsewhere.
    #[must_use]
    pub fn given(trainer: Trainer, settings: Settings) -> Self {
        Self::of(trainer, settings, true)
    }

    fn of(trainer: Trainer, settings: Settings, is_given: bool) -> Self {
        let parameters = trainer.parameters();
        Self {
            evaluator: TestEvaluator::new(parameters.len()),
            monitor: DivergenceMonitor::new(parameters, trainer.config().learning_rate, trainer.steps()),
            curve: Curve::default(),
            pace: Throughput::default(),
            unmeasured: 0.0,
            version: Version::fresh(),
            settings_version: Version::fresh(),
            settings,
            trainer,
            is_given,
        }
    }

    /// Puts the run away; one that has diverged as it was when it was last good.
    #[must_use]
    pub fn put_away(mut self) -> PutAway {
        if self.has_diverged() {
            // A rate that no trainer takes leaves the run as it is, which is then not worth keeping.
            let _ = self.go_back(self.good_rate());
        }
        let Self { settings, trainer, curve, evaluator, monitor, is_given, .. } = self;
        PutAway { settings, state: trainer.into_state(), curve, monitor, error: evaluator.error(), is_given }
    }

    /// The same, while the run goes on.
    #[must_use]
    pub fn copy(&self) -> PutAway {
        PutAway {
            settings: self.settings.clone(),
            state: self.trainer.state(),
            curve: self.curve.clone(),
            monitor: self.monitor.clone(),
            error: self.evaluator.error(),
            is_given: self.is_given,
        }
    }

    /// Takes a run up again.
    ///
    /// # Errors
    /// If what was put away contradicts itself, which none of ours does.
    pub fn take_up(kept: PutAway) -> Result<Self, FileError> {
        let PutAway { settings, state, curve, monitor, error, is_given } = kept;
        let mut run = Self::of(Trainer::from_state(state)?, settings, is_given);
        (run.curve, run.monitor) = (curve, monitor);
        run.evaluator.resume(error);
        Ok(run)
    }

    /// A run with the same settings that goes on from earlier parameters of this one, with its curve up to then. The memory
    /// of the optimizer is fresh, and the order of the examples goes on from where it is.
    ///
    /// # Errors
    /// If the parameters are not those of the network.
    pub fn branch(&self, step: u64, examples: u64, parameters: &[f32]) -> Result<Self, FileError> {
        let mut state = self.trainer.state();
        let TrainerConfig { method, learning_rate, .. } = state.config;
        state.optimizer = Optimizer::new(method, learning_rate, parameters.len()).into_state();
        state.parameters = parameters.to_vec();
        (state.steps, state.examples) = (step, examples);
        let mut run = Self::of(Trainer::from_state(state)?, self.settings.clone(), true);
        run.curve = self.curve.until(step);
        Ok(run)
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The trainer.
    #[must_use]
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// Training and test error against the step.
    #[must_use]
    pub fn curve(&self) -> &Curve {
        &self.curve
    }

    /// Takes over the curve of an earlier sitting.
    pub fn resume_curve(&mut self, train: &[(u64, f32)], test: &[(u64, f32)]) {
        self.curve.resume(train, test);
    }

    /// The test error: mean squared error per pixel over all held-out images.
    #[must_use]
    pub fn test_error(&self) -> Option<f32> {
        self.evaluator.error()
    }

    /// Whether the test error is waited for: there is none yet, or it is old and can be seen to have changed.
    #[must_use]
    pub fn awaits_test_error(&self) -> bool {
        let is_old = self.unmeasured > NEWS && self.evaluator.is_due(self.trainer.steps(), false);
        self.test_error().is_none() || is_old
    }

    /// Steps and examples per second, once there was time to measure them.
    #[must_use]
    pub fn pace(&self) -> Option<(f64, f64)> {
        self.pace.per_second()
    }

    /// The number of changes of what there is to see of the run.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The number of changes of the settings.
    #[must_use]
    pub fn settings_version(&self) -> Version {
        self.settings_version
    }

    /// The network as it is now; of a run that has diverged, as it was when it was last good.
    #[must_use]
    pub fn model_view(&self) -> ModelView<'_> {
        let parameters = if self.has_diverged() { self.monitor.good() } else { self.trainer.parameters() };
        ModelView { network: self.trainer.network(), parameters, step: self.trainer.steps() }
    }

    /// What is wrong with the run, if anything is.
    #[must_use]
    pub fn problem(&self) -> Option<RunProblem> {
        self.monitor.problem()
    }

    /// Whether the run has diverged.
    #[must_use]
    pub fn has_diverged(&self) -> bool {
        matches!(self.problem(), Some(RunProblem::Diverged { .. }))
    }

    /// Whether something would be lost with the run: it was trained, or a file brought it.
    #[must_use]
    pub fn is_worth_keeping(&self) -> bool {
        self.trainer.steps() > 0 || self.is_given
    }

    /// Goes over to settings that take effect with the next step.
    ///
    /// # Errors
    /// If no trainer can have them; nothing is changed then.
    pub fn apply_settings(&mut self, settings: Settings) -> Result<(), ConfigError> {
        let new = &settings.config;
        new.validate()?;
        self.trainer.reconfigure(|config| config.clone_from(new))?;
        self.monitor.change_rate(new.learning_rate, self.trainer.steps());
        self.settings = settings;
        self.settings_version.bump();
        Ok(())
    }

    /// Trains on one batch: a piece of it, where it takes long.
    pub fn advance(&mut self, train: &Dataset) -> Stepped {
        let StepStats { step, mse, kl, .. } = match self.trainer.advance(train) {
            Progress::NeedsData => return Stepped::NeedsData,
            Progress::InProgress => return Stepped::InProgress,
            Progress::Done(stats) => stats,
        };
        self.version.bump();
        if self.monitor.has_diverged(step, mse) {
            self.evaluator.restart();
            return Stepped::Diverged;
        }
        self.curve.train(step, mse);
        if self.trainer.network().code_kind() == CodeKind::Gaussian {
            self.curve.kl_of(step, kl);
        }
        Stepped::Done
    }

    /// Cancels the step in progress and measures the test error again, for other images.
    pub fn use_dataset(&mut self) {
        self.trainer.cancel_step();
        self.evaluate_again();
    }

    /// Takes note of how long a frame lasted and what was trained in it.
    pub fn record_frame(&mut self, milliseconds: f64, steps: u64, examples: u64) {
        self.pace.push(milliseconds, steps, examples);
        self.unmeasured += milliseconds;
    }

    /// Takes note of time that does not count for the pace.
    pub fn restart_throughput(&mut self) {
        self.pace.interrupt();
    }

    /// Goes on with the measurement of the test error by up to `units` images, and returns how many it measured.
    /// `mean_digit` is the error of the mean training digit; `at_rest` says that no step follows soon.
    pub fn measure(
        &mut self,
        units: usize,
        test: &Dataset,
        mean_digit: Option<f32>,
        at_rest: bool,
        inference: &mut Inference,
    ) -> usize {
        if test.is_empty() || self.has_diverged() || !self.evaluator.is_due(self.trainer.steps(), at_rest) {
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
            self.monitor.measured(measured, self.evaluator.parameters(), mean_digit);
            self.curve.test(measured.step, measured.mse);
            self.unmeasured = 0.0;
            self.version.bump();
        }
        done
    }

    /// Measures the test error again: other images are held out now.
    pub fn evaluate_again(&mut self) {
        self.evaluator.restart();
    }

    /// The learning rate under which the run can go on from its last good parameters.
    #[must_use]
    pub fn good_rate(&self) -> f32 {
        self.monitor.good_rate(self.settings.config.method.default_learning_rate())
    }

    /// Goes back to the last good parameters, with `rate`.
    ///
    /// # Errors
    /// If no trainer can have the rate; nothing is changed then.
    pub fn go_back(&mut self, rate: f32) -> Result<(), ConfigError> {
        self.trainer.reconfigure(|config| config.learning_rate = rate)?;
        self.trainer.set_parameters(self.monitor.good());
        self.settings.config.learning_rate = rate;
        self.monitor.went_back(rate, self.trainer.steps());
        self.evaluator.restart();
        self.curve.interrupt();
        self.version.bump();
        self.settings_version.bump();
        Ok(())
    }

    /// What the run would be after going back: a file of a diverged run holds that.
    ///
    /// # Errors
    /// If the file's format cannot hold the network.
    pub fn save(&self, format: Format) -> Result<Vec<u8>, FileError> {
        if !self.has_diverged() {
            return crate::files::save(format, &self.trainer);
        }
        crate::files::save(format, &self.gone_back()?)
    }

    /// What a file of the run holds, see [`save`](Self::save).
    ///
    /// # Errors
    /// If no trainer can have the rate that was good.
    pub fn state(&self) -> Result<TrainerState, ConfigError> {
        if !self.has_diverged() {
            return Ok(self.trainer.state());
        }
        Ok(self.gone_back()?.into_state())
    }

    /// The trainer as it would be after going back.
    fn gone_back(&self) -> Result<Trainer, ConfigError> {
        let mut trainer = self.trainer.clone();
        let rate = self.good_rate();
        trainer.reconfigure(|config| config.learning_rate = rate)?;
        trainer.set_parameters(self.monitor.good());
        Ok(trainer)
    }
}
