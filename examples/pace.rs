//! Measures the examples per second of one native thread: `cargo run --release --example pace -- 50 128`.
//!
//! It runs the steps of the browser's benchmark (the network 784-50-50-2-50-50-784, Adam, the first 6,400 digits of MNIST)
//! and prints a line for each batch size. `benches/beside_tensorflow.py` runs it between its own rounds.

use std::error::Error;
use std::time::{Duration, Instant};
use std::{env, fs};

use bottleneck::data::{Dataset, PIXELS};
use bottleneck::train::{Preset, Trainer, TrainerConfig};

const DIGITS: usize = 6_400;

/// The steps before the measurement, and its duration.
const WARM_UP_STEPS: usize = 200;
const DURATION: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn Error>> {
    let digits = mnist()?;
    for argument in env::args().skip(1) {
        let batch_size = argument
            .parse()
            .map_err(|_| format!("the batch size must be a whole number from 1, got {argument}"))?;
        println!("{batch_size} {:.0}", examples_per_second(&digits, batch_size));
    }
    Ok(())
}

fn mnist() -> Result<Dataset, Box<dyn Error>> {
    let path = "www/data/mnist/train-images-idx3-ubyte.gz";
    let bytes = fs::read(path).map_err(|e| format!("{path}: {e}; `make data` fetches it"))?;
    let all = Dataset::from_idx(&bytes, None)?;
    Ok(Dataset::from_bytes(PIXELS, all.images(DIGITS).to_vec(), Vec::new()))
}

fn examples_per_second(digits: &Dataset, batch_size: usize) -> f64 {
    let config = TrainerConfig { batch_size, learning_rate: 1e-3, ..Preset::Blog.config() };
    let mut trainer = Trainer::new(&config).expect("the settings are valid");
    for _ in 0..WARM_UP_STEPS {
        trainer.step(digits);
    }
    let (start, mut steps) = (Instant::now(), 0);
    while start.elapsed() < DURATION {
        trainer.step(digits);
        steps += 1;
    }
    f64::from(steps) * batch_size as f64 / start.elapsed().as_secs_f64()
}
