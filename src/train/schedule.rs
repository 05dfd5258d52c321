//! Learning rate schedules.

use std::f64::consts::FRAC_PI_2;

use serde::{Deserialize, Serialize};

use crate::nn::impl_names;

/// A factor of the learning rate that depends on the step. The rate itself can still change at any time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Schedule {
    /// The factor 1.
    #[default]
    Constant,
    /// `½ (1 + cos(π t / T))` after `t` steps, and zero from step `T` on (Loshchilov & Hutter, "SGDR", 2017, without
    /// restarts).
    Cosine {
        /// The step `T` at which the rate reaches zero, at least 1.
        steps: u64,
    },
}

impl Schedule {
    /// All kinds, with their default values.
    pub const ALL: [Self; 2] = [Self::Constant, Self::Cosine { steps: 10_000 }];

    /// The largest step at which a rate may reach zero.
    pub const MAX_STEPS: u64 = 1_000_000_000;

    /// Returns whether the rate is zero from here on, after `done` steps.
    pub fn has_ended(self, done: u64) -> bool {
        matches!(self, Self::Cosine { steps } if done >= steps)
    }

    /// Computes the factor of the step that follows `done` steps, from 1 down to 0.
    ///
    /// It uses additions and multiplications alone, so that every platform gives the same bits.
    pub fn factor(self, done: u64) -> f32 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine { steps } if done >= steps => 0.0,
            Self::Cosine { steps } => {
                // ½ (1 + cos π t) = sin² (π/2 (1 - t)).
                let sine = sine(FRAC_PI_2 * ((steps - done) as f64 / steps as f64));
                (sine * sine) as f32
            }
        }
    }
}

/// Computes `sin x` for `x` from 0 to π/2 by its Taylor series, with an error below 1e-11.
fn sine(x: f64) -> f64 {
    let square = x * x;
    let mut sum = 1.0;
    for k in (1..=8).rev() {
        let k = f64::from(k);
        sum = 1.0 - sum * square / (2.0 * k * (2.0 * k + 1.0));
    }
    x * sum
}

impl_names!(Schedule {
    Self::Constant => "constant", "Constant";
    Self::Cosine { .. } => "cosine", "Cosine";
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn a_cosine_falls_from_one_to_zero() {
        for steps in [1, 7, 1_000, Schedule::MAX_STEPS] {
            let schedule = Schedule::Cosine { steps };
            assert_eq!(schedule.factor(0), 1.0);
            for done in [steps, steps + 1, u64::MAX] {
                assert_eq!((schedule.factor(done), schedule.has_ended(done)), (0.0, true));
            }
            for done in (0..steps).step_by((steps / 100).max(1) as usize) {
                let expected = 0.5 * (1.0 + (PI * done as f64 / steps as f64).cos());
                let found = f64::from(schedule.factor(done));
                assert!((found - expected).abs() < 1e-7, "{found} after {done} of {steps}, not {expected}");
                assert!(found > 0.0 && !schedule.has_ended(done));
            }
        }
    }

    #[test]
    fn a_constant_schedule_has_the_factor_one() {
        assert!([0, 1, u64::MAX].iter().all(|&done| Schedule::Constant.factor(done) == 1.0));
    }

    #[test]
    fn names_are_read_back() {
        for schedule in Schedule::ALL {
            assert_eq!(schedule.name().parse(), Ok(schedule));
        }
    }
}
