//! A batch's intermediate arrays, allocated once: those of a forward pass, and those that only training needs.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};

use super::gram::Gram;
use super::matmul::Packing;
use super::sparse::Sparse;
use super::{Dense, Network, code};

/// The outputs of every layer for one batch, and what a forward pass needs beside them.
///
/// It is made for a network and a largest batch; a smaller batch uses its first rows.
#[derive(Clone, Debug)]
pub struct Workspace {
    capacity: usize,
    pub(super) layers: Vec<LayerOutput>,
    pub(super) packing: Packing,
    pub(super) input: SparseInput,
    /// Of a network with a Gaussian code, what the decoder was given.
    pub(super) sampled: Option<Sampled>,
}

/// The gradients of the loss with respect to the outputs of every layer, and what a backward pass needs beside them.
///
/// It goes with a [`Workspace`] for the same network.
#[derive(Clone, Debug)]
pub struct BackwardWorkspace {
    capacity: usize,
    /// Of each layer `dL/dy`, and from its backward pass on `dL/da`: `[B, O]`.
    pub(super) deltas: Vec<Array2<f32>>,
    pub(super) packing: Packing,
    /// The first layer's input by columns.
    pub(super) columns: Sparse,
    /// Of what the decoder was given by a Gaussian code `dL/dz`: `[B, Z]`.
    pub(super) d_code: Array2<f32>,
    /// What trains the last layer without its outputs, where that can be.
    pub(super) gram: Option<Gram>,
}

impl Workspace {
    /// Takes the memory for batches of up to `capacity` examples.
    #[must_use]
    pub fn new(network: &Network, capacity: usize) -> Self {
        let layers = network.layers();
        Self {
            capacity,
            layers: layers.iter().map(|layer| LayerOutput::new(capacity, layer.outputs)).collect(),
            packing: Packing::new(forward_shapes(layers, capacity)),
            input: SparseInput { rows: Sparse::new(capacity, network.inputs()), in_use: false },
            sampled: network.gaussian().map(|layer| Sampled {
                layer,
                code: LayerOutput::new(capacity, network.latent_dim()),
                noise: Array2::zeros((capacity, network.latent_dim())),
            }),
        }
    }

    /// How many bytes [`new`](Self::new) takes, at most `usize::MAX`.
    #[must_use]
    pub fn bytes(network: &Network, capacity: usize) -> usize {
        let layers = network.layers();
        array_bytes(layers, capacity)
            .saturating_add(layers.len() * size_of::<LayerOutput>())
            .saturating_add(Packing::bytes(forward_shapes(layers, capacity)))
            .saturating_add(Sparse::bytes(capacity, network.inputs()))
            .saturating_add(code_bytes(network, capacity).saturating_mul(2))
    }

    /// The most examples that a batch may have.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The outputs of a layer as the last pass through it left them: of the last layer logits or pixels, whichever that
    /// pass has returned; of a Gaussian code what was given to the decoder, its mean or what was drawn around that.
    ///
    /// # Shapes
    /// `[B, O]` with the examples `B` of that pass; none before the first, nor of the last layer after a pass that did without,
    /// see [`Network::loss_and_gradients`]
    ///
    /// # Panics
    /// If there is no such layer.
    #[must_use]
    pub fn output(&self, layer: usize) -> ArrayView2<'_, f32> {
        match &self.sampled {
            Some(sampled) if sampled.layer == layer => sampled.code.view(),
            _ => self.layers[layer].view(),
        }
    }

    /// The mean and the log-variance of a Gaussian code, as the last pass through its layer left them; nothing for a code that
    /// is a point.
    ///
    /// # Shapes
    /// `[B, 2Z]`, a row being the means before the logarithms
    #[must_use]
    pub fn moments(&self) -> Option<ArrayView2<'_, f32>> {
        Some(self.layers[self.sampled.as_ref()?.layer].view())
    }

    /// The noise `ε` by which a Gaussian code is drawn in the passes to come that compute a loss, to be written by the caller from
    /// `N(0, I)`. It stays as it is until it is written again, and begins as zero, with which the code is its mean. Empty for a
    /// code that is a point.
    ///
    /// # Shapes
    /// `[B, Z]` for a batch of `rows` examples, row-major
    ///
    /// # Panics
    /// If there are more rows than the capacity.
    pub fn noise_mut(&mut self, rows: usize) -> &mut [f32] {
        let Some(Sampled { noise, .. }) = &mut self.sampled else { return &mut [] };
        let width = noise.ncols();
        &mut noise.as_slice_mut().expect("a standard array is contiguous")[..rows * width]
    }
}

impl BackwardWorkspace {
    /// Takes the memory for batches of up to `capacity` examples.
    #[must_use]
    pub fn new(network: &Network, capacity: usize) -> Self {
        let layers = network.layers();
        Self {
            capacity,
            deltas: layers.iter().map(|layer| Array2::zeros((capacity, layer.outputs))).collect(),
            packing: Packing::new(backward_shapes(network, capacity)),
            columns: Sparse::new(network.inputs(), capacity),
            d_code: Array2::zeros((capacity, network.gaussian().map_or(0, |_| network.latent_dim()))),
            gram: network.linear_output_layer().map(|layer| Gram::new(layer, capacity)),
        }
    }

