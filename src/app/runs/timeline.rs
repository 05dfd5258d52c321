//! The timeline: copies of a run's parameters as it goes, so that any moment of it can be looked at again.

use std::rc::Rc;

use crate::app::tracked::Version;

/// The most bytes that the parameters of a timeline take.
pub const MOST_BYTES: usize = 64 << 20;

/// The most moments of a timeline.
pub const MOST_MOMENTS: usize = 256;

/// The distance between moments at first, in square roots of a step.
const FIRST_SPACING: f64 = 0.25;

/// The time in which a run unfolds from its beginning to now, in milliseconds.
const UNFOLDING: f64 = 6_000.0;

/// A network's parameters at a step of its run.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// How many steps had been made.
    pub step: u64,
    /// How many examples had been seen.
    pub examples: u64,
    /// The parameters, `[P]`.
    pub parameters: Vec<f32>,
}

/// The moments of a run that are kept, and the one that is looked at.
///
/// Most happens early, so moments are evenly spaced in the square root of the step. When there is no room for another,
/// every second one is given up and the spacing doubles, as in a [`Series`](crate::view::series::Series). The first is always kept.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// By ascending step. A copy of a timeline shares them.
    moments: Vec<Rc<Moment>>,
    spacing: f64,
    /// The step from which on another moment is kept.
    due: u64,
    /// What is looked at; it stays whole even if it is given up meanwhile.
    shown: Option<Rc<Moment>>,
    /// How far the run has unfolded, in [0, 1], while it does.
    unfolding: Option<f64>,
    version: Version,
}

impl Timeline {
    /// The timeline of a run that begins with this moment.
    #[must_use]
    pub fn begin(first: Moment) -> Self {
        let due = first.step + 1;
        Self {
            moments: vec![Rc::new(first)],
            spacing: FIRST_SPACING,
            due,
            shown: None,
            unfolding: None,
            version: Version::fresh(),
        }
    }

    /// The number of changes of what is looked at, and of which moments there are.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// How many moments are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.moments.len()
    }

    /// The bytes that the parameters take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.moments.len() * bytes(&self.moments[0])
    }

    /// Whether the moment after `step` is to be kept.
    #[must_use]
    pub fn is_due(&self, step: u64) -> bool {
        step >= self.due
    }

    /// Keeps a moment, which comes after all others.
    pub fn keep(&mut self, step: u64, examples: u64, parameters: &[f32]) {
        let most = (MOST_BYTES / bytes(&self.moments[0]).max(1)).clamp(1, MOST_MOMENTS);
        if self.moments.len() >= most {
            self.thin();
        }
        if self.moments.len() < most {
            let parameters = parameters.to_vec();
            self.moments.push(Rc::new(Moment { step, examples, parameters }));
            self.version.bump();
        }
        let first = self.moments[0].step;
        let next = ((step - first) as f64).sqrt() + self.spacing;
        self.due = first + ((next * next).ceil() as u64).max(step - first + 1);
    }

    /// Gives up every second moment; false if only the first is left.
    pub fn thin(&mut self) -> bool {
        let mut number = 0;
        self.moments.retain(|_| {
            number += 1;
            number % 2 == 1
        });
        self.spacing *= 2.0;
        self.version.bump();
        self.moments.len() > 1
    }

    /// The moments up to the one that is looked at, for a run that goes on from there.
    #[must_use]
    pub fn branch(&self) -> Option<(Rc<Moment>, Self)> {
        let shown = Rc::clone(self.shown.as_ref()?);
        let mut branch = Self { shown: None, unfolding: None, version: Version::fresh(), ..self.clone() };
        branch.moments.retain(|moment| moment.step <= shown.step);
        branch.due = shown.step + 1;
        Some((shown, branch))
    }

    /// The moment that is looked at; nothing if it is the present one.
    #[must_use]
    pub fn shown(&self) -> Option<&Moment> {
        self.shown.as_deref()
    }

    /// Where that is, counted in moments: the present is [`len`](Self::len).
    #[must_use]
    pub fn position(&self) -> usize {
        let place = |shown: &Rc<Moment>| self.moments.partition_point(|moment| moment.step < shown.step);
        self.shown.as_ref().map_or(self.len(), |shown| place(shown).min(self.len() - 1))
    }

    /// Looks at a place between the beginning (0) and the present (1); true if that is another moment.
    pub fn seek(&mut self, place: f64) -> bool {
        self.unfolding = None;
        self.show(place)
    }

    fn show(&mut self, place: f64) -> bool {
        let index = (place.clamp(0.0, 1.0) * self.len() as f64).round() as usize;
        let shown = self.moments.get(index).map(Rc::clone);
        let step = |moment: &Option<Rc<Moment>>| moment.as_ref().map(|moment| moment.step);
        let is_other = step(&shown) != step(&self.shown);
        if is_other {
            self.shown = shown;
        }
        self.version.bump();
        is_other
    }

    /// Begins to unfold the run from its beginning, or stops where that has come to; true if another moment is shown.
    pub fn replay(&mut self) -> bool {
        if self.unfolding.take().is_some() {
            self.version.bump();
            return false;
        }
        self.unfolding = Some(0.0);
        self.show(0.0)
    }

    /// Whether the run unfolds.
    #[must_use]
    pub fn is_replaying(&self) -> bool {
        self.unfolding.is_some()
    }

    /// Unfolds the run for another `dt` milliseconds; true if that reaches another moment.
    pub fn advance(&mut self, dt: f64) -> bool {
        let Some(place) = self.unfolding else { return false };
        let place = place + dt / UNFOLDING;
        self.unfolding = (place < 1.0).then_some(place);
        self.show(place)
    }
}

