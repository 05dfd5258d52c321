//! The settings of a run, and the one place that says which of them are valid.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Corruption, Schedule, batch_bytes};
use crate::data::Order;
use crate::nn::{Activation, Decay, Init, Loss, Method, Network, NetworkSpec, SpecError, WeightInit};

/// The most bytes that the arrays of a batch may take.
pub const MAX_BATCH_BYTES: usize = 512 << 20;

/// All that a run depends on, but for the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerConfig {
    /// The layers.
    pub spec: NetworkSpec,
    /// How parameters begin.
    pub init: Init,
    /// What is minimised.
    pub loss: Loss,
    /// The weight `β` of the KL of a Gaussian code, see [`CodeKind`](crate::nn::CodeKind); of no effect without one.
    pub beta: f32,
    /// What is done to the input before the network sees it.
    pub corruption: Corruption,
    /// The pull of the weights towards zero.
    pub decay: Decay,
    /// How gradients become steps.
    pub method: Method,
    /// The learning rate to begin with.
    pub learning_rate: f32,
    /// How the learning rate goes on.
    pub schedule: Schedule,
    /// Examples in a batch, `B`.
    pub batch_size: usize,
    /// The seed of the first parameters and of the order of the examples.
    pub seed: u64,
    /// Whether examples are shuffled.
    pub order: Order,
    /// How many images are trained on, the first of the dataset; all of them if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_images: Option<usize>,
}

/// A setting that no run can have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// The layers are not a network.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The network does not give back as many numbers as it takes.
    #[error(
        "an autoencoder must give back as many numbers as it takes, but this network turns {inputs} into {outputs}"
    )]
    NotAutoencoder {
        /// Its inputs.
        inputs: usize,
        /// Its outputs.
        outputs: usize,
    },
    /// The loss is cross-entropy, and the last layer no sigmoid.
    #[error("binary cross-entropy needs a sigmoid as the last layer, got {}", .found.name())]
    OutputActivation {
        /// The activation of the last layer.
        found: Activation,
    },
    /// A number is outside its range.
    #[error("the {setting} must be {range}, got {found}")]
    OutOfRange {
        /// Which setting.
        setting: &'static str,
        /// The numbers that it may have.
        range: &'static str,
        /// What was found.
        found: String,
    },
    /// A batch would take too much memory.
    #[error(
        "a batch of {batch_size} would take {} MB for this network, more than the {} MB allowed: use a smaller batch",
        .bytes.div_ceil(1 << 20), MAX_BATCH_BYTES >> 20
    )]
    BatchMemory {
        /// The examples in a batch.
        batch_size: usize,
        /// How many bytes its arrays would take.
        bytes: usize,
    },
}

impl TrainerConfig {
    /// Takes another network. One whose code is a point has no KL to weigh, so that beta is 1 again, as in all presets.
    pub fn set_spec(&mut self, spec: NetworkSpec) {
        self.spec = spec;
        if !self.spec.is_variational() {
            self.beta = 1.0;
        }
    }

    /// How many of a number of images are trained on.
    #[must_use]
    pub fn train_len(&self, available: usize) -> usize {
        self.train_images.map_or(available, |limit| limit.min(available))
    }

    /// Checks every setting, before anything is computed or memory is taken.
    ///
    /// # Errors
    /// [`ConfigError`], which names the setting, what it may be and what was found.
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
        check_beta(self.beta)?;
        check_corruption(self.corruption)?;
        not_negative("L1 decay", self.decay.l1)?;
        not_negative("L2 decay", self.decay.l2)?;
        check_method(self.method)?;
        check_learning_rate(self.learning_rate)?;
        check_schedule(self.schedule)?;
        if self.train_images == Some(0) {
            let (setting, range) = ("number of training images", "at least 1");
            return Err(ConfigError::OutOfRange { setting, range, found: "0".to_owned() });
        }
        check_batch_size(&Network::new(&self.spec, self.loss), self.batch_size)
    }
}

/// Checks a learning rate.
pub(super) fn check_learning_rate(learning_rate: f32) -> Result<(), ConfigError> {
    not_negative("learning rate", learning_rate)
}

/// Checks the weight of the KL.
pub(super) fn check_beta(beta: f32) -> Result<(), ConfigError> {
    not_negative("beta of the KL", beta)
}

/// Checks how much the input is corrupted.
pub(super) fn check_corruption(corruption: Corruption) -> Result<(), ConfigError> {
    match corruption {
        Corruption::None => Ok(()),
        Corruption::Masking { probability } => fraction("probability of masking", probability),
        Corruption::Gaussian { deviation } => not_negative("standard deviation of the noise", deviation),
    }
}

