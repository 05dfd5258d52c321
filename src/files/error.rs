//! What can be wrong with a file, each in one sentence.

use serde_json::error::Category;
use thiserror::Error;

use crate::nn::{MAX_LAYERS, MAX_WIDTH, quoted};
use crate::train::{ConfigError, TrainerStateError};

/// Why a file could not be read, or a network not written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// The name of a file does not end as that of any format.
    #[error("“{name}” must end in .bottleneck, .json or .safetensors")]
    UnknownFormat {
        /// The name.
        name: String,
    },
    /// The file does not begin with the mark of its format.
    #[error("this is not a .bottleneck file")]
    WrongMagic,
    /// The file ends too early.
    #[error("the file is incomplete: at least {missing} bytes are missing")]
    Truncated {
        /// How many bytes are missing at least.
        missing: usize,
    },
    /// The file goes on after its content.
    #[error("the file has {count} extra bytes at its end")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// The checksum does not match the bytes.
    #[error("the file is damaged: its checksum does not match")]
    Checksum,
    /// The file's JSON is invalid or not that of a network.
    #[error("the file cannot be read: {reason}")]
    Json {
        /// What is wrong with it, and where.
        reason: String,
    },
    /// The file is not a valid safetensors file.
    #[error("this is not a safetensors file: {reason}")]
    SafeTensors {
        /// What is wrong with it.
        reason: String,
    },
    /// A tensor is missing, does not belong to an autoencoder, or has the wrong shape or type.
    #[error("the tensor “{name}” {problem}")]
    Tensor {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// The metadata do not match the tensors.
    #[error("the metadata “{text}” do not match the tensors")]
    Metadata {
        /// What they say.
        text: String,
    },
    /// A layer of a kind that is not supported.
    #[error("layer {index} is of type “{kind}”, which is not supported")]
    UnsupportedLayer {
        /// Its place in the file, counted from zero as there.
        index: usize,
        /// Its kind.
        kind: String,
    },
    /// A layer is invalid.
    #[error("layer {index} ({kind}) {problem}")]
    Layer {
        /// Its place in the file, counted from zero as there.
        index: usize,
        /// Its kind.
        kind: String,
        /// What is wrong.
        problem: String,
    },
    /// There are no layers.
    #[error("the network has no layers")]
    NoLayers,
    /// The layers do not end in a loss.
    #[error("the network does not end in a regression layer")]
    NoRegression,
    /// There are more layers than [`MAX_LAYERS`].
    #[error("a network can have at most {MAX_LAYERS} layers, got {count}")]
    TooManyLayers {
        /// How many there are.
        count: usize,
    },
    /// A layer is empty or wider than [`MAX_WIDTH`].
    #[error("a layer must be between 1 and {MAX_WIDTH} wide, got {width}")]
    BadWidth {
        /// The width.
        width: u64,
    },
    /// A number is infinite or not a number.
    #[error("{what} contain NaN or infinity")]
    NotFinite {
        /// Which numbers.
        what: &'static str,
    },
    /// A setting is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The run has counted more steps than a run can.
    #[error("the number of steps is too large")]
    TooManySteps,
    /// The parts of the file contradict each other.
    #[error("the file contradicts itself: {0}")]
    State(TrainerStateError),
    /// The format does not support something in the network.
    #[error("{format} does not support {what}: choose another format")]
    Unrepresentable {
        /// The format.
        format: &'static str,
        /// What it does not support.
        what: String,
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
    /// What a parser found, without the names of the program's types.
    pub(super) fn json(error: &serde_json::Error) -> Self {
        let said = error.to_string();
        let is_about_types = ["invalid ", "missing ", "duplicate "].iter().any(|word| said.starts_with(word));
        let place = format_args!("line {}, column {}", error.line(), error.column());
        Self::Json {
            reason: match error.classify() {
                Category::Eof => "it ends too early".to_owned(),
                Category::Syntax | Category::Io => format!("it is not valid JSON at {place}"),
                Category::Data if is_about_types => {
                    format!("it has a value of the wrong kind at {place}")
                }
                Category::Data => excerpt(&said),
            },
        }
    }
}

/// The beginning of a text from a file, short enough for a sentence.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 100;
    let mut short = quoted(text, LONGEST);
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}