fn bytes(moment: &Moment) -> usize {
    moment.parameters.len() * size_of::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(size: usize) -> Timeline {
        Timeline::begin(Moment { step: 0, examples: 0, parameters: vec![0.0; size] })
    }

    /// A timeline of `steps` steps whose parameters tell their step.
    fn run(size: usize, steps: u64) -> Timeline {
        let mut timeline = timeline(size);
        go_on(&mut timeline, size, 1..=steps);
        timeline
    }

    fn go_on(timeline: &mut Timeline, size: usize, steps: std::ops::RangeInclusive<u64>) {
        for step in steps {
            if timeline.is_due(step) {
                timeline.keep(step, 50 * step, &vec![step as f32; size]);
            }
        }
    }

    fn steps(timeline: &Timeline) -> Vec<u64> {
        timeline.moments.iter().map(|moment| moment.step).collect()
    }

    #[test]
    fn early_moments_lie_closer_and_the_beginning_is_never_given_up() {
        assert_eq!(steps(&run(1, 3)), [0, 1, 2, 3]);
        for last in [10, 1_000, 30_000, 400_000] {
            let steps = steps(&run(1, last));
            assert_eq!(steps[0], 0);
            assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
            let gap = |at: usize| steps[at + 1] - steps[at];
            assert!(steps.len() < 20 || gap(steps.len() - 2) > 4 * gap(0), "{steps:?}");
            assert!(steps.len() <= MOST_MOMENTS && steps.len() as f64 >= (last as f64).sqrt().min(100.0));
            let (end, before) = (steps[steps.len() - 1], steps[steps.len() - 2]);
            assert!(last - end <= 2 * (end - before) + 2, "the end is near: {end} of {last}");
        }
    }

    #[test]
    fn memory_is_bounded_whatever_the_size_of_the_network() {
        for size in [10_000, 1_000_000, 3_000_000, 10_000_000, 20_000_000] {
            let mut timeline = timeline(size);
            for step in 1..400 {
                if timeline.is_due(step) && (size < 1_000_000 || step % 40 == 0) {
                    timeline.keep(step, step, &vec![0.0; size]);
                }
                assert!(timeline.bytes() <= MOST_BYTES.max(4 * size), "{size} at {step}");
            }
            assert_eq!(timeline.moments[0].step, 0);
        }
    }

    #[test]
    fn the_ends_of_the_slider_are_the_beginning_and_now() {
        let mut timeline = run(1, 5_000);
        assert_eq!((timeline.position(), timeline.shown()), (timeline.len(), None));
        assert!(timeline.seek(0.0));
        assert_eq!((timeline.position(), timeline.shown().unwrap().step), (0, 0));
        let middle = timeline.len() / 2;
        assert!(timeline.seek(middle as f64 / timeline.len() as f64));
        assert_eq!(timeline.position(), middle);
        assert!(!timeline.seek((middle as f64 + 0.2) / timeline.len() as f64), "the same moment");
        assert!(timeline.seek(1.0));
        assert_eq!((timeline.position(), timeline.shown()), (timeline.len(), None));
    }

    #[test]
    fn what_is_looked_at_survives_its_thinning_and_keeps_its_place() {
        let mut timeline = run(3, 1_000);
        timeline.seek(7.0 / timeline.len() as f64);
        let shown = timeline.shown().unwrap().clone();
        go_on(&mut timeline, 3, 1_001..=90_000);
        assert!(!steps(&timeline).contains(&shown.step), "it was given up");
        assert_eq!(timeline.shown(), Some(&shown));
        assert_eq!(shown.parameters, [shown.step as f32; 3]);
        assert!(timeline.position() < 7);
    }

    #[test]
    fn the_run_unfolds_from_its_beginning_to_now_and_stops_there() {
        let mut timeline = run(1, 5_000);
        assert!(timeline.replay() && timeline.is_replaying());
        let mut seen = vec![0];
        let mut frames = 0;
        while timeline.is_replaying() {
            timeline.advance(1_000.0 / 60.0);
            seen.extend(timeline.shown().map(|moment| moment.step));
            frames += 1;
        }
        assert!((350..=370).contains(&frames), "{frames}");
        assert!(seen.windows(2).all(|pair| pair[0] <= pair[1]));
        seen.dedup();
        assert_eq!(seen, steps(&timeline), "every moment is seen");
        assert_eq!(timeline.shown(), None);
        timeline.replay();
        timeline.advance(500.0);
        let shown = timeline.shown().cloned();
        assert!(!timeline.replay() && !timeline.is_replaying(), "once more stops it");
        assert_eq!(timeline.shown().cloned(), shown);
        timeline.replay();
        timeline.seek(0.5);
        assert!(!timeline.is_replaying() && !timeline.advance(100.0), "a hand on the slider stops it");
    }

    #[test]
    fn a_branch_has_the_moments_up_to_its_own() {
        let mut timeline = run(1, 400);
        assert!(timeline.branch().is_none());
        timeline.seek(0.5);
        let step = timeline.shown().unwrap().step;
        let (moment, mut branch) = timeline.branch().unwrap();
        assert_eq!((moment.step, branch.shown()), (step, None));
        assert_eq!(steps(&branch).last(), Some(&step));
        go_on(&mut branch, 1, step + 1..=step + 100);
        assert!(steps(&branch).windows(2).all(|pair| pair[0] < pair[1]));
        assert!(branch.moments.last().unwrap().step > step);
    }
}
