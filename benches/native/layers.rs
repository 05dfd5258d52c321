//! The products of each layer of the network 784-50-50-2-50-50-784, apart.
//!
//! A network of one layer has one product forward, and one more backward: the weight's gradient. A second layer adds
//! the gradient of its input.

use bottleneck::nn::{BackwardWorkspace, Loss, Network, Workspace};
use divan::Bencher;
use divan::counter::ItemsCount;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::digits::{INIT, batch};

const BATCH: usize = 50;

/// A network with its parameters and all that it works in.
struct Bench {
    network: Network,
    parameters: Vec<f32>,
    workspace: Workspace,
}

impl Bench {
    fn of(layers: &str) -> Self {
        let spec = layers.parse().expect("the notation of layers");
        let network = Network::new(&spec, Loss::MeanSquared);
        let parameters = network.init(&INIT, &mut Xoshiro256PlusPlus::seed_from_u64(1));
        let workspace = Workspace::new(&network, BATCH);
        Self { network, parameters, workspace }
    }

    /// Multiplications and additions of a batch in the products forward, all of them counted.
    fn forward_flops(&self) -> usize {
        self.network.layers().iter().map(|layer| 2 * BATCH * layer.inputs * layer.outputs).sum()
    }
}

#[divan::bench(args = ["784 50t", "50 50t", "50 2", "2 50t", "50 784"])]
fn forward(bencher: Bencher<'_, '_>, layers: &str) {
    let mut of = Bench::of(layers);
    let input = batch(BATCH, of.network.inputs());
    bencher
        .counter(ItemsCount::new(of.forward_flops()))
        .bench_local(|| of.network.forward(&of.parameters, input.view(), &mut of.workspace)[[0, 0]]);
}

/// A network that ends in a linear read-out, by the way that needs no outputs, and with a target of its own by the plain one:
/// the same loss and gradients.
#[divan::bench(args = ["784 24t 784", "784 50t 784", "784 128t 784"], consts = [false, true])]
fn read_out<const IS_PLAIN: bool>(bencher: Bencher<'_, '_>, layers: &str) {
    for_read_out(bencher, layers, BATCH, IS_PLAIN);
}

/// The same with larger batches.
#[divan::bench(args = ["784 24t 784", "784 50t 784", "784 128t 784"], consts = [false, true])]
fn read_out_of_128<const IS_PLAIN: bool>(bencher: Bencher<'_, '_>, layers: &str) {
    for_read_out(bencher, layers, 128, IS_PLAIN);
}

fn for_read_out(bencher: Bencher<'_, '_>, layers: &str, rows: usize, is_plain: bool) {
    let network = Network::new(&layers.parse().expect("the notation of layers"), Loss::MeanSquared);
    let parameters = network.init(&INIT, &mut Xoshiro256PlusPlus::seed_from_u64(1));
    let (mut workspace, mut backward) =
        (Workspace::new(&network, rows), BackwardWorkspace::new(&network, rows));
    let mut gradients = vec![0.0; network.parameter_count()];
    let input = batch(rows, network.inputs());
    let copy = input.clone();
    let target = if is_plain { &copy } else { &input };
    bencher.counter(ItemsCount::new(rows)).bench_local(|| {
        network.loss_and_gradients(
            &parameters,
            Loss::MeanSquared,
            input.view(),
            target.view(),
            &mut workspace,
            &mut backward,
            &mut gradients,
        )
    });
}

#[divan::bench(args = ["784 50t", "784 50t 50t", "50 50t", "50 2", "2 50t", "50 784", "50 50t 784"])]
fn forward_and_backward(bencher: Bencher<'_, '_>, layers: &str) {
    let mut of = Bench::of(layers);
    let first = of.network.layers()[0];
    let flops = 3 * of.forward_flops() - 2 * BATCH * first.inputs * first.outputs;
    let (input, target) = (batch(BATCH, of.network.inputs()), batch(BATCH, of.network.outputs()));
    let mut backward = BackwardWorkspace::new(&of.network, BATCH);
    let mut gradients = vec![0.0; of.network.parameter_count()];
    bencher.counter(ItemsCount::new(flops)).bench_local(|| {
        of.network.loss_and_gradients(
            &of.parameters,
            Loss::MeanSquared,
            input.view(),
            target.view(),
            &mut of.workspace,
            &mut backward,
            &mut gradients,
        )
    });
}
