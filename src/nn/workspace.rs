//! A batch's intermediate arrays, allocated once.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};

use super::Network;

/// The outputs of every layer for one batch, and the gradients of the loss with respect to them.
///
/// It is made for a network and a largest batch; a smaller batch uses its first rows.
#[derive(Clone, Debug)]
pub struct Workspace {
    capacity: usize,
    pub(super) layers: Vec<LayerArrays>,
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
        Self { capacity, layers }
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
