//! Activations, and their derivatives from the output.

use std::str::FromStr;

use super::isa::{Isa, Vector, fastest};
use super::name::{UnknownName, find_by_name};
use super::simd;

/// An activation `y = f(a)` of a layer's pre-activation `a`, element by element.
///
/// The derivative of each can be told from its output alone, so that the pre-activation need not be kept.
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

/// The slope of the leaky ReLU below zero.
const LEAK: f32 = 0.01;

impl Activation {
    /// Every activation.
    pub const ALL: [Self; 5] = [Self::Linear, Self::Tanh, Self::Relu, Self::LeakyRelu, Self::Sigmoid];

    /// The name, as [`FromStr`] reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Tanh => "tanh",
            Self::Relu => "relu",
            Self::LeakyRelu => "leaky-relu",
            Self::Sigmoid => "sigmoid",
        }
    }

    /// The name for people.
    #[must_use]
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
            fastest!(isa, WIDTH => self.apply_with(isa, values));
        }
    }

    /// Replaces each `dL/dy` of `deltas` by `dL/da = dL/dy · f'(a)`, given the outputs `y = f(a)`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn backpropagate(self, outputs: &[f32], deltas: &mut [f32]) {
        if self != Self::Linear {
            fastest!(isa, WIDTH => self.backpropagate_with(isa, outputs, deltas));
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
                |a| select_positive(isa, a, a, LEAK),
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
        let one = I::Eight::splat(isa, 1.0);
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
                |d, y| select_positive(isa, y, d, LEAK),
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

/// `d` where `y > 0`, else `slope * d`; not a number stays so.
#[inline(always)]
fn select_positive<I: Isa>(isa: I, y: I::Eight, d: I::Eight, slope: f32) -> I::Eight {
    y.select_positive(d, d * I::Eight::splat(isa, slope))
}

impl FromStr for Activation {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        find_by_name(name, &Self::ALL, Self::name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUTS: [f32; 9] = [-3.0, -1.0, -0.3, -0.01, 0.02, 0.5, 1.0, 2.5, 4.0];

    #[test]
    fn values_are_those_of_the_formulas() {
        for activation in Activation::ALL {
            let exact = |a: f32| match activation {
                Activation::Linear => a,
                Activation::Tanh => a.tanh(),
                Activation::Relu => a.max(0.0),
                Activation::LeakyRelu => a.max(0.01 * a),
                Activation::Sigmoid => 1.0 / (1.0 + (-a).exp()),
            };
            let mut values = INPUTS;
            activation.apply(&mut values);
            for (value, a) in values.into_iter().zip(INPUTS) {
                assert!((value - exact(a)).abs() < 4e-7, "{activation:?}({a}) = {value}");
            }
        }
    }

    #[test]
    fn derivatives_agree_with_finite_differences() {
        let h = 1e-2;
        for activation in Activation::ALL {
            let (mut outputs, mut above, mut below) =
                (INPUTS, INPUTS.map(|a| a + h / 2.0), INPUTS.map(|a| a - h / 2.0));
            for values in [&mut outputs, &mut above, &mut below] {
                activation.apply(values);
            }
            let mut deltas = [2.0; INPUTS.len()];
            activation.backpropagate(&outputs, &mut deltas);
            for i in 0..INPUTS.len() {
                let numeric = 2.0 * (above[i] - below[i]) / h;
                assert!((deltas[i] - numeric).abs() < 1e-3, "{activation:?}'({}): {}", INPUTS[i], deltas[i]);
            }
        }
    }

    #[test]
    fn not_a_number_is_never_hidden() {
        for activation in Activation::ALL {
            let mut values = [f32::NAN];
            activation.apply(&mut values);
            assert!(values[0].is_nan(), "{activation:?}");
        }
    }

    #[test]
    fn names_are_read_back() {
        for activation in Activation::ALL {
            assert_eq!(activation.name().parse(), Ok(activation));
        }
        let error = "softmax".parse::<Activation>().unwrap_err().to_string();
        assert!(error.contains("softmax") && error.contains("tanh"), "{error}");
    }
}
