//! The code between encoder and decoder: a point, or a Gaussian that a point is drawn from.
//!
//! A Gaussian code makes the autoencoder variational (Kingma & Welling, "Auto-Encoding Variational Bayes", 2014). The last
//! layer of the encoder then gives `2Z` numbers, the mean `μ` and the logarithm of the variance `ln σ²`, and the decoder
//! is given `z = μ + σ ε` with `ε` from `N(0, I)`. What is minimised is the reconstruction's loss and `β` times
//!
//! ```text
//! KL(N(μ, σ²) ‖ N(0, I)) = ½ Σ (μ² + σ² - 1 - ln σ²)
//! ```
//!
//! in nats, summed over the numbers of a code. Where a loss is a mean over pixels, the KL is divided by their number as well,
//! so that with `β = 1` the objective is minus the evidence lower bound of an example, up to a constant, per example or per
//! pixel as the loss is. The pixels are then taken to be Bernoulli under cross-entropy, and Gaussian with variance 1 under half the
//! sum of squares and ½ under the mean of squares. Other `β` weigh the two otherwise (Higgins et al., "beta-VAE", 2017).
//!
//! # Shapes
//! `moments: [B, 2Z]`, a row being `μ` before `ln σ²`; `noise`, `z` and their gradients: `[B, Z]`. All are row-major.

use wide::f32x8;

use super::isa::{Baseline, Vector};
use super::simd;

/// What the code of an image is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeKind {
    /// `Z` numbers.
    #[default]
    Deterministic,
    /// The mean and the log-variance of each of `Z` numbers, see the module's equations.
    Gaussian,
}

/// `z = μ`.
pub(super) fn mean(moments: &[f32], width: usize, z: &mut [f32]) {
    for (moments, z) in moments.chunks_exact(2 * width).zip(z.chunks_exact_mut(width)) {
        z.copy_from_slice(&moments[..width]);
    }
}

/// `z = μ + σ ε`.
pub(super) fn sample(moments: &[f32], noise: &[f32], width: usize, z: &mut [f32]) {
    for ((moments, noise), z) in rows(moments, noise, width).zip(z.chunks_exact_mut(width)) {
        let (mean, log_variance) = moments.split_at(width);
        deviations(log_variance, z);
        z.iter_mut().zip(noise).zip(mean).for_each(|((z, noise), mean)| *z = mean + *z * noise);
    }
}

/// The KL of the codes of a batch from `N(0, I)`: the mean over examples, in nats.
pub(super) fn kl(moments: &[f32], width: usize) -> f32 {
    let rows = moments.chunks_exact(2 * width);
    let examples = rows.len() as f64;
    let sum: f64 = rows.map(|row| f64::from(kl_of_row(row, width))).sum();
    (sum / examples) as f32
}

fn kl_of_row(moments: &[f32], width: usize) -> f32 {
    let (mean, log_variance) = moments.split_at(width);
    let mut sum = f32x8::ZERO;
    for (mean, log_variance) in mean.chunks(simd::LANES).zip(log_variance.chunks(simd::LANES)) {
        // Where a row ends, zeros stand for numbers of no divergence.
        let (mean, log_variance) =
            (simd::load_partial(Baseline, mean), simd::load_partial(Baseline, log_variance));
        sum += mean * mean + (simd::exp(Baseline, log_variance) - f32x8::ONE - log_variance);
    }
    0.5 * Vector::<Baseline>::sum(sum)
}

/// The gradient of the moments, given that of `z`: with `k` the weight of the KL of an example,
/// `dL/dμ = dL/dz + k μ` and `dL/d(ln σ²) = ½ (dL/dz ε σ + k (σ² - 1))`.
pub(super) fn backward(
    moments: &[f32],
    noise: &[f32],
    d_z: &[f32],
    k: f32,
    width: usize,
    d_moments: &mut [f32],
) {
    let rows = rows(moments, noise, width).zip(d_z.chunks_exact(width));
    for (((moments, noise), d_z), d_moments) in rows.zip(d_moments.chunks_exact_mut(2 * width)) {
        let (mean, log_variance) = moments.split_at(width);
        let (d_mean, d_log_variance) = d_moments.split_at_mut(width);
        deviations(log_variance, d_log_variance);
        for i in 0..width {
            let deviation = d_log_variance[i];
            d_mean[i] = d_z[i] + k * mean[i];
            d_log_variance[i] = 0.5 * (d_z[i] * noise[i] * deviation + k * (deviation * deviation - 1.0));
        }
    }
}

