//! The page without a browser: what can happen to it, what it does with the time of a frame, and what views show.
//!
//! The browser's side turns whatever happens into a [`Msg`] for [`App::update`], gives each frame's time to [`App::frame`], does
//! what [`App::take_effects`] asks for, and draws the views whose versions have changed. Nothing is painted here, and no clock
//! is read but the one passed in, so all of it is tested natively.
//!
//! The work is done by parts that do not know each other: [`Runs`] trains, [`Datasets`] loads images, [`Playback`] says when to train,
//! the [`Plane`] shows digits, the parts of `inspect` look into the network, and the notices speak to the user. [`App`] routes messages to
//! them. What an update has changed comes back as [`Changes`], and [`App`] tells each part once, in a fixed order.

mod anomaly;
mod article;
mod code;
mod controls;
mod dataset;
mod dataset_ref;
mod drawing;
mod figures;
pub mod frame_clock;
mod inference;
mod inspect;
mod keys;
mod lessons;
mod message;
mod messages;
mod model_view;
mod outputs;
pub mod pacer;
mod pins;
mod plane;
pub mod redraw_throttle;
mod runs;
mod sampled;
mod scheduler;
mod selection;
mod settings;
mod tracked;
mod url;

pub use anomaly::Anomaly;
pub use article::{article_text, pipeline_sentence, selection_sentence, short_error, with_article};
pub use code::Code;
pub use controls::{Playback, Speed, State, StepPart, StepSize};
pub use dataset::{Datasets, DecodedPicture, MnistFile, PictureFile, PictureRequest, Ticket};
pub use figures::Figures;
pub use inference::pixel_mse;
pub use inspect::{
    ClassError, Digits, DrawingResult, Inactive, Inspect, InspectMsg, LayerEdit, LayerInspector, LayerStats,
    MAX_WORST_DIGITS, NEAREST_COUNT, Pad, PadMsg, Quantity, RECONSTRUCTION_COUNT, SAMPLE_COUNT,
    TRAINING_COUNT, UNITS_PER_PAGE, UnitStats, WeightLayout, Weights, WorstDigits,
};
pub use keys::letter;
pub use lessons::{Answer, Lesson, LessonMsg, Lessons, OpenLesson, Stop, Tour};
pub use message::{Changes, DatasetMsg, Effect, Msg, NoticeMsg, PlaybackMsg, RunsMsg, SavedFile};
pub use messages::{Action, Notice, Notices};
pub use model_view::ModelView;
pub use outputs::{Flow, Outputs, Posterior};
pub use pins::{MAX_PINS, Pin, Pins};
pub use plane::{
    Agreement, Axes, Circle, Coloring, DEFAULT_CIRCLE_SPEED, Display, Gesture, GestureEvent, Handle,
    KEY_STEP, MAX_POINTS, Overlay, PATH_POINTS, Plane, PlaneMsg, Pointer, View,
};
pub use runs::{
    Checkpoint, IMAGES_KEY, LAST_VISIT_KEY, MAX_TICKS, Mark, PREVIEW_IMAGES, Row, Run, RunFile, RunProblem,
    RunWrite, Runs, StorageEvent, StorageRequest, StoredRun, Visit, Write, WriteOutcome,
};
pub use selection::Selection;
pub use settings::{
    DatasetChoice, Field, FieldError, MAX_CODE, MAX_PARAMETERS, PRESENT_KEY, Settings, UnfitNetwork, embedded,
};
pub use tracked::{Tracked, Version};
pub use url::pairs;

use std::cell::RefCell;

use self::controls::StopReason;
use self::dataset::{LoadEvent, ReadNetwork, UserFiles, UserNetwork};
use self::dataset_ref::SplitDataset;
use self::drawing::DrawingAnalysis;
use self::inference::Inference;
use self::messages::Condition;
use self::outputs::OutputCache;
use self::runs::{OpenOutcome, PartialStep, RunContext, StepOutcome, Timeline};
use self::scheduler::{Scheduler, Task};
use crate::data::import::Report;
use crate::files::{ActivationChoice, Format, Script, write_zip};
use crate::nn::{CodeKind, NetworkSpec};
use crate::train::Trainer;
use crate::train::setting::{Setting, excerpt, parse_whole};
use crate::view::plot::group_digits;

/// The share of a frame that parsing images may take while the network trains.
const LOADING_SHARE: f64 = 0.3;

/// The frames between two reports on how far the reading of the user's files is.
const REPORT_READING_AFTER_FRAMES: u64 = 20;

/// The frames between two looks whether the run has answered a lesson.
const ANSWER_EVERY_FRAMES: u64 = 10;

/// How long a run has to wait for images, in milliseconds, before the page says so, and for how long at most that outlasts the wait.
const SHOWN_WAIT_MS: f64 = 400.0;
const MAX_WAIT_MS: f64 = 800.0;

/// The longest frame in milliseconds: after a longer gap the page has returned from the background.
const MAX_FRAME_MS: f64 = 1_000.0;

/// The frames without work after which the app is idle: what one has found is drawn in the next.
const QUIET_FRAMES: u32 = 2;

/// The error of the linear code is estimated after the first of these steps, and computed from all digits after the second, in one
/// of this many frames, so that it slows nothing down at the beginning.
const LINEAR_CODE_ESTIMATE_AFTER_STEP: u64 = 200;
const LINEAR_CODE_AFTER_STEP: u64 = 3_000;
const LINEAR_CODE_EVERY_FRAMES: u64 = 4;

/// The page's state, all of it.
#[derive(Debug)]
pub struct App {
    runs: Runs,
    datasets: Datasets,
    playback: Playback,
    /// Layers that were typed into their field and refused; they stay there to be corrected.
    refused_network: Tracked<Option<String>>,
    plane: Tracked<Plane>,
    inspect: Inspect,
    drawing: DrawingAnalysis,
    notices: Notices,
    lessons: Tracked<Lessons>,
    /// The problem of the run that the notices tell.
    reported_problem: Option<RunProblem>,
    /// The images that the notices ask for.
    wanted_images: Option<String>,
    /// The parameters of the run's file, and the activations that suit them best, if that does not state them.
    unstated: Option<(Vec<f32>, ActivationChoice)>,
    /// Whether the notices have told that the run's schedule has ended.
    reported_schedule_end: bool,
    scheduler: Scheduler,
    partial_step: PartialStep,
    inference: RefCell<Inference>,
    outputs: OutputCache,
    /// The version of the model that views show.
    model_version: Version,
    frames: u64,
    /// The number of frames without work up to now.
    quiet_frames: u32,
    last_frame: Option<f64>,
    /// How much longer the run has waited for images than it has trained since, in milliseconds: it also trains in between.
    waiting_ms: f64,
    effects: Vec<Effect>,
}

impl Default for App {
    fn default() -> Self {
        let run = Run::new(Settings::default()).expect("a preset is valid");
        let network = run.model_view().network;
        let mut app = Self {
            plane: Tracked::new(Plane::new(network.latent_dim())),
            inference: RefCell::new(Inference::new(network)),
            outputs: OutputCache::default(),
            runs: Runs::new(run),
            datasets: Datasets::default(),
            playback: Playback::default(),
            refused_network: Tracked::default(),
            inspect: Inspect::default(),
            drawing: DrawingAnalysis::default(),
            notices: Notices::default(),
            lessons: Tracked::default(),
            reported_problem: None,
            wanted_images: None,
            unstated: None,
            reported_schedule_end: false,
            scheduler: Scheduler::default(),
            partial_step: PartialStep::default(),
            model_version: Version::fresh(),
            frames: 0,
            quiet_frames: 0,
            last_frame: None,
            waiting_ms: 0.0,
            effects: Vec::new(),
        };
        app.apply(Changes::RUN);
        app
    }
}

