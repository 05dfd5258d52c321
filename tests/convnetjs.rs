//! Networks exchanged with ConvNetJS in both directions, and its trainer, update by update.
//!
//! The tables in `tests/convnetjs/` were made by the original package; see the README there.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/files.rs"]
mod support;

use std::collections::BTreeMap;

use bottleneck::files::{Format, load, save};
use bottleneck::nn::{
    BackwardWorkspace, Decay, DecayScale, Dense, Loss, Method, Optimizer, Target, Workspace,
};
use ndarray::{Array2, Axis, Slice};
use serde::Deserialize;
use serde_json::{Value, json};

const INITIAL: &str = include_str!("convnetjs/initial.json");
const UPDATES: &str = include_str!("convnetjs/updates.json");
/// ConvNetJS's outputs for our network.
const CONVNETJS_OUTPUTS: &str = include_str!("convnetjs/outputs_of_ours.json");

/// The network of the tables.
const SPEC: &str = "6 5t 4s 2 5r 6";

#[derive(Deserialize)]
struct Updates {
    batch_size: usize,
    examples: Vec<Vec<f32>>,
    outputs: Vec<Vec<f64>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    options: Value,
    ours: Ours,
    /// The network after 1, 2 and 10 updates.
    after: BTreeMap<usize, Value>,
}

#[derive(Deserialize)]
struct Ours {
    method: Method,
    learning_rate: f32,
    l2: f32,
}

fn updates() -> Updates {
    serde_json::from_str(UPDATES).expect("the table has the format of its script")
}

fn read(json: &str) -> Result<bottleneck::train::Trainer, String> {
    let fallback = support::config("2 1 2", Loss::HalfSumSquared);
    load(Format::ConvNetJs, json.as_bytes(), &fallback).map_err(|error| error.to_string())
}

/// Returns the parameters of a ConvNetJS network in our order, in double precision and without our reader.
fn parameters(net: &Value) -> Vec<f64> {
    let number = |value: &Value| value.as_f64().expect("a number");
    let mut parameters = Vec::new();
    for layer in net["layers"].as_array().expect("layers") {
        let Some(filters) = layer.get("filters").and_then(Value::as_array) else { continue };
        for input in 0..layer["num_inputs"].as_u64().expect("a number") {
            parameters.extend(filters.iter().map(|filter| number(&filter["w"][input.to_string()])));
        }
        let outputs = layer["out_depth"].as_u64().expect("a number");
        parameters.extend((0..outputs).map(|output| number(&layer["biases"]["w"][output.to_string()])));
    }
    parameters
}

#[test]
fn a_network_of_theirs_has_the_same_outputs_here() {
    let trainer = read(INITIAL).unwrap();
    assert_eq!(trainer.config().spec.to_string(), SPEC);
    let Updates { examples, outputs, .. } = updates();
    assert_close(&support::reconstruct(&trainer, &examples), &outputs);
}

#[test]
fn a_network_of_ours_has_the_same_outputs_there() {
    let trainer = support::trainer(SPEC, Loss::HalfSumSquared);
    support::assert_same_file("convnetjs/ours.json", &save(Format::ConvNetJs, &trainer).unwrap());
    let outputs: Vec<Vec<f64>> = serde_json::from_str(CONVNETJS_OUTPUTS).unwrap();
    assert_close(&support::reconstruct(&trainer, &updates().examples), &outputs);
}

#[test]
fn parameters_agree_with_their_trainer_update_by_update() {
    let Updates { batch_size, examples, cases, .. } = updates();
    let examples = Array2::from_shape_vec((examples.len(), 6), examples.concat()).unwrap();
    let names: Vec<_> = cases.iter().map(|case| case.ours.method.name()).collect();
    assert_eq!(names, ["adadelta", "momentum", "adagrad", "rmsprop"]);
    for Case { options, ours, after } in cases {
        let trainer = read(INITIAL).unwrap();
        let network = trainer.network();
        let mut parameters = trainer.parameters().to_vec();
        let mut gradients = vec![0.0; parameters.len()];
        let mut workspace = Workspace::new(network, batch_size);
        let mut backward = BackwardWorkspace::new(network, batch_size);
        let mut optimizer = Optimizer::new(ours.method, ours.learning_rate, parameters.len());
        let decay = Decay { l1: 0.0, l2: ours.l2, scale: DecayScale::Sum };
        assert!(after.keys().eq(&[1, 2, 10]), "{options}");
        for update in 1..=10 {
            let first = (update - 1) * batch_size % examples.nrows();
            let batch = examples.slice_axis(Axis(0), Slice::from(first..first + batch_size));
            let (loss, w, b, d) = (Loss::HalfSumSquared, &mut workspace, &mut backward, &mut gradients);
            network.loss_and_gradients(&parameters, loss, batch, Target::Input, w, b, d);
            decay.add_to(network.layers(), &parameters, &mut gradients, batch_size);
            let weights = network.layers().iter().map(Dense::weight_range);
            optimizer.step(&mut parameters, &gradients, weights);
            let Some(expected) = after.get(&update).map(self::parameters) else { continue };
            assert_eq!(expected.len(), parameters.len());
            for layer in network.layers() {
                for range in [layer.weight_range(), layer.bias_range()] {
                    let what = format!("{options}, update {update}, parameters {range:?}");
                    assert_agree(&parameters[range.clone()], &expected[range], &what);
                }
            }
        }
    }
}

