//! The timeline: checkpoints of a run, for views of the past.

use std::rc::Rc;

use super::checkpoint::Checkpoint;
use crate::app::tracked::Version;

/// The largest size of a timeline's parameters, in bytes: 136 steps of the default network, four of the largest preset.
pub const MAX_BYTES: usize = 44 << 20;

/// The largest number of steps in a timeline.
pub const MAX_CHECKPOINTS: usize = 256;

/// The first distance between recorded steps, in square roots of a step.
const FIRST_SPACING: f64 = 0.25;

/// The duration of a replay, in milliseconds.
const REPLAY_MS: f64 = 6_000.0;

/// The recorded steps of a run, and the one that is shown.
///
/// Most changes happen early, so the recorded steps are evenly spaced in the square root of the step. A full timeline drops
/// every second one and doubles the spacing, as a [`Series`](crate::view::series::Series) does. The first is never dropped.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// By ascending step. A copy of a timeline shares them.
    checkpoints: Vec<Rc<Checkpoint>>,
    spacing: f64,
    /// The next step to record.
    due: u64,
    /// The shown step; it stays complete even if the timeline drops it.
    shown: Option<Rc<Checkpoint>>,
    /// The position of the replay, in [0, 1], while it runs.
    replay_position: Option<f64>,
    version: Version,
}

impl Timeline {
    /// Creates the timeline of a run that starts here.
    pub fn new(first: Checkpoint) -> Self {
        Self::resume(vec![Rc::new(first)])
    }

    /// Creates a timeline with these checkpoints, by ascending step.
    ///
    /// # Panics
    /// If there are none.
    pub fn resume(checkpoints: Vec<Rc<Checkpoint>>) -> Self {
        let first = checkpoints[0].step;
        let root = |checkpoint: &Rc<Checkpoint>| ((checkpoint.step - first) as f64).sqrt();
        let last = &checkpoints[checkpoints.len() - 1];
        // The spacing has doubled with each thinning.
        let before = checkpoints.len().checked_sub(2).map_or(last, |before| &checkpoints[before]);
        let spacing = (root(last) - root(before)).max(FIRST_SPACING);
        let due = last.step + 1;
        Self { checkpoints, spacing, due, shown: None, replay_position: None, version: Version::fresh() }
    }

    /// Returns the version of the recorded steps and of the shown one.
    pub fn version(&self) -> Version {
        self.version
    }

    pub fn len(&self) -> usize {
        self.checkpoints.len()
    }

    /// Returns the checkpoints, by ascending step.
    pub fn checkpoints(&self) -> &[Rc<Checkpoint>] {
        &self.checkpoints
    }

    /// Returns whether `step` is to be recorded.
    pub fn is_due(&self, step: u64) -> bool {
        step >= self.due
    }

    /// Records a step, which comes after all others.
    pub fn record(&mut self, step: u64, examples: u64, parameters: &[f32]) {
        let max_len = (MAX_BYTES / self.checkpoints[0].bytes()).clamp(1, MAX_CHECKPOINTS);
        if self.checkpoints.len() >= max_len {
            self.thin();
        }
        if self.checkpoints.len() < max_len {
            let parameters = parameters.to_vec();
            self.checkpoints.push(Rc::new(Checkpoint { step, examples, parameters }));
            self.version.bump();
        }
        let first = self.checkpoints[0].step;
        let next = ((step - first) as f64).sqrt() + self.spacing;
        self.due = first + ((next * next).ceil() as u64).max(step - first + 1);
    }

    fn thin(&mut self) {
        drop_every_second(&mut self.checkpoints);
        self.spacing *= 2.0;
        self.version.bump();
    }

    /// Returns the shown step, and the timeline up to it, for a run that continues from there.
    pub fn branch(&self) -> Option<(Rc<Checkpoint>, Self)> {
        let shown = Rc::clone(self.shown.as_ref()?);
        let mut branch =
            Self { shown: None, replay_position: None, version: Version::fresh(), ..self.clone() };
        branch.checkpoints.retain(|checkpoint| checkpoint.step <= shown.step);
        branch.due = shown.step + 1;
        Some((shown, branch))
    }

    /// Returns the shown step, or nothing if that is the present.
    pub fn shown(&self) -> Option<&Checkpoint> {
        self.shown.as_deref()
    }

    /// Returns the index of the shown step; that of the present is [`len`](Self::len).
    pub fn position(&self) -> usize {
        let index = |shown: &Rc<Checkpoint>| {
            self.checkpoints.partition_point(|checkpoint| checkpoint.step < shown.step)
        };
        self.shown.as_ref().map_or(self.len(), |shown| index(shown).min(self.len() - 1))
    }

