//! The page without a browser: what can happen to it, what it does with the time of a frame, what there is to see.
//!
//! The browser's side makes a [`Msg`] of whatever happens and gives it to [`App::update`]; it gives each frame's time to
//! [`App::frame`], and draws what that says has changed. Nothing is painted here and no clock is read but the one
//! that is handed in, so all of it is tested natively.

mod display;
mod evaluation;
mod manifold;
mod message;
mod notice;
mod plane;
mod rates;
mod settings;
mod source;
mod update;

pub use display::SHOWN;
pub use message::{Msg, Ticket};
pub use notice::{Action, Notice};
pub use plane::{MOST_PINS, MOST_POINTS, Pin, Plane};
pub use settings::{DatasetChoice, Field, SettingError, Settings};
pub use source::MnistFile;

use crate::data::Dataset;
use crate::history::{History, Smoothed};
use crate::plot::Backdrop;
use crate::trainer::{StepStats, Trainer};
use display::Display;
use evaluation::Evaluation;
use manifold::Manifold;
use rates::Rates;
use source::{OwnFiles, Source};

/// Beyond this error per pixel a run is taken for diverged: pixels lie in [0, 1], and no run comes back from here.
const DIVERGED_MSE: f32 = 1e4;

/// The share of a frame that goes to the arrival of images once there are some to train on.
const ARRIVAL_SHARE: f64 = 0.3;

/// A test error up to so many times the best is that of parameters worth going back to.
const GOOD_ENOUGH: f32 = 1.25;

/// Parameters with a larger test error know less than a blank page, and are nothing to go back to.
const BLANK_PAGE: f32 = 1.0;

/// Points that a loss series keeps.
const HISTORY: usize = 1_000;

/// Frames from one drawing of a view that is not drawn every frame to the next.
const CALM: u64 = 8;

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

/// What has changed since it was last drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dirty {
    /// State and figures.
    pub figures: bool,
    /// The settings' controls, the legend and the notice.
    pub controls: bool,
    /// The loss chart.
    pub loss: bool,
    /// The reconstructions.
    pub reconstructions: bool,
    /// The latent plane.
    pub plane: bool,
    /// What the decoder draws behind it.
    pub manifold: bool,
    /// The decoded digit, the selected one and the pins.
    pub decoded: bool,
}

impl Dirty {
    /// Everything.
    pub const ALL: Self = Self {
        figures: true,
        controls: true,
        loss: true,
        reconstructions: true,
        plane: true,
        manifold: true,
        decoded: true,
    };

    /// What has changed here or there.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            figures: self.figures || other.figures,
            controls: self.controls || other.controls,
            loss: self.loss || other.loss,
            reconstructions: self.reconstructions || other.reconstructions,
            plane: self.plane || other.plane,
            manifold: self.manifold || other.manifold,
            decoded: self.decoded || other.decoded,
        }
    }
}

/// The figures of the transport bar and of the page's `data-` attributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Steps made.
    pub step: u64,
    /// Examples seen.
    pub examples: u64,
    /// Examples seen, in multiples of the training images.
    pub epoch: f64,
    /// Training error, smoothed: MSE per pixel.
    pub train_mse: Option<f32>,
    /// Test error over all held-out images: MSE per pixel.
    pub test_mse: Option<f32>,
    /// Steps per second.
    pub steps_per_second: Option<f64>,
    /// Examples per second.
    pub examples_per_second: Option<f64>,
    /// Training images in memory.
    pub images: usize,
}

/// The page's state, all of it.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    mnist_served: bool,
    source: Option<Source>,
    ticket: Ticket,
    download: Option<Ticket>,
    own_files: Option<(Ticket, OwnFiles)>,
    own_kept: Option<(Dataset, Dataset)>,
    using: DatasetChoice,
    train: Dataset,
    test: Dataset,
    trainer: Trainer,
    playing: bool,
    hidden: bool,
    diverged: Option<Notice>,
    steps_wanted: u32,
    good: Vec<f32>,
    best_mse: f32,
    history: History,
    smoothed: Smoothed,
    test_mse: Option<f32>,
    evaluation: Evaluation,
    evaluated_step: Option<u64>,
    plane: Plane,
    manifold: Manifold,
    display: Display,
    rates: Rates,
    notice: Option<Notice>,
    address: Option<String>,
    frames: u64,
    undrawn: bool,
    last_frame: Option<f64>,
    dirty: Dirty,
}

impl Default for App {
    fn default() -> Self {
        let settings = Settings::default();
        let trainer = Trainer::new(&settings.config());
        let network = trainer.network();
        Self {
            mnist_served: false,
            source: None,
            ticket: 0,
            download: None,
            own_files: None,
            own_kept: None,
            using: DatasetChoice::Strokes,
            train: Dataset::default(),
            test: Dataset::default(),
            playing: true,
            hidden: false,
            diverged: None,
            steps_wanted: 0,
            good: trainer.parameters().to_vec(),
            best_mse: BLANK_PAGE,
            history: History::new(HISTORY),
            smoothed: Smoothed::new(0.98),
            test_mse: None,
            evaluation: Evaluation::new(network),
            evaluated_step: None,
            plane: Plane::new(network),
            manifold: Manifold::default(),
            display: Display::new(network),
            rates: Rates::default(),
            notice: None,
            address: None,
            frames: 0,
            undrawn: false,
            last_frame: None,
            dirty: Dirty::ALL,
            settings,
            trainer,
        }
    }
}

