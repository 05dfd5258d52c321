//! The settings of the page: those of the run, the preset they began from, and the dataset.

mod dataset;
mod difference;
mod embed;
mod fit;
mod fragment;

use thiserror::Error;

pub use dataset::DatasetChoice;
pub use embed::embedded;
pub use fit::{MAX_CODE, MAX_PARAMETERS, UnfitNetwork};

use super::controls::TempoError;
use crate::nn::UnknownName;
use crate::train::Preset;
use crate::train::setting::{Setting, SettingError};
use crate::train::{ConfigError, TrainerConfig};

/// What a person can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The named set of settings to begin with.
    Preset,
    /// A setting of the run.
    Setting(Setting),
    /// What to learn from.
    Dataset,
}

impl From<Setting> for Field {
    fn from(setting: Setting) -> Self {
        Self::Setting(setting)
    }
}

impl Field {
    /// Every field, in the order of an address: the preset first, since it sets the others.
    pub fn all() -> impl Iterator<Item = Self> {
        let settings = Setting::all().map(Self::Setting);
        std::iter::once(Self::Preset).chain(settings).chain([Self::Dataset])
    }

    /// The key in the URL's fragment.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Preset => "preset",
            Self::Setting(setting) => setting.key(),
            Self::Dataset => "dataset",
        }
    }

    /// The values to choose from, with their titles; empty for what is typed.
    #[must_use]
    pub fn choices(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Preset => Preset::ALL.map(|preset| (preset.name(), preset.name())).to_vec(),
            Self::Setting(setting) => setting.choices(),
            Self::Dataset => DatasetChoice::ALL.map(|choice| (choice.name(), choice.title())).to_vec(),
        }
    }
}

/// The settings of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The named set that the others began from.
    pub preset: Preset,
    /// What a trainer needs to know.
    pub config: TrainerConfig,
    /// What to learn from; the best there is if nothing was chosen.
    pub dataset: Option<DatasetChoice>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::of_preset(Preset::ALL[0])
    }
}

/// A field that was refused, in a sentence. The old value stays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FieldError {
    /// A name that is none of the choices.
    #[error("{label} must be one of {}, got “{}”.", .source.choices, .source.found)]
    Unknown {
        /// The field's label.
        label: &'static str,
        /// The name, and those there are.
        source: UnknownName,
    },
    /// A setting of the run was refused.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The page cannot train or show the network.
    #[error("Network: {0}.")]
    Unfit(#[from] UnfitNetwork),
    /// The settings do not go together.
    #[error("{0}.")]
    Config(#[from] ConfigError),
    /// The address asks for a speed or a stop that does not exist.
    #[error(transparent)]
    PlaybackSettings(#[from] TempoError),
    /// A key of the address names no setting.
    #[error("The address has an unknown setting, “{0}”.")]
    UnknownKey(String),
}

impl Settings {
    /// The settings of a preset.
    #[must_use]
    pub fn of_preset(preset: Preset) -> Self {
        Self { preset, config: preset.config(), dataset: None }
    }

    /// The settings of a run that a file holds, on the same dataset as these. The preset is the one that is closest.
    ///
    /// # Errors
    /// [`FieldError`] if the page does not take such settings.
    pub fn of_file(&self, config: &TrainerConfig) -> Result<Self, FieldError> {
        let trains_so = |preset: &Preset| {
            let of_preset = preset.config();
            (of_preset.init, of_preset.loss, of_preset.decay) == (config.init, config.loss, config.decay)
        };
        let has_its_layers = |preset: &Preset| preset.config().spec == config.spec;
        let mut close = Preset::ALL.into_iter().filter(trains_so);
        let preset = close.clone().find(has_its_layers).or_else(|| close.next()).unwrap_or(self.preset);
        let mut settings = Self { preset, config: config.clone(), dataset: self.dataset };
        for setting in Setting::all() {
            if let Some(text) = setting.get(config) {
                settings.set(setting, &text)?;
            }
        }
        Ok(settings)
    }

    /// Whether everything that the preset sets is as it sets it.
    #[must_use]
    pub fn is_as_preset(&self) -> bool {
        self.config == TrainerConfig { seed: self.config.seed, ..self.preset.config() }
    }

    /// Whether a run can go over from `old` to these settings on its way.
    #[must_use]
    pub fn continues(&self, old: &Self) -> bool {
        Setting::all()
            .filter(|setting| setting.restarts_training())
            .all(|setting| setting.get(&self.config) == setting.get(&old.config))
    }

    /// The value of a field as text, which [`set`](Self::set) reads back; nothing where there is none.
    #[must_use]
    pub fn get(&self, field: impl Into<Field>) -> Option<String> {
        match field.into() {
            Field::Preset => Some(self.preset.name().to_owned()),
            Field::Setting(setting) => setting.get(&self.config),
            Field::Dataset => self.dataset.map(|choice| choice.name().to_owned()),
        }
    }

    /// Sets a field from text. A preset brings its own values of the others, but for seed and dataset.
    ///
    /// # Errors
    /// [`FieldError`] if the field cannot have this value; nothing is changed then.
    pub fn set(&mut self, field: impl Into<Field>, text: &str) -> Result<(), FieldError> {
        match field.into() {
            Field::Preset => {
                let unknown = |source| FieldError::Unknown { label: "Preset", source };
                self.preset = text.trim().parse().map_err(unknown)?;
                self.config = TrainerConfig { seed: self.config.seed, ..self.preset.config() };
            }
            Field::Setting(setting) => {
                let mut config = self.config.clone();
                setting.set(&mut config, &fragment::as_written(setting, text))?;
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
    fn every_value_is_read_back_by_its_own_setter() {
        let (settings, _) = Settings::from_fragment("preset=blog&dataset=mnist&seed=12");
        let mut copy = Settings::default();
        for field in Field::all() {
            if let Some(text) = settings.get(field) {
                copy.set(field, &text).unwrap();
            }
        }
        assert_eq!(copy, settings);
    }

    #[test]
    fn a_preset_is_changed_by_what_it_sets_until_it_is_chosen_again() {
        for preset in Preset::ALL {
            let mut settings = Settings::of_preset(preset);
            settings.set(Setting::Seed, "12").unwrap();
            settings.set(Field::Dataset, "strokes").unwrap();
            assert!(settings.is_as_preset(), "{preset:?} sets neither seed nor dataset");
            for (setting, value) in [
                (Setting::Network, "784 2 784"),
                (Setting::LearningRate, "0.125"),
                (Setting::BatchSize, "51"),
                (Setting::Bias, "0.3"),
            ] {
                let kept = settings.get(setting).unwrap();
                settings.set(setting, value).unwrap();
                assert!(!settings.is_as_preset(), "{preset:?}, {setting:?}");
                settings.set(setting, &kept).unwrap();
                assert!(settings.is_as_preset(), "{preset:?}, {setting:?} is back");
            }
            settings.set(Setting::Optimizer, "sgd").unwrap();
            assert!(!settings.is_as_preset());
            settings.set(Field::Preset, preset.name()).unwrap();
            assert!(settings.is_as_preset(), "{preset:?} is chosen again");
        }
    }
}
