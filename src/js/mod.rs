//! The library's JavaScript face: the class `Autoencoder` for anyone's page, bundler or Node.
//!
//! Importing it starts nothing. It is behind the feature `js`, because whatever a library exports to JavaScript would be
//! linked into the page's program, too. No argument can cause a panic: arrays and configs are checked here, and what
//! is wrong with them is thrown as an `Error` that says so. `make npm` packs it.

mod config;
mod numbers;

use js_sys::{ArrayBuffer, Float32Array, JSON, JsString, Uint8Array};
use ndarray::{ArrayView2, Axis};
use wasm_bindgen::prelude::*;

use crate::files::{self, Format};
use crate::nn::{Network, Workspace};
use crate::train::Preset;
use crate::train::{Trainer, TrainerConfig, batch_bytes};
use numbers::{Examples, new_array, new_bytes, room_for};

/// How many examples are encoded or decoded at a time, so that any number of them takes no more memory.
const PIECE: usize = 64;

/// How many bytes a parameter takes at most while it is written as text.
const WRITTEN: usize = 96;

/// A part of the network at work on a batch: [`Network::encode`] and its like.
type Part = for<'w> fn(&Network, &[f32], ArrayView2<'_, f32>, &'w mut Workspace) -> ArrayView2<'w, f32>;

/// A network that learns to give back what it is shown, through a code of few numbers.
///
/// Examples are passed one after another in a flat array: a `Uint8Array` of pixels from 0 to 255, or a `Float32Array` of
/// numbers from 0 to 1. What is wrong with an argument is thrown as an `Error`, and changes nothing.
#[wasm_bindgen]
pub struct Autoencoder {
    trainer: Trainer,
    workspace: Workspace,
    /// The largest batch so far, for which there is memory.
    capacity: usize,
    /// Examples on their way in, before they are numbers and after.
    bytes: Vec<u8>,
    numbers: Vec<f32>,
    /// Of the last step.
    kl: f32,
}

