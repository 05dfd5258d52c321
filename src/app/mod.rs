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

mod aloud;
pub mod cadence;
mod changes;
mod chore;
mod code;
mod codes;
mod connections;
mod door;
mod drawing;
mod effect;
mod event;
mod fragment;
mod frame;
mod images;
mod inspecting;
mod inspector;
mod lens;
mod look;
mod msg;
mod notices;
pub mod pacer;
mod plane;
mod record;
mod reference;
mod run;
mod settings;
mod subject;
mod told;
mod transport;
mod version;
mod view;

pub use code::Code;
pub use effect::{Effect, SavedFile};
pub use images::{Images, MnistFile, Ticket};
pub use inspector::{
    ClassError, Findings, LayerEdit, MOST_WORST, Mute, NEAREST, Numbers, Opened, PAGE, Pad, PadMsg, Ranking,
    Reach, SAMPLES, SHOWN, Tally, UnitFigures, Weights,
};
pub use lens::square_error;
pub use look::Look;
pub use msg::{ImagesMsg, InspectMsg, Msg, NoticeMsg, PlaneMsg, RecordMsg, TransportMsg};
pub use notices::{Action, Notice};
pub use plane::{
    Axes, Coloring, Display, FIRST_SPEED, Gesture, Handle, MOST_PINS, MOST_POINTS, Pin, Pins, Plane, Pointer,
    STOPS, Shown, Touch, View, Walk,
};
pub use record::{Ghost, Ghosts, Sitting};
pub use run::{Run, Trouble};
pub use settings::{
    DatasetChoice, Field, FieldError, MAX_CODE, MAX_PARAMETERS, Settings, UnfitNetwork, embedded,
};
pub use subject::Subject;
pub use told::with_article;
pub use transport::{Speed, State, StepSize, Transport};
pub use version::Version;
pub use view::{Figures, Flow};

use self::changes::not_offered;
use self::chore::Chores;
use self::door::Memento;
use self::event::Event;
use self::images::Arrival;
use self::inspector::{Gallery, Prior};
use self::lens::Lens;
use self::notices::Notices;
use self::record::{Autosave, Keeping, Timeline, Undo};
use self::reference::LinearCode;
use self::run::Pieces;
use crate::files::Format;
use crate::train::setting::Setting;

/// The page's state, all of it.
#[derive(Debug)]
pub struct App {
    run: Run,
    images: Images,
    plane: Plane,
    gallery: Gallery,
    opened: Opened,
    pad: Pad,
    /// What the findings about the drawn digit were made of.
    studied: Option<drawing::Studied>,
    tally: Tally,
    ranking: Ranking,
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
    transport: Transport,
    notices: Notices,
    chores: Chores,
    lens: Lens,
    effects: Vec<Effect>,
    /// Layers that were written into their field and refused; they stay there to be corrected.
    draft: Option<String>,
    /// The number of changes of the draft, of what can be undone, and of the offer.
    form: Version,
    /// The number of changes of the network that views look at.
    subject: Version,
    frames: u64,
    last_frame: Option<f64>,
    pieces: Pieces,
    /// The trouble that was told last.
    told: Option<Trouble>,
}

impl Default for App {
    fn default() -> Self {
        let run = Run::begin(Settings::default()).expect("a preset can be trained");
        let network = run.subject().network;
        let mut gallery = Gallery::default();
        gallery.clear();
        Self {
            plane: Plane::new(network.latent_dim()),
            lens: Lens::new(network),
            timeline: door::begin_timeline(&run),
            run,
            images: Images::default(),
            gallery,
            opened: Opened::default(),
            pad: Pad::default(),
            studied: None,
            tally: Tally::default(),
            ranking: Ranking::default(),
            prior: Prior::default(),
            undo: Undo::default(),
            ghosts: Ghosts::default(),
            linear_code: LinearCode::default(),
            autosave: Autosave::default(),
            keeping: None,
            offer: None,
            transport: Transport::default(),
            notices: Notices::default(),
            chores: Chores::default(),
            effects: Vec::new(),
            draft: None,
            form: Version::default(),
            subject: Version::default(),
            frames: 0,
            last_frame: None,
            pieces: Pieces::default(),
            told: None,
        }
    }
}

