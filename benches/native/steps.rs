//! Whole training steps, and other work of the page.

use bottleneck::nn::{Loss, Network, NetworkSpec, Workspace};
use bottleneck::train::{Preset, Trainer, TrainerConfig};
use divan::Bencher;
use divan::counter::ItemsCount;
use ndarray::Array2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::digits::{DIGITS, INIT, batch};

/// Returns the default network with this many units in its wide layers.
fn layers(width: usize) -> NetworkSpec {
    format!("784 {width}t {width}t 2 {width}t {width}t 784").parse().expect("the notation of layers")
}

/// A whole step: the batch, the loss, its gradients and Adam.
#[divan::bench(args = [50, 128, 256, 512], consts = [50, 128])]
fn step<const BATCH: usize>(bencher: Bencher<'_, '_>, width: usize) {
    let config =
        TrainerConfig { spec: layers(width), batch_size: BATCH, init: INIT, ..Preset::Blog.config() };
    let mut trainer = Trainer::new(&config).expect("the settings are valid");
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| trainer.step(&DIGITS));
}

#[divan::bench]
fn fill(bencher: Bencher<'_, '_>) {
    let mut pixels = Array2::zeros((50, 784));
    bencher.counter(ItemsCount::new(50_usize)).bench_local(|| DIGITS.fill(&mut pixels, 0..50));
}

/// As for the points of the latent plane.
#[divan::bench]
fn encode(bencher: Bencher<'_, '_>) {
    let (network, parameters, mut workspace) = trained();
    let input = batch(50, 784);
    bencher
        .counter(ItemsCount::new(50_usize))
        .bench_local(|| network.encode(&parameters, input.view(), &mut workspace)[[0, 0]]);
}

/// As for the decoded images behind the points.
#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    let (network, parameters, mut workspace) = trained();
    let latent = Array2::from_shape_fn((50, 2), |(i, j)| (i as f32 * 0.02 - 0.5) * (1.0 - 2.0 * j as f32));
    bencher
        .counter(ItemsCount::new(50_usize))
        .bench_local(|| network.decode(&parameters, latent.view(), &mut workspace)[[0, 0]]);
}

fn trained() -> (Network, Vec<f32>, Workspace) {
    let network = Network::new(&layers(50), Loss::MeanSquared).expect("the network is valid");
    let parameters = network.init(&INIT, &mut Xoshiro256PlusPlus::seed_from_u64(1));
    let workspace = Workspace::new(&network, 50);
    (network, parameters, workspace)
}
