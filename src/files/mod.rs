//! Files of runs and of networks.
//!
//! There are three formats, recognised by the file name's extension: `.bottleneck`, from which a run resumes bit for bit; the
//! network JSON of ConvNetJS; and `.safetensors`, as PyTorch reads it. The last two hold layers and parameters, but no run.
//!
//! Input is untrusted. Any problem with it becomes a [`FileError`] of one sentence, memory is allocated only for bytes that
//! are there, and nothing is returned before all of it has been checked.

mod activations;
mod bottleneck;
mod convnetjs;
mod error;
mod foreign;
mod json;
mod png;
mod run_header;
mod safetensors;
mod script;
mod zip;

pub use activations::ActivationChoice;
pub use bottleneck::BottleneckWriter;
pub use error::FileError;
pub use foreign::describe_foreign;
pub use png::write_png;
pub use run_header::{CurvePoints, Images, RunHeader, SavedPin, SettingChange, Slot};
pub use script::Script;
pub use zip::write_zip;

use crate::nn::{Loss, NetworkSpec};
use crate::train::{Trainer, TrainerConfig, TrainerState};

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `.bottleneck`: a run.
    Bottleneck,
    /// `.json`: the network JSON of ConvNetJS.
    ConvNetJs,
    /// `.safetensors`: the tensors of a network.
    SafeTensors,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Bottleneck, Self::ConvNetJs, Self::SafeTensors];

    /// Returns the extension of the file name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Bottleneck => "bottleneck",
            Self::ConvNetJs => "json",
            Self::SafeTensors => "safetensors",
        }
    }

    /// Returns the format for the extension of a file name.
    ///
    /// # Errors
    /// If the extension belongs to none of the formats.
    pub fn from_file_name(name: &str) -> Result<Self, FileError> {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        Self::ALL
            .into_iter()
            .find(|format| format.extension().eq_ignore_ascii_case(extension))
            .ok_or_else(|| FileError::UnknownFormat { name: error::excerpt(name) })
    }
}

/// A network with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    spec: NetworkSpec,
    /// The loss, if the file has one.
    loss: Option<Loss>,
    /// The parameters, `[P]`.
    pub parameters: Vec<f32>,
    /// The networks that the file may hold, if it does not state the activations.
    choices: Vec<NetworkSpec>,
}

impl Model {
    fn from_trainer(trainer: &Trainer) -> Self {
        Self {
            spec: trainer.config().spec.clone(),
            loss: Some(trainer.config().loss),
            parameters: trainer.parameters().to_vec(),
            choices: Vec::new(),
        }
    }
}

/// Writes a run, as far as `format` can hold it.
///
/// # Errors
/// If a parameter is NaN or infinite, or the format cannot hold the network.
pub fn save(format: Format, trainer: &Trainer) -> Result<Vec<u8>, FileError> {
    if !trainer.parameters().iter().all(|parameter| parameter.is_finite()) {
        return Err(FileError::NotFinite { what: "the parameters" });
    }
    match format {
        Format::Bottleneck => bottleneck::write(&trainer.state(), None),
        Format::ConvNetJs => convnetjs::write(&Model::from_trainer(trainer)),
        Format::SafeTensors => Ok(safetensors::write(&Model::from_trainer(trainer))),
    }
}

/// Writes a run as a `.bottleneck` file.
///
/// # Errors
/// If a parameter is NaN or infinite, or the state is invalid.
pub fn save_state(state: &TrainerState) -> Result<Vec<u8>, FileError> {
    bottleneck::write(state, None)
}

/// Checks that a run can be written, and resumed.
///
/// # Errors
/// If a parameter or a moment is NaN or infinite, or the state is invalid.
pub fn check_state(state: &TrainerState) -> Result<(), FileError> {
    bottleneck::check(state)
}

/// Writes a run as a `.bottleneck` file, with what the page shows of it.
///
/// # Errors
/// If a parameter is NaN or infinite, or the state is invalid.
pub fn save_run(state: &TrainerState, header: RunHeader) -> Result<Vec<u8>, FileError> {
    bottleneck::write(state, Some(header))
}

