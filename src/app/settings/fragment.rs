//! Settings in the URL's fragment: `preset=blog&lr=0.001&seed=7`.

use super::error::shortened;
use super::{Field, SettingError, Settings, layers};

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

    /// The fragment that [`from_fragment`](Self::from_fragment) reads these settings from, without the `#`. Layers are in it if
    /// they are not the preset's: `network=784-50t-2-50t-784`.
    ///
    /// What no [`Field`] names is not in it; see [`is_told_by_fragment`](Self::is_told_by_fragment).
    #[must_use]
    pub fn to_fragment(&self) -> String {
        let value = |field| match field {
            Field::Network if self.config.spec == self.preset.config().spec => String::new(),
            Field::Network => layers::to_address(&self.get(field)),
            _ => self.get(field),
        };
        let pairs = Field::ALL.iter().map(|&field| (field.key(), value(field)));
        let pairs = pairs.filter(|(_, value)| !value.is_empty()).map(|(key, value)| format!("{key}={value}"));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Whether the fragment tells all of these settings, and nothing of them came from a file alone.
    #[must_use]
    pub fn is_told_by_fragment(&self) -> bool {
        Self::from_fragment(&self.to_fragment()).0 == *self
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
        assert_eq!(settings.config.batch_size, 128);
    }

    #[test]
    fn layers_are_in_the_fragment_unless_they_are_the_presets() {
        let fragment = "preset=blog&network=784-30r-2-30r-784&lr=0.0001&optimizer=adam&batch=50&seed=0";
        let (settings, errors) = Settings::from_fragment(fragment);
        assert_eq!(errors, []);
        assert_eq!(settings.get(Field::Network), "784 30r 2 30r 784");
        assert_eq!(settings.to_fragment(), fragment);
        for blank in ["+", "%20", " "] {
            assert_eq!(Settings::from_fragment(&fragment.replace('-', blank)), (settings.clone(), vec![]));
        }
        let (settings, errors) = Settings::from_fragment("preset=blog&network=784-50t-50t-2-50t-50t-784");
        assert_eq!(errors, []);
        assert!(!settings.to_fragment().contains("network"), "{}", settings.to_fragment());
    }

    #[test]
    fn what_only_a_file_can_say_is_not_told_by_the_fragment() {
        let mut settings = Settings::of_preset(Preset::Blog);
        settings.set(Field::LearningRate, "0.25").unwrap();
        assert!(settings.is_told_by_fragment());
        settings.config.init.bias = 0.3;
        assert!(!settings.is_told_by_fragment());
        assert_eq!(Settings::of_preset(Preset::Blog).keeping_unnamed(&settings).config.init.bias, 0.3);
        assert_eq!(Settings::of_preset(Preset::Fast).keeping_unnamed(&settings).config.init.bias, 0.0);
    }

    #[test]
    fn a_preset_does_not_undo_what_stands_beside_it() {
        let (settings, errors) = Settings::from_fragment("lr=0.5&preset=karpathy");
        assert_eq!(errors, []);
        assert_eq!((settings.preset, settings.config.learning_rate), (Preset::Karpathy, 0.5));
        assert_eq!(settings.config.method.name(), "adadelta");
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
            ("network=784-50x-2-784", "Layer 1: expected"),
            ("network=", "at least one layer"),
            ("network=784-3-784", "gives 3,"),
            ("network=100-2-100", "784 pixels"),
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
