//! The architecture of a network.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Activation, CodeKind, Dense, Loss};

/// One layer of a [`NetworkSpec`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerSpec {
    /// Outputs of the layer; of a Gaussian code the latent dimensions.
    pub outputs: usize,
    /// The activation of the outputs.
    pub activation: Activation,
}

impl LayerSpec {
    /// Returns the layer for display: `50 tanh`.
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

/// The architecture of a network: its layers without their parameters.
///
/// As text: the number of inputs, then for each layer the number of outputs and a letter for the activation: `t` tanh, `r` ReLU,
/// `l` leaky ReLU, `s` sigmoid, none for linear. A `*` marks the layer that computes the code, as in `784 50t 8 4* 50t 784`;
/// without a mark it is the first of the narrowest layers. A `~` marks a Gaussian code: `784 50t 2~ 50t 784` is a variational
/// autoencoder with two latent dimensions. The lines `layer_defs.push({...});` of ConvNetJS's demos are parsed too.
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
    /// Index of the layer that computes the code.
    pub code: usize,
    /// Whether the code is deterministic or Gaussian.
    pub code_kind: CodeKind,
}

/// Why a text or a [`NetworkSpec`] is not a valid network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SpecError {
    /// There are fewer than two tokens.
    #[error("a network needs a number of inputs and at least one layer, as in “784 2 784”")]
    TooShort,
    /// A token is not a number with at most one letter and one mark.
    #[error(
        "{}: expected a number of outputs and an optional activation (t, r, l or s), as in “50t”, got “{token}”",
        layer_name(*.position)
    )]
    BadToken {
        /// The token.
        token: String,
        /// Its position: 0 is the input, 1 the first layer.
        position: usize,
    },
    /// A layer has no outputs, or more than [`MAX_WIDTH`].
    #[error("{}: width must be between 1 and {MAX_WIDTH}, got {width}", layer_name(*.position))]
    BadWidth {
        /// The width.
        width: usize,
        /// Its position: 0 is the input, 1 the first layer.
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
    /// The network has no layer with the index of the code.
    #[error("the code must be one of the {count} layers, got layer {}", .index.saturating_add(1))]
    CodeOutOfRange {
        /// The index of the code.
        index: usize,
        /// The number of layers.
        count: usize,
    },
    /// The layer of a Gaussian code is not linear.
    #[error(
        "Layer {}: a variational code must be linear, got {}: leave out its letter", .index + 1, .activation.name()
    )]
    NonlinearCode {
        /// The index of the layer.
        index: usize,
        /// Its activation.
        activation: Activation,
    },
    /// A Gaussian code has no decoder.
    #[error("a variational code needs layers after it, to decode it")]
    NoDecoder,
    /// There are more layers than [`MAX_LAYERS`].
    #[error("a network can have at most {MAX_LAYERS} layers, got {count}")]
    TooManyLayers {
        /// The number of layers.
        count: usize,
    },
    /// There are more parameters than [`MAX_PARAMETERS`].
    #[error("a network can have at most {MAX_PARAMETERS} parameters, got {count}")]
    TooManyParameters {
        /// The number of parameters.
        count: usize,
    },
    /// The loss is cross-entropy, but the last layer is not a sigmoid.
    #[error("binary cross-entropy needs a sigmoid as the last layer, got {}", .found.name())]
    OutputActivation {
        /// The activation of the last layer.
        found: Activation,
    },
    /// ConvNetJS's layer definitions have an error.
    #[error(transparent)]
    LayerDefs(#[from] LayerDefsError),
}

/// An error in ConvNetJS's layer definitions.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct LayerDefsError {
    /// The line, counted from one.
    pub line: usize,
    /// The character of the line, counted from one.
    pub column: usize,
    /// The problem.
    pub problem: String,
}

/// The maximum number of outputs of a layer.
pub const MAX_WIDTH: usize = 4096;

/// The maximum number of layers of a network.
pub const MAX_LAYERS: usize = 32;

/// The maximum number of parameters of a network: 512 MB, of which training takes up to four times as much.
pub const MAX_PARAMETERS: usize = 1 << 27;

impl NetworkSpec {
    /// Creates a network whose code is deterministic and its first narrowest layer.
    pub fn new(inputs: usize, layers: Vec<LayerSpec>) -> Self {
        let code = narrowest(&layers);
        Self { inputs, layers, code, code_kind: CodeKind::Deterministic }
    }

