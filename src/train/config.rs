//! The settings of a training run and their validation.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::range::{self, Range};
use super::{Corruption, Schedule};
use crate::data::{Dataset, Order};
use crate::nn::{
    BackwardWorkspace, Constant, Decay, Init, Loss, Method, Network, NetworkSpec, SpecError, WeightInit,
    Workspace,
};

/// The largest accepted size of the arrays of a batch, in bytes.
pub const MAX_BATCH_BYTES: usize = 512 << 20;

/// Returns the bytes that a trainer allocates at most for batches of `batch_size` examples: their pixels, clean and
/// corrupted, and all arrays of the forward and backward pass. Saturates at `usize::MAX`.
pub fn batch_bytes(network: &Network, batch_size: usize) -> usize {
    let pixels = batch_size.saturating_mul(network.inputs()).saturating_mul(2 * size_of::<f32>());
    pixels
        .saturating_add(Workspace::bytes(network, batch_size))
        .saturating_add(BackwardWorkspace::bytes(network, batch_size))
}

/// The settings of a training run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerConfig {
    /// The layers.
    pub spec: NetworkSpec,
    /// The initial parameters.
    pub init: Init,
    /// The loss to minimise.
    pub loss: Loss,
    /// The weight `β` of the KL of a Gaussian code, see [`CodeKind`](crate::nn::CodeKind); without effect otherwise.
    pub beta: f32,
    /// The corruption of the input.
    pub corruption: Corruption,
    /// L1 and L2 decay of the weights.
    pub decay: Decay,
    /// The optimization method.
    pub method: Method,
    /// The learning rate, before the schedule.
    pub learning_rate: f32,
    /// The schedule of the learning rate.
    pub schedule: Schedule,
    /// The number of examples in a batch, `B`.
    pub batch_size: usize,
    /// The seed of the initial parameters, the order of the examples and the noise.
    pub seed: u64,
    /// The order of the examples.
    pub order: Order,
    /// The number of images to train on, the first of the dataset; all of them if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_images: Option<usize>,
    /// The class that is not trained on, which needs labels; none if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leave_out: Option<u8>,
}

/// An invalid setting.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// The layers are invalid.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The network does not have as many outputs as inputs.
    #[error(
        "an autoencoder must give back as many numbers as it takes, but this network turns {inputs} into {outputs}"
    )]
    NotAutoencoder {
        /// The number of inputs.
        inputs: usize,
        /// The number of outputs.
        outputs: usize,
    },
    /// A value is outside its range.
    #[error("the {setting} must be {range}, got {found}")]
    OutOfRange {
        /// The name of the setting.
        setting: &'static str,
        /// The valid values.
        range: String,
        /// The value found.
        found: String,
    },
    /// A batch takes too much memory.
    #[error(
        "a batch of {batch_size} would take {} MB for this network, more than the {} MB allowed: use a smaller batch",
        .bytes.div_ceil(1 << 20), MAX_BATCH_BYTES >> 20
    )]
    BatchMemory {
        /// The number of examples in a batch.
        batch_size: usize,
        /// The size of its arrays in bytes.
        bytes: usize,
    },
}

impl TrainerConfig {
    /// Creates settings for a network: mean squared error, Glorot's initial weights, Adam at 0.001, and batches of 50.
    pub fn new(spec: NetworkSpec) -> Self {
        Self {
            spec,
            init: Init { weight: WeightInit::GlorotUniform, bias: 0.0 },
            loss: Loss::MeanSquared,
            beta: 1.0,
            corruption: Corruption::None,
            decay: Decay::NONE,
            method: Method::ADAM,
            learning_rate: 1e-3,
            schedule: Schedule::Constant,
            batch_size: 50,
            seed: 0,
            order: Order::Shuffled,
            train_images: None,
            leave_out: None,
        }
    }

    /// Sets the network. Without a Gaussian code, which has a KL to weigh, beta is reset to 1, its value in all presets.
    pub fn set_spec(&mut self, spec: NetworkSpec) {
        self.spec = spec;
        if !self.spec.is_variational() {
            self.beta = 1.0;
        }
    }

    /// Returns the number of images to train on if `available` images are available.
    pub fn train_len(&self, available: usize) -> usize {
        self.train_images.map_or(available, |limit| limit.min(available))
    }

    /// Returns the number of examples in an epoch of training on `dataset`: without the class that is left out.
    pub fn epoch_len(&self, dataset: &Dataset) -> usize {
        let len = self.train_len(dataset.expected_len());
        let count = |class| dataset.labels().iter().take(len).filter(|&&label| label == class).count();
        len - self.leave_out.map_or(0, count)
    }

