//! What a frame does: images arrive, chores have their turns, the network is trained, and points glide on.

use super::dataset::Pair;
use super::runs::Stepped;
use super::scheduler::Task;
use super::view::model_view;
use super::{App, Event, State, Version};

/// The share of a frame that goes to the arrival of images once there are some to train on.
const ARRIVAL_SHARE: f64 = 0.3;

/// The share of a frame that chores may take while the network trains, and how long that is at least and at most; and the
/// longest where nothing trains. In milliseconds.
const CHORES_SHARE: f64 = 0.12;
const CHORES: (f64, f64) = (0.5, 3.0);
const CHORES_AT_REST: f64 = 8.0;

/// The steps of a run that are not held up by what can wait: they are the most eventful.
const UNHURRIED: u64 = 3_000;

/// The longest frame, in milliseconds: one after a long gap is a return, not a slow frame.
const LONGEST: f64 = 1_000.0;

/// While the network trains, the linear code has a turn in one of this many frames: nobody waits for it.
const SELDOM: u64 = 4;

/// The frames without work after which the app is idle: what one has found is drawn in the next.
const QUIET_FRAMES: u32 = 2;

/// What was trained in a frame, also of a run that was replaced meanwhile because of what had arrived.
#[derive(Clone, Copy, Debug, Default)]
struct Trained {
    /// Whether a step was left half done.
    is_under_way: bool,
    steps: u64,
    examples: u64,
}

impl App {
    /// Does a frame's work: lets images arrive, gives chores their turns, and trains until `budget` milliseconds are spent,
    /// with one step, or a piece of a long one, at least, unless a slower speed is set. `now` tells the time in milliseconds.
    pub fn frame(&mut self, budget: f64, mut now: impl FnMut() -> f64) {
        let start = now();
        let elapsed = self.last_frame.map_or(0.0, |last| start - last).clamp(0.0, LONGEST);
        self.last_frame = Some(start);
        self.frames += 1;
        let before = self.moving_versions();
        self.notices.mark_seen();
        self.reconstructions.frame();
        self.layer_stats.frame();
        self.worst_digits.frame();
        self.seek(|timeline| timeline.advance(elapsed));
        self.transport.frame(elapsed);

        // Where there is no training to share the time with, all of it goes to what arrives.
        let share = if self.state() == State::Training { ARRIVAL_SHARE } else { 1.0 };
        while self.receive_piece() && now() < start + share * budget {}

        let was_training = self.state() == State::Training && self.transport.has_pace();
        let is_held_back = self.transport.is_held_back();
        // Who looks back does not want to wait, and once that moment is drawn there is little left to do.
        let is_calm = self.is_at_rest() || self.timeline.shown().is_some();
        let is_awaited = self.run.awaits_test_error();
        let is_pressing = is_awaited && self.frames.is_multiple_of(2);
        let allowance = match is_calm {
            true => budget.clamp(CHORES.1, CHORES_AT_REST),
            // A test error is waited for longest where a step is long; training has the frames between.
            false if is_pressing && self.pieces.are_several() => CHORES_AT_REST,
            false if is_awaited => CHORES.1,
            false => (CHORES_SHARE * budget).clamp(CHORES.0, CHORES.1),
        };
        self.scheduler.press(is_pressing.then_some(Task::Measure));
        let tasks_rest = self.do_chores(allowance, &mut now);
        let Trained { is_under_way, steps, examples } = self.train_until(start + budget, &mut now);
        // A frame that only waited for images says nothing of how fast training goes.
        if was_training && (steps > 0 || is_under_way || is_held_back) {
            self.run.took(elapsed, steps, examples);
        }
        if steps > 0 {
            self.tell_event(Event::Trained);
        }
        if self.run.problem() != self.reported_problem {
            self.tell_event(Event::TroubleChanged);
        }
        if self.state() == State::Training {
            let stopped = self.transport.stop_reason(start, &self.run.curve().history().test);
            stopped.into_iter().for_each(|stopped| self.stop(stopped));
        }
        self.plane.animate(elapsed as f32);
        if was_training {
            self.plane.advance_showcase(elapsed as f32);
        }
        self.keep_run(start, Some(&mut now));
        let is_quiet = tasks_rest && steps == 0 && before == self.moving_versions();
        self.quiet_frames = if is_quiet { self.quiet_frames.saturating_add(1) } else { 0 };
    }

