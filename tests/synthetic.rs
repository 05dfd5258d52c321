//! The built-in digits are good enough to learn reading from: who has seen nothing else reads MNIST.
//!
//! A small classifier, 784-128-10, is trained on the first 20,000 of them by the crate's own network, with one
//! logit a class under binary cross-entropy.
#![cfg(not(target_arch = "wasm32"))]

use std::path::PathBuf;
use std::{env, fs};

use bottleneck::data::idx::IdxParser;
use bottleneck::data::{Dataset, PIXELS, synthetic};
use bottleneck::nn::{
    BackwardWorkspace, Dense, Init, Loss, Method, Network, Optimizer, WeightInit, Workspace,
};
use ndarray::{Array2, Axis, Slice};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

const CLASSES: usize = 10;
const LEARNED_FROM: usize = 20_000;
const BATCH_SIZE: usize = 50;
const EPOCHS: usize = 10;

/// What it must read of its own held-out digits, and of MNIST's.
const OWN: f64 = 0.96;
const MNIST: f64 = 0.87;

struct Reader {
    network: Network,
    parameters: Vec<f32>,
    workspace: Workspace,
    images: Array2<f32>,
}

impl Reader {
    fn taught_by(dataset: &Dataset) -> Self {
        let loss = Loss::BinaryCrossEntropy;
        let network = Network::new(&"784 128t 10s".parse().unwrap(), loss);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let init = Init { weight: WeightInit::GlorotUniform, bias: 0.0 };
        let mut parameters = network.init(&init, &mut rng);
        let mut gradients = vec![0.0; parameters.len()];
        let mut optimizer = Optimizer::new(Method::ADAM, 1e-3, parameters.len());
        let mut workspace = Workspace::new(&network, BATCH_SIZE);
        let mut backward = BackwardWorkspace::new(&network, BATCH_SIZE);
        let mut images = Array2::zeros((BATCH_SIZE, PIXELS));
        let mut order: Vec<usize> = (0..dataset.len()).collect();
        for _ in 0..EPOCHS {
            order.shuffle(&mut rng);
            for batch in order.chunks_exact(BATCH_SIZE) {
                dataset.fill(&mut images, batch.iter().copied());
                let classes = Array2::from_shape_fn((BATCH_SIZE, CLASSES), |(row, class)| {
                    f32::from(dataset.label(batch[row]).map(usize::from) == Some(class))
                });
                network.loss_and_gradients(
                    &parameters,
                    loss,
                    images.view(),
                    classes.view(),
                    &mut workspace,
                    &mut backward,
                    &mut gradients,
                );
                let weights = network.layers().iter().map(Dense::weight_range);
                optimizer.step(&mut parameters, &gradients, weights);
            }
        }
        Self { network, parameters, workspace, images }
    }

    /// The share of `dataset` whose class it tells.
    fn reads(&mut self, dataset: &Dataset) -> f64 {
        let mut right = 0;
        for start in (0..dataset.len()).step_by(BATCH_SIZE) {
            let indices = start..(start + BATCH_SIZE).min(dataset.len());
            dataset.fill(&mut self.images, indices.clone());
            let images = self.images.slice_axis(Axis(0), Slice::from(..indices.len()));
            let logits = self.network.forward(&self.parameters, images, &mut self.workspace);
            for (index, row) in indices.zip(logits.rows()) {
                let best = (0..CLASSES).max_by(|&a, &b| row[a].total_cmp(&row[b]));
                right += usize::from(best == dataset.label(index).map(usize::from));
            }
        }
        right as f64 / dataset.len() as f64
    }
}

fn drawn(first: usize, count: usize) -> Dataset {
    let mut dataset = Dataset::with_expected_len(count);
    let mut pixels = [0; PIXELS];
    for index in first..first + count {
        let label = synthetic::draw(1, index as u32, &mut pixels);
        dataset.push(&pixels, label);
    }
    dataset
}

fn mnist(folder: &str) -> Dataset {
    let mut dataset = Dataset::default();
    for name in ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"] {
        let path = PathBuf::from(folder).join(name);
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut idx = IdxParser::new();
        idx.push(&bytes).unwrap();
        idx.finish().unwrap();
        dataset.extend_from(&mut idx).unwrap();
    }
    assert!(dataset.is_complete() && dataset.len() == 10_000);
    dataset
}

#[test]
fn who_learns_from_strokes_reads_handwriting() {
    let mut reader = Reader::taught_by(&drawn(0, LEARNED_FROM));
    let own = reader.reads(&drawn(synthetic::TRAIN_LEN, synthetic::TEST_LEN));
    assert!(own >= OWN, "reads {:.1} % of its own held-out digits", 100.0 * own);
    println!("reads {:.1} % of its own held-out digits", 100.0 * own);
    if let Ok(folder) = env::var("MNIST_DIR") {
        let mnist = reader.reads(&mnist(&folder));
        assert!(mnist >= MNIST, "reads {:.1} % of MNIST", 100.0 * mnist);
        println!("reads {:.1} % of MNIST", 100.0 * mnist);
    }
}
