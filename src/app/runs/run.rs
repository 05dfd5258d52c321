//! A run: its settings, its trainer, its timeline, its curve and its test error.

use std::fmt;
use std::rc::Rc;

use super::checkpoint::Checkpoint;
use super::curve::Curve;
use super::divergence::{DivergenceMonitor, RunProblem};
use super::test_evaluator::{PastErrors, TestEvaluator};
use super::throughput::Throughput;
use super::timeline::Timeline;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::settings::Settings;
use crate::app::tracked::Version;
use crate::data::Dataset;
use crate::files::{self, FileError, Format, RunHeader, SettingChange};
use crate::nn::{CodeKind, Optimizer};
use crate::train::setting::Setting;
use crate::train::{ConfigError, Progress, StepStats, Trainer, TrainerConfig, TrainerState};

/// The age of a test error, in milliseconds of training, above which it is measured first.
const TEST_ERROR_MAX_AGE_MS: f64 = 20_000.0;

/// The age of the test error, in milliseconds of training, above which it is measured before the errors of earlier steps.
const PRESENT_FIRST_AFTER_MS: f64 = 1_500.0;

/// How long the network is shown as it has diverged, in milliseconds, before its last good parameters are.
const SHOW_DIVERGED_MS: f64 = 2_000.0;

/// Changes of a setting within these seconds of training are one mark.
const MARK_SECONDS: f32 = 1.0;

/// A run of training.
#[derive(Debug)]
pub struct Run {
    settings: Settings,
    trainer: Trainer,
    timeline: Timeline,
    curve: Curve,
    /// The changes of settings during training.
    changes: Vec<SettingChange>,
    /// The seconds of training.
    seconds: f64,
    evaluator: TestEvaluator,
    past_errors: PastErrors,
    monitor: DivergenceMonitor,
    throughput: Throughput,
    /// The milliseconds for which a network that has diverged is still shown.
    diverged_ms_left: f64,
    /// The milliseconds of training since the test error was measured.
    test_error_age: f64,
    /// Whether settings, images and changes determine the parameters: it began with fresh ones and was never rolled back.
    is_reproducible: bool,
    version: Version,
    settings_version: Version,
}

/// A change of a setting during training, as the chart marks it. A setting that changes often in a short time has one mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The step of the last change.
    pub step: u64,
    /// The setting.
    pub setting: Setting,
    /// The value before.
    pub from: String,
    /// The value since.
    pub to: String,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} → {}", self.setting.word(), self.from, self.to)
    }
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

impl Run {
    /// Creates a run with new parameters.
    ///
    /// # Errors
    /// If no trainer accepts the settings.
    pub fn new(settings: Settings) -> Result<Self, ConfigError> {
        let trainer = Trainer::new(&settings.config)?;
        Ok(Self { is_reproducible: true, ..Self::from_trainer(trainer, settings) })
    }

    /// Creates a run that starts from the present state of a trainer, and is not reproducible from its settings.
    pub fn from_trainer(trainer: Trainer, settings: Settings) -> Self {
        let start = Checkpoint {
            step: trainer.steps(),
            examples: trainer.examples(),
            parameters: trainer.parameters().to_vec(),
        };
        Self {
            evaluator: TestEvaluator::new(start.parameters.len()),
            past_errors: PastErrors::default(),
            monitor: DivergenceMonitor::new(start.clone(), trainer.config().learning_rate),
            timeline: Timeline::new(start),
            curve: Curve::default(),
            changes: Vec::new(),
            seconds: 0.0,
            throughput: Throughput::default(),
            diverged_ms_left: 0.0,
            test_error_age: 0.0,
            version: Version::fresh(),
            settings_version: Version::fresh(),
            settings,
            trainer,
            is_reproducible: false,
        }
    }

