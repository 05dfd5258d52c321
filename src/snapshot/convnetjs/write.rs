//! From a network to ConvNetJS's JSON.

use super::json::{Layer, Net, Numbers, Vol};
use crate::nn::{Activation, Dense, Loss, Network};
use crate::snapshot::{Model, SnapshotError};

/// Writes what `net.fromJSON()` takes, once it is parsed.
///
/// The logits of a network trained by cross-entropy get a sigmoid layer: what comes out there are pixels, as here.
///
/// # Errors
/// If a layer has an activation that ConvNetJS lacks.
pub(crate) fn write(model: &Model) -> Result<Vec<u8>, SnapshotError> {
    let network = Network::new(&model.spec, Activation::Linear);
    let mut layers = vec![layer("input", network.inputs())];
    for dense in network.layers() {
        layers.push(fc(dense, &model.parameters));
        layers.extend(activation_layer(dense.activation, dense.outputs)?);
    }
    let read_out = model.loss.map_or(Activation::Linear, Loss::read_out);
    let last_is_linear = network.layers().last().is_some_and(|last| last.activation == Activation::Linear);
    if read_out != Activation::Linear && !last_is_linear {
        return Err(lacking("layer with two activations".to_owned()));
    }
    layers.extend(activation_layer(read_out, network.outputs())?);
    layers
        .push(Layer { num_inputs: Some(network.outputs() as u64), ..layer("regression", network.outputs()) });
    serde_json::to_vec(&Net { layers }).map_err(|error| SnapshotError::json(&error))
}

fn lacking(what: String) -> SnapshotError {
    SnapshotError::Unrepresentable { format: "ConvNetJS", what }
}

/// A layer that gives `width` numbers.
fn layer(kind: &str, width: usize) -> Layer {
    Layer {
        out_depth: Some(width as u64),
        out_sx: Some(1),
        out_sy: Some(1),
        kind: kind.to_owned(),
        num_inputs: None,
        l1_decay_mul: None,
        l2_decay_mul: None,
        filters: None,
        biases: None,
    }
}

fn fc(dense: &Dense, parameters: &[f32]) -> Layer {
    let (weight, bias) = dense.view(parameters);
    Layer {
        num_inputs: Some(dense.inputs as u64),
        l1_decay_mul: Some(0.0),
        l2_decay_mul: Some(1.0),
        filters: Some(weight.columns().into_iter().map(|filter| vol(filter.to_vec())).collect()),
        biases: Some(vol(bias.to_vec())),
        ..layer("fc", dense.outputs)
    }
}

fn vol(numbers: Vec<f32>) -> Vol {
    Vol { sx: 1, sy: 1, depth: numbers.len() as u64, w: Numbers(numbers) }
}

/// The layer of an activation, if it needs one.
fn activation_layer(activation: Activation, width: usize) -> Result<Option<Layer>, SnapshotError> {
    match activation {
        Activation::Linear => Ok(None),
        Activation::Tanh | Activation::Relu | Activation::Sigmoid => {
            Ok(Some(layer(activation.name(), width)))
        }
        Activation::LeakyRelu => Err(lacking("leaky ReLU".to_owned())),
    }
}
