//! Slices taken eight numbers at a time.
//!
//! All functions of this module treat each number by itself, so a result never depends on where a slice was cut, nor
//! on the [`Isa`] that it is computed with.

use super::isa::{Isa, Vector};

/// Numbers in a vector.
pub(crate) const LANES: usize = 8;

/// Loads up to eight numbers of `slice`, the rest zero.
#[inline(always)]
pub(crate) fn load_partial<I: Isa>(isa: I, slice: &[f32]) -> I::Eight {
    let mut lanes = [0.0; LANES];
    lanes[..slice.len()].copy_from_slice(slice);
    I::Eight::load(isa, &lanes)
}

/// Replaces each number `x` of `values` by `f(x)`.
#[inline(always)]
pub(crate) fn map<I: Isa>(isa: I, values: &mut [f32], f: impl Fn(I::Eight) -> I::Eight) {
    let mut chunks = values.chunks_exact_mut(LANES);
    for chunk in &mut chunks {
        f(I::Eight::load(isa, chunk)).store(chunk);
    }
    let rest = chunks.into_remainder();
    f(load_partial(isa, rest)).store(rest);
}

/// Replaces each number `d` of `values` by `f(d, y)`, with `y` the number of `others` in the same place.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub(crate) fn zip_map<I: Isa>(
    isa: I,
    values: &mut [f32],
    others: &[f32],
    f: impl Fn(I::Eight, I::Eight) -> I::Eight,
) {
    assert_eq!(values.len(), others.len());
    let mut chunks = values.chunks_exact_mut(LANES);
    let mut other_chunks = others.chunks_exact(LANES);
    for (chunk, other) in (&mut chunks).zip(&mut other_chunks) {
        f(I::Eight::load(isa, chunk), I::Eight::load(isa, other)).store(chunk);
    }
    let rest = chunks.into_remainder();
    f(load_partial(isa, rest), load_partial(isa, other_chunks.remainder())).store(rest);
}

/// `Σ x y` over two slices of one length, in single precision, each of eight lanes by itself.
#[inline(always)]
pub(crate) fn dot<I: Isa>(isa: I, x: &[f32], y: &[f32]) -> f64 {
    let (x, x_rest) = x.as_chunks::<LANES>();
    let (y, y_rest) = y.as_chunks::<LANES>();
    let mut sum = load_partial(isa, x_rest) * load_partial(isa, y_rest);
    for (x, y) in x.iter().zip(y) {
        sum = sum + I::Eight::load(isa, x) * I::Eight::load(isa, y);
    }
    f64::from(sum.sum())
}

/// `tanh x = x P(x²) / Q(x²)`, to within 4e-7 of its value and never beyond ±1.
///
/// `P` and `Q` are the best rational approximation of degrees four and four on [-8.5, 8.5] in the sense of the largest relative
/// error, found by iteratively reweighted least squares; 1e-8 without rounding. It takes 40 % of the time of one by
/// [`wide`]'s exponential, and is the same sequence of operations in the browser and natively.
#[inline(always)]
pub(crate) fn tanh<I: Isa>(isa: I, x: I::Eight) -> I::Eight {
    const P: [f32; 5] = [1.0, 0.134_132_43, 0.003_534_021_8, 2.125_095_5e-5, 1.426_909_3e-8];
    const Q: [f32; 5] = [1.0, 0.467_465_67, 0.026_022_732, 3.348_856e-4, 8.145_071e-7];
    // Beyond, tanh is one to the last bit.
    let bounded = bound(isa, x, 8.5);
    let square = bounded * bounded;
    let quotient = bounded * polynomial(isa, P, square) / polynomial(isa, Q, square);
    // Rounding takes it past one by a bit here and there. What is not a number is put back afterwards.
    keep_nan(isa, x, bound(isa, quotient, 1.0))
}

/// `c₀ + c₁ x + c₂ x² + …`, by Horner's rule.
#[inline(always)]
fn polynomial<I: Isa, const N: usize>(isa: I, coefficients: [f32; N], x: I::Eight) -> I::Eight {
    let terms = coefficients.into_iter().rev().map(|c| I::Eight::splat(isa, c));
    terms.reduce(|sum, c| sum * x + c).expect("a polynomial has coefficients")
}

