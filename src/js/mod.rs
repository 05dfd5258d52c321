//! The JavaScript API: the class `Autoencoder` for pages, bundlers and Node.
//!
//! It is behind the feature `js`, because exports would be linked into the page's program too. No argument causes a panic:
//! arrays and configs are checked here, and an invalid one throws an `Error`. `make npm` packs it.

mod arrays;
mod config;

use js_sys::{ArrayBuffer, Float32Array, JSON, JsString, Uint8Array};
use ndarray::{ArrayView2, Axis};
use wasm_bindgen::prelude::*;

use crate::files::{self, Format};
use crate::nn::{Network, Workspace};
use crate::train::Preset;
use crate::train::{Trainer, TrainerConfig, batch_bytes};
use arrays::{Examples, check_memory, new_array, new_bytes};

/// The examples that are encoded or decoded at a time, which bounds the memory.
const CHUNK: usize = 64;

/// The limit of the bytes per parameter while a file is written.
const BYTES_PER_PARAMETER: usize = 96;

/// A function of a batch, such as [`Network::encode`].
type BatchFn = for<'w> fn(&Network, &[f32], ArrayView2<'_, f32>, &'w mut Workspace) -> ArrayView2<'w, f32>;

/// A network that learns to reproduce its input through a low-dimensional code.
///
/// Examples are passed in a flat array: a `Uint8Array` of pixels from 0 to 255, or a `Float32Array` of values from 0 to 1. An
/// invalid argument throws an `Error` and changes nothing.
#[wasm_bindgen]
pub struct Autoencoder {
    trainer: Trainer,
    workspace: Workspace,
    /// The largest batch so far, for which memory is allocated.
    capacity: usize,
    /// Buffers of the examples, before and after their conversion.
    bytes: Vec<u8>,
    values: Vec<f32>,
    /// The KL divergence of the last step.
    kl: f32,
}

