//! Detects runs that diverge or degrade, and chooses the parameters and the learning rate to roll back to.

use super::checkpoint::Checkpoint;
use super::test_evaluator::Measured;
use crate::data::decimal;
use crate::nn::NetworkSpec;
use crate::train::TrainerConfig;
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
    good: Checkpoint,
    best: f32,
    /// The last learning rate under which parameters stayed good.
    last_good_rate: Option<f32>,
    /// The current rate, its first step, and the rate before it.
    rate: f32,
    rate_since: u64,
    rate_before: Option<f32>,
    /// Whether the current rate was set by a rollback and not changed since.
    is_restored: bool,
    /// Whether the test error was ever below that of the mean digit.
    was_below: bool,
    /// The first step of the current stretch above it, and the number of measurements since.
    above: Option<(u64, u32)>,
    problem: Option<RunProblem>,
}

/// The lowest learning rate that has diverged in this visit, for each network and optimizer.
#[derive(Clone, Debug, Default)]
pub struct DivergedRates(Vec<(NetworkSpec, &'static str, f32)>);

impl DivergedRates {
    /// Records that a run of these settings has diverged.
    pub fn record(&mut self, config: &TrainerConfig) {
        let rate = config.learning_rate;
        match self.entry(config) {
            Some(index) => self.0[index].2 = self.0[index].2.min(rate),
            None => self.0.push((config.spec.clone(), config.method.name(), rate)),
        }
    }

    /// Returns the lowest rate that has diverged with the network and the optimizer of these settings.
    pub fn lowest(&self, config: &TrainerConfig) -> Option<f32> {
        self.entry(config).map(|index| self.0[index].2)
    }

    fn entry(&self, config: &TrainerConfig) -> Option<usize> {
        self.0.iter().position(|(spec, method, _)| *spec == config.spec && *method == config.method.name())
    }
}

/// What is wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunProblem {
    /// The loss is no longer finite since this step; training has stopped.
    Diverged {
        /// The step.
        step: u64,
    },
    /// At this rate, which is higher than usual, the test error was never below that of the mean digit; training continues.
    Stuck,
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
            Self::Stuck => format!(
                "Nothing is learnt at a learning rate of {learning_rate}: the test error is still that of the mean digit."
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
    /// Creates the monitor of a run that starts with these parameters and this rate.
    pub fn new(start: Checkpoint, rate: f32) -> Self {
        Self {
            rate_since: start.step,
            good: start,
            best: MAX_GOOD_MSE,
            last_good_rate: None,
            rate,
            rate_before: None,
            is_restored: false,
            was_below: false,
            above: None,
            problem: None,
        }
    }

    /// Creates the monitor of a run that continues with good parameters, whose test error is `error`. A run that continues
    /// after it diverged does so with a restored rate.
    pub fn resume(start: Checkpoint, rate: f32, error: Option<f32>, has_diverged: bool) -> Self {
        let new = Self::new(start, rate);
        let last_good_rate = (error.is_some() && !has_diverged).then_some(rate);
        Self { best: error.unwrap_or(MAX_GOOD_MSE), last_good_rate, is_restored: has_diverged, ..new }
    }

    /// Returns the parameters to roll back to.
    pub fn good(&self) -> &Checkpoint {
        &self.good
    }

    pub fn problem(&self) -> Option<RunProblem> {
        self.problem
    }

    /// Returns the learning rate to roll back to: the last one under which the run trained well, or else a lower one, from
    /// before the last change or `default_rate`, that of the method.
    ///
    /// A tenth of the current rate is returned if a rollback has set it, so that it was too high as well, or no lower rate is
    /// known.
    pub fn rollback_rate(&self, default_rate: f32) -> f32 {
        if self.is_restored {
            return decimal::tenth(self.rate);
        }
        let lower =
            [self.rate_before, Some(default_rate)].into_iter().flatten().find(|&rate| rate < self.rate);
        self.last_good_rate.or(lower).unwrap_or_else(|| decimal::tenth(self.rate))
    }

    /// Records that the rate changes at `step`.
    pub fn change_rate(&mut self, rate: f32, step: u64) {
        if rate != self.rate {
            // A rate without a step, as while a slider moves, is not one to roll back to.
            if step > self.rate_since {
                self.rate_before = Some(self.rate);
            }
            (self.rate, self.rate_since, self.is_restored) = (rate, step, false);
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

    /// Records a test error, measured with the parameters of `checkpoint`. `mean_digit` is the error of the mean training digit,
    /// `train_error` the smoothed training error, and `usual_rate` the default of the method.
    pub fn record_test_error(
        &mut self,
        measured: Measured,
        checkpoint: &Checkpoint,
        mean_digit: Option<f32>,
        train_error: Option<f32>,
        usual_rate: f32,
    ) {
        let Measured { step, learning_rate, mse } = measured;
        if mse <= GOOD_MSE_FACTOR * self.best {
            self.good.clone_from(checkpoint);
            self.best = self.best.min(mse);
            let is_proven =
                step >= self.rate_since + GOOD_RATE_STEPS && self.problem != Some(RunProblem::Stuck);
            if learning_rate == self.rate && is_proven {
                self.last_good_rate = Some(learning_rate);
            }
        }
        let Some(mean_digit) = mean_digit else { return };
        if mse <= mean_digit {
            self.was_below = true;
            self.above = None;
            if matches!(self.problem, Some(RunProblem::Degraded { .. } | RunProblem::Stuck)) {
                self.problem = None;
            }
        } else if self.was_below || self.rate > usual_rate {
            let (since, count) = self.above.map_or((step, 1), |(since, count)| (since, count + 1));
            self.above = Some((since, count));
            let is_long = step >= since + DEGRADED_STEPS && count >= DEGRADED_MEASUREMENTS;
            if self.problem.is_none() && is_long && !self.was_below {
                self.last_good_rate = None;
                self.problem = Some(RunProblem::Stuck);
            }
            // A run that memorizes its images overfits, which a lower rate would not help.
            let overfits = train_error.is_some_and(|error| error < mean_digit);
            if self.problem.is_none() && is_long && !overfits {
                self.problem = Some(RunProblem::Degraded { step: since });
            }
        }
    }

    /// Records that the run was rolled back at `step`, and continues with `rate`.
    pub fn record_rollback(&mut self, rate: f32, step: u64) {
        (self.rate, self.rate_since, self.is_restored) = (rate, step, true);
        (self.above, self.problem) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEAN_DIGIT: Option<f32> = Some(0.067);
    const DEFAULT_RATE: f32 = 0.003;

    fn started(rate: f32) -> DivergenceMonitor {
        DivergenceMonitor::new(checkpoint(0.0), rate)
    }

    fn checkpoint(parameter: f32) -> Checkpoint {
        Checkpoint { parameters: vec![parameter], ..Checkpoint::default() }
    }

    /// Returns the monitor of a run that has trained for 1,000 steps at a rate of 0.002.
    fn trained() -> DivergenceMonitor {
        let mut monitor = started(0.002);
        measure(&mut monitor, 1_000, 0.002, 0.045, 1.0);
        monitor
    }

    fn measure(monitor: &mut DivergenceMonitor, step: u64, learning_rate: f32, mse: f32, parameter: f32) {
        let measured = Measured { step, learning_rate, mse };
        monitor.record_test_error(measured, &checkpoint(parameter), MEAN_DIGIT, None, DEFAULT_RATE);
    }

    #[test]
    fn a_high_rate_at_which_nothing_is_learnt_is_noticed_and_a_low_one_is_not() {
        for (rate, problem) in [(0.3, Some(RunProblem::Stuck)), (0.003, None), (0.000_01, None)] {
            let mut monitor = started(rate);
            (0..20).for_each(|step| measure(&mut monitor, 50 * step, rate, 0.068, 0.0));
            assert_eq!(monitor.problem(), problem, "{rate}");
            if problem.is_some() {
                assert_eq!(monitor.rollback_rate(DEFAULT_RATE), DEFAULT_RATE);
            }
            measure(&mut monitor, 1_000, rate, 0.05, 0.0);
            assert_eq!(monitor.problem(), None, "it learns after all");
        }
    }

    #[test]
    fn a_rollback_uses_the_last_good_rate() {
        let mut monitor = trained();
        monitor.change_rate(1_000.0, 1_000);
        assert!(monitor.record_train_error(1_001, f32::NAN));
        assert_eq!((monitor.good(), monitor.rollback_rate(DEFAULT_RATE)), (&checkpoint(1.0), 0.002));
    }

    #[test]
    fn a_rollback_skips_rates_that_made_no_step() {
        let mut monitor = started(0.002);
        monitor.change_rate(0.5, 40);
        monitor.change_rate(30.0, 40);
        monitor.change_rate(1_000.0, 40);
        monitor.record_train_error(41, f32::INFINITY);
        assert_eq!(monitor.rollback_rate(DEFAULT_RATE), 0.002);
    }

    #[test]
    fn a_run_that_starts_with_too_high_a_rate_rolls_back_to_the_default() {
        let mut monitor = started(1_000.0);
        monitor.record_train_error(2, f32::NAN);
        assert_eq!(monitor.rollback_rate(DEFAULT_RATE), DEFAULT_RATE);
        let mut low = started(0.001);
        low.record_train_error(2, f32::NAN);
        assert_eq!(low.rollback_rate(DEFAULT_RATE), 0.0001);
    }

    #[test]
    fn breaks_by_the_user_return_to_the_rate_that_trained_well() {
        let mut monitor = trained();
        for step in [1_000, 1_100, 1_200] {
            monitor.change_rate(1_000.0, step);
            monitor.record_train_error(step + 1, f32::NAN);
            assert_eq!(monitor.rollback_rate(DEFAULT_RATE), 0.002);
            monitor.record_rollback(0.002, step + 1);
        }
    }

    #[test]
    fn a_restored_rate_that_diverges_again_is_divided_by_ten() {
        let mut monitor = trained();
        monitor.change_rate(1_000.0, 1_000);
        for (round, rate) in (0..).zip([0.002, 0.0002, 0.00002, 0.000002]) {
            monitor.record_train_error(1_001 + round, f32::NAN);
            assert_eq!(monitor.rollback_rate(DEFAULT_RATE), rate);
            monitor.record_rollback(rate, 1_001 + round);
        }
    }

    #[test]
    fn a_good_rate_that_diverges_later_is_tried_once_more_and_then_lowered() {
        let mut monitor = trained();
        monitor.change_rate(0.1, 1_000);
        measure(&mut monitor, 1_300, 0.1, 0.05, 2.0);
        for rate in [0.1, 0.01] {
            monitor.record_train_error(1_400, f32::NAN);
            assert_eq!(monitor.rollback_rate(DEFAULT_RATE), rate);
            monitor.record_rollback(rate, 1_400);
        }
    }

    #[test]
    fn a_run_that_overfits_is_not_degraded() {
        let mut monitor = trained();
        for step in (1_100..9_000).step_by(100) {
            let measured = Measured { step, learning_rate: 0.002, mse: 0.09 };
            monitor.record_test_error(measured, &checkpoint(2.0), MEAN_DIGIT, Some(0.004), DEFAULT_RATE);
            assert_eq!(monitor.problem(), None);
        }
        let measured = Measured { step: 9_100, learning_rate: 0.002, mse: 0.09 };
        monitor.record_test_error(measured, &checkpoint(2.0), MEAN_DIGIT, Some(0.08), DEFAULT_RATE);
        assert_eq!(monitor.problem(), Some(RunProblem::Degraded { step: 1_100 }), "both errors are high");
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
        assert_eq!(monitor.good(), &checkpoint(1.0));
        measure(&mut monitor, 1_800, 0.002, 0.06, 3.0);
        assert_eq!(monitor.problem(), None);
    }

    #[test]
    fn a_run_that_was_never_better_than_the_mean_digit_is_not_degraded() {
        let mut monitor = started(0.002);
        for step in (0..10_000).step_by(100) {
            measure(&mut monitor, step, 0.002, 0.0675, 1.0);
        }
        assert_eq!(monitor.problem(), None);
    }

    #[test]
    fn parameters_with_a_large_test_error_are_not_good() {
        let mut monitor = started(0.002);
        measure(&mut monitor, 10, 0.002, 1.3, 5.0);
        assert_eq!(monitor.good(), &checkpoint(0.0));
        measure(&mut monitor, 20, 0.002, f32::NAN, 5.0);
        assert_eq!(monitor.good(), &checkpoint(0.0));
    }
}
