//! Searches for the `deep` preset: the settings that reach a test MSE of 0.042 in the shortest time.
//!
//! ```sh
//! export MNIST_DIR=...                                  # the folder of MNIST's four .gz files
//! cargo run --release --example search                  # the table of the finalists
//! cargo run --release --example search -- --seeds 5 --budget 4 "784 50t 2 50t 784, mse, glorot, adam, 3e-3, 50"
//! cargo run --release --example search -- --preset blog --steps 10000 --seeds 5
//! ```
//!
//! Method and results: `docs/search.md`.

use std::error::Error;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use bottleneck::data::{Dataset, PIXELS};
use bottleneck::nn::{Init, Method, WeightInit, Workspace};
use bottleneck::train::{Preset, Trainer, TrainerConfig};
use ndarray::{Array2, ArrayView2, Axis};

/// The default candidates: network, loss, initialiser, method, learning rate, batch size.
const CANDIDATES: [&str; 5] = [
    "784 32t 32t 32t 2 24t 24t 24t 24t 784, mse, glorot, adam, 3e-3, 50",
    "784 32t 32t 32t 2 24t 24t 24t 24t 784, mse, glorot, adamw, 3e-3, 50",
    "784 24t 32t 32t 2 32t 32t 32t 24t 784, mse, glorot, adam, 3e-3, 50",
    "784 32t 32t 32t 32t 32t 32t 2 32t 32t 32t 32t 32t 32t 784, mse, glorot, adam, 2e-3, 50",
    "784 50t 50t 2 50t 50t 784, mse, glorot, adam, 3e-3, 128",
];

/// The test MSEs whose time is measured.
const TARGETS: [f32; 2] = [0.045, 0.042];

/// The number of test digits in the latent plane's measures.
const PLANE: usize = 1_000;

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    // A browser has no files.
    if cfg!(target_arch = "wasm32") {
        return Ok(());
    }
    let plan = Plan::from_args(env::args().skip(1))?;
    let directory = env::var("MNIST_DIR").map_err(|_| "Set MNIST_DIR to the folder of MNIST's .gz files")?;
    let train = load(Path::new(&directory), "train")?;
    let test = Test::new(&load(Path::new(&directory), "t10k")?);

    println!("{HEADER}");
    for (name, config) in &plan.candidates {
        let mut runs: Vec<Run> = (0..plan.seeds)
            .map(|seed| Run::new(&TrainerConfig { seed, ..config.clone() }, &plan, &train, &test))
            .collect();
        let fastest = runs.iter().map(|run| run.seconds_per_example).fold(f64::INFINITY, f64::min);
        runs.iter_mut().for_each(|run| run.seconds_per_example = fastest);
        println!("{}", row(name, &runs, &plan));
    }
    Ok(())
}

/// The runs to make.
struct Plan {
    candidates: Vec<(String, TrainerConfig)>,
    /// Each candidate runs with the seeds `0..seeds`.
    seeds: u64,
    /// The steps of a run; without, the budget ends it.
    steps: Option<u64>,
    /// The seconds of training of a run.
    budget: f64,
    /// The number of examples between two evaluations.
    interval: u64,
    /// The number of examples over which the learning rate falls linearly to zero.
    anneal: Option<u64>,
}

impl Plan {
    fn from_args(mut args: impl Iterator<Item = String>) -> Fallible<Self> {
        let mut plan = Self {
            candidates: Vec::new(),
            seeds: 3,
            steps: None,
            budget: 10.0,
            interval: 20_000,
            anneal: None,
        };
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--seeds" => plan.seeds = value()?.parse()?,
                "--steps" => plan.steps = Some(value()?.parse()?),
                "--budget" => plan.budget = value()?.parse()?,
                "--interval" => plan.interval = value()?.parse()?,
                "--anneal" => plan.anneal = Some(value()?.parse()?),
                "--preset" => {
                    let preset: Preset = value()?.parse()?;
                    plan.candidates.push((preset.name().to_owned(), preset.config()));
                }
                _ => plan.candidates.push((arg.clone(), candidate(&arg)?)),
            }
        }
        if plan.candidates.is_empty() {
            for line in CANDIDATES {
                plan.candidates.push((line.to_owned(), candidate(line)?));
            }
        }
        Ok(plan)
    }
}