/// Messages.
impl App {
    /// Does what a message asks for.
    pub fn update(&mut self, msg: impl Into<Msg>) {
        self.quiet_frames = 0;
        let changes = match msg.into() {
            Msg::Open(fragment) => self.open(&fragment),
            Msg::Set(field, text) => self.set_field(field, &text),
            Msg::SetStop(text) => self.set_stop(&text),
            Msg::SetWidth(layer, text) => self.set_layer_width(layer, &text),
            Msg::Playback(msg) => self.update_playback(msg),
            Msg::Dataset(msg) => self.update_dataset(msg),
            Msg::Plane(msg) => {
                let pins = self.plane.pins.clone();
                self.plane.write_if(|plane| plane.update(msg));
                if self.plane.pins.have_replaced(&pins) {
                    self.notices.say(format!("There is room for {MAX_PINS} pins: the oldest is gone."));
                }
                Changes::empty()
            }
            Msg::Inspect(InspectMsg::Edit(edit)) => self.edit_layer(edit),
            Msg::Inspect(msg) => {
                let units = self.outputs().weights().map_or(0, |weights| weights.units);
                self.inspect.update(msg, units, self.prior_dim());
                Changes::empty()
            }
            Msg::Pad(msg) => {
                drawing::update(msg, &mut self.inspect.pad, &mut self.plane);
                Changes::empty()
            }
            Msg::Runs(msg) => self.update_runs(msg),
            Msg::Notice(msg) => self.update_notices(msg),
            Msg::Lesson(msg) => self.update_lessons(msg),
            Msg::Share => {
                self.effects.push(Effect::CopyLink(self.fragment()));
                Changes::URL
            }
            Msg::Embed => self.request(Effect::CopyEmbed(self.fragment())),
            Msg::Save(format) => self.save(format),
            Msg::SaveCodes => self.save_codes(),
            Msg::SaveScript(script) => self.save_script(script),
            Msg::SaveRuns => {
                self.runs.export(&self.context());
                self.save_exported()
            }
            Msg::SaveCurves => {
                let bytes = self.runs.curves().into_bytes();
                self.request(Effect::SaveFile(SavedFile { name: "bottleneck-curves.csv".to_owned(), bytes }))
            }
        };
        self.apply(changes);
        self.withdraw_outdated_notices();
        self.refresh_outputs();
    }

