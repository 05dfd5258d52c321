//! What can be wrong with a file, in one sentence each.

use serde_json::error::Category;
use thiserror::Error;

use crate::nn::{MAX_LAYERS, MAX_WIDTH};
use crate::trainer::{ConfigError, StateError};

/// Why a file could not be read, or a network not written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// The name of a file does not tell a format.
    #[error("“{name}” ends in none of .bottleneck, .json and .safetensors")]
    UnknownFormat {
        /// The name.
        name: String,
    },
    /// The file does not begin as its format does.
    #[error("this is not a .bottleneck file: it begins otherwise")]
    WrongMagic,
    /// The file ends too early.
    #[error("the file ends in the middle: {missing} more bytes were to come")]
    Truncated {
        /// How many bytes are missing at least.
        missing: usize,
    },
    /// The file goes on after its end.
    #[error("the file has {count} bytes too many")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// The checksum is not that of the bytes.
    #[error("the file is damaged: its checksum is wrong")]
    Checksum,
    /// The file's JSON is not what it should be.
    #[error("the file cannot be understood: {reason}")]
    Json {
        /// What is wrong with it, and where.
        reason: String,
    },
    /// The file's frame of tensors is not what it should be.
    #[error("this is not a safetensors file: {reason}")]
    SafeTensors {
        /// What the parser says.
        reason: String,
    },
    /// A tensor is not one of an autoencoder's, is missing, or is of another shape or type than it should be.
    #[error("the tensor “{name}” {problem}")]
    Tensor {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// Metadata that are not of the tensors beside them.
    #[error("the metadata “{text}” are not of these tensors")]
    Metadata {
        /// What they say.
        text: String,
    },
    /// A layer of a kind that there is not here.
    #[error("layer {index} is of the kind “{kind}”, which cannot be represented here")]
    UnsupportedLayer {
        /// Its place in the file, counted from zero as there.
        index: usize,
        /// Its kind.
        kind: String,
    },
    /// A layer is not as it should be.
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
    #[error("{count} layers are more than the {MAX_LAYERS} that a network may have")]
    TooManyLayers {
        /// How many there are.
        count: usize,
    },
    /// A layer is empty or wider than [`MAX_WIDTH`].
    #[error("a layer of {width} is not one: between 1 and {MAX_WIDTH} numbers wide is")]
    BadWidth {
        /// The width.
        width: u64,
    },
    /// Something is infinite or no number.
    #[error("{what} hold something that is infinite or no number")]
    NotFinite {
        /// What does.
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
    State(StateError),
    /// The format has no word for something that the network has.
    #[error("{format} has no {what}: choose another format")]
    Unrepresentable {
        /// The format.
        format: &'static str,
        /// What it lacks.
        what: String,
    },
}

impl From<StateError> for SnapshotError {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Config(error) => Self::Config(error),
            error => Self::State(error),
        }
    }
}

impl SnapshotError {
    /// What a parser found, in words that are not those of the program's types.
    pub(super) fn json(error: &serde_json::Error) -> Self {
        let said = error.to_string();
        let is_about_types = ["invalid ", "missing ", "duplicate "].iter().any(|word| said.starts_with(word));
        let place = format_args!("line {}, column {}", error.line(), error.column());
        Self::Json {
            reason: match error.classify() {
                Category::Eof => "it ends too early".to_owned(),
                Category::Syntax | Category::Io => format!("from {place} on it cannot be read as JSON"),
                Category::Data if is_about_types => {
                    format!("at {place} stands something else than a network has there")
                }
                Category::Data => excerpt(&said),
            },
        }
    }
}

/// The beginning of a text that comes from elsewhere, short enough for a sentence.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 100;
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = characters.by_ref().take(LONGEST).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
