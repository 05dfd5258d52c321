//! How fast training goes, over time actually spent.

/// The time over which the pace is measured, in milliseconds.
const WINDOW: f64 = 500.0;

/// Steps and examples per second.
///
/// Only frames that trained count: neither a pause nor a hidden tab makes training slower. A window ends with a step, so
/// that a few steps a second are counted right.
#[derive(Clone, Copy, Debug, Default)]
pub struct Throughput {
    time: f64,
    steps: u64,
    examples: u64,
    measured: Option<(f64, f64)>,
}

impl Throughput {
    /// Takes in a frame: its whole duration in milliseconds, and what was trained in it.
    pub fn push(&mut self, milliseconds: f64, steps: u64, examples: u64) {
        self.time += milliseconds;
        self.steps += steps;
        self.examples += examples;
        if self.time >= WINDOW && steps > 0 {
            let per_second = 1_000.0 / self.time;
            self.measured = Some((self.steps as f64 * per_second, self.examples as f64 * per_second));
            (self.time, self.steps, self.examples) = (0.0, 0, 0);
        }
    }

    /// Begins another window after time that does not count; what was measured before stays.
    pub fn interrupt(&mut self) {
        *self = Self { measured: self.measured, ..Self::default() };
    }

    /// Steps and examples per second, once there was time to measure them.
    #[must_use]
    pub fn per_second(&self) -> Option<(f64, f64)> {
        self.measured
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_last_window() {
        let mut pace = Throughput::default();
        pace.push(499.0, 10, 500);
        assert_eq!(pace.per_second(), None);
        pace.push(1.0, 10, 500);
        assert_eq!(pace.per_second(), Some((40.0, 2_000.0)));
        pace.push(400.0, 9, 999);
        pace.interrupt();
        assert_eq!(pace.per_second(), Some((40.0, 2_000.0)));
        (0..50).for_each(|_| pace.push(10.0, 1, 50));
        assert_eq!(pace.per_second(), Some((100.0, 5_000.0)));
    }

    #[test]
    fn a_step_a_second_is_a_step_a_second() {
        let mut pace = Throughput::default();
        for frame in 1..=300 {
            pace.push(10.0, u64::from(frame % 100 == 0), 50);
            assert!([None, Some(1.0)].contains(&pace.per_second().map(|(steps, _)| steps)));
        }
        assert!(pace.per_second().is_some());
    }
}
