//! From a network to ConvNetJS's JSON.

use std::fmt::Write;

use crate::files::{FileError, Model, transposed};
use crate::nn::{Activation, Dense};

/// Writes what `net.fromJSON()` takes, once it is parsed.
///
/// # Errors
/// If a layer has an activation that ConvNetJS lacks, or the code is Gaussian.
pub(crate) fn write(model: &Model) -> Result<Vec<u8>, FileError> {
    if model.spec.is_variational() {
        let what = "a variational code".to_owned();
        return Err(FileError::Unrepresentable { format: "ConvNetJS", what });
    }
    let mut layers = vec![layer("input", model.spec.inputs, "")];
    let mut width = model.spec.inputs;
    for dense in model.spec.layout() {
        layers.push(fc(&dense, &model.parameters));
        layers.extend(activation_layer(dense.activation, dense.outputs)?);
        width = dense.outputs;
    }
    layers.push(layer("regression", width, &format!(",\"num_inputs\":{width}")));
    Ok(format!("{{\"layers\":[{}]}}", layers.join(",")).into_bytes())
}

/// A layer that gives `width` numbers, with `more` fields.
fn layer(kind: &str, width: usize, more: &str) -> String {
    format!("{{\"out_depth\":{width},\"out_sx\":1,\"out_sy\":1,\"layer_type\":\"{kind}\"{more}}}")
}

fn fc(dense: &Dense, parameters: &[f32]) -> String {
    let filters = transposed(&parameters[dense.weight_range()], dense.outputs);
    let mut more = format!(",\"num_inputs\":{},\"l1_decay_mul\":0.0,\"l2_decay_mul\":1.0", dense.inputs);
    more.push_str(",\"filters\":[");
    for (index, filter) in filters.chunks_exact(dense.inputs).enumerate() {
        more.push_str(if index == 0 { "" } else { "," });
        push_vol(&mut more, filter);
    }
    more.push_str("],\"biases\":");
    push_vol(&mut more, &parameters[dense.bias_range()]);
    layer("fc", dense.outputs, &more)
}

/// ConvNetJS's box of numbers, as a map keyed by index: so `JSON.stringify` writes a `Float64Array`.
fn push_vol(json: &mut String, numbers: &[f32]) {
    const INFALLIBLE: &str = "a string takes what is written to it";
    write!(json, "{{\"sx\":1,\"sy\":1,\"depth\":{},\"w\":{{", numbers.len()).expect(INFALLIBLE);
    for (index, number) in numbers.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // What is written for debugging is the shortest that is read back, with an exponent where there are many zeros.
        write!(json, "{comma}\"{index}\":{number:?}").expect(INFALLIBLE);
    }
    json.push_str("}}");
}

/// The layer of an activation, if it needs one.
fn activation_layer(activation: Activation, width: usize) -> Result<Option<String>, FileError> {
    match activation {
        Activation::Linear => Ok(None),
        Activation::Tanh | Activation::Relu | Activation::Sigmoid => {
            Ok(Some(layer(activation.name(), width, "")))
        }
        Activation::LeakyRelu => {
            Err(FileError::Unrepresentable { format: "ConvNetJS", what: "leaky ReLU".to_owned() })
        }
    }
}
