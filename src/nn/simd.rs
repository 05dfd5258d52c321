//! Functions of vectors and slices of `f32`.
//!
//! All but [`dot`] are elementwise: a result depends neither on how a slice was divided nor on the [`Isa`].

use super::isa::{Isa, Vector};

/// Lanes of a vector.
pub(crate) const LANES: usize = 8;

/// Loads up to eight values; the other lanes are zero.
#[inline(always)]
pub(crate) fn load_partial<I: Isa>(isa: I, slice: &[f32]) -> I::F32x8 {
    let mut lanes = [0.0; LANES];
    lanes[..slice.len()].copy_from_slice(slice);
    I::F32x8::load(isa, &lanes)
}

/// Replaces each `x` of `values` by `f(x)`.
#[inline(always)]
pub(crate) fn map<I: Isa>(isa: I, values: &mut [f32], f: impl Fn(I::F32x8) -> I::F32x8) {
    let mut chunks = values.chunks_exact_mut(LANES);
    for chunk in &mut chunks {
        f(I::F32x8::load(isa, chunk)).store(chunk);
    }
    let rest = chunks.into_remainder();
    f(load_partial(isa, rest)).store(rest);
}

/// Replaces each `d` of `values` by `f(d, y)`, where `y` is the value of `others` at the same index.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub(crate) fn zip_map<I: Isa>(
    isa: I,
    values: &mut [f32],
    others: &[f32],
    f: impl Fn(I::F32x8, I::F32x8) -> I::F32x8,
) {
    assert_eq!(values.len(), others.len());
    let mut chunks = values.chunks_exact_mut(LANES);
    let mut other_chunks = others.chunks_exact(LANES);
    for (chunk, other) in (&mut chunks).zip(&mut other_chunks) {
        f(I::F32x8::load(isa, chunk), I::F32x8::load(isa, other)).store(chunk);
    }
    let rest = chunks.into_remainder();
    f(load_partial(isa, rest), load_partial(isa, other_chunks.remainder())).store(rest);
}

/// Computes `Σ x y` over slices of equal length, in single precision and in eight partial sums.
#[inline(always)]
pub(crate) fn dot<I: Isa>(isa: I, x: &[f32], y: &[f32]) -> f64 {
    let (x, x_rest) = x.as_chunks::<LANES>();
    let (y, y_rest) = y.as_chunks::<LANES>();
    let mut sum = load_partial(isa, x_rest) * load_partial(isa, y_rest);
    for (x, y) in x.iter().zip(y) {
        sum = sum + I::F32x8::load(isa, x) * I::F32x8::load(isa, y);
    }
    f64::from(sum.sum())
}

/// Computes `tanh x ≈ x P(x²) / Q(x²)`, with a relative error below 4e-7 and within ±1.
///
/// `P` and `Q`, of degree four, minimise the maximum relative error on [-8.5, 8.5], which is 1e-8 without rounding; they were
/// found by iteratively reweighted least squares. This takes 40 % of the time of a tanh by [`wide`]'s exponential.
#[inline(always)]
pub(crate) fn tanh<I: Isa>(isa: I, x: I::F32x8) -> I::F32x8 {
    const P: [f32; 5] = [1.0, 0.134_132_43, 0.003_534_021_8, 2.125_095_5e-5, 1.426_909_3e-8];
    const Q: [f32; 5] = [1.0, 0.467_465_67, 0.026_022_732, 3.348_856e-4, 8.145_071e-7];
    // Beyond 8.5, tanh rounds to one.
    let clamped = clamp(isa, x, 8.5);
    let square = clamped * clamped;
    let quotient = clamped * polynomial(isa, P, square) / polynomial(isa, Q, square);
    // Rounding can exceed one by a bit.
    keep_nan(isa, x, clamp(isa, quotient, 1.0))
}

/// Evaluates `c₀ + c₁ x + c₂ x² + …` by Horner's rule.
#[inline(always)]
fn polynomial<I: Isa, const N: usize>(isa: I, coefficients: [f32; N], x: I::F32x8) -> I::F32x8 {
    let terms = coefficients.into_iter().rev().map(|c| I::F32x8::splat(isa, c));
    terms.reduce(|sum, c| sum * x + c).expect("a polynomial has coefficients")
}

