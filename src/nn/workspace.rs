//! A batch's intermediate arrays, allocated once.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};

use super::Network;
use super::dense::Input;
use super::kernel::Packing;
use super::sparse::Sparse;

/// The outputs of every layer for one batch, and the gradients of the loss with respect to them.
///
/// It is made for a network and a largest batch; a smaller batch uses its first rows.
#[derive(Clone, Debug)]
pub struct Workspace {
    capacity: usize,
    pub(super) layers: Vec<LayerArrays>,
    pub(super) packing: Packing,
    pub(super) input: SparseInput,
}

/// The first layer's input as lists of what is not zero in it.
#[derive(Clone, Debug)]
pub(super) struct SparseInput {
    rows: Sparse,
    columns: Sparse,
    in_use: bool,
}

impl SparseInput {
    fn new(capacity: usize, inputs: usize) -> Self {
        Self { rows: Sparse::new(capacity, inputs), columns: Sparse::new(inputs, capacity), in_use: false }
    }

    /// Reads an input, and finds out whether it is worth it.
    pub(super) fn read(&mut self, input: ArrayView2<'_, f32>) {
        self.in_use = self.rows.read(input);
    }

    /// Makes ready for the backward pass of what was read last.
    pub(super) fn transpose(&mut self) {
        if self.in_use {
            self.rows.transpose_into(&mut self.columns);
        }
    }

    /// What was read last, in the form in which it is best multiplied.
    pub(super) fn best<'a>(&'a self, input: ArrayView2<'a, f32>) -> Input<'a> {
        if self.in_use {
            Input::Sparse { rows: &self.rows, columns: &self.columns }
        } else {
            Input::Dense(input)
        }
    }
}

/// What [`Workspace`] holds for a layer.
#[derive(Clone, Debug)]
pub(super) struct LayerArrays {
    /// `y: [B, O]`
    output: Array2<f32>,
    /// `dL/dy`, and from the layer's backward pass on `dL/da`: `[B, O]`
    delta: Array2<f32>,
}

impl Workspace {
    /// Takes the memory for batches of up to `capacity` examples.
    #[must_use]
    pub fn new(network: &Network, capacity: usize) -> Self {
        let layers = network
            .layers()
            .iter()
            .map(|layer| LayerArrays {
                output: Array2::zeros((capacity, layer.outputs)),
                delta: Array2::zeros((capacity, layer.outputs)),
            })
            .collect();
        let shapes = network.layers().iter().flat_map(|layer| {
            let (inputs, outputs) = (layer.inputs, layer.outputs);
            [(capacity, inputs), (inputs, capacity), (capacity, outputs)]
        });
        let packing = Packing::new(shapes);
        Self { capacity, layers, packing, input: SparseInput::new(capacity, network.inputs()) }
    }

    /// The most examples that a batch may have.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

impl LayerArrays {
    /// The output of the first `rows` examples.
    pub(super) fn output(&self, rows: usize) -> ArrayView2<'_, f32> {
        self.output.slice_axis(Axis(0), Slice::from(..rows))
    }

    /// The output of the first `rows` examples, to be written.
    pub(super) fn output_mut(&mut self, rows: usize) -> ArrayViewMut2<'_, f32> {
        self.output.slice_axis_mut(Axis(0), Slice::from(..rows))
    }

    /// The output of the first `rows` examples, and their gradient to be written.
    pub(super) fn output_and_delta(&mut self, rows: usize) -> (ArrayView2<'_, f32>, ArrayViewMut2<'_, f32>) {
        let rows = Slice::from(..rows);
        (self.output.slice_axis(Axis(0), rows), self.delta.slice_axis_mut(Axis(0), rows))
    }
}
