//! Safetensors files, exchanged with PyTorch in both directions.
//!
//! The files in `tests/safetensors/` were made by PyTorch and the `safetensors` package; see the README there.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/files.rs"]
mod support;

use bottleneck::data::Dataset;
use bottleneck::files::{Format, Script, describe_foreign, load, save};
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
    assert!(error.contains("metadata") && error.contains("6 3t 4* 3t 6"), "{error}");
    let odd = save(Format::SafeTensors, &support::trainer("6 3* 2t 3t 6", Loss::MeanSquared)).unwrap();
    let error = read(&replaced(&odd, "6 3* 2t 3t 6", "6 1~ 2t 3t 6")).unwrap_err();
    assert!(error.contains("metadata"), "{error}");
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
            format!("{{\"conv1.weight\":{}}}", tensor("F32", "[1,1,3,3]", 36)),
            36,
            "“conv1” is a convolution, its weight has 4 dimensions",
        ),
        (
            format!("{{\"bn1.running_mean\":{}}}", tensor("F32", "[1]", 4)),
            4,
            "“bn1” belongs to a BatchNorm layer",
        ),
        (format!("{{\"ln.weight\":{}}}", tensor("F32", "[1]", 4)), 4, "“ln” is a normalization layer"),
        (
            format!("{{\"lstm.weight_ih_l0\":{}}}", tensor("F32", "[1,1]", 4)),
            4,
            "is not the weight or bias of a fully",
        ),
        (format!("{{\"encoder.0.bias\":{}}}", tensor("F32", "[1]", 4)), 4, "“encoder.0.weight” is missing"),
        (format!("{{\"encoder.0.weight\":{}}}", tensor("I64", "[1,1]", 8)), 8, "is of the type I64, not F32"),
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

/// Writes a file with tensors of one `dtype`: the name, the shape and the values of each.
fn tensors(dtype: &str, tensors: &[(String, Vec<usize>, Vec<f32>)]) -> Vec<u8> {
    let (mut entries, mut data) = (Vec::new(), Vec::new());
    for (name, shape, values) in tensors {
        let start = data.len();
        for &value in values {
            match dtype {
                "F64" => data.extend(f64::from(value).to_le_bytes()),
                "BF16" => data.extend_from_slice(&value.to_le_bytes()[2..]),
                "F16" => data.extend(half(value).to_le_bytes()),
                _ => data.extend(value.to_le_bytes()),
            }
        }
        entries.push(format!(
            "\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":{shape:?},\"data_offsets\":[{start},{}]}}",
            data.len()
        ));
    }
    file(&format!("{{{}}}", entries.join(",")), &data)
}

/// Returns a small fraction as a float of 16 bits.
fn half(value: f32) -> u16 {
    let bits = value.to_bits();
    if value == 0.0 {
        0
    } else {
        ((bits >> 16 & 0x8000) | ((bits >> 23 & 0xff) - 112) << 10 | (bits >> 13 & 0x3ff)) as u16
    }
}

/// Returns the layers of a network under these names, with values that every type holds exactly.
fn layers(names: &[&str], widths: &[usize], has_bias: bool) -> Vec<(String, Vec<usize>, Vec<f32>)> {
    let value = |seed: usize| (seed % 17) as f32 / 16.0 - 0.5;
    let mut layers = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let (inputs, outputs) = (widths[index], widths[index + 1]);
        let weight = (0..inputs * outputs).map(|i| value(7 * i + index)).collect();
        layers.push((format!("{name}.weight"), vec![outputs, inputs], weight));
        if has_bias {
            layers.push((
                format!("{name}.bias"),
                vec![outputs],
                (0..outputs).map(|i| value(3 * i + index)).collect(),
            ));
        }
    }
    layers
}

