//! Functions of vectors and slices of `f32`.
//!
//! All but sums are elementwise: a result depends neither on how a slice was divided nor on the instruction set. They consist of
//! additions, multiplications, divisions and comparisons, which IEEE 754 defines to the last bit.

use super::isa::{Select, Simd, SimdBase, SimdFloat, f32x4, f32x8};

/// Lanes of an [`f32x8`].
pub(crate) const LANES: usize = 8;

/// Side of the blocks in which matrices are transposed.
pub(crate) const BLOCK: usize = 4;

/// Loads up to eight values; the other lanes are zero.
#[inline(always)]
pub(crate) fn load_partial<S: Simd>(simd: S, slice: &[f32]) -> f32x8<S> {
    let mut lanes = [0.0; LANES];
    lanes[..slice.len()].copy_from_slice(slice);
    f32x8::load_array(simd, lanes)
}

/// Stores the lanes to `slice`, or the first of them if it is shorter.
#[inline(always)]
pub(crate) fn store_partial<S: Simd, V: SimdFloat<S, Element = f32>>(vector: V, slice: &mut [f32]) {
    if slice.len() >= V::LEN {
        vector.store_slice(&mut slice[..V::LEN]);
    } else {
        slice.copy_from_slice(&vector.as_slice()[..slice.len()]);
    }
}

/// Returns the sum of the lanes: groups of four from first to last, then the groups.
#[inline(always)]
pub(crate) fn sum<S: Simd>(vector: f32x8<S>) -> f32 {
    let [a, b, c, d, e, f, g, h] = vector.to_array();
    (a + b + c + d) + (e + f + g + h)
}

/// Replaces each `x` of `values` by `f(x)`.
#[inline(always)]
pub(crate) fn map<S: Simd>(simd: S, values: &mut [f32], f: impl Fn(f32x8<S>) -> f32x8<S>) {
    let (chunks, rest) = values.as_chunks_mut::<LANES>();
    for chunk in chunks {
        f(f32x8::load_array(simd, *chunk)).store_array(chunk);
    }
    store_partial(f(load_partial(simd, rest)), rest);
}

/// Replaces each `d` of `values` by `f(d, y)`, where `y` is the value of `others` at the same index.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub(crate) fn zip_map<S: Simd>(
    simd: S,
    values: &mut [f32],
    others: &[f32],
    f: impl Fn(f32x8<S>, f32x8<S>) -> f32x8<S>,
) {
    assert_eq!(values.len(), others.len());
    let (chunks, rest) = values.as_chunks_mut::<LANES>();
    let (other_chunks, other_rest) = others.as_chunks::<LANES>();
    for (chunk, other) in chunks.iter_mut().zip(other_chunks) {
        f(f32x8::load_array(simd, *chunk), f32x8::load_array(simd, *other)).store_array(chunk);
    }
    store_partial(f(load_partial(simd, rest), load_partial(simd, other_rest)), rest);
}

/// Computes `Σ x y` over slices of equal length, in single precision and in eight partial sums.
#[inline(always)]
pub(crate) fn dot<S: Simd>(simd: S, x: &[f32], y: &[f32]) -> f64 {
    let (x, x_rest) = x.as_chunks::<LANES>();
    let (y, y_rest) = y.as_chunks::<LANES>();
    let mut total = load_partial(simd, x_rest) * load_partial(simd, y_rest);
    for (x, y) in x.iter().zip(y) {
        total += f32x8::load_array(simd, *x) * f32x8::load_array(simd, *y);
    }
    f64::from(sum(total))
}

/// Transposes a block.
#[inline(always)]
pub(crate) fn transpose_block<S: Simd>([a, b, c, d]: [f32x4<S>; BLOCK]) -> [f32x4<S>; BLOCK] {
    let (ac, bd) = (a.zip_low(c), b.zip_low(d));
    let (ac_high, bd_high) = (a.zip_high(c), b.zip_high(d));
    [ac.zip_low(bd), ac.zip_high(bd), ac_high.zip_low(bd_high), ac_high.zip_high(bd_high)]
}

