//! Playback: play, pause, speed, and automatic stops.

mod playback;
mod slow_motion;
mod speed;
mod step_size;
mod stop;

pub use playback::{PlaybackError, PlaybackSettings, read_stop};
pub use slow_motion::StepPart;
pub use speed::Speed;
pub use step_size::{StepSize, steps_per_epoch};
pub use stop::StopReason;

use self::speed::StepPacer;
use self::stop::Stops;
use super::message::{Changes, PlaybackMsg};
use super::tracked::Version;
use crate::view::series::Series;

/// The state of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There are no images to train on yet.
    Loading,
    /// Training is paused, or the tab is hidden.
    Paused,
    /// Training runs.
    Training,
    /// The run has diverged.
    Diverged,
}

impl State {
    /// Returns the name, for the page's `data-state` attribute.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Paused => "paused",
            Self::Training => "training",
            Self::Diverged => "diverged",
        }
    }
}

/// Says for how many milliseconds training has paused while the tab was hidden.
pub fn hidden_sentence(milliseconds: f64) -> String {
    let seconds = (milliseconds / 1_000.0).round().max(1.0) as u64;
    let duration = match (seconds / 60, seconds % 60) {
        (0, s) => format!("{s} s"),
        (m, s) => format!("{m} min {s} s"),
    };
    format!("Training paused for {duration} while this tab was hidden. It continues now.")
}

/// The state of the playback controls, and whether the tab is hidden.
#[derive(Clone, Copy, Debug)]
pub struct Playback {
    playing: bool,
    hidden: bool,
    /// The requested steps, and those of them that remain.
    requested: u64,
    remaining: u64,
    /// The requested epochs whose steps are not counted yet: the number of images is not known.
    uncounted_epochs: u64,
    step_size: StepSize,
    pacer: StepPacer,
    stops: Stops,
    version: Version,
}

impl Default for Playback {
    fn default() -> Self {
        Self {
            playing: true,
            hidden: false,
            requested: 0,
            remaining: 0,
            uncounted_epochs: 0,
            step_size: StepSize::default(),
            pacer: StepPacer::default(),
            stops: Stops::default(),
            version: Version::default(),
        }
    }
}

impl Playback {
    /// Returns whether Play was pressed last, rather than Pause, or requested steps remain.
    pub fn is_playing(&self) -> bool {
        self.playing || self.remaining > 0 || self.uncounted_epochs > 0
    }

    /// Returns whether the tab is hidden.
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// Returns whether training runs.
    pub fn is_training(&self) -> bool {
        self.is_playing() && !self.hidden
    }

    /// Returns whether training runs long enough to measure its throughput.
    pub fn has_throughput(&self) -> bool {
        self.playing || self.remaining > 1
    }

    /// Returns whether most frames make no step.
    pub fn is_slow(&self) -> bool {
        self.remaining == 0 && self.pacer.speed().is_slow()
    }

    /// Returns whether the speed is limited.
    pub fn is_throttled(&self) -> bool {
        self.remaining == 0 && self.pacer.speed() != Speed::Full
    }

    /// Returns whether to make another step in this frame.
    pub fn is_step_due(&self) -> bool {
        self.is_training() && (self.remaining > 0 || self.pacer.is_step_due())
    }

    /// Returns the part of a step that slow motion shows, and how much of it is over: at two steps a second and slower.
    pub fn step_part(&self) -> Option<(StepPart, f32)> {
        let is_shown = self.playing && !self.hidden && self.pacer.speed().is_slow_motion();
        is_shown.then(|| StepPart::at(self.pacer.due_share()))
    }

    /// Returns how many of the requested steps are done, and their number, if there are several.
    pub fn step_progress(&self) -> Option<(u64, u64)> {
        (self.remaining > 0 && self.requested > 1)
            .then_some((self.requested - self.remaining, self.requested))
    }

    /// Returns the speed.
    pub fn speed(&self) -> Speed {
        self.pacer.speed()
    }

    /// Returns the speed and the stops.
    pub fn settings(&self) -> PlaybackSettings {
        PlaybackSettings {
            speed: self.speed(),
            stop_at: self.stop_at(),
            stops_at_plateau: self.stops_at_plateau(),
        }
    }