#[wasm_bindgen]
impl Autoencoder {
    /// Makes a network with fresh parameters, which depend on the seed alone.
    ///
    /// # Errors
    /// If a setting is unknown, missing or refused.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "AutoencoderConfig")] config: &JsValue,
    ) -> Result<Self, JsValue> {
        let config = config::read(config)?;
        check_room(&config)?;
        Ok(Self::of(Trainer::new(&config).map_err(refused)?))
    }

    /// Takes up a network in ConvNetJS's form: what `toJSON` or ConvNetJS's `net.toJSON()` gave, or its text.
    ///
    /// That form does not say how to train, so `config` does. Without it, training is as if the constructor had been given
    /// only layers. The optimizer remembers nothing of earlier steps.
    ///
    /// # Errors
    /// If it is not such a network, contains something unsupported, or a setting is refused.
    #[wasm_bindgen(js_name = fromJSON)]
    pub fn from_json(
        #[wasm_bindgen(unchecked_param_type = "ConvNetJSNetwork | string")] json: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "TrainingSettings")] config: &JsValue,
    ) -> Result<Self, JsValue> {
        let text = match json.dyn_ref::<JsString>() {
            Some(text) => text.clone(),
            None if json.is_object() => JSON::stringify(json)?,
            None => return Err(config::refused("the network", "ConvNetJS's JSON", json)),
        };
        room_for((text.length() as usize).saturating_mul(4))?;
        let fallback = config::read_fallback(config)?;
        Self::kept(Format::ConvNetJs, String::from(text).as_bytes(), &fallback)
    }

    /// The network as ConvNetJS's plain data, so that `JSON.stringify` writes what its `net.fromJSON` takes when parsed.
    ///
    /// # Errors
    /// If ConvNetJS does not support something in it, such as leaky ReLU, if a parameter is no longer a finite number, or if
    /// there is not enough memory.
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "ConvNetJSNetwork")]
    pub fn to_json(&self) -> Result<JsValue, JsValue> {
        let text = self.written(Format::ConvNetJs)?;
        let text = str::from_utf8(&text).map_err(|reason| error(&reason.to_string()))?;
        JSON::parse(text)
    }

    /// Restores what `save` has written, and goes on from it bit for bit. The page's `.bottleneck` files are
    /// of the same kind.
    ///
    /// # Errors
    /// If anything is wrong with the bytes.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
    ) -> Result<Self, JsValue> {
        let array = bytes.dyn_ref::<Uint8Array>().filter(|_| ArrayBuffer::is_view(bytes));
        let array = array.ok_or_else(|| config::refused("what was saved", "a Uint8Array", bytes))?;
        room_for((array.length() as usize).saturating_mul(4))?;
        Self::kept(Format::Bottleneck, &array.to_vec(), &Preset::Deep.config())
    }

    /// The network with its settings and all that the optimizer remembers, as bytes of a `.bottleneck` file.
    ///
    /// # Errors
    /// If a number is no longer finite, or if there is not enough memory.
    pub fn save(&self) -> Result<Uint8Array, JsValue> {
        let bytes = self.written(Format::Bottleneck)?;
        let array = new_bytes(bytes.len())?;
        array.copy_from(&bytes);
        Ok(array)
    }

    /// Makes one step on a batch of any size and returns its loss before the step, which is not a number if
    /// the parameters no longer are.
    ///
    /// Memory is taken only for a batch larger than any before.
    ///
    /// # Errors
    /// If the batch is empty or its length not a multiple of the inputs, if a number is not finite, or if there is not
    /// enough memory.
    pub fn train(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Float32Array")] batch: &JsValue,
    ) -> Result<f32, JsValue> {
        let (examples, size) = Examples::of(batch, self.inputs())?;
        if size > self.capacity {
            room_for(room_of_batch(self.trainer.network(), size))?;
            self.capacity = size;
        }
        let bytes = &mut self.bytes;
        let step = self.trainer.try_step_with_batch(size, |input| {
            examples.copy(0, input, bytes);
            match input.iter().position(|number| !number.is_finite()) {
                Some(place) => Err(error(&format!(
                    "examples must be finite numbers, but number {place} of this batch is {}",
                    input[place]
                ))),
                None => Ok(()),
            }
        })?;
        self.kl = step.kl;
        Ok(step.loss)
    }

    /// The code of each example: `latent` numbers.
    ///
    /// # Errors
    /// As `train`.
    pub fn encode(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Float32Array")] examples: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        self.run(examples, self.inputs(), self.latent(), Network::encode)
    }

    /// What the decoder draws for each `latent` numbers: `inputs` numbers each.
    ///
    /// # Errors
    /// As `train`.
    pub fn decode(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] latent: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        if !latent.is_instance_of::<Float32Array>() {
            return Err(config::refused("latent numbers", "a Float32Array", latent));
        }
        self.run(latent, self.latent(), self.inputs(), Network::decode)
    }

    /// What the network makes of each example: its code, decoded again.
    ///
    /// # Errors
    /// As `train`.
    pub fn reconstruct(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Float32Array")] examples: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        self.run(examples, self.inputs(), self.inputs(), Network::reconstruct)
    }

    /// The learning rate of the steps to come.
    #[wasm_bindgen(getter, js_name = learningRate)]
    pub fn learning_rate(&self) -> f64 {
        config::as_written(self.trainer.config().learning_rate)
    }

    /// Sets the learning rate of the steps to come.
    ///
    /// # Errors
    /// If it is not a finite number of at least 0.
    #[wasm_bindgen(setter, js_name = learningRate)]
    pub fn set_learning_rate(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] learning_rate: &JsValue,
    ) -> Result<(), JsValue> {
        let learning_rate = config::amount("learningRate", learning_rate)?;
        self.trainer.set_learning_rate(learning_rate).map_err(refused)
    }

    /// The weight of the divergence of a variational code in the steps to come.
    #[wasm_bindgen(getter)]
    pub fn beta(&self) -> f64 {
        config::as_written(self.trainer.config().beta)
    }

    /// Sets the weight of the divergence of a variational code in the steps to come.
    ///
    /// # Errors
    /// If it is not a finite number of at least 0, or the code is not variational.
    #[wasm_bindgen(setter)]
    pub fn set_beta(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] beta: &JsValue,
    ) -> Result<(), JsValue> {
        if !self.trainer.config().spec.is_variational() {
            return Err(error("beta cannot be set while the code is not variational"));
        }
        self.trainer.set_beta(config::amount("beta", beta)?).map_err(refused)
    }

    /// The divergence of a variational code from the standard normal distribution, in nats per example, before the last step;
    /// 0 before the first step, and of a code that is a point.
    #[wasm_bindgen(getter)]
    pub fn kl(&self) -> f32 {
        self.kl
    }

    /// A copy of all weights and biases, layer after layer, each weight
    /// `[inputs, outputs]` row by row before its bias.
    ///
    /// # Errors
    /// If there is not enough memory.
    #[wasm_bindgen(getter)]
    pub fn parameters(&self) -> Result<Float32Array, JsValue> {
        let parameters = self.trainer.parameters();
        let copy = new_array(parameters.len())?;
        copy.copy_from(parameters);
        Ok(copy)
    }

    /// How many numbers an example has.
    #[wasm_bindgen(getter)]
    pub fn inputs(&self) -> usize {
        self.trainer.network().inputs()
    }

    /// How many numbers a code has.
    #[wasm_bindgen(getter)]
    pub fn latent(&self) -> usize {
        self.trainer.network().latent_dim()
    }
}

