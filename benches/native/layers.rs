//! The products of each layer of the network 784-50-50-2-50-50-784, by themselves.
//!
//! A network of one layer has one product forward, and backward only that of the weight's gradient. A second layer adds the gradient of
//! its input.

use bottleneck::nn::{BackwardWorkspace, Loss, Network, Target, Workspace};
use divan::Bencher;
use divan::counter::ItemsCount;
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::digits::{INIT, batch};

const BATCH: usize = 50;

/// A network with its parameters and workspaces.
struct Bench {
    network: Network,
    parameters: Vec<f32>,
    gradients: Vec<f32>,
    workspace: Workspace,
    backward: BackwardWorkspace,
}

impl Bench {
    fn new(layers: &str, batch_size: usize) -> Self {
        let network = Network::new(&layers.parse().expect("the notation of layers"), Loss::MeanSquared)
            .expect("the network is valid");
        Self {
            parameters: network.init(&INIT, &mut Xoshiro256PlusPlus::seed_from_u64(1)),
            gradients: vec![0.0; network.parameter_count()],
            workspace: Workspace::new(&network, batch_size),
            backward: BackwardWorkspace::new(&network, batch_size),
            network,
        }
    }

    /// Returns the multiplications and additions of a batch in the forward products.
    fn forward_flops(&self) -> usize {
        self.network.layers().iter().map(|layer| 2 * BATCH * layer.inputs * layer.outputs).sum()
    }

    fn loss_and_gradients<'a>(&'a mut self, input: ArrayView2<'a, f32>, target: Target<'a>) -> f32 {
        let Self { network, parameters, gradients, workspace, backward } = self;
        let loss = Loss::MeanSquared;
        network.loss_and_gradients(parameters, loss, input, target, workspace, backward, gradients).loss
    }
}

#[divan::bench(args = ["784 50t", "50 50t", "50 2", "2 50t", "50 784"])]
fn forward(bencher: Bencher<'_, '_>, layers: &str) {
    let mut bench = Bench::new(layers, BATCH);
    let input = batch(BATCH, bench.network.inputs());
    bencher
        .counter(ItemsCount::new(bench.forward_flops()))
        .bench_local(|| bench.network.forward(&bench.parameters, input.view(), &mut bench.workspace)[[0, 0]]);
}

#[divan::bench(args = ["784 50t", "784 50t 50t", "50 50t", "50 2", "2 50t", "50 784", "50 50t 784"])]
fn forward_and_backward(bencher: Bencher<'_, '_>, layers: &str) {
    let mut bench = Bench::new(layers, BATCH);
    let first = bench.network.layers()[0];
    let flops = 3 * bench.forward_flops() - 2 * BATCH * first.inputs * first.outputs;
    let (input, target) = (batch(BATCH, bench.network.inputs()), batch(BATCH, bench.network.outputs()));
    bencher
        .counter(ItemsCount::new(flops))
        .bench_local(|| bench.loss_and_gradients(input.view(), Target::Given(target.view())));
}

/// A linear output layer, by its Gram matrices or, with a target of its own, by its outputs: the same loss and gradients.
#[divan::bench(args = ["784 24t 784", "784 50t 784", "784 128t 784"], consts = [false, true])]
fn output_layer<const COMPUTES_OUTPUTS: bool>(bencher: Bencher<'_, '_>, layers: &str) {
    bench_output_layer(bencher, layers, BATCH, COMPUTES_OUTPUTS);
}

/// The same with larger batches.
#[divan::bench(args = ["784 24t 784", "784 50t 784", "784 128t 784"], consts = [false, true])]
fn output_layer_of_128<const COMPUTES_OUTPUTS: bool>(bencher: Bencher<'_, '_>, layers: &str) {
    bench_output_layer(bencher, layers, 128, COMPUTES_OUTPUTS);
}

fn bench_output_layer(bencher: Bencher<'_, '_>, layers: &str, batch_size: usize, computes_outputs: bool) {
    let mut bench = Bench::new(layers, batch_size);
    let input = batch(batch_size, bench.network.inputs());
    bencher.counter(ItemsCount::new(batch_size)).bench_local(|| {
        let target = if computes_outputs { Target::Given(input.view()) } else { Target::Input };
        bench.loss_and_gradients(input.view(), target)
    });
}
