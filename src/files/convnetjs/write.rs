//! From a network to ConvNetJS's JSON.

use std::fmt::Write;

use crate::files::{FileError, Model, transposed};
use crate::nn::{Activation, Dense};

/// Writes the JSON that `net.fromJSON()` takes once it is parsed.
///
/// # Errors
/// If a layer has an activation that ConvNetJS lacks, or a variational code.
pub(crate) fn write(model: &Model) -> Result<Vec<u8>, FileError> {
    if model.spec.is_variational() {
        return Err(FileError::Unsupported { format: "ConvNetJS", what: "a variational code" });
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

/// Returns a layer with `width` outputs and `more` fields.
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

/// Appends a `Vol`, its values keyed by index as `JSON.stringify` writes a `Float64Array`.
fn push_vol(json: &mut String, values: &[f32]) {
    const INFALLIBLE: &str = "writing to a string cannot fail";
    write!(json, "{{\"sx\":1,\"sy\":1,\"depth\":{},\"w\":{{", values.len()).expect(INFALLIBLE);
    for (index, value) in values.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // Debug writes the shortest text that reads back the same, with an exponent instead of many zeros.
        write!(json, "{comma}\"{index}\":{value:?}").expect(INFALLIBLE);
    }
    json.push_str("}}");
}

/// Returns the layer of an activation, if it needs one.
fn activation_layer(activation: Activation, width: usize) -> Result<Option<String>, FileError> {
    match activation {
        Activation::Linear => Ok(None),
        Activation::Tanh | Activation::Relu | Activation::Sigmoid => {
            Ok(Some(layer(activation.name(), width, "")))
        }
        Activation::LeakyRelu => Err(FileError::Unsupported { format: "ConvNetJS", what: "leaky ReLU" }),
    }
}
