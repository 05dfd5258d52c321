//! A network's layers as text: `784 50t 50t 2 50t 50t 784`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Activation;
use super::layer_defs::{self, LayerDefsError};

/// One layer of a [`NetworkSpec`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerSpec {
    /// How many outputs the layer has.
    pub outputs: usize,
    /// The activation of its outputs.
    pub activation: Activation,
}

/// The layers of a network, without their numbers.
///
/// As text: the number of inputs, then for each layer the number of its outputs and a letter for its activation:
/// `t` tanh, `r` ReLU, `l` leaky ReLU, `s` sigmoid, none for linear. The lines `layer_defs.push({...});` of ConvNetJS's
/// demos are understood, too.
///
/// ```
/// use bottleneck::nn::NetworkSpec;
///
/// let spec: NetworkSpec = "784 50t 50t 2 50t 50t 784".parse().unwrap();
/// assert_eq!(spec.layers.len(), 6);
/// assert_eq!(spec.to_string(), "784 50t 50t 2 50t 50t 784");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NetworkSpec {
    /// Inputs of the first layer.
    pub inputs: usize,
    /// The layers, first to last.
    pub layers: Vec<LayerSpec>,
}

/// What was wrong with the text of a network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SpecError {
    /// There are fewer than two tokens.
    #[error("a network needs the number of its inputs and at least one layer, as in “784 2 784”")]
    TooShort,
    /// A token is not a number with at most one letter.
    #[error(
        "“{token}” (number {position} of the network) is not a layer: write its outputs and t, r, l, s or nothing, as in “50t”"
    )]
    BadToken {
        /// The token.
        token: String,
        /// Its place, counted from one.
        position: usize,
    },
    /// A layer has no outputs, or more than [`MAX_WIDTH`].
    #[error("{width} (number {position} of the network) is not a width: between 1 and {MAX_WIDTH} are")]
    BadWidth {
        /// The width.
        width: usize,
        /// Its place, counted from one.
        position: usize,
    },
    /// There are more layers than [`MAX_LAYERS`].
    #[error("{count} layers are more than the {MAX_LAYERS} that a network may have")]
    TooManyLayers {
        /// How many there are.
        count: usize,
    },
    /// The text is ConvNetJS's, and something in it is not understood.
    #[error(transparent)]
    LayerDefs(#[from] LayerDefsError),
}

/// The most outputs of a layer.
pub const MAX_WIDTH: usize = 4096;

/// The most layers of a network.
pub const MAX_LAYERS: usize = 32;

/// The letter of each activation.
const LETTERS: [(char, Activation); 4] = [
    ('t', Activation::Tanh),
    ('r', Activation::Relu),
    ('l', Activation::LeakyRelu),
    ('s', Activation::Sigmoid),
];

impl NetworkSpec {
    /// The index of the bottleneck: of the layers with the fewest outputs, the first.
    ///
    /// # Panics
    /// If there are no layers.
    #[must_use]
    pub fn bottleneck(&self) -> usize {
        let narrowest = self.layers.iter().map(|layer| layer.outputs).min().expect("a network has layers");
        self.layers.iter().position(|layer| layer.outputs == narrowest).expect("the minimum is one of them")
    }

    /// How many parameters the network has, `P`: as many as a `usize` can count, if they are more.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        let outputs = self.layers.iter().map(|layer| layer.outputs);
        let inputs = std::iter::once(self.inputs).chain(outputs.clone());
        let counts =
            inputs.zip(outputs).map(|(inputs, outputs)| inputs.saturating_add(1).saturating_mul(outputs));
        counts.fold(0, usize::saturating_add)
    }
}

