//! The speed and the stops in the URL's fragment: `speed=10&stop=5000,plateau`.

use thiserror::Error;

use super::Speed;
use crate::app::url::pairs;
use crate::train::setting::{excerpt, parse_whole};

const SPEED: &str = "speed";
const STOP: &str = "stop";

/// The value of a stop at a plateau.
const PLATEAU: &str = "plateau";

/// The largest step to stop at: a number field holds no larger ones exactly.
const MAX_STEP: u64 = (1 << 53) - 1;

/// The speed and the stops. They do not change what is learned, only when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlaybackSettings {
    pub speed: Speed,
    pub stop_at: Option<u64>,
    /// Whether to stop at a plateau of the test error.
    pub stops_at_plateau: bool,
}

/// A speed or a stop was refused, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlaybackError {
    /// Unknown speed.
    #[error("Speed must be “full” or one of these numbers of steps a second: {}; got “{found}”.", speeds())]
    Speed { found: String },
    /// Invalid step, typed into its field.
    #[error("Stop at step must be a whole number from 1 to {MAX_STEP}, or empty; got “{found}”.")]
    Step { found: String },
    /// Invalid stop in a URL.
    #[error(
        "Stop must be a step from 1 to {MAX_STEP}, “plateau”, or both, as in “5000,plateau”; got “{found}”."
    )]
    Stop { found: String },
}

impl PlaybackSettings {
    /// The keys in the URL's fragment.
    pub const KEYS: [&'static str; 2] = [SPEED, STOP];

    /// Reads the speed and the stops from a URL's fragment, with or without its `#`. The default is full speed without a
    /// stop.
    ///
    /// Returns the settings, with defaults in place of refused values, and why those were refused.
    pub fn from_fragment(fragment: &str) -> (Self, Vec<PlaybackError>) {
        let mut playback_settings = Self::default();
        let mut errors = Vec::new();
        for (key, value) in pairs(fragment) {
            let read = match &*key {
                SPEED => playback_settings.set_speed(&value),
                STOP => playback_settings.set_stops(&value),
                _ => Ok(()),
            };
            errors.extend(read.err());
        }
        (playback_settings, errors)
    }

    /// Returns the parts that [`from_fragment`](Self::from_fragment) reads these settings from, without defaults.
    pub fn to_fragment(self) -> Vec<String> {
        let speed = (self.speed != Speed::Full).then(|| format!("{SPEED}={}", key(self.speed)));
        let at = self.stop_at.map(|step| step.to_string());
        let stops: Vec<_> = at.into_iter().chain(self.stops_at_plateau.then(|| PLATEAU.to_owned())).collect();
        let stop = (!stops.is_empty()).then(|| format!("{STOP}={}", stops.join(",")));
        speed.into_iter().chain(stop).collect()
    }

    fn set_speed(&mut self, value: &str) -> Result<(), PlaybackError> {
        let speed = Speed::ALL.into_iter().find(|&speed| key(speed) == value);
        self.speed = speed.ok_or_else(|| PlaybackError::Speed { found: excerpt(value) })?;
        Ok(())
    }

    fn set_stops(&mut self, value: &str) -> Result<(), PlaybackError> {
        let refused = || PlaybackError::Stop { found: excerpt(value) };
        let (mut stop_at, mut stops_at_plateau) = (None, false);
        for place in value.split(',') {
            if place == PLATEAU {
                stops_at_plateau = true;
            } else {
                stop_at = Some(parse_step(place).ok_or_else(refused)?);
            }
        }
        (self.stop_at, self.stops_at_plateau) = (stop_at, stops_at_plateau);
        Ok(())
    }
}

/// Reads the step to stop at from its field; an empty one has none.
///
/// # Errors
/// [`PlaybackError`] if the text is no step that a URL can hold.
pub fn read_stop(text: &str) -> Result<Option<u64>, PlaybackError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    parse_step(text).map(Some).ok_or_else(|| PlaybackError::Step { found: excerpt(text) })
}

fn parse_step(text: &str) -> Option<u64> {
    parse_whole(text).filter(|step| (1..=MAX_STEP).contains(step))
}

/// Returns a speed as its value in the URL.
fn key(speed: Speed) -> String {
    match speed {
        Speed::PerSecond(steps) => steps.to_string(),
        Speed::Full => "full".to_owned(),
    }
}

fn speeds() -> String {
    let slow = Speed::ALL.into_iter().filter(|&speed| speed != Speed::Full);
    slow.map(key).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_round_trip_and_defaults_are_omitted() {
        for speed in Speed::ALL {
            for stop_at in [None, Some(1), Some(MAX_STEP)] {
                for stops_at_plateau in [false, true] {
                    let playback_settings = PlaybackSettings { speed, stop_at, stops_at_plateau };
                    let fragment = playback_settings.to_fragment().join("&");
                    assert_eq!(
                        PlaybackSettings::from_fragment(&fragment),
                        (playback_settings, vec![]),
                        "{fragment}"
                    );
                }
            }
        }
        assert!(PlaybackSettings::default().to_fragment().is_empty());
        let encoded = PlaybackSettings::from_fragment("stop=5000%2Cplateau");
        assert_eq!(encoded, PlaybackSettings::from_fragment("stop=5000,plateau"));
        let playback_settings =
            PlaybackSettings { speed: Speed::PerSecond(10), stop_at: Some(5_000), stops_at_plateau: true };
        assert_eq!(playback_settings.to_fragment(), ["speed=10", "stop=5000,plateau"]);
    }

    #[test]
    fn a_typed_step_is_one_that_the_url_takes_or_is_refused() {
        for (text, step) in
            [("", None), (" ", None), ("5000", Some(5_000)), ("5,000", Some(5_000)), (" 70 ", Some(70))]
        {
            assert_eq!(read_stop(text), Ok(step), "{text}");
        }
        assert_eq!(read_stop(&MAX_STEP.to_string()), Ok(Some(MAX_STEP)));
        for text in ["0", "-5", "2.5", "1e300", "9007199254740992", "99999999999999999999", "soon"] {
            let error = read_stop(text).unwrap_err().to_string();
            assert!(error.ends_with(&format!("or empty; got “{text}”.")), "{error}");
        }
    }

    #[test]
    fn refused_values_leave_the_defaults() {
        for (fragment, sentence) in [
            (
                "#speed=7",
                "Speed must be “full” or one of these numbers of steps a second: 1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000; got “7”.",
            ),
            ("speed=", "got “”."),
            ("speed=-1", "got “-1”."),
            (
                "stop=0",
                "Stop must be a step from 1 to 9007199254740991, “plateau”, or both, as in “5000,plateau”; got “0”.",
            ),
            ("stop=", "got “”."),
            ("stop=5000,never", "got “5000,never”."),
            ("stop=9007199254740992", "got “9007199254740992”."),
        ] {
            let (playback_settings, errors) = PlaybackSettings::from_fragment(fragment);
            assert_eq!(playback_settings, PlaybackSettings::default(), "{fragment}");
            assert_eq!(errors.len(), 1, "{fragment}");
            assert!(errors[0].to_string().ends_with(sentence), "{}", errors[0]);
        }
    }
}