    /// Checks all settings. Nothing is computed or allocated for them.
    ///
    /// # Errors
    /// [`ConfigError`], which names the setting, the valid values and the value found.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let network = Network::new(&self.spec, self.loss)?;
        let (inputs, outputs) = (network.inputs(), network.outputs());
        if inputs != outputs {
            return Err(ConfigError::NotAutoencoder { inputs, outputs });
        }
        if let WeightInit::TruncatedNormal { sd } = self.init.weight {
            check("standard deviation of the first weights", Range::NonNegative, sd)?;
        }
        check("first bias", Range::Finite, self.init.bias)?;
        check("beta of the KL", Range::NonNegative, self.beta)?;
        match self.corruption {
            Corruption::None => {}
            Corruption::Masking { probability } => {
                check("probability of masking", Range::Fraction, probability)?;
            }
            Corruption::Gaussian { deviation } => {
                check("standard deviation of the noise", Range::NonNegative, deviation)?;
            }
        }
        check("L1 decay", Range::NonNegative, self.decay.l1)?;
        check("L2 decay", Range::NonNegative, self.decay.l2)?;
        for constant in Constant::ALL {
            if let Some(value) = self.method.constant(constant) {
                let (name, range) = range::of_constant(constant);
                check(name, range, value)?;
            }
        }
        check("learning rate", Range::NonNegative, self.learning_rate)?;
        if let Schedule::Cosine { steps } = self.schedule {
            check_count("step at which the rate is zero", 1..=Schedule::MAX_STEPS, steps)?;
        }
        if let Some(images) = self.train_images {
            check_count("number of training images", range::TRAIN_IMAGES, images as u64)?;
        }
        check_count("batch size", range::BATCH_SIZE, self.batch_size as u64)?;
        check_count("seed", range::SEED, self.seed)?;
        let batch_size = self.batch_size;
        let bytes = batch_bytes(&network, batch_size);
        if bytes > MAX_BATCH_BYTES { Err(ConfigError::BatchMemory { batch_size, bytes }) } else { Ok(()) }
    }
}

fn check(setting: &'static str, range: Range, found: f32) -> Result<(), ConfigError> {
    if range.contains(found) {
        return Ok(());
    }
    Err(ConfigError::OutOfRange { setting, range: range.text().to_owned(), found: found.to_string() })
}

