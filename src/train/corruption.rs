//! Corruption: what is done to the input of a denoising autoencoder before the network sees it.

use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use crate::nn::impl_from_str;

/// What is done to the input, while the target stays clean: the network then learns to put it right
/// (Vincent, Larochelle, Bengio & Manzagol, "Extracting and Composing Robust Features with Denoising Autoencoders", 2008).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Corruption {
    /// Nothing.
    #[default]
    None,
    /// Each number becomes zero with this probability, and otherwise stays as it is.
    Masking {
        /// The probability, at least 0 and below 1.
        probability: f32,
    },
    /// `x + s n` with `n` from `N(0, 1)`, a draw of its own for each number. What leaves [0, 1] is not cut off.
    Gaussian {
        /// The standard deviation `s`, in units of a pixel's full range.
        deviation: f32,
    },
}

impl Corruption {
    /// Every kind, each as strong as it is to begin with.
    pub const ALL: [Self; 3] =
        [Self::None, Self::Masking { probability: 0.3 }, Self::Gaussian { deviation: 0.3 }];

    /// The name, as [`FromStr`](std::str::FromStr) reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Masking { .. } => "masking",
            Self::Gaussian { .. } => "gaussian",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Masking { .. } => "Masking",
            Self::Gaussian { .. } => "Gaussian",
        }
    }

    /// How much of it there is: the probability or the standard deviation.
    #[must_use]
    pub fn amount(mut self) -> Option<f32> {
        self.amount_mut().copied()
    }

    /// The same, to be changed.
    pub fn amount_mut(&mut self) -> Option<&mut f32> {
        match self {
            Self::None => None,
            Self::Masking { probability } => Some(probability),
            Self::Gaussian { deviation } => Some(deviation),
        }
    }

    /// Corrupts numbers where they are. How many draws that takes from `rng` depends on how many numbers there are, but not on
    /// what they are; only Gaussian draws are now and then repeated.
    pub fn apply(self, numbers: &mut [f32], rng: &mut impl Rng) {
        match self {
            Self::None => {}
            Self::Masking { probability } => {
                // A draw of 64 bits serves two numbers.
                let threshold = (f64::from(probability) * 2.0_f64.powi(32)) as u32;
                for pair in numbers.chunks_mut(2) {
                    let mut bits = rng.next_u64();
                    for number in pair {
                        *number = if (bits as u32) < threshold { 0.0 } else { *number };
                        bits >>= 32;
                    }
                }
            }
            Self::Gaussian { deviation } => {
                for number in numbers {
                    *number += deviation * rng.sample::<f32, _>(StandardNormal);
                }
            }
        }
    }
}

impl_from_str!(Corruption);

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    const COUNT: usize = 100_001;

    fn corrupted(corruption: Corruption) -> Vec<f32> {
        let mut corrupted = vec![0.75; COUNT];
        corruption.apply(&mut corrupted, &mut Xoshiro256PlusPlus::seed_from_u64(1));
        corrupted
    }

    #[test]
    fn masking_zeroes_the_share_that_it_says_and_leaves_the_rest() {
        for probability in [0.0, 0.1, 0.5, 0.999] {
            let found = corrupted(Corruption::Masking { probability });
            assert!(found.iter().all(|&y| y == 0.0 || y == 0.75));
            let share = found.iter().filter(|&&y| y == 0.0).count() as f32 / COUNT as f32;
            // Four standard deviations of a binomial share.
            let tolerance = 4.0 * (probability * (1.0 - probability) / COUNT as f32).sqrt();
            assert!((share - probability).abs() <= tolerance, "{share}, not {probability}");
        }
    }

    #[test]
    fn gaussian_noise_has_the_deviation_that_it_says_and_no_mean() {
        for deviation in [0.0, 0.2, 2.0] {
            let noise =
                corrupted(Corruption::Gaussian { deviation }).into_iter().map(|y| f64::from(y) - 0.75);
            let mean = noise.clone().sum::<f64>() / COUNT as f64;
            let spread = (noise.map(|n| n * n).sum::<f64>() / COUNT as f64).sqrt();
            assert!(mean.abs() <= 0.015 * f64::from(deviation), "{mean}");
            assert!((spread - f64::from(deviation)).abs() <= 0.01 * f64::from(deviation), "{spread}");
        }
    }

    #[test]
    fn without_corruption_the_input_is_clean() {
        assert!(corrupted(Corruption::None).iter().all(|&y| y == 0.75));
    }

    #[test]
    fn names_are_read_back() {
        for corruption in Corruption::ALL {
            assert_eq!(corruption.name().parse(), Ok(corruption));
        }
    }
}
