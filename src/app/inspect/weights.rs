//! The weights of a layer, or their gradients, unit by unit: as pictures where they reach pixels, else as rows of a matrix.

use std::ops::Range;

use crate::data::PIXELS;
use crate::nn::Dense;

/// What the numbers of a unit are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightLayout {
    /// What each pixel of the image counts for in a unit of the first layer.
    FromPixels,
    /// What a unit of the layer before adds to each pixel of the output.
    ToPixels,
    /// What each unit of the layer before counts for in a unit of this one.
    FromUnits,
}

/// Quantity of a layer, one for each weight.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a> {
    /// `[I, O]`, row-major.
    numbers: &'a [f32],
    /// From a number of a unit to its next, and from a unit to the next.
    strides: [usize; 2],
    /// What they are.
    pub reach: WeightLayout,
    /// How many units there are.
    pub units: usize,
    /// How many numbers each of them has.
    pub across: usize,
}

impl<'a> Weights<'a> {
    /// The numbers of the layer of an index among all numbers, `[P]`.
    #[must_use]
    pub fn of(layers: &[Dense], index: usize, numbers: &'a [f32]) -> Option<Self> {
        let layer = layers.get(index)?;
        let numbers = numbers.get(layer.weight_range())?;
        let (inputs, outputs) = (layer.inputs, layer.outputs);
        let into = |reach| Self { numbers, strides: [outputs, 1], reach, units: outputs, across: inputs };
        Some(match index {
            0 if inputs == PIXELS => into(WeightLayout::FromPixels),
            _ if index + 1 == layers.len() && outputs == PIXELS => Self {
                numbers,
                strides: [1, outputs],
                reach: WeightLayout::ToPixels,
                units: inputs,
                across: outputs,
            },
            _ => into(WeightLayout::FromUnits),
        })
    }

    /// A number of a unit; zero if there is none.
    #[must_use]
    pub fn get(&self, unit: usize, place: usize) -> f32 {
        let at = unit * self.strides[1] + place * self.strides[0];
        self.numbers.get(at).copied().unwrap_or_default()
    }

    /// What is drawn in full colour: three times the root mean square of some units' numbers, so that a single large one
    /// does not make all others pale.
    #[must_use]
    pub fn full_scale(&self, units: Range<usize>) -> f32 {
        let count = (units.len() * self.across).max(1) as f32;
        let squares = |unit| (0..self.across).map(move |place| self.get(unit, place).powi(2));
        let sum: f32 = units.map(|unit| squares(unit).sum::<f32>()).sum();
        3.0 * (sum / count).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Loss, Network};

    #[test]
    fn each_layer_is_seen_from_the_side_of_its_units() {
        let network = Network::new(&"784 3t 2 4t 784".parse().unwrap(), Loss::MeanSquared);
        let numbers: Vec<f32> = (0..network.parameter_count()).map(|i| i as f32).collect();
        let layers = network.layers();
        let of = |index| Weights::of(layers, index, &numbers).unwrap();

        let first = of(0);
        assert_eq!((first.reach, first.units, first.across), (WeightLayout::FromPixels, 3, 784));
        assert_eq!(first.get(2, 5), numbers[5 * 3 + 2]);
        let code = of(1);
        assert_eq!((code.reach, code.units, code.across), (WeightLayout::FromUnits, 2, 3));
        assert_eq!(code.get(1, 2), numbers[layers[1].offset + 2 * 2 + 1]);
        let last = of(3);
        assert_eq!((last.reach, last.units, last.across), (WeightLayout::ToPixels, 4, 784));
        assert_eq!(last.get(3, 9), numbers[layers[3].offset + 3 * 784 + 9]);
        assert!(Weights::of(layers, 4, &numbers).is_none() && Weights::of(layers, 0, &[]).is_none());
    }

    #[test]
    fn the_scale_is_that_of_the_units_on_show() {
        let network = Network::new(&"784 3t 2 4t 784".parse().unwrap(), Loss::MeanSquared);
        let mut numbers = vec![0.0; network.parameter_count()];
        let code = network.layers()[1].offset;
        numbers[code] = 3.0;
        let weights = Weights::of(network.layers(), 1, &numbers).unwrap();
        assert!((weights.full_scale(0..1) - 3.0 * 3.0_f32.sqrt()).abs() < 1e-5);
        assert_eq!((weights.full_scale(1..2), weights.full_scale(0..0)), (0.0, 0.0));
    }
}
