//! The config object of an [`Autoencoder`](super::Autoencoder): reading it key by key, so that an error can name the key.

use std::fmt::Display;
use std::str::FromStr;

use js_sys::{Array, Number, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::error;
use crate::nn::NetworkSpec;
use crate::preset::Preset;
use crate::trainer::TrainerConfig;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("config.d.ts");

/// Every key. The type declarations say what each is.
const KEYS: [&str; 6] = ["preset", "layers", "loss", "optimizer", "learningRate", "seed"];

/// The key of the parameters, which only what was saved has.
pub(super) const PARAMETERS: &str = "parameters";

/// A config that was found good.
#[derive(Clone, Debug)]
pub(super) struct Config {
    /// What the settings that have no key of their own come from: how parameters begin, and decay.
    preset: Preset,
    /// The settings.
    pub(super) trainer: TrainerConfig,
}

impl Config {
    /// Reads a config object, in which the keys `further` may stand besides its own.
    ///
    /// # Errors
    /// An `Error` that names what is unknown, missing or refused.
    pub(super) fn read(object: &JsValue, further: &[&str]) -> Result<Self, JsValue> {
        if !object.is_object() || Array::is_array(object) {
            return Err(refused("the config", "an object such as { layers: \"784 50t 2 50t 784\" }", object));
        }
        for key in Object::keys(object.unchecked_ref::<Object>()).iter().filter_map(|key| key.as_string()) {
            if !KEYS.iter().chain(further).any(|known| *known == key) {
                let known = KEYS.join(", ");
                return Err(error(&format!("“{}” is not a setting: {known} are", shortened(&key))));
            }
        }

        let preset: Option<Preset> = parsed(object, "preset")?;
        let layers: Option<NetworkSpec> = parsed(object, "layers")?;
        if preset.is_none() && layers.is_none() {
            return Err(error(
                "layers are missing, as in { layers: \"784 50t 2 50t 784\" }, or else a preset",
            ));
        }
        let base = preset.unwrap_or(Preset::Fast);
        let mut trainer = base.config();
        // A batch is whatever is given; memory is taken when it is known how much.
        trainer.batch_size = 1;
        if let Some(spec) = layers {
            trainer.spec = spec;
        }
        check(&trainer.spec)?;
        if let Some(loss) = parsed(object, "loss")? {
            trainer.loss = loss;
        }
        if let Some(method) = parsed(object, "optimizer")? {
            trainer.method = method;
        }
        match given(object, "learningRate")? {
            Some(value) => trainer.learning_rate = learning_rate(&value)?,
            None if preset.is_none() => trainer.learning_rate = trainer.method.usual_learning_rate(),
            None => {}
        }
        if let Some(value) = given(object, "seed")? {
            let seed = value.as_f64().filter(|seed| Number::is_safe_integer(&value) && *seed >= 0.0);
            trainer.seed = seed.ok_or_else(|| refused("seed", "a whole number from 0 on", &value))? as u64;
        }
        Ok(Self { preset: base, trainer })
    }

    /// The object that [`read`](Self::read) reads these settings from.
    ///
    /// # Errors
    /// None that a plain object is known to cause.
    pub(super) fn write(&self) -> Result<Object, JsValue> {
        let config = &self.trainer;
        let values: [JsValue; KEYS.len()] = [
            self.preset.name().into(),
            config.spec.to_string().into(),
            config.loss.name().into(),
            config.method.name().into(),
            as_written(config.learning_rate).into(),
            (config.seed as f64).into(),
        ];
        let object = Object::new();
        for (key, value) in KEYS.iter().zip(values) {
            Reflect::set(&object, &(*key).into(), &value)?;
        }
        Ok(object)
    }
}

/// Sees that a network can encode and decode, and gives back as much as it is given.
fn check(spec: &NetworkSpec) -> Result<(), JsValue> {
    let (inputs, outputs) = (spec.inputs, spec.layers.last().map_or(0, |last| last.outputs));
    if inputs != outputs {
        return Err(error(&format!(
            "layers: an autoencoder gives back as many numbers as it is given, not {outputs} for {inputs}"
        )));
    }
    if spec.bottleneck() + 1 == spec.layers.len() {
        return Err(error("layers: the narrowest has to come before the last, which nothing would decode"));
    }
    Ok(())
}

/// A learning rate: a finite number that is not negative.
///
/// # Errors
/// An `Error` that says so.
pub(super) fn learning_rate(value: &JsValue) -> Result<f32, JsValue> {
    let rate = value.as_f64().map(|rate| rate as f32).filter(|rate| rate.is_finite() && *rate >= 0.0);
    rate.ok_or_else(|| refused("learningRate", "a number from 0 on", value))
}

/// A number with as few digits as tell it apart, so that a rate of 0.001 is read as it was set.
///
/// JavaScript writes and reads the digits: Rust's tables for that would be an eighth of the package.
pub(super) fn as_written(number: f32) -> f64 {
    let exact = f64::from(number);
    let rounded = (1..=9).filter_map(|digits| Number::from(exact).to_precision(digits).ok());
    let mut read = rounded.map(|text| Number::parse_float(&String::from(text)));
    read.find(|rounded| *rounded as f32 == number).unwrap_or(exact)
}

/// The value of a key, if there is one.
pub(super) fn given(object: &JsValue, key: &str) -> Result<Option<JsValue>, JsValue> {
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

/// The error that something is not as wanted.
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
    error(&format!("{what} should be {wanted}, not {found}"))
}

/// The beginning of what was given, to be quoted in a sentence.
fn shortened(text: &str) -> String {
    text.chars().take(30).collect()
}
