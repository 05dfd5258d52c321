//! The names of a PyTorch module's layers, and the activations that their indices imply.

use std::fmt;

use crate::files::FileError;
use crate::files::error::excerpt;
use crate::nn::{Activation, CodeKind, LayerSpec, NetworkSpec};

/// The submodules in order.
const MODULES: [&str; 2] = ["encoder", "decoder"];

/// The path of a dense layer in the module, such as `encoder.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LayerPath {
    /// The index in [`MODULES`].
    module: usize,
    /// The index in the module, counting activations.
    index: usize,
}

impl fmt::Display for LayerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", MODULES[self.module], self.index)
    }
}

impl LayerPath {
    /// Parses the name of a weight or bias.
    pub(super) fn from_tensor_name(name: &str) -> Result<Self, FileError> {
        let parse = || {
            let (module, rest) = name.split_once('.')?;
            let (index, parameter) = rest.split_once('.')?;
            let path = Self {
                module: MODULES.iter().position(|&known| known == module)?,
                index: index.parse().ok()?,
            };
            // An index such as “02” would be another name.
            (["weight", "bias"].contains(&parameter) && name == format!("{path}.{parameter}")).then_some(path)
        };
        parse().ok_or_else(|| FileError::Tensor {
            name: excerpt(name),
            problem: "must have a name such as encoder.0.weight or decoder.0.bias".to_owned(),
        })
    }

    /// Returns the paths of a network's layers.
    pub(super) fn all(spec: &NetworkSpec) -> Vec<Self> {
        let mut paths = Vec::with_capacity(spec.layers.len());
        let mut next = Self { module: 0, index: 0 };
        for (layer_index, layer) in spec.layers.iter().enumerate() {
            paths.push(next);
            next.index += if layer.activation == Activation::Linear { 1 } else { 2 };
            if layer_index == spec.code {
                next = Self { module: 1, index: 0 };
            }
        }
        paths
    }

    /// Returns the index of the code: the last layer of the encoder.
    ///
    /// # Errors
    /// If there is no encoder.
    pub(super) fn code(paths: &[Self]) -> Result<usize, FileError> {
        let encoder = paths.iter().take_while(|path| path.module == 0).count();
        encoder.checked_sub(1).ok_or_else(|| FileError::Tensor {
            name: "encoder.0.weight".to_owned(),
            problem: "is missing".to_owned(),
        })
    }

    /// Returns whether there is an activation between this layer and the next one.
    fn is_activated_before(self, next: Self) -> Result<bool, FileError> {
        match next.index.saturating_sub(self.index) {
            _ if self.module != next.module => Ok(false),
            1 => Ok(false),
            2 => Ok(true),
            _ => Err(FileError::Tensor {
                name: format!("{next}.weight"),
                problem: format!("leaves room for more than one activation after {self}"),
            }),
        }
    }
}

/// Returns the input width and the output width of each layer.
pub(super) fn widths(spec: &NetworkSpec) -> Vec<usize> {
    std::iter::once(spec.inputs).chain(spec.layers.iter().map(|layer| layer.outputs)).collect()
}

/// Infers the layers from their `paths` and `widths`.
///
/// If `fallback` has the same paths and widths, it is the result. Otherwise every activation is the first one of `fallback`, or
/// tanh. The last layer of a module is linear, because no index follows it.
pub(super) fn infer_spec(
    paths: &[LayerPath],
    widths: &[usize],
    fallback: &NetworkSpec,
) -> Result<NetworkSpec, FileError> {
    if self::widths(fallback) == widths && LayerPath::all(fallback) == paths {
        return Ok(fallback.clone());
    }
    let code = LayerPath::code(paths)?;
    let activations = fallback.layers.iter().map(|layer| layer.activation);
    let nonlinearity = activations.into_iter().find(|&activation| activation != Activation::Linear);
    let nonlinearity = nonlinearity.unwrap_or(Activation::Tanh);
    let (&inputs, outputs) = widths.split_first().ok_or(FileError::NoLayers)?;
    let mut layers = Vec::with_capacity(outputs.len());
    for (index, (path, &outputs)) in paths.iter().zip(outputs).enumerate() {
        let activated = paths.get(index + 1).map_or(Ok(false), |&next| path.is_activated_before(next))?;
        layers.push(LayerSpec {
            outputs,
            activation: if activated { nonlinearity } else { Activation::Linear },
        });
    }
    Ok(NetworkSpec { inputs, layers, code, code_kind: CodeKind::Deterministic })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(spec: &str) -> Vec<LayerPath> {
        LayerPath::all(&spec.parse().unwrap())
    }

    #[test]
    fn indices_count_activations() {
        let names: Vec<_> = paths("784 50t 50t 2 50r 40 784s").iter().map(LayerPath::to_string).collect();
        let expected = ["encoder.0", "encoder.2", "encoder.4", "decoder.0", "decoder.2", "decoder.3"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_gap_in_the_indices_is_an_activation() {
        let fallback: NetworkSpec = "9 9r 9".parse().unwrap();
        let text = "784 50r 50r 2 50r 40 784";
        let spec: NetworkSpec = text.parse().unwrap();
        let read = infer_spec(&paths(text), &widths(&spec), &fallback).unwrap();
        assert_eq!(read.to_string(), text);
        let same: NetworkSpec = "784 50s 50l 2t 50r 40 784s".parse().unwrap();
        assert_eq!(infer_spec(&paths(text), &widths(&spec), &same).unwrap(), same);
        let gap = [LayerPath { module: 0, index: 0 }, LayerPath { module: 0, index: 3 }];
        assert!(infer_spec(&gap, &[4, 2, 4], &fallback).is_err());
    }

    #[test]
    fn the_code_is_the_last_layer_of_the_encoder() {
        let fallback: NetworkSpec = "9 9t 9".parse().unwrap();
        for text in ["784 50t 8 4* 50t 784", "784 50t 2 30* 50t 784", "784 50t 784*", "784 50t 2"] {
            let spec: NetworkSpec = text.parse().unwrap();
            let read = infer_spec(&paths(text), &widths(&spec), &fallback).unwrap();
            assert_eq!(read.code, spec.code, "{text}");
        }
        assert!(infer_spec(&[LayerPath { module: 1, index: 0 }], &[4, 4], &fallback).is_err());
    }

    #[test]
    fn names_are_matched_exactly() {
        assert_eq!(LayerPath::from_tensor_name("decoder.12.bias"), Ok(LayerPath { module: 1, index: 12 }));
        let wrong = ["", "encoder", "encoder.0", "encoder.00.bias", "encoder.0.bias.x", "encoder.-1.bias"];
        for name in wrong.into_iter().chain(["conv.0.weight", "encoder.0.running_mean"]) {
            assert!(LayerPath::from_tensor_name(name).is_err(), "{name}");
        }
    }
}
