//! Optimizers, decay, activations, losses and whole networks, compared with ConvNetJS and PyTorch.
//!
//! The tables in `tests/reference/` were computed in double precision by the scripts beside them; the `call` of each is the call
//! that computed it. Tolerances are those of single precision and are explained where they are used.

use std::collections::BTreeMap;

use bottleneck::nn::{
    Activation, BackwardWorkspace, Decay, DecayScale, Dense, Loss, Method, Network, NetworkSpec, Objective,
    Optimizer, Target, Workspace,
};
use ndarray::Array2;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const INPUTS: &str = include_str!("reference/optimizer_inputs.json");
const OPTIMIZERS: [&str; 2] =
    [include_str!("reference/convnetjs_optimizers.json"), include_str!("reference/pytorch_optimizers.json")];
const ACTIVATIONS: &str = include_str!("reference/pytorch_activations.json");
const LOSSES: &str = include_str!("reference/pytorch_losses.json");
const NETWORKS: [&str; 2] =
    [include_str!("reference/pytorch_networks.json"), include_str!("reference/pytorch_variational.json")];

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
    #[serde(flatten)]
    variational: Option<VariationalCase>,
}

#[derive(Deserialize)]
struct VariationalCase {
    beta: f32,
    /// The constant by which the loss differs from the negative log-likelihood of an example.
    constant: f64,
    noise: Vec<Vec<Vec<f32>>>,
    kls: Vec<f64>,
    elbos: Vec<f64>,
}

#[derive(Deserialize)]
struct LayerCase {
    /// `[I, O]`
    weight: Vec<Vec<f64>>,
    /// `[O]`
    bias: Vec<f64>,
}

#[test]
fn optimizers_and_decay_agree_with_their_references() {
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
            other => panic!("unknown scale: {other}"),
        };
        let decay = Decay { l1: case.decay.l1, l2: case.decay.l2, scale };
        let mut optimizer = Optimizer::new(method(&case.method, &case.constants), 0.0, inputs.initial.len());
        let mut parameters = inputs.initial.clone();
        let mut before: Vec<f64> = parameters.iter().map(|&p| f64::from(p)).collect();
        let mut distance = vec![0.0; parameters.len()];
        assert_eq!([case.parameters.len(), inputs.gradients.len()], [10; 2], "ten steps of {}", case.call);
        for (step, expected) in case.parameters.iter().enumerate() {
            let mut gradients = inputs.gradients[step].clone();
            decay.add_to(&[layer], &parameters, &mut gradients, case.batch_size);
            optimizer.learning_rate = case.learning_rates[step];
            optimizer.step(&mut parameters, &gradients, std::iter::once(layer.weight_range()));
            for (i, &p) in expected.iter().enumerate() {
                // 1e-5 of the distance that the parameter has moved, plus a rounding error for each step.
                distance[i] += (p - before[i]).abs();
                before[i] = p;
                let rounding = (step + 1) as f64 * (p.abs() + distance[i]) * f64::from(f32::EPSILON);
                let what = format!("{}, step {}, parameter {i}", case.call, step + 1);
                assert_close(parameters[i], p, 1e-5 * distance[i] + rounding, &what);
            }
        }
    }
}

#[test]
fn activations_and_their_derivatives_agree_with_pytorch() {
    let cases: Vec<ActivationCase> = read(ACTIVATIONS);
    for activation in Activation::ALL {
        let case = find(&cases, |case| case.name == activation.name(), activation.name());
        let mut outputs = case.inputs.clone();
        activation.apply(&mut outputs);
        let mut deltas = case.d_outputs.clone();
        activation.backpropagate(&outputs, &mut deltas);
        for (i, &a) in case.inputs.iter().enumerate() {
            // The absolute error of tanh is below 2e-7; 1 - y² doubles it, and the largest delta doubles it again.
            assert_close(outputs[i], case.outputs[i], 2e-7, &format!("{activation:?}({a})"));
            assert_close(deltas[i], case.d_inputs[i], 8e-7, &format!("{activation:?}'({a})"));
        }
    }
}

#[test]
fn losses_and_their_gradients_agree_with_pytorch() {
    let cases: Vec<LossCase> = read(LOSSES);
    for loss in Loss::ALL {
        let case = find(&cases, |case| case.name == loss.name(), loss.name());
        let (outputs, targets) = (matrix(&case.outputs), matrix(&case.targets));
        let mut gradient = Array2::from_elem(outputs.dim(), f32::NAN);
        let value = loss.value_and_gradient(outputs.view(), targets.view(), gradient.view_mut());
        assert_eq!(loss.value(outputs.view(), targets.view()), value, "{loss:?} without the gradient");
        assert_close(value.loss, case.loss, 1e-6 * case.loss, loss.name());
        assert_close(value.mse, case.mse, 1e-6 * case.mse, &format!("{}, mse", loss.name()));
        // The error of a difference is relative to its operands, so that of an element is relative to the largest.
        let expected = case.d_outputs.concat();
        let largest = expected.iter().fold(0.0, |largest: f64, d| largest.max(d.abs()));
        for (i, (&actual, &d)) in gradient.iter().zip(&expected).enumerate() {
            assert_close(actual, d, 1e-6 * largest, &format!("{}, gradient {i}", loss.name()));
        }
    }
}