#[wasm_bindgen]
impl Autoencoder {
    /// Creates a network with initial parameters from the seed.
    ///
    /// # Errors
    /// If a setting is unknown, missing or invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "AutoencoderConfig")] config: &JsValue,
    ) -> Result<Self, JsValue> {
        let config = config::read(config)?;
        check_network_memory(&config)?;
        Ok(Self::from_trainer(Trainer::new(&config).map_err(from_error)?))
    }

    /// Loads a network in ConvNetJS's format: the result of `toJSON` or of ConvNetJS's `net.toJSON()`, or its text.
    ///
    /// The format has no training settings, so they are those of `config`, with the constructor's defaults. The optimizer starts
    /// without state.
    ///
    /// # Errors
    /// If it is not such a network, contains something unsupported, or a setting is invalid.
    #[wasm_bindgen(js_name = fromJSON)]
    pub fn from_json(
        #[wasm_bindgen(unchecked_param_type = "ConvNetJSNetwork | string")] json: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "TrainingSettings")] config: &JsValue,
    ) -> Result<Self, JsValue> {
        let text = match json.dyn_ref::<JsString>() {
            Some(text) => text.clone(),
            None if json.is_object() => JSON::stringify(json)?,
            None => return Err(config::wrong_type("the network", "ConvNetJS's JSON", json)),
        };
        check_memory((text.length() as usize).saturating_mul(4))?;
        let fallback = config::read_fallback(config)?;
        Self::read(Format::ConvNetJs, String::from(text).as_bytes(), &fallback)
    }

    /// Returns the network in ConvNetJS's format: ConvNetJS loads it by `net.fromJSON`, and `JSON.stringify` calls this method.
    ///
    /// # Errors
    /// If ConvNetJS does not support the network, for example leaky ReLU, if a parameter is NaN or infinite, or if there is not
    /// enough memory.
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "ConvNetJSNetwork")]
    pub fn to_json(&self) -> Result<JsValue, JsValue> {
        let text = self.write(Format::ConvNetJs)?;
        let text = str::from_utf8(&text).map_err(|reason| error(&reason.to_string()))?;
        JSON::parse(text)
    }

    /// Loads the bytes of `save` or of a `.bottleneck` file of the page. Training continues bit for bit.
    ///
    /// # Errors
    /// If the bytes are invalid.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
    ) -> Result<Self, JsValue> {
        let array = bytes.dyn_ref::<Uint8Array>().filter(|_| ArrayBuffer::is_view(bytes));
        let array = array.ok_or_else(|| config::wrong_type("what was saved", "a Uint8Array", bytes))?;
        check_memory((array.length() as usize).saturating_mul(4))?;
        Self::read(Format::Bottleneck, &array.to_vec(), &Preset::Deep.config())
    }

    /// Returns the network, its settings and the optimizer's state as the bytes of a `.bottleneck` file.
    ///
    /// # Errors
    /// If a value is NaN or infinite, or if there is not enough memory.
    pub fn save(&self) -> Result<Uint8Array, JsValue> {
        let bytes = self.write(Format::Bottleneck)?;
        let array = new_bytes(bytes.len())?;
        array.copy_from(&bytes);
        Ok(array)
    }

    /// Trains one step on a batch of any size and returns its loss before the step; NaN after training has diverged.
    ///
    /// Memory is allocated only for a batch larger than any before.
    ///
    /// # Errors
    /// If the batch is empty or its length not a multiple of `inputs`, if a value is NaN or infinite, or if there is not enough
    /// memory.
    pub fn train(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Float32Array")] batch: &JsValue,
    ) -> Result<f32, JsValue> {
        let (examples, size) = Examples::new(batch, self.inputs())?;
        if size > self.capacity {
            check_memory(batch_memory(self.trainer.network(), size))?;
            self.capacity = size;
        }
        let bytes = &mut self.bytes;
        let step = self.trainer.try_step_with_batch(size, |input| {
            examples.copy(0, input, bytes);
            match input.iter().position(|value| !value.is_finite()) {
                Some(index) => Err(error(&format!(
                    "examples must be finite numbers, but number {index} of this batch is {}",
                    input[index]
                ))),
                None => Ok(()),
            }
        })?;
        self.kl = step.kl;
        Ok(step.loss)
    }

    /// Encodes examples to `latent` values each.
    ///
    /// # Errors
    /// As `train`.
    pub fn encode(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Float32Array")] examples: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        self.map(examples, self.inputs(), self.latent(), Network::encode)
    }

    /// Decodes codes of `latent` values to `inputs` values each.
    ///
    /// # Errors
    /// As `train`.
    pub fn decode(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] latent: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        if !latent.is_instance_of::<Float32Array>() {
            return Err(config::wrong_type("latent numbers", "a Float32Array", latent));
        }
        self.map(latent, self.latent(), self.inputs(), Network::decode)
    }

    /// Reconstructs examples: encodes and decodes them.
    ///
    /// # Errors
    /// As `train`.
    pub fn reconstruct(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Float32Array")] examples: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        self.map(examples, self.inputs(), self.inputs(), Network::reconstruct)
    }

    /// The learning rate.
    #[wasm_bindgen(getter, js_name = learningRate)]
    pub fn learning_rate(&self) -> f64 {
        config::to_shortest_f64(self.trainer.config().learning_rate)
    }

    /// Sets the learning rate.
    ///
    /// # Errors
    /// If it is not a finite number of at least 0.
    #[wasm_bindgen(setter, js_name = learningRate)]
    pub fn set_learning_rate(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] learning_rate: &JsValue,
    ) -> Result<(), JsValue> {
        let learning_rate = config::amount("learningRate", learning_rate)?;
        self.trainer.reconfigure(|c| c.learning_rate = learning_rate).map_err(from_error)
    }

    /// The weight of the KL divergence of a variational code.
    #[wasm_bindgen(getter)]
    pub fn beta(&self) -> f64 {
        config::to_shortest_f64(self.trainer.config().beta)
    }

    /// Sets the weight of the KL divergence of a variational code.
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
        let beta = config::amount("beta", beta)?;
        self.trainer.reconfigure(|c| c.beta = beta).map_err(from_error)
    }

    /// The KL divergence of a variational code from the standard normal distribution, in nats per example, before the last step;
    /// 0 before the first step, and for a deterministic code.
    #[wasm_bindgen(getter)]
    pub fn kl(&self) -> f32 {
        self.kl
    }

    /// A copy of the parameters, layer by layer, weight before bias; weights are `[inputs, outputs]`, row-major.
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

    /// The number of values of an example.
    #[wasm_bindgen(getter)]
    pub fn inputs(&self) -> usize {
        self.trainer.network().inputs()
    }

    /// The number of values of a code.
    #[wasm_bindgen(getter)]
    pub fn latent(&self) -> usize {
        self.trainer.network().latent_dim()
    }
}