/// Parses a line as in [`CANDIDATES`].
fn candidate(line: &str) -> Fallible<TrainerConfig> {
    let fields: Vec<_> = line.split(',').map(str::trim).collect();
    let &[spec, loss, init, method, rate, batch] = fields.as_slice() else {
        return Err(
            format!("“{line}” is not: network, loss, initialiser, method, learning rate, batch").into()
        );
    };
    let weight = match init {
        "fan-in" => WeightInit::FanInNormal,
        "glorot" => WeightInit::GlorotUniform,
        "he" => WeightInit::HeNormal,
        "truncated" => WeightInit::TruncatedNormal { sd: 0.1 },
        _ => return Err(format!("“{init}” is not fan-in, glorot, he or truncated").into()),
    };
    // “adam/0.99” is Adam with that β₂.
    let method = match method.split_once('/') {
        None => method.parse()?,
        Some((_, beta2)) => Method::Adam { beta1: 0.9, beta2: beta2.parse()?, epsilon: 1e-8 },
    };
    Ok(TrainerConfig {
        init: Init { weight, bias: 0.0 },
        loss: loss.parse()?,
        method,
        learning_rate: rate.parse()?,
        batch_size: batch.parse()?,
        ..TrainerConfig::new(spec.parse()?)
    })
}

/// The results of one seed.
struct Run {
    /// The test MSE after a number of examples.
    curve: Vec<(u64, f32)>,
    /// In the fastest interval between two evaluations, because other programs may share the machine.
    seconds_per_example: f64,
    /// The mean training MSE of the last hundred steps.
    training: f32,
    plane: Plane,
}

impl Run {
    fn new(config: &TrainerConfig, plan: &Plan, train: &Dataset, test: &Test) -> Self {
        let mut trainer = Trainer::new(config).expect("the settings are valid");
        let mut workspace = Workspace::new(trainer.network(), Test::CHUNK);
        let mut recent = vec![0.0; 100];
        let mut run = Self {
            curve: vec![(0, test.mse(&trainer, &mut workspace))],
            seconds_per_example: f64::INFINITY,
            training: f32::NAN,
            plane: Plane::default(),
        };
        while plan.steps.map_or_else(|| run.seconds() < plan.budget, |steps| trainer.steps() < steps) {
            let (began, first) = (processor_seconds(), trainer.examples());
            while trainer.examples() < first + plan.interval && plan.steps.is_none_or(|n| trainer.steps() < n)
            {
                if let Some(examples) = plan.anneal {
                    let left = 1.0 - trainer.examples() as f32 / examples as f32;
                    let learning_rate = config.learning_rate * left.max(0.0);
                    trainer.reconfigure(|c| c.learning_rate = learning_rate).expect("the settings are valid");
                }
                let stats = trainer.step(train).expect("all images are here");
                recent[stats.step as usize % 100] = stats.mse;
            }
            let seconds = processor_seconds() - began;
            let examples = trainer.examples() - first;
            run.seconds_per_example = run.seconds_per_example.min(seconds / examples as f64);
            let mse = test.mse(&trainer, &mut workspace);
            run.curve.push((trainer.examples(), mse));
            if !mse.is_finite() {
                break;
            }
        }
        run.training = recent.iter().sum::<f32>() / recent.len() as f32;
        run.plane = Plane::of(&trainer, test, &mut workspace);
        run
    }

    fn examples(&self) -> u64 {
        self.curve.last().map_or(0, |&(examples, _)| examples)
    }

    fn seconds(&self) -> f64 {
        if self.examples() == 0 { 0.0 } else { self.examples() as f64 * self.seconds_per_example }
    }

    /// Returns the number of examples until the test MSE was first at most `target`.
    fn examples_to(&self, target: f32) -> f64 {
        let reached = self.curve.iter().find(|&&(_, mse)| mse <= target);
        reached.map_or(f64::INFINITY, |&(examples, _)| examples as f64)
    }

    /// Returns the last test MSE within `seconds` of training.
    fn mse_after(&self, seconds: f64) -> f32 {
        let within = self.curve.iter().take_while(|&&(n, _)| n as f64 * self.seconds_per_example <= seconds);
        within.last().map_or(f32::NAN, |&(_, mse)| mse)
    }
}

/// Measures of the latent plane.
#[derive(Default)]
struct Plane {
    /// The smallest standard deviation divided by the largest: 0 is a line, 1 is round.
    roundness: f64,
    /// The share of digits whose nearest neighbour has the same class.
    neighbours: f64,
}

