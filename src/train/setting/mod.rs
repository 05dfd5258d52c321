//! The settings of a training run as text: a table that the page's controls, its URL and the JavaScript class read.
//!
//! Each row has the names of a setting, its parser and printer, and whether it restarts training. Every field of a
//! [`TrainerConfig`] has a row, so text can express any configuration.

mod error;
mod nice;
#[cfg(test)]
mod tests;
mod typed;

pub use error::{ErrorKind, SettingError, excerpt};
pub use nice::stepped;
pub use typed::parse_whole;

use std::ops::RangeInclusive;

use self::typed::parse_decimal;
use crate::data::Order;
use crate::nn::{
    Activation, CodeKind, Constant, DecayScale, Loss, Method, NetworkSpec, WeightInit, find_name,
};
use crate::train::range::{self, INITS, MAX_LEARNING_RATE, Range};
use crate::train::{Corruption, Schedule, TrainerConfig};

/// The value of [`Setting::TrainImages`] without a limit.
const ALL: &str = "all";

/// The value of [`Setting::LeaveOut`] where every class is trained on.
const NONE: &str = "none";

/// A setting of a training run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum Setting {
    /// The layers.
    Network,
    /// The loss to minimise.
    Loss,
    /// The activation of the last layer, which turns its outputs into pixels.
    OutputActivation,
    /// Whether the code is Gaussian, which makes the autoencoder variational.
    Variational,
    /// The weight of the KL of such a code, `β`.
    Beta,
    /// The kind of corruption of the input.
    Corruption,
    /// The amount of corruption: a probability or a standard deviation.
    CorruptionAmount,
    /// The learning rate.
    LearningRate,
    /// The schedule of the learning rate.
    Schedule,
    /// The step at which a cosine schedule reaches zero.
    ScheduleSteps,
    /// The optimization method.
    Optimizer,
    /// The method's `μ`.
    Momentum,
    /// The method's `ρ`.
    Rho,
    /// The method's `β₁`.
    Beta1,
    /// The method's `β₂`.
    Beta2,
    /// The method's `ε`.
    Epsilon,
    /// The method's decoupled weight decay `λ`.
    WeightDecay,
    /// The number of examples in a batch.
    BatchSize,
    /// The distribution of the initial weights.
    Init,
    /// The initial bias.
    Bias,
    /// The strength of L1 decay.
    L1,
    /// The strength of L2 decay.
    L2,
    /// The scale of the decay: the summed or the mean gradient.
    DecayScale,
    /// The order of the examples.
    Order,
    /// The number of images to train on.
    TrainImages,
    /// The class that is not trained on.
    LeaveOut,
    /// The seed of the initial parameters, the order of the examples and the noise.
    Seed,
}

/// Prints a setting; `None` if the configuration does not have it.
type Get = fn(&TrainerConfig) -> Option<String>;

/// Parses a setting.
type Set = fn(&mut TrainerConfig, &str) -> Result<(), ErrorKind>;

/// One row of the table.
struct Row {
    setting: Setting,
    /// The key in a URL's fragment.
    key: &'static str,
    /// The key in JavaScript, if the class has this setting.
    js: Option<&'static str>,
    label: &'static str,
    restarts_training: bool,
    get: Get,
    set: Set,
}

const YES_OR_NO: [(&str, CodeKind); 2] = [("no", CodeKind::Deterministic), ("yes", CodeKind::Gaussian)];
const SCALES: [(&str, DecayScale); 2] = [("mean", DecayScale::Mean), ("sum", DecayScale::Sum)];
const ORDERS: [(&str, Order); 2] = [("shuffled", Order::Shuffled), ("in-order", Order::InOrder)];

/// Returns the row of a constant of the optimization method.
macro_rules! constant {
    ($name:ident, $key:literal, $js:literal, $label:literal) => {
        Row {
            setting: Setting::$name,
            key: $key,
            js: Some($js),
            label: $label,
            restarts_training: false,
            get: |c| print(c.method.constant(Constant::$name)),
            set: |c, text| {
                let title = c.method.title();
                let constant = c.method.constant_mut(Constant::$name).ok_or(ErrorKind::NotInMethod(title))?;
                *constant = number(range::of_constant(Constant::$name).1, text)?;
                Ok(())
            },
        }
    };
}