    /// Returns what the browser has to do, once.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn request(&mut self, effect: impl Into<Option<Effect>>) -> Changes {
        self.effects.extend(effect.into());
        Changes::empty()
    }

    /// Tells each part what an update has changed.
    fn apply(&mut self, changes: Changes) {
        if changes.contains(Changes::DATASET) {
            self.runs.run_mut().restart_for_new_images();
            self.plane.write().clear();
            self.inspect.clear();
        }
        if changes.contains(Changes::RUN) {
            let network = self.runs.run().model_view().network;
            let latent_dim = network.latent_dim();
            let mut widths: Vec<_> = network.layers().iter().map(|layer| layer.outputs).collect();
            // The layer of a sampled code computes log-variances as well.
            widths[network.encoder().len() - 1] = latent_dim;
            self.inference = RefCell::new(Inference::new(network));
            self.plane.write().use_network(latent_dim, &widths);
            self.inspect.use_network(widths.len(), self.prior_dim());
            self.scheduler.forget_costs();
            self.partial_step = PartialStep::default();
            self.playback.restart();
            self.model_version.bump();
        }
        if changes.contains(Changes::PACE) {
            self.runs.run_mut().restart_throughput();
        }
        if changes.contains(Changes::DATASET_LOADED) {
            self.runs.run_mut().invalidate_test_errors();
        }
        // Views of an earlier step stay as they are while training continues.
        let is_other_model = changes.contains(Changes::SHOWN_STEP)
            || changes.contains(Changes::PARAMETERS) && self.runs.timeline().shown().is_none();
        if is_other_model {
            self.model_version.bump();
        }
        if is_other_model || changes.contains(Changes::DATASET_LOADED) {
            self.plane.write().invalidate();
            self.inspect.invalidate();
        }
        self.ask_for_images();
        self.take_from_runs();
        let is_other_problem = self.runs.run().problem() != self.reported_problem;
        if !self.runs.run().is_diverged_shown() && (is_other_problem || changes.contains(Changes::RUN)) {
            self.report_problem();
        }
        self.report_schedule_end();
        let has_left = self.leave_outdated_lesson();
        if changes.contains(Changes::URL) || has_left {
            self.effects.push(Effect::UpdateUrl(self.fragment()));
        }
    }

    /// Says what is wrong with the run, and offers to roll it back.
    fn report_problem(&mut self) {
        let run = self.runs.run();
        self.reported_problem = run.problem();
        let Some(problem) = self.reported_problem else { return self.notices.withdraw(Action::Recover) };
        let which = if problem == RunProblem::Stuck { "first" } else { "last good" };
        let label = format!("Restore the {which} parameters (rate {})", run.rollback_rate());
        let text = problem.to_sentence(run.settings().config.learning_rate);
        self.notices.offer(text, Action::Recover, label);
        if self.runs.run().has_diverged() {
            self.runs.record_divergence();
            self.playback.cancel_steps();
        }
    }

    /// Says once that the learning rate is zero from here on.
    fn report_schedule_end(&mut self) {
        let has_ended = self.has_schedule_ended();
        if has_ended && !self.reported_schedule_end {
            let step = group_digits(self.runs.run().trainer().steps());
            let text = format!(
                "The schedule has ended: from step {step} on the learning rate is 0, and the network no longer learns. \
                 Choose more steps or a constant schedule to continue."
            );
            self.notices.say(Notice::new(text).valid_while(Condition::ScheduleEnded));
        }
        self.reported_schedule_end = has_ended;
    }

    fn update_playback(&mut self, msg: PlaybackMsg) -> Changes {
        self.playback.record_input();
        match msg {
            PlaybackMsg::TogglePlay => {
                let run = self.runs.run();
                let is_resumed = !self.playback.is_playing() || run.has_diverged();
                let rollback_rate = run.rollback_rate();
                let changes = if is_resumed { self.roll_back(rollback_rate) } else { Changes::empty() };
                self.playback.play(is_resumed);
                changes | Changes::PACE
            }
            // A diverged run makes no step, not even later.
            PlaybackMsg::Step if self.runs.run().has_diverged() => {
                self.playback.play(false);
                Changes::empty()
            }
            PlaybackMsg::Step => {
                self.playback.request_steps();
                self.count_epochs();
                Changes::empty()
            }
            PlaybackMsg::StopAt(Some(step)) if step <= self.runs.run().trainer().steps() => {
                let past = group_digits(step);
                let text = format!("The run is past step {past}. The next one will stop there.");
                self.notices.say(Notice::new(text).valid_while(Condition::Past(step)));
                self.playback.update(msg)
            }
            PlaybackMsg::Reset => self.begin(self.settings().clone()),
            PlaybackMsg::Hidden => {
                self.playback.set_hidden(true);
                self.store_run(self.last_frame.unwrap_or_default(), None);
                Changes::empty()
            }
            PlaybackMsg::Shown(milliseconds) => {
                let was_paused = self.playback.is_hidden()
                    && self.playback.is_playing()
                    && self.datasets.can_train()
                    && !self.runs.run().has_diverged();
                if was_paused {
                    let text = controls::hidden_sentence(milliseconds);
                    self.notices.say(Notice::new(text).valid_while(Condition::Playing));
                }
                self.playback.set_hidden(false);
                self.last_frame = None;
                self.runs.list_again();
                Changes::PACE
            }
            _ => self.playback.update(msg),
        }
    }

    fn update_dataset(&mut self, msg: DatasetMsg) -> Changes {
        match msg {
            DatasetMsg::Served(is_served) => {
                self.datasets.set_served(is_served);
                let requested = self.settings().dataset;
                if let Some(choice) = requested.filter(|&choice| !self.datasets.is_available(choice)) {
                    self.notices.say(choice.unavailable_sentence());
                    self.note_dataset(None);
                }
                if self.datasets.wanted().is_none() {
                    self.choose_dataset(self.settings().dataset);
                }
            }
            DatasetMsg::ServedBeside(choice) => self.datasets.add_served(choice),
            DatasetMsg::Retry => self.retry_download(),
            DatasetMsg::CancelFiles => {
                self.datasets.update(msg);
                self.notices.say("Reading was cancelled. Nothing was changed.");
            }
            DatasetMsg::Adjust(adjustment) => {
                let context = self.context();
                if self.datasets.adjust(adjustment) {
                    return self.begin_after(self.settings().clone(), context) | Changes::DATASET;
                }
            }
            _ => {
                let event = self.datasets.update(msg);
                self.decode_pictures();
                return self.load(event);
            }
        }
        Changes::empty()
    }

    /// Returns the plane.
    pub fn plane(&self) -> &Tracked<Plane> {
        &self.plane
    }

    /// Returns what is shown of the network beside the plane.
    pub fn inspect(&self) -> &Inspect {
        &self.inspect
    }

    /// Returns the network's outputs that views show.
    pub fn outputs(&self) -> Outputs<'_> {
        let is_latest = self.runs.timeline().shown().is_none();
        Outputs {
            cache: &self.outputs,
            inference: &self.inference,
            model: self.runs.model_view(),
            gradients: is_latest.then(|| self.runs.run().trainer().gradients()),
            plane: &self.plane,
            inspect: &self.inspect,
            test: &self.datasets.pair().test,
        }
    }

    /// Forgets outputs that are outdated.
    fn refresh_outputs(&mut self) {
        let Inspect { pad, prior, worst_digits, .. } = &self.inspect;
        self.outputs.refresh([
            self.plane.version(),
            self.model_version,
            pad.version(),
            prior.version(),
            worst_digits.version(),
        ]);
    }

    /// Returns the number of dimensions of the prior, if the code is Gaussian.
    pub fn prior_dim(&self) -> Option<usize> {
        let network = self.runs.run().trainer().network();
        (network.code_kind() == CodeKind::Gaussian).then(|| network.latent_dim())
    }

    /// Sets the step to stop at to a typed one, or says why it cannot be.
    fn set_stop(&mut self, text: &str) -> Changes {
        match controls::read_stop(text) {
            Ok(step) => self.update_playback(PlaybackMsg::StopAt(step)),
            Err(error) => {
                self.notices.say(error.to_string());
                Changes::empty()
            }
        }
    }

    /// Sets the width of a layer to a typed one, or says why it cannot be.
    fn set_layer_width(&mut self, layer: usize, text: &str) -> Changes {
        match parse_whole(text).and_then(|units| usize::try_from(units).ok()) {
            Some(units) => self.edit_layer(LayerEdit::Width(layer, units)),
            None => {
                let typed = excerpt(text);
                self.notices.say(format!("Units must be a whole number of at least 1, got “{typed}”."));
                Changes::empty()
            }
        }
    }

    fn edit_layer(&mut self, edit: LayerEdit) -> Changes {
        let spec = &self.settings().config.spec;
        let layers = edit.apply(spec).filter(|edited| edited != spec).map(|edited| edited.to_string());
        let Some(layers) = layers else { return Changes::empty() };
        let Some(changes) = self.change_field(Setting::Network.into(), &layers) else {
            return Changes::empty();
        };
        if let LayerEdit::Remove(_) = edit {
            self.inspect.layer.write().close();
        }
        self.notices.say(format!(
            "A new run has begun with the layers {layers}. The one before is in the list of runs."
        ));
        changes
    }

    fn update_runs(&mut self, msg: RunsMsg) -> Changes {
        match msg {
            RunsMsg::Visit(visit) => self.runs.set_visit(visit),
            RunsMsg::Open(key) => {
                let outcome = self.runs.open(&key, self.context());
                return self.show_opened(outcome);
            }
            RunsMsg::Back | RunsMsg::Forward => {
                let outcome = self.runs.travel(msg == RunsMsg::Forward, self.context());
                return self.show_opened(outcome);
            }
            RunsMsg::Remove(key) => {
                let removed = self.runs.remove(&key);
                removed.into_iter().for_each(|name| self.offer_removed(&name));
            }
            RunsMsg::KeepImages(true) => {
                let pair = self.datasets.pair();
                self.runs.keep_images(pair.digest, pair.encoded_len(), || pair.encode());
            }
            RunsMsg::KeepImages(false) => self.runs.forget_images(self.datasets.pair().digest),
            RunsMsg::Tick(key, is_ticked) => self.runs.tick(&key, is_ticked),
            RunsMsg::Rename(key, name) => self.runs.rename(&key, &name),
            RunsMsg::Revert(mark) => return self.revert(mark),
            RunsMsg::Seek(step) => {
                let past = (step < self.runs.run().trainer().steps()).then_some(step);
                return self.show_step(|timeline| timeline.seek(past));
            }
            RunsMsg::SeekBy(count) => {
                let present = self.runs.run().trainer().steps();
                return self.show_step(|timeline| timeline.seek_by(count, present));
            }
            RunsMsg::Now => return self.show_step(|timeline| timeline.seek(None)),
            // With reduced motion the user moves the timeline by hand from its beginning.
            RunsMsg::Replay if self.plane.stands_still() => {
                return self.show_step(|timeline| timeline.seek(Some(0)));
            }
            RunsMsg::Replay => return self.show_step(Timeline::replay),
            RunsMsg::Branch => return self.branch(),
            RunsMsg::Storage(event) => {
                let outcome = self.runs.answer(event, self.context());
                self.save_exported();
                return self.show_opened(outcome);
            }
        }
        Changes::empty()
    }

    fn offer_removed(&mut self, name: &str) {
        self.notices.offer(format!("“{name}” is removed."), Action::RestoreRun, "Bring it back");
    }

    fn update_notices(&mut self, msg: NoticeMsg) -> Changes {
        match msg {
            NoticeMsg::Say(sentence) => self.notices.say(sentence),
            NoticeMsg::Keep(sentence) => self.notices.say(Notice::new(sentence).until_closed()),
            NoticeMsg::Hold(held) => self.notices.set_hovered_or_focused(held),
            NoticeMsg::Dismiss => {
                let action = self.notices.shown().and_then(|notice| notice.action.as_ref());
                if action.is_some_and(|(action, _)| *action == Action::RestoreRun) {
                    self.runs.forget_removed();
                }
                self.notices.dismiss();
            }
            NoticeMsg::Act | NoticeMsg::ActOtherwise => {
                let notice = self.notices.shown();
                let button = notice.and_then(|notice| match msg {
                    NoticeMsg::Act => notice.action.as_ref(),
                    _ => notice.alternative.as_ref(),
                });
                if let Some((action, _)) = button {
                    return self.act(*action);
                }
            }
        }
        Changes::empty()
    }

    /// Does what the button of a notice says.
    fn act(&mut self, action: Action) -> Changes {
        match action {
            Action::Recover => {
                let changes = self.roll_back(self.runs.run().rollback_rate());
                self.playback.play(true);
                return changes;
            }
            Action::Retry => self.retry_download(),
            Action::RestoreRun => {
                self.notices.withdraw(action);
                let next = self.runs.restore_removed();
                next.into_iter().for_each(|name| self.offer_removed(&name));
            }
            Action::TrainOnThese => return self.train_on_these(),
            Action::CancelFiles => return self.update_dataset(DatasetMsg::CancelFiles),
            Action::TrainOnFew => {
                self.notices.withdraw(action);
                if let Some((pair, report)) = self.datasets.take_few() {
                    return self.train_on_own(pair, &report);
                }
            }
            Action::ShowNext => self.show_next(),
            Action::KeepActivations => self.notices.withdraw(action),
            Action::OtherActivations => {
                self.notices.withdraw(Action::KeepActivations);
                let second = self.unstated.as_ref().and_then(|(_, choice)| choice.second.as_ref());
                let layers = second.map(|(spec, _)| spec.to_string());
                return layers
                    .map_or(Changes::empty(), |layers| self.set_field(Setting::Network.into(), &layers));
            }
        }
        Changes::empty()
    }
}

/// Runs and settings.
impl App {
    /// Returns what belongs to the run and is held by other parts.
    fn context(&self) -> RunContext {
        context(&self.datasets, &self.plane)
    }