    /// How many bytes [`new`](Self::new) takes, at most `usize::MAX`.
    #[must_use]
    pub fn bytes(network: &Network, capacity: usize) -> usize {
        let layers = network.layers();
        array_bytes(layers, capacity)
            .saturating_add(layers.len() * size_of::<Array2<f32>>())
            .saturating_add(Packing::bytes(backward_shapes(network, capacity)))
            .saturating_add(network.linear_output_layer().map_or(0, |layer| Gram::bytes(layer, capacity)))
            .saturating_add(Sparse::bytes(network.inputs(), capacity))
            .saturating_add(code_bytes(network, capacity))
    }

    /// The most examples that a batch may have.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The gradient of a layer's output, to be written.
    pub(super) fn delta(&mut self, layer: usize, rows: usize) -> ArrayViewMut2<'_, f32> {
        self.deltas[layer].slice_axis_mut(Axis(0), Slice::from(..rows))
    }

    /// Lists by columns what was read by rows, if it is sparse.
    pub(super) fn transpose(&mut self, input: &SparseInput) {
        if input.in_use {
            input.rows.transpose_into(&mut self.columns);
        }
    }
}

/// What [`Workspace`] holds for a Gaussian code.
#[derive(Clone, Debug)]
pub(super) struct Sampled {
    /// The layer that gives its moments.
    pub(super) layer: usize,
    /// `z: [B, Z]`
    pub(super) code: LayerOutput,
    /// `ε: [B, Z]`
    noise: Array2<f32>,
}

impl Sampled {
    /// The noise of the first `rows` examples.
    pub(super) fn noise(&self, rows: usize) -> &[f32] {
        &self.noise.as_slice().expect("a standard array is contiguous")[..rows * self.noise.ncols()]
    }

    /// Makes codes of moments `[B, 2Z]`: drawn, or their means.
    pub(super) fn take(&mut self, moments: ArrayView2<'_, f32>, is_drawn: bool) {
        let (rows, width) = (moments.nrows(), self.noise.ncols());
        let moments = moments.to_slice().expect("outputs are contiguous");
        self.code.begin(rows);
        let noise = &self.noise.as_slice().expect("a standard array is contiguous")[..rows * width];
        let mut z = self.code.view_mut();
        let z = z.as_slice_mut().expect("outputs are contiguous");
        if is_drawn {
            code::sample(moments, noise, width, z);
        } else {
            code::mean(moments, width, z);
        }
    }
}

/// Bytes of an array `[B, Z]` for a Gaussian code.
fn code_bytes(network: &Network, capacity: usize) -> usize {
    let numbers = network.gaussian().map_or(0, |_| network.latent_dim()).saturating_mul(capacity);
    numbers.saturating_mul(size_of::<f32>())
}

/// What [`Workspace`] holds for a layer.
#[derive(Clone, Debug)]
pub(super) struct LayerOutput {
    /// `y: [B, O]`
    numbers: Array2<f32>,
    /// The examples of the last pass through the layer.
    rows: usize,
}

impl LayerOutput {
    fn new(capacity: usize, outputs: usize) -> Self {
        Self { numbers: Array2::zeros((capacity, outputs)), rows: 0 }
    }

    /// Makes room for a pass of `rows` examples.
    pub(super) fn begin(&mut self, rows: usize) -> ArrayViewMut2<'_, f32> {
        self.rows = rows;
        self.view_mut()
    }

    pub(super) fn view(&self) -> ArrayView2<'_, f32> {
        self.numbers.slice_axis(Axis(0), Slice::from(..self.rows))
    }

    pub(super) fn view_mut(&mut self) -> ArrayViewMut2<'_, f32> {
        self.numbers.slice_axis_mut(Axis(0), Slice::from(..self.rows))
    }
}

/// The first layer's input as a list of what is not zero in it.
#[derive(Clone, Debug)]
pub(super) struct SparseInput {
    rows: Sparse,
    in_use: bool,
}

impl SparseInput {
    /// Reads an input, and finds out whether it is worth it.
    pub(super) fn read(&mut self, input: ArrayView2<'_, f32>) {
        self.in_use = self.rows.read(input);
    }

    /// Whether what was read last is sparse.
    pub(super) fn is_in_use(&self) -> bool {
        self.in_use
    }

    pub(super) fn rows(&self) -> &Sparse {
        &self.rows
    }
}

/// `(M, K)` of the products `[M, K] [K, N]` of a forward pass.
fn forward_shapes(layers: &[Dense], capacity: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    layers.iter().map(move |layer| (capacity, layer.inputs))
}

/// `(M, K)` of the products `[M, K] [K, N]` of a backward pass.
fn backward_shapes(network: &Network, capacity: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    let layers = network.layers().iter();
    let of_gram =
        network.linear_output_layer().into_iter().flat_map(move |layer| Gram::shapes(layer, capacity));
    layers.flat_map(move |layer| [(layer.inputs, capacity), (capacity, layer.outputs)]).chain(of_gram)
}

/// Bytes of an array `[B, O]` for each layer.
fn array_bytes(layers: &[Dense], capacity: usize) -> usize {
    let numbers = layers.iter().map(|layer| layer.outputs).sum::<usize>().saturating_mul(capacity);
    numbers.saturating_mul(size_of::<f32>())
}
