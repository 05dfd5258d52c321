//! From a network to tensors.

use ::safetensors::tensor::{Dtype, TensorView, serialize};

use super::module::Place;
use super::{NETWORK, SEPARATOR, unreadable};
use crate::nn::{Activation, Network};
use crate::snapshot::{Model, SnapshotError};

/// A tensor's name, shape and bytes.
type Tensor = (String, Vec<usize>, Vec<u8>);

/// Writes the parameters as PyTorch's `load_state_dict` takes them.
///
/// # Errors
/// If the format has no room for them, which it has.
pub(crate) fn write(model: &Model) -> Result<Vec<u8>, SnapshotError> {
    let tensors = tensors(model);
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unreadable(&error))?;
    // One entry, not two: the crate writes several in an order that differs from run to run.
    let loss = model.loss.map_or(String::new(), |loss| format!("{SEPARATOR}{}", loss.name()));
    let metadata = [(NETWORK.to_owned(), format!("{}{loss}", model.spec))].into_iter().collect();
    serialize(views, Some(metadata)).map_err(|error| unreadable(&error))
}

fn tensors(model: &Model) -> Vec<Tensor> {
    let network = Network::new(&model.spec, Activation::Linear);
    let places = Place::all(&model.spec);
    let mut tensors = Vec::with_capacity(2 * places.len());
    for (place, dense) in places.iter().zip(network.layers()) {
        let (weight, bias) = dense.view(&model.parameters);
        let transposed = little_endian(weight.t().iter());
        tensors.push((format!("{place}.weight"), vec![dense.outputs, dense.inputs], transposed));
        tensors.push((format!("{place}.bias"), vec![dense.outputs], little_endian(bias.iter())));
    }
    tensors
}

fn little_endian<'n>(numbers: impl Iterator<Item = &'n f32>) -> Vec<u8> {
    numbers.flat_map(|number| number.to_le_bytes()).collect()
}
