//! The header of a `.bottleneck` file: settings, counters and the lengths of the lists, as JSON.
//!
//! The types derive how it is written. What they would derive for reading would be a tenth of the page's program, so it is
//! read field by field from a tree of values instead.

use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Order, SamplerState};
use crate::files::FileError;
use crate::nn::{Decay, DecayScale, Init, Loss, Method, WeightInit};
use crate::train::{Corruption, Schedule, TrainerConfig, initial_noise};

/// The most bytes of a header: more than ten times what we write.
const MAX_BYTES: usize = 1 << 16;

const LOSSES: [(&str, Loss); 3] = [
    ("MeanSquared", Loss::MeanSquared),
    ("HalfSumSquared", Loss::HalfSumSquared),
    ("BinaryCrossEntropy", Loss::BinaryCrossEntropy),
];

const SCALES: [(&str, DecayScale); 2] = [("Mean", DecayScale::Mean), ("Sum", DecayScale::Sum)];

const ORDERS: [(&str, Order); 2] = [("Shuffled", Order::Shuffled), ("InOrder", Order::InOrder)];

const WEIGHT_INITS: [WeightInit; 4] = [
    WeightInit::FanInNormal,
    WeightInit::TruncatedNormal { sd: 0.0 },
    WeightInit::GlorotUniform,
    WeightInit::HeNormal,
];

/// All of a [`TrainerState`](crate::train::TrainerState) but its lists.
#[derive(Serialize)]
pub(super) struct Header {
    pub(super) config: TrainerConfig,
    pub(super) steps: u64,
    pub(super) examples: u64,
    /// Their bits: as decimals, what is read would not always be what was written.
    pub(super) beta_powers: [u64; 2],
    pub(super) sampler: SamplerState<Xoshiro256PlusPlus>,
    /// Files from before there was any noise have none; there it begins as in a new run.
    pub(super) noise: Xoshiro256PlusPlus,
    pub(super) lengths: Lengths,
}

/// How many numbers each list has, in the order of the lists.
#[derive(Serialize)]
pub(super) struct Lengths {
    pub(super) parameters: usize,
    pub(super) moment1: usize,
    pub(super) moment2: usize,
    pub(super) permutation: usize,
    pub(super) drawn: usize,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// If it is not JSON, or a field is missing or of the wrong kind.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.len() > MAX_BYTES {
            return Err(FileError::Json { reason: "its header is too long".to_owned() });
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|error| FileError::json(&error))?;
        let root = Field { name: "header", value: &value };
        let lengths = root.field("lengths");
        let config = config(&root.field("config"))?;
        let noise = root.optional("noise").map(|noise| noise.generator()).transpose()?;
        Ok(Self {
            noise: noise.unwrap_or_else(|| initial_noise(config.seed)),
            config,
            steps: root.field("steps").whole()?,
            examples: root.field("examples").whole()?,
            beta_powers: [
                root.field("beta_powers").item(0).whole()?,
                root.field("beta_powers").item(1).whole()?,
            ],
            sampler: sampler(&root.field("sampler"))?,
            lengths: Lengths {
                parameters: lengths.field("parameters").size()?,
                moment1: lengths.field("moment1").size()?,
                moment2: lengths.field("moment2").size()?,
                permutation: lengths.field("permutation").size()?,
                drawn: lengths.field("drawn").size()?,
            },
        })
    }
}

fn config(from: &Field<'_>) -> Result<TrainerConfig, FileError> {
    let (init, decay, method) = (from.field("init"), from.field("decay"), from.field("method"));
    let spec = from.field("spec");
    Ok(TrainerConfig {
        spec: spec.text()?.parse().map_err(|_| spec.wrong())?,
        init: Init {
            weight: init.field("weight").variant_of(WEIGHT_INITS, parts_of_init)?,
            bias: init.field("bias").number()?,
        },
        loss: from.field("loss").one_of(&LOSSES)?,
        beta: from.optional("beta").map_or(Ok(1.0), |beta| beta.number())?,
        corruption: match from.optional("corruption") {
            Some(corruption) => corruption.variant_of(Corruption::ALL, parts_of_corruption)?,
            None => Corruption::None,
        },
        decay: Decay {
            l1: decay.field("l1").number()?,
            l2: decay.field("l2").number()?,
            scale: decay.field("scale").one_of(&SCALES)?,
        },
        method: method.variant_of(Method::ALL, parts_of_method)?,
        learning_rate: from.field("learning_rate").number()?,
        schedule: match from.optional("schedule") {
            Some(schedule) => schedule.schedule()?,
            None => Schedule::Constant,
        },
        batch_size: from.field("batch_size").size()?,
        seed: from.field("seed").whole()?,
        order: from.field("order").one_of(&ORDERS)?,
        train_images: from.optional("train_images").map(|images| images.size()).transpose()?,
    })
}

/// A variant's name, and its constants by theirs.
type Variant<'v> = (&'static str, Vec<(&'static str, &'v mut f32)>);

