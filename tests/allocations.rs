//! A training step allocates nothing: workspaces and optimizer states are allocated once.
//!
//! Native only, like the counting allocator.
#![cfg(not(target_arch = "wasm32"))]

#[path = "support/presets.rs"]
mod presets;

use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};
use bottleneck::data::{Dataset, PIXELS};
use bottleneck::nn::{
    BackwardWorkspace, CodeKind, Decay, DecayScale, Dense, Init, Loss, Method, Network, NetworkSpec,
    Optimizer, Target, WeightInit, Workspace,
};
use bottleneck::train::{Corruption, Preset, Trainer, batch_bytes};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const BATCH_SIZE: usize = 50;
const DECAY: Decay = Decay { l1: 1e-5, l2: 1e-3, scale: DecayScale::Sum };

#[test]
fn a_step_allocates_nothing() {
    let spec: NetworkSpec = "784 50t 50t 2 50t 50t 784".parse().unwrap();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
    let dense = Array2::from_shape_simple_fn((BATCH_SIZE, 784), || rng.random_range(0.0..1.0));
    // Mostly zeros, as digits are, so that the sparse products are used.
    let sparse = dense.mapv(|x: f32| (5.0 * x - 4.0).max(0.0));
    for (loss, images) in Loss::ALL.into_iter().flat_map(|loss| [(loss, &dense), (loss, &sparse)]) {
        let mut spec = spec.clone();
        spec.ensure_output_activation(loss);
        let network = Network::new(&spec, loss).unwrap();
        let init = Init { weight: WeightInit::GlorotUniform, bias: 0.0 };
        for method in Method::ALL {
            let mut parameters = network.init(&init, &mut rng);
            let mut gradients = vec![0.0; network.parameter_count()];
            let mut workspace = Workspace::new(&network, BATCH_SIZE);
            let mut backward = BackwardWorkspace::new(&network, BATCH_SIZE);
            let mut optimizer = Optimizer::new(method, 1e-3, network.parameter_count());
            let mut step = || {
                let (x, w, b, d) = (images.view(), &mut workspace, &mut backward, &mut gradients);
                network.loss_and_gradients(&parameters, loss, x, Target::Input, w, b, d);
                DECAY.add_to(network.layers(), &parameters, &mut gradients, BATCH_SIZE);
                let weights = network.layers().iter().map(Dense::weight_range);
                optimizer.step(&mut parameters, &gradients, weights);
            };
            step();
            assert_eq!(measure(&mut step), AllocationInfo::default(), "{method:?}, {loss:?}");
        }
    }
}

#[test]
fn a_step_of_a_trainer_allocates_nothing() {
    let images = (0..3_000 * PIXELS).map(|i| (i * i % 251) as u8).collect();
    let dataset = Dataset::from_bytes(PIXELS, images, Vec::new());
    let mut configs: Vec<_> = Preset::ALL.map(presets::small).to_vec();
    let mut variational = Preset::Blog.config();
    variational.spec = variational.spec.with_code(CodeKind::Gaussian).unwrap();
    variational.corruption = Corruption::Gaussian { deviation: 0.2 };
    configs.push(variational);
    for config in configs {
        let mut trainer = Trainer::new(&config).unwrap();
        // Until the sampling window has its final size.
        while trainer.examples() < 10_000 {
            trainer.step(&dataset);
        }
        // More than an epoch, so that the shuffle at its end is included.
        let info = measure(|| {
            (0..100).for_each(|_| {
                trainer.step(&dataset);
            });
        });
        assert_eq!(info, AllocationInfo::default(), "{}", config.spec);
    }
}

#[test]
fn corruption_allocates_when_set_and_frees_when_reset() {
    let mut trainer = Trainer::new(&Preset::Blog.config()).unwrap();
    let pixels = (4 * BATCH_SIZE * PIXELS) as u64;
    let mut corrupt = |corruption| measure(|| trainer.reconfigure(|c| c.corruption = corruption).unwrap());
    // Validation needs a little memory for a moment.
    let info = corrupt(Corruption::Masking { probability: 0.1 });
    assert!(info.bytes_current == pixels as i64 && info.bytes_max < pixels + 4096, "{info:?}");
    let info = corrupt(Corruption::Gaussian { deviation: 0.1 });
    assert!(info.bytes_current == 0 && info.bytes_max < 4096, "{info:?}");
    let info = corrupt(Corruption::None);
    assert_eq!(info.bytes_current, -(pixels as i64));
    corrupt(Corruption::Gaussian { deviation: 0.1 });
    let info = measure(|| {
        trainer.step_with_batch(BATCH_SIZE, |input| input.fill(0.5));
    });
    assert_eq!(info, AllocationInfo::default());
}

#[test]
fn a_step_with_a_batch_allocates_nothing_once_its_size_is_known() {
    let mut trainer = Trainer::new(&Preset::Karpathy.config()).unwrap();
    for size in [BATCH_SIZE + 1, BATCH_SIZE, 1] {
        trainer.step_with_batch(size, |input| input.fill(0.5));
        let info = measure(|| {
            trainer.step_with_batch(size, |input| input.fill(0.25));
        });
        assert_eq!(info, AllocationInfo::default(), "{size}");
    }
}

#[test]
fn workspaces_allocate_the_bytes_they_state() {
    for (spec, capacity) in
        [("784 50t 50t 2 50t 50t 784", 50), ("784 1000r 3 784", 1), ("7 3 9t* 7", 33), ("7 9t 3~ 9t 7", 33)]
    {
        let network = Network::new(&spec.parse().unwrap(), Loss::MeanSquared).unwrap();
        let forward = measure(|| drop(black_box(Workspace::new(&network, capacity))));
        assert_eq!(forward.bytes_total, Workspace::bytes(&network, capacity) as u64, "{spec}");
        let backward = measure(|| drop(black_box(BackwardWorkspace::new(&network, capacity))));
        assert_eq!(backward.bytes_total, BackwardWorkspace::bytes(&network, capacity) as u64, "{spec}");
        assert_eq!(Workspace::bytes(&network, usize::MAX), usize::MAX);
        assert_eq!(BackwardWorkspace::bytes(&network, usize::MAX), usize::MAX);
    }
}

#[test]
fn a_step_of_a_clone_allocates_nothing() {
    let mut trainer = Trainer::new(&Preset::Karpathy.config()).unwrap();
    trainer.step_with_batch(BATCH_SIZE, |input| input.fill(0.0));
    let mut clone = trainer.clone();
    let info = measure(|| {
        clone.step_with_batch(BATCH_SIZE, |input| input.iter_mut().step_by(5).for_each(|pixel| *pixel = 0.5));
    });
    assert_eq!(info, AllocationInfo::default());
}

#[test]
fn smaller_buffers_are_freed_before_larger_ones_are_allocated() {
    let mut trainer = Trainer::new(&Preset::Karpathy.config()).unwrap();
    trainer.reconfigure(|c| c.batch_size = 990).unwrap();
    let batch = batch_bytes(trainer.network(), 990) as u64;
    let info = measure(|| trainer.reconfigure(|c| c.batch_size = 1_000).unwrap());
    assert!(info.bytes_max < batch / 10, "{info:?} at {batch} bytes a batch");
}

#[test]
fn the_allocator_counts() {
    let info = measure(|| drop(black_box(vec![0_u8; 100])));
    assert_eq!((info.count_total, info.bytes_total), (1, 100));
}