/// `sigmoid x = 1 / (1 + exp(-x))`, to within 1e-7.
#[inline(always)]
pub(crate) fn sigmoid<I: Isa>(isa: I, x: I::Eight) -> I::Eight {
    let one = I::Eight::splat(isa, 1.0);
    keep_nan(isa, x, one / (one + (-bound(isa, x, 80.0)).exp()))
}

/// `exp x`, to within 2e-7 of its value, for `x` from -80 to 80 and beyond as there.
#[inline(always)]
pub(crate) fn exp<I: Isa>(isa: I, x: I::Eight) -> I::Eight {
    keep_nan(isa, x, bound(isa, x, 80.0).exp())
}

/// `x` between `-limit` and `limit`. What is not a number may become anything.
#[inline(always)]
fn bound<I: Isa>(isa: I, x: I::Eight, limit: f32) -> I::Eight {
    x.clamp(I::Eight::splat(isa, -limit), I::Eight::splat(isa, limit))
}

/// `result`, but not a number where `x` is none or infinite: bounds would hide that a run has diverged.
#[inline(always)]
fn keep_nan<I: Isa>(isa: I, x: I::Eight, result: I::Eight) -> I::Eight {
    result + x * I::Eight::splat(isa, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::isa::{Baseline, fastest};
    use wide::f32x8;

    /// `f` of each number, by the instructions of the target and by the best there are: the same bits.
    macro_rules! of_each {
        ($numbers:expr, $f:ident) => {{
            let numbers = $numbers;
            let (mut slow, mut fast) = (numbers.clone(), numbers.clone());
            map(Baseline, &mut slow, |x| $f(Baseline, x));
            fastest!(isa, WIDTH => map(isa, &mut fast, |x| $f(isa, x)));
            let bits = |numbers: &[f32]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert!(bits(&slow) == bits(&fast) || slow.iter().any(|x| x.is_nan()), stringify!($f));
            slow
        }};
    }

    /// The largest error of results against `exact` over [-12, 12], in multiples of what `scale` makes of the exact value.
    fn worst_error(
        f: impl Fn(Vec<f32>) -> Vec<f32>,
        exact: impl Fn(f64) -> f64,
        scale: impl Fn(f64) -> f64,
    ) -> f64 {
        let numbers: Vec<f32> = (-120_000..=120_000).map(|i| i as f32 * 1e-4).collect();
        let results = f(numbers.clone()).into_iter().map(f64::from);
        results
            .zip(numbers.into_iter().map(|x| exact(f64::from(x))))
            .map(|(found, exact)| (found - exact).abs() / scale(exact))
            .fold(0.0, f64::max)
    }

    #[test]
    fn tanh_and_sigmoid_keep_their_error_bounds() {
        let tanh_error = worst_error(|x| of_each!(x, tanh), f64::tanh, |y| y.abs().max(f64::MIN_POSITIVE));
        assert!(tanh_error < 4e-7, "tanh is off by {tanh_error:e} of its value");
        let sigmoid_error = worst_error(|x| of_each!(x, sigmoid), |x| 1.0 / (1.0 + (-x).exp()), |_| 1.0);
        assert!(sigmoid_error < 1e-7, "sigmoid is off by {sigmoid_error:e}");
    }

    #[test]
    fn tanh_stays_within_one() {
        let numbers: Vec<f32> =
            (7.0_f32.to_bits()..9.0_f32.to_bits()).step_by(7).map(f32::from_bits).collect();
        assert_eq!(of_each!(numbers, tanh).into_iter().fold(0.0, f32::max), 1.0);
    }

    #[test]
    fn extremes_saturate_and_nan_stays() {
        let extremes = vec![1e30, -1e30, f32::NAN, 0.0];
        for (results, low) in [(of_each!(extremes.clone(), tanh), -1.0), (of_each!(extremes, sigmoid), 0.0)] {
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