#[test]
fn networks_are_read_under_every_naming_and_type() {
    let widths = [6, 5, 2, 5, 6];
    let expected = read(&tensors("F32", &layers(&["fc1", "fc2", "fc3", "fc4"], &widths, true))).unwrap();
    for names in [
        ["0", "2", "4", "6"],
        ["encoder.0", "encoder.2", "decoder.0", "decoder.2"],
        ["module.encoder.0", "module.encoder.2", "module.decoder.0", "module.decoder.2"],
        ["_orig_mod.fc1", "_orig_mod.fc2", "_orig_mod.fc9", "_orig_mod.fc10"],
        ["model.layers.0", "model.layers.2", "model.layers.4", "model.layers.6"],
        ["enc_a", "enc_b", "dec_a", "dec_b"],
        ["encode1", "encode2", "out1", "out2"],
    ] {
        for dtype in ["F32", "F16", "BF16", "F64"] {
            let read = read(&tensors(dtype, &layers(&names, &widths, true))).unwrap();
            assert_eq!(read.parameters(), expected.parameters(), "{names:?} {dtype}");
            let spec = &read.config().spec;
            assert_eq!((spec.code, spec.latent_dim()), (1, 2), "{names:?}");
        }
    }
    // Names that say nothing: only one chain of the shapes leads from 6 to 6.
    let chained = read(&tensors("F32", &layers(&["d", "c", "b", "a"], &[6, 5, 2, 3, 6], true))).unwrap();
    let named = read(&tensors("F32", &layers(&["a", "b", "c", "d"], &[6, 5, 2, 3, 6], true))).unwrap();
    assert_eq!(chained.parameters(), named.parameters());
    // Without biases.
    let bare = read(&tensors("F32", &layers(&["fc1", "fc2", "fc3", "fc4"], &widths, false))).unwrap();
    for (layer, other) in bare.network().layers().iter().zip(expected.network().layers()) {
        assert_eq!(layer.view(bare.parameters()).0, other.view(expected.parameters()).0);
        assert!(layer.view(bare.parameters()).1.iter().all(|&bias| bias == 0.0));
    }
}

#[test]
fn the_vae_of_pytorchs_examples_is_read() {
    for [mean, log_variance] in [["fc21", "fc22"], ["fc_mu", "fc_logvar"], ["mean", "z_log_var"]] {
        let mut all = layers(&["fc1", mean, "fc3", "fc4"], &[6, 5, 2, 5, 6], true);
        let mut second = layers(&[log_variance], &[5, 2], true);
        second[1].2 = vec![0.25, -0.25];
        all.extend(second);
        let trainer = read(&tensors("F32", &all)).unwrap();
        assert_eq!(trainer.config().spec.to_string().replace('t', ""), "6 5 2~ 5 6", "{mean}");
        let (_, bias) = trainer.network().layers()[1].view(trainer.parameters());
        assert_eq!(bias.to_vec()[2..], [0.25, -0.25], "{mean}");
    }
}

