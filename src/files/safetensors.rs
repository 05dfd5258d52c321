//! The safetensors format, with PyTorch's tensor names and shapes.
//!
//! The network is two `nn.Sequential` modules: `encoder` up to and including the code, and `decoder`. As in PyTorch, the index of
//! a layer counts activations: `encoder.0.weight`, `encoder.0.bias`, and after a tanh `encoder.2.weight`. A weight is `[O, I]`,
//! the transpose of a weight here.
//!
//! The last layer of a variational encoder outputs means, then log-variances: `mean, log_variance = encoder(x).chunk(2, dim=1)`.
//!
//! The tensors do not name the activations, so the metadata have the notation of the layers and the name of the loss. Files of
//! others have no such metadata: see `naming.rs`.

mod container;
mod module;
mod naming;

use self::container::{SafeTensors, Tensor};
use self::module::{LayerPath, widths};
use super::error::excerpt;
use super::{FileError, Model, transposed};
use crate::nn::{MAX_LAYERS, MAX_WIDTH, NetworkSpec};

/// The metadata key of the layers' notation and the loss, such as `4 3t 2 3t 4, mse`.
const NETWORK: &str = "network";

/// The separator between the two.
const SEPARATOR: &str = ", ";

/// Writes the parameters for PyTorch's `load_state_dict`, sorted by name as in files that PyTorch writes.
pub(super) fn write(model: &Model) -> Vec<u8> {
    let layers = model.spec.layout();
    let mut tensors: Vec<Tensor> = Vec::with_capacity(2 * layers.len());
    for (path, dense) in LayerPath::all(&model.spec).iter().zip(&layers) {
        let weight = transposed(&model.parameters[dense.weight_range()], dense.outputs);
        let bias = model.parameters[dense.bias_range()].to_vec();
        for (kind, shape, values) in
            [("weight", vec![dense.outputs, dense.inputs], weight), ("bias", vec![dense.outputs], bias)]
        {
            let name = format!("{path}.{kind}");
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
    let Some(text) = file.network() else {
        let naming::Unstated { spec, choices, parameters } = naming::read(&file, fallback)?;
        return Ok(Model { spec, loss: None, parameters, choices });
    };
    let paths = layer_paths(&file)?;
    let contradiction = || FileError::Metadata { text: excerpt(text) };
    let (spec, loss) = text.split_once(SEPARATOR).map_or((text, None), |(spec, loss)| (spec, Some(loss)));
    let spec: NetworkSpec = spec.parse().map_err(|_| contradiction())?;
    let variational = spec.is_variational().then_some(spec.code);
    let (found, parameters) = parameters(&file, &paths, variational)?;
    if widths(&spec) != found || spec.code != LayerPath::code(&paths)? {
        return Err(contradiction());
    }
    let loss = loss.map(|loss| loss.parse().map_err(|_| contradiction())).transpose()?;
    Ok(Model { spec, loss, parameters, choices: Vec::new() })
}

fn wrong(name: &str, problem: String) -> FileError {
    FileError::Tensor { name: excerpt(name), problem }
}

/// Returns the paths of the dense layers in order.
fn layer_paths(file: &SafeTensors<'_>) -> Result<Vec<LayerPath>, FileError> {
    let mut paths = Vec::new();
    for name in file.names() {
        let path = LayerPath::from_tensor_name(name)?;
        if let Err(index) = paths.binary_search(&path) {
            paths.insert(index, path);
        }
        if paths.len() > MAX_LAYERS {
            return Err(FileError::TooManyLayers { count: paths.len() });
        }
    }
    if paths.is_empty() { Err(FileError::NoLayers) } else { Ok(paths) }
}

/// Returns the input width and the output width of each layer, and the parameters in this crate's order, `[P]`.
///
/// The layer with the index `variational` outputs means and log-variances, twice the inputs of the next layer.
fn parameters(
    file: &SafeTensors<'_>,
    paths: &[LayerPath],
    variational: Option<usize>,
) -> Result<(Vec<usize>, Vec<f32>), FileError> {
    let mut widths = Vec::with_capacity(paths.len() + 1);
    let mut parameters = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let name = format!("{path}.weight");
        let (shape, weight) = values(file, &name)?;
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
        let is_variational = variational == Some(index);
        if is_variational && outputs % 2 != 0 {
            return Err(wrong(
                &name,
                format!("must give as many log-variances as means, got {outputs} in all"),
            ));
        }
        widths.push(if is_variational { outputs / 2 } else { outputs });
        parameters.extend(transposed(&weight, inputs));
        let name = format!("{path}.bias");
        let (shape, bias) = values(file, &name)?;
        if shape != [outputs] {
            return Err(wrong(&name, format!("must have the shape [{outputs}]")));
        }
        parameters.extend(bias);
    }
    Ok((widths, parameters))
}

/// Returns the shape and the values of a tensor, all of them finite.
fn values(file: &SafeTensors<'_>, name: &str) -> Result<(Vec<usize>, Vec<f32>), FileError> {
    let (shape, values) = file.tensor(name)?;
    if !values.iter().all(|value| value.is_finite()) {
        return Err(wrong(name, "contains NaN or infinity".to_owned()));
    }
    Ok((shape, values))
}