/// Checks a schedule.
pub(super) fn check_schedule(schedule: Schedule) -> Result<(), ConfigError> {
    match schedule {
        Schedule::Cosine { steps } if !(1..=Schedule::MAX_STEPS).contains(&steps) => {
            let (setting, range) = ("step at which the rate is zero", "from 1 to 1000000000");
            Err(ConfigError::OutOfRange { setting, range, found: steps.to_string() })
        }
        _ => Ok(()),
    }
}

/// Checks the constants of a method.
pub(super) fn check_method(method: Method) -> Result<(), ConfigError> {
    match method {
        Method::Sgd => Ok(()),
        Method::Momentum { momentum } | Method::Nesterov { momentum } => fraction("momentum", momentum),
        Method::Adagrad { epsilon } => positive("epsilon", epsilon),
        Method::RmsProp { rho, epsilon } | Method::Adadelta { rho, epsilon } => {
            fraction("rho", rho)?;
            positive("epsilon", epsilon)
        }
        Method::Adam { beta1, beta2, epsilon } => check_adam(beta1, beta2, epsilon),
        Method::AdamW { beta1, beta2, epsilon, weight_decay } => {
            check_adam(beta1, beta2, epsilon)?;
            not_negative("weight decay", weight_decay)
        }
    }
}

fn check_adam(beta1: f32, beta2: f32, epsilon: f32) -> Result<(), ConfigError> {
    fraction("beta1", beta1)?;
    fraction("beta2", beta2)?;
    positive("epsilon", epsilon)
}

/// Checks that a batch is not empty and that there is memory for it.
pub(super) fn check_batch_size(network: &Network, batch_size: usize) -> Result<(), ConfigError> {
    if batch_size == 0 {
        let found = batch_size.to_string();
        return Err(ConfigError::OutOfRange { setting: "batch size", range: "at least 1", found });
    }
    let bytes = batch_bytes(network, batch_size);
    if bytes > MAX_BATCH_BYTES {
        return Err(ConfigError::BatchMemory { batch_size, bytes });
    }
    Ok(())
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

fn check(setting: &'static str, range: &'static str, found: f32, is_valid: bool) -> Result<(), ConfigError> {
    if is_valid { Ok(()) } else { Err(ConfigError::OutOfRange { setting, range, found: found.to_string() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::DecayScale;

    fn config() -> TrainerConfig {
        TrainerConfig {
            spec: "9 4t 2 4t 9".parse().unwrap(),
            init: Init { weight: WeightInit::TruncatedNormal { sd: 0.1 }, bias: 0.1 },
            loss: Loss::MeanSquared,
            beta: 1.0,
            corruption: Corruption::None,
            decay: Decay { l1: 0.0, l2: 1e-3, scale: DecayScale::Sum },
            method: Method::ADAM,
            learning_rate: 1e-3,
            schedule: Schedule::Constant,
            batch_size: 50,
            seed: 0,
            order: Order::Shuffled,
            train_images: None,
        }
    }

    /// The sentence about the settings once `change` has been made.
    fn refused(change: impl FnOnce(&mut TrainerConfig)) -> String {
        let mut config = config();
        change(&mut config);
        config.validate().expect_err("the setting is refused").to_string()
    }

    #[test]
    fn usual_settings_are_valid() {
        for method in Method::ALL {
            assert_eq!(TrainerConfig { method, ..config() }.validate(), Ok(()));
        }
        let at_the_edge = |config: TrainerConfig| assert_eq!(config.validate(), Ok(()));
        at_the_edge(TrainerConfig { learning_rate: 0.0, batch_size: 1, ..config() });
        at_the_edge(TrainerConfig { method: Method::Momentum { momentum: 0.0 }, ..config() });
        let spec = "9 4t 2 4t 9s".parse().unwrap();
        at_the_edge(TrainerConfig { spec, loss: Loss::BinaryCrossEntropy, ..config() });
    }

    #[test]
    fn numbers_outside_their_range_are_refused_by_name() {
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
    fn a_methods_constants_outside_their_range_are_refused_by_name() {
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
    fn networks_that_cannot_be_trained_are_refused() {
        let of = |text: &str| text.parse::<NetworkSpec>().unwrap();
        assert!(refused(|c| c.spec = of("9 2 8")).contains("this network turns 9 into 8"));
        assert!(refused(|c| c.spec.layers.clear()).contains("at least one layer"));
        assert!(refused(|c| c.spec.code = 7).contains("the code must be one of the 4 layers"));
        assert!(refused(|c| c.spec.layers[1].outputs = 0).contains("Layer 2: width must be"));
        assert!(refused(|c| c.spec.inputs = 5000).contains("Input: width must be"));
        for (spec, found) in [("9 2 9", "linear"), ("9 2 9t", "tanh")] {
            let sentence = refused(|c| (c.spec, c.loss) = (of(spec), Loss::BinaryCrossEntropy));
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
