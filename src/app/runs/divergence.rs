//! The way back of a run that breaks: which parameters were good, under which rate, and when a run counts as broken.

use super::test_evaluator::Measured;
use crate::view::plot::group_digits;

/// A run beyond this error per pixel has diverged: pixels lie in [0, 1], and no run comes back from here.
const DIVERGED_MSE: f32 = 1e4;

/// Parameters within this factor of the best test error are worth going back to.
const GOOD_ENOUGH: f32 = 1.25;

/// Parameters with a larger test error know less than a blank page, and are nothing to go back to.
const BLANK_PAGE: f32 = 1.0;

/// The steps that a rate has to be in force, with good parameters at their end, before it counts as a good one.
const PROVEN: u64 = 200;

/// A run is broken once its test error has stayed above the mean digit's over this many steps and measurements.
const LONG: (u64, u32) = (500, 5);

/// The last good parameters of a run, and whether it is broken.
#[derive(Clone, Debug)]
pub struct DivergenceMonitor {
    good: Vec<f32>,
    best: f32,
    /// The last rate under which parameters stayed good.
    proven: Option<f32>,
    /// The rate in force, since which step, and the one before it.
    rate: f32,
    since: u64,
    before: Option<f32>,
    /// How often the run went back without a rate proving good since.
    ways_back: i32,
    /// The test error was below that of the mean digit.
    was_below: bool,
    /// Since which step it has been above, and for how many measurements.
    above: Option<(u64, u32)>,
    problem: Option<RunProblem>,
}

/// What has gone wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunProblem {
    /// The loss left all bounds at this step; training has stopped.
    Diverged {
        /// The step.
        step: u64,
    },
    /// The test error has long been above that of the mean digit; training goes on.
    Degraded {
        /// The step since which it has.
        step: u64,
    },
}

impl RunProblem {
    /// Says what is wrong with a run that trains at a learning rate.
    #[must_use]
    pub fn to_sentence(self, learning_rate: f32) -> String {
        match self {
            Self::Diverged { step } => format!(
                "Training diverged at step {}: the loss is no longer finite. A learning rate of {learning_rate} is too high for \
                 this network.",
                group_digits(step)
            ),
            Self::Degraded { step } => format!(
                "The run has got worse: since step {} its test error has been above that of the mean digit, though it was below \
                 before. A learning rate of {learning_rate} may be too high.",
                group_digits(step)
            ),
        }
    }
}

impl DivergenceMonitor {
    /// The guard of a run that begins with these parameters and this rate at a step.
    #[must_use]
    pub fn new(parameters: &[f32], rate: f32, step: u64) -> Self {
        Self {
            good: parameters.to_vec(),
            best: BLANK_PAGE,
            proven: None,
            rate,
            since: step,
            before: None,
            ways_back: 0,
            was_below: false,
            above: None,
            problem: None,
        }
    }

    /// The parameters to go back to, `[P]`.
    #[must_use]
    pub fn good(&self) -> &[f32] {
        &self.good
    }

    /// What is wrong, if anything is.
    #[must_use]
    pub fn problem(&self) -> Option<RunProblem> {
        self.problem
    }

    /// The rate to go back with: the last that proved good, or else the one before the last change; a tenth of it for each
    /// time that it broke again. `usual` is that of the method.
    #[must_use]
    pub fn good_rate(&self, usual: f32) -> f32 {
        let untried = |rate: f32| (rate < self.rate).then_some(rate);
        let base = self.proven.or_else(|| self.before.and_then(untried)).or_else(|| untried(usual));
        let base = base.unwrap_or(self.rate / 10.0);
        // What proved good once and broke all the same was no better than the rest.
        let base = if self.ways_back == 0 && self.proven == Some(self.rate) { base / 10.0 } else { base };
        base * 0.1_f32.powi(self.ways_back)
    }

    /// Takes note of another rate from `step` on.
    pub fn change_rate(&mut self, rate: f32, step: u64) {
        if rate != self.rate {
            // A rate that made no step, as those a slider passes, is not one to go back to.
            if step > self.since {
                self.before = Some(self.rate);
            }
            (self.rate, self.since) = (rate, step);
        }
    }

    /// Takes note of a step's training error; true if the run has diverged with it.
    pub fn has_diverged(&mut self, step: u64, mse: f32) -> bool {
        // NaN compares as false, and has diverged as well.
        let sound = mse <= DIVERGED_MSE;
        if !sound {
            self.problem = Some(RunProblem::Diverged { step });
        }
        !sound
    }

    /// Takes note of a test error, that of `parameters`. `mean_digit` is the error of the mean training digit.
    pub fn measured(&mut self, measured: Measured, parameters: &[f32], mean_digit: Option<f32>) {
        let Measured { step, learning_rate, mse } = measured;
        if mse <= GOOD_ENOUGH * self.best {
            self.good.copy_from_slice(parameters);
            self.best = self.best.min(mse);
            if learning_rate == self.rate && step >= self.since + PROVEN {
                self.proven = Some(learning_rate);
                self.ways_back = 0;
            }
        }
        let Some(mean_digit) = mean_digit else { return };
        if mse <= mean_digit {
            self.was_below = true;
            self.above = None;
            if matches!(self.problem, Some(RunProblem::Degraded { .. })) {
                self.problem = None;
            }
        } else if self.was_below {
            let (since, count) = self.above.map_or((step, 1), |(since, count)| (since, count + 1));
            self.above = Some((since, count));
            if self.problem.is_none() && step >= since + LONG.0 && count >= LONG.1 {
                self.problem = Some(RunProblem::Degraded { step: since });
            }
        }
    }

