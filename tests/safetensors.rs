//! Safetensors files, exchanged with PyTorch in both directions.
//!
//! The files in `tests/safetensors/` were made by PyTorch and the `safetensors` package; see the README there.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/files.rs"]
mod support;

use bottleneck::files::{Format, load, save};
use bottleneck::nn::Loss;
use bottleneck::train::Trainer;
use safetensors::tensor::{SafeTensors, serialize};
use serde::Deserialize;

const FROM_PYTORCH: &[u8] = include_bytes!("safetensors/theirs.safetensors");
/// PyTorch's outputs for our file.
const PYTORCH_OUTPUTS: &str = include_str!("safetensors/outputs_of_ours.json");

/// The network of the files.
const SPEC: &str = "4 3t 2 3t 4";

#[derive(Deserialize)]
struct Outputs {
    inputs: Vec<Vec<f32>>,
    outputs: Vec<Vec<f64>>,
}

fn read(bytes: &[u8]) -> Result<Trainer, String> {
    let fallback = support::config("9 9t 9", Loss::MeanSquared);
    load(Format::SafeTensors, bytes, &fallback).map_err(|error| error.to_string())
}

/// A file with the given header.
fn file(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

#[test]
fn weights_from_pytorch_are_transposed() {
    let trainer = read(FROM_PYTORCH).unwrap();
    assert_eq!(trainer.config().spec.to_string(), SPEC);
    for (index, layer) in trainer.network().layers().iter().enumerate() {
        let (weight, bias) = layer.view(trainer.parameters());
        for ((i, o), &value) in weight.indexed_iter() {
            assert_eq!(value, (100 * index + 10 * o + i) as f32, "layer {index}, [{i}, {o}]");
        }
        for (o, &value) in bias.iter().enumerate() {
            assert_eq!(value, -((100 * index + o) as f32), "layer {index}, bias [{o}]");
        }
    }
}

#[test]
fn pytorch_computes_the_same_outputs() {
    let trainer = support::trainer(SPEC, Loss::MeanSquared);
    let bytes = save(Format::SafeTensors, &trainer).unwrap();
    let loaded = read(&bytes).unwrap();
    assert_eq!(loaded.parameters(), trainer.parameters());
    assert_eq!(loaded.config().spec, trainer.config().spec);
    support::assert_same_file("safetensors/ours.safetensors", &bytes);
    let Outputs { inputs, outputs } = serde_json::from_str(PYTORCH_OUTPUTS).unwrap();
    let ours = support::reconstruct(&trainer, &inputs);
    assert_eq!((ours.nrows(), outputs.len()), (2, 2));
    for (&y, expected) in ours.iter().zip(outputs.concat()) {
        assert!((f64::from(y) - expected).abs() < 1e-6, "{y}, not {expected}");
    }
}

#[test]
fn the_safetensors_crate_reads_and_writes_the_same_bytes() {
    let trainer = support::trainer("4 3t 2 11 3t 4", Loss::MeanSquared);
    let bytes = save(Format::SafeTensors, &trainer).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let metadata = SafeTensors::read_metadata(&bytes).unwrap().1.metadata().clone();
    assert_eq!(serialize(tensors.iter(), metadata).unwrap(), bytes);
    for (layer, path) in trainer.network().layers().iter().zip(["encoder.0", "encoder.2"]) {
        let weight = tensors.tensor(&format!("{path}.weight")).unwrap();
        assert_eq!(weight.shape(), [layer.outputs, layer.inputs]);
    }
    let without_metadata = serialize(tensors.iter(), None).unwrap();
    assert_eq!(read(&without_metadata).unwrap().parameters(), trainer.parameters());
}

#[test]
fn layers_and_loss_are_in_the_metadata() {
    for (spec, loss) in [("4 3r 2 3l 4s", Loss::MeanSquared), ("6 2 6s", Loss::BinaryCrossEntropy)] {
        let trainer = support::trainer(spec, loss);
        let loaded = read(&save(Format::SafeTensors, &trainer).unwrap()).unwrap();
        assert_eq!(loaded.config().spec.to_string(), spec);
        assert_eq!((loaded.config().loss, loaded.parameters()), (loss, trainer.parameters()));
    }
}

#[test]
fn a_linear_last_layer_under_cross_entropy_is_read_as_a_sigmoid() {
    let trainer = support::trainer("6 2 6s", Loss::BinaryCrossEntropy);
    let bytes = save(Format::SafeTensors, &trainer).unwrap();
    let old = replaced(&bytes, "6 2 6s, bce", "6 2  6, bce");
    let loaded = read(&old).unwrap();
    assert_eq!(loaded.config().spec.to_string(), "6 2 6s");
    assert_eq!(loaded.config().loss, Loss::BinaryCrossEntropy);
    let inputs = [vec![0.25; 6], vec![0.75; 6]];
    assert_eq!(support::reconstruct(&loaded, &inputs), support::reconstruct(&trainer, &inputs));
}

#[test]
fn the_names_determine_the_code() {
    let trainer = support::trainer("6 3t 4t* 6", Loss::MeanSquared);
    let bytes = save(Format::SafeTensors, &trainer).unwrap();
    assert_eq!(read(&bytes).unwrap().config().spec, trainer.config().spec);
    let contradicting = replaced(&bytes, "6 3t 4t* 6", "6 3t 4t 6 ");
    assert!(read(&contradicting).unwrap_err().contains("metadata"));
}

#[test]
fn a_variational_code_is_saved_with_its_log_variances() {
    let trainer = support::trainer("6 3t 2~ 3t 6", Loss::MeanSquared);
    let bytes = save(Format::SafeTensors, &trainer).unwrap();
    let loaded = read(&bytes).unwrap();
    assert_eq!(loaded.config().spec, trainer.config().spec);
    assert_eq!(loaded.parameters(), trainer.parameters());
    let error = read(&replaced(&bytes, "6 3t 2~ 3t 6", "6 3t 4* 3t 6")).unwrap_err();
    assert!(error.contains("“decoder.0.weight” must take 4 inputs, got 2"), "{error}");
    let odd = save(Format::SafeTensors, &support::trainer("6 3* 2t 3t 6", Loss::MeanSquared)).unwrap();
    let error = read(&replaced(&odd, "6 3* 2t 3t 6", "6 1~ 2t 3t 6")).unwrap_err();
    assert!(error.contains("as many log-variances as means, got 3 in all"), "{error}");
}

#[test]
fn tensors_that_overlap_or_leave_a_gap_are_refused() {
    let bytes = save(Format::SafeTensors, &support::trainer("2 1 2", Loss::MeanSquared)).unwrap();
    assert!(read(&bytes).is_ok());
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&bytes[8..8 + length]).unwrap();
    // The total of the lengths is still right.
    let cases = [("[8,16]", "[12,20]"), ("[8,16]", "[0,8]")];
    for (from, to) in cases {
        assert!(header.contains(from), "{header}");
        let error = read(&file(&header.replace(from, to), &bytes[8 + length..])).unwrap_err();
        assert!(error.contains("overlap or leave a gap"), "{error}");
    }
}