    /// Returns the number of steps of the button *Step*.
    pub fn step_size(&self) -> StepSize {
        self.step_size
    }

    /// Returns the step to stop at, if there is one.
    pub fn stop_at(&self) -> Option<u64> {
        self.stops.step
    }

    /// Returns whether to stop at a plateau.
    pub fn stops_at_plateau(&self) -> bool {
        self.stops.at_plateau
    }

    /// Returns the version of the last change.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Handles the messages that concern only the playback.
    pub fn update(&mut self, msg: PlaybackMsg) -> Changes {
        match msg {
            PlaybackMsg::StepSize(size) => self.step_size = size,
            PlaybackMsg::Speed(speed) => self.pacer.set_speed(speed),
            PlaybackMsg::StopAt(step) => self.stops.step = step,
            PlaybackMsg::StopAtPlateau(stops) => self.stops.set_at_plateau(stops),
            _ => return Changes::empty(),
        }
        self.version.bump();
        match msg {
            PlaybackMsg::StepSize(_) => Changes::empty(),
            PlaybackMsg::Speed(_) => Changes::URL | Changes::PACE,
            _ => Changes::URL,
        }
    }

    /// Plays or pauses.
    pub fn play(&mut self, playing: bool) {
        self.playing = playing;
        self.cancel_steps();
        self.pacer.restart();
        self.version.bump();
    }

    /// Pauses and requests the steps of the button *Step*. Those of an epoch are counted by
    /// [`count_epochs`](Self::count_epochs).
    pub fn request_steps(&mut self) {
        self.playing = false;
        match self.step_size.steps() {
            Some(steps) => self.add_steps(steps),
            None => self.uncounted_epochs += 1,
        }
        self.version.bump();
    }

    /// Requests the steps of the epochs that are not counted yet, now that their number is known.
    pub fn count_epochs(&mut self, steps_per_epoch: u64) {
        let epochs = std::mem::take(&mut self.uncounted_epochs);
        if epochs > 0 {
            self.add_steps(epochs.saturating_mul(steps_per_epoch));
            self.version.bump();
        }
    }

    fn add_steps(&mut self, count: u64) {
        self.remaining = self.remaining.saturating_add(count);
        self.requested = self.requested.saturating_add(count);
    }

    /// Applies the speed and the stops of a URL.
    pub fn set_settings(&mut self, settings: PlaybackSettings) {
        self.pacer.set_speed(settings.speed);
        self.stops.step = settings.stop_at;
        self.stops.set_at_plateau(settings.stops_at_plateau);
        self.version.bump();
    }

    /// Records that the user is active.
    pub fn record_input(&mut self) {
        self.stops.record_input();
    }

    /// Advances the clock by `elapsed` milliseconds.
    pub fn frame(&mut self, elapsed: f64) {
        if self.playing && !self.hidden {
            self.pacer.frame(elapsed);
        }
    }

    /// Records that step `step` was made. Returns the reason to stop there, if there is one.
    pub fn record_step(&mut self, step: u64) -> Option<StopReason> {
        if self.remaining == 0 {
            self.pacer.record_step();
        } else {
            self.remaining -= 1;
            if self.remaining == 0 {
                self.cancel_steps();
            }
            self.version.bump();
        }
        self.stops.step_stop(step)
    }

    /// Returns the reason to stop at the time `now`, in milliseconds, and at `step` with this test error, if there is one.
    pub fn stop_reason(&mut self, now: f64, step: u64, test: &Series) -> Option<StopReason> {
        self.stops.idle_stop(now).or_else(|| self.stops.plateau_stop(step, test))
    }

    /// Resets what belongs to a run: another one has started.
    pub fn restart(&mut self) {
        self.cancel_steps();
        self.stops.restart();
    }

    /// Cancels the requested steps.
    pub fn cancel_steps(&mut self) {
        (self.remaining, self.requested, self.uncounted_epochs) = (0, 0, 0);
    }

    /// Hides the tab or shows it.
    pub fn set_hidden(&mut self, hidden: bool) {
        self.hidden = hidden;
        self.record_input();
        self.version.bump();
    }
}