    /// Returns whether nothing is left to compute or to draw: nothing trains, arrives, moves or is being stored, and the last
    /// frames had no work. A message ends that until frames have found nothing to do again.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.quiet_frames >= QUIET_FRAMES
            && self.state() != State::Training
            && self.datasets.progress().is_none()
            && !self.datasets.is_reading()
            && self.keeping.is_none()
    }

    /// Returns the versions of what moves by itself: the plane, and the moment that the timeline shows.
    fn moving_versions(&self) -> [Version; 3] {
        [self.plane.version(), self.timeline.version(), self.model]
    }

    /// Parses or draws one piece of what is arriving; false if there is none.
    pub(super) fn receive_piece(&mut self) -> bool {
        let event = self.datasets.advance(self.run.settings());
        self.arrived(event)
    }

    /// Gives the tasks their turns. Returns whether none had anything to do.
    fn do_chores(&mut self, allowance: f64, now: &mut impl FnMut() -> f64) -> bool {
        let mut scheduler = std::mem::take(&mut self.scheduler);
        let all_rest = scheduler.frame(allowance, now, |task, units| self.work(task, units));
        self.scheduler = scheduler;
        all_rest
    }

    /// Does up to `units` of a chore; returns how many.
    fn work(&mut self, task: Task, units: usize) -> usize {
        let rests = self.is_at_rest();
        let at_rest = rests || (self.timeline.shown().is_some() && !self.timeline.is_replaying());
        let model = model_view(&self.run, &self.timeline);
        let (test, inference) = (&self.datasets.pair().test, &mut self.inference);
        match task {
            Task::Measure if test.is_complete() => {
                // Who learns a few digits by heart is expected to be worse than the mean digit, and is not broken.
                let learns_all = self.run.settings().config.train_images.is_none();
                let mean_digit = self.datasets.mean_digit_error().filter(|_| learns_all);
                self.run.measure(units, test, mean_digit, rests, inference)
            }
            Task::Measure => 0,
            Task::Encode => self.plane.encode(units, model, test, inference),
            Task::Manifold => self.plane.decode_manifold(units, model, inference),
            Task::Appraise => {
                let is_open = self.worst_digits.is_open();
                let done = self.plane.measure_errors(units, is_open, model, test, inference);
                let (errors, version) = self.plane.errors();
                if self.worst_digits.is_due(version, at_rest) {
                    self.worst_digits.rank(version, errors, |index| test.label(index));
                }
                done
            }
            Task::Pull => self.plane.update_gradients(units, model, test, inference),
            Task::Reconstruct => {
                let corruption = self.run.settings().config.corruption;
                self.reconstructions.reconstruct(units, model, test, corruption, at_rest, inference)
            }
            Task::Reference => self.compare_linear_code(units),
            Task::Study => self.analyze_drawing(),
            Task::LayerStats => {
                let layers = &self.run.settings().config.spec.layers;
                let layer = self
                    .layer_inspector
                    .layer()
                    .and_then(|layer| Some((layer, layers.get(layer)?.activation)));
                layer.map_or(0, |layer| self.layer_stats.count(units, model, layer, test, at_rest, inference))
            }
        }
    }

    /// Finds out what a linear code comes to, once there is nothing more pressing.
    fn compare_linear_code(&mut self, units: usize) -> usize {
        let is_hurried = self.run.trainer().steps() < UNHURRIED || !self.frames.is_multiple_of(SELDOM);
        if !self.is_at_rest() && is_hurried {
            return 0;
        }
        self.linear_code.use_width(self.run.trainer().network().latent_dim());
        if self.linear_code.error().is_some() {
            return 0;
        }
        let Some(mean_digit) = self.datasets.mean_digit_error() else { return 0 };
        let Pair { train, test } = self.datasets.pair();
        self.linear_code.work(units, train, test, mean_digit)
    }

    /// Trains until the time is `end`, with one step at least, or a piece of one that takes long, if one is to be made at all.
    fn train_until(&mut self, end: f64, now: &mut impl FnMut() -> f64) -> Trained {
        let (mut trained, mut time) = (Trained::default(), now());
        while self.state() == State::Training && self.transport.wants_step() {
            let seen = self.run.trainer().examples();
            let stepped = self.run.advance(&self.datasets.pair().train);
            trained.is_under_way = stepped == Stepped::Begun;
            match stepped {
                Stepped::Waits if !self.receive_piece() => break,
                Stepped::Waits | Stepped::Begun => {}
                Stepped::Made | Stepped::Diverged => {
                    trained.steps += 1;
                    self.remember(stepped);
                    trained.examples += self.run.trainer().examples() - seen;
                    let stopped = self.transport.stepped(self.run.trainer().steps());
                    if stepped == Stepped::Diverged {
                        break;
                    }
                    stopped.into_iter().for_each(|stopped| self.stop(stopped));
                }
            }
            let before = std::mem::replace(&mut time, now());
            if stepped != Stepped::Waits {
                self.pieces.took(time - before, stepped != Stepped::Begun);
            }
            // A piece of a long step that does not fit into this frame is left for the next.
            if time + self.pieces.expected() >= end {
                break;
            }
        }
        trained
    }

    /// Keeps the moment after a step, if that is due. Parameters that have broken are no moment to come back to.
    fn remember(&mut self, stepped: Stepped) {
        let trainer = self.run.trainer();
        if stepped == Stepped::Made && self.timeline.is_due(trainer.steps()) {
            self.timeline.keep(trainer.steps(), trainer.examples(), trainer.parameters());
        }
    }
}
