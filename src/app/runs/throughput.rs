//! Steps and examples per second of training.

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
    #[must_use]
    pub fn per_second(&self) -> Option<(f64, f64)> {
        self.per_second
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
}
