//! The header of a `.bottleneck` file: settings, counters and the lengths of the arrays, as JSON.

use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Order, SamplerState};
use crate::files::FileError;
use crate::files::json::Field;
use crate::files::run_header::RunHeader;
use crate::nn::{Decay, DecayScale, Init, Loss, Method, WeightInit};
use crate::train::{Corruption, Schedule, TrainerConfig, initial_noise};

/// The limit of a header's bytes, several times what is written: a curve may take 100,000.
const MAX_BYTES: usize = 1 << 20;

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

/// A [`TrainerState`](crate::train::TrainerState) without its arrays.
#[derive(Serialize)]
pub(super) struct Header {
    pub(super) config: TrainerConfig,
    pub(super) steps: u64,
    pub(super) examples: u64,
    /// The bits of the `f64`s, because decimals would not always be read back the same.
    pub(super) beta_powers: [u64; 2],
    pub(super) sampler: SamplerState<Xoshiro256PlusPlus>,
    /// Older files have none; it then starts as in a new run.
    pub(super) noise: Xoshiro256PlusPlus,
    pub(super) lengths: Lengths,
    /// What the page shows of the run; other programs write none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<RunHeader>,
}

/// The lengths of the arrays, in file order.
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
    /// If it is not JSON, or a field is missing or has the wrong type.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.len() > MAX_BYTES {
            return Err(FileError::Json { reason: "its header is too long".to_owned() });
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|error| FileError::json(&error))?;
        let root = Field { name: "header", value: &value };
        let lengths = root.field("lengths");
        let config = config(&root.field("config"))?;
        let noise = root.optional("noise").map(|noise| generator(&noise)).transpose()?;
        Ok(Self {
            noise: noise.unwrap_or_else(|| initial_noise(config.seed)),
            config,
            steps: root.field("steps").integer()?,
            examples: root.field("examples").integer()?,
            beta_powers: [
                root.field("beta_powers").item(0).integer()?,
                root.field("beta_powers").item(1).integer()?,
            ],
            sampler: sampler(&root.field("sampler"))?,
            lengths: Lengths {
                parameters: lengths.field("parameters").size()?,
                moment1: lengths.field("moment1").size()?,
                moment2: lengths.field("moment2").size()?,
                permutation: lengths.field("permutation").size()?,
                drawn: lengths.field("drawn").size()?,
            },
            run: root.optional("run").map(|run| RunHeader::from_json(&run)).transpose()?,
        })
    }
}

fn config(from: &Field<'_>) -> Result<TrainerConfig, FileError> {
    let (init, decay, method) = (from.field("init"), from.field("decay"), from.field("method"));
    let spec = from.field("spec");
    Ok(TrainerConfig {
        spec: spec.text()?.parse().map_err(|_| spec.error())?,
        init: Init {
            weight: variant_of(&init.field("weight"), WEIGHT_INITS, init_variant)?,
            bias: init.field("bias").float()?,
        },
        loss: from.field("loss").one_of(&LOSSES)?,
        beta: from.optional("beta").map_or(Ok(1.0), |beta| beta.float())?,
        corruption: match from.optional("corruption") {
            Some(corruption) => variant_of(&corruption, Corruption::ALL, corruption_variant)?,
            None => Corruption::None,
        },
        decay: Decay {
            l1: decay.field("l1").float()?,
            l2: decay.field("l2").float()?,
            scale: decay.field("scale").one_of(&SCALES)?,
        },
        method: variant_of(&method, Method::ALL, method_variant)?,
        learning_rate: from.field("learning_rate").float()?,
        schedule: match from.optional("schedule") {
            Some(from) => schedule(&from)?,
            None => Schedule::Constant,
        },
        batch_size: from.field("batch_size").size()?,
        seed: from.field("seed").integer()?,
        order: from.field("order").one_of(&ORDERS)?,
        train_images: from.optional("train_images").map(|images| images.size()).transpose()?,
        leave_out: match from.optional("leave_out") {
            Some(class) => Some(u8::try_from(class.size()?).map_err(|_| class.error())?),
            None => None,
        },
    })
}

/// The name of a variant, and its fields with their names.
type Variant<'v> = (&'static str, Vec<(&'static str, &'v mut f32)>);

fn init_variant(init: &mut WeightInit) -> Variant<'_> {
    match init {
        WeightInit::FanInNormal => ("FanInNormal", vec![]),
        WeightInit::TruncatedNormal { sd } => ("TruncatedNormal", vec![("sd", sd)]),
        WeightInit::GlorotUniform => ("GlorotUniform", vec![]),
        WeightInit::HeNormal => ("HeNormal", vec![]),
    }
}

fn corruption_variant(corruption: &mut Corruption) -> Variant<'_> {
    match corruption {
        Corruption::None => ("None", vec![]),
        Corruption::Masking { probability } => ("Masking", vec![("probability", probability)]),
        Corruption::Gaussian { deviation } => ("Gaussian", vec![("deviation", deviation)]),
    }
}

fn method_variant(method: &mut Method) -> Variant<'_> {
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
        rng: generator(&from.field("rng"))?,
        permutation: Vec::new(),
        next: from.field("next").size()?,
        passes_left: passes_left.integer()?.try_into().map_err(|_| passes_left.error())?,
        drawn: Vec::new(),
        in_flight: from.field("handed_out").size()?,
    })
}

fn generator(from: &Field<'_>) -> Result<Xoshiro256PlusPlus, FileError> {
    Xoshiro256PlusPlus::deserialize(from.value).map_err(|_| from.error())
}

fn schedule(from: &Field<'_>) -> Result<Schedule, FileError> {
    if from.value.as_str() == Some("Constant") {
        return Ok(Schedule::Constant);
    }
    Ok(Schedule::Cosine { steps: from.field("Cosine").field("steps").integer()? })
}

/// Returns one of `variants` with the fields in `from`.
fn variant_of<T>(
    from: &Field<'_>,
    variants: impl IntoIterator<Item = T>,
    fields_of: impl Fn(&mut T) -> Variant<'_>,
) -> Result<T, FileError> {
    for mut variant in variants {
        if read_variant(from, fields_of(&mut variant))? {
            return Ok(variant);
        }
    }
    Err(from.error())
}

/// Reads the fields of a variant, if `from` is one.
fn read_variant(from: &Field<'_>, (name, fields): Variant<'_>) -> Result<bool, FileError> {
    let matches = match from.value {
        Value::String(text) => text == name && fields.is_empty(),
        object => object.get(name).is_some(),
    };
    if matches {
        let object = from.field(name);
        for (name, field) in fields {
            *field = object.field(name).float()?;
        }
    }
    Ok(matches)
}
