//! A dense layer: its shape, its range of the parameters, and its forward and backward pass.

use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};

use super::Activation;
use super::arrays::{contiguous, contiguous_mut};
use super::matmul::PackBuffers;
use super::sparse::CsrMatrix;

/// A dense layer `y = f(x W + b)`.
///
/// It owns no parameters: each method is given those of the whole network, see [`nn`](super).
///
/// # Shapes
/// `x: [B, I]`, `W: [I, O]`, `b: [O]`, `y: [B, O]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    /// Inputs, `I`.
    pub inputs: usize,
    /// Outputs, `O`.
    pub outputs: usize,
    /// The activation `f`.
    pub activation: Activation,
    /// Index of the first weight in the parameters.
    pub offset: usize,
}

/// A layer's input `x: [B, I]`.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    Dense(ArrayView2<'a, f32>),
    /// `x` in a forward pass, `xᵀ` in a backward pass.
    Sparse(&'a CsrMatrix),
}

impl Dense {
    /// Returns the range of the weight `[I, O]` in the parameters.
    pub fn weight_range(&self) -> Range<usize> {
        self.offset..self.offset + self.inputs * self.outputs
    }

    /// Returns the range of the bias `[O]` in the parameters.
    pub fn bias_range(&self) -> Range<usize> {
        let start = self.weight_range().end;
        start..start + self.outputs
    }

    /// Returns the range of weight and bias together.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.bias_range().end
    }

    /// Returns the weight `[I, O]` and the bias `[O]`.
    ///
    /// # Panics
    /// If `parameters` end before this layer does.
    pub fn view<'p>(&self, parameters: &'p [f32]) -> (ArrayView2<'p, f32>, ArrayView1<'p, f32>) {
        let (weight, bias) = parameters[self.range()].split_at(self.inputs * self.outputs);
        let weight =
            ArrayView2::from_shape((self.inputs, self.outputs), weight).expect("the range is I·O long");
        (weight, ArrayView1::from(bias))
    }

    /// Computes `y = f(x W + b)`.
    ///
    /// # Shapes
    /// `input: [B, I]`, `output: [B, O]`
    ///
    /// # Panics
    /// If the shapes disagree or an array is not contiguous.
    pub(super) fn forward(
        &self,
        parameters: &[f32],
        input: Input<'_>,
        mut output: ArrayViewMut2<'_, f32>,
        buffers: &mut PackBuffers,
    ) {
        let (weight, bias) = self.view(parameters);
        match input {
            Input::Dense(x) => buffers.matmul(x, weight, Some(bias), output.view_mut()),
            Input::Sparse(x) => x.matmul(weight, Some(bias), output.view_mut()),
        }
        self.activation.apply(contiguous_mut(&mut output));
    }

    /// Computes the gradients of this layer's parameters from that of its output.
    ///
    /// Replaces `dL/dy` in `delta` by `D = dL/da`, where `a = x W + b`, and writes `dL/dW = xᵀ D` and `dL/db = Σ_B D` to this
    /// layer's range of `gradients`.
    ///
    /// # Shapes
    /// `input: [B, I]`; `output`, `delta: [B, O]`; `gradients: [P]`
    ///
    /// # Panics
    /// If the shapes disagree or an array is not contiguous.
    pub(super) fn backward(
        &self,
        input: Input<'_>,
        output: ArrayView2<'_, f32>,
        delta: &mut ArrayViewMut2<'_, f32>,
        gradients: &mut [f32],
        buffers: &mut PackBuffers,
    ) {
        self.activation.backpropagate(contiguous(&output), contiguous_mut(delta));
        let (d_weight, d_bias) = gradients[self.range()].split_at_mut(self.inputs * self.outputs);
        let d_weight =
            ArrayViewMut2::from_shape((self.inputs, self.outputs), d_weight).expect("the range is I·O long");
        match input {
            Input::Dense(x) => buffers.matmul(x.t(), delta.view(), None, d_weight),
            Input::Sparse(x_t) => x_t.matmul(delta.view(), None, d_weight),
        }
        d_bias.fill(0.0);
        for row in contiguous(&delta.view()).chunks_exact(self.outputs) {
            d_bias.iter_mut().zip(row).for_each(|(sum, d)| *sum += d);
        }
    }

    /// Computes the gradient `dL/dx = D Wᵀ` of this layer's input from the `D = dL/da` that [`backward`](Self::backward) left.
    ///
    /// # Shapes
    /// `delta: [B, O]`, `d_input: [B, I]`
    ///
    /// # Panics
    /// If the shapes disagree or an array is not contiguous.
    pub(super) fn backward_to_input(
        &self,
        parameters: &[f32],
        delta: ArrayView2<'_, f32>,
        d_input: ArrayViewMut2<'_, f32>,
        buffers: &mut PackBuffers,
    ) {
        buffers.matmul(delta, self.view(parameters).0.t(), None, d_input);
    }
}