/// Computes `sigmoid x = 1 / (1 + exp(-x))`, with an absolute error below 1e-7.
#[inline(always)]
pub(crate) fn sigmoid<I: Isa>(isa: I, x: I::F32x8) -> I::F32x8 {
    let one = I::F32x8::splat(isa, 1.0);
    keep_nan(isa, x, one / (one + (-clamp(isa, x, 80.0)).exp()))
}

/// Computes `exp x` of `x` clamped to [-80, 80], with a relative error below 2e-7.
#[inline(always)]
pub(crate) fn exp<I: Isa>(isa: I, x: I::F32x8) -> I::F32x8 {
    keep_nan(isa, x, clamp(isa, x, 80.0).exp())
}

/// Clamps `x` to `±limit`. NaN may become any value.
#[inline(always)]
fn clamp<I: Isa>(isa: I, x: I::F32x8, limit: f32) -> I::F32x8 {
    x.clamp(I::F32x8::splat(isa, -limit), I::F32x8::splat(isa, limit))
}

/// Returns `result`, but NaN where `x` is NaN or infinite: clamping would hide that training has diverged.
#[inline(always)]
fn keep_nan<I: Isa>(isa: I, x: I::F32x8, result: I::F32x8) -> I::F32x8 {
    result + x * I::F32x8::splat(isa, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::isa::{Baseline, dispatch};
    use wide::f32x8;

    /// Applies `f` to each value and checks that the baseline and the best instruction set give the same bits.
    macro_rules! map_all {
        ($values:expr, $f:ident) => {{
            let values = $values;
            let (mut baseline, mut best) = (values.clone(), values.clone());
            map(Baseline, &mut baseline, |x| $f(Baseline, x));
            dispatch!(isa, WIDTH => map(isa, &mut best, |x| $f(isa, x)));
            let bits = |values: &[f32]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert!(bits(&baseline) == bits(&best) || baseline.iter().any(|x| x.is_nan()), stringify!($f));
            baseline
        }};
    }

    /// Returns the largest error of `f` against `exact` over [-12, 12], divided by `scale` of the exact value.
    fn worst_error(
        f: impl Fn(Vec<f32>) -> Vec<f32>,
        exact: impl Fn(f64) -> f64,
        scale: impl Fn(f64) -> f64,
    ) -> f64 {
        let inputs: Vec<f32> = (-120_000..=120_000).map(|i| i as f32 * 1e-4).collect();
        let results = f(inputs.clone()).into_iter().map(f64::from);
        results
            .zip(inputs.into_iter().map(|x| exact(f64::from(x))))
            .map(|(result, exact)| (result - exact).abs() / scale(exact))
            .fold(0.0, f64::max)
    }

    #[test]
    fn tanh_and_sigmoid_are_within_their_error_bounds() {
        let tanh_error = worst_error(|x| map_all!(x, tanh), f64::tanh, |y| y.abs().max(f64::MIN_POSITIVE));
        assert!(tanh_error < 4e-7, "tanh is off by {tanh_error:e} of its value");
        let sigmoid_error = worst_error(|x| map_all!(x, sigmoid), |x| 1.0 / (1.0 + (-x).exp()), |_| 1.0);
        assert!(sigmoid_error < 1e-7, "sigmoid is off by {sigmoid_error:e}");
    }

    #[test]
    fn tanh_stays_within_one() {
        let inputs: Vec<f32> =
            (7.0_f32.to_bits()..9.0_f32.to_bits()).step_by(7).map(f32::from_bits).collect();
        assert_eq!(map_all!(inputs, tanh).into_iter().fold(0.0, f32::max), 1.0);
    }

    #[test]
    fn extremes_saturate_and_nan_stays() {
        let extremes = vec![1e30, -1e30, f32::NAN, 0.0];
        for (results, low) in [(map_all!(extremes.clone(), tanh), -1.0), (map_all!(extremes, sigmoid), 0.0)] {
            assert!((results[0] - 1.0).abs() < 4e-7);
            assert!((results[1] - low).abs() < 4e-7);
            assert!(results[2].is_nan());
        }
    }

    #[test]
    fn every_length_is_covered() {
        for length in 0..20_u8 {
            let mut values: Vec<f32> = (0..length).map(f32::from).collect();
            let others = values.clone();
            map(Baseline, &mut values, |x| x + f32x8::ONE);
            zip_map(Baseline, &mut values, &others, |x, y| x - y);
            assert!(values.iter().all(|&x| x == 1.0), "length {length}: {values:?}");
        }
    }
}
