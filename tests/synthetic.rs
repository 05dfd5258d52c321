//! The built-in digits resemble handwriting: a classifier that is trained on nothing else recognises MNIST.
//!
//! The classifier, 784-128-10, is trained on 20,000 digits with one logit per class under binary cross-entropy.
#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use std::{env, fs};

use bottleneck::data::{Dataset, PIXELS, synthetic};
use bottleneck::nn::{
    BackwardWorkspace, Dense, Init, Loss, Method, Network, Optimizer, Target, WeightInit, Workspace,
};
use ndarray::{Array2, Axis, Slice};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

const CLASSES: usize = 10;
const TRAINING_DIGITS: usize = 20_000;
const BATCH_SIZE: usize = 50;
const EPOCHS: usize = 10;

/// The required accuracy on the built-in test digits, and on MNIST's.
const SYNTHETIC_ACCURACY: f64 = 0.96;
const MNIST_ACCURACY: f64 = 0.87;

struct Classifier {
    network: Network,
    parameters: Vec<f32>,
    workspace: Workspace,
    images: Array2<f32>,
}

impl Classifier {
    fn train(dataset: &Dataset) -> Self {
        let loss = Loss::BinaryCrossEntropy;
        let network = Network::new(&"784 128t 10s".parse().unwrap(), loss).unwrap();
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
                    Target::Given(classes.view()),
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

    /// Returns the share of `dataset` that is classified correctly.
    fn accuracy(&mut self, dataset: &Dataset) -> f64 {
        let mut correct = 0;
        for start in (0..dataset.len()).step_by(BATCH_SIZE) {
            let indices = start..(start + BATCH_SIZE).min(dataset.len());
            dataset.fill(&mut self.images, indices.clone());
            let images = self.images.slice_axis(Axis(0), Slice::from(..indices.len()));
            let logits = self.network.forward(&self.parameters, images, &mut self.workspace);
            for (index, row) in indices.zip(logits.rows()) {
                let best = (0..CLASSES).max_by(|&a, &b| row[a].total_cmp(&row[b]));
                correct += usize::from(best == dataset.label(index).map(usize::from));
            }
        }
        correct as f64 / dataset.len() as f64
    }
}

#[test]
fn a_classifier_of_built_in_digits_recognises_handwriting() {
    let mut classifier = Classifier::train(&synthetic::dataset(1, 0..TRAINING_DIGITS));
    let test = synthetic::dataset(1, synthetic::TRAIN_LEN..synthetic::TRAIN_LEN + synthetic::TEST_LEN);
    let accuracy = classifier.accuracy(&test);
    println!("{:.1} % of the built-in test digits", 100.0 * accuracy);
    assert!(accuracy >= SYNTHETIC_ACCURACY, "{accuracy}");
    if let Ok(folder) = env::var("MNIST_DIR") {
        let accuracy = classifier.accuracy(&mnist(Path::new(&folder)));
        println!("{:.1} % of MNIST's test digits", 100.0 * accuracy);
        assert!(accuracy >= MNIST_ACCURACY, "{accuracy}");
    }
}

fn mnist(folder: &Path) -> Dataset {
    let [images, labels] = ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"].map(|name| {
        let path = folder.join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    });
    Dataset::from_idx(&images, Some(&labels)).unwrap()
}