#[test]
fn networks_train_as_in_pytorch() {
    for case in NETWORKS.into_iter().flat_map(read::<Vec<NetworkCase>>) {
        let (loss, variational): (Loss, _) = (case.loss.parse().unwrap(), case.variational.as_ref());
        let objective = Objective { loss, beta: variational.map_or(0.0, |variational| variational.beta) };
        // In PyTorch the sigmoid is part of the loss.
        let mut spec: NetworkSpec = case.spec.parse().unwrap();
        spec.ensure_output_activation(loss);
        let network = Network::new(&spec, loss).unwrap();
        let batch = matrix(&case.batch);
        let mut parameters: Vec<f32> = named(&case.initial).map(|(_, p)| p as f32).collect();
        let mut gradients = vec![f32::NAN; network.parameter_count()];
        let mut workspace = Workspace::new(&network, batch.nrows());
        let mut backward = BackwardWorkspace::new(&network, batch.nrows());
        let method = method(&case.method, &case.constants);
        let mut optimizer = Optimizer::new(method, case.learning_rate, network.parameter_count());
        let name = format!("{}, {objective:?}, {method:?}", case.spec);
        assert_eq!(case.losses.len(), 10, "ten steps of {name}");
        for (step, &expected) in case.losses.iter().enumerate() {
            let what = format!("{name}, step {}", step + 1);
            if let Some(variational) = variational {
                workspace.noise_mut(batch.nrows()).copy_from_slice(&variational.noise[step].concat());
            }
            let (x, w, b, d) = (batch.view(), &mut workspace, &mut backward, &mut gradients);
            let value = network.loss_and_gradients(&parameters, objective, x, Target::Input, w, b, d);
            // A sum of two parts has a rounding error relative to the larger one.
            let tolerance = if variational.is_some() { 2e-6 * (1.0 + expected) } else { 1e-6 * expected };
            assert_close(value.loss, expected, tolerance, &what);
            if let Some(VariationalCase { beta, constant, kls, elbos, .. }) = variational {
                assert_close(value.kl, kls[step], 2e-6 * (1.0 + kls[step]), &format!("{what}, KL"));
                // Per example instead of per pixel, with the constant, and with a KL of weight one.
                let pixels = if loss == Loss::HalfSumSquared { 1.0 } else { batch.ncols() as f32 };
                let elbo = -(pixels * value.loss - (beta - 1.0) * value.kl) - *constant as f32;
                assert_close(elbo, elbos[step], 1e-5 * elbos[step].abs(), &format!("{what}, ELBO"));
            }
            optimizer.step(&mut parameters, &gradients, network.layers().iter().map(Dense::weight_range));
        }
        // Adam moves each parameter by up to the rate, however small its gradient and however large the error of that.
        let tolerance = 1e-5 * 10.0 * f64::from(case.learning_rate);
        let expected: Vec<_> = named(&case.last).collect();
        assert_eq!(expected.len(), parameters.len(), "parameters of {name}");
        for (&actual, (what, p)) in parameters.iter().zip(expected) {
            assert_close(actual, p, tolerance, &format!("{name}, step 10, {what}"));
        }
    }
}

fn read<T: DeserializeOwned>(table: &str) -> T {
    serde_json::from_str(table).expect("the table has the format of its script")
}

fn find<'a, T>(cases: &'a [T], predicate: impl Fn(&T) -> bool, name: &str) -> &'a T {
    cases.iter().find(|case| predicate(case)).unwrap_or_else(|| panic!("{name} has no table"))
}

/// Returns the method of this name with these constants, which are the fields of its serialized form.
fn method(name: &str, constants: &Constants) -> Method {
    let mut method = serde_json::to_value(name.parse::<Method>().unwrap()).unwrap();
    if let Value::Object(variant) = &mut method {
        variant.values_mut().for_each(|fields| *fields = json!(constants));
    }
    serde_json::from_value(method).unwrap_or_else(|error| panic!("the table of {name}: {error}"))
}

fn matrix(rows: &[Vec<f32>]) -> Array2<f32> {
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).expect("rows are equally long")
}

/// Returns the parameters in the order of a [`Network`], each with its name.
fn named(layers: &[LayerCase]) -> impl Iterator<Item = (String, f64)> {
    layers.iter().enumerate().flat_map(|(n, layer)| {
        let weight = layer.weight.iter().enumerate().flat_map(move |(i, row)| {
            row.iter().enumerate().map(move |(o, &p)| (format!("layer {n}, weight [{i}, {o}]"), p))
        });
        let bias = layer.bias.iter().enumerate().map(move |(o, &p)| (format!("layer {n}, bias [{o}]"), p));
        weight.chain(bias)
    })
}

#[track_caller]
fn assert_close(actual: f32, expected: f64, tolerance: f64, what: &str) {
    let error = (f64::from(actual) - expected).abs();
    assert!(error <= tolerance, "{what}: {actual:e}, not {expected:e}: error {error:.1e} > {tolerance:.1e}");
}