    /// Returns the network with another kind of code.
    ///
    /// # Errors
    /// If the code would be Gaussian, but its layer is not linear or is the last; see [`validate`](Self::validate).
    pub fn with_code(self, code_kind: CodeKind) -> Result<Self, SpecError> {
        let spec = Self { code_kind, ..self };
        spec.validate().map(|()| spec)
    }

    /// Returns whether the code is Gaussian and the autoencoder therefore variational.
    pub fn is_variational(&self) -> bool {
        self.code_kind == CodeKind::Gaussian
    }

    /// Returns the number of latent dimensions, `Z`.
    ///
    /// # Panics
    /// If there is no layer [`code`](Self::code).
    pub fn latent_dim(&self) -> usize {
        self.layers[self.code].outputs
    }

    /// Checks the number of layers and parameters, the widths and the code. A parsed network has passed this check.
    ///
    /// # Errors
    /// [`SpecError`], which names the layer, the limit and the actual value.
    pub fn validate(&self) -> Result<(), SpecError> {
        match self.layers.len() {
            0 => return Err(SpecError::TooShort),
            count if count > MAX_LAYERS => return Err(SpecError::TooManyLayers { count }),
            count if self.code >= count => return Err(SpecError::CodeOutOfRange { index: self.code, count }),
            _ => {}
        }
        let widths = std::iter::once(self.inputs).chain(self.layers.iter().map(|layer| layer.outputs));
        if let Some((position, width)) =
            widths.enumerate().find(|(_, width)| !(1..=MAX_WIDTH).contains(width))
        {
            return Err(SpecError::BadWidth { width, position });
        }
        let (index, activation) = (self.code, self.layers[self.code].activation);
        match self.is_variational() {
            true if activation != Activation::Linear => Err(SpecError::NonlinearCode { index, activation }),
            true if index + 1 == self.layers.len() => Err(SpecError::NoDecoder),
            _ => match self.parameter_count() {
                count if count > MAX_PARAMETERS => Err(SpecError::TooManyParameters { count }),
                _ => Ok(()),
            },
        }
    }

    /// Returns the number of outputs that the layer `index` computes: `2Z` for a Gaussian code.
    fn computed_outputs(&self, index: usize) -> usize {
        let outputs = self.layers[index].outputs;
        if index == self.code && self.is_variational() { outputs.saturating_mul(2) } else { outputs }
    }

    /// Returns the layers with their offsets in the parameters. The layer of a Gaussian code has `2Z` outputs.
    pub fn layout(&self) -> Vec<Dense> {
        let mut layout: Vec<Dense> = Vec::with_capacity(self.layers.len());
        let mut inputs = self.inputs;
        for (index, layer) in self.layers.iter().enumerate() {
            let offset = layout.last().map_or(0, |last| last.range().end);
            let outputs = self.computed_outputs(index);
            layout.push(Dense { inputs, outputs, activation: layer.activation, offset });
            inputs = layer.outputs;
        }
        layout
    }

    /// Makes a linear last layer a sigmoid if `loss` is cross-entropy.
    ///
    /// For files and settings in which the sigmoid is part of the loss and therefore left out.
    pub fn ensure_output_activation(&mut self, loss: Loss) {
        if let Some(last) = self.layers.last_mut()
            && loss.takes_logits()
            && last.activation == Activation::Linear
        {
            last.activation = Activation::Sigmoid;
        }
    }

    /// Returns the number of parameters, `P`, at most `usize::MAX`.
    pub fn parameter_count(&self) -> usize {
        let inputs = std::iter::once(self.inputs).chain(self.layers.iter().map(|layer| layer.outputs));
        let outputs = (0..self.layers.len()).map(|index| self.computed_outputs(index));
        let counts =
            inputs.zip(outputs).map(|(inputs, outputs)| inputs.saturating_add(1).saturating_mul(outputs));
        counts.fold(0, usize::saturating_add)
    }
}

/// Returns the index of the first of the layers with the fewest outputs; 0 if there are no layers.
pub(super) fn narrowest(layers: &[LayerSpec]) -> usize {
    let by_width = layers.iter().enumerate().min_by_key(|(_, layer)| layer.outputs);
    by_width.map_or(0, |(index, _)| index)
}

/// Returns what an error message calls the layer at `position`.
fn layer_name(position: usize) -> String {
    if position == 0 { "Input".to_owned() } else { format!("Layer {position}") }
}
