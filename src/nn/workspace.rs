//! The intermediate arrays of a batch, allocated once: those of a forward pass, and those that only training needs.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};

use super::arrays::{Allocator, contiguous, contiguous_mut, first_rows};
use super::gram::GramOutput;
use super::matmul::PackBuffers;
use super::sparse::CsrMatrix;
use super::{Dense, Network, code};

/// The outputs of every layer for one batch, and the buffers of a forward pass.
///
/// It belongs to a network and has a capacity in examples; a smaller batch uses its first rows.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub(super) layers: Vec<LayerOutput>,
    pub(super) buffers: PackBuffers,
    pub(super) input: SparseInput,
    /// The input of the decoder, if the code is Gaussian.
    pub(super) gaussian: Option<GaussianCode>,
}

/// The gradients of the loss with respect to the outputs of every layer, and the buffers of a backward pass.
///
/// It goes with a [`Workspace`] for the same network.
#[derive(Clone, Debug)]
pub struct BackwardWorkspace {
    /// For each layer `dL/dy`, which its backward pass replaces by `dL/da`: `[B, O]`
    pub(super) deltas: Vec<Array2<f32>>,
    pub(super) buffers: PackBuffers,
    /// The first layer's input transposed: `[I, B]`
    pub(super) input_t: CsrMatrix,
    /// `dL/dz` of a Gaussian code: `[B, Z]`
    pub(super) d_z: Array2<f32>,
    /// The shortcut for the last layer, if its output is linear.
    pub(super) gram: Option<GramOutput>,
}

impl Workspace {
    /// Allocates for batches of up to `capacity` examples.
    pub fn new(network: &Network, capacity: usize) -> Self {
        Allocator::allocate(|allocator| Self::build(network, capacity, allocator))
    }

    /// Returns the number of bytes that [`new`](Self::new) allocates, at most `usize::MAX`.
    pub fn bytes(network: &Network, capacity: usize) -> usize {
        Allocator::count(|allocator| Self::build(network, capacity, allocator))
    }

    fn build(network: &Network, capacity: usize, allocator: &mut Allocator) -> Self {
        let (layers, latent_dim) = (network.layers(), network.latent_dim());
        allocator.add::<LayerOutput>(layers.len());
        let csr = CsrMatrix::new(capacity, network.inputs(), allocator);
        Self {
            layers: layers.iter().map(|layer| LayerOutput::new(capacity, layer.outputs, allocator)).collect(),
            buffers: PackBuffers::new(forward_shapes(layers, capacity), allocator),
            input: SparseInput { csr, is_sparse: false },
            gaussian: network.gaussian_layer().map(|layer| GaussianCode {
                layer,
                z: LayerOutput::new(capacity, latent_dim, allocator),
                noise: allocator.zeros((capacity, latent_dim)),
            }),
        }
    }

    /// Returns the outputs of a layer in the last pass through it. Of the last layer these are logits or pixels, whichever
    /// that pass returned; of a Gaussian code the decoder's input `z`.
    ///
    /// # Shapes
    /// `[B, O]` for the `B` examples of that pass; `[0, O]` before the first pass, and for the last layer after a pass that did
    /// not compute its outputs, see [`Network::loss_and_gradients`]
    ///
    /// # Panics
    /// If the network has no layer with this index.
    pub fn output(&self, layer: usize) -> ArrayView2<'_, f32> {
        match &self.gaussian {
            Some(gaussian) if gaussian.layer == layer => gaussian.z.view(),
            _ => self.layers[layer].view(),
        }
    }

    /// Returns the posterior mean and log-variance of the last pass through the layer of a Gaussian code.
    ///
    /// # Shapes
    /// `[B, 2Z]`, each row the means followed by the log-variances
    pub fn posterior(&self) -> Option<ArrayView2<'_, f32>> {
        Some(self.layers[self.gaussian.as_ref()?.layer].view())
    }

    /// Returns the noise `ε` with which passes that compute a loss sample a Gaussian code, for the caller to fill from
    /// `N(0, I)`. It is kept from pass to pass. Initially it is zero, which makes the code its posterior mean. Empty if the code
    /// is deterministic.
    ///
    /// # Shapes
    /// `[B, Z]` for a batch of `rows` examples, row-major
    ///
    /// # Panics
    /// If `rows` exceeds the capacity.
    pub fn noise_mut(&mut self, rows: usize) -> &mut [f32] {
        let Some(GaussianCode { noise, .. }) = &mut self.gaussian else { return &mut [] };
        let latent_dim = noise.ncols();
        &mut noise.as_slice_mut().expect("a standard array is contiguous")[..rows * latent_dim]
    }
}

impl BackwardWorkspace {
    /// Allocates for batches of up to `capacity` examples.
    pub fn new(network: &Network, capacity: usize) -> Self {
        Allocator::allocate(|allocator| Self::build(network, capacity, allocator))
    }

