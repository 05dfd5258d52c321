//! The config object of an [`Autoencoder`](super::Autoencoder). Errors name the key.

use js_sys::{Number, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::arrays::{is_array, wrong_type};
use super::{error, from_error, record};
use crate::train::Preset;
use crate::train::TrainerConfig;
use crate::train::setting::{Setting, SettingError, excerpt};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("config.d.ts");

/// The settings that a loaded network does not take.
const INITIAL_SETTINGS: [Setting; 7] = [
    Setting::Network,
    Setting::OutputActivation,
    Setting::Variational,
    Setting::Beta,
    Setting::Init,
    Setting::Bias,
    Setting::Seed,
];

/// Returns the settings that have a JavaScript key.
fn settings() -> impl Iterator<Item = Setting> {
    Setting::all().filter(|setting| setting.js_key().is_some())
}

/// Reads the config of a new network.
///
/// # Errors
/// An `Error` about an unknown, missing or invalid setting.
pub(super) fn read(object: &JsValue) -> Result<TrainerConfig, JsValue> {
    check_keys("the config", object, &keys(settings()), "{ layers: \"784 50t 2 50t 784\" }")?;
    if given(object, "layers")?.is_none() && given(object, "preset")?.is_none() {
        return Err(error("the config needs layers, as in { layers: \"784 50t 2 50t 784\" }, or a preset"));
    }
    let config = read_settings(object, settings())?;
    check(&config)?;
    Ok(config)
}

/// Reads the training settings of a loaded network.
///
/// # Errors
/// An `Error` about an unknown or invalid setting.
pub(super) fn read_fallback(object: &JsValue) -> Result<TrainerConfig, JsValue> {
    let training = || settings().filter(|setting| !INITIAL_SETTINGS.contains(setting));
    if object.is_undefined() {
        return read_settings(&Object::new(), training());
    }
    check_keys("the config", object, &keys(training()), "{ optimizer: \"adam\", learningRate: 0.001 }")?;
    let config = read_settings(object, training())?;
    if config.loss.takes_logits() {
        let name = config.loss.name();
        return Err(error(&format!(
            "loss: leave out “{name}”, since the file says whether it is cross-entropy"
        )));
    }
    Ok(config)
}

/// Returns the keys of a config with some settings.
fn keys(settings: impl Iterator<Item = Setting>) -> Vec<&'static str> {
    std::iter::once("preset").chain(settings.filter_map(Setting::js_key)).collect()
}

/// Checks that `object` is an object with known keys only.
///
/// # Errors
/// An `Error` if not.
pub(super) fn check_keys(what: &str, object: &JsValue, known: &[&str], example: &str) -> Result<(), JsValue> {
    if !object.is_object() || is_array(object).unwrap_or(true) {
        return Err(wrong_type(what, &format!("an object such as {example}"), object));
    }
    for key in Reflect::own_keys(object)?.iter().filter_map(|key| key.as_string()) {
        if !known.contains(&key.as_str()) {
            let known = known.join(", ");
            return Err(error(&format!("unknown setting “{}”: expected {known}", excerpt(&key))));
        }
    }
    Ok(())
}

/// Returns the settings as an object that [`read`] takes.
pub(super) fn write(config: &TrainerConfig) -> Object {
    let values = settings().filter_map(|setting| {
        let (key, text) = (setting.js_key()?, setting.get(config)?);
        let value = match setting {
            Setting::Variational => (text == "yes").into(),
            _ if setting.is_number() => text.parse::<f64>().map_or(JsValue::UNDEFINED, JsValue::from),
            _ => text.into(),
        };
        Some((key, value))
    });
    record(&values.collect::<Vec<_>>()).unchecked_into()
}

/// Reads the given settings; the others are those of the preset.
fn read_settings(
    object: &JsValue,
    settings: impl Iterator<Item = Setting>,
) -> Result<TrainerConfig, JsValue> {
    let preset = given(object, "preset")?.map(|name| read_preset(&name)).transpose()?;
    let mut config = preset.unwrap_or(Preset::Modern).config();
    // A batch is whatever is given; memory is taken when it is known how much.
    config.batch_size = 1;
    let mut has_rate = preset.is_some();
    for setting in settings {
        let Some(key) = setting.js_key() else { continue };
        let Some(value) = given(object, key)? else { continue };
        if setting == Setting::LearningRate {
            config.learning_rate = amount(key, &value)?;
            has_rate = true;
        } else {
            let text = as_text(setting, key, &value)?;
            let in_setting = |error: SettingError| super::error(&error.kind.sentence(key, &error.actual));
            setting.set(&mut config, &text).map_err(in_setting)?;
        }
    }
    if !has_rate {
        config.learning_rate = config.method.default_learning_rate();
    }
    Ok(config)
}

fn read_preset(name: &JsValue) -> Result<Preset, JsValue> {
    let text = name.as_string().ok_or_else(|| wrong_type("preset", "a string", name))?;
    text.parse().map_err(|reason| error(&format!("preset: {reason}")))
}

/// Returns a setting's value as text.
fn as_text(setting: Setting, key: &str, value: &JsValue) -> Result<String, JsValue> {
    if setting == Setting::Variational {
        let yes = value.as_bool().ok_or_else(|| wrong_type(key, "true or false", value))?;
        return Ok(if yes { "yes" } else { "no" }.to_owned());
    }
    let (text, expected) = if setting.is_number() {
        let number = value.dyn_ref::<Number>().filter(|number| number.as_f64().is_some_and(f64::is_finite));
        (number.and_then(|number| number.to_string_with_radix(10).ok()).map(String::from), "a finite number")
    } else {
        (value.as_string(), "a string")
    };
    text.ok_or_else(|| wrong_type(key, expected, value))
}

/// Checks that a network can be trained, and has an encoder and a decoder.
///
/// # Errors
/// An `Error` if not.
pub(super) fn check(config: &TrainerConfig) -> Result<(), JsValue> {
    config.validate().map_err(from_error)?;
    if config.spec.code + 1 == config.spec.layers.len() {
        return Err(error("layers: the code has to come before the last layer, or nothing would decode it"));
    }
    Ok(())
}

/// Reads a finite number of at least 0.
///
/// # Errors
/// An `Error` if the value is not one.
pub(super) fn amount(key: &str, value: &JsValue) -> Result<f32, JsValue> {
    let number = value.as_f64().map(|number| number as f32);
    let valid = number.filter(|number| number.is_finite() && *number >= 0.0);
    valid.ok_or_else(|| wrong_type(key, "a finite number of at least 0", value))
}

/// Converts through the shortest decimal, so that a rate of 0.001 reads back as 0.001.
pub(super) fn to_shortest_f64(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

/// Returns the value of a key, if there is one.
///
/// # Errors
/// What a getter throws.
pub(super) fn given(object: &JsValue, key: &str) -> Result<Option<JsValue>, JsValue> {
    Ok(Some(Reflect::get(object, &key.into())?).filter(|value| !value.is_undefined()))
}
