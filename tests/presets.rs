//! Every preset learns as fast as expected: on MNIST if `MNIST_DIR` names its folder, otherwise on the built-in digits.

#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use std::sync::LazyLock;
use std::{env, fs};

use bottleneck::data::synthetic::{self, TEST_LEN, TRAIN_LEN};
use bottleneck::data::{Dataset, PIXELS};
use bottleneck::nn::{Target, Workspace};
use bottleneck::train::{Preset, Trainer};
use ndarray::{Array2, Axis};

/// The largest accepted test MSE on MNIST and on the built-in digits.
struct Bounds {
    mnist: f32,
    synthetic: f32,
}

/// 150,000 examples.
#[test]
fn deep_reaches_0_045_within_3_000_steps() {
    let trainer = train(Preset::Deep, 3_000).0;
    assert_below(test_mse(&trainer), Bounds { mnist: 0.045, synthetic: 0.045 });
}

/// The same number of examples, with the layers of both originals.
#[test]
fn modern_reaches_0_045_within_3_000_steps() {
    let trainer = train(Preset::Modern, 3_000).0;
    assert_below(test_mse(&trainer), Bounds { mnist: 0.045, synthetic: 0.045 });
}

#[test]
fn blog_reaches_0_060_within_1_000_steps() {
    let trainer = train(Preset::Blog, 1_000).0;
    assert_below(test_mse(&trainer), Bounds { mnist: 0.060, synthetic: 0.058 });
}

/// 40,000 examples, after which `ConvNetJS` itself has a training MSE of 0.058.
#[test]
fn karpathy_learns_like_convnetjs() {
    let training_mse = train(Preset::Karpathy, 800).1;
    let expected = if DIGITS.is_mnist { 0.058_f32 } else { 0.056 };
    assert!((training_mse - expected).abs() < 0.002, "a training MSE of {training_mse}, not {expected}");
}

/// Trains a preset, and also returns the mean training MSE of the last hundred steps.
fn train(preset: Preset, steps: usize) -> (Trainer, f32) {
    let mut trainer = Trainer::new(&preset.config()).unwrap();
    let mut recent = [0.0; 100];
    for step in 0..steps {
        recent[step % 100] = trainer.step(&DIGITS.train).expect("all images are here").mse;
    }
    (trainer, recent.iter().sum::<f32>() / 100.0)
}

/// Computes the mean squared error per pixel over the test digits.
fn test_mse(trainer: &Trainer) -> f32 {
    const CHUNK: usize = 500;
    let mut images = Array2::zeros((DIGITS.test.len(), PIXELS));
    DIGITS.test.fill(&mut images, 0..DIGITS.test.len());
    let mut workspace = Workspace::new(trainer.network(), CHUNK);
    let (network, parameters) = (trainer.network(), trainer.parameters());
    let chunks = images.axis_chunks_iter(Axis(0), CHUNK);
    let mean = 1.0 / chunks.len() as f32;
    chunks
        .map(|x| mean * network.loss(parameters, trainer.config().loss, x, Target::Input, &mut workspace).mse)
        .sum()
}

fn assert_below(mse: f32, bounds: Bounds) {
    let bound = if DIGITS.is_mnist { bounds.mnist } else { bounds.synthetic };
    assert!(mse <= bound, "a test MSE of {mse}, above {bound}");
}

struct Digits {
    is_mnist: bool,
    train: Dataset,
    test: Dataset,
}

static DIGITS: LazyLock<Digits> = LazyLock::new(|| {
    let (is_mnist, [train, test]) = match env::var_os("MNIST_DIR") {
        Some(directory) => (true, ["train", "t10k"].map(|part| read(Path::new(&directory), part))),
        None => (false, [0..TRAIN_LEN, TRAIN_LEN..TRAIN_LEN + TEST_LEN].map(|i| synthetic::dataset(0, i))),
    };
    Digits { is_mnist, train, test }
});

fn read(directory: &Path, part: &str) -> Dataset {
    let path = directory.join(format!("{part}-images-idx3-ubyte.gz"));
    let file = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Dataset::from_idx(&file, None).unwrap()
}
