//! The config object of an [`Autoencoder`](super::Autoencoder), read key by key so that an error can name the key.

use js_sys::{Array, Number, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{error, refused as refused_by_library};
use crate::train::Preset;
use crate::train::TrainerConfig;
use crate::train::setting::{Setting, SettingError, excerpt};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("config.d.ts");

/// What begins a network, and so is not asked for one that was made elsewhere.
const OF_A_FRESH_NETWORK: [Setting; 7] = [
    Setting::Network,
    Setting::OutputActivation,
    Setting::Variational,
    Setting::Beta,
    Setting::Init,
    Setting::Bias,
    Setting::Seed,
];

/// The settings that have a key here.
fn settings() -> impl Iterator<Item = Setting> {
    Setting::all().filter(|setting| setting.js_key().is_some())
}

/// Reads what a network is made from.
///
/// # Errors
/// An `Error` that names what is unknown, missing or refused.
pub(super) fn read(object: &JsValue) -> Result<TrainerConfig, JsValue> {
    check_keys(object, settings(), "{ layers: \"784 50t 2 50t 784\" }")?;
    if given(object, "layers")?.is_none() && given(object, "preset")?.is_none() {
        return Err(error("the config needs layers, as in { layers: \"784 50t 2 50t 784\" }, or a preset"));
    }
    let config = read_settings(object, settings())?;
    check(&config)?;
    Ok(config)
}

/// Reads how to go on training a network that was made elsewhere. Its layers are not known yet.
///
/// # Errors
/// An `Error` that names what is unknown or refused.
pub(super) fn read_fallback(object: &JsValue) -> Result<TrainerConfig, JsValue> {
    let training = || settings().filter(|setting| !OF_A_FRESH_NETWORK.contains(setting));
    if object.is_undefined() {
        return read_settings(&Object::new(), training());
    }
    check_keys(object, training(), "{ optimizer: \"adam\", learningRate: 0.001 }")?;
    let config = read_settings(object, training())?;
    if config.loss.takes_logits() {
        let name = config.loss.name();
        return Err(error(&format!("loss: “{name}” needs logits, and ConvNetJS's networks give pixels")));
    }
    Ok(config)
}

/// Checks that `object` is an object with known keys only.
fn check_keys(object: &JsValue, known: impl Iterator<Item = Setting>, example: &str) -> Result<(), JsValue> {
    if !object.is_object() || Array::is_array(object) {
        return Err(refused("the config", &format!("an object such as {example}"), object));
    }
    let known: Vec<_> = std::iter::once("preset").chain(known.filter_map(Setting::js_key)).collect();
    for key in Object::keys(object.unchecked_ref::<Object>()).iter().filter_map(|key| key.as_string()) {
        if !known.contains(&key.as_str()) {
            let known = known.join(", ");
            return Err(error(&format!("unknown setting “{}”: expected {known}", excerpt(&key))));
        }
    }
    Ok(())
}

/// The settings that are given, and the rest of their preset.
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
            let refused = |refused: SettingError| error(&refused.kind.sentence(key, &refused.actual));
            setting.set(&mut config, &text).map_err(refused)?;
        }
    }
    if !has_rate {
        config.learning_rate = config.method.default_learning_rate();
    }
    Ok(config)
}

fn read_preset(name: &JsValue) -> Result<Preset, JsValue> {
    let text = name.as_string().ok_or_else(|| refused("preset", "a string", name))?;
    text.parse().map_err(|reason| error(&format!("preset: {reason}")))
}

/// A setting's value as text: a number of what is a number, and else a string.
fn as_text(setting: Setting, key: &str, value: &JsValue) -> Result<String, JsValue> {
    if setting == Setting::Variational {
        let yes = value.as_bool().ok_or_else(|| refused(key, "true or false", value))?;
        return Ok(if yes { "yes" } else { "no" }.to_owned());
    }
    let (text, wanted) = if setting.is_number() {
        let number = value.dyn_ref::<Number>().filter(|number| number.as_f64().is_some_and(f64::is_finite));
        (number.and_then(|number| number.to_string_with_radix(10).ok()).map(String::from), "a finite number")
    } else {
        (value.as_string(), "a string")
    };
    text.ok_or_else(|| refused(key, wanted, value))
}

/// Checks that a network can be trained, encode and decode.
///
/// # Errors
/// An `Error` that says so if not.
pub(super) fn check(config: &TrainerConfig) -> Result<(), JsValue> {
    config.validate().map_err(refused_by_library)?;
    if config.spec.code + 1 == config.spec.layers.len() {
        return Err(error("layers: the code has to come before the last layer, or nothing would decode it"));
    }
    Ok(())
}

/// A finite number that is not negative, such as a learning rate.
///
/// # Errors
/// An `Error` that says so.
pub(super) fn amount(key: &str, value: &JsValue) -> Result<f32, JsValue> {
    let number = value.as_f64().map(|number| number as f32);
    let sound = number.filter(|number| number.is_finite() && *number >= 0.0);
    sound.ok_or_else(|| refused(key, "a finite number of at least 0", value))
}

/// A number with as few digits as tell it apart, so that a rate of 0.001 is read as it was set.
pub(super) fn as_written(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

/// The value of a key, if there is one.
fn given(object: &JsValue, key: &str) -> Result<Option<JsValue>, JsValue> {
    Ok(Some(Reflect::get(object, &key.into())?).filter(|value| !value.is_undefined()))
}

/// The error that a value is not what was wanted.
pub(super) fn refused(what: &str, wanted: &str, value: &JsValue) -> JsValue {
    let found = if let Some(text) = value.as_string() {
        format!("“{}”", excerpt(&text))
    } else if let Some(number) = value.dyn_ref::<Number>() {
        number.to_string_with_radix(10).map_or_else(|_| "a number".to_owned(), String::from)
    } else if value.is_null() {
        "null".to_owned()
    } else if Array::is_array(value) {
        "an array".to_owned()
    } else {
        value.js_typeof().as_string().unwrap_or_default()
    };
    error(&format!("{what} must be {wanted}, got {found}"))
}
