//! What goes forward through a network: all of it, or one of its halves.

use std::ops::Range;

use ndarray::ArrayView2;

use super::dense::Input;
use super::{Activation, Loss, LossValue, Network, Objective, Workspace, code};

impl Network {
    /// Computes the outputs of the last layer as a [`Loss`](super::Loss) takes them: for cross-entropy, logits. A Gaussian code
    /// is its mean in this pass.
    ///
    /// # Shapes
    /// `input: [B, I]`, the result `[B, O]`
    ///
    /// # Panics
    /// As all methods: if the shapes disagree with the network, or `B` exceeds the capacity of the workspace.
    pub fn forward<'w>(
        &self,
        parameters: &[f32],
        input: ArrayView2<'_, f32>,
        workspace: &'w mut Workspace,
    ) -> ArrayView2<'w, f32> {
        self.run(0..self.layers.len(), parameters, Some(input), workspace, false)
    }

    /// Computes the latent coordinates of images: of a Gaussian code, its mean.
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

    /// Draws the images that stand at latent coordinates. If the decoder is empty, those are the coordinates themselves,
    /// through the read-out.
    ///
    /// # Shapes
    /// `latent: [B, Z]`, the result `[B, O]`, in pixels
    pub fn decode<'w>(
        &self,
        parameters: &[f32],
        latent: ArrayView2<'_, f32>,
        workspace: &'w mut Workspace,
    ) -> ArrayView2<'w, f32> {
        if self.decoder().is_empty() {
            workspace.layers[self.code].begin(latent.nrows()).assign(&latent);
        } else {
            self.run(self.code + 1..self.layers.len(), parameters, Some(latent), workspace, false);
        }
        self.pixels(workspace)
    }

    /// Encodes images and decodes them again.
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

    /// Computes the loss of a batch without its gradients. A Gaussian code is drawn with the noise that was written to
    /// [`noise_mut`](Workspace::noise_mut): its mean, if none was.
    ///
    /// # Shapes
    /// `input: [B, I]`, `target: [B, O]`
    ///
    /// # Panics
    /// As all methods, and if `loss` takes logits and the network was not made for that, or the other way round.
    pub fn loss(
        &self,
        parameters: &[f32],
        objective: impl Into<Objective>,
        input: ArrayView2<'_, f32>,
        target: ArrayView2<'_, f32>,
        workspace: &mut Workspace,
    ) -> LossValue {
        let objective = objective.into();
        self.check_loss(objective);
        let outputs = self.run(0..self.layers.len(), parameters, Some(input), workspace, true);
        let value = objective.loss.value(outputs, target);
        self.with_kl(value, objective, workspace)
    }

    /// The squared error of the reconstructions of `images`, summed over pixels and examples: the sums of parts add up to that of
    /// the whole. A Gaussian code is drawn as by [`loss`](Self::loss).
    ///
    /// # Shapes, panics
    /// As [`loss`](Self::loss).
    pub(crate) fn squared_error(
        &self,
        parameters: &[f32],
        loss: Loss,
        images: ArrayView2<'_, f32>,
        workspace: &mut Workspace,
    ) -> f64 {
        self.check_loss(loss.into());
        loss.squared_error(self.run(0..self.layers.len(), parameters, Some(images), workspace, true), images)
    }

    /// A loss with the KL of a Gaussian code as the last pass left it.
    pub(super) fn with_kl(&self, value: LossValue, objective: Objective, workspace: &Workspace) -> LossValue {
        let Some(moments) = workspace.moments() else { return value };
        let kl = code::kl(contiguous(&moments), self.latent_dim());
        LossValue { loss: value.loss + objective.kl_weight(self.outputs()) * kl, kl, ..value }
    }

    pub(super) fn check_loss(&self, objective: Objective) {
        let has_logits = self.read_out != Activation::Linear;
        assert_eq!(objective.loss.takes_logits(), has_logits, "the network was made for another loss");
    }

    /// Runs the layers of `range`, from `input` to the output of the last of them; without an input, from what the last pass
    /// has left below them. A Gaussian code is drawn, or its mean.
    pub(super) fn run<'w>(
        &self,
        range: Range<usize>,
        parameters: &[f32],
        input: Option<ArrayView2<'_, f32>>,
        workspace: &'w mut Workspace,
        is_drawn: bool,
    ) -> ArrayView2<'w, f32> {
        let last = range.end - 1;
        let mut given = input;
        if let (0, Some(input)) = (range.start, input) {
            workspace.input.read(input);
        }
        let Workspace { layers, packing, input: listed, sampled, .. } = &mut *workspace;
        for index in range {
            let (before, from_here) = layers.split_at_mut(index);
            let input = given.take().unwrap_or_else(|| match sampled {
                Some(sampled) if sampled.layer + 1 == index => sampled.code.view(),
                _ => before[index - 1].view(),
            });
            let output = from_here[0].begin(input.nrows());
            let layer_input = match index {
                0 if listed.is_in_use() => Input::Sparse(listed.rows()),
                _ => Input::Dense(input),
            };
            self.layers[index].forward(parameters, layer_input, output, packing);
            if let Some(sampled) = sampled.as_mut().filter(|sampled| sampled.layer == index) {
                sampled.take(from_here[0].view(), is_drawn);
            }
        }
        workspace.output(last)
    }

    /// Applies the read-out to the outputs of the last layer.
    fn pixels<'w>(&self, workspace: &'w mut Workspace) -> ArrayView2<'w, f32> {
        let last = workspace.layers.last_mut().expect("a network has layers");
        self.read_out.apply(last.view_mut().as_slice_mut().expect("outputs are contiguous"));
        last.view()
    }
}

