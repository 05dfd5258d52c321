//! A network: an encoder, the code that it ends in, and a decoder.

use std::ops::Range;

use ndarray::ArrayView2;
use rand::Rng;

use super::dense::Input;
use super::{Activation, Dense, Init, Loss, LossValue, NetworkSpec, Workspace};

/// The layers of a network, and where each has its parameters.
///
/// The outputs of one layer are the code: the layers up to and including it are the encoder, those after it the
/// decoder. If the code is the last layer, the decoder is empty.
///
/// The parameters themselves are a slice `[P]` that every method is given, so that a network can be run with the
/// parameters of this moment as with those kept from an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    layers: Vec<Dense>,
    code: usize,
    parameter_count: usize,
    read_out: Activation,
}

impl Network {
    /// Lays out the layers of `spec`. `read_out` is what makes pixels of the last layer's outputs, see
    /// [`Loss::read_out`].
    ///
    /// # Panics
    /// If `spec` has no layer [`code`](NetworkSpec::code).
    #[must_use]
    pub fn new(spec: &NetworkSpec, read_out: Activation) -> Self {
        let mut layers: Vec<Dense> = Vec::with_capacity(spec.layers.len());
        for layer in &spec.layers {
            let (inputs, offset) =
                layers.last().map_or((spec.inputs, 0), |last| (last.outputs, last.range().end));
            layers.push(Dense { inputs, outputs: layer.outputs, activation: layer.activation, offset });
        }
        assert!(spec.code < layers.len(), "the code is one of the layers");
        Self { layers, code: spec.code, parameter_count: spec.parameter_count(), read_out }
    }

    /// The layers, first to last.
    #[must_use]
    pub fn layers(&self) -> &[Dense] {
        &self.layers
    }

    /// The layers that make the code, the last of them included whose outputs it is.
    #[must_use]
    pub fn encoder(&self) -> &[Dense] {
        &self.layers[..=self.code]
    }

    /// The layers that make images of the code; none if the code is the last layer.
    #[must_use]
    pub fn decoder(&self) -> &[Dense] {
        &self.layers[self.code + 1..]
    }