    /// Starts a run with fresh parameters on the same images.
    fn begin(&mut self, settings: Settings) -> Changes {
        self.begin_after(settings, self.context())
    }

    /// Starts a run with fresh parameters; `context` is that of the run before.
    fn begin_after(&mut self, settings: Settings, context: RunContext) -> Changes {
        match Run::new(settings) {
            Ok(run) => {
                self.datasets.set_pending_for_run(false);
                self.start(run, None, context)
            }
            Err(error) => {
                self.notices.say(format!("{error}."));
                Changes::empty()
            }
        }
    }

    /// Returns a run with the parameters of the file, if that does not state the activations and nothing else has changed.
    fn with_other_activations(&self, settings: &Settings) -> Option<Run> {
        let (parameters, _) = self.unstated.as_ref()?;
        let (old, new) = (&self.settings().config.spec, &settings.config.spec);
        let outputs = |spec: &NetworkSpec| spec.layers.iter().map(|layer| layer.outputs).collect::<Vec<_>>();
        if (outputs(old), old.code, old.code_kind) != (outputs(new), new.code, new.code_kind) {
            return None;
        }
        let mut trainer = Trainer::new(&settings.config).ok()?;
        trainer.set_parameters(parameters);
        Some(Run::from_trainer(trainer, settings.clone()))
    }

    fn start(&mut self, run: Run, name: Option<String>, context: RunContext) -> Changes {
        let was_waiting = self.datasets.wanted().is_some();
        self.datasets.require_none();
        self.runs.start(run, name, context);
        self.unstated = None;
        if was_waiting {
            self.choose_dataset(self.settings().dataset);
        }
        Changes::RUN
    }

    /// Shows a run of the list that continues, with its images and pins.
    fn show_opened(&mut self, outcome: OpenOutcome) -> Changes {
        let opened = match outcome {
            OpenOutcome::Nothing | OpenOutcome::Waiting => return Changes::empty(),
            OpenOutcome::Opened(opened) => opened,
            OpenOutcome::Images(bytes) => return self.use_kept_images(bytes),
            OpenOutcome::Failed(reason) => {
                let text = format!("This run cannot be continued: {reason}.");
                self.notices.say(Notice::new(text).until_closed());
                return Changes::empty();
            }
        };
        self.refused_network.replace(None);
        let requested = self.settings().dataset;
        let before = self.datasets.version();
        let ticket = self.datasets.require(opened.images, requested, opened.dataset);
        self.effects.extend(ticket.map(Effect::Download));
        if let Some(images) = self.datasets.wanted() {
            self.runs.read_images(images.digest);
        }
        let is_other = self.datasets.version() != before;
        self.apply(Changes::RUN | if is_other { Changes::DATASET } else { Changes::empty() });
        self.plane.write().set_pins(opened.pins);
        if let Some(direction) = opened.direction {
            let row = self.runs.rows().find(|row| row.is_running());
            let label = row.map_or_else(String::new, |row| self.runs.label(row));
            self.notices.say(format!("{direction:?} to {label}."));
        }
        Changes::URL
    }

    /// Shows the run that waits for images which the browser has kept. Without them, the user is asked for them.
    fn use_kept_images(&mut self, bytes: Option<Vec<u8>>) -> Changes {
        let wanted = self.datasets.wanted().map(|images| images.digest);
        let pair = bytes.and_then(|bytes| SplitDataset::decode(&bytes));
        match pair.filter(|pair| Some(pair.digest) == wanted) {
            Some(pair) => {
                self.datasets.use_own(pair);
                Changes::DATASET
            }
            None => {
                wanted.into_iter().for_each(|digest| self.runs.forget_images(digest));
                Changes::empty()
            }
        }
    }

    /// Asks for the images of the run, if the page cannot get them.
    fn ask_for_images(&mut self) {
        let sentence = self.datasets.wanted_sentence().filter(|_| !self.runs.is_reading_images());
        if sentence == self.wanted_images {
            return;
        }
        self.notices.withdraw(Action::TrainOnThese);
        if let Some(sentence) = &sentence {
            self.notices.offer(sentence.clone(), Action::TrainOnThese, "Train on these instead");
        }
        self.wanted_images = sentence;
    }

    /// Continues with a copy of the run on the images that are here.
    fn train_on_these(&mut self) -> Changes {
        let settings = self.settings().clone();
        self.runs.fork(&settings, self.context());
        self.datasets.use_what_is_here();
        self.note_dataset(Some(self.datasets.current_choice()));
        Changes::DATASET
    }

    /// Sets a setting back to what it was before a mark.
    fn revert(&mut self, mark: usize) -> Changes {
        let marks = self.runs.run().marks();
        let Some(Mark { setting, from, .. }) = marks.get(mark) else { return Changes::empty() };
        self.set_field((*setting).into(), from)
    }

    /// Starts a run from the shown step.
    fn branch(&mut self) -> Changes {
        match self.runs.branch(self.context()) {
            Ok(true) => {
                self.playback.play(true);
                Changes::RUN
            }
            Ok(false) => Changes::empty(),
            Err(error) => {
                self.notices.say(format!("The run cannot continue from there: {error}."));
                Changes::empty()
            }
        }
    }

    /// Rolls a run with a problem back to its last good parameters, with a learning rate.
    fn roll_back(&mut self, rate: f32) -> Changes {
        if self.runs.run().problem().is_none() {
            return Changes::empty();
        }
        let changes = self.show_step(|timeline| timeline.seek(None));
        match self.runs.roll_back(rate, self.context()) {
            Ok(()) => changes | Changes::PARAMETERS | Changes::URL,
            Err(error) => {
                self.notices.say(format!("{error}."));
                changes
            }
        }
    }

    /// Shows another step of the run, if `seek` finds one.
    fn show_step(&mut self, seek: impl FnOnce(&mut Timeline) -> bool) -> Changes {
        if seek(self.runs.run_mut().timeline_mut()) { Changes::SHOWN_STEP } else { Changes::empty() }
    }

    /// Stores what is due of the runs; without a clock at once.
    fn store_run(&mut self, time: f64, now: Option<&mut dyn FnMut() -> f64>) {
        let (datasets, plane) = (&self.datasets, &self.plane);
        self.runs.store(time, now, || context(datasets, plane));
        self.take_from_runs();
    }

    /// Says what the runs have to say, and asks the browser for what they need.
    fn take_from_runs(&mut self) {
        for sentence in self.runs.take_sentences() {
            self.notices.say(Notice::new(sentence).until_closed());
        }
        let requests = self.runs.take_requests();
        self.effects.extend(requests.into_iter().map(Effect::Storage));
    }

    /// Applies the settings of a URL with which the page opens, or that has changed. Then the URL tells what holds.
    fn open(&mut self, fragment: &str) -> Changes {
        if embedded(fragment).is_some() {
            self.runs.store_nothing();
        }
        let (lesson, unknown) = match Lesson::from_fragment(fragment) {
            Ok(lesson) => (lesson, None),
            Err(unknown) => (None, Some(unknown)),
        };
        let setup = lesson.map_or("", |lesson| lesson.script().setup);
        let (settings, playback, mut errors) =
            settings::read_fragment(&format!("{setup}&{}", fragment.trim_start_matches('#')));
        errors.extend(unknown);
        // No URL tells of the user's own images, which are still here.
        let own = self.settings().dataset.filter(|&dataset| dataset == DatasetChoice::Own);
        let requested = settings.dataset.or(own);
        let dataset = requested.filter(|&choice| self.datasets.is_available(choice));
        self.refused_network.replace(None);
        let changes = self.apply_settings(Settings { dataset, ..settings });
        self.playback.set_settings(playback);
        if let Some(choice) = requested.filter(|_| dataset.is_none()) {
            self.notices.say(choice.unavailable_sentence());
        }
        self.report_errors(&errors);
        self.lessons.replace(Lessons::default());
        lesson.into_iter().for_each(|lesson| self.open_lesson(lesson));
        changes | Changes::PACE | Changes::URL
    }

