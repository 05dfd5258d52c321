//! The names of the layers in a file that is written here, whose indices count activations.

use std::fmt;

use crate::files::FileError;
use crate::files::error::excerpt;
use crate::nn::{Activation, NetworkSpec};

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
}

/// Returns the input width and the output width of each layer.
pub(super) fn widths(spec: &NetworkSpec) -> Vec<usize> {
    std::iter::once(spec.inputs).chain(spec.layers.iter().map(|layer| layer.outputs)).collect()
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
    fn names_are_matched_exactly() {
        assert_eq!(LayerPath::from_tensor_name("decoder.12.bias"), Ok(LayerPath { module: 1, index: 12 }));
        let wrong = ["", "encoder", "encoder.0", "encoder.00.bias", "encoder.0.bias.x", "encoder.-1.bias"];
        for name in wrong.into_iter().chain(["conv.0.weight", "encoder.0.running_mean"]) {
            assert!(LayerPath::from_tensor_name(name).is_err(), "{name}");
        }
    }
}
