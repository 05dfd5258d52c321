//! Measures the examples per second of presets and batch sizes: `cargo run --release --example pace -- blog:50 hinton:100`.
//!
//! It trains with Adam on the first 6,400 digits of MNIST and prints a line for each argument. `RAYON_NUM_THREADS=1` leaves it one
//! thread. `benches/beside_tensorflow.py` runs it between its own rounds.

use std::error::Error;
use std::time::{Duration, Instant};
use std::{env, fs};

use bottleneck::data::{Dataset, PIXELS};
use bottleneck::train::{ConfigError, Preset, Trainer, TrainerConfig};

const DIGITS: usize = 6_400;

/// The examples before the measurement, and its duration.
const WARM_UP_EXAMPLES: usize = 10_000;
const DURATION: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn Error>> {
    let digits = mnist()?;
    for argument in env::args().skip(1) {
        let (preset, batch_size) = argument.split_once(':').ok_or("an argument is like blog:50")?;
        let config = TrainerConfig {
            batch_size: batch_size.parse()?,
            // That of the benchmark in the browser.
            learning_rate: 1e-3,
            ..preset.parse::<Preset>()?.config()
        };
        println!("{argument} {:.0}", examples_per_second(&digits, &config)?);
    }
    Ok(())
}

fn mnist() -> Result<Dataset, Box<dyn Error>> {
    let path = "www/data/mnist/train-images-idx3-ubyte.gz";
    let bytes = fs::read(path).map_err(|e| format!("{path}: {e}; `make data` fetches it"))?;
    let all = Dataset::from_idx(&bytes, None)?;
    Ok(Dataset::from_bytes(PIXELS, all.images(DIGITS).to_vec(), Vec::new()))
}

fn examples_per_second(digits: &Dataset, config: &TrainerConfig) -> Result<f64, ConfigError> {
    let mut trainer = Trainer::new(config)?;
    for _ in 0..WARM_UP_EXAMPLES / config.batch_size {
        trainer.step(digits);
    }
    let (start, examples) = (Instant::now(), trainer.examples());
    while start.elapsed() < DURATION {
        trainer.step(digits);
    }
    Ok((trainer.examples() - examples) as f64 / start.elapsed().as_secs_f64())
}