impl FromStr for NetworkSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        if text.contains(layer_defs::MARK) {
            return Ok(layer_defs::parse(text)?);
        }
        let mut widths = text.split_whitespace().enumerate().map(|(i, token)| parse_layer(token, i + 1));
        let first = widths.next().ok_or(SpecError::TooShort)??;
        if first.activation != Activation::Linear {
            let token = text.split_whitespace().next().unwrap_or_default().to_owned();
            return Err(SpecError::BadToken { token, position: 1 });
        }
        let layers = widths.collect::<Result<Vec<_>, _>>()?;
        match layers.len() {
            0 => Err(SpecError::TooShort),
            count if count > MAX_LAYERS => Err(SpecError::TooManyLayers { count }),
            _ => Ok(Self { inputs: first.outputs, layers }),
        }
    }
}

fn parse_layer(token: &str, position: usize) -> Result<LayerSpec, SpecError> {
    let (digits, activation) = LETTERS
        .iter()
        .find_map(|&(letter, activation)| Some((token.strip_suffix(letter)?, activation)))
        .unwrap_or((token, Activation::Linear));
    let bad_token = || SpecError::BadToken { token: token.chars().take(20).collect(), position };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad_token());
    }
    let outputs: usize = digits.parse().map_err(|_| bad_token())?;
    if !(1..=MAX_WIDTH).contains(&outputs) {
        return Err(SpecError::BadWidth { width: outputs, position });
    }
    Ok(LayerSpec { outputs, activation })
}

impl TryFrom<String> for NetworkSpec {
    type Error = SpecError;

    fn try_from(text: String) -> Result<Self, SpecError> {
        text.parse()
    }
}

impl From<NetworkSpec> for String {
    fn from(spec: NetworkSpec) -> Self {
        spec.to_string()
    }
}

impl fmt::Display for NetworkSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inputs)?;
        for layer in &self.layers {
            write!(f, " {}", layer.outputs)?;
            if let Some((letter, _)) = LETTERS.iter().find(|(_, activation)| *activation == layer.activation)
            {
                write!(f, "{letter}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_activation_is_written_and_read() {
        let text = "784 50t 40r 2 30l 20s 784";
        let spec: NetworkSpec = text.parse().unwrap();
        assert_eq!(spec.to_string(), text);
        assert_eq!(spec.bottleneck(), 2);
        let activations: Vec<_> = spec.layers.iter().map(|layer| layer.activation).collect();
        use Activation::{LeakyRelu, Linear, Relu, Sigmoid, Tanh};
        assert_eq!(activations, [Tanh, Relu, Linear, LeakyRelu, Sigmoid, Linear]);
    }

    #[test]
    fn parameters_are_weights_and_biases_however_many() {
        let count = |text: &str| text.parse::<NetworkSpec>().unwrap().parameter_count();
        assert_eq!(count("784 2 784"), 784 * 2 + 2 + 2 * 784 + 784);
        let endless = LayerSpec { outputs: usize::MAX, activation: Activation::Linear };
        let spec = NetworkSpec { inputs: usize::MAX, layers: vec![endless; 2] };
        assert_eq!(spec.parameter_count(), usize::MAX);
    }

    #[test]
    fn errors_point_at_the_token() {
        let error = |text: &str| text.parse::<NetworkSpec>().unwrap_err();
        assert_eq!(error(""), SpecError::TooShort);
        assert_eq!(error("784"), SpecError::TooShort);
        assert_eq!(error("784 50x 784"), SpecError::BadToken { token: "50x".into(), position: 2 });
        assert_eq!(error("784 t"), SpecError::BadToken { token: "t".into(), position: 2 });
        assert_eq!(error("784t 2"), SpecError::BadToken { token: "784t".into(), position: 1 });
        assert_eq!(error("784 -2"), SpecError::BadToken { token: "-2".into(), position: 2 });
        assert_eq!(error("784 0 784"), SpecError::BadWidth { width: 0, position: 2 });
        assert_eq!(error("784 5000 784"), SpecError::BadWidth { width: 5000, position: 2 });
        assert_eq!(error(&"2 ".repeat(40)), SpecError::TooManyLayers { count: 39 });
        assert!(error("784 99999999999999999999999 2").to_string().contains("number 2"));
    }
}