/// The table, in the order of a URL: a setting comes after those that it depends on.
const ROWS: [Row; 27] = [
    Row {
        setting: Setting::Network,
        key: "network",
        js: Some("layers"),
        label: "Network",
        restarts_training: true,
        get: |c| Some(c.spec.to_string()),
        set: |c, text| {
            c.set_spec(text.parse::<NetworkSpec>()?);
            c.spec.ensure_output_activation(c.loss);
            Ok(())
        },
    },
    Row {
        setting: Setting::Loss,
        key: "loss",
        js: Some("loss"),
        label: "Loss",
        restarts_training: true,
        get: |c| Some(c.loss.name().to_owned()),
        set: |c, text| {
            c.loss = text.parse()?;
            if c.loss == Loss::BinaryCrossEntropy {
                set_output_activation(c, Activation::Sigmoid);
            }
            Ok(())
        },
    },
    Row {
        setting: Setting::OutputActivation,
        key: "read-out",
        js: Some("readOut"),
        label: "Output layer",
        restarts_training: true,
        get: |c| c.spec.layers.last().map(|last| last.activation.name().to_owned()),
        set: |c, text| {
            let activation = text.parse()?;
            if c.loss == Loss::BinaryCrossEntropy && activation != Activation::Sigmoid {
                return Err(ErrorKind::expected("sigmoid while the loss is cross-entropy"));
            }
            set_output_activation(c, activation);
            Ok(())
        },
    },
    Row {
        setting: Setting::Variational,
        key: "variational",
        js: Some("variational"),
        label: "Variational",
        restarts_training: true,
        get: |c| Some(name_of(&YES_OR_NO, c.spec.code_kind).to_owned()),
        set: |c, text| {
            c.set_spec(c.spec.clone().with_code(choice(&YES_OR_NO, text)?)?);
            Ok(())
        },
    },
    Row {
        setting: Setting::Beta,
        key: "beta",
        js: Some("beta"),
        label: "Beta",
        restarts_training: false,
        get: |c| print(c.spec.is_variational().then_some(c.beta)),
        set: |c, text| {
            if !c.spec.is_variational() {
                return Err(ErrorKind::expected("left out while the code is not variational"));
            }
            c.beta = number(Range::NonNegative, text)?;
            Ok(())
        },
    },
    Row {
        setting: Setting::Corruption,
        key: "corruption",
        js: Some("corruption"),
        label: "Corruption",
        restarts_training: false,
        get: |c| Some(c.corruption.name().to_owned()),
        set: |c, text| {
            let corruption: Corruption = text.parse()?;
            // The same kind keeps its amount.
            if corruption.name() != c.corruption.name() {
                c.corruption = corruption;
            }
            Ok(())
        },
    },
    Row {
        setting: Setting::CorruptionAmount,
        key: "corruption-amount",
        js: Some("corruptionAmount"),
        label: "Corruption amount",
        restarts_training: false,
        get: |c| print(c.corruption.amount()),
        set: |c, text| {
            let is_probability = matches!(c.corruption, Corruption::Masking { .. });
            let amount = c.corruption.amount_mut();
            let amount = amount.ok_or_else(|| ErrorKind::expected("left out while nothing is corrupted"))?;
            *amount = number(if is_probability { Range::Fraction } else { Range::NonNegative }, text)?;
            Ok(())
        },
    },
    Row {
        setting: Setting::LearningRate,
        key: "lr",
        js: Some("learningRate"),
        label: "Learning rate",
        restarts_training: false,
        get: |c| Some(c.learning_rate.to_string()),
        set: |c, text| {
            let rate = parse_decimal(text).filter(|rate| *rate > 0.0 && *rate <= MAX_LEARNING_RATE);
            c.learning_rate = rate.ok_or_else(|| {
                ErrorKind::expected(format!("a number above 0 and at most {MAX_LEARNING_RATE}"))
            })?;
            Ok(())
        },
    },
    Row {
        setting: Setting::Schedule,
        key: "schedule",
        js: Some("schedule"),
        label: "Schedule",
        restarts_training: false,
        get: |c| Some(c.schedule.name().to_owned()),
        set: |c, text| {
            let schedule: Schedule = text.parse()?;
            if schedule.name() != c.schedule.name() {
                c.schedule = schedule;
            }
            Ok(())
        },
    },
    Row {
        setting: Setting::ScheduleSteps,
        key: "schedule-steps",
        js: Some("scheduleSteps"),
        label: "Steps to zero",
        restarts_training: false,
        get: |c| match c.schedule {
            Schedule::Constant => None,
            Schedule::Cosine { steps } => Some(steps.to_string()),
        },
        set: |c, text| {
            let Schedule::Cosine { steps } = &mut c.schedule else {
                return Err(ErrorKind::expected("left out while the learning rate is constant"));
            };
            *steps = whole_number(text, 1..=Schedule::MAX_STEPS)?;
            Ok(())
        },
    },
    Row {
        setting: Setting::Optimizer,
        key: "optimizer",
        js: Some("optimizer"),
        label: "Optimizer",
        restarts_training: false,
        get: |c| Some(c.method.name().to_owned()),
        set: |c, text| {
            let method: Method = text.parse()?;
            // The same method keeps its constants.
            if method.name() != c.method.name() {
                c.method = method;
            }
            Ok(())
        },
    },
    constant!(Momentum, "momentum", "momentum", "Momentum"),
    constant!(Rho, "rho", "rho", "Rho"),
    constant!(Beta1, "beta1", "beta1", "Beta 1"),
    constant!(Beta2, "beta2", "beta2", "Beta 2"),
    constant!(Epsilon, "epsilon", "epsilon", "Epsilon"),
    constant!(WeightDecay, "weight-decay", "weightDecay", "Weight decay"),
    Row {
        setting: Setting::BatchSize,
        key: "batch",
        js: None,
        label: "Batch size",
        restarts_training: false,
        get: |c| Some(c.batch_size.to_string()),
        set: |c, text| {
            c.batch_size = whole_number(text, range::BATCH_SIZE)? as usize;
            Ok(())
        },
    },
    Row {
        setting: Setting::Init,
        key: "init",
        js: Some("init"),
        label: "Initial weights",
        restarts_training: true,
        get: |c| {
            Some(match c.init.weight {
                WeightInit::TruncatedNormal { sd } => format!("truncated:{sd}"),
                weight => name_of(&INITS, weight).to_owned(),
            })
        },
        set: |c, text| {
            let (name, sd) = text.split_once(':').unwrap_or((text, ""));
            let mut weight = choice(&INITS, name)?;
            match &mut weight {
                WeightInit::TruncatedNormal { sd: spread } if !sd.is_empty() => {
                    *spread = number(Range::NonNegative, sd)?;
                }
                _ if text.contains(':') => {
                    return Err(ErrorKind::expected("glorot, he, fan-in, or truncated:0.1"));
                }
                _ => {}
            }
            c.init.weight = weight;
            Ok(())
        },
    },
    Row {
        setting: Setting::Bias,
        key: "bias",
        js: Some("bias"),
        label: "Initial bias",
        restarts_training: true,
        get: |c| Some(c.init.bias.to_string()),
        set: |c, text| {
            c.init.bias = number(Range::Finite, text)?;
            Ok(())
        },
    },
    Row {
        setting: Setting::L1,
        key: "l1",
        js: Some("l1"),
        label: "L1",
        restarts_training: true,
        get: |c| Some(c.decay.l1.to_string()),
        set: |c, text| {
            c.decay.l1 = number(Range::NonNegative, text)?;
            Ok(())
        },
    },
    Row {
        setting: Setting::L2,
        key: "l2",
        js: Some("l2"),
        label: "L2",
        restarts_training: true,
        get: |c| Some(c.decay.l2.to_string()),
        set: |c, text| {
            c.decay.l2 = number(Range::NonNegative, text)?;
            Ok(())
        },
    },
    Row {
        setting: Setting::DecayScale,
        key: "decay",
        js: Some("decay"),
        label: "Decay",
        restarts_training: true,
        get: |c| Some(name_of(&SCALES, c.decay.scale).to_owned()),
        set: |c, text| {
            c.decay.scale = choice(&SCALES, text)?;
            Ok(())
        },
    },
    Row {
        setting: Setting::Order,
        key: "order",
        js: None,
        label: "Order",
        restarts_training: true,
        get: |c| Some(name_of(&ORDERS, c.order).to_owned()),
        set: |c, text| {
            c.order = choice(&ORDERS, text)?;
            Ok(())
        },
    },
    Row {
        setting: Setting::TrainImages,
        key: "train-images",
        js: None,
        label: "Training images",
        restarts_training: true,
        get: |c| Some(c.train_images.map_or(ALL.to_owned(), |images| images.to_string())),
        set: |c, text| {
            c.train_images = match text {
                "" | ALL => None,
                _ => Some(whole_number(text, range::TRAIN_IMAGES).map_err(|kind| match kind {
                    ErrorKind::Expected(range) => ErrorKind::Expected(format!("{ALL}, or {range}")),
                    kind => kind,
                })? as usize),
            };
            Ok(())
        },
    },
    Row {
        setting: Setting::LeaveOut,
        key: "leave-out",
        js: None,
        label: "Leave out",
        restarts_training: true,
        get: |c| Some(c.leave_out.map_or(NONE.to_owned(), |class| class.to_string())),
        set: |c, text| {
            c.leave_out = match text {
                "" | NONE => None,
                _ => Some(
                    text.parse().map_err(|_| ErrorKind::Expected(format!("{NONE}, or a class such as 7")))?,
                ),
            };
            Ok(())
        },
    },
    Row {
        setting: Setting::Seed,
        key: "seed",
        js: Some("seed"),
        label: "Seed",
        restarts_training: true,
        get: |c| Some(c.seed.to_string()),
        set: |c, text| {
            c.seed = whole_number(text, range::SEED)?;
            Ok(())
        },
    },
];