fn rows<'a>(
    moments: &'a [f32],
    noise: &'a [f32],
    width: usize,
) -> impl Iterator<Item = (&'a [f32], &'a [f32])> {
    moments.chunks_exact(2 * width).zip(noise.chunks_exact(width))
}

/// `σ = exp(½ ln σ²)`.
fn deviations(log_variance: &[f32], deviations: &mut [f32]) {
    deviations.copy_from_slice(log_variance);
    simd::map(Baseline, deviations, |log_variance| simd::exp(Baseline, f32x8::HALF * log_variance));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two codes of three numbers: means, then log-variances.
    const MOMENTS: [f32; 12] = [0.5, -1.0, 0.0, 0.0, 0.5, -2.0, 2.0, 0.1, -0.3, 1.0, -0.5, 0.0];
    const NOISE: [f32; 6] = [0.5, -1.5, 0.0, 2.0, 1.0, -0.25];

    #[test]
    fn the_kl_is_its_closed_form_and_zero_for_the_prior_itself() {
        assert_eq!(kl(&[0.0; 40], 10), 0.0);
        let term =
            |mean: f64, log_variance: f64| 0.5 * (mean * mean + log_variance.exp() - 1.0 - log_variance);
        let expected: f64 = MOMENTS
            .chunks_exact(6)
            .flat_map(|row| (0..3).map(|i| term(f64::from(row[i]), f64::from(row[3 + i]))))
            .sum();
        assert!((f64::from(kl(&MOMENTS, 3)) - 0.5 * expected).abs() < 1e-6);
    }

    /// The KL as what it means: the mean of `ln q(z) - ln p(z)` over `z` from `q`, by a sum over a fine grid.
    #[test]
    fn the_kl_is_the_integral_that_it_stands_for() {
        for (mean, log_variance) in [(0.0, 0.0), (1.5, -1.0), (-0.7, 0.8), (0.0, -3.0)] {
            let deviation = f64::exp(0.5 * log_variance);
            let density = |z: f64, mean: f64, deviation: f64| {
                (-0.5 * ((z - mean) / deviation).powi(2)).exp()
                    / (deviation * (2.0 * std::f64::consts::PI).sqrt())
            };
            let width = 1e-3 * deviation;
            let integral: f64 = (-12_000..12_000)
                .map(|i| {
                    let z = mean + f64::from(i) * width;
                    let (q, p) = (density(z, mean, deviation), density(z, 0.0, 1.0));
                    if q > 0.0 { width * q * (q / p).ln() } else { 0.0 }
                })
                .sum();
            let found = f64::from(kl(&[mean as f32, log_variance as f32], 1));
            assert!((found - integral).abs() < 1e-5, "{found}, not {integral}");
        }
    }

    #[test]
    fn samples_are_spread_around_the_mean() {
        let (mut z, mut centre) = ([f32::NAN; 6], [f32::NAN; 6]);
        sample(&MOMENTS, &NOISE, 3, &mut z);
        let expected = [1.0, -1.0 - 1.5 * 0.25_f32.exp(), 0.0];
        assert!(z.iter().zip(expected).all(|(z, expected)| (z - expected).abs() < 1e-6), "{z:?}");
        sample(&MOMENTS, &[0.0; 6], 3, &mut z);
        mean(&MOMENTS, 3, &mut centre);
        assert_eq!((z, centre), ([0.5, -1.0, 0.0, 2.0, 0.1, -0.3], z));
    }

    #[test]
    fn a_code_that_is_no_number_stays_none() {
        for bad in [f32::NAN, f32::INFINITY] {
            assert!(!kl(&[0.0, bad], 1).is_finite());
            let mut z = [0.0];
            sample(&[0.0, bad], &[1.0], 1, &mut z);
            assert!(!z[0].is_finite());
        }
    }
}