/// Returns the lane of `positive` where that of `x` is above zero, else that of `other`.
#[inline(always)]
pub(crate) fn select_positive<S: Simd>(x: f32x8<S>, positive: f32x8<S>, other: f32x8<S>) -> f32x8<S> {
    x.simd_gt(0.0).select(positive, other)
}

/// Computes `tanh x ≈ x P(x²) / Q(x²)`, with a relative error below 4e-7 and within ±1.
///
/// `P` and `Q`, of degree four, minimise the maximum relative error on [-8.5, 8.5], which is 1e-8 without rounding; they were
/// found by iteratively reweighted least squares.
#[inline(always)]
pub(crate) fn tanh<S: Simd>(x: f32x8<S>) -> f32x8<S> {
    const P: [f32; 5] = [1.0, 0.134_132_43, 0.003_534_021_8, 2.125_095_5e-5, 1.426_909_3e-8];
    const Q: [f32; 5] = [1.0, 0.467_465_67, 0.026_022_732, 3.348_856e-4, 8.145_071e-7];
    // Beyond 8.5, tanh rounds to one.
    let magnitude = at_most(x.abs(), 8.5);
    let square = magnitude * magnitude;
    let quotient = magnitude * polynomial(P, square) / polynomial(Q, square);
    // Rounding can exceed one by a bit.
    keep_nan(x, at_most(quotient, 1.0).copysign(x))
}

/// Computes `exp x` of `x` clamped to [-87, 87], with a relative error below 1.2e-7.
///
/// `exp x = 2ⁿ exp r` with `n` the whole number nearest to `x / ln 2`, so that `|r| ≤ ½ ln 2`. The polynomial is that of `expf` in
/// S. Moshier's Cephes library; `n ln 2` is subtracted in two parts, of which the first is exact.
#[inline(always)]
pub(crate) fn exp<S: Simd>(x: f32x8<S>) -> f32x8<S> {
    const LN_2_HIGH: f32 = 355.0 / 512.0;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    const P: [f32; 6] = [0.5, 0.166_666_65, 0.041_665_796, 0.008_333_452, 0.001_398_2, 1.987_569_2e-4];
    /// Adding 1.5 · 2²³ rounds to a whole number, which is then in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let clamped = -at_most(-at_most(x, 87.0), 87.0);
    let shifted = clamped * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = clamped - n * LN_2_HIGH - n * LN_2_LOW;
    let fraction = polynomial(P, r) * (r * r) + r + 1.0;
    let power = f32x8::from_bits((shifted.to_bits() << 23) + 1.0_f32.to_bits());
    keep_nan(x, fraction * power)
}

/// Computes `sigmoid x = 1 / (1 + exp(-x))`, with a relative error below 3e-7.
#[inline(always)]
pub(crate) fn sigmoid<S: Simd>(x: f32x8<S>) -> f32x8<S> {
    sigmoid_of(x, exp(-x.abs()))
}

/// Computes the sigmoid of `x` and `softplus x = ln(1 + exp x)`, with relative errors below 3e-7 and 4e-7.
///
/// One `e = exp(-|x|)` serves both: `softplus x = max(x, 0) + ln(1 + e)`. `ln(1 + e) ≈ e P(e) / Q(e)` interpolates the logarithm
/// at the Chebyshev nodes of [0, 1], with a relative error of 6e-8 before rounding.
#[inline(always)]
pub(crate) fn sigmoid_and_softplus<S: Simd>(x: f32x8<S>) -> (f32x8<S>, f32x8<S>) {
    const P: [f32; 3] = [0.999_999_95, 0.855_714_5, 0.119_390_13];
    const Q: [f32; 4] = [1.0, 1.355_710_6, 0.463_963_13, 0.029_799_816];
    let e = exp(-x.abs());
    let logarithm = e * polynomial(P, e) / polynomial(Q, e);
    (sigmoid_of(x, e), select_positive(x, x + logarithm, logarithm))
}

/// Computes the sigmoid of `x` from `e = exp(-|x|)`, which cannot overflow: `1 / (1 + e)` or `e / (1 + e)`.
#[inline(always)]
fn sigmoid_of<S: Simd>(x: f32x8<S>, e: f32x8<S>) -> f32x8<S> {
    select_positive(x, f32x8::splat(e.simd, 1.0), e) / (e + 1.0)
}

