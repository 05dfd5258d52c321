//! The command-line options.

use std::path::PathBuf;

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
    /// [default: blog]
    #[arg(long, value_parser = preset())]
    pub preset: Option<Preset>,

    /// The number of threads; results do not depend on it [default: one per core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// The last step, counting the steps of a loaded run [default: the end of the learning rate schedule, or else 10000]
    #[arg(long, value_name = "N")]
    pub steps: Option<u64>,

    /// Examples in a batch, instead of the preset's
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    batch: Option<String>,

    /// The learning rate, instead of the preset's
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    lr: Option<String>,

    /// Puts a ReLU on the output layer, as the post does in the end
    #[arg(long)]
    relu: bool,

    /// Another setting, by its name in the page's address: --set corruption=masking --set corruption-amount=0.2; may be
    /// repeated, and is applied in order, before the other options
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(Setting, String)>,

    /// The seed of the initial parameters, the order of the examples and the noise [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<String>,

    /// Continues from a network in .json (ConvNetJS) or .safetensors (PyTorch), or resumes a .bottleneck run bit for bit
    /// under its own settings, except for those given now; those that cannot change it are refused
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
    in_order: bool,

    /// Your images: a folder or a zip of pictures, .npz, .npy, .csv, or MNIST's files, .gz or not; see docs/data.md
    /// [default: $MNIST_DIR, www/data/mnist, or else built-in digits]
    #[arg(long, value_name = "FILE|FOLDER")]
    pub data: Option<PathBuf>,

    /// Writes pictures to this folder: input.png, output_NNNNNN.png, training.gif, latent.png, latent.csv, walk.gif,
    /// in place of those of an earlier run
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Writes TensorBoard's event files to this folder: Loss and Test loss every 100 steps, and the grids Input, Encoder and Output
    #[arg(long, value_name = "DIR")]
    pub logdir: Option<PathBuf>,
}

impl Args {
    /// Returns the settings of the preset.
    pub fn preset(&self) -> TrainerConfig {
        self.preset.unwrap_or(Preset::Blog).config()
    }

    /// Applies the settings that are given.
    pub fn apply(&self, config: &mut TrainerConfig) -> Result<()> {
        let mut given = self.given();
        given
            .try_for_each(|(_, setting, value)| match setting {
                // As the page's address spells it, except for the lines of a program.
                Setting::Network if !value.contains('{') => {
                    setting.set(config, &value.replace(['-', '+'], " "))
                }
                _ => setting.set(config, value),
            })
            .map_err(|error| error.to_string())
    }

    /// Returns the options with their settings and values, in the order in which they apply.
    pub fn given(&self) -> impl Iterator<Item = (String, Setting, &str)> {
        let options = [
            ("--lr", Setting::LearningRate, self.lr.as_deref()),
            ("--batch", Setting::BatchSize, self.batch.as_deref()),
            ("--seed", Setting::Seed, self.seed.as_deref()),
            ("--in-order", Setting::Order, self.in_order.then_some("in-order")),
            ("--relu", Setting::OutputActivation, self.relu.then_some("relu")),
        ];
        let set = self.settings.iter();
        set.map(|(setting, value)| (format!("--set {}", setting.key()), *setting, value.as_str())).chain(
            options.into_iter().filter_map(|(name, setting, value)| Some((name.to_owned(), setting, value?))),
        )
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
