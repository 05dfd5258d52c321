//! What a frame does: images arrive, chores have their turns, the network is trained, and points glide on.

use super::chore::Chore;
use super::run::Stepped;
use super::{App, Event, State};

/// The share of a frame that goes to the arrival of images once there are some to train on.
const ARRIVAL_SHARE: f64 = 0.3;

/// The time that chores may take of a frame, in milliseconds: while the network trains, and at most where it does not.
const CHORES: f64 = 3.0;
const CHORES_AT_REST: f64 = 8.0;

/// The longest frame, in milliseconds: one after a long gap is a return, not a slow frame.
const LONGEST: f64 = 1_000.0;

impl App {
    /// Does a frame's work: lets images arrive, gives chores their turns, and trains until `budget` milliseconds are spent,
    /// with one step at least. `now` tells the time in milliseconds.
    pub fn frame(&mut self, budget: f64, mut now: impl FnMut() -> f64) {
        let start = now();
        let elapsed = self.last_frame.map_or(0.0, |last| start - last).clamp(0.0, LONGEST);
        self.last_frame = Some(start);
        self.frames += 1;
        self.notices.mark_seen();
        self.gallery.frame();

        // Where there is no training to share the time with, all of it goes to what arrives.
        let share = if self.state() == State::Training { ARRIVAL_SHARE } else { 1.0 };
        while self.let_arrive() && now() < start + share * budget {}

        let was_training = self.state() == State::Training;
        let allowance =
            if self.state() == State::Training { CHORES } else { budget.clamp(CHORES, CHORES_AT_REST) };
        self.do_chores(allowance, &mut now);
        let (steps, examples) = self.train_until(start + budget, &mut now);
        // A frame that only waited for images says nothing of how fast training goes.
        if was_training && steps > 0 {
            self.run.took(elapsed, steps, examples);
        }
        if steps > 0 {
            self.tell_event(Event::Trained);
        }
        if self.run.trouble() != self.told {
            self.tell_event(Event::TroubleChanged);
        }
        self.plane.glide(elapsed as f32);
        if was_training {
            self.plane.tour(elapsed as f32);
        }
        self.keep_run(start, Some(&mut now));
    }

    /// Parses or draws one piece of what is arriving; false if there is none.
    pub(super) fn let_arrive(&mut self) -> bool {
        let arrival = self.images.advance(self.run.settings());
        self.arrived(arrival)
    }

    /// Gives the chores their turns.
    fn do_chores(&mut self, allowance: f64, now: &mut impl FnMut() -> f64) {
        let mut chores = std::mem::take(&mut self.chores);
        chores.frame(allowance, now, |chore, units| self.work(chore, units));
        self.chores = chores;
    }

    /// Does up to `units` of a chore; returns how many.
    fn work(&mut self, chore: Chore, units: usize) -> usize {
        if self.run.has_diverged() {
            return 0;
        }
        let at_rest = self.state() != State::Training;
        let (subject, test, lens) = (self.run.subject(), &self.images.pair().test, &mut self.lens);
        match chore {
            Chore::Measure if test.is_complete() => {
                let mean_digit = self.images.mean_digit_error();
                self.run.measure(units, test, mean_digit, lens)
            }
            Chore::Measure => 0,
            Chore::Encode => self.plane.encode(units, subject, test, lens),
            Chore::Manifold => self.plane.decode_manifold(units, subject, lens),
            Chore::Reconstruct => self.gallery.reconstruct(units, subject, test, at_rest, lens),
        }
    }

    /// Trains until the time is `end`, with one step at least, if the page is to train at all. Returns the steps made
    /// and the examples seen, also those of a run that was replaced meanwhile because of what had arrived.
    fn train_until(&mut self, end: f64, now: &mut impl FnMut() -> f64) -> (u64, u64) {
        let (mut steps, mut examples) = (0, 0);
        while self.state() == State::Training
            || (self.transport.wants_step() && self.state() == State::Paused)
        {
            let seen = self.run.trainer().examples();
            match self.run.step(&self.images.pair().train) {
                Stepped::Waits if !self.let_arrive() => break,
                Stepped::Waits => {}
                stepped => {
                    steps += 1;
                    examples += self.run.trainer().examples() - seen;
                    self.transport.stepped();
                    if stepped == Stepped::Diverged {
                        break;
                    }
                }
            }
            if now() >= end {
                break;
            }
        }
        (steps, examples)
    }
}