fn parts_of_init(init: &mut WeightInit) -> Variant<'_> {
    match init {
        WeightInit::FanInNormal => ("FanInNormal", vec![]),
        WeightInit::TruncatedNormal { sd } => ("TruncatedNormal", vec![("sd", sd)]),
        WeightInit::GlorotUniform => ("GlorotUniform", vec![]),
        WeightInit::HeNormal => ("HeNormal", vec![]),
    }
}

fn parts_of_corruption(corruption: &mut Corruption) -> Variant<'_> {
    match corruption {
        Corruption::None => ("None", vec![]),
        Corruption::Masking { probability } => ("Masking", vec![("probability", probability)]),
        Corruption::Gaussian { deviation } => ("Gaussian", vec![("deviation", deviation)]),
    }
}

fn parts_of_method(method: &mut Method) -> Variant<'_> {
    match method {
        Method::Sgd => ("Sgd", vec![]),
        Method::Momentum { momentum } => ("Momentum", vec![("momentum", momentum)]),
        Method::Nesterov { momentum } => ("Nesterov", vec![("momentum", momentum)]),
        Method::Adagrad { epsilon } => ("Adagrad", vec![("epsilon", epsilon)]),
        Method::RmsProp { rho, epsilon } => ("RmsProp", vec![("rho", rho), ("epsilon", epsilon)]),
        Method::Adadelta { rho, epsilon } => ("Adadelta", vec![("rho", rho), ("epsilon", epsilon)]),
        Method::Adam { beta1, beta2, epsilon } => {
            ("Adam", vec![("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon)])
        }
        Method::AdamW { beta1, beta2, epsilon, weight_decay } => (
            "AdamW",
            vec![("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon), ("weight_decay", weight_decay)],
        ),
    }
}

fn sampler(from: &Field<'_>) -> Result<SamplerState<Xoshiro256PlusPlus>, FileError> {
    let passes_left = from.field("passes_left");
    Ok(SamplerState {
        rng: from.field("rng").generator()?,
        permutation: Vec::new(),
        next: from.field("next").size()?,
        passes_left: passes_left.whole()?.try_into().map_err(|_| passes_left.wrong())?,
        drawn: Vec::new(),
        in_flight: from.field("handed_out").size()?,
    })
}

/// A value and the name that it stands under.
struct Field<'v> {
    name: &'static str,
    value: &'v Value,
}

impl<'v> Field<'v> {
    fn wrong(&self) -> FileError {
        FileError::Json { reason: format!("its {} is missing or invalid", self.name) }
    }

    /// A field of this one, or null if there is none: no valid field is null.
    fn field(&self, name: &'static str) -> Field<'v> {
        Field { name, value: self.value.get(name).unwrap_or(&Value::Null) }
    }

    /// A field that older files lack.
    fn optional(&self, name: &'static str) -> Option<Field<'v>> {
        Some(Field { name, value: self.value.get(name)? })
    }

    /// An item of a list, or null if there is none.
    fn item(&self, index: usize) -> Field<'v> {
        Field { name: self.name, value: self.value.get(index).unwrap_or(&Value::Null) }
    }

    fn generator(&self) -> Result<Xoshiro256PlusPlus, FileError> {
        Xoshiro256PlusPlus::deserialize(self.value).map_err(|_| self.wrong())
    }

    fn schedule(&self) -> Result<Schedule, FileError> {
        if self.value.as_str() == Some("Constant") {
            return Ok(Schedule::Constant);
        }
        Ok(Schedule::Cosine { steps: self.field("Cosine").field("steps").whole()? })
    }

    fn text(&self) -> Result<&'v str, FileError> {
        self.value.as_str().ok_or_else(|| self.wrong())
    }

    fn whole(&self) -> Result<u64, FileError> {
        self.value.as_u64().ok_or_else(|| self.wrong())
    }

    fn size(&self) -> Result<usize, FileError> {
        // Where a size has 32 bits, a larger one is refused as longer than the file.
        Ok(usize::try_from(self.whole()?).unwrap_or(usize::MAX))
    }

    /// A number of single precision. Reading its decimals as double precision and rounding gives back the same number.
    fn number(&self) -> Result<f32, FileError> {
        Ok(self.value.as_f64().ok_or_else(|| self.wrong())? as f32)
    }

    fn one_of<T: Copy>(&self, choices: &[(&str, T)]) -> Result<T, FileError> {
        let found = choices.iter().find(|(name, _)| Some(*name) == self.value.as_str());
        found.map(|&(_, choice)| choice).ok_or_else(|| self.wrong())
    }

    /// One of `variants`, with the constants that stand here.
    fn variant_of<T>(
        &self,
        variants: impl IntoIterator<Item = T>,
        parts: impl Fn(&mut T) -> Variant<'_>,
    ) -> Result<T, FileError> {
        for mut variant in variants {
            let (name, constants) = parts(&mut variant);
            let found = match self.value {
                Value::String(found) => found == name && constants.is_empty(),
                fields => fields.get(name).is_some(),
            };
            if found {
                let fields = self.field(name);
                for (name, constant) in constants {
                    *constant = fields.field(name).number()?;
                }
                return Ok(variant);
            }
        }
        Err(self.wrong())
    }
}
