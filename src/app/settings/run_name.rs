//! Names runs by how their settings differ from their preset.

use super::{DatasetChoice, Field, Settings};
use crate::train::TrainerConfig;
use crate::train::setting::Setting;

/// The largest number of characters of a value.
const MAX_VALUE_CHARS: usize = 24;

/// The number of differences that are named.
const MAX_DIFFERENCES: usize = 2;

impl Settings {
    /// Returns what differs from the preset, in the order of the settings: `rate 0.01, batch 128 + 3`. Settings as in the preset
    /// have its title.
    pub fn run_name(&self) -> String {
        let preset = self.preset.config();
        let mut differences = Vec::new();
        let mut base: TrainerConfig = preset.clone();
        for setting in Setting::all() {
            let Some(value) = setting.get(&self.config) else { continue };
            if setting.get(&base).as_ref() != Some(&value) {
                differences.push(format!("{} {}", setting.word(), shortened(&value)));
                // A setting may change others, as a method changes its constants.
                let _ = setting.set(&mut base, &value);
            }
        }
        if let Some(dataset) = self.dataset.filter(|&dataset| dataset != DatasetChoice::Mnist) {
            differences.push(dataset.title().to_ascii_lowercase());
        }
        let named = differences.len().min(MAX_DIFFERENCES);
        let name = differences[..named].join(", ");
        match differences.len() - named {
            _ if name.is_empty() => self.preset.title().to_owned(),
            0 => name,
            more => format!("{name} + {more}"),
        }
    }

    /// Returns the key of each field, and its value as text.
    pub fn to_texts(&self) -> Vec<(String, String)> {
        Field::all().filter_map(|field| Some((field.key().to_owned(), self.get(field)?))).collect()
    }

    /// Returns the settings that [`to_texts`](Self::to_texts) wrote. Values that are refused, as of another version of the page,
    /// are those of the preset.
    pub fn from_texts(texts: &[(String, String)]) -> Self {
        let mut settings = Self::default();
        for field in Field::all() {
            if let Some((_, text)) = texts.iter().find(|(key, _)| key == field.key()) {
                let _ = settings.set(field, text);
            }
        }
        settings
    }
}

fn shortened(value: &str) -> String {
    let short: String = value.chars().take(MAX_VALUE_CHARS).collect();
    let end = if short.len() < value.len() { "…" } else { "" };
    format!("{short}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Preset;

    fn name(fragment: &str) -> String {
        Settings::from_fragment(fragment).0.run_name()
    }

    #[test]
    fn a_run_is_named_by_at_most_two_differences_from_its_preset() {
        assert_eq!(name(""), "Default");
        assert_eq!(name("preset=blog"), "Van den Burg 2017");
        assert_eq!(name("seed=5"), "seed 5");
        assert_eq!(name("lr=0.01&batch=128"), "rate 0.01, batch 128");
        assert_eq!(name("preset=karpathy&batch=7&seed=2&l2=0.5"), "batch 7, l2 0.5 + 1");
        assert_eq!(name("dataset=strokes"), "built-in digits");
        assert_eq!(name("dataset=mnist"), "Default");
        assert_eq!(name("optimizer=sgd&lr=0.003"), "optimizer sgd");
        let layers = name("network=784-100t-100t-100t-2-100t-100t-784");
        assert!(layers.starts_with("network 784") && layers.ends_with('…') && layers.len() < 40, "{layers}");
    }

    #[test]
    fn settings_round_trip_as_texts() {
        for preset in Preset::ALL {
            let mut settings = Settings::from_preset(preset);
            settings.set(Setting::Corruption, "masking").unwrap();
            settings.set(Setting::CorruptionAmount, "0.3").unwrap();
            settings.set(Setting::Optimizer, "momentum").unwrap();
            settings.set(Setting::Momentum, "0.7").unwrap();
            settings.set(Field::Dataset, "own").unwrap();
            assert_eq!(Settings::from_texts(&settings.to_texts()), settings);
        }
        assert_eq!(Settings::from_texts(&[]), Settings::default());
    }
}
