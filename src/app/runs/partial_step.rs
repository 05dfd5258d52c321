//! How long the pieces of a step take, where it has several.

/// How much a measurement counts beside those before it.
const WEIGHT: f64 = 0.3;

/// What each piece of a step takes. A step has always the same ones.
#[derive(Clone, Debug, Default)]
pub struct PartialStep {
    /// In milliseconds, from first to last.
    durations: Vec<f64>,
    next: usize,
}

impl PartialStep {
    /// What the next piece will take, in milliseconds; nothing is said of steps that are one piece.
    #[must_use]
    pub fn expected(&self) -> f64 {
        if self.are_several() { self.durations.get(self.next).copied().unwrap_or(0.0) } else { 0.0 }
    }

    /// Whether a step has several.
    #[must_use]
    pub fn are_several(&self) -> bool {
        self.durations.len() > 1
    }

    /// Takes note of a piece, and of whether it was the last one.
    pub fn took(&mut self, milliseconds: f64, is_last: bool) {
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
    fn what_a_piece_takes_is_expected_of_it_in_the_next_step() {
        let mut pieces = PartialStep::default();
        (0..9).for_each(|_| pieces.took(8.0, true));
        assert_eq!((pieces.expected(), pieces.are_several()), (0.0, false));
        for _ in 0..20 {
            for (milliseconds, is_last) in [(5.0, false), (2.0, false), (9.0, true)] {
                pieces.took(milliseconds, is_last);
            }
        }
        for expected in [5.0, 2.0, 9.0] {
            assert!((pieces.expected() - expected).abs() < 0.1, "{}, not {expected}", pieces.expected());
            pieces.took(expected, expected == 9.0);
        }
        // Larger batches, and smaller ones.
        for is_last in [false, false, false, true] {
            pieces.took(4.0, is_last);
        }
        pieces.took(1.0, true);
        assert_eq!(pieces.expected(), 0.0);
    }
}
