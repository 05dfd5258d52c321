//! Settings in the URL's fragment: `preset=blog&lr=0.001&seed=7`.

use super::error::shortened;
use super::{Field, SettingError, Settings};

impl Settings {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

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
}
