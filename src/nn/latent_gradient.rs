//! The gradient of the reconstruction error with respect to the code.

use ndarray::{ArrayView2, Axis, Slice};

use super::arrays::{contiguous, contiguous_mut, first_rows};
use super::{BackwardWorkspace, Network, Workspace};

impl Network {
    /// Decodes codes `z` to images `y` and computes `dE/dz` for each, where `E = 1/O · Σ (y - x)²` is the mean squared error per
    /// pixel against the target `x`.
    ///
    /// # Shapes
    /// `codes: [B, Z]`, `target: [B, O]`, the result `[B, Z]`
    ///
    /// # Panics
    /// If the shapes disagree with the network, or `B` exceeds the capacity of either workspace.
    pub fn latent_gradient<'w>(
        &self,
        parameters: &[f32],
        codes: ArrayView2<'_, f32>,
        target: ArrayView2<'_, f32>,
        workspace: &mut Workspace,
        backward: &'w mut BackwardWorkspace,
    ) -> ArrayView2<'w, f32> {
        let (rows, last) = (codes.nrows(), self.layers.len() - 1);
        let pixels = self.decode(parameters, codes, workspace);
        let scale = 2.0 / self.outputs() as f32;
        let mut delta = backward.delta(last, rows);
        delta.assign(&pixels);
        delta.zip_mut_with(&target, |d, x| *d = scale * (*d - x));
        self.output_activation.backpropagate(contiguous(&pixels), contiguous_mut(&mut delta));
        for index in (self.code + 1..=last).rev() {
            let BackwardWorkspace { deltas, buffers, d_z, .. } = &mut *backward;
            let (below, from_here) = deltas.split_at_mut(index);
            let mut delta = first_rows(&mut from_here[0], rows);
            let output = workspace.output(index);
            let layer = &self.layers[index];
            layer.activation.backpropagate(contiguous(&output), contiguous_mut(&mut delta));
            // The layer of a Gaussian code has 2Z outputs, the decoder Z inputs.
            let is_gaussian = self.gaussian_layer() == Some(index - 1);
            let d_input = if is_gaussian { d_z } else { &mut below[index - 1] };
            layer.backward_to_input(parameters, delta.view(), first_rows(d_input, rows), buffers);
        }
        let d_code =
            if self.gaussian_layer().is_some() { &backward.d_z } else { &backward.deltas[self.code] };
        d_code.slice_axis(Axis(0), Slice::from(..rows))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;
    use crate::nn::{Init, Loss, NetworkSpec, WeightInit};

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        for (text, loss) in [
            ("12 9t 2 9t 12", Loss::MeanSquared),
            ("12 9t 3 7s 9t 12s", Loss::MeanSquared),
            ("12 9t 2 9t 12s", Loss::BinaryCrossEntropy),
            ("12 9t 2 12", Loss::HalfSumSquared),
            ("12 9t 12*", Loss::MeanSquared),
            ("12 9t 3~ 7t 12", Loss::MeanSquared),
        ] {
            let spec: NetworkSpec = text.parse().unwrap();
            let network = Network::new(&spec, loss).unwrap();
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
            let parameters = network.init(&Init { weight: WeightInit::GlorotUniform, bias: 0.1 }, &mut rng);
            let mut random =
                |columns| Array2::from_shape_simple_fn((5, columns), || rng.random_range(-1.0..1.0));
            let (mut codes, target) = (random(network.latent_dim()), random(network.outputs()));
            let mut workspace = Workspace::new(&network, 8);
            let mut backward = BackwardWorkspace::new(&network, 8);
            let gradient = network
                .latent_gradient(&parameters, codes.view(), target.view(), &mut workspace, &mut backward)
                .to_owned();
            let mut error = |codes: &Array2<f32>, row: usize| {
                let pixels = network.decode(&parameters, codes.view(), &mut workspace);
                let squared = pixels.row(row).into_iter().zip(target.row(row)).map(|(y, x)| (y - x).powi(2));
                squared.sum::<f32>() / network.outputs() as f32
            };
            for (row, z) in (0..5).flat_map(|row| (0..network.latent_dim()).map(move |z| (row, z))) {
                let (original, h) = (codes[[row, z]], 4e-3);
                let [above, below] = [original + h, original - h].map(|value| {
                    codes[[row, z]] = value;
                    error(&codes, row)
                });
                codes[[row, z]] = original;
                let numeric = (above - below) / (2.0 * h);
                assert!(
                    (gradient[[row, z]] - numeric).abs() < 1e-3,
                    "{text}: {}, not {numeric}",
                    gradient[[row, z]]
                );
            }
        }
    }
}