    /// Resumes a run from a trainer and what was stored of the run beside it.
    pub fn resume(
        trainer: Trainer,
        settings: Settings,
        header: &RunHeader,
        checkpoints: Vec<Rc<Checkpoint>>,
    ) -> Self {
        let mut run = Self::from_trainer(trainer, settings);
        let (rate, has_diverged) = (run.settings.config.learning_rate, header.diverged_at.is_some());
        run.monitor =
            DivergenceMonitor::resume(run.monitor.good().clone(), rate, header.test_error, has_diverged);
        if !checkpoints.is_empty() {
            run.timeline = Timeline::resume(checkpoints);
        }
        run.evaluator.set_error(header.test_error);
        run.curve = Curve::from_points(&header.curve);
        run.changes.clone_from(&header.changes);
        run.seconds = header.training_ms as f64 / 1_000.0;
        run.is_reproducible = header.is_reproducible && !has_diverged;
        run
    }

    /// Creates a run with the same settings that continues from the shown step of the timeline, with the curve up to then;
    /// nothing if the present is shown. The optimizer's state is new; the order of the examples continues from the present.
    ///
    /// # Errors
    /// If the parameters do not fit the network.
    pub fn branch(&self) -> Option<Result<Self, FileError>> {
        let (start, timeline) = self.timeline.branch()?;
        let mut state = self.trainer.state();
        let TrainerConfig { method, learning_rate, .. } = state.config;
        state.optimizer = Optimizer::new(method, learning_rate, start.parameters.len()).into_state();
        state.parameters.clone_from(&start.parameters);
        (state.steps, state.examples) = (start.step, start.examples);
        let trainer = match Trainer::from_state(state) {
            Ok(trainer) => trainer,
            Err(error) => return Some(Err(error.into())),
        };
        let mut run = Self::from_trainer(trainer, self.settings.clone());
        run.seconds = self.curve.seconds_at(start.step).into();
        run.curve = self.curve.up_to(start.step);
        run.changes = self.changes.iter().filter(|change| change.step <= start.step).cloned().collect();
        run.timeline = timeline;
        Some(Ok(run))
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

    /// Returns the timeline.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Returns the timeline for seeking and replaying.
    pub fn timeline_mut(&mut self) -> &mut Timeline {
        &mut self.timeline
    }

    /// Returns the changes of settings during training.
    pub fn changes(&self) -> &[SettingChange] {
        &self.changes
    }

    /// Returns the changes of settings as marks on the curve.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks: Vec<Mark> = Vec::new();
        for change in &self.changes {
            let Some(setting) = Setting::all().find(|setting| setting.key() == change.key) else { continue };
            let seconds = |step| self.curve.seconds_at(step);
            let last = marks.iter_mut().rev().find(|mark| mark.setting == setting);
            match last.filter(|mark| seconds(change.step) - seconds(mark.step) < MARK_SECONDS) {
                Some(mark) => (mark.step, mark.to) = (change.step, change.to.clone()),
                None => marks.push(Mark {
                    step: change.step,
                    setting,
                    from: change.from.clone(),
                    to: change.to.clone(),
                }),
            }
        }
        marks.retain(|mark| mark.from != mark.to);
        marks
    }

    /// Returns whether settings, images and changes determine the parameters.
    pub fn is_reproducible(&self) -> bool {
        self.is_reproducible
    }

    /// Records that its parameters come from another run, or from a file.
    pub fn set_forked(&mut self) {
        self.is_reproducible = false;
    }

    /// Returns the seconds of training.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Returns the test error: mean squared error per pixel over all held-out images.
    pub fn test_error(&self) -> Option<f32> {
        self.evaluator.error()
    }

    /// Returns the test error over the first thousand held-out images, while that over all is not known.
    pub fn test_error_preview(&self) -> Option<f32> {
        self.evaluator.preview()
    }

    /// Returns whether test errors have to be measured first: there is none yet, those of the past are unknown, or the last is old
    /// and due.
    pub fn needs_test_error(&self) -> bool {
        let is_due = self.evaluator.is_due(self.trainer.steps(), false);
        self.test_error().is_none()
            || self.past_errors.len() > 0
            || (is_due && self.test_error_age > TEST_ERROR_MAX_AGE_MS)
    }

