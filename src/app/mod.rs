//! The page without a browser: what can happen to it, what it does with the time of a frame, what there is to see.
//!
//! The browser's side makes a [`Msg`] of whatever happens and gives it to [`App::update`]; it gives each frame's time to
//! [`App::frame`], does what [`App::take_effects`] asks for, and draws the views whose versions have changed. Nothing is
//! painted here and no clock is read but the one that is handed in, so all of it is tested natively.
//!
//! The work is done by parts that do not know each other: `run` trains, `images` arrive, the `plane` shows digits,
//! the `inspector` looks into the network, the `record` remembers. [`App`] routes messages to them and connects what
//! happens to one with what the others have to do about it. Whatever ends a run goes through one door,
//! `App::replace_run`, which first puts the old one away.

mod article;
mod changes;
mod code;
mod codes;
mod connections;
mod controls;
mod dataset;
mod door;
mod drawing;
mod effect;
mod event;
mod fragment;
mod frame;
mod inference;
mod inspect;
mod inspecting;
mod live_region;
mod message;
mod messages;
mod model_view;
pub mod pacer;
mod plane;
pub mod redraw_throttle;
mod runs;
mod scheduler;
mod selection;
mod settings;
mod tracked;
mod view;

pub use article::with_article;
pub use code::Code;
pub use controls::{Playback, Speed, State, StepSize};
pub use dataset::{Datasets, MnistFile, Ticket};
pub use effect::{Effect, SavedFile};
pub use inference::pixel_mse;
pub use inspect::{
    ClassError, DrawingResult, LayerEdit, LayerInspector, LayerStats, MAX_WORST_DIGITS, Mute, NEAREST_COUNT,
    Pad, PadMsg, Quantity, SAMPLE_COUNT, SHOWN, UNITS_PER_PAGE, UnitFigures, WeightLayout, Weights,
    WorstDigits,
};
pub use message::{DatasetMsg, InspectMsg, Msg, NoticeMsg, PlaneMsg, PlaybackMsg, RunsMsg};
pub use messages::{Action, Notice};
pub use model_view::ModelView;
pub use plane::{
    Axes, Circle, Coloring, DEFAULT_CIRCLE_SPEED, Display, Gesture, GestureEvent, Handle, MAX_PINS,
    MAX_POINTS, PATH_POINTS, Pin, Pins, Plane, Pointer, Shown, View,
};
pub use runs::{Ghost, Ghosts, Run, RunProblem, Sitting};
pub use selection::Selection;
pub use settings::{
    DatasetChoice, Field, FieldError, MAX_CODE, MAX_PARAMETERS, Settings, UnfitNetwork, embedded,
};
pub use tracked::Version;
pub use view::{Figures, Flow};

use self::changes::not_offered;
use self::dataset::LoadEvent;
use self::door::Memento;
use self::event::Event;
use self::inference::Inference;
use self::inspect::{LinearCode, Prior, Reconstructions};
use self::messages::Notices;
use self::runs::{Autosave, Keeping, PartialStep, Timeline, Undo};
use self::scheduler::Scheduler;
use crate::files::Format;
use crate::train::setting::Setting;

/// The page's state, all of it.
#[derive(Debug)]
pub struct App {
    run: Run,
    datasets: Datasets,
    plane: Plane,
    reconstructions: Reconstructions,
    layer_inspector: LayerInspector,
    pad: Pad,
    /// What the findings about the drawn digit were made of.
    studied: Option<drawing::Studied>,
    layer_stats: LayerStats,
    worst_digits: WorstDigits,
    prior: Prior,
    undo: Undo<Memento>,
    timeline: Timeline,
    ghosts: Ghosts,
    linear_code: LinearCode,
    autosave: Autosave,
    /// The run as it is being kept.
    keeping: Option<Keeping>,
    /// A run from an earlier visit, which may go on.
    offer: Option<Sitting>,
    transport: Playback,
    notices: Notices,
    scheduler: Scheduler,
    inference: Inference,
    effects: Vec<Effect>,
    /// Layers that were written into their field and refused; they stay there to be corrected.
    draft: Option<String>,
    /// The number of changes of the draft, of what can be undone, and of the offer.
    form: Version,
    /// The number of changes of the network that views look at.
    model: Version,
    frames: u64,
    /// The last frames in which there was nothing to do.
    quiet_frames: u32,
    last_frame: Option<f64>,
    pieces: PartialStep,
    /// The trouble that was told last.
    reported_problem: Option<RunProblem>,
}