    /// Sets a field to a typed value. Layers that are refused stay in their field to be corrected.
    fn set_field(&mut self, field: Field, text: &str) -> Changes {
        let changes = self.change_field(field, text);
        match field {
            Field::Setting(Setting::LeaveOut) => self.report_missing_labels(),
            Field::Setting(Setting::Network) => {
                let refused = changes.is_none().then(|| text.to_owned());
                self.refused_network.replace(refused);
            }
            Field::Preset if changes.is_some() => _ = self.refused_network.replace(None),
            _ => {}
        }
        changes.unwrap_or_default()
    }

    /// Says that no class can be left out where there are no labels.
    fn report_missing_labels(&mut self) {
        let train = &self.datasets.pair().train;
        let lacks_labels = train.is_complete() && train.labels().is_empty() && !train.awaits_labels();
        if self.settings().config.leave_out.is_some() && lacks_labels {
            self.notices.say("These images have no labels, so the network is trained on all of them.");
        }
    }

    /// Sets a field, or says why it cannot have this value and returns nothing.
    fn change_field(&mut self, field: Field, text: &str) -> Option<Changes> {
        let mut settings = self.settings().clone();
        match settings.set(field, text) {
            Ok(()) => Some(self.apply_settings(settings) | Changes::URL),
            Err(error) => {
                self.notices.say(error.to_string());
                // The field shows the value in force again.
                self.refused_network.write();
                None
            }
        }
    }

    /// Applies other settings: with the next step where that is possible, and else with a new run.
    fn apply_settings(&mut self, settings: Settings) -> Changes {
        let old = self.settings().clone();
        let dataset = settings.dataset;
        let has_other_dataset = dataset != old.dataset;
        if let Some(choice) =
            dataset.filter(|&choice| has_other_dataset && !self.datasets.is_available(choice))
        {
            self.notices.say(choice.unavailable_sentence());
            self.refused_network.write();
            return Changes::empty();
        }
        if settings.config.spec != old.config.spec {
            self.refused_network.replace(None);
        }
        if settings.config.corruption != old.config.corruption {
            self.inspect.reconstructions.bypass().invalidate();
        }
        let changes = if settings.continues(&old) {
            self.adjust_run(settings, old.config.learning_rate)
        } else if let Some(run) = self.with_other_activations(&settings) {
            let unstated = self.unstated.take();
            let changes = self.start(run, None, self.context());
            self.unstated = unstated;
            changes
        } else {
            self.begin(settings)
        };
        if has_other_dataset {
            self.choose_dataset(dataset);
        }
        changes
    }

    /// Applies settings that take effect with the next step. A lower learning rate rolls a run with a problem back.
    fn adjust_run(&mut self, settings: Settings, old_rate: f32) -> Changes {
        let rate = settings.config.learning_rate;
        let run = self.runs.run();
        let (has_problem, has_diverged) = (run.problem().is_some(), run.has_diverged());
        if let Err(error) = self.runs.apply_settings(settings) {
            self.notices.say(format!("{error}."));
            return Changes::empty();
        }
        if !(has_problem && rate < old_rate) {
            return Changes::empty();
        }
        let changes = self.roll_back(rate);
        if has_diverged {
            self.playback.play(true);
        }
        changes
    }

    fn update_lessons(&mut self, msg: LessonMsg) -> Changes {
        match msg {
            LessonMsg::Open(lesson) => self.start_lesson(lesson),
            LessonMsg::Choose(choice) => {
                self.lessons.write().choose(choice);
                Changes::empty()
            }
            LessonMsg::TakeTour => {
                self.lessons.replace(Lessons { tour: Some(Tour::default()), open: None });
                self.plane.write().update(PlaneMsg::ClearPins);
                self.inspect.update(InspectMsg::Close, 0, None);
                self.playback.play(true);
                self.show_step(|timeline| timeline.seek(None)) | Changes::URL
            }
            LessonMsg::Close => {
                self.lessons.replace(Lessons::default());
                Changes::URL
            }
        }
    }

    /// Starts a lesson, and plays. One that names a preset starts a new run; another one changes the settings of this run, if that is
    /// possible.
    fn start_lesson(&mut self, lesson: Lesson) -> Changes {
        let setup = lesson.script().setup;
        let (settings, _) = self.settings().clone().with_fragment(setup);
        let continues = !setup.contains("preset=") && settings.continues(self.settings());
        let mut changes = self.show_step(|timeline| timeline.seek(None));
        if continues {
            self.runs.fork(&settings, self.context());
            changes |= self.apply_settings(settings);
        } else {
            self.refused_network.replace(None);
            changes |= self.begin(settings);
        }
        self.playback.play(true);
        self.open_lesson(lesson);
        changes | Changes::URL
    }

    /// Opens a lesson on the running run.
    fn open_lesson(&mut self, lesson: Lesson) {
        let (settings, step) = (self.settings().clone(), self.runs.run().trainer().steps());
        self.lessons.write().open(lesson, settings, step);
    }

    /// Leaves a lesson whose settings were changed. Returns whether it did.
    fn leave_outdated_lesson(&mut self) -> bool {
        let is_outdated = self.lessons.is_outdated(self.settings());
        if is_outdated {
            self.lessons.replace(Lessons::default());
        }
        is_outdated
    }

    /// Lets the run answer the open lesson, and the tour go on with what the user has done.
    fn advance_lessons(&mut self) {
        if let Some(tour) = self.lessons.tour {
            let next = tour.advance(self);
            let is_other = (next.stop, next.has_diverged()) != (tour.stop, tour.has_diverged());
            self.lessons.bypass().tour = Some(next);
            if is_other {
                self.lessons.write();
            }
            if next.stop != tour.stop && next.stop == Some(Stop::Plane) {
                // The open layer would push the plane out of sight.
                self.inspect.update(InspectMsg::Close, 0, None);
            }
        }
        let unanswered = self.lessons.open.as_ref().filter(|open| open.answer.is_none());
        if let Some(open) = unanswered.filter(|_| self.frames.is_multiple_of(ANSWER_EVERY_FRAMES)) {
            let answer = open.lesson.answer(self, open.start());
            if answer.is_some()
                && let Some(open) = &mut self.lessons.write().open
            {
                open.answer = answer;
            }
        }
    }

    /// Returns what the URL tells: the settings, the speed and where to stop.
    fn fragment(&self) -> String {
        let fragment = settings::write_fragment(self.settings(), self.playback.settings());
        match &self.lessons.open {
            Some(open) => format!("{}={}&{fragment}", settings::LESSON_KEY, open.lesson.script().key),
            None => fragment,
        }
    }

    fn report_errors(&mut self, errors: &[FieldError]) {
        if !errors.is_empty() {
            let sentences: Vec<_> = errors.iter().map(ToString::to_string).collect();
            self.notices.say(sentences.join(" "));
        }
    }

    /// Saves the run as a file.
    fn save(&mut self, format: Format) -> Changes {
        let run = self.runs.run();
        let bytes = match run.save(format, self.runs.header(&self.context(), false)) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.notices.say(Notice::new(format!("Nothing was saved: {error}.")).until_closed());
                return Changes::empty();
            }
        };
        let name = format!("bottleneck-step-{}.{}", run.model_view().step, format.extension());
        if run.has_diverged() {
            let text = format!("{name} holds the last good parameters and their learning rate.");
            self.notices.say(Notice::new(text).until_closed());
        }
        self.request(Effect::SaveFile(SavedFile { name, bytes }))
    }

    /// Saves a script that rebuilds the network from its `.safetensors` file.
    fn save_script(&mut self, script: Script) -> Changes {
        let step = self.runs.model_view().step;
        let tensors = format!("bottleneck-step-{step}.safetensors");
        let name = format!("bottleneck-step-{step}-{}", script.suffix());
        let text = format!("{name} loads {tensors}: save that beside it, as .safetensors.");
        self.notices.say(Notice::new(text).until_closed());
        let bytes = script.write(&self.settings().config.spec, &tensors).into_bytes();
        self.request(Effect::SaveFile(SavedFile { name, bytes }))
    }

    /// Saves all runs, once those in the browser's storage are read.
    fn save_exported(&mut self) -> Changes {
        let file = self.runs.take_export().map(|files| {
            Effect::SaveFile(SavedFile { name: "bottleneck-runs.zip".to_owned(), bytes: write_zip(&files) })
        });
        self.request(file)
    }

    /// Saves the codes of the digits on the plane as a table.
    fn save_codes(&mut self) -> Changes {
        let (codes, labels) = self.plane.codes();
        if codes.is_empty() {
            self.notices.say("There are no codes yet: no digit has been encoded.");
            return Changes::empty();
        }
        let name = format!("bottleneck-codes-step-{}.csv", self.runs.model_view().step);
        let bytes = code::to_csv(codes, labels).into_bytes();
        self.request(Effect::SaveFile(SavedFile { name, bytes }))
    }
}

