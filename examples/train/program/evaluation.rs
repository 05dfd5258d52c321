//! The network on the test digits.

use bottleneck::data::{Dataset, PIXELS};
use bottleneck::nn::{Target, Workspace};
use bottleneck::train::Trainer;
use ndarray::{Array2, ArrayView2, Axis, Slice};

/// The digits in a batch.
const BATCH: usize = 250;

/// The digits that are shown during training: five rows of ten.
pub const SHOWN: usize = 50;

/// The first test digits and their reconstructions.
pub struct Reconstructions {
    /// The digits, `[B, 784]`.
    pub input: Array2<f32>,
    /// Their codes, `[B, Z]`.
    pub latent: Array2<f32>,
    /// Their reconstructions, `[B, 784]`.
    pub output: Array2<f32>,
}

/// The test digits as inputs of the network.
pub struct TestDigits {
    images: Array2<f32>,
    workspace: Workspace,
}

impl TestDigits {
    pub fn new(dataset: &Dataset, trainer: &Trainer) -> Self {
        let mut images = Array2::zeros((dataset.len(), PIXELS));
        dataset.fill(&mut images, 0..dataset.len());
        Self { images, workspace: Workspace::new(trainer.network(), BATCH) }
    }

    /// Reconstructs the first [`SHOWN`] digits.
    pub fn reconstruct(&mut self, trainer: &Trainer) -> Reconstructions {
        let latent = self.latent(trainer, SHOWN);
        let input = self.images.slice_axis(Axis(0), Slice::from(..latent.nrows())).to_owned();
        Reconstructions { output: self.decode(trainer, &latent), input, latent }
    }

    /// Computes the mean squared error per pixel over all digits.
    pub fn mse(&mut self, trainer: &Trainer) -> f64 {
        let (network, parameters) = (trainer.network(), trainer.parameters());
        let squared = |images: ArrayView2<'_, f32>| {
            let value =
                network.loss(parameters, trainer.config().loss, images, Target::Input, &mut self.workspace);
            f64::from(value.mse) * images.nrows() as f64
        };
        let sum: f64 = self.images.axis_chunks_iter(Axis(0), BATCH).map(squared).sum();
        sum / self.images.nrows() as f64
    }

    /// Encodes the first `count` digits: `[count, Z]`.
    pub fn latent(&mut self, trainer: &Trainer, count: usize) -> Array2<f32> {
        let (network, parameters) = (trainer.network(), trainer.parameters());
        let mut latent = Array2::zeros((count.min(self.images.nrows()), network.latent_dim()));
        let chunks = latent.axis_chunks_iter_mut(Axis(0), BATCH);
        for (mut latent, images) in chunks.zip(self.images.axis_chunks_iter(Axis(0), BATCH)) {
            let images = images.slice_axis(Axis(0), Slice::from(..latent.nrows()));
            latent.assign(&network.encode(parameters, images, &mut self.workspace));
        }
        latent
    }

    /// Decodes `[count, Z]` to `[count, 784]`.
    pub fn decode(&mut self, trainer: &Trainer, latent: &Array2<f32>) -> Array2<f32> {
        let mut digits = Array2::zeros((latent.nrows(), PIXELS));
        let chunks = digits.axis_chunks_iter_mut(Axis(0), BATCH);
        for (mut digits, latent) in chunks.zip(latent.axis_chunks_iter(Axis(0), BATCH)) {
            digits.assign(&trainer.network().decode(trainer.parameters(), latent, &mut self.workspace));
        }
        digits
    }
}
