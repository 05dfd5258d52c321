//! Detects runs that diverge or degrade, and chooses the parameters and the learning rate to roll back to.

use super::test_evaluator::Measured;
use crate::view::plot::group_digits;

/// A run has diverged above this error per pixel: pixels lie in [0, 1], and no run recovers from here.
const DIVERGED_MSE: f32 = 1e4;

/// Parameters within this factor of the lowest test error are good.
const GOOD_MSE_FACTOR: f32 = 1.25;

/// Parameters with a larger test error per pixel are worse than an empty image, and never good.
const MAX_GOOD_MSE: f32 = 1.0;

/// The steps after which a learning rate counts as good, if the parameters are good then.
const GOOD_RATE_STEPS: u64 = 200;

/// A run has degraded once its test error has stayed above the mean digit's for this many steps and measurements.
const DEGRADED_STEPS: u64 = 500;
const DEGRADED_MEASUREMENTS: u32 = 5;

/// Tracks the last good parameters of a run, and whether it has diverged or degraded.
#[derive(Clone, Debug)]
pub struct DivergenceMonitor {
    good: Vec<f32>,
    best: f32,
    /// The last learning rate under which parameters stayed good.
    last_good_rate: Option<f32>,
    /// The current rate, its first step, and the rate before it.
    rate: f32,
    rate_since: u64,
    rate_before: Option<f32>,
    /// The number of rollbacks since a rate was good.
    rollbacks: i32,
    /// Whether the test error was ever below that of the mean digit.
    was_below: bool,
    /// The first step of the current stretch above it, and the number of measurements since.
    above: Option<(u64, u32)>,
    problem: Option<RunProblem>,
}

/// What is wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunProblem {
    /// The loss is no longer finite since this step; training has stopped.
    Diverged {
        /// The step.
        step: u64,
    },
    /// The test error has been above that of the mean digit for long; training continues.
    Degraded {
        /// The first step at which it was.
        step: u64,
    },
}

impl RunProblem {
    /// Says what is wrong with a run that trains at a learning rate.
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
    /// Creates the monitor of a run that starts with these parameters and this rate at a step.
    pub fn new(parameters: &[f32], rate: f32, step: u64) -> Self {
        Self {
            good: parameters.to_vec(),
            best: MAX_GOOD_MSE,
            last_good_rate: None,
            rate,
            rate_since: step,
            rate_before: None,
            rollbacks: 0,
            was_below: false,
            above: None,
            problem: None,
        }
    }

    /// Returns the parameters to roll back to, `[P]`.
    pub fn good(&self) -> &[f32] {
        &self.good
    }

    pub fn problem(&self) -> Option<RunProblem> {
        self.problem
    }

    /// Returns the learning rate to roll back to: the last good one, or else the one before the last change, or else
    /// `default_rate`, that of the method; divided by ten for each earlier rollback.
    pub fn rollback_rate(&self, default_rate: f32) -> f32 {
        let untried = |rate: f32| (rate < self.rate).then_some(rate);
        let base = self
            .last_good_rate
            .or_else(|| self.rate_before.and_then(untried))
            .or_else(|| untried(default_rate));
        let base = base.unwrap_or(self.rate / 10.0);
        // A good rate that diverges later was too high as well.
        let base =
            if self.rollbacks == 0 && self.last_good_rate == Some(self.rate) { base / 10.0 } else { base };
        base * 0.1_f32.powi(self.rollbacks)
    }

    /// Records that the rate changes at `step`.
    pub fn change_rate(&mut self, rate: f32, step: u64) {
        if rate != self.rate {
            // A rate without a step, as while a slider moves, is not one to roll back to.
            if step > self.rate_since {
                self.rate_before = Some(self.rate);
            }
            (self.rate, self.rate_since) = (rate, step);
        }
    }

    /// Records the training error of a step. Returns whether the run has diverged.
    pub fn record_train_error(&mut self, step: u64, mse: f32) -> bool {
        // NaN compares as false, and has diverged as well.
        let is_bounded = mse <= DIVERGED_MSE;
        if !is_bounded {
            self.problem = Some(RunProblem::Diverged { step });
        }
        !is_bounded
    }

