//! What a person may turn: one table for the controls, the URL's fragment and the run itself.

use std::str::FromStr;

use thiserror::Error;

use crate::nn::{Method, UnknownName};
use crate::preset::Preset;
use crate::trainer::TrainerConfig;

/// A setting, as the page's controls and the URL's fragment know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The named set of settings to begin with.
    Preset,
    /// The learning rate.
    LearningRate,
    /// The method of optimisation.
    Optimizer,
    /// Examples in a batch.
    BatchSize,
    /// The seed of the first parameters and of the order of the examples.
    Seed,
    /// What is learned from.
    Dataset,
}

impl Field {
    /// Every setting, in the order of the fragment: the preset first, since it sets the others.
    pub const ALL: [Self; 6] =
        [Self::Preset, Self::LearningRate, Self::Optimizer, Self::BatchSize, Self::Seed, Self::Dataset];

    /// The key in the URL's fragment.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Preset => "preset",
            Self::LearningRate => "lr",
            Self::Optimizer => "optimizer",
            Self::BatchSize => "batch",
            Self::Seed => "seed",
            Self::Dataset => "dataset",
        }
    }

    /// The label on the page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Preset => "Preset",
            Self::LearningRate => "Learning rate",
            Self::Optimizer => "Optimizer",
            Self::BatchSize => "Batch size",
            Self::Seed => "Seed",
            Self::Dataset => "Dataset",
        }
    }

    /// What there is to choose from, as pairs of value and title; nothing for numbers.
    #[must_use]
    pub fn choices(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Preset => Preset::ALL.map(|preset| (preset.name(), preset.name())).to_vec(),
            Self::Optimizer => Method::ALL.map(|method| (method.name(), method.title())).to_vec(),
            Self::Dataset => DatasetChoice::ALL.map(|choice| (choice.name(), choice.title())).to_vec(),
            Self::LearningRate | Self::BatchSize | Self::Seed => Vec::new(),
        }
    }
}

/// What is learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatasetChoice {
    /// MNIST's handwritten digits, served beside the page.
    Mnist,
    /// The digits that the program draws itself.
    Strokes,
    /// Files that the visitor has given.
    Own,
}

impl DatasetChoice {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Mnist, Self::Strokes, Self::Own];

    /// The name, as [`FromStr`] reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Strokes => "strokes",
            Self::Own => "own",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Strokes => "Built-in strokes",
            Self::Own => "Your own files",
        }
    }
}

impl FromStr for DatasetChoice {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        crate::nn::find_by_name(name, &Self::ALL, Self::name)
    }
}

/// The largest learning rate that is taken.
pub const MAX_LEARNING_RATE: f32 = 1e6;

/// The largest batch that is taken.
pub const MAX_BATCH_SIZE: usize = 1_000;

/// The largest seed: from 2⁵³ on, JavaScript no longer tells every whole number from the next.
pub const MAX_SEED: u64 = (1 << 53) - 1;

/// A setting that was refused. The old value stays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingError {
    /// A name that stands for no choice.
    #[error("{label}: {source}.")]
    Unknown {
        /// The setting's label.
        label: &'static str,
        /// The name, and those there are.
        source: UnknownName,
    },
    /// Something that is not a number within the bounds.
    #[error("{label}: “{found}” is not {wanted}.")]
    OutOfRange {
        /// The setting's label.
        label: &'static str,
        /// What was given.
        found: String,
        /// What would be taken.
        wanted: String,
    },
    /// A key of the fragment that names no setting.
    #[error("“{0}” in the address is not a setting: preset, lr, optimizer, batch, seed and dataset are.")]
    UnknownKey(String),
}

/// The settings of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The named set that the others began from.
    pub preset: Preset,
    /// The learning rate.
    pub learning_rate: f32,
    /// The method of optimisation.
    pub method: Method,
    /// Examples in a batch.
    pub batch_size: usize,
    /// The seed.
    pub seed: u64,
    /// What is learned from; the best there is if nothing was chosen.
    pub dataset: Option<DatasetChoice>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::of_preset(Preset::ALL[0])
    }
}

impl Settings {
    /// The settings of a preset.
    #[must_use]
    pub fn of_preset(preset: Preset) -> Self {
        let config = preset.config();
        Self {
            preset,
            learning_rate: config.learning_rate,
            method: config.method,
            batch_size: config.batch_size,
            seed: config.seed,
            dataset: None,
        }
    }

    /// What a trainer needs to know.
    #[must_use]
    pub fn config(&self) -> TrainerConfig {
        TrainerConfig {
            learning_rate: self.learning_rate,
            method: self.method,
            batch_size: self.batch_size,
            seed: self.seed,
            ..self.preset.config()
        }
    }

    /// The value of a setting as text, which [`set`](Self::set) reads back.
    #[must_use]
    pub fn get(&self, field: Field) -> String {
        match field {
            Field::Preset => self.preset.name().to_owned(),
            Field::LearningRate => self.learning_rate.to_string(),
            Field::Optimizer => self.method.name().to_owned(),
            Field::BatchSize => self.batch_size.to_string(),
            Field::Seed => self.seed.to_string(),
            Field::Dataset => self.dataset.map_or_else(String::new, |choice| choice.name().to_owned()),
        }
    }