    /// Shows the recorded step nearest to a step, or the present, and ends the replay. Returns whether the shown step changes.
    pub fn seek(&mut self, step: Option<u64>) -> bool {
        self.replay_position = None;
        self.show(step.map_or(self.len(), |step| self.nearest(step)))
    }

    /// Shows the step that was recorded `count` before or after the shown one, and ends the replay; `present` is the step of the
    /// present. Returns whether the shown step changes.
    pub fn seek_by(&mut self, count: isize, present: u64) -> bool {
        self.replay_position = None;
        // The last recorded step may be the present itself.
        let len = self.checkpoints.partition_point(|checkpoint| checkpoint.step < present);
        let index = self.position().min(len).saturating_add_signed(count);
        self.show(if index < len { index } else { self.len() })
    }

    /// Returns the index of the recorded step nearest to a step; that of the present for a later one.
    fn nearest(&self, step: u64) -> usize {
        let after = self.checkpoints.partition_point(|checkpoint| checkpoint.step < step);
        match (after.checked_sub(1), self.checkpoints.get(after)) {
            (Some(before), Some(next)) if step - self.checkpoints[before].step < next.step - step => before,
            _ => after,
        }
    }

    fn show(&mut self, index: usize) -> bool {
        let shown = self.checkpoints.get(index).map(Rc::clone);
        let step =
            |checkpoint: &Option<Rc<Checkpoint>>| checkpoint.as_ref().map(|checkpoint| checkpoint.step);
        let is_other = step(&shown) != step(&self.shown);
        if is_other {
            self.shown = shown;
        }
        self.version.bump();
        is_other
    }

    /// Starts the replay, or stops it where it is. Returns whether the shown step changes.
    pub fn replay(&mut self) -> bool {
        if self.replay_position.take().is_some() {
            self.version.bump();
            return false;
        }
        self.replay_position = Some(0.0);
        self.show(0)
    }

    pub fn is_replaying(&self) -> bool {
        self.replay_position.is_some()
    }

    /// Advances the replay by `dt` milliseconds. Returns whether the shown step changes.
    pub fn advance(&mut self, dt: f64) -> bool {
        let Some(position) = self.replay_position else { return false };
        let position = position + dt / REPLAY_MS;
        self.replay_position = (position < 1.0).then_some(position);
        self.show((position.min(1.0) * self.len() as f64).round() as usize)
    }
}