    /// Returns whether the test errors of the past are measured.
    pub fn knows_past_errors(&self) -> bool {
        self.test_error().is_some() && self.past_errors.len() == 0
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

    /// Returns the current model. Once a diverged network has been shown for a while, it has the last good parameters instead.
    pub fn model_view(&self) -> ModelView<'_> {
        let good = &*self.monitor.good().parameters;
        let is_good_shown = self.has_diverged() && !self.is_diverged_shown();
        let parameters = if is_good_shown { good } else { self.trainer.parameters() };
        ModelView { network: self.trainer.network(), parameters, step: self.trainer.steps() }
    }

    /// Returns what is wrong with the run, if anything is.
    pub fn problem(&self) -> Option<RunProblem> {
        self.monitor.problem()
    }

    /// Returns whether the run has diverged.
    pub fn has_diverged(&self) -> bool {
        self.diverged_at().is_some()
    }

    /// Returns whether the network is still shown as it has diverged.
    pub fn is_diverged_shown(&self) -> bool {
        self.diverged_ms_left > 0.0
    }

    /// Counts down, by `dt` milliseconds, the time for which diverged parameters are shown. Returns whether it ends now.
    pub fn advance_diverged(&mut self, dt: f64) -> bool {
        let was_shown = self.is_diverged_shown();
        self.diverged_ms_left = (self.diverged_ms_left - dt).max(0.0);
        was_shown && !self.is_diverged_shown()
    }

    /// Returns the step at which the run has diverged, if it has.
    pub fn diverged_at(&self) -> Option<u64> {
        match self.problem() {
            Some(RunProblem::Diverged { step }) => Some(step),
            _ => None,
        }
    }

    /// Returns whether the run is worth keeping: it was trained, or read from a file.
    pub fn is_worth_keeping(&self) -> bool {
        self.trainer.steps() > 0 || !self.is_reproducible
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
        self.record_changes(&settings);
        self.settings = settings;
        self.settings_version.bump();
        Ok(())
    }

    /// Records the changes from the present settings to `settings`. A setting that changes again before the next step, as while
    /// a slider moves, has changed once.
    fn record_changes(&mut self, settings: &Settings) {
        let step = self.trainer.steps();
        for setting in Setting::all() {
            let (Some(from), Some(to)) = (self.settings.get(setting), settings.get(setting)) else {
                continue;
            };
            if from == to {
                continue;
            }
            let key = setting.key();
            let is_same = |change: &SettingChange| change.step == step && change.key == key;
            match self.changes.iter().position(is_same) {
                Some(index) if self.changes[index].from == to => _ = self.changes.remove(index),
                Some(index) => self.changes[index].to = to,
                None => self.changes.push(SettingChange { step, key: key.to_owned(), from, to }),
            }
        }
        if step == 0 {
            // A run without a step begins with these settings.
            self.changes.clear();
        }
    }

    /// Trains on one batch, or on a part of it where a step is long, and records the step in the timeline if one is due.
    /// Diverged parameters are not recorded.
    pub fn advance(&mut self, train: &Dataset) -> StepOutcome {
        let StepStats { step, mse, kl, .. } = match self.trainer.advance(train) {
            Progress::NeedsData => return StepOutcome::NeedsData,
            Progress::InProgress => return StepOutcome::InProgress,
            Progress::Done(stats) => stats,
        };
        self.version.bump();
        self.curve.push_train(step, mse);
        if self.monitor.record_train_error(step, mse) {
            self.evaluator.restart();
            self.diverged_ms_left = SHOW_DIVERGED_MS;
            return StepOutcome::Diverged;
        }
        if self.trainer.network().code_kind() == CodeKind::Gaussian {
            self.curve.push_kl(step, kl);
        }
        if self.timeline.is_due(step) {
            self.timeline.record(step, self.trainer.examples(), self.trainer.parameters());
        }
        StepOutcome::Done
    }

    /// Cancels the step in progress and discards the test errors, because the images have changed.
    pub fn restart_for_new_images(&mut self) {
        self.trainer.cancel_step();
        self.invalidate_test_errors();
    }

