//! The settings of the page: those of the run, their preset, and the dataset.

mod dataset;
mod embed;
mod fit;
mod fragment;
mod run_name;
mod summary;

use thiserror::Error;

pub use dataset::DatasetChoice;
pub use embed::embedded;
pub use fit::{MAX_CODE, MAX_PARAMETERS, UnfitNetwork};
pub use fragment::{LESSON_KEY, PRESENT_KEY, read_fragment, write_fragment};

use super::controls::PlaybackError;
use crate::nn::UnknownName;
use crate::train::Preset;
use crate::train::setting::{Setting, SettingError};
use crate::train::{ConfigError, TrainerConfig};

/// A setting that the user can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The preset.
    Preset,
    /// A setting of the run.
    Setting(Setting),
    /// The dataset.
    Dataset,
}

impl From<Setting> for Field {
    fn from(setting: Setting) -> Self {
        Self::Setting(setting)
    }
}

impl Field {
    /// Iterates over all fields in the order of the URL: the preset first, since it sets the others.
    pub fn all() -> impl Iterator<Item = Self> {
        let settings = Setting::all().map(Self::Setting);
        std::iter::once(Self::Preset).chain(settings).chain([Self::Dataset])
    }

    /// Returns the key in the URL's fragment.
    pub fn key(self) -> &'static str {
        match self {
            Self::Preset => "preset",
            Self::Setting(setting) => setting.key(),
            Self::Dataset => "dataset",
        }
    }

    /// Returns the values to choose from, with their titles; empty for fields that are typed.
    pub fn choices(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Preset => Preset::ALL.map(|preset| (preset.name(), preset.title())).to_vec(),
            Self::Setting(setting) => setting.choices(),
            Self::Dataset => DatasetChoice::ALL.map(|choice| (choice.name(), choice.title())).to_vec(),
        }
    }
}

/// The settings of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The preset that the settings started from.
    pub preset: Preset,
    /// The configuration of the trainer.
    pub config: TrainerConfig,
    /// The requested dataset; none for the best one available.
    pub dataset: Option<DatasetChoice>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::from_preset(Preset::ALL[0])
    }
}

/// A refused value, with the reason. The old value stays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FieldError {
    /// An unknown name.
    #[error("{label} must be one of {}, got “{}”.", .source.choices, .source.found)]
    Unknown {
        /// The field's label.
        label: &'static str,
        /// The name, and the known ones.
        source: UnknownName,
    },
    /// A setting of the run was refused.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The page does not support the network.
    #[error("Network: {0}.")]
    Unfit(#[from] UnfitNetwork),
    /// The settings contradict each other.
    #[error("{0}.")]
    Config(#[from] ConfigError),
    /// The URL has an invalid speed or stop.
    #[error(transparent)]
    PlaybackSettings(#[from] PlaybackError),
    /// The URL has an unknown lesson.
    #[error("There is no lesson “{found}”: the lessons are {known}.")]
    UnknownLesson { found: String, known: String },
    /// The URL has an unknown key.
    #[error("The URL has an unknown setting, “{0}”.")]
    UnknownKey(String),
}

impl Settings {
    /// Returns the settings of a preset.
    pub fn from_preset(preset: Preset) -> Self {
        Self { preset, config: preset.config(), dataset: None }
    }

    /// Returns the settings of a run that was read from a file, on the same dataset as these, with the closest preset.
    ///
    /// # Errors
    /// [`FieldError`] if the page does not support them.
    pub fn with_config(&self, config: &TrainerConfig) -> Result<Self, FieldError> {
        let has_same_training = |preset: &Preset| {
            let base = preset.config();
            (base.init, base.loss, base.decay) == (config.init, config.loss, config.decay)
        };
        let has_same_layers = |preset: &Preset| preset.config().spec == config.spec;
        let mut close = Preset::ALL.into_iter().filter(has_same_training);
        let preset = close.clone().find(has_same_layers).or_else(|| close.next()).unwrap_or(self.preset);
        let mut settings = Self { preset, config: config.clone(), dataset: self.dataset };
        for setting in Setting::all() {
            if let Some(text) = setting.get(config) {
                settings.set(setting, &text)?;
            }
        }
        Ok(settings)
    }

    /// Returns whether the settings equal those of the preset.
    pub fn is_as_preset(&self) -> bool {
        self.config == TrainerConfig { seed: self.config.seed, ..self.preset.config() }
    }

    /// Returns whether a run can switch from `old` to these settings without a restart.
    pub fn continues(&self, old: &Self) -> bool {
        Setting::all()
            .filter(|setting| setting.restarts_training())
            .all(|setting| setting.get(&self.config) == setting.get(&old.config))
    }

    /// Returns the value of a field as text, which [`set`](Self::set) reads; nothing if it has none.
    pub fn get(&self, field: impl Into<Field>) -> Option<String> {
        match field.into() {
            Field::Preset => Some(self.preset.name().to_owned()),
            Field::Setting(setting) => setting.get(&self.config),
            Field::Dataset => self.dataset.map(|choice| choice.name().to_owned()),
        }
    }

    /// Sets a field from text. A preset sets the others as well, except seed and dataset.
    ///
    /// # Errors
    /// [`FieldError`] if the value is refused; nothing is changed then.
    pub fn set(&mut self, field: impl Into<Field>, text: &str) -> Result<(), FieldError> {
        match field.into() {
            Field::Preset => {
                let unknown = |source| FieldError::Unknown { label: "Preset", source };
                self.preset = text.trim().parse().map_err(unknown)?;
                self.config = TrainerConfig { seed: self.config.seed, ..self.preset.config() };
            }
            Field::Setting(setting) => {
                let mut config = self.config.clone();
                setting.set(&mut config, &fragment::from_url_value(setting, text))?;
                fit::check(&config.spec)?;
                config.validate()?;
                self.config = config;
            }
            Field::Dataset => {
                let unknown = |source| FieldError::Unknown { label: "Dataset", source };
                self.dataset = Some(text.trim().parse().map_err(unknown)?);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_differ_from_their_preset_until_it_is_chosen_again() {
        for preset in Preset::ALL {
            let mut settings = Settings::from_preset(preset);
            settings.set(Setting::Seed, "12").unwrap();
            settings.set(Field::Dataset, "strokes").unwrap();
            assert!(settings.is_as_preset(), "{preset:?} sets neither seed nor dataset");
            for (setting, value) in [
                (Setting::Network, "784 2 784"),
                (Setting::LearningRate, "0.125"),
                (Setting::BatchSize, "51"),
                (Setting::Bias, "0.3"),
            ] {
                let before = settings.get(setting).unwrap();
                settings.set(setting, value).unwrap();
                assert!(!settings.is_as_preset(), "{preset:?}, {setting:?}");
                settings.set(setting, &before).unwrap();
                assert!(settings.is_as_preset(), "{preset:?}, {setting:?} is back");
            }
            settings.set(Setting::Optimizer, "sgd").unwrap();
            assert!(!settings.is_as_preset());
            settings.set(Field::Preset, preset.name()).unwrap();
            assert!(settings.is_as_preset(), "{preset:?} is chosen again");
        }
    }
}