/// Drops every second element; the first is never dropped.
pub fn drop_every_second<T>(elements: &mut Vec<T>) {
    let mut number = 0;
    elements.retain(|_| {
        number += 1;
        number % 2 == 1
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(size: usize) -> Timeline {
        Timeline::new(Checkpoint { step: 0, examples: 0, parameters: vec![0.0; size] })
    }

    /// Returns a timeline of `steps` steps whose parameters equal their step.
    fn run(size: usize, steps: u64) -> Timeline {
        let mut timeline = timeline(size);
        record_steps(&mut timeline, size, 1..=steps);
        timeline
    }

    fn record_steps(timeline: &mut Timeline, size: usize, steps: std::ops::RangeInclusive<u64>) {
        for step in steps {
            if timeline.is_due(step) {
                timeline.record(step, 50 * step, &vec![step as f32; size]);
            }
        }
    }

    fn steps(timeline: &Timeline) -> Vec<u64> {
        timeline.checkpoints.iter().map(|checkpoint| checkpoint.step).collect()
    }

    #[test]
    fn early_steps_are_denser_and_the_first_is_never_dropped() {
        assert_eq!(steps(&run(1, 3)), [0, 1, 2, 3]);
        for last in [10, 1_000, 30_000, 400_000] {
            let steps = steps(&run(1, last));
            assert_eq!(steps[0], 0);
            assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
            let gap = |at: usize| steps[at + 1] - steps[at];
            assert!(steps.len() < 20 || gap(steps.len() - 2) > 4 * gap(0), "{steps:?}");
            assert!(steps.len() <= MAX_CHECKPOINTS && steps.len() as f64 >= (last as f64).sqrt().min(100.0));
            let (end, before) = (steps[steps.len() - 1], steps[steps.len() - 2]);
            assert!(last - end <= 2 * (end - before) + 2, "the end is near: {end} of {last}");
        }
    }

    #[test]
    fn the_size_is_bounded_for_every_network() {
        for size in [10_000, 1_000_000, 3_000_000, 10_000_000, 20_000_000] {
            let mut timeline = timeline(size);
            for step in 1..400 {
                if timeline.is_due(step) && (size < 1_000_000 || step % 40 == 0) {
                    timeline.record(step, step, &vec![0.0; size]);
                }
                assert!(
                    timeline.checkpoints.len() * (4 * size + 8) <= MAX_BYTES.max(4 * size + 8),
                    "{size} at {step}"
                );
            }
            assert_eq!(timeline.checkpoints[0].step, 0);
        }
    }

    #[test]
    fn the_ends_of_the_slider_are_the_first_step_and_the_present() {
        let mut timeline = run(1, 5_000);
        assert_eq!((timeline.position(), timeline.shown()), (timeline.len(), None));
        assert!(timeline.seek(Some(0)));
        assert_eq!((timeline.position(), timeline.shown().unwrap().step), (0, 0));
        let middle = timeline.len() / 2;
        let [before, step, after] = [middle - 1, middle, middle + 1].map(|index| steps(&timeline)[index]);
        for near in [step, step + (after - step) / 2 - 1, step - (step - before) / 2 + 1] {
            timeline.seek(Some(near));
            assert_eq!(timeline.position(), middle, "{near} is nearest to {step}");
        }
        assert!(!timeline.seek(Some(step)), "the same step");
        assert!(timeline.seek_by(-1, 6_000) && timeline.position() == middle - 1);
        assert!(timeline.seek_by(10, 6_000) && timeline.position() == middle + 9);
        assert!(timeline.seek_by(-100_000, 6_000) && timeline.position() == 0);
        assert!(timeline.seek_by(100_000, 6_000) && timeline.shown().is_none());
        let last = steps(&timeline)[timeline.len() - 1];
        assert!(timeline.seek_by(-1, last) && timeline.shown().unwrap().step < last, "not the present again");
        timeline.seek(Some(0));
        assert!(timeline.seek(None));
        assert_eq!((timeline.position(), timeline.shown()), (timeline.len(), None));
    }

    #[test]
    fn the_shown_step_stays_complete_when_the_timeline_drops_it() {
        let mut timeline = run(3, 1_000);
        timeline.seek(Some(steps(&timeline)[7]));
        let shown = timeline.shown().unwrap().clone();
        record_steps(&mut timeline, 3, 1_001..=90_000);
        assert!(!steps(&timeline).contains(&shown.step), "it was dropped");
        assert_eq!(timeline.shown(), Some(&shown));
        assert_eq!(shown.parameters, [shown.step as f32; 3]);
        assert!(timeline.position() < 7);
    }

    #[test]
    fn a_replay_shows_every_recorded_step_and_ends_at_the_present() {
        let mut timeline = run(1, 5_000);
        assert!(timeline.replay() && timeline.is_replaying());
        let mut shown = vec![0];
        let mut frames = 0;
        while timeline.is_replaying() {
            timeline.advance(1_000.0 / 60.0);
            shown.extend(timeline.shown().map(|checkpoint| checkpoint.step));
            frames += 1;
        }
        assert!((350..=370).contains(&frames), "{frames}");
        assert!(shown.windows(2).all(|pair| pair[0] <= pair[1]));
        shown.dedup();
        assert_eq!(shown, steps(&timeline), "every step is shown");
        assert_eq!(timeline.shown(), None);
        timeline.replay();
        timeline.advance(500.0);
        let shown = timeline.shown().cloned();
        assert!(!timeline.replay() && !timeline.is_replaying(), "once more stops it");
        assert_eq!(timeline.shown().cloned(), shown);
        timeline.replay();
        timeline.seek(Some(2_500));
        assert!(!timeline.is_replaying() && !timeline.advance(100.0), "the slider stops it");
    }

    #[test]
    fn a_branch_has_the_steps_up_to_its_first() {
        let mut timeline = run(1, 400);
        assert!(timeline.branch().is_none());
        timeline.seek(Some(200));
        let step = timeline.shown().unwrap().step;
        let (checkpoint, mut branch) = timeline.branch().unwrap();
        assert_eq!((checkpoint.step, branch.shown()), (step, None));
        assert_eq!(steps(&branch).last(), Some(&step));
        record_steps(&mut branch, 1, step + 1..=step + 100);
        assert!(steps(&branch).windows(2).all(|pair| pair[0] < pair[1]));
        assert!(branch.checkpoints.last().unwrap().step > step);
    }
}
