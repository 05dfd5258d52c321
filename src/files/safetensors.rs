//! The safetensors format, with PyTorch's tensor names and shapes.
//!
//! The network is two `nn.Sequential` modules: `encoder` up to and including the code, and `decoder`. As in PyTorch, the index of
//! a layer counts activations: `encoder.0.weight`, `encoder.0.bias`, and after a tanh `encoder.2.weight`. A weight is `[O, I]`,
//! the transpose of a weight here.
//!
//! The last layer of a variational encoder outputs means, then log-variances: `mean, log_variance = encoder(x).chunk(2, dim=1)`.
//!
//! The tensors do not name the activations, so the metadata have the notation of the layers and the name of the loss. Files of
//! others have no such metadata: `naming.rs` reads what they tell.

mod container;
mod naming;

use std::fmt::Arguments;

use self::container::{SafeTensors, Tensor};
use super::error::excerpt;
use super::{FileError, Model, transposed};
use crate::nn::{Activation, NetworkSpec};

/// The metadata key of the layers' notation and the loss, such as `4 3t 2 3t 4, mse`.
const NETWORK: &str = "network";

/// The separator between the two.
const SEPARATOR: &str = ", ";

/// Writes the parameters for PyTorch's `load_state_dict`, sorted by name as in files that PyTorch writes.
pub(super) fn write(model: &Model) -> Vec<u8> {
    let layers = model.spec.layout();
    let mut tensors: Vec<Tensor> = Vec::with_capacity(2 * layers.len());
    for (layer, dense) in layer_names(&model.spec).iter().zip(&layers) {
        let weight = transposed(&model.parameters[dense.weight_range()], dense.outputs);
        let bias = model.parameters[dense.bias_range()].to_vec();
        for (kind, shape, values) in
            [("weight", vec![dense.outputs, dense.inputs], weight), ("bias", vec![dense.outputs], bias)]
        {
            let name = format!("{layer}.{kind}");
            let index = tensors.partition_point(|tensor| tensor.name < name);
            tensors.insert(index, Tensor { name, shape, values });
        }
    }
    let loss = model.loss.map_or(String::new(), |loss| format!("{SEPARATOR}{}", loss.name()));
    container::write(&tensors, &format!("{}{loss}", model.spec))
}

/// Reads a module's parameters. Without metadata, the first activation of `fallback` is taken until others are chosen.
///
/// # Errors
/// If the file is invalid, or the tensors are not those of fully connected layers that make an autoencoder.
pub(super) fn read(bytes: &[u8], fallback: &NetworkSpec) -> Result<Model, FileError> {
    let file = SafeTensors::parse(bytes)?;
    let naming::Unstated { spec: found, choices, parameters } = naming::read(&file, fallback)?;
    let Some(text) = file.network() else {
        return Ok(Model { spec: found, loss: None, parameters, choices });
    };
    let contradiction = || FileError::Metadata { text: excerpt(text) };
    let (spec, loss) = text.split_once(SEPARATOR).map_or((text, None), |(spec, loss)| (spec, Some(loss)));
    let spec: NetworkSpec = spec.parse().map_err(|_| contradiction())?;
    let widths = |spec: &NetworkSpec| spec.layers.iter().map(|layer| layer.outputs).collect::<Vec<_>>();
    let shape = |spec: &NetworkSpec| (spec.inputs, widths(spec), spec.code, spec.code_kind);
    if shape(&spec) != shape(&found) {
        return Err(contradiction());
    }
    let loss = loss.map(|loss| loss.parse().map_err(|_| contradiction())).transpose()?;
    Ok(Model { spec, loss, parameters, choices: Vec::new() })
}

/// Returns the names of a network's layers in the two modules, where an index counts activations: `encoder.2`.
fn layer_names(spec: &NetworkSpec) -> Vec<String> {
    let (mut module, mut next) = ("encoder", 0);
    let mut names = Vec::with_capacity(spec.layers.len());
    for (index, layer) in spec.layers.iter().enumerate() {
        names.push(format!("{module}.{next}"));
        next += if layer.activation == Activation::Linear { 1 } else { 2 };
        if index == spec.code {
            (module, next) = ("decoder", 0);
        }
    }
    names
}

/// Says what is wrong with a tensor. Arguments take less code than texts where they are used.
#[cold]
#[inline(never)]
fn wrong(name: Arguments<'_>, problem: Arguments<'_>) -> FileError {
    FileError::Tensor { name: excerpt(&name.to_string()), problem: problem.to_string() }
}

/// Returns the shape and the values of a tensor, all of them finite.
fn values(file: &SafeTensors<'_>, name: &str) -> Result<(Vec<usize>, Vec<f32>), FileError> {
    let (shape, values) = file.tensor(name)?;
    if !values.iter().all(|value| value.is_finite()) {
        return Err(wrong(format_args!("{name}"), format_args!("contains NaN or infinity")));
    }
    Ok((shape, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_count_activations() {
        let names = layer_names(&"784 50t 50t 2 50r 40 784s".parse().unwrap());
        let expected = ["encoder.0", "encoder.2", "encoder.4", "decoder.0", "decoder.2", "decoder.3"];
        assert_eq!(names, expected);
    }
}