fn check_count(setting: &'static str, range: RangeInclusive<u64>, found: u64) -> Result<(), ConfigError> {
    if range.contains(&found) {
        return Ok(());
    }
    let range = format!("from {} to {}", range.start(), range.end());
    Err(ConfigError::OutOfRange { setting, range, found: found.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> TrainerConfig {
        TrainerConfig::new("9 4t 2 4t 9".parse().unwrap())
    }

    /// Returns the error after an invalid `change`.
    fn refused(change: impl FnOnce(&mut TrainerConfig)) -> String {
        let mut config = config();
        change(&mut config);
        config.validate().expect_err("the setting is refused").to_string()
    }

    #[test]
    fn settings_within_their_ranges_are_valid() {
        for method in Method::ALL {
            assert_eq!(TrainerConfig { method, ..config() }.validate(), Ok(()));
        }
        let assert_valid = |config: TrainerConfig| assert_eq!(config.validate(), Ok(()));
        assert_valid(TrainerConfig { learning_rate: 0.0, batch_size: 1, ..config() });
        assert_valid(TrainerConfig { method: Method::Momentum { momentum: 0.0 }, ..config() });
        let spec = "9 4t 2 4t 9s".parse().unwrap();
        assert_valid(TrainerConfig { spec, loss: Loss::BinaryCrossEntropy, ..config() });
    }

    #[test]
    fn values_outside_their_ranges_are_refused_by_name() {
        assert_eq!(
            refused(|c| c.learning_rate = -0.5),
            "the learning rate must be a number of at least 0, got -0.5"
        );
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0] {
            assert!(refused(|c| c.learning_rate = bad).contains("the learning rate must be"));
            assert!(refused(|c| c.beta = bad).contains("the beta of the KL must be"));
            assert!(refused(|c| c.decay.l1 = bad).contains("the L1 decay must be"));
            assert!(refused(|c| c.decay.l2 = bad).contains("the L2 decay must be"));
            assert!(
                refused(|c| c.init.weight = WeightInit::TruncatedNormal { sd: bad }).contains("deviation")
            );
        }
        for bad in [f32::NAN, f32::INFINITY] {
            assert!(refused(|c| c.init.bias = bad).contains("the first bias must be"));
        }
        assert_eq!(refused(|c| c.batch_size = 0), "the batch size must be from 1 to 1000, got 0");
        assert!(refused(|c| c.batch_size = 1_001).contains("the batch size must be"));
        assert!(refused(|c| c.seed = 1 << 53).contains("the seed must be"));
        assert!(refused(|c| c.train_images = Some(0)).contains("the number of training images must be"));
        for bad in [-0.1, 1.0, f32::NAN, f32::INFINITY] {
            assert!(refused(|c| c.corruption = Corruption::Masking { probability: bad }).contains("masking"));
        }
        for bad in [-0.1, f32::NAN, f32::INFINITY] {
            assert!(refused(|c| c.corruption = Corruption::Gaussian { deviation: bad }).contains("noise"));
        }
        for bad in [0, Schedule::MAX_STEPS + 1, u64::MAX] {
            assert_eq!(
                refused(|c| c.schedule = Schedule::Cosine { steps: bad }),
                format!("the step at which the rate is zero must be from 1 to 1000000000, got {bad}")
            );
        }
    }

    #[test]
    fn constants_of_a_method_outside_their_ranges_are_refused_by_name() {
        for bad in [-0.1, 1.0, f32::NAN, f32::INFINITY] {
            let cases = [
                (Method::Momentum { momentum: bad }, "the momentum"),
                (Method::Nesterov { momentum: bad }, "the momentum"),
                (Method::RmsProp { rho: bad, epsilon: 1e-8 }, "the rho"),
                (Method::Adadelta { rho: bad, epsilon: 1e-8 }, "the rho"),
                (Method::Adam { beta1: bad, beta2: 0.9, epsilon: 1e-8 }, "the beta1"),
                (Method::AdamW { beta1: 0.9, beta2: bad, epsilon: 1e-8, weight_decay: 0.0 }, "the beta2"),
            ];
            for (method, expected) in cases {
                let found = refused(|c| c.method = method);
                assert!(
                    found.starts_with(&format!("{expected} must be a number of at least 0 and below 1")),
                    "{found}"
                );
            }
        }
        for bad in [0.0, -1e-8, f32::NAN, f32::INFINITY] {
            let cases = [
                Method::Adagrad { epsilon: bad },
                Method::RmsProp { rho: 0.9, epsilon: bad },
                Method::Adadelta { rho: 0.9, epsilon: bad },
                Method::Adam { beta1: 0.9, beta2: 0.9, epsilon: bad },
                Method::AdamW { beta1: 0.9, beta2: 0.9, epsilon: bad, weight_decay: 0.0 },
            ];
            for method in cases {
                assert!(refused(|c| c.method = method).contains("the epsilon must be a number above 0"));
            }
        }
        let decaying = Method::AdamW { beta1: 0.9, beta2: 0.9, epsilon: 1e-8, weight_decay: -1.0 };
        assert!(refused(|c| c.method = decaying).contains("the weight decay"));
    }

    #[test]
    fn invalid_networks_are_refused() {
        let spec = |text: &str| text.parse::<NetworkSpec>().unwrap();
        assert!(refused(|c| c.spec = spec("9 2 8")).contains("this network turns 9 into 8"));
        assert!(refused(|c| c.spec.layers.clear()).contains("at least one layer"));
        assert!(refused(|c| c.spec.code = 7).contains("the code must be one of the 4 layers"));
        assert!(refused(|c| c.spec.layers[1].outputs = 0).contains("Layer 2: width must be"));
        assert!(refused(|c| c.spec.inputs = 5000).contains("Input: width must be"));
        for (layers, found) in [("9 2 9", "linear"), ("9 2 9t", "tanh")] {
            let sentence = refused(|c| (c.spec, c.loss) = (spec(layers), Loss::BinaryCrossEntropy));
            assert_eq!(
                sentence,
                format!("binary cross-entropy needs a sigmoid as the last layer, got {found}")
            );
        }
    }

    #[test]
    fn a_batch_that_takes_too_much_memory_is_refused() {
        let wide = "2040 ".repeat(33).parse::<NetworkSpec>().unwrap();
        let sentence = refused(|c| (c.spec, c.batch_size) = (wide, 1_000));
        assert!(sentence.starts_with("a batch of 1000 would take "), "{sentence}");
        assert!(sentence.contains("more than the 512 MB allowed"), "{sentence}");
    }
}