impl App {
    /// Does a frame's work: lets images arrive, measures, and trains until `budget` milliseconds are spent, with
    /// one step at least. `now` tells the time in milliseconds. Returns what has to be drawn anew.
    pub fn frame(&mut self, budget: f64, mut now: impl FnMut() -> f64) -> Dirty {
        let start = now();
        let end = start + budget;
        // A frame after a long gap is a return, not a slow frame.
        let elapsed = self.last_frame.map_or(0.0, |last| start - last).min(1_000.0);
        self.last_frame = Some(start);
        self.frames += 1;

        // Where there is no training to share the time with, all of it goes to what arrives.
        let share = if self.state() == State::Training { ARRIVAL_SHARE } else { 1.0 };
        while self.let_arrive() && now() < start + share * budget {}

        let was_training = self.state() == State::Training;
        self.measure();
        self.encode();
        self.decode_manifold();
        let (steps, examples) = self.train_until(end, &mut now);
        if was_training {
            self.rates.push(elapsed, steps, examples);
        }
        let bounds = *self.plane.bounds();
        let gliding = self.plane.glide(elapsed as f32);
        if steps > 0 || bounds != *self.plane.bounds() {
            self.manifold.outdate();
        }
        self.dirty.plane |= gliding;
        if steps > 0 {
            self.plane.outdate();
            self.dirty.decoded = true;
            self.dirty.plane = true;
            self.undrawn = true;
        }
        let calm = self.frames.is_multiple_of(CALM);
        // The last steps before a rest, or a single one, are not to wait for a calm frame.
        if (calm || self.state() != State::Training) && std::mem::take(&mut self.undrawn) {
            self.dirty.figures = true;
            self.dirty.reconstructions = true;
            self.dirty.loss = true;
        }
        if calm && (self.source.is_some() || self.own_files.is_some()) {
            self.dirty.figures = true;
            self.dirty.reconstructions = true;
        }
        std::mem::take(&mut self.dirty)
    }

    /// What the page is doing.
    #[must_use]
    pub fn state(&self) -> State {
        if self.diverged.is_some() {
            State::Diverged
        } else if !self.can_train() {
            State::Loading
        } else if self.playing && !self.hidden {
            State::Training
        } else {
            State::Paused
        }
    }

    /// Whether Play was pressed last, rather than Pause.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is learned from at this moment.
    #[must_use]
    pub fn using(&self) -> DatasetChoice {
        self.using
    }

    /// Whether a dataset can be chosen: it is served, built in, or was given.
    #[must_use]
    pub fn offers(&self, choice: DatasetChoice) -> bool {
        match choice {
            DatasetChoice::Mnist => self.mnist_served,
            DatasetChoice::Strokes => true,
            DatasetChoice::Own => self.own_kept.is_some() || self.using == DatasetChoice::Own,
        }
    }

    /// The trainer.
    #[must_use]
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// The loss series.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The latent plane.
    #[must_use]
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// What the decoder draws all over the plane.
    #[must_use]
    pub fn backdrop(&self) -> &Backdrop {
        self.manifold.shown()
    }

