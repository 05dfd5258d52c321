//! The JavaScript API: the class `Autoencoder` for pages, bundlers, workers and Node.
//!
//! It is behind the feature `js`, because exports would be linked into the page's program too. No argument causes a panic: an
//! invalid one throws an `Error`. Code of the caller's, such as a getter, a proxy or a callback, runs only while nothing is
//! borrowed, so it may use the autoencoder and may throw. `make npm` packs it.

mod arrays;
mod config;
mod fit;
mod image;
mod worker;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Float32Array, JSON, JsString, Object, Promise, Reflect, Symbol, Uint8Array};
use ndarray::{ArrayView2, Axis};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::data::Dataset;
use crate::files::{self, Format};
use crate::nn::{Network, Objective, Target, Workspace};
use crate::train::{Preset, Progress, StepStats, Trainer, TrainerConfig, batch_bytes};
use arrays::{Rows, bytes, check_memory, new_array, new_bytes, wrong_type};
use fit::{Fit, Options};
pub use image::to_mnist_image;
pub use worker::serve;

/// The examples that are encoded or decoded at a time, which bounds the memory.
const CHUNK: usize = 64;

/// A function of a batch, such as [`Network::encode`].
type BatchFn = for<'w> fn(&Network, &[f32], ArrayView2<'_, f32>, &'w mut Workspace) -> ArrayView2<'w, f32>;

