//! What the network makes of a few images or points, for the views.

use ndarray::{Array2, ArrayView2, Axis, Slice};

use crate::data::{Dataset, PIXELS};
use crate::nn::{Network, Workspace};

/// Test digits that are shown above their reconstructions.
pub const SHOWN: usize = 50;

/// The memory for decoding and reconstructing up to [`SHOWN`] images at a time.
#[derive(Debug)]
pub struct Display {
    input: Array2<f32>,
    latent: Array2<f32>,
    workspace: Workspace,
}

impl Display {
    /// Takes the memory for `network`.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        Self {
            input: Array2::zeros((SHOWN, PIXELS)),
            latent: Array2::zeros((SHOWN, network.latent())),
            workspace: Workspace::new(network, SHOWN),
        }
    }

    /// Draws the images at `places`.
    ///
    /// # Shapes
    /// The result is `[B, 784]`, row after row, for at most the first [`SHOWN`] places.
    pub fn decode(
        &mut self,
        network: &Network,
        parameters: &[f32],
        places: impl Iterator<Item = [f32; 2]>,
    ) -> &[f32] {
        let mut count = 0;
        for (place, mut row) in places.zip(self.latent.rows_mut()) {
            row.iter_mut().zip(place).for_each(|(z, coordinate)| *z = coordinate);
            count += 1;
        }
        let latent = self.latent.slice_axis(Axis(0), Slice::from(..count));
        contiguous(network.decode(parameters, latent, &mut self.workspace))
    }

    /// Encodes and decodes the images of `indices`.
    ///
    /// # Shapes
    /// The result is `[B, 784]`, row after row.
    ///
    /// # Panics
    /// If there are more than [`SHOWN`], or one is not there.
    pub fn reconstruct(
        &mut self,
        network: &Network,
        parameters: &[f32],
        dataset: &Dataset,
        indices: std::ops::Range<usize>,
    ) -> &[f32] {
        let count = indices.len();
        dataset.fill(&mut self.input, indices);
        let input = self.input.slice_axis(Axis(0), Slice::from(..count));
        contiguous(network.reconstruct(parameters, input, &mut self.workspace))
    }
}

fn contiguous(images: ArrayView2<'_, f32>) -> &[f32] {
    images.to_slice().expect("outputs are contiguous")
}
