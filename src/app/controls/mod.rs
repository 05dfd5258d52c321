//! Whether the page trains, waits or rests; how fast it goes, and when it stops by itself.

mod playback;
mod speed;
mod step_size;
mod stop;

pub use playback::{PlaybackSettings, TempoError};
pub use speed::Speed;
pub use step_size::StepSize;
pub use stop::StopReason;

use self::speed::Pacer;
use self::stop::Stops;
use super::message::{Changes, PlaybackMsg};
use super::tracked::Version;
use crate::view::series::Series;

/// What the page is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is nothing to train on yet.
    Loading,
    /// It waits for someone to press Play or to come back to the tab.
    Paused,
    /// It learns.
    Training,
    /// The loss has left all bounds.
    Diverged,
}

impl State {
    /// The name, as the page's `data-state` has it.
    #[must_use]
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
#[must_use]
pub fn hidden_sentence(milliseconds: f64) -> String {
    let seconds = (milliseconds / 1_000.0).round().max(1.0) as u64;
    let duration = match (seconds / 60, seconds % 60) {
        (0, s) => format!("{s} s"),
        (m, s) => format!("{m} min {s} s"),
    };
    format!("Training paused for {duration} while this tab was hidden. It continues now.")
}

/// What was pressed: Play, Pause or Step; how fast to go and when to stop; and whether the tab is seen.
#[derive(Clone, Copy, Debug)]
pub struct Playback {
    playing: bool,
    hidden: bool,
    /// Steps that were asked for one by one, and those of them still to be made.
    asked: u64,
    wanted: u64,
    step_size: StepSize,
    pacer: Pacer,
    stops: Stops,
    version: Version,
}

impl Default for Playback {
    fn default() -> Self {
        Self {
            playing: true,
            hidden: false,
            asked: 0,
            wanted: 0,
            step_size: StepSize::default(),
            pacer: Pacer::default(),
            stops: Stops::default(),
            version: Version::default(),
        }
    }
}

impl Playback {
    /// Whether Play was pressed last, rather than Pause, or steps are still to be made.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing || self.wanted > 0
    }

    /// Whether the tab is hidden.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// Whether training goes on by itself.
    #[must_use]
    pub fn trains(&self) -> bool {
        self.is_playing() && !self.hidden
    }

    /// Whether it goes on for long enough to say how fast.
    #[must_use]
    pub fn has_throughput(&self) -> bool {
        self.playing || self.wanted > 1
    }

    /// Whether most frames make no step.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.wanted == 0 && self.pacer.speed().is_slow()
    }

    /// Whether fewer steps are made than could be.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.wanted == 0 && self.pacer.speed() != Speed::Full
    }

    /// Whether another step is to be made in this frame.
    #[must_use]
    pub fn wants_step(&self) -> bool {
        self.trains() && (self.wanted > 0 || self.pacer.wants_step())
    }

    /// The steps that were made of those asked for, if there are several.
    #[must_use]
    pub fn stepping(&self) -> Option<(u64, u64)> {
        (self.wanted > 0 && self.asked > 1).then_some((self.asked - self.wanted, self.asked))
    }

    /// How fast to go.
    #[must_use]
    pub fn speed(&self) -> Speed {
        self.pacer.speed()
    }

    /// How fast to go and where to stop.
    #[must_use]
    pub fn settings(&self) -> PlaybackSettings {
        PlaybackSettings {
            speed: self.speed(),
            stop_at: self.stop_at(),
            stops_at_plateau: self.stops_at_plateau(),
        }
    }

    /// How far the button *Step* goes.
    #[must_use]
    pub fn step_size(&self) -> StepSize {
        self.step_size
    }

    /// The step to stop at, if there is one.
    #[must_use]
    pub fn stop_at(&self) -> Option<u64> {
        self.stops.at
    }

    /// Whether to stop at a plateau.
    #[must_use]
    pub fn stops_at_plateau(&self) -> bool {
        self.stops.at_plateau
    }

    /// The number of changes.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Does what a message asks for that concerns the playback alone.
    pub fn update(&mut self, msg: PlaybackMsg) -> Changes {
        match msg {
            PlaybackMsg::StepSize(size) => self.step_size = size,
            PlaybackMsg::Speed(speed) => self.pacer.set_speed(speed),
            PlaybackMsg::StopAt(step) => self.stops.at = step,
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
        self.pacer.begin();
        self.version.bump();
    }

    /// Pauses and asks for steps.
    pub fn request_steps(&mut self, count: u64) {
        self.playing = false;
        self.wanted = self.wanted.saturating_add(count);
        self.asked = self.asked.saturating_add(count);
        self.version.bump();
    }

    /// Applies the speed and the stops of a URL.
    pub fn set_settings(&mut self, settings: PlaybackSettings) {
        self.pacer.set_speed(settings.speed);
        self.stops.at = settings.stop_at;
        self.stops.set_at_plateau(settings.stops_at_plateau);
        self.version.bump();
    }

    /// Takes note that somebody is here.
    pub fn touch(&mut self) {
        self.stops.touch();
    }

    /// Lets `elapsed` milliseconds pass.
    pub fn frame(&mut self, elapsed: f64) {
        if self.playing && !self.hidden {
            self.pacer.frame(elapsed);
        }
    }

    /// Takes note that step number `step` was made; says so if the run has to stop there.
    pub fn stepped(&mut self, step: u64) -> Option<StopReason> {
        if self.wanted == 0 {
            self.pacer.stepped();
        } else {
            self.wanted -= 1;
            if self.wanted == 0 {
                self.cancel_steps();
            }
            self.version.bump();
        }
        self.stops.at_step(step)
    }

    /// Whether a run that trains has to stop at a time, in milliseconds, with this test error.
    pub fn stop_reason(&mut self, now: f64, test: &Series) -> Option<StopReason> {
        self.stops.for_somebody(now).or_else(|| self.stops.at_end(test))
    }

    /// Takes note that another run has begun.
    pub fn restart(&mut self) {
        self.cancel_steps();
        self.stops.restart();
    }

    /// Asks for no more steps.
    pub fn cancel_steps(&mut self) {
        (self.wanted, self.asked) = (0, 0);
    }

    /// Hides the tab or shows it.
    pub fn set_hidden(&mut self, hidden: bool) {
        self.hidden = hidden;
        self.touch();
        self.version.bump();
    }
}