/// Checks that the weights or the biases of a layer agree to 1e-5 of each, or to 1e-6 of their root mean square if that is larger.
///
/// Theirs are in double, ours in single precision. Where the initial value and the updates of a parameter cancel, its relative
/// error is unbounded.
fn assert_agree(ours: &[f32], expected: &[f64], what: &str) {
    let rms = (expected.iter().map(|p| p * p).sum::<f64>() / expected.len() as f64).sqrt();
    for (i, (&ours, &expected)) in ours.iter().zip(expected).enumerate() {
        let error = (f64::from(ours) - expected).abs();
        let bound = f64::max(1e-5 * expected.abs(), 1e-6 * rms);
        assert!(error <= bound, "{what}, the {i}th: {ours}, not {expected}");
    }
}

#[test]
fn saved_networks_load_bit_for_bit() {
    for spec in [SPEC, "4 2 4", "5 3s 5s", "3 1 3r"] {
        let trainer = support::trainer(spec, Loss::HalfSumSquared);
        let bytes = save(Format::ConvNetJs, &trainer).unwrap();
        let loaded = load(Format::ConvNetJs, &bytes, trainer.config()).unwrap();
        assert_eq!(loaded.parameters(), trainer.parameters(), "{spec}");
        assert_eq!(loaded.config(), trainer.config(), "{spec}");
    }
}

#[test]
fn a_network_of_logits_is_saved_with_its_sigmoid() {
    let trainer = support::trainer("6 4t 2 6", Loss::BinaryCrossEntropy);
    let bytes = save(Format::ConvNetJs, &trainer).unwrap();
    let loaded = load(Format::ConvNetJs, &bytes, trainer.config()).unwrap();
    assert_eq!(loaded.config().spec.to_string(), "6 4t 2 6s");
    assert_eq!(loaded.config().loss, Loss::HalfSumSquared, "ConvNetJS's loss");
    let inputs = updates().examples;
    assert_eq!(support::reconstruct(&loaded, &inputs), support::reconstruct(&trainer, &inputs));
}

