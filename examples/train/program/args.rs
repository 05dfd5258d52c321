//! The command-line options.

use std::path::PathBuf;

use bottleneck::data::Order;
use bottleneck::nn::Activation;
use bottleneck::train::Preset;
use bottleneck::train::setting::Setting;
use bottleneck::train::{Schedule, TrainerConfig};
use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::Result;

/// Trains an autoencoder that squeezes digits through two numbers.
///
/// The defaults are those of the blog post "Simple MNIST autoencoder in TensorFlow": 784-50-50-2-50-50-784, tanh,
/// Adam at 1e-4, batches of 50, 10,000 steps. Ctrl-C ends the training; the network is saved all the same.
#[derive(Parser)]
#[command(name = "train")]
pub struct Args {
    /// The preset: the post's settings, those of ConvNetJS's demo, the fastest, or Hinton and Salakhutdinov's network
    #[arg(long, default_value = "blog", value_parser = preset())]
    pub preset: Preset,

    /// The last step, counting the steps of a loaded run [default: the end of the learning rate schedule, or else 10000]
    #[arg(long, value_name = "N")]
    pub steps: Option<u64>,

    /// Examples in a batch, instead of the preset's
    #[arg(long, value_name = "N", value_parser = batch_size)]
    pub batch: Option<usize>,

    /// The learning rate, instead of the preset's
    #[arg(long, value_name = "RATE", allow_negative_numbers = true, value_parser = learning_rate)]
    pub lr: Option<f32>,

    /// Puts a ReLU on the output layer, as the post does in the end
    #[arg(long)]
    pub relu: bool,

    /// Another setting, by its name in the page's address: --set corruption=masking --set corruption-amount=0.2; may be
    /// repeated, and is applied in order
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    pub settings: Vec<(Setting, String)>,

    /// The seed of the initial parameters, the order of the examples and the noise
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Continues from a network in .json (ConvNetJS) or .safetensors (PyTorch), or resumes a .bottleneck run bit for bit
    /// under its own settings, except for --lr, --batch and --set
    #[arg(long, value_name = "FILE")]
    pub load: Option<PathBuf>,

    /// Saves the network at the end, or on Ctrl-C, as .json, .safetensors or .bottleneck
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,

    /// Also saves the run every N steps
    #[arg(long, value_name = "N", requires = "save", value_parser = clap::value_parser!(u64).range(1..))]
    pub save_every: Option<u64>,

    /// Takes the examples in the order of the file, unshuffled, for comparison with other programs
    #[arg(long)]
    pub in_order: bool,

    /// The folder of MNIST's four files, .gz or not [default: $MNIST_DIR, www/data/mnist, or else built-in digits]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Writes pictures to this folder: input.png, output_NNNNNN.png, training.gif, latent.png, latent.csv, walk.gif
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Writes TensorBoard's event files to this folder: Loss, and the grids Input, Encoder and Output
    #[arg(long, value_name = "DIR")]
    pub logdir: Option<PathBuf>,
}

impl Args {
    /// Returns the settings of a new run.
    pub fn config(&self) -> Result<TrainerConfig> {
        let mut config = self.preset.config();
        config.seed = self.seed;
        config.learning_rate = self.lr.unwrap_or(config.learning_rate);
        config.batch_size = self.batch.unwrap_or(config.batch_size);
        config.order = if self.in_order { Order::InOrder } else { Order::Shuffled };
        if let Some(output) = config.spec.layers.last_mut().filter(|_| self.relu) {
            output.activation = Activation::Relu;
        }
        self.apply_settings(&mut config)?;
        Ok(config)
    }

    /// Applies the `--set` options.
    pub fn apply_settings(&self, config: &mut TrainerConfig) -> Result<()> {
        let mut settings = self.settings.iter();
        settings
            .try_for_each(|(setting, value)| setting.set(config, value))
            .map_err(|error| error.to_string())
    }

    /// Returns the last step.
    pub fn last_step(&self, config: &TrainerConfig) -> u64 {
        self.steps.unwrap_or(match config.schedule {
            Schedule::Constant => 10_000,
            Schedule::Cosine { steps } => steps,
        })
    }
}

/// Parses a setting; its value is parsed when the preset is known.
fn setting(text: &str) -> Result<(Setting, String), String> {
    let (key, value) = text.split_once('=').ok_or("a setting is given as NAME=VALUE")?;
    let found = Setting::all().find(|setting| setting.key() == key);
    let known = || Setting::all().map(Setting::key).collect::<Vec<_>>().join(", ");
    found.map(|setting| (setting, value.to_owned())).ok_or_else(|| format!("the settings are {}", known()))
}

fn preset() -> impl TypedValueParser<Value = Preset> {
    PossibleValuesParser::new(
        [Preset::Blog, Preset::Karpathy, Preset::Modern, Preset::Deep, Preset::Hinton].map(Preset::name),
    )
    .try_map(|name| name.parse::<Preset>())
}

/// The largest batch: MNIST's training digits.
const MAX_BATCH: usize = 60_000;

fn batch_size(text: &str) -> Result<usize, String> {
    let size = text.parse().ok().filter(|size| (1..=MAX_BATCH).contains(size));
    size.ok_or_else(|| format!("a batch has between 1 and {MAX_BATCH} examples"))
}

fn learning_rate(text: &str) -> Result<f32, String> {
    let rate = text.parse().ok().filter(|rate: &f32| rate.is_finite() && *rate > 0.0);
    rate.ok_or_else(|| "a learning rate is a number above zero".to_owned())
}