    /// What has to be said. While a run has diverged it is that, unless something was said since, and again after:
    /// its button is the way back.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref().or(self.diverged.as_ref())
    }

    /// The figures.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let examples = self.trainer.examples();
        let rates = self.rates.per_second().filter(|_| self.state() == State::Training);
        Figures {
            step: self.trainer.steps(),
            examples,
            epoch: examples as f64 / self.train.planned().max(1) as f64,
            train_mse: self.smoothed.value(),
            test_mse: self.test_mse,
            steps_per_second: rates.map(|(steps, _)| steps),
            examples_per_second: rates.map(|(_, examples)| examples),
            images: self.train.len(),
        }
    }

    /// How much of the images is here, in [0, 1], while they arrive.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        let planned = (self.train.planned() + self.test.planned()).max(1);
        self.source.as_ref().map(|_| (self.train.len() + self.test.len()) as f64 / planned as f64)
    }

    /// How many test digits are shown above their reconstructions.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.test.len().min(SHOWN)
    }

    /// The first test digits and their reconstructions, [`shown`](Self::shown) of both, 784 pixels each.
    pub fn reconstructions(&mut self) -> (&[u8], &[f32]) {
        let shown = self.shown();
        let outputs =
            self.display.reconstruct(self.trainer.network(), self.trainer.parameters(), &self.test, 0..shown);
        (self.test.images(shown), outputs)
    }

    /// What the decoder draws at the [`focus`](Plane::focus) of the plane, 784 pixels.
    pub fn decoded(&mut self) -> &[f32] {
        let focus = std::iter::once(self.plane.focus());
        self.display.decode(self.trainer.network(), self.trainer.parameters(), focus)
    }

    /// What the decoder draws at each pin, 784 pixels each.
    pub fn pinned(&mut self) -> &[f32] {
        let places = self.plane.pins().iter().map(|&pin| self.plane.place(pin));
        self.display.decode(self.trainer.network(), self.trainer.parameters(), places)
    }

    /// The test digit that was pinned last, its label and its reconstruction, if a digit was.
    pub fn selected(&mut self) -> Option<(&[u8], Option<u8>, &[f32])> {
        let index = self.plane.selected()?;
        let output = self.display.reconstruct(
            self.trainer.network(),
            self.trainer.parameters(),
            &self.test,
            index..index + 1,
        );
        Some((self.test.image(index), self.test.label(index), output))
    }

    /// The download that has to be begun, once.
    pub fn take_download(&mut self) -> Option<Ticket> {
        self.download.take()
    }

    /// The fragment that the URL has to be given, once for each change.
    pub fn take_address(&mut self) -> Option<String> {
        self.address.take()
    }

    /// Whether enough images are here to begin.
    fn can_train(&self) -> bool {
        let first_pool = crate::data::FIRST_POOL.min(self.train.planned());
        first_pool > 0 && self.train.len() >= first_pool
    }

    /// Parses or draws one piece of what is arriving; false if there is none.
    fn let_arrive(&mut self) -> bool {
        let own = self.own_files.is_some() && self.let_own_files_arrive();
        let Some(source) = &mut self.source else { return own };
        match source.advance(&mut self.train, &mut self.test) {
            Ok(worked) => {
                if matches!(source, Source::Complete) {
                    self.source = None;
                    self.plane.outdate();
                    self.dirty = Dirty::ALL;
                }
                worked || own
            }
            Err(error) => {
                self.give_up_mnist(&error);
                false
            }
        }
    }

    /// Goes on measuring the test error, or begins to when there is something new to measure.
    fn measure(&mut self) {
        if !self.test.is_complete() || self.test.is_empty() {
            return;
        }
        let step = self.trainer.steps();
        if !self.evaluation.is_running() && self.evaluated_step != Some(step) && self.diverged.is_none() {
            self.evaluation.begin(self.trainer.parameters(), step);
            self.evaluated_step = Some(step);
        }
        let (network, loss) = (self.trainer.network(), self.trainer.loss());
        let Some(measured) = self.evaluation.advance(network, loss, &self.test) else { return };
        if measured.mse.is_finite() {
            self.test_mse = Some(measured.mse);
            self.history.test.push(measured.step, measured.mse);
            if measured.mse <= GOOD_ENOUGH * self.best_mse {
                self.good.copy_from_slice(self.evaluation.parameters());
                self.best_mse = self.best_mse.min(measured.mse);
            }
            self.dirty.figures = true;
            self.dirty.loss = true;
        }
    }

    /// Goes on encoding the points of the plane, unless they are all as the network has them.
    fn encode(&mut self) {
        if self.diverged.is_none() {
            let (network, parameters) = (self.trainer.network(), self.trainer.parameters());
            let encoded = self.plane.encode_some(network, parameters, &self.test);
            self.dirty.plane |= encoded;
            self.dirty.decoded |= encoded;
        }
    }

    /// Goes on drawing what lies behind the points.
    fn decode_manifold(&mut self) {
        if self.diverged.is_none() && !self.plane.points().is_empty() {
            let (network, parameters) = (self.trainer.network(), self.trainer.parameters());
            let bounds = self.plane.bounds();
            if self.manifold.decode_some(network, parameters, bounds, &mut self.display) {
                self.dirty.manifold = true;
                self.dirty.plane = true;
            }
        }
    }

    /// Trains until the time is `end`, with one step at least, if the page is to train at all. Returns the steps made
    /// and the examples seen, also those of a run that was given up meanwhile for what had arrived.
    fn train_until(&mut self, end: f64, now: &mut impl FnMut() -> f64) -> (u64, u64) {
        let (mut steps, mut examples) = (0, 0);
        while self.state() == State::Training || (self.steps_wanted > 0 && self.state() == State::Paused) {
            let seen = self.trainer.examples();
            match self.trainer.step(&self.train) {
                Some(stats) => {
                    steps += 1;
                    examples += self.trainer.examples() - seen;
                    self.steps_wanted = self.steps_wanted.saturating_sub(1);
                    self.take_note(stats);
                }
                None if !self.let_arrive() => break,
                None => {}
            }
            if now() >= end {
                break;
            }
        }
        (steps, examples)
    }

    /// Keeps the figures of a step, and stops a run that has diverged.
    fn take_note(&mut self, stats: StepStats) {
        // Not a number compares as false, and has diverged as well.
        if stats.mse.is_finite() && stats.mse <= DIVERGED_MSE {
            if let Some(mse) = self.smoothed.push(stats.mse) {
                self.history.train.push(stats.step, mse);
            }
        } else {
            self.diverged = Some(Notice::diverged(stats.step, self.settings.learning_rate));
            self.notice = None;
            self.steps_wanted = 0;
            self.evaluation.cancel();
            self.dirty = Dirty::ALL;
        }
    }
}

#[cfg(test)]
mod tests;