impl Default for App {
    fn default() -> Self {
        let run = Run::begin(Settings::default()).expect("a preset can be trained");
        let network = run.model_view().network;
        let mut reconstructions = Reconstructions::default();
        reconstructions.clear();
        Self {
            plane: Plane::new(network.latent_dim()),
            inference: Inference::new(network),
            timeline: door::begin_timeline(&run),
            run,
            datasets: Datasets::default(),
            reconstructions,
            layer_inspector: LayerInspector::default(),
            pad: Pad::default(),
            studied: None,
            layer_stats: LayerStats::default(),
            worst_digits: WorstDigits::default(),
            prior: Prior::default(),
            undo: Undo::default(),
            ghosts: Ghosts::default(),
            linear_code: LinearCode::default(),
            autosave: Autosave::default(),
            keeping: None,
            offer: None,
            transport: Playback::default(),
            notices: Notices::default(),
            scheduler: Scheduler::default(),
            effects: Vec::new(),
            draft: None,
            form: Version::default(),
            model: Version::default(),
            frames: 0,
            quiet_frames: 0,
            last_frame: None,
            pieces: PartialStep::default(),
            reported_problem: None,
        }
    }
}

impl App {
    /// Does what a message asks for.
    pub fn update(&mut self, msg: impl Into<Msg>) {
        self.quiet_frames = 0;
        match msg.into() {
            Msg::Open(fragment) => self.open(&fragment),
            Msg::Fragment(fragment) => self.follow_fragment(&fragment),
            Msg::Set(field, text) => self.set(field, &text),
            Msg::Playback(msg) => self.transport(msg),
            Msg::Dataset(msg) => self.images(msg),
            Msg::Plane(msg) => self.update_plane(msg),
            Msg::Inspect(msg) => self.inspect(msg),
            Msg::Pad(msg) => self.draw(msg),
            Msg::Record(msg) => self.record(msg),
            Msg::Notice(NoticeMsg::Say(sentence)) => self.notices.say(sentence),
            Msg::Notice(NoticeMsg::Dismiss) => self.notices.dismiss(),
            Msg::Notice(NoticeMsg::Act) => self.act(),
            Msg::StartExperiment(name, fragment) => self.set_up(&name, &fragment),
            Msg::Share => {
                self.update_url();
                self.effects.push(Effect::Copy(self.fragment()));
            }
            Msg::Embed => {
                self.effects.push(Effect::CopyEmbed(self.fragment()));
            }
            Msg::Save(format) => self.save(format),
            Msg::SaveCodes => self.save_codes(),
        }
    }

