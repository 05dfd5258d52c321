//! How fast training goes, over time actually spent.

/// The time over which a rate is measured, in milliseconds.
const WINDOW: f64 = 500.0;

/// Steps and examples per second.
///
/// Only the time of frames in which there was training counts: not that of a pause, nor that of a hidden tab.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rates {
    time: f64,
    steps: u64,
    examples: u64,
    measured: Option<(f64, f64)>,
}

impl Rates {
    /// Takes in a frame: its whole duration in milliseconds, and what was trained in it.
    pub fn push(&mut self, milliseconds: f64, steps: u64, examples: u64) {
        self.time += milliseconds;
        self.steps += steps;
        self.examples += examples;
        if self.time >= WINDOW {
            let per_second = 1_000.0 / self.time;
            self.measured = Some((self.steps as f64 * per_second, self.examples as f64 * per_second));
            (self.time, self.steps, self.examples) = (0.0, 0, 0);
        }
    }

    /// Begins another window after a time that does not count; what was measured before stays.
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
    fn rates_are_those_of_the_last_window() {
        let mut rates = Rates::default();
        rates.push(499.0, 10, 500);
        assert_eq!(rates.per_second(), None);
        rates.push(1.0, 10, 500);
        assert_eq!(rates.per_second(), Some((40.0, 2_000.0)));
        rates.push(400.0, 9, 999);
        rates.interrupt();
        assert_eq!(rates.per_second(), Some((40.0, 2_000.0)));
        (0..50).for_each(|_| rates.push(10.0, 1, 50));
        assert_eq!(rates.per_second(), Some((100.0, 5_000.0)));
    }
}