    /// Records the duration of a frame and what was trained in it.
    pub fn record_frame(&mut self, milliseconds: f64, steps: u64, examples: u64) {
        self.throughput.push(milliseconds, steps, examples);
        self.seconds += milliseconds / 1_000.0;
        if steps > 0 {
            self.curve.push_seconds(self.trainer.steps(), self.seconds);
        }
        self.test_error_age += milliseconds;
        self.evaluator.record_frame(milliseconds);
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
        if test.is_empty() || self.has_diverged() {
            return 0;
        }
        let is_due = self.evaluator.is_due(self.trainer.steps(), is_at_rest);
        let is_present_first =
            self.evaluator.is_in_progress() || (is_due && self.test_error_age > PRESENT_FIRST_AFTER_MS);
        if self.past_errors.len() > 0 && !is_present_first {
            return self.measure_past(units, test, inference);
        }
        if !is_due {
            return 0;
        }
        let (done, measured) = self.evaluator.advance(&self.trainer, test, inference, units);
        if let Some(measured) = measured.filter(|measured| measured.mse.is_finite()) {
            let train_error = self.curve.train_error();
            let usual_rate = self.settings.config.method.default_learning_rate();
            let checkpoint = self.evaluator.checkpoint();
            self.monitor.record_test_error(measured, checkpoint, mean_digit, train_error, usual_rate);
            if self.curve.history().test.is_empty() {
                self.past_errors.start(self.timeline.checkpoints(), measured.step);
            }
            self.curve.push_test(measured.step, measured.mse);
            self.test_error_age = 0.0;
            self.version.bump();
        }
        done
    }

    /// Continues to measure the test errors of the past.
    fn measure_past(&mut self, units: usize, test: &Dataset, inference: &mut Inference) -> usize {
        let (done, measured) = self.past_errors.advance(&self.trainer, test, inference, units);
        if let Some((step, mse)) = measured {
            self.curve.prepend_test(step, mse);
            self.version.bump();
        }
        done
    }

    /// Discards the test errors, so that they are measured again.
    pub fn invalidate_test_errors(&mut self) {
        self.evaluator.restart();
        self.past_errors.clear();
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
        // Where nothing was learnt, the first parameters are the best.
        let first = &self.timeline.checkpoints()[0];
        let is_stuck = self.problem() == Some(RunProblem::Stuck);
        let good = if is_stuck { first } else { self.monitor.good() };
        self.trainer.set_parameters(&good.parameters);
        let mut settings = self.settings.clone();
        settings.config.learning_rate = rate;
        self.record_changes(&settings);
        self.settings = settings;
        self.is_reproducible = false;
        self.diverged_ms_left = 0.0;
        self.monitor.record_rollback(rate, self.trainer.steps());
        self.evaluator.restart();
        self.curve.restart_smoothing();
        self.version.bump();
        self.settings_version.bump();
        Ok(())
    }

    /// Encodes the run in a format. `header` goes into a `.bottleneck` file. A diverged run is saved as if rolled back.
    ///
    /// # Errors
    /// If the format does not support the network.
    pub fn save(&self, format: Format, header: RunHeader) -> Result<Vec<u8>, FileError> {
        match format {
            Format::Bottleneck => files::save_run(&self.snapshot()?.0, header),
            _ if self.has_diverged() => files::save(format, &self.rolled_back()?),
            _ => files::save(format, &self.trainer),
        }
    }

    /// Returns the state from which the run continues, and whether it is that of the last step: a run that has diverged, or is
    /// about to since the optimizer's moments are no longer finite, continues from its last good parameters.
    ///
    /// # Errors
    /// If no trainer accepts the good rate.
    pub fn snapshot(&self) -> Result<(TrainerState, bool), FileError> {
        if !self.has_diverged() {
            let state = self.trainer.state();
            if files::check_state(&state).is_ok() {
                return Ok((state, true));
            }
        }
        Ok((self.rolled_back()?.into_state(), false))
    }

    /// Returns the trainer as it would be after a rollback.
    fn rolled_back(&self) -> Result<Trainer, ConfigError> {
        let mut trainer = self.trainer.clone();
        let rate = self.rollback_rate();
        trainer.reconfigure(|config| config.learning_rate = rate)?;
        trainer.set_parameters(&self.monitor.good().parameters);
        Ok(trainer)
    }
}
