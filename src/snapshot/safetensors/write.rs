//! From a network to tensors.

use super::SEPARATOR;
use super::frame::{self, Tensors};
use super::module::Place;
use crate::nn::{Activation, Network};
use crate::snapshot::Model;

/// Writes the parameters as PyTorch's `load_state_dict` takes them.
pub(crate) fn write(model: &Model) -> Vec<u8> {
    let network = Network::new(&model.spec, Activation::Linear);
    let mut tensors = Tensors::new();
    for (place, dense) in Place::all(&model.spec).iter().zip(network.layers()) {
        let (weight, bias) = dense.view(&model.parameters);
        let transposed = weight.t().iter().copied().collect();
        tensors.insert(format!("{place}.weight"), (vec![dense.outputs, dense.inputs], transposed));
        tensors.insert(format!("{place}.bias"), (vec![dense.outputs], bias.to_vec()));
    }
    let loss = model.loss.map_or(String::new(), |loss| format!("{SEPARATOR}{}", loss.name()));
    frame::write(&tensors, &format!("{}{loss}", model.spec))
}