#[test]
fn layers_that_make_no_chain_are_named() {
    for (layers, expected) in [
        (
            layers(&["0", "3", "5"], &[6, 5, 2, 6], true),
            "“3.weight” leaves room for more than one activation after 0, such as Dropout",
        ),
        (layers(&["a", "b", "c"], &[6, 3, 3, 6], true)[..4].to_vec(), "turns 6 into 3"),
        (
            [layers(&["a"], &[6, 5], true), layers(&["b"], &[4, 6], true)].concat(),
            "“b.weight” must take 5 inputs",
        ),
    ] {
        let error = read(&tensors("F32", &layers)).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    let twins = layers(&["c", "b", "a", "d"], &[6, 3, 3, 3, 6], true);
    let mut twins = twins;
    twins.rotate_left(6);
    twins
        .iter_mut()
        .filter(|(name, ..)| name.starts_with('d'))
        .for_each(|(name, ..)| *name = name.replace('d', "0"));
    assert!(read(&tensors("F32", &twins)).unwrap_err().contains("could be in several places"));
}

#[test]
fn unstated_activations_are_found_by_trying() {
    let images: Vec<u8> = (0..40_u32).flat_map(|i| [(i * 37 % 256) as u8, (i * 91 % 256) as u8]).collect();
    let dataset = Dataset::from_bytes(2, images, Vec::new());
    let identity = [1.0, 0.0, 0.0, 1.0];
    let layer = |name: &str, scale: f32, bias: f32| {
        [
            (format!("{name}.weight"), vec![2, 2], identity.iter().map(|w| w * scale).collect()),
            (format!("{name}.bias"), vec![2], vec![bias; 2]),
        ]
    };
    // sigmoid(6 x - 3) is near x.
    let bytes = tensors("F32", &[layer("fc1", 1.0, 0.0), layer("fc2", 6.0, -3.0)].concat());
    let fallback = support::config("2 2t 2", Loss::MeanSquared);
    let mut loaded = bottleneck::files::read(Format::SafeTensors, &bytes, &fallback).unwrap();
    let choice = loaded.choose_activations(&dataset).unwrap();
    assert!(choice.spec.to_string().ends_with(" 2s"), "{}", choice.spec);
    assert_eq!((choice.images, loaded.config().spec.clone()), (40, choice.spec.clone()));
    assert!(choice.sentence().contains("activations") && choice.sentence().contains("Network changes them"));
    assert_eq!(loaded.choose_activations(&dataset), None, "they are chosen once");
    // A network that reconstructs nothing tells nothing.
    let names = ["encoder.0", "encoder.2", "decoder.0", "decoder.2"];
    let mut untrained = layers(&names, &[2, 3, 1, 3, 2], true);
    untrained.iter_mut().flat_map(|(.., values)| values).for_each(|value| *value = 9.0 * value.sin());
    let mut loaded =
        bottleneck::files::read(Format::SafeTensors, &tensors("F32", &untrained), &fallback).unwrap();
    let choice = loaded.choose_activations(&dataset).unwrap();
    let (second, _) = choice.second.as_ref().unwrap();
    for spec in [&choice.spec, second] {
        assert!(spec.to_string().starts_with("2 3r 1 3r 2"), "{}", choice.sentence());
    }
    assert!(!choice.is_clear() && choice.sentence().contains("they are guessed"), "{}", choice.sentence());
    // A file of our own states them.
    let own = save(Format::SafeTensors, &support::trainer("2 2t 2", Loss::MeanSquared)).unwrap();
    let mut own = bottleneck::files::read(Format::SafeTensors, &own, &fallback).unwrap();
    assert_eq!(own.choose_activations(&dataset), None);
}

#[test]
fn networks_of_other_libraries_are_named_with_the_lines_that_convert_them() {
    for (name, what, line) in [
        ("a/net.pt", "is a PyTorch pickle.", "torch.load('net.pt'"),
        ("net.pth", "is a PyTorch pickle.", "save_file"),
        ("pytorch_model.bin", "is a PyTorch pickle.", "save_file"),
        ("net.keras", "is HDF5, from Keras.", "keras.models.load_model('net.keras'"),
        ("net.onnx", "is ONNX.", "onnx.load('net.onnx')"),
        ("model.json", "is TensorFlow.js’s model.", "open('model.json'))['weightsManifest']"),
    ] {
        let description = describe_foreign(name).unwrap();
        assert!(description.starts_with(what) && description.contains(line), "{description}");
    }
    for name in ["net.json", "digits.npz", "data.bin", "net.safetensors"] {
        assert_eq!(describe_foreign(name), None, "{name}");
    }
}

#[test]
fn scripts_of_both_libraries_have_every_layer() {
    let spec = "784 50t 30l 2~ 50r 784s".parse().unwrap();
    let pytorch = Script::PyTorch.write(&spec, "net.safetensors");
    assert!(pytorch.contains("nn.Sequential(nn.Linear(784, 50), nn.Tanh(), nn.Linear(50, 30), nn.LeakyReLU(0.01), nn.Linear(30, 4))"), "{pytorch}");
    assert!(
        pytorch.contains("nn.Sequential(nn.Linear(2, 50), nn.ReLU(), nn.Linear(50, 784), nn.Sigmoid())"),
        "{pytorch}"
    );
    assert!(
        pytorch.contains("self.decoder(self.encoder(x).chunk(2, dim=1)[0])")
            && pytorch.contains("\"net.safetensors\"")
    );
    let keras = Script::Keras.write(&spec, "net.safetensors");
    for line in [
        "(\"encoder.0\", 50, \"tanh\", 0),",
        "(\"encoder.4\", 4, \"linear\", 2),",
        "(\"decoder.2\", 784, \"sigmoid\", 0),",
    ] {
        assert!(keras.contains(line), "{keras}");
    }
}

#[test]
fn pytorch_and_keras_run_the_scripts_and_compute_the_same_outputs() {
    #[derive(Deserialize)]
    struct Table {
        inputs: Vec<Vec<f32>>,
        pytorch: Vec<Vec<f64>>,
        keras: Vec<Vec<f64>>,
    }
    let trainer = support::trainer(SPEC, Loss::MeanSquared);
    for script in Script::ALL {
        let text = script.write(&trainer.config().spec, "ours.safetensors");
        support::assert_same_file(&format!("safetensors/ours-{}", script.suffix()), text.as_bytes());
    }
    let table: Table = serde_json::from_str(include_str!("safetensors/outputs_of_scripts.json")).unwrap();
    let ours = support::reconstruct(&trainer, &table.inputs);
    for outputs in [table.pytorch, table.keras] {
        assert_eq!(outputs.concat().len(), ours.len());
        for (&y, expected) in ours.iter().zip(outputs.concat()) {
            assert!((f64::from(y) - expected).abs() < 1e-6, "{y}, not {expected}");
        }
    }
}
