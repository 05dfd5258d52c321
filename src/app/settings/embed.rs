//! The page inside another page: which of its panels are shown there.

use crate::app::fragment::pairs;

/// The panels that can be chosen, by name.
const EMBEDDED: [&str; 7] =
    ["transport", "pipeline", "plane", "decoded", "reconstructions", "loss", "settings"];

/// What is shown where no panel is named.
const USUAL: [&str; 3] = ["transport", "plane", "decoded"];

/// The fragment's key.
pub(super) const KEY: &str = "embed";

/// The panels that a fragment chooses, as in `embed=plane,decoded&preset=blog`; nothing where the page stands alone. Names that
/// no panel has are left out.
#[must_use]
pub fn embedded(fragment: &str) -> Option<Vec<&'static str>> {
    let (_, names) = pairs(fragment).find(|&(key, _)| key == KEY)?;
    let named: Vec<_> =
        EMBEDDED.into_iter().filter(|panel| names.split(',').any(|name| name == *panel)).collect();
    Some(if named.is_empty() { USUAL.to_vec() } else { named })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::settings::Settings;

    #[test]
    fn a_fragment_chooses_panels_and_tells_the_settings_too() {
        assert_eq!(embedded("#preset=blog"), None);
        for usual in ["#embed", "embed=", "embed=nonsense&lr=0.1"] {
            assert_eq!(embedded(usual), Some(USUAL.to_vec()), "{usual}");
        }
        let fragment = "#seed=7&embed=loss,plane,plane";
        assert_eq!(embedded(fragment), Some(vec!["plane", "loss"]));
        let (settings, errors) = Settings::from_fragment(fragment);
        assert_eq!((settings.config.seed, errors), (7, vec![]));
    }
}
