//! Runs: the current one, its timeline, and earlier ones.

mod autosave;
mod curve;
mod divergence;
mod ghosts;
mod keeping;
mod run;
mod sitting;
mod test_evaluator;
mod throughput;
mod timeline;
mod undo;

pub use divergence::RunProblem;
pub use ghosts::{Ghost, Ghosts};
pub use run::{Run, StepOutcome};
pub use sitting::Sitting;
pub use throughput::PartialStep;
pub use timeline::Timeline;

use self::autosave::Autosave;
use self::keeping::Keeping;
use self::run::PutAway;
use self::timeline::Moment;
use self::undo::{PutAside, Undo};
use super::dataset_ref::DatasetRef;
use super::model_view::ModelView;
use super::pins::Pins;
use super::settings::{DatasetChoice, Settings};
use super::tracked::Version;
use crate::data::Dataset;
use crate::files::{self, FileError, Format};
use crate::train::ConfigError;
use crate::view::plot::group_digits;

/// The clock of a frame, in milliseconds.
type Clock<'c> = &'c mut dyn FnMut() -> f64;

/// The dataset and the pins of a run.
#[derive(Clone, Debug)]
pub struct RunContext {
    /// The images it is trained on.
    pub dataset: DatasetRef,
    /// The pins on its plane.
    pub pins: Pins,
}

/// An earlier run.
#[derive(Debug)]
struct Memento {
    run: PutAway,
    context: RunContext,
    timeline: Timeline,
}

impl PutAside for Memento {
    fn bytes(&self) -> usize {
        self.run.bytes() + self.timeline.bytes()
    }

    fn lighten(&mut self) -> bool {
        self.timeline.thin()
    }
}

/// The current run and earlier ones. A new run replaces it only in [`start`](Self::start), which keeps it.
#[derive(Debug)]
pub struct Runs {
    run: Run,
    timeline: Timeline,
    undo: Undo<Memento>,
    ghosts: Ghosts,
    autosave: Autosave,
    /// The run while it is being stored.
    keeping: Option<Keeping>,
    /// The stored run of an earlier visit, which can be continued.
    offer: Option<Sitting>,
    /// Counts the writes of `undo` and `offer`.
    earlier_version: Version,
}

impl Runs {
    /// Holds a first run.
    pub fn new(run: Run) -> Self {
        Self {
            timeline: first_timeline(&run),
            run,
            undo: Undo::default(),
            ghosts: Ghosts::default(),
            autosave: Autosave::default(),
            keeping: None,
            offer: None,
            earlier_version: Version::fresh(),
        }
    }

    /// Returns the current run.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Returns the current run.
    pub fn run_mut(&mut self) -> &mut Run {
        &mut self.run
    }

    /// Returns the recorded steps of the run, and the one that is shown.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Returns the timeline for seeking and replaying.
    pub fn timeline_mut(&mut self) -> &mut Timeline {
        &mut self.timeline
    }

    /// Returns the kept curves.
    pub fn ghosts(&self) -> &Ghosts {
        &self.ghosts
    }

    /// Returns the version of what [`undo_label`](Self::undo_label) and [`offer_text`](Self::offer_text) say.
    pub fn earlier_version(&self) -> Version {
        self.earlier_version
    }