    /// Returns the number of bytes that [`new`](Self::new) allocates, at most `usize::MAX`.
    pub fn bytes(network: &Network, capacity: usize) -> usize {
        Allocator::count(|allocator| Self::build(network, capacity, allocator))
    }

    fn build(network: &Network, capacity: usize, allocator: &mut Allocator) -> Self {
        let (layers, output_layer) = (network.layers(), network.linear_output_layer());
        allocator.add::<Array2<f32>>(layers.len());
        let gaussian_dim = network.gaussian_layer().map_or(0, |_| network.latent_dim());
        Self {
            deltas: layers.iter().map(|layer| allocator.zeros((capacity, layer.outputs))).collect(),
            buffers: PackBuffers::new(backward_shapes(network, capacity), allocator),
            input_t: CsrMatrix::new(network.inputs(), capacity, allocator),
            d_z: allocator.zeros((capacity, gaussian_dim)),
            gram: output_layer.map(|layer| GramOutput::new(layer, capacity, allocator)),
        }
    }

    /// Returns the gradient of a layer's output, to be written.
    pub(super) fn delta(&mut self, layer: usize, rows: usize) -> ArrayViewMut2<'_, f32> {
        first_rows(&mut self.deltas[layer], rows)
    }

    /// Transposes the first layer's input, if it is sparse.
    pub(super) fn transpose(&mut self, input: &SparseInput) {
        if let Some(csr) = input.get() {
            csr.transpose_into(&mut self.input_t);
        }
    }
}

/// The arrays of a Gaussian code.
#[derive(Clone, Debug)]
pub(super) struct GaussianCode {
    /// Index of the layer that computes the posterior.
    pub(super) layer: usize,
    /// `z: [B, Z]`
    pub(super) z: LayerOutput,
    /// `ε: [B, Z]`
    noise: Array2<f32>,
}

impl GaussianCode {
    /// Returns the noise of the first `rows` examples.
    pub(super) fn noise(&self, rows: usize) -> &[f32] {
        &self.noise.as_slice().expect("a standard array is contiguous")[..rows * self.noise.ncols()]
    }

    /// Computes `z` from a posterior `[B, 2Z]`: a sample, or its mean.
    pub(super) fn update(&mut self, posterior: ArrayView2<'_, f32>, is_sampled: bool) {
        let (rows, latent_dim) = (posterior.nrows(), self.noise.ncols());
        let posterior = contiguous(&posterior);
        let noise = &self.noise.as_slice().expect("a standard array is contiguous")[..rows * latent_dim];
        let mut z = self.z.resize(rows);
        let z = contiguous_mut(&mut z);
        if is_sampled {
            code::sample(posterior, noise, latent_dim, z);
        } else {
            code::mean(posterior, latent_dim, z);
        }
    }
}

/// The outputs of a layer.
#[derive(Clone, Debug)]
pub(super) struct LayerOutput {
    /// `y: [B, O]`
    values: Array2<f32>,
    /// The examples of the last pass through the layer.
    rows: usize,
}

impl LayerOutput {
    fn new(capacity: usize, outputs: usize, allocator: &mut Allocator) -> Self {
        Self { values: allocator.zeros((capacity, outputs)), rows: 0 }
    }

    /// Sets the number of examples and returns their outputs, to be written.
    pub(super) fn resize(&mut self, rows: usize) -> ArrayViewMut2<'_, f32> {
        self.rows = rows;
        self.view_mut()
    }

    pub(super) fn view(&self) -> ArrayView2<'_, f32> {
        self.values.slice_axis(Axis(0), Slice::from(..self.rows))
    }

    pub(super) fn view_mut(&mut self) -> ArrayViewMut2<'_, f32> {
        first_rows(&mut self.values, self.rows)
    }
}

/// The first layer's input as a sparse matrix.
#[derive(Clone, Debug)]
pub(super) struct SparseInput {
    csr: CsrMatrix,
    is_sparse: bool,
}

impl SparseInput {
    /// Reads an input `[B, I]`.
    pub(super) fn read(&mut self, input: ArrayView2<'_, f32>) {
        self.is_sparse = self.csr.read(input);
    }

    /// Returns the input that was read last, unless too few of its values are zero.
    pub(super) fn get(&self) -> Option<&CsrMatrix> {
        self.is_sparse.then_some(&self.csr)
    }
}

/// Returns `(M, K)` of the products `[M, K] [K, N]` of a forward pass.
fn forward_shapes(layers: &[Dense], capacity: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    layers.iter().map(move |layer| (capacity, layer.inputs))
}

/// Returns `(M, K)` of the products `[M, K] [K, N]` of a backward pass.
fn backward_shapes(network: &Network, capacity: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    let layers = network.layers().iter();
    let gram = network.linear_output_layer().into_iter();
    let gram = gram.flat_map(move |layer| GramOutput::shapes(layer, capacity));
    layers.flat_map(move |layer| [(layer.inputs, capacity), (capacity, layer.outputs)]).chain(gram)
}
