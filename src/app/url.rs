//! The URL's fragment: the settings, the speed, and the stops, as in `preset=blog&lr=0.001&speed=10`.

use super::controls::PlaybackSettings;
use super::settings::{FieldError, Settings};

/// Reads a fragment, with or without its `#`. Whatever is refused has its default, and the errors say why.
pub(super) fn read(fragment: &str) -> (Settings, PlaybackSettings, Vec<FieldError>) {
    let (settings, mut errors) = Settings::from_fragment(fragment);
    let (playback, refused) = PlaybackSettings::from_fragment(fragment);
    errors.extend(refused.into_iter().map(FieldError::from));
    (settings, playback, errors)
}

/// Writes the fragment that [`read`] reads, without the `#`.
pub(super) fn write(settings: &Settings, playback: PlaybackSettings) -> String {
    let mut parts = playback.to_fragment();
    parts.insert(0, settings.to_fragment());
    parts.join("&")
}

/// Iterates over the keys and values of a fragment, with or without its `#`; a key alone has an empty value.
pub(super) fn pairs(fragment: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = fragment.trim_start_matches('#').split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_keys_with_values() {
        let read: Vec<_> = pairs("#embed&lr=0.1&&name=a=b").collect();
        assert_eq!(read, [("embed", ""), ("lr", "0.1"), ("name", "a=b")]);
        assert_eq!(pairs("#").count() + pairs("").count(), 0);
    }
}
