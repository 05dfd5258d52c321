//! The layers of a network, without their numbers.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Activation, CodeKind, Dense, Loss};

/// One layer of a [`NetworkSpec`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerSpec {
    /// How many outputs the layer has.
    pub outputs: usize,
    /// The activation of its outputs.
    pub activation: Activation,
}

impl LayerSpec {
    /// The layer in a word or two: `50 tanh`.
    #[must_use]
    pub fn title(&self) -> String {
        let activation = match self.activation {
            Activation::Linear => "linear",
            Activation::Tanh => "tanh",
            Activation::Relu => "ReLU",
            Activation::LeakyRelu => "leaky ReLU",
            Activation::Sigmoid => "sigmoid",
        };
        format!("{} {activation}", self.outputs)
    }
}

/// The layers of a network, without their numbers.
///
/// As text: the number of inputs, then for each layer the number of its outputs and a letter for its activation:
/// `t` tanh, `r` ReLU, `l` leaky ReLU, `s` sigmoid, none for linear. A `*` marks the layer whose outputs are the code, as in
/// `784 50t 8 4* 50t 784`; without a mark it is the narrowest layer, the first of equals. A `~` marks it as well, and makes it
/// Gaussian: `784 50t 2~ 50t 784` is a variational autoencoder with a code of two numbers. The lines
/// `layer_defs.push({...});` of ConvNetJS's demos are understood, too.
///
/// ```
/// use bottleneck::nn::NetworkSpec;
///
/// let spec: NetworkSpec = "784 50t 50t 2 50t 50t 784".parse().unwrap();
/// assert_eq!(spec.layers.len(), 6);
/// assert_eq!((spec.code, spec.latent_dim()), (2, 2));
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
    /// What the code is.
    pub code_kind: CodeKind,
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
    #[error("layers {first} and {second} are both marked as the code: mark one of them")]
    TwoCodes {
        /// The first of them, counted from one.
        first: usize,
        /// The second.
        second: usize,
    },
    /// The code is not a layer of the network.
    #[error("the code must be one of the {count} layers, got layer {}", .index.saturating_add(1))]
    NoCode {
        /// The index of the layer that it should be.
        index: usize,
        /// How many layers there are.
        count: usize,
    },
    /// A Gaussian code has an activation.
    #[error(
        "Layer {}: a variational code must be linear, got {}: leave out its letter", .index + 1, .found.name()
    )]
    ActivatedCode {
        /// The index of the layer.
        index: usize,
        /// Its activation.
        found: Activation,
    },
    /// A Gaussian code has no decoder.
    #[error("a variational code needs layers after it, to decode it")]
    NothingDecodes,
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

/// What is wrong with ConvNetJS's lines, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct LayerDefsError {
    /// The line, counted from one.
    pub line: usize,
    /// The character in it, counted from one.
    pub column: usize,
    /// What is wrong there.
    pub problem: String,
}

/// The most outputs of a layer.
pub const MAX_WIDTH: usize = 4096;

/// The most layers of a network.
pub const MAX_LAYERS: usize = 32;

impl NetworkSpec {
    /// A network whose code is its narrowest layer, the first of equals.
    #[must_use]
    pub fn new(inputs: usize, layers: Vec<LayerSpec>) -> Self {
        let code = narrowest(&layers);
        Self { inputs, layers, code, code_kind: CodeKind::Deterministic }
    }

    /// The same network with a code that is Gaussian, or a point.
    ///
    /// # Errors
    /// If the code is to be Gaussian, but is activated or the last layer; see [`validate`](Self::validate).
    pub fn with_code(self, code_kind: CodeKind) -> Result<Self, SpecError> {
        let spec = Self { code_kind, ..self };
        spec.validate().map(|()| spec)
    }

    /// Whether the code is Gaussian, which makes the autoencoder variational.
    #[must_use]
    pub fn is_variational(&self) -> bool {
        self.code_kind == CodeKind::Gaussian
    }

    /// How many numbers the code has, `Z`.
    ///
    /// # Panics
    /// If there is no layer [`code`](Self::code).
    #[must_use]
    pub fn latent_dim(&self) -> usize {
        self.layers[self.code].outputs
    }

    /// Checks what [`FromStr`](std::str::FromStr) promises of a network: the number of layers, their widths, and that the code is one of them.
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
        if let Some((position, width)) =
            widths.enumerate().find(|(_, width)| !(1..=MAX_WIDTH).contains(width))
        {
            return Err(SpecError::BadWidth { width, position });
        }
        let (index, found) = (self.code, self.layers[self.code].activation);
        match self.is_variational() {
            true if found != Activation::Linear => Err(SpecError::ActivatedCode { index, found }),
            true if index + 1 == self.layers.len() => Err(SpecError::NothingDecodes),
            _ => Ok(()),
        }
    }

    /// How many numbers the layer `index` computes: as many as it gives on, and of a Gaussian code twice as many.
    fn computed(&self, index: usize) -> usize {
        let outputs = self.layers[index].outputs;
        if index == self.code && self.is_variational() { outputs.saturating_mul(2) } else { outputs }
    }

    /// The layers, each with its place among the parameters. That of a Gaussian code has `2Z` outputs.
    #[must_use]
    pub fn layout(&self) -> Vec<Dense> {
        let mut placed: Vec<Dense> = Vec::with_capacity(self.layers.len());
        let mut inputs = self.inputs;
        for (index, layer) in self.layers.iter().enumerate() {
            let offset = placed.last().map_or(0, |last| last.range().end);
            let outputs = self.computed(index);
            placed.push(Dense { inputs, outputs, activation: layer.activation, offset });
            inputs = layer.outputs;
        }
        placed
    }

    /// Makes a linear last layer a sigmoid if `loss` is cross-entropy.
    ///
    /// For files and settings that leave the sigmoid out, because to them it belongs to the loss.
    pub fn ensure_output_activation(&mut self, loss: Loss) {
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
        let inputs = std::iter::once(self.inputs).chain(self.layers.iter().map(|layer| layer.outputs));
        let outputs = (0..self.layers.len()).map(|index| self.computed(index));
        let counts =
            inputs.zip(outputs).map(|(inputs, outputs)| inputs.saturating_add(1).saturating_mul(outputs));
        counts.fold(0, usize::saturating_add)
    }
}

/// The index of the layer with the fewest outputs, the first of equals; 0 if there are no layers.
pub(super) fn narrowest(layers: &[LayerSpec]) -> usize {
    let by_width = layers.iter().enumerate().min_by_key(|(_, layer)| layer.outputs);
    by_width.map_or(0, |(index, _)| index)
}

/// What a sentence calls the token at `position`.
fn place(position: usize) -> String {
    if position == 0 { "Input".to_owned() } else { format!("Layer {position}") }
}
