//! The pull on a code: how the error of its image changes with the numbers of the code.

use ndarray::{ArrayView2, Axis, Slice};

use super::{BackwardWorkspace, Network, Workspace};

impl Network {
    /// Decodes codes and computes `dE/dz` for each: `E = 1/O · Σ (y - x)²` is the mean squared error per pixel of the image
    /// `y` at `z` against `x`. Only the decoder is run, forward and back; parameters have no part in it.
    ///
    /// # Shapes
    /// `code: [B, Z]`, `target: [B, O]`, the result `[B, Z]`
    ///
    /// # Panics
    /// If the shapes disagree with the network, or `B` exceeds the capacity of either workspace.
    pub fn latent_gradient<'w>(
        &self,
        parameters: &[f32],
        code: ArrayView2<'_, f32>,
        target: ArrayView2<'_, f32>,
        workspace: &mut Workspace,
        backward: &'w mut BackwardWorkspace,
    ) -> ArrayView2<'w, f32> {
        let (rows, last) = (code.nrows(), self.layers.len() - 1);
        let pixels = self.decode(parameters, code, workspace);
        let scale = 2.0 / self.outputs() as f32;
        let mut delta = backward.delta(last, rows);
        delta.assign(&pixels);
        delta.zip_mut_with(&target, |d, x| *d = scale * (*d - x));
        let pixels = pixels.to_slice().expect("outputs are contiguous");
        self.read_out.backpropagate(pixels, delta.as_slice_mut().expect("deltas are contiguous"));
        for index in (self.code + 1..=last).rev() {
            let BackwardWorkspace { deltas, packing, d_code, .. } = &mut *backward;
            let (below, from_here) = deltas.split_at_mut(index);
            let mut delta = from_here[0].slice_axis_mut(Axis(0), Slice::from(..rows));
            let output = workspace.output(index);
            let layer = &self.layers[index];
            layer.activation.backpropagate(
                output.to_slice().expect("outputs are contiguous"),
                delta.as_slice_mut().expect("deltas are contiguous"),
            );
            // The layer of a Gaussian code gives more numbers than the decoder takes.
            let is_drawn = self.gaussian() == Some(index - 1);
            let d_input = if is_drawn { d_code } else { &mut below[index - 1] };
            let d_input = d_input.slice_axis_mut(Axis(0), Slice::from(..rows));
            layer.backward_to_input(parameters, delta.view(), d_input, packing);
        }
        let d_code = if self.gaussian().is_some() { &backward.d_code } else { &backward.deltas[self.code] };
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
    fn it_agrees_with_finite_differences_whatever_the_decoder_and_its_read_out() {
        for (text, loss) in [
            ("12 9t 2 9t 12", Loss::MeanSquared),
            ("12 9t 3 7s 9t 12s", Loss::MeanSquared),
            ("12 9t 2 9t 12s", Loss::BinaryCrossEntropy),
            ("12 9t 2 12", Loss::HalfSumSquared),
            ("12 9t 12*", Loss::MeanSquared),
            ("12 9t 3~ 7t 12", Loss::MeanSquared),
        ] {
            let spec: NetworkSpec = text.parse().unwrap();
            let network = Network::new(&spec, loss);
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
            let parameters = network.init(&Init { weight: WeightInit::GlorotUniform, bias: 0.1 }, &mut rng);
            let mut random =
                |columns| Array2::from_shape_simple_fn((5, columns), || rng.random_range(-1.0..1.0));
            let (mut code, target) = (random(network.latent_dim()), random(network.outputs()));
            let mut workspace = Workspace::new(&network, 8);
            let mut backward = BackwardWorkspace::new(&network, 8);
            let found = network
                .latent_gradient(&parameters, code.view(), target.view(), &mut workspace, &mut backward)
                .to_owned();
            let mut error = |code: &Array2<f32>, row: usize| {
                let pixels = network.decode(&parameters, code.view(), &mut workspace);
                let squared = pixels.row(row).into_iter().zip(target.row(row)).map(|(y, x)| (y - x).powi(2));
                squared.sum::<f32>() / network.outputs() as f32
            };
            for (row, z) in (0..5).flat_map(|row| (0..network.latent_dim()).map(move |z| (row, z))) {
                let (kept, h) = (code[[row, z]], 4e-3);
                let [above, below] = [kept + h, kept - h].map(|number| {
                    code[[row, z]] = number;
                    error(&code, row)
                });
                code[[row, z]] = kept;
                let numeric = (above - below) / (2.0 * h);
                assert!(
                    (found[[row, z]] - numeric).abs() < 1e-3,
                    "{text}: {}, not {numeric}",
                    found[[row, z]]
                );
            }
        }
    }
}
