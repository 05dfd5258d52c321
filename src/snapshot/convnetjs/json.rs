//! The shape of ConvNetJS's JSON.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::nn::{MAX_LAYERS, MAX_WIDTH};

/// A network.
#[derive(Deserialize)]
pub(super) struct Net {
    #[serde(default, deserialize_with = "few_layers")]
    pub(super) layers: Vec<Layer>,
}

/// The most layers of a file: an activation for every dense one, the input and the loss.
const MOST_LAYERS: usize = 2 * MAX_LAYERS + 2;

/// A layer of any kind, with the fields that matter of the kinds known here.
#[derive(Deserialize)]
pub(super) struct Layer {
    pub(super) out_depth: Option<u64>,
    pub(super) out_sx: Option<u64>,
    pub(super) out_sy: Option<u64>,
    #[serde(rename = "layer_type")]
    pub(super) kind: String,
    pub(super) num_inputs: Option<u64>,
    pub(super) filters: Option<Vec<Vol>>,
    pub(super) biases: Option<Vol>,
    pub(super) l1_decay_mul: Option<f32>,
    pub(super) l2_decay_mul: Option<f32>,
}

/// ConvNetJS's box of numbers.
#[derive(Deserialize)]
pub(super) struct Vol {
    pub(super) sx: u64,
    pub(super) sy: u64,
    pub(super) depth: u64,
    pub(super) w: Numbers,
}

/// Numbers, as a map keyed by index: so `JSON.stringify` writes a `Float64Array`.
///
/// A plain list can be read, too: ConvNetJS uses lists where there are no typed arrays.
pub(super) struct Numbers(pub(super) Vec<f32>);

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumbersVisitor)
    }
}

struct NumbersVisitor;

impl<'de> Visitor<'de> for NumbersVisitor {
    type Value = Numbers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "numbers keyed by index")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Numbers, A::Error> {
        // NaN marks a place that has not been filled yet.
        let mut numbers = Vec::new();
        while let Some((index, number)) = map.next_entry::<usize, Option<f32>>()? {
            if index >= MAX_WIDTH {
                return Err(A::Error::custom(format_args!("index {index} is out of range")));
            }
            if index >= numbers.len() {
                numbers.resize(index + 1, f32::NAN);
            }
            if !numbers[index].is_nan() {
                return Err(A::Error::custom(format_args!("index {index} is given twice")));
            }
            numbers[index] = finite(index, number)?;
        }
        match numbers.iter().position(|number| number.is_nan()) {
            Some(missing) => Err(A::Error::custom(format_args!("index {missing} is missing"))),
            None => Ok(Numbers(numbers)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Numbers, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element::<Option<f32>>()? {
            numbers.push(finite(numbers.len(), number)?);
        }
        Ok(Numbers(numbers))
    }
}

/// A finite number: `JSON.stringify` writes `null` for any other.
fn finite<E: Error>(index: usize, number: Option<f32>) -> Result<f32, E> {
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| E::custom(format_args!("the number at index {index} is not finite")))
}

/// Reads at most as many layers as there can be, because a long list of them would take more memory than its text.
fn few_layers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Layer>, D::Error> {
    struct LayersVisitor;

    impl<'de> Visitor<'de> for LayersVisitor {
        type Value = Vec<Layer>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of layers")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Layer>, A::Error> {
            let mut layers = Vec::new();
            while let Some(layer) = list.next_element()? {
                if layers.len() == MOST_LAYERS {
                    return Err(A::Error::custom(format_args!(
                        "a network can have at most {MOST_LAYERS} layers"
                    )));
                }
                layers.push(layer);
            }
            Ok(layers)
        }
    }

    deserializer.deserialize_seq(LayersVisitor)
}