    /// Sets a setting from text. A preset brings its own values of the others, but for seed and dataset.
    ///
    /// # Errors
    /// [`SettingError`] if the text is no such value; nothing is changed then.
    pub fn set(&mut self, field: Field, text: &str) -> Result<(), SettingError> {
        let label = field.label();
        let text = text.trim();
        let unknown = |source| SettingError::Unknown { label, source };
        match field {
            Field::Preset => {
                let preset = text.parse().map_err(unknown)?;
                *self = Self { seed: self.seed, dataset: self.dataset, ..Self::of_preset(preset) };
            }
            Field::LearningRate => {
                let valid = |rate: &f32| *rate > 0.0 && *rate <= MAX_LEARNING_RATE;
                let wanted = || format!("a number above 0 and up to {MAX_LEARNING_RATE}");
                self.learning_rate = number(label, text, valid, wanted)?;
            }
            Field::Optimizer => self.method = text.parse().map_err(unknown)?,
            Field::BatchSize => {
                let wanted = || format!("a whole number from 1 to {MAX_BATCH_SIZE}");
                self.batch_size = number(label, text, |size| (1..=MAX_BATCH_SIZE).contains(size), wanted)?;
            }
            Field::Seed => {
                let wanted = || format!("a whole number from 0 to {MAX_SEED}");
                self.seed = number(label, text, |seed| *seed <= MAX_SEED, wanted)?;
            }
            Field::Dataset => self.dataset = Some(text.parse().map_err(unknown)?),
        }
        Ok(())
    }

    /// Reads settings from a URL's fragment, with or without its `#`: `preset=blog&lr=0.001&seed=7`.
    ///
    /// Returns the settings, in which whatever was refused has the preset's value, and why it was refused.
    #[must_use]
    pub fn from_fragment(fragment: &str) -> (Self, Vec<SettingError>) {
        let fragment = fragment.trim_start_matches('#');
        let pairs: Vec<_> = fragment
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        let mut settings = Self::default();
        let mut errors = Vec::new();
        for field in Field::ALL {
            for (_, value) in pairs.iter().filter(|(key, _)| *key == field.key()) {
                errors.extend(settings.set(field, value).err());
            }
        }
        let is_known = |key: &str| Field::ALL.iter().any(|field| field.key() == key);
        errors.extend(
            pairs
                .iter()
                .filter(|(key, _)| !is_known(key))
                .map(|(key, _)| SettingError::UnknownKey(shortened(key))),
        );
        (settings, errors)
    }

    /// The fragment that [`from_fragment`](Self::from_fragment) reads these settings from, without the `#`.
    #[must_use]
    pub fn to_fragment(&self) -> String {
        let pairs = Field::ALL.iter().map(|&field| (field.key(), self.get(field)));
        let pairs = pairs.filter(|(_, value)| !value.is_empty()).map(|(key, value)| format!("{key}={value}"));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// Reads a number that `valid` accepts.
fn number<T: FromStr>(
    label: &'static str,
    text: &str,
    valid: impl Fn(&T) -> bool,
    wanted: impl Fn() -> String,
) -> Result<T, SettingError> {
    let refused = || SettingError::OutOfRange { label, found: shortened(text), wanted: wanted() };
    text.parse().ok().filter(valid).ok_or_else(refused)
}

/// The beginning of what a person gave, to be quoted in a sentence.
fn shortened(text: &str) -> String {
    text.chars().take(30).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_read_back() {
        let fragment = "preset=blog&lr=0.001&optimizer=rmsprop&batch=128&seed=7&dataset=strokes";
        let (settings, errors) = Settings::from_fragment(&format!("#{fragment}"));
        assert_eq!(errors, []);
        assert_eq!(settings.to_fragment(), fragment);
        assert_eq!(settings.config().batch_size, 128);
    }

    #[test]
    fn a_preset_does_not_undo_what_stands_beside_it() {
        let (settings, errors) = Settings::from_fragment("lr=0.5&preset=karpathy");
        assert_eq!(errors, []);
        assert_eq!((settings.preset, settings.learning_rate), (Preset::Karpathy, 0.5));
        assert_eq!(settings.method.name(), "adadelta");
    }

    #[test]
    fn what_is_out_of_range_is_refused_with_a_sentence() {
        for (fragment, part) in [
            ("lr=0", "Learning rate: “0”"),
            ("lr=-1", "above 0"),
            ("lr=nan", "nan"),
            ("lr=1e9", "1e9"),
            ("lr=", "“”"),
            ("batch=0", "Batch size"),
            ("batch=1001", "from 1 to 1000"),
            ("batch=2.5", "2.5"),
            ("seed=-1", "Seed"),
            ("seed=9007199254740992", "from 0"),
            ("optimizer=magic", "adamw"),
            ("dataset=cifar", "strokes"),
            ("preset=best", "karpathy"),
            ("colour=blue", "“colour”"),
        ] {
            let (settings, errors) = Settings::from_fragment(fragment);
            assert_eq!(settings, Settings::default(), "{fragment}");
            assert_eq!(errors.len(), 1, "{fragment}: {errors:?}");
            assert!(errors[0].to_string().contains(part), "{fragment}: {}", errors[0]);
        }
    }

    #[test]
    fn no_fragment_asks_for_nothing() {
        for fragment in ["", "#", "&&"] {
            assert_eq!(Settings::from_fragment(fragment), (Settings::default(), Vec::new()));
        }
    }

    #[test]
    fn every_value_is_read_back_by_its_own_setter() {
        let (settings, _) = Settings::from_fragment("preset=blog&dataset=mnist&seed=12");
        let mut copy = Settings::default();
        for field in Field::ALL {
            copy.set(field, &settings.get(field)).unwrap();
        }
        assert_eq!(copy, settings);
    }
}
