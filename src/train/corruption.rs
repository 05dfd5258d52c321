//! Corruption of the input of a denoising autoencoder.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::nn::{impl_names, standard_normal};

/// The corruption of the input. The target is clean, so the network learns to denoise
/// (Vincent, Larochelle, Bengio & Manzagol, "Extracting and Composing Robust Features with Denoising Autoencoders", 2008).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Corruption {
    /// No corruption.
    #[default]
    None,
    /// Each value becomes zero with this probability.
    Masking {
        /// The probability, at least 0 and below 1.
        probability: f32,
    },
    /// `x + s n` with an independent `n` from `N(0, 1)` for each value. The result is not clamped to [0, 1].
    Gaussian {
        /// The standard deviation `s`, in units of a pixel's full range.
        deviation: f32,
    },
}

impl Corruption {
    /// All kinds, with their default amounts.
    pub const ALL: [Self; 3] =
        [Self::None, Self::Masking { probability: 0.3 }, Self::Gaussian { deviation: 0.3 }];

    /// Returns the amount: the probability or the standard deviation.
    pub fn amount(mut self) -> Option<f32> {
        self.amount_mut().copied()
    }

    /// Returns the amount as a mutable reference.
    pub fn amount_mut(&mut self) -> Option<&mut f32> {
        match self {
            Self::None => None,
            Self::Masking { probability } => Some(probability),
            Self::Gaussian { deviation } => Some(deviation),
        }
    }

    /// Corrupts `values` in place. The number of draws from `rng` does not depend on the values.
    pub fn apply(self, values: &mut [f32], rng: &mut impl Rng) {
        match self {
            Self::None => {}
            Self::Masking { probability } => {
                // A draw of 64 bits serves two values.
                let threshold = (f64::from(probability) * 4_294_967_296.0) as u32;
                for pair in values.chunks_mut(2) {
                    let mut bits = rng.next_u64();
                    for value in pair {
                        *value = if (bits as u32) < threshold { 0.0 } else { *value };
                        bits >>= 32;
                    }
                }
            }
            Self::Gaussian { deviation } => {
                for value in values {
                    *value += deviation * standard_normal(rng);
                }
            }
        }
    }
}

impl_names!(Corruption {
    Self::None => "none", "None";
    Self::Masking { .. } => "masking", "Masking";
    Self::Gaussian { .. } => "gaussian", "Gaussian";
});

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
    fn masking_zeroes_a_share_and_keeps_the_rest() {
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
    fn gaussian_noise_has_its_deviation_and_mean_zero() {
        for deviation in [0.0, 0.2, 2.0] {
            let noise =
                corrupted(Corruption::Gaussian { deviation }).into_iter().map(|y| f64::from(y) - 0.75);
            let mean = noise.clone().sum::<f64>() / COUNT as f64;
            let sd = (noise.map(|n| n * n).sum::<f64>() / COUNT as f64).sqrt();
            assert!(mean.abs() <= 0.015 * f64::from(deviation), "{mean}");
            assert!((sd - f64::from(deviation)).abs() <= 0.01 * f64::from(deviation), "{sd}");
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