    /// Returns the model that views show: that of the shown step, or the one that trains.
    pub fn model_view(&self) -> ModelView<'_> {
        let now = self.run.model_view();
        self.timeline.shown().map_or(now, |moment| ModelView {
            parameters: &moment.parameters,
            step: moment.step,
            ..now
        })
    }

    /// Starts a run. The one before is kept with its `context`, and can be restored.
    pub fn start(&mut self, run: Run, context: RunContext) {
        let timeline = first_timeline(&run);
        self.start_with(run, timeline, context);
    }

    fn start_with(&mut self, run: Run, timeline: Timeline, context: RunContext) {
        let old = std::mem::replace(&mut self.run, run);
        let timeline = std::mem::replace(&mut self.timeline, timeline);
        if old.is_worth_keeping() {
            self.undo.keep(Memento { run: old.put_away(), context, timeline });
        }
        self.earlier_version.bump();
        self.restart_autosave();
    }

    /// Keeps a copy of the run, unless it has diverged or there is nothing to lose.
    pub fn keep_copy(&mut self, context: RunContext) {
        if let Some(memento) = self.memento(context) {
            self.undo.keep(memento);
            self.earlier_version.bump();
        }
    }

    /// Restores the run before this one. Returns its context, or nothing if there is none.
    ///
    /// # Errors
    /// [`FileError`] if the earlier run is inconsistent.
    pub fn undo(&mut self, context: RunContext) -> Option<Result<RunContext, FileError>> {
        let current = self.memento(context);
        let memento = self.undo.undo(|| current)?;
        Some(self.restore(memento))
    }

    /// Restores the run that was undone last, as [`undo`](Self::undo) does.
    ///
    /// # Errors
    /// [`FileError`] if the earlier run is inconsistent.
    pub fn redo(&mut self, context: RunContext) -> Option<Result<RunContext, FileError>> {
        let current = self.memento(context);
        let memento = self.undo.redo(|| current)?;
        Some(self.restore(memento))
    }

    fn memento(&self, context: RunContext) -> Option<Memento> {
        let is_worth_keeping = self.run.is_worth_keeping() && !self.run.has_diverged();
        is_worth_keeping.then(|| Memento { run: self.run.copy(), context, timeline: self.timeline.clone() })
    }

    fn restore(&mut self, memento: Memento) -> Result<RunContext, FileError> {
        self.earlier_version.bump();
        self.run = Run::take_up(memento.run)?;
        self.timeline = memento.timeline;
        self.timeline.seek(1.0);
        self.restart_autosave();
        Ok(memento.context)
    }

    fn restart_autosave(&mut self) {
        self.autosave.forget();
        self.keeping = None;
    }

    /// Starts a run from the shown step. Returns false if the present is shown.
    ///
    /// # Errors
    /// [`FileError`] if no run can continue from there.
    pub fn branch(&mut self, context: RunContext) -> Result<bool, FileError> {
        let Some((moment, timeline)) = self.timeline.branch() else { return Ok(false) };
        let run = self.run.branch(moment.step, moment.examples, &moment.parameters)?;
        self.start_with(run, timeline, context);
        Ok(true)
    }

    /// Trains on one batch, or on a part of it where a step is long, and records the step in the timeline if one is due.
    /// Diverged parameters are not recorded.
    pub fn train(&mut self, train: &Dataset) -> StepOutcome {
        let stepped = self.run.advance(train);
        let trainer = self.run.trainer();
        if stepped == StepOutcome::Done && self.timeline.is_due(trainer.steps()) {
            self.timeline.record(trainer.steps(), trainer.examples(), trainer.parameters());
        }
        stepped
    }

    /// Rolls the run back to its last good parameters, with a learning rate. A copy of a degraded run is kept.
    ///
    /// # Errors
    /// [`ConfigError`] if no trainer takes the rate; then the run stays as it is.
    pub fn roll_back(&mut self, rate: f32, context: RunContext) -> Result<(), ConfigError> {
        self.keep_copy(context);
        self.run.roll_back(rate)
    }

    /// Keeps the curve of the run for comparison.
    pub fn keep_curve(&mut self) {
        self.ghosts.keep(self.run.settings(), self.run.curve().history());
    }

    /// Removes a kept curve, by its number.
    pub fn remove_curve(&mut self, number: u64) {
        self.ghosts.remove(number);
    }

    /// Describes the run that Undo restores, if there is one.
    pub fn undo_label(&self) -> Option<String> {
        let step = self.undo.last()?.run.step();
        Some(format!("Brings back the run before this one, at step {}.", group_digits(step)))
    }

    /// Describes the stored run of an earlier visit, if there is one.
    pub fn offer_text(&self) -> Option<String> {
        let Sitting { step, test, .. } = self.offer.as_ref()?;
        let error = test.last().map_or(String::new(), |(_, mse)| format!(", with a test error of {mse:.4}"));
        Some(format!("The browser has kept your last run: step {}{error}.", group_digits(*step)))
    }

    /// Offers the stored run of an earlier visit, or none.
    pub fn set_offer(&mut self, offer: Option<Sitting>) {
        self.offer = offer;
        self.earlier_version.bump();
    }

    /// Opens the stored run of an earlier visit, and removes the offer. Returns the run and whether it was trained on the
    /// user's own images, or nothing without an offer. `is_available` tells which datasets can be loaded.
    ///
    /// # Errors
    /// Why it cannot be opened, in words.
    pub fn open_offer(
        &mut self,
        is_available: impl Fn(DatasetChoice) -> bool,
    ) -> Option<Result<(Run, bool), String>> {
        let offer = self.offer.take()?;
        self.earlier_version.bump();
        Some(open(&offer, is_available).map(|run| (run, offer.had_own_images)))
    }

    /// Makes the next store due: the page may be closed.
    pub fn store_soon(&mut self) {
        self.autosave.make_due();
    }

    /// Returns whether the run is being stored.
    pub fn is_storing(&self) -> bool {
        self.keeping.is_some()
    }

    /// Encodes the run for the browser's storage if that is due, a part in each frame; without a clock all of it, since the
    /// page may be closed. Returns the bytes with the last part. An offered run of an earlier visit stays stored while it
    /// is longer.
    pub fn store(&mut self, time: f64, mut now: Option<Clock<'_>>, has_own_images: bool) -> Option<Vec<u8>> {
        let is_urgent = now.is_none();
        let mut now = || now.as_mut().map_or(time, |now| now());
        let start = now();
        if is_urgent || self.keeping.is_none() {
            self.keeping = self.begin_keeping(time, has_own_images);
        }
        let keeping = self.keeping.as_mut()?;
        let is_written = keeping.advance(if is_urgent { usize::MAX } else { Keeping::PIECE });
        let (after, step) = (now(), keeping.step());
        let took = keeping.took(after - start);
        if !is_written {
            return None;
        }
        self.autosave.record(after, step, took);
        self.keeping.take().map(Keeping::finish)
    }

    fn begin_keeping(&mut self, time: f64, had_own_images: bool) -> Option<Keeping> {
        let step = self.run.model_view().step;
        let is_shorter = self.offer.as_ref().is_some_and(|offer| offer.step >= step);
        if !self.run.is_worth_keeping() || is_shorter || !self.autosave.is_due(time, step) {
            return None;
        }
        let history = self.run.curve().history();
        let sitting = Sitting {
            step,
            fragment: self.run.settings().to_fragment(),
            had_own_images,
            train: history.train.iter().collect(),
            test: history.test.iter().collect(),
            file: Vec::new(),
        };
        let keeping = self.run.state().ok().and_then(|state| Keeping::begin(&sitting, state).ok());
        if keeping.is_none() {
            // A run that cannot be stored is not encoded again in every frame.
            self.autosave.record(time, step, 0.0);
        }
        keeping
    }
}

/// Returns the timeline of a run that starts.
fn first_timeline(run: &Run) -> Timeline {
    let ModelView { parameters, step, .. } = run.model_view();
    Timeline::new(Moment { step, examples: run.trainer().examples(), parameters: parameters.to_vec() })
}

fn open(offer: &Sitting, is_available: impl Fn(DatasetChoice) -> bool) -> Result<Run, String> {
    let (settings, _) = Settings::from_fragment(&offer.fragment);
    let file =
        files::read(Format::Bottleneck, &offer.file, &settings.config).map_err(|error| error.to_string())?;
    let from_file = settings.with_config(file.config()).map_err(|error| error.to_string())?;
    let trainer = file.into_trainer().map_err(|error| error.to_string())?;
    let dataset = settings.dataset.filter(|&choice| is_available(choice));
    let mut run = Run::from_trainer(trainer, Settings { dataset, preset: settings.preset, ..from_file });
    run.set_curve(&offer.train, &offer.test);
    Ok(run)
}
