//! Work over the digits of the plane that is done round after round, a few digits at a time.

use std::ops::Range;

/// Which digits are next, and how many are up to date.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rounds {
    next: usize,
    fresh: usize,
}

impl Rounds {
    /// Takes note that what was found out about the digits no longer holds.
    pub fn invalidate(&mut self) {
        self.fresh = 0;
    }

    /// Up to `units` of `count` digits that are outdated, which are up to date from now on; none if all are.
    pub fn take(&mut self, units: usize, count: usize) -> Range<usize> {
        if self.next >= count {
            self.next = 0;
        }
        if self.fresh >= count {
            return 0..0;
        }
        let taken = self.next..(self.next + units).min(count);
        self.next = taken.end;
        self.fresh += taken.len();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_digit_comes_once_after_a_change_wherever_the_round_was() {
        let mut rounds = Rounds::default();
        assert_eq!([rounds.take(7, 10), rounds.take(7, 10), rounds.take(7, 10)], [0..7, 7..10, 0..0]);
        rounds.invalidate();
        assert_eq!(rounds.take(4, 10), 0..4);
        rounds.invalidate();
        assert_eq!([rounds.take(9, 10), rounds.take(9, 10), rounds.take(9, 10)], [4..10, 0..9, 0..0]);
        rounds.invalidate();
        assert_eq!(rounds.take(5, 0), 0..0);
    }
}
