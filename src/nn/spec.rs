//! A network's layers as text: `784 50t 50t 2 50t 50t 784`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::layer_defs::{self, LayerDefsError};
use super::{Activation, Dense, Loss};

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
/// `t` tanh, `r` ReLU, `l` leaky ReLU, `s` sigmoid, none for linear. A `*` marks the layer whose outputs are the code, as in
/// `784 50t 8 4* 50t 784`; without a mark it is the narrowest layer, the first of equals. The lines
/// `layer_defs.push({...});` of ConvNetJS's demos are understood, too.
///
/// ```
/// use bottleneck::nn::NetworkSpec;
///
/// let spec: NetworkSpec = "784 50t 50t 2 50t 50t 784".parse().unwrap();
/// assert_eq!(spec.layers.len(), 6);
/// assert_eq!((spec.code, spec.latent()), (2, 2));
/// assert_eq!(spec.to_string(), "784 50t 50t 2 50t 50t 784");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NetworkSpec {
    /// Inputs of the first layer.
    pub inputs: usize,
    /// The layers, first to last.
    pub layers: Vec<LayerSpec>,
    /// The index of the layer whose outputs are the code.
    pub code: usize,
}

/// Why a text is not a network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SpecError {
    /// There are fewer than two tokens.
    #[error("a network needs a number of inputs and at least one layer, as in “784 2 784”")]
    TooShort,
    /// A token is not a number with at most one letter and one mark.
    #[error(
        "{}: expected a number of outputs and an optional activation (t, r, l or s), as in “50t”, got “{token}”",
        place(*.position)
    )]
    BadToken {
        /// The token.
        token: String,
        /// Its place: 0 is the input, 1 the first layer.
        position: usize,
    },
    /// A layer has no outputs, or more than [`MAX_WIDTH`].
    #[error("{}: width must be between 1 and {MAX_WIDTH}, got {width}", place(*.position))]
    BadWidth {
        /// The width.
        width: usize,
        /// Its place: 0 is the input, 1 the first layer.
        position: usize,
    },
    /// Two layers are marked as the code.
    #[error("layers {first} and {second} are both marked with * as the code: mark one of them")]
    TwoCodes {
        /// The first of them, counted from one.
        first: usize,
        /// The second.
        second: usize,
    },
    /// The code is no layer of the network.
    #[error("the code must be one of the {count} layers, got layer {}", .index.saturating_add(1))]
    NoCode {
        /// The index of the layer that it should be.
        index: usize,
        /// How many layers there are.
        count: usize,
    },
    /// There are more layers than [`MAX_LAYERS`].
    #[error("a network can have at most {MAX_LAYERS} layers, got {count}")]
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

/// The mark of the code.
const CODE_MARK: char = '*';

impl NetworkSpec {
    /// A network whose code is its narrowest layer, the first of equals.
    #[must_use]
    pub fn new(inputs: usize, layers: Vec<LayerSpec>) -> Self {
        let code = narrowest(&layers);
        Self { inputs, layers, code }
    }

    /// How many numbers the code has, `Z`.
    ///
    /// # Panics
    /// If there is no layer [`code`](Self::code).
    #[must_use]
    pub fn latent(&self) -> usize {
        self.layers[self.code].outputs
    }

    /// Checks what [`FromStr`] promises of a network: the number of layers, their widths, and that the code is one of them.
    ///
    /// # Errors
    /// [`SpecError`], which names the layer, what it may be and what was found.
    pub fn validate(&self) -> Result<(), SpecError> {
        match self.layers.len() {
            0 => return Err(SpecError::TooShort),
            count if count > MAX_LAYERS => return Err(SpecError::TooManyLayers { count }),
            count if self.code >= count => return Err(SpecError::NoCode { index: self.code, count }),
            _ => {}
        }
        let widths = std::iter::once(self.inputs).chain(self.layers.iter().map(|layer| layer.outputs));
        match widths.enumerate().find(|(_, width)| !(1..=MAX_WIDTH).contains(width)) {
            Some((position, width)) => Err(SpecError::BadWidth { width, position }),
            None => Ok(()),
        }
    }

    /// The layers, each with its place among the parameters.
    #[must_use]
    pub fn layout(&self) -> Vec<Dense> {
        let mut placed: Vec<Dense> = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let (inputs, offset) =
                placed.last().map_or((self.inputs, 0), |last| (last.outputs, last.range().end));
            placed.push(Dense { inputs, outputs: layer.outputs, activation: layer.activation, offset });
        }
        placed
    }

    /// Makes a linear last layer a sigmoid if `loss` is cross-entropy.
    ///
    /// For files and settings that leave the sigmoid out, because to them it belongs to the loss.
    pub fn supply_read_out(&mut self, loss: Loss) {
        if let Some(last) = self.layers.last_mut()
            && loss.takes_logits()
            && last.activation == Activation::Linear
        {
            last.activation = Activation::Sigmoid;
        }
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
        let mut tokens = text.split_whitespace();
        let inputs = parse_width(tokens.next().ok_or(SpecError::TooShort)?, 0)?;
        let mut layers = Vec::new();
        let mut code = None;
        for (index, token) in tokens.enumerate() {
            let (layer, is_marked) = parse_layer(token, index + 1)?;
            layers.push(layer);
            if is_marked && let Some(first) = code.replace(index) {
                return Err(SpecError::TwoCodes { first: first + 1, second: index + 1 });
            }
        }
        let spec = Self { inputs, code: code.unwrap_or_else(|| narrowest(&layers)), layers };
        spec.validate().map(|()| spec)
    }
}

