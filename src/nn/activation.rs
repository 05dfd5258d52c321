//! Activation functions and their derivatives.

use super::impl_names;
use super::isa::{Simd, SimdBase, dispatch, f32x8};
use super::simd;

/// An elementwise activation `y = f(a)` of a layer's pre-activation `a`.
///
/// The derivative `f'(a)` of each is a function of `y` alone, so a forward pass keeps only outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `f(a) = a`
    Linear,
    /// `f(a) = tanh a`, to within 4e-7 of its value
    Tanh,
    /// `f(a) = max(a, 0)`
    Relu,
    /// `f(a) = a` where `a > 0`, else `0.01 a` (Maas, Hannun & Ng 2013)
    LeakyRelu,
    /// `f(a) = 1 / (1 + exp(-a))`, to within 3e-7 of its value
    Sigmoid,
}

/// The slope of the leaky ReLU for negative inputs.
const NEGATIVE_SLOPE: f32 = 0.01;

impl Activation {
    /// Every activation.
    pub const ALL: [Self; 5] = [Self::Linear, Self::Tanh, Self::Relu, Self::LeakyRelu, Self::Sigmoid];

    /// Replaces each pre-activation `a` of `values` by `f(a)`.
    pub fn apply(self, values: &mut [f32]) {
        if self != Self::Linear {
            dispatch!(token, WIDTH => self.apply_with(token, values));
        }
    }

    /// Replaces each `dL/dy` of `deltas` by `dL/da = dL/dy · f'(a)`, given the outputs `y = f(a)`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn backpropagate(self, outputs: &[f32], deltas: &mut [f32]) {
        if self != Self::Linear {
            dispatch!(token, WIDTH => self.backpropagate_with(token, outputs, deltas));
        }
    }

    // Closures where the name of a function would do: that would be called without the instruction set.
    #[inline(always)]
    fn apply_with<S: Simd>(self, simd: S, values: &mut [f32]) {
        match self {
            Self::Linear => {}
            Self::Tanh => simd::map(
                simd,
                values,
                #[inline(always)]
                |a| simd::tanh(a),
            ),
            Self::Relu => simd::map(
                simd,
                values,
                #[inline(always)]
                |a| simd::select_positive(a, a, a * 0.0),
            ),
            Self::LeakyRelu => simd::map(
                simd,
                values,
                #[inline(always)]
                |a| simd::select_positive(a, a, a * NEGATIVE_SLOPE),
            ),
            Self::Sigmoid => simd::map(
                simd,
                values,
                #[inline(always)]
                |a| simd::sigmoid(a),
            ),
        }
    }

    #[inline(always)]
    fn backpropagate_with<S: Simd>(self, simd: S, outputs: &[f32], deltas: &mut [f32]) {
        let one = f32x8::splat(simd, 1.0);
        match self {
            Self::Linear => {}
            Self::Tanh => simd::zip_map(
                simd,
                deltas,
                outputs,
                #[inline(always)]
                |d, y| d * (one - y * y),
            ),
            Self::Relu => simd::zip_map(
                simd,
                deltas,
                outputs,
                #[inline(always)]
                |d, y| simd::select_positive(y, d, d * 0.0),
            ),
            Self::LeakyRelu => simd::zip_map(
                simd,
                deltas,
                outputs,
                #[inline(always)]
                |d, y| simd::select_positive(y, d, d * NEGATIVE_SLOPE),
            ),
            Self::Sigmoid => simd::zip_map(
                simd,
                deltas,
                outputs,
                #[inline(always)]
                |d, y| d * y * (one - y),
            ),
        }
    }
}

impl_names!(Activation {
    Self::Linear => "linear", "Linear";
    Self::Tanh => "tanh", "Tanh";
    Self::Relu => "relu", "ReLU";
    Self::LeakyRelu => "leaky-relu", "Leaky ReLU";
    Self::Sigmoid => "sigmoid", "Sigmoid";
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_stays_nan() {
        for activation in Activation::ALL {
            let mut values = [f32::NAN];
            activation.apply(&mut values);
            assert!(values[0].is_nan(), "{activation:?}");
        }
    }
}
