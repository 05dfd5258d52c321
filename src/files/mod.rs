//! Runs kept in files, and networks handed to other programs and back.
//!
//! There are three formats, recognised by the end of a file's name: `.bottleneck`, with which a run resumes bit for bit; the network JSON of
//! ConvNetJS; and `safetensors`, as PyTorch reads them. The last two hold only a [`Model`]: layers and parameters, but no run.
//!
//! What is read here may come from anywhere. Whatever is wrong with it becomes a [`FileError`] of one sentence: memory is
//! taken only for bytes that are there, and nothing is returned until all of it has been checked.

mod bottleneck;
mod convnetjs;
mod error;
mod safetensors;

pub use bottleneck::BottleneckWriter;
pub use error::FileError;

use crate::nn::{Loss, NetworkSpec};
use crate::train::{Trainer, TrainerConfig, TrainerState};

/// A file format, recognised by the end of a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `.bottleneck`: everything needed to resume.
    Bottleneck,
    /// `.json`: ConvNetJS's `net.toJSON()`.
    ConvNetJs,
    /// `.safetensors`: the tensors alone.
    SafeTensors,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Bottleneck, Self::ConvNetJs, Self::SafeTensors];

    /// The end of such a file's name, after the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Bottleneck => "bottleneck",
            Self::ConvNetJs => "json",
            Self::SafeTensors => "safetensors",
        }
    }

    /// The format of a file by its name.
    ///
    /// # Errors
    /// If the name ends in none of the three.
    pub fn from_file_name(name: &str) -> Result<Self, FileError> {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        Self::ALL
            .into_iter()
            .find(|format| format.extension().eq_ignore_ascii_case(ending))
            .ok_or_else(|| FileError::UnknownFormat { name: error::excerpt(name) })
    }
}

/// A network and its parameters, which every format can hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The layers.
    pub spec: NetworkSpec,
    /// The loss that the network was trained by, if the file says so.
    pub loss: Option<Loss>,
    /// The parameters, `[P]`.
    pub parameters: Vec<f32>,
}

impl Model {
    /// The network of `trainer` as it is now.
    #[must_use]
    pub fn from_trainer(trainer: &Trainer) -> Self {
        Self {
            spec: trainer.config().spec.clone(),
            loss: Some(trainer.config().loss),
            parameters: trainer.parameters().to_vec(),
        }
    }
}

/// Writes a run, or the part of it that `format` can hold.
///
/// # Errors
/// If the run has diverged, or the format does not support something in the network.
pub fn save(format: Format, trainer: &Trainer) -> Result<Vec<u8>, FileError> {
    if !trainer.parameters().iter().all(|parameter| parameter.is_finite()) {
        return Err(FileError::NotFinite { what: "the parameters" });
    }
    match format {
        Format::Bottleneck => bottleneck::write(&trainer.state()),
        Format::ConvNetJs => convnetjs::write(&Model::from_trainer(trainer)),
        Format::SafeTensors => Ok(safetensors::write(&Model::from_trainer(trainer))),
    }
}

/// Writes a run as a `.bottleneck` file.
///
/// # Errors
/// If the run has diverged.
pub fn save_state(state: &TrainerState) -> Result<Vec<u8>, FileError> {
    bottleneck::write(state)
}

/// The content of a file once it has been checked, and before a trainer takes the memory for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Loaded {
    /// A run, which goes on where it stopped, with its own settings.
    Run(Box<TrainerState>),
    /// A network alone, from which a run begins at step zero.
    Network {
        /// The settings of that run.
        config: TrainerConfig,
        /// The parameters, `[P]`.
        parameters: Vec<f32>,
    },
}

impl Loaded {
    /// The settings of the steps to come.
    #[must_use]
    pub fn config(&self) -> &TrainerConfig {
        match self {
            Self::Run(state) => &state.config,
            Self::Network { config, .. } => config,
        }
    }

    /// A trainer that goes on with it.
    ///
    /// # Errors
    /// If a setting is out of its range or the parts of a run contradict each other.
    pub fn into_trainer(self) -> Result<Trainer, FileError> {
        match self {
            Self::Run(state) => Ok(Trainer::from_state(*state)?),
            Self::Network { config, parameters } => {
                let mut trainer = Trainer::new(&config)?;
                trainer.set_parameters(&parameters);
                Ok(trainer)
            }
        }
    }
}

/// Reads a file.
///
/// A `.bottleneck` file has its own settings. The others hold only a network: the settings are those of `fallback`, except
/// for what the file says. The file's loss counts only if it is cross-entropy where that of `fallback` is not, or the other
/// way round: a squared error of either scale is the same to the network.
///
/// Older files have a linear last layer under cross-entropy, which brought the sigmoid along: it is read as a sigmoid.
///
/// # Errors
/// If there is anything wrong with the file.
pub fn read(format: Format, bytes: &[u8], fallback: &TrainerConfig) -> Result<Loaded, FileError> {
    let model = match format {
        Format::Bottleneck => {
            let mut state = bottleneck::read(bytes)?;
            state.config.spec.ensure_output_activation(state.config.loss);
            bottleneck::check(&state)?;
            return Ok(Loaded::Run(Box::new(state)));
        }
        Format::ConvNetJs => {
            let mut reading = ConvNetJsReader::default();
            reading.push(bytes)?;
            return reading.finish(fallback);
        }
        Format::SafeTensors => safetensors::read(bytes, &fallback.spec)?,
    };
    network(model, fallback)
}

/// A network of ConvNetJS's, read as its file arrives: for a page that cannot stop for as long as all of it takes.
#[derive(Debug)]
pub struct ConvNetJsReader(convnetjs::Reader);

impl Default for ConvNetJsReader {
    fn default() -> Self {
        Self(convnetjs::Reader::new())
    }
}

impl ConvNetJsReader {
    /// Takes the next piece, of any size.
    ///
    /// # Errors
    /// If it cannot be part of such a file. Nothing is to be pushed after that.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.0.push(bytes)
    }

    /// What the file holds, once all of it has been pushed; as [`read`] reads it.
    ///
    /// # Errors
    /// If there is anything wrong with the file.
    pub fn finish(self, fallback: &TrainerConfig) -> Result<Loaded, FileError> {
        network(self.0.finish()?, fallback)
    }
}

/// A network alone, under the settings of `fallback`.
fn network(model: Model, fallback: &TrainerConfig) -> Result<Loaded, FileError> {
    let is_of_another_kind = |loss: &Loss| loss.takes_logits() != fallback.loss.takes_logits();
    let loss = model.loss.filter(is_of_another_kind).unwrap_or(fallback.loss);
    let mut config = TrainerConfig { loss, ..fallback.clone() };
    config.set_spec(model.spec);
    config.spec.ensure_output_activation(loss);
    config.validate()?;
    Ok(Loaded::Network { config, parameters: model.parameters })
}

/// Reads a file, and gives a trainer that goes on with it: [`read`] and [`Loaded::into_trainer`] in one.
///
/// # Errors
/// If there is anything wrong with the file or with `fallback`.
pub fn load(format: Format, bytes: &[u8], fallback: &TrainerConfig) -> Result<Trainer, FileError> {
    read(format, bytes, fallback)?.into_trainer()
}

/// The transpose of a matrix that has `columns` columns, row-major as it is itself.
fn transposed(matrix: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| matrix.iter().skip(column).step_by(columns)).copied().collect()
}