impl Setting {
    /// Returns all settings, in the order of a URL.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.setting)
    }

    /// Returns the word for the setting in the name of a run, as in `rate 0.01, batch 128`.
    pub fn word(self) -> String {
        match self {
            Self::LearningRate => "rate".to_owned(),
            Self::BatchSize => "batch".to_owned(),
            _ => self.label().to_ascii_lowercase(),
        }
    }

    fn row(self) -> &'static Row {
        // A test checks that the rows have the order of the variants.
        const { &ROWS }.get(self as usize).expect("every setting has a row")
    }

    /// Returns the key in a URL's fragment.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// Returns the key in JavaScript, if the class has this setting.
    pub fn js_key(self) -> Option<&'static str> {
        self.row().js
    }

    /// Returns the label on the page.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// Returns whether a change restarts training. Other changes apply to the next step.
    pub fn restarts_training(self) -> bool {
        self.row().restarts_training
    }

    /// Returns whether a URL has the setting even if its value is that of the preset.
    pub fn is_always_in_url(self) -> bool {
        matches!(self, Self::LearningRate | Self::Optimizer | Self::BatchSize | Self::Seed)
    }

    /// Returns whether the value is a number, rather than a name or other text.
    pub fn is_number(self) -> bool {
        !matches!(
            self,
            Self::Network
                | Self::Loss
                | Self::OutputActivation
                | Self::Variational
                | Self::Corruption
                | Self::Schedule
                | Self::Optimizer
                | Self::Init
                | Self::DecayScale
                | Self::Order
                | Self::TrainImages
                | Self::LeaveOut
        )
    }

    /// Returns the values to choose from, with their titles; empty if the value is typed.
    pub fn choices(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Loss => Loss::ALL.map(|loss| (loss.name(), loss.title())).to_vec(),
            Self::OutputActivation => {
                OUTPUT_ACTIVATIONS.map(|activation| (activation.name(), activation.title())).to_vec()
            }
            Self::Variational => vec![("no", "No"), ("yes", "Yes")],
            Self::Corruption => Corruption::ALL.map(|kind| (kind.name(), kind.title())).to_vec(),
            Self::Schedule => Schedule::ALL.map(|kind| (kind.name(), kind.title())).to_vec(),
            Self::Optimizer => Method::ALL.map(|method| (method.name(), method.title())).to_vec(),
            _ => Vec::new(),
        }
    }

    /// Returns the value as text, as [`set`](Self::set) reads it, or `None` if the configuration does not have this setting:
    /// Adam has no momentum.
    pub fn get(self, config: &TrainerConfig) -> Option<String> {
        (self.row().get)(config)
    }

    /// Sets the value from text.
    ///
    /// # Errors
    /// [`SettingError`] if the value is invalid; nothing is changed then.
    pub fn set(self, config: &mut TrainerConfig, text: &str) -> Result<(), SettingError> {
        let mut changed = config.clone();
        // Layers are not trimmed, so that an error has the line number that the user sees.
        let trimmed = if self == Self::Network { text } else { text.trim() };
        (self.row().set)(&mut changed, trimmed).map_err(|kind| SettingError::new(self, trimmed, kind))?;
        *config = changed;
        Ok(())
    }
}

