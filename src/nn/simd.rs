//! Slices taken eight numbers at a time.
//!
//! [`wide::f32x8`] is two registers in WebAssembly and in SSE, one in AVX. All functions of this module treat each
//! number by itself, so a result never depends on where a slice was cut.

use wide::f32x8;

/// Numbers in a vector.
pub(crate) const LANES: usize = 8;

/// What one register of the target holds: eight numbers with AVX, four in WebAssembly and otherwise.
#[cfg(target_feature = "avx")]
pub(crate) type Register = f32x8;
#[cfg(not(target_feature = "avx"))]
pub(crate) type Register = wide::f32x4;

/// Numbers in a register.
pub(crate) const WIDTH: usize = size_of::<Register>() / size_of::<f32>();

/// Loads the first numbers of `slice` into a register.
///
/// # Panics
/// If there are fewer than it holds.
#[inline(always)]
pub(crate) fn load_register(slice: &[f32]) -> Register {
    let lanes: [f32; WIDTH] = slice[..WIDTH].try_into().expect("a slice is as long as its end says");
    Register::from(lanes)
}

/// Stores into `slice` as many numbers of a register as it has room for.
#[inline(always)]
pub(crate) fn store_register(register: Register, slice: &mut [f32]) {
    match slice.first_chunk_mut() {
        Some(whole) => *whole = register.to_array(),
        None => slice.copy_from_slice(&register.to_array()[..slice.len()]),
    }
}

/// Loads the first eight numbers of `slice`.
///
/// # Panics
/// If there are fewer.
#[inline(always)]
pub(crate) fn load(slice: &[f32]) -> f32x8 {
    let lanes: [f32; LANES] = slice[..LANES].try_into().expect("a slice of eight is an array of eight");
    f32x8::from(lanes)
}

/// Loads up to eight numbers of `slice`, the rest zero.
#[inline(always)]
pub(crate) fn load_partial(slice: &[f32]) -> f32x8 {
    let mut lanes = [0.0; LANES];
    lanes[..slice.len()].copy_from_slice(slice);
    f32x8::from(lanes)
}

/// Stores into `slice` as many of the eight numbers as it holds.
#[inline(always)]
pub(crate) fn store(vector: f32x8, slice: &mut [f32]) {
    let length = slice.len().min(LANES);
    slice[..length].copy_from_slice(&vector.to_array()[..length]);
}

/// Replaces each number `x` of `values` by `f(x)`.
#[inline(always)]
pub(crate) fn map(values: &mut [f32], f: impl Fn(f32x8) -> f32x8) {
    let mut chunks = values.chunks_exact_mut(LANES);
    for chunk in &mut chunks {
        store(f(load(chunk)), chunk);
    }
    let rest = chunks.into_remainder();
    store(f(load_partial(rest)), rest);
}

/// Replaces each number `d` of `values` by `f(d, y)`, with `y` the number of `others` in the same place.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub(crate) fn zip_map(values: &mut [f32], others: &[f32], f: impl Fn(f32x8, f32x8) -> f32x8) {
    assert_eq!(values.len(), others.len());
    let mut chunks = values.chunks_exact_mut(LANES);
    let mut other_chunks = others.chunks_exact(LANES);
    for (chunk, other) in (&mut chunks).zip(&mut other_chunks) {
        store(f(load(chunk), load(other)), chunk);
    }
    let rest = chunks.into_remainder();
    store(f(load_partial(rest), load_partial(other_chunks.remainder())), rest);
}

/// `tanh x = x P(x²) / Q(x²)`, to within 4e-7 of its value and never beyond ±1.
///
/// `P` and `Q` are the best rational approximation of degrees four and four on [-8.5, 8.5] in the sense of the largest relative
/// error, found by iteratively reweighted least squares; 1e-8 without rounding. It takes 40 % of the time of one by
/// [`wide`]'s exponential, and is the same sequence of operations in the browser and natively.
#[inline(always)]
pub(crate) fn tanh(x: f32x8) -> f32x8 {
    const P: [f32; 5] = [1.0, 0.134_132_43, 0.003_534_021_8, 2.125_095_5e-5, 1.426_909_3e-8];
    const Q: [f32; 5] = [1.0, 0.467_465_67, 0.026_022_732, 3.348_856e-4, 8.145_071e-7];
    // Beyond, tanh is one to the last bit.
    let bounded = x.fast_max(f32x8::splat(-8.5)).fast_min(f32x8::splat(8.5));
    let square = bounded * bounded;
    let quotient = bounded * polynomial(P, square) / polynomial(Q, square);
    // Rounding takes it past one by a bit here and there. What is not a number is put back afterwards.
    keep_nan(x, quotient.fast_max(-f32x8::ONE).fast_min(f32x8::ONE))
}

