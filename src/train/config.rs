//! The settings of a training run and their validation.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Corruption, Schedule};
use crate::data::Order;
use crate::nn::{
    Activation, BackwardWorkspace, Decay, Init, Loss, Method, Network, NetworkSpec, SpecError, WeightInit,
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
    /// The loss is cross-entropy, but the output activation is not a sigmoid.
    #[error("binary cross-entropy needs a sigmoid as the last layer, got {}", .found.name())]
    OutputActivation {
        /// The activation of the last layer.
        found: Activation,
    },
    /// A value is outside its range.
    #[error("the {setting} must be {range}, got {found}")]
    OutOfRange {
        /// The name of the setting.
        setting: &'static str,
        /// The valid values.
        range: &'static str,
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

    /// Checks all settings. Nothing is computed or allocated for them.
    ///
    /// # Errors
    /// [`ConfigError`], which names the setting, the valid values and the value found.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.spec.validate()?;
        let last = self.spec.layers[self.spec.layers.len() - 1];
        let (inputs, outputs) = (self.spec.inputs, last.outputs);
        if inputs != outputs {
            return Err(ConfigError::NotAutoencoder { inputs, outputs });
        }
        if self.loss.takes_logits() && last.activation != Activation::Sigmoid {
            return Err(ConfigError::OutputActivation { found: last.activation });
        }
        if let WeightInit::TruncatedNormal { sd } = self.init.weight {
            not_negative("standard deviation of the first weights", sd)?;
        }
        check("first bias", "a finite number", self.init.bias, self.init.bias.is_finite())?;
        not_negative("beta of the KL", self.beta)?;
        match self.corruption {
            Corruption::None => {}
            Corruption::Masking { probability } => fraction("probability of masking", probability)?,
            Corruption::Gaussian { deviation } => {
                not_negative("standard deviation of the noise", deviation)?;
            }
        }
        not_negative("L1 decay", self.decay.l1)?;
        not_negative("L2 decay", self.decay.l2)?;
        validate_method(self.method)?;
        not_negative("learning rate", self.learning_rate)?;
        if let Schedule::Cosine { steps } = self.schedule {
            let is_valid = (1..=Schedule::MAX_STEPS).contains(&steps);
            check("step at which the rate is zero", "from 1 to 1000000000", steps, is_valid)?;
        }
        check("number of training images", "at least 1", 0, self.train_images != Some(0))?;
        check("batch size", "at least 1", self.batch_size, self.batch_size > 0)?;
        let (network, batch_size) = (Network::new(&self.spec, self.loss), self.batch_size);
        let bytes = batch_bytes(&network, batch_size);
        if bytes > MAX_BATCH_BYTES { Err(ConfigError::BatchMemory { batch_size, bytes }) } else { Ok(()) }
    }
}

fn validate_method(method: Method) -> Result<(), ConfigError> {
    match method {
        Method::Sgd => Ok(()),
        Method::Momentum { momentum } | Method::Nesterov { momentum } => fraction("momentum", momentum),
        Method::Adagrad { epsilon } => positive("epsilon", epsilon),
        Method::RmsProp { rho, epsilon } | Method::Adadelta { rho, epsilon } => {
            fraction("rho", rho)?;
            positive("epsilon", epsilon)
        }
        Method::Adam { beta1, beta2, epsilon } => validate_adam(beta1, beta2, epsilon),
        Method::AdamW { beta1, beta2, epsilon, weight_decay } => {
            validate_adam(beta1, beta2, epsilon)?;
            not_negative("weight decay", weight_decay)
        }
    }
}

fn validate_adam(beta1: f32, beta2: f32, epsilon: f32) -> Result<(), ConfigError> {
    fraction("beta1", beta1)?;
    fraction("beta2", beta2)?;
    positive("epsilon", epsilon)
}

fn not_negative(setting: &'static str, found: f32) -> Result<(), ConfigError> {
    check(setting, "a finite number of at least 0", found, found.is_finite() && found >= 0.0)
}

fn positive(setting: &'static str, found: f32) -> Result<(), ConfigError> {
    check(setting, "a finite number above 0", found, found.is_finite() && found > 0.0)
}

fn fraction(setting: &'static str, found: f32) -> Result<(), ConfigError> {
    check(setting, "at least 0 and below 1", found, (0.0..1.0).contains(&found))
}

fn check(
    setting: &'static str,
    range: &'static str,
    found: impl ToString,
    is_valid: bool,
) -> Result<(), ConfigError> {
    if is_valid { Ok(()) } else { Err(ConfigError::OutOfRange { setting, range, found: found.to_string() }) }
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
            "the learning rate must be a finite number of at least 0, got -0.5"
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
        assert_eq!(refused(|c| c.batch_size = 0), "the batch size must be at least 1, got 0");
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
                assert!(found.starts_with(&format!("{expected} must be at least 0 and below 1")), "{found}");
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
                assert!(
                    refused(|c| c.method = method).contains("the epsilon must be a finite number above 0")
                );
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
        let sentence = refused(|c| c.batch_size = 10_000_000);
        assert!(sentence.starts_with("a batch of 10000000 would take "), "{sentence}");
        assert!(sentence.contains("more than the 512 MB allowed"), "{sentence}");
        assert!(refused(|c| c.batch_size = usize::MAX).contains("a batch of"));
    }
}
