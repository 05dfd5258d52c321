//! The errors of the file formats, each one sentence.

use serde_json::error::Category;
use thiserror::Error;

use crate::nn::{MAX_LAYERS, MAX_WIDTH, quoted};
use crate::train::{ConfigError, TrainerStateError};

/// An error in reading or writing a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// The file name has an unknown extension.
    #[error("“{name}” must end in .bottleneck, .json or .safetensors")]
    UnknownFormat {
        /// The file name.
        name: String,
    },
    /// The file does not begin with the magic bytes.
    #[error("this is not a .bottleneck file")]
    WrongMagic,
    /// The file ends too early.
    #[error("the file is incomplete: at least {missing} bytes are missing")]
    Truncated {
        /// The minimum number of missing bytes.
        missing: usize,
    },
    /// There are bytes after the end of the content.
    #[error("the file has {count} extra bytes at its end")]
    TrailingBytes {
        /// The number of bytes.
        count: usize,
    },
    /// The checksum does not match the bytes.
    #[error("the file is damaged: its checksum does not match")]
    Checksum,
    /// The JSON is invalid or does not describe a network.
    #[error("the file cannot be read: {reason}")]
    Json {
        /// The problem and its position.
        reason: String,
    },
    /// The file is not a valid safetensors file.
    #[error("this is not a safetensors file: {reason}")]
    SafeTensors {
        /// The problem.
        reason: String,
    },
    /// A tensor is missing, unexpected, or of the wrong shape or type.
    #[error("the tensor “{name}” {problem}")]
    Tensor {
        /// The name of the tensor.
        name: String,
        /// The problem.
        problem: String,
    },
    /// The metadata do not match the tensors.
    #[error("the metadata “{text}” do not match the tensors")]
    Metadata {
        /// The metadata.
        text: String,
    },
    /// A layer has an unsupported type.
    #[error("layer {index} is of type “{kind}”, which is not supported")]
    UnsupportedLayer {
        /// The zero-based index in the file.
        index: usize,
        /// The type.
        kind: String,
    },
    /// A layer is invalid.
    #[error("layer {index} ({kind}) {problem}")]
    Layer {
        /// The zero-based index in the file.
        index: usize,
        /// The type.
        kind: String,
        /// The problem.
        problem: String,
    },
    /// The network has no layers.
    #[error("the network has no layers")]
    NoLayers,
    /// The layers do not end in a loss.
    #[error("the network does not end in a regression layer")]
    NoRegression,
    /// There are more layers than [`MAX_LAYERS`].
    #[error("a network can have at most {MAX_LAYERS} layers, got {count}")]
    TooManyLayers {
        /// The number of layers.
        count: usize,
    },
    /// A layer is empty or wider than [`MAX_WIDTH`].
    #[error("a layer must be between 1 and {MAX_WIDTH} wide, got {width}")]
    BadWidth {
        /// The width.
        width: u64,
    },
    /// A value is NaN or infinite.
    #[error("{what} contain NaN or infinity")]
    NotFinite {
        /// The plural noun for the values.
        what: &'static str,
    },
    /// A setting is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The step counter is out of range.
    #[error("the number of steps is too large")]
    TooManySteps,
    /// The parts of the file contradict each other.
    #[error("the file contradicts itself: {0}")]
    State(TrainerStateError),
    /// The format cannot hold the network.
    #[error("{format} does not support {what}: choose another format")]
    Unsupported {
        /// The format.
        format: &'static str,
        /// The unsupported feature.
        what: &'static str,
    },
}

impl From<TrainerStateError> for FileError {
    fn from(error: TrainerStateError) -> Self {
        match error {
            TrainerStateError::Config(error) => Self::Config(error),
            error => Self::State(error),
        }
    }
}

impl FileError {
    /// Describes a parser's error without the names of Rust types.
    pub(super) fn json(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let names_types = ["invalid ", "missing ", "duplicate "].iter().any(|word| message.starts_with(word));
        let place = format_args!("line {}, column {}", error.line(), error.column());
        Self::Json {
            reason: match error.classify() {
                Category::Eof => "it ends too early".to_owned(),
                Category::Syntax | Category::Io => format!("it is not valid JSON at {place}"),
                Category::Data if names_types => {
                    format!("it has a value of the wrong kind at {place}")
                }
                Category::Data => excerpt(&message),
            },
        }
    }
}

/// Shortens a text from a file, for use in a sentence.
pub(super) fn excerpt(text: &str) -> String {
    const MAX_CHARS: usize = 100;
    let mut short = quoted(text, MAX_CHARS);
    if text.chars().nth(MAX_CHARS).is_some() {
        short.push('…');
    }
    short
}