pub(super) fn contiguous<'a>(array: &ArrayView2<'a, f32>) -> &'a [f32] {
    array.to_slice().expect("arrays are contiguous")
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

    /// The network of a spec, whose last layer may leave out the sigmoid of cross-entropy.
    fn network(spec: &str, loss: Loss) -> Network {
        let mut spec: NetworkSpec = spec.parse().unwrap();
        spec.ensure_output_activation(loss);
        Network::new(&spec, loss)
    }

    /// Checks each gradient of a network against `(L(p + h) - L(p - h)) / 2h`. A Gaussian code is drawn with noise.
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
            target.view(),
            &mut workspace,
            &mut BackwardWorkspace::new(&network, 4),
            &mut gradients,
        );

        let scale = gradients.iter().fold(1e-3_f32, |largest, d| largest.max(d.abs()));
        for i in 0..parameters.len() {
            let kept = parameters[i];
            let mut numeric = |h: f32| {
                let [above, below] = [kept + h, kept - h].map(|p| {
                    parameters[i] = p;
                    network.loss(&parameters, objective, input.view(), target.view(), &mut workspace).loss
                });
                parameters[i] = kept;
                (above - below) / (2.0 * h)
            };
            // A wide difference drowns rounding errors, a narrow one keeps clear of the kink of a ReLU.
            let candidates = [4e-3, 1e-3].map(&mut numeric);
            let error = candidates.map(|n| (gradients[i] - n).abs() / scale).into_iter().fold(1.0, f32::min);
            assert!(error < 2e-3, "{spec}, {loss:?}, parameter {i}: {}, not {candidates:?}", gradients[i]);
        }
    }

    #[test]
    fn gradients_of_every_activation_and_loss_agree_with_finite_differences() {
        for loss in Loss::ALL {
            let outputs = if loss.takes_logits() { &["3s"][..] } else { &["3t", "3r", "3l", "3s", "3"] };
            for hidden in ["7t", "7r", "7l", "7s", "7"] {
                for output in outputs {
                    check_gradients(&format!("5 {hidden} {output}"), loss);
                }
            }
        }
    }

    #[test]
    fn gradients_of_a_whole_network_agree_with_finite_differences() {
        for loss in Loss::ALL {
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
    fn a_gaussian_code_is_its_mean_wherever_no_loss_is_asked_for() {
        let network = network("12 9t 3~ 9t 12", Loss::HalfSumSquared);
        assert_eq!((network.code_kind(), network.latent_dim()), (CodeKind::Gaussian, 3));
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(8);
        let parameters = network.init(&INIT, &mut rng);
        let input = random(&mut rng, 5, 12);
        let mut workspace = Workspace::new(&network, 6);
        let x = input.view();
        let mean = network.encode(&parameters, x, &mut workspace).to_owned();
        let moments = workspace.moments().unwrap().to_owned();
        assert_eq!((mean.dim(), moments.dim()), ((5, 3), (5, 6)));
        assert_eq!(mean, moments.slice_axis(Axis(1), Slice::from(..3)));
        let at_the_mean = network.loss(&parameters, Loss::HalfSumSquared, x, x, &mut workspace);
        workspace.noise_mut(5).fill(1.5);
        assert_eq!(network.encode(&parameters, x, &mut workspace), mean);
        let whole = network.reconstruct(&parameters, x, &mut workspace).to_owned();
        assert_eq!(network.decode(&parameters, mean.view(), &mut workspace), whole);

        let drawn = network.loss(&parameters, Loss::HalfSumSquared, x, x, &mut workspace);
        assert!(drawn.loss != at_the_mean.loss && drawn.kl == at_the_mean.kl);
        let z = workspace.output(1);
        assert!((z[(0, 1)] - mean[(0, 1)] - 1.5 * (0.5 * moments[(0, 4)]).exp()).abs() < 1e-5);
        let objective = Objective { loss: Loss::HalfSumSquared, beta: 2.0 };
        let whole = network.loss(&parameters, objective, x, x, &mut workspace);
        assert!((whole.loss - drawn.loss - 2.0 * drawn.kl).abs() < 1e-5, "the KL of an example counts once");
        assert_eq!((whole.mse, whole.kl), (drawn.mse, drawn.kl));
    }

    #[test]
    fn decoding_what_was_encoded_is_reconstructing() {
        let specs = ["12 9t 2 9t 12", "12 9t 2 5t* 12", "12 9t 12*", "12 9t 4", "12 9t 2~ 9t 12"];
        for (loss, text) in Loss::ALL.into_iter().flat_map(|loss| specs.map(|text| (loss, text))) {
            let spec: NetworkSpec = text.parse().unwrap();
            let network = network(text, loss);
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
            let parameters = network.init(&INIT, &mut rng);
            let input = random(&mut rng, 6, 12);
            let mut workspace = Workspace::new(&network, 6);
            let whole = network.reconstruct(&parameters, input.view(), &mut workspace).to_owned();
            let latent = network.encode(&parameters, input.view(), &mut workspace).to_owned();
            assert_eq!(latent.dim(), (6, spec.latent_dim()));
            assert_eq!(network.encoder().len() + network.decoder().len(), spec.layers.len());
            // What an earlier pass has left does not belong to these coordinates.
            network.reconstruct(&parameters, Array2::zeros((6, 12)).view(), &mut workspace);
            let decoded = network.decode(&parameters, latent.view(), &mut workspace);
            assert_eq!(decoded, whole, "{loss:?}, {text}");
        }
    }

    #[test]
    fn cross_entropy_takes_the_sigmoid_of_the_last_layer_once() {
        let (entropy, squared) =
            (network("9 4t 9s", Loss::BinaryCrossEntropy), network("9 4t 9s", Loss::MeanSquared));
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let parameters = entropy.init(&INIT, &mut rng);
        let input = random(&mut rng, 3, 9);
        let (mut of_entropy, mut of_squared) = (Workspace::new(&entropy, 3), Workspace::new(&squared, 3));
        let x = input.view();
        let value = entropy.loss(&parameters, Loss::BinaryCrossEntropy, x, x, &mut of_entropy);
        let mse = squared.loss(&parameters, Loss::MeanSquared, x, x, &mut of_squared).mse;
        assert!((value.mse - mse).abs() < 1e-6, "{value:?}, not {mse}");
        let pixels = entropy.reconstruct(&parameters, x, &mut of_entropy);
        assert_eq!(pixels, squared.reconstruct(&parameters, x, &mut of_squared));
    }

    #[test]
    #[should_panic = "cross-entropy needs a sigmoid"]
    fn cross_entropy_of_another_activation_is_misuse() {
        let _ = Network::new(&"9 4t 9t".parse().unwrap(), Loss::BinaryCrossEntropy);
    }

    #[test]
    fn the_outputs_of_each_layer_can_be_read_as_its_last_pass_left_them() {
        let network = network("9 4t 2 4t 9", Loss::MeanSquared);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(6);
        let parameters = network.init(&INIT, &mut rng);
        let input = random(&mut rng, 5, 9);
        let mut workspace = Workspace::new(&network, 8);
        let latent = network.encode(&parameters, input.view(), &mut workspace).to_owned();
        assert_eq!(workspace.output(1), latent);
        assert_eq!((workspace.output(0).dim(), workspace.output(3).dim()), ((5, 4), (0, 9)));
        let whole = network
            .forward(&parameters, input.slice_axis(Axis(0), Slice::from(..1)), &mut workspace)
            .to_owned();
        assert_eq!(workspace.output(3), whole);
        assert_eq!(workspace.output(1).row(0), latent.row(0));
    }

    #[test]
    fn an_example_is_the_same_in_any_batch() {
        let network = network("30 50t 2 50t 30", Loss::MeanSquared);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(4);
        let parameters = network.init(&INIT, &mut rng);
        let input = random(&mut rng, 13, 30);
        let mut workspace = Workspace::new(&network, 13);
        let whole = network.forward(&parameters, input.view(), &mut workspace).to_owned();
        for (one, row) in input.axis_chunks_iter(Axis(0), 1).zip(whole.rows()) {
            assert_eq!(network.forward(&parameters, one, &mut workspace).row(0), row);
        }
    }
}
