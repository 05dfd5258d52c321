//! The library's JavaScript face: the class `Autoencoder` for anyone's page, bundler or Node.
//!
//! Importing it starts nothing. It is behind the feature `js`, because whatever a library exports to JavaScript would be
//! linked into the page's program, too. Nothing that is passed in panics: arrays and configs are checked here, and what is
//! wrong with them is thrown as an `Error` that says so. `make npm` packs it.

mod config;
mod numbers;

use js_sys::{Array, Float32Array, Object, Reflect};
use ndarray::{ArrayView2, Axis};
use wasm_bindgen::prelude::*;

use crate::nn::{Network, Workspace};
use crate::trainer::Trainer;
use config::{Config, PARAMETERS};
use numbers::{Examples, new_array, room_for};

/// How many examples are encoded or decoded at a time, so that any number of them takes no more memory.
const PIECE: usize = 64;

/// A part of the network at work on a batch: [`Network::encode`] and its like.
type Part = for<'w> fn(&Network, &[f32], ArrayView2<'_, f32>, &'w mut Workspace) -> ArrayView2<'w, f32>;

/// A network that learns to give back what it is shown, through a bottleneck.
///
/// Examples are passed one after another in a flat array: a `Uint8Array` of pixels from 0 to 255, or a `Float32Array` of
/// numbers from 0 to 1. What is wrong with an argument is thrown as an `Error`, and changes nothing.
#[wasm_bindgen]
pub struct Autoencoder {
    config: Config,
    trainer: Trainer,
    workspace: Workspace,
    /// The largest batch so far, for which there is memory.
    capacity: usize,
    /// Examples on their way in, before they are numbers and after.
    bytes: Vec<u8>,
    numbers: Vec<f32>,
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
        Self::of(Config::read(config, &[])?)
    }

    /// Makes again what `toJSON` has written. The optimizer remembers nothing of earlier steps.
    ///
    /// # Errors
    /// If a setting is refused, or the parameters are not as many finite numbers as the layers have.
    #[wasm_bindgen(js_name = fromJSON)]
    pub fn from_json(
        #[wasm_bindgen(unchecked_param_type = "AutoencoderJSON")] json: &JsValue,
    ) -> Result<Self, JsValue> {
        let mut made = Self::of(Config::read(json, &[PARAMETERS])?)?;
        let count = made.trainer.parameters().len();
        let found = config::given(json, PARAMETERS)?.unwrap_or_default();
        let array = found.dyn_ref::<Array>().filter(|array| array.length() as usize == count);
        let wanted = || format!("an array of {count} numbers");
        let array = array.ok_or_else(|| config::refused(PARAMETERS, &wanted(), &found))?;
        let number = |value: JsValue| value.as_f64().map(|number| number as f32).filter(|n| n.is_finite());
        let parameters = array.iter().map(number).collect::<Option<Vec<_>>>();
        made.trainer.restore(&parameters.ok_or_else(|| error("parameters should be finite numbers"))?);
        Ok(made)
    }

    /// The settings and the parameters as plain data, which `JSON.stringify` therefore writes.
    ///
    /// # Errors
    /// If there is no room for them.
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "AutoencoderJSON")]
    pub fn to_json(&self) -> Result<Object, JsValue> {
        let mut config = self.config.clone();
        config.trainer.learning_rate = self.trainer.learning_rate();
        let json = config.write()?;
        Reflect::set(&json, &PARAMETERS.into(), &Array::from(self.parameters()?.as_ref()))?;
        Ok(json)
    }

    /// Makes one step on a batch of any size and returns its loss before the step, which is not a number if
    /// the parameters no longer are.
    ///
    /// Memory is taken only for a batch larger than any before.
    ///
    /// # Errors
    /// If the batch is empty or its length not a multiple of the inputs, or if there is no room for it.
    pub fn train(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Float32Array")] batch: &JsValue,
    ) -> Result<f32, JsValue> {
        let (examples, size) = Examples::of(batch, self.inputs())?;
        if size > self.capacity {
            room_for(training_numbers(self.trainer.network()).checked_mul(size))?;
            self.capacity = size;
        }
        let bytes = &mut self.bytes;
        Ok(self.trainer.step_on(size, |input| examples.copy(0, input, bytes)).loss)
    }

    /// What the bottleneck makes of each example: `latent` numbers each.
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

    /// What becomes of each example on its way through the bottleneck and back.
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
        config::as_written(self.trainer.learning_rate())
    }

    /// Sets the learning rate of the steps to come.
    ///
    /// # Errors
    /// If it is not a finite number from 0 on.
    #[wasm_bindgen(setter, js_name = learningRate)]
    pub fn set_learning_rate(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] learning_rate: &JsValue,
    ) -> Result<(), JsValue> {
        self.trainer.set_learning_rate(config::learning_rate(learning_rate)?);
        Ok(())
    }

    /// A copy of all weights and biases, in the order of `AutoencoderJSON`.
    ///
    /// # Errors
    /// If there is no room for it.
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

    /// How many numbers the bottleneck has.
    #[wasm_bindgen(getter)]
    pub fn latent(&self) -> usize {
        self.trainer.network().latent()
    }
}

impl Autoencoder {
    fn of(config: Config) -> Result<Self, JsValue> {
        let network = Network::new(&config.trainer.spec, config.trainer.loss.read_out());
        // Parameters, their gradients and up to two moments of each.
        let numbers = 4 * network.parameter_count() + (PIECE + 1) * training_numbers(&network);
        room_for(Some(numbers))?;
        Ok(Self {
            trainer: Trainer::new(&config.trainer),
            workspace: Workspace::new(&network, PIECE),
            capacity: config.trainer.batch_size,
            bytes: Vec::new(),
            numbers: Vec::new(),
            config,
        })
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
            count.checked_mul(outputs).ok_or_else(|| error("these are too many examples at once"))?;
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

/// How many numbers training holds for an example: the example itself, its bytes rounded up, and the output of each
/// layer with its gradient.
fn training_numbers(network: &Network) -> usize {
    2 * network.inputs() + network.layers().iter().map(|layer| 2 * layer.outputs).sum::<usize>()
}

/// An `Error` that says what is wrong.
fn error(message: &str) -> JsValue {
    js_sys::Error::new(message).into()
}
