//! Inference for views and background tasks.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis, Slice};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::code::Code;
use super::model_view::ModelView;
use crate::data::{Dataset, PIXELS};
use crate::nn::{BackwardWorkspace, Loss, Network, Workspace};
use crate::train::Corruption;

/// A workspace that encodes, decodes and reconstructs up to [`CAPACITY`](Self::CAPACITY) images at a time.
#[derive(Debug)]
pub struct Inference {
    input: Array2<f32>,
    latent: Array2<f32>,
    workspace: Workspace,
    /// Allocated by the first call of [`latent_gradient`](Self::latent_gradient).
    backward: Option<BackwardWorkspace>,
}

impl Inference {
    /// The most images of a call.
    pub const CAPACITY: usize = 125;

    /// The most images of a call of [`latent_gradient`](Self::latent_gradient).
    pub const MAX_GRADIENTS: usize = 50;

    /// Allocates the workspace for `network`.
    pub fn new(network: &Network) -> Self {
        Self {
            input: Array2::zeros((Self::CAPACITY, PIXELS)),
            latent: Array2::zeros((Self::CAPACITY, network.latent_dim())),
            workspace: Workspace::new(network, Self::CAPACITY),
            backward: None,
        }
    }

    /// Encodes the images of `indices`.
    ///
    /// # Shapes
    /// The result is `[B, Z]`.
    ///
    /// # Panics
    /// As all methods: if there are more than [`CAPACITY`](Self::CAPACITY), an image is missing, or the network is another
    /// than in [`new`](Self::new).
    pub fn encode(
        &mut self,
        model: ModelView<'_>,
        dataset: &Dataset,
        indices: Range<usize>,
    ) -> ArrayView2<'_, f32> {
        let input = fill(&mut self.input, dataset, indices);
        model.network.encode(model.parameters, input, &mut self.workspace)
    }

    /// Decodes codes.
    ///
    /// # Shapes
    /// The result is `[B, 784]`, row after row.
    pub fn decode(&mut self, model: ModelView<'_>, codes: impl Iterator<Item = Code>) -> &[f32] {
        let mut count = 0;
        for (code, mut row) in codes.zip(self.latent.rows_mut()) {
            row.iter_mut().zip(&*code).for_each(|(z, value)| *z = *value);
            count += 1;
        }
        let latent = self.latent.slice_axis(Axis(0), Slice::from(..count));
        contiguous(model.network.decode(model.parameters, latent, &mut self.workspace))
    }

    /// Encodes the images of `indices` and decodes their codes.
    ///
    /// # Shapes
    /// The result is `[B, 784]`, row after row.
    pub fn reconstruct(
        &mut self,
        model: ModelView<'_>,
        dataset: &Dataset,
        indices: impl ExactSizeIterator<Item = usize>,
    ) -> &[f32] {
        let input = fill(&mut self.input, dataset, indices);
        contiguous(model.network.reconstruct(model.parameters, input, &mut self.workspace))
    }

    /// Computes the outputs of a layer for the images of `indices`.
    ///
    /// # Shapes
    /// The result is `[B, O]`.
    pub fn outputs(
        &mut self,
        model: ModelView<'_>,
        dataset: &Dataset,
        indices: Range<usize>,
        layer: usize,
    ) -> ArrayView2<'_, f32> {
        let input = fill(&mut self.input, dataset, indices);
        if layer < model.network.encoder().len() {
            model.network.encode(model.parameters, input, &mut self.workspace);
        } else {
            model.network.reconstruct(model.parameters, input, &mut self.workspace);
        }
        self.workspace.output(layer)
    }

    /// Computes the gradient of the error of each of the images of `indices` with respect to its code, see
    /// [`Network::latent_gradient`].
    ///
    /// # Shapes
    /// The result is `[B, Z]`.
    ///
    /// # Panics
    /// If there are more than [`MAX_GRADIENTS`](Self::MAX_GRADIENTS).
    pub fn latent_gradient(
        &mut self,
        model: ModelView<'_>,
        dataset: &Dataset,
        indices: Range<usize>,
    ) -> ArrayView2<'_, f32> {
        let ModelView { network, parameters, .. } = model;
        let count = indices.len();
        let input = fill(&mut self.input, dataset, indices);
        let code = network.encode(parameters, input, &mut self.workspace);
        self.latent.slice_axis_mut(Axis(0), Slice::from(..count)).assign(&code);
        let code = self.latent.slice_axis(Axis(0), Slice::from(..count));
        let backward =
            self.backward.get_or_insert_with(|| BackwardWorkspace::new(network, Self::MAX_GRADIENTS));
        network.latent_gradient(parameters, code, input, &mut self.workspace, backward)
    }

    /// Reconstructs the images of `indices` from corrupted inputs, which are added to `inputs`. An image is always corrupted in
    /// the same way, so that pictures do not flicker.
    ///
    /// # Shapes
    /// The result and what is added are `[B, 784]`, row after row.
    pub fn reconstruct_corrupted(
        &mut self,
        model: ModelView<'_>,
        dataset: &Dataset,
        indices: Range<usize>,
        corruption: Corruption,
        inputs: &mut Vec<u8>,
    ) -> &[f32] {
        let rows = Slice::from(..indices.len());
        fill(&mut self.input, dataset, indices.clone());
        for (index, mut row) in indices.zip(self.input.rows_mut()) {
            let row = row.as_slice_mut().expect("rows of a standard array are contiguous");
            corruption.apply(row, &mut Xoshiro256PlusPlus::seed_from_u64(index as u64));
            inputs.extend(row.iter().map(|x| (x.clamp(0.0, 1.0) * 255.0 + 0.5) as u8));
        }
        let input = self.input.slice_axis(Axis(0), rows);
        contiguous(model.network.reconstruct(model.parameters, input, &mut self.workspace))
    }

    /// Returns the output of a layer for the first image or code of the last call; none before it.
    pub fn output(&self, layer: usize) -> Option<&[f32]> {
        let output = self.workspace.output(layer);
        let width = output.ncols();
        output.to_slice().filter(|outputs| !outputs.is_empty()).map(|outputs| &outputs[..width])
    }

    /// Returns the posterior of the first image of the last call, means before log-variances, `[2Z]`, if the code is Gaussian.
    pub fn posterior(&self) -> Option<Vec<f32>> {
        let posterior = self.workspace.posterior()?;
        Some(posterior.rows().into_iter().next()?.to_vec())
    }

    /// Computes the squared error of the reconstructions of `indices`, any number of them, summed over their pixels.
    pub fn squared_error(
        &mut self,
        model: ModelView<'_>,
        loss: Loss,
        dataset: &Dataset,
        indices: Range<usize>,
    ) -> f64 {
        let starts = indices.clone().step_by(Self::CAPACITY);
        let error = |start: usize| {
            let part = start..indices.end.min(start + Self::CAPACITY);
            let images = fill(&mut self.input, dataset, part);
            model.network.squared_error(model.parameters, loss, images, &mut self.workspace)
        };
        starts.map(error).sum()
    }
}

/// Computes the mean squared error per pixel of a reconstruction.
// One copy of the loop for all callers.
#[inline(never)]
pub fn pixel_mse(image: &[u8], output: &[f32]) -> f32 {
    let pixels = image.iter().map(|&byte| f32::from(byte) * (1.0 / 255.0));
    pixels.zip(output).map(|(x, y)| (y - x) * (y - x)).sum::<f32>() / PIXELS as f32
}

fn fill<'i>(
    input: &'i mut Array2<f32>,
    dataset: &Dataset,
    indices: impl ExactSizeIterator<Item = usize>,
) -> ArrayView2<'i, f32> {
    let count = indices.len();
    dataset.fill(input, indices);
    input.slice_axis(Axis(0), Slice::from(..count))
}

fn contiguous(images: ArrayView2<'_, f32>) -> &[f32] {
    images.to_slice().expect("outputs are contiguous")
}
