//! `--load` and `--save`: files of networks and runs.

use std::fs;
use std::path::{Path, PathBuf};

use bottleneck::data::PIXELS;
use bottleneck::files::{self, FileError, Format};
use bottleneck::train::{ConfigError, Trainer};

use super::args::Args;
use super::{Result, atomic_file};

/// Starts a run, or continues a loaded one.
pub fn start(args: &Args) -> Result<Trainer> {
    let config = args.config()?;
    let invalid = |error: ConfigError| format!("The run cannot begin: {error}.");
    let Some(path) = &args.load else { return Trainer::new(&config).map_err(invalid) };
    let in_file = |error: FileError| format!("{}: {error}.", path.display());
    let format = format_of(path)?;
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
    let trainer = files::load(format, &bytes, &config).map_err(in_file)?;
    let inputs = trainer.network().inputs();
    if inputs != PIXELS {
        return Err(format!(
            "{}: its network takes {inputs} numbers, and a digit has {PIXELS}.",
            path.display()
        ));
    }
    // A run has its own settings, except for the options given now.
    if format == Format::Bottleneck {
        let mut state = trainer.into_state();
        let config = &mut state.config;
        config.learning_rate = args.lr.unwrap_or(config.learning_rate);
        config.batch_size = args.batch.unwrap_or(config.batch_size);
        args.apply_settings(config)?;
        return Trainer::from_state(state)
            .map_err(|error| format!("The run cannot continue with these settings: {error}."));
    }
    Ok(trainer)
}

/// The file to save to.
pub struct SaveFile {
    path: PathBuf,
    format: Format,
}

impl SaveFile {
    /// Checks the path before training, which may take hours.
    pub fn new(path: &Path) -> Result<Self> {
        let format = format_of(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        match folder.filter(|folder| !folder.is_dir()) {
            Some(missing) => Err(format!(
                "{} is to be saved in a folder that is not there: {}.",
                path.display(),
                missing.display()
            )),
            None if path.is_dir() => Err(format!("{} is a folder, not a file to save to.", path.display())),
            None => Ok(Self { path: path.to_owned(), format }),
        }
    }

    /// Writes the run.
    pub fn save(&self, trainer: &Trainer) -> Result<()> {
        let bytes = files::save(self.format, trainer)
            .map_err(|error| format!("{} cannot be saved: {error}.", self.path.display()))?;
        atomic_file::write(&self.path, &bytes)
    }
}

fn format_of(path: &Path) -> Result<Format> {
    Format::from_file_name(&path.to_string_lossy()).map_err(|error| format!("{error}."))
}