    /// Records a test error, measured with `parameters`. `mean_digit` is the error of the mean training digit.
    pub fn record_test_error(&mut self, measured: Measured, parameters: &[f32], mean_digit: Option<f32>) {
        let Measured { step, learning_rate, mse } = measured;
        if mse <= GOOD_MSE_FACTOR * self.best {
            self.good.copy_from_slice(parameters);
            self.best = self.best.min(mse);
            if learning_rate == self.rate && step >= self.rate_since + GOOD_RATE_STEPS {
                self.last_good_rate = Some(learning_rate);
                self.rollbacks = 0;
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
            if self.problem.is_none() && step >= since + DEGRADED_STEPS && count >= DEGRADED_MEASUREMENTS {
                self.problem = Some(RunProblem::Degraded { step: since });
            }
        }
    }

    /// Records that the run was rolled back at `step`, and continues with `rate`.
    pub fn record_rollback(&mut self, rate: f32, step: u64) {
        self.rollbacks += 1;
        (self.rate, self.rate_since) = (rate, step);
        (self.above, self.problem) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEAN_DIGIT: Option<f32> = Some(0.067);
    const DEFAULT_RATE: f32 = 0.003;

    /// Returns the monitor of a run that has trained for 1,000 steps at a rate of 0.002.
    fn trained() -> DivergenceMonitor {
        let mut monitor = DivergenceMonitor::new(&[0.0], 0.002, 0);
        measure(&mut monitor, 1_000, 0.002, 0.045, 1.0);
        monitor
    }

    fn measure(monitor: &mut DivergenceMonitor, step: u64, learning_rate: f32, mse: f32, parameter: f32) {
        monitor.record_test_error(Measured { step, learning_rate, mse }, &[parameter], MEAN_DIGIT);
    }

    #[test]
    fn a_rollback_uses_the_last_good_rate() {
        let mut monitor = trained();
        monitor.change_rate(1_000.0, 1_000);
        assert!(monitor.record_train_error(1_001, f32::NAN));
        assert_eq!((monitor.good(), monitor.rollback_rate(DEFAULT_RATE)), (&[1.0][..], 0.002));
    }

    #[test]
    fn a_rollback_skips_rates_that_made_no_step() {
        let mut monitor = DivergenceMonitor::new(&[0.0], 0.002, 0);
        monitor.change_rate(0.5, 40);
        monitor.change_rate(30.0, 40);
        monitor.change_rate(1_000.0, 40);
        monitor.record_train_error(41, f32::INFINITY);
        assert_eq!(monitor.rollback_rate(DEFAULT_RATE), 0.002);
    }

    #[test]
    fn a_run_that_starts_with_too_high_a_rate_rolls_back_to_the_default() {
        let mut monitor = DivergenceMonitor::new(&[0.0], 1_000.0, 0);
        monitor.record_train_error(2, f32::NAN);
        assert_eq!(monitor.rollback_rate(DEFAULT_RATE), DEFAULT_RATE);
        let mut low = DivergenceMonitor::new(&[0.0], 0.001, 0);
        low.record_train_error(2, f32::NAN);
        assert!((low.rollback_rate(DEFAULT_RATE) - 1e-4).abs() < 1e-9);
    }

    #[test]
    fn each_further_rollback_divides_the_rate_by_ten() {
        let mut monitor = trained();
        monitor.change_rate(1_000.0, 1_000);
        let mut rate = 0.002;
        for round in 0..4_u64 {
            monitor.record_train_error(1_001 + round, f32::NAN);
            let lowered = monitor.rollback_rate(DEFAULT_RATE);
            assert!((lowered / rate - 1.0).abs() < 1e-5, "{lowered}, not {rate}");
            monitor.record_rollback(lowered, 1_001 + round);
            rate /= 10.0;
        }
    }

    #[test]
    fn a_good_rate_that_diverges_later_is_lowered() {
        let mut monitor = trained();
        monitor.change_rate(0.1, 1_000);
        measure(&mut monitor, 1_300, 0.1, 0.05, 2.0);
        monitor.record_train_error(1_400, f32::NAN);
        assert!((monitor.rollback_rate(DEFAULT_RATE) - 0.01).abs() < 1e-6);
    }

    #[test]
    fn a_run_that_stays_worse_than_the_mean_digit_is_degraded_and_can_recover() {
        let mut monitor = trained();
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
    fn a_run_that_was_never_better_than_the_mean_digit_is_not_degraded() {
        let mut monitor = DivergenceMonitor::new(&[0.0], 0.002, 0);
        for step in (0..10_000).step_by(100) {
            measure(&mut monitor, step, 0.002, 0.0675, 1.0);
        }
        assert_eq!(monitor.problem(), None);
    }

    #[test]
    fn parameters_with_a_large_test_error_are_not_good() {
        let mut monitor = DivergenceMonitor::new(&[0.0], 0.002, 0);
        measure(&mut monitor, 10, 0.002, 1.3, 5.0);
        assert_eq!(monitor.good(), [0.0]);
        measure(&mut monitor, 20, 0.002, f32::NAN, 5.0);
        assert_eq!(monitor.good(), [0.0]);
    }
}
