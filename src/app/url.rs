//! Reads and writes the URL's fragment: the settings, the speed, and the stops.

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
