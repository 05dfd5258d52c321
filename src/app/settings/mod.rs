//! What a person may turn: one table for the controls, the URL's fragment and the run itself.

mod error;
mod field;
mod fragment;

use std::str::FromStr;

pub use error::SettingError;
use error::shortened;
pub use field::{DatasetChoice, Field};

use crate::nn::Method;
use crate::preset::Preset;
use crate::trainer::TrainerConfig;

/// The largest learning rate that is taken.
pub const MAX_LEARNING_RATE: f32 = 1e6;

/// The largest batch that is taken.
pub const MAX_BATCH_SIZE: usize = 1_000;

/// The largest seed: from 2⁵³ on, JavaScript no longer tells every whole number from the next.
pub const MAX_SEED: u64 = (1 << 53) - 1;

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

#[cfg(test)]
mod tests {
    use super::*;

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