/// The checked content of a file, before a trainer is made from it.
#[derive(Clone, Debug, PartialEq)]
pub enum Loaded {
    /// A run with its own settings, and what the page showed of it.
    Run(Box<TrainerState>, Option<Box<RunHeader>>),
    /// A network, to be trained from step zero.
    Network {
        /// The settings of the training.
        config: TrainerConfig,
        /// The parameters, `[P]`.
        parameters: Vec<f32>,
        /// The networks that the file may hold, if it does not state the activations; see [`Loaded::choose_activations`].
        choices: Vec<NetworkSpec>,
    },
}

impl Loaded {
    /// Returns the settings.
    pub fn config(&self) -> &TrainerConfig {
        match self {
            Self::Run(state, _) => &state.config,
            Self::Network { config, .. } => config,
        }
    }

    /// Makes a trainer that continues from the content.
    ///
    /// # Errors
    /// If a setting is out of range or parts of the state contradict each other.
    pub fn into_trainer(self) -> Result<Trainer, FileError> {
        match self {
            Self::Run(state, _) => Ok(Trainer::from_state(*state)?),
            Self::Network { config, parameters, .. } => {
                let mut trainer = Trainer::new(&config)?;
                trainer.set_parameters(&parameters);
                Ok(trainer)
            }
        }
    }
}

/// Reads a file.
///
/// A `.bottleneck` file has its own settings. The other formats hold a network only, which is trained under the settings of
/// `fallback`. The loss of the file replaces that of `fallback` only if one of the two is cross-entropy and the other a
/// squared error.
///
/// In older files the last layer under cross-entropy is linear, with the sigmoid in the loss. It is read as a sigmoid.
///
/// # Errors
/// If the file is invalid.
pub fn read(format: Format, bytes: &[u8], fallback: &TrainerConfig) -> Result<Loaded, FileError> {
    let model = match format {
        Format::Bottleneck => {
            let (mut state, run) = bottleneck::read(bytes)?;
            state.config.spec.ensure_output_activation(state.config.loss);
            bottleneck::check(&state)?;
            return Ok(Loaded::Run(Box::new(state), run.map(Box::new)));
        }
        Format::ConvNetJs => {
            let mut reader = ConvNetJsReader::default();
            reader.push(bytes)?;
            return reader.finish(fallback);
        }
        Format::SafeTensors => safetensors::read(bytes, &fallback.spec)?,
    };
    network(model, fallback)
}

/// An incremental reader of ConvNetJS's JSON, for a page that must not block while a large file is parsed.
#[derive(Debug)]
pub struct ConvNetJsReader(convnetjs::JsonReader);

impl Default for ConvNetJsReader {
    fn default() -> Self {
        Self(convnetjs::JsonReader::new())
    }
}

impl ConvNetJsReader {
    /// Reads the next chunk, of any size.
    ///
    /// # Errors
    /// If it cannot be part of a valid file. The reader must not be used after that.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.0.push(bytes)
    }

    /// Returns the content after the last chunk, as [`read`] does.
    ///
    /// # Errors
    /// If the file is invalid.
    pub fn finish(self, fallback: &TrainerConfig) -> Result<Loaded, FileError> {
        network(convnetjs::model(self.0.finish()?)?, fallback)
    }
}

/// Puts a network under the settings of `fallback`.
fn network(model: Model, fallback: &TrainerConfig) -> Result<Loaded, FileError> {
    let is_other_kind = |loss: &Loss| loss.takes_logits() != fallback.loss.takes_logits();
    let loss = model.loss.filter(is_other_kind).unwrap_or(fallback.loss);
    let mut config = TrainerConfig { loss, ..fallback.clone() };
    config.set_spec(model.spec);
    config.spec.ensure_output_activation(loss);
    config.validate()?;
    Ok(Loaded::Network { config, parameters: model.parameters, choices: model.choices })
}

/// Reads a file and makes a trainer: [`read`] and [`Loaded::into_trainer`].
///
/// # Errors
/// If the file or `fallback` is invalid.
pub fn load(format: Format, bytes: &[u8], fallback: &TrainerConfig) -> Result<Trainer, FileError> {
    read(format, bytes, fallback)?.into_trainer()
}

/// Returns the transpose of a row-major matrix of `columns` columns.
fn transposed(matrix: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| matrix.iter().skip(column).step_by(columns)).copied().collect()
}
