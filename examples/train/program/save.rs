//! `--load` and `--save`: files of networks and runs.

use std::fs;
use std::path::{Path, PathBuf};

use bottleneck::data::{Dataset, Order, PIXELS};
use bottleneck::files::{self, FileError, Format};
use bottleneck::train::setting::Setting;
use bottleneck::train::{ConfigError, Trainer, TrainerConfig};

use super::args::Args;
use super::{Result, atomic_file, count};

/// Starts a run, or continues a loaded one.
pub fn start(args: &Args, test: &Dataset) -> Result<(Trainer, Option<String>)> {
    let invalid = |error: ConfigError| format!("The run cannot begin: {error}");
    let mut config = args.preset();
    let Some(path) = &args.load else {
        args.apply(&mut config)?;
        let trainer = Trainer::new(&config).map_err(invalid)?;
        check_inputs(&trainer)?;
        return Ok((trainer, None));
    };
    let format = format_of(path)?;
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let is_run = format == Format::Bottleneck;
    if !is_run {
        args.apply(&mut config)?;
        config.validate().map_err(invalid)?;
    }
    let in_file = |error: FileError| format!("{}: {error}", path.display());
    let mut file = files::read(format, &bytes, &config).map_err(in_file)?;
    let activations = file.choose_activations(test).map(|choice| choice.sentence());
    let trainer = file.into_trainer().map_err(in_file)?;
    check_inputs(&trainer).map_err(|sentence| format!("{}: {sentence}", path.display()))?;
    // A run has its own settings, except for the options given now.
    let mut state = trainer.into_state();
    let loaded = state.config.clone();
    if is_run {
        args.apply(&mut state.config)?;
        config = state.config.clone();
    }
    check_options(args, path, is_run, &loaded, &config)?;
    if (loaded.order, state.config.order) == (Order::Shuffled, Order::InOrder) {
        // The pass that has begun is shuffled.
        let sampler = &mut state.sampler;
        sampler.permutation.clear();
        sampler.drawn.clear();
        (sampler.next, sampler.in_flight) = (0, 0);
    }
    let trainer = Trainer::from_state(state)
        .map_err(|error| format!("The run cannot continue with these settings: {error}"))?;
    Ok((trainer, activations))
}

/// Refuses a network that does not take digits.
fn check_inputs(trainer: &Trainer) -> Result<()> {
    match trainer.network().inputs() {
        PIXELS => Ok(()),
        inputs => {
            Err(format!("The network takes {}, and a digit has {PIXELS}", count(inputs as u64, "number")))
        }
    }
}

/// Refuses the options that cannot change what is loaded: `loaded` are its settings, `wanted` those with the options.
fn check_options(
    args: &Args,
    path: &Path,
    is_run: bool,
    loaded: &TrainerConfig,
    wanted: &TrainerConfig,
) -> Result<()> {
    let is_lost = |setting: Setting| match setting {
        Setting::Init | Setting::Bias => true,
        Setting::Seed => is_run,
        Setting::Network | Setting::OutputActivation | Setting::Variational => {
            setting.get(loaded) != setting.get(wanted)
        }
        Setting::Loss => !is_run && loaded.loss != wanted.loss,
        _ => false,
    };
    let preset = (is_run && args.preset.is_some()).then(|| "--preset".to_owned());
    let lost = args.given().filter(|&(_, setting, _)| is_lost(setting)).map(|(name, ..)| name);
    match preset.into_iter().chain(lost).next() {
        Some(name) => {
            Err(format!("{name} cannot change what is loaded from {}: leave it out", path.display()))
        }
        None => Ok(()),
    }
}

/// The file to save to.
pub struct SaveFile {
    path: PathBuf,
    format: Format,
}

impl SaveFile {
    /// Checks the path, and that its format can hold the network, before training, which may take hours.
    pub fn new(path: &Path, trainer: &Trainer) -> Result<Self> {
        let file = Self { path: path.to_owned(), format: format_of(path)? };
        let folder = atomic_file::folder_of(path);
        if !folder.is_dir() {
            return Err(format!(
                "{} is to be saved in a folder that is not there: {}",
                path.display(),
                folder.display()
            ));
        }
        if path.is_dir() {
            return Err(format!("{} is a folder, not a file to save to", path.display()));
        }
        file.bytes(trainer)?;
        atomic_file::check_folder(folder)?;
        Ok(file)
    }

    /// Writes the run.
    pub fn save(&self, trainer: &Trainer) -> Result<()> {
        atomic_file::write(&self.path, &self.bytes(trainer)?)
    }

    fn bytes(&self, trainer: &Trainer) -> Result<Vec<u8>> {
        files::save(self.format, trainer)
            .map_err(|error| format!("{} cannot be saved: {error}", self.path.display()))
    }
}

fn format_of(path: &Path) -> Result<Format> {
    Format::from_file_name(&path.to_string_lossy()).map_err(|error| error.to_string())
}