/// Images.
impl App {
    /// Loads the requested dataset, or the best one available.
    fn choose_dataset(&mut self, requested: Option<DatasetChoice>) {
        let ticket = self.datasets.choose(requested);
        self.effects.extend(ticket.map(Effect::Download));
    }

    /// Notes the requested dataset in the settings of the run.
    fn note_dataset(&mut self, dataset: Option<DatasetChoice>) {
        let settings = Settings { dataset, ..self.settings().clone() };
        // The trainer does not know the dataset, so it cannot refuse it.
        let _ = self.runs.apply_settings(settings);
    }

    fn retry_download(&mut self) {
        self.notices.withdraw(Action::Retry);
        let ticket = self.datasets.retry();
        self.note_dataset(self.datasets.requested());
        self.effects.extend(ticket.map(Effect::Download));
    }

    /// Parses or draws one piece of the images that are loading. Returns false if there is none.
    fn load_piece(&mut self) -> bool {
        let event = self.datasets.advance(self.runs.run().settings());
        self.decode_pictures();
        let is_idle = matches!(event, LoadEvent::Nothing);
        let changes = self.load(event);
        self.apply(changes);
        !is_idle
    }

    /// Has the next pictures of the user's files decoded.
    fn decode_pictures(&mut self) {
        while let Some((ticket, picture)) = self.datasets.next_picture() {
            self.effects.push(Effect::Decode(ticket, picture));
        }
    }

    /// Says how far the reading of the user's files is, if it takes long.
    fn report_reading(&mut self) {
        match self.datasets.reading_sentence() {
            Some(sentence) if self.frames.is_multiple_of(REPORT_READING_AFTER_FRAMES) => {
                self.notices.offer(sentence, Action::CancelFiles, "Cancel");
            }
            Some(_) => {}
            None if self.notices.offers(Action::CancelFiles) => self.notices.withdraw(Action::CancelFiles),
            None => {}
        }
    }

    /// Does what follows from an event of loading.
    #[inline(never)]
    fn load(&mut self, event: LoadEvent) -> Changes {
        match event {
            LoadEvent::Nothing | LoadEvent::Piece => Changes::empty(),
            LoadEvent::Switched(dataset, images) => {
                let context = RunContext { dataset, images, ..self.context() };
                self.begin_after(self.settings().clone(), context) | Changes::DATASET
            }
            LoadEvent::SwitchedForRun => Changes::DATASET,
            LoadEvent::Complete => Changes::DATASET_LOADED,
            LoadEvent::UserFiles(files) => self.use_user_files(*files),
            LoadEvent::Refused(error) => {
                self.notices.say(Notice::new(format!("{error} Nothing was changed.")).until_closed());
                Changes::empty()
            }
            LoadEvent::Failed(error) => {
                let rest = self.datasets.fallback_sentence();
                self.notices.offer(format!("{error} {rest}"), Action::Retry, "Try again");
                self.note_dataset(self.datasets.requested());
                Changes::DATASET_LOADED
            }
        }
    }

    /// Starts a run on the user's images, or continues the one that waits for them.
    fn train_on_own(&mut self, pair: SplitDataset, report: &Report) -> Changes {
        let context = self.context();
        let (sentence, is_wanted) = self.use_own(pair, report);
        self.notices.say(Notice::new(sentence).until_closed());
        if is_wanted {
            return Changes::URL | Changes::DATASET;
        }
        let settings = Settings { dataset: self.datasets.requested(), ..self.settings().clone() };
        self.begin_after(settings, context) | Changes::URL | Changes::DATASET
    }

    /// Switches to the user's images. Returns a sentence about them, and whether the run waits for them.
    fn use_own(&mut self, pair: SplitDataset, report: &Report) -> (String, bool) {
        let is_wanted = self.datasets.wanted().is_some_and(|images| images.digest == pair.digest);
        let sentence = if is_wanted {
            format!("{report} These are the images of this run: it continues.")
        } else if !report.is_held_out {
            format!("{report} None is held out of so few: the test error is that of the training images.")
        } else {
            let [train, test] = [&pair.train, &pair.test].map(|part| group_digits(part.len() as u64));
            format!("{report} Your own files: {train} images to train on and {test} to test with.")
        };
        self.datasets.use_own(pair);
        (sentence, is_wanted)
    }

    /// Trains on the user's images, or with the user's network, or both. A few images are only looked at.
    fn use_user_files(&mut self, UserFiles { images, network, runs }: UserFiles) -> Changes {
        let (mut sentences, context, mut changes) = (Vec::new(), self.context(), Changes::URL);
        if !runs.is_empty() {
            sentences.push(self.runs.import(runs));
        }
        match images {
            Some((pair, report)) if network.is_none() => {
                let is_wanted = self.datasets.wanted().is_some_and(|images| images.digest == pair.digest);
                if report.is_held_out || is_wanted {
                    return self.train_on_own(pair, &report);
                }
                self.datasets.keep_few(pair, report);
                self.show_next();
                return Changes::empty();
            }
            Some((pair, report)) => {
                sentences.push(self.use_own(pair, &report).0);
                changes |= Changes::DATASET;
            }
            None => {}
        }
        if let Some(UserNetwork { name, file }) = network {
            let ReadNetwork { trainer, settings, header, activations } = file;
            sentences.push(match trainer.steps() {
                0 => format!("{name}: training continues from this network, with the settings of the page."),
                step => format!("{name}: the run continues from step {}.", group_digits(step)),
            });
            let parameters = activations.as_ref().map(|_| trainer.parameters().to_vec());
            if let Some(choice) = &activations {
                // A question comes first.
                let index = if choice.is_clear() { sentences.len() } else { 0 };
                sentences.insert(index, choice.sentence());
            }
            self.refused_network.replace(None);
            self.datasets.set_pending_for_run(true);
            let requested = self.datasets.requested().or(self.settings().dataset);
            let settings = Settings { dataset: requested, ..settings };
            let mut run = match &header {
                Some(header) => Run::resume(trainer, settings, header, Vec::new()),
                None => Run::from_trainer(trainer, settings),
            };
            run.set_forked();
            changes |= self.start(run, header.as_ref().map(|header| header.name.clone()), context);
            self.unstated = parameters.zip(activations);
            if let Some(header) = header {
                self.apply(std::mem::take(&mut changes));
                let pins = Pins::from_saved(&header.pins, self.plane.latent_dim);
                self.plane.write().set_pins(pins);
                changes = Changes::URL;
            }
        }
        let mut notice = Notice::new(sentences.join(" ")).until_closed();
        if let Some([taken, other]) = self.unstated.as_ref().and_then(|(_, choice)| choice.labels()) {
            notice = notice
                .with_button(Action::KeepActivations, taken)
                .with_second_button(Action::OtherActivations, other);
        }
        self.notices.say(notice);
        changes
    }

    /// Shows the next of the few images that are looked at on the pad and the plane.
    fn show_next(&mut self) {
        let Some((image, count, text)) = self.datasets.next_few() else { return };
        drawing::show(image, &mut self.inspect.pad, &mut self.plane);
        let notice = Notice::new(text).with_button(Action::TrainOnFew, "Train on them");
        self.notices.say(if count > 1 {
            notice.with_second_button(Action::ShowNext, "Show the next")
        } else {
            notice
        });
    }
}

