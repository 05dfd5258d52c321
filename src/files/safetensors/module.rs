//! The names of a PyTorch module's layers, and what they say about the activations between them.

use std::fmt;

use crate::files::FileError;
use crate::files::error::excerpt;
use crate::nn::{Activation, CodeKind, LayerSpec, NetworkSpec};

/// The two parts, in order.
const PARTS: [&str; 2] = ["encoder", "decoder"];

/// The place of a dense layer in the module, as `encoder.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The part's place in [`PARTS`].
    part: usize,
    /// The layer's number in its part, activations counted.
    number: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", PARTS[self.part], self.number)
    }
}

impl Place {
    /// The place of the layer whose weight or bias is called `name`.
    pub(super) fn of_tensor(name: &str) -> Result<Self, FileError> {
        let parse = || {
            let (part, rest) = name.split_once('.')?;
            let (number, parameter) = rest.split_once('.')?;
            let place =
                Self { part: PARTS.iter().position(|&known| known == part)?, number: number.parse().ok()? };
            // Written otherwise, as “02”, the number would be another name.
            (["weight", "bias"].contains(&parameter) && name == format!("{place}.{parameter}"))
                .then_some(place)
        };
        parse().ok_or_else(|| FileError::Tensor {
            name: excerpt(name),
            problem: "must have a name such as encoder.0.weight or decoder.0.bias".to_owned(),
        })
    }

    /// The places of the layers of a network.
    pub(super) fn all(spec: &NetworkSpec) -> Vec<Self> {
        let mut places = Vec::with_capacity(spec.layers.len());
        let mut next = Self { part: 0, number: 0 };
        for (index, layer) in spec.layers.iter().enumerate() {
            places.push(next);
            next.number += if layer.activation == Activation::Linear { 1 } else { 2 };
            if index == spec.code {
                next = Self { part: 1, number: 0 };
            }
        }
        places
    }

    /// Where the code is, as the parts of the `places` tell it: the last layer of the encoder.
    ///
    /// # Errors
    /// If there is no encoder.
    pub(super) fn code(places: &[Self]) -> Result<usize, FileError> {
        let encoder = places.iter().take_while(|place| place.part == 0).count();
        encoder.checked_sub(1).ok_or_else(|| FileError::Tensor {
            name: "encoder.0.weight".to_owned(),
            problem: "is missing".to_owned(),
        })
    }

    /// Whether there is an activation between this layer and that at `next`.
    fn is_activated_before(self, next: Self) -> Result<bool, FileError> {
        match next.number.saturating_sub(self.number) {
            _ if self.part != next.part => Ok(false),
            1 => Ok(false),
            2 => Ok(true),
            _ => Err(FileError::Tensor {
                name: format!("{next}.weight"),
                problem: format!("leaves room for more than one activation after {self}"),
            }),
        }
    }
}

/// How wide a network is before its first layer and after each.
pub(super) fn widths(spec: &NetworkSpec) -> Vec<usize> {
    std::iter::once(spec.inputs).chain(spec.layers.iter().map(|layer| layer.outputs)).collect()
}

/// The layers between the `widths`, as their `places` give them away.
///
/// If `fallback` has the same widths and places, they are its layers. If not, every activation is that of its first layer
/// that has one. No place says what follows the last layer of a part, so nothing does.
pub(super) fn spec_of_places(
    places: &[Place],
    widths: &[usize],
    fallback: &NetworkSpec,
) -> Result<NetworkSpec, FileError> {
    if self::widths(fallback) == widths && Place::all(fallback) == places {
        return Ok(fallback.clone());
    }
    let code = Place::code(places)?;
    let activations = fallback.layers.iter().map(|layer| layer.activation);
    let usual = activations.into_iter().find(|&activation| activation != Activation::Linear);
    let usual = usual.unwrap_or(Activation::Tanh);
    let (&inputs, outputs) = widths.split_first().ok_or(FileError::NoLayers)?;
    let mut layers = Vec::with_capacity(outputs.len());
    for (index, (place, &outputs)) in places.iter().zip(outputs).enumerate() {
        let activated = places.get(index + 1).map_or(Ok(false), |&next| place.is_activated_before(next))?;
        layers.push(LayerSpec { outputs, activation: if activated { usual } else { Activation::Linear } });
    }
    Ok(NetworkSpec { inputs, layers, code, code_kind: CodeKind::Deterministic })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(spec: &str) -> Vec<Place> {
        Place::all(&spec.parse().unwrap())
    }

    #[test]
    fn numbers_count_activations() {
        let names: Vec<_> = places("784 50t 50t 2 50r 40 784s").iter().map(Place::to_string).collect();
        let expected = ["encoder.0", "encoder.2", "encoder.4", "decoder.0", "decoder.2", "decoder.3"];
        assert_eq!(names, expected);
    }

    #[test]
    fn gaps_tell_activations() {
        let fallback: NetworkSpec = "9 9r 9".parse().unwrap();
        let text = "784 50r 50r 2 50r 40 784";
        let spec: NetworkSpec = text.parse().unwrap();
        let read = spec_of_places(&places(text), &widths(&spec), &fallback).unwrap();
        assert_eq!(read.to_string(), text);
        let same: NetworkSpec = "784 50s 50l 2t 50r 40 784s".parse().unwrap();
        assert_eq!(spec_of_places(&places(text), &widths(&spec), &same).unwrap(), same);
        let apart = [Place { part: 0, number: 0 }, Place { part: 0, number: 3 }];
        assert!(spec_of_places(&apart, &[4, 2, 4], &fallback).is_err());
    }

    #[test]
    fn the_parts_tell_the_code() {
        let fallback: NetworkSpec = "9 9t 9".parse().unwrap();
        for text in ["784 50t 8 4* 50t 784", "784 50t 2 30* 50t 784", "784 50t 784*", "784 50t 2"] {
            let spec: NetworkSpec = text.parse().unwrap();
            let read = spec_of_places(&places(text), &widths(&spec), &fallback).unwrap();
            assert_eq!(read.code, spec.code, "{text}");
        }
        assert!(spec_of_places(&[Place { part: 1, number: 0 }], &[4, 4], &fallback).is_err());
    }

    #[test]
    fn names_are_taken_to_the_letter() {
        assert_eq!(Place::of_tensor("decoder.12.bias"), Ok(Place { part: 1, number: 12 }));
        let wrong = ["", "encoder", "encoder.0", "encoder.00.bias", "encoder.0.bias.x", "encoder.-1.bias"];
        for name in wrong.into_iter().chain(["conv.0.weight", "encoder.0.running_mean"]) {
            assert!(Place::of_tensor(name).is_err(), "{name}");
        }
    }
}