/// A network that learns to reproduce its input through a low-dimensional code.
///
/// Examples are flat: `inputs` values each, one example after the other, as bytes from 0 to 255 or as numbers from 0 to 1. An
/// invalid argument throws an `Error` and changes nothing.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Autoencoder {
    shared: Shared,
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
        let text: JsValue = if json.is_object() { JSON::stringify(json)?.into() } else { json.clone() };
        // A function, for example, is turned into no text.
        let Some(text) = text.dyn_ref::<JsString>().filter(|_| text.is_string()) else {
            return Err(wrong_type("the network", "ConvNetJS's JSON", json));
        };
        check_memory((text.length() as usize).saturating_mul(4))?;
        Self::read(Format::ConvNetJs, String::from(text).as_bytes(), &config::read_fallback(config)?)
    }

    /// Loads a network from the bytes of `toSafetensors`, or of a file of PyTorch's with the modules `encoder` and `decoder`.
    ///
    /// The format has no training settings, see `fromJSON`.
    ///
    /// # Errors
    /// If the bytes are invalid or not those of an autoencoder, or a setting is invalid.
    #[wasm_bindgen(js_name = fromSafetensors)]
    pub fn from_safetensors(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] file: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "TrainingSettings")] config: &JsValue,
    ) -> Result<Self, JsValue> {
        let file = bytes("the file", file)?;
        Self::read(Format::SafeTensors, &file, &config::read_fallback(config)?)
    }

    /// Loads the bytes of `save` or of a `.bottleneck` file of the page. Training continues bit for bit.
    ///
    /// # Errors
    /// If the bytes are invalid.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] file: &JsValue,
    ) -> Result<Self, JsValue> {
        Self::read(Format::Bottleneck, &bytes("the file", file)?, &Preset::Deep.config())
    }

    /// Returns the network in ConvNetJS's format: ConvNetJS loads it by `net.fromJSON`, and `JSON.stringify` calls this method.
    ///
    /// # Errors
    /// If ConvNetJS does not support the network, for example leaky ReLU, if a parameter is NaN or infinite, or if there is not
    /// enough memory.
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "ConvNetJSNetwork")]
    pub fn to_json(&self) -> Result<JsValue, JsValue> {
        let text = self.write(Format::ConvNetJs)?;
        JSON::parse(&String::from_utf8(text).map_err(from_error)?)
    }

    /// Returns the network as the bytes of a safetensors file, with PyTorch's names and shapes.
    ///
    /// # Errors
    /// If a parameter is NaN or infinite, or if there is not enough memory.
    #[wasm_bindgen(js_name = toSafetensors, unchecked_return_type = "Uint8Array<ArrayBuffer>")]
    pub fn to_safetensors(&self) -> Result<Uint8Array, JsValue> {
        new_bytes(&self.write(Format::SafeTensors)?)
    }

    /// Returns the network, its settings and the optimizer's state as the bytes of a `.bottleneck` file.
    ///
    /// # Errors
    /// If a value is NaN or infinite, or if there is not enough memory.
    #[wasm_bindgen(unchecked_return_type = "Uint8Array<ArrayBuffer>")]
    pub fn save(&self) -> Result<Uint8Array, JsValue> {
        new_bytes(&self.write(Format::Bottleneck)?)
    }

    /// Trains one step on a batch of any size and returns its loss before the step; NaN after training has diverged.
    ///
    /// Memory is allocated only for a batch larger than any before.
    ///
    /// # Errors
    /// If the batch is empty or its length not a multiple of `inputs`, if a number is not from 0 to 1, or if there is not enough
    /// memory.
    pub fn train(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Examples")] batch: &JsValue,
    ) -> Result<f32, JsValue> {
        let batch = Rows::examples(batch, self.inputs()?)?;
        self.shared.with(|state| {
            state.reserve(batch.count)?;
            let bytes = &mut state.bytes;
            let step = state.trainer.try_step_with_batch(batch.count, |input| batch.copy(0, input, bytes))?;
            state.kl = step.kl;
            Ok(step.loss)
        })
    }

    /// Trains on batches of the examples for whole epochs, and returns the progress at the end of each.
    ///
    /// The examples are copied. Other tasks of the page run in between, and every method but `fit` may be called.
    ///
    /// # Errors
    /// The promise is rejected with an `Error` as `train` throws it, if an option is invalid, if another `fit` is running, or when
    /// training has diverged; with the reason of `signal`; and with what `onProgress` throws. The steps until then are done.
    #[wasm_bindgen(unchecked_return_type = "Promise<FitProgress[]>")]
    pub fn fit(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Examples")] examples: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "FitOptions")] options: &JsValue,
    ) -> Promise {
        let begin = || {
            let options = Options::read(options)?;
            let examples = Rows::examples(examples, self.inputs()?)?.to_dataset()?;
            Fit::new(self.shared.clone(), examples, options)
        };
        match begin() {
            Ok(fit) => future_to_promise(fit.run()),
            Err(reason) => Promise::reject(&reason),
        }
    }

    /// Returns the loss of examples, without a step: what `train` would return, but without corruption, and with the mean of a
    /// variational code.
    ///
    /// # Errors
    /// As `train`.
    pub fn loss(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Examples")] examples: &JsValue,
    ) -> Result<f64, JsValue> {
        let rows = Rows::examples(examples, self.inputs()?)?;
        let mut sum = 0.0;
        self.shared.with(|state| {
            state.for_each_chunk(&rows, |trainer, workspace, _, chunk| {
                let objective = Objective { loss: trainer.config().loss, beta: trainer.config().beta };
                let value =
                    trainer.network().loss(trainer.parameters(), objective, chunk, Target::Input, workspace);
                sum += f64::from(value.loss) * chunk.nrows() as f64;
            })
        })?;
        Ok(sum / rows.count as f64)
    }

    /// Encodes examples to `latent` values each; of a variational code they are the means.
    ///
    /// # Errors
    /// As `train`.
    #[wasm_bindgen(unchecked_return_type = "Float32Array<ArrayBuffer>")]
    pub fn encode(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Examples")] examples: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        self.map(&Rows::examples(examples, self.inputs()?)?, self.latent()?, Network::encode)
    }

    /// Decodes codes of `latent` values to `inputs` values each.
    ///
    /// # Errors
    /// As `train`; the values of a code may be any finite numbers.
    #[wasm_bindgen(unchecked_return_type = "Float32Array<ArrayBuffer>")]
    pub fn decode(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Codes")] codes: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        self.map(&Rows::codes(codes, self.latent()?)?, self.inputs()?, Network::decode)
    }

    /// Reconstructs examples: encodes and decodes them.
    ///
    /// # Errors
    /// As `train`.
    #[wasm_bindgen(unchecked_return_type = "Float32Array<ArrayBuffer>")]
    pub fn reconstruct(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Examples")] examples: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        let inputs = self.inputs()?;
        self.map(&Rows::examples(examples, inputs)?, inputs, Network::reconstruct)
    }

    /// The learning rate.
    #[wasm_bindgen(getter, js_name = learningRate)]
    pub fn learning_rate(&self) -> Result<f64, JsValue> {
        self.get(|state| config::to_shortest_f64(state.trainer.config().learning_rate))
    }

    /// Sets the learning rate.
    ///
    /// # Errors
    /// If it is not a finite number of at least 0.
    #[wasm_bindgen(setter, js_name = learningRate)]
    pub fn set_learning_rate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] learning_rate: &JsValue,
    ) -> Result<(), JsValue> {
        let learning_rate = config::amount("learningRate", learning_rate)?;
        self.reconfigure(|config| config.learning_rate = learning_rate)
    }

    /// The weight of the KL divergence of a variational code.
    #[wasm_bindgen(getter)]
    pub fn beta(&self) -> Result<f64, JsValue> {
        self.get(|state| config::to_shortest_f64(state.trainer.config().beta))
    }

    /// Sets the weight of the KL divergence of a variational code.
    ///
    /// # Errors
    /// If it is not a finite number of at least 0, or the code is not variational.
    #[wasm_bindgen(setter)]
    pub fn set_beta(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] beta: &JsValue,
    ) -> Result<(), JsValue> {
        if !self.get(|state| state.trainer.config().spec.is_variational())? {
            return Err(error("beta cannot be set while the code is not variational"));
        }
        let beta = config::amount("beta", beta)?;
        self.reconfigure(|config| config.beta = beta)
    }

    /// The KL divergence of a variational code from the standard normal distribution, in nats per example, before the last step;
    /// 0 before the first step, and for a deterministic code.
    #[wasm_bindgen(getter)]
    pub fn kl(&self) -> Result<f32, JsValue> {
        self.get(|state| state.kl)
    }

    /// The number of training steps, also those before it was saved.
    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> Result<f64, JsValue> {
        self.get(|state| state.trainer.steps() as f64)
    }

    /// The number of values of an example.
    #[wasm_bindgen(getter)]
    pub fn inputs(&self) -> Result<usize, JsValue> {
        self.get(|state| state.trainer.network().inputs())
    }

    /// The number of values of a code.
    #[wasm_bindgen(getter)]
    pub fn latent(&self) -> Result<usize, JsValue> {
        self.get(|state| state.trainer.network().latent_dim())
    }

    /// The layers, in the notation of the config.
    #[wasm_bindgen(getter)]
    pub fn layers(&self) -> Result<String, JsValue> {
        self.get(|state| state.trainer.config().spec.to_string())
    }

    /// The settings as they are now. A new autoencoder with them has the initial parameters that this one had, unless those were
    /// loaded.
    #[wasm_bindgen(getter, unchecked_return_type = "AutoencoderSettings & { layers: string }")]
    pub fn settings(&self) -> Result<Object, JsValue> {
        self.get(|state| config::write(state.trainer.config()))
    }

    /// The number of parameters.
    #[wasm_bindgen(getter, js_name = parameterCount)]
    pub fn parameter_count(&self) -> Result<usize, JsValue> {
        self.get(|state| state.trainer.parameters().len())
    }

    /// A copy of the parameters, layer by layer, weight before bias; weights are `[inputs, outputs]`, row-major.
    ///
    /// # Errors
    /// If there is not enough memory.
    #[wasm_bindgen(getter, unchecked_return_type = "Float32Array<ArrayBuffer>")]
    pub fn parameters(&self) -> Result<Float32Array, JsValue> {
        self.shared.with(|state| {
            let parameters = state.trainer.parameters();
            let copy = new_array(parameters.len())?;
            copy.copy_from(parameters);
            Ok(copy)
        })
    }

    /// Returns a line about the autoencoder.
    #[wasm_bindgen(js_name = toString)]
    pub fn describe(&self) -> String {
        let line = self.get(|State { trainer, .. }| {
            let (layers, count) = (&trainer.config().spec, trainer.parameters().len());
            format!("Autoencoder({layers}: {count} parameters, {} steps)", trainer.steps())
        });
        line.unwrap_or_else(|_| "Autoencoder(freed)".to_owned())
    }

    /// Frees the memory; afterwards every method throws an `Error`. Replaces the method that `wasm-bindgen` generates, after which
    /// errors would speak of null pointers.
    #[wasm_bindgen(skip_typescript)]
    pub fn free(&self) {
        self.shared.0.take();
    }
}

