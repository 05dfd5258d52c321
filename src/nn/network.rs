//! A network: an encoder, the code that it ends in, and a decoder.

use rand::Rng;

use super::{Activation, CodeKind, Dense, Init, Loss, NetworkSpec};

/// The layers of a network, and where each has its parameters.
///
/// The outputs of one layer are the code: the layers up to and including it are the encoder, those after it the
/// decoder. If the code is the last layer, the decoder is empty.
///
/// Binary cross-entropy computes the sigmoid of the last layer itself, in a form that overflows nowhere. Under it the last
/// layer is therefore linear here, its outputs are logits, and the sigmoid is the read-out: it makes pixels of them.
///
/// The parameters themselves are a slice `[P]` that every method is given, so that a network can be run with the
/// parameters of this moment as with those kept from an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub(super) layers: Vec<Dense>,
    pub(super) code: usize,
    code_kind: CodeKind,
    latent: usize,
    parameter_count: usize,
    pub(super) read_out: Activation,
}

impl Network {
    /// Lays out the layers of `spec` to be trained by `loss`.
    ///
    /// # Panics
    /// If `spec` has no layer [`code`](NetworkSpec::code) or a Gaussian one at its end, or if `loss` is binary cross-entropy and the last layer not a
    /// sigmoid.
    #[must_use]
    pub fn new(spec: &NetworkSpec, loss: Loss) -> Self {
        let mut layers = spec.layout();
        let mut read_out = Activation::Linear;
        if loss.takes_logits() {
            let last = layers.last_mut().expect("a network has layers");
            std::mem::swap(&mut last.activation, &mut read_out);
            assert_eq!(read_out, Activation::Sigmoid, "cross-entropy needs a sigmoid as the last layer");
        }
        assert!(spec.code < layers.len(), "the code is one of the layers");
        assert!(
            spec.code_kind == CodeKind::Deterministic || spec.code + 1 < layers.len(),
            "a Gaussian code is followed by a decoder"
        );
        Self {
            layers,
            code: spec.code,
            code_kind: spec.code_kind,
            latent: spec.latent_dim(),
            parameter_count: spec.parameter_count(),
            read_out,
        }
    }

    /// The layers, first to last. Under cross-entropy the last one is linear.
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
    pub fn latent_dim(&self) -> usize {
        self.latent
    }

    /// What the code is. The layer that gives a Gaussian one has `2Z` outputs.
    #[must_use]
    pub fn code_kind(&self) -> CodeKind {
        self.code_kind
    }

    /// The layer that gives a Gaussian code, if the code is one.
    pub(super) fn gaussian(&self) -> Option<usize> {
        (self.code_kind == CodeKind::Gaussian).then_some(self.code)
    }

    /// The last layer, if it is linear and so are its pixels, and it is given what the layer before it has made.
    pub(super) fn linear_output_layer(&self) -> Option<&Dense> {
        let below = self.layers.len().checked_sub(2)?;
        let is_linear = [self.last().activation, self.read_out] == [Activation::Linear; 2];
        (is_linear && self.gaussian() != Some(below)).then(|| self.last())
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

    fn last(&self) -> &Dense {
        self.layers.last().expect("a network has layers")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_a_layers() {
        for text in ["784 50t 50t 2 50t 50t 784", "784 2 784", "3 5s"] {
            let network = Network::new(&text.parse().unwrap(), Loss::MeanSquared);
            let places = network.layers().iter().flat_map(Dense::range);
            assert!(places.eq(0..network.parameter_count()), "{text}");
        }
    }
}