impl Autoencoder {
    fn from_trainer(trainer: Trainer) -> Self {
        Self {
            workspace: Workspace::new(trainer.network(), CHUNK),
            capacity: trainer.config().batch_size,
            bytes: Vec::new(),
            values: Vec::new(),
            kl: 0.0,
            trainer,
        }
    }

    /// Reads a file.
    fn read(format: Format, bytes: &[u8], fallback: &TrainerConfig) -> Result<Self, JsValue> {
        let loaded = files::read(format, bytes, fallback).map_err(from_error)?;
        config::check(loaded.config())?;
        check_network_memory(loaded.config())?;
        Ok(Self::from_trainer(loaded.into_trainer().map_err(from_error)?))
    }

    /// Writes a file.
    fn write(&self, format: Format) -> Result<Vec<u8>, JsValue> {
        check_memory(self.trainer.parameters().len().saturating_mul(BYTES_PER_PARAMETER))?;
        files::save(format, &self.trainer).map_err(from_error)
    }

    /// Applies a function from `inputs` to `outputs` values per example, in chunks.
    fn map(
        &mut self,
        array: &JsValue,
        inputs: usize,
        outputs: usize,
        function: BatchFn,
    ) -> Result<Float32Array, JsValue> {
        let (examples, count) = Examples::new(array, inputs)?;
        let length =
            count.checked_mul(outputs).ok_or_else(|| error("there are too many examples at once"))?;
        let result = new_array(length)?;
        for start in (0..count).step_by(CHUNK) {
            let rows = CHUNK.min(count - start);
            self.values.resize(rows * inputs, 0.0);
            examples.copy(start * inputs, &mut self.values, &mut self.bytes);
            let input =
                ArrayView2::from_shape((rows, inputs), &self.values).expect("the buffer has this shape");
            let output =
                function(self.trainer.network(), self.trainer.parameters(), input, &mut self.workspace);
            let (from, to) = (start * outputs, (start + output.len_of(Axis(0))) * outputs);
            let output = output.to_slice().expect("outputs are contiguous");
            result.subarray(from as u32, to as u32).copy_from(output);
        }
        Ok(result)
    }
}

/// Checks that there is enough memory for a network: parameters, gradients, up to two moments, and batches.
///
/// # Errors
/// An `Error` if there is not.
fn check_network_memory(config: &TrainerConfig) -> Result<(), JsValue> {
    let network = Network::new(&config.spec, config.loss).map_err(from_error)?;
    let parameters = network.parameter_count().saturating_mul(4 * size_of::<f32>());
    let batch = batch_memory(&network, config.batch_size);
    check_memory(parameters.saturating_add(batch).saturating_add(Workspace::bytes(&network, CHUNK)))
}

/// Returns the bytes that a batch needs: the trainer's arrays, and the examples as bytes.
fn batch_memory(network: &Network, size: usize) -> usize {
    batch_bytes(network, size).saturating_add(size.saturating_mul(network.inputs()))
}

/// Returns an `Error` for an error of the library.
fn from_error(reason: impl std::error::Error) -> JsValue {
    error(&reason.to_string())
}

/// Returns an `Error` with a message.
fn error(message: &str) -> JsValue {
    js_sys::Error::new(message).into()
}
