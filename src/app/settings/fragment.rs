//! Settings in the URL's fragment: `preset=blog&lr=0.001&seed=7`.

use std::borrow::Cow;

use super::embed;
use super::{DatasetChoice, Field, FieldError, Settings};
use crate::app::controls::PlaybackSettings;
use crate::app::url::pairs;
use crate::train::setting::{Setting, excerpt};

/// The keys that open a lesson and that present the page.
pub const LESSON_KEY: &str = "lesson";
pub const PRESENT_KEY: &str = "present";

/// Reads a fragment, with or without its `#`. Whatever is refused has its default, and the errors say why.
pub fn read_fragment(fragment: &str) -> (Settings, PlaybackSettings, Vec<FieldError>) {
    let (settings, mut errors) = Settings::from_fragment(fragment);
    let (playback, refused) = PlaybackSettings::from_fragment(fragment);
    errors.extend(refused.into_iter().map(FieldError::from));
    (settings, playback, errors)
}

/// Writes the fragment that [`read_fragment`] reads, without the `#`.
pub fn write_fragment(settings: &Settings, playback: PlaybackSettings) -> String {
    let mut parts = playback.to_fragment();
    parts.insert(0, settings.to_fragment());
    parts.join("&")
}

impl Settings {
    /// Reads settings from a URL's fragment, with or without its `#`: `preset=blog&lr=0.001&seed=7`.
    ///
    /// Returns the settings, with the preset's values in place of refused ones, and why those were refused.
    pub fn from_fragment(fragment: &str) -> (Self, Vec<FieldError>) {
        Self::default().with_fragment(fragment)
    }

    /// Reads a fragment into these settings; keys that it does not have keep their values.
    pub fn with_fragment(self, fragment: &str) -> (Self, Vec<FieldError>) {
        let mut settings = self;
        let mut errors = Vec::new();
        for field in Field::all() {
            for (_, value) in pairs(fragment).filter(|(key, _)| key == field.key()) {
                errors.extend(settings.set(field, &value).err());
            }
        }
        let is_known = |key: &str| {
            [embed::KEY, LESSON_KEY, PRESENT_KEY].contains(&key)
                || PlaybackSettings::KEYS.contains(&key)
                || Field::all().any(|field| field.key() == key)
        };
        let unknown = pairs(fragment).map(|(key, _)| key).filter(|key| !is_known(key));
        errors.extend(unknown.map(|key| FieldError::UnknownKey(excerpt(&key))));
        (settings, errors)
    }

    /// Returns the fragment that [`from_fragment`](Self::from_fragment) reads these settings from, without the `#`: the
    /// differences from the preset, and a few settings always, as in
    /// `preset=blog&lr=0.0001&optimizer=adam&batch=50&seed=0`.
    ///
    /// The user's own images exist only on this page, so the URL leaves them out.
    pub fn to_fragment(&self) -> String {
        let mut written = Self::from_preset(self.preset);
        let mut pairs = vec![format!("preset={}", self.preset.name())];
        for setting in Setting::all() {
            let Some(text) = self.get(setting) else { continue };
            if setting.is_always_in_url() || written.get(setting).as_ref() != Some(&text) {
                pairs.push(format!("{}={}", setting.key(), to_url_value(setting, &text)));
                // A setting may change others, as a method changes its constants.
                let _ = setting.set(&mut written.config, &text);
            }
        }
        if let Some(dataset) = self.dataset.filter(|&dataset| dataset != DatasetChoice::Own) {
            pairs.push(format!("dataset={}", dataset.name()));
        }
        pairs.join("&")
    }
}

/// Formats a value for the URL: layers with hyphens in place of blanks, `784-50t-2-50t-784`.
fn to_url_value(setting: Setting, text: &str) -> Cow<'_, str> {
    match setting {
        Setting::Network => text.replace(' ', "-").into(),
        _ => text.into(),
    }
}

