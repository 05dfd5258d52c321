//! The code between encoder and decoder: deterministic, or sampled from a Gaussian.
//!
//! A Gaussian code makes the autoencoder variational (Kingma & Welling, "Auto-Encoding Variational Bayes", 2014). The last
//! layer of the encoder then has `2Z` outputs, the mean `μ` and the log-variance `ln σ²` of the posterior, and the decoder's
//! input is `z = μ + σ ε` with `ε` from `N(0, I)` (the reparameterisation trick). The objective is the loss of the
//! reconstruction plus `β` times
//!
//! ```text
//! KL(N(μ, σ²) ‖ N(0, I)) = ½ Σ (μ² + σ² - 1 - ln σ²)
//! ```
//!
//! in nats, summed over the latent dimensions. Where a loss is a mean over pixels, the KL is divided by their number too, so
//! with `β = 1` the objective is the negative evidence lower bound, up to a constant: per example or per pixel, as the loss is.
//! Pixels are then Bernoulli under cross-entropy, and Gaussian with variance 1 under half the sum of squares and ½ under the
//! mean of squares. Other `β` give a beta-VAE (Higgins et al. 2017).
//!
//! # Shapes
//! `posterior: [B, 2Z]`, each row `μ` followed by `ln σ²`; `noise`, `z` and their gradients: `[B, Z]`

use super::isa::{SimdBase, baseline, f32x8};
use super::simd;

/// Whether the code of an image is deterministic or sampled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeKind {
    /// The `Z` outputs of the code's layer.
    #[default]
    Deterministic,
    /// `Z` values sampled from a Gaussian posterior, whose mean and log-variance are the `2Z` outputs of the code's layer.
    ///
    /// The autoencoder is then variational (Kingma & Welling 2014): `z = μ + σ ε`, and `β KL(N(μ, σ²) ‖ N(0, I))` is part of
    /// the [`Objective`](super::Objective).
    Gaussian,
}

/// Computes `z = μ`.
pub(super) fn mean(posterior: &[f32], latent_dim: usize, z: &mut [f32]) {
    for (posterior, z) in posterior.chunks_exact(2 * latent_dim).zip(z.chunks_exact_mut(latent_dim)) {
        z.copy_from_slice(&posterior[..latent_dim]);
    }
}

/// Computes `z = μ + σ ε`.
pub(super) fn sample(posterior: &[f32], noise: &[f32], latent_dim: usize, z: &mut [f32]) {
    let rows = posterior.chunks_exact(2 * latent_dim).zip(noise.chunks_exact(latent_dim));
    for ((posterior, noise), z) in rows.zip(z.chunks_exact_mut(latent_dim)) {
        let (mean, log_variance) = posterior.split_at(latent_dim);
        standard_deviations(log_variance, z);
        z.iter_mut().zip(noise).zip(mean).for_each(|((z, noise), mean)| *z = mean + *z * noise);
    }
}

/// Computes the KL divergence of the posteriors of a batch from `N(0, I)`: the mean over examples, in nats.
pub(super) fn kl(posterior: &[f32], latent_dim: usize) -> f32 {
    let rows = posterior.chunks_exact(2 * latent_dim);
    let examples = rows.len() as f64;
    let sum: f64 = rows.map(|row| f64::from(kl_of_row(row, latent_dim))).sum();
    (sum / examples) as f32
}

fn kl_of_row(posterior: &[f32], latent_dim: usize) -> f32 {
    let (mean, log_variance) = posterior.split_at(latent_dim);
    let mut sum = f32x8::splat(baseline(), 0.0);
    for (mean, log_variance) in mean.chunks(simd::LANES).zip(log_variance.chunks(simd::LANES)) {
        // Padding with zeros adds nothing: the KL of N(0, 1) from itself is zero.
        let [mean, log_variance] = [mean, log_variance].map(|values| simd::load_partial(baseline(), values));
        sum += mean * mean + (simd::exp(log_variance) - 1.0 - log_variance);
    }
    0.5 * simd::sum(sum)
}

/// Computes the gradient of the posterior from that of `z`: with `k` the weight `kl_weight` of the KL of one example,
/// `dL/dμ = dL/dz + k μ` and `dL/d(ln σ²) = ½ (dL/dz ε σ + k (σ² - 1))`.
pub(super) fn backward(
    posterior: &[f32],
    noise: &[f32],
    d_z: &[f32],
    kl_weight: f32,
    latent_dim: usize,
    d_posterior: &mut [f32],
) {
    let rows = posterior.chunks_exact(2 * latent_dim).zip(noise.chunks_exact(latent_dim));
    let rows = rows.zip(d_z.chunks_exact(latent_dim));
    for (((posterior, noise), d_z), d_posterior) in rows.zip(d_posterior.chunks_exact_mut(2 * latent_dim)) {
        let (mean, log_variance) = posterior.split_at(latent_dim);
        let (d_mean, d_log_variance) = d_posterior.split_at_mut(latent_dim);
        standard_deviations(log_variance, d_log_variance);
        for i in 0..latent_dim {
            let sigma = d_log_variance[i];
            d_mean[i] = d_z[i] + kl_weight * mean[i];
            d_log_variance[i] = 0.5 * (d_z[i] * noise[i] * sigma + kl_weight * (sigma * sigma - 1.0));
        }
    }
}

/// Computes `σ = exp(½ ln σ²)`.
fn standard_deviations(log_variance: &[f32], sigma: &mut [f32]) {
    sigma.copy_from_slice(log_variance);
    simd::map(baseline(), sigma, |log_variance| simd::exp(log_variance * 0.5));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two posteriors of three latent dimensions: means, then log-variances.
    const POSTERIOR: [f32; 12] = [0.5, -1.0, 0.0, 0.0, 0.5, -2.0, 2.0, 0.1, -0.3, 1.0, -0.5, 0.0];
    const NOISE: [f32; 6] = [0.5, -1.5, 0.0, 2.0, 1.0, -0.25];

    #[test]
    fn the_kl_is_its_closed_form_and_zero_at_the_prior() {
        assert_eq!(kl(&[0.0; 40], 10), 0.0);
        let term =
            |mean: f64, log_variance: f64| 0.5 * (mean * mean + log_variance.exp() - 1.0 - log_variance);
        let expected: f64 = POSTERIOR
            .chunks_exact(6)
            .flat_map(|row| (0..3).map(|i| term(f64::from(row[i]), f64::from(row[3 + i]))))
            .sum();
        assert!((f64::from(kl(&POSTERIOR, 3)) - 0.5 * expected).abs() < 1e-6);
    }

    #[test]
    fn samples_are_mean_plus_noise_times_standard_deviation() {
        let (mut z, mut means) = ([f32::NAN; 6], [f32::NAN; 6]);
        sample(&POSTERIOR, &NOISE, 3, &mut z);
        let expected = [1.0, -1.0 - 1.5 * 0.25_f32.exp(), 0.0];
        assert!(z.iter().zip(expected).all(|(z, expected)| (z - expected).abs() < 1e-6), "{z:?}");
        sample(&POSTERIOR, &[0.0; 6], 3, &mut z);
        mean(&POSTERIOR, 3, &mut means);
        assert_eq!((z, means), ([0.5, -1.0, 0.0, 2.0, 0.1, -0.3], z));
    }

    #[test]
    fn nan_and_infinity_propagate() {
        for bad in [f32::NAN, f32::INFINITY] {
            assert!(!kl(&[0.0, bad], 1).is_finite());
            let mut z = [0.0];
            sample(&[0.0, bad], &[1.0], 1, &mut z);
            assert!(!z[0].is_finite());
        }
    }
}