impl Autoencoder {
    fn of(trainer: Trainer) -> Self {
        Self {
            workspace: Workspace::new(trainer.network(), PIECE),
            capacity: trainer.config().batch_size,
            bytes: Vec::new(),
            numbers: Vec::new(),
            kl: 0.0,
            trainer,
        }
    }

    /// What a file holds.
    fn kept(format: Format, bytes: &[u8], fallback: &TrainerConfig) -> Result<Self, JsValue> {
        let kept = files::read(format, bytes, fallback).map_err(refused)?;
        config::check(kept.config())?;
        check_room(kept.config())?;
        Ok(Self::of(kept.into_trainer().map_err(refused)?))
    }

    /// The bytes of a file.
    fn written(&self, format: Format) -> Result<Vec<u8>, JsValue> {
        room_for(self.trainer.parameters().len().saturating_mul(WRITTEN))?;
        files::save(format, &self.trainer).map_err(refused)
    }

    /// Runs a part of the network that makes `outputs` numbers of `inputs`, a piece of the examples at a time.
    fn run(
        &mut self,
        array: &JsValue,
        inputs: usize,
        outputs: usize,
        part: Part,
    ) -> Result<Float32Array, JsValue> {
        let (examples, count) = Examples::of(array, inputs)?;
        let length =
            count.checked_mul(outputs).ok_or_else(|| error("there are too many examples at once"))?;
        let result = new_array(length)?;
        for start in (0..count).step_by(PIECE) {
            let rows = PIECE.min(count - start);
            self.numbers.resize(rows * inputs, 0.0);
            examples.copy(start * inputs, &mut self.numbers, &mut self.bytes);
            let input = ArrayView2::from_shape((rows, inputs), &self.numbers).expect("rows of the inputs");
            let made = part(self.trainer.network(), self.trainer.parameters(), input, &mut self.workspace);
            let (from, to) = (start * outputs, (start + made.len_of(Axis(0))) * outputs);
            let made = made.to_slice().expect("outputs are contiguous");
            result.subarray(from as u32, to as u32).copy_from(made);
        }
        Ok(result)
    }
}

/// Checks that there is room for a network: its parameters, their gradients, up to two moments of each, and its batches.
///
/// # Errors
/// An `Error` if there is not.
fn check_room(config: &TrainerConfig) -> Result<(), JsValue> {
    let network = Network::new(&config.spec, config.loss);
    let parameters = network.parameter_count().saturating_mul(4 * size_of::<f32>());
    let batch = room_of_batch(&network, config.batch_size);
    room_for(parameters.saturating_add(batch).saturating_add(Workspace::bytes(&network, PIECE)))
}

/// How many bytes a batch takes at most: the trainer's arrays, and its examples as bytes on their way in.
fn room_of_batch(network: &Network, size: usize) -> usize {
    batch_bytes(network, size).saturating_add(size.saturating_mul(network.inputs()))
}

/// An `Error` that says what the library has refused, and why.
fn refused(reason: impl std::error::Error) -> JsValue {
    error(&reason.to_string())
}

/// An `Error` that says what is wrong.
fn error(message: &str) -> JsValue {
    js_sys::Error::new(message).into()
}