/// Reads a value from the URL: layers with blanks in place of hyphens. The lines of a program stay as they are.
pub(super) fn from_url_value(setting: Setting, text: &str) -> Cow<'_, str> {
    match setting {
        Setting::Network if !text.contains('{') => text.replace(['-', '+'], " ").into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Method;
    use crate::train::Preset;

    #[test]
    fn a_fragment_round_trips() {
        let fragment = "preset=blog&lr=0.001&optimizer=rmsprop&batch=128&seed=7&dataset=strokes";
        let (settings, errors) = Settings::from_fragment(&format!("#{fragment}"));
        assert_eq!(errors, []);
        assert_eq!(settings.to_fragment(), fragment);
        assert_eq!(settings.config.batch_size, 128);
    }

    #[test]
    fn layers_are_omitted_if_they_are_the_presets() {
        let fragment = "preset=blog&network=784-30r-8*-4-30r-784&lr=0.0001&optimizer=adam&batch=50&seed=0";
        let (settings, errors) = Settings::from_fragment(fragment);
        assert_eq!(errors, []);
        assert_eq!(settings.get(Setting::Network).unwrap(), "784 30r 8* 4 30r 784");
        assert_eq!(settings.to_fragment(), fragment);
        for blank in ["+", "%20", " "] {
            assert_eq!(Settings::from_fragment(&fragment.replace('-', blank)), (settings.clone(), vec![]));
        }
        let (settings, errors) = Settings::from_fragment("preset=blog&network=784-50t-50t-2-50t-50t-784");
        assert_eq!(errors, []);
        assert!(!settings.to_fragment().contains("network"), "{}", settings.to_fragment());
    }

    #[test]
    fn a_fragment_holds_every_setting_except_the_users_own_images() {
        for preset in Preset::ALL {
            for method in Method::ALL {
                let mut settings = Settings::from_preset(preset);
                settings.config.method = method;
                settings.config.init.bias = -0.3;
                settings.config.decay.l1 = 1e-5;
                settings.set(Setting::Loss, "bce").unwrap();
                if method.name() == "adam" {
                    settings.set(Setting::Beta1, "0.5").unwrap();
                }
                assert_eq!(Settings::from_fragment(&settings.to_fragment()), (settings, vec![]));
            }
        }
        let own = Settings { dataset: Some(DatasetChoice::Own), ..Settings::default() };
        assert!(!own.to_fragment().contains("dataset"));
    }

    #[test]
    fn a_preset_does_not_override_other_keys_of_the_fragment() {
        let (settings, errors) = Settings::from_fragment("lr=0.5&preset=karpathy");
        assert_eq!(errors, []);
        assert_eq!((settings.preset, settings.config.learning_rate), (Preset::Karpathy, 0.5));
        assert_eq!(settings.config.method.name(), "adadelta");
    }

    #[test]
    fn values_out_of_range_are_refused_with_a_reason() {
        for (fragment, part) in [
            ("lr=0", "Learning rate must be a number above 0 and at most 1000000, got “0”."),
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
            ("loss=hinge", "half-sum-squared"),
            ("momentum=0.5", "Momentum is not a setting of Adam."),
            ("network=784-50x-2-784", "“50x”"),
            ("network=784-65-784", "got 65"),
            ("network=100-2-100", "784"),
            ("colour=blue", "“colour”"),
        ] {
            let (settings, errors) = Settings::from_fragment(fragment);
            assert_eq!(settings, Settings::default(), "{fragment}");
            assert_eq!(errors.len(), 1, "{fragment}: {errors:?}");
            assert!(errors[0].to_string().contains(part), "{fragment}: {}", errors[0]);
        }
    }

    #[test]
    fn an_empty_fragment_has_the_defaults() {
        for fragment in ["", "#", "&&"] {
            assert_eq!(Settings::from_fragment(fragment), (Settings::default(), Vec::new()));
        }
    }
}
