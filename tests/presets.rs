//! Every preset learns as fast as it is known to: on MNIST if `MNIST_DIR` names it, otherwise on the built-in digits.

#![cfg(not(target_arch = "wasm32"))]

use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;
use std::{env, fs};

use bottleneck::data::idx::{IdxParser, Kind};
use bottleneck::data::{Dataset, PIXELS, synthetic};
use bottleneck::nn::Workspace;
use bottleneck::train::Preset;
use bottleneck::train::Trainer;
use ndarray::{Array2, Axis};

/// What a preset is to come to on MNIST and on the built-in digits.
struct Bounds {
    mnist: f32,
    strokes: f32,
}

/// 150,000 examples.
#[test]
fn deep_reaches_0_045_within_3_000_steps() {
    let trainer = train(Preset::Deep, 3_000).0;
    assert_below(test_mse(&trainer), Bounds { mnist: 0.045, strokes: 0.045 });
}

/// The same examples, with the originals' own layers.
#[test]
fn modern_reaches_0_045_within_3_000_steps() {
    let trainer = train(Preset::Modern, 3_000).0;
    assert_below(test_mse(&trainer), Bounds { mnist: 0.045, strokes: 0.045 });
}

#[test]
fn blog_is_on_its_way_after_1_000_steps() {
    let trainer = train(Preset::Blog, 1_000).0;
    assert_below(test_mse(&trainer), Bounds { mnist: 0.060, strokes: 0.058 });
}

/// 40,000 examples, after which `ConvNetJS` itself is at a training MSE of 0.058.
#[test]
fn karpathy_learns_as_convnetjs_does() {
    let training_mse = train(Preset::Karpathy, 800).1;
    let expected = if DIGITS.mnist { 0.058_f32 } else { 0.056 };
    assert!((training_mse - expected).abs() < 0.002, "a training MSE of {training_mse}, not {expected}");
}

/// Trains a preset; also the training MSE, the mean of the last hundred steps.
fn train(preset: Preset, steps: usize) -> (Trainer, f32) {
    let mut trainer = Trainer::new(&preset.config()).unwrap();
    let mut recent = [0.0; 100];
    for step in 0..steps {
        recent[step % 100] = trainer.step(&DIGITS.train).expect("all images are here").mse;
    }
    (trainer, recent.iter().sum::<f32>() / 100.0)
}

/// Mean squared error per pixel over the held-out digits.
fn test_mse(trainer: &Trainer) -> f32 {
    const CHUNK: usize = 500;
    let mut images = Array2::zeros((DIGITS.test.len(), PIXELS));
    DIGITS.test.fill(&mut images, 0..DIGITS.test.len());
    let mut workspace = Workspace::new(trainer.network(), CHUNK);
    let (network, parameters) = (trainer.network(), trainer.parameters());
    let chunks = images.axis_chunks_iter(Axis(0), CHUNK);
    let mean = 1.0 / chunks.len() as f32;
    chunks.map(|x| mean * network.loss(parameters, trainer.config().loss, x, x, &mut workspace).mse).sum()
}

fn assert_below(mse: f32, bounds: Bounds) {
    let bound = if DIGITS.mnist { bounds.mnist } else { bounds.strokes };
    assert!(mse <= bound, "a test MSE of {mse}, above {bound}");
}

struct Digits {
    mnist: bool,
    train: Dataset,
    test: Dataset,
}

/// MNIST, or 60,000 and 10,000 of the built-in digits.
static DIGITS: LazyLock<Digits> = LazyLock::new(|| {
    let (mnist, [train, test]) = match env::var_os("MNIST_DIR") {
        Some(directory) => (true, ["train", "t10k"].map(|part| read(Path::new(&directory), part))),
        None => (
            false,
            [0..synthetic::TRAIN_LEN, synthetic::TRAIN_LEN..synthetic::TRAIN_LEN + synthetic::TEST_LEN]
                .map(drawn),
        ),
    };
    let [train, test] = [train, test].map(|pixels| Dataset::new(pixels, Vec::new()));
    Digits { mnist, train, test }
});

fn drawn(indices: Range<usize>) -> Vec<u8> {
    let mut pixels = vec![0; indices.len() * PIXELS];
    for (index, image) in indices.zip(pixels.as_chunks_mut::<PIXELS>().0) {
        synthetic::draw(0, index as u32, image);
    }
    pixels
}

fn read(directory: &Path, part: &str) -> Vec<u8> {
    let path = directory.join(format!("{part}-images-idx3-ubyte.gz"));
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut idx = IdxParser::expecting(Kind::Images);
    let mut pixels = Vec::new();
    idx.push(&bytes).and_then(|()| idx.finish()).and_then(|()| idx.drain_into(&mut pixels)).unwrap();
    pixels
}
