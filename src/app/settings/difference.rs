//! Names settings by how they differ from others.

use super::Settings;
use crate::train::TrainerConfig;
use crate::train::setting::Setting;

/// The largest number of characters of a value.
const MAX_VALUE_CHARS: usize = 24;

impl Settings {
    /// Returns the differences from `other`: `lr 0.01, batch 128`. Another preset is named, with the changes of it.
    pub fn difference(&self, other: &Self) -> String {
        let mut parts = Vec::new();
        let mut base = other.config.clone();
        if self.preset != other.preset {
            parts.push(self.preset.name().to_owned());
            base = TrainerConfig { seed: other.config.seed, ..self.preset.config() };
        }
        for setting in Setting::all() {
            let value = setting.get(&self.config);
            if let Some(value) = value.filter(|value| setting.get(&base).as_ref() != Some(value)) {
                let short: String = value.chars().take(MAX_VALUE_CHARS).collect();
                let end = if short.len() < value.len() { "…" } else { "" };
                parts.push(format!("{} {short}{end}", setting.key()));
            }
        }
        parts.extend(
            self.dataset.filter(|_| self.dataset != other.dataset).map(|choice| choice.name().to_owned()),
        );
        if parts.is_empty() { "same settings".to_owned() } else { parts.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(of: &str, from: &str) -> String {
        Settings::from_fragment(of).0.difference(&Settings::from_fragment(from).0)
    }

    #[test]
    fn settings_are_named_by_what_differs() {
        assert_eq!(difference("lr=0.01&batch=128", ""), "lr 0.01, batch 128");
        assert_eq!(difference("seed=3", "seed=4"), "seed 3");
        assert_eq!(difference("seed=3&lr=0.5", "lr=0.5&seed=3"), "same settings");
        assert_eq!(difference("preset=blog", "lr=0.5"), "blog");
        assert_eq!(difference("preset=karpathy&batch=7&seed=2", "preset=blog"), "karpathy, batch 7, seed 2");
        assert_eq!(difference("dataset=strokes", ""), "strokes");
        let layers = difference("network=784-100t-100t-100t-2-100t-100t-784", "");
        assert!(layers.starts_with("network 784") && layers.ends_with('…') && layers.len() < 40, "{layers}");
    }
}
