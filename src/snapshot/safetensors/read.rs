//! From tensors to a network.

use super::SEPARATOR;
use super::frame::Frame;
use super::module::{Place, spec_of_places, widths};
use crate::nn::{MAX_LAYERS, MAX_WIDTH, NetworkSpec};
use crate::snapshot::error::excerpt;
use crate::snapshot::{Model, SnapshotError, transposed};

/// Reads a module's parameters; see [`spec_of_places`] for what `fallback` is asked if there are no metadata.
///
/// # Errors
/// If it is no such file, or if the tensors are not those of the two parts of an autoencoder.
pub(crate) fn read(bytes: &[u8], fallback: &NetworkSpec) -> Result<Model, SnapshotError> {
    let frame = Frame::read(bytes)?;
    let places = places(&frame)?;
    let (shape, parameters) = parameters(&frame, &places)?;
    let Some(text) = frame.network() else {
        return Ok(Model { spec: spec_of_places(&places, &shape, fallback)?, loss: None, parameters });
    };
    let contradiction = || SnapshotError::Metadata { text: excerpt(text) };
    let (spec, loss) = text.split_once(SEPARATOR).map_or((text, None), |(spec, loss)| (spec, Some(loss)));
    let code = Place::code(&places)?;
    let fits = |spec: &NetworkSpec| widths(spec) == shape && spec.code == code;
    let spec = spec.parse().ok().filter(fits).ok_or_else(contradiction)?;
    let loss = loss.map(|loss| loss.parse().map_err(|_| contradiction())).transpose()?;
    Ok(Model { spec, loss, parameters })
}

fn wrong(name: &str, problem: String) -> SnapshotError {
    SnapshotError::Tensor { name: excerpt(name), problem }
}

/// The places of the dense layers, in order.
fn places(frame: &Frame<'_>) -> Result<Vec<Place>, SnapshotError> {
    let mut places = Vec::new();
    for name in frame.names() {
        let place = Place::of_tensor(name)?;
        if let Err(index) = places.binary_search(&place) {
            places.insert(index, place);
        }
        if places.len() > MAX_LAYERS {
            return Err(SnapshotError::TooManyLayers { count: places.len() });
        }
    }
    if places.is_empty() { Err(SnapshotError::NoLayers) } else { Ok(places) }
}

/// How wide the network is before its first layer and after each, and its parameters as ours lie, `[P]`.
fn parameters(frame: &Frame<'_>, places: &[Place]) -> Result<(Vec<usize>, Vec<f32>), SnapshotError> {
    let mut widths = Vec::with_capacity(places.len() + 1);
    let mut parameters = Vec::new();
    for place in places {
        let name = format!("{place}.weight");
        let (shape, weight) = numbers(frame, &name)?;
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
        parameters.extend(transposed(&weight, inputs));
        let name = format!("{place}.bias");
        let (shape, bias) = numbers(frame, &name)?;
        if shape != [outputs] {
            return Err(wrong(&name, format!("is not {outputs} numbers in a row")));
        }
        parameters.extend(bias);
    }
    Ok((widths, parameters))
}

/// The shape and the numbers of a tensor, all of them finite.
fn numbers(frame: &Frame<'_>, name: &str) -> Result<(Vec<usize>, Vec<f32>), SnapshotError> {
    let (shape, numbers) = frame.numbers(name)?;
    if !numbers.iter().all(|number| number.is_finite()) {
        return Err(wrong(name, "holds something that is infinite or no number".to_owned()));
    }
    Ok((shape, numbers))
}