impl Autoencoder {
    fn from_trainer(trainer: Trainer) -> Self {
        let state = State {
            workspace: Workspace::new(trainer.network(), CHUNK),
            capacity: trainer.config().batch_size,
            bytes: Vec::new(),
            values: Vec::new(),
            kl: 0.0,
            is_fitting: false,
            trainer,
        };
        Self { shared: Shared(Rc::new(RefCell::new(Some(state)))) }
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
        self.shared.with(|state| {
            check_memory(state.trainer.parameters().len().saturating_mul(bytes_per_parameter(format)))?;
            files::save(format, &state.trainer).map_err(from_error)
        })
    }

    /// Returns a property of the state.
    fn get<T>(&self, property: impl FnOnce(&State) -> T) -> Result<T, JsValue> {
        self.shared.with(|state| Ok(property(state)))
    }

    fn reconfigure(&self, change: impl FnOnce(&mut TrainerConfig)) -> Result<(), JsValue> {
        self.shared.with(|state| state.trainer.reconfigure(change).map_err(from_error))
    }

    /// Applies a function that gives `outputs` values per row.
    fn map(&self, rows: &Rows, outputs: usize, function: BatchFn) -> Result<Float32Array, JsValue> {
        let length =
            rows.count.checked_mul(outputs).ok_or_else(|| error("there are too many examples at once"))?;
        let result = new_array(length)?;
        self.shared.with(|state| {
            state.for_each_chunk(rows, |trainer, workspace, start, chunk| {
                let output = function(trainer.network(), trainer.parameters(), chunk, workspace);
                let (from, to) = (start * outputs, (start + output.len_of(Axis(0))) * outputs);
                let output = output.to_slice().expect("outputs are contiguous");
                result.subarray(from as u32, to as u32).copy_from(output);
            })
        })?;
        Ok(result)
    }
}

