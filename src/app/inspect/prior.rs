//! Samples from the prior of a Gaussian code: numbers from `N(0, I)`, for the decoder to draw.

use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::app::code::Code;
use crate::app::tracked::Version;

/// How many samples are drawn at once.
pub const SAMPLE_COUNT: usize = 16;

/// The codes that were drawn last. Their random numbers are their own: a run is the same whether samples are drawn or not.
#[derive(Debug)]
pub struct Prior {
    rng: Xoshiro256PlusPlus,
    codes: Vec<Code>,
    version: Version,
}

impl Default for Prior {
    fn default() -> Self {
        Self { rng: Xoshiro256PlusPlus::seed_from_u64(0), codes: Vec::new(), version: Version::default() }
    }
}

impl Prior {
    /// The codes; none before samples were asked for.
    #[must_use]
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// The number of changes.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Draws codes of `width` numbers.
    pub fn draw(&mut self, width: usize) {
        self.codes.resize(SAMPLE_COUNT, Code::zero(width));
        for code in &mut self.codes {
            *code = code.resized(width);
            code.iter_mut().for_each(|number| *number = self.rng.sample(StandardNormal));
        }
        self.version.bump();
    }

    /// Keeps the codes only if they are as wide as those of the network, if that has a prior at all.
    pub fn use_network(&mut self, width: Option<usize>) {
        if self.codes.first().is_some_and(|code| Some(code.len()) != width) {
            self.codes.clear();
        }
        self.version.bump();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_standard_normal_and_other_ones_each_time() {
        let mut prior = Prior::default();
        let (mut sum, mut squares, mut before) = (0.0, 0.0, Vec::new());
        for _ in 0..100 {
            prior.draw(5);
            assert_ne!(before, prior.codes());
            before = prior.codes().to_vec();
            for number in before.iter().flat_map(|code| code.iter()) {
                (sum, squares) = (sum + number, squares + number * number);
            }
        }
        let count = (100 * SAMPLE_COUNT * 5) as f32;
        assert!((sum / count).abs() < 0.05 && (squares / count - 1.0).abs() < 0.05, "{sum} {squares}");
        prior.use_network(Some(5));
        assert_eq!(prior.codes().len(), SAMPLE_COUNT);
        prior.use_network(None);
        assert!(prior.codes().is_empty());
    }
}
