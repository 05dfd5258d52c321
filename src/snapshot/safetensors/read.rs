//! From tensors to a network.

use std::collections::BTreeSet;

use ::safetensors::tensor::{Dtype, SafeTensors};

use super::module::{Place, spec_of_places, widths};
use super::{NETWORK, SEPARATOR, unreadable};
use crate::nn::{MAX_LAYERS, MAX_WIDTH, NetworkSpec};
use crate::snapshot::error::excerpt;
use crate::snapshot::{Model, SnapshotError};

/// The most bytes of a header: far more than the tensors of [`MAX_LAYERS`] layers need.
const MAX_HEADER: u64 = 1 << 20;

/// Reads a module's parameters; see [`spec_of_places`] for what `fallback` is asked if there are no metadata.
///
/// # Errors
/// If it is no such file, or if the tensors are not those of the two parts of an autoencoder.
pub(crate) fn read(bytes: &[u8], fallback: &NetworkSpec) -> Result<Model, SnapshotError> {
    let length = bytes.first_chunk().map(|length| u64::from_le_bytes(*length));
    if length.is_some_and(|length| length > MAX_HEADER) {
        return Err(SnapshotError::SafeTensors { reason: "its header would be too long".to_owned() });
    }
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| unreadable(&error))?;
    let metadata = header.metadata();
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| unreadable(&error))?;

    let places = places(&tensors)?;
    let (shape, parameters) = parameters(&tensors, &places)?;
    let Some(text) = metadata.as_ref().and_then(|metadata| metadata.get(NETWORK)) else {
        return Ok(Model { spec: spec_of_places(&places, &shape, fallback)?, loss: None, parameters });
    };
    let contradiction = || SnapshotError::Metadata { text: excerpt(text) };
    let (spec, loss) =
        text.split_once(SEPARATOR).map_or((text.as_str(), None), |(spec, loss)| (spec, Some(loss)));
    let spec = spec.parse().ok().filter(|spec| widths(spec) == shape).ok_or_else(contradiction)?;
    let loss = loss.map(|loss| loss.parse().map_err(|_| contradiction())).transpose()?;
    Ok(Model { spec, loss, parameters })
}

fn wrong(name: &str, problem: String) -> SnapshotError {
    SnapshotError::Tensor { name: excerpt(name), problem }
}

/// The places of the dense layers, in order.
fn places(tensors: &SafeTensors<'_>) -> Result<Vec<Place>, SnapshotError> {
    let places =
        tensors.iter().map(|(name, _)| Place::of_tensor(name)).collect::<Result<BTreeSet<_>, _>>()?;
    match places.len() {
        0 => Err(SnapshotError::NoLayers),
        count if count > MAX_LAYERS => Err(SnapshotError::TooManyLayers { count }),
        _ => Ok(places.into_iter().collect()),
    }
}

/// How wide the network is before its first layer and after each, and its parameters as ours lie, `[P]`.
fn parameters(tensors: &SafeTensors<'_>, places: &[Place]) -> Result<(Vec<usize>, Vec<f32>), SnapshotError> {
    let mut widths = Vec::with_capacity(places.len() + 1);
    let mut parameters = Vec::new();
    for place in places {
        let name = format!("{place}.weight");
        let (shape, weight) = numbers(tensors, &name)?;
        let &[outputs, inputs] = shape.as_slice() else {
            return Err(wrong(&name, format!("has {} dimensions, not two", shape.len())));
        };
        let expected = *widths.last().unwrap_or(&inputs);
        if inputs != expected {
            return Err(wrong(&name, format!("takes {inputs} numbers where {expected} come")));
        }
        for width in [inputs, outputs] {
            if !(1..=MAX_WIDTH).contains(&width) {
                return Err(SnapshotError::BadWidth { width: width as u64 });
            }
        }
        if widths.is_empty() {
            widths.push(inputs);
        }
        widths.push(outputs);
        for input in 0..inputs {
            parameters.extend(weight.iter().skip(input).step_by(inputs));
        }
        let name = format!("{place}.bias");
        let (shape, bias) = numbers(tensors, &name)?;
        if shape != [outputs] {
            return Err(wrong(&name, format!("is not {outputs} numbers in a row")));
        }
        parameters.extend(bias);
    }
    Ok((widths, parameters))
}

/// The shape and the numbers of a tensor.
fn numbers(tensors: &SafeTensors<'_>, name: &str) -> Result<(Vec<usize>, Vec<f32>), SnapshotError> {
    let tensor = tensors.tensor(name).map_err(|_| wrong(name, "is missing".to_owned()))?;
    if tensor.dtype() != Dtype::F32 {
        return Err(wrong(name, format!("is of the type {}, not F32", tensor.dtype())));
    }
    let (words, _) = tensor.data().as_chunks();
    let numbers: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
    if !numbers.iter().all(|number| number.is_finite()) {
        return Err(wrong(name, "holds something that is infinite or no number".to_owned()));
    }
    Ok((tensor.shape().to_vec(), numbers))
}
