//! `--load` and `--save`: networks and runs in files, whose ending says what they hold.

use std::fs;
use std::path::{Path, PathBuf};

use bottleneck::data::PIXELS;
use bottleneck::files::{self, FileError, Format};
use bottleneck::train::{ConfigError, Trainer};

use super::args::Args;
use super::{Told, atomic_file};

/// The run to begin or to go on with.
pub fn begin(args: &Args) -> Told<Trainer> {
    let config = args.config()?;
    let refused = |error: ConfigError| format!("The run cannot begin: {error}.");
    let Some(path) = &args.load else { return Trainer::new(&config).map_err(refused) };
    let at_fault = |error: FileError| format!("{}: {error}.", path.display());
    let format = format_of(path)?;
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
    let trainer = files::load(format, &bytes, &config).map_err(at_fault)?;
    let inputs = trainer.network().inputs();
    if inputs != PIXELS {
        return Err(format!(
            "{}: its network takes {inputs} numbers, and a digit has {PIXELS}.",
            path.display()
        ));
    }
    // A run brings its own settings, but for what was asked for now; a network alone has just been given them.
    if format == Format::Bottleneck {
        let mut state = trainer.into_state();
        let config = &mut state.config;
        config.learning_rate = args.lr.unwrap_or(config.learning_rate);
        config.batch_size = args.batch.unwrap_or(config.batch_size);
        args.change(config)?;
        return Trainer::from_state(state).map_err(|error| format!("The run cannot go on so: {error}."));
    }
    Ok(trainer)
}

/// Where a run is to be kept.
pub struct Keep {
    path: PathBuf,
    format: Format,
}

impl Keep {
    /// Refuses a file that can never be written, before hours are spent on what it is to hold.
    pub fn at(path: &Path) -> Told<Self> {
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

    /// Writes the run as it is now.
    pub fn save(&self, trainer: &Trainer) -> Told<()> {
        let bytes = files::save(self.format, trainer)
            .map_err(|error| format!("{} cannot be saved: {error}.", self.path.display()))?;
        atomic_file::write(&self.path, &bytes)
    }
}

fn format_of(path: &Path) -> Told<Format> {
    Format::from_file_name(&path.to_string_lossy()).map_err(|error| format!("{error}."))
}