    /// What the browser has to do, once.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn transport(&mut self, msg: PlaybackMsg) {
        self.transport.touch();
        match msg {
            PlaybackMsg::TogglePlay => {
                let is_resumed = !self.transport.is_playing() || self.run.has_diverged();
                if is_resumed && self.run.problem().is_some() {
                    self.recover(self.run.good_rate());
                }
                self.transport.play(is_resumed);
                self.run.interrupt_pace();
            }
            // A run that has diverged makes no step, not even later.
            PlaybackMsg::Step if self.run.has_diverged() => self.transport.play(false),
            PlaybackMsg::Step => {
                let config = &self.settings().config;
                let (images, batch) =
                    (config.train_len(self.datasets.pair().train.expected_len()), config.batch_size);
                self.transport.want_steps(self.transport.step_size().steps(images, batch));
            }
            PlaybackMsg::StepSize(size) => self.transport.set_step_size(size),
            PlaybackMsg::Speed(speed) => {
                self.transport.set_speed(speed);
                self.run.interrupt_pace();
                self.update_url();
            }
            PlaybackMsg::StopAt(step) => {
                self.transport.set_stop_at(step);
                self.update_url();
                if let Some(step) = step.filter(|&step| step <= self.run.trainer().steps()) {
                    self.notices.say(format!(
                        "The run is past step {}. The next one will stop there.",
                        crate::view::plot::group_digits(step)
                    ));
                }
            }
            PlaybackMsg::StopAtPlateau(stops) => {
                self.transport.set_stops_at_plateau(stops);
                self.update_url();
            }
            PlaybackMsg::UserActive => {}
            PlaybackMsg::Reset => self.begin(self.settings().clone()),
            PlaybackMsg::Hidden => {
                self.transport.set_hidden(true);
                self.autosave.make_due();
                self.keep_run(self.last_frame.unwrap_or_default(), None);
            }
            PlaybackMsg::Shown(milliseconds) => {
                let rested = self.transport.is_hidden()
                    && self.transport.is_playing()
                    && self.datasets.can_train()
                    && !self.run.has_diverged();
                if rested {
                    self.notices.say(away(milliseconds));
                }
                self.transport.set_hidden(false);
                self.last_frame = None;
                self.run.interrupt_pace();
            }
        }
    }

    fn images(&mut self, msg: DatasetMsg) {
        match msg {
            DatasetMsg::Served(served) => {
                self.datasets.set_served(served);
                let wanted = self.settings().dataset;
                if let Some(choice) = wanted.filter(|&choice| !self.datasets.offers(choice)) {
                    self.notices.say(not_offered(choice));
                    self.forget_dataset();
                }
                self.choose_dataset(self.settings().dataset);
            }
            DatasetMsg::MnistChunk(ticket, file, chunk) => self.datasets.mnist_chunk(ticket, file, chunk),
            DatasetMsg::MnistEnd(ticket, file) => self.datasets.mnist_end(ticket, file),
            DatasetMsg::MnistFailed(ticket, file, reason) => {
                let event = self.datasets.mnist_failed(ticket, file, reason);
                self.arrived(event);
            }
            DatasetMsg::Retry => self.retry(),
            DatasetMsg::FilesChosen(ticket, names) => self.datasets.give(ticket, names),
            DatasetMsg::FileChunk(ticket, number, chunk) => self.datasets.given_chunk(ticket, number, chunk),
            DatasetMsg::FilePicture(ticket, number, pixels) => {
                self.datasets.given_picture(ticket, number, pixels);
            }
            DatasetMsg::FileEnd(ticket, number) => self.datasets.given_end(ticket, number),
            DatasetMsg::FileFailed(ticket, name, reason) => {
                if let Some(error) = self.datasets.given_failed(ticket, name, reason) {
                    self.arrived(LoadEvent::Refused(error));
                }
            }
        }
    }

    fn update_plane(&mut self, msg: PlaneMsg) {
        match msg {
            PlaneMsg::PointAt(at) => self.plane.point_at(at),
            PlaneMsg::Nudge(dx, dy) => self.plane.nudge(dx, dy),
            PlaneMsg::Pick { at, reach } => self.plane.pick(at, reach),
            PlaneMsg::PinFocus => self.plane.pin_focus(),
            PlaneMsg::PinDigit(index) => self.plane.pin_digit(index),
            PlaneMsg::ClearPins => self.plane.clear_pins(),
            PlaneMsg::ToggleClass(class) => self.plane.toggle_class(class),
            PlaneMsg::ShowAllClasses => self.plane.show_all(),
            PlaneMsg::Axis(direction, number) => self.plane.set_axis(direction, number),
            PlaneMsg::View(view) => self.plane.set_view(view),
            PlaneMsg::Toggle(shown) => self.plane.toggle_shown(shown),
            PlaneMsg::Color(coloring) => self.plane.set_coloring(coloring),
            PlaneMsg::Zoom { at, factor, smoothly } => self.plane.zoom(at, factor, smoothly),
            PlaneMsg::Pan(dx, dy) => self.plane.pan(dx, dy),
            PlaneMsg::Fit => self.plane.fit(),
            PlaneMsg::DoublePick(at) => self.plane.double_pick(at),
            PlaneMsg::RemovePin(number) => self.plane.remove_pin(number),
            PlaneMsg::RemovePinHere(reach) => self.plane.remove_pin_here(reach),
            PlaneMsg::Isolate(class) => self.plane.isolate(class),
            PlaneMsg::Highlight(class) => self.plane.highlight(class),
            PlaneMsg::TogglePath => self.plane.toggle_path(),
            PlaneMsg::ToggleCircle => self.plane.toggle_circle(),
            PlaneMsg::CircleSpeed(speed) => self.plane.set_circle_speed(speed),
            PlaneMsg::CircleAroundOrigin => self.plane.circle_around_origin(),
            PlaneMsg::DragHandle(handle, at) => self.plane.drag_handle(handle, at),
            PlaneMsg::NudgeHandle(handle, dx, dy) => self.plane.nudge_handle(handle, dx, dy),
            PlaneMsg::ReduceMotion(is_still) => self.plane.reduce_motion(is_still),
            PlaneMsg::Tour => self.plane.begin_showcase(),
        }
    }

    fn inspect(&mut self, msg: InspectMsg) {
        match msg {
            InspectMsg::Toggle(layer) => self.layer_inspector.toggle(layer),
            InspectMsg::Close => self.layer_inspector.close(),
            InspectMsg::Show(numbers) => self.layer_inspector.show(numbers),
            InspectMsg::Turn(forward) => {
                let units = self.weights().map_or(0, |weights| weights.units);
                self.layer_inspector.turn(forward, units);
            }
            InspectMsg::Errors(is_open) => self.worst_digits.open(is_open),
            InspectMsg::Sample if self.is_variational() => self.prior.draw(self.plane.width()),
            InspectMsg::Sample => {}
            InspectMsg::Edit(edit) => {
                let layers = edit.apply(&self.settings().config.spec).map(|spec| spec.to_string());
                let Some(layers) = layers else { return };
                if self.change(Setting::Network.into(), &layers) {
                    if let LayerEdit::Remove(_) = edit {
                        self.layer_inspector.close();
                    }
                    let text = format!("A new run has begun with the layers {layers}.");
                    self.notices.offer(text, Action::Undo, "Undo");
                }
            }
        }
    }

    fn record(&mut self, msg: RunsMsg) {
        match msg {
            RunsMsg::Undo => self.undo(),
            RunsMsg::Redo => self.redo(),
            // What is no run of ours is as good as nothing.
            RunsMsg::Seek(place) => return self.seek(|timeline| timeline.seek(place)),
            RunsMsg::Replay => return self.seek(Timeline::replay),
            RunsMsg::Branch => self.branch(),
            RunsMsg::KeepCurve => {
                self.ghosts.keep(self.run.settings(), self.run.curve().history());
            }
            RunsMsg::DropCurve(number) => self.ghosts.remove(number),
            RunsMsg::Found(bytes) => self.offer = Sitting::read(&bytes).ok(),
            RunsMsg::GoOn => self.go_on(),
            RunsMsg::Decline => {
                self.offer = None;
                self.effects.push(Effect::Forget);
            }
            RunsMsg::Refused(reason) => self.notices.say(format!(
                "This browser does not keep the run from one visit to the next: {reason}. Save it as a file to be safe."
            )),
        }
        self.form.bump();
    }

    /// Has views look at another moment of the run.
    fn seek(&mut self, to: impl FnOnce(&mut Timeline) -> bool) {
        if to(&mut self.timeline) {
            self.tell_event(Event::OtherSubject);
        }
    }

    fn act(&mut self) {
        match self.notices.shown().and_then(|notice| notice.action.as_ref()).map(|(action, _)| *action) {
            Some(Action::Recover) => {
                self.recover(self.run.good_rate());
                self.transport.play(true);
            }
            Some(Action::Retry) => self.retry(),
            Some(Action::Undo) => self.undo(),
            None => {}
        }
    }

    /// Keeps the run in a file.
    fn save(&mut self, format: Format) {
        match self.run.save(format) {
            Ok(bytes) => {
                let name = format!("bottleneck-step-{}.{}", self.run.model_view().step, format.extension());
                if self.run.has_diverged() {
                    self.notices
                        .say(format!("{name} holds the last good parameters and their learning rate."));
                }
                self.effects.push(Effect::SaveFile(SavedFile { name, bytes }));
            }
            Err(error) => self.notices.say(format!("Nothing was saved: {error}.")),
        }
    }

    /// Keeps the codes of the digits on the plane in a table.
    fn save_codes(&mut self) {
        let (codes, labels) = self.plane.codes();
        if codes.is_empty() {
            return self.notices.say("There are no codes yet: no digit has been encoded.");
        }
        let name = format!("bottleneck-codes-step-{}.csv", self.model_view().step);
        let bytes = codes::table(codes, labels).into_bytes();
        self.effects.push(Effect::SaveFile(SavedFile { name, bytes }));
    }
}

/// Says for how long the tab was hidden, in milliseconds.
fn away(milliseconds: f64) -> String {
    let seconds = (milliseconds / 1_000.0).round().max(1.0) as u64;
    let duration = match (seconds / 60, seconds % 60) {
        (0, s) => format!("{s} s"),
        (m, s) => format!("{m} min {s} s"),
    };
    format!("Training paused for {duration} while this tab was hidden. It goes on now.")
}

#[cfg(test)]
mod tests;
