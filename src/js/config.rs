//! The config object of an [`Autoencoder`](super::Autoencoder), read key by key so that an error can name the key.

use std::fmt::Display;
use std::str::FromStr;

use js_sys::{Array, Number, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{error, refused as refused_by_library};
use crate::nn::NetworkSpec;
use crate::preset::Preset;
use crate::trainer::TrainerConfig;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("config.d.ts");

/// The keys that say how to train. The type declarations say what each is.
const TRAINING: [&str; 4] = ["preset", "loss", "optimizer", "learningRate"];

/// Every key.
const KEYS: [&str; 6] = ["preset", "layers", "loss", "optimizer", "learningRate", "seed"];

/// Reads what a network is made from.
///
/// # Errors
/// An `Error` that names what is unknown, missing or refused.
pub(super) fn read(object: &JsValue) -> Result<TrainerConfig, JsValue> {
    check_keys(object, &KEYS, "{ layers: \"784 50t 2 50t 784\" }")?;
    let layers: Option<NetworkSpec> = parsed(object, "layers")?;
    if layers.is_none() && given(object, "preset")?.is_none() {
        return Err(error("the config needs layers, as in { layers: \"784 50t 2 50t 784\" }, or a preset"));
    }
    let mut config = read_training(object)?;
    if let Some(spec) = layers {
        config.spec = spec;
    }
    config.spec.supply_read_out(config.loss);
    check(&config)?;
    if let Some(value) = given(object, "seed")? {
        let seed = value.as_f64().filter(|seed| Number::is_safe_integer(&value) && *seed >= 0.0);
        config.seed = seed.ok_or_else(|| refused("seed", "a whole number of at least 0", &value))? as u64;
    }
    Ok(config)
}

/// Reads how to go on training a network that was made elsewhere. Its layers are not known yet.
///
/// # Errors
/// An `Error` that names what is unknown or refused.
pub(super) fn read_fallback(object: &JsValue) -> Result<TrainerConfig, JsValue> {
    if object.is_undefined() {
        return read_training(&Object::new());
    }
    check_keys(object, &TRAINING, "{ optimizer: \"adam\", learningRate: 0.001 }")?;
    let config = read_training(object)?;
    if config.loss.takes_logits() {
        let name = config.loss.name();
        return Err(error(&format!("loss: “{name}” needs logits, and ConvNetJS's networks give pixels")));
    }
    Ok(config)
}

/// Checks that `object` is an object with known keys only.
fn check_keys(object: &JsValue, known: &[&str], example: &str) -> Result<(), JsValue> {
    if !object.is_object() || Array::is_array(object) {
        return Err(refused("the config", &format!("an object such as {example}"), object));
    }
    for key in Object::keys(object.unchecked_ref::<Object>()).iter().filter_map(|key| key.as_string()) {
        if !known.contains(&key.as_str()) {
            let known = known.join(", ");
            return Err(error(&format!("unknown setting “{}”: expected {known}", shortened(&key))));
        }
    }
    Ok(())
}

/// The settings that say how to train, and the rest of their preset.
fn read_training(object: &JsValue) -> Result<TrainerConfig, JsValue> {
    let preset: Option<Preset> = parsed(object, "preset")?;
    let mut config = preset.unwrap_or(Preset::Fast).config();
    // A batch is whatever is given; memory is taken when it is known how much.
    config.batch_size = 1;
    if let Some(loss) = parsed(object, "loss")? {
        config.loss = loss;
    }
    if let Some(method) = parsed(object, "optimizer")? {
        config.method = method;
    }
    match given(object, "learningRate")? {
        Some(value) => config.learning_rate = learning_rate(&value)?,
        None if preset.is_none() => config.learning_rate = config.method.usual_learning_rate(),
        None => {}
    }
    Ok(config)
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

/// A learning rate: a finite number that is not negative.
///
/// # Errors
/// An `Error` that says so.
pub(super) fn learning_rate(value: &JsValue) -> Result<f32, JsValue> {
    let rate = value.as_f64().map(|rate| rate as f32).filter(|rate| rate.is_finite() && *rate >= 0.0);
    rate.ok_or_else(|| refused("learningRate", "a finite number of at least 0", value))
}

/// A number with as few digits as tell it apart, so that a rate of 0.001 is read as it was set.
pub(super) fn as_written(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

/// The value of a key, if there is one.
fn given(object: &JsValue, key: &str) -> Result<Option<JsValue>, JsValue> {
    Ok(Some(Reflect::get(object, &key.into())?).filter(|value| !value.is_undefined()))
}

/// The value of a key, read from a string.
fn parsed<T: FromStr<Err: Display>>(object: &JsValue, key: &str) -> Result<Option<T>, JsValue> {
    given(object, key)?
        .map(|value| {
            let text = value.as_string().ok_or_else(|| refused(key, "a string", &value))?;
            text.parse().map_err(|reason: T::Err| error(&format!("{key}: {reason}")))
        })
        .transpose()
}

/// The error that a value is not what was wanted.
pub(super) fn refused(what: &str, wanted: &str, value: &JsValue) -> JsValue {
    let found = if let Some(text) = value.as_string() {
        format!("“{}”", shortened(&text))
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

/// The beginning of what was given, to be quoted in a sentence.
fn shortened(text: &str) -> String {
    text.chars().take(30).collect()
}