/// Returns what belongs to the running run and is held by other parts.
fn context(datasets: &Datasets, plane: &Plane) -> RunContext {
    RunContext { dataset: datasets.dataset_ref(), images: datasets.images(), pins: plane.pins.clone() }
}

/// What was trained in a frame, also of a run that another one has replaced meanwhile.
#[derive(Clone, Copy, Debug, Default)]
struct Trained {
    /// Whether a step is partly done.
    is_in_progress: bool,
    /// Whether the next step needs images that have not arrived.
    needs_images: bool,
    steps: u64,
    examples: u64,
}

/// Frames.
impl App {
    /// Does a frame's work: parses images, gives tasks their turns, and trains until `budget` milliseconds are spent, with at least one
    /// step, or a part of a long one, unless a lower speed is set. `now` returns the time in milliseconds.
    pub fn frame(&mut self, budget: f64, mut now: impl FnMut() -> f64) {
        let start = now();
        let elapsed = self.last_frame.map_or(0.0, |last| start - last).clamp(0.0, MAX_FRAME_MS);
        self.last_frame = Some(start);
        self.frames += 1;
        let before = self.moving_versions();
        self.notices.frame(elapsed);
        self.inspect.frame();
        let stands_still = self.plane.stands_still();
        let changes = self.show_step(|timeline| {
            let stops = stands_still && timeline.is_replaying();
            if stops { timeline.replay() } else { timeline.advance(elapsed) }
        });
        self.apply(changes);
        if self.runs.run_mut().advance_diverged(elapsed) {
            self.apply(Changes::PARAMETERS);
        }
        self.playback.frame(elapsed);

        let share = if self.state() == State::Training { LOADING_SHARE } else { 1.0 };
        while self.load_piece() && now() < start + share * budget {}
        self.report_reading();
        self.count_epochs();

        let was_training = self.state() == State::Training && self.playback.has_throughput();
        let is_throttled = self.playback.is_throttled();
        let tasks_rest = self.do_tasks(budget, &mut now);
        let Trained { is_in_progress, needs_images, steps, examples } =
            self.train_until(start + budget, &mut now);
        let waits = was_training && needs_images && steps == 0;
        let waiting_ms = self.waiting_ms + if waits { elapsed } else { -elapsed };
        self.waiting_ms = waiting_ms.clamp(0.0, MAX_WAIT_MS);
        // A frame that only waited for images says nothing about the throughput.
        if was_training && (steps > 0 || is_in_progress || is_throttled) {
            self.runs.run_mut().record_frame(elapsed, steps, examples);
        }
        self.apply(if steps > 0 { Changes::PARAMETERS } else { Changes::empty() });
        if self.state() == State::Training {
            let run = self.runs.run();
            let (step, test) = (run.trainer().steps(), &run.curve().history().test);
            let reason = self.playback.stop_reason(start, step, test);
            reason.into_iter().for_each(|reason| self.stop(reason));
        }
        self.plane.write_if(|plane| plane.animate(elapsed as f32));
        let is_free = self.runs.timeline().shown().is_none() && self.inspect.layer.layer.is_none();
        if was_training && is_free {
            self.plane.write_if(|plane| plane.advance_showcase(elapsed as f32));
        }
        self.store_run(start, Some(&mut now));
        self.advance_lessons();
        let is_quiet = tasks_rest && steps == 0 && before == self.moving_versions();
        self.withdraw_outdated_notices();
        self.refresh_outputs();
        self.quiet_frames = if is_quiet { self.quiet_frames.saturating_add(1) } else { 0 };
    }

    /// Returns whether nothing is left to compute or draw: nothing trains, loads, moves or is being stored, and the last frames had
    /// no work. A message ends that until frames have found nothing to do again.
    pub fn is_idle(&self) -> bool {
        self.quiet_frames >= QUIET_FRAMES
            && !self.runs.run().is_diverged_shown()
            && self.state() != State::Training
            && self.datasets.progress().is_none()
            && !self.datasets.is_reading()
            && !self.runs.is_busy()
    }

    /// Returns the versions of what moves by itself: the plane, the timeline and the shown model.
    fn moving_versions(&self) -> [Version; 3] {
        [self.plane.version(), self.runs.timeline().version(), self.model_version]
    }

    /// Gives the tasks their turns in a frame of `budget` milliseconds. Returns whether none had anything to do.
    fn do_tasks(&mut self, budget: f64, now: &mut impl FnMut() -> f64) -> bool {
        // An earlier step is drawn without delay, and then there is little left to do.
        let is_calm = self.is_at_rest() || self.runs.timeline().shown().is_some();
        let needs_test_error = self.runs.run().needs_test_error();
        // The test error is awaited longest where a step is long; training has the frames between.
        let is_urgent = needs_test_error && self.frames.is_multiple_of(2);
        let allowance = match (is_calm, needs_test_error) {
            (true, _) => scheduler::idle_allowance(budget),
            (false, true) if is_urgent && self.partial_step.is_divided() => scheduler::MAX_IDLE_TASKS_MS,
            (false, true) => scheduler::MAX_TASKS_MS,
            (false, false) => scheduler::training_allowance(budget),
        };
        let mut scheduler = std::mem::take(&mut self.scheduler);
        scheduler.prioritize(is_urgent.then_some(Task::TestError));
        let is_at_rest = scheduler.frame(allowance, now, |task, units| self.work(task, units));
        self.scheduler = scheduler;
        is_at_rest
    }

    /// Does up to `units` of a task. Returns how many it did.
    fn work(&mut self, task: Task, units: usize) -> usize {
        let rests = self.is_at_rest();
        let timeline = self.runs.timeline();
        let at_rest = rests || (timeline.shown().is_some() && !timeline.is_replaying());
        let test = &self.datasets.pair().test;
        let inference = self.inference.get_mut();
        let Inspect { pad, reconstructions, layer, layer_stats, .. } = &mut self.inspect;
        let model = self.runs.model_view();
        match task {
            Task::TestError if test.is_complete() => {
                // A run that overfits a few digits is expected to be worse than the mean digit.
                let uses_all = self.runs.run().settings().config.train_images.is_none();
                let mean_digit = self.datasets.mean_digit_error().filter(|_| uses_all);
                self.runs.run_mut().measure(units, test, mean_digit, rests, inference)
            }
            Task::TestError => 0,
            Task::Codes => self.plane.write_if(|plane| plane.encode(units, model, test, inference)),
            Task::Manifold => self.plane.bypass().decode_manifold(units, model, inference),
            Task::DigitErrors => {
                let (is_shown, is_ranked) = (self.plane.shows_errors(), self.inspect.worst_digits.is_open);
                let is_detecting = self.runs.run().settings().config.leave_out.is_some();
                if !is_shown && !is_ranked && !is_detecting {
                    return 0;
                }
                let done = self.plane.bypass().measure_errors(units, model, test, inference);
                if is_shown && done > 0 {
                    self.plane.write();
                }
                self.inspect.rank_digits(self.plane.errors(), test, at_rest);
                done
            }
            Task::Neighbours => self.plane.bypass().compare_neighbours(units, at_rest),
            Task::Gradients => {
                self.plane.write_if(|plane| plane.compute_arrows(units, model, test, inference))
            }
            Task::Reconstructions => {
                let config = &self.runs.run().settings().config;
                let train = &self.datasets.pair().train;
                let training = config.train_len(train.len());
                let training = if training > TRAINING_COUNT { 0 } else { training };
                let digits = Digits { train, test, training };
                reconstructions.advance(|reconstructions| {
                    reconstructions.reconstruct(units, model, digits, config.corruption, at_rest, inference)
                })
            }
            Task::LinearCode => self.compare_linear_code(units),
            Task::Drawing => {
                self.drawing.advance(pad, &mut self.plane, (model, self.model_version), inference)
            }
            Task::LayerStats => {
                let layers = &self.runs.run().settings().config.spec.layers;
                let layer = layer.layer.and_then(|layer| Some((layer, layers.get(layer)?.activation)));
                layer.map_or(0, |layer| {
                    layer_stats.advance(|stats| stats.measure(units, model, layer, test, at_rest, inference))
                })
            }
        }
    }