/// Evaluates `c₀ + c₁ x + c₂ x² + …` by Horner's rule.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(coefficients: [f32; N], x: f32x8<S>) -> f32x8<S> {
    let terms = coefficients.into_iter().rev().map(|c| f32x8::splat(x.simd, c));
    terms.reduce(|sum, c| sum * x + c).expect("a polynomial has coefficients")
}

/// Returns the smaller of `x` and `limit`. Of NaN it is NaN. A comparison and a selection: a minimum takes twice as many
/// instructions in WebAssembly, whose rules for zeros and NaN are not the processors'.
#[inline(always)]
fn at_most<S: Simd>(x: f32x8<S>, limit: f32) -> f32x8<S> {
    let limit = f32x8::splat(x.simd, limit);
    x.simd_gt(limit).select(limit, x)
}

/// Returns `result`, but NaN where `x` is NaN or infinite: clamping would hide that training has diverged.
#[inline(always)]
fn keep_nan<S: Simd>(x: f32x8<S>, result: f32x8<S>) -> f32x8<S> {
    result + x * 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::isa::{baseline, dispatch};

    /// Applies `f` to each value and checks that the baseline and the best instruction set give the same bits.
    macro_rules! map_all {
        ($values:expr, $f:expr) => {{
            let values = $values;
            let (mut lowest, mut best) = (values.clone(), values.clone());
            map(baseline(), &mut lowest, |x| $f(x));
            dispatch!(simd, WIDTH => map(simd, &mut best, |x| $f(x)));
            let same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
            assert!(lowest.iter().zip(&best).all(same), stringify!($f));
            lowest
        }};
    }

    /// Returns the largest relative error of `f` against `exact` over the multiples of 2⁻¹³ in [-`limit`, `limit`].
    fn worst_error(limit: u16, f: impl Fn(Vec<f32>) -> Vec<f32>, exact: impl Fn(f64) -> f64) -> f64 {
        let last = i32::from(limit) << 13;
        let inputs: Vec<f32> = (-last..=last).map(|i| i as f32 / 8192.0).collect();
        let error = |(result, x): (f32, f32)| {
            let exact = exact(f64::from(x));
            (f64::from(result) - exact).abs() / exact.abs().max(f64::MIN_POSITIVE)
        };
        f(inputs.clone()).into_iter().zip(inputs).map(error).fold(0.0, f64::max)
    }

    #[test]
    fn functions_are_within_their_error_bounds() {
        let cases = [
            ("tanh", 4e-7, worst_error(12, |x| map_all!(x, tanh), f64::tanh)),
            ("exp", 1.2e-7, worst_error(87, |x| map_all!(x, exp), f64::exp)),
            ("sigmoid", 3e-7, worst_error(87, |x| map_all!(x, sigmoid), |x| 1.0 / (1.0 + (-x).exp()))),
            (
                "softplus",
                4e-7,
                worst_error(87, |x| map_all!(x, |x| sigmoid_and_softplus(x).1), |x| x.exp().ln_1p()),
            ),
        ];
        for (name, bound, error) in cases {
            assert!(error < bound && error > 0.1 * bound, "{name} has a relative error of {error:e}");
        }
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
    fn both_sigmoids_are_the_same() {
        let inputs: Vec<f32> = (-300..300).map(|i| i as f32 * 0.37).collect();
        let alone = map_all!(inputs.clone(), sigmoid);
        assert_eq!(map_all!(inputs, |x| sigmoid_and_softplus(x).0), alone);
    }

    #[test]
    fn every_length_is_covered() {
        for length in 0..20_u8 {
            let mut values: Vec<f32> = (0..length).map(f32::from).collect();
            let others = values.clone();
            map(baseline(), &mut values, |x| x + 1.0);
            zip_map(baseline(), &mut values, &others, |x, y| x - y);
            assert!(values.iter().all(|&x| x == 1.0), "length {length}: {values:?}");
        }
    }
}