/// The network in training, with what the methods need.
#[derive(Debug)]
struct State {
    trainer: Trainer,
    workspace: Workspace,
    /// The largest batch so far, for which memory is allocated.
    capacity: usize,
    /// Buffers of the examples, before and after their conversion.
    bytes: Vec<u8>,
    values: Vec<f32>,
    /// The KL divergence of the last step.
    kl: f32,
    is_fitting: bool,
}

impl State {
    /// Checks that there is memory for batches of `size` examples.
    fn reserve(&mut self, size: usize) -> Result<(), JsValue> {
        if size > self.capacity {
            check_memory(batch_memory(self.trainer.network(), size))?;
            self.capacity = size;
        }
        Ok(())
    }

    /// Works on a step with the given examples of a dataset.
    fn advance_with(&mut self, data: &Dataset, examples: &[u32]) -> Progress {
        let progress = self.trainer.advance_with(data, examples);
        if let Progress::Done(StepStats { kl, .. }) = progress {
            self.kl = kl;
        }
        progress
    }

    /// Calls `function` with chunks of the rows, each with the number of rows before it.
    fn for_each_chunk(
        &mut self,
        rows: &Rows,
        mut function: impl FnMut(&Trainer, &mut Workspace, usize, ArrayView2<'_, f32>),
    ) -> Result<(), JsValue> {
        for start in (0..rows.count).step_by(CHUNK) {
            let count = CHUNK.min(rows.count - start);
            self.values.resize(count * rows.width, 0.0);
            rows.copy(start, &mut self.values, &mut self.bytes)?;
            let chunk = ArrayView2::from_shape((count, rows.width), &self.values);
            function(&self.trainer, &mut self.workspace, start, chunk.expect("the buffer has this shape"));
        }
        Ok(())
    }
}

/// The state of an autoencoder, until it is freed; `fit` shares it.
#[derive(Clone, Debug)]
struct Shared(Rc<RefCell<Option<State>>>);

impl Shared {
    /// Borrows the state for `function`, which runs no code of the caller's.
    ///
    /// # Errors
    /// An `Error` after `free`.
    fn with<T>(&self, function: impl FnOnce(&mut State) -> Result<T, JsValue>) -> Result<T, JsValue> {
        match self.0.borrow_mut().as_mut() {
            Some(state) => function(state),
            None => Err(error("this autoencoder was freed: create or load another one")),
        }
    }
}

/// Makes `console.log` of Node show an autoencoder as `toString` does. Consoles of browsers call no code of an object: they list its class
/// and its own properties, of which it has none to show.
#[wasm_bindgen(start, private)]
fn show_in_console() {
    let freed = Autoencoder { shared: Shared(Rc::default()) };
    let prototype = Object::get_prototype_of(&freed.into());
    let inspect = Symbol::for_("nodejs.util.inspect.custom");
    let _ = Reflect::get(&prototype, &"toString".into())
        .and_then(|show| Reflect::set(&prototype, &inspect, &show));
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

/// Returns the bytes per parameter while a file is written, its own included.
fn bytes_per_parameter(format: Format) -> usize {
    match format {
        Format::Bottleneck | Format::SafeTensors => 24,
        Format::ConvNetJs => 128,
    }
}

/// Returns an object with the given properties.
fn record(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in properties {
        // An object of our own takes any property.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object.into()
}

/// Returns an `Error` for an error of the library.
fn from_error(reason: impl std::error::Error) -> JsValue {
    error(&reason.to_string())
}

/// Returns an `Error` with a message.
fn error(message: &str) -> JsValue {
    js_sys::Error::new(message).into()
}
