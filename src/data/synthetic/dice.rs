//! Chance, in the few forms that a digit needs it.

use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus, rand_core::Rng};

/// The random numbers of one digit.
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The stream that belongs to digit `index` of the series `seed`, and to no other.
    pub(super) fn new(seed: u64, index: u32) -> Self {
        // Neighbouring seeds must not share digits at neighbouring indices, hence the seed is scattered first.
        let series = SplitMix64::seed_from_u64(seed).next_u64();
        Self(Xoshiro256PlusPlus::seed_from_u64(series ^ u64::from(index)))
    }

    /// Uniform in `[low, high)`.
    pub(super) fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.0.random::<f32>()
    }

    /// Normal with this mean and standard deviation.
    pub(super) fn about(&mut self, mean: f32, deviation: f32) -> f32 {
        mean + deviation * self.0.sample::<f32, _>(StandardNormal)
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f32) -> bool {
        self.0.random::<f32>() < probability
    }

    /// One of `choices`, each as likely as its weight; there is one at least.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [(f32, T)]) -> &'a T {
        let mut left = self.within(0.0, choices.iter().map(|(weight, _)| weight).sum());
        let beyond = |(weight, _): &&(f32, T)| {
            left -= weight;
            left < 0.0
        };
        // Rounding may leave a grain beyond the last.
        &choices.iter().find(beyond).unwrap_or(&choices[choices.len() - 1]).1
    }
}
