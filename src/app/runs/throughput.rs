//! The durations of training: steps per second, and the parts of a step.

/// The weight of a new measurement in the moving average.
const WEIGHT: f64 = 0.3;

/// The time over which the throughput is measured, in milliseconds.
const WINDOW_MS: f64 = 500.0;

/// Steps and examples per second.
///
/// Only frames that trained count: a pause or a hidden tab does not lower it. A window ends with a step, which keeps low
/// rates exact.
#[derive(Clone, Copy, Debug, Default)]
pub struct Throughput {
    time: f64,
    steps: u64,
    examples: u64,
    per_second: Option<(f64, f64)>,
}

impl Throughput {
    /// Adds a frame: its duration in milliseconds, and what was trained in it.
    pub fn push(&mut self, milliseconds: f64, steps: u64, examples: u64) {
        self.time += milliseconds;
        self.steps += steps;
        self.examples += examples;
        if self.time >= WINDOW_MS && steps > 0 {
            let per_second = 1_000.0 / self.time;
            self.per_second = Some((self.steps as f64 * per_second, self.examples as f64 * per_second));
            (self.time, self.steps, self.examples) = (0.0, 0, 0);
        }
    }

    /// Starts another window, and keeps the last result.
    pub fn restart_window(&mut self) {
        *self = Self { per_second: self.per_second, ..Self::default() };
    }

    /// Returns steps and examples per second, once they are measured.
    pub fn per_second(&self) -> Option<(f64, f64)> {
        self.per_second
    }
}

/// The durations of the parts of a step. Every step has the same parts.
#[derive(Clone, Debug, Default)]
pub struct PartialStep {
    /// In milliseconds, in the order of the parts.
    durations: Vec<f64>,
    next: usize,
}

impl PartialStep {
    /// Returns the expected duration of the next part, in milliseconds; zero if steps are not divided.
    pub fn expected_ms(&self) -> f64 {
        if self.is_divided() { self.durations.get(self.next).copied().unwrap_or(0.0) } else { 0.0 }
    }

    /// Returns whether a step has several parts.
    pub fn is_divided(&self) -> bool {
        self.durations.len() > 1
    }

    /// Records the duration of a part, and whether it was the last one.
    pub fn record(&mut self, milliseconds: f64, is_last: bool) {
        match self.durations.get_mut(self.next) {
            Some(duration) => *duration += WEIGHT * (milliseconds - *duration),
            None => self.durations.push(milliseconds),
        }
        self.next += 1;
        if is_last {
            self.durations.truncate(self.next);
            self.next = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_throughput_is_that_of_the_last_window() {
        let mut throughput = Throughput::default();
        throughput.push(499.0, 10, 500);
        assert_eq!(throughput.per_second(), None);
        throughput.push(1.0, 10, 500);
        assert_eq!(throughput.per_second(), Some((40.0, 2_000.0)));
        throughput.push(400.0, 9, 999);
        throughput.restart_window();
        assert_eq!(throughput.per_second(), Some((40.0, 2_000.0)));
        (0..50).for_each(|_| throughput.push(10.0, 1, 50));
        assert_eq!(throughput.per_second(), Some((100.0, 5_000.0)));
    }

    #[test]
    fn one_step_per_second_is_measured_as_one() {
        let mut throughput = Throughput::default();
        for frame in 1..=300 {
            throughput.push(10.0, u64::from(frame % 100 == 0), 50);
            assert!([None, Some(1.0)].contains(&throughput.per_second().map(|(steps, _)| steps)));
        }
        assert!(throughput.per_second().is_some());
    }

    #[test]
    fn the_duration_of_a_part_is_expected_in_the_next_step() {
        let mut step = PartialStep::default();
        (0..9).for_each(|_| step.record(8.0, true));
        assert_eq!((step.expected_ms(), step.is_divided()), (0.0, false));
        for _ in 0..20 {
            for (milliseconds, is_last) in [(5.0, false), (2.0, false), (9.0, true)] {
                step.record(milliseconds, is_last);
            }
        }
        for expected in [5.0, 2.0, 9.0] {
            assert!((step.expected_ms() - expected).abs() < 0.1, "{}, not {expected}", step.expected_ms());
            step.record(expected, expected == 9.0);
        }
        // First a larger batch, then a smaller one.
        for is_last in [false, false, false, true] {
            step.record(4.0, is_last);
        }
        step.record(1.0, true);
        assert_eq!(step.expected_ms(), 0.0);
    }
}
