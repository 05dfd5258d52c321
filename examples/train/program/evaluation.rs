//! The network on the test digits.

use bottleneck::data::{Dataset, PIXELS};
use bottleneck::nn::{Target, Workspace};
use bottleneck::train::Trainer;
use ndarray::{Array2, Axis, Slice};

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

/// The error of the network on the test digits.
#[derive(Clone, Copy)]
pub struct TestError {
    /// The loss, in the units of the training loss.
    pub loss: f64,
    /// The mean squared error per pixel.
    pub mse: f64,
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
    pub fn reconstruct(&self, trainer: &Trainer) -> Reconstructions {
        let shown = Slice::from(..SHOWN.min(self.images.nrows()));
        let input = self.images.slice_axis(Axis(0), shown).to_owned();
        let latent = trainer.encode(input.view());
        Reconstructions { output: trainer.decode(latent.view()), input, latent }
    }

    /// Computes the mean squared error per pixel of each digit.
    pub fn errors(&self, trainer: &Trainer) -> Vec<f32> {
        let chunks = self.images.axis_chunks_iter(Axis(0), BATCH);
        let errors = chunks.flat_map(|images| {
            let outputs = trainer.reconstruct(images);
            let squares = (&outputs - &images).mapv_into(|difference| difference * difference);
            squares.mean_axis(Axis(1)).expect("a digit has pixels").to_vec()
        });
        errors.collect()
    }

    /// Encodes all digits: `[N, Z]`.
    pub fn latent(&self, trainer: &Trainer) -> Array2<f32> {
        trainer.encode(self.images.view())
    }

    /// Computes the mean loss and the mean squared error per pixel over all digits.
    pub fn evaluate(&mut self, trainer: &Trainer) -> TestError {
        let (network, parameters) = (trainer.network(), trainer.parameters());
        let mut mean = TestError { loss: 0.0, mse: 0.0 };
        for images in self.images.axis_chunks_iter(Axis(0), BATCH) {
            let value =
                network.loss(parameters, trainer.config().loss, images, Target::Input, &mut self.workspace);
            let weight = images.nrows() as f64 / self.images.nrows() as f64;
            mean.loss += weight * f64::from(value.loss);
            mean.mse += weight * f64::from(value.mse);
        }
        mean
    }
}
