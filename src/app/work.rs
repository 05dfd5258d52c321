//! What a frame does: images arrive, the test error is measured, points are encoded, and the network is trained.

use super::source::Source;
use super::{App, Dirty, Notice, State};
use crate::trainer::StepStats;

/// Beyond this error per pixel a run is taken for diverged: pixels lie in [0, 1], and no run comes back from here.
const DIVERGED_MSE: f32 = 1e4;

/// The share of a frame that goes to the arrival of images once there are some to train on.
const ARRIVAL_SHARE: f64 = 0.3;

/// A test error up to so many times the best is that of parameters worth going back to.
const GOOD_ENOUGH: f32 = 1.25;

/// Parameters with a larger test error know less than a blank page, and are nothing to go back to.
pub(super) const BLANK_PAGE: f32 = 1.0;

/// Frames from one drawing of a view that is not drawn every frame to the next.
const CALM: u64 = 8;

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
        // A frame that only waited for images says nothing of how fast training goes.
        if was_training && steps > 0 {
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

    /// Parses or draws one piece of what is arriving; false if there is none.
    pub(super) fn let_arrive(&mut self) -> bool {
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
            self.diverged = Some(Notice::diverged(stats.step, self.settings.config.learning_rate));
            self.notice = None;
            self.steps_wanted = 0;
            self.evaluation.cancel();
            self.dirty = Dirty::ALL;
        }
    }
}
