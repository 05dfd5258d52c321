//! The random numbers of a digit.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::rand_core::Rng as _;
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};

use crate::nn::standard_normal;

/// The random number generator of one digit.
pub(super) struct Rng(Xoshiro256PlusPlus);

impl Rng {
    /// Creates the generator of digit `index` of the series `seed`.
    pub(super) fn new(seed: u64, index: u32) -> Self {
        // Neighbouring seeds must not share digits at neighbouring indices, hence the seed is hashed first.
        let series = SplitMix64::seed_from_u64(seed).next_u64();
        Self(Xoshiro256PlusPlus::seed_from_u64(series ^ u64::from(index)))
    }

    /// Draws from the uniform distribution over `[low, high)`.
    pub(super) fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.0.random::<f32>()
    }

    /// Draws from `N(mean, sd^2)`.
    pub(super) fn normal(&mut self, mean: f32, sd: f32) -> f32 {
        mean + sd * standard_normal(&mut self.0)
    }

    /// Returns true with this probability.
    pub(super) fn bernoulli(&mut self, probability: f32) -> bool {
        self.0.random::<f32>() < probability
    }

    /// Draws one of `choices` by weight; there must be at least one.
    pub(super) fn choose<'a, T>(&mut self, choices: &'a [(f32, T)]) -> &'a T {
        let mut left = self.uniform(0.0, choices.iter().map(|(weight, _)| weight).sum());
        let is_reached = |(weight, _): &&(f32, T)| {
            left -= weight;
            left < 0.0
        };
        // Rounding may leave a remainder after the last.
        &choices.iter().find(is_reached).unwrap_or(&choices[choices.len() - 1]).1
    }
}
