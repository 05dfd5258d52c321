//! Samples from the prior `N(0, I)` of a Gaussian code.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::app::code::Code;
use crate::nn::standard_normal;

/// The number of samples.
pub const SAMPLE_COUNT: usize = 16;

/// The last samples. They have a random generator of their own: sampling does not change the run.
#[derive(Debug)]
pub struct Prior {
    rng: Xoshiro256PlusPlus,
    /// The sampled codes; none at first.
    pub codes: Vec<Code>,
}

impl Default for Prior {
    fn default() -> Self {
        Self { rng: Xoshiro256PlusPlus::seed_from_u64(0), codes: Vec::new() }
    }
}

impl Prior {
    /// Samples codes of `dim` dimensions.
    pub fn sample(&mut self, dim: usize) {
        self.codes.clear();
        self.codes.resize(SAMPLE_COUNT, Code::zero(dim));
        self.codes
            .iter_mut()
            .flat_map(|code| code.iter_mut())
            .for_each(|z| *z = standard_normal(&mut self.rng));
    }

    /// Forgets the codes unless the network has a prior of as many dimensions.
    pub fn use_network(&mut self, dim: Option<usize>) {
        if self.codes.first().is_some_and(|code| Some(code.len()) != dim) {
            self.codes.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_standard_normal_and_different_each_time() {
        let mut prior = Prior::default();
        let (mut sum, mut squares, mut before) = (0.0, 0.0, Vec::new());
        for _ in 0..100 {
            prior.sample(5);
            assert_ne!(before, prior.codes);
            before = prior.codes.to_vec();
            for number in before.iter().flat_map(|code| code.iter()) {
                (sum, squares) = (sum + number, squares + number * number);
            }
        }
        let count = (100 * SAMPLE_COUNT * 5) as f32;
        assert!((sum / count).abs() < 0.05 && (squares / count - 1.0).abs() < 0.05, "{sum} {squares}");
        prior.use_network(Some(5));
        assert_eq!(prior.codes.len(), SAMPLE_COUNT);
        prior.use_network(None);
        assert!(prior.codes.is_empty());
    }
}
