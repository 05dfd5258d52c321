//! A network: an encoder, which ends in the code, and a decoder.

use rand::Rng;

use super::{Activation, CodeKind, Dense, Init, Loss, NetworkSpec, SpecError};

/// The layers of a network and their ranges of the parameters.
///
/// The layers up to and including the code are the encoder, those after it the decoder. If the code is the last layer, the
/// decoder is empty.
///
/// Binary cross-entropy is computed from logits, for numerical stability. Under it the last layer is linear here, its outputs
/// are logits, and its sigmoid becomes the network's output activation, which turns logits into pixels.
///
/// Every method takes the parameters as a slice `[P]`, so one network can be run with current and with earlier parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub(super) layers: Vec<Dense>,
    pub(super) code: usize,
    code_kind: CodeKind,
    latent_dim: usize,
    parameter_count: usize,
    pub(super) output_activation: Activation,
}

impl Network {
    /// Lays out the layers of `spec` to be trained with `loss`. The parameters are not allocated.
    ///
    /// # Errors
    /// [`SpecError`] if `spec` is invalid, see [`NetworkSpec::validate`], or if `loss` is binary cross-entropy and the last layer
    /// is not a sigmoid.
    pub fn new(spec: &NetworkSpec, loss: Loss) -> Result<Self, SpecError> {
        spec.validate()?;
        let mut layers = spec.layout();
        let mut output_activation = Activation::Linear;
        if loss.takes_logits() {
            let last = layers.last_mut().expect("a valid network has layers");
            std::mem::swap(&mut last.activation, &mut output_activation);
            if output_activation != Activation::Sigmoid {
                return Err(SpecError::OutputActivation { found: output_activation });
            }
        }
        Ok(Self {
            layers,
            code: spec.code,
            code_kind: spec.code_kind,
            latent_dim: spec.latent_dim(),
            parameter_count: spec.parameter_count(),
            output_activation,
        })
    }

    /// Returns the layers, first to last. Under cross-entropy the last one is linear.
    pub fn layers(&self) -> &[Dense] {
        &self.layers
    }

    /// Returns the layers of the encoder, of which the last computes the code.
    pub fn encoder(&self) -> &[Dense] {
        &self.layers[..=self.code]
    }

    /// Returns the layers of the decoder.
    pub fn decoder(&self) -> &[Dense] {
        &self.layers[self.code + 1..]
    }

    /// Returns the number of parameters, `P`.
    pub fn parameter_count(&self) -> usize {
        self.parameter_count
    }

    /// Returns the number of inputs of the first layer.
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs
    }

    /// Returns the number of outputs of the last layer.
    pub fn outputs(&self) -> usize {
        self.last().outputs
    }

    /// Returns the number of latent dimensions, `Z`.
    pub fn latent_dim(&self) -> usize {
        self.latent_dim
    }

    /// Returns the kind of the code. The layer of a Gaussian code has `2Z` outputs.
    pub fn code_kind(&self) -> CodeKind {
        self.code_kind
    }

    /// Draws initial parameters, `[P]`.
    pub fn init(&self, init: &Init, rng: &mut impl Rng) -> Vec<f32> {
        let mut parameters = vec![0.0; self.parameter_count()];
        for layer in &self.layers {
            init.fill(layer, &mut parameters, rng);
        }
        parameters
    }

    /// Returns the index of the layer that computes the posterior of a Gaussian code.
    pub(super) fn gaussian_layer(&self) -> Option<usize> {
        (self.code_kind == CodeKind::Gaussian).then_some(self.code)
    }

    /// Returns the last layer if it and the output activation are linear, and its input is another layer's output.
    pub(super) fn linear_output_layer(&self) -> Option<&Dense> {
        let below = self.layers.len().checked_sub(2)?;
        let is_linear = [self.last().activation, self.output_activation] == [Activation::Linear; 2];
        (is_linear && self.gaussian_layer() != Some(below)).then(|| self.last())
    }

    fn last(&self) -> &Dense {
        self.layers.last().expect("a network has layers")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{LayerSpec, MAX_WIDTH};

    #[test]
    fn an_invalid_network_is_refused_before_memory_is_taken() {
        let refused = |spec: &NetworkSpec, loss| Network::new(spec, loss).unwrap_err().to_string();
        let entropy = refused(&"9 4t 9t".parse().unwrap(), Loss::BinaryCrossEntropy);
        assert_eq!(entropy, "binary cross-entropy needs a sigmoid as the last layer, got tanh");
        let layer = LayerSpec { outputs: MAX_WIDTH, activation: Activation::Tanh };
        let large = refused(&NetworkSpec::new(MAX_WIDTH, vec![layer; 30]), Loss::MeanSquared);
        assert_eq!(large, "a network can have at most 134217728 parameters, got 503439360");
        assert!(refused(&NetworkSpec::new(4, Vec::new()), Loss::MeanSquared).contains("at least one layer"));
    }

    #[test]
    fn every_parameter_belongs_to_one_layer() {
        for text in ["784 50t 50t 2 50t 50t 784", "784 2 784", "3 5s"] {
            let network = Network::new(&text.parse().unwrap(), Loss::MeanSquared).unwrap();
            let parameters = network.layers().iter().flat_map(Dense::range);
            assert!(parameters.eq(0..network.parameter_count()), "{text}");
        }
    }
}