/// The activations the page offers for the output layer: those that can produce a picture's pixels.
const OUTPUT_ACTIVATIONS: [Activation; 3] = [Activation::Linear, Activation::Relu, Activation::Sigmoid];

fn set_output_activation(config: &mut TrainerConfig, activation: Activation) {
    if let Some(last) = config.spec.layers.last_mut() {
        last.activation = activation;
    }
}

fn print(value: Option<f32>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn whole_number(text: &str, range: RangeInclusive<u64>) -> Result<u64, ErrorKind> {
    let number = parse_whole(text).filter(|number| range.contains(number));
    number.ok_or_else(|| {
        ErrorKind::expected(format!("a whole number from {} to {}", range.start(), range.end()))
    })
}

fn number(range: Range, text: &str) -> Result<f32, ErrorKind> {
    let number = parse_decimal(text).filter(|number| range.contains(*number));
    number.ok_or_else(|| ErrorKind::expected(range.text()))
}

fn choice<T: Copy>(choices: &[(&'static str, T)], text: &str) -> Result<T, ErrorKind> {
    let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
    Ok(choices[find_name(text, &names)?].1)
}

fn name_of<T: PartialEq>(choices: &[(&'static str, T)], value: T) -> &'static str {
    choices.iter().find(|(_, choice)| *choice == value).map_or("", |(name, _)| name)
}
