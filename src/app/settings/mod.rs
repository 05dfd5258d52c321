//! What a person may turn: one table for the controls, the URL's fragment and the run itself.

mod decimal;
mod error;
mod field;
mod fragment;
mod layers;

pub use error::SettingError;
use error::shortened;
pub use field::{DatasetChoice, Field};
pub use layers::UnfitNetwork;

use crate::nn::NetworkSpec;
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
    /// What a trainer needs to know. What no [`Field`] names is the preset's, unless a file has brought its own.
    pub config: TrainerConfig,
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
        Self { preset, config: preset.config(), dataset: None }
    }

    /// Whether everything that the preset sets is as it sets it.
    #[must_use]
    pub fn is_as_preset(&self) -> bool {
        self.config == TrainerConfig { seed: self.config.seed, ..self.preset.config() }
    }

    /// The settings of a run that a file holds, on the same dataset as these. The preset is the one that trains as the file
    /// does, if there is one.
    ///
    /// # Errors
    /// [`SettingError`] if the page takes no such settings.
    pub fn of_file(&self, config: &TrainerConfig) -> Result<Self, SettingError> {
        layers::check(&config.spec)?;
        let trains_so = |preset: &Preset| {
            let of_preset = preset.config();
            (of_preset.init, of_preset.loss, of_preset.decay) == (config.init, config.loss, config.decay)
        };
        let preset = Preset::ALL.into_iter().find(trains_so).unwrap_or(self.preset);
        let settings = Self { preset, config: config.clone(), dataset: self.dataset };
        let mut copy = settings.clone();
        for field in [Field::LearningRate, Field::BatchSize, Field::Seed] {
            copy.set(field, &settings.get(field))?;
        }
        Ok(settings)
    }

    /// These settings, but with what no [`Field`] can say as in `old`, wherever both say the same of the rest: a file may have
    /// brought a loss or an optimiser's constants of its own.
    #[must_use]
    pub fn keeping_unnamed(self, old: &Self) -> Self {
        let Self { preset, mut config, dataset } = self;
        if config.method.name() == old.config.method.name() {
            config.method = old.config.method;
        }
        if preset == old.preset {
            let TrainerConfig { spec, method, learning_rate, batch_size, seed, .. } = config;
            config = TrainerConfig { spec, method, learning_rate, batch_size, seed, ..old.config.clone() };
        }
        Self { preset, config, dataset }
    }

    /// Whether a run can go over from `old` to these settings on its way: they differ in nothing but rate, method and batch
    /// size.
    #[must_use]
    pub fn continues(&self, old: &Self) -> bool {
        let TrainerConfig { learning_rate, method, batch_size, .. } = self.config;
        self.config == TrainerConfig { learning_rate, method, batch_size, ..old.config.clone() }
    }

    /// The value of a setting as text, which [`set`](Self::set) reads back.
    #[must_use]
    pub fn get(&self, field: Field) -> String {
        match field {
            Field::Preset => self.preset.name().to_owned(),
            Field::Network => self.config.spec.to_string(),
            Field::LearningRate => self.config.learning_rate.to_string(),
            Field::Optimizer => self.config.method.name().to_owned(),
            Field::BatchSize => self.config.batch_size.to_string(),
            Field::Seed => self.config.seed.to_string(),
            Field::Dataset => self.dataset.map_or_else(String::new, |choice| choice.name().to_owned()),
        }
    }

    /// Sets a setting from text. A preset brings its own values of the others, but for seed and dataset.
    ///
    /// # Errors
    /// [`SettingError`] if the text is no such value; nothing is changed then.
    pub fn set(&mut self, field: Field, text: &str) -> Result<(), SettingError> {
        let label = field.label();
        let (lines, text) = (text, text.trim());
        let unknown = |source| SettingError::Unknown { label, source };
        let refused = |wanted| SettingError::OutOfRange { label, found: shortened(text), wanted };
        match field {
            Field::Preset => {
                let preset: Preset = text.parse().map_err(unknown)?;
                self.config = TrainerConfig { seed: self.config.seed, ..preset.config() };
                self.preset = preset;
            }
            Field::Network => {
                // Not trimmed, so that an error tells the line that a person sees.
                let mut spec: NetworkSpec = layers::from_address(lines).parse()?;
                spec.supply_read_out(self.config.loss);
                layers::check(&spec)?;
                self.config.spec = spec;
            }
            Field::LearningRate => {
                let rate = decimal::read(text).filter(|rate| *rate > 0.0 && *rate <= MAX_LEARNING_RATE);
                let wanted = || format!("a number above 0 and up to {MAX_LEARNING_RATE}");
                self.config.learning_rate = rate.ok_or_else(|| refused(wanted()))?;
            }
            Field::Optimizer => self.config.method = text.parse().map_err(unknown)?,
            Field::BatchSize => {
                let size = text.parse().ok().filter(|size| (1..=MAX_BATCH_SIZE).contains(size));
                let wanted = || format!("a whole number from 1 to {MAX_BATCH_SIZE}");
                self.config.batch_size = size.ok_or_else(|| refused(wanted()))?;
            }
            Field::Seed => {
                let seed = text.parse().ok().filter(|seed| *seed <= MAX_SEED);
                let wanted = || format!("a whole number from 0 to {MAX_SEED}");
                self.config.seed = seed.ok_or_else(|| refused(wanted()))?;
            }
            Field::Dataset => self.dataset = Some(text.parse().map_err(unknown)?),
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
        for field in Field::ALL {
            copy.set(field, &settings.get(field)).unwrap();
        }
        assert_eq!(copy, settings);
    }

    #[test]
    fn a_preset_is_changed_by_what_it_sets_until_it_is_chosen_again() {
        for preset in Preset::ALL {
            let mut settings = Settings::of_preset(preset);
            settings.set(Field::Seed, "12").unwrap();
            settings.set(Field::Dataset, "strokes").unwrap();
            assert!(settings.is_as_preset(), "{preset:?} sets neither seed nor dataset");
            for (field, value) in [
                (Field::Network, "784 2 784"),
                (Field::LearningRate, "0.125"),
                (Field::Optimizer, "sgd"),
                (Field::BatchSize, "51"),
            ] {
                let kept = settings.get(field);
                settings.set(field, value).unwrap();
                assert!(!settings.is_as_preset(), "{preset:?}, {field:?}");
                settings.set(field, &kept).unwrap();
                assert!(settings.is_as_preset(), "{preset:?}, {field:?} is back");
            }
            settings.config.init.bias = 0.3;
            assert!(!settings.is_as_preset(), "{preset:?} as a file has it");
            settings.set(Field::Preset, preset.name()).unwrap();
            assert!(settings.is_as_preset(), "{preset:?} is chosen again");
        }
    }
}
