//! What the network makes of the held-out digits.

use bottleneck::data::{Dataset, PIXELS};
use bottleneck::nn::Workspace;
use bottleneck::train::Trainer;
use ndarray::{Array2, ArrayView2, Axis, Slice};

/// Images that are looked at at once.
const CHUNK: usize = 250;

/// The digits that are looked at while the network learns: five rows of ten.
pub const SHOWN: usize = 50;

/// The first held-out digits, and what the network makes of them.
pub struct Seen {
    /// The digits: `[B, 784]`.
    pub input: Array2<f32>,
    /// Where they lie: `[B, Z]`.
    pub latent: Array2<f32>,
    /// What is drawn there: `[B, 784]`.
    pub output: Array2<f32>,
}

/// The held-out digits, as the network takes them.
pub struct HeldOut {
    images: Array2<f32>,
    workspace: Workspace,
}

impl HeldOut {
    pub fn new(dataset: &Dataset, trainer: &Trainer) -> Self {
        let mut images = Array2::zeros((dataset.len(), PIXELS));
        dataset.fill(&mut images, 0..dataset.len());
        Self { images, workspace: Workspace::new(trainer.network(), CHUNK) }
    }

    /// Looks at the first [`SHOWN`], or at all if there are fewer.
    pub fn see(&mut self, trainer: &Trainer) -> Seen {
        let latent = self.latent(trainer, SHOWN);
        let input = self.images.slice_axis(Axis(0), Slice::from(..latent.nrows())).to_owned();
        Seen { output: self.decoded(trainer, &latent), input, latent }
    }

    /// Mean squared error per pixel over all of them.
    pub fn mse(&mut self, trainer: &Trainer) -> f64 {
        let (network, parameters) = (trainer.network(), trainer.parameters());
        let squared = |images: ArrayView2<'_, f32>| {
            let value = network.loss(parameters, trainer.config().loss, images, images, &mut self.workspace);
            f64::from(value.mse) * images.nrows() as f64
        };
        let sum: f64 = self.images.axis_chunks_iter(Axis(0), CHUNK).map(squared).sum();
        sum / self.images.nrows() as f64
    }

    /// The latent coordinates of the first `count`: `[count, Z]`.
    pub fn latent(&mut self, trainer: &Trainer, count: usize) -> Array2<f32> {
        let (network, parameters) = (trainer.network(), trainer.parameters());
        let mut latent = Array2::zeros((count.min(self.images.nrows()), network.latent_dim()));
        let chunks = latent.axis_chunks_iter_mut(Axis(0), CHUNK);
        for (mut latent, images) in chunks.zip(self.images.axis_chunks_iter(Axis(0), CHUNK)) {
            let images = images.slice_axis(Axis(0), Slice::from(..latent.nrows()));
            latent.assign(&network.encode(parameters, images, &mut self.workspace));
        }
        latent
    }

    /// What the decoder draws at latent coordinates `[count, Z]`: `[count, 784]`.
    pub fn decoded(&mut self, trainer: &Trainer, latent: &Array2<f32>) -> Array2<f32> {
        let mut digits = Array2::zeros((latent.nrows(), PIXELS));
        let chunks = digits.axis_chunks_iter_mut(Axis(0), CHUNK);
        for (mut digits, latent) in chunks.zip(latent.axis_chunks_iter(Axis(0), CHUNK)) {
            digits.assign(&trainer.network().decode(trainer.parameters(), latent, &mut self.workspace));
        }
        digits
    }
}
