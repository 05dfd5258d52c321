//! Optimizers, decay, activations, losses and whole networks, held against two reference implementations.
//!
//! The tables in `tests/reference/` were computed in double precision by the scripts beside them; the `call` of each
//! is the call that made its numbers. Tolerances are what single precision leaves: each stands, with its reason,
//! where it is used.

use std::collections::BTreeMap;

use bottleneck::nn::{
    Activation, BackwardWorkspace, Decay, DecayScale, Dense, Loss, Method, Network, NetworkSpec, Objective,
    Optimizer, Workspace,
};
use ndarray::Array2;
use serde::Deserialize;
use serde::de::DeserializeOwned;

const INPUTS: &str = include_str!("reference/optimizer_inputs.json");
const OPTIMIZERS: [&str; 2] =
    [include_str!("reference/convnetjs_optimizers.json"), include_str!("reference/pytorch_optimizers.json")];
const ACTIVATIONS: &str = include_str!("reference/pytorch_activations.json");
const LOSSES: &str = include_str!("reference/pytorch_losses.json");
const NETWORKS: &str = include_str!("reference/pytorch_networks.json");
const VARIATIONAL: &str = include_str!("reference/pytorch_variational.json");

/// The constants of a method by name.
type Constants = BTreeMap<String, f32>;