/// `c₀ + c₁ x + c₂ x² + …`, by Horner's rule.
#[inline(always)]
fn polynomial<const N: usize>(coefficients: [f32; N], x: f32x8) -> f32x8 {
    let terms = coefficients.into_iter().rev().map(f32x8::splat);
    terms.reduce(|sum, c| sum * x + c).expect("a polynomial has coefficients")
}

/// `sigmoid x = 1 / (1 + exp(-x))`, to within 1e-7.
#[inline(always)]
pub(crate) fn sigmoid(x: f32x8) -> f32x8 {
    let bounded = x.max(f32x8::splat(-80.0)).min(f32x8::splat(80.0));
    let result = f32x8::ONE / (f32x8::ONE + (-bounded).exp());
    keep_nan(x, result)
}

/// `exp x`, to within 2e-7 of its value, for `x` from -80 to 80 and beyond as there.
#[inline(always)]
pub(crate) fn exp(x: f32x8) -> f32x8 {
    keep_nan(x, x.fast_max(f32x8::splat(-80.0)).fast_min(f32x8::splat(80.0)).exp())
}

/// `result`, but not a number where `x` is none or infinite: bounds would hide that a run has diverged.
#[inline(always)]
fn keep_nan(x: f32x8, result: f32x8) -> f32x8 {
    result + x * f32x8::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error of `f` against `exact` over [-12, 12], in multiples of what `scale` makes of the exact value.
    fn worst_error(
        f: impl Fn(f32x8) -> f32x8,
        exact: impl Fn(f64) -> f64,
        scale: impl Fn(f64) -> f64,
    ) -> f64 {
        (-120_000..=120_000)
            .map(|i| i as f32 * 1e-4)
            .map(|x| (f64::from(f(f32x8::splat(x)).to_array()[0]), exact(f64::from(x))))
            .map(|(found, exact)| (found - exact).abs() / scale(exact))
            .fold(0.0, f64::max)
    }

    #[test]
    fn tanh_and_sigmoid_keep_their_error_bounds() {
        let tanh_error = worst_error(tanh, f64::tanh, |y| y.abs().max(f64::MIN_POSITIVE));
        assert!(tanh_error < 4e-7, "tanh is off by {tanh_error:e} of its value");
        let sigmoid_error = worst_error(sigmoid, |x| 1.0 / (1.0 + (-x).exp()), |_| 1.0);
        assert!(sigmoid_error < 1e-7, "sigmoid is off by {sigmoid_error:e}");
    }

    #[test]
    fn tanh_stays_within_one() {
        let bits = (7.0_f32.to_bits()..9.0_f32.to_bits()).step_by(7).map(f32::from_bits);
        let largest = bits.map(|x| tanh(f32x8::splat(x)).to_array()[0]).fold(0.0, f32::max);
        assert_eq!(largest, 1.0);
    }

    #[test]
    fn extremes_saturate_and_nan_stays() {
        for (f, low) in [(tanh as fn(f32x8) -> f32x8, -1.0), (sigmoid, 0.0)] {
            let result = f(f32x8::from([1e30, -1e30, f32::NAN, 0.0, 0.0, 0.0, 0.0, 0.0])).to_array();
            assert!((result[0] - 1.0).abs() < 4e-7);
            assert!((result[1] - low).abs() < 4e-7);
            assert!(result[2].is_nan());
        }
    }

    #[test]
    fn every_length_is_covered() {
        for length in 0..20_u8 {
            let mut values: Vec<f32> = (0..length).map(f32::from).collect();
            let others = values.clone();
            map(&mut values, |x| x + f32x8::ONE);
            zip_map(&mut values, &others, |x, y| x - y);
            assert!(values.iter().all(|&x| x == 1.0), "length {length}: {values:?}");
        }
    }
}
