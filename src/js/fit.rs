//! `Autoencoder.fit`: training for whole epochs, in short turns between which the thread is free for other tasks.

use js_sys::{Array, Function, Promise, Reflect};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

use super::arrays::wrong_type;
use super::config::{check_keys, given};
use super::{Shared, State, error, record};
use crate::data::Dataset;
use crate::train::{Progress, StepStats};

/// The length of a turn in milliseconds: the page keeps a few of the 16 that a frame takes.
const TURN_MS: f64 = 10.0;

/// The default number of examples in a batch.
const BATCH: usize = 50;

#[wasm_bindgen]
extern "C" {
    /// Returns the time in milliseconds.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// The options of `fit`.
pub(super) struct Options {
    pub(super) batch: usize,
    epochs: usize,
    shuffle: bool,
    on_progress: Option<Function>,
    /// An `AbortSignal`.
    signal: Option<JsValue>,
}

impl Options {
    /// Reads the options.
    ///
    /// # Errors
    /// An `Error` about an unknown or invalid option.
    pub(super) fn read(object: &JsValue) -> Result<Self, JsValue> {
        let mut options = Self { batch: BATCH, epochs: 1, shuffle: true, on_progress: None, signal: None };
        if object.is_undefined() {
            return Ok(options);
        }
        let known = ["batch", "epochs", "shuffle", "onProgress", "signal"];
        check_keys("the options", object, &known, "{ epochs: 5 }")?;
        for (key, count) in [("batch", &mut options.batch), ("epochs", &mut options.epochs)] {
            if let Some(value) = given(object, key)? {
                let whole = value.as_f64().filter(|n| n.fract() == 0.0 && (1.0..=1e9).contains(n));
                *count =
                    whole.ok_or_else(|| wrong_type(key, "a whole number of at least 1", &value))? as usize;
            }
        }
        if let Some(value) = given(object, "shuffle")? {
            options.shuffle =
                value.as_bool().ok_or_else(|| wrong_type("shuffle", "true or false", &value))?;
        }
        if let Some(value) = given(object, "onProgress")? {
            if !value.is_function() {
                return Err(wrong_type("onProgress", "a function", &value));
            }
            options.on_progress = Some(value.unchecked_into());
        }
        if let Some(value) = given(object, "signal")? {
            if !value.is_object() || Reflect::get(&value, &"aborted".into())?.as_bool().is_none() {
                return Err(wrong_type("signal", "an AbortSignal", &value));
            }
            options.signal = Some(value);
        }
        Ok(options)
    }

    /// Throws the reason of the signal once it is aborted.
    fn check_signal(&self) -> Result<(), JsValue> {
        let Some(signal) = &self.signal else { return Ok(()) };
        if Reflect::get(signal, &"aborted".into())?.is_falsy() {
            return Ok(());
        }
        let reason = Reflect::get(signal, &"reason".into())?;
        Err(if reason.is_undefined() { error("fit was aborted") } else { reason })
    }
}

/// A `fit` in progress; the only one of its autoencoder.
pub(super) struct Fit {
    autoencoder: Shared,
    data: Dataset,
    options: Options,
}

impl Drop for Fit {
    fn drop(&mut self) {
        // After `free` there is nothing to leave in order.
        let _ = self.autoencoder.with(|state| {
            state.trainer.cancel_step();
            state.is_fitting = false;
            Ok(())
        });
    }
}

impl Fit {
    /// Begins to train `autoencoder`.
    ///
    /// # Errors
    /// An `Error` if it is in training, or there is not enough memory for a batch.
    pub(super) fn new(autoencoder: Shared, data: Dataset, options: Options) -> Result<Self, JsValue> {
        autoencoder.with(|state| {
            if state.is_fitting {
                return Err(error("fit is running: wait for its promise before the next one"));
            }
            state.reserve(options.batch.min(data.len()))?;
            state.is_fitting = true;
            Ok(())
        })?;
        Ok(Self { autoencoder, data, options })
    }

    /// Trains, and returns the progress at the end of each epoch.
    ///
    /// # Errors
    /// What `onProgress` throws, the reason of the signal, or an `Error` after training has diverged.
    pub(super) async fn run(self) -> Result<JsValue, JsValue> {
        let Options { batch, epochs, shuffle, .. } = self.options;
        let (history, mut turn) = (Array::new(), Turn::new()?);
        let mut order: Vec<u32> = (0..self.data.len() as u32).collect();
        let steps = epochs as f64 * order.len().div_ceil(batch) as f64;
        let mut step = 0.0;
        self.options.check_signal()?;
        for epoch in 1..=epochs {
            if shuffle {
                let rng = |state: &mut State| Ok(rng(state.trainer.config().seed, state.trainer.examples()));
                order.sort_unstable();
                order.shuffle(&mut self.autoencoder.with(rng)?);
            }
            let progress = |step: f64, loss: f64| {
                let epoch = ("epoch", epoch.into());
                record(&[epoch, ("step", step.into()), ("steps", steps.into()), ("loss", loss.into())])
            };
            // The losses of the examples of this epoch so far.
            let (mut sum, mut count) = (0.0, 0.0);
            for examples in order.chunks(batch) {
                let StepStats { loss, step: number, .. } = loop {
                    if turn.is_over() {
                        if count > 0.0 {
                            self.report(&progress(step, sum / count)).await?;
                        }
                        turn.end().await?;
                        self.options.check_signal()?;
                    }
                    let advance = |state: &mut State| Ok(state.advance_with(&self.data, examples));
                    if let Progress::Done(stats) = self.autoencoder.with(advance)? {
                        break stats;
                    }
                };
                if !loss.is_finite() {
                    return Err(error(&format!(
                        "training diverged at step {number}: the loss is no longer finite; lower the learning rate"
                    )));
                }
                sum += f64::from(loss) * examples.len() as f64;
                count += examples.len() as f64;
                step += 1.0;
            }
            let progress = progress(step, sum / count);
            history.push(&progress);
            self.report(&progress).await?;
            self.options.check_signal()?;
        }
        Ok(history.into())
    }

    /// Calls `onProgress`, and waits for its promise if it returns one.
    async fn report(&self, progress: &JsValue) -> Result<(), JsValue> {
        if let Some(on_progress) = &self.options.on_progress {
            let result = on_progress.call1(&JsValue::UNDEFINED, progress)?;
            // `Promise.resolve` may run a getter that throws; this rejects then.
            let settled = Promise::new(&mut |resolve, _| _ = resolve.call1(&JsValue::UNDEFINED, &result));
            JsFuture::from(settled).await?;
        }
        Ok(())
    }
}

/// Returns the generator of the order of an epoch. It depends on the number of examples before, so a loaded network continues with
/// the same order.
fn rng(seed: u64, examples: u64) -> Xoshiro256PlusPlus {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_add(examples));
    // Away from the sequence of the initial parameters.
    rng.long_jump();
    rng
}

/// The turn of this task among others.
struct Turn {
    /// Its messages end a turn: browsers delay a repeated `setTimeout` by 4 ms.
    channel: MessageChannel,
    start: f64,
}

impl Turn {
    fn new() -> Result<Self, JsValue> {
        Ok(Self { channel: MessageChannel::new()?, start: now() })
    }

    fn is_over(&self) -> bool {
        now() - self.start >= TURN_MS
    }

    /// Lets other tasks run.
    async fn end(&mut self) -> Result<(), JsValue> {
        let (here, there) = (self.channel.port1(), self.channel.port2());
        let message = Promise::new(&mut |resolve, _| here.set_onmessage(Some(&resolve)));
        there.post_message(&JsValue::NULL)?;
        JsFuture::from(message).await?;
        self.start = now();
        Ok(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // An open port keeps Node running.
        self.channel.port1().close();
    }
}