    /// Takes note that the run went back to the good parameters, to go on from `step` with `rate`.
    pub fn went_back(&mut self, rate: f32, step: u64) {
        self.ways_back += 1;
        (self.rate, self.since) = (rate, step);
        (self.above, self.problem) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEAN_DIGIT: Option<f32> = Some(0.067);
    const USUAL: f32 = 0.003;

    /// A guard of a run that has learned for 1,000 steps at a rate of 0.002.
    fn learned() -> DivergenceMonitor {
        let mut monitor = DivergenceMonitor::new(&[0.0], 0.002, 0);
        measure(&mut monitor, 1_000, 0.002, 0.045, 1.0);
        monitor
    }

    fn measure(monitor: &mut DivergenceMonitor, step: u64, learning_rate: f32, mse: f32, parameter: f32) {
        monitor.measured(Measured { step, learning_rate, mse }, &[parameter], MEAN_DIGIT);
    }

    #[test]
    fn the_way_back_has_the_rate_that_was_good_and_not_a_part_of_the_absurd_one() {
        let mut monitor = learned();
        monitor.change_rate(1_000.0, 1_000);
        assert!(monitor.has_diverged(1_001, f32::NAN));
        assert_eq!((monitor.good(), monitor.good_rate(USUAL)), (&[1.0][..], 0.002));
    }

    #[test]
    fn rates_that_a_slider_passes_are_not_gone_back_to() {
        let mut monitor = DivergenceMonitor::new(&[0.0], 0.002, 0);
        monitor.change_rate(0.5, 40);
        monitor.change_rate(30.0, 40);
        monitor.change_rate(1_000.0, 40);
        monitor.has_diverged(41, f32::INFINITY);
        assert_eq!(monitor.good_rate(USUAL), 0.002);
    }

    #[test]
    fn a_run_that_begins_with_an_absurd_rate_goes_back_with_a_usual_one() {
        let mut monitor = DivergenceMonitor::new(&[0.0], 1_000.0, 0);
        monitor.has_diverged(2, f32::NAN);
        assert_eq!(monitor.good_rate(USUAL), USUAL);
        let mut low = DivergenceMonitor::new(&[0.0], 0.001, 0);
        low.has_diverged(2, f32::NAN);
        assert!((low.good_rate(USUAL) - 1e-4).abs() < 1e-9);
    }

    #[test]
    fn a_way_back_that_breaks_again_takes_a_tenth_each_time() {
        let mut monitor = learned();
        monitor.change_rate(1_000.0, 1_000);
        let mut rate = 0.002;
        for round in 0..4_u64 {
            monitor.has_diverged(1_001 + round, f32::NAN);
            let found = monitor.good_rate(USUAL);
            assert!((found / rate - 1.0).abs() < 1e-5, "{found}, not {rate}");
            monitor.went_back(found, 1_001 + round);
            rate /= 10.0;
        }
    }

    #[test]
    fn a_rate_that_proved_good_and_broke_in_the_end_is_lowered() {
        let mut monitor = learned();
        monitor.change_rate(0.1, 1_000);
        measure(&mut monitor, 1_300, 0.1, 0.05, 2.0);
        monitor.has_diverged(1_400, f32::NAN);
        assert!((monitor.good_rate(USUAL) - 0.01).abs() < 1e-6);
    }

    #[test]
    fn a_run_that_is_long_worse_than_the_mean_digit_is_broken_and_may_mend_itself() {
        let mut monitor = learned();
        for step in (1_100..1_500).step_by(100) {
            measure(&mut monitor, step, 0.002, 0.08, 2.0);
            assert_eq!(monitor.problem(), None);
        }
        measure(&mut monitor, 1_700, 0.002, 0.08, 2.0);
        assert_eq!(monitor.problem(), Some(RunProblem::Degraded { step: 1_100 }));
        assert_eq!(monitor.good(), [1.0]);
        measure(&mut monitor, 1_800, 0.002, 0.06, 3.0);
        assert_eq!(monitor.problem(), None);
    }

    #[test]
    fn a_run_that_was_never_better_than_the_mean_digit_is_not_broken() {
        let mut monitor = DivergenceMonitor::new(&[0.0], 0.002, 0);
        for step in (0..10_000).step_by(100) {
            measure(&mut monitor, step, 0.002, 0.0675, 1.0);
        }
        assert_eq!(monitor.problem(), None);
    }

    #[test]
    fn parameters_worse_than_a_blank_page_are_not_good() {
        let mut monitor = DivergenceMonitor::new(&[0.0], 0.002, 0);
        measure(&mut monitor, 10, 0.002, 1.3, 5.0);
        assert_eq!(monitor.good(), [0.0]);
        measure(&mut monitor, 20, 0.002, f32::NAN, 5.0);
        assert_eq!(monitor.good(), [0.0]);
    }
}
