/// The weight of a new measurement in the moving average.
const WEIGHT: f64 = 0.3;

/// The durations of the parts of a step. Every step has the same parts.
#[derive(Clone, Debug, Default)]
pub struct PartialStep {
    /// In milliseconds, in the order of the parts.
    durations: Vec<f64>,
    next: usize,
}

impl PartialStep {
    /// Returns the expected duration of the next part, in milliseconds; zero if steps are not divided.
    #[must_use]
    pub fn expected_ms(&self) -> f64 {
        if self.is_divided() { self.durations.get(self.next).copied().unwrap_or(0.0) } else { 0.0 }
    }

    /// Returns whether a step has several parts.
    #[must_use]
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