    /// How many parameters there are, `P`.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.parameter_count
    }

    /// Inputs of the first layer.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs
    }

    /// Outputs of the last layer.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.last().outputs
    }

    /// How many numbers the code has, `Z`.
    #[must_use]
    pub fn latent(&self) -> usize {
        self.layers[self.code].outputs
    }

    /// Parameters to begin with, `[P]`.
    #[must_use]
    pub fn init(&self, init: &Init, rng: &mut impl Rng) -> Vec<f32> {
        let mut parameters = vec![0.0; self.parameter_count()];
        for layer in &self.layers {
            init.fill(layer, &mut parameters, rng);
        }
        parameters
    }

    /// Computes the outputs of the last layer, which are what a [`Loss`] takes: for cross-entropy, logits.
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
        self.run(0..self.layers.len(), parameters, input, workspace)
    }

    /// Computes the latent coordinates of images.
    ///
    /// # Shapes
    /// `input: [B, I]`, the result `[B, Z]`
    pub fn encode<'w>(
        &self,
        parameters: &[f32],
        input: ArrayView2<'_, f32>,
        workspace: &'w mut Workspace,
    ) -> ArrayView2<'w, f32> {
        self.run(0..self.code + 1, parameters, input, workspace)
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
            let last = workspace.layers.last_mut().expect("a network has layers");
            last.output_mut(latent.nrows()).assign(&latent);
        } else {
            self.run(self.code + 1..self.layers.len(), parameters, latent, workspace);
        }
        self.pixels(latent.nrows(), workspace)
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
        self.pixels(input.nrows(), workspace)
    }

    /// Computes the loss of a batch without its gradients.
    ///
    /// # Shapes
    /// `input: [B, I]`, `target: [B, O]`
    pub fn loss(
        &self,
        parameters: &[f32],
        loss: Loss,
        input: ArrayView2<'_, f32>,
        target: ArrayView2<'_, f32>,
        workspace: &mut Workspace,
    ) -> LossValue {
        self.forward(parameters, input, workspace);
        let last = workspace.layers.last_mut().expect("a network has layers");
        let (output, delta) = last.output_and_delta(input.nrows());
        loss.evaluate(output, target, delta)
    }

    /// Computes the loss of a batch and its gradients.
    ///
    /// # Shapes
    /// `input: [B, I]`, `target: [B, O]`, `gradients: [P]`
    pub fn loss_and_gradients(
        &self,
        parameters: &[f32],
        loss: Loss,
        input: ArrayView2<'_, f32>,
        target: ArrayView2<'_, f32>,
        workspace: &mut Workspace,
        gradients: &mut [f32],
    ) -> LossValue {
        let value = self.loss(parameters, loss, input, target, workspace);
        workspace.input.transpose();
        let rows = input.nrows();
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let (before, from_here) = workspace.layers.split_at_mut(index);
            let (output, mut delta) = from_here[0].output_and_delta(rows);
            let packing = &mut workspace.packing;
            match before.last_mut() {
                Some(below) => {
                    let (layer_input, d_input) = below.output_and_delta(rows);
                    layer.backward(Input::Dense(layer_input), output, &mut delta, gradients, packing);
                    layer.backward_to_input(parameters, delta.view(), d_input, packing);
                }
                None => {
                    let layer_input = workspace.input.best(input);
                    layer.backward(layer_input, output, &mut delta, gradients, packing);
                }
            }
        }
        value
    }

    fn last(&self) -> &Dense {
        self.layers.last().expect("a network has layers")
    }

    /// Runs the layers of `range`, from `input` to the output of the last of them.
    fn run<'w>(
        &self,
        range: Range<usize>,
        parameters: &[f32],
        input: ArrayView2<'_, f32>,
        workspace: &'w mut Workspace,
    ) -> ArrayView2<'w, f32> {
        let rows = input.nrows();
        let (first, last) = (range.start, range.end - 1);
        if first == 0 {
            workspace.input.read(input);
        }
        for index in range {
            let (before, from_here) = workspace.layers.split_at_mut(index);
            let layer_input = match index {
                0 => workspace.input.best(input),
                _ if index == first => Input::Dense(input),
                _ => Input::Dense(before[index - 1].output(rows)),
            };
            let output = from_here[0].output_mut(rows);
            self.layers[index].forward(parameters, layer_input, output, &mut workspace.packing);
        }
        workspace.layers[last].output(rows)
    }

    /// Applies the read-out to the outputs of the last layer.
    fn pixels<'w>(&self, rows: usize, workspace: &'w mut Workspace) -> ArrayView2<'w, f32> {
        let last = workspace.layers.last_mut().expect("a network has layers");
        let mut output = last.output_mut(rows);
        self.read_out.apply(output.as_slice_mut().expect("outputs are contiguous"));
        last.output(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::WeightInit;
    use ndarray::{Array2, Axis};
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    const INIT: Init = Init { weight: WeightInit::GlorotUniform, bias: 0.1 };

    fn random(rng: &mut Xoshiro256PlusPlus, rows: usize, columns: usize) -> Array2<f32> {
        Array2::from_shape_simple_fn((rows, columns), || rng.random_range(0.0..1.0))
    }

    /// Checks each gradient of a network against `(L(p + h) - L(p - h)) / 2h`.
    fn check_gradients(spec: &str, loss: Loss) {
        let spec: NetworkSpec = spec.parse().unwrap();
        let network = Network::new(&spec, loss.read_out());
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut parameters = network.init(&INIT, &mut rng);
        let input = random(&mut rng, 4, network.inputs());
        let target = random(&mut rng, 4, network.outputs());
        let mut workspace = Workspace::new(&network, 4);
        let mut gradients = vec![f32::NAN; network.parameter_count()];
        network.loss_and_gradients(
            &parameters,
            loss,
            input.view(),
            target.view(),
            &mut workspace,
            &mut gradients,
        );

        let scale = gradients.iter().fold(1e-3_f32, |largest, d| largest.max(d.abs()));
        for i in 0..parameters.len() {
            let kept = parameters[i];
            let mut numeric = |h: f32| {
                let [above, below] = [kept + h, kept - h].map(|p| {
                    parameters[i] = p;
                    network.loss(&parameters, loss, input.view(), target.view(), &mut workspace).loss
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
            for hidden in ["7t", "7r", "7l", "7s", "7"] {
                for output in ["3t", "3r", "3l", "3s", "3"] {
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
    fn every_parameter_is_a_layers() {
        for text in ["784 50t 50t 2 50t 50t 784", "784 2 784", "3 5s"] {
            let network = Network::new(&text.parse().unwrap(), Activation::Linear);
            let places = network.layers().iter().flat_map(Dense::range);
            assert!(places.eq(0..network.parameter_count()), "{text}");
        }
    }

    #[test]
    fn decoding_what_was_encoded_is_reconstructing() {
        let specs = ["12 9t 2 9t 12", "12 9t 2 5t* 12", "12 9t 12*", "12 9t 4"];
        for (loss, text) in Loss::ALL.into_iter().flat_map(|loss| specs.map(|text| (loss, text))) {
            let spec: NetworkSpec = text.parse().unwrap();
            let network = Network::new(&spec, loss.read_out());
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
            let parameters = network.init(&INIT, &mut rng);
            let input = random(&mut rng, 6, 12);
            let mut workspace = Workspace::new(&network, 6);
            let whole = network.reconstruct(&parameters, input.view(), &mut workspace).to_owned();
            let latent = network.encode(&parameters, input.view(), &mut workspace).to_owned();
            assert_eq!(latent.dim(), (6, spec.latent()));
            assert_eq!(network.encoder().len() + network.decoder().len(), spec.layers.len());
            // What an earlier pass has left is no image of these coordinates.
            network.reconstruct(&parameters, Array2::zeros((6, 12)).view(), &mut workspace);
            let decoded = network.decode(&parameters, latent.view(), &mut workspace);
            assert_eq!(decoded, whole, "{loss:?}, {text}");
        }
    }

    #[test]
    fn an_example_is_the_same_in_any_batch() {
        let network = Network::new(&"30 50t 2 50t 30".parse().unwrap(), Activation::Linear);
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