#[derive(Deserialize)]
struct Inputs {
    initial: Vec<f32>,
    gradients: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct OptimizerCase {
    call: String,
    method: String,
    constants: Constants,
    decay: DecayCase,
    batch_size: usize,
    learning_rates: Vec<f32>,
    parameters: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct DecayCase {
    l1: f32,
    l2: f32,
    scale: String,
}

#[derive(Deserialize)]
struct ActivationCase {
    name: String,
    inputs: Vec<f32>,
    d_outputs: Vec<f32>,
    outputs: Vec<f64>,
    d_inputs: Vec<f64>,
}

#[derive(Deserialize)]
struct LossCase {
    name: String,
    outputs: Vec<Vec<f32>>,
    targets: Vec<Vec<f32>>,
    loss: f64,
    mse: f64,
    d_outputs: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct NetworkCase {
    spec: String,
    loss: String,
    method: String,
    constants: Constants,
    learning_rate: f32,
    batch: Vec<Vec<f32>>,
    initial: Vec<LayerCase>,
    losses: Vec<f64>,
    #[serde(rename = "final")]
    last: Vec<LayerCase>,
}

#[derive(Deserialize)]
struct VariationalCase {
    spec: String,
    loss: String,
    beta: f32,
    /// What the loss leaves out of an example's evidence lower bound.
    constant: f64,
    method: String,
    constants: Constants,
    learning_rate: f32,
    batch: Vec<Vec<f32>>,
    noise: Vec<Vec<Vec<f32>>>,
    initial: Vec<LayerCase>,
    losses: Vec<f64>,
    kls: Vec<f64>,
    elbos: Vec<f64>,
    #[serde(rename = "final")]
    last: Vec<LayerCase>,
}

#[derive(Deserialize)]
struct LayerCase {
    /// `[I, O]`
    weight: Vec<Vec<f64>>,
    /// `[O]`
    bias: Vec<f64>,
}

#[test]
fn optimizers_and_decay_follow_their_references() {
    let inputs: Inputs = read(INPUTS);
    // The first four parameters are a weight, the last two a bias.
    let layer = Dense { inputs: 2, outputs: 2, activation: Activation::Linear, offset: 0 };
    let cases: Vec<OptimizerCase> = OPTIMIZERS.into_iter().flat_map(read::<Vec<_>>).collect();
    for method in Method::ALL {
        assert!(cases.iter().any(|case| case.method == method.name()), "{method:?} has no table");
    }
    for case in &cases {
        let scale = match case.decay.scale.as_str() {
            "mean" => DecayScale::Mean,
            "sum" => DecayScale::Sum,
            other => panic!("no such scale: {other}"),
        };
        let decay = Decay { l1: case.decay.l1, l2: case.decay.l2, scale };
        let mut optimizer = Optimizer::new(method(&case.method, &case.constants), 0.0, inputs.initial.len());
        let mut parameters = inputs.initial.clone();
        let mut before: Vec<f64> = parameters.iter().map(|&p| f64::from(p)).collect();
        let mut way = vec![0.0; parameters.len()];
        assert_eq!([case.parameters.len(), inputs.gradients.len()], [10; 2], "ten steps of {}", case.call);
        for (step, expected) in case.parameters.iter().enumerate() {
            let mut gradients = inputs.gradients[step].clone();
            decay.add_to(&[layer], &parameters, &mut gradients, case.batch_size);
            optimizer.learning_rate = case.learning_rates[step];
            optimizer.step(&mut parameters, &gradients, std::iter::once(layer.weight_range()));
            for (i, &p) in expected.iter().enumerate() {
                // A parameter may err by 1e-5 of the way that it has gone, and by a rounding error for each step.
                way[i] += (p - before[i]).abs();
                before[i] = p;
                let tolerance = 1e-5 * way[i] + rounding(step + 1, p.abs() + way[i]);
                let what = format!("{}, step {}, parameter {i}", case.call, step + 1);
                assert_close(parameters[i], p, tolerance, &what);
            }
        }
    }
}

#[test]
fn activations_and_their_derivatives_are_those_of_pytorch() {
    let cases: Vec<ActivationCase> = read(ACTIVATIONS);
    for activation in Activation::ALL {
        let case = find(&cases, |case| case.name == activation.name(), activation.name());
        let mut outputs = case.inputs.clone();
        activation.apply(&mut outputs);
        let mut deltas = case.d_outputs.clone();
        activation.backpropagate(&outputs, &mut deltas);
        for (i, &a) in case.inputs.iter().enumerate() {
            // The documented error of tanh is 2e-7 whatever its value; 1 - y² doubles it, and the largest delta again.
            assert_close(outputs[i], case.outputs[i], 2e-7, &format!("{activation:?}({a})"));
            assert_close(deltas[i], case.d_inputs[i], 8e-7, &format!("{activation:?}'({a})"));
        }
    }
}

#[test]
fn losses_and_their_gradients_are_those_of_pytorch() {
    let cases: Vec<LossCase> = read(LOSSES);
    for loss in Loss::ALL {
        let case = find(&cases, |case| case.name == loss.name(), loss.name());
        let (outputs, targets) = (matrix(&case.outputs), matrix(&case.targets));
        let mut gradient = Array2::from_elem(outputs.dim(), f32::NAN);
        let value = loss.value_and_gradient(outputs.view(), targets.view(), gradient.view_mut());
        assert_close(value.loss, case.loss, 1e-6 * case.loss, loss.name());
        assert_close(value.mse, case.mse, 1e-6 * case.mse, &format!("{}, mse", loss.name()));
        // A difference of two numbers errs by their size, so an element by the size of the largest.
        let expected = case.d_outputs.concat();
        let largest = expected.iter().fold(0.0, |largest: f64, d| largest.max(d.abs()));
        for (i, (&ours, &d)) in gradient.iter().zip(&expected).enumerate() {
            assert_close(ours, d, 1e-6 * largest, &format!("{}, gradient {i}", loss.name()));
        }
    }
}

#[test]
fn networks_learn_as_in_pytorch() {
    for case in read::<Vec<NetworkCase>>(NETWORKS) {
        let loss: Loss = case.loss.parse().unwrap();
        // PyTorch's loss brings the sigmoid along.
        let mut spec: NetworkSpec = case.spec.parse().unwrap();
        spec.ensure_output_activation(loss);
        let network = Network::new(&spec, loss);
        let batch = matrix(&case.batch);
        let mut parameters: Vec<f32> = named(&case.initial).map(|(_, p)| p as f32).collect();
        let mut gradients = vec![f32::NAN; network.parameter_count()];
        let mut workspace = Workspace::new(&network, batch.nrows());
        let mut backward = BackwardWorkspace::new(&network, batch.nrows());
        let method = method(&case.method, &case.constants);
        let mut optimizer = Optimizer::new(method, case.learning_rate, network.parameter_count());
        let name = format!("{}, {loss:?}, {method:?}", case.spec);
        assert_eq!(case.losses.len(), 10, "ten steps of {name}");
        for (step, &expected) in case.losses.iter().enumerate() {
            let (x, w, b, d) = (batch.view(), &mut workspace, &mut backward, &mut gradients);
            let value = network.loss_and_gradients(&parameters, loss, x, x, w, b, d);
            assert_close(
                value.loss,
                expected,
                1e-6 * expected,
                &format!("{name}, loss of step {}", step + 1),
            );
            optimizer.step(&mut parameters, &gradients, network.layers().iter().map(Dense::weight_range));
        }
        // Adam moves each parameter by up to the rate, however small its gradient and thus large the error of that.
        let tolerance = 1e-5 * 10.0 * f64::from(case.learning_rate);
        let expected: Vec<_> = named(&case.last).collect();
        assert_eq!(expected.len(), parameters.len(), "parameters of {name}");
        for (&ours, (what, p)) in parameters.iter().zip(expected) {
            assert_close(ours, p, tolerance, &format!("{name}, step 10, {what}"));
        }
    }
}

#[test]
fn variational_autoencoders_learn_as_in_pytorch() {
    for case in read::<Vec<VariationalCase>>(VARIATIONAL) {
        let loss: Loss = case.loss.parse().unwrap();
        let objective = Objective { loss, beta: case.beta };
        let mut spec: NetworkSpec = case.spec.parse().unwrap();
        spec.ensure_output_activation(loss);
        let network = Network::new(&spec, loss);
        let batch = matrix(&case.batch);
        let mut parameters: Vec<f32> = named(&case.initial).map(|(_, p)| p as f32).collect();
        let mut gradients = vec![f32::NAN; network.parameter_count()];
        let mut workspace = Workspace::new(&network, batch.nrows());
        let mut backward = BackwardWorkspace::new(&network, batch.nrows());
        let method = method(&case.method, &case.constants);
        let mut optimizer = Optimizer::new(method, case.learning_rate, network.parameter_count());
        let name = format!("{}, {objective:?}", case.spec);
        assert_eq!([case.losses.len(), case.kls.len(), case.elbos.len(), case.noise.len()], [10; 4]);
        for step in 0..10 {
            workspace.noise_mut(batch.nrows()).copy_from_slice(&case.noise[step].concat());
            let (x, w, b, d) = (batch.view(), &mut workspace, &mut backward, &mut gradients);
            let value = network.loss_and_gradients(&parameters, objective, x, x, w, b, d);
            let what = format!("{name}, step {}", step + 1);
            // Rounding errs by the size of what is added up, of which the smaller of the two parts is a part.
            assert_close(value.loss, case.losses[step], 2e-6 * (1.0 + case.losses[step]), &what);
            assert_close(value.kl, case.kls[step], 2e-6 * (1.0 + case.kls[step]), &format!("{what}, KL"));
            // Per example instead of per pixel, with the constant, and with the KL weighed once.
            let pixels = if loss == Loss::HalfSumSquared { 1.0 } else { batch.ncols() as f32 };
            let bound = -(pixels * value.loss - (case.beta - 1.0) * value.kl) - case.constant as f32;
            assert_close(bound, case.elbos[step], 1e-5 * case.elbos[step].abs(), &format!("{what}, ELBO"));
            optimizer.step(&mut parameters, &gradients, network.layers().iter().map(Dense::weight_range));
        }
        let tolerance = 1e-5 * 10.0 * f64::from(case.learning_rate);
        let expected: Vec<_> = named(&case.last).collect();
        assert_eq!(expected.len(), parameters.len(), "parameters of {name}");
        for (&ours, (what, p)) in parameters.iter().zip(expected) {
            assert_close(ours, p, tolerance, &format!("{name}, step 10, {what}"));
        }
    }
}

fn read<T: DeserializeOwned>(table: &str) -> T {
    serde_json::from_str(table).expect("the table is as its script writes it")
}

fn find<'a, T>(cases: &'a [T], wanted: impl Fn(&T) -> bool, name: &str) -> &'a T {
    cases.iter().find(|case| wanted(case)).unwrap_or_else(|| panic!("{name} has no table"))
}

fn method(name: &str, constants: &Constants) -> Method {
    let constant = |key| *constants.get(key).unwrap_or_else(|| panic!("the table of {name} lacks {key}"));
    match name {
        "sgd" => Method::Sgd,
        "momentum" => Method::Momentum { momentum: constant("momentum") },
        "nesterov" => Method::Nesterov { momentum: constant("momentum") },
        "adagrad" => Method::Adagrad { epsilon: constant("epsilon") },
        "rmsprop" => Method::RmsProp { rho: constant("rho"), epsilon: constant("epsilon") },
        "adadelta" => Method::Adadelta { rho: constant("rho"), epsilon: constant("epsilon") },
        "adam" => {
            Method::Adam { beta1: constant("beta1"), beta2: constant("beta2"), epsilon: constant("epsilon") }
        }
        "adamw" => Method::AdamW {
            beta1: constant("beta1"),
            beta2: constant("beta2"),
            epsilon: constant("epsilon"),
            weight_decay: constant("weight_decay"),
        },
        _ => panic!("no such method: {name}"),
    }
}

fn matrix(rows: &[Vec<f32>]) -> Array2<f32> {
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).expect("rows are equally long")
}

/// The parameters in the order that a [`Network`] has them, each with what it is.
fn named(layers: &[LayerCase]) -> impl Iterator<Item = (String, f64)> {
    layers.iter().enumerate().flat_map(|(n, layer)| {
        let weight = layer.weight.iter().enumerate().flat_map(move |(i, row)| {
            row.iter().enumerate().map(move |(o, &p)| (format!("layer {n}, weight [{i}, {o}]"), p))
        });
        let bias = layer.bias.iter().enumerate().map(move |(o, &p)| (format!("layer {n}, bias [{o}]"), p));
        weight.chain(bias)
    })
}

/// The most that `operations` on numbers of the given size can err by rounding.
fn rounding(operations: usize, size: f64) -> f64 {
    operations as f64 * size * f64::from(f32::EPSILON)
}

#[track_caller]
fn assert_close(ours: f32, expected: f64, tolerance: f64, what: &str) {
    let error = (f64::from(ours) - expected).abs();
    assert!(error <= tolerance, "{what}: {ours:e}, not {expected:e}: off by {error:.1e} > {tolerance:.1e}");
}
