//! The trained network in use, and training for a number of steps: what needs no workspace from the caller.

use ndarray::{Array2, ArrayView2, Axis, Slice};

use super::{StepStats, Trainer};
use crate::data::{Dataset, DatasetError};
use crate::nn::{Network, Workspace};

/// The examples computed at a time, which bounds the memory.
const CHUNK: usize = 64;

/// A function of a batch, such as [`Network::encode`].
type BatchFn = for<'w> fn(&Network, &[f32], ArrayView2<'_, f32>, &'w mut Workspace) -> ArrayView2<'w, f32>;

impl Trainer {
    /// Trains for `steps` steps and calls `progress` with the result of each.
    ///
    /// # Errors
    /// [`DatasetError`] if the dataset is empty, incomplete, or of another width than the network; there is no step then.
    pub fn fit(
        &mut self,
        data: &Dataset,
        steps: u64,
        mut progress: impl FnMut(StepStats),
    ) -> Result<(), DatasetError> {
        data.check(self.network.inputs())?;
        for _ in 0..steps {
            progress(self.step(data).expect("a complete dataset never waits"));
        }
        Ok(())
    }

    /// Computes the codes of examples. A Gaussian code is its posterior mean.
    ///
    /// # Shapes
    /// `examples: [B, I]`, the result `[B, Z]`
    ///
    /// # Panics
    /// If the examples do not have the width of the network.
    pub fn encode(&self, examples: ArrayView2<'_, f32>) -> Array2<f32> {
        self.map(examples, self.network.latent_dim(), Network::encode)
    }

    /// Computes the examples of codes.
    ///
    /// # Shapes
    /// `codes: [B, Z]`, the result `[B, I]`
    ///
    /// # Panics
    /// If the codes do not have the latent dimensions of the network.
    pub fn decode(&self, codes: ArrayView2<'_, f32>) -> Array2<f32> {
        self.map(codes, self.network.outputs(), Network::decode)
    }

    /// Encodes examples and decodes their codes.
    ///
    /// # Shapes
    /// `examples: [B, I]`, the result `[B, I]`
    ///
    /// # Panics
    /// As [`encode`](Self::encode).
    pub fn reconstruct(&self, examples: ArrayView2<'_, f32>) -> Array2<f32> {
        self.map(examples, self.network.outputs(), Network::reconstruct)
    }

    /// Computes the mean squared error per value of the reconstructions of a dataset.
    ///
    /// # Errors
    /// [`DatasetError`] if the dataset is empty, incomplete, or of another width than the network.
    pub fn evaluate(&self, data: &Dataset) -> Result<f32, DatasetError> {
        data.check(self.network.inputs())?;
        let mut workspace = Workspace::new(&self.network, CHUNK);
        let mut batch = Array2::zeros((CHUNK, data.width()));
        let squared = (0..data.len()).step_by(CHUNK).map(|start| {
            let indices = start..data.len().min(start + CHUNK);
            let rows = Slice::from(..indices.len());
            data.fill(&mut batch, indices);
            let images = batch.slice_axis(Axis(0), rows);
            self.network.squared_error(&self.parameters, self.config.loss, images, &mut workspace)
        });
        Ok((squared.sum::<f64>() / (data.len() * data.width()) as f64) as f32)
    }

    /// Computes a function of `rows`, of `columns` columns, in chunks.
    fn map(&self, rows: ArrayView2<'_, f32>, columns: usize, function: BatchFn) -> Array2<f32> {
        let mut workspace = Workspace::new(&self.network, CHUNK.min(rows.nrows()));
        let mut results = Array2::zeros((rows.nrows(), columns));
        let chunks = rows.axis_chunks_iter(Axis(0), CHUNK);
        for (chunk, mut result) in chunks.zip(results.axis_chunks_iter_mut(Axis(0), CHUNK)) {
            let chunk = chunk.as_standard_layout();
            result.assign(&function(&self.network, &self.parameters, chunk.view(), &mut workspace));
        }
        results
    }
}