/// The bytes with a text replaced by one of the same length.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let place = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect(from);
    [&bytes[..place], to.as_bytes(), &bytes[place + from.len()..]].concat()
}

#[test]
fn invalid_tensors_are_refused_in_one_sentence() {
    let tensor = |dtype: &str, shape: &str, bytes: usize| {
        format!("{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":[0,{bytes}]}}")
    };
    let cases = [
        (String::new(), 0, "not a safetensors file"),
        ("{}".to_owned(), 0, "no layers"),
        ("[".repeat(1_000_000), 0, "not a safetensors file"),
        ("{".repeat(10_000_000), 0, "header is too long"),
        (
            format!("{{\"conv.weight\":{}}}", tensor("F32", "[1,1]", 4)),
            4,
            "“conv.weight” must have a name such as",
        ),
        (format!("{{\"encoder.0.bias\":{}}}", tensor("F32", "[1]", 4)), 4, "“encoder.0.weight” is missing"),
        (format!("{{\"encoder.0.weight\":{}}}", tensor("F32", "[1,1]", 4)), 4, "“encoder.0.bias” is missing"),
        (format!("{{\"encoder.0.weight\":{}}}", tensor("F32", "[1]", 4)), 4, "must have 2 dimensions, got 1"),
        (format!("{{\"encoder.0.weight\":{}}}", tensor("F64", "[1,1]", 8)), 8, "is of the type F64, not F32"),
        (format!("{{\"encoder.0.weight\":{}}}", tensor("F32", "[0,0]", 0)), 0, "between 1 and 4096"),
        (
            format!("{{\"encoder.0.weight\":{}}}", tensor("F32", "[5000,1]", 20_000)),
            20_000,
            "between 1 and 4096",
        ),
        (format!("{{\"encoder.0.weight\":{}}}", tensor("F32", "[9,9]", 4)), 4, "not a safetensors file"),
        (
            format!("{{\"encoder.0.weight\":{}}}", tensor("F32", "[18446744073709551615,9]", 4)),
            4,
            "not a safetensors file",
        ),
    ];
    for (header, data, expected) in cases {
        let error = read(&file(&header, &vec![0; data])).expect_err(expected);
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains('\n') && error.len() < 300, "{error}");
    }
}

#[test]
fn damaged_files_are_refused() {
    let bytes = save(Format::SafeTensors, &support::trainer(SPEC, Loss::MeanSquared)).unwrap();
    for length in 0..bytes.len() {
        assert!(read(&bytes[..length]).is_err(), "the first {length} bytes");
    }
    for (from, to) in [(SPEC, "4 3t 2 9t 4"), (SPEC, "4 3x 2 3t 4"), ("mse", "msd")] {
        let error = read(&replaced(&bytes, from, to)).expect_err(to);
        assert!(error.contains("metadata") && error.contains(to), "{error}");
    }
    let mut with_nan = bytes.clone();
    let end = with_nan.len();
    with_nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(read(&with_nan).unwrap_err().contains("NaN or infinity"));
    assert!(read(&u64::MAX.to_le_bytes()).is_err());
}

#[test]
fn a_network_with_fewer_outputs_than_inputs_is_refused() {
    let tensor = |shape: &str, from: usize, to: usize| {
        format!("{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[{from},{to}]}}")
    };
    let (weight, bias) = (tensor("[2,3]", 0, 24), tensor("[2]", 24, 32));
    let header = format!("{{\"encoder.0.weight\":{weight},\"encoder.0.bias\":{bias}}}");
    let error = read(&file(&header, &[0; 32])).unwrap_err();
    assert!(error.contains("turns 3 into 2"), "{error}");
}