    /// Computes the error of the best linear code, when nothing else is urgent. Returns the units done.
    fn compare_linear_code(&mut self, units: usize) -> usize {
        let SplitDataset { train, test, .. } = self.datasets.pair();
        let trainer = self.runs.run().trainer();
        // An estimate comes soon, the error from all digits when there is time.
        let has_estimate = self.inspect.linear_code.error().is_some();
        let first_step = if has_estimate { LINEAR_CODE_AFTER_STEP } else { LINEAR_CODE_ESTIMATE_AFTER_STEP };
        let is_early = trainer.steps() < first_step;
        let is_rare = has_estimate && !self.frames.is_multiple_of(LINEAR_CODE_EVERY_FRAMES);
        if !test.is_complete() || test.is_empty() || (!self.is_at_rest() && (is_early || is_rare)) {
            return 0;
        }
        self.inspect.fit_linear_code(units, trainer.network().latent_dim(), train, test)
    }

    /// Trains until the time is `end`, with at least one step, or a part of a long one.
    fn train_until(&mut self, end: f64, now: &mut impl FnMut() -> f64) -> Trained {
        let (mut trained, mut time) = (Trained::default(), now());
        while self.state() == State::Training && self.playback.is_step_due() {
            let seen = self.runs.run().trainer().examples();
            let stepped = self.runs.train(&self.datasets.pair().train);
            trained.is_in_progress = stepped == StepOutcome::InProgress;
            trained.needs_images = stepped == StepOutcome::NeedsData;
            match stepped {
                StepOutcome::NeedsData if !self.load_piece() => break,
                StepOutcome::NeedsData | StepOutcome::InProgress => {}
                StepOutcome::Done | StepOutcome::Diverged => {
                    let trainer = self.runs.run().trainer();
                    trained.steps += 1;
                    trained.examples += trainer.examples() - seen;
                    let reason = self.playback.record_step(trainer.steps());
                    if stepped == StepOutcome::Diverged {
                        break;
                    }
                    reason.into_iter().for_each(|reason| self.stop(reason));
                }
            }
            let before = std::mem::replace(&mut time, now());
            if stepped != StepOutcome::NeedsData {
                self.partial_step.record(time - before, stepped != StepOutcome::InProgress);
            }
            // A part of a long step that does not fit into this frame is left for the next.
            if time + self.partial_step.expected_ms() >= end {
                break;
            }
        }
        trained
    }

    /// Counts the steps of the requested epochs once the number of images is known.
    fn count_epochs(&mut self) {
        if self.datasets.can_train() {
            let config = &self.settings().config;
            let images = config.epoch_len(&self.datasets.pair().train);
            self.playback.count_epochs(controls::steps_per_epoch(images, config.batch_size));
        }
    }

    /// Pauses for a reason, and says so.
    fn stop(&mut self, reason: StopReason) {
        self.playback.play(false);
        self.apply(Changes::PACE);
        let step = self.runs.run().trainer().steps();
        self.notices.say(Notice::new(reason.to_sentence()).valid_while(Condition::StoppedAt(step)));
    }

    /// Removes the notices of what no longer holds.
    fn withdraw_outdated_notices(&mut self) {
        let (steps, is_playing) = (self.runs.run().trainer().steps(), self.playback.is_playing());
        let (config, has_ended) = (&self.runs.run().settings().config, self.has_schedule_ended());
        self.notices.retain(|fact| match fact {
            Condition::Playing => is_playing,
            Condition::StoppedAt(step) => !is_playing && steps == step,
            Condition::Past(step) => steps >= step,
            Condition::LearningRate(rate) => config.learning_rate == rate,
            Condition::ScheduleEnded => has_ended,
        });
    }
}

/// Views.
impl App {
    /// Returns the state of the page.
    pub fn state(&self) -> State {
        if self.runs.run().has_diverged() {
            State::Diverged
        } else if !self.datasets.can_train() {
            State::Loading
        } else if self.playback.is_training() {
            State::Training
        } else {
            State::Paused
        }
    }

    /// Returns the part of the step that slow motion shows, and how much of it is over. Nothing of the present is shown with the
    /// past, and nothing moves where nothing should.
    pub fn step_part(&self) -> Option<(StepPart, f32)> {
        let is_shown = self.state() == State::Training
            && self.runs.timeline().shown().is_none()
            && !self.plane.stands_still();
        self.playback.step_part().filter(|_| is_shown)
    }

    /// Returns whether changes are drawn immediately: no step is made, or so few that each is drawn.
    pub fn is_at_rest(&self) -> bool {
        self.state() != State::Training || self.playback.is_slow()
    }

    /// Returns whether the run mostly waits for images.
    pub fn is_waiting(&self) -> bool {
        self.state() == State::Training && self.waiting_ms > SHOWN_WAIT_MS
    }

    /// Returns whether the run's schedule has ended: its learning rate is zero from here on.
    pub fn has_schedule_ended(&self) -> bool {
        let trainer = self.runs.run().trainer();
        trainer.config().schedule.has_ended(trainer.steps())
    }

    /// Returns the playback controls.
    pub fn playback(&self) -> &Playback {
        &self.playback
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        self.runs.run().settings()
    }

    /// Returns the run.
    pub fn run(&self) -> &Run {
        self.runs.run()
    }

    /// Returns the datasets.
    pub fn dataset(&self) -> &Datasets {
        &self.datasets
    }

    /// Returns the text of the network's field: the trained layers, or those that were refused last.
    pub fn network_text(&self) -> String {
        let trained = || self.settings().get(Setting::Network).unwrap_or_default();
        self.refused_network.clone().unwrap_or_else(trained)
    }

    /// Returns whether [`network_text`](Self::network_text) was refused.
    pub fn is_network_refused(&self) -> bool {
        self.refused_network.is_some()
    }

    /// Returns whether choosing the preset again would change something.
    pub fn is_preset_changed(&self) -> bool {
        self.is_network_refused() || !self.settings().is_as_preset()
    }

    /// Returns the version of the text of the network's field.
    pub fn network_text_version(&self) -> Version {
        self.refused_network.version()
    }

    /// Returns the version of the model that views show.
    pub fn model_version(&self) -> Version {
        self.model_version
    }

    /// Returns the step that views show.
    pub fn shown_step(&self) -> u64 {
        self.runs.model_view().step
    }

    /// Iterates over the errors to compare a run with, by name, as far as they are known: per pixel, on the test digits.
    pub fn references(&self) -> impl Iterator<Item = (&'static str, f32)> {
        let linear = self
            .inspect
            .linear_code
            .error()
            .filter(|_| self.inspect.linear_code.dim == self.plane.latent_dim);
        let known = [("mean digit", self.datasets.mean_digit_error()), ("linear code", linear)];
        known.into_iter().filter_map(|(name, error)| Some((name, error?)))
    }

    /// Returns the version of the references.
    pub fn references_version(&self) -> (Version, bool) {
        (self.inspect.linear_code.version(), self.datasets.progress().is_none())
    }

    /// Returns the runs.
    pub fn runs(&self) -> &Runs {
        &self.runs
    }

    /// Returns the lesson that is open, or the tour.
    pub fn lessons(&self) -> &Tracked<Lessons> {
        &self.lessons
    }

    /// Returns the notices.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Returns the figures.
    pub fn figures(&self) -> Figures {
        Figures::new(self.run(), &self.datasets, self.state() == State::Training && !self.is_waiting())
    }

    /// Returns the figures of the shown step.
    pub fn shown_figures(&self) -> Figures {
        let figures = self.figures();
        match self.runs.timeline().shown() {
            Some(checkpoint) => figures.at(checkpoint, self.run().curve().history()),
            None => figures,
        }
    }

    /// Returns the lowest learning rate at which this network has diverged under this optimizer, in this visit.
    pub fn diverged_rate(&self) -> Option<f32> {
        self.runs.diverged_rate()
    }
}

#[cfg(test)]
mod tests;