impl Plane {
    fn of(trainer: &Trainer, test: &Test, workspace: &mut Workspace) -> Self {
        let points: Vec<[f64; 2]> = test
            .images
            .axis_chunks_iter(Axis(0), Test::CHUNK)
            .take(PLANE / Test::CHUNK)
            .flat_map(|images| {
                let latent = trainer.network().encode(trainer.parameters(), images, workspace).to_owned();
                latent.rows().into_iter().map(|z| [z[0], z[1]].map(f64::from)).collect::<Vec<_>>()
            })
            .collect();
        let count = points.len() as f64;
        let mean = [0, 1].map(|i| points.iter().map(|z| z[i]).sum::<f64>() / count);
        let covariance = |i: usize, j: usize| {
            points.iter().map(|z| (z[i] - mean[i]) * (z[j] - mean[j])).sum::<f64>() / count
        };
        let (a, b, c) = (covariance(0, 0), covariance(0, 1), covariance(1, 1));
        let root = ((a - c).powi(2) + 4.0 * b * b).sqrt();
        let same = (0..points.len()).filter(|&i| {
            let squared =
                |j: usize| (points[i][0] - points[j][0]).powi(2) + (points[i][1] - points[j][1]).powi(2);
            let others = (0..points.len()).filter(|&j| j != i);
            others
                .min_by(|&j, &k| squared(j).total_cmp(&squared(k)))
                .is_some_and(|j| test.labels[i] == test.labels[j])
        });
        Self {
            roundness: ((a + c - root) / (a + c + root)).max(0.0).sqrt(),
            neighbours: same.count() as f64 / count,
        }
    }
}

const HEADER: &str = "\
| candidate | examples/s | s to 0.045 | s to 0.042 (each seed) | examples to 0.042 | MSE at the budget | at the end | training | round | neighbours |
|---|---|---|---|---|---|---|---|---|---|";

/// Formats a candidate's row of the table: medians over the seeds.
fn row(name: &str, runs: &[Run], plan: &Plan) -> String {
    let over = |f: &dyn Fn(&Run) -> f64| median(runs.iter().map(f).collect());
    let seconds = |run: &Run, target| run.examples_to(target) * run.seconds_per_example;
    let each: Vec<_> = runs.iter().map(|run| format!("{:.2}", seconds(run, TARGETS[1]))).collect();
    let ends: Vec<_> =
        runs.iter().filter_map(|run| run.curve.last()).map(|(_, mse)| format!("{mse:.4}")).collect();
    format!(
        "| {name} | {:.0} | {:.2} | {:.2} ({}) | {:.0} | {:.4} | {} | {:.4} | {:.2} | {:.2} |",
        1.0 / over(&|run| run.seconds_per_example),
        over(&|run| seconds(run, TARGETS[0])),
        over(&|run| seconds(run, TARGETS[1])),
        each.join(" "),
        over(&|run| run.examples_to(TARGETS[1])),
        over(&|run| f64::from(run.mse_after(plan.budget))),
        ends.join(" "),
        over(&|run| f64::from(run.training)),
        over(&|run| run.plane.roundness),
        over(&|run| run.plane.neighbours),
    )
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The test digits as input of the network.
struct Test {
    images: Array2<f32>,
    labels: Vec<Option<u8>>,
}

impl Test {
    /// The number of digits that are evaluated at a time.
    const CHUNK: usize = 500;

    fn new(dataset: &Dataset) -> Self {
        let mut images = Array2::zeros((dataset.len(), PIXELS));
        dataset.fill(&mut images, 0..dataset.len());
        Self { images, labels: (0..dataset.len()).map(|i| dataset.label(i)).collect() }
    }

    /// Computes the mean squared error per pixel.
    fn mse(&self, trainer: &Trainer, workspace: &mut Workspace) -> f32 {
        let squared = |images: ArrayView2<'_, f32>| {
            let value = trainer.network().loss(
                trainer.parameters(),
                trainer.config().loss,
                images,
                images,
                workspace,
            );
            f64::from(value.mse) * images.nrows() as f64
        };
        let sum: f64 = self.images.axis_chunks_iter(Axis(0), Self::CHUNK).map(squared).sum();
        (sum / self.images.nrows() as f64) as f32
    }
}

/// Returns the processor time in seconds on Linux, the wall-clock time elsewhere.
fn processor_seconds() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    let nanoseconds = fs::read_to_string("/proc/self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.with(Instant::elapsed).as_secs_f64(), |ns| ns * 1e-9)
}

/// Loads the images and labels of MNIST's `train` or `t10k`.
fn load(directory: &Path, part: &str) -> Fallible<Dataset> {
    let read = |name: &str| {
        let path = directory.join(format!("{part}-{name}-ubyte.gz"));
        fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    Ok(Dataset::from_idx(&read("images-idx3")?, Some(&read("labels-idx1")?))?)
}
