//! The forward pass: through the whole network, the encoder or the decoder.

use std::ops::Range;

use ndarray::ArrayView2;

use super::arrays::{contiguous, contiguous_mut};
use super::dense::Input;
use super::{Activation, Loss, LossValue, Network, Objective, Target, Workspace, code};

impl Network {
    /// Computes the outputs of the last layer as a [`Loss`] takes them: for cross-entropy, logits. A Gaussian code is its
    /// posterior mean.
    ///
    /// # Shapes
    /// `input: [B, I]`, the result `[B, O]`
    ///
    /// # Panics
    /// Like every method: if the shapes disagree with the network, or `B` exceeds the capacity of the workspace.
    pub fn forward<'w>(
        &self,
        parameters: &[f32],
        input: ArrayView2<'_, f32>,
        workspace: &'w mut Workspace,
    ) -> ArrayView2<'w, f32> {
        self.run(0..self.layers.len(), parameters, Some(input), workspace, false)
    }

    /// Computes the codes of images. A Gaussian code is its posterior mean.
    ///
    /// # Shapes
    /// `input: [B, I]`, the result `[B, Z]`
    pub fn encode<'w>(
        &self,
        parameters: &[f32],
        input: ArrayView2<'_, f32>,
        workspace: &'w mut Workspace,
    ) -> ArrayView2<'w, f32> {
        self.run(0..self.code + 1, parameters, Some(input), workspace, false)
    }

    /// Computes the images of codes. If the decoder is empty, these are the codes, through the output activation.
    ///
    /// # Shapes
    /// `codes: [B, Z]`, the result `[B, O]`, in pixels
    pub fn decode<'w>(
        &self,
        parameters: &[f32],
        codes: ArrayView2<'_, f32>,
        workspace: &'w mut Workspace,
    ) -> ArrayView2<'w, f32> {
        if self.decoder().is_empty() {
            workspace.layers[self.code].resize(codes.nrows()).assign(&codes);
        } else {
            self.run(self.code + 1..self.layers.len(), parameters, Some(codes), workspace, false);
        }
        self.pixels(workspace)
    }

    /// Encodes images and decodes their codes.
    ///
    /// # Shapes
    /// `input: [B, I]`, the result `[B, O]`, in pixels
    pub fn reconstruct<'w>(
        &self,
        parameters: &[f32],
        input: ArrayView2<'_, f32>,
        workspace: &'w mut Workspace,
    ) -> ArrayView2<'w, f32> {
        self.forward(parameters, input, workspace);
        self.pixels(workspace)
    }

    /// Computes the loss of a batch. A Gaussian code is sampled with the noise in
    /// [`noise_mut`](Workspace::noise_mut).
    ///
    /// # Shapes
    /// `input: [B, I]`
    ///
    /// # Panics
    /// Like every method, and if one of `objective` and the loss the network was made for takes logits and the other does not.
    pub fn loss<'a>(
        &self,
        parameters: &[f32],
        objective: impl Into<Objective>,
        input: ArrayView2<'a, f32>,
        target: Target<'a>,
        workspace: &mut Workspace,
    ) -> LossValue {
        let objective = objective.into();
        self.check_loss(objective.loss);
        let outputs = self.run(0..self.layers.len(), parameters, Some(input), workspace, true);
        let value = objective.loss.value(outputs, target.view(input));
        self.with_kl(value, objective, workspace)
    }

    /// Computes the squared error of the reconstructions of `images`, summed over pixels and examples, so that a dataset can be
    /// evaluated batch by batch. A Gaussian code is sampled as by [`loss`](Self::loss).
    ///
    /// # Shapes
    /// `images: [B, I]`
    pub(crate) fn squared_error(
        &self,
        parameters: &[f32],
        loss: Loss,
        images: ArrayView2<'_, f32>,
        workspace: &mut Workspace,
    ) -> f64 {
        self.check_loss(loss);
        loss.squared_error(self.run(0..self.layers.len(), parameters, Some(images), workspace, true), images)
    }

    /// Adds the KL of the last pass's Gaussian code to a loss.
    pub(super) fn with_kl(&self, value: LossValue, objective: Objective, workspace: &Workspace) -> LossValue {
        let Some(posterior) = workspace.posterior() else { return value };
        let kl = code::kl(contiguous(&posterior), self.latent_dim());
        LossValue { loss: value.loss + objective.kl_weight(self.outputs()) * kl, kl, ..value }
    }

    /// Panics if one of `loss` and the loss the network was made for takes logits and the other does not.
    pub(super) fn check_loss(&self, loss: Loss) {
        let has_logits = self.output_activation != Activation::Linear;
        assert_eq!(loss.takes_logits(), has_logits, "the network was made for another loss");
    }

    /// Runs the layers of `range` on `input`, or on the last pass's output of the layer before them, and returns the output of
    /// the last of them. A Gaussian code is sampled, or its posterior mean.
    pub(super) fn run<'w>(
        &self,
        range: Range<usize>,
        parameters: &[f32],
        mut input: Option<ArrayView2<'_, f32>>,
        workspace: &'w mut Workspace,
        is_sampled: bool,
    ) -> ArrayView2<'w, f32> {
        let last = range.end - 1;
        if let (0, Some(input)) = (range.start, input) {
            workspace.input.read(input);
        }
        let Workspace { layers, buffers, input: sparse_input, gaussian, .. } = &mut *workspace;
        for index in range {
            let (before, from_here) = layers.split_at_mut(index);
            let x = input.take().unwrap_or_else(|| match gaussian {
                Some(gaussian) if gaussian.layer + 1 == index => gaussian.z.view(),
                _ => before[index - 1].view(),
            });
            let output = from_here[0].resize(x.nrows());
            let layer_input = match sparse_input.get() {
                Some(csr) if index == 0 => Input::Sparse(csr),
                _ => Input::Dense(x),
            };
            self.layers[index].forward(parameters, layer_input, output, buffers);
            if let Some(gaussian) = gaussian.as_mut().filter(|gaussian| gaussian.layer == index) {
                gaussian.update(from_here[0].view(), is_sampled);
            }
        }
        workspace.output(last)
    }

    /// Applies the output activation to the outputs of the last layer.
    fn pixels<'w>(&self, workspace: &'w mut Workspace) -> ArrayView2<'w, f32> {
        let last = workspace.layers.last_mut().expect("a network has layers");
        self.output_activation.apply(contiguous_mut(&mut last.view_mut()));
        last.view()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{BackwardWorkspace, CodeKind, Init, NetworkSpec, WeightInit};
    use ndarray::{Array2, Axis, Slice};
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    const INIT: Init = Init { weight: WeightInit::GlorotUniform, bias: 0.1 };

    fn random(rng: &mut Xoshiro256PlusPlus, rows: usize, columns: usize) -> Array2<f32> {
        Array2::from_shape_simple_fn((rows, columns), || rng.random_range(0.0..1.0))
    }

    /// Makes a network of `spec`, in which a linear last layer becomes a sigmoid under cross-entropy.
    fn network(spec: &str, loss: Loss) -> Network {
        let mut spec: NetworkSpec = spec.parse().unwrap();
        spec.ensure_output_activation(loss);
        Network::new(&spec, loss).unwrap()
    }

    /// Checks each gradient of a network against `(L(p + h) - L(p - h)) / 2h`. A Gaussian code is sampled.
    fn check_gradients(spec: &str, objective: impl Into<Objective>) {
        let objective = objective.into();
        let loss = objective.loss;
        let network = network(spec, loss);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut parameters = network.init(&INIT, &mut rng);
        let input = random(&mut rng, 4, network.inputs());
        let target = random(&mut rng, 4, network.outputs());
        let mut workspace = Workspace::new(&network, 4);
        workspace.noise_mut(4).iter_mut().for_each(|noise| *noise = rng.random_range(-2.0..2.0));
        let mut gradients = vec![f32::NAN; network.parameter_count()];
        network.loss_and_gradients(
            &parameters,
            objective,
            input.view(),
            Target::Given(target.view()),
            &mut workspace,
            &mut BackwardWorkspace::new(&network, 4),
            &mut gradients,
        );

        let scale = gradients.iter().fold(1e-3_f32, |largest, d| largest.max(d.abs()));
        for i in 0..parameters.len() {
            let original = parameters[i];
            let mut numeric = |h: f32| {
                let [above, below] = [original + h, original - h].map(|p| {
                    parameters[i] = p;
                    network
                        .loss(
                            &parameters,
                            objective,
                            input.view(),
                            Target::Given(target.view()),
                            &mut workspace,
                        )
                        .loss
                });
                parameters[i] = original;
                (above - below) / (2.0 * h)
            };
            // A wide difference outweighs rounding errors, a narrow one avoids the kink of a ReLU.
            let candidates = [4e-3, 1e-3].map(&mut numeric);
            let error = candidates.map(|n| (gradients[i] - n).abs() / scale).into_iter().fold(1.0, f32::min);
            assert!(error < 2e-3, "{spec}, {loss:?}, parameter {i}: {}, not {candidates:?}", gradients[i]);
        }
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        for loss in Loss::ALL {
            let outputs = if loss.takes_logits() { &["3s"][..] } else { &["3t", "3r", "3l", "3s", "3"] };
            for hidden in ["7t", "7r", "7l", "7s", "7"] {
                for output in outputs {
                    check_gradients(&format!("5 {hidden} {output}"), loss);
                }
            }
            check_gradients("20 11t 9t 2 9t 11t 20", loss);
            check_gradients("12 10l 2 9s 12s", loss);
        }
    }

    #[test]
    fn gradients_through_a_gaussian_code_agree_with_finite_differences() {
        for loss in Loss::ALL {
            for beta in [0.0, 0.3, 4.0] {
                for spec in ["12 9t 3~ 9t 12", "9 2~ 9", "9 7t 10~ 3s 9"] {
                    check_gradients(spec, Objective { loss, beta });
                }
            }
        }
    }

    #[test]
    fn only_a_loss_samples_a_gaussian_code() {
        let network = network("12 9t 3~ 9t 12", Loss::HalfSumSquared);
        assert_eq!((network.code_kind(), network.latent_dim()), (CodeKind::Gaussian, 3));
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(8);
        let parameters = network.init(&INIT, &mut rng);
        let input = random(&mut rng, 5, 12);
        let mut workspace = Workspace::new(&network, 6);
        let x = input.view();
        let mean = network.encode(&parameters, x, &mut workspace).to_owned();
        let posterior = workspace.posterior().unwrap().to_owned();
        assert_eq!((mean.dim(), posterior.dim()), ((5, 3), (5, 6)));
        assert_eq!(mean, posterior.slice_axis(Axis(1), Slice::from(..3)));
        let at_the_mean = network.loss(&parameters, Loss::HalfSumSquared, x, Target::Input, &mut workspace);
        workspace.noise_mut(5).fill(1.5);
        assert_eq!(network.encode(&parameters, x, &mut workspace), mean);
        let whole = network.reconstruct(&parameters, x, &mut workspace).to_owned();
        assert_eq!(network.decode(&parameters, mean.view(), &mut workspace), whole);

        let sampled = network.loss(&parameters, Loss::HalfSumSquared, x, Target::Input, &mut workspace);
        assert!(sampled.loss != at_the_mean.loss && sampled.kl == at_the_mean.kl);
        let z = workspace.output(1);
        assert!((z[(0, 1)] - mean[(0, 1)] - 1.5 * (0.5 * posterior[(0, 4)]).exp()).abs() < 1e-5);
        let objective = Objective { loss: Loss::HalfSumSquared, beta: 2.0 };
        let whole = network.loss(&parameters, objective, x, Target::Input, &mut workspace);
        assert!(
            (whole.loss - sampled.loss - 2.0 * sampled.kl).abs() < 1e-5,
            "the KL of an example counts once"
        );
        assert_eq!((whole.mse, whole.kl), (sampled.mse, sampled.kl));
    }

    #[test]
    fn decoding_the_code_of_an_image_reconstructs_it() {
        let specs = ["12 9t 2 9t 12", "12 9t 2 5t* 12", "12 9t 12*", "12 9t 4", "12 9t 2~ 9t 12"];
        for (loss, text) in Loss::ALL.into_iter().flat_map(|loss| specs.map(|text| (loss, text))) {
            let spec: NetworkSpec = text.parse().unwrap();
            let network = network(text, loss);
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
            let parameters = network.init(&INIT, &mut rng);
            let input = random(&mut rng, 6, 12);
            let mut workspace = Workspace::new(&network, 6);
            let whole = network.reconstruct(&parameters, input.view(), &mut workspace).to_owned();
            let codes = network.encode(&parameters, input.view(), &mut workspace).to_owned();
            assert_eq!(codes.dim(), (6, spec.latent_dim()));
            assert_eq!(network.encoder().len() + network.decoder().len(), spec.layers.len());
            // Another pass in between must not matter.
            network.reconstruct(&parameters, Array2::zeros((6, 12)).view(), &mut workspace);
            let decoded = network.decode(&parameters, codes.view(), &mut workspace);
            assert_eq!(decoded, whole, "{loss:?}, {text}");
        }
    }

    #[test]
    fn cross_entropy_applies_the_sigmoid_of_the_last_layer_once() {
        let (entropy, squared) =
            (network("9 4t 9s", Loss::BinaryCrossEntropy), network("9 4t 9s", Loss::MeanSquared));
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let parameters = entropy.init(&INIT, &mut rng);
        let input = random(&mut rng, 3, 9);
        let mut workspace = Workspace::new(&entropy, 3);
        let x = input.view();
        let value = entropy.loss(&parameters, Loss::BinaryCrossEntropy, x, Target::Input, &mut workspace);
        let mse = squared.loss(&parameters, Loss::MeanSquared, x, Target::Input, &mut workspace).mse;
        assert!((value.mse - mse).abs() < 1e-6, "{value:?}, not {mse}");
        let pixels = entropy.reconstruct(&parameters, x, &mut workspace).to_owned();
        assert_eq!(pixels, squared.reconstruct(&parameters, x, &mut workspace));
    }

    /// The memory of the input in another layout is another target, and not one that could be read.
    #[test]
    #[should_panic = "arrays are contiguous"]
    fn a_transposed_target_panics() {
        let network = network("9 4t 9", Loss::MeanSquared);
        let parameters = network.init(&INIT, &mut Xoshiro256PlusPlus::seed_from_u64(6));
        let (input, mut gradients) = (Array2::eye(9), vec![0.0; network.parameter_count()]);
        let (mut workspace, mut backward) =
            (Workspace::new(&network, 9), BackwardWorkspace::new(&network, 9));
        let target = Target::Given(input.t());
        let (w, b, d) = (&mut workspace, &mut backward, &mut gradients);
        network.loss_and_gradients(&parameters, Loss::MeanSquared, input.view(), target, w, b, d);
    }

    #[test]
    fn each_layer_keeps_the_outputs_of_its_last_pass() {
        let network = network("9 4t 2 4t 9", Loss::MeanSquared);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(6);
        let parameters = network.init(&INIT, &mut rng);
        let input = random(&mut rng, 5, 9);
        let mut workspace = Workspace::new(&network, 8);
        let codes = network.encode(&parameters, input.view(), &mut workspace).to_owned();
        assert_eq!(workspace.output(1), codes);
        assert_eq!((workspace.output(0).dim(), workspace.output(3).dim()), ((5, 4), (0, 9)));
        let whole = network
            .forward(&parameters, input.slice_axis(Axis(0), Slice::from(..1)), &mut workspace)
            .to_owned();
        assert_eq!(workspace.output(3), whole);
        assert_eq!(workspace.output(1).row(0), codes.row(0));
    }
}
