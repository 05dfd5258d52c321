//! One dense layer: its shape and its place among the parameters.

use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};

use super::Activation;
use super::matmul::Packing;
use super::sparse::Sparse;

/// A dense layer `y = f(x W + b)`.
///
/// It holds no numbers: weight and bias lie in the parameters that each method is given, see [`nn`](super).
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
    /// Where the weight begins among the parameters.
    pub offset: usize,
}

/// What a layer is given: `[B, I]`.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    /// All of it.
    Dense(ArrayView2<'a, f32>),
    /// What is not zero in it: by rows going forward, by columns going backward.
    Sparse(&'a Sparse),
}

impl Dense {
    /// The places of the weight `[I, O]` among the parameters.
    #[must_use]
    pub fn weight_range(&self) -> Range<usize> {
        self.offset..self.offset + self.inputs * self.outputs
    }

    /// The places of the bias `[O]` among the parameters.
    #[must_use]
    pub fn bias_range(&self) -> Range<usize> {
        let start = self.weight_range().end;
        start..start + self.outputs
    }

    /// The places of weight and bias together.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.offset..self.bias_range().end
    }

    /// The weight `[I, O]` and the bias `[O]`.
    ///
    /// # Panics
    /// If `parameters` end before this layer does.
    #[must_use]
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
        packing: &mut Packing,
    ) {
        let (weight, bias) = self.view(parameters);
        match input {
            Input::Dense(input) => packing.product(input, weight, Some(bias), output.view_mut()),
            Input::Sparse(rows) => rows.product(weight, Some(bias), output.view_mut()),
        }
        self.activation.apply(output.as_slice_mut().expect("outputs are contiguous"));
    }

    /// Computes the gradients of this layer's parameters, given that of its output.
    ///
    /// `delta` holds `dL/dy` when called and `D = dL/da` after it, `a = x W + b` being the pre-activation. With it
    /// `dL/dW = xᵀ D` and `dL/db = Σ_B D` are written to this layer's places in `gradients`.
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
        packing: &mut Packing,
    ) {
        self.activation.backpropagate(
            output.to_slice().expect("outputs are contiguous"),
            delta.as_slice_mut().expect("deltas are contiguous"),
        );
        let (d_weight, d_bias) = gradients[self.range()].split_at_mut(self.inputs * self.outputs);
        let d_weight =
            ArrayViewMut2::from_shape((self.inputs, self.outputs), d_weight).expect("the range is I·O long");
        match input {
            Input::Dense(input) => packing.product(input.t(), delta.view(), None, d_weight),
            Input::Sparse(columns) => columns.product(delta.view(), None, d_weight),
        }
        d_bias.fill(0.0);
        for row in delta.rows() {
            let row = row.to_slice().expect("deltas are contiguous");
            d_bias.iter_mut().zip(row).for_each(|(sum, d)| *sum += d);
        }
    }

    /// Computes the gradient `dL/dx = D Wᵀ` of this layer's input, given `D = dL/da` as [`backward`](Self::backward)
    /// leaves it.
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
        packing: &mut Packing,
    ) {
        packing.product(delta, self.view(parameters).0.t(), None, d_input);
    }
}
