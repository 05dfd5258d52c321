//! `safetensors`, under the names and in the orientation that the tensors have in PyTorch.
//!
//! The network is two `nn.Sequential`, `encoder` up to and including the code and `decoder` after it. As there, a module's
//! number counts activations, too: `encoder.0.weight`, `encoder.0.bias`, and after a tanh `encoder.2.weight`. A weight is
//! `[O, I]`, the transpose of ours.
//!
//! The last layer of the encoder of a Gaussian code gives its means before its log-variances: `mean, log_variance =
//! encoder(x).chunk(2, dim=1)`.
//!
//! The tensors do not say which activations are between them. The notation of the layers and the name of the loss are
//! therefore written as metadata; a file without these gets its activations from the gaps in the numbers.

mod frame;
mod module;

use self::frame::{Frame, Tensor};
use self::module::{Place, spec_of_places, widths};
use super::error::excerpt;
use super::{FileError, Model, transposed};
use crate::nn::{MAX_LAYERS, MAX_WIDTH, NetworkSpec};

/// The name of the metadata that hold the notation of the layers and the name of the loss, as `4 3t 2 3t 4, mse`.
const NETWORK: &str = "network";

/// What stands between the two.
const SEPARATOR: &str = ", ";

/// Writes the parameters as PyTorch's `load_state_dict` takes them, in the order of their names as its own files have them.
pub(super) fn write(model: &Model) -> Vec<u8> {
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

/// Reads a module's parameters; see [`spec_of_places`] for what `fallback` is asked if there are no metadata.
///
/// # Errors
/// If it is not such a file, or the tensors are not those of an encoder and a decoder.
pub(super) fn read(bytes: &[u8], fallback: &NetworkSpec) -> Result<Model, FileError> {
    let frame = Frame::read(bytes)?;
    let places = places(&frame)?;
    let Some(text) = frame.network() else {
        let (shape, parameters) = parameters(&frame, &places, None)?;
        return Ok(Model { spec: spec_of_places(&places, &shape, fallback)?, loss: None, parameters });
    };
    let contradiction = || FileError::Metadata { text: excerpt(text) };
    let (spec, loss) = text.split_once(SEPARATOR).map_or((text, None), |(spec, loss)| (spec, Some(loss)));
    let spec: NetworkSpec = spec.parse().map_err(|_| contradiction())?;
    let gaussian = spec.is_variational().then_some(spec.code);
    let (shape, parameters) = parameters(&frame, &places, gaussian)?;
    if widths(&spec) != shape || spec.code != Place::code(&places)? {
        return Err(contradiction());
    }
    let loss = loss.map(|loss| loss.parse().map_err(|_| contradiction())).transpose()?;
    Ok(Model { spec, loss, parameters })
}

fn wrong(name: &str, problem: String) -> FileError {
    FileError::Tensor { name: excerpt(name), problem }
}

/// The places of the dense layers, in order.
fn places(frame: &Frame<'_>) -> Result<Vec<Place>, FileError> {
    let mut places = Vec::new();
    for name in frame.names() {
        let place = Place::of_tensor(name)?;
        if let Err(index) = places.binary_search(&place) {
            places.insert(index, place);
        }
        if places.len() > MAX_LAYERS {
            return Err(FileError::TooManyLayers { count: places.len() });
        }
    }
    if places.is_empty() { Err(FileError::NoLayers) } else { Ok(places) }
}

/// How wide the network is before its first layer and after each, and its parameters as ours lie, `[P]`. The layer of a
/// `gaussian` code gives means and log-variances, and so twice as many numbers as the next one takes.
fn parameters(
    frame: &Frame<'_>,
    places: &[Place],
    gaussian: Option<usize>,
) -> Result<(Vec<usize>, Vec<f32>), FileError> {
    let mut widths = Vec::with_capacity(places.len() + 1);
    let mut parameters = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let name = format!("{place}.weight");
        let (shape, weight) = numbers(frame, &name)?;
        let &[outputs, inputs] = shape.as_slice() else {
            return Err(wrong(&name, format!("must have 2 dimensions, got {}", shape.len())));
        };
        let expected = *widths.last().unwrap_or(&inputs);
        if inputs != expected {
            return Err(wrong(&name, format!("must take {expected} inputs, got {inputs}")));
        }
        for width in [inputs, outputs] {
            if !(1..=MAX_WIDTH).contains(&width) {
                return Err(FileError::BadWidth { width: width as u64 });
            }
        }
        if widths.is_empty() {
            widths.push(inputs);
        }
        let is_gaussian = gaussian == Some(index);
        if is_gaussian && outputs % 2 != 0 {
            return Err(wrong(
                &name,
                format!("must give as many log-variances as means, got {outputs} in all"),
            ));
        }
        widths.push(if is_gaussian { outputs / 2 } else { outputs });
        parameters.extend(transposed(&weight, inputs));
        let name = format!("{place}.bias");
        let (shape, bias) = numbers(frame, &name)?;
        if shape != [outputs] {
            return Err(wrong(&name, format!("must be a list of {outputs} numbers")));
        }
        parameters.extend(bias);
    }
    Ok((widths, parameters))
}

/// The shape and the numbers of a tensor, all of them finite.
fn numbers(frame: &Frame<'_>, name: &str) -> Result<(Vec<usize>, Vec<f32>), FileError> {
    let (shape, numbers) = frame.numbers(name)?;
    if !numbers.iter().all(|number| number.is_finite()) {
        return Err(wrong(name, "contains NaN or infinity".to_owned()));
    }
    Ok((shape, numbers))
}