impl App {
    /// Does what a message asks for.
    pub fn update(&mut self, msg: impl Into<Msg>) {
        match msg.into() {
            Msg::Open(fragment) => self.open(&fragment),
            Msg::Fragment(fragment) => self.follow_fragment(&fragment),
            Msg::Set(field, text) => self.set(field, &text),
            Msg::Transport(msg) => self.transport(msg),
            Msg::Images(msg) => self.images(msg),
            Msg::Plane(msg) => self.plane(msg),
            Msg::Inspect(msg) => self.inspect(msg),
            Msg::Pad(msg) => self.draw(msg),
            Msg::Record(msg) => self.record(msg),
            Msg::Notice(NoticeMsg::Say(sentence)) => self.notices.say(sentence),
            Msg::Notice(NoticeMsg::Dismiss) => self.notices.dismiss(),
            Msg::Notice(NoticeMsg::Act) => self.act(),
            Msg::SetUp(name, fragment) => self.set_up(&name, &fragment),
            Msg::Share => {
                self.tell_address();
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

    fn transport(&mut self, msg: TransportMsg) {
        self.transport.touch();
        match msg {
            TransportMsg::TogglePlay => {
                let is_resumed = !self.transport.is_playing() || self.run.has_diverged();
                if is_resumed && self.run.trouble().is_some() {
                    self.recover(self.run.good_rate());
                }
                self.transport.play(is_resumed);
                self.run.interrupt_pace();
            }
            // A run that has diverged makes no step, not even later.
            TransportMsg::Step if self.run.has_diverged() => self.transport.play(false),
            TransportMsg::Step => {
                let config = &self.settings().config;
                let (images, batch) =
                    (config.train_len(self.images.pair().train.expected_len()), config.batch_size);
                self.transport.want_steps(self.transport.step_size().steps(images, batch));
            }
            TransportMsg::StepSize(size) => self.transport.set_step_size(size),
            TransportMsg::Speed(speed) => {
                self.transport.set_speed(speed);
                self.run.interrupt_pace();
                self.tell_address();
            }
            TransportMsg::StopAt(step) => {
                self.transport.set_stop_at(step);
                self.tell_address();
                if let Some(step) = step.filter(|&step| step <= self.run.trainer().steps()) {
                    self.notices.say(format!(
                        "The run is past step {}. The next one will stop there.",
                        crate::view::plot::group_digits(step)
                    ));
                }
            }
            TransportMsg::StopAtPlateau(stops) => {
                self.transport.set_stops_at_plateau(stops);
                self.tell_address();
            }
            TransportMsg::Touched => {}
            TransportMsg::Reset => self.begin(self.settings().clone()),
            TransportMsg::Hidden => {
                self.transport.set_hidden(true);
                self.autosave.hurry();
                self.keep_run(self.last_frame.unwrap_or_default(), None);
            }
            TransportMsg::Shown(milliseconds) => {
                let rested = self.transport.is_hidden()
                    && self.transport.is_playing()
                    && self.images.can_train()
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

    fn images(&mut self, msg: ImagesMsg) {
        match msg {
            ImagesMsg::Served(served) => {
                self.images.set_served(served);
                let wanted = self.settings().dataset;
                if let Some(choice) = wanted.filter(|&choice| !self.images.offers(choice)) {
                    self.notices.say(not_offered(choice));
                    self.forget_dataset();
                }
                self.choose_dataset(self.settings().dataset);
            }
            ImagesMsg::MnistChunk(ticket, file, chunk) => self.images.mnist_chunk(ticket, file, chunk),
            ImagesMsg::MnistEnd(ticket, file) => self.images.mnist_end(ticket, file),
            ImagesMsg::MnistFailed(ticket, file, reason) => {
                let arrival = self.images.mnist_failed(ticket, file, reason);
                self.arrived(arrival);
            }
            ImagesMsg::Retry => self.retry(),
            ImagesMsg::Given(ticket, names) => self.images.give(ticket, names),
            ImagesMsg::GivenChunk(ticket, number, chunk) => self.images.given_chunk(ticket, number, chunk),
            ImagesMsg::GivenPicture(ticket, number, pixels) => {
                self.images.given_picture(ticket, number, pixels);
            }
            ImagesMsg::GivenEnd(ticket, number) => self.images.given_end(ticket, number),
            ImagesMsg::GivenFailed(ticket, name, reason) => {
                if let Some(error) = self.images.given_failed(ticket, name, reason) {
                    self.arrived(Arrival::Refused(error));
                }
            }
        }
    }

    fn plane(&mut self, msg: PlaneMsg) {
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
            PlaneMsg::ToggleWalk => self.plane.toggle_walk(),
            PlaneMsg::WalkSpeed(speed) => self.plane.set_walk_speed(speed),
            PlaneMsg::WalkAroundZero => self.plane.walk_around_zero(),
            PlaneMsg::DragHandle(handle, at) => self.plane.drag_handle(handle, at),
            PlaneMsg::NudgeHandle(handle, dx, dy) => self.plane.nudge_handle(handle, dx, dy),
            PlaneMsg::KeepStill(is_still) => self.plane.keep_still(is_still),
            PlaneMsg::Tour => self.plane.begin_tour(),
        }
    }

    fn inspect(&mut self, msg: InspectMsg) {
        match msg {
            InspectMsg::Toggle(layer) => self.opened.toggle(layer),
            InspectMsg::Close => self.opened.close(),
            InspectMsg::Show(numbers) => self.opened.show(numbers),
            InspectMsg::Turn(forward) => {
                let units = self.weights().map_or(0, |weights| weights.units);
                self.opened.turn(forward, units);
            }
            InspectMsg::Errors(is_open) => self.ranking.open(is_open),
            InspectMsg::Sample if self.is_variational() => self.prior.draw(self.plane.width()),
            InspectMsg::Sample => {}
            InspectMsg::Edit(edit) => {
                let layers = edit.apply(&self.settings().config.spec).map(|spec| spec.to_string());
                let Some(layers) = layers else { return };
                if self.change(Setting::Network.into(), &layers) {
                    if let LayerEdit::Remove(_) = edit {
                        self.opened.close();
                    }
                    let text = format!("A new run has begun with the layers {layers}.");
                    self.notices.offer(text, Action::Undo, "Undo");
                }
            }
        }
    }

    fn record(&mut self, msg: RecordMsg) {
        match msg {
            RecordMsg::Undo => self.undo(),
            RecordMsg::Redo => self.redo(),
            // What is no run of ours is as good as nothing.
            RecordMsg::LookAt(place) => return self.travel(|timeline| timeline.look_at(place)),
            RecordMsg::Unfold => return self.travel(Timeline::unfold),
            RecordMsg::Branch => self.branch(),
            RecordMsg::KeepCurve => {
                self.ghosts.keep(self.run.settings(), self.run.curve().history());
            }
            RecordMsg::DropCurve(number) => self.ghosts.remove(number),
            RecordMsg::Found(bytes) => self.offer = Sitting::read(&bytes).ok(),
            RecordMsg::GoOn => self.go_on(),
            RecordMsg::Decline => {
                self.offer = None;
                self.effects.push(Effect::Forget);
            }
            RecordMsg::Refused(reason) => self.notices.say(format!(
                "This browser does not keep the run from one visit to the next: {reason}. Save it as a file to be safe."
            )),
        }
        self.form.bump();
    }

    /// Has views look at another moment of the run.
    fn travel(&mut self, to: impl FnOnce(&mut Timeline) -> bool) {
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
                let name = format!("bottleneck-step-{}.{}", self.run.subject().step, format.extension());
                if self.run.has_diverged() {
                    self.notices
                        .say(format!("{name} holds the last good parameters and their learning rate."));
                }
                self.effects.push(Effect::HandOver(SavedFile { name, bytes }));
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
        let name = format!("bottleneck-codes-step-{}.csv", self.subject().step);
        let bytes = codes::table(codes, labels).into_bytes();
        self.effects.push(Effect::HandOver(SavedFile { name, bytes }));
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