/// The index of the layer with the fewest outputs, the first of equals; 0 if there are no layers.
fn narrowest(layers: &[LayerSpec]) -> usize {
    let by_width = layers.iter().enumerate().min_by_key(|(_, layer)| layer.outputs);
    by_width.map_or(0, |(index, _)| index)
}

/// A layer, and whether it is marked as the code.
fn parse_layer(token: &str, position: usize) -> Result<(LayerSpec, bool), SpecError> {
    let unmarked = token.strip_suffix(CODE_MARK);
    let text = unmarked.unwrap_or(token);
    let (digits, activation) = LETTERS
        .iter()
        .find_map(|&(letter, activation)| Some((text.strip_suffix(letter)?, activation)))
        .unwrap_or((text, Activation::Linear));
    let outputs = parse_width(digits, position).map_err(|_| bad_token(token, position))?;
    Ok((LayerSpec { outputs, activation }, unmarked.is_some()))
}

fn parse_width(digits: &str, position: usize) -> Result<usize, SpecError> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad_token(digits, position));
    }
    digits.parse().map_err(|_| bad_token(digits, position))
}

fn bad_token(token: &str, position: usize) -> SpecError {
    SpecError::BadToken { token: token.chars().take(20).collect(), position }
}

/// What a sentence calls the token at `position`.
fn place(position: usize) -> String {
    if position == 0 { "Input".to_owned() } else { format!("Layer {position}") }
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
        let inferred = narrowest(&self.layers);
        for (index, layer) in self.layers.iter().enumerate() {
            write!(f, " {}", layer.outputs)?;
            if let Some((letter, _)) = LETTERS.iter().find(|(_, activation)| *activation == layer.activation)
            {
                write!(f, "{letter}")?;
            }
            if index == self.code && index != inferred {
                write!(f, "{CODE_MARK}")?;
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
        assert_eq!((spec.code, spec.latent()), (2, 2));
        let activations: Vec<_> = spec.layers.iter().map(|layer| layer.activation).collect();
        use Activation::{LeakyRelu, Linear, Relu, Sigmoid, Tanh};
        assert_eq!(activations, [Tanh, Relu, Linear, LeakyRelu, Sigmoid, Linear]);
    }

    #[test]
    fn parameters_are_weights_and_biases_however_many() {
        let count = |text: &str| text.parse::<NetworkSpec>().unwrap().parameter_count();
        assert_eq!(count("784 2 784"), 784 * 2 + 2 + 2 * 784 + 784);
        let endless = LayerSpec { outputs: usize::MAX, activation: Activation::Linear };
        let spec = NetworkSpec::new(usize::MAX, vec![endless; 2]);
        assert_eq!(spec.parameter_count(), usize::MAX);
    }

    #[test]
    fn the_code_is_the_first_of_the_narrowest_layers_unless_another_is_marked() {
        let code = |text: &str| text.parse::<NetworkSpec>().unwrap().code;
        assert_eq!(code("9 5t 2t 2 5t 9"), 1);
        assert_eq!(code("9 5t 2t 2* 5t 9"), 2);
        assert_eq!(code("9 5t 2 3t* 9"), 2);
        assert_eq!(code("9 5t 2 9*"), 2);
    }

    #[test]
    fn the_mark_of_the_code_is_written_only_where_it_is_needed() {
        let rewritten = |text: &str| text.parse::<NetworkSpec>().unwrap().to_string();
        assert_eq!(rewritten("9 5t 2* 2 9"), "9 5t 2 2 9");
        for text in ["9 5t 2 2* 9", "784 50t 2 3t* 50t 784", "9 5 9*"] {
            assert_eq!(rewritten(text), text);
        }
    }

    #[test]
    fn errors_point_at_the_token() {
        let error = |text: &str| text.parse::<NetworkSpec>().unwrap_err();
        assert_eq!(error(""), SpecError::TooShort);
        assert_eq!(error("784"), SpecError::TooShort);
        assert_eq!(error("784 50x 784"), SpecError::BadToken { token: "50x".into(), position: 1 });
        assert_eq!(error("784 t"), SpecError::BadToken { token: "t".into(), position: 1 });
        assert_eq!(error("784t 2"), SpecError::BadToken { token: "784t".into(), position: 0 });
        assert_eq!(error("784 -2"), SpecError::BadToken { token: "-2".into(), position: 1 });
        for token in ["2**", "2*t", "*", "*2"] {
            let text = format!("784 {token} 784");
            assert_eq!(error(&text), SpecError::BadToken { token: token.into(), position: 1 });
        }
        assert_eq!(error("784* 2 784"), SpecError::BadToken { token: "784*".into(), position: 0 });
        assert_eq!(error("9 2* 3 2* 9"), SpecError::TwoCodes { first: 1, second: 3 });
        assert!(error("9 2* 3 2* 9").to_string().contains("layers 1 and 3 are both marked"));
        assert_eq!(error("784 0 784"), SpecError::BadWidth { width: 0, position: 1 });
        assert_eq!(error("784 5000 784"), SpecError::BadWidth { width: 5000, position: 1 });
        assert_eq!(
            error("784 50t 9999 784").to_string(),
            "Layer 2: width must be between 1 and 4096, got 9999"
        );
        assert_eq!(error(&"2 ".repeat(40)), SpecError::TooManyLayers { count: 39 });
        assert!(error("784 99999999999999999999999 2").to_string().starts_with("Layer 1: "));
    }
}
