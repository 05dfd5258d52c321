//! The panels of an embedded page.

use crate::app::url::pairs;

/// The panels to choose from.
const PANELS: [&str; 7] =
    ["transport", "pipeline", "plane", "decoded", "reconstructions", "loss", "settings"];

/// The panels if none is named.
const DEFAULT_PANELS: [&str; 3] = ["transport", "plane", "decoded"];

/// The fragment's key.
pub(super) const KEY: &str = "embed";

/// Returns the panels that a fragment chooses, as in `embed=plane,decoded&preset=blog`; nothing if the page is not
/// embedded. Unknown names are ignored.
pub fn embedded(fragment: &str) -> Option<Vec<&'static str>> {
    let (_, names) = pairs(fragment).find(|(key, _)| key == KEY)?;
    let named: Vec<_> =
        PANELS.into_iter().filter(|panel| names.split(',').any(|name| name == *panel)).collect();
    Some(if named.is_empty() { DEFAULT_PANELS.to_vec() } else { named })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::settings::Settings;

    #[test]
    fn a_fragment_chooses_panels_beside_the_settings() {
        assert_eq!(embedded("#preset=blog"), None);
        for fragment in ["#embed", "embed=", "embed=nonsense&lr=0.1"] {
            assert_eq!(embedded(fragment), Some(DEFAULT_PANELS.to_vec()), "{fragment}");
        }
        let fragment = "#seed=7&embed=loss,plane,plane";
        assert_eq!(embedded(fragment), Some(vec!["plane", "loss"]));
        assert_eq!(embedded("embed=plane%2Cdecoded"), Some(vec!["plane", "decoded"]));
        let (settings, errors) = Settings::from_fragment(fragment);
        assert_eq!((settings.config.seed, errors), (7, vec![]));
    }
}