#[test]
fn networks_that_convnetjs_lacks_are_not_saved() {
    let mut diverged = support::trainer("6 2 6", Loss::MeanSquared);
    diverged.set_parameters(&vec![f32::NAN; diverged.parameters().len()]);
    let cases = [
        (support::trainer("6 5l 2 6", Loss::MeanSquared), "ConvNetJS does not support leaky ReLU"),
        (diverged, "the parameters contain NaN or infinity"),
    ];
    for (trainer, expected) in cases {
        let error = save(Format::ConvNetJs, &trainer).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn unsupported_layers_are_refused_by_name() {
    let kinds = ["conv", "pool", "maxout", "softmax", "svm", "lrn", "dropout", "quadtransform"];
    for kind in kinds {
        for index in 0..8 {
            let mut net: Value = serde_json::from_str(INITIAL).unwrap();
            net["layers"][index] = json!({ "layer_type": kind, "out_depth": 5, "out_sx": 1, "out_sy": 1 });
            let error = read(&net.to_string()).expect_err(kind);
            let name = format!("layer {index} is of type “{kind}”");
            assert!(error.contains(&name), "{error}");
        }
    }
}

#[test]
fn damaged_networks_are_refused_in_one_sentence() {
    let cases: [(&str, Value, &str); 20] = [
        ("/layers", json!([]), "no layers"),
        ("/layers", json!(vec![json!({ "layer_type": "tanh" }); 100]), "at most 66 layers"),
        ("/layers/0/layer_type", json!("fc"), "layer 0 (fc) comes first"),
        ("/layers/0/out_depth", json!(4_000_000_000_u32), "between 1 and 4096"),
        ("/layers/0/out_depth", json!(0), "between 1 and 4096"),
        ("/layers/0/out_sx", json!(2), "layer 1 (fc) must take 12 inputs, got 6"),
        ("/layers/0/out_sx", json!(null), "layer 0 (input) needs"),
        ("/layers/1/num_inputs", json!(7), "must take 6 inputs, got 7"),
        ("/layers/1/out_depth", json!(7), "must have 7 filters, one for each output, got 5"),
        ("/layers/1/filters", json!(null), "needs filters"),
        ("/layers/1/filters/2/depth", json!(u64::MAX), "values in each filter"),
        ("/layers/1/filters/2/w/3", json!(null), "the number at index 3 is NaN or infinite"),
        ("/layers/1/filters/2/w/3", json!(1e300), "the file cannot be read"),
        ("/layers/1/filters/2/w", json!({ "0": 1, "1": 1, "2": 1, "4": 1 }), "index 3 is missing"),
        ("/layers/1/biases/w", json!([1, 2, 3]), "must have 5 values in the biases, got 3"),
        ("/layers/2/out_depth", json!(3), "layer 2 (tanh) must take 5 inputs, got 3"),
        ("/layers/9/num_inputs", json!(5), "layer 9 (regression)"),
        ("/layers/1/l2_decay_mul", json!(0.5), "layer 1 (fc) has an l2_decay_mul of 0.5, but only 1 is"),
        ("/layers/3/l1_decay_mul", json!(1), "layer 3 (fc) has an l1_decay_mul of 1, but only 0 is"),
        ("/layers/3/l1_decay_mul", json!("1"), "the file cannot be read"),
    ];
    for (path, value, expected) in cases {
        let mut net: Value = serde_json::from_str(INITIAL).unwrap();
        *net.pointer_mut(path).unwrap_or_else(|| panic!("{path} exists")) = value;
        let error = read(&net.to_string()).err().unwrap_or_else(|| panic!("{path}"));
        assert!(error.contains(expected), "{path}: {error}");
        assert!(!error.contains('\n') && error.len() < 300, "{error}");
    }
}

#[test]
fn layers_out_of_order_are_refused() {
    let net: Value = serde_json::from_str(INITIAL).unwrap();
    let layers = net["layers"].as_array().unwrap();
    let cases = [
        (vec![0, 2], "layer 1 (tanh) must follow an fc layer"),
        (vec![0, 1, 2, 2], "layer 3 (tanh) must follow an fc layer"),
        (vec![0, 0], "layer 1 (input) must be the first layer"),
        (vec![0, 1, 2], "does not end in a regression"),
        (vec![0, 9], "no layers"),
        (vec![0, 9, 1], "layer 2 (fc) comes after the regression"),
    ];
    for (order, expected) in cases {
        let layers: Vec<_> = order.iter().map(|&index: &usize| layers[index].clone()).collect();
        let error = read(&json!({ "layers": layers }).to_string()).expect_err(expected);
        assert!(error.contains(expected), "{order:?}: {error}");
    }
}

#[test]
fn json_that_is_not_a_network_is_refused_without_jargon() {
    for (json, expected) in [
        ("", "it ends too early"),
        ("{\"layers\": [", "it ends too early"),
        ("<html>", "it is not valid JSON at line 1, column 1"),
        ("{}", "the network has no layers"),
        ("{\"weights\": [1, 2]}", "the network has no layers"),
        ("[1, 2]", "a value of the wrong kind at line 1, column 1"),
        ("[[[[]]]]", "at line 1, column "),
        ("\"text\"", "it has a value of the wrong kind"),
        ("{\"layers\": [\n{\"out_sx\": \"1\"}]}", "at line 2, column "),
        ("{\"layers\": [{}]}", "it has a value of the wrong kind"),
    ] {
        let error = read(json).expect_err(json);
        assert!(error.contains(expected), "{json}: {error}");
        assert!(
            !["expected", "u64", "struct", "`"].iter().any(|word| error.contains(word)),
            "{json}: {error}"
        );
    }
}

#[test]
fn malformed_files_are_refused_in_one_sentence() {
    let ten_megabytes = 10 << 20;
    let cases = [
        String::new(),
        "[".repeat(ten_megabytes),
        "{\"layers\":".repeat(ten_megabytes / 10),
        format!("{{\"layers\":{}", "[".repeat(ten_megabytes)),
        format!("{{\"layers\":[{}", "{\"layer_type\":\"\"},".repeat(ten_megabytes / 18)),
        format!("{{\"else\":{}", "[".repeat(ten_megabytes)),
        "{\"layers\":[{\"layer_type\":\"input\",\"out_sx\":NaN}]}".to_owned(),
        "{\"layers\":[{\"layer_type\":\"input\",\"out_sx\":-1}]}".to_owned(),
        format!("{{\"layers\":[{{\"layer_type\":\"{}\"}}]}}", "x\\n".repeat(1_000)),
        INITIAL.replacen("\"w\":{\"0\":", "\"w\":{\"0\":1e999,\"x\":", 1),
        INITIAL.replacen("\"w\":{\"0\":", "\"w\":{\"0\":Infinity,\"x\":", 1),
        INITIAL.replacen("\"w\":{", "\"w\":{\"0\":1,", 1),
        INITIAL.replacen("\"w\":{", "\"w\":{\"4294967295\":1,", 1),
    ];
    for case in cases {
        let error = read(&case).expect_err("the file is malformed");
        assert!(!error.contains('\n') && error.len() < 400, "{error}");
    }
    for length in (0..INITIAL.len()).step_by(7) {
        assert!(read(&INITIAL[..length]).is_err(), "the first {length} bytes");
    }
}

fn assert_close(ours: &Array2<f32>, expected: &[Vec<f64>]) {
    assert_eq!(ours.nrows(), expected.len());
    for (row, expected) in ours.rows().into_iter().zip(expected) {
        assert_eq!(row.len(), expected.len());
        for (&y, &expected) in row.iter().zip(expected) {
            assert!((f64::from(y) - expected).abs() < 1e-5 * expected.abs().max(0.1), "{y}, not {expected}");
        }
    }
}
