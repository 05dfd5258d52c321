//! Activation functions and their derivatives.

use super::isa::{Isa, Vector, dispatch};
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
    /// `f(a) = 1 / (1 + exp(-a))`, to within 1e-7
    Sigmoid,
}

/// The slope of the leaky ReLU for negative inputs.
const NEGATIVE_SLOPE: f32 = 0.01;

impl Activation {
    /// Every activation.
    pub const ALL: [Self; 5] = [Self::Linear, Self::Tanh, Self::Relu, Self::LeakyRelu, Self::Sigmoid];

    /// Returns the name that [`FromStr`](std::str::FromStr) parses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Tanh => "tanh",
            Self::Relu => "relu",
            Self::LeakyRelu => "leaky-relu",
            Self::Sigmoid => "sigmoid",
        }
    }

    /// Returns the name for display.
    pub fn title(self) -> &'static str {
        match self {
            Self::Linear => "Linear",
            Self::Tanh => "Tanh",
            Self::Relu => "ReLU",
            Self::LeakyRelu => "Leaky ReLU",
            Self::Sigmoid => "Sigmoid",
        }
    }

    /// Replaces each pre-activation `a` of `values` by `f(a)`.
    pub fn apply(self, values: &mut [f32]) {
        if self != Self::Linear {
            dispatch!(isa, WIDTH => self.apply_with(isa, values));
        }
    }

    /// Replaces each `dL/dy` of `deltas` by `dL/da = dL/dy · f'(a)`, given the outputs `y = f(a)`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn backpropagate(self, outputs: &[f32], deltas: &mut [f32]) {
        if self != Self::Linear {
            dispatch!(isa, WIDTH => self.backpropagate_with(isa, outputs, deltas));
        }
    }

    #[inline(always)]
    fn apply_with<I: Isa>(self, isa: I, values: &mut [f32]) {
        match self {
            Self::Linear => {}
            Self::Tanh => simd::map(
                isa,
                values,
                #[inline(always)]
                |a| simd::tanh(isa, a),
            ),
            Self::Relu => simd::map(
                isa,
                values,
                #[inline(always)]
                |a| select_positive(isa, a, a, 0.0),
            ),
            Self::LeakyRelu => simd::map(
                isa,
                values,
                #[inline(always)]
                |a| select_positive(isa, a, a, NEGATIVE_SLOPE),
            ),
            Self::Sigmoid => simd::map(
                isa,
                values,
                #[inline(always)]
                |a| simd::sigmoid(isa, a),
            ),
        }
    }

    #[inline(always)]
    fn backpropagate_with<I: Isa>(self, isa: I, outputs: &[f32], deltas: &mut [f32]) {
        let one = I::F32x8::splat(isa, 1.0);
        match self {
            Self::Linear => {}
            Self::Tanh => simd::zip_map(
                isa,
                deltas,
                outputs,
                #[inline(always)]
                |d, y| d * (one - y * y),
            ),
            Self::Relu => simd::zip_map(
                isa,
                deltas,
                outputs,
                #[inline(always)]
                |d, y| select_positive(isa, y, d, 0.0),
            ),
            Self::LeakyRelu => simd::zip_map(
                isa,
                deltas,
                outputs,
                #[inline(always)]
                |d, y| select_positive(isa, y, d, NEGATIVE_SLOPE),
            ),
            Self::Sigmoid => simd::zip_map(
                isa,
                deltas,
                outputs,
                #[inline(always)]
                |d, y| d * y * (one - y),
            ),
        }
    }
}

/// Returns `d` where `y > 0`, else `slope * d`. NaN stays NaN.
#[inline(always)]
fn select_positive<I: Isa>(isa: I, y: I::F32x8, d: I::F32x8, slope: f32) -> I::F32x8 {
    y.select_positive(d, d * I::F32x8::splat(isa, slope))
}

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
