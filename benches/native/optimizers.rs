//! The optimizers' pass over all parameters.

use bottleneck::nn::{Decay, DecayScale, Dense, Method, Network, Optimizer};
use bottleneck::train::Preset;
use divan::Bencher;
use divan::counter::ItemsCount;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::digits::INIT;

/// Returns a network, its parameters, and values of the magnitude of gradients.
fn network() -> (Network, Vec<f32>, Vec<f32>) {
    let config = Preset::Blog.config();
    let network = Network::new(&config.spec, config.loss).expect("the preset is valid");
    let parameters = network.init(&INIT, &mut Xoshiro256PlusPlus::seed_from_u64(1));
    let gradients = parameters.iter().map(|p| 1e-3 * p).collect();
    (network, parameters, gradients)
}

#[divan::bench(args = Method::ALL.map(Method::name))]
fn step(bencher: Bencher<'_, '_>, method: &str) {
    let (network, mut parameters, gradients) = network();
    let method: Method = method.parse().expect("the name of a method");
    let mut optimizer = Optimizer::new(method, 1e-6, parameters.len());
    bencher.counter(ItemsCount::new(parameters.len())).bench_local(|| {
        let weights = network.layers().iter().map(Dense::weight_range);
        optimizer.step(&mut parameters, &gradients, weights);
    });
}

#[divan::bench]
fn decay(bencher: Bencher<'_, '_>) {
    let (network, parameters, mut gradients) = network();
    let decay = Decay { l1: 0.0, l2: 1e-3, scale: DecayScale::Sum };
    bencher
        .counter(ItemsCount::new(parameters.len()))
        .bench_local(|| decay.add_to(network.layers(), &parameters, &mut gradients, 50));
}
