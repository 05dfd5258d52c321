//! From a network to tensors.

use super::SEPARATOR;
use super::frame::{self, Tensor};
use super::module::Place;
use crate::snapshot::{Model, transposed};

/// Writes the parameters as PyTorch's `load_state_dict` takes them, in the order of their names as its own files have them.
pub(crate) fn write(model: &Model) -> Vec<u8> {
    let layers = model.spec.layout();
    let mut tensors: Vec<Tensor> = Vec::with_capacity(2 * layers.len());
    for (place, dense) in Place::all(&model.spec).iter().zip(&layers) {
        let weight = transposed(&model.parameters[dense.weight_range()], dense.outputs);
        let bias = model.parameters[dense.bias_range()].to_vec();
        for (kind, shape, numbers) in
            [("weight", vec![dense.outputs, dense.inputs], weight), ("bias", vec![dense.outputs], bias)]
        {
            let name = format!("{place}.{kind}");
            let place = tensors.partition_point(|tensor| tensor.name < name);
            tensors.insert(place, Tensor { name, shape, numbers });
        }
    }
    let loss = model.loss.map_or(String::new(), |loss| format!("{SEPARATOR}{}", loss.name()));
    frame::write(&tensors, &format!("{}{loss}", model.spec))
}
