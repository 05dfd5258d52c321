//! The weights of a layer, or their gradients, by unit: as images where they connect to pixels, else as rows of a matrix.

use std::ops::Range;

use crate::data::PIXELS;
use crate::nn::Dense;

/// What the weights of a unit connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightLayout {
    /// The pixels of the input to a unit of the first layer.
    FromPixels,
    /// A unit of the layer before to the pixels of the output.
    ToPixels,
    /// The units of the layer before to a unit of this layer.
    FromUnits,
}

/// A value for each weight of a layer.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a> {
    /// `[I, O]`, row-major.
    values: &'a [f32],
    /// From a value of a unit to its next, and from a unit to the next.
    strides: [usize; 2],
    /// What they connect.
    pub layout: WeightLayout,
    /// The number of units.
    pub units: usize,
    /// The number of values of each unit.
    pub unit_len: usize,
}

impl<'a> Weights<'a> {
    /// Returns the values of a layer, by its index, from those of all parameters, `[P]`.
    pub fn from_parameters(layers: &[Dense], index: usize, parameters: &'a [f32]) -> Option<Self> {
        let layer = layers.get(index)?;
        let values = parameters.get(layer.weight_range())?;
        let (inputs, outputs) = (layer.inputs, layer.outputs);
        let into = |layout| Self { values, strides: [outputs, 1], layout, units: outputs, unit_len: inputs };
        Some(match index {
            0 if inputs == PIXELS => into(WeightLayout::FromPixels),
            _ if index + 1 == layers.len() && outputs == PIXELS => Self {
                values,
                strides: [1, outputs],
                layout: WeightLayout::ToPixels,
                units: inputs,
                unit_len: outputs,
            },
            _ => into(WeightLayout::FromUnits),
        })
    }

    /// Returns a value of a unit; zero if there is none.
    pub fn get(&self, unit: usize, place: usize) -> f32 {
        let at = unit * self.strides[1] + place * self.strides[0];
        self.values.get(at).copied().unwrap_or_default()
    }

    /// Returns the value drawn in full colour: three times the root mean square of some units, so that a single large value
    /// does not make all others pale.
    pub fn full_scale(&self, units: Range<usize>) -> f32 {
        let count = (units.len() * self.unit_len).max(1) as f32;
        let squares = |unit| (0..self.unit_len).map(move |place| self.get(unit, place).powi(2));
        let sum: f32 = units.map(|unit| squares(unit).sum::<f32>()).sum();
        3.0 * (sum / count).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Loss, Network};

    #[test]
    fn weights_are_ordered_by_the_units_they_are_shown_for() {
        let network = Network::new(&"784 3t 2 4t 784".parse().unwrap(), Loss::MeanSquared).unwrap();
        let numbers: Vec<f32> = (0..network.parameter_count()).map(|i| i as f32).collect();
        let layers = network.layers();
        let of = |index| Weights::from_parameters(layers, index, &numbers).unwrap();

        let first = of(0);
        assert_eq!((first.layout, first.units, first.unit_len), (WeightLayout::FromPixels, 3, 784));
        assert_eq!(first.get(2, 5), numbers[5 * 3 + 2]);
        let code = of(1);
        assert_eq!((code.layout, code.units, code.unit_len), (WeightLayout::FromUnits, 2, 3));
        assert_eq!(code.get(1, 2), numbers[layers[1].offset + 2 * 2 + 1]);
        let last = of(3);
        assert_eq!((last.layout, last.units, last.unit_len), (WeightLayout::ToPixels, 4, 784));
        assert_eq!(last.get(3, 9), numbers[layers[3].offset + 3 * 784 + 9]);
        assert!(
            Weights::from_parameters(layers, 4, &numbers).is_none()
                && Weights::from_parameters(layers, 0, &[]).is_none()
        );
    }

    #[test]
    fn the_scale_depends_on_the_given_units_only() {
        let network = Network::new(&"784 3t 2 4t 784".parse().unwrap(), Loss::MeanSquared).unwrap();
        let mut numbers = vec![0.0; network.parameter_count()];
        let code = network.layers()[1].offset;
        numbers[code] = 3.0;
        let weights = Weights::from_parameters(network.layers(), 1, &numbers).unwrap();
        assert!((weights.full_scale(0..1) - 3.0 * 3.0_f32.sqrt()).abs() < 1e-5);
        assert_eq!((weights.full_scale(1..2), weights.full_scale(0..0)), (0.0, 0.0));
    }
}
